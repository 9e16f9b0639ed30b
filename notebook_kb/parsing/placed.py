"""The inline parser that knows where in the text each token began."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from markdown_it.parser_inline import ParserInline
from markdown_it.rules_inline import StateInline

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.token import Token
    from markdown_it.utils import EnvType


class PlacedState(StateInline):
    """Remembers in `token.meta["pos"]` where in the block's text each token began, in `token.meta["end"]` of a link the
    bracket that ends its label. A reference to a footnote has its position in `token.info`.

    From `www_from` on, `www.` stands first at `www_at` (behind the end when nowhere).
    """

    www_from = 1
    www_at = 0

    def push(self, ttype: str, tag: str, nesting: Literal[-1, 0, 1]) -> Token:
        """As the parent's, with the position."""
        token = super().push(ttype, tag, nesting)
        token.meta["pos"] = self.pos
        if ttype == "link_open":
            token.meta["end"] = self.posMax  # the rule for links reads a label up to its bracket
        elif ttype == "footnote_ref":
            token.info = str(self.pos)  # its rule replaces `meta`
        return token

    def pushPending(self) -> Token:  # noqa: N802 - markdown-it's name
        """As the parent's, with the position where the text began."""
        length = len(self.pending)
        token = super().pushPending()
        token.meta["pos"] = max(self.pos - length, 0)
        return token


class PlacedInline(ParserInline):
    """The inline parser with `PlacedState`."""

    def parse(self, src: str, md: MarkdownIt, env: EnvType, tokens: list[Token]) -> list[Token]:
        """As the parent's, with places."""
        state = PlacedState(src, md, env, tokens)
        self.tokenize(state)
        for rule in self.ruler2.getRules(""):
            rule(state)
        return state.tokens
