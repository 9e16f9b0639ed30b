"""Giving a file another path: at every moment it is whole, under the old path, the new one, or both."""

from __future__ import annotations

import os
from contextlib import suppress
from typing import TYPE_CHECKING

from notebook_kb.errors import ChangedSinceReadError
from notebook_kb.files.failures import failed
from notebook_kb.files.temps import move_to_free, sync_folder

if TYPE_CHECKING:
    from pathlib import Path

STEP = ".kb-step"
"""Behind the name of a file whose letters change their case, where the file system wants two steps."""


def move_file(old: Path, new: Path) -> bool:
    """Give the file at `old` the path `new`, making its folder; False where it has it already.

    What a killed process left half done is finished: both names of one file, or the name between two steps. Raises
    `ChangedSinceReadError` where `old` is gone or `new` is another file, and `EnvironmentFailedError`.
    """
    try:
        return _move(old, new)
    except FileExistsError as error:
        raise ChangedSinceReadError(f"{new}: it exists already", "Choose another name.") from error
    except OSError as error:
        raise failed("move", old, error) from error


def _move(old: Path, new: Path) -> bool:
    """As `move_file`; raises `OSError`."""
    step = new.with_name(new.name + STEP)
    if not _listed(old):
        if _listed(step):
            move_to_free(step, new)
            sync_folder(new.parent)
            return True
        if _listed(new):
            return False
        raise ChangedSinceReadError(f"{old}: it is no longer there", "Run the command again.")
    new.parent.mkdir(parents=True, exist_ok=True)
    if _listed(new):
        if not _same(old, new):
            raise FileExistsError
        old.unlink()  # both names stand: a process was killed between the two halves of the move
    elif new.exists() and _same(old, new):
        # one file for the system, which ignores case
        old.rename(step)
        step.rename(new)
    else:
        move_to_free(old, new)
    sync_folder(new.parent)
    with suppress(FileNotFoundError):
        sync_folder(old.parent)
    return True


def _listed(path: Path) -> bool:
    """Whether the folder lists just this name: a system that ignores case finds others too."""
    try:
        return path.name in os.listdir(path.parent)  # noqa: PTH208 - names, not paths
    except (FileNotFoundError, NotADirectoryError):
        return False


def _same(one: Path, other: Path) -> bool:
    """Whether two paths are one file."""
    return os.path.samestat(one.lstat(), other.lstat())


def stands_apart(old: Path, new: Path) -> bool:
    """Whether a move from `old` to `new` is still to be done: `new` is not there, or is the same file."""
    return not _listed(new) or (_listed(old) and _same(old, new))


def are_two(one: Path, other: Path) -> bool:
    """Whether both paths are there, as two files."""
    return _listed(one) and _listed(other) and not _same(one, other)


def replace_file(old: Path, new: Path) -> bool:
    """Give the file at `old` the path `new`, whatever stood there; False where `old` is gone. For what can be made anew.

    Raises `EnvironmentFailedError`.
    """
    try:
        new.parent.mkdir(parents=True, exist_ok=True)
        old.replace(new)
        sync_folder(new.parent)
    except FileNotFoundError:
        return False  # it was moved before
    except OSError as error:
        raise failed("move", old, error) from error
    return True


def remove_empty(folder: Path) -> None:
    """Delete a folder and those in it, as far as they hold no file."""
    for inside, _, _ in os.walk(folder, topdown=False):
        with suppress(OSError):
            os.rmdir(inside)  # noqa: PTH106 - a name as `walk` gives it
