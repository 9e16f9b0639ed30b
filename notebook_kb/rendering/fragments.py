"""What is remembered of a note for its pages: HTML for each section, public and private, its slots, and its words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from notebook_kb.model import document as d
from notebook_kb.model.note import PRIVATE_PARTS, Part
from notebook_kb.parsing.blocks import CARD_ID, block_anchor, blocks_with_ids, ids_of
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
        public = note_html(parsed, HtmlRenderer(parsed.document, tex, pack, names, hard_breaks=hard))
        mine: dict[str, Any] = {
            "sections": None,
            "slots": None,
            "blocks": None,
            "findings": public["findings"],
        }
        holds_private = has_private(parsed, names)
        if holds_private:
            everything = HtmlRenderer(parsed.document, tex, pack, names, hard_breaks=hard, private=True)
            mine = note_html(parsed, everything)
        return {
            "public": public["sections"],
            "slots": public["slots"],
            "blocks": public["blocks"],
            "mine": mine["sections"],
            "mine_slots": mine["slots"],
            "mine_blocks": mine["blocks"],
            "search": search_data(parsed, names, aloud, has_private=holds_private),
            "findings": tuple(f.at(parsed.note.path) for f in mine["findings"]),
        }

    return derive


def note_html(parsed: ParsedNote, renderer: HtmlRenderer) -> dict[str, Any]:
    """`sections`: one map of HTML pieces for each; `slots` that these refer to; `blocks` by their ids; `findings`."""
    figures = FormulaFigures(renderer, renderer.pack)
    sections = [section_html(parsed, s, renderer, figures) for s in parsed.note.sections]
    found = list(renderer.findings)
    return {
        "sections": sections,
        "blocks": blocks_html(parsed, renderer),
        "slots": renderer.slots,
        "findings": found,
    }


def blocks_html(parsed: ParsedNote, renderer: HtmlRenderer) -> dict[str, str]:
    """The HTML of each block that has an id, for embeds of it."""
    if not any(a.startswith("^") for a in parsed.note.anchors):
        return {}
    table: dict[str, str] = {}
    for section in parsed.note.sections:
        if section.private and not renderer.private:
            continue
        blocks = renderer.shown(parsed.document.blocks[section.first : section.last])
        for name, block in blocks_with_ids(blocks):
            if name not in table and not name.startswith(CARD_ID):
                renderer.notes_shown.clear()
                table[name] = renderer.fragment((block,))
    return table


def section_html(
    parsed: ParsedNote, section: Section, renderer: HtmlRenderer, figures: FormulaFigures
) -> dict[str, Any]:
    """The heading's words and the body of one section; the first paragraph of the first one apart, as the lead.

    `cuts` are the headings inside the body: (offset, level, id).
    """
    if section.private and not renderer.private:
        return {"heading": "", "body": ""}
    blocks = parsed.document.blocks[section.first : section.last]
    heading = ""
    if blocks and isinstance(blocks[0], d.Heading) and section.heading:
        heading = renderer.fragment((d.Paragraph(inlines=blocks[0].inlines, tight=True),)).strip()
        blocks = blocks[1:]
    lead = ""
    if is_title_section(parsed.note, section):
        blocks, lead = take_lead(blocks, renderer)
    if section.part is Part.SYMBOLS:
        piece: dict[str, Any] = {"heading": heading, "body": figures.symbols(blocks)}
    else:
        piece = {"heading": heading, "body": renderer.fragment(blocks)}
        if renderer.cuts:
            piece["cuts"] = renderer.cuts
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
            html = "".join(f'<span id="{block_anchor(n)}"></span>' for n in ids_of(block)[:1]) + html
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
