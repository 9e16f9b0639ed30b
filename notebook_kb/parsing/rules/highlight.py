"""`==highlighted==` text, also around and inside other inlines."""

from __future__ import annotations

from typing import TYPE_CHECKING

from markdown_it.rules_inline.state_inline import Delimiter

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.rules_inline import StateInline

SIGN = ord("=")
WIDTH = 2


def install(md: MarkdownIt) -> None:
    """Add the rule before emphasis. Pairs are balanced together with those of emphasis, so they never cross."""
    md.inline.ruler.before("emphasis", "highlight", highlight)
    md.inline.ruler2.before("emphasis", "highlight", pair_up)


def highlight(state: StateInline, silent: bool) -> bool:
    """Exactly two `=`, at the beginning or the end of words."""
    if state.src[state.pos] != "=" or silent:
        return False
    scanned = state.scanDelims(state.pos, True)
    state.push("text", "", 0).content = "=" * scanned.length
    if scanned.length == WIDTH:
        state.delimiters.append(
            Delimiter(SIGN, 0, len(state.tokens) - 1, -1, scanned.can_open, scanned.can_close)
        )
    state.pos += scanned.length
    return True


def pair_up(state: StateInline) -> None:
    """Turn the pairs that were found into tokens."""
    nested = [meta["delimiters"] for meta in state.tokens_meta if meta and "delimiters" in meta]
    for delimiters in (state.delimiters, *nested):
        for opening in delimiters:
            if opening.marker == SIGN and opening.end != -1:
                mark(state, opening.token, "mark_open", 1)
                mark(state, delimiters[opening.end].token, "mark_close", -1)


def mark(state: StateInline, index: int, kind: str, nesting: int) -> None:
    """Make the text token at `index` one end of a highlight."""
    token = state.tokens[index]
    token.type, token.tag, token.content, token.markup = kind, "mark", "", "=="
    token.nesting = 1 if nesting > 0 else -1
