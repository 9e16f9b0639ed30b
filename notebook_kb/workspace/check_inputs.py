"""Everything outside the program that findings depend on, in one place, and whether it is as it was.

Light to import: `kb check` asks here before it loads anything else. Files are compared as git does it: size, times and
number of a file that was not touched since the look are enough; any other file is read and its digest compared. A file
whose time is not older than the look may have been written again in the same tick of the clock: it is read too.
"""

from __future__ import annotations

import os
import stat
import sys
from typing import TYPE_CHECKING, Any, NamedTuple

import notebook_kb

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

SETTINGS_NAME = "notebook.yml"
# what Obsidian says of line breaks, and that there is such a folder at all
OBSIDIAN = (".obsidian", ".obsidian/app.json")
# beside the notes: texts of sources; in the state folder: answers, results of code
SOURCES = "sources"
STATE_TREES = ("reviews", "results")
# a renaming that was interrupted: see notebook.walk
STATE_FILES = ("backup/renaming.json",)
# larger ones are not read here: what is no note is compared by its size and times
MAX_BYTES = 8 * 1024 * 1024
# folders that are never walked for notes: see notebook.walk, which a test compares
SKIPPED = frozenset(
    ["node_modules", "__pycache__", "trash", "backup", "backups", "venv", "env", "_site", "public"]
)
PROGRAM_FILES = (".py", ".yml", ".html", ".json")
# what notes are parsed with; a new version may say something else of the same note
LIBRARIES = ("markdown_it", "mdit_py_plugins", "math_core", "nh3", "pygments", "yaml", "fsrs", "click")

# (kind, size, time of the content, time of the entry, number, device); of what is not there (0,)
Facts = tuple[int, ...]
ABSENT: Facts = (0,)


class Looked(NamedTuple):
    """A file as it was: `facts` may be trusted where it was not touched at the time of the look; `digest` is of what was
    checked, '' where that is not known.
    """

    facts: Facts
    trusted: bool
    digest: str


class Places(NamedTuple):
    """Where to look: files, whether they are there or not, and folders with all that is in them. `never` are folders in
    them that nobody reads.
    """

    files: tuple[str, ...]
    trees: tuple[str, ...]
    never: tuple[str, ...]


def places_of(notes: str, state: str, roadmap: str, never: Iterable[str]) -> Places:
    """The places of a notebook. `notes` and `state` are its folders, `roadmap` the file that is named in its settings."""
    roadmaps = dict.fromkeys((roadmap or "roadmap.yml", "roadmap.yml"))
    kept = tuple(f"{state.strip('/')}/{name}" for name in STATE_FILES)
    files = (SETTINGS_NAME, *roadmaps, *OBSIDIAN, *kept)
    base = "" if notes in {".", "./", ""} else notes.strip("/")
    trees = (base, SOURCES, *(f"{state.strip('/')}/{name}" for name in STATE_TREES))
    return Places(files, trees, tuple(name.strip("/") for name in (*never, state, SOURCES) if name))


def look(root: str, places: Places) -> dict[str, Facts]:
    """What stands at these places now: path relative to the notebook → facts."""
    found = {path: facts_of(os.path.join(root, path)) for path in places.files}  # noqa: PTH118 - light and fast
    for tree in places.trees:
        never = frozenset(p for p in places.never if p != tree)
        found.update(entries(root, tree, never))
    return found


def entries(root: str, folder: str, never: frozenset[str]) -> Iterator[tuple[str, Facts]]:
    """All files and folders in a folder, but for hidden ones and those that are never walked."""
    waiting = [folder]
    while waiting:
        here = waiting.pop()
        try:
            scan = os.scandir(os.path.join(root, here))  # noqa: PTH118
        except OSError as error:
            yield f"{here}/", (-1, error.errno or 0)
            continue
        yield f"{here}/", (1,)
        with scan:
            for entry in scan:
                path = f"{here}/{entry.name}" if here else entry.name
                if entry.name.startswith("."):
                    continue
                if not entry.is_dir(follow_symlinks=False):
                    yield path, facts_of_entry(entry)
                elif entry.name not in SKIPPED and path not in never:
                    waiting.append(path)


def facts_of_entry(entry: os.DirEntry[str]) -> Facts:
    """The facts of a file; of a symbolic link also those of what it leads to."""
    try:
        facts = as_facts(entry.stat(follow_symlinks=False))
    except OSError:
        return ABSENT
    return (*facts, *facts_of(entry.path)) if entry.is_symlink() else facts


def facts_of(path: str) -> Facts:
    """The facts of what stands at a path, links followed."""
    try:
        return as_facts(os.stat(path))  # noqa: PTH116
    except (OSError, ValueError):
        return ABSENT


def as_facts(found: os.stat_result) -> Facts:
    """What of a file changes when its content does. Of a folder only that it is there."""
    kind = stat.S_IFMT(found.st_mode)
    if kind == stat.S_IFDIR:
        return (kind,)
    return kind, found.st_size, found.st_mtime_ns, found.st_ctime_ns, found.st_ino, found.st_dev


def older(facts: Facts, moment: tuple[int, int]) -> bool:
    """Whether nothing of a file was touched since a moment: (time, device) of a file that was written then."""
    time, device = moment
    rest = facts
    while len(rest) >= 6:
        if rest[5] != device or max(rest[2], rest[3]) >= time:
            return False
        rest = rest[6:]
    return True


def digest_at(path: str) -> str:
    """The digest of a file, as `files.read.digest_of` makes it; '' for what cannot be read, or is too large."""
    try:
        with open(path, "rb", opener=_without_waiting) as file:
            data = file.read(MAX_BYTES + 1) if stat.S_ISREG(os.fstat(file.fileno()).st_mode) else None
    except (OSError, ValueError):
        return ""
    if data is None or len(data) > MAX_BYTES:
        return ""
    from hashlib import blake2b  # noqa: PLC0415 - where nothing was touched it is not needed, and slow to load

    return blake2b(data, digest_size=16).hexdigest()


def _without_waiting(path: str, flags: int) -> int:
    """A pipe with nobody at its other end would make us wait for ever."""
    return os.open(path, flags | getattr(os, "O_NONBLOCK", 0))


def changed(root: str, known: Mapping[str, Looked], now: Mapping[str, Facts]) -> tuple[set[str], int]:
    """(the paths at which something else stands than was looked at, how many files had to be read)."""
    differ = known.keys() ^ now.keys()
    read = 0
    for path in known.keys() & now.keys():
        facts, trusted, digest = known[path]
        if facts == now[path] and trusted:
            continue
        read += bool(digest)
        if not digest or digest_at(os.path.join(root, path)) != digest:  # noqa: PTH118
            differ.add(path)
    return differ, read


# the program


def program() -> list[Any]:
    """What the program is made of: its version and files, Python, the libraries. A JSON value."""
    user = os.getuid() if hasattr(os, "getuid") else 0
    folder = os.path.dirname(notebook_kb.__file__)  # noqa: PTH120
    return [
        notebook_kb.__version__,
        sys.version,
        sys.prefix,
        user,
        own_files(folder),
        [library(name) for name in LIBRARIES],
    ]


def own_files(folder: str) -> list[int]:
    """How many files the program has, their size and the latest time: who works on it gets no old findings."""
    count = size = latest = 0
    waiting = [folder]
    while waiting:
        with os.scandir(waiting.pop()) as scan:
            for entry in scan:
                if entry.is_dir(follow_symlinks=False):
                    if entry.name != "__pycache__":
                        waiting.append(entry.path)
                elif entry.name.endswith(PROGRAM_FILES):
                    facts = entry.stat()
                    count, size, latest = count + 1, size + facts.st_size, max(latest, facts.st_mtime_ns)
    return [count, size, latest]


def library(name: str) -> list[Any]:
    """Where a library lies on the path, with the facts of the folder or file: installing another version makes it anew."""
    for folder in sys.path:
        for path in (os.path.join(folder, name, "__init__.py"), os.path.join(folder, f"{name}.py")):  # noqa: PTH118
            facts = facts_of(path)
            if facts != ABSENT:
                return [path, *facts]
    return [name]
