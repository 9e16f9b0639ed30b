"""The plan of a renaming on the disk, for the run after a kill. It may also come with a notebook from elsewhere: without
this computer's seal it may name only what a renaming of this notebook can touch.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from notebook_kb.errors import NotebookError
from notebook_kb.files.own_cache import is_sealed, sealed
from notebook_kb.files.read import read_file
from notebook_kb.files.state_folder import link_in
from notebook_kb.files.write import write_file
from notebook_kb.model.edit import Edit, apply_edits
from notebook_kb.notebook.walk import RENAMING
from notebook_kb.workspace.rename_paths import may_hold_result, may_move, may_write
from notebook_kb.workspace.renaming_follow import RESULTS, histories, results_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from notebook_kb.workspace.rename import Plan
    from notebook_kb.workspace.workspace import Workspace

VERSION = 1
_MOST = 1 << 30
_LOOK = "look at what it says, then delete it: nothing of it was done now"

# what a row of the journal's lists is made of
_ROWS: dict[str, list[type]] = {
    "moves": [str, str],
    "results": [str, str],
    "keys": [str, str],
    "cards": [str, int, str],
}
_EDIT = [int, int, int, int, str]


class HalfDoneError(NotebookError):
    """The journal of a renaming that was interrupted cannot be used."""

    code = "renaming"


def journal_path(workspace: Workspace) -> Path:
    """Where the plan of a running renaming stands; git does not keep it."""
    return workspace.root / workspace.settings.state / RENAMING


def write_journal(workspace: Workspace, data: dict[str, Any]) -> None:
    """Put the plan on the disk, with this computer's seal in the line above it."""
    plan = json.dumps(data, ensure_ascii=False).encode("utf-8")
    write_file(journal_path(workspace), sealed(workspace.root, plan) + b"\n" + plan, None)


def read_journal(workspace: Workspace) -> dict[str, Any]:
    """The plan on the disk, every value looked at; without this computer's seal every path, too. Raises `HalfDoneError`."""
    label = f"{workspace.settings.state}/{RENAMING}"
    if journal_path(workspace).is_symlink():
        raise HalfDoneError(f"{label}: it is a symbolic link", "delete it")
    try:
        found, _, plan = read_file(journal_path(workspace), _MOST).data.partition(b"\n")
        data = json.loads(plan)
        json.dumps(data, ensure_ascii=False).encode("utf-8")  # no half of a character pair in it
        newer = isinstance(data, dict) and data.get("v") != VERSION
        sound = not newer and is_sound(data)
    except (ValueError, IndexError, RecursionError) as error:
        raise HalfDoneError(f"{label}: it cannot be read", _LOOK) from error
    if newer:
        raise HalfDoneError(f"{label}: a newer kb wrote it", "finish it with that version")
    if not sound:
        raise HalfDoneError(f"{label}: it cannot be read", _LOOK)
    strange = next(filter(None, strange_paths(workspace, data)), "")
    if strange and not is_sealed(workspace.root, plan, found):
        raise HalfDoneError(f"{label}: it names {strange}, which no renaming of this notebook touches", _LOOK)
    checked: dict[str, Any] = data
    return checked


def is_sound(data: Any) -> bool:
    """Whether it has the shape of `as_data`. Raises as `is_write`."""
    return (
        isinstance(data, dict)
        and all(isinstance(data.get(name), str) for name in ("what", "folder"))
        and all(is_list(data.get(name), str) for name in ("command", "remarks"))
        and all(is_list(data.get(name), list) for name in _ROWS)
        and all(is_row(row, kinds) for name, kinds in _ROWS.items() for row in data[name])
        and isinstance(data.get("marks"), dict)
        and is_list(data.get("writes"), dict)
        and all(is_write(one) for one in data["writes"])
    )


def is_list(value: Any, kind: type) -> bool:
    """Whether it is a list of such values."""
    return isinstance(value, list) and all(isinstance(one, kind) for one in value)


def is_row(row: Any, kinds: list[type]) -> bool:
    """Whether it is a list of values of these kinds."""
    return isinstance(row, list) and [type(value) for value in row] == kinds


def is_write(one: dict[str, Any]) -> bool:
    """Whether it says how a file's text changes. Raises `ValueError` or `IndexError` for edits that are no places in it."""
    if not all(isinstance(one.get(name), str) for name in ("path", "old", "new")):
        return False
    rows: Any = one.get("edits")
    return (
        is_list(rows, list)
        and all(is_row(row, _EDIT) and min(row[:4]) >= 1 for row in rows)
        and apply_edits(one["old"], [Edit(*row) for row in rows]) == one["new"]
    )


def strange_paths(workspace: Workspace, data: dict[str, Any]) -> Iterator[str]:
    """The paths that no renaming of the notebook can touch."""
    root, settings = workspace.root, workspace.settings
    folder = f"{settings.state}/{RESULTS}"
    yield link_in(str(root), settings.notes_folder)
    yield from (one["path"] for one in data["writes"] if not may_write(root, settings, one["path"]))
    yield from (path for row in data["moves"] for path in row if not may_move(root, settings, path))
    yield from (path for row in data["results"] for path in row if not may_hold_result(root, folder, path))
    if data["folder"] and not may_move(root, settings, data["folder"]):
        yield data["folder"]


def mark_of(path: Path) -> list[int]:
    """Size and time of a file: what a move leaves as it is. [] for a missing one."""
    try:
        facts = path.lstat()
    except OSError:
        return []
    return [facts.st_size, facts.st_mtime_ns]


def as_data(workspace: Workspace, plan: Plan) -> dict[str, Any]:
    """All that is needed to go on after a kill."""
    renaming = plan.renaming
    writes = []
    for edits in renaming.edits:
        seen = plan.texts.snapshots[edits.path]
        old = seen.data.decode("utf-8")
        new = apply_edits(old, edits.edits)
        rows = [[e.line, e.column, e.end_line, e.end_column, e.text] for e in edits.edits]
        writes.append({"path": edits.path, "old": old, "new": new, "edits": rows})
    moves = [[m.old, m.new] for m in (*renaming.moves, *plan.others)]
    results = [pair for m in renaming.moves for pair in results_of(workspace, m.old, m.new)]
    touched = {e.path for e in renaming.edits} | {m.old for m in renaming.moves}
    cards = histories(workspace, plan.texts.notebook, touched, dict(renaming.keys))
    return {
        "v": VERSION,
        "what": plan.what,
        "command": list(plan.command),
        "writes": writes,
        "moves": moves,
        "marks": {m.old: mark_of(workspace.root / m.old) for m in (*renaming.moves, *plan.others)},
        "results": results,
        "keys": [list(k) for k in renaming.keys],
        "cards": [[c.path, c.number, c.card] for c in cards],
        "folder": plan.folder,
        "remarks": list(renaming.remarks),
    }
