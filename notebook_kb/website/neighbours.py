"""What stands around a page: the concepts it stands on and unlocks, the pages that link to it and that it links to."""

from __future__ import annotations

from typing import TYPE_CHECKING

from notebook_kb.rendering.neighbourhood import Neighbour, draw_neighbourhood
from notebook_kb.website.addresses import relative_url

if TYPE_CHECKING:
    from collections.abc import Iterator

    from notebook_kb.model.note import Note
    from notebook_kb.model.roadmap import Concept
    from notebook_kb.website.plan import Site


def around_concept(site: Site, concept: Concept, url: str) -> str:
    """The picture on a concept's page, '' where there is little around it."""
    note = site.notebook.concept_note(concept.id)
    found = [_concept(site, c, "needs", url) for c in concept.needs if c in site.coverage and c != concept.id]
    found += [_concept(site, c, "unlocks", url) for c in site.notebook.roadmap.unlocks(concept.id)]
    if note:
        found += _linked(site, note, url)
    state = str(site.coverage[concept.id].state)
    title = site.title(note) if note else concept.title
    return draw_neighbourhood(title, state, _once(found), words=site.notebook.pack.words)


def around_note(site: Site, note: Note, url: str) -> str:
    """The picture on another note's page."""
    found = list(_linked(site, note, url))
    return draw_neighbourhood(site.title(note), "", _once(found), words=site.notebook.pack.words)


def _once(found: list[Neighbour]) -> tuple[Neighbour, ...]:
    """Each page or concept once: a prerequisite that also links here is a prerequisite."""
    seen: dict[tuple[str, str], Neighbour] = {}
    for item in found:
        seen.setdefault((item.url, "" if item.url else item.title), item)
    return tuple(seen.values())


def _linked(site: Site, note: Note, url: str) -> Iterator[Neighbour]:
    """Pages that link here, then pages that this one links to."""
    for path in dict.fromkeys(
        link.note.path for link in site.notebook.backlinks.get(note.path, ()) if not link.reference.private
    ):
        if path in site.urls and path != note.path:
            yield _page(site, path, "from", url)
    for path in site.links_out.get(note.path, ()):
        if path in site.urls and path != note.path:
            yield _page(site, path, "to", url)


def _page(site: Site, path: str, relation: str, url: str) -> Neighbour:
    note = site.notebook.notes[path]
    concept = site.notebook.concept_of(note)
    if concept and site.concept_page(concept) == site.urls[path]:
        return _concept(site, concept, relation, url, site.title(note))
    return Neighbour(site.title(note), relation, relative_url(site.urls[path], url))


def _concept(site: Site, concept: str, relation: str, url: str, title: str = "") -> Neighbour:
    item = site.coverage[concept]
    page = site.concept_page(concept)
    return Neighbour(
        title or item.concept.title,
        relation,
        relative_url(page, url) if page else "",
        str(item.state),
        item.concept.kind == "application",
    )
