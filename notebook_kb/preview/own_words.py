"""Under a heading of the preview: which of its words also stand in an excerpt that is kept."""

from __future__ import annotations

import re
from html import escape
from typing import TYPE_CHECKING

from notebook_kb.checking.own_words import CLOSE, COPIED
from notebook_kb.model.evidence import Verdict

if TYPE_CHECKING:
    from notebook_kb.languages import LanguagePack
    from notebook_kb.model.evidence import Overlap
    from notebook_kb.website.plan import Site

SHOWN = 3
HEADING = r'<h([1-6])\b[^>]*?\bid="{}"[^>]*>.*?</h\1>'


def with_own_words(html: str, site: Site, path: str) -> str:
    """The page of the note at `path` with a line under each heading whose text is copied or close to an excerpt."""
    note = site.notebook.notes.get(path)
    for number, overlap in site.evidence.overlaps.get(path, {}).items() if note else ():
        section = note.sections[number] if note and number < len(note.sections) else None
        if section is None or not section.anchor or overlap.verdict not in {Verdict.COPIED, Verdict.CLOSE}:
            continue
        if {COPIED, CLOSE} & set(section.silenced):
            continue
        heading = re.compile(HEADING.format(re.escape(escape(section.anchor))), re.DOTALL)
        line = f'<p class="kb-words" role="note">{escape(said(site.notebook.pack, overlap))}</p>'
        html = heading.sub(lambda m, line=line: f"{m[0]}\n{line}", html, count=1)  # type: ignore[misc]
    return html


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
