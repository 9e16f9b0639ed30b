"""Running text as words with their places: what a learner wrote themselves, and what they keep of a source.

Two texts are compared word by word, so code, formulas, tables and headings are left out of both. Of the learner's
text quotes and what stands in quotation marks are left out too: they say whose words they are.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from notebook_kb.model import document as d
from notebook_kb.parsing.sentences import sentence_ends
from notebook_kb.parsing.words import DENSE, count_words

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

# a run of letters; marks that stand on letters belong to them, and so do signs that nobody sees (soft hyphens, joiners)
JOINED = r"[\u0300-\u036f\u0900-\u0963\u0970-\u0dff\u00ad\u200b-\u200d\u2060]"
LETTERS = rf"[^\W\d_](?:(?!{DENSE.pattern})[^\W\d_]|{JOINED})*"
UNSEEN = re.compile(r"[\u00ad\u200b-\u200d\u2060]")
TOKEN = re.compile(rf"(?P<dense>{DENSE.pattern})|{LETTERS}")
# in scripts without blanks two characters are one word
DENSE_WEIGHT = 0.5
QUOTED = re.compile(r"“[^“”]*”|„[^„“”]*[“”]|\"[^\"]*\"|«[^«»]*»|»[^«»]*«|「[^「」]*」|『[^『』]*』")
NO_PROSE = (d.CodeBlock, d.MathBlock, d.Table, d.CommentBlock, d.Heading, d.HtmlBlock, d.Footnote)
# what is no running text in a text file: its head, fenced code, comments, formulas (not prices), where links lead to; what
# is never closed is looked for a bounded way only
NOT_READ = re.compile(
    r"\A---\n.*?\n---(?=\n)"
    r"|^(?P<fence>```|~~~).*?^(?P=fence)|<!--.{0,5000}?-->"
    r"|\$\$.*?\$\$|\$(?=[^\s$])[^$\n]*(?<=\S)\$(?!\d)|\\\(.{0,1000}?\\\)|\\\[.{0,2000}?\\\]"
    r"|(?<=\])\([^()\s]*(?: \"[^\"\n]*\")?\)|<?https?://[^\s>)]+>?",
    re.DOTALL | re.MULTILINE,
)
PARAGRAPH_END = re.compile(r"\n[ \t]*\n")


class Piece(NamedTuple):
    """Text and where it begins in the file; column 0 is unknown."""

    text: str
    line: int
    column: int


class Word(NamedTuple):
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
    """The running text of a file that is no note: plain text or Markdown. Its sentences are not told apart."""
    text = NOT_READ.sub(_blanks, text.replace("\r\n", "\n").replace("\r", "\n"))
    found: list[Paragraph] = []
    start, line = 0, 1
    for end in [*(m.end() for m in PARAGRAPH_END.finditer(text)), len(text)]:
        rows = text[start:end].split("\n")
        pieces = [Piece(row, line + n, 1) for n, row in enumerate(rows)]
        whole = "\n".join(rows)
        words = tuple(_words(whole, pieces, None))
        found += [Paragraph(whole, words)] if words else []
        start, line = end, line + len(rows) - 1
    return tuple(found)


class Places:
    """Finds the column of each word by looking for it in its line, from left to right."""

    def __init__(self, lines: Sequence[str]) -> None:
        self.lines = lines
        self.reached: dict[int, int] = {}

    def column(self, word: str, line: int, begin: int) -> int:
        """The column (from 1) of `word` in `line` from the column `begin` on; 0 where it is not found, as when it was
        written as an entity.
        """
        if not 1 <= line <= len(self.lines):
            return 0
        at = self.lines[line - 1].find(word, max(self.reached.get(line, 0), begin - 1))
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


def _pieces(inlines: Iterable[d.Inline]) -> list[Piece]:
    """What is compared, in reading order."""
    found: list[Piece] = []
    for inline in inlines:
        p = inline.place
        match inline:
            case d.Text():
                found.append(Piece(inline.text, p.line, p.column))
            case d.WikiLink():  # the label stands before the closing brackets
                found.append(Piece(inline.label, p.line, max(p.column, p.end_column - 2 - len(inline.label))))
            case d.Link() if inline.auto:
                pass
            case d.InlineParent():
                found += _pieces(inline.children)
            case d.SoftBreak() | d.HardBreak() | d.Code() | d.Math():
                found.append(Piece(" ", 0, 0))
            case _:
                pass
    return found


def _paragraph(pieces: list[Piece], places: Places, *, quotes: bool) -> Paragraph:
    text = "".join(p.text for p in pieces)
    masked = text if quotes else QUOTED.sub(_blanks, text)
    words = tuple(_words(masked, pieces, places))
    return Paragraph(text, words, tuple(_sentences(masked, words)))


def _words(text: str, pieces: list[Piece], places: Places | None) -> Iterator[Word]:
    """The words of `text`, which are the pieces one after the other; without `places` each piece is a whole line."""
    number, begin, gap = 0, 0, 0 if places else 1
    for match in TOKEN.finditer(text):
        start, end = match.span()
        while number + 1 < len(pieces) and begin + len(pieces[number].text) + gap <= start:
            begin += len(pieces[number].text) + gap
            number += 1
        _, line, column = pieces[number]
        # an entity is longer in the file than the letter it stands for, so the place is looked for
        at = places.column(match[0], line, column + start - begin) if places else start - begin + 1
        yield Word(plain(match[0]), DENSE_WEIGHT if match["dense"] else 1.0, line, at, start, end)


def plain(word: str) -> str:
    """A word as it is compared: casefolded, composed, without signs that nobody sees."""
    if word.isascii():
        return word.lower()
    return unicodedata.normalize("NFC", UNSEEN.sub("", word).casefold())


def _sentences(text: str, words: tuple[Word, ...]) -> Iterator[Sentence]:
    first, begin = 0, 0
    for end in (*sentence_ends(text, small=True), len(text)):
        last = first
        while last < len(words) and words[last].start < end:
            last += 1
        if last > first:
            yield Sentence(first, last, count_words(text[begin:end]))
        first, begin = last, end


def _blanks(match: re.Match[str]) -> str:
    """As many blanks as characters, line ends kept: places stay true."""
    return "".join(c if c == "\n" else " " for c in match[0])
