"""What is remembered of each card: the log read, the schedule kept up to date, and the one place that writes answers."""

from __future__ import annotations

import threading
from datetime import UTC, datetime
from types import MappingProxyType
from typing import TYPE_CHECKING

from notebook_kb.errors import UsageError
from notebook_kb.files.write import append_line
from notebook_kb.findings import finding
from notebook_kb.study.device import device_of
from notebook_kb.study.entries import LONGEST_ANSWER_MS, LONGEST_FRONT, Undo, fresh_id
from notebook_kb.study.log import FOLDER, Mode, Review, read_history, review_line, undo_line
from notebook_kb.study.reading import full_reading

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from notebook_kb.findings import Finding
    from notebook_kb.study.reading import Reading
    from notebook_kb.study.schedule import CardState

DAMAGED = "KB750"


def now() -> datetime:
    """The present moment in UTC."""
    return datetime.now(UTC)


class Memory:
    """The review history of a notebook. Safe to use from several threads."""

    def __init__(self, state: Path, device: str, warning: str, clock: Callable[[], datetime]) -> None:
        """Use `Memory.open`."""
        self.folder = state / FOLDER
        self.device = device
        self.warning = warning
        self._state = state
        self._clock = clock
        self._lock = threading.RLock()
        self._reading: Reading = full_reading(self.folder, self._clock())

    @classmethod
    def open(cls, state: Path, device: str | None = None, *, clock: Callable[[], datetime] = now) -> Memory:
        """The memory whose log lies in `state`/reviews; nothing is written before the first answer.

        `device` is the name of this computer's file, found out if it is not given; `warning` then says what is wrong
        with it, if anything. Raises `LogTooNewError`, and `EnvironmentFailedError` for a file that cannot be read.
        """
        if device is not None:
            return cls(state, device, "", clock)
        found = device_of(state)
        return cls(state, found.name, found.warning, clock)

    @property
    def path(self) -> Path:
        """The file to which this computer appends."""
        return self.folder / f"{self.device}.jsonl"

    @property
    def states(self) -> Mapping[str, CardState]:
        """The state of each card that was ever answered (and not set back), by its id; never changed once given."""
        return MappingProxyType(self._reading.states)

    @property
    def problems(self) -> tuple[Finding, ...]:
        """Lines of the log that are damaged, each with its place."""
        return tuple(
            finding(
                DAMAGED,
                f"a line of the review log is damaged: {damage.why}",
                path=f"{self._state.name}/{FOLDER}/{damage.name}",
                place=(damage.line, 1, damage.line, 0),
            )
            for damage in self._reading.problems()
        )

    def record(
        self,
        card: str,
        rating: int,
        ms: int,
        mode: Mode,
        fingerprint: str,
        front: str,
        at: datetime | None = None,
    ) -> Review:
        """Write an answer; when this returns, the disk has it.

        Raises `EnvironmentFailedError` if it cannot be written: then it does not count.
        """
        review = Review(
            id=fresh_id(),
            card=card,
            at=self._moment(at),
            rating=int(rating),
            ms=min(max(int(ms), 0), LONGEST_ANSWER_MS),
            mode=Mode(mode),
            fingerprint=fingerprint,
            front=front,
        )
        return self._write(review)

    def reset(self, card: str, fingerprint: str, front: str) -> Review:
        """Write that a card's question is another one now: its history starts anew. Raises as `record`."""
        return self.record(card, 0, 0, Mode.RESET, fingerprint, front)

    def adopt(
        self, card: str, stability: float, difficulty: float, last: datetime, fingerprint: str, front: str
    ) -> Review:
        """Take over what another program knew of a card, last answered at `last`. Raises as `record`."""
        review = Review(
            id=fresh_id(),
            card=card,
            at=self._moment(last),
            rating=0,
            ms=0,
            mode=Mode.IMPORT,
            fingerprint=fingerprint,
            front=front,
            stability=stability,
            difficulty=difficulty,
        )
        return self._write(review)

    def undo(self, review_id: str) -> None:
        """Write that an entry does not count. Raises `UsageError` for an id that the log does not have, and as `record`."""
        with self._lock:
            if not self._reading.has(review_id):
                raise UsageError(
                    f"there is no answer {review_id}", "It may have been undone by another window."
                )
            entry = Undo(fresh_id(), self._moment(None), review_id)
            append_line(self.path, undo_line(entry))
            self._reading = full_reading(self.folder, self._clock())

    def refresh(self) -> bool:
        """Read what another process or a sync has written; says whether there was anything. Raises as `open`."""
        with self._lock:
            fresh = full_reading(self.folder, self._clock())
            changed = fresh.states != self._reading.states or fresh.recent != self._reading.recent
            self._reading = fresh
            return changed

    def reviews(self) -> tuple[Review, ...]:
        """The whole history, oldest first, undone entries left out; read from the files. Raises as `open`."""
        return tuple(read_history(self.folder))

    def today(self, day_start: datetime) -> tuple[Review, ...]:
        """All entries since a moment, of whatever mode, undone ones left out. Raises as `open`."""
        with self._lock:
            reading = self._reading
            known = reading.recent if day_start >= reading.horizon else read_history(self.folder)
            return tuple(review for review in known if review.at >= day_start)

    def median_ms(self) -> int:
        """How long an answer usually takes, to a tenth of a second."""
        return self._reading.median_ms()

    def _moment(self, at: datetime | None) -> datetime:
        """A moment as it can be written: whole seconds of UTC."""
        return (at or self._clock()).astimezone(UTC).replace(microsecond=0)

    def _write(self, review: Review) -> Review:
        """Append an entry and count it."""
        with self._lock:
            written = self._reading.prepared(review, LONGEST_FRONT)
            append_line(self.path, review_line(written))
            self._reading = full_reading(self.folder, self._clock())
            return written
