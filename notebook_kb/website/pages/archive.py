"""The archive: every page in time, drawn and listed; what has no date is listed by kind."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from notebook_kb.model.note import NoteType
from notebook_kb.rendering.timeline import KINDS, Dated, draw_mark, draw_timeline
from notebook_kb.website.addresses import relative_url

if TYPE_CHECKING:
    from notebook_kb.model.note import Note
    from notebook_kb.website import views as v
    from notebook_kb.website.plan import Site

NAMES = {
    NoteType.POST: "posts",
    NoteType.CONCEPT: "concepts",
    NoteType.READING: "readings",
    NoteType.PAGE: "pages",
}


@dataclass(frozen=True, slots=True)
class MonthView:
    """Notes of one month (`anchor` is YYYY-MM), or of one kind without a date."""

    anchor: str
    title: str
    lines: tuple[v.PostLine, ...]


@dataclass(frozen=True, slots=True)
class ArchiveView:
    """Every page: drawn in time, listed by month, and what has no date by kind.

    `marks` are (the mark's SVG, the kind's name) of the kinds that are drawn.
    """

    head: v.PageHead
    timeline_svg: str
    marks: tuple[tuple[str, str], ...]
    months: tuple[MonthView, ...]
    undated: tuple[MonthView, ...]


def archive(site: Site) -> ArchiveView:
    """Every note with a page."""
    url = site.page("archive")
    notes = [n for n in site.notebook.notes.values() if n.path in site.urls]
    dated = sorted((n for n in notes if n.date), key=lambda n: (n.date, n.path), reverse=True)
    drawn = [
        Dated(site.title(n), n.date, str(site.notebook.kind_of(n)), relative_url(site.urls[n.path], url))
        for n in dated
    ]
    kinds = {d.kind for d in drawn}
    return ArchiveView(
        head=site.head(site.word("archive"), url, "archive"),
        timeline_svg=draw_timeline(drawn, pack=site.notebook.pack),
        marks=tuple((draw_mark(k, 8, 8), site.word(f"time_{k}")) for k in KINDS if k in kinds),
        months=by_month(site, dated),
        undated=undated(site, [n for n in notes if not n.date], named=not dated),
    )


def by_month(site: Site, notes: list[Note]) -> tuple[MonthView, ...]:
    """The months that have notes, in the notes' order."""
    groups: dict[str, list[v.PostLine]] = {}
    for note in notes:
        groups.setdefault(note.date[:7], []).append(site.post_line(note))
    names = site.notebook.pack.months
    return tuple(
        MonthView(month, f"{names[int(month[5:]) - 1]} {month[:4]}", tuple(lines))
        for month, lines in groups.items()
    )


def undated(site: Site, notes: list[Note], *, named: bool) -> tuple[MonthView, ...]:
    """Notes without a date by kind, by title; `named`: the kind alone is heading enough."""
    found = []
    for kind, key in NAMES.items():
        lines = sorted(
            (n for n in notes if site.notebook.kind_of(n) is kind),
            key=lambda n: (site.title(n).casefold(), n.path),
        )
        title = site.word(key) if named else site.word("undated_kind", kind=site.word(key))
        if lines:
            found.append(MonthView(key, title, tuple(site.post_line(n) for n in lines)))
    return tuple(found)
