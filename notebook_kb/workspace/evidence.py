"""What is known of the notes besides their text."""

from __future__ import annotations

from typing import TYPE_CHECKING

from notebook_kb.model.evidence import Evidence
from notebook_kb.running.evidence import code_evidence

if TYPE_CHECKING:
    from notebook_kb.notebook.notebook import Notebook


def evidence_of(notebook: Notebook) -> Evidence:
    """The evidence of a whole notebook (not of its public view)."""
    return Evidence(code=code_evidence(notebook.root / notebook.settings.state, notebook))
