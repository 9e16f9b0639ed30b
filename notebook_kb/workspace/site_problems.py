"""What is wrong with the addresses of notes, which only the two sites can tell. Kept while a note is edited, as long as it
says nothing else of its address.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

from notebook_kb.checking.places import WHOLE_FILE, head_place
from notebook_kb.findings import Severity, finding
from notebook_kb.notebook.public import public_view
from notebook_kb.website.plan import Site
from notebook_kb.website.redirects import redirects

if TYPE_CHECKING:
    from notebook_kb.findings import Finding
    from notebook_kb.model.note import Note
    from notebook_kb.notebook.notebook import Change, Notebook
    from notebook_kb.website.redirects import Redirect

# what of a note its address and the site's own pages are made of; `sections` besides, see `address_facts`
FIELDS = (
    *("path", "type", "title", "concept", "source", "angle", "aliases", "tags", "text_tags", "hidden_tags"),
    *("date", "publish", "draft", "unclear", "slug", "permalink"),
)


@dataclass(frozen=True)
class SiteProblems:
    """Addresses that cannot be had, by the notes that want them. Without places: these move with every line."""

    notebook: Notebook

    @classmethod
    def of(cls, notebook: Notebook) -> SiteProblems:
        """Of a notebook (not of its public view); nothing is looked for before it is asked."""
        return cls(notebook)

    def after(self, change: Change) -> SiteProblems:
        """The same where the note says the same of its address."""
        return self if address_facts(change.old) == address_facts(change.new) else SiteProblems(change.after)

    @cached_property
    def clashes(self) -> dict[str, list[Finding]]:
        """Notes that want one address: an error on the public site, a warning while one of them is private."""
        found = self.public.address_findings()
        known = {f.path for f in found}
        mine = Site(self.notebook, {}, mine=True).address_findings()
        found += [replace(f, severity=Severity.WARNING) for f in mine if f.path not in known]
        table: dict[str, list[Finding]] = {}
        for one in found:
            table.setdefault(one.path, []).append(one)
        return table

    @cached_property
    def old_addresses(self) -> dict[str, list[tuple[Redirect, str]]]:
        """Old addresses of public notes that cannot lead to their page, with the reason."""
        table: dict[str, list[tuple[Redirect, str]]] = {}
        for old, why in redirects(self.public)[1]:
            table.setdefault(old.note, []).append((old, why))
        return table

    @cached_property
    def public(self) -> Site:
        """The public site, for its addresses alone."""
        return Site(public_view(self.notebook), {})


def address_facts(note: Note | None) -> tuple[object, ...]:
    """What of a note the addresses of the sites depend on."""
    if note is None:
        return ()
    sections = [(s.heading, s.part, s.angle, s.private, bool(s.words)) for s in note.sections]
    return (*(getattr(note, name) for name in FIELDS), sections)


def address_paths(notebook: Notebook) -> list[str]:
    """The notes that have such findings."""
    problems = notebook.index(SiteProblems)
    return [*problems.clashes, *(p for p in problems.old_addresses if p not in problems.clashes)]


def address_findings(notebook: Notebook, path: str) -> list[Finding]:
    """Those of one note: clashes at its `permalink:` or `slug:`, else at the whole file; old ones at its `aliases:`."""
    problems = notebook.index(SiteProblems)
    found = [at_its_key(notebook, clash) for clash in problems.clashes.get(path, ())]
    for old, why in problems.old_addresses.get(path, ()):
        place = head_place(notebook, path, "aliases", old.alias)
        message = f"the old address `{old.url}` cannot lead here: {why}"
        found.append(finding("KB207", message, "take it out of `aliases:`", path=path, place=place))
    return found


def at_its_key(notebook: Notebook, clash: Finding) -> Finding:
    """A clash at the key of the head that makes it, else at the whole file."""
    for key in ("permalink", "slug"):
        place = head_place(notebook, clash.path, key)
        if place != WHOLE_FILE:
            line, column, end_line, end_column = place
            return replace(clash, line=line, column=column, end_line=end_line, end_column=end_column)
    return clash
