"""What follows from the log: the states of cards, and what else a session asks for at each turn."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import TYPE_CHECKING

from notebook_kb.study.entries import TIMED
from notebook_kb.study.log import file_bytes, log_files, read_lines, settle
from notebook_kb.study.schedule import replay

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime
    from pathlib import Path

    from notebook_kb.study.log import Damage, Review
    from notebook_kb.study.schedule import CardState

RECENT = timedelta(days=3)
_TENTH = 100
_LONGEST_MS = 120_000
_USUAL_MS = 10_000


@dataclass(slots=True)
class Reading:
    """`recent` are the entries since `horizon`; `times` counts tenths of seconds of answers."""

    horizon: datetime
    states: dict[str, CardState] = field(default_factory=dict)
    fronts: dict[tuple[str, str], str] = field(default_factory=dict)
    recent: list[Review] = field(default_factory=list)
    undone: set[str] = field(default_factory=set)
    ids: set[str] = field(default_factory=set)
    times: Counter[int] = field(default_factory=Counter)
    damage: list[Damage] = field(default_factory=list)

    def has(self, review_id: str) -> bool:
        """Whether an entry with this id was read."""
        return review_id in self.ids

    def problems(self) -> list[Damage]:
        """All damaged lines, by place."""
        return sorted(self.damage, key=lambda d: (d.name, d.line))

    def prepared(self, review: Review, longest: int) -> Review:
        """An entry as it is to be written: with its question only where the log does not have that yet."""
        front = review.front[:longest]
        return replace(review, front="" if self.fronts.get((review.card, review.fingerprint)) else front)

    def median_ms(self) -> int:
        """The median time of an answer; a usual one while there are none."""
        total = sum(self.times.values())
        reached = 0
        for tenths in sorted(self.times):
            reached += self.times[tenths]
            if 2 * reached >= total:
                return tenths * _TENTH
        return _USUAL_MS


def full_reading(folder: Path, at: datetime) -> Reading:
    """Read all files. Raises `LogTooNewError`, `EnvironmentFailedError`."""
    found = [read_lines(path.name, file_bytes(path)) for path in log_files(folder)]
    everything = [review for read in found for review in read.reviews]
    reviews, undone = settle(everything, [undo for read in found for undo in read.undos])
    fronts = fronts_of(everything)
    reading = Reading(horizon=at - RECENT, undone=undone, fronts=fronts)
    reading.states = replay(reviews, fronts)
    reading.recent = [review for review in reviews if review.at >= reading.horizon]
    reading.ids = {review.id for review in everything}
    reading.times.update(tenths(review) for review in reviews if review.mode in TIMED)
    reading.damage = [damage for read in found for damage in (*read.damage, *read.unfinished)]
    return reading


def fronts_of(reviews: Iterable[Review]) -> dict[tuple[str, str], str]:
    """The questions by card and fingerprint; of several the first by text, whatever the order."""
    fronts: dict[tuple[str, str], str] = {}
    for review in reviews:
        if review.front:
            key = (review.card, review.fingerprint)
            fronts[key] = min(fronts.get(key, review.front), review.front)
    return fronts


def tenths(review: Review) -> int:
    """The time of an answer in tenths of seconds; whoever went away did not think all that time."""
    return round(min(review.ms, _LONGEST_MS) / _TENTH)
