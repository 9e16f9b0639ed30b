"""What is wrong or worth knowing in notes: one file per family of findings.

A family is a function `(notebook, note, evidence) -> Iterable[Finding]` that gives the findings of one note, all with
its path; what it needs of other notes it asks the notebook's indexes for, or one of its own (`Notebook.index`). Beside it
stands a function of a `Change` that names the other notes whose findings may differ when one note changed:

    FAMILIES = (…, Family(symbols.of_note, symbols.others))

`Family(of_note)` alone is for what looks at nothing but the note and its evidence. `whole(function, others)` makes a family
of a function of the whole notebook; it is asked again for each snapshot, so that is for what is cheap.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from notebook_kb.checking import cards, code, embeds, links, own_words, pictures, privacy, sources, symbols
from notebook_kb.checking.family import Family, same_concepts, whole
from notebook_kb.checking.silence import judged
from notebook_kb.model.evidence import NO_EVIDENCE
from notebook_kb.notebook.notebook import Change

if TYPE_CHECKING:
    from notebook_kb.findings import Finding
    from notebook_kb.model.evidence import Evidence
    from notebook_kb.notebook.notebook import Notebook

__all__ = ["FAMILIES", "Family", "check_note", "check_notebook", "dependents", "unjudged_findings", "whole"]

FAMILIES = (
    Family(links.of_note, links.others),
    Family(embeds.of_note, embeds.others),
    Family(sources.of_note, same_concepts),
    Family(privacy.of_note, privacy.others),
    Family(pictures.of_note, links.others),
    Family(cards.of_note, cards.others),
    Family(own_words.of_note, same_concepts),
    Family(symbols.of_note, symbols.others),
    Family(code.of_note),
)


def check_note(notebook: Notebook, path: str, evidence: Evidence = NO_EVIDENCE) -> list[Finding]:
    """All findings of one note, in the order of its text; [] where there is no such note.

    Severities are those that settings and heads chose; what is off or silenced is left out.
    """
    return judged(notebook, unjudged_of(notebook, path, evidence)).shown


def unjudged_of(notebook: Notebook, path: str, evidence: Evidence) -> list[Finding]:
    """As `check_note`, before settings and notes have chosen."""
    note = notebook.notes.get(path)
    if note is None:
        return []
    found = [*note.findings, *(f for family in FAMILIES for f in family.of_note(notebook, note, evidence))]
    return sorted(found, key=lambda f: (f.line, f.column, f.code))


def check_notebook(notebook: Notebook, evidence: Evidence = NO_EVIDENCE) -> list[Finding]:
    """All findings of a whole notebook (not of its public view): of each note in turn, then of the rest."""
    return judged(notebook, unjudged_findings(notebook, evidence)).shown


def unjudged_findings(notebook: Notebook, evidence: Evidence = NO_EVIDENCE) -> list[Finding]:
    """As `check_notebook`, before settings and notes have chosen."""
    found = [f for path in notebook.notes for f in unjudged_of(notebook, path, evidence)]
    return [*found, *notebook.findings]


def dependents(before: Notebook, after: Notebook, path: str) -> set[str]:
    """The notes whose findings may differ between two snapshots in which the note at `path` alone does: itself, and others
    that have to do with it. Notes that are gone are among them.
    """
    change = Change(before, after, path, before.notes.get(path), after.notes.get(path))
    return {path}.union(*(family.others(change) for family in FAMILIES))
