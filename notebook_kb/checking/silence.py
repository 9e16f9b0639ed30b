"""Which findings are told: the severities that settings and heads chose, without what a section silences.

The one place for terminal, `--json`, preview and editor.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

from notebook_kb.findings import Severity

if TYPE_CHECKING:
    from collections.abc import Iterable

    from notebook_kb.findings import Finding
    from notebook_kb.model.note import Note
    from notebook_kb.notebook.notebook import Notebook

OFF = "off"


class Judged(NamedTuple):
    """Findings that are told, with the severities that were chosen, and those that a note silences."""

    shown: list[Finding]
    silenced: list[Finding]


def judged(notebook: Notebook, findings: Iterable[Finding]) -> Judged:
    """Findings as settings (`check:` of notebook.yml), heads (`check:`) and comments (`kb: off`) want them."""
    chosen = notebook.settings.check
    shown: list[Finding] = []
    silenced: list[Finding] = []
    for found in findings:
        note = notebook.notes.get(found.path)
        level = note.check.get(found.code, "") if note else ""
        level = level or chosen.get(found.code, "")
        if note and (is_silenced(note, found) or note.check.get(found.code) == OFF):
            silenced.append(found)
        elif level != OFF:
            shown.append(replace(found, severity=Severity(level)) if level else found)
    return Judged(shown, silenced)


def is_silenced(note: Note, found: Finding) -> bool:
    """Whether a comment of the note silences a finding where it stands."""
    if any(found.code in s.codes and s.covers(found.line) for s in note.silences):
        return True
    return any(
        found.code in section.silenced and first <= found.line <= last
        for section, first, last in note.section_lines()
    )
