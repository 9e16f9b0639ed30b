"""Running text as words with their places: what a learner wrote themselves, and what they keep of a source.

Two texts are compared word by word, so code, formulas, tables and headings are left out of both. Of the learner's
text quotes and what stands in quotation marks are left out too: they say whose words they are.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from notebook_kb.model import document as d
from notebook_kb.parsing.sentences import sentence_ends
from notebook_kb.parsing.words import DENSE, count_words

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

# a run of letters; marks that stand on letters belong to them
LETTERS = r"(?:[^\W\d_]|[\u0300-\u036f]|[\u0900-\u0963\u0970-\u0dff])+"
TOKEN = re.compile(rf"(?P<dense>{DENSE.pattern})|{LETTERS}")
# in scripts without blanks two characters are one word
DENSE_WEIGHT = 0.5
QUOTED = re.compile(r"“[^“”]*”|„[^„“”]*[“”]|\"[^\"]*\"|«[^«»]*»|»[^«»]*«|「[^「」]*」|『[^『』]*』")
NO_PROSE = (d.CodeBlock, d.MathBlock, d.Table, d.CommentBlock, d.Heading, d.HtmlBlock, d.Footnote)
TEX = re.compile(r"\$\$.*?\$\$|\$[^$\n]*\$|\\\(.*?\\\)|\\\[.*?\\\]", re.DOTALL)
PARAGRAPH_END = re.compile(r"\n[ \t]*\n")


@dataclass(frozen=True, slots=True)
class Word:
    """A word for comparing: `text` is casefolded; `start` and `end` are offsets in its paragraph's text."""

    text: str
    weight: float
    line: int
    column: int
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Sentence:
    """The words `first` … `last` (exclusive) of a paragraph; `counted` as coverage counts them."""

    first: int
    last: int
    counted: int


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Words in a row, which no run of words leaves. `text` is as typed, what is not compared as blanks."""

    text: str
    words: tuple[Word, ...]
    sentences: tuple[Sentence, ...] = ()

    @property
    def weight(self) -> float:
        """How many words it has; a character of a script without blanks is half of one."""
        return sum(w.weight for w in self.words)

    def typed(self, first: int, last: int) -> str:
        """The words `first` … `last` (exclusive) as they were typed, on one line."""
        return " ".join(self.text[self.words[first].start : self.words[last - 1].end].split())


def own_prose(blocks: Sequence[d.Block], lines: Sequence[str]) -> tuple[Paragraph, ...]:
    """The learner's own running text in `blocks` (private ones already taken out), paragraph by paragraph.

    `lines[n]` is line n + 1 of the file, by which columns are found.
    """
    return tuple(_paragraphs(blocks, Places(lines), quotes=False))


def source_prose(blocks: Sequence[d.Block], lines: Sequence[str]) -> tuple[Paragraph, ...]:
    """The running text of an excerpt, in quotes too."""
    return tuple(_paragraphs(blocks, Places(lines), quotes=True))


def text_prose(text: str) -> tuple[Paragraph, ...]:
    """The running text of a plain text file; formulas between dollars are left out."""
    text = TEX.sub(_blanks, text.replace("\r\n", "\n").replace("\r", "\n"))
    found: list[Paragraph] = []
    start = 0
    for end in [*(m.end() for m in PARAGRAPH_END.finditer(text)), len(text)]:
        line = text.count("\n", 0, start) + 1
        pieces = [(row, line + n) for n, row in enumerate(text[start:end].split("\n"))]
        paragraph = _paragraph(pieces, None, quotes=True)
        found += [paragraph] if paragraph.words else []
        start = end
    return tuple(found)


class Places:
    """Finds the column of each word by looking for it in its line, from left to right."""

    def __init__(self, lines: Sequence[str]) -> None:
        self.lines = lines
        self.reached: dict[int, int] = {}

    def column(self, word: str, line: int) -> int:
        """The column (from 1) of `word` in `line`; 0 where it is not found, as when it was written as an entity."""
        if not 1 <= line <= len(self.lines):
            return 0
        at = self.lines[line - 1].find(word, self.reached.get(line, 0))
        if at < 0:
            return 0
        self.reached[line] = at + len(word)
        return at + 1


def _paragraphs(blocks: Iterable[d.Block], places: Places, *, quotes: bool) -> Iterator[Paragraph]:
    for block in blocks:
        if isinstance(block, NO_PROSE) or (isinstance(block, d.Quote) and not quotes):
            continue
        if isinstance(block, d.Callout):
            yield from _paragraphs(block.children, places, quotes=quotes)
            continue
        inlines = d.own_inlines(block)
        if inlines:
            paragraph = _paragraph(_pieces(inlines), places, quotes=quotes)
            if paragraph.words:
                yield paragraph
        yield from _paragraphs(d.child_blocks(block), places, quotes=quotes)


def _pieces(inlines: Iterable[d.Inline]) -> list[tuple[str, int]]:
    """(text, line) of what is compared, in reading order."""
    found: list[tuple[str, int]] = []
    for inline in inlines:
        match inline:
            case d.Text():
                found.append((inline.text, inline.place.line))
            case d.WikiLink():
                found.append((inline.label, inline.place.line))
            case d.Link() if inline.auto:
                pass
            case d.InlineParent():
                found += _pieces(inline.children)
            case d.SoftBreak() | d.HardBreak() | d.Code() | d.Math():
                found.append((" ", 0))
            case _:
                pass
    return found


def _paragraph(pieces: list[tuple[str, int]], places: Places | None, *, quotes: bool) -> Paragraph:
    """A paragraph of (text, line); without `places` each piece is a whole line."""
    starts: list[tuple[int, int]] = []
    text = ""
    for piece, line in pieces:
        starts.append((len(text), line))
        text += piece if places else piece + " "
    masked = text if quotes else QUOTED.sub(_blanks, text)
    words = tuple(_words(masked, starts, places))
    return Paragraph(text, words, tuple(_sentences(masked, words)))


def _words(text: str, starts: list[tuple[int, int]], places: Places | None) -> Iterator[Word]:
    piece = 0
    for match in TOKEN.finditer(text):
        while piece + 1 < len(starts) and starts[piece + 1][0] <= match.start():
            piece += 1
        offset, line = starts[piece]
        column = places.column(match[0], line) if places else match.start() - offset + 1
        weight = DENSE_WEIGHT if match["dense"] else 1.0
        yield Word(match[0].casefold(), weight, line, column, match.start(), match.end())


def _sentences(text: str, words: tuple[Word, ...]) -> Iterator[Sentence]:
    first, begin = 0, 0
    for end in (*sentence_ends(text), len(text)):
        last = first
        while last < len(words) and words[last].start < end:
            last += 1
        if last > first:
            yield Sentence(first, last, count_words(text[begin:end]))
        first, begin = last, end


def _blanks(match: re.Match[str]) -> str:
    """As many blanks as characters, line ends kept: places stay true."""
    return "".join(c if c == "\n" else " " for c in match[0])
