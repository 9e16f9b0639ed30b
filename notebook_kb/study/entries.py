"""One line of the review log: an answer or an undo as a value, its text, its checksum.

A line is one JSON object in UTF-8, its last field `sum`: the CRC-32, in 8 hex digits, of the line's bytes before `,"sum"`.

    {"v":1,"id":"01KAM0…","card":"k-7f3a2c1d","at":"2026-11-22T13:40:05Z","rating":3,"ms":5200,"mode":"review",
     "fp":"9c1f03ab","sum":"…"}                                  (one line; `front` where the question is new to the log)
    {"v":1,"id":"01KAM0…","at":"2026-11-22T13:41:00Z","undo":"<id of the entry that does not count>","sum":"…"}

`id` sorts by time and is unique; the history is all entries of all files, each once, sorted by `at`, then `id`. A line
whose checksum does not fit is damage and nothing else; a line with a higher `v` stops the reading.
"""

from __future__ import annotations

import json
import math
import re
import secrets
import threading
import time
import zlib
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import IntEnum, StrEnum
from operator import itemgetter
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, NamedTuple

from notebook_kb.errors import NotebookError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

VERSION = 1
LONGEST_FRONT = 300
LONGEST_ANSWER_MS = 24 * 3600 * 1000
STABILITY = (0.001, 1_000_000.0)
DIFFICULTY = (1.0, 10.0)
_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # Crockford's base 32: sorts as the number does
_SUM = re.compile(rb',"sum":"[0-9a-f]{8}"\}')
_SUM_LENGTH = 18
_START = b'{"v":'
_NEWER = re.compile(rb'\{"v":(\d{1,9})(?=[,}])')
_ID = re.compile(r"[0-9A-Za-z-]{1,64}\Z")
YEARS = range(1970, 9000)
_MOST_STARTS = 4
# A line as we write it, of an answer whose question is known: nearly all are. It is read as JSON would be, but faster.
_PLAIN = re.compile(
    r'\{"v":1,"id":"([0-9A-Za-z-]{1,64})","card":"([^"\\\x00-\x1f]+)","at":"((?:19[7-9]\d|[2-8]\d{3})-\d\d-\d\dT\d\d:\d\d:\d\dZ)",'
    r'"rating":([1-4]),"ms":(\d{1,9}),"mode":"(review|repeat|cram|mock)","fp":"([0-9A-Za-z]*)","sum":"([0-9a-f]{8})"\}',
    re.ASCII,
).fullmatch


_NOTHING: Mapping[str, Any] = MappingProxyType({})


class Rating(IntEnum):
    """How well a card was known."""

    AGAIN = 1
    HARD = 2
    GOOD = 3
    EASY = 4


class Mode(StrEnum):
    """What an entry is. Only review, import and reset change the schedule."""

    REVIEW = "review"
    REPEAT = "repeat"  # again within a session
    CRAM = "cram"
    MOCK = "mock"
    IMPORT = "import"  # a state of another program, no answer
    RESET = "reset"  # not the same question: the history starts anew


_MODES = {str(mode): mode for mode in Mode}
SCHEDULING = frozenset({Mode.REVIEW, Mode.IMPORT, Mode.RESET})
BY_TIME = itemgetter(2, 0)  # sorts entries as their `key` does
TIMED = frozenset({Mode.REVIEW, Mode.REPEAT, Mode.CRAM})


class Review(NamedTuple):
    """One entry. `at` is UTC in whole seconds; `rating` 0 where there was none; `ms` is how long the answer took.

    `fingerprint` is that of the question as it was asked, `front` its Markdown where this entry is the first with it.
    `stability` (days) and `difficulty` (1 to 10) are those of an import. `extra`: fields that we do not know.
    (A named tuple: a hundred thousand are made at a start.)
    """

    id: str
    card: str
    at: datetime
    rating: int
    ms: int
    mode: Mode
    fingerprint: str
    front: str = ""
    stability: float = 0.0
    difficulty: float = 0.0
    extra: Mapping[str, Any] = _NOTHING

    @property
    def key(self) -> tuple[datetime, str]:
        """Where it stands in the history, whichever file it is in."""
        return self.at, self.id


@dataclass(frozen=True, slots=True)
class Undo:
    """The entry with the id `undone` does not count."""

    id: str
    at: datetime
    undone: str


class LogTooNewError(NotebookError):
    """A newer version of the tool wrote the review log; it is neither read nor written."""

    code = "log-too-new"


class DamagedError(Exception):
    """A line that is no entry; the message says why."""


class _Ids:
    """Ids that sort in the order in which this process made them: milliseconds, then chance."""

    def __init__(self) -> None:
        self._last = 0
        self._lock = threading.Lock()

    def fresh(self) -> str:
        number = (time.time_ns() // 1_000_000) << 80 | secrets.randbits(80)
        with self._lock:
            # Two in one millisecond, or a clock that was set back.
            self._last = number = number if number > self._last else self._last + 1
        digits = []
        for _ in range(26):
            number, digit = divmod(number, 32)
            digits.append(_ALPHABET[digit])
        return "".join(reversed(digits))


fresh_id = _Ids().fresh


def review_line(review: Review) -> bytes:
    """The line of an entry, without its line end."""
    fields: dict[str, Any] = {
        "v": VERSION,
        "id": review.id,
        "card": review.card,
        "at": written_time(review.at),
    }
    if review.rating:
        fields["rating"] = review.rating
    fields |= {"ms": review.ms, "mode": str(review.mode), "fp": review.fingerprint}
    if review.front:
        fields["front"] = review.front
    if review.mode is Mode.IMPORT:
        fields |= {"stability": review.stability, "difficulty": review.difficulty}
    return _sealed({**fields, **review.extra})


def undo_line(undo: Undo) -> bytes:
    """The line of an undo, without its line end."""
    return _sealed({"v": VERSION, "id": undo.id, "at": written_time(undo.at), "undo": undo.undone})


def written_time(at: datetime) -> str:
    """UTC to the second, as it stands in the log."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def plain_review(line: bytes) -> Review | None:
    """The answer of a plain, whole line; None for any other line, which `entries_of` reads."""
    try:
        match = _PLAIN(line.decode())
        if match is None:
            return None
        name, card, at, rating, ms, mode, fingerprint, seal = match.groups()
        if b"%08x" % zlib.crc32(line[:-_SUM_LENGTH]) != seal.encode():
            return None
        time_given = datetime.fromisoformat(at)
    except ValueError:
        return None
    values = (name, card, time_given, int(rating), int(ms), _MODES[mode], fingerprint, "", 0.0, 0.0, _NOTHING)
    return tuple.__new__(Review, values)  # without the detour by names


def entries_of(line: bytes) -> tuple[Review | Undo | str, ...]:
    """What a line of the log holds: its entries (several where line ends were lost), and a text for each damage.

    Raises `LogTooNewError` for an entry of a newer version.
    """
    try:
        return (_entry(line),)
    except DamagedError as error:
        return tuple(_taken_apart(line, str(error)))


def is_whole(line: bytes) -> bool:
    """Whether a line (without its end) is sealed by its own checksum."""
    return line[-_SUM_LENGTH : 8 - _SUM_LENGTH] == b',"sum":"' and line[8 - _SUM_LENGTH :] == _seal(
        line[:-_SUM_LENGTH]
    )


def _seal(body: bytes) -> bytes:
    """The checksum (CRC-32, which sees each damage of up to 32 bits in a row) as it closes a line."""
    return b'%08x"}' % zlib.crc32(body)


def _sealed(fields: Mapping[str, Any]) -> bytes:
    """The line of these fields with its checksum."""
    text = json.dumps(fields, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    body = text.encode("utf-8", "replace").removesuffix(b"}")
    return body + b',"sum":"' + _seal(body)


def _entry(line: bytes) -> Review | Undo:
    """The one entry of a line. Raises `DamagedError`, `LogTooNewError`."""
    if not is_whole(line):
        _refuse_newer(line)
        raise DamagedError(_why_damaged(line))
    try:
        fields = json.loads(line[:-_SUM_LENGTH].decode() + "}")
        if fields["v"] != VERSION:
            raise _too_new(fields["v"]) if _is_newer(fields["v"]) else DamagedError("it has no version")
        return _undo(fields) if "undo" in fields else _review(fields)
    except (ValueError, RecursionError, KeyError, TypeError, AttributeError, OverflowError) as error:
        raise DamagedError(f"it is no entry of a review ({error})") from None


def _review(fields: dict[str, Any]) -> Review:
    """The answer of these fields, which are used up. Raises `DamagedError`, and what `_entry` catches."""
    del fields["v"]
    take = fields.pop
    mode = Mode(take("mode"))
    found = Review(
        id=take("id"),
        card=take("card"),
        at=_time(take("at")),
        rating=take("rating", 0),
        ms=take("ms", 0),
        mode=mode,
        fingerprint=take("fp", ""),
        front=take("front", ""),
        stability=within(take("stability", 0.0), STABILITY) if mode is Mode.IMPORT else 0.0,
        difficulty=within(take("difficulty", 0.0), DIFFICULTY) if mode is Mode.IMPORT else 0.0,
        extra=fields,
    )
    if not (type(found.rating) is int and (mode is Mode.REVIEW) <= found.rating <= Rating.EASY):
        raise DamagedError("its rating is not from 1 to 4")
    if not (type(found.ms) is int and found.ms >= 0):
        raise DamagedError("its time is no number of milliseconds")
    if not (_ID.match(found.id) and type(found.card) is str and found.card):
        raise DamagedError("it names no card")
    if not (type(found.fingerprint) is str and type(found.front) is str):
        raise DamagedError("its question is no text")
    return found


def _undo(fields: Mapping[str, Any]) -> Undo:
    """The undo of these fields. Raises `DamagedError`, and what `_entry` catches."""
    found = Undo(fields["id"], _time(fields["at"]), fields["undo"])
    if not (_ID.match(found.id) and _ID.match(found.undone)):
        raise DamagedError("it names no answer")
    return found


def _time(text: str) -> datetime:
    """A time of the log in UTC."""
    at = datetime.fromisoformat(text)
    if at.tzinfo is not UTC:
        at = at.astimezone(UTC) if at.tzinfo else at.replace(tzinfo=UTC)
    if at.year not in YEARS:
        raise DamagedError("its time is far off")
    return at


def within(value: float, limits: tuple[float, float]) -> float:
    """A number, brought within the limits that the algorithm takes. Raises `ValueError` for what is no number."""
    if type(value) not in {int, float} or not math.isfinite(value):
        raise ValueError("it is an import without numbers")
    return min(max(float(value), limits[0]), limits[1])


def _taken_apart(line: bytes, why: str) -> Iterator[Review | Undo | str]:
    """Entries that lost the line end between them; what is left between is damage."""
    done = 0
    for end in (match.end() for match in _SUM.finditer(line)):
        start = end
        for _ in range(_MOST_STARTS):
            start = line.rfind(_START, done, start)
            if start < 0:
                break
            if is_whole(line[start:end]):
                if line[done:start].strip(b" \t\r\0"):
                    yield why
                try:
                    yield _entry(line[start:end])
                except DamagedError as error:
                    yield str(error)
                done = end
                break
    if line[done:].strip(b" \t\r"):
        yield why


def _refuse_newer(line: bytes) -> None:
    """Raise `LogTooNewError` for a line of a newer version, whatever checksum that one has.

    A line of ours in which only the version is damaged is no such line: with our version its checksum fits.
    """
    match = _NEWER.match(line)
    if not match or not _is_newer(version := int(match[1])):
        return
    if is_whole(_START + b"%d" % VERSION + line[match.end() :]):
        return
    try:
        fields = json.loads(line)
    except (ValueError, RecursionError):
        return
    if isinstance(fields, dict):
        raise _too_new(version)


def _is_newer(version: object) -> bool:
    """Whether a version is above ours."""
    return type(version) is int and version > VERSION


def _too_new(version: int) -> LogTooNewError:
    """The error; who reads the file adds the place."""
    return LogTooNewError(
        f"a newer version of kb wrote this line (format {version}, this kb knows {VERSION})",
        "Update kb on this computer (pip install --upgrade notebook-kb). Nothing was changed.",
    )


def _why_damaged(line: bytes) -> str:
    """What a damaged line looks like, in words."""
    if line[:7] in {b"<<<<<<<", b"=======", b">>>>>>>", b"|||||||"}:
        return "it is a conflict mark of git"
    if not line.startswith(_START):
        return "it is no entry of a review"
    return "it is cut short" if not _SUM.search(line) else "its checksum does not fit"
