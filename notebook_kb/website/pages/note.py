"""Posts, pages and readings."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from notebook_kb.model.note import NoteType
from notebook_kb.notebook.names import fold
from notebook_kb.website import views as v
from notebook_kb.website.neighbours import around_note
from notebook_kb.website.plan import PagePlan

if TYPE_CHECKING:
    from collections.abc import Iterator

    from notebook_kb.model.note import Note
    from notebook_kb.website.plan import Site

NAV = {NoteType.POST: "posts", NoteType.READING: "sources", NoteType.PAGE: "", NoteType.CONCEPT: "concepts"}
CONTENTS_FROM = 3
TWO = 2


def note_pages(site: Site) -> Iterator[PagePlan]:
    """A page for each note that is no concept's."""
    posts = [n.path for n in reversed(site.posts())]
    concept_paths = {notes[0].path for notes in site.notebook.concept_notes.values()}
    for note in site.notebook.notes.values():
        if note.path in concept_paths or note.path not in site.urls:
            continue
        yield PagePlan(site.urls[note.path], "note.html", note_view(site, note, posts), note.path)


def note_view(site: Site, note: Note, posts: list[str]) -> v.NoteView:
    """What one note's page shows. `posts` are the paths of all posts, the oldest first."""
    url = site.urls[note.path]
    html, lead, toc = body(site, note, url)
    older = newer = None
    if note.path in posts:
        at = posts.index(note.path)
        older = neighbour(site, posts[at - 1]) if at else None
        newer = neighbour(site, posts[at + 1]) if at + 1 < len(posts) else None
    nav = NAV[note.type] or ("guide" if note.path.split("/")[-2:-1] == ["guide"] else "")
    kind = str(note.type)
    parts = parts_of_series(site, note)
    return v.NoteView(
        head=site.note_head(note, kind, toc if len(toc) >= CONTENTS_FROM else (), nav),
        html=html,
        lead_html=lead or escape(note.description, quote=False),
        badge=site.badge(note.source) if note.type is NoteType.READING else None,
        backlinks=site.backlinks(note.path),
        newer=newer,
        older=older,
        around_svg=around_note(site, note, url),
        series=parts[0].series if parts else "",
        parts=tuple(v.LinkView(site.title(n), site.urls[n.path]) for n in parts),
        part=parts.index(note) + 1 if parts else 0,
    )


def parts_of_series(site: Site, note: Note) -> tuple[Note, ...]:
    """The parts of the series that a note is one of; () where it is the only one."""
    parts = site.series.get(fold(note.series), ()) if note.series else ()
    return parts if note in parts and len(parts) >= TWO else ()


def neighbour(site: Site, path: str) -> v.LinkView:
    """The post before or after."""
    note = site.notebook.notes[path]
    return v.LinkView(site.title(note), site.urls[path])


def body(site: Site, note: Note, url: str) -> tuple[str, str, tuple[v.TocItem, ...]]:
    """(the text's HTML, the lead's HTML, contents)."""
    site.filler.begin(url)
    parts: list[str] = []
    toc: list[v.TocItem] = []
    lead = ""
    title_seen = False
    for section, piece in zip(note.sections, site.filler.pieces(note), strict=True):
        if section.private and not site.mine:
            continue
        lead = lead or site.filler.fill(piece.get("lead", ""), note, url)
        if section.heading and section.level == 1 and not title_seen:
            title_seen = True
        elif section.heading:
            level = max(section.level, 2)
            heading = site.filler.fill(piece["heading"], note, url)
            parts.append(f'<h{level} id="{escape(section.anchor)}">{heading}</h{level}>\n')
            if level <= 3:
                toc.append(v.TocItem(section.anchor, section.heading, level > 2))
        html = site.filler.fill(piece["body"], note, url)
        parts.append(f'<div class="private">{html}</div>' if section.private and html else html)
    return "".join(parts), lead, tuple(toc)
