"""What a note is called for good: in the ledger of copies, in the ids of its cards."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from notebook_kb.model.note import Note
    from notebook_kb.notebook.notebook import Notebook


def key_of(notebook: Notebook, note: Note) -> str:
    """The note's lasting key: the head's `id`, else the concept whose note it is, else its path.

    A second note of a concept has its path. Two heads with one `id` share a key: who sends has to refuse that.
    """
    if note.id:
        return note.id
    concept = notebook.concept_of(note)
    counted = notebook.concept_note(concept) if concept else None
    return concept if counted is not None and counted.path == note.path else note.path
