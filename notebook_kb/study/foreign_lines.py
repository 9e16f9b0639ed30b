"""The lines of a paragraph with what in them is plain text: only there may a sign of a foreign card stand."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from notebook_kb.model import document as d
from notebook_kb.parsing.cards import lines_of
from notebook_kb.study.foreign_schedule import COMMENT

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    Span = tuple[int, int]

COMMENT_AT_END = re.compile(COMMENT.pattern + r"[ \t]*\Z", re.DOTALL)
ANKI_OPENS = re.compile(r"\{\{c(\d{1,3})::")
CURLY_OPENS = re.compile(r"\{\{(?!c\d{1,3}::)")
PUNCTUATION = frozenset(r"""!"#$%&'()*+,-./:;<=>?@[\]^_`{|}~""")
NAMED = frozenset("&<>\"'\u00a0")
# what stands before `::` in code
NAMESPACES = re.compile(r"(?:^|[^\w])(?:std|boost|torch|at|c10|cv|Eigen|crate|self|super|core)\Z")
CODE_BEHIND = re.compile(r"[A-Za-z_~][\w~]*(?:\(|<|::|_)")
IDENTIFIER = re.compile(r"[A-Za-z_]\w*\Z")


@dataclass(frozen=True)
class Row:
    """One line: `text` without its line end and without the plugin's comment at its end, which is `comment` (None: none).

    `plain` are the (start, end) of its plain text outside of code, formulas, links and emphasis; `known`: every piece of the
    line was found in it.
    """

    line: int
    text: str
    inlines: tuple[d.Inline, ...]
    comment: str | None
    plain: tuple[Span, ...]
    known: bool

    @property
    def empty(self) -> bool:
        """Nothing but the comment."""
        return not self.text.strip()

    @property
    def highlights(self) -> int:
        """How many highlights it has."""
        return sum(isinstance(i, d.Highlight) for i in d.walk_inlines(self.inlines))

    def is_plain(self, start: int, end: int) -> bool:
        """Whether the characters from `start` to `end` are plain text."""
        return any(a <= start and end <= b for a, b in self.plain)

    def separator(self, sign: str) -> int:
        """Where the sign between question and answer stands, or -1. What looks like code has none."""
        at = self.text.find(sign)
        while at >= 0:
            before, after = self.text[:at], self.text[at + len(sign) :]
            alone = not before.endswith(sign[-1]) and not after.startswith(sign[-1])
            if alone and before.strip() and after.strip() and self.is_plain(at, at + len(sign)):
                return -1 if like_code(before, after) else at
            at = self.text.find(sign, at + 1)
        return -1


def like_code(before: str, after: str) -> bool:
    """`std::x`, `a[::2]`, `Foo::bar(…)` in running text."""
    if NAMESPACES.search(before) or before.count("[") > before.count("]"):
        return True
    word = before.rsplit(None, 1)[-1] if before and not before[-1].isspace() else ""
    return bool(IDENTIFIER.match(word) and CODE_BEHIND.match(after))


def rows_of(inlines: tuple[d.Inline, ...], first: int, source: Sequence[str]) -> list[Row]:
    """The rows of a paragraph whose first line is `first` (from 1) of `source`; [] where they cannot be told apart."""
    split = list(lines_of(inlines))
    rows = []
    for number, line in enumerate(split, start=first):
        if number > len(source):
            return []
        text = source[number - 1].rstrip("\r\n")
        if any(isinstance(i, d.Comment) and "\n" in i.text for i in line):
            return []
        found = COMMENT_AT_END.search(text)
        shown = text[: found.start()] if found else text
        said = tuple(i for i in line if not isinstance(i, d.Comment)) if found else line
        spans, known = plain_spans(said, shown)
        rows.append(Row(number, shown.rstrip(), said, found[1] if found else None, spans, known))
    return rows


def plain_spans(inlines: tuple[d.Inline, ...], text: str) -> tuple[tuple[Span, ...], bool]:
    """Where in a line its own plain text stands, and whether every piece of it was found."""
    spans: list[Span] = []
    at = 0
    for leaf, own in leaves(inlines, top=True):
        match = pattern_of(leaf).search(text, at)
        if not match:
            return tuple(spans), False
        at = match.end()
        if own:
            spans.append(match.span())
    return joined(spans), True


def joined(spans: list[Span]) -> tuple[Span, ...]:
    """Spans that touch as one."""
    out: list[Span] = []
    for start, end in spans:
        if out and out[-1][1] == start:
            out[-1] = (out[-1][0], end)
        else:
            out.append((start, end))
    return tuple(out)


def leaves(inlines: tuple[d.Inline, ...], *, top: bool) -> Iterator[tuple[str, bool]]:
    """The words of a line in order, and whether they are plain text of the line itself."""
    for inline in inlines:
        match inline:
            case d.Text() if inline.text:
                yield inline.text, top
            case d.Code():
                yield inline.text.strip() or "`", False
            case d.Math():
                yield inline.tex.strip() or "$", False
            case d.Html():
                yield inline.html, False
            case d.InlineParent():
                yield from leaves(inline.children, top=False)
            case _:
                pass


def pattern_of(text: str) -> re.Pattern[str]:
    """A text as it may have been typed: a sign may have a backslash before it, or stand there as `&lt;`."""
    return re.compile("".join(typed(c) for c in text))


def typed(sign: str) -> str:
    """The pattern of one character."""
    if sign in NAMED:
        return rf"(?:\\?{re.escape(sign)}|&#?\w{{1,8}};)"
    return (r"\\?" if sign in PUNCTUATION else "") + re.escape(sign)
