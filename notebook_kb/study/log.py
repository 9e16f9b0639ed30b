"""The review log: `reviews/<device>.jsonl`, only ever appended to; any files in any order say the same."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from notebook_kb.files.failures import failed
from notebook_kb.study.entries import (
    BY_TIME,
    LogTooNewError,
    Mode,
    Rating,
    Review,
    Undo,
    entries_of,
    is_whole,
    plain_review,
    review_line,
    undo_line,
)

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

__all__ = [
    "FOLDER",
    "Damage",
    "LogTooNewError",
    "Mode",
    "Rating",
    "Read",
    "Review",
    "Undo",
    "log_files",
    "read_history",
    "read_lines",
    "review_line",
    "settle",
    "undo_line",
]

FOLDER = "reviews"
_BOM = b"\xef\xbb\xbf"


@dataclass(frozen=True, slots=True)
class Damage:
    """A line of a file of the log (from 1) that is no entry, and why."""

    name: str
    line: int
    why: str


@dataclass(slots=True)
class Read:
    """What lines say: answers, undos, damage, in the order in which they stand.

    `size` bytes and `lines` lines were done with. Damage in an unfinished last line is in `unfinished`: somebody may
    be writing it this instant, so it is read again.
    """

    reviews: list[Review] = field(default_factory=list)
    undos: list[Undo] = field(default_factory=list)
    damage: list[Damage] = field(default_factory=list)
    unfinished: list[Damage] = field(default_factory=list)
    size: int = 0
    lines: int = 0


def log_files(folder: Path) -> list[Path]:
    """The files of the log in `folder`, by name; also what sync programs left beside them. Raises `EnvironmentFailedError`."""
    try:
        names = [p for p in folder.iterdir() if p.suffix == ".jsonl" and not p.name.startswith(".")]
    except (FileNotFoundError, NotADirectoryError):
        return []
    except OSError as error:
        raise failed("read", folder, error) from error
    return sorted(p for p in names if p.is_symlink() or p.is_file())


def file_bytes(path: Path) -> bytes:
    """All bytes of a file of the log. Raises `EnvironmentFailedError`."""
    try:
        handle = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
        with open(handle, "rb") as file:  # noqa: PTH123 - an open handle has no path
            return file.read()
    except OSError as error:
        raise failed("read", path, error) from error


def read_lines(name: str, data: bytes, start: int = 0, line: int = 0) -> Read:
    """What the file `name` with the bytes `data` says from the byte `start` on, before which `line` lines stand.

    Raises `LogTooNewError` with the place.
    """
    found = Read(size=start, lines=line)
    rest = data[start:] if start else data.removeprefix(_BOM)
    *whole, last = rest.split(b"\n")
    for text in whole:
        found.lines += 1
        if review := plain_review(text):
            found.reviews.append(review)
        else:
            _read_line(found, name, found.lines, text, found.damage)
    # A whole entry that lacks only its line end counts: whoever writes next begins a new line.
    if not last or is_whole(last):
        found.size = len(data)
        _read_line(found, name, found.lines + 1, last, found.damage)
    else:
        found.size = len(data) - len(last)
        _read_line(found, name, found.lines + 1, last, found.unfinished)
    return found


def settle(reviews: Iterable[Review], undos: Iterable[Undo]) -> tuple[list[Review], set[str]]:
    """The entries that count, each once, oldest first, and the ids that were undone."""
    undone = {undo.undone for undo in undos}
    once: dict[str, Review] = {}
    for review in reviews:
        other = once.setdefault(review.id, review)
        # One id with two contents: whichever file is read first, the same one is taken.
        if other is not review and other != review:
            once[review.id] = min(other, review, key=review_line)
    kept = [review for review in once.values() if review.id not in undone] if undone else list(once.values())
    kept.sort(key=BY_TIME)
    return kept, undone


def read_history(folder: Path) -> list[Review]:
    """The whole history of a folder of files, undone answers left out.

    Raises `LogTooNewError`, and `EnvironmentFailedError` for a file that cannot be read: half a history is none.
    """
    reviews: list[Review] = []
    undos: list[Undo] = []
    for path in log_files(folder):
        found = read_lines(path.name, file_bytes(path))
        reviews += found.reviews
        undos += found.undos
    return settle(reviews, undos)[0]


def _read_line(found: Read, name: str, number: int, text: bytes, damage: list[Damage]) -> None:
    """Add what one line holds. Raises `LogTooNewError` with the place."""
    text = text.removesuffix(b"\r")
    if not text:
        return
    try:
        for entry in entries_of(text):
            if isinstance(entry, Review):
                found.reviews.append(entry)
            elif isinstance(entry, Undo):
                found.undos.append(entry)
            else:
                damage.append(Damage(name, number, entry))
    except LogTooNewError as error:
        raise LogTooNewError(f"{name}:{number}: {error.message}", error.hint) from None
