"""All findings of an opened notebook: the checks, and what only its sites can tell."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from notebook_kb.checking import check_notebook
from notebook_kb.checking.places import WHOLE_FILE, head_place
from notebook_kb.findings import Severity, finding, with_severities
from notebook_kb.website.attachments import public_bytes
from notebook_kb.website.redirects import redirects
from notebook_kb.workspace.cards import history_findings

if TYPE_CHECKING:
    from notebook_kb.findings import Finding
    from notebook_kb.notebook.load import Loaded
    from notebook_kb.notebook.notebook import Notebook
    from notebook_kb.website.plan import Site
    from notebook_kb.workspace.workspace import Workspace


def all_findings(workspace: Workspace, loaded: Loaded) -> list[Finding]:
    """Everything that `kb check` says of a notebook, with the severities that its settings chose."""
    public = workspace.public_site(loaded)
    found = [
        *address_findings(loaded.notebook, public, workspace.private_site(loaded)),
        *old_address_findings(loaded.notebook, public),
        *attachment_findings(public.notebook),
        *history_findings(workspace, loaded.notebook),
    ]
    return [
        *check_notebook(loaded.notebook, workspace.evidence(loaded)),
        *with_severities(found, workspace.settings.check),
    ]


def address_findings(notebook: Notebook, public: Site, mine: Site) -> list[Finding]:
    """Notes that want one address: an error on the public site, a warning while one of them is private."""
    found = public.address_findings()
    known = {f.path for f in found}
    found += [replace(f, severity=Severity.WARNING) for f in mine.address_findings() if f.path not in known]
    return [at_its_key(notebook, f) for f in found]


def at_its_key(notebook: Notebook, clash: Finding) -> Finding:
    """A clash at the `permalink:` or `slug:` that makes it, else at the whole file."""
    for key in ("permalink", "slug"):
        place = head_place(notebook, clash.path, key)
        if place != WHOLE_FILE:
            line, column, end_line, end_column = place
            return replace(clash, line=line, column=column, end_line=end_line, end_column=end_column)
    return clash


def old_address_findings(notebook: Notebook, public: Site) -> list[Finding]:
    """Old addresses of public notes that cannot lead to their page, at the head's `aliases:`."""
    found = []
    for old, why in redirects(public)[1]:
        place = head_place(notebook, old.note, "aliases", old.alias)
        message = f"the old address `{old.url}` cannot lead here: {why}"
        found.append(finding("KB207", message, "take it out of `aliases:`", path=old.note, place=place))
    return found


def attachment_findings(public: Notebook) -> list[Finding]:
    """Pictures that a public page shows and that are not published as they are."""
    found: list[Finding] = []
    for name in public.files:
        if not name.casefold().endswith(".svg"):
            continue
        try:
            _, bad = public_bytes(public.root / name, name)
        except OSError as error:
            bad = finding("KB604", f"this file cannot be read: {error.strerror}", path=name)
        found += [bad] if bad else []
    return found
