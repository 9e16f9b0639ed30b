"""`kb init`: the files of a new notebook, written only where nothing stands yet."""

from __future__ import annotations

import os
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from notebook_kb.errors import EnvironmentFailedError, UsageError
from notebook_kb.files.read import decode, read_file
from notebook_kb.files.state_folder import refuse_links
from notebook_kb.files.trust import trust
from notebook_kb.files.write import write_file
from notebook_kb.languages import language_pack
from notebook_kb.learning.coverage import matched_by
from notebook_kb.notebook.load import BUILT_IN, built_in_roadmap
from notebook_kb.notebook.public import is_public
from notebook_kb.parsing.roadmap import RoadmapReader, nearest
from notebook_kb.scaffolding.editors import editor_file
from notebook_kb.scaffolding.hosting import hosting_file, is_address
from notebook_kb.scaffolding.notebook import new_notebook
from notebook_kb.settings import SETTINGS_NAME, Settings
from notebook_kb.workspace.workspace import Workspace

if TYPE_CHECKING:
    from notebook_kb.languages import LanguagePack
    from notebook_kb.scaffolding.editors import EditorFile

ROADMAP_NAME = "roadmap.yml"


@dataclass(frozen=True, slots=True)
class Begun:
    """What was written, and what was found in a folder that held notes already."""

    files: tuple[str, ...]
    in_place: bool
    notes: int = 0
    flagged: int = 0
    matches: tuple[tuple[str, str], ...] = ()


def add_hosting(folder: Path, host: str, address: str) -> tuple[str, bool]:
    """Write what a host needs to build the notebook in `folder`: (the file's path, whether it was written).

    A file that stands there already is left as it is. UsageError when `address` names no one place to install from.
    """
    check_address(address)
    name, text = hosting_file(host, address)
    path = folder / name
    if path.exists():
        return name, False
    write_file(path, text.encode(), None)
    return name, True


def add_editor(folder: Path, editor: str) -> tuple[EditorFile, bool]:
    """Write the ready file of an editor into the notebook in `folder`: (the file, whether it was written). A file that
    stands there already is left as it is.
    """
    ready = editor_file(editor)
    path = folder / ready.path
    if path.exists():
        return ready, False
    write_file(path, ready.text.encode(), None)
    return ready, True


def begin(folder: Path, roadmap: str, title: str, language: str) -> Begun:
    """Make `folder` a notebook. UsageError when it is one, or the roadmap or language is unknown."""
    if (folder / SETTINGS_NAME).exists():
        raise UsageError(f"{folder} is a notebook already", "`kb next` says what to write in it")
    if folder.exists() and not folder.is_dir():
        raise UsageError(f"{folder} is a file", "name a folder")
    refuse_links(folder, Settings().state)
    pack = language_pack(language)
    setting, copied = own_roadmap(folder, roadmap, pack)
    plan = new_notebook(folder, pack, setting, title)
    written = []
    for name, data in (*((n, t.encode()) for n, t in plan.files.items()), *copied.items()):
        path = folder / name
        if not path.exists():
            write_file(path, data, None)
            written.append(name)
    if not plan.in_place:
        with suppress(EnvironmentFailedError):  # where it cannot be kept, `kb run` asks
            trust(folder, Settings().state)
        return Begun(tuple(written), in_place=False)
    notebook = Workspace(folder).load().notebook
    matches = tuple(
        (note.path, notebook.concept_of(note))
        for note in notebook.notes.values()
        if matched_by(notebook, note)
    )
    flagged = sum(is_public(n, notebook.today) for n in notebook.notes.values())
    return Begun(tuple(written), True, len(notebook.notes), flagged, matches)


def check_address(address: str) -> None:
    """UsageError unless `address` names one place to install from."""
    if not is_address(address):
        raise UsageError(
            f"`--install-from` wants the place that the tool is installed from, not `{address}`"
            if address
            else "`--host` needs `--install-from`: where the host gets this tool from",
            "a name alone would be looked up in an index, where anybody may hold it; write for example "
            "--install-from git+https://git.example.org/me/notebook_kb@v1, or the path of a wheel in the notebook",
        )


def own_roadmap(folder: Path, roadmap: str, pack: LanguagePack) -> tuple[str, dict[str, bytes]]:
    """(what `roadmap:` says, files to write) for `--roadmap`: a built-in one by name, a file of the folder where it
    lies, any other file as a copy. A file that cannot be used is refused before anything is written.
    """
    if not roadmap or roadmap in BUILT_IN:
        return roadmap, {}
    here = next((p for p in (folder / roadmap, Path(roadmap).expanduser().absolute()) if p.is_file()), None)
    if here is None:
        hint = nearest(roadmap, BUILT_IN) or f"name a file, or a built-in one: {', '.join(BUILT_IN)}"
        raise UsageError(f"there is no roadmap `{roadmap}`", hint)
    data = read_file(here).data
    text, problem = decode(data)
    if problem:
        raise UsageError(f"{roadmap}: it cannot be read as text ({problem})", "save it as UTF-8")
    RoadmapReader(roadmap, pack, lambda name: built_in_roadmap(name, pack.code)).read(text)
    inside = Path(os.path.relpath(here, folder))
    if inside.parts[0] != "..":
        name = inside.as_posix()
        return ("" if name == ROADMAP_NAME else name), {}
    if (folder / ROADMAP_NAME).exists():
        raise UsageError(
            f"{folder} holds a {ROADMAP_NAME} already", "leave `--roadmap` out, or move one of them away"
        )
    return "", {ROADMAP_NAME: data}
