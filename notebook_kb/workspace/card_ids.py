"""Giving ids to the cards of notes, so that a card keeps its history when it is edited or moved."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from notebook_kb.errors import NotebookError
from notebook_kb.files.read import decode
from notebook_kb.files.write import write_file
from notebook_kb.parsing.note import parse_note
from notebook_kb.scaffolding.card_ids import with_ids
from notebook_kb.study.card_ids import card_ids
from notebook_kb.workspace.authoring import note_text, read_again

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from notebook_kb.model.note import Card, Note
    from notebook_kb.notebook.notebook import Notebook
    from notebook_kb.workspace.workspace import Workspace


@dataclass(frozen=True, slots=True)
class GivenIds:
    """What was written into one note; `problem` says why nothing was."""

    path: str
    ids: tuple[str, ...] = ()
    problem: str = ""
    hint: str = ""


class UnsafeEditError(NotebookError):
    """The edit would change more of the note than its ids."""

    code = "unsafe-edit"


def give_ids(
    workspace: Workspace,
    notebook: Notebook,
    path: str,
    ids: Mapping[tuple[str, int], str] | None = None,
    *,
    leave: Collection[int] = (),
    dry_run: bool = False,
) -> GivenIds:
    """Write the ids of all cards of the note at `path` that have none; of those that `leave` numbers none.

    A note that was changed meanwhile, cannot be written or would say something else afterwards is left alone.
    """
    note = notebook.notes[path]
    table = card_ids(notebook) if ids is None else ids
    fresh = [
        (card, table[path, n])
        for n, card in enumerate(note.cards)
        if not card.id and (path, n) in table and n not in leave
    ]
    if not fresh:
        return GivenIds(path)
    try:
        if not dry_run:
            write_ids(workspace, note, fresh)
    except NotebookError as error:
        return GivenIds(path, problem=error.message, hint=error.hint)
    return GivenIds(path, tuple(name for _, name in fresh))


def write_ids(workspace: Workspace, note: Note, fresh: list[tuple[Card, str]]) -> None:
    """Write ids behind cards of a note. Raises NotebookError, and then has changed nothing."""
    snapshot = read_again(workspace, note)
    text = with_ids(note_text(snapshot, note.path), fresh)
    given = {id(card): name for card, name in fresh}
    wanted = [replace(c, id=given.get(id(c), c.id)) for c in note.cards]
    decoded, _ = decode(text.encode())
    after = parse_note(decoded, note.path, "", workspace.loader.names).note
    if [bare(c) for c in after.cards] != [bare(c) for c in wanted] or said(after) != said(note):
        raise UnsafeEditError(
            f"{note.path}: an id behind its cards would change what they say, so the note is left alone",
            "put a blank line below each card, then run `kb cards sync`",
        )
    write_file(workspace.root / note.path, text.encode(), snapshot)


def said(note: Note) -> tuple[object, ...]:
    """What a note says besides its cards, without places."""
    return (
        [(f.tex, f.display) for f in note.formulas],
        [(r.kind, r.target, r.heading, r.label, r.private) for r in note.references],
        [(h.level, h.text, h.private) for h in note.outline],
        [(s.heading, s.part, s.words, s.substance, s.private) for s in note.sections],
        note.all_tags,
        note.loose_words,
    )


def bare(card: Card) -> tuple[bool, str, str, str, str]:
    """What must stay as it is."""
    return card.cloze, card.front, card.back, card.level, card.id
