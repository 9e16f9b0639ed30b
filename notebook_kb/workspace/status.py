"""The figures of `kb status` and bare `kb`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from notebook_kb.findings import count_by_severity
from notebook_kb.learning.coverage import count_states, cover
from notebook_kb.notebook.public import is_public
from notebook_kb.website.addresses import output_file
from notebook_kb.website.output import read_manifest
from notebook_kb.website.redirects import redirects
from notebook_kb.workspace.findings import all_findings

if TYPE_CHECKING:
    from notebook_kb.workspace.workspace import Workspace


def status_of(workspace: Workspace) -> dict[str, Any]:
    """Counts of notes, coverage and findings, and the state of the site, as plain data."""
    loaded = workspace.load()
    notebook = loaded.notebook
    public = sum(is_public(n, notebook.today) for n in notebook.notes.values())
    drafts = sum(n.draft for n in notebook.notes.values())
    table = cover(notebook, workspace.evidence(loaded))
    lead_on = {output_file(old.url) for old in redirects(workspace.public_site(loaded))[0]}
    written = set(read_manifest(workspace.output)) - lead_on
    pages = sum(name.endswith(".html") for name in written)
    return {
        "title": workspace.settings.title or notebook.roadmap.title,
        "notes": {
            "total": len(notebook.notes),
            "public": public,
            "draft": drafts,
            "private": len(notebook.notes) - public - drafts,
        },
        "coverage": {**count_states(table), "total": len(table)},
        "findings": count_by_severity(all_findings(workspace, loaded)),
        "site": f"{pages} pages in {workspace.settings.output}/" if pages else "not built yet: kb build",
    }
