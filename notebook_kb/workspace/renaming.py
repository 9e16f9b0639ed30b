"""Carries out a renaming, all of it or, after a kill, the rest of it at the next run.

The plan goes to the disk first, with the new bytes of every file. Then the files are written, the moves done, and what
belongs to notes follows: results, ledger, review log. Each step can be done twice. What somebody changed meanwhile is
never written over: the edits are made in the new text where their lines are still there.
"""

from __future__ import annotations

import difflib
import json
import os
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from notebook_kb.errors import ChangedSinceReadError, EnvironmentFailedError, NotebookError
from notebook_kb.files.lock import notebook_lock
from notebook_kb.files.move import move_file, remove_empty, stands_apart
from notebook_kb.files.read import read_file
from notebook_kb.files.write import write_file
from notebook_kb.model.edit import Edit, apply_edits
from notebook_kb.notebook.walk import RENAMING
from notebook_kb.workspace.renaming_follow import (
    CardHistory,
    follow_cards,
    follow_ledger,
    histories,
    results_of,
)

if TYPE_CHECKING:
    from pathlib import Path

    from notebook_kb.workspace.rename import Plan
    from notebook_kb.workspace.workspace import Workspace

VERSION = 1
_MOST = 1 << 30


class HalfDoneError(NotebookError):
    """The note of a renaming that was interrupted cannot be read."""

    code = "renaming"


@dataclass
class Done:
    """What was done: `files` were written, `moved` have another path, `remarks` are for the person. `command` is what was
    typed: OLD and NEW.
    """

    what: str
    command: list[str] = field(default_factory=list)
    files: list[str] = field(default_factory=list)
    moved: list[tuple[str, str]] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)


def journal_path(workspace: Workspace) -> Path:
    """Where the plan of a running renaming stands; git does not keep it."""
    return workspace.root / workspace.settings.state / RENAMING


def carry_out(workspace: Workspace, plan: Plan) -> Done:
    """Do a renaming. Raises `ChangedSinceReadError` where a file was changed since it was read: then nothing was done; and
    `EnvironmentFailedError`: then the next run goes on.
    """
    with notebook_lock(workspace.root):
        if journal_path(workspace).exists():
            raise HalfDoneError("another renaming was interrupted", "finish it with `kb rename --resume`")
        for edits in plan.renaming.edits:
            seen = plan.texts.snapshots[edits.path]
            if read_file(workspace.root / edits.path).digest != seen.digest:
                raise ChangedSinceReadError(f"{edits.path} was changed meanwhile", "run the command again")
            if not os.access(workspace.root / edits.path, os.W_OK):
                raise EnvironmentFailedError(
                    f"{edits.path}: it is read-only", "allow writing, or leave it out"
                )
        note = as_data(workspace, plan)
        write_file(journal_path(workspace), json.dumps(note, ensure_ascii=False).encode("utf-8"), None)
        done = write_and_move(workspace, note)
    return follow(workspace, note, done)


def resume(workspace: Workspace) -> Done | None:
    """Finish a renaming that was interrupted; None where there is none."""
    path = journal_path(workspace)
    if not path.exists():
        return None
    with notebook_lock(workspace.root):
        if not path.exists():
            return None  # another process has finished it
        try:
            note = json.loads(read_file(path, _MOST).data)
            if note["v"] != VERSION:
                raise HalfDoneError(f"{path}: a newer kb wrote it", "finish it with that version")
            done = write_and_move(workspace, note)
        except (ValueError, KeyError, TypeError) as error:
            raise HalfDoneError(
                f"{path}: it cannot be read", "look at what it says, then delete it"
            ) from error
    return follow(workspace, note, done)


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
        "results": results,
        "keys": [list(k) for k in renaming.keys],
        "cards": [[c.path, c.number, c.card] for c in cards],
        "folder": plan.folder,
        "remarks": list(renaming.remarks),
    }


def write_and_move(workspace: Workspace, note: dict[str, Any]) -> Done:
    """Write the files and move them; the lock is held."""
    done = Done(note["what"], note["command"], remarks=list(note["remarks"]))
    root = workspace.root
    pending = [(old, new) for old, new in note["moves"] if stands_apart(root / old, root / new)]
    over = {old for old, _ in note["moves"]} - {old for old, _ in pending}
    for one in note["writes"]:
        done.files.append(one["path"])
        # what has moved was written before
        problem = "" if one["path"] in over else write_one(root / one["path"], one)
        if problem:
            done.remarks.append(f"{one['path']}: {problem}")
    for old, new in [*pending, *note["results"]]:
        try:
            move_file(root / old, root / new)
        except ChangedSinceReadError as error:
            done.remarks.append(error.message)
    if note["folder"]:
        remove_empty(root / note["folder"])
    done.moved = [(old, new) for old, new in note["moves"]]
    return done


def write_one(path: Path, one: dict[str, Any]) -> str:
    """Write the new text of a file; what could not be done in words, '' for nothing."""
    new = one["new"].encode("utf-8")
    for _ in range(3):
        try:
            seen = read_file(path)
            if seen.data == new:
                return ""
            if seen.data == one["old"].encode("utf-8"):
                write_file(path, new, seen)
                return ""
            text, left = reapplied(
                one["old"], seen.data.decode("utf-8"), [Edit(*row) for row in one["edits"]]
            )
            write_file(path, text.encode("utf-8"), seen)
        except ChangedSinceReadError:
            continue
        except (UnicodeDecodeError, EnvironmentFailedError) as error:
            if path.exists() and isinstance(error, EnvironmentFailedError):
                raise
            return "it was changed meanwhile, so its links are as they were"
        else:
            return f"it was changed meanwhile, and {left} of its links are as they were" if left else ""
    return "it is being changed all the time, so its links are as they were"


def reapplied(then: str, now: str, edits: list[Edit]) -> tuple[str, int]:
    """The text as it is now with the edits of what it was, on lines that are still the same; and how many are left."""
    old, new = then.split("\n"), now.split("\n")
    same: dict[int, int] = {}
    for start, other, size in difflib.SequenceMatcher(None, old, new, autojunk=False).get_matching_blocks():
        same |= {start + n + 1: other + n + 1 for n in range(size)}
    moved = [
        Edit(same[e.line], e.column, same[e.end_line], e.end_column, e.text)
        for e in edits
        if e.line in same and e.end_line in same and same[e.end_line] - same[e.line] == e.end_line - e.line
    ]
    return apply_edits(now, moved), len(edits) - len(moved)


def follow(workspace: Workspace, note: dict[str, Any], done: Done) -> Done:
    """What belongs to the notes follows; then the renaming is over."""
    workspace = type(workspace)(workspace.root, workspace.today)  # the roadmap may be another now
    keys = [(old, new) for old, new in note["keys"]]
    notebook = workspace.load().notebook
    done.remarks += follow_ledger(workspace, notebook, keys, dict(note["moves"]))
    follow_cards(workspace, notebook, keys, [CardHistory(*c) for c in note["cards"]], dict(note["moves"]))
    try:
        journal_path(workspace).unlink(missing_ok=True)
    except OSError as error:
        raise EnvironmentFailedError(
            f"{journal_path(workspace)}: it cannot be deleted: {error.strerror}"
        ) from error
    return done
