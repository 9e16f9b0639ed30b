"""What a person asks `kb rename` for: from names to a plan that `workspace.renaming` carries out."""

from __future__ import annotations

import os
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
from notebook_kb.notebook.walk import ATTACHMENTS, CONFLICT, NOTE_SUFFIXES, SKIPPED_FOLDERS, ignored
from notebook_kb.website.addresses import note_url
from notebook_kb.workspace.authoring import find_note, note_text

if TYPE_CHECKING:
    from notebook_kb.files.read import Snapshot
    from notebook_kb.notebook.notebook import Notebook
    from notebook_kb.notebook.rename import Renaming
    from notebook_kb.workspace.workspace import Workspace

# what Windows, macOS or a link in double brackets has no place for
FORBIDDEN = '<>:"|?*\\#^[]'
DEVICES = frozenset(["con", "prn", "aux", "nul", *(f"{n}{i}" for n in ("com", "lpt") for i in range(10))])
LONGEST = 240  # bytes: 255 are allowed, and a temporary name must still fit


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
    folder = folder_of(workspace, notebook, old)
    if folder:
        return of_folder(workspace, notebook, texts, folder, new)
    file = file_of(notebook, old)
    if file:
        return of_file(workspace, notebook, texts, file, new)
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
    made = of_file(workspace, notebook, texts, note.path, new)
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


def of_file(workspace: Workspace, notebook: Notebook, texts: Texts, old: str, new: str) -> Plan:
    """The plan for a note or attachment."""
    target = target_path(notebook, old, new)
    if target == old:
        raise UsageError(f"{old} has this name already", "choose another one")
    refuse_link(workspace, old)
    refuse_taken(workspace, old, target)
    done = rename_files(notebook, [FileMove(old, target)], texts, address_of=note_url)
    return Plan(f"{old} → {target}", done, texts)


def of_folder(workspace: Workspace, notebook: Notebook, texts: Texts, old: str, new: str) -> Plan:
    """The plan for a folder with all that is in it."""
    base = notebook.notes_folder
    said = new.replace("\\", "/").strip().strip("/").removeprefix("./")
    if "/" in said or not base:
        target = said if said.startswith(f"{base}/") or not base else f"{base}/{said}"
    else:
        target = f"{old.rpartition('/')[0]}/{said}".lstrip("/")
    for part in target.split("/"):
        check_name(part)
    check_read(notebook, target)
    if target == old or f"{target}/".startswith(f"{old}/"):
        raise UsageError(f"{old} cannot become {target}", "choose another name")
    known: list[FileMove] = []
    others: list[FileMove] = []
    for path in sorted((workspace.root / old).rglob("*")):
        if path.is_dir() and not path.is_symlink():
            continue
        name = path.relative_to(workspace.root).as_posix()
        refuse_link(workspace, name)
        move = FileMove(name, target + name.removeprefix(old))
        refuse_taken(workspace, name, move.new)
        (known if name in notebook.notes or name in notebook.files else others).append(move)
    done = rename_files(notebook, known, texts, address_of=note_url)
    return Plan(f"{old}/ → {target}/", done, texts, tuple(others), folder=old)


def folder_of(workspace: Workspace, notebook: Notebook, name: str) -> str:
    """The folder of the notes that a NAME ending in `/` means, or one that no note is called by; ''."""
    said = name.replace("\\", "/").removeprefix("./")
    bare = said.strip("/")
    base = notebook.notes_folder
    for path in dict.fromkeys((bare, f"{base}/{bare}".strip("/"))):
        inside = path != base and (not base or path.startswith(f"{base}/"))
        is_folder = bool(bare) and inside and ".." not in path.split("/") and (workspace.root / path).is_dir()
        if is_folder and (said.endswith("/") or notebook.find_note(name) is None):
            return path
    if said.endswith("/"):
        raise UsageError(f"there is no folder `{said}` of notes", "write its path, as in notes/old/")
    return ""


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


def target_path(notebook: Notebook, old: str, new: str) -> str:
    """The path for NEW: a name in the same folder, a path from the notes folder, or a folder that ends in `/`.

    Raises `UsageError` for a name that some system cannot have, with the cure.
    """
    said = new.replace("\\", "/").strip()
    if not said:
        raise UsageError("the new name is empty", "write a name, a path, or a folder with / at its end")
    folder, _, name = old.rpartition("/")
    base = notebook.notes_folder
    if said.endswith("/"):
        said += name
    said = said.removeprefix("./")
    if "/" in said:
        inside = said.strip("/")
        path = inside if not base or inside.startswith(f"{base}/") else f"{base}/{inside}"
    else:
        path = f"{folder}/{said}" if folder else said
    path = with_ending(old, path)
    for part in path.split("/"):
        check_name(part)
    check_read(notebook, path)
    return path


def with_ending(old: str, path: str) -> str:
    """The path with the ending that the file has."""
    ending = PurePosixPath(old).suffix
    given = PurePosixPath(path).suffix.casefold()
    if old.casefold().endswith(NOTE_SUFFIXES):
        if given in ATTACHMENTS:
            raise UsageError(f"a note does not end in {given}", "leave the ending out")
        return path if given in NOTE_SUFFIXES else path + ending
    if given == ending.casefold():
        return path
    if given in ATTACHMENTS or given in NOTE_SUFFIXES:
        raise UsageError(f"{old} is no {given} file", f"leave the ending out, or write {ending}")
    return path + ending


def check_name(part: str) -> None:
    """Raise `UsageError` for a name that some system, or a link, cannot have."""
    bad = next((c for c in part if c in FORBIDDEN or not c.isprintable()), "")
    if bad:
        shown = f"`{bad}`" if bad.isprintable() else f"the character U+{ord(bad):04X}"
        raise UsageError(f"`{part}` cannot be a name everywhere: it holds {shown}", "leave that out")
    if not part or part in {".", ".."}:
        raise UsageError(
            "a part of the new path is empty or leads out of the notes",
            "write the path from the notes folder on",
        )
    if part.startswith(".") or part != part.strip() or part.endswith("."):
        raise UsageError(f"`{part}` begins or ends with a dot or a blank", "leave that out")
    if part.split(".", maxsplit=1)[0].casefold() in DEVICES:
        raise UsageError(f"Windows keeps `{part}` for a device", "choose another name")
    if len(part.encode()) > LONGEST:
        raise UsageError(f"the name is longer than {LONGEST} bytes", "choose a shorter one")


def check_read(notebook: Notebook, path: str) -> None:
    """Raise `UsageError` for a path at which no note would be read."""
    parts = path.split("/")
    settings = notebook.settings
    never = {settings.output, settings.theme, "sources", settings.state}
    folders = ["/".join(parts[:n]) for n in range(1, len(parts))]
    if (
        set(parts[:-1]) & SKIPPED_FOLDERS
        or never & set(folders)
        or any(ignored(p, settings.ignore) for p in (*folders, path))
        or CONFLICT.search(parts[-1])
    ):
        raise UsageError(f"nothing at {path} is read as a note", "choose another folder or name")


def refuse_link(workspace: Workspace, path: str) -> None:
    """Raise `UsageError` for a symbolic link: moved, it might lead elsewhere."""
    if os.path.islink(workspace.root / path):  # noqa: PTH114 - the path may be anything
        raise UsageError(f"{path} is a symbolic link", "rename the file that it leads to")


def refuse_taken(workspace: Workspace, old: str, new: str) -> None:
    """Raise `UsageError` where something has the new path; the same file in other letters is fine."""
    here, there = workspace.root / old, workspace.root / new
    if os.path.lexists(there) and not (here.exists() and there.exists() and here.samefile(there)):
        raise UsageError(f"{new} exists already", "choose another name; kb writes over no file")
    for folder in there.parents:
        if folder == workspace.root:
            break
        if os.path.lexists(folder) and not folder.is_dir():
            raise UsageError(f"{folder.relative_to(workspace.root)} is a file", "choose another folder")
