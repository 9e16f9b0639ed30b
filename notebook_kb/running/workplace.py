"""The folder that a note's code runs in: made for one run, looked at while it runs, taken away whatever it holds."""

from __future__ import annotations

import contextlib
import os
import stat
import tempfile
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

MOST_FILES = 2000
DEEPEST = 50  # folders in each other
LARGEST_FONT_LIST = 8 * 1024 * 1024


@contextlib.contextmanager
def workplace(*, fonts: bool) -> Iterator[Path]:
    """An empty folder; with `fonts` it holds the list of fonts that matplotlib has made for the person before. With many
    fonts making it takes as long as a run may.
    """
    folder = Path(tempfile.mkdtemp(prefix="kb-run-")).resolve()
    work = folder / "work"
    try:
        work.mkdir()
        if fonts:
            copy_font_lists(work)
        yield work
    finally:
        remove(folder)


def copy_font_lists(work: Path) -> None:
    """Copy matplotlib's lists of fonts."""
    home, env = Path.home(), os.environ
    folders = (
        env.get("MPLCONFIGDIR", ""),
        env.get("XDG_CACHE_HOME", "") and f"{env['XDG_CACHE_HOME']}/matplotlib",
    )
    for folder in (*(Path(f) for f in folders if f), home / ".cache" / "matplotlib", home / ".matplotlib"):
        with contextlib.suppress(OSError):
            for path in folder.glob("fontlist-v*.json"):
                if path.stat().st_size <= LARGEST_FONT_LIST:
                    (work / path.name).write_bytes(path.read_bytes())


def too_much_written(folder: Path, most: int, pid: int) -> bool:
    """Whether the files in a folder are too many or too deep, or too large together with those that the process holds open
    and that have no name any more. `most` in bytes.
    """
    size = number = 0
    waiting = [(str(folder), 0)]
    while waiting:
        here, depth = waiting.pop()
        if depth > DEEPEST:
            return True
        with contextlib.suppress(OSError), os.scandir(here) as entries:
            for entry in entries:
                number += 1
                if number > MOST_FILES:
                    return True
                if entry.is_dir(follow_symlinks=False):
                    waiting.append((entry.path, depth + 1))
                else:
                    with contextlib.suppress(OSError):  # it may be gone again
                        size += entry.stat(follow_symlinks=False).st_size
    return size + nameless(pid) > most


def nameless(pid: int) -> int:
    """The bytes of open files of a process that were deleted; 0 where the system does not tell."""
    size = 0
    with contextlib.suppress(OSError):
        for path in Path(f"/proc/{pid}/fd").iterdir():
            with contextlib.suppress(OSError):
                facts = path.stat()
                if stat.S_ISREG(facts.st_mode) and not facts.st_nlink:
                    size += facts.st_size
    return size


def remove(folder: Path) -> None:
    """Delete a folder, however deep it is: what lies below its folders is brought up first, so no path grows long and nothing
    recurs. What the system does not let go stays.
    """
    names = count()
    with contextlib.suppress(OSError):
        while entries := [*os.scandir(folder)]:
            for entry in entries:
                if entry.is_dir(follow_symlinks=False):
                    bring_up(Path(entry.path), folder, names)
                else:
                    forced(os.unlink, entry.path)
        folder.rmdir()


def bring_up(inner: Path, folder: Path, names: Iterator[int]) -> None:
    """Delete a folder; the folders in it get names in `folder`."""
    with contextlib.suppress(OSError):
        inner.chmod(stat.S_IRWXU)
    for entry in [*os.scandir(inner)]:
        if entry.is_dir(follow_symlinks=False):
            target = next(t for n in names if not os.path.lexists(t := folder / f"up-{n}"))
            with contextlib.suppress(OSError):
                Path(entry.path).chmod(stat.S_IRWXU)  # else its `..` cannot be changed
            Path(entry.path).rename(target)
        else:
            forced(os.unlink, entry.path)
    inner.rmdir()


def forced(delete: Callable[[str], None], path: str) -> None:
    """Delete a file, also one that may not be written: Windows keeps those."""
    try:
        delete(path)
    except PermissionError:
        os.chmod(path, stat.S_IRWXU)  # noqa: PTH101 - as it was found
        delete(path)
