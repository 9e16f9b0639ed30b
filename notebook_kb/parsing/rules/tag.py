"""`#tag/sub` in running text and ` ^id` at the end of a block."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.rules_inline import StateInline

TAG = re.compile(r"#([\w/-]*[^\W\d_][\w/-]*)")
BLOCK_ID = re.compile(r"\^([A-Za-z0-9-]+)[ \t]*(?=\n|$)")


def install(md: MarkdownIt) -> None:
    r"""Add both rules after escapes, so that `\#` stays text."""
    md.inline.ruler.after("escape", "tag", tag)
    md.inline.ruler.after("escape", "block_id", block_id)


def tag(state: StateInline, silent: bool) -> bool:
    """A tag: after a blank or at the start, with at least one letter."""
    pos = state.pos
    if state.src[pos] != "#" or (pos and not state.src[pos - 1].isspace()):
        return False
    match = TAG.match(state.src, pos, state.posMax)
    if not match:
        return False
    if not silent:
        state.push("tag", "", 0).content = match[1]
    state.pos = match.end()
    return True


def block_id(state: StateInline, silent: bool) -> bool:
    """A block's id: after a blank (or alone), at the end of a line."""
    pos = state.pos
    if state.src[pos] != "^" or (pos and not state.src[pos - 1].isspace()):
        return False
    match = BLOCK_ID.match(state.src, pos, state.posMax)
    if not match:
        return False
    if not silent:
        state.push("block_id", "", 0).content = match[1]
    state.pos = match.end()
    return True
