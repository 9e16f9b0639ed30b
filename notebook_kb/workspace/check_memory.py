"""What the last check found, and whether it would find the same now. Light to import: `kb check` asks here first.

The memory is JSON in `.kb/cache/check.json`, with a checksum; a damaged, foreign or older one is as good as none. What it
must be compared with is listed in `check_inputs`; what makes it is `check_again`.
"""

from __future__ import annotations

import json
import os
import time
import zlib
from contextlib import suppress
from typing import TYPE_CHECKING, Any, NamedTuple

from notebook_kb.files.cache_mark import is_own
from notebook_kb.files.state_folder import link_in
from notebook_kb.findings import Finding, Severity
from notebook_kb.workspace.check_inputs import SETTINGS_NAME, Looked, Places, changed, look, program

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

# raise when what is kept, or what is found in the same files, changes
FORMAT = 2
NAME = "check.json"
STAMP = "check.stamp"
# from so many files on that only look as if they had changed, it is worth looking anew
MANY = 50
FOLDER = "cache"

# quicker than asking the class
SEVERITIES = {str(severity): severity for severity in Severity}

Row = list[Any]


class Checked(NamedTuple):
    """A check of a whole notebook: what is told and what notes silence, the notes (unreadable ones too), and how many of
    them were really checked.
    """

    root: str
    shown: list[Finding]
    silenced: list[Finding]
    paths: list[str]
    checked: int


class Recalled(NamedTuple):
    """`same` is the last check where nothing has changed since; else `kept` is what is left of it (None: nothing), and
    `differ` are the files at which something else stands. `moment` is a time of the file system before anything was read.
    """

    root: str
    moment: tuple[int, int] | None
    same: Checked | None = None
    kept: dict[str, Any] | None = None
    differ: frozenset[str] = frozenset()


NOTHING = Recalled("", None)


def recall(start: str) -> Recalled:
    """What the last check of the notebook that holds the folder `start` found, and whether that is so still. Never raises:
    who finds nothing here checks, and says what is wrong.
    """
    root = root_of(start)
    if root is None:
        return NOTHING
    folder, sure = cache_folder(root)
    if link_in(root, os.path.relpath(os.path.dirname(folder), root)):  # noqa: PTH120
        return Recalled(root, None)  # what opens the notebook says it
    try:
        # a memory that came with a notebook from elsewhere could say anything
        kept = read_memory(os.path.join(folder, NAME)) if is_own(folder) else None  # noqa: PTH118 - light
        if kept is not None and kept["program"] == program() and same_time(kept):
            known = {
                path: Looked(tuple(facts), trusted, digest) for path, facts, trusted, digest in kept["looked"]
            }
            differ, read = changed(root, known, look(root, places_in(kept)))
            if not differ and read <= MANY and kept["lasting"] and same_answers(root, kept):
                return Recalled(root, None, checked_in(root, kept))
            return Recalled(root, moment(folder, sure=sure), None, kept, frozenset(differ))
    except (ValueError, TypeError, LookupError, AttributeError, RecursionError, OverflowError):
        pass  # another program's, or an older one's
    return Recalled(root, moment(folder, sure=sure))


def root_of(start: str) -> str | None:
    """The notebook's folder: `start` or one above it."""
    folder = os.path.abspath(start)  # noqa: PTH100 - as settings.find_root
    while not os.path.isfile(os.path.join(folder, SETTINGS_NAME)):  # noqa: PTH113, PTH118
        above = os.path.dirname(folder)  # noqa: PTH120
        if above == folder:
            return None
        folder = above
    return folder


def cache_folder(root: str) -> tuple[str, bool]:
    """(where the memory lies, whether that is sure), as far as one can tell without reading YAML. Where it is wrong nothing
    is remembered.
    """
    state, data = ".kb", b""
    with suppress(OSError), open(os.path.join(root, SETTINGS_NAME), "rb") as file:  # noqa: PTH118, PTH123
        data = file.read(1 << 20)
    for line in data.splitlines():
        if line.startswith(b"state:"):
            state = line[6:].split(b"#")[0].strip().strip(b"'\"").decode("utf-8", "replace")
    return os.path.join(root, state, FOLDER), state != ".kb" or b"state" not in data  # noqa: PTH118


def moment(folder: str, *, sure: bool) -> tuple[int, int] | None:
    """(the file system's time, its device) now, by a file that is written; None where that cannot be done. A cache that is
    not ours is emptied before; with `sure` false it may be no cache at all.
    """
    try:
        if not is_own(folder) and not (sure and claimed(folder)):
            return None
        with open(os.path.join(folder, STAMP), "wb") as file:  # noqa: PTH118, PTH123
            file.write(b"\n")
            file.flush()
            facts = os.fstat(file.fileno())
    except (OSError, ValueError):
        return None
    return facts.st_mtime_ns, facts.st_dev


def claimed(folder: str) -> bool:
    """Whether the cache is ours now."""
    from pathlib import Path  # noqa: PLC0415 - once for a notebook

    from notebook_kb.files.own_cache import claim_cache  # noqa: PLC0415

    return claim_cache(Path(folder))


# the file


def read_memory(path: str) -> dict[str, Any] | None:
    """What is kept in a file; None if there is none, or not a whole one of this format. Raises ValueError for no JSON."""
    try:
        with open(path, "rb") as file:  # noqa: PTH123
            first, _, payload = file.read().partition(b"\n")
    except OSError:
        return None
    if first != heading(payload):
        return None
    kept = json.loads(payload)
    return kept if isinstance(kept, dict) else None


def heading(payload: bytes) -> bytes:
    """The first line of the file: which format, and what the rest must be."""
    return b'{"format": %d, "crc32": %d}' % (FORMAT, zlib.crc32(payload))


def as_bytes(kept: dict[str, Any]) -> bytes:
    """The file of what is kept."""
    payload = json.dumps(kept, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")
    return heading(payload) + b"\n" + payload


def row(found: Finding) -> Row:
    """A finding as it is kept."""
    place = (found.line, found.column, found.end_line, found.end_column, found.count)
    return [found.code, str(found.severity), found.message, found.hint, found.path, *place]


def findings_in(rows: Iterable[Row]) -> Iterator[Finding]:
    """The findings of rows."""
    for code, severity, *rest in rows:
        yield Finding(code, SEVERITIES[severity], *rest)


# what is compared besides files


def places_in(kept: dict[str, Any]) -> Places:
    """Where to look."""
    return Places(*(tuple(paths) for paths in kept["places"]))


def same_answers(root: str, kept: dict[str, Any]) -> bool:
    """Whether files that stand outside of what is read are still there, or still missing."""
    asked = (pair for answers in kept["asked"].values() for pair in answers.items())
    return all(is_file(root, path) == there for path, there in asked)


def is_file(root: str, path: str) -> bool:
    """As `Notebook.stands_there`."""
    try:
        return os.path.isfile(os.path.join(root, path))  # noqa: PTH113, PTH118
    except ValueError:
        return False


def same_time(kept: dict[str, Any]) -> bool:
    """Whether as many notes are in the future as then, and no clock was set back."""
    last, first = kept["dates"]
    return bool(last <= today_now(kept["zone"]) and (not first or today_now(kept["zone"]) < first)) and bool(
        kept["saved"] <= time.time()
    )


def today_now(zone: str) -> str:
    """As `notebook.load.today_in`: SOURCE_DATE_EPOCH, else the date in the time zone."""
    epoch = os.environ.get("SOURCE_DATE_EPOCH", "")
    if epoch.isdigit() or zone == "UTC":
        return time.strftime("%Y-%m-%d", time.gmtime(int(epoch) if epoch.isdigit() else None))
    from datetime import datetime  # noqa: PLC0415 - slow to load
    from zoneinfo import ZoneInfo  # noqa: PLC0415

    return datetime.now(ZoneInfo(zone)).date().isoformat()


def checked_in(root: str, kept: dict[str, Any]) -> Checked:
    """The check that is kept."""
    shown = list(findings_in(r for _, _, rows, _ in kept["notes"].values() for r in rows))
    silenced = list(findings_in(r for _, _, _, rows in kept["notes"].values() for r in rows))
    for told, not_told in kept["others"]:
        shown += findings_in(told)
        silenced += findings_in(not_told)
    return Checked(root, shown, silenced, list(kept["paths"]), 0)
