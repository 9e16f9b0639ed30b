"""What a person asks `kb rename` for: from names to a plan that `workspace.renaming` carries out."""

from __future__ import annotations

import os
import unicodedata
from dataclasses import dataclass, field, replace
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from notebook_kb.errors import ChangedSinceReadError, UsageError
from notebook_kb.files.read import read_file
from notebook_kb.model.edit import FileMove
from notebook_kb.notebook.names import did_you_mean, fold
from notebook_kb.notebook.rename import rename_files
from notebook_kb.notebook.rename_concept import rename_concept
from notebook_kb.notebook.rename_words import rename_heading, rename_title
from notebook_kb.notebook.walk import ATTACHMENTS
from notebook_kb.website.addresses import note_url
from notebook_kb.workspace.authoring import find_note, note_text
from notebook_kb.workspace.rename_paths import (
    check_name,
    check_read,
    free_path,
    may_move,
    refuse_link,
    refuse_taken,
)

if TYPE_CHECKING:
    from pathlib import Path

    from notebook_kb.files.read import Snapshot
    from notebook_kb.notebook.notebook import Notebook
    from notebook_kb.notebook.rename import Renaming
    from notebook_kb.workspace.workspace import Workspace


@dataclass
class Texts:
    """Reads the files of a workspace once; the bytes must be those that were parsed."""

    workspace: Workspace
    notebook: Notebook
    snapshots: dict[str, Snapshot] = field(default_factory=dict)

    def __call__(self, path: str) -> str:
        """The text of a note, or of the roadmap."""
        if path not in self.snapshots:
            snapshot = read_file(self.workspace.root / path)
            note = self.notebook.notes.get(path)
            if note is not None and note.digest != snapshot.digest:
                raise ChangedSinceReadError(f"{path} was changed while it was read", "run the command again")
            self.snapshots[path] = snapshot
        return note_text(self.snapshots[path], path)


@dataclass(frozen=True)
class Plan:
    """A renaming that can be shown or carried out. `what` says in words what is renamed; `others` are files that move and
    that no note can link to, `folder` is one that moves as a whole.
    """

    what: str
    renaming: Renaming
    texts: Texts
    others: tuple[FileMove, ...] = ()
    folder: str = ""
    hint: str = ""
    command: tuple[str, str] = ("", "")


def plan(workspace: Workspace, old: str, new: str, *, title: bool = False, as_id: bool = False) -> Plan:
    """The plan for `kb rename OLD NEW`. Raises `UsageError` for a name that means nothing, a path that is taken, words that
    cannot be.
    """
    return replace(_plan(workspace, old, new, title=title, as_id=as_id), command=(old, new))


def _plan(workspace: Workspace, old: str, new: str, *, title: bool, as_id: bool) -> Plan:
    """As `plan`."""
    notebook = workspace.load().notebook
    texts = Texts(workspace, notebook)
    if as_id:
        return of_concept(notebook, texts, old, new)
    if title:
        note = find_note(notebook, old)
        done = rename_title(notebook, note.path, new, texts)
        return Plan(f"{note.path}: {note.title} → {new}", done, texts)
    folder = folder_of(notebook, old)
    if folder:
        return of_folder(notebook, texts, folder, new)
    file = file_of(notebook, old)
    if file:
        return of_file(notebook, texts, file, new)
    name, sign, heading = old.partition("#")
    if sign and notebook.find_note(old) is None:
        if not name:
            raise UsageError("no note stands before `#`", "write it as NAME#Heading")
        note = find_note(notebook, name)
        done = rename_heading(notebook, note.path, heading, new, texts)
        return Plan(f"{note.path}: {heading} → {new}", done, texts)
    if notebook.find_note(old) is None and own_concept(notebook, old):
        return of_concept(notebook, texts, own_concept(notebook, old), new)
    note = find_note(notebook, old)
    made = of_file(notebook, texts, note.path, new)
    concept = own_concept(notebook, old)
    if concept and notebook.concept_of(note) == concept:
        return replace(
            made, hint=f"`{concept}` is also an id of {notebook.roadmap.path}: `--id` renames that"
        )
    return made


def own_concept(notebook: Notebook, name: str) -> str:
    """The id of a concept of the notebook's own roadmap that a name is; ''."""
    found = notebook.concept_names.get(fold(name), "")
    return found if notebook.roadmap.path and fold(found) == fold(name) else ""


def of_concept(notebook: Notebook, texts: Texts, old: str, new: str) -> Plan:
    """The plan for an id of the roadmap."""
    found = notebook.concept_names.get(fold(old), "")
    if not found and old in notebook.roadmap.resources:
        raise UsageError(
            f"`{old}` is a source, and only ids of concepts are renamed",
            "add the new name to its `aliases:` in the roadmap: both then lead to it",
        )
    if not found:
        near = did_you_mean(old, notebook.roadmap.concepts)
        raise UsageError(
            f"`{old}` is no id of the roadmap",
            f"did you mean `{near}`?" if near else "`kb roadmap show` lists them",
        )
    done = rename_concept(notebook, found, new, texts)
    return Plan(f"{notebook.roadmap.path}: {found} → {new}", done, texts)


def of_file(notebook: Notebook, texts: Texts, old: str, new: str) -> Plan:
    """The plan for a note or attachment."""
    target = free_path(notebook, old, new)
    done = rename_files(notebook, [FileMove(old, target)], texts, address_of=note_url)
    return Plan(f"{old} → {target}", done, texts)


def of_folder(notebook: Notebook, texts: Texts, old: str, new: str) -> Plan:
    """The plan for a folder with all that is in it."""
    base = notebook.notes_folder
    said = new.replace("\\", "/").strip().strip("/").removeprefix("./")
    if "/" in said or not base:
        target = said if said.startswith(f"{base}/") or not base else f"{base}/{said}"
    else:
        target = f"{old.rpartition('/')[0]}/{said}".lstrip("/")
    for part in target.split("/"):
        check_name(part)
    check_read(notebook, f"{target}/note.md")
    if target == old or f"{target}/".startswith(f"{old}/"):
        raise UsageError(f"{old} cannot become {target}", "choose another name")
    known: list[FileMove] = []
    others: list[FileMove] = []
    for path in sorted((notebook.root / old).rglob("*")):
        if path.is_dir() and not path.is_symlink():
            continue
        name = path.relative_to(notebook.root).as_posix()
        refuse_link(notebook, name)
        move = FileMove(name, target + name.removeprefix(old))
        refuse_taken(notebook.root, name, move.new)
        if not may_move(notebook.root, notebook.settings, name):
            raise UsageError(f"{name} is none of the notebook's files", "move this folder by other means")
        (known if name in notebook.notes or name in notebook.files else others).append(move)
    done = rename_files(notebook, known, texts, address_of=note_url)
    return Plan(f"{old}/ → {target}/", done, texts, tuple(others), folder=old)


def folder_of(notebook: Notebook, name: str) -> str:
    """The folder of the notes that a NAME ending in `/` means, or one that no note is called by; ''."""
    said = name.replace("\\", "/").removeprefix("./")
    bare = said.strip("/")
    base = notebook.notes_folder
    for path in dict.fromkeys((bare, f"{base}/{bare}".strip("/"))):
        found = as_listed(notebook.root, path) if bare else ""
        inside = found != base and (not base or found.startswith(f"{base}/"))
        if found and inside and (said.endswith("/") or notebook.find_note(name) is None):
            refuse_link(notebook, found)
            return found
    if said.endswith("/"):
        raise UsageError(f"there is no folder `{said}` of notes", "write its path, as in notes/old/")
    return ""


def as_listed(root: Path, path: str) -> str:
    """A folder's path as the disk spells it, where `path` may have other letters (`old` for `Old`); '' where none is."""
    here = root
    for part in path.split("/"):
        try:
            names = [entry.name for entry in os.scandir(here) if entry.is_dir()]
        except OSError:
            return ""
        alike = [name for name in names if same_letters(name) == same_letters(part)]
        if part not in alike and (len(alike) != 1 or not (here / part).is_dir()):
            return ""
        here = here / (part if part in alike else alike[0])
    return here.relative_to(root).as_posix()


def same_letters(name: str) -> str:
    """A name as file systems compare it that ignore case and how letters are composed."""
    return unicodedata.normalize("NFC", name).casefold()


def file_of(notebook: Notebook, name: str) -> str:
    """The attachment that a NAME with an ending means; ''."""
    said = name.replace("\\", "/").removeprefix("./")
    if PurePosixPath(said).suffix.casefold() not in ATTACHMENTS or said in notebook.notes:
        return ""
    base = notebook.notes_folder
    found = notebook.resolver.resolve(said.removeprefix(f"{base}/"), f"{base}/x".lstrip("/"))
    if found.candidates:
        raise UsageError(
            f"`{name}` fits {len(found.candidates)} files", "write the path: " + " or ".join(found.candidates)
        )
    return found.file
