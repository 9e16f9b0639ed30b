"""Where a note stands at a target, and what has changed here since it went out."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from notebook_kb.publishing.changed_pieces import compare_pieces
from notebook_kb.publishing.entry_json import beside_changed, file_digests

if TYPE_CHECKING:
    from notebook_kb.publishing.journal import Journal, Sending
    from notebook_kb.publishing.ledger import Entry, Record
    from notebook_kb.publishing.payload import Payload, Piece


class State(StrEnum):
    """What is known of one form of a note at one target."""

    NONE = "none"
    PREPARED = "prepared"  # a kit was made; no address is known
    SENDING = "sending"  # another process is at it
    DRAFT = "draft"  # the service has it, and nobody else can see it
    PUBLISHED = "published"
    CHANGED = "changed"  # published, and the note is another since
    FAILED = "failed"  # the last try was refused; nothing is out there
    UNKNOWN = "unknown"  # a request went out, and nobody knows what came of it


@dataclass(frozen=True, slots=True)
class Drift:
    """How a payload differs from what went out.

    `title` is (then, now), `adapter` (then, now) of the rules that made it; `changed` pairs a piece with the one that
    stands there now; pictures are digests. `is_adapter_only`: the note is the same, the rules changed. `about`:
    summary, topics, series or canonical address.
    """

    title: tuple[str, str] | None = None
    added: tuple[Piece, ...] = ()
    changed: tuple[tuple[Piece, Piece], ...] = ()
    removed: tuple[Piece, ...] = ()
    pictures_added: tuple[str, ...] = ()
    pictures_removed: tuple[str, ...] = ()
    about: bool = False
    adapter: tuple[int, int] | None = None
    is_adapter_only: bool = False


@dataclass(frozen=True, slots=True)
class Standing:
    """One form of one note at one target. `open_send`: the request without an answer; `failure`: why the last failed."""

    key: str
    place: str
    state: State
    entry: Entry | None = None
    open_send: Sending | None = None
    drift: Drift | None = None
    failure: str = ""
    path: str = ""
    title: str = ""


def standing_of(
    record: Record,
    journal: Journal,
    place: str,
    payload: Payload | None = None,
    source: str = "",
    *,
    busy: bool = False,
) -> Standing:
    """Where the note of `record` stands at `place` (`linkedin-post`).

    With a `payload` it is compared with what went out; `busy` says that another process is sending right now.
    """
    entry = record.entries.get(place)
    last = journal.last(record.key, place)
    found = Standing(
        record.key,
        place,
        State.NONE,
        entry,
        path=record.path or (last.note.get("path", "") if last else ""),
        title=record.title or (last.note.get("title", "") if last else ""),
    )
    # Any open request counts, also one before the last: of that, too, nobody knows what came.
    is_open = [s for s in journal.open_sends() if (s.key, s.place) == (record.key, place)]
    if is_open:
        return _with(found, State.SENDING if busy else State.UNKNOWN, open_send=is_open[0])
    failure = last.answer.get("message", "") if last and last.outcome == "failed" else ""
    if entry is None:
        return _with(found, State.FAILED if failure else State.NONE, failure=failure)
    drift = drift_of(entry, payload, source) if payload else None
    if entry.status == "published" and drift and not drift.is_adapter_only:
        return _with(found, State.CHANGED, drift=drift, failure=failure)
    return _with(found, State(entry.status), drift=drift, failure=failure)


def drift_of(entry: Entry, payload: Payload, source: str = "") -> Drift | None:
    """What differs between what went out and `payload`; None if a reader would see the same."""
    then, now = set(entry.pictures), set(file_digests(payload))
    same = entry.payload == payload.digest
    if same and then == now:
        return None
    added, changed, removed = _pieces(entry.pieces, payload.pieces)
    adapter = (entry.adapter, payload.adapter) if entry.adapter != payload.adapter else None
    return Drift(
        title=(entry.title, payload.title) if entry.title != payload.title else None,
        about=bool(beside_changed(entry.about, payload)),
        added=added,
        changed=changed,
        removed=removed,
        pictures_added=tuple(sorted(now - then)),
        pictures_removed=tuple(sorted(then - now)),
        adapter=adapter,
        # the same payload with other files there: an update could change the text alone
        is_adapter_only=bool(source and source == entry.source and not same),
    )


def _pieces(
    then: tuple[Piece, ...], now: tuple[Piece, ...]
) -> tuple[tuple[Piece, ...], tuple[tuple[Piece, Piece], ...], tuple[Piece, ...]]:
    """(added, changed, removed), in the order of the text."""
    added: list[Piece] = []
    changed: list[tuple[Piece, Piece]] = []
    removed: list[Piece] = []
    for change in compare_pieces(then, now).changes:
        piece = None if change.index is None else now[change.index]
        if piece and change.was:
            changed.append((change.was, piece))
        elif piece:
            added.append(piece)
        elif change.was:
            removed.append(change.was)
    return tuple(added), tuple(changed), tuple(removed)


def _with(
    found: Standing,
    state: State,
    *,
    open_send: Sending | None = None,
    drift: Drift | None = None,
    failure: str = "",
) -> Standing:
    """`found` in a state."""
    return Standing(
        found.key, found.place, state, found.entry, open_send, drift, failure, found.path, found.title
    )
