"""Pages that gather: front page, concepts, compare, roadmap, sources, posts, tags, archive, portfolio, search, 404."""

from __future__ import annotations

import re
from html import escape, unescape
from typing import TYPE_CHECKING

from notebook_kb.learning.coverage import State, count_states, is_covered
from notebook_kb.model.note import NoteType, Part
from notebook_kb.rendering.roadmap_map import draw_map
from notebook_kb.rendering.unicode_math import unicode_math
from notebook_kb.website import views as v
from notebook_kb.website.addresses import INDEX_URL, relative_url
from notebook_kb.website.pages.archive import archive
from notebook_kb.website.pages.portfolio import portfolio
from notebook_kb.website.pages.spoken import spoken_formula
from notebook_kb.website.plan import PagePlan, with_parents

if TYPE_CHECKING:
    from collections.abc import Iterator

    from notebook_kb.model.note import Note
    from notebook_kb.model.roadmap import Resource
    from notebook_kb.website.plan import Site

LATEST = 5
DESK = 4
EXCERPT = 180
FIGURE = re.compile(r'<figure class="fig">.*?</figure>', re.DOTALL)


def index_pages(site: Site) -> Iterator[PagePlan]:
    """All of them; tags and sources one page each."""
    yield PagePlan(site.page(""), "home.html", home(site))
    yield PagePlan(site.page("concepts"), "concepts.html", concepts(site))
    yield PagePlan(site.page("compare"), "compare.html", compare(site))
    yield PagePlan(site.page("roadmap"), "roadmap.html", roadmap(site))
    yield PagePlan(site.page("posts"), "list.html", posts(site))
    yield PagePlan(site.page("archive"), "archive.html", archive(site))
    yield PagePlan(site.page("portfolio"), "portfolio.html", portfolio(site))
    sources = [source(site, r) for r in site.notebook.roadmap.resources.values()]
    yield PagePlan(site.page("sources"), "sources.html", all_sources(site, sources))
    for view in sources:
        yield PagePlan(view.head.url, "source.html", view)
    yield from tag_pages(site)
    head = site.head(site.word("search"), site.page("search"), "search", nav="search")
    yield PagePlan(site.page("search"), "search.html", v.SearchView(head, INDEX_URL))
    head = site.head(site.word("page_not_found"), "/404.html", "message")
    yield PagePlan("/404.html", "message.html", v.MessageView(head, site.word("page_not_found_text")))


def home(site: Site) -> v.HomeView:
    """The front page."""
    notebook = site.notebook
    all_posts = site.posts()
    lines = [site.post_line(n) for n in all_posts[:LATEST]]
    if lines:
        lines[0] = with_figure(site, all_posts[0], lines[0])
    counts = count_states(site.coverage)
    covered = counts["covered"] + counts["solid"]
    spoken = spoken_formula(site)
    return v.HomeView(
        head=site.head(
            notebook.settings.title or notebook.roadmap.title,
            site.page(""),
            "home",
            description=notebook.settings.description,
        ),
        lead=(site.front_note.lead if site.front_note else "") or notebook.settings.description,
        spoken=spoken.pieces,
        spoken_concept=spoken.concept,
        spoken_aloud=spoken.aloud,
        posts=tuple(lines),
        post_count=len(all_posts),
        desk=tuple(desk(site)),
        progress=site.word("progress", covered=covered, total=len(site.coverage), solid=counts["solid"]),
        concepts=tuple(site.concept_link(c) for c in by_state(site)),
        problems=tuple(problems(site)),
    )


def by_state(site: Site) -> list[str]:
    """Concepts, the furthest first, else in the roadmap's order."""
    order = list(State)
    return sorted(site.coverage, key=lambda c: -order.index(site.coverage[c].state))


def with_figure(site: Site, note: Note, line: v.PostLine) -> v.PostLine:
    """The newest post with its first figure."""
    for section, piece in zip(note.sections, site.filler.pieces(note), strict=True):
        if section.private:
            continue
        match = FIGURE.search(piece["body"])
        if match:
            html = site.filler.fill(match[0], note, site.page(""))
            return v.PostLine(line.title, line.url, line.date, line.description, html, line.badges)
    return line


def desk(site: Site) -> Iterator[v.ConceptLink]:
    """Concepts that are begun and not covered, with what comes next for each."""
    started = [c for c in site.coverage.values() if c.state is State.STARTED and c.note]
    for item in started[:DESK]:
        first = item.missing[0] if item.missing else None
        hint = ""
        if first:
            angle = site.notebook.roadmap.angles.get(first.angle)
            name = angle.title if angle else site.word("in_my_words")
            hint = site.word("next_is", what=name)
        yield site.concept_link(item.concept.id, hint)


def areas(site: Site, *, written_only: bool = False) -> Iterator[v.AreaView]:
    """Areas with their concepts."""
    for area in site.notebook.roadmap.areas:
        kept = [c for c in area.concepts if not written_only or site.concept_page(c)]
        covered = sum(is_covered(site.coverage[c].state) for c in area.concepts)
        links = tuple(site.concept_link(c) for c in kept)
        if links:
            yield v.AreaView(area.title, area.id, covered, len(area.concepts), links, area.why)


def problems(site: Site) -> Iterator[v.ProblemView]:
    """Problems one can come with."""
    for item in site.notebook.roadmap.problems:
        links = tuple(site.concept_link(c) for c in item.concepts if c in site.coverage)
        if links:
            yield v.ProblemView(item.title, item.id, links)


def concepts(site: Site) -> v.ConceptsView:
    """Concepts that have something written."""
    head = site.head(site.word("concepts"), site.page("concepts"), "concepts", nav="concepts")
    return v.ConceptsView(head, tuple(areas(site, written_only=True)), site.page("compare"))


def roadmap(site: Site) -> v.RoadmapView:
    """The map and the problems."""
    url = site.page("roadmap")
    states = {c: str(item.state) for c, item in site.coverage.items()}
    urls = {c: relative_url(site.concept_page(c), url) for c in site.coverage if site.concept_page(c)}
    known = {c: k.mean for c, k in site.known.items() if k.mean is not None}
    svg = draw_map(site.notebook.roadmap, states, urls, words=site.notebook.pack.words, known=known)
    return v.RoadmapView(
        site.head(site.word("the_roadmap"), url, "roadmap", nav="roadmap"),
        site.word("roadmap_lead"),
        svg,
        count_states(site.coverage),
        tuple(areas(site)),
        tuple(problems(site)),
        has_known=bool(known),
    )


def compare(site: Site) -> v.CompareView:
    """Concepts × angles."""
    angles = site.notebook.roadmap.angles
    rows = []
    for concept in site.coverage:
        explanations = [e for e in site.notebook.explanations.get(concept, ()) if e.section.words]
        if not explanations:
            continue
        url = site.concept_page(concept)
        cells = []
        for angle in angles:
            written = [e for e in explanations if e.angle == angle]
            cells.append(
                tuple(
                    v.CompareCell(
                        site.source_name(e),
                        excerpt(site.filler.pieces(e.note)[e.index]["body"]),
                        f"{url}#{angle}" if not i else f"{url}#{angle}-{i + 1}",
                    )
                    for i, e in enumerate(written)
                )
            )
        rows.append(v.CompareRow(site.concept_link(concept), tuple(cells), own_excerpt(site, concept)))
    head = site.head(site.word("compare"), site.page("compare"), "compare", nav="concepts")
    return v.CompareView(head, tuple(a.title for a in angles.values()), tuple(rows))


def own_excerpt(site: Site, concept: str) -> str:
    """The first sentence of the synthesis."""
    note = site.notebook.concept_note(concept)
    if note is None:
        return ""
    for section, piece in zip(note.sections, site.filler.pieces(note), strict=True):
        if section.part is Part.OWN and section.words and (site.mine or not section.private):
            return excerpt(piece["body"])
    return ""


def excerpt(html: str) -> str:
    """The first sentence of a fragment as plain text."""
    body = re.sub(r'<(aside|figure)\b.*?</\1>|<sup class="n">.*?</sup>', "", html, flags=re.DOTALL)
    body = re.sub(r"<math\b.*?</math>", lambda m: escape(unicode_math(m[0])), body, flags=re.DOTALL)
    text = " ".join(unescape(re.sub(r"<[^>]*>", "", body)).split())
    ends = [m.end() for m in re.finditer(r"[.?!](?=\s|$)", text)]
    end = next((e for e in ends if e >= 40), len(text))
    return text[:end] if end <= EXCERPT else text[:EXCERPT].rsplit(" ", 1)[0] + " …"


def source(site: Site, resource: Resource) -> v.SourceView:
    """One source's page: what was written from it."""
    lines = []
    for concept, explanations in site.notebook.explanations.items():
        for e in explanations:
            if e.source == resource.id and e.section.words and site.concept_page(concept):
                angle = site.notebook.roadmap.angles[e.angle]
                title = site.notebook.roadmap.concepts[concept].title
                url = f"{site.concept_page(concept)}#{e.angle}"
                lines.append(v.SourceLine(title, url, angle.title, e.citation.place_text))
    order = [c.title for c in site.notebook.roadmap.concepts.values()]
    lines.sort(key=lambda line: (order.index(line.title), line.angle))
    readings = [
        n
        for n in site.notebook.notes.values()
        if n.type is NoteType.READING and (r := site.notebook.resource(n.source)) and r.id == resource.id
    ]
    return v.SourceView(
        head=site.head(resource.title, site.page(f"sources/{resource.id}"), "source", nav="sources"),
        by=resource.by,
        kind=site.notebook.pack.words.get(f"source_{resource.kind}", resource.kind),
        work_url=resource.url,
        free=resource.free,
        lines=tuple(lines),
        readings=tuple(v.LinkView(site.title(n), site.urls[n.path]) for n in readings if n.path in site.urls),
        unverified=resource.unverified,
    )


def all_sources(site: Site, sources: list[v.SourceView]) -> v.SourcesView:
    """All sources with how much was written from each."""
    head = site.head(site.word("sources"), site.page("sources"), "sources", nav="sources")
    return v.SourcesView(head, tuple((s, len(s.lines) + len(s.readings)) for s in sources))


def posts(site: Site) -> v.ListView:
    """All posts by year."""
    head = site.head(site.word("posts"), site.page("posts"), "list", nav="posts")
    return v.ListView(head, "", by_year(site, site.posts()))


def by_year(site: Site, notes: list[Note]) -> tuple[tuple[str, tuple[v.PostLine, ...]], ...]:
    """(year, lines), the newest first."""
    groups: dict[str, list[v.PostLine]] = {}
    for note in notes:
        groups.setdefault(note.date[:4], []).append(site.post_line(note))
    return tuple((year, tuple(lines)) for year, lines in groups.items())


def tag_pages(site: Site) -> Iterator[PagePlan]:
    """The list of tags, and a page for each."""
    table: dict[str, dict[str, Note]] = {}
    names: dict[str, str] = {}
    for note in site.notebook.notes.values():
        for tag in with_parents(note.all_tags) if note.path in site.urls else ():
            key = site.tag_url(tag)
            names.setdefault(key, tag)
            table.setdefault(key, {})[note.path] = note
    order = sorted(table, key=lambda u: names[u].casefold())
    lines = tuple((v.LinkView(names[u], u), len(table[u])) for u in order)
    yield PagePlan(
        site.page("tags"),
        "tags.html",
        v.TagsView(site.head(site.word("tags"), site.page("tags"), "tags"), lines),
    )
    for url in order:
        notes = sorted(table[url].values(), key=lambda n: (n.date, site.title(n)), reverse=True)
        head = site.head(site.word("tagged", tag=names[url]), url, "list")
        yield PagePlan(
            url, "list.html", v.ListView(head, "", (("", tuple(site.post_line(n) for n in notes)),))
        )
