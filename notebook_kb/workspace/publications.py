"""What of the notebook is out there: every public note and target, up to date or not, and what has changed since."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from notebook_kb.errors import UsageError
from notebook_kb.notebook.keys import key_of
from notebook_kb.publishing.desk import Desk
from notebook_kb.publishing.payload import Form, TargetName
from notebook_kb.publishing.states import State, standing_of

if TYPE_CHECKING:
    from notebook_kb.model.note import Note
    from notebook_kb.publishing.payload import Piece
    from notebook_kb.publishing.states import Drift, Standing
    from notebook_kb.workspace.sending import Outgoing

SHOWN_CHANGES = 3
KINDS = {"shown": "picture", "mathblock": "formula", "codeblock": "code", "rule": "line"}
# in these a person has something to do
OPEN = frozenset({State.CHANGED, State.UNKNOWN, State.SENDING})


@dataclass(frozen=True, slots=True)
class Publication:
    """One note at one target: `path` is '' where the note is gone, `blocked` says why it cannot be compared.
    `shared` are the notes that have its key, where there are several: then nobody knows which is out there.
    """

    standing: Standing
    path: str
    title: str
    gone: bool = False
    blocked: str = ""
    shared: tuple[str, ...] = ()

    @property
    def target(self) -> TargetName:
        """The target's name."""
        return TargetName(self.standing.place.partition("-")[0])

    @property
    def form(self) -> Form:
        """What the note is there."""
        return Form(self.standing.place.partition("-")[2])

    @property
    def needs_work(self) -> bool:
        """Whether a person has something to do."""
        drift = self.standing.drift
        stale = drift is not None and not drift.is_adapter_only
        return self.gone or bool(self.blocked or self.shared) or stale or self.standing.state in OPEN


def desk_of(outgoing: Outgoing) -> Desk:
    """The sending side of the notebook."""
    workspace = outgoing.workspace
    keys = {key_of(outgoing.whole, n) for n in outgoing.whole.notes.values()}
    return Desk(workspace.root, workspace.root / workspace.settings.state, keys)


def publications(outgoing: Outgoing, only: str = "") -> list[Publication]:
    """All that is, may be or was about to be out there, by note; of the note with the key `only`, if that is given."""
    desk = desk_of(outgoing)
    shared = shared_keys(outgoing)
    holders = {key_of(outgoing.whole, n): n for n in outgoing.whole.notes.values()}
    found = [
        replace(
            publication(outgoing, desk, standing, holders.get(standing.key)),
            shared=shared.get(standing.key, ()),
        )
        for standing in desk.publications()
        if only in {"", standing.key}
    ]
    return sorted(found, key=lambda p: (p.path or "~", p.standing.place))


def shared_keys(outgoing: Outgoing) -> dict[str, tuple[str, ...]]:
    """Key → the notes that have it, of keys that several have."""
    paths: dict[str, list[str]] = {}
    for note in outgoing.whole.notes.values():
        paths.setdefault(key_of(outgoing.whole, note), []).append(note.path)
    return {key: tuple(sorted(found)) for key, found in sorted(paths.items()) if len(found) > 1}


def publication(outgoing: Outgoing, desk: Desk, standing: Standing, note: Note | None) -> Publication:
    """One line of the table; what is out there is compared with what would go out now."""
    if note is None:
        return Publication(standing, standing.path, standing.title, gone=True)
    shown = outgoing.notebook.notes.get(note.path)
    if shown is None:
        return Publication(standing, note.path, note.title, blocked="the note is no longer public")
    if standing.entry is None or standing.state not in {State.PUBLISHED, State.CHANGED, State.DRAFT}:
        return Publication(standing, note.path, note.title)
    target, form = standing.entry.target, standing.entry.form
    try:
        job = outgoing.job(shown, target, form)
    except UsageError as error:
        return Publication(standing, note.path, note.title, blocked=error.message)
    compared = standing_of(
        desk.ledger.get(standing.key), desk.journal, standing.place, job.payload, job.source, busy=desk.busy
    )
    return Publication(compared, note.path, note.title)


def changes(drift: Drift) -> list[str]:
    """What has changed since, in words for people."""
    if drift.is_adapter_only:
        return ["the note is the same; only this version of kb, or an option, would make it otherwise"]
    lines = []
    if drift.title:
        lines.append(f"title: “{drift.title[0]}” is now “{drift.title[1]}”")
    lines += [f"changed: {piece_words(piece)}" for _, piece in drift.changed]
    lines += [f"new: {piece_words(piece)}" for piece in drift.added]
    lines += [f"gone: {piece_words(piece)}" for piece in drift.removed]
    if not lines and (drift.pictures_added or drift.pictures_removed):
        lines.append("changed: a picture or the PDF")
    if drift.about or not lines:
        lines.append("changed: summary, topics or address")
    return lines


def piece_words(piece: Piece) -> str:
    """A piece as a person would name it: `paragraph “Rank is the number of …”`."""
    kind = KINDS.get(piece.kind, piece.kind)
    return f"{kind} “{piece.begins}”" if piece.begins else kind


def short_changes(drift: Drift) -> str:
    """The same on one line: the first ones, and how many more."""
    lines = changes(drift)
    more = len(lines) - SHOWN_CHANGES
    return "; ".join(lines[:SHOWN_CHANGES]) + (f"; {more} more" if more > 0 else "")


def nowhere_else(outgoing: Outgoing) -> list[Note]:
    """The public notes of which nothing is known elsewhere."""
    desk = desk_of(outgoing)
    known = {s.key for s in desk.publications()}
    return [n for n in outgoing.notebook.notes.values() if key_of(outgoing.whole, n) not in known]
