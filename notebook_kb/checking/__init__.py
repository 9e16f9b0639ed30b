"""What is wrong or worth knowing across notes: one file per family of findings."""

from __future__ import annotations

from typing import TYPE_CHECKING

from notebook_kb.checking import code
from notebook_kb.checking.cards import card_findings
from notebook_kb.checking.embeds import embed_findings
from notebook_kb.checking.links import link_findings
from notebook_kb.checking.privacy import privacy_findings
from notebook_kb.checking.sources import source_findings
from notebook_kb.findings import with_severities
from notebook_kb.model.evidence import NO_EVIDENCE

if TYPE_CHECKING:
    from notebook_kb.findings import Finding
    from notebook_kb.model.evidence import Evidence
    from notebook_kb.notebook.notebook import Notebook

FAMILIES = (link_findings, embed_findings, source_findings, privacy_findings, card_findings)


def check_notebook(notebook: Notebook, evidence: Evidence = NO_EVIDENCE) -> list[Finding]:
    """All findings of a whole notebook (not of its public view): of each note in turn, then of the rest.

    Severities are those that the settings' `check:` chose; codes that are off are left out.
    """
    found = [f for note in notebook.notes.values() for f in note.findings]
    for family in FAMILIES:
        found += family(notebook)
    found += [f for note in notebook.notes.values() for f in code.of_note(notebook, note, evidence)]
    order = {path: number for number, path in enumerate(notebook.notes)}
    found.sort(key=lambda f: (order.get(f.path, len(order)), f.line, f.column, f.code))
    return with_severities([*found, *notebook.findings], notebook.settings.check)
