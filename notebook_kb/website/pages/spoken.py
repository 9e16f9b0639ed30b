"""The formula read aloud on the front page: one formula of a covered concept, cut where its words fit."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from html import unescape
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

from notebook_kb.learning.coverage import is_covered
from notebook_kb.model.note import Part
from notebook_kb.parsing.symbols import parse_math, shape, top_level
from notebook_kb.website import views as v

if TYPE_CHECKING:
    from notebook_kb.model.note import Note
    from notebook_kb.website.plan import Site

FIGURE = re.compile(r'<figure class="formula">(.*?)</figure>', re.DOTALL)
ROW = re.compile(r"<div[^>]*><dt>(.*?)</dt><dd>(.*?)</dd></div>", re.DOTALL)
ALOUD = re.compile(r'<p class="aloud"><span class="label">.*?</span>(.*?)</p>', re.DOTALL)
MATH = re.compile(r"<math\b.*?</math>", re.DOTALL)
TAGS = re.compile(r"<annotation\b.*?</annotation>|<[^>]*>", re.DOTALL)
# each piece is set for itself: with it they stand on one line
STRUT = '<mspace height="0.75em" depth="0.25em"/>'
MOST_PIECES = 9
MOST_WORDS = 16


@dataclass(frozen=True, slots=True)
class Spoken:
    """The pieces, the concept that they are from, and the sentence."""

    pieces: tuple[v.SpokenPiece, ...] = ()
    concept: v.LinkView | None = None
    aloud: str = ""


def spoken_formula(site: Site) -> Spoken:
    """The formula of the first covered application, else of the last covered concept, that can be cut into pieces.

    The choice depends on the notes alone, so the same notes give the same page.
    """
    best = Spoken()
    for concept, item in site.coverage.items():
        note = site.notebook.concept_note(concept)
        if note is None or not is_covered(item.state):
            continue
        found = from_note(site, note)
        if found.pieces:
            title = site.notebook.roadmap.concepts[concept].title
            best = replace(found, concept=v.LinkView(title, site.concept_page(concept)))
            if item.concept.kind == "application":
                break
    return best


def from_note(site: Site, note: Note) -> Spoken:
    """The first formula of a note that can be cut into pieces with words."""
    for section, piece in zip(note.sections, site.filler.pieces(note), strict=True):
        if section.part is not Part.SYMBOLS or section.private:
            continue
        for figure in FIGURE.finditer(piece["body"]):
            formula, aloud = MATH.search(figure[1]), ALOUD.search(figure[1])
            pieces = cut(formula[0], ROW.findall(figure[1])) if formula and aloud else ()
            if pieces and aloud:
                return Spoken(pieces, None, plain(aloud[1]))
    return Spoken()


def cut(formula: str, rows: list[tuple[str, str]]) -> tuple[v.SpokenPiece, ...]:
    """A formula's pieces in order: operators, and runs that a row of the symbol list describes.

    () when something is left that no row describes, or the words are too long for a front page.
    """
    words = {shape(parts_of(m[0])): plain(said) for sign, said in rows if (m := MATH.search(sign))}
    parts = parts_of(formula)
    pieces: list[v.SpokenPiece] = []
    i = 0
    while i < len(parts):
        taken = next((n for n in range(len(parts) - i, 0, -1) if shape(parts[i : i + n]) in words), 0)
        if taken:
            pieces.append(v.SpokenPiece(as_math(parts[i : i + taken]), words[shape(parts[i : i + taken])]))
        elif parts[i].tag == "mo":
            pieces.append(v.SpokenPiece(as_math(parts[i : i + 1])))
        else:
            return ()
        i += taken or 1
    spoken = [p for p in pieces if p.words]
    fits = all(len(p.words.split()) <= MOST_WORDS for p in spoken)
    brackets = any(p.math_html.find(">(<") >= 0 for p in pieces if not p.words)
    return tuple(pieces) if len(spoken) > 1 and len(pieces) <= MOST_PIECES and fits and not brackets else ()


def parts_of(math: str) -> list[ET.Element]:
    """The elements of a formula's outermost row."""
    root = parse_math(math)
    return top_level(root) if root is not None else []


def as_math(parts: list[ET.Element]) -> str:
    """Elements as a formula of their own."""
    for element in (e for part in parts for e in part.iter()):
        element.attrib.pop("data-s", None)
    inside = "".join(ET.tostring(p, encoding="unicode") for p in parts)
    return f"<math><mrow>{STRUT}{inside}</mrow></math>"


def plain(html: str) -> str:
    """HTML as plain words."""
    return " ".join(unescape(TAGS.sub("", html)).split())
