"""Which files of a folder are notes, which are attachments, and which are never looked at."""

from __future__ import annotations

import fnmatch
import os
import re
import stat
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from notebook_kb.findings import finding

if TYPE_CHECKING:
    from pathlib import Path

    from notebook_kb.findings import Finding
    from notebook_kb.settings import Settings

# what a file is read as
NOTE, FILE = "note", "file"
NOTE_SUFFIXES = (".md", ".markdown")
ATTACHMENTS = frozenset(
    [
        ".png",
        ".jpg",
        ".jpeg",
        ".gif",
        ".webp",
        ".avif",
        ".svg",
        ".pdf",
        ".mp4",
        ".webm",
        ".mp3",
        ".ogg",
        ".m4a",
        ".wav",
        ".flac",
        ".opus",
        ".ogv",
        ".mov",
        ".mkv",
        ".csv",
        ".txt",
        ".ipynb",
        ".py",
    ]
)
# names that Syncthing, Dropbox, Nextcloud, OneDrive, iCloud and we give to the copy that lost
CONFLICT = re.compile(
    r"\.sync-conflict-\d{8}-\d{6}|\(conflicted copy|\(.*'s conflicted copy|_conflict-\d{8}-\d{6}|\.kb-conflict-"
    r"|\(case conflict\)| \(conflict\)",
    re.IGNORECASE,
)
# in the state folder: what a renaming that is under way has to do
RENAMING = "backup/renaming.json"
SKIPPED_FOLDERS = frozenset(
    ["node_modules", "__pycache__", "trash", "backup", "backups", ".trash", "venv", "env", "_site", "public"]
)


@dataclass(frozen=True, slots=True)
class Walked:
    """Paths relative to the root with forward slashes, sorted."""

    notes: tuple[str, ...]
    files: tuple[str, ...]
    findings: tuple[Finding, ...]


def walk(root: Path, settings: Settings) -> Walked:
    """Look through the notes folder. Links that lead out of the notebook and odd files are left out, with a finding."""
    base = root / settings.notes_folder
    notes: list[str] = []
    files: list[str] = []
    found: list[Finding] = []
    never = {(root / name).resolve() for name in never_read(settings)}
    stack = [base]
    while stack:
        folder = stack.pop()
        try:
            entries = sorted(os.scandir(folder), key=lambda e: e.name)
        except OSError as error:
            if folder == base and isinstance(error, FileNotFoundError):
                continue
            found.append(
                finding("KB604", f"this folder cannot be read: {error.strerror}", path=relative(folder, root))
            )
            continue
        for entry in entries:
            path = folder / entry.name
            name = relative(path, root)
            if entry.name.startswith(".") or ignored(name, settings.ignore):
                continue
            kind = classify(path, root)
            if kind == "folder":
                if entry.name not in SKIPPED_FOLDERS and path.resolve() not in never:
                    stack.append(path)
            elif kind != "file":
                found.append(finding("KB604", kind, "put a copy of it into the notebook", path=name))
            elif CONFLICT.search(entry.name):
                found.append(
                    finding(
                        "KB603",
                        "a copy made by a sync conflict; it is not read as a note",
                        "compare it with the note, keep what you want, delete it",
                        path=name,
                    )
                )
            elif (kind := kind_by_name(name)) == NOTE:
                notes.append(name)
            elif kind == FILE:
                files.append(name)
    if (root / settings.state / RENAMING).exists():
        found.append(
            finding(
                "KB609",
                "a renaming was interrupted, and is half done",
                "finish it with `kb rename --resume`",
                path=f"{settings.state}/{RENAMING}",
            )
        )
    return Walked(tuple(sorted(notes)), tuple(sorted(files)), tuple(found))


def never_read(settings: Settings) -> list[str]:
    """The folders that never hold notes, relative to the notebook."""
    return [name for name in (settings.output, settings.theme, "sources", settings.state) if name]


def kind_by_name(name: str) -> str:
    """`NOTE`, `FILE` or '', by the ending alone."""
    if name.casefold().endswith(NOTE_SUFFIXES):
        return NOTE
    return FILE if PurePosixPath(name).suffix.casefold() in ATTACHMENTS else ""


def read_as(path: str, settings: Settings) -> str:
    """What a file at `path`, relative to the notebook, would be read as: `NOTE`, `FILE` or '' for never. The file need not
    be there.
    """
    base = f"{settings.notes_folder}/".lstrip("/")
    if not path.startswith(base):
        return ""
    parts = path.removeprefix(base).split("/")
    above = [base + "/".join(parts[:n]) for n in range(1, len(parts) + 1)]
    left_out = (
        any(part.startswith(".") for part in parts)
        or SKIPPED_FOLDERS.intersection(parts[:-1])
        or set(never_read(settings)).intersection(above[:-1])
        or any(ignored(name, settings.ignore) for name in above)
        or CONFLICT.search(parts[-1])
    )
    return "" if left_out else kind_by_name(path)


def classify(path: Path, root: Path) -> str:
    """'folder', 'file', or why it is left out."""
    try:
        if path.is_symlink():
            target = path.resolve(strict=True)
            if not target.is_relative_to(root.resolve()):
                return "a link that leads out of the notebook is not followed"
            if target.is_dir():
                return "a link to a folder is not followed"
        mode = path.stat().st_mode
    except (OSError, RuntimeError):
        return "a link that leads nowhere"
    if stat.S_ISDIR(mode):
        return "folder"
    return "file" if stat.S_ISREG(mode) else "no ordinary file"


def relative(path: Path, root: Path) -> str:
    """A path as the notebook names it."""
    return path.relative_to(root).as_posix()


def ignored(name: str, patterns: tuple[str, ...]) -> bool:
    """Whether a path fits one of the settings' `ignore:` patterns (also a folder's name alone)."""
    return any(
        fnmatch.fnmatch(name, p)
        or fnmatch.fnmatch(name + "/", p)
        or name.rsplit("/", maxsplit=1)[-1] == p.rstrip("/")
        for p in patterns
    )
