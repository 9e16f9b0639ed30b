"""The portfolio: what was learnt and published when, and where else it stands. Public facts only, by the day they carry."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from notebook_kb.learning.coverage import count_states, is_covered
from notebook_kb.model.note import NoteType
from notebook_kb.rendering.timeline import KINDS, Dated, draw_mark, draw_timeline
from notebook_kb.website import views as v
from notebook_kb.website.addresses import relative_url

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from notebook_kb.website.copies import Copy
    from notebook_kb.website.plan import Site


@dataclass(frozen=True, slots=True)
class WorkLine:
    """One thing that was learnt or published; `kind` is that of the note, `state` a concept's."""

    title: str
    url: str
    date: str
    kind: str
    state: str = ""
    copies: tuple[Copy, ...] = ()


@dataclass(frozen=True, slots=True)
class PortfolioView:
    """What was learnt and published, and when. `groups` are (heading, lines), the newest first.

    `marks` are (the mark's SVG, the kind's name) of the kinds that `timeline_svg` draws; `areas` hold covered concepts.
    """

    head: v.PageHead
    author: str
    timeline_svg: str
    marks: tuple[tuple[str, str], ...]
    groups: tuple[tuple[str, tuple[WorkLine, ...]], ...]
    areas: tuple[v.AreaView, ...]


def portfolio(site: Site) -> PortfolioView:
    """Covered concepts, posts, and whatever else has a copy elsewhere."""
    url = site.page("portfolio")
    lines = sorted(work(site), key=lambda x: (x.date, x.title.casefold(), x.url), reverse=True)
    dated = [x for x in lines if x.date]
    drawn = [Dated(x.title, x.date, x.kind, relative_url(x.url, url)) for x in dated]
    kinds = {d.kind for d in drawn}
    # covered concepts are all named by area
    rest = (x for x in lines if not x.date and (x.copies or x.kind != "concept"))
    undated = sorted(rest, key=lambda x: (x.title.casefold(), x.url))
    groups = list(by_year(dated))
    if undated:
        groups.append((site.word("undated") if dated else "", tuple(undated)))
    return PortfolioView(
        head=site.head(site.word("portfolio_title"), url, "portfolio", description=summary(site, lines)),
        author=site.notebook.settings.author,
        timeline_svg=draw_timeline(drawn, pack=site.notebook.pack),
        marks=tuple((draw_mark(k, 8, 8), site.word(f"time_{k}")) for k in KINDS if k in kinds),
        groups=tuple(groups),
        areas=tuple(covered_areas(site)),
    )


def work(site: Site) -> Iterator[WorkLine]:
    """A line for each thing that can be shown."""
    shown: set[str] = set()
    for concept, item in site.coverage.items():
        note, url = site.notebook.concept_note(concept), site.concept_page(concept)
        copies = site.copies.get(note.path, ()) if note else ()
        if url and (is_covered(item.state) or copies):
            shown.add(note.path if note else "")
            day = note.date if note else ""
            yield line(item.concept.title, url, day, "concept", str(item.state), copies)
    for note in site.notebook.notes.values():
        copies = site.copies.get(note.path, ())
        if note.path not in shown and note.path in site.urls and (note.type is NoteType.POST or copies):
            kind = str(site.notebook.kind_of(note))
            yield line(site.title(note), site.urls[note.path], note.date, kind, "", copies)


def line(title: str, url: str, day: str, kind: str, state: str, copies: tuple[Copy, ...]) -> WorkLine:
    """A line; without a date of its own it has that of the first copy."""
    day = day or next((c.date for c in copies if c.date), "")
    return WorkLine(title, url, day, kind, state, copies)


def by_year(lines: Sequence[WorkLine]) -> Iterator[tuple[str, tuple[WorkLine, ...]]]:
    """(year, lines) in the lines' order."""
    for year in dict.fromkeys(x.date[:4] for x in lines):
        yield year, tuple(x for x in lines if x.date[:4] == year)


def covered_areas(site: Site) -> Iterator[v.AreaView]:
    """The areas in which something is covered, with just that."""
    for area in site.notebook.roadmap.areas:
        covered = [c for c in area.concepts if is_covered(site.coverage[c].state)]
        if covered:
            links = tuple(site.concept_link(c) for c in covered)
            yield v.AreaView(area.title, area.id, len(covered), len(area.concepts), links)


def summary(site: Site, lines: Sequence[WorkLine]) -> str:
    """The page in one or two sentences."""
    counts = count_states(site.coverage)
    covered = counts["covered"] + counts["solid"]
    said = [site.word("progress", covered=covered, total=len(site.coverage), solid=counts["solid"])]
    pack = site.notebook.pack
    posts, copies = sum(x.kind == "post" for x in lines), sum(len(x.copies) for x in lines)
    more = [pack.counted("posts_count", posts)] if posts else []
    more += [pack.counted("copies_count", copies)] if copies else []
    return " ".join([*said, *([", ".join(more) + "."] if more else [])])
