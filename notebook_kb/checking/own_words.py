"""Explanations whose words stand in an excerpt of their source, each at its place."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from notebook_kb.findings import finding
from notebook_kb.model.evidence import Verdict

if TYPE_CHECKING:
    from collections.abc import Iterator

    from notebook_kb.findings import Finding
    from notebook_kb.model.evidence import Evidence, SharedRun
    from notebook_kb.model.note import Note
    from notebook_kb.notebook.notebook import Notebook

COPIED, CLOSE = "KB801", "KB802"
LONGEST = 60
DASH = re.compile(r"\s+[—–-]\s")
QUOTE_IT = "say it your own way, or mark it as a quote with >"
TRY_AGAIN = "try again with the source closed?"


def of_note(_: Notebook, note: Note, evidence: Evidence) -> Iterator[Finding]:
    """KB801 and KB802 of a note."""
    for number, overlap in sorted(evidence.overlaps.get(note.path, {}).items()):
        if number >= len(note.sections) or overlap.verdict not in {Verdict.COPIED, Verdict.CLOSE}:
            continue
        section = note.sections[number]
        name = DASH.split(section.heading, maxsplit=1)[0] or note.title
        for run in overlap.runs:
            yield run_finding(run).at(note.path)
        if not overlap.runs:
            p = section.place
            code = COPIED if overlap.verdict is Verdict.COPIED else CLOSE
            message = f"{percent(overlap.share)} of the words of “{name}” stand in phrases of your excerpts"
            yield finding(code, message, TRY_AGAIN, path=note.path, place=(p.line, p.column, 0, 0))


def run_finding(run: SharedRun) -> Finding:
    """The finding of one place."""
    where = f"{run.source}:{run.source_line}" if run.source_line else run.source
    words = run.words if len(run.words) <= LONGEST else run.words[:LONGEST].rsplit(" ", 1)[0] + " …"
    code = COPIED if run.copied else CLOSE
    p = run.place
    place = (p.line, p.column, p.end_line, p.end_column) if p.column else (p.line, 0, 0, 0)
    if run.in_a_row:
        message = f"{run.length} words in a row also stand in your excerpt ({where}): “{words}”"
        return finding(code, message, QUOTE_IT if code == COPIED else TRY_AGAIN, place=place)
    message = f"{run.length} words of this sentence stand in phrases of your excerpt ({where}): “{words}”"
    return finding(code, message, TRY_AGAIN, place=place)


def percent(share: float) -> str:
    """A share as people say it."""
    return f"{round(share * 100)} %"
