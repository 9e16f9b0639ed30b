"""The cheat sheet: of each concept a sentence in one's own words, its formula, how it is read aloud, and one pitfall.

It is for the learner: private notes may be on it. Excerpts, comments and private parts never are.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from notebook_kb.learning.coverage import PartState, part_state
from notebook_kb.model import document as d
from notebook_kb.model.note import NoteType, Part
from notebook_kb.parsing.pictures import HIDING
from notebook_kb.parsing.sentences import is_whole, sentences
from notebook_kb.parsing.symbol_lists import spoken
from notebook_kb.parsing.tex import TexConverter
from notebook_kb.rendering.fragments import is_title_section, line_html
from notebook_kb.rendering.html import HtmlRenderer
from notebook_kb.rendering.images.formula import draw_formula
from notebook_kb.rendering.images.result import CannotDraw
from notebook_kb.study.note_text import read_note_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from notebook_kb.model.note import Note
    from notebook_kb.notebook.notebook import Notebook
    from notebook_kb.study.note_text import NoteText

WARNINGS = frozenset({"warning", "caution"})
MOST_FORMULAS = 2
MOST_PITFALL_WORDS = 45
FORMULA = "\ufffc"  # stands for a formula while sentences are told apart
EM = 20  # px, the size at which a formula is measured
WIDER = 1.1  # the sheet's font sets a little wider than the one that measures
UNKNOWN_WIDTH = 30


@dataclass(frozen=True, slots=True)
class SheetFormula:
    """A formula as MathML, about how many em it is wide, and the HTML of the sentence that says it ('' without one)."""

    math: str
    em: float
    aloud: str = ""


@dataclass(frozen=True, slots=True)
class SheetEntry:
    """One concept. `own` and `pitfall` are HTML of one line, '' where the note at `path` has none."""

    title: str
    path: str
    own: str = ""
    formulas: tuple[SheetFormula, ...] = ()
    pitfall: str = ""


@dataclass(frozen=True, slots=True)
class SheetArea:
    """An area of the roadmap with its concepts in their order; notes of no area come last, under ''."""

    title: str
    entries: tuple[SheetEntry, ...]


def make_sheet(notebook: Notebook, notes: Iterable[Note]) -> tuple[SheetArea, ...]:
    """The sheet of these notes, in the roadmap's order; a note that holds nothing for it is left out."""
    areas = {a.id: a.title for a in notebook.roadmap.areas} | {"": ""}
    entries: dict[str, list[SheetEntry]] = {area: [] for area in areas}
    order = {concept: n for n, concept in enumerate(notebook.roadmap.concepts)}
    for note in sorted(notes, key=lambda n: order.get(notebook.concept_of(n), len(order))):
        concept = notebook.roadmap.concepts.get(notebook.concept_of(note))
        text = read_note_text(notebook, note)
        entry = SheetMaker(notebook, text).entry(concept.title if concept else note.title) if text else None
        if entry:
            entries[concept.area if concept else ""].append(entry)
    return tuple(SheetArea(areas[a], tuple(found)) for a, found in entries.items() if found)


def sheet_notes(notebook: Notebook, area: str = "") -> list[Note]:
    """The notes that a sheet of everything, or of one area, is made of: the one that counts of each concept, then notes
    about concepts that the roadmap does not have.
    """
    counted = (
        notebook.concept_note(c.id) for c in notebook.roadmap.concepts.values() if area in {"", c.area}
    )
    found = [n for n in counted if n]
    if not area:
        found += [
            n for n in notebook.notes.values() if n.type is NoteType.CONCEPT and not notebook.concept_of(n)
        ]
    return found


class SheetMaker:
    """Makes the entry of one note."""

    def __init__(self, notebook: Notebook, text: NoteText) -> None:
        self.text = text
        macros = {**notebook.settings.macros, **text.note.macros}
        self.renderer = HtmlRenderer(text.document, TexConverter(macros), notebook.pack, notebook.names)
        self.aloud = tuple(w.casefold() for w in notebook.pack.labels["read_aloud"])
        self.sections = [s for s in text.note.sections if not s.private]

    def entry(self, title: str) -> SheetEntry | None:
        """The entry; None where the note has nothing for it."""
        own, formulas, pitfall = self.own(), tuple(self.formulas()), self.pitfall()
        if not (own or formulas or pitfall):
            return None
        return SheetEntry(title, self.text.note.path, own, formulas, pitfall)

    def line(self, inlines: tuple[d.Inline, ...]) -> str:
        """HTML of one line, links and pictures as words."""
        return line_html(tuple(without_links(inlines)), self.renderer)

    def own(self) -> str:
        """The first sentence of the own words, else of the lead."""
        parts = [s for s in self.sections if s.part is Part.OWN and part_state(s.words) is PartState.WRITTEN]
        if not any(s.part is Part.OWN for s in self.sections):
            parts = [s for s in self.sections if is_title_section(self.text.note, s)]
        for section in parts:
            for block in self.text.blocks(section):
                if isinstance(block, d.Paragraph):
                    html = self.line(first_sentence(block.inlines))
                    if html:
                        return html
        return ""

    def formulas(self) -> Iterator[SheetFormula]:
        """The formulas that are read aloud, the first ones; else the note's first display formula."""
        found: list[tuple[d.MathBlock, tuple[d.Inline, ...]]] = []
        for section in sorted(self.sections, key=lambda s: s.part is not Part.SYMBOLS):
            for block in self.text.blocks(section):
                if isinstance(block, d.MathBlock):
                    found.append((block, ()))
                elif found and not found[-1][1]:
                    found[-1] = (found[-1][0], spoken(block, self.aloud))
        said = [f for f in found if f[1]][:MOST_FORMULAS]
        for block, words in said or found[:1]:
            math = self.renderer.trusted.restore(self.renderer.formula(block))
            yield SheetFormula(math, width_of(math), self.line(words))

    def pitfall(self) -> str:
        """The first pitfall: of the part for them, else of a callout that warns."""
        for section in self.sections:
            if section.part is Part.PITFALLS:
                html = self.first_words(self.text.blocks(section))
                if html:
                    return html
        for section in self.sections:
            for block in d.walk_blocks(self.text.blocks(section)):
                if isinstance(block, d.Callout) and block.kind.partition("|")[0].strip() in WARNINGS:
                    html = self.warning(block)
                    if html:
                        return html
        return ""

    def warning(self, callout: d.Callout) -> str:
        """What a callout says: its title, if it has one of its own, and its first words."""
        title, words = self.line(callout.title), self.first_words(callout.children)
        if title and words and not is_whole(said_text(callout.title)):
            title += "."
        return f"<strong>{title}</strong> {words}".strip() if title else words

    def first_words(self, blocks: tuple[d.Block, ...]) -> str:
        """The first paragraph or item; of a long one its first sentence."""
        for block in d.walk_blocks(blocks):
            if isinstance(block, d.Paragraph):
                plain = said_text(block.inlines)
                long = len(plain.split()) > MOST_PITFALL_WORDS
                html = self.line(first_sentence(block.inlines) if long else block.inlines)
                if html:
                    return html
        return ""


def width_of(mathml: str) -> float:
    """About how many em a formula is wide."""
    drawn = draw_formula(mathml, EM)
    return UNKNOWN_WIDTH if isinstance(drawn, CannotDraw) else round(drawn.width / EM * WIDER, 1)


def without_links(inlines: tuple[d.Inline, ...]) -> Iterator[d.Inline]:
    """Inlines with the words of links in their place; without pictures, footnotes and raw HTML."""
    hidden = False
    for inline in inlines:
        if isinstance(inline, d.Html):
            tag = HIDING.match(inline.html)
            hidden = not tag[1] if tag else hidden
        if hidden:
            continue
        match inline:
            case d.Link():
                yield from without_links(inline.children)
            case d.WikiLink():
                yield d.Text(inline.place, inline.label)
            case (
                d.Image() | d.Embed() | d.FootnoteRef() | d.Html() | d.BlockId() | d.Comment() | d.Checkbox()
            ):
                pass
            case d.InlineParent():
                yield replace(inline, children=tuple(without_links(inline.children)))
            case _:
                yield inline


def said_text(inlines: tuple[d.Inline, ...]) -> str:
    """The words, a sign for each formula and each piece of code."""
    parts: list[str] = []
    for inline in without_links(inlines):
        match inline:
            case d.Text():
                parts.append(inline.text)
            case d.InlineParent():
                parts.append(said_text(inline.children))
            case d.SoftBreak() | d.HardBreak():
                parts.append(" ")
            case _:
                parts.append(FORMULA)
    return "".join(parts)


def first_sentence(inlines: tuple[d.Inline, ...]) -> tuple[d.Inline, ...]:
    """The inlines of a paragraph's first sentence."""
    shown = tuple(without_links(inlines))
    text = said_text(shown)
    first = next(iter(sentences(text)), "")
    return tuple(cut(shown, text.find(first) + len(first)))


def cut(inlines: tuple[d.Inline, ...], length: int) -> Iterator[d.Inline]:
    """The inlines of the first `length` characters of their words."""
    for inline in inlines:
        size = len(said_text((inline,)))
        if size <= length:
            yield inline
        elif isinstance(inline, d.Text):
            yield replace(inline, text=inline.text[:length])
        elif isinstance(inline, d.InlineParent):
            yield replace(inline, children=tuple(cut(inline.children, length)))
        length -= size
        if length <= 0:
            return
