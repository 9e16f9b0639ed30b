"""What follows from the log: read once, then kept up to date by what is appended."""

from __future__ import annotations

import gc
import hashlib
from collections import Counter
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Any, NamedTuple

from notebook_kb.study.entries import SCHEDULING, TIMED, Mode
from notebook_kb.study.log import file_bytes, log_files, read_lines, settle
from notebook_kb.study.schedule import after, fronts_of, replay

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import datetime
    from pathlib import Path

    from notebook_kb.study.entries import Review
    from notebook_kb.study.log import Damage, Read
    from notebook_kb.study.schedule import CardState

RECENT = timedelta(days=3)
_TENTH = 100
_LONGEST_MS = 120_000
_USUAL_MS = 10_000


@dataclass(slots=True)
class Seen:
    """How much of a file was read: bytes, lines, the hash of those bytes; what is wrong with its unfinished end."""

    size: int
    lines: int
    hash: Any
    unfinished: tuple[Damage, ...] = ()


class Before(NamedTuple):
    """An entry of this process, and what was known of its card before it: to go back there."""

    review: Review
    state: CardState | None
    anew: tuple[datetime, str] | None


@dataclass(slots=True)
class Reading:
    """What the log says.

    `anew`: cards that were set back, with the key of the entry that did it. `recent` are the entries since `horizon`,
    oldest first. `times` counts answers by tenths of seconds. `old_ids` are the ids of entries in one text (it is
    quickly loaded), `new_ids` those since then; `own` are ids that this process wrote and did not find in a file yet.
    What `states` and `recent` hold is never changed in place: other threads may look at it.
    """

    horizon: datetime
    files: dict[str, Seen] = field(default_factory=dict)
    states: dict[str, CardState] = field(default_factory=dict)
    anew: dict[str, tuple[datetime, str]] = field(default_factory=dict)
    fronts: dict[tuple[str, str], str] = field(default_factory=dict)
    recent: list[Review] = field(default_factory=list)
    undone: set[str] = field(default_factory=set)
    old_ids: str = ""
    new_ids: set[str] = field(default_factory=set)
    times: Counter[int] = field(default_factory=Counter)
    damage: list[Damage] = field(default_factory=list)
    own: set[str] = field(default_factory=set)
    before: dict[str, Before] = field(default_factory=dict)

    def has(self, entry_id: str) -> bool:
        """Whether an entry with this id was read."""
        return entry_id in self.new_ids or entry_id in self.old_ids

    def problems(self) -> list[Damage]:
        """All damaged lines, by place."""
        unfinished = [damage for seen in self.files.values() for damage in seen.unfinished]
        return sorted([*self.damage, *unfinished], key=lambda d: (d.name, d.line))

    def prepared(self, review: Review, longest: int) -> Review:
        """An entry as it is to be written: with its question only where the log does not have that yet."""
        known = self.fronts.get((review.card, review.fingerprint))
        return review._replace(front="" if known else review.front[:longest])

    def fits(self, review: Review) -> bool:
        """Whether an entry comes after all that counts for its card, so that nothing before need be known."""
        last = self._last(review.card)
        return self.front_fits(review) and (
            review.mode not in SCHEDULING or last is None or last < review.key
        )

    def front_fits(self, review: Review) -> bool:
        """Whether the question of an entry says nothing new about entries before it."""
        if not review.front:
            return True
        state = self.states.get(review.card)
        known = self.fronts.get((review.card, review.fingerprint))
        if known is None:
            return state is None or state.fingerprint != review.fingerprint
        return known == review.front

    def add(self, reviews: Iterable[Review], *, own: bool = False) -> None:
        """Count entries that `fits` has let pass, oldest first; `own` ones can be taken back quickly."""
        states, recent = dict(self.states), list(self.recent)
        for review in reviews:
            if own:
                self.before[review.id] = Before(review, states.get(review.card), self.anew.get(review.card))
            self.new_ids.add(review.id)
            if review.front:
                self.fronts[review.card, review.fingerprint] = review.front
            if review.mode in SCHEDULING:
                front = self.fronts.get((review.card, review.fingerprint), "")
                self._set(states, review.card, after(states.get(review.card), review, front))
                self._set(self.anew, review.card, review.key if review.mode is Mode.RESET else None)
            if review.mode in TIMED:
                self.times[tenths(review)] += 1
            if review.at >= self.horizon:
                recent.append(review)
        recent.sort(key=lambda r: r.key)
        self.states, self.recent = states, recent

    def take_back(self, entry_id: str) -> bool:
        """Undo an entry of this process if nothing of its card counted since; else False: all has to be read anew."""
        found = self.before.get(entry_id)
        last = self._last(found.review.card) if found else None
        if found is None or (found.review.mode in SCHEDULING and last != found.review.key):
            return False
        card = found.review.card
        if found.review.mode in SCHEDULING:
            states = dict(self.states)
            self._set(states, card, found.state)
            self._set(self.anew, card, found.anew)
            self.states = states
        if found.review.mode in TIMED:
            self.times[tenths(found.review)] -= 1
        self.recent = [review for review in self.recent if review.id != entry_id]
        self.undone.add(entry_id)
        del self.before[entry_id]
        return True

    def wrote(self, name: str, entry_id: str, start: int, data: bytes) -> bool:
        """Note what this process appended to the file `name` at the byte `start`; says whether all before was read."""
        seen = self.files.get(name)
        if seen is None and start == 0:
            seen = self.files[name] = Seen(0, 0, fresh_hash())
        if seen is None or seen.size != start:
            # Something of others stands before it, which is still to be read.
            self.own.add(entry_id)
            return False
        seen.hash.update(data)
        seen.size += len(data)
        seen.lines += data.count(b"\n")
        return True

    def median_ms(self) -> int:
        """The median time of an answer; a usual one while there are none."""
        half = sum(self.times.values()) / 2
        reached = 0
        for each in sorted(self.times):
            reached += self.times[each]
            if reached and reached >= half:
                return each * _TENTH
        return _USUAL_MS

    def _last(self, card: str) -> tuple[datetime, str] | None:
        """The key of the entry that counted last for a card."""
        state = self.states.get(card)
        return (state.last, state.last_id) if state else self.anew.get(card)

    @staticmethod
    def _set(table: dict[str, Any], card: str, value: object) -> None:
        """Set or, with None, forget what is known of a card."""
        if value is None:
            table.pop(card, None)
        else:
            table[card] = value


def full_reading(folder: Path, at: datetime) -> Reading:
    """Read all files; `at` is the present moment. Raises `LogTooNewError`, `EnvironmentFailedError`."""
    with _no_collections():
        return _full_reading(folder, at)


def _full_reading(folder: Path, at: datetime) -> Reading:
    """The work of `full_reading`."""
    reading = Reading(horizon=at - RECENT)
    found: list[Read] = []
    for path in log_files(folder):
        data = file_bytes(path)
        read = read_lines(path.name, data)
        reading.files[path.name] = seen_of(read, data)
        found.append(read)
    everything = [review for read in found for review in read.reviews]
    reviews, reading.undone = settle(everything, [undo for read in found for undo in read.undos])
    reading.fronts = fronts_of(everything)
    reading.states = replay(reviews, reading.fronts)
    reading.anew = {r.card: r.key for r in reviews if r.mode is Mode.RESET and r.card not in reading.states}
    reading.recent = [review for review in reviews if review.at >= reading.horizon]
    reading.old_ids = " ".join([review.id for review in everything])
    reading.times = Counter([tenths(review) for review in reviews if review.mode in TIMED])
    reading.damage = [damage for read in found for damage in read.damage]
    return reading


@contextmanager
def _no_collections() -> Iterator[None]:
    """Let the collector of garbage rest: there is none here, and to look for it would take a fifth of the time."""
    active = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if active:
            gc.enable()


def seen_of(read: Read, data: bytes) -> Seen:
    """What was seen of a file with these bytes."""
    digest = fresh_hash()
    digest.update(memoryview(data)[: read.size])
    return Seen(read.size, read.lines, digest, tuple(read.unfinished))


def fresh_hash() -> Any:
    """The hash of no bytes."""
    return hashlib.blake2b(digest_size=16)


def tenths(review: Review) -> int:
    """The time of an answer in tenths of seconds; whoever went away did not think all that time."""
    return round(min(review.ms, _LONGEST_MS) / _TENTH)
