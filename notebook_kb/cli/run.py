"""`kb run`: run the Python code of notes, and keep what it printed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from notebook_kb.cli import names

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from notebook_kb.workspace.code import NoteRun

SHOWN_LINES = 6
STYLES = {
    "passed": "ok",
    "ran": "ok",
    "failed": "error",
    "no check": "warning",
    "not from scratch": "warning",
}
# modules whose package has another name
PACKAGES = {
    "PIL": "pillow",
    "cv2": "opencv-python",
    "skimage": "scikit-image",
    "sklearn": "scikit-learn",
    "yaml": "pyyaml",
}


@click.command(epilog="Example: kb run rank")
@click.argument("name", nargs=-1, metavar="[NAME]…", shell_complete=names.notes)
@click.option("--all", "everything", is_flag=True, help="Every note with code, also what is unchanged.")
@click.option(
    "--python",
    metavar="PATH",
    help="Run it with this Python (else KB_PYTHON, the active environment, kb's own).",
)
@click.option(
    "--seconds", type=click.IntRange(1, 600), default=10, show_default=True, help="Longest time for a note."
)
@click.option(
    "--memory", type=click.IntRange(64, 65536), default=1024, show_default=True, help="Most memory, in MB."
)
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
@click.pass_context
def run(
    context: click.Context,
    name: tuple[str, ...],
    *,
    everything: bool,
    python: str | None,
    seconds: int,
    memory: int,
    as_json: bool,
) -> None:
    """Run the Python code of notes, each note in a process of its own, and keep the results in the notebook.

    NAME is a note or a concept. Without one: the notes with a check or code from scratch that are new or have changed.
    All blocks of a note run in order; `python check` blocks are the proof, `python no-run` blocks are left alone.
    Exit 1 when code failed, 3 when the notebook is not trusted on this computer (`kb trust`).
    """
    from notebook_kb.cli.console import emit_json, note
    from notebook_kb.cli.trust import asker
    from notebook_kb.running.report import MEGABYTE, Limits
    from notebook_kb.running.runner import choose_python
    from notebook_kb.workspace.code import chosen_notes, require_trust, run_notes
    from notebook_kb.workspace.workspace import Workspace

    workspace = Workspace.open()
    program = choose_python(python or "")
    notebook = workspace.load().notebook
    chosen = chosen_notes(workspace, notebook, name, everything=everything)
    if chosen:
        require_trust(workspace, asker(workspace))
    runs = []
    limits = Limits(seconds=seconds, memory=memory * MEGABYTE)
    for done in run_notes(workspace, notebook, chosen, program, limits) if chosen else ():
        runs.append(done)
        if not as_json:
            show(done)
    if as_json:
        emit_json(as_data(runs, program))
    elif not runs:
        note(nothing_words(any(n.code_key for n in notebook.notes.values())))
    else:
        sum_up(runs, program)
    if any(word_of(r) == "failed" for r in runs):
        context.exit(1)


def nothing_words(some_code: bool) -> str:
    """Why nothing was run."""
    if some_code:
        return "nothing to run: each check has run with the code as it is (`kb run --all` runs all code)"
    return "nothing to run: no note holds a ```python block yet"


def word_of(done: NoteRun) -> str:
    """passed, ran (without anything that proves it), failed, no check, not from scratch."""
    state = str(done.evidence.state)
    return "ran" if state == "passed" and not any(p.check for p in done.note.code) else state


def show(done: NoteRun) -> None:
    """One note: how it went, where, and the first lines of what it printed."""
    from notebook_kb.cli.console import clean, one_line, say, style

    word, evidence = word_of(done), done.evidence
    with_what = versions_words(evidence.versions) if word != "failed" else ""
    say(f"{style(word, STYLES.get(word, 'quiet'))}  {style(done.note.path, 'path')}{with_what}")
    for problem in evidence.problems:
        place = f"{done.note.path}:{problem.place.line}:{problem.place.column}"
        say(f"    {style(place, 'path')}  {one_line(problem.message)}")
    printed = [line for b in done.result.blocks for line in b.stdout.splitlines()]
    for line in printed[:SHOWN_LINES]:
        say(style(f"    | {clean(line)}", "quiet"))
    if len(printed) > SHOWN_LINES:
        say(style(f"    | … {len(printed) - SHOWN_LINES} lines more", "quiet"))
    figures = sum(len(b.figures) for b in done.result.blocks)
    if figures:
        say(style(f"    {figures} {'figure' if figures == 1 else 'figures'}", "quiet"))


def versions_words(versions: Any) -> str:
    """`  with numpy 2.3.1, Python 3.12.4`."""
    named = [f"{n} {v}" for n, v in versions.items() if n != "python"]
    named += [f"Python {versions['python']}"] if "python" in versions else []
    return f"  with {', '.join(named)}" if named else ""


def sum_up(runs: list[NoteRun], python: Path) -> None:
    """Counts, what was not contained, and what this Python lacks."""
    from notebook_kb.cli.console import clean, note, say
    from notebook_kb.running.report import CONTAINABLE

    counts = counted_words(runs)
    say(", ".join(f"{n} {word}" for word, n in counts.items()))
    held = set(runs[0].result.contained)
    open_ = [name for name in CONTAINABLE if name not in held]
    note(f"contained: {', '.join(n for n in CONTAINABLE if n in held)}")
    if open_:
        note(f"not contained on this system: {', '.join(open_)}")
    # what is not from scratch anyway need not be installed
    for package in sorted({r.lacking for r in runs if r.lacking and not imports_too_much(r)}):
        note(
            f"{clean(package)} is not installed for {clean(str(python))}: {clean(install_words(package, python))}"
        )


def install_words(package: str, python: Path) -> str:
    """The command that installs a package for a Python."""
    name = f'"{python}"' if " " in str(python) else str(python)
    named = PACKAGES.get(package, package)
    return f"`{name} -m pip install {named}` installs it; `--python` names another Python"


def imports_too_much(done: NoteRun) -> bool:
    """Whether the code imports what its exercise does not allow."""
    return any(p.what == "import" for p in done.evidence.problems)


def counted_words(runs: Iterable[NoteRun]) -> dict[str, int]:
    """How many runs ended how, in the order in which that first happened."""
    counts: dict[str, int] = {}
    for done in runs:
        counts[word_of(done)] = counts.get(word_of(done), 0) + 1
    return counts


def as_data(runs: list[NoteRun], python: Path) -> dict[str, Any]:
    """The runs as `--json` shows them."""
    from notebook_kb.running.report import CONTAINABLE

    held = runs[0].result.contained if runs else ()
    return {
        "runs": [
            {
                "path": r.note.path,
                "state": word_of(r),
                "versions": dict(r.evidence.versions),
                "problems": [
                    {"what": p.what, "message": p.message, "line": p.place.line, "column": p.place.column}
                    for p in r.evidence.problems
                ],
                "blocks": [
                    {
                        "line": part.line,
                        "check": part.check,
                        "stdout": b.stdout,
                        "cut": b.cut,
                        "figures": list(b.figures),
                    }
                    for part, b in zip(r.note.code, r.result.blocks, strict=True)
                ],
                "lacking": r.lacking,
            }
            for r in runs
        ],
        "counts": counted_words(runs),
        "python": str(python),
        "contained": list(held),
        "not_contained": [n for n in CONTAINABLE if n not in held] if runs else [],
    }
