"""`==highlighted==` text."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.rules_inline import StateInline

MARK = "=="


def install(md: MarkdownIt) -> None:
    """Add the rule before emphasis."""
    md.inline.ruler.before("emphasis", "highlight", highlight)


def highlight(state: StateInline, silent: bool) -> bool:
    """A pair of `==` around text that neither starts nor ends with a blank."""
    start = state.pos + 2
    if not state.src.startswith(MARK, state.pos) or state.src[start : start + 1] in {"", " ", "=", "\n"}:
        return False
    end = state.src.find(MARK, start, state.posMax)
    if end < 0 or state.src[end - 1] in {" ", "\n"} or "\n\n" in state.src[start:end]:
        return False
    if not silent:
        maximum = state.posMax
        state.push("mark_open", "mark", 1)
        state.pos, state.posMax = start, end
        state.md.inline.tokenize(state)
        state.posMax = maximum
        state.pos = end
        state.push("mark_close", "mark", -1)
    state.pos = end + 2
    return True
