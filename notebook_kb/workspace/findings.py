"""All findings of an opened notebook, or of one note of it: the checks, and what only its sites and its history can tell."""

from __future__ import annotations

from typing import TYPE_CHECKING

from notebook_kb import checking
from notebook_kb.checking import unjudged_findings, unjudged_of
from notebook_kb.checking.silence import judged
from notebook_kb.findings import finding
from notebook_kb.notebook.public import public_view
from notebook_kb.website.attachments import public_bytes
from notebook_kb.workspace.history_problems import history_findings
from notebook_kb.workspace.own_words import source_findings
from notebook_kb.workspace.site_problems import SiteProblems, address_facts, address_findings, address_paths

if TYPE_CHECKING:
    from collections.abc import Iterator

    from notebook_kb.checking.silence import Judged
    from notebook_kb.findings import Finding
    from notebook_kb.model.note import Note
    from notebook_kb.notebook.load import Loaded
    from notebook_kb.notebook.notebook import Notebook
    from notebook_kb.workspace.own_words import Shelf
    from notebook_kb.workspace.workspace import Workspace


def all_findings(workspace: Workspace, loaded: Loaded) -> list[Finding]:
    """Everything that `kb check` says of a notebook, as its settings and notes want to hear it."""
    return judged_findings(workspace, loaded).shown


def judged_findings(workspace: Workspace, loaded: Loaded) -> Judged:
    """All findings: those that are told, and those that notes silence."""
    found = unjudged_findings(loaded.notebook, workspace.evidence(loaded))
    return judged(loaded.notebook, [*found, *other_findings(loaded.notebook, workspace.shelf)])


def findings_of(workspace: Workspace, loaded: Loaded, path: str) -> list[Finding]:
    """What `kb check` says of one note, in the order of its text; of an editor's unsaved text too. Milliseconds, where the
    snapshot was made from another one by `Loader.overlay` or `Loader.refresh`.
    """
    notebook = loaded.notebook
    if path not in notebook.notes:
        return judged(notebook, [f for f in notebook.findings if f.path == path]).shown
    own = unjudged_of(notebook, path, workspace.evidence_for(loaded, path))
    found = judged(
        notebook, [*own, *address_findings(notebook, path), *history_findings(notebook, path)]
    ).shown
    return sorted(found, key=lambda f: (f.line, f.column, f.code))


def dependents(before: Notebook, after: Notebook, path: str) -> set[str]:
    """The notes whose `findings_of` may differ between two snapshots in which the note at `path` alone does."""
    found = checking.dependents(before, after, path)
    then, now = before.index(SiteProblems), after.index(SiteProblems)
    if then is not now:
        for table, other in ((then.clashes, now.clashes), (then.old_addresses, now.old_addresses)):
            found |= {p for p in {*table, *other} if table.get(p) != other.get(p)}
    paths = (f.path for side in (before, after) for f in history_findings(side))
    return found | {p for p in paths if p in after.notes}


def other_findings(notebook: Notebook, shelf: Shelf) -> Iterator[Finding]:
    """What is found in no note alone: addresses, attachments, the history, texts of sources."""
    yield from site_findings(notebook)
    yield from history_findings(notebook)
    yield from source_findings(notebook, shelf)


def site_findings(notebook: Notebook) -> Iterator[Finding]:
    """What only the sites can tell: `site_facts` of the notes and the attachments' bytes decide it."""
    for path in address_paths(notebook):
        yield from address_findings(notebook, path)
    yield from attachment_findings(notebook)


def site_facts(note: Note | None) -> object:
    """What of a note the findings of the sites depend on, but for places."""
    if note is None:
        return None
    shown = [(r.target, r.private) for r in note.references]
    return address_facts(note), shown, note.image, note.met_in


def attachment_findings(notebook: Notebook) -> Iterator[Finding]:
    """Pictures that a public page shows and that are not published as they are."""
    problems = notebook.index(SiteProblems)
    # what is known of addresses may be older than the links
    public = problems.public.notebook if problems.notebook is notebook else public_view(notebook)
    for name in public.files:
        if not name.casefold().endswith(".svg"):
            continue
        try:
            _, bad = public_bytes(notebook.root / name, name)
        except OSError as error:
            bad = finding("KB604", f"this file cannot be read: {error.strerror}", path=name)
        if bad:
            yield bad
