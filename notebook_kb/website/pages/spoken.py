"""The formula read aloud on the front page: the pieces of one formula of a covered concept, each with its words."""

from __future__ import annotations

import re
from dataclasses import dataclass
from html import unescape
from typing import TYPE_CHECKING

from notebook_kb.model.note import Part
from notebook_kb.website import views as v

if TYPE_CHECKING:
    from notebook_kb.model.note import Note
    from notebook_kb.website.plan import Site

FIGURE = re.compile(r'<figure class="formula">(.*?)</figure>', re.DOTALL)
ROW = re.compile(r"<div><dt>(.*?)</dt><dd>(.*?)</dd></div>", re.DOTALL)
ALOUD = re.compile(r'<p class="aloud"><span class="label">.*?</span>(.*?)</p>', re.DOTALL)
MATH = re.compile(r"<math\b.*?</math>", re.DOTALL)
TAGS = re.compile(r"<annotation\b.*?</annotation>|<[^>]*>", re.DOTALL)
MOST_PIECES = 5


@dataclass(frozen=True, slots=True)
class Spoken:
    """The pieces, the concept that they are from, and the sentence."""

    pieces: tuple[v.SpokenPiece, ...] = ()
    concept: v.LinkView | None = None
    aloud: str = ""


def spoken_formula(site: Site) -> Spoken:
    """The first formula with a few symbols of the concept that was covered furthest down the roadmap.

    The choice depends on the notes alone, so the same notes give the same page.
    """
    best = Spoken()
    for concept, item in site.coverage.items():
        note = site.notebook.concept_note(concept)
        if note is None or item.state not in {"covered", "solid"}:
            continue
        found = from_note(site, note)
        if found.pieces and (item.concept.kind == "application" or not best.pieces):
            title = site.notebook.roadmap.concepts[concept].title
            best = Spoken(found.pieces, v.LinkView(title, site.concept_page(concept)), found.aloud)
            if item.concept.kind == "application":
                break
    return best


def from_note(site: Site, note: Note) -> Spoken:
    """The first formula of a note that has two to five symbols and a sentence."""
    for section, piece in zip(note.sections, site.filler.pieces(note), strict=True):
        if section.part is not Part.SYMBOLS or section.private:
            continue
        for figure in FIGURE.finditer(piece["body"]):
            rows = ROW.findall(figure[1])
            aloud = ALOUD.search(figure[1])
            formula = MATH.search(figure[1])
            if formula and aloud and 1 < len(rows) <= MOST_PIECES:
                pieces = [
                    v.SpokenPiece(m[0], plain(words)) for sign, words in rows if (m := MATH.search(sign))
                ]
                return Spoken(tuple(pieces), None, plain(aloud[1]))
    return Spoken()


def plain(html: str) -> str:
    """HTML as plain words."""
    return " ".join(unescape(TAGS.sub("", html)).split())
