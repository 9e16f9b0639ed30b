r"""Formulas: `$…$`, `$$…$$`, `\(…\)`, `\[…\]`; prices stay text."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.rules_block import StateBlock
    from markdown_it.rules_inline import StateInline

FENCES = {"$$": "$$", r"\[": r"\]"}
CLOSING = {"$": "$", "$$": "$$", r"\(": r"\)", r"\[": r"\]"}
CODE_INDENT = 4


def install(md: MarkdownIt) -> None:
    """Add the inline and the block rule."""
    md.inline.ruler.before("escape", "math", math_inline)
    md.block.ruler.before(
        "fence", "math_block", math_block, {"alt": ["paragraph", "reference", "blockquote", "list"]}
    )


def _opening(src: str, pos: int) -> str:
    if src[pos] == "$":
        return "$$" if src.startswith("$$", pos) else "$"
    if src[pos] == "\\" and src[pos + 1 : pos + 2] in {"(", "["}:
        return src[pos : pos + 2]
    return ""


def _find_close(src: str, close: str, start: int, end: int) -> int:
    """The first `close` that is not escaped; a lone `$` never matches half of `$$`."""
    pos = start
    while True:
        pos = src.find(close, pos, end)
        if pos < 0:
            return -1
        backslashes = 0
        while pos - backslashes > start and src[pos - backslashes - 1] == "\\":
            backslashes += 1
        if backslashes % 2 == 0:
            return pos
        pos += 1


def _is_price_or_prose(src: str, start: int, close: int, end: int) -> bool:
    """Prices: a dollar next to a blank inside, a digit before the opening or after the closing dollar."""
    before = src[start - 2] if start >= 2 else ""
    after = src[close + 1] if close + 1 < end else ""
    return src[start].isspace() or src[close - 1].isspace() or before.isdigit() or after.isdigit()


def math_inline(state: StateInline, silent: bool) -> bool:
    """One formula in a line of text."""
    opening = _opening(state.src, state.pos)
    if not opening:
        return False
    start = state.pos + len(opening)
    close = _find_close(state.src, CLOSING[opening], start, state.posMax)
    if close <= start or not state.src[start:close].strip():
        return False
    if opening == "$" and _is_price_or_prose(state.src, start, close, state.posMax):
        return False
    if not silent:
        token = state.push("math", "math", 0)
        token.content = state.src[start:close]
        token.markup = opening
        token.meta["start"] = start
    state.pos = close + len(CLOSING[opening])
    return True


def math_block(state: StateBlock, start_line: int, end_line: int, silent: bool) -> bool:
    """A display formula on lines of its own."""
    if state.sCount[start_line] - state.blkIndent >= CODE_INDENT:
        return False
    begin = state.bMarks[start_line] + state.tShift[start_line]
    first = state.src[begin : state.eMarks[start_line]]
    opening = first[:2]
    if opening not in FENCES:
        return False
    last = _closing_line(state, start_line, end_line, FENCES[opening], first[2:])
    if last < 0:
        return False
    if not silent:
        lines = state.getLines(start_line, last + 1, state.blkIndent, keepLastLF=False).strip()
        token = state.push("math_block", "math", 0)
        token.content = lines[2:-2]
        token.markup = opening
        token.map = [start_line, last + 1]
        token.meta = {"inner": True}
    state.line = last + 1
    return True


def _closing_line(state: StateBlock, start_line: int, end_line: int, close: str, rest: str) -> int:
    """The line that ends with the closing fence; -1 when there is none or text follows it."""
    if close in rest:
        alone = rest.rstrip().endswith(close) and rest.count(close) == 1 and rest.strip() != close
        return start_line if alone else -1
    for line in range(start_line + 1, end_line):
        if state.sCount[line] < state.blkIndent:
            return -1
        text = state.src[state.bMarks[line] + state.tShift[line] : state.eMarks[line]]
        if close in text:
            return line if text.rstrip().endswith(close) else -1
    return -1
