"""A folder of the tool's own, written anew as a whole and then put in the place of the old one."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

from notebook_kb.files.exchange import UnsupportedError, swap
from notebook_kb.files.failures import failed

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

FRESH, OLD = ".kb-new", ".kb-old"


def replace_folder(folder: Path, files: Mapping[str, bytes]) -> None:
    """Make `folder` hold exactly `files` (names without folders → bytes): readers see the old ones or the new.

    What stood there before is deleted, so it may only be a folder that can be made again. A link of that name is
    taken away, what it leads to stays. Raises `EnvironmentFailedError`.
    """
    fresh, old = folder.with_name(folder.name + FRESH), folder.with_name(folder.name + OLD)
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        remove(fresh)
        fresh.mkdir()
        for name, data in files.items():
            (fresh / name).write_bytes(data)
        _put(fresh, folder, old)
        remove(fresh)
        remove(old)
    except OSError as error:
        raise failed("write", folder, error) from error


def remove(path: Path) -> None:
    """Delete a folder, a file or a link itself, if it is there. Raises `OSError`."""
    if path.is_symlink() or path.is_file():
        path.unlink()
    elif path.exists():
        shutil.rmtree(path)


def _put(fresh: Path, folder: Path, old: Path) -> None:
    """Give `fresh` the name of `folder`; what had it is left under one of the two other names."""
    if folder.exists() or folder.is_symlink():
        try:
            swap(fresh, folder)
        except UnsupportedError:
            remove(old)
            folder.rename(old)
        else:
            return
    fresh.rename(folder)
