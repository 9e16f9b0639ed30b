"""What is known of a notebook's notes besides their text, put together for coverage and findings."""

from __future__ import annotations

from typing import TYPE_CHECKING

from notebook_kb.model.evidence import Evidence
from notebook_kb.running.evidence import code_evidence
from notebook_kb.workspace.own_words import Shelf, overlaps_in, overlaps_of

if TYPE_CHECKING:
    from notebook_kb.notebook.notebook import Notebook


def evidence_of(notebook: Notebook, shelf: Shelf | None = None) -> Evidence:
    """The evidence of a whole notebook (not of its public view), unsaved texts of it included."""
    cache = notebook.root / notebook.settings.state / "cache" / "own-words.sqlite"
    code = code_evidence(notebook.root / notebook.settings.state, notebook)
    return Evidence(overlaps_of(notebook, cache, shelf or Shelf(notebook.root)), code)


def evidence_in(notebook: Notebook, path: str, shelf: Shelf) -> Evidence:
    """The evidence of one note of it: what a whole look would say of that note."""
    code = code_evidence(notebook.root / notebook.settings.state, notebook, [path])
    return Evidence(overlaps_in(notebook, path, shelf), code)
