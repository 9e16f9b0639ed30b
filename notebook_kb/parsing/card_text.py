"""The cards of a note as text: what is remembered of them, and what is wrong with them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from notebook_kb.findings import finding
from notebook_kb.model import document as d
from notebook_kb.model.note import Card, Part
from notebook_kb.parsing.blocks import CARD_ID
from notebook_kb.parsing.cards import ANSWER, CLOZE, MARK, lines_of, mark_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from notebook_kb.findings import Finding
    from notebook_kb.model.note import Section
    from notebook_kb.parsing.sections import SectionNames

ID_AT_END = re.compile(rf"(?:^|[ \t]+)\^{CARD_ID}[\w-]+[ \t]*\Z", re.IGNORECASE | re.MULTILINE)
GAP = re.compile(r"==.+?==", re.DOTALL)


def note_cards(
    document: d.Document,
    body: str,
    first_line: int,
    sections: tuple[Section, ...],
    hidden: set[int],
    names: SectionNames,
) -> Iterator[Card]:
    """The cards in the note's order. `body` is the text whose first line is `first_line` of the file; `hidden` are the
    indexes of private blocks.
    """
    lines = body.split("\n")
    heading = ""
    for index, block in enumerate(document.blocks):
        if isinstance(block, d.Heading):
            heading = block.text
        if not isinstance(block, d.Card):
            continue
        section = next((s for s in sections if s.first <= index < s.last), None)
        first, last = block.place.line - first_line, block.place.end_line - first_line
        middle = block.answer_line - first_line if block.answer_line else last + 1
        front = side_text(lines[first:middle])
        back = side_text(lines[middle : last + 1])
        yield Card(
            cloze=block.cloze,
            front=front,
            back=back,
            id=block.id,
            level=names.card_levels.get(block.level.strip().casefold(), ""),
            place=d.Place(block.place.line, 1, block.place.end_line),
            heading=heading,
            private=index in hidden or bool(section and section.private),
            open_end=block.open_end,
            gaps=tuple(gaps_in(block, front, lines[first], first_line + first)) if block.cloze else (),
        )


def side_text(lines: list[str]) -> str:
    """The Markdown of lines without the mark at the beginning and the id at the end."""
    text = "\n".join(lines).strip()
    return ID_AT_END.sub("", text[mark_length(text) :]).strip()


def mark_length(text: str) -> int:
    """How many characters the mark of a card's line takes."""
    match = MARK.match(text)
    return match.end() if match else 0


def gaps_in(card: d.Card, front: str, first: str, line: int) -> Iterator[tuple[int, int]]:
    """Where in a cloze's text its marked words are; `first` is its first line as typed, of this number."""
    indent = len(first) - len(first.lstrip())
    cut = indent + mark_length(first.lstrip())
    starts, done = [0], 0
    for row in front.split("\n"):
        starts.append(starts[-1] + len(row) + 1)
    for inline in d.all_inlines((card,)):
        if not isinstance(inline, d.Highlight):
            continue
        number = inline.place.line - line
        column = inline.place.column - 1 - (0 if number else cut)
        if not 0 <= number < len(starts) - 1 or column < 0:
            continue
        found = GAP.match(front, starts[number] + column)
        # marks that touch (`==a====b==`) can be paired in two ways: of gaps that would overlap the first stays
        if found and found.start() >= done:
            done = found.end()
            yield found.start(), done


def card_findings(
    document: d.Document, sections: tuple[Section, ...], names: SectionNames
) -> Iterator[Finding]:
    """Questions without an answer, levels that are none, lines of cards that make no card, ids without a card."""
    used = {b.id for b in document.blocks if isinstance(b, d.Card)}
    for block in document.blocks:
        if isinstance(block, d.Card):
            yield from findings_of(block, names)
    in_cards = {i for s in sections if s.part is Part.CARDS for i in range(s.first, s.last)}
    for index, block in enumerate(document.blocks):
        if index in in_cards and isinstance(block, d.Paragraph):
            yield from stray_lines(block, names)
    for inline in d.all_inlines((*document.blocks, *document.footnotes)):
        is_id = isinstance(inline, d.BlockId) and inline.name.casefold().startswith(CARD_ID)
        if isinstance(inline, d.BlockId) and is_id and inline.name not in used:
            yield finding(
                "KB704",
                f"`^{inline.name}` stands here, but no card ends with it",
                "put the question back, or delete the id: what was answered stays in the log",
                place=inline.place,
            )


def findings_of(card: d.Card, names: SectionNames) -> Iterator[Finding]:
    """What is wrong with one card."""
    if not card.cloze and says_nothing(card.answer):
        yield finding(
            "KB701",
            "this question has no answer, so it is never asked",
            f"write a line that begins with `{answer_word(names)}:` below it",
            place=card.place,
        )
    if card.level and card.level.strip().casefold() not in names.card_levels:
        known = ", ".join(dict.fromkeys(names.card_levels))
        yield finding(
            "KB702", f"`{card.level}` is no level of a card", f"levels are: {known}", place=card.place
        )


def says_nothing(blocks: tuple[d.Block, ...]) -> bool:
    """Whether blocks are empty lines of text, or none at all."""
    empty = (d.BlockId, d.SoftBreak, d.HardBreak, d.Comment)
    return all(
        isinstance(block, d.Paragraph)
        and all(isinstance(i, empty) or (isinstance(i, d.Text) and not i.text.strip()) for i in block.inlines)
        for block in blocks
    )


def answer_word(names: SectionNames) -> str:
    """How an answer begins in this notebook."""
    return next((word for word, kind in names.card_marks.items() if kind == ANSWER), ANSWER)


def stray_lines(block: d.Paragraph, names: SectionNames) -> Iterator[Finding]:
    """Lines that look like a card's in the part for cards, and are none."""
    for line in lines_of(block.inlines):
        mark = mark_of(line, names.card_marks)
        if mark is None:
            continue
        if mark.kind == CLOZE:
            message, hint = (
                "nothing is marked in this line, so there is nothing to ask",
                "mark what is to be asked: ==so==",
            )
        else:
            message, hint = "this answer has no question above it", "write the question right above it"
        yield finding("KB703", message, hint, place=line[0].place)
