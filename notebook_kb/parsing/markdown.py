"""The one configured Markdown parser, with the place of each inline."""

from __future__ import annotations

from functools import cache

from markdown_it import MarkdownIt
from mdit_py_plugins.deflist import deflist_plugin
from mdit_py_plugins.footnote import footnote_plugin

from notebook_kb.parsing.placed import PlacedInline
from notebook_kb.parsing.rules import address, cells, comment, highlight, math, tag, template, wikilink

# Deeper nesting is shown flat by markdown-it; the note gets a finding.
MAX_NESTING = 60


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
