"""What is wrong or worth knowing across notes: one file per family of findings."""

from __future__ import annotations

from typing import TYPE_CHECKING

from notebook_kb.checking.cards import card_findings
from notebook_kb.checking.embeds import embed_findings
from notebook_kb.checking.links import link_findings
from notebook_kb.checking.pictures import picture_findings
from notebook_kb.checking.privacy import privacy_findings
from notebook_kb.checking.silence import judged
from notebook_kb.checking.sources import source_findings

if TYPE_CHECKING:
    from notebook_kb.findings import Finding
    from notebook_kb.notebook.notebook import Notebook

FAMILIES = (link_findings, embed_findings, source_findings, privacy_findings, picture_findings, card_findings)


def check_notebook(notebook: Notebook) -> list[Finding]:
    """All findings of a whole notebook (not of its public view): of each note in turn, then of the rest.

    Severities are those that settings and heads chose; what is off or silenced is left out.
    """
    return judged(notebook, unjudged_findings(notebook)).shown


def unjudged_findings(notebook: Notebook) -> list[Finding]:
    """As `check_notebook`, before settings and notes have chosen."""
    found = [f for note in notebook.notes.values() for f in note.findings]
    for family in FAMILIES:
        found += family(notebook)
    order = {path: number for number, path in enumerate(notebook.notes)}
    found.sort(key=lambda f: (order.get(f.path, len(order)), f.line, f.column, f.code))
    return [*found, *notebook.findings]
