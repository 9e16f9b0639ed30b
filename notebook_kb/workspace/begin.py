"""`kb init`: the files of a new notebook, written only where nothing stands yet."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from notebook_kb.errors import UsageError
from notebook_kb.files.write import write_file
from notebook_kb.languages import language_pack
from notebook_kb.learning.coverage import matched_by
from notebook_kb.notebook.load import BUILT_IN
from notebook_kb.parsing.roadmap import nearest
from notebook_kb.scaffolding.notebook import new_notebook
from notebook_kb.settings import SETTINGS_NAME
from notebook_kb.workspace.workspace import Workspace

if TYPE_CHECKING:
    from pathlib import Path


@dataclass(frozen=True, slots=True)
class Begun:
    """What was written, and what was found in a folder that held notes already."""

    files: tuple[str, ...]
    in_place: bool
    notes: int = 0
    matches: tuple[tuple[str, str], ...] = ()


def begin(folder: Path, roadmap: str, title: str, language: str) -> Begun:
    """Make `folder` a notebook. UsageError when it is one, or the roadmap or language is unknown."""
    if (folder / SETTINGS_NAME).exists():
        raise UsageError(f"{folder} is a notebook already", "`kb next` says what to write in it")
    if folder.exists() and not folder.is_dir():
        raise UsageError(f"{folder} is a file", "name a folder")
    if roadmap and roadmap not in BUILT_IN and not (folder / roadmap).is_file():
        hint = (
            nearest(roadmap, BUILT_IN)
            or f"built in: {', '.join(BUILT_IN)}; a file is named as it lies in the folder"
        )
        raise UsageError(f"there is no roadmap `{roadmap}`", hint)
    plan = new_notebook(folder, language_pack(language), roadmap, title)
    written = []
    for name, text in plan.files.items():
        path = folder / name
        if not path.exists():
            write_file(path, text.encode(), None)
            written.append(name)
    if not plan.in_place:
        return Begun(tuple(written), in_place=False)
    notebook = Workspace(folder).load().notebook
    matches = tuple(
        (note.path, notebook.concept_of(note))
        for note in notebook.notes.values()
        if matched_by(notebook, note)
    )
    return Begun(tuple(written), True, len(notebook.notes), matches)
