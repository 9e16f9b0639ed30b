"""The one configured Markdown parser, with the place of each inline."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Literal

from markdown_it import MarkdownIt
from markdown_it.parser_inline import ParserInline
from markdown_it.rules_inline import StateInline
from mdit_py_plugins.deflist import deflist_plugin
from mdit_py_plugins.footnote import footnote_plugin

from notebook_kb.parsing.rules import address, cells, comment, highlight, math, tag, template, wikilink

if TYPE_CHECKING:
    from markdown_it.token import Token
    from markdown_it.utils import EnvType

# Deeper nesting is shown flat by markdown-it; the note gets a finding.
MAX_NESTING = 60


class PlacedState(StateInline):
    """Remembers in `token.meta["pos"]` where in the block's text each token began."""

    def push(self, ttype: str, tag: str, nesting: Literal[-1, 0, 1]) -> Token:
        """As the parent's, with the position."""
        token = super().push(ttype, tag, nesting)
        token.meta["pos"] = self.pos
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


@cache
def parser(*, own_rules: bool = True) -> MarkdownIt:
    """CommonMark with tables and strike-through; with `own_rules` all that notes may hold besides."""
    md = MarkdownIt("commonmark", {"maxNesting": MAX_NESTING})
    md.inline = PlacedInline()
    # linkify doubles the parse; bare addresses are found by a cheap rule of our own
    md.enable(["table", "strikethrough"])
    if own_rules:
        footnote_plugin(md)
        deflist_plugin(md)
        for rule in (address, cells, comment, math, wikilink, highlight, tag, template):
            rule.install(md)
    return md
