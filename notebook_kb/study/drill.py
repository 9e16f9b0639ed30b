"""A drill before an interview: the weakest cards again and again. Its answers are logged as `cram`, which no schedule reads."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from notebook_kb.study.log import Mode, Rating

if TYPE_CHECKING:
    from collections.abc import Iterable

    from notebook_kb.model.card import StudyCard
    from notebook_kb.study.memory import Memory

# a card that was not known comes back after so many others, and so often at most
GAP, MOST_TIMES = 5, 3


@dataclass(frozen=True, slots=True)
class Step:
    """One answer: what was waiting before it, and the id of its entry."""

    waiting: tuple[StudyCard, ...]
    card: StudyCard
    entry: str
    known: bool


class Drill:
    """The cards in their order; one that was not known comes back a little later."""

    def __init__(self, cards: Iterable[StudyCard], memory: Memory) -> None:
        self.memory = memory
        self.waiting = list(cards)
        self.steps: list[Step] = []

    def card(self) -> StudyCard | None:
        """What is asked now; None when it is over."""
        return self.waiting[0] if self.waiting else None

    def answer(self, rating: int, ms: int) -> None:
        """Log the answer and go on. Raises EnvironmentFailedError where it cannot be written; then nothing has changed."""
        card = self.waiting[0]
        entry = self.memory.record(card.id, rating, ms, Mode.CRAM, card.fingerprint, card.front)
        before = tuple(self.waiting)
        self.waiting.pop(0)
        self.steps.append(Step(before, card, entry.id, rating > Rating.AGAIN))
        if rating == Rating.AGAIN and sum(s.card is card for s in self.steps) < MOST_TIMES:
            self.waiting.insert(min(GAP, len(self.waiting)), card)

    def skip(self) -> None:
        """Go on without an answer."""
        self.waiting.pop(0)

    def undo(self) -> bool:
        """Take the last answer back; False where there is none."""
        if not self.steps:
            return False
        step = self.steps[-1]
        self.memory.undo(step.entry)
        self.steps.pop()
        self.waiting = list(step.waiting)
        return True

    def missed(self) -> tuple[StudyCard, ...]:
        """The cards whose last answer was that they were not known, in the order of their first."""
        last = {s.card.id: s for s in self.steps}
        return tuple(s.card for s in last.values() if not s.known)

    def known(self) -> int:
        """How many cards were known in the end."""
        return len({s.card.id for s in self.steps}) - len(self.missed())
