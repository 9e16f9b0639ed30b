"""What a note is found by, derived with its fragments: the pieces of its text, and their words.

A piece begins at a heading. Its text is marked as in HTML, so that the leak audit reads the search index like a page:
`<p>` running text, `<pre>` code, `<dt>` a symbol with `<dd>` its words, `<figcaption>` a formula read aloud.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from html import escape, unescape
from typing import TYPE_CHECKING, NamedTuple

from notebook_kb.model import document as d
from notebook_kb.model.note import Part
from notebook_kb.parsing.note import note_numbers
from notebook_kb.parsing.sections import visible
from notebook_kb.parsing.symbol_lists import spoken, symbol_rows
from notebook_kb.parsing.terms import terms
from notebook_kb.parsing.tex_plain import plain_tex
from notebook_kb.rendering.sanitise import sanitise

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from notebook_kb.model.note import Section
    from notebook_kb.parsing.note import ParsedNote
    from notebook_kb.parsing.sections import SectionNames

# the fields of a note's own text; title and names come from the whole notebook
HEADING, SYMBOL, ALOUD, TEXT = range(4)
FIELDS = {"p": TEXT, "pre": TEXT, "dt": SYMBOL, "dd": SYMBOL, "figcaption": ALOUD}
# what stands between their tags is never shown
UNSEEN = re.compile(r"<\s*(script|style)\b", re.IGNORECASE)
TAG = re.compile(r"<[^>]*>")


class Piece(NamedTuple):
    """A part of a note: the index of its section (−1: of none), whether it is the section's beginning, its anchor, its
    heading, its marked text.
    """

    section: int
    first: bool
    anchor: str
    heading: str
    text: str


@dataclass
class SearchText:
    """Reads one note: `private` takes everything, else only what everybody may see."""

    parsed: ParsedNote
    names: SectionNames
    labels: tuple[str, ...]
    private: bool
    words: tuple[list[str], ...] = field(default_factory=lambda: ([], [], [], []))

    def pieces(self) -> list[Piece]:
        """The pieces in the note's order, then its footnotes."""
        found = [p for i, s in enumerate(self.parsed.note.sections) for p in self.section(i, s)]
        return [p for p in [*found, *self.footnotes()] if p.text or p.heading]

    def section(self, index: int, section: Section) -> Iterator[Piece]:
        """A section, parted at its headings."""
        if section.private and not self.private:
            return
        blocks = self.shown(self.parsed.document.blocks[section.first : section.last])
        starts = [i for i, b in enumerate(blocks) if isinstance(b, d.Heading)]
        for start, end in zip([0, *starts], [*starts, len(blocks)], strict=True):
            inside = blocks[start:end]
            if not inside:
                continue
            heading, anchor, first = "", "", start == 0
            if isinstance(inside[0], d.Heading):
                heading, anchor = self.line(inside[0].inlines), inside[0].anchor
                inside = inside[1:]
            is_title = first and section.level == 1 and section.part is Part.OTHER
            yield self.piece(index, inside, "" if is_title else heading, anchor, first=first)

    def footnotes(self) -> Iterator[Piece]:
        """The footnotes that the text refers to."""
        document, note = self.parsed.document, self.parsed.note
        if not document.footnotes:
            return
        shown = note_numbers(document, note.sections, self.names)
        for footnote in document.footnotes:
            number = footnote.number if self.private else shown.get(footnote.number)
            if number:
                children = self.shown(footnote.children, nested=True)
                yield self.piece(-1, children, "", f"fn-{number}", first=False)

    def shown(self, blocks: tuple[d.Block, ...], *, nested: bool = False) -> tuple[d.Block, ...]:
        return blocks if self.private else visible(blocks, self.names, nested=nested)

    def piece(
        self, index: int, blocks: tuple[d.Block, ...], heading: str, anchor: str, *, first: bool
    ) -> Piece:
        """One piece, its words counted."""
        self.words[HEADING].extend(terms(heading))
        marked = []
        for mark, text in self.marked(blocks):
            line = " ".join(text.split())
            if line:
                self.words[FIELDS[mark]].extend(terms(line))
                marked.append(f"<{mark}>{escape(line, quote=False)}")
        return Piece(index, first, anchor, heading, "".join(marked))

    def marked(self, blocks: Iterable[d.Block]) -> Iterator[tuple[str, str]]:
        """(mark, text) of blocks and of all that they hold."""
        for block in blocks:
            aloud = spoken(block, self.labels)
            rows = [] if aloud else [r for r in symbol_rows(block) if is_sign(r[0])]
            if aloud:
                yield "figcaption", self.line(aloud)
            elif rows:
                for sign, words in rows:
                    yield "dt", self.line(sign)
                    yield "dd", self.line(words)
            else:
                yield from self.block(block)

    def block(self, block: d.Block) -> Iterator[tuple[str, str]]:
        """(mark, text) of one block that is no line of symbols."""
        match block:
            case d.CodeBlock():
                yield "pre", " ".join(block.code.split())
            case d.MathBlock():
                yield "p", plain_tex(block.tex)
            case d.CommentBlock():
                yield "p", block.text if self.private else ""
            case d.HtmlBlock():
                yield "p", unescape(TAG.sub(" ", sanitise(block.html)))
            case d.Table():
                for row in (block.header, *block.rows):
                    yield "p", " · ".join(self.line(cell.inlines) for cell in row)
            case _:
                inlines = d.own_inlines(block)
                if inlines:
                    yield "p", self.line(inlines)
                yield from self.marked(d.child_blocks(block))

    def line(self, inlines: tuple[d.Inline, ...]) -> str:
        """Inlines as a reader sees them, formulas as plain signs."""
        return " ".join("".join(self.inline_texts(inlines)).split())

    def inline_texts(self, inlines: tuple[d.Inline, ...]) -> Iterator[str]:
        unseen = False
        for inline in inlines:
            match inline:
                case d.Html():
                    unseen = UNSEEN.match(inline.html) is not None
                    yield " "
                case _ if unseen:
                    pass
                case d.Text() | d.Code():
                    yield inline.text
                case d.Math():
                    yield plain_tex(inline.tex)
                case d.SoftBreak() | d.HardBreak():
                    yield " "
                case d.WikiLink():
                    yield inline.label
                case d.Image():
                    yield f"{inline.alt} {inline.title}"
                case d.Embed():
                    yield inline.argument
                case d.Tag():
                    yield "#" + inline.name
                case d.Comment() if self.private:
                    yield inline.text
                case d.InlineParent():
                    yield from self.inline_texts(inline.children)
                case _:
                    pass


def is_sign(inlines: tuple[d.Inline, ...]) -> bool:
    """Whether what stands before the colon is a formula."""
    return any(isinstance(i, d.Math) for i in inlines)


def search_data(
    parsed: ParsedNote, names: SectionNames, labels: tuple[str, ...], *, has_private: bool
) -> dict[str, object]:
    """What is remembered: `public` pieces, `mine` with the private ones (None: the same), and the `words` of all of it,
    one line for each field.
    """
    reader = SearchText(parsed, names, labels, private=has_private)
    pieces = [list(p) for p in reader.pieces()]  # as they are when they come from memory
    words = "\n".join(" ".join(w) for w in reader.words)
    if not has_private:
        return {"public": pieces, "mine": None, "words": words}
    public = [list(p) for p in SearchText(parsed, names, labels, private=False).pieces()]
    return {"public": public, "mine": pieces, "words": words}
