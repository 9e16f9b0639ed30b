"""Which paths a renaming may give, and which it may touch: for `kb rename`, for the editor, and for a journal on the disk."""

from __future__ import annotations

import os
from pathlib import PurePosixPath, PureWindowsPath
from typing import TYPE_CHECKING

from notebook_kb.errors import UsageError
from notebook_kb.files.device_names import is_device
from notebook_kb.files.state_folder import link_in
from notebook_kb.notebook.walk import ATTACHMENTS, NOTE, NOTE_SUFFIXES, never_read, read_as

if TYPE_CHECKING:
    from pathlib import Path

    from notebook_kb.notebook.notebook import Notebook
    from notebook_kb.settings import Settings

# what Windows, macOS or a link in double brackets has no place for
FORBIDDEN = '<>:"|?*\\#^[]'
NOT_PLAIN = {"\\", "\0"}  # in no path that a renaming gives
LONGEST = 240  # bytes: 255 are allowed, and a temporary name must still fit


def free_path(notebook: Notebook, old: str, new: str) -> str:
    """The path for NEW, where no file stands. As `target_path`; raises `UsageError` also for a link or a path that is
    taken.
    """
    target = target_path(notebook, old, new)
    if target == old:
        raise UsageError(f"{old} has this name already", "choose another one")
    refuse_link(notebook, old)
    refuse_taken(notebook.root, old, target)
    return target


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
    if is_device(part):
        raise UsageError(
            f"`{part}` cannot be a name everywhere: Windows keeps it for a device", "choose another one"
        )
    if len(part.encode()) > LONGEST:
        raise UsageError(f"the name is longer than {LONGEST} bytes", "choose a shorter one")


def check_read(notebook: Notebook, path: str) -> None:
    """Raise `UsageError` for a path at which no note or attachment would be read."""
    if not read_as(path, notebook.settings):
        raise UsageError(f"nothing at {path} is read as a note", "choose another folder or name")


def refuse_link(notebook: Notebook, path: str) -> None:
    """Raise `UsageError` for a symbolic link: moved, it might lead elsewhere. The notes folder itself may be one."""
    found = link_below(notebook.root, notebook.settings, path)
    if found:
        raise UsageError(f"{found} is a symbolic link", "rename what it leads to")


def refuse_taken(root: Path, old: str, new: str) -> None:
    """Raise `UsageError` where something has the new path; the same file in other letters is fine."""
    here, there = root / old, root / new
    if os.path.lexists(there) and not (here.exists() and there.exists() and here.samefile(there)):
        raise UsageError(f"{new} exists already", "choose another name; kb writes over no file")
    for folder in there.parents:
        if folder == root:
            break
        if os.path.lexists(folder) and not folder.is_dir():
            raise UsageError(f"{folder.relative_to(root)} is a file", "choose another folder")


def link_below(root: Path, settings: Settings, path: str) -> str:
    """The first link on the way to a file, below the notes folder; ''."""
    base = f"{settings.notes_folder}/".lstrip("/")
    inside = path.removeprefix(base)
    start = root / settings.notes_folder if inside != path else root
    found = link_in(str(start), inside)
    return f"{base}{found}" if found and inside != path else found


def may_write(root: Path, settings: Settings, path: str) -> bool:
    """Whether a renaming may change the text of the file at `path`: a note, or the notebook's own roadmap."""
    own = settings.roadmap or "roadmap.yml"
    return may_move(root, settings, path, own) and (path == own or read_as(path, settings) == NOTE)


def may_move(root: Path, settings: Settings, path: str, *besides: str) -> bool:
    """Whether a renaming may move a file at `path`, or to it: anything of the notes folder, and `besides`; through no link
    in it, and nothing of git's.
    """
    base = f"{settings.notes_folder}/".lstrip("/")
    never = tuple(f"{name}/" for name in never_read(settings))
    own = path in besides or (path.startswith(base) and not f"{path}/".startswith(never))
    return (
        is_plain(path)
        and own
        and ".git" not in path.casefold().split("/")
        and not link_below(root, settings, path)
    )


def may_hold_result(root: Path, folder: str, path: str) -> bool:
    """Whether `path` is a file in the folder of results, through no link."""
    return path.startswith(f"{folder}/") and is_plain(path) and not link_in(str(root), path)


def is_plain(path: str) -> bool:
    """Whether a path leads down from where it begins, on any system."""
    windows = PureWindowsPath(path)
    parts = set(path.split("/"))
    return not (windows.drive or windows.root or NOT_PLAIN & set(path) or {"", ".", ".."} & parts)
