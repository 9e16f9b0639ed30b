"""What is remembered of each card: the log read, the schedule kept up to date, and the one place that writes answers."""

from __future__ import annotations

import threading
from contextlib import suppress
from datetime import UTC, datetime
from types import MappingProxyType
from typing import TYPE_CHECKING

from notebook_kb.errors import NotebookError, UsageError
from notebook_kb.files.write import append_line
from notebook_kb.findings import finding
from notebook_kb.study.cache import NAME, load_reading, save_reading
from notebook_kb.study.device import device_of
from notebook_kb.study.entries import LONGEST_ANSWER_MS, LONGEST_FRONT, Undo, fresh_id
from notebook_kb.study.log import (
    FOLDER,
    LogTooNewError,
    Mode,
    Review,
    log_files,
    read_history,
    review_line,
    undo_line,
)
from notebook_kb.study.news import News
from notebook_kb.study.reading import full_reading

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from notebook_kb.findings import Finding
    from notebook_kb.study.reading import Reading
    from notebook_kb.study.schedule import CardState

DAMAGED = "KB708"
_KEEP_AFTER = 64 * 1024  # this many new bytes are read at each start rather than kept anew


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
        self._cache = state / "cache" / NAME
        self._too_new: LogTooNewError | None = None
        self._stats = self._look()
        self._reading = self._first_reading()

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
            if review_id in self._reading.undone:
                return
            entry = Undo(fresh_id(), self._moment(None), review_id)
            self._append(entry.id, undo_line(entry))
            if not self._reading.take_back(review_id):
                self._read_anew()

    def refresh(self) -> bool:
        """Read what another process or a sync has written; says whether there was anything. Raises as `open`."""
        with self._lock:
            stats = self._look()
            if stats == self._stats:
                return False
            try:
                changed = News(self._reading, self.folder).apply()
                if changed is None:
                    self._reading = full_reading(self.folder, self._clock())
            except LogTooNewError as error:
                self._too_new = error
                raise
            self._stats, self._too_new = stats, None
            return changed is not False

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
            self._append(written.id, review_line(written))
            if self._reading.fits(written):
                self._reading.add([written], own=True)
            else:
                self._read_anew()
            return written

    def _append(self, entry_id: str, line: bytes) -> None:
        """Write a line to this computer's file and wait for the disk."""
        if self._too_new:
            raise self._too_new
        unchanged = self._look() == self._stats
        start, data = append_line(self.path, line)
        self._reading.wrote(self.path.name, entry_id, start, data)
        # Only our own line came: there is nothing to look at.
        if unchanged and self.path.stat().st_size == start + len(data):
            self._stats = self._look()

    def _read_anew(self) -> None:
        """Read all: what was written stands before what is known. If that cannot be done now, `refresh` says why."""
        stats = self._look()
        try:
            self._reading = full_reading(self.folder, self._clock())
        except NotebookError:
            self._stats = {}
        else:
            self._stats = stats

    def _first_reading(self) -> Reading:
        """What is kept with the new lines, else all."""
        kept = load_reading(self._cache)
        if kept is not None:
            news = News(kept, self.folder)
            if news.apply() is not None:
                if news.size > _KEEP_AFTER:
                    save_reading(self._cache, kept)
                return kept
        reading = full_reading(self.folder, self._clock())
        if reading.files:
            save_reading(self._cache, reading)
        return reading

    def _look(self) -> dict[str, tuple[int, int, int]]:
        """Size, time and number of each file: what differs was written to."""
        found = {}
        for path in log_files(self.folder):
            with suppress(OSError):
                facts = path.stat()
                found[path.name] = (facts.st_size, facts.st_mtime_ns, facts.st_ino)
        return found
