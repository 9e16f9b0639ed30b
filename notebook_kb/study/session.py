"""A review session. Where it stands follows from the log and the notes alone, so that the terminal, the browser, two windows
and a restart agree; only what was skipped is the session's own.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from datetime import timedelta
from difflib import SequenceMatcher
from typing import TYPE_CHECKING, Literal

from notebook_kb.errors import NotebookError, UsageError
from notebook_kb.study.days import day_end, study_day
from notebook_kb.study.entries import Mode, Rating, Review, fresh_id
from notebook_kb.study.memory import now
from notebook_kb.study.schedule import after, due_at, retrievability

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import date, datetime, tzinfo

    from notebook_kb.model.card import StudyCard
    from notebook_kb.study.deck import Deck
    from notebook_kb.study.memory import Memory
    from notebook_kb.study.schedule import CardState

# a card that was failed comes again after so many other answers, or when nothing else is left
REPEAT_AFTER = 5
# a question that keeps less than this of its text may be another one
SAME_QUESTION = 0.5
LONGEST_COUNTED_MS = 120_000
ANSWERS = frozenset({Mode.REVIEW, Mode.REPEAT})
UNDOABLE = ANSWERS | {Mode.RESET}
Why = Literal["due", "new", "repeat"]


class StaleTurnError(NotebookError):
    """The card was answered elsewhere since it was shown."""

    code = "answered-elsewhere"


@dataclass(frozen=True, slots=True)
class Scope:
    """Which cards a session asks: all, or those of some notes, of an area, of a level; `most_new` a day, `most` in all."""

    paths: frozenset[str] = frozenset()
    area: str = ""
    level: str = ""
    most_new: int = 10
    most: int | None = None

    def holds(self, card: StudyCard) -> bool:
        """Whether a card is asked."""
        return (
            (not self.paths or card.path in self.paths)
            and (not self.area or card.area == self.area)
            and (not self.level or card.level == self.level)
        )


@dataclass(frozen=True, slots=True)
class Turn:
    """What is asked now. `seen` names the last answer that is known of the card (''), to be given back with the next one.

    `changed_from` is the question as it was asked before, where more than half of it is other words now. `left` counts the
    cards to come with this one, `seconds_left` what they usually take.
    """

    card: StudyCard
    why: Why
    seen: str
    changed_from: str
    left: int
    seconds_left: int


@dataclass(frozen=True, slots=True)
class Answered:
    """An answer that is on the disk, and when the card comes back (None: again in this session)."""

    card: StudyCard
    review: Review
    due: datetime | None

    @property
    def days(self) -> int:
        """The days until it comes back; 0 where it comes again in this session."""
        return max(round((self.due - self.review.at) / timedelta(days=1)), 1) if self.due else 0


@dataclass(frozen=True, slots=True)
class Summary:
    """The study day so far: cards answered, how many of them were not known at first, answers in all, time spent, cards
    that come on the next day, and the day when the next one comes (None: none is waiting).
    """

    cards: int
    failed: int
    answers: int
    seconds: int
    tomorrow: int
    next_day: date | None


@dataclass(slots=True)
class Today:
    """What was answered in this study day: the entries in their order, and by card."""

    entries: list[Review] = field(default_factory=list)
    last: dict[str, tuple[int, Review]] = field(default_factory=dict)
    reviewed: set[str] = field(default_factory=set)

    def failed(self) -> Iterator[tuple[int, str]]:
        """(how many answers came after it, card) of each card whose last answer was `again`."""
        for card, (number, review) in self.last.items():
            if review.rating == Rating.AGAIN:
                yield len(self.entries) - number - 1, card


class Session:
    """Asks the cards of a deck that are due, then new ones, then again those that were not known."""

    def __init__(
        self,
        deck: Deck,
        memory: Memory,
        *,
        zone: tzinfo,
        retention_for: Callable[[str], float],
        scope: Scope | None = None,
        clock: Callable[[], datetime] = now,
    ) -> None:
        """`retention_for` gives the share to be remembered of an area's cards."""
        self.memory = memory
        self.zone = zone
        self.retention_for = retention_for
        self.scope = scope or Scope()
        self.clock = clock
        self.skipped: set[str] = set()
        self._began = 0
        self._lock = threading.RLock()
        self.deck = deck
        self._began = len(self._today().entries)

    # what is asked

    def turn(self) -> Turn | None:
        """What is asked now; None when the day's work is done."""
        with self._lock:
            self.memory.refresh()
            queue = self._queue()
            if not queue or self._is_full():
                return None
            card, why = self._first(queue)
            left = len(queue)
            if self.scope.most is not None:
                left = min(left, max(self.scope.most - self._answered(), 1))
            seconds = round(left * self.memory.median_ms() / 1000)
            return Turn(card, why, self._seen(card.id), self._changed_from(card), left, seconds)

    def intervals(self, card_id: str) -> dict[int, int]:
        """The days until a card comes back, by rating; {} for one that is only repeated."""
        card = self.deck.cards[card_id]
        if card_id in self._today().reviewed:
            return {}
        at = self.clock()
        found = {}
        for rating in Rating:
            tried = Review(fresh_id(), card_id, at, int(rating), 0, Mode.REVIEW, card.fingerprint)
            state = after(self.memory.states.get(card_id), tried, card.front)
            if state:
                found[int(rating)] = (due_at(state, self.retention_for(card.area)) - at).days
        return found

    # what is answered

    def answer(self, card_id: str, rating: int, ms: int, seen: str, *, review_id: str = "") -> Answered:
        """Write an answer; when this returns it is on the disk. `review_id` as for `Memory.record`.

        Raises `StaleTurnError` if the card was answered elsewhere since `seen`, `UsageError` for a card or rating that
        there is none of, and `EnvironmentFailedError` if it cannot be written: then it does not count.
        """
        with self._lock:
            self.memory.refresh()
            card = self._card(card_id)
            if rating not in set(Rating):
                raise UsageError(f"{rating} is no rating", "1 again, 2 hard, 3 good, 4 easy")
            if self._seen(card_id) != seen:
                raise StaleTurnError(
                    "this card was answered elsewhere meanwhile, so this answer was not counted",
                    "go on with the next card",
                )
            repeated = card_id in self._today().reviewed
            mode = Mode.REPEAT if repeated else Mode.REVIEW
            review = self.memory.record(
                card_id,
                rating,
                ms,
                mode,
                card.fingerprint,
                card.front,
                at=self.clock(),
                review_id=review_id,
            )
            state = self.memory.states.get(card_id)
            again = rating == Rating.AGAIN
            due = due_at(state, self.retention_for(card.area)) if state and not again else None
            return Answered(card, review, due)

    def undo(self) -> StudyCard | None:
        """Take back the last answer or new beginning of this study day, whoever gave it; its card, None without one."""
        with self._lock:
            last = self.last_entry()
            if last is None:
                return None
            self.memory.undo(last.id)
            self.skipped.discard(last.card)
            self._began = min(self._began, len(self._today().entries))
            return self.deck.cards[last.card]

    def last_entry(self) -> Review | None:
        """The answer or new beginning that `undo` takes back."""
        with self._lock:
            self.memory.refresh()
            entries = [e for e in self._entries() if e.mode in UNDOABLE and e.card in self.deck.cards]
            return entries[-1] if entries else None

    def skip(self, card_id: str) -> None:
        """Leave a card out of this session; it stays due. Raises `UsageError` for a card that there is none of."""
        self.skipped.add(self._card(card_id).id)

    def start_anew(self, card_id: str) -> None:
        """The question is not the one it was: its history starts anew. Raises as `answer`."""
        card = self._card(card_id)
        with self._lock:
            self.memory.reset(card_id, card.fingerprint, card.front)

    def replace_deck(self, deck: Deck) -> None:
        """Go on with the cards as they are now."""
        with self._lock:
            self.deck = deck

    # where it stands

    def summary(self) -> Summary:
        """The study day so far, over all cards."""
        with self._lock:
            today = self._today()
            day = study_day(self.clock(), self.zone)
            dues = sorted(
                study_day(due_at(state, self.retention_for(card.area)), self.zone)
                for card, state in self._known()
            )
            coming = [d for d in dues if d > day]
            spent = sum(min(e.ms, LONGEST_COUNTED_MS) for e in today.entries)
            return Summary(
                cards=len(today.reviewed),
                failed=len(
                    {e.card for e in today.entries if e.mode is Mode.REVIEW and e.rating == Rating.AGAIN}
                ),
                answers=len(today.entries),
                seconds=round(spent / 1000),
                tomorrow=sum(d == day + timedelta(days=1) for d in coming),
                next_day=coming[0] if coming else None,
            )

    def waiting(self) -> list[tuple[StudyCard, Why]]:
        """All that is asked today, in this order (gaps of one cloze aside)."""
        with self._lock:
            self.memory.refresh()
            return self._queue()

    def more_new(self) -> int:
        """How many new cards this day could still take if it took any number."""
        with self._lock:
            return len(self._new(self._today(), any_number=True))

    # inside

    def _card(self, card_id: str) -> StudyCard:
        card = self.deck.cards.get(card_id)
        if card is None:
            raise UsageError(f"there is no card `{card_id}`", "it was deleted, or its id was")
        return card

    def _today(self) -> Today:
        """What was answered in this study day."""
        today = Today()
        for entry in self._entries():
            if entry.mode is Mode.RESET:
                today.last.pop(entry.card, None)
                today.reviewed.discard(entry.card)
            if entry.mode not in ANSWERS:
                continue
            today.last[entry.card] = (len(today.entries), entry)
            today.entries.append(entry)
            if entry.mode is Mode.REVIEW:
                today.reviewed.add(entry.card)
        return today

    def _entries(self) -> tuple[Review, ...]:
        """All entries of this study day, of whatever mode."""
        day = study_day(self.clock(), self.zone)
        return self.memory.today(day_end(day - timedelta(days=1), self.zone))

    def _known(self) -> list[tuple[StudyCard, CardState]]:
        """The cards that were ever answered, with their states."""
        states = self.memory.states
        return [(c, states[c.id]) for c in self.deck.cards.values() if c.id in states]

    def _queue(self) -> list[tuple[StudyCard, Why]]:
        """All that is asked: failed cards whose time has come, due ones (most at risk first), new ones, other failed ones."""
        today = self._today()
        at = self.clock()
        end = day_end(study_day(at, self.zone), self.zone)
        due: list[tuple[float, StudyCard]] = []
        for card, state in self._known():
            if card.id not in today.reviewed and due_at(state, self.retention_for(card.area)) < end:
                due.append((retrievability(state, at), card))
        due.sort(key=lambda pair: (pair[0], pair[1].id))
        failed = sorted(today.failed(), reverse=True)
        ready = [c for since, c in failed if since >= REPEAT_AFTER]
        later = [c for since, c in failed if since < REPEAT_AFTER]
        found: list[tuple[StudyCard, Why]] = [(c, "repeat") for c in self._cards(ready)]
        found += [(card, "due") for _, card in due]
        found += [(card, "new") for card in self._new(today)]
        found += [(c, "repeat") for c in self._cards(later)]
        return [(c, why) for c, why in found if self.scope.holds(c) and c.id not in self.skipped]

    def _cards(self, ids: list[str]) -> list[StudyCard]:
        return [self.deck.cards[i] for i in ids if i in self.deck.cards]

    def _new(self, today: Today, *, any_number: bool = False) -> list[StudyCard]:
        """The cards never answered that this day still takes; of a cloze one gap a day."""
        states = self.memory.states
        begun = {c for c in today.reviewed if c in states and states[c].reps == 1 and not states[c].lapses}
        room = len(self.deck.cards) if any_number else self.scope.most_new - len(begun)
        met = {self.deck.cards[c].base_id for c in today.reviewed if c in self.deck.cards}
        found: list[StudyCard] = []
        for card in self.deck.cards.values():
            if len(found) >= room:
                break
            if card.id not in states and card.base_id not in met and self.scope.holds(card):
                if card.id not in self.skipped:
                    found.append(card)
                met.add(card.base_id)
        return found

    def _first(self, queue: list[tuple[StudyCard, Why]]) -> tuple[StudyCard, Why]:
        """The next card that is no gap of the cloze that was asked just now, if there is one."""
        entries = self._today().entries
        before = self.deck.cards.get(entries[-1].card) if entries else None
        if before:
            for card, why in queue:
                if card.base_id != before.base_id:
                    return card, why
        return queue[0]

    def _answered(self) -> int:
        """The answers of this session."""
        return len(self._today().entries) - self._began

    def _is_full(self) -> bool:
        return self.scope.most is not None and self._answered() >= self.scope.most

    def _seen(self, card_id: str) -> str:
        """The last answer that is known of a card."""
        last = self._today().last.get(card_id)
        state = self.memory.states.get(card_id)
        return last[1].id if last else state.last_id if state else ""

    def _changed_from(self, card: StudyCard) -> str:
        """What was asked before, where it may be another question now."""
        state = self.memory.states.get(card.id)
        if state is None or not state.front or state.fingerprint == card.fingerprint:
            return ""
        front = card.front[: len(state.front)] if len(state.front) >= 300 else card.front
        likeness = SequenceMatcher(None, state.front.split(), front.split(), autojunk=False).ratio()
        return "" if likeness >= SAME_QUESTION else state.front
