"""Findings about code from scratch, from what is known of its runs. Code that was not run is coverage's."""

from __future__ import annotations

from typing import TYPE_CHECKING

from notebook_kb.findings import finding
from notebook_kb.model.evidence import CodeState
from notebook_kb.notebook.names import as_argument

if TYPE_CHECKING:
    from collections.abc import Iterator

    from notebook_kb.findings import Finding
    from notebook_kb.model.evidence import Evidence
    from notebook_kb.model.note import Note
    from notebook_kb.notebook.notebook import Notebook

CODES = {"error": "KB901", "assert": "KB903", "proof": "KB903", "damaged": "KB905"}


def of_note(notebook: Notebook, note: Note, evidence: Evidence) -> Iterator[Finding]:
    """The findings of one note's code."""
    known = evidence.code_of(note.path)
    name = as_argument(notebook.concept_of(note) or note.path)
    again = f"then `kb run {name}`"
    hints = {
        "KB901": f"mend it there, {again}",
        "KB902": "write that step yourself; in a `python check` block references may be called",
        "KB903": f"compare what the code gives with a value that you know, {again}",
        "KB905": f"`kb run {name}` writes it anew",
    }
    for problem in known.problems:
        code = CODES.get(problem.what, "KB902")
        if problem.what == "proof" and not any(p.check for p in note.code):
            continue  # missing, not wrong
        message = problem.message
        if code == "KB905":
            message = f"{notebook.settings.state}/results/{note.path}.json: {message}"
        elif code == "KB901":
            message = f"the code failed: {message}"
        elif code == "KB903":
            message = f"this check proves nothing: {message}"
        yield finding(code, message, hints[code], path=note.path, place=problem.place)
    if known.state is CodeState.CHANGED:
        line = note.code[0].line if note.code else 0
        message = "the code has changed since it was run"
        yield finding(
            "KB904", message, f"`kb run {name}` runs it again", path=note.path, place=(line, 1, 0, 0)
        )
