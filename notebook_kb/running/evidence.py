"""What is known of the code of notes: results that are kept, and the code read again. Nothing is run here."""

from __future__ import annotations

from typing import TYPE_CHECKING

from notebook_kb.model.evidence import NO_CODE, CodeEvidence, CodeProblem, CodeState
from notebook_kb.model.inlines import NOWHERE, Place
from notebook_kb.running.honesty import read_code
from notebook_kb.running.results import Result, read_result

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from notebook_kb.model.note import Note
    from notebook_kb.model.roadmap import Exercise
    from notebook_kb.notebook.notebook import Notebook
    from notebook_kb.running.honesty import Honesty
    from notebook_kb.running.results import Damaged


def code_evidence(
    state: Path, notebook: Notebook, paths: Iterable[str] | None = None
) -> dict[str, CodeEvidence]:
    """By path, what is known of each note that holds code, or of those at `paths`; `state` is the notebook's state folder.
    Of the whole notebook, not of its public view, which holds no code.
    """
    wanted = notebook.notes if paths is None else [p for p in paths if p in notebook.notes]
    notes = {p: notebook.notes[p] for p in wanted if notebook.notes[p].code_key}
    return {p: note_evidence(n, exercise_for(notebook, n), read_result(state, p)) for p, n in notes.items()}


def exercise_for(notebook: Notebook, note: Note) -> Exercise | None:
    """The exercise that a note's code answers: that of its concept, if it is the note that counts for it."""
    concept = notebook.concept_of(note)
    counts = notebook.concept_note(concept) if concept else None
    if counts is None or counts.path != note.path:
        return None
    return notebook.roadmap.exercise_of(concept)


def note_evidence(note: Note, exercise: Exercise | None, result: Result | Damaged | None) -> CodeEvidence:
    """What is known of one note's code."""
    if not note.code_key:
        return NO_CODE
    honesty = read_code(note.code, exercise) if exercise else None
    shortcuts = honesty.shortcuts if honesty else ()
    weak = honesty.weak if honesty and not honesty.asserts else ()
    if not isinstance(result, Result):
        damaged = (CodeProblem("damaged", result.why),) if result else ()
        state = CodeState.FORBIDDEN if shortcuts else CodeState.NOT_RUN
        return CodeEvidence(state, (*shortcuts, *weak, *damaged))
    if result.key != note.code_key or len(result.blocks) != len(note.code):
        return CodeEvidence(CodeState.FORBIDDEN if shortcuts else CodeState.CHANGED, (*shortcuts, *weak))
    if result.fault:
        return CodeEvidence(CodeState.FAILED, (*shortcuts, fault_problem(note, result)), result.versions)
    if shortcuts:
        return CodeEvidence(CodeState.FORBIDDEN, shortcuts, result.versions)
    missing = proof_problems(note, honesty, result) if honesty else ()
    return CodeEvidence(CodeState.NO_PROOF if missing else CodeState.PASSED, missing, result.versions)


def fault_problem(note: Note, result: Result) -> CodeProblem:
    """What stopped the code, at its place in the note."""
    fault = result.fault
    assert fault
    part = note.code[min(fault.block, len(note.code) - 1)]
    line = part.line + max(fault.line, 1) - 1
    column = part.column + fault.column if fault.line else part.column
    return CodeProblem("error", fault.message, Place(line, column, line, 0))


def proof_problems(note: Note, honesty: Honesty, result: Result) -> tuple[CodeProblem, ...]:
    """Why what ran proves nothing; nothing where one assert that can fail was reached."""
    reached = {(n, *place) for n, block in enumerate(result.blocks) for place in block.reached}
    if not honesty.readable:
        place = Place(note.code[0].line, note.code[0].column)
        return (
            CodeProblem("proof", "kb cannot read this code (another Python's, or nested too deeply)", place),
        )
    if honesty.asserts & reached:
        return ()
    checks = [p for p in note.code if p.check]
    if not checks:
        place = Place(note.code[-1].line, note.code[-1].column) if note.code else NOWHERE
        return (CodeProblem("proof", "no `python check` block proves it", place),)
    if honesty.weak:
        return honesty.weak
    place = Place(checks[0].line, checks[0].column)
    why = (
        "its asserts were not reached"
        if honesty.asserts
        else "its check holds no `assert` of what the code gives"
    )
    return (CodeProblem("proof", why, place),)
