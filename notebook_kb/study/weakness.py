"""How well each card will be known on a day: what an evening before an interview is planned by."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from itertools import chain
from typing import TYPE_CHECKING

from notebook_kb.model.card import GENERATED, CardKind
from notebook_kb.study.schedule import due_at, retrievability

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from datetime import date, datetime

    from notebook_kb.model.card import StudyCard
    from notebook_kb.study.schedule import CardState


@dataclass(frozen=True, slots=True)
class Evening:
    """What is prepared for, and when: `day` is the interview's, `at` its morning, `start` when the evening begins.

    `area` and `level` narrow what is asked; another `seed` asks other questions in the mock interview.
    """

    day: date
    at: datetime
    start: datetime
    minutes: int = 60
    area: str = ""
    level: str = ""
    seed: str = ""


@dataclass(frozen=True, slots=True)
class Weighed:
    """A card and how well it will be known: `recall` is its retrievability (0 to 1) on the day, None if it was never
    reviewed; `due`: it would come back by then.
    """

    card: StudyCard
    recall: float | None = None
    lapses: int = 0
    due: bool = False


def weighed(
    cards: Iterable[StudyCard],
    states: Mapping[str, CardState],
    evening: Evening,
    retention_for: Callable[[str], float],
) -> tuple[Weighed, ...]:
    """The cards of the evening's area and level, weakest first: by recall on the day, then by lapses, then what was
    never reviewed, written cards before made ones and one concept after the other.
    """
    known: list[Weighed] = []
    new: list[StudyCard] = []
    for card in cards:
        if (evening.area and card.area != evening.area) or (evening.level and card.level != evening.level):
            continue
        state = states.get(card.id)
        if state is None:
            new.append(card)
            continue
        at = max(evening.at, state.last)
        due = due_at(state, retention_for(card.area)) <= evening.at
        known.append(Weighed(card, retrievability(state, at), state.lapses, due))
    known.sort(key=lambda w: (w.recall, -w.lapses))
    return (*known, *(Weighed(c) for c in in_turn(new)))


def in_turn(cards: list[StudyCard]) -> Iterator[StudyCard]:
    """Written cards, then made ones, then starters; of each kind a card of every concept before the second of one."""
    groups: dict[tuple[int, int], list[StudyCard]] = defaultdict(list)
    seen: dict[tuple[int, str], int] = defaultdict(int)
    for card in cards:
        rank = 2 if card.kind is CardKind.STARTER else int(card.kind in GENERATED)
        about = (rank, card.concept or card.path)
        groups[rank, seen[about]].append(card)
        seen[about] += 1
    return chain.from_iterable(groups[key] for key in sorted(groups))
