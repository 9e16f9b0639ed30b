"""Under a heading of the preview: which of its words also stand in an excerpt that is kept."""

from __future__ import annotations

import re
from html import escape
from typing import TYPE_CHECKING

from notebook_kb.checking.own_words import CLOSE, COPIED
from notebook_kb.model.evidence import Verdict
from notebook_kb.model.note import Part

if TYPE_CHECKING:
    from collections.abc import Iterator

    from notebook_kb.languages import LanguagePack
    from notebook_kb.model.evidence import Overlap
    from notebook_kb.website.plan import Site

SHOWN = 3
# from the element with an id to the end of the first heading in it, which may be itself
HEADING = r'<[a-z0-9]+\b[^>]*?\bid="{}".*?</h[1-6]>'
NEAR = frozenset({Verdict.COPIED, Verdict.CLOSE})


def with_own_words(html: str, site: Site, key: str) -> str:
    """A page with a line under each heading whose text is copied or close to an excerpt.

    `key` is the path of the page's note, or `concept:<id>` of a concept without one.
    """
    for anchor, path, number in shown_sections(site, key):
        overlap = site.evidence.overlap(path, number)
        silenced = site.notebook.notes[path].sections[number].silenced
        if not anchor or overlap.verdict not in NEAR or {COPIED, CLOSE} & set(silenced):
            continue
        heading = re.compile(HEADING.format(re.escape(escape(anchor))), re.DOTALL)
        line = f'<p class="kb-words" role="note">{escape(said(site.notebook.pack, overlap))}</p>'
        match = heading.search(html)
        if match:
            html = f"{html[: match.end()]}\n{line}{html[match.end() :]}"
    return html


def shown_sections(site: Site, key: str) -> Iterator[tuple[str, str, int]]:
    """(id on the page, path, number) of the sections that a page shows."""
    notebook = site.notebook
    note = notebook.notes.get(key)
    about = notebook.concept_of(note) if note else key.removeprefix("concept:")
    counts = notebook.concept_note(about) if about else None
    on_ladder = bool(about) and (note is None or counts is note)
    for angle in notebook.roadmap.angles if on_ladder else ():
        said_here = [e for e in notebook.explanations.get(about, ()) if e.angle == angle and e.section.words]
        for order, e in enumerate(said_here):
            yield (angle if not order else f"{angle}-{order + 1}"), e.note.path, e.index
    for number, section in enumerate(note.sections if note else ()):
        if not on_ladder or section.part is not Part.ANGLE:
            own = on_ladder and section.part is Part.OWN
            yield ("own" if own else section.anchor), key, number


def said(pack: LanguagePack, overlap: Overlap) -> str:
    """`Also in your excerpt: 17 words in line 12 (sources/mml.md:3).`"""
    places = [
        pack.word("own_words_place", count=run.length, line=run.place.line, source=source)
        for run in overlap.runs[:SHOWN]
        if (source := f"{run.source}:{run.source_line}" if run.source_line else run.source)
    ]
    more = len(overlap.runs) - len(places)
    if not places:
        return pack.word("own_words_share", percent=round(overlap.share * 100))
    return pack.word("own_words_shared", places="; ".join(places)) + (f" (+{more})" if more > 0 else "")
