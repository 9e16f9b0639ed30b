"""What is known today, what comes, and what was answered: functions of deck, states, history and a moment. No streaks."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from notebook_kb.learning.known import Known
from notebook_kb.study.days import day_end, study_day
from notebook_kb.study.entries import Mode, Rating
from notebook_kb.study.schedule import due_at, retrievability

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from datetime import date, datetime, tzinfo

    from notebook_kb.model.card import StudyCard
    from notebook_kb.study.deck import Deck
    from notebook_kb.study.entries import Review
    from notebook_kb.study.schedule import CardState

FORECAST_DAYS = 30
HISTORY_DAYS = 371  # 53 weeks
COUNTED_DAYS = 90
ANSWERS = frozenset({Mode.REVIEW, Mode.REPEAT, Mode.CRAM, Mode.MOCK})


@dataclass(frozen=True, slots=True)
class View:
    """From where one looks: the moment, the time zone of the days, and how much is to be remembered of each area."""

    at: datetime
    zone: tzinfo
    retention_for: Callable[[str], float]

    @property
    def today(self) -> date:
        """The study day."""
        return study_day(self.at, self.zone)

    def due_day(self, card: StudyCard, state: CardState) -> date:
        """The study day on which a card comes back."""
        return study_day(due_at(state, self.retention_for(card.area)), self.zone)


@dataclass(frozen=True, slots=True)
class AreaRetention:
    """One area (`id` '' for what is in none): answers to cards seen before in the last 90 days and how many of them were
    right; what should be remembered; the mean retrievability today of the cards that were ever answered.
    """

    id: str
    title: str
    answers: int
    right: int
    wanted: float
    cards: int
    mean: float | None


@dataclass(frozen=True, slots=True)
class Standing:
    """All of it. `forecast` are the cards of today (those overdue too) and of the days after, `history` the answers by day."""

    cards: int
    reviewed: int
    due: int
    new: int
    forecast: tuple[int, ...]
    later: int
    retention: tuple[AreaRetention, ...]
    history: Mapping[date, int]
    today: date


def known_by_concept(deck: Deck, states: Mapping[str, CardState], view: View) -> dict[str, Known]:
    """Of each concept with cards: how many, how many ever answered, how many due, the mean retrievability of those."""
    groups: dict[str, list[StudyCard]] = defaultdict(list)
    for card in deck.cards.values():
        if card.concept:
            groups[card.concept].append(card)
    return {concept: known_of(cards, states, view) for concept, cards in groups.items()}


def known_of(cards: list[StudyCard], states: Mapping[str, CardState], view: View) -> Known:
    """The same of some cards."""
    seen = [(c, states[c.id]) for c in cards if c.id in states]
    due = sum(view.due_day(c, s) <= view.today for c, s in seen)
    mean = sum(retrievability(s, view.at) for _, s in seen) / len(seen) if seen else None
    return Known(len(cards), len(seen), due, mean)


def standing(
    deck: Deck,
    states: Mapping[str, CardState],
    reviews: Iterable[Review],
    view: View,
    areas: Mapping[str, str],
) -> Standing:
    """Where one stands. `areas` are ids and titles in the roadmap's order."""
    seen = [(c, states[c.id]) for c in deck.cards.values() if c.id in states]
    history = tuple(reviews)
    days = Counter(max((view.due_day(c, s) - view.today).days, 0) for c, s in seen)
    forecast = tuple(days[n] for n in range(FORECAST_DAYS))
    return Standing(
        cards=len(deck.cards),
        reviewed=len(seen),
        due=forecast[0],
        new=len(deck.cards) - len(seen),
        forecast=forecast,
        later=len(seen) - sum(forecast),
        retention=tuple(retention_by_area(deck, states, history, view, areas)),
        history=answers_by_day(history, view),
        today=view.today,
    )


def retention_by_area(
    deck: Deck,
    states: Mapping[str, CardState],
    reviews: Iterable[Review],
    view: View,
    areas: Mapping[str, str],
) -> list[AreaRetention]:
    """The areas in which anything was answered, in the roadmap's order, then what is in none."""
    answers: Counter[str] = Counter()
    right: Counter[str] = Counter()
    since = view.at - timedelta(days=COUNTED_DAYS)
    met: set[str] = set()
    for review in reviews:
        if review.mode is Mode.RESET:
            met.discard(review.card)
        elif review.mode is Mode.IMPORT:
            met.add(review.card)
        elif review.mode is Mode.REVIEW:
            card = deck.cards.get(review.card)
            if card and review.card in met and review.at >= since:
                answers[card.area] += 1
                right[card.area] += review.rating > Rating.AGAIN
            met.add(review.card)
    groups: dict[str, list[StudyCard]] = defaultdict(list)
    for one in deck.cards.values():
        groups[one.area].append(one)
    found = []
    for area, title in {**areas, "": ""}.items():
        known = known_of(groups.get(area, []), states, view)
        if known.reviewed or answers[area]:
            found.append(
                AreaRetention(
                    area,
                    title,
                    answers[area],
                    right[area],
                    view.retention_for(area),
                    known.reviewed,
                    known.mean,
                )
            )
    return found


def answers_by_day(reviews: Iterable[Review], view: View) -> dict[date, int]:
    """How many answers each study day of the last 53 weeks had; days without any are left out."""
    first = view.today - timedelta(days=HISTORY_DAYS - 1)
    start = day_end(first - timedelta(days=1), view.zone)
    counts = Counter(study_day(r.at, view.zone) for r in reviews if r.mode in ANSWERS and r.at >= start)
    return dict(sorted(counts.items()))
