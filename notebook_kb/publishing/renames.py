"""Whether a note that is to be sent is one that was sent under another key."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from notebook_kb.publishing.entry_json import from_json
from notebook_kb.publishing.problems import RenamedError

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from notebook_kb.publishing.journal import Journal
    from notebook_kb.publishing.ledger import Entry, Ledger
    from notebook_kb.publishing.payload import Payload, Piece

SAME_SHARE = 0.3
"""From this share of equal pieces on, a vanished note looks like the one at hand."""
LIVING_SHARE = 0.6
"""The same where the other note still exists: two notes may well quote the same definition."""
LEAST_PIECES = 4
"""With fewer pieces on a side their share says nothing."""


@dataclass(frozen=True, slots=True)
class Known:
    """Something that is, or may be, out there under another key."""

    key: str
    path: str
    title: str
    concept: str
    entries: tuple[Entry, ...]


def refuse_renamed(
    payload: Payload, concept: str, keys: Collection[str], ledger: Ledger, journal: Journal
) -> None:
    """Raise `RenamedError` if the note may be out there already under another key.

    `keys` are those of all notes that exist. Nothing is asked where the note's own post is known, nor about a key that
    a person has said to be another note's.
    """
    own = ledger.get(payload.key)
    place = f"{payload.target}-{payload.form}"
    entry = own.entries.get(place)
    if entry and entry.status != "prepared":
        return
    answered = {payload.key, *own.was, *own.is_not}
    found = []
    for other in _others(ledger, journal):
        if other.key in answered:
            continue
        why = _why_similar(payload, concept, place, other, is_orphan=other.key not in keys)
        if why:
            found.append((other, why))
    if found:
        raise _question(payload, found)


def _question(payload: Payload, found: list[tuple[Known, str]]) -> RenamedError:
    """The error that asks."""
    lines = [f"{known.key} ({known.title or known.path}: {why})" for known, why in found]
    first = found[0][0].key
    return RenamedError(
        f"{payload.path}: it may be out there already, as {'; '.join(lines)}. Nothing was sent.",
        f"If this note was renamed: --renamed-from {first}; if it is another one: --new.",
        tuple(known.key for known, _ in found),
    )


def _others(ledger: Ledger, journal: Journal) -> Iterable[Known]:
    """All that is known under any key, from the ledger and from requests that are not in it."""
    found: dict[str, Known] = {}
    for key, record in ledger.records.items():
        if record.entries:
            entries = tuple(record.entries.values())
            found[key] = Known(key, record.path, record.title, record.concept, entries)
    for send in (*journal.unnoted(), *journal.open_sends()):
        before = found.get(send.key)
        entry = from_json(send.place, send.entry)
        note = send.note
        found[send.key] = Known(
            send.key,
            note.get("path", ""),
            note.get("title", ""),
            note.get("concept", ""),
            (*(before.entries if before else ()), entry),
        )
    return [found[key] for key in sorted(found)]


def _why_similar(payload: Payload, concept: str, place: str, other: Known, *, is_orphan: bool) -> str:
    """Why the other may be this note, '' if it is not."""
    if any(e.payload == payload.digest and e.place == place for e in other.entries):
        return "the same words"
    share = max((shared(e.pieces, payload.pieces) for e in other.entries), default=0.0)
    if not is_orphan:
        return "most of its words" if share >= LIVING_SHARE else ""
    titles = {_plain(other.title), *(_plain(e.title) for e in other.entries)} - {""}
    if _plain(payload.title) in titles:
        return "the same title"
    if concept and concept == other.concept:
        return "the same concept"
    if other.path and _stem(other.path) == _stem(payload.path):
        return "the same file name"
    if share >= SAME_SHARE:
        return "much of its words"
    few = [e for e in other.entries if min(len(e.pieces), len(payload.pieces)) < LEAST_PIECES]
    if any(e.place == place for e in few):
        return "that note is gone, and its text is too short to compare"
    return ""


def shared(then: tuple[Piece, ...], now: tuple[Piece, ...]) -> float:
    """The share of the shorter text's pieces that the other has too; 0 if there are too few to say."""
    first, second = {p.digest for p in then}, {p.digest for p in now}
    least = min(len(first), len(second))
    return len(first & second) / least if least >= LEAST_PIECES else 0.0


def _plain(title: str) -> str:
    return " ".join(title.casefold().split())


def _stem(path: str) -> str:
    return PurePosixPath(path).stem.casefold()
