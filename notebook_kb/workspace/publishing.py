"""The one line that says what a note still lacks. Coverage never blocks publishing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from notebook_kb.learning.coverage import cover_concept
from notebook_kb.workspace.words import missing_words

if TYPE_CHECKING:
    from notebook_kb.workspace.workspace import Workspace


def missing_line(workspace: Workspace, path: str) -> str:
    """What is missing for the note's concept, '' when nothing is or the note has none."""
    loaded = workspace.load()
    notebook = loaded.notebook
    concept = notebook.concept_of(notebook.notes[path])
    if not concept:
        return ""
    item = cover_concept(notebook, notebook.roadmap.concepts[concept], workspace.evidence(loaded))
    return "; ".join(missing_words(notebook, m) for m in item.missing)
