"""Concept pages: the ladder with its gaps, the synthesis, and what stands around the concept."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from notebook_kb.learning.coverage import State, distinct_explanations, is_covered, wanted_explanations
from notebook_kb.model.note import NoteType, Part
from notebook_kb.website import views as v
from notebook_kb.website.neighbours import around_concept
from notebook_kb.website.plan import SHOWN_PART_TITLES, PagePlan

if TYPE_CHECKING:
    from collections.abc import Iterator

    from notebook_kb.learning.coverage import ConceptCoverage
    from notebook_kb.model.note import Note
    from notebook_kb.model.roadmap import Concept
    from notebook_kb.notebook.notebook import Explanation
    from notebook_kb.website.plan import Site

DRAWN = ("visual", "simple", "formal")


def concept_pages(site: Site) -> Iterator[PagePlan]:
    """A page for each concept with a note or a reading."""
    for concept in site.notebook.roadmap.concepts.values():
        url = site.concept_page(concept.id)
        if url:
            note = site.notebook.concept_note(concept.id)
            yield PagePlan(url, "concept.html", concept_view(site, concept, url), note.path if note else "")


def concept_view(site: Site, concept: Concept, url: str) -> v.ConceptView:
    """What one concept's page shows."""
    site.filler.begin(url)
    notebook = site.notebook
    note = notebook.concept_note(concept.id)
    item = site.coverage[concept.id]
    area = next(a for a in notebook.roadmap.areas if concept.id in a.concepts)
    rungs = tuple(ladder(site, concept, url))
    first, sections = own_sections(site, note, url) if note else ((), ())
    own_html, own_title = synthesis(site, note, url)
    elsewhere = item.own == "written" and not own_html
    toc = contents(site, first, rungs, sections, landing=not elsewhere)
    if note:
        head = site.note_head(note, "concept", toc, "concepts")
    else:
        head = site.head(concept.title, url, "concept", toc=toc, nav="concepts", description=concept.why)
    return v.ConceptView(
        head=head,
        area=v.LinkView(area.title, f"{site.page('roadmap')}#{area.id}"),
        position=area.concepts.index(concept.id) + 1,
        total=len(area.concepts),
        state=str(item.state),
        state_sentence=state_sentence(site, item, rungs),
        lead_html=lead(site, note, url),
        marks=site.marks(concept.id),
        rungs=rungs,
        own_html=own_html,
        own_title=own_title,
        first=first,
        sections=sections,
        own_elsewhere=elsewhere,
        needs=tuple(site.concept_link(c) for c in concept.needs if c in site.coverage),
        unlocks=tuple(site.concept_link(c) for c in notebook.roadmap.unlocks(concept.id)),
        backlinks=site.backlinks(note.path) if note else (),
        problems=tuple(
            v.LinkView(p.title, f"{site.page('roadmap')}#{p.id}")
            for p in notebook.roadmap.problems
            if concept.id in p.concepts
        ),
        enough=distinct_explanations(item.angles) >= wanted_explanations(notebook, concept),
        around_svg=around_concept(site, concept, url),
        known=known_sentence(site, concept),
    )


def known_sentence(site: Site, concept: Concept) -> str:
    """How much is known, with its counts: `known 83 % (3 of 5 cards)`; '' where nobody may see it."""
    known = site.known.get(concept.id)
    if known is None or not known.cards:
        return ""
    return site.word(
        "known_counts", known=site.known_words(concept.id), reviewed=known.reviewed, cards=known.cards
    )


def lead(site: Site, note: Note | None, url: str) -> str:
    """The sentence under the title: the note's first paragraph, else its description."""
    if note is None:
        return ""
    for piece in site.filler.pieces(note):
        if piece.get("lead"):
            return site.filler.fill(piece["lead"], note, url)
    return escape(note.description, quote=False)


def ladder(site: Site, concept: Concept, url: str) -> Iterator[v.RungView]:
    """The rungs in the roadmap's order of angles; a missing one stays in its place."""
    explanations = [e for e in site.notebook.explanations.get(concept.id, ()) if e.section.words]
    for number, angle in enumerate(site.notebook.roadmap.angles.values(), start=1):
        written = [e for e in explanations if e.angle == angle.id]
        for order, explanation in enumerate(written):
            yield rung(site, explanation, number, order, url)
        if not written:
            suggestion, place = suggest_source(site, concept, angle.id)
            yield v.RungView(
                angle=angle.id,
                number=number,
                title=angle.title,
                ask=angle.ask,
                anchor=angle.id,
                suggestion=suggestion,
                suggestion_place=place,
            )


def rung(site: Site, explanation: Explanation, number: int, order: int, url: str) -> v.RungView:
    """One explanation that is written."""
    angle = site.notebook.roadmap.angles[explanation.angle]
    note = explanation.note
    piece = site.filler.pieces(note)[explanation.index]
    from_reading = note.type is NoteType.READING
    return v.RungView(
        angle=angle.id,
        number=number,
        title=angle.title,
        ask=short_ask(angle.ask),
        anchor=angle.id if not order else f"{angle.id}-{order + 1}",
        html=site.filler.fill(piece["body"], note, url),
        badge=site.badge(explanation.citation),
        via=v.LinkView(site.title(note), site.urls[note.path]) if from_reading else None,
        words=explanation.section.words,
    )


def short_ask(ask: str) -> str:
    """The question alone, without the instruction behind it."""
    first = ask.split("?", maxsplit=1)[0]
    return first + "?" if "?" in ask else ask.rstrip(".")


def suggest_source(site: Site, concept: Concept, angle: str) -> tuple[v.LinkView | None, str]:
    """A source of the roadmap that could fill a gap, and the place in it."""
    for resource_id, place in concept.read.items():
        resource = site.notebook.roadmap.resources.get(resource_id)
        if resource and resource.angle == angle:
            return v.LinkView(resource.title, site.page(f"sources/{resource.id}")), place
    return None, ""


def synthesis(site: Site, note: Note | None, url: str) -> tuple[str, str]:
    """(HTML, title) of what the explanations come to."""
    title = site.word("in_my_words")
    if note is None:
        return "", title
    pieces = site.filler.pieces(note)
    own = [
        site.filler.fill(piece["body"], note, url)
        for section, piece in zip(note.sections, pieces, strict=True)
        if section.part is Part.OWN and section.words and shown(site, section.private)
    ]
    return "".join(own), title


def shown(site: Site, private: bool) -> bool:
    """Whether a section is on the page."""
    return site.mine or not private


def own_sections(
    site: Site, note: Note, url: str
) -> tuple[tuple[v.SectionView, ...], tuple[v.SectionView, ...]]:
    """(the sections that stand before the first explanation, those below the ladder), in the note's order."""
    found = list(other_sections(site, note, url))
    first = next(
        (i for i, s in enumerate(note.sections) if s.part in {Part.ANGLE, Part.OWN}), len(note.sections)
    )
    return tuple(s for i, s in found if i < first), tuple(s for i, s in found if i >= first)


def other_sections(site: Site, note: Note, url: str) -> Iterator[tuple[int, v.SectionView]]:
    """(index, section) of all that is no explanation and no synthesis. An empty part of a scaffold is not shown."""
    level = 1
    for i, (section, piece) in enumerate(zip(note.sections, site.filler.pieces(note), strict=True)):
        if section.part in {Part.ANGLE, Part.OWN} or not shown(site, section.private):
            continue
        html = site.filler.fill(piece["body"], note, url)
        title = section.heading if section.level > 1 else ""
        if not html.strip() and (section.part is not Part.OTHER or not title):
            continue
        if section.part in SHOWN_PART_TITLES:
            title = site.word(SHOWN_PART_TITLES[section.part])
        css = "private" if section.private else str(section.part)
        # no level is left out, whatever the note does
        level = min(max(section.level, 2), level + 1, 6) if title and section.part is Part.OTHER else 2
        yield i, v.SectionView(section.anchor or "text", title, html, css, level)


def contents(
    site: Site,
    first: tuple[v.SectionView, ...],
    rungs: tuple[v.RungView, ...],
    sections: tuple[v.SectionView, ...],
    *,
    landing: bool,
) -> tuple[v.TocItem, ...]:
    """The page's contents."""
    items = [v.TocItem(s.anchor, s.title, s.level > 2) for s in first if s.title and s.level <= 3]
    items.append(v.TocItem("ladder", site.word("explanations")))
    items += [v.TocItem(r.anchor, f"{r.number} {r.title}", sub=True) for r in rungs if r.html]
    if landing:
        items.append(v.TocItem("own", site.word("in_my_words")))
    items += [v.TocItem(s.anchor, s.title, s.level > 2) for s in sections if s.title and s.level <= 3]
    return (*items, v.TocItem("around", site.word("around_it")))


def state_sentence(site: Site, item: ConceptCoverage, rungs: tuple[v.RungView, ...]) -> str:
    """How far the concept is written, in one or two sentences."""
    word = site.word(str(item.state))
    if item.state is State.SOLID:
        return f"{word}."
    if not is_covered(item.state):
        written = sum(bool(r.html) for r in rungs)
        total = len(site.notebook.roadmap.angles)
        return f"{word}. " + site.word("explanations_of", written=min(written, total), total=total) + "."
    return f"{word}."
