"""Renames in processes that are killed at their N-th touch of a file, then done again: the state must be the whole rename.

The process that runs this forks one for each rename, so that nothing is imported twice. It prints one line of JSON: how many
were killed before anything was written, how many in the middle, how many came through.

    python -m tests.support.rename_kills FOLDER FIRST STEP [random]
"""

from __future__ import annotations

import json
import os
import random
import shutil
import signal
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

from notebook_kb.errors import NotebookError
from notebook_kb.notebook.keys import key_of
from notebook_kb.publishing.ledger import Entry, Ledger, Record
from notebook_kb.publishing.payload import Form, TargetName
from notebook_kb.study.identity import identified_deck, identify
from notebook_kb.study.log import Mode
from notebook_kb.study.memory import Memory
from notebook_kb.workspace.rename import plan
from notebook_kb.workspace.renaming import carry_out, resume
from notebook_kb.workspace.renaming_journal import journal_path
from notebook_kb.workspace.workspace import Workspace

NOTES = {
    "notes/old.md": "---\npublish: true\n---\n# Old\r\n\r\nQ: What of [[other]]?\r\nA: It is.\r\n",
    "notes/other.md": "See [[old]], [x](old.md).\n\nQ: What of [[old]]?\nA: It is.\n",
    "notes/sub/third.md": "\ufeffSee ![[old#Old]] and [y](../old.md#old).",
    "notes/fourth.md": "---\nmet_in: [[old]]\n---\n[[old]]\n",
}
COMMANDS = {"old": ("old", "deep/new name"), "sub/": ("notes/sub/", "notes/moved/")}
TOUCHES = ("open", "os.rename", "os.remove", "os.link", "os.mkdir", "os.rmdir", "os.truncate")
WHEN = datetime(2026, 11, 1, tzinfo=UTC)


def make(root: Path) -> Workspace:
    """The notebook: four notes, two answered cards without ids, a result, what was published."""
    root.mkdir(parents=True)
    (root / "notebook.yml").write_text("title: t\n", encoding="utf-8")
    for path, text in NOTES.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_bytes(text.encode())
    state = root / ".kb"
    (state / "results/notes").mkdir(parents=True)
    (state / "results/notes/old.md.json").write_text("{}", encoding="utf-8")
    (state / "results/notes/old.md.0123456789abcdef.png").write_bytes(b"PNG")
    entry = Entry(TargetName.MEDIUM, Form.ARTICLE, url="https://medium.com/p/1", title="Old")
    Ledger(state).put(Record("notes/old.md", "notes/old.md", "Old", entries={entry.place: entry}))
    workspace = Workspace(root, "2026-11-22")
    notebook = workspace.load().notebook
    memory = Memory.open(state, "laptop")
    for card in identified_deck(notebook, {}, starters=False)[0].cards.values():
        memory.record(card.id, 3, 1000, Mode.REVIEW, card.fingerprint, card.front, WHEN)
    return workspace


def facts(root: Path) -> dict[str, object]:
    """All that a rename has to bring about: files, ledger, the history of each card that is there."""
    workspace = Workspace(root, "2026-11-22")
    notebook = workspace.load().notebook
    state = root / ".kb"
    files = {
        p.relative_to(root).as_posix(): p.read_bytes().hex()
        for top in (root / "notes", state / "results")
        for p in sorted(top.rglob("*"))
        if p.is_file() and not p.name.startswith(".kb-tmp-")
    }
    memory = Memory.open(state, "laptop")
    ids = identify(notebook, memory.states).ids
    cards = {
        f"{path}:{number}": [memory.states[name].stability, memory.states[name].last.isoformat()]
        if name in memory.states
        else []
        for (path, number), name in ids.items()
    }
    records = {k: [r.path, sorted(r.entries)] for k, r in Ledger(state).records.items()}
    keys = sorted(key_of(notebook, n) for n in notebook.notes.values())
    return {
        "files": files,
        "cards": cards,
        "ledger": records,
        "keys": keys,
        "open": journal_path(workspace).exists(),
    }


def rename(root: Path, command: tuple[str, str]) -> None:
    """What `kb rename` does: finish what was interrupted, then this, unless it was that."""
    workspace = Workspace(root, "2026-11-22")
    finished = resume(workspace)
    if finished is None or finished.command != list(command):
        carry_out(workspace, plan(workspace, *command))


def killed(root: Path, command: tuple[str, str], touch: int, delay: float) -> bool:
    """Rename in a process that ends at its `touch`-th touch of a file of the notebook, or after a time; whether it was killed."""
    pid = os.fork()
    if pid == 0:
        count = 0

        def hook(event: str, arguments: tuple[object, ...]) -> None:
            nonlocal count
            if (
                event in TOUCHES and arguments and str(root) in os.fsdecode(arguments[0])
                if isinstance(arguments[0], (str, bytes))
                else False
            ):
                count += 1
                if count == touch:
                    os.kill(os.getpid(), signal.SIGKILL)

        status = 99
        try:
            if touch:
                sys.addaudithook(hook)
            rename(root, command)
            status = 0
        finally:
            os._exit(status)
    if delay:
        time.sleep(delay)
        os.kill(pid, signal.SIGKILL)
    _, status = os.waitpid(pid, 0)
    code = os.waitstatus_to_exitcode(status)
    if code not in {0, -signal.SIGKILL}:
        raise AssertionError(f"the process ended with {code}")
    return code != 0


def main(folder: Path, first: int, step: int, *, by_chance: int = 0) -> dict[str, int]:
    """Kill at every `step`-th touch from `first` on until a rename comes through; `by_chance` times after a random time."""
    counts = {"before": 0, "middle": 0, "through": 0}
    chance = random.Random(7)  # noqa: S311 - tests want the same again
    for name, command in COMMANDS.items():
        base = folder / f"{name.strip('/')}-base"
        make(base)
        expected_root = folder / f"{name.strip('/')}-whole"
        shutil.copytree(base, expected_root)
        rename(expected_root, command)
        expected = facts(expected_root)
        untouched = facts(base)
        assert expected != untouched
        touch, times = first, 0
        while True:
            root = folder / f"{name.strip('/')}-{touch}-{times}"
            shutil.copytree(base, root)
            delay = chance.uniform(0.001, 0.12) if by_chance else 0.0
            was_killed = killed(root, command, 0 if by_chance else touch, delay)
            if not was_killed:
                counts["through"] += 1
            else:
                pending = (root / ".kb/backup/renaming.json").exists()
                counts["middle" if pending else "before"] += 1
                state = facts(root)
                if pending or state["files"] == untouched["files"]:
                    rename(root, command)
            now = facts(root)
            if now != expected:
                different = {k: (now[k], expected[k]) for k in now if now[k] != expected[k]}
                raise AssertionError(f"{root}: {json.dumps(different, indent=1)}")
            shutil.rmtree(root)
            touch, times = touch + step, times + 1
            if times >= by_chance if by_chance else not was_killed:
                break
    return counts


if __name__ == "__main__":
    try:
        found = main(
            Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]), by_chance=int((*sys.argv, "0")[4])
        )
    except NotebookError as error:
        raise SystemExit(f"{error.message} {error.hint}") from error
    sys.stdout.write(json.dumps(found) + "\n")
