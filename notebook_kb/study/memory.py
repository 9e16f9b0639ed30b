"""What is remembered of each card: the log read, the schedule kept up to date, and the one place that writes answers."""

from __future__ import annotations

import threading
from contextlib import suppress
from datetime import UTC, datetime
from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple

from notebook_kb.errors import NoNotebookError, NotebookError, UsageError
from notebook_kb.files.write import append_line
from notebook_kb.findings import finding
from notebook_kb.settings import find_root
from notebook_kb.study.cache import NAME, load_reading, save_reading
from notebook_kb.study.device import Device, device_of
from notebook_kb.study.entries import (
    DIFFICULTY,
    LONGEST_ANSWER_MS,
    LONGEST_FRONT,
    STABILITY,
    YEARS,
    Rating,
    Undo,
    fresh_id,
    within,
)
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
    import os
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from notebook_kb.findings import Finding
    from notebook_kb.study.reading import Reading
    from notebook_kb.study.schedule import CardState

DAMAGED = "KB708"
_KEEP_AFTER = 64 * 1024  # this many new bytes are read at each start rather than kept anew
TOO_NEW = "KB709"


def now() -> datetime:
    """The present moment in UTC."""
    return datetime.now(UTC)


class Memory:
    """The review history of a notebook. Safe to use from several threads."""

    def __init__(self, state: Path, device: str | None, clock: Callable[[], datetime]) -> None:
        """Use `Memory.open`."""
        self.folder = state / FOLDER
        self._state = state
        self._device = Device(device) if device else None
        self._clock = clock
        self._lock = threading.RLock()
        self._cache = state / "cache" / NAME
        self._too_new: LogTooNewError | None = None
        self._stats = self._look()
        self._reading = self._first_reading()

    @classmethod
    def open(cls, state: Path, device: str | None = None, *, clock: Callable[[], datetime] = now) -> Memory:
        """The memory whose log lies in `state`/reviews; nothing is written there before the first answer.

        `device` is the name of this computer's file, found out when it is needed. Raises `LogTooNewError`, and
        `EnvironmentFailedError` for a file that cannot be read.
        """
        return cls(state, device, clock)

    @property
    def device(self) -> str:
        """The name under which this computer writes."""
        return self._named().name

    @property
    def warning(self) -> str:
        """What to tell the person about that name: '' unless it could not be kept."""
        return self._named().warning

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
        folder = shown_folder(self._state)
        with self._lock:
            damaged = self._reading.problems()
        return tuple(
            finding(
                DAMAGED,
                f"a line of the review log is damaged: {damage.why}",
                "take it from a backup or another computer if there is one, else delete it",
                path=f"{folder}/{damage.name}",
                place=(damage.line, 1, 0, 0),
            )
            for damage in damaged
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
        *,
        review_id: str = "",
    ) -> Review:
        """Write an answer; when this returns, the disk has it. `review_id` is an id that the asking side made, so that it
        can ask whether the answer is known (`knows`) before it sends it again.

        Raises `EnvironmentFailedError` if it cannot be written: then it does not count. `ValueError` for what no entry
        can be: a review without a rating, no card.
        """
        mode = Mode(mode)
        if not card or not (mode is Mode.REVIEW) <= rating <= Rating.EASY:
            raise ValueError(f"no entry of a review: card {card!r}, rating {rating}")
        review = Review(
            id=review_id or fresh_id(),
            card=plain_text(card),
            at=self._moment(at),
            rating=int(rating),
            ms=min(max(int(ms), 0), LONGEST_ANSWER_MS),
            mode=mode,
            fingerprint=plain_text(fingerprint),
            front=plain_text(front),
        )
        return self._write(review)

    def knows(self, review_id: str) -> bool:
        """Whether the log has an entry with this id, undone or not."""
        return self._reading.has(review_id)

    def reset(self, card: str, fingerprint: str, front: str) -> Review:
        """Write that a card's question is another one now: its history starts anew. Raises as `record`."""
        return self.record(card, 0, 0, Mode.RESET, fingerprint, front)

    def adopt(
        self, card: str, stability: float, difficulty: float, last: datetime, fingerprint: str, front: str
    ) -> Review:
        """Take over what another program knew of a card, last answered at `last`. Raises as `record`."""
        review = Review(
            id=fresh_id(),
            card=plain_text(card),
            at=self._moment(last),
            rating=0,
            ms=0,
            mode=Mode.IMPORT,
            fingerprint=plain_text(fingerprint),
            front=plain_text(front),
            stability=within(stability, STABILITY),
            difficulty=within(difficulty, DIFFICULTY),
        )
        return self._write(review)

    def undo(self, review_id: str) -> None:
        """Write that an entry does not count. Raises `UsageError` for an id that the log does not have, and as `record`."""
        with self._lock:
            if not self._reading.has(review_id) and not (self.refresh() and self._reading.has(review_id)):
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
                self._too_new = None
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
        with self._lock:
            return self._reading.median_ms()

    def _named(self) -> Device:
        """The name of this computer for this notebook."""
        if self._device is None:
            self._device = device_of(self._state)
        return self._device

    def _moment(self, at: datetime | None) -> datetime:
        """A moment as it can be written: whole seconds of UTC. Raises `ValueError` for one that no clock shows."""
        moment = (at or self._clock()).astimezone(UTC).replace(microsecond=0)
        if moment.year not in YEARS:
            raise ValueError(f"no time of an answer: {moment}")
        return moment

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
        path = self.path
        start, data = append_line(path, line)
        if self._reading.wrote(path.name, entry_id, start, data):
            # Only our own line came, unless the file is longer than that, or another one.
            with suppress(OSError):
                stamp = _stamp(path.stat())
                if (
                    stamp.size == start + len(data)
                    and self._stats.get(path.name, stamp).number == stamp.number
                ):
                    self._stats = {**self._stats, path.name: stamp}

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

    def _look(self) -> dict[str, _Stamp]:
        """The stamp of each file."""
        found = {}
        for path in log_files(self.folder):
            with suppress(OSError):
                found[path.name] = _stamp(path.stat())
        return found


def log_findings(state: Path) -> list[Finding]:
    """What is wrong with the log of a notebook, for who only looks. Raises `EnvironmentFailedError`."""
    try:
        return list(Memory.open(state).problems)
    except LogTooNewError as error:
        return [finding(TOO_NEW, error.message, error.hint, path=shown_folder(state))]


def shown_folder(state: Path) -> str:
    """The folder of the log as people write it: from the notebook's root on."""
    folder = state / FOLDER
    with suppress(NoNotebookError, ValueError):
        return folder.relative_to(find_root(state)).as_posix()
    return f"{state.name}/{FOLDER}"


def plain_text(text: str) -> str:
    """A text as a file can hold it: what is no letter at all is a question mark."""
    return text.encode("utf-8", "replace").decode()


class _Stamp(NamedTuple):
    """What differs when a file was written to."""

    size: int
    time: int
    number: int


def _stamp(facts: os.stat_result) -> _Stamp:
    """The stamp of a file."""
    return _Stamp(facts.st_size, facts.st_mtime_ns, facts.st_ino)
