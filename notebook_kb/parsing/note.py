"""A note's text to a `Note` and its tree. Nothing in a note raises: what is wrong is a finding of the note."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from notebook_kb.findings import finding
from notebook_kb.model import document as d
from notebook_kb.model.note import Formula, Headline, Part, Reference
from notebook_kb.parsing.card_text import card_findings, note_cards
from notebook_kb.parsing.cards import with_cards
from notebook_kb.parsing.code_parts import code_parts, key_of
from notebook_kb.parsing.head import parse_head
from notebook_kb.parsing.head_values import HeadValues
from notebook_kb.parsing.note_findings import (
    callout_findings,
    doubled_ids,
    no_headings,
    open_fences,
    open_formulas,
    plugin_findings,
    sudden_comments,
    text_findings,
)
from notebook_kb.parsing.reader_findings import reader_findings
from notebook_kb.parsing.sections import (
    SectionReader,
    is_excerpt,
    private_callout,
    visible,
)
from notebook_kb.parsing.silences import read_silences, with_silences
from notebook_kb.parsing.tex_plain import in_signs
from notebook_kb.parsing.tree import parse_document

if TYPE_CHECKING:
    from collections.abc import Iterator

    from notebook_kb.findings import Finding
    from notebook_kb.model.note import Note, Section
    from notebook_kb.parsing.sections import (
        SectionNames,
    )

CONTEXT = 240


@dataclass(frozen=True, slots=True)
class ParsedNote:
    """A note and its tree (the tree without the title's heading and without the lines that name sources)."""

    note: Note
    document: d.Document


def parse_note(text: str, path: str, digest: str, names: SectionNames) -> ParsedNote:
    """Read one note.

    `text` is the file's text, `path` its place in the notebook with forward slashes, `digest` of its bytes.
    """
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\x00", "\ufffd")
    head = parse_head(text)
    body = text[head.body_offset :]
    document, comments = parse_document(body, head.body_line)
    reader = SectionReader(with_cards(document.blocks, names.card_marks), names)
    sections, blocks = reader.read()
    document = d.Document(blocks, document.footnotes)
    silences, unknown = read_silences(comments, document) if comments else ((), [])
    sections = tuple(with_silences(sections, silences)) if silences else sections
    values = HeadValues(head, path)
    found = [*head.findings]
    found += [
        finding(
            "KB501",
            "this comment is not closed, so the rest of the note is private",
            "write the closing %% or -->",
            place=c.place,
        )
        for c in comments
        if not c.closed
    ]
    found += text_findings(body, head.body_line)
    found += [
        finding(
            "KB403",
            "this display formula is not closed, so it stays text",
            "write the closing $$ on a line of its own",
            place=place,
        )
        for place in open_formulas(document)
    ]
    found += sudden_comments(comments, body, head.body_line)
    found += doubled_ids(document)
    found += no_headings(document, body, head.body_line)
    found += open_fences(document, body, head.body_line)
    found += callout_findings(blocks, names)
    found += plugin_findings(document, body, head.body_line)
    found += card_findings(document, sections, names)
    heading = title_heading(sections)
    note = values.note(
        digest, heading.heading if heading else "", broken=any(f.code == "KB105" for f in found)
    )
    found += unknown
    found += values.findings  # only now: reading the values makes them
    hidden = private_indexes(sections, blocks, names)
    cards = tuple(note_cards(document, body, head.body_line, sections, hidden, names))
    code = code_parts(document, sections, hidden, names, (body, head.body_line))
    note = replace(note, cards=cards, silences=silences, code=code, code_key=key_of(code))
    if note.publish:
        shown = visible(tuple(b for i, b in enumerate(blocks) if i not in hidden), names)
        title = heading.place if heading else d.NOWHERE
        found += reader_findings((*shown, *document.footnotes), names, title)
    return ParsedNote(_with_text(note, document, sections, hidden, names, found), document)


def _with_text(
    note: Note,
    document: d.Document,
    sections: tuple[Section, ...],
    hidden: set[int],
    names: SectionNames,
    found: list[Finding],
) -> Note:
    """The note with what was found in its text."""
    loose = sum(s.words for s in sections if s.part is Part.OTHER and not s.private)
    anchors = tuple(anchors_of(document.blocks))
    shown = visible(tuple(b for i, b in enumerate(document.blocks) if i not in hidden), names)
    same = len(shown) == len(document.blocks) and all(
        a is b for a, b in zip(shown, document.blocks, strict=True)
    )
    public = set(anchors if same else anchors_of(shown))
    tags = tuple(tags_in(shown))
    return replace(
        note,
        lead=lead_text(document, sections, hidden),
        sections=sections,
        references=tuple(references(document, hidden, names)),
        formulas=tuple(formulas(document, sections)),
        outline=outline(document, set(anchors) - public),
        anchors=anchors,
        hidden_anchors=tuple(a for a in anchors if a not in public),
        text_tags=tags,
        hidden_tags=() if same else tuple(t for t in tags_in(document.blocks) if t not in tags),
        loose_words=loose,
        has_excerpt=holds_excerpt(document, sections, names),
        findings=tuple(f.at(note.path) for f in found),
    )


def holds_excerpt(document: d.Document, sections: tuple[Section, ...], names: SectionNames) -> bool:
    """Whether a note keeps words of a source: an excerpt section or callout."""
    if any(s.part is Part.EXCERPT for s in sections):
        return True
    return any(isinstance(b, d.Callout) and is_excerpt(b, names) for b in d.walk_blocks(document.blocks))


def anchors_of(blocks: tuple[d.Block, ...]) -> Iterator[str]:
    """The ids of headings, then those of blocks, each with `^`."""
    yield from (b.anchor for b in d.walk_blocks(blocks) if isinstance(b, d.Heading))
    yield from ("^" + i.name for i in d.all_inlines(blocks) if isinstance(i, d.BlockId))


def tags_in(blocks: tuple[d.Block, ...]) -> Iterator[str]:
    """The tags in a text, each once; what only marks a part as private is none."""
    names = (i.name.strip("/") for i in d.all_inlines(blocks) if isinstance(i, d.Tag))
    yield from dict.fromkeys(n for n in names if n and n.casefold() != "private")


def outline(document: d.Document, hidden: set[str]) -> tuple[Headline, ...]:
    """Every heading of the note, in order."""
    return tuple(
        Headline(b.level, b.text, b.anchor, b.place.line, b.anchor in hidden)
        for b in d.walk_blocks(document.blocks)
        if isinstance(b, d.Heading)
    )


def title_heading(sections: tuple[Section, ...]) -> Section | None:
    """The first level-1 heading that is neither private nor the name of a part."""
    return next((s for s in sections if s.level == 1 and s.part is Part.OTHER and not s.private), None)


def private_indexes(
    sections: tuple[Section, ...], blocks: tuple[d.Block, ...], names: SectionNames
) -> set[int]:
    """The indexes of top-level blocks that are private."""
    hidden = {i for s in sections if s.private for i in range(s.first, s.last)}
    hidden |= {i for i, b in enumerate(blocks) if isinstance(b, d.Callout) and private_callout(b, names)[0]}
    return hidden | {i for i, b in enumerate(blocks) if isinstance(b, d.CommentBlock)}


def lead_text(document: d.Document, sections: tuple[Section, ...], hidden: set[int]) -> str:
    """The words of the first paragraph before any known part."""
    for section in sections:
        if section.part is not Part.OTHER or section.private:
            return ""
        for i in range(section.first, section.last):
            block = document.blocks[i]
            if i not in hidden and isinstance(block, d.Paragraph):
                return plain_line(block.inlines)
    return ""


def references(document: d.Document, hidden: set[int], names: SectionNames) -> Iterator[Reference]:
    """Every link, embed and picture, with the words around it."""
    shown = shown_footnotes(document, hidden, names) if document.footnotes else set()
    for i, block in enumerate(document.blocks):
        yield from _block_references(block, names, private=i in hidden)
    for footnote in document.footnotes:
        yield from _block_references(footnote, names, private=footnote.number not in shown)


def shown_footnotes(document: d.Document, hidden: set[int], names: SectionNames) -> set[int]:
    """The numbers of the footnotes that public text refers to, also through other footnotes."""
    blocks = tuple(b for i, b in enumerate(document.blocks) if i not in hidden)
    shown: set[int] = set()
    while blocks:
        inlines = d.all_inlines(visible(blocks, names))
        fresh = {i.number for i in inlines if isinstance(i, d.FootnoteRef)} - shown
        shown |= fresh
        blocks = tuple(f for f in document.footnotes if f.number in fresh)
    return shown


def note_numbers(document: d.Document, sections: tuple[Section, ...], names: SectionNames) -> dict[int, int]:
    """The number that readers see of each public footnote: those of private text are not missing between them."""
    if not document.footnotes:
        return {}
    shown = shown_footnotes(document, private_indexes(sections, document.blocks, names), names)
    return {number: seen for seen, number in enumerate(sorted(shown), start=1)}


def _block_references(block: d.Block, names: SectionNames, *, private: bool) -> Iterator[Reference]:
    public = visible((block,), names)
    if not private and public != (block,):
        kept = {id(i) for i in d.all_inlines(public)}
        for reference, inline in _all_references(block):
            yield replace(reference, private=id(inline) not in kept)
        return
    for reference, _ in _all_references(block):
        yield replace(reference, private=True) if private else reference


def _all_references(block: d.Block) -> Iterator[tuple[Reference, d.Inline]]:
    for inner in d.walk_blocks((block,)):
        inlines = d.own_inlines(inner)
        context = ""
        for inline in d.walk_inlines(inlines):
            if not isinstance(inline, (d.WikiLink, d.Embed, d.Link, d.Image)):
                continue
            context = context or plain_line(inlines)
            yield _reference(inline, context), inline


def _reference(inline: d.WikiLink | d.Embed | d.Link | d.Image, context: str) -> Reference:
    match inline:
        case d.WikiLink():
            label = inline.label
            return Reference(
                "wiki", inline.target, inline.heading, label, inline.place, around(context, label)
            )
        case d.Embed():
            return Reference("embed", inline.target, inline.heading, inline.argument, inline.place)
        case d.Image():
            return Reference("image", inline.src, "", inline.alt, inline.place)
        case _:
            label = plain_line(inline.children)
            target, _, heading = inline.href.partition("#")
            return Reference("link", target, heading, label, inline.place, around(context, label))


def plain_line(inlines: tuple[d.Inline, ...]) -> str:
    """Inlines as one line for people: formulas in plain signs."""
    return " ".join(d.plain_text(in_signs(inlines)).split())


def around(context: str, label: str) -> str:
    """The sentence in which a link stands, cut where it is long."""
    at = max(context.find(label), 0)
    start = max((context.rfind(mark, 0, at) for mark in (". ", "? ", "! ")), default=-1)
    ends = [
        e
        for e in (
            context.find(mark, at + len(label), at + len(label) + CONTEXT) for mark in (". ", "? ", "! ")
        )
        if e >= 0
    ]
    sentence = context[start + 2 if start >= 0 else 0 : min(ends) + 1 if ends else len(context)]
    return sentence if len(sentence) <= CONTEXT else sentence[:CONTEXT].rsplit(" ", 1)[0] + " …"


def formulas(document: d.Document, sections: tuple[Section, ...]) -> Iterator[Formula]:
    """Every formula with its place."""
    symbols = {i for s in sections if s.part is Part.SYMBOLS for i in range(s.first, s.last)}
    for i, top in enumerate((*document.blocks, *document.footnotes)):
        for block in d.walk_blocks((top,)):
            if isinstance(block, d.MathBlock):
                yield Formula(block.tex, display=True, place=block.place, in_symbols=i in symbols)
            for inline in d.walk_inlines(d.own_inlines(block)):
                if isinstance(inline, d.Math):
                    yield Formula(inline.tex, inline.display, inline.place, i in symbols)
