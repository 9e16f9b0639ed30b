"""Private comments, `%% … %%` and `<!-- … -->`, found before Markdown is read.

Both may run over blocks, so no Markdown rule could see them whole. They are replaced by one sign for each, and the
text never reaches the parser. What is not closed is private to the end of the note: it fails closed.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from notebook_kb.files.marks import without_marks
from notebook_kb.model.document import Place

if TYPE_CHECKING:
    from collections.abc import Mapping

    from markdown_it import MarkdownIt
    from markdown_it.rules_inline import StateInline

# A private-use character: it stands for a comment while Markdown is read, and is dropped from users' text.
SIGN = "\ue0c1"
FENCE = re.compile(r"[ \t>]*(?:[-*+] +|\d+[.)] +)?[ \t]*(`{3,}|~{3,})(.*)")
TICKS = re.compile(r"`+")
OPENING = re.compile(r"%%|<!--")
CLOSE = {"%%": "%%", "<!--": "-->"}


@dataclass(frozen=True, slots=True)
class MaskedComment:
    """A comment: its text without the signs, its place, and whether it was closed."""

    text: str
    place: Place
    closed: bool


@dataclass(frozen=True, slots=True)
class Masked:
    """The text with a sign for each comment (lines are kept), and the comments in order.

    `shifts` says for a line (from 0) at which columns of the masked text how many characters are missing.
    """

    text: str
    comments: tuple[MaskedComment, ...]
    shifts: Mapping[int, tuple[tuple[int, int], ...]] = field(default_factory=dict)

    def column(self, line: int, column: int) -> int:
        """The column in the source of a column of the masked line; both and the line count from 0."""
        return column + sum(more for at, more in self.shifts.get(line, ()) if at < column)


def install(md: MarkdownIt) -> None:
    """Let the sign become a token of its own."""
    md.inline.add_terminator_char(SIGN)
    md.inline.ruler.before("escape", "comment", comment)


def comment(state: StateInline, silent: bool) -> bool:
    """The sign of a comment."""
    if state.src[state.pos] != SIGN:
        return False
    if not silent:
        state.push("comment", "", 0)
    state.pos += 1
    return True


def mask_comments(text: str, first_line: int = 1, plain: frozenset[int] = frozenset()) -> Masked:
    """Replace each comment outside code and display formulas by a sign; line ends inside it stay.

    `plain` are lines (from 0) that are known to be neither code nor formula, whatever they look like.
    """
    text = without_marks(text)
    if "%%" not in text and "<!--" not in text:
        return Masked(text, ())
    spans = _comment_spans(text, plain)
    out: list[str] = []
    found: list[MaskedComment] = []
    shifts: dict[int, list[tuple[int, int]]] = {}
    done = 0
    masked_column = 0
    line, line_start = first_line, 0
    for start, inner, inner_end, end, closed in spans:
        line += text.count("\n", line_start, start)
        line_start = start
        column = start - (text.rfind("\n", 0, start) + 1) + 1
        end_line = line + text.count("\n", start, end)
        found.append(MaskedComment(text[inner:inner_end], Place(line, column, end_line), closed))
        before = text[done:start]
        masked_column = len(before) - before.rfind("\n") - 1 + (0 if "\n" in before else masked_column)
        shifts.setdefault(line - first_line, []).append((masked_column, end - start - 1))
        masked_column += 1
        if end_line > line:
            shifts.setdefault(end_line - first_line, []).append((-1, end - text.rfind("\n", 0, end) - 1))
            masked_column = 0
        out += [before, SIGN, "\n" * (end_line - line)]
        done = end
    out.append(text[done:])
    return Masked("".join(out), tuple(found), {n: tuple(s) for n, s in shifts.items()})


def _comment_spans(text: str, plain: frozenset[int]) -> list[tuple[int, int, int, int, bool]]:
    """(start, inner start, inner end, end, closed) of each comment."""
    spans = []
    pos = 0
    line = 0
    fence = ""
    formula = False
    while pos < len(text):
        line_end = _line_end(text, pos)
        bare = line in plain
        fence, skip = ("", False) if bare else fence_after(text[pos:line_end], fence, allowed=not formula)
        cut = line_end + 1 if skip else pos
        while cut <= line_end:
            hit, formula = _next_comment(text, cut, line_end, formula=formula, bare=bare)
            if hit is None:
                break
            spans.append(hit)
            cut = hit[3]
            if cut > line_end:
                line_end = _line_end(text, cut)
                bare = line + text.count("\n", pos, cut) in plain
        done = max(line_end, cut) if not skip else line_end
        line += text.count("\n", pos, done + 1)
        pos = done + 1
    return spans


def _line_end(text: str, pos: int) -> int:
    end = text.find("\n", pos)
    return len(text) if end < 0 else end


def fence_after(line: str, fence: str, *, allowed: bool = True) -> tuple[str, bool]:
    """The open code fence after this line, and whether the line is code."""
    match = FENCE.match(line)
    if fence:
        closes = match and match[1].startswith(fence) and not match[2].strip()
        return ("" if closes else fence), True
    if match and allowed and not (match[1][0] == "`" and "`" in match[2]):
        return match[1], True
    return "", False


def _next_comment(
    text: str, start: int, line_end: int, *, formula: bool, bare: bool
) -> tuple[tuple[int, int, int, int, bool] | None, bool]:
    """The next comment that opens in this line, and whether a display formula is open at its end."""
    pos = start
    formula = formula and not bare
    while pos < line_end:
        char = text[pos]
        if char == "\\":
            pos += 2
        elif text.startswith("$$", pos) and not bare:
            formula, pos = not formula, pos + 2
        elif char == "`" and not formula and not bare:
            pos = _after_code(text, pos, line_end)
        elif not formula and (match := OPENING.match(text, pos)):
            close = CLOSE[match[0]]
            inner_end = text.find(close, match.end())
            if inner_end < 0:
                return (pos, match.end(), len(text), len(text), False), formula
            return (pos, match.end(), inner_end, inner_end + len(close), True), formula
        else:
            pos += 1
    return None, formula


def _after_code(text: str, pos: int, line_end: int) -> int:
    """Past the code span that opens at `pos`, or past its backticks when it does not close in this line."""
    ticks = TICKS.match(text, pos)
    width = len(ticks[0]) if ticks else 1
    for match in TICKS.finditer(text, pos + width, line_end):
        if len(match[0]) == width:
            return match.end()
    return pos + width
