"""Writing the site: a fresh folder, unchanged files linked, then swapped in. Foreign files are never removed."""

from __future__ import annotations

import json
import os
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from notebook_kb.errors import EnvironmentFailedError, UsageError
from notebook_kb.files.read import digest_of

if TYPE_CHECKING:
    from collections.abc import Mapping

MANIFEST = ".kb-manifest.json"
# what may lie directly in the output folder without being ours: kept through the swap
KEPT = frozenset({".gitkeep", ".git", ".nojekyll", "CNAME", ".gitignore"})


@dataclass(frozen=True, slots=True)
class Written:
    """How many files were written, unchanged, removed, and how many foreign ones were moved to the backup."""

    written: int
    unchanged: int
    removed: int
    set_aside: int = 0


def read_manifest(folder: Path) -> dict[str, str]:
    """File → digest of what the last build wrote; empty where there was none."""
    try:
        data = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
        return {str(k): str(v) for k, v in data["files"].items()}
    except (OSError, ValueError, KeyError, AttributeError, TypeError):
        return {}


def foreign_files(folder: Path, manifest: Mapping[str, str]) -> list[str]:
    """Files in the output folder that no build wrote."""
    if not folder.is_dir():
        return []
    found = []
    for base, folders, files in os.walk(folder):
        links = [f for f in folders if (Path(base) / f).is_symlink()]
        if Path(base) == folder:
            folders[:] = [f for f in folders if f not in KEPT]
        for name in (*files, *links):
            relative = (Path(base) / name).relative_to(folder).as_posix()
            if relative not in manifest and relative != MANIFEST and relative not in KEPT:
                found.append(relative)
    return sorted(found)


def write_site(folder: Path, files: Mapping[str, bytes], *, backup: Path | None = None) -> Written:
    """Make `folder` hold exactly `files`. Nothing changed: nothing is touched.

    Foreign files are moved to `backup`, where one is given and an earlier build's manifest shows that the folder is a
    site; else they are a UsageError. EnvironmentFailedError when the disk refuses. The old site stays whole until the
    new one is complete.
    """
    recover(folder)
    manifest = read_manifest(folder)
    foreign = foreign_files(folder, manifest)
    if foreign:
        set_aside(folder, foreign, backup if manifest else None, is_site=bool(manifest))
    wanted = {name: digest_of(data) for name, data in files.items()}
    same = {n for n, d in wanted.items() if manifest.get(n) == d and is_intact(folder / n, len(files[n]))}
    removed = len(set(manifest) - set(wanted))
    changed = len(wanted) - len(same)
    if not changed and not removed and folder.is_dir():
        return Written(0, len(same), 0, len(foreign))
    try:
        fresh = build_fresh(folder, files, wanted, same)
        swap_in(folder, fresh)
    except OSError as error:
        raise EnvironmentFailedError(
            f"{folder}: the site could not be written: {error.strerror or error}",
            "the old site was left as it was",
        ) from error
    return Written(changed, len(same), removed, len(foreign))


def set_aside(folder: Path, foreign: list[str], backup: Path | None, *, is_site: bool) -> None:
    """Move foreign files to `backup`; without one refuse, nothing is ever deleted."""
    if backup is None:
        shown = ", ".join(foreign[:3]) + (" …" if len(foreign) > 3 else "")
        way = ", or run `kb build --clean` to move them to .kb/backup/" if is_site else ""
        raise UsageError(
            f"{folder.name}/ holds files that no build wrote: {shown}",
            f"move them away, or choose another folder{way}",
        )
    number = 1
    while (backup / f"{folder.name}-{number}").exists():
        number += 1
    for name in foreign:
        target = backup / f"{folder.name}-{number}" / name
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
            (folder / name).rename(target)
        except OSError as error:
            raise EnvironmentFailedError(
                f"{folder / name}: it could not be moved to {backup}: {error.strerror or error}",
                "move it away by hand",
            ) from error


def recover(folder: Path) -> None:
    """A build that was stopped between its two renames left the old site beside its place: put it back."""
    old = folder.with_name(folder.name + ".kb-old")
    if not folder.exists() and old.is_dir():
        old.rename(folder)


def is_intact(path: Path, size: int) -> bool:
    """Whether a file of the last build still has the size that it was written with."""
    try:
        return path.stat().st_size == size
    except OSError:
        return False


def build_fresh(folder: Path, files: Mapping[str, bytes], wanted: Mapping[str, str], same: set[str]) -> Path:
    """The new site in a folder beside the old one."""
    fresh = folder.with_name(folder.name + ".kb-new")
    shutil.rmtree(fresh, ignore_errors=True)
    fresh.mkdir(parents=True)
    made: set[Path] = set()
    for name, data in files.items():
        target = fresh / name
        if target.parent not in made:
            target.parent.mkdir(parents=True, exist_ok=True)
            made.add(target.parent)
        if not (name in same and linked(folder / name, target)):
            target.write_bytes(data)
    manifest = {"version": 1, "files": dict(sorted(wanted.items()))}
    (fresh / MANIFEST).write_text(json.dumps(manifest, indent=0) + "\n", encoding="utf-8")
    return fresh


def linked(old: Path, new: Path) -> bool:
    """Link an unchanged file instead of writing it; False where the file system cannot."""
    try:
        os.link(old, new)
    except OSError:
        return False
    return True


def swap_in(folder: Path, fresh: Path) -> None:
    """Put the fresh folder in the old one's place, and carry over what is kept.

    Two renames: readers see the old or the new site, for a moment none. Where a folder in use cannot be renamed
    (Windows), the files are replaced one by one.
    """
    old = folder.with_name(folder.name + ".kb-old")
    shutil.rmtree(old, ignore_errors=True)
    if not folder.exists():
        fresh.rename(folder)
        return
    try:
        folder.rename(old)
    except OSError:
        replace_files(folder, fresh)
        return
    fresh.rename(folder)
    for name in KEPT:
        if (old / name).exists():
            (old / name).rename(folder / name)
    shutil.rmtree(old, ignore_errors=True)


def replace_files(folder: Path, fresh: Path) -> None:
    """The fallback of `swap_in`: file by file."""
    manifest = read_manifest(fresh)
    for name in [*manifest, MANIFEST]:
        target = folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        (fresh / name).replace(target)
    for name in foreign_files(folder, manifest):
        (folder / name).unlink(missing_ok=True)
    shutil.rmtree(fresh, ignore_errors=True)
