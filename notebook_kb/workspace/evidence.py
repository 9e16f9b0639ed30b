"""What is known of a notebook's notes besides their text, put together for coverage and findings."""

from __future__ import annotations

from typing import TYPE_CHECKING

from notebook_kb.model.evidence import Evidence
from notebook_kb.notebook.cache import NoteCache
from notebook_kb.workspace.own_words import overlaps_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from notebook_kb.notebook.notebook import Notebook


def evidence_of(
    notebook: Notebook, text_of: Callable[[str], str] | None = None, memory: NoteCache | None = None
) -> Evidence:
    """The evidence of a whole notebook (not of its public view).

    `text_of` gives a note's text where that is not the file's, `memory` what was compared before, if not that on disk.
    """
    cache = notebook.root / notebook.settings.state / "cache" / "own-words.sqlite"
    return Evidence(overlaps_of(notebook, NoteCache(cache) if memory is None else memory, text_of))
