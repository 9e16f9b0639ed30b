"""What keeps a note's code from counting as code from scratch that is right."""

from __future__ import annotations

from typing import TYPE_CHECKING

from notebook_kb.model.evidence import CodeState
from notebook_kb.model.note import Part

if TYPE_CHECKING:
    from notebook_kb.model.evidence import CodeEvidence
    from notebook_kb.model.note import Note

NOT_JUDGED = "not judged"
# lines and commands of other states are in their problems
COMMANDS = {
    CodeState.NOT_RUN: "not run: `kb run {name}`",
    CodeState.CHANGED: "changed since it was run: `kb run {name}`",
}


def code_wanting(concept: str, note: Note | None, known: CodeEvidence) -> tuple[str, int] | None:
    """(why the code does not count yet, the line) for a concept whose roadmap asks for code; None where it counts.
    `NOT_JUDGED` where nothing is known of its results.
    """
    section = next((s for s in note.sections if s.part is Part.CODE), None) if note else None
    if note is None or not note.code_key:
        return "the roadmap asks for code from scratch", section.place.line if section else 0
    first = note.code[0].line if note.code else section.place.line if section else 0
    if known.state is CodeState.PASSED:
        return None
    if known.state is CodeState.NONE:
        return NOT_JUDGED, first
    if known.state in COMMANDS:
        return COMMANDS[known.state].format(name=concept), first
    problem = next(
        (p for p in known.problems if (p.what == "error") == (known.state is CodeState.FAILED)), None
    )
    if problem is None:
        return str(known.state), first
    if known.state is CodeState.FAILED:
        return f"failed at line {problem.place.line}: {problem.message}", problem.place.line
    return problem.message, problem.place.line
