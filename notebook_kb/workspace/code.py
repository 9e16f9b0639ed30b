"""Running the code of a notebook's notes, where the person trusts it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from notebook_kb.errors import NotTrustedError, UsageError
from notebook_kb.files.trust import is_trusted
from notebook_kb.model.note import Part
from notebook_kb.running.evidence import exercise_for, note_evidence
from notebook_kb.running.report import Limits
from notebook_kb.running.results import Result, read_result, result_of, write_result
from notebook_kb.running.runner import run_code
from notebook_kb.workspace.authoring import find_note

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from pathlib import Path

    from notebook_kb.model.evidence import CodeEvidence
    from notebook_kb.model.note import Note
    from notebook_kb.notebook.notebook import Notebook
    from notebook_kb.running.report import Run
    from notebook_kb.workspace.workspace import Workspace

# as Python itself says it: what code says in its name must be no command to copy
NO_MODULE = re.compile(
    r"ModuleNotFoundError: No module named '([A-Za-z_]\w*)[\w.]*'(?:; '[\w.]+' is not a package)?", re.ASCII
)


@dataclass(frozen=True, slots=True)
class NoteRun:
    """One note that was run. `lacking` names a package that this Python does not have: then nothing is kept."""

    note: Note
    result: Result
    evidence: CodeEvidence
    lacking: str = ""


def require_trust(workspace: Workspace, ask: Callable[[], bool] | None = None) -> None:
    """Go on only in a notebook that is trusted on this computer. `ask` asks the person, and keeps a yes; without it, or
    after a no, NotTrustedError.
    """
    if is_trusted(workspace.root, workspace.settings.state) or (ask is not None and ask()):
        return
    raise NotTrustedError(
        "the code of this notebook is not run: nobody has said on this computer that it may be",
        "look at its code, then `kb trust` lets it run; a notebook made here by `kb init` may run at once",
    )


def chosen_notes(
    workspace: Workspace, notebook: Notebook, names: Sequence[str], *, everything: bool
) -> list[Note]:
    """The notes to run: those that are named; all with code; else those that want proof and are new or changed.

    UsageError for a name that is none, or a note without code.
    """
    if names:
        found = {note.path: note for note in (find_note(notebook, name) for name in names)}
        for note in found.values():
            if not note.code_key:
                raise UsageError(
                    f"{note.path} holds no code that is run",
                    "a block that begins with ```python is run; ```python no-run and other languages are not",
                )
        return list(found.values())
    if everything:
        return [note for note in notebook.notes.values() if note.code_key]
    state = workspace.root / workspace.settings.state
    return list(outdated(state, (n for n in notebook.notes.values() if wants_run(notebook, n))))


def wants_run(notebook: Notebook, note: Note) -> bool:
    """Whether a note's code is there to be proved: a check stands in it, or it is code from scratch."""
    if not note.code_key:
        return False
    return (
        any(p.check for p in note.code)
        or any(s.part is Part.CODE for s in note.sections)
        or exercise_for(notebook, note) is not None
    )


def outdated(state: Path, notes: Iterable[Note]) -> Iterator[Note]:
    """Those of the notes whose code has no result, or one of other code."""
    for note in notes:
        result = read_result(state, note.path)
        if not isinstance(result, Result) or result.key != note.code_key:
            yield note


def run_notes(
    workspace: Workspace, notebook: Notebook, notes: Iterable[Note], python: Path, limits: Limits
) -> Iterator[NoteRun]:
    """Run notes one after the other and keep their results. Only after `require_trust`.

    Raises UsageError when `python` cannot be started, EnvironmentFailedError when a result cannot be written.
    """
    state = workspace.root / workspace.settings.state
    require_trust(workspace)
    for note in notes:
        run = run_code(note.code, note.path, python, limits)
        lacking = lacking_in(run)
        if lacking:
            # another computer may have it, and a result from there
            result = result_of(run, note.code_key)
        else:
            result = write_result(state, note.path, run, note.code_key)
        yield NoteRun(note, result, note_evidence(note, exercise_for(notebook, note), result), lacking)


def lacking_in(run: Run) -> str:
    """The package that the code asked for and this Python does not have; ''."""
    if run.fault is None or run.fault.kind != "ModuleNotFoundError":
        return ""
    named = NO_MODULE.fullmatch(run.fault.message)
    return named[1] if named else ""


def run_outdated(
    workspace: Workspace, notebook: Notebook, python: Path, ask: Callable[[], bool] | None
) -> Iterator[str]:
    """Run what is new or has changed; gives what the person has to know of notes that could not be run."""
    chosen = chosen_notes(workspace, notebook, (), everything=False)
    if not chosen:
        return
    require_trust(workspace, ask)
    for done in run_notes(workspace, notebook, chosen, python, Limits()):
        if done.lacking:
            yield f"{done.note.path} was not run: {done.lacking} is not installed for {python}"
