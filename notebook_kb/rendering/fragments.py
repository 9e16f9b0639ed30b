"""What is remembered of a note for its pages: HTML for each section, public and private, its slots, and its words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from notebook_kb.model import document as d
from notebook_kb.model.note import PRIVATE_PARTS, Part
from notebook_kb.parsing.sections import visible
from notebook_kb.parsing.tex import TexConverter
from notebook_kb.rendering.formula_figure import FormulaFigures
from notebook_kb.rendering.html import HtmlRenderer
from notebook_kb.rendering.search_text import search_data

if TYPE_CHECKING:
    from collections.abc import Callable

    from notebook_kb.languages import LanguagePack
    from notebook_kb.model.note import Note, Section
    from notebook_kb.parsing.note import ParsedNote
    from notebook_kb.parsing.sections import SectionNames
    from notebook_kb.settings import Settings


def deriver(
    settings: Settings, pack: LanguagePack, names: SectionNames
) -> Callable[[ParsedNote], dict[str, Any]]:
    """The function that makes a parsed note's fragments; formulas share one converter where they can."""
    shared = TexConverter(settings.macros)
    aloud = tuple(w.casefold() for w in pack.labels["read_aloud"])

    def derive(parsed: ParsedNote) -> dict[str, Any]:
        own = parsed.note.macros
        tex = TexConverter({**settings.macros, **own}) if own else shared
        hard = settings.line_breaks == "hard"
        public, slots, found = sections_html(parsed, tex, pack, names, hard_breaks=hard, private=False)
        private: list[dict[str, str]] | None = None
        private_slots = slots
        holds_private = has_private(parsed, names)
        if holds_private:
            private, private_slots, found = sections_html(
                parsed, tex, pack, names, hard_breaks=hard, private=True
            )
        return {
            "public": public,
            "mine": private,
            "slots": slots,
            "mine_slots": None if private is None else private_slots,
            "search": search_data(parsed, names, aloud, has_private=holds_private),
            "findings": tuple(f.at(parsed.note.path) for f in found),
        }

    return derive


def sections_html(
    parsed: ParsedNote,
    tex: TexConverter,
    pack: LanguagePack,
    names: SectionNames,
    *,
    hard_breaks: bool,
    private: bool,
) -> tuple[list[dict[str, str]], list[list[str]], list[Any]]:
    """(one map of HTML pieces for each section, slots, findings)."""
    renderer = HtmlRenderer(parsed.document, tex, pack, names, hard_breaks=hard_breaks, private=private)
    figures = FormulaFigures(renderer, pack)
    pieces = [section_html(parsed, s, renderer, figures, private=private) for s in parsed.note.sections]
    return pieces, renderer.slots, renderer.findings


def section_html(
    parsed: ParsedNote, section: Section, renderer: HtmlRenderer, figures: FormulaFigures, *, private: bool
) -> dict[str, str]:
    """The heading's words and the body of one section; the first paragraph of the first one apart, as the lead."""
    if section.private and not private:
        return {"heading": "", "body": ""}
    blocks = parsed.document.blocks[section.first : section.last]
    heading = ""
    if blocks and isinstance(blocks[0], d.Heading) and section.heading:
        heading = renderer.fragment((d.Paragraph(inlines=blocks[0].inlines, tight=True),)).strip()
        blocks = blocks[1:]
    lead = ""
    if is_title_section(parsed.note, section):
        blocks, lead = take_lead(blocks, renderer)
    body = figures.symbols(blocks) if section.part is Part.SYMBOLS else renderer.fragment(blocks)
    piece = {"heading": heading, "body": body}
    if lead:
        piece["lead"] = lead
    return piece


def is_title_section(note: Note, section: Section) -> bool:
    """Whether a section is the one under the note's title."""
    return section.part is Part.OTHER and section.level <= 1 and any(section is s for s in note.sections[:2])


def take_lead(blocks: tuple[d.Block, ...], renderer: HtmlRenderer) -> tuple[tuple[d.Block, ...], str]:
    """(the other blocks, the first paragraph's HTML)."""
    for i, block in enumerate(blocks):
        if isinstance(block, d.CommentBlock):
            continue
        if isinstance(block, d.Paragraph) and not block.tight:
            html = renderer.fragment((d.Paragraph(block.place, block.inlines, tight=True),)).strip()
            return (*blocks[:i], *blocks[i + 1 :]), html
        break
    return blocks, ""


def has_private(parsed: ParsedNote, names: SectionNames) -> bool:
    """Whether a note holds anything private."""
    if any(s.private or s.part in PRIVATE_PARTS for s in parsed.note.sections):
        return True
    blocks = (*parsed.document.blocks, *parsed.document.footnotes)
    if visible(blocks, names) is not blocks or any(
        isinstance(b, d.CommentBlock) for b in d.walk_blocks(blocks)
    ):
        return True
    return any(isinstance(i, d.Comment) for i in d.all_inlines(blocks))
