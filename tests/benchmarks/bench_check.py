"""How long a check takes: of a notebook never seen, of one in which nothing changed, after one edit, of an open note; and
what the next snapshot costs at 10,000 notes.

Run it: `python tests/benchmarks/bench_check.py [NOTES [RUNS]]`. The commands take turns in one run, `kb --version` among
them. It prints; it never fails on a time.
"""

from __future__ import annotations

import json
import os
import random
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

REPOSITORY = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(REPOSITORY))
from notebook_kb.notebook.load import Loader  # noqa: E402 - run as a script
from notebook_kb.parsing.note import parse_note  # noqa: E402
from notebook_kb.workspace.findings import dependents, findings_of  # noqa: E402
from notebook_kb.workspace.workspace import Workspace  # noqa: E402
from tests.support.big_notebook import BigNotebook  # noqa: E402

if TYPE_CHECKING:
    from collections.abc import Callable

    from notebook_kb.model.note import Note
    from notebook_kb.notebook.notebook import Notebook

NOTES, MANY, RUNS, EDITS = 2000, 10_000, 11, 40
WANTED = {"unchanged": 4.0, "open note": 300.0, "with_note": 20.0}
INDEXES = ("concept_notes", "explanations", "resolver", "referrers", "backlinks")


def figures(times: list[float]) -> dict[str, float]:
    """Median and p95 in milliseconds."""
    ordered = sorted(times)
    late = ordered[min(len(ordered) - 1, round(0.95 * len(ordered)) - 1)]
    return {"median": round(statistics.median(times), 1), "p95": round(late, 1)}


def timed(work: Callable[[], object]) -> float:
    """Milliseconds of a piece of work."""
    begun = time.perf_counter()
    work()
    return (time.perf_counter() - begun) * 1000


# commands


def kb(folder: Path, *words: str) -> str:
    """What the command prints."""
    env = {**os.environ, "PYTHONPATH": str(REPOSITORY)}
    line = [sys.executable, "-m", "notebook_kb", *words]
    return subprocess.run(
        line, cwd=folder, env=env, capture_output=True, encoding="utf-8", check=False
    ).stdout


def commands(root: Path, runs: int) -> tuple[dict[str, list[float]], list[int]]:
    """(milliseconds of each command in turn, how many notes were checked after an edit)."""
    times: dict[str, list[float]] = {"cold": [timed(partial(kb, root, "check"))]}
    kb(root, "check")
    notes = sorted((root / "notes").rglob("*.md"))
    checked: list[int] = []
    chance = random.Random(3)  # noqa: S311 - the same again
    for number in range(runs + 1):
        turn = {
            "--version": timed(partial(kb, root, "--version")),
            "unchanged": timed(partial(kb, root, "check")),
        }
        with chance.choice(notes).open("a", encoding="utf-8") as file:
            file.write(f"\nOne more line {number}.\n")
        begun = time.perf_counter()
        printed = kb(root, "check", "--json")
        turn["one edit"] = (time.perf_counter() - begun) * 1000
        checked.append(json.loads(printed)["checked"])
        if number:  # the first round warms the disk's memory
            for name, value in turn.items():
                times.setdefault(name, []).append(value)
    return times, checked


# in one process, as an editor asks


def open_note(root: Path) -> dict[str, list[float]]:
    """Milliseconds from a changed buffer to its findings, and to the notes that have to be looked at again."""
    workspace = Workspace(root)
    now = workspace.load()
    chance = random.Random(4)  # noqa: S311 - the same again
    times: dict[str, list[float]] = {"findings": [], "dependents": []}
    for number in range(EDITS + 1):
        path = chance.choice(sorted(now.notebook.notes))
        text = (now.notebook.text_of(path) or "") + f"\nMore [[{number}]] words.\n"
        before = now
        begun = time.perf_counter()
        now = workspace.loader.overlay(now, path, text)
        findings_of(workspace, now, path)
        times["findings"].append((time.perf_counter() - begun) * 1000)
        begun = time.perf_counter()
        dependents(before.notebook, now.notebook, path)
        times["dependents"].append((time.perf_counter() - begun) * 1000)
    return {name: values[1:] for name, values in times.items()}


def snapshots(folder: Path) -> dict[str, list[float]]:
    """Milliseconds of `with_note` with all indexes made, by what is edited."""
    (folder / "notes").mkdir(parents=True)
    (folder / "notebook.yml").write_text("", encoding="utf-8")
    loader = Loader(folder, lambda *_: lambda _: {})
    notebook = many_notes(loader)
    for name in INDEXES:
        getattr(notebook, name)
    chance, paths = random.Random(5), list(notebook.notes)  # noqa: S311 - the same again
    hub = notebook.notes["notes/hub.md"]
    edits: dict[str, Callable[[int, Note], Note]] = {
        "text": lambda n, note: replace(note, digest=str(n), references=note.references[n % 3 :]),
        "title": lambda n, note: replace(note, title=f"Another {n}"),
        "new": lambda n, note: replace(note, path=f"notes/new {n}.md", title=f"New {n}"),
        "text of the hub": lambda n, _: replace(hub, digest=str(n)),
        "name of the hub": lambda n, _: replace(hub, title="Hub" if n % 2 else f"Hub {n}"),
    }
    times: dict[str, list[float]] = {}
    for name, edit in edits.items():
        now = notebook
        times[name] = []
        for number in range(EDITS):
            note = edit(number, now.notes[chance.choice(paths)])
            begun = time.perf_counter()
            now = now.with_note(note)
            times[name].append((time.perf_counter() - begun) * 1000)
    return times


def many_notes(loader: Loader) -> Notebook:
    """10,000 notes with nine links each; every second one links to the hub too."""
    chance = random.Random(6)  # noqa: S311 - the same again
    names = [f"Note {number}" for number in range(MANY)]
    notes = {}
    for number, name in enumerate(names):
        links = " ".join(f"[[{chance.choice(names)}]]" for _ in range(9)) + (" [[Hub]]" if number % 2 else "")
        path = f"notes/f{number % 50}/{name}.md"
        notes[path] = parse_note(f"# {name}\n\n{links}\n", path, str(number), loader.names).note
    notes["notes/hub.md"] = parse_note("# Hub\n", "notes/hub.md", "hub", loader.names).note
    return replace(loader.load("2026-11-20").notebook, notes={p: notes[p] for p in sorted(notes)})


def main() -> None:
    """Measure and print."""
    notes = int(sys.argv[1]) if len(sys.argv) > 1 else NOTES
    runs = int(sys.argv[2]) if len(sys.argv) > 2 else RUNS
    with tempfile.TemporaryDirectory() as name:
        root = Path(name) / "large"
        BigNotebook(notes).write(root)
        times, checked = commands(root, runs)
        editor = open_note(root)
        next_ones = snapshots(Path(name) / "many")
    found = {label: figures(values) for label, values in times.items()}
    base = found["--version"]["median"]
    print(f"kb check of {notes:,} notes, {runs} runs in turn, milliseconds")
    for label, row in found.items():
        print(
            f"  {label:<18} median {row['median']:8.1f}  p95 {row['p95']:8.1f}   × {row['median'] / base:6.2f}"
        )
    ratio = found["unchanged"]["median"] / base
    print(f"  wanted: unchanged ≤ {WANTED['unchanged']} × --version: {ratio:.2f}")
    print(f"  notes checked after one edit: median {statistics.median(checked)}, most {max(checked)}")
    print(
        f"an open note of {notes:,}, {EDITS} edits, milliseconds (wanted: findings ≤ {WANTED['open note']:.0f})"
    )
    for label, values in editor.items():
        print(f"  {label:<18} median {figures(values)['median']:8.1f}  p95 {figures(values)['p95']:8.1f}")
    print(f"with_note at {MANY:,} notes, milliseconds (wanted: ≤ {WANTED['with_note']:.0f})")
    for label, values in next_ones.items():
        print(f"  {label:<18} median {figures(values)['median']:8.1f}  p95 {figures(values)['p95']:8.1f}")
    tables = {"commands": times, "editor": editor, "with_note": next_ones}
    data = {name: {k: figures(v) for k, v in table.items()} for name, table in tables.items()}
    print(json.dumps({"benchmark": "check", "notes": notes, "runs": runs, "checked": checked, **data}))


if __name__ == "__main__":
    main()
