"""Cards in a note's text: `Q:` with `A:`, and clozes `C: … ==x==`, anywhere at the start of a line.

A card ends at its ` ^k-…`, at the next `Q:` or `C:`, at a heading or at the end of the note; without an id at the first
blank line, unless a display formula or a list follows at once.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, NamedTuple

from notebook_kb.model import document as d
from notebook_kb.model.card import LEVELS
from notebook_kb.parsing.blocks import CARD_ID, lone_id

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from notebook_kb.languages import LanguagePack

MARK = re.compile(r"([^\W\d_]{1,9})(?:\[([^\]\n]{1,20})\])?:(?!:)\s*")
QUESTION, ANSWER, CLOZE = "Q", "A", "C"
ALWAYS = {QUESTION: QUESTION, ANSWER: ANSWER, CLOZE: CLOZE}
KINDS = {"question": QUESTION, "answer": ANSWER, "cloze": CLOZE}


def card_marks(pack: LanguagePack) -> dict[str, str]:
    """How a line of a card begins: the pack's words (and `Q`, `A`, `C`) to Q, A or C."""
    marks = dict(ALWAYS)
    for name, kind in KINDS.items():
        marks |= dict.fromkeys(pack.labels[name], kind)
    return marks


def card_levels(pack: LanguagePack) -> dict[str, str]:
    """How hard a card is said to be, in the pack's words and in English."""
    levels = dict(zip(LEVELS, LEVELS, strict=True))
    return levels | {word.casefold(): level for level in LEVELS for word in pack.labels[level]}


class Mark(NamedTuple):
    """The beginning of a line of a card; `length` of its characters, blanks behind it included."""

    kind: str
    level: str
    length: int


@dataclass(frozen=True, slots=True)
class Piece:
    """Lines of a paragraph up to the next that begins a question, an answer or a cloze.

    `said` is without the mark of its first line; `inner`: the break before it, where it is not the paragraph's first.
    """

    paragraph: d.Paragraph
    said: d.Paragraph
    mark: Mark | None
    line: int
    inner: d.Inline | None = None

    @property
    def kind(self) -> str:
        """Q, A, C or ''."""
        return self.mark.kind if self.mark else ""


@dataclass
class Draft:
    """A card while its text is read."""

    cloze: bool
    level: str
    line: int
    sides: list[list[d.Block]] = field(default_factory=lambda: [[]])
    answer_line: int = 0
    id: str = ""
    last: d.Block | None = None

    def add(self, block: d.Block) -> None:
        """Put a block at the end."""
        self.sides[-1].append(block)
        self.last = block

    def card(self, end_line: int) -> d.Card:
        """The card; `end_line` is its last line."""
        place = d.Place(self.line, 1, end_line)
        sides = tuple(d.CardSide(s[0].place if s else place, tuple(s)) for s in self.sides)
        open_end = isinstance(self.last, d.Paragraph) and not lone_id(self.last)
        return d.Card(place, sides, self.cloze, self.level, self.id, self.answer_line, open_end)


def with_cards(blocks: tuple[d.Block, ...], marks: Mapping[str, str]) -> tuple[d.Block, ...]:
    """Top-level blocks with cards in the place of the blocks that make them; the same tuple where there are none."""
    if not any(isinstance(b, d.Paragraph) and begins(b, marks) for b in blocks):
        return blocks
    units = [u for b in blocks for u in pieces(b, marks)]
    return tuple(CardReader(units).read())


def begins(paragraph: d.Paragraph, marks: Mapping[str, str]) -> bool:
    """Whether a line of a paragraph begins a card."""
    return any(
        (m := mark_of(line, marks)) and m.kind != ANSWER for line in lines_of(paragraph.inlines) if line
    )


def lines_of(inlines: tuple[d.Inline, ...]) -> Iterator[tuple[d.Inline, ...]]:
    """The lines of a paragraph, without what ends them."""
    line: list[d.Inline] = []
    for inline in inlines:
        if isinstance(inline, (d.SoftBreak, d.HardBreak)):
            yield tuple(line)
            line = []
        else:
            line.append(inline)
    yield tuple(line)


def mark_of(line: tuple[d.Inline, ...], marks: Mapping[str, str]) -> Mark | None:
    """What a line begins, if it begins a question, an answer or a cloze."""
    text = ""
    for inline in line:
        if not isinstance(inline, d.Text):
            break
        text += inline.text
    match = MARK.match(text)
    kind = marks.get(match[1]) if match else None
    if not match or kind is None:
        return None
    if match.end() == len(match[0].rstrip()) and match.end() < len(text):
        # `A:b` is no answer: a blank stands behind the colon, or a formula
        return None
    return Mark(kind, match[2] or "", match.end())


def without_mark(line: tuple[d.Inline, ...], length: int) -> tuple[d.Inline, ...]:
    """A line without the first `length` characters of its text."""
    rest = list(line)
    while rest and length:
        first = rest[0]
        if not isinstance(first, d.Text):
            break
        if len(first.text) > length:
            place = first.place._replace(column=first.place.column + length)
            rest[0] = d.Text(place, first.text[length:])
            break
        length -= len(first.text)
        rest.pop(0)
    return tuple(rest)


def pieces(block: d.Block, marks: Mapping[str, str]) -> Iterator[Piece | d.Block]:
    """A paragraph that holds lines of cards in its pieces; any other block as it is."""
    if not isinstance(block, d.Paragraph):
        yield block
        return
    breaks = [i for i in block.inlines if isinstance(i, (d.SoftBreak, d.HardBreak))]
    current: list[d.Inline] = []
    mark: Mark | None = None
    inner: d.Inline | None = None
    for n, line in enumerate(lines_of(block.inlines)):
        found = mark_of(line, marks)
        if found and n:
            below = first_line(line, block.place.end_line)
            yield piece_of(block, current, mark, inner, below - 1)
            current, inner = [], breaks[n - 1]
        elif n:
            current.append(breaks[n - 1])
        mark = found if found or not n else mark
        current.extend(line)
    yield piece_of(block, current, mark, inner, block.place.end_line)


def piece_of(
    block: d.Paragraph, inlines: list[d.Inline], mark: Mark | None, inner: d.Inline | None, last: int
) -> Piece:
    """Some lines of a paragraph, down to line `last`."""
    line = first_line(inlines, block.place.line)
    place = d.Place(line, 1, max(last, line))
    all_of_it = replace(block, place=place, inlines=tuple(inlines))
    said = replace(all_of_it, inlines=without_mark(all_of_it.inlines, mark.length)) if mark else all_of_it
    return Piece(all_of_it, said, mark, line, inner)


def first_line(inlines: Iterable[d.Inline], default: int) -> int:
    """The line of the first inline that has a place."""
    return next((i.place.line for i in inlines if i.place.line), default)


def start_of(unit: Piece | d.Block) -> int:
    """The line where a unit begins."""
    if isinstance(unit, Piece):
        return unit.line
    return unit.place.line


def end_of(block: d.Block) -> int:
    """The last line of a block; that of a list may be blank in the parser's eyes."""
    inside = block.items if isinstance(block, d.List) else d.child_blocks(block)
    if inside and isinstance(block, (d.List, d.ListItem, d.DefinitionList, d.DefinitionText)):
        return end_of(inside[-1])
    if isinstance(block, d.MathBlock):  # one that began within a line knows its beginning only
        return max(block.place.end_line, block.place.line + block.tex.count("\n"))
    return max(block.place.end_line, block.place.line)


def card_id(unit: Piece | d.Block) -> str:
    """The id of a card that stands in a unit."""
    block = unit.paragraph if isinstance(unit, Piece) else unit
    found = [
        i.name
        for i in d.all_inlines((block,))
        if isinstance(i, d.BlockId) and i.name.casefold().startswith(CARD_ID)
    ]
    return found[-1] if found else ""


def reaches_id(units: list[Piece | d.Block], ids: list[str]) -> list[bool]:
    """For each unit whether an id of a card stands in it or below, before another card or a heading begins."""
    found: list[bool] = []
    reaches = False
    for unit, name in zip(reversed(units), reversed(ids), strict=True):
        begins = isinstance(unit, d.Heading) or (isinstance(unit, Piece) and unit.kind in {QUESTION, CLOZE})
        reaches = not begins and (bool(name) or reaches)
        found.append(reaches)
    return found[::-1]


class CardReader:
    """Walks the units of a note once."""

    def __init__(self, units: list[Piece | d.Block]) -> None:
        self.units = units
        self.ids = [card_id(u) for u in units]
        self.reaches = reaches_id(units, self.ids)
        self.found: list[d.Block] = []
        self.draft: Draft | None = None
        self.end = 0  # the last line that was read

    def read(self) -> Iterator[d.Block]:
        """The blocks."""
        for at, unit in enumerate(self.units):
            if isinstance(unit, Piece):
                self.piece(unit, at)
            elif self.draft and self.goes_on(unit, at):
                self.take(unit, at)
            else:
                self.close()
                self.found.append(unit)
            self.end = self.last_line(at)
        self.close()
        return iter(self.found)

    def last_line(self, at: int) -> int:
        """The last line of a unit: the next piece of its paragraph may begin below."""
        unit = self.units[at]
        block = unit.paragraph if isinstance(unit, Piece) else unit
        end = end_of(block)
        following = self.units[at + 1] if at + 1 < len(self.units) else None
        return min(end, max(start_of(following) - 1, start_of(unit))) if following is not None else end

    def piece(self, unit: Piece, at: int) -> None:
        """A paragraph or a part of one."""
        draft = self.draft
        if unit.mark and (unit.kind == QUESTION or (unit.kind == CLOZE and self.has_gap(at))):
            self.close()
            self.draft = Draft(unit.kind == CLOZE, unit.mark.level, unit.line)
            self.take(unit.said, at)
        elif unit.kind == ANSWER and draft and not draft.cloze and not draft.answer_line:
            draft.sides.append([])
            draft.answer_line = unit.line
            self.take(unit.said, at)
        elif draft and self.goes_on(unit, at):
            self.take(unit.paragraph, at)
        else:
            self.close()
            self.join(unit)

    def has_gap(self, at: int) -> bool:
        """Whether something is marked in what begins as a cloze."""
        end = start_of(self.units[at])
        for n in range(at, len(self.units)):
            unit = self.units[n]
            if n > at and (not self.belongs(unit, n, end) or (isinstance(unit, Piece) and unit.kind)):
                return False
            block = unit.paragraph if isinstance(unit, Piece) else unit
            if any(isinstance(i, d.Highlight) for i in d.all_inlines((block,))):
                return True
            if self.ids[n]:
                return False
            end = self.last_line(n)
        return False

    def goes_on(self, unit: Piece | d.Block, at: int) -> bool:
        """Whether a unit still belongs to the open card."""
        return self.belongs(unit, at, self.end)

    def belongs(self, unit: Piece | d.Block, at: int, end: int) -> bool:
        """Whether a unit goes on what ended in line `end`: without a blank line, or up to an id; a formula or list always."""
        if isinstance(unit, d.Heading):
            return False
        return start_of(unit) <= end + 1 or self.reaches[at] or isinstance(unit, (d.MathBlock, d.List))

    def take(self, block: d.Block, at: int) -> None:
        """A block of the open card; an id in it closes the card."""
        assert self.draft is not None
        self.draft.add(block)
        self.draft.id = self.ids[at]
        self.end = self.last_line(at)
        if self.draft.id:
            self.close()

    def close(self) -> None:
        """The open card ends with the last line that was read."""
        if self.draft:
            self.found.append(self.draft.card(max(self.end, self.draft.line)))
        self.draft = None

    def join(self, unit: Piece) -> None:
        """Text that belongs to no card; the pieces of one paragraph become one again."""
        before = self.found[-1] if self.found else None
        if unit.inner and isinstance(before, d.Paragraph):
            joined = (*before.inlines, unit.inner, *unit.paragraph.inlines)
            self.found[-1] = replace(before, inlines=joined)
        else:
            self.found.append(unit.paragraph)
