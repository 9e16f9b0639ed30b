"""Carries out a renaming, all of it or, after a kill, the rest of it at the next run.

The plan goes to the disk first, with the new bytes of every file. Then the files are written, the moves done, and what
belongs to notes follows: results, ledger, review log. Each step can be done twice. What somebody changed meanwhile is
never written over: the edits are made in the new text where their lines are still there.
"""

from __future__ import annotations

import difflib
import os
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from notebook_kb.errors import ChangedSinceReadError, EnvironmentFailedError
from notebook_kb.files.lock import notebook_lock
from notebook_kb.files.move import are_two, move_file, remove_empty, replace_file, stands_apart
from notebook_kb.files.read import read_file
from notebook_kb.files.write import write_file
from notebook_kb.model.edit import Edit, apply_edits
from notebook_kb.notebook.keys import key_of
from notebook_kb.workspace.renaming_follow import CardHistory, follow_cards, follow_ledger
from notebook_kb.workspace.renaming_journal import (
    HalfDoneError,
    as_data,
    journal_path,
    mark_of,
    read_journal,
    write_journal,
)

if TYPE_CHECKING:
    from pathlib import Path

    from notebook_kb.workspace.rename import Plan
    from notebook_kb.workspace.workspace import Workspace


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
        for move in (*plan.renaming.moves, *plan.others):
            if are_two(workspace.root / move.old, workspace.root / move.new):
                raise ChangedSinceReadError(f"{move.new} stands there meanwhile", "run the command again")
        note = as_data(workspace, plan)
        write_journal(workspace, note)
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
        note = read_journal(workspace)
        done = write_and_move(workspace, note)
    return follow(workspace, note, done)


def write_and_move(workspace: Workspace, note: dict[str, Any]) -> Done:
    """Write the files and move them; the lock is held."""
    done = Done(note["what"], note["command"], remarks=list(note["remarks"]))
    root = workspace.root
    taken = {old for old, new in note["moves"] if is_blocked(root, note, old, new)}
    pending = [(o, n) for o, n in note["moves"] if o not in taken and stands_apart(root / o, root / n)]
    over = {old for old, _ in note["moves"]} - {old for old, _ in pending} - taken
    for one in note["writes"]:
        done.files.append(one["path"])
        # what has moved was written before
        problem = "" if one["path"] in over else write_one(root / one["path"], one)
        if problem:
            done.remarks.append(f"{one['path']}: {problem}")
    for old, new in note["moves"]:
        if old in taken:
            done.remarks.append(f"{old} was not moved: {new} stands there meanwhile")
    for old, new in pending:
        try:
            move_file(root / old, root / new)
        except ChangedSinceReadError:
            done.remarks.append(f"{old} was not moved: it is gone, or {new} stands there meanwhile")
    for old, new in note["results"]:
        replace_file(root / old, root / new)
    if note["folder"]:
        remove_empty(root / note["folder"])
    done.moved = [(old, new) for old, new in note["moves"] if old not in taken]
    return done


def is_blocked(root: Path, note: dict[str, Any], old: str, new: str) -> bool:
    """Whether the file to be moved is still at `old` while another one stands at `new`. Where `old` holds something else,
    the move was done by an earlier run, and somebody has used the name again.
    """
    if not are_two(root / old, root / new):
        return False
    written = next((w for w in note["writes"] if w["path"] == old), None)
    if written:
        return read_file(root / old).data in {written["old"].encode(), written["new"].encode()}
    return bool(mark_of(root / old) == note["marks"].get(old))


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
    if len(done.moved) < len(note["moves"]):
        now = {key_of(notebook, n) for n in notebook.notes.values()}
        keys = [(old, new) for old, new in keys if old not in now]
    moves = dict(done.moved)
    done.remarks += follow_ledger(workspace, notebook, keys, moves)
    follow_cards(workspace, notebook, keys, [CardHistory(*c) for c in note["cards"]], moves)
    try:
        journal_path(workspace).unlink(missing_ok=True)
    except OSError as error:
        raise EnvironmentFailedError(
            f"{journal_path(workspace)}: it cannot be deleted: {error.strerror}"
        ) from error
    return done
