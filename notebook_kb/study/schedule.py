"""When a card comes back: the algorithm of the `fsrs` package over the history, never a stored schedule."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import fsrs

from notebook_kb.settings import DEFAULT_AREA
from notebook_kb.study.days import day_end, study_day, study_zone
from notebook_kb.study.entries import BY_TIME, Mode, Rating

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from notebook_kb.settings import Settings
    from notebook_kb.study.entries import Review

__all__ = [
    "CardState",
    "after",
    "day_end",
    "due_at",
    "fronts_of",
    "replay",
    "retention_for",
    "retrievability",
    "study_day",
    "study_zone",
]

# Steps within a day are the session's work, and a schedule with chance in it would differ between two machines.
_SCHEDULER = fsrs.Scheduler(learning_steps=(), relearning_steps=(), enable_fuzzing=False)
_DECAY = -_SCHEDULER.parameters[20]
_FACTOR = 0.9 ** (1 / _DECAY) - 1
_RATINGS = {int(rating): fsrs.Rating(int(rating)) for rating in Rating}
_AGAIN = int(Rating.AGAIN)
_REVIEW, _IMPORT, _RESET = Mode.REVIEW, Mode.IMPORT, Mode.RESET
_review_card = _SCHEDULER.review_card
_NEVER = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class CardState:
    """What the history says of one card.

    `stability` is in days, `difficulty` from 1 to 10; `reps` counts answers, `lapses` those of a known card that was
    forgotten. `fingerprint` and `front` are of the question as it was last asked; `last_id` is the entry that counted last.
    """

    card: str
    stability: float
    difficulty: float
    last: datetime
    reps: int
    lapses: int
    fingerprint: str
    front: str
    last_id: str
    last_rating: int


class _Card(fsrs.Card):
    """The package's card, which is nobody else's: it need not be copied at each answer."""

    def __copy__(self) -> _Card:
        return self


class _Run:
    """One card while its history is gone through. The id that the package wants is a number, and ours is not its concern."""

    __slots__ = ("card", "lapses", "last", "reps")

    def __init__(self) -> None:
        self.card = _Card(card_id=0, due=_NEVER)
        self.reps = self.lapses = 0
        self.last: Review | None = None

    def answer(self, review: Review) -> None:
        """Go on by an answer."""
        card = self.card
        self.reps += 1
        if review.rating == _AGAIN and card.last_review is not None:
            self.lapses += 1
        _review_card(card, _RATINGS[review.rating], review.at)
        self.last = review

    def adopt(self, review: Review) -> None:
        """Go on by a state that was taken over."""
        self.card = _known_card(review.stability, review.difficulty, review.at)
        self.last = review

    def state(self, fronts: Mapping[tuple[str, str], str]) -> CardState | None:
        """Where the card stands; None without an entry that counts."""
        last, card = self.last, self.card
        if last is None or card.stability is None or card.difficulty is None:
            return None
        return CardState(
            card=last.card,
            stability=card.stability,
            difficulty=card.difficulty,
            last=last.at,
            reps=self.reps,
            lapses=self.lapses,
            fingerprint=last.fingerprint,
            front=fronts.get((last.card, last.fingerprint), ""),
            last_id=last.id,
            last_rating=last.rating,
        )


def replay(
    reviews: Iterable[Review], fronts: Mapping[tuple[str, str], str] | None = None
) -> dict[str, CardState]:
    """The state of each card after a history (undone entries left out already), in whatever order it is given.

    `fronts` are the questions by card and fingerprint, if they are known better than by these entries. A card that was
    never answered, or was set back since, has no state.
    """
    runs: dict[str, _Run] = {}
    history = sorted(reviews, key=BY_TIME)
    for review in history:
        mode = review.mode
        if mode is _REVIEW or mode is _IMPORT:
            run = runs.get(review.card)
            if run is None:
                run = runs[review.card] = _Run()
            run.answer(review) if mode is _REVIEW else run.adopt(review)
        elif mode is _RESET:
            runs.pop(review.card, None)
    known = fronts_of(history) if fronts is None else fronts
    return {card: state for card, run in runs.items() if (state := run.state(known))}


def fronts_of(reviews: Iterable[Review]) -> dict[tuple[str, str], str]:
    """The questions by card and fingerprint; of several the first by text, whatever the order."""
    fronts: dict[tuple[str, str], str] = {}
    for review in reviews:
        if review.front:
            key = (review.card, review.fingerprint)
            fronts[key] = min(fronts.get(key, review.front), review.front)
    return fronts


def after(state: CardState | None, review: Review, front: str) -> CardState | None:
    """The state of a card after one more entry that is later than all before; `front` is the question that it asked."""
    if review.mode not in {_REVIEW, _IMPORT}:
        return None if review.mode is _RESET else state
    run = _Run()
    if state:
        run.card = _known_card(state.stability, state.difficulty, state.last)
        run.reps, run.lapses = state.reps, state.lapses
    run.answer(review) if review.mode is _REVIEW else run.adopt(review)
    return run.state({(review.card, review.fingerprint): front})


def due_at(state: CardState, retention: float) -> datetime:
    """When a card is due if `retention` (0 to 1) of such cards are to be remembered.

    The interval of FSRS-6, whole days from 1 to the package's longest; a test compares it with the package.
    """
    days = round(state.stability / _FACTOR * (retention ** (1 / _DECAY) - 1))
    return state.last + timedelta(days=min(max(days, 1), _SCHEDULER.maximum_interval))


def retrievability(state: CardState, at: datetime) -> float:
    """How likely the card is remembered at a moment (0 to 1)."""
    card = _known_card(state.stability, state.difficulty, state.last)
    return _SCHEDULER.get_card_retrievability(card, at)


def retention_for(settings: Settings, area: str) -> float:
    """The share of an area's cards that should be remembered when they come up."""
    chosen = settings.cards_retention
    return chosen.get(area, chosen[DEFAULT_AREA])


def _known_card(stability: float, difficulty: float, last: datetime) -> _Card:
    """The package's card of a state."""
    return _Card(0, fsrs.State.Review, None, stability, difficulty, last, last)
