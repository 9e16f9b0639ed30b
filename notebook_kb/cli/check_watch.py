"""`kb check --watch`: the check again whenever a note, the settings or the roadmap was saved, until Ctrl-C."""

from __future__ import annotations

import queue
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from notebook_kb.cli import check_formats
from notebook_kb.cli.console import clean, note, one_line, say, style

if TYPE_CHECKING:
    from notebook_kb.findings import Finding
    from notebook_kb.preview.problems import Problem
    from notebook_kb.preview.state import State

CLEAR = "\x1b[2J\x1b[H"
BEGIN = "Checking the notes"
# lines of the screen that the list of findings must leave: summary, time, an empty one, the prompt's place
RESERVED = 6
LONGEST_SILENCE = 1.0


@dataclass(frozen=True, slots=True)
class Screen:
    """What one check found: `problem` is why the settings or the roadmap cannot be read just now."""

    found: list[Finding]
    silenced: int
    notes: int
    problem: Problem | None = None


def watch_notes(paths: tuple[str, ...], form: str, *, everything: bool, poll: bool) -> None:
    """Show the findings now and after each save. Only Ctrl-C ends it (exit 130)."""
    from notebook_kb.cli.check_scope import scope_of
    from notebook_kb.preview.state import State
    from notebook_kb.preview.watch import Watcher
    from notebook_kb.settings import find_root

    state = State(find_root(Path.cwd()))
    scope = [scope_of(state.loaded.notebook, name, Path.cwd()) for name in paths]
    screens: queue.Queue[Screen] = queue.Queue()
    watcher = Watcher(
        state,
        lambda _change, _started: None,
        lambda: screens.put(look(state, scope)),
        poll=poll,
        say=lambda text: note(clean(text)),
    )
    watcher.start()
    try:
        while True:
            try:
                screen = screens.get(timeout=LONGEST_SILENCE)  # so that Ctrl-C is heard on every system
            except queue.Empty:
                continue
            while not screens.empty():
                screen = screens.get()
            draw(screen, form, state.root, everything=everything)
    finally:
        watcher.stop()


def look(state: State, scope: list[str]) -> Screen:
    """Check the notebook as it is now."""
    from notebook_kb.cli.check_scope import in_scope
    from notebook_kb.findings import sort_findings
    from notebook_kb.workspace.findings import judged_findings

    with state.lock:
        workspace, loaded, problem = state.workspace, state.loaded, state.problem
    shown, silenced = judged_findings(workspace, loaded)
    return Screen(
        sort_findings(f for f in shown if in_scope(f.path, scope)),
        sum(in_scope(f.path, scope) for f in silenced),
        sum(in_scope(p, scope) for p in (*loaded.notebook.notes, *loaded.notebook.unreadable)),
        problem,
    )


def draw(screen: Screen, form: str, root: Path, *, everything: bool) -> None:
    """Show one check: on a terminal in the place of the last one, else below it between two lines that mark it."""
    from notebook_kb.findings import count_by_severity

    fresh = form == "text" and sys.stdout.isatty()
    if fresh:
        sys.stdout.write(CLEAR)
    else:
        say(f"{BEGIN} …")
    if screen.problem:
        place = f"{screen.problem.place}: " if screen.problem.place else ""
        say(f"{style('error', 'error')}: {one_line(place + screen.problem.message)}")
    if form == "lines":
        check_formats.show_lines(screen.found, root)
    else:
        check_formats.show(screen.found, everything=everything, reserved=RESERVED)
    counts = count_by_severity(screen.found)
    said = check_formats.summary(counts, screen.notes, screen.silenced).removesuffix(".")
    say(f"Checked at {time.strftime('%H:%M:%S')}: {said}")
    if fresh:
        say(style("Watching; Ctrl-C ends it", "quiet"))
    sys.stdout.flush()
