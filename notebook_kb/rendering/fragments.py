"""What is remembered of a note for its pages: HTML for each section, public and private, its slots, and its words."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from notebook_kb.model import document as d
from notebook_kb.model.note import PRIVATE_PARTS, Part
from notebook_kb.parsing.blocks import CARD_ID, blocks_with_ids, ids_of, lone_id
from notebook_kb.parsing.listed import listed_formulas
from notebook_kb.parsing.note import note_numbers
from notebook_kb.parsing.sections import visible
from notebook_kb.parsing.symbol_lists import list_words
from notebook_kb.parsing.tex import TexConverter
from notebook_kb.rendering.anchors import with_id
from notebook_kb.rendering.formula_figure import FormulaFigures
from notebook_kb.rendering.html import HtmlRenderer
from notebook_kb.rendering.sanitise import sanitise
from notebook_kb.rendering.search_text import search_data

if TYPE_CHECKING:
    from collections.abc import Callable

    from notebook_kb.languages import LanguagePack
    from notebook_kb.model.note import Note, Section
    from notebook_kb.parsing.note import ParsedNote
    from notebook_kb.parsing.sections import SectionNames
    from notebook_kb.settings import Settings

# raw HTML that may stand within a line of text
PHRASING = frozenset(
    "a abbr b br cite code del dfn em i img ins kbd mark q rp rt ruby s samp small span strong sub sup u var wbr".split()  # noqa: SIM905 - a list of words reads best as words
)
TAG_NAME = re.compile(r"</?([a-zA-Z][a-zA-Z0-9-]*)")


def deriver(
    settings: Settings, pack: LanguagePack, names: SectionNames
) -> Callable[[ParsedNote], dict[str, Any]]:
    """The function that makes a parsed note's fragments; formulas share one converter where they can.

    `findings` and `listed` in what it gives belong to the note.
    """
    shared = TexConverter(settings.macros)
    words = list_words(pack)

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
            "search": search_data(parsed, names, words.aloud, has_private=holds_private),
            "listed": listed_formulas(parsed.document, parsed.note.sections, names, words, tex),
            "findings": tuple(f.at(parsed.note.path) for f in mine["findings"]),
        }

    return derive


def note_html(parsed: ParsedNote, renderer: HtmlRenderer) -> dict[str, Any]:
    """`sections`: one map of HTML pieces for each; `slots` that these refer to; `blocks` by their ids; `findings`."""
    if not renderer.private:
        renderer.note_numbers = note_numbers(parsed.document, parsed.note.sections, renderer.names)
    renderer.runs = {part.line - 1: number for number, part in enumerate(parsed.note.code)}
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
                renderer.notes_due.clear()
                renderer.given.clear()
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
        heading = line_html(blocks[0].inlines, renderer)
        blocks = blocks[1:]
    lead = ""
    if is_title_section(parsed.note, section):
        blocks, lead = take_lead(blocks, renderer)
    if section.part is Part.SYMBOLS:
        piece: dict[str, Any] = {"heading": heading, "body": figures.symbols(blocks) + renderer.fragment(())}
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
    """(the other blocks, the first paragraph's HTML); '' where it makes more than a line of text."""
    for i, block in enumerate(blocks):
        if isinstance(block, d.CommentBlock):
            continue
        if isinstance(block, d.Paragraph) and not block.tight and is_line(block):
            html = line_html(block.inlines, renderer)
            after = blocks[i + 1 : i + 2]
            names = ids_of(block)[:1] or ((lone_id(after[0]),) if after and lone_id(after[0]) else ())
            html = with_id(f"<span>{html}</span>", names, renderer.given) if names else html
            return (*blocks[:i], *blocks[i + 1 :]), html
        break
    return blocks, ""


def is_line(paragraph: d.Paragraph) -> bool:
    """Whether a paragraph is words alone: no picture or embed on a line of its own, no block of raw HTML."""
    inlines = tuple(i for i in paragraph.inlines if not isinstance(i, d.BlockId))
    if len(inlines) == 1 and isinstance(inlines[0], (d.Image, d.Embed)):
        return False
    html = (i.html for i in d.walk_inlines(inlines) if isinstance(i, d.Html))
    return all(name.lower() in PHRASING for tag in html for name in TAG_NAME.findall(tag))


def line_html(inlines: tuple[d.Inline, ...], renderer: HtmlRenderer) -> str:
    """The HTML of one line of text. The notes in the margin that it refers to come with the next fragment: they are
    blocks, which no heading or paragraph may hold.
    """
    renderer.raw = False
    html = renderer.inlines(tuple(i for i in inlines if not isinstance(i, d.BlockId))).strip()
    return renderer.trusted.restore(sanitise(html) if renderer.raw else html)


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
