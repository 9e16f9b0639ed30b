"""Counting the words that a learner wrote: the rule of the coverage (design: a part counts from ten words)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from notebook_kb.model import document as d

if TYPE_CHECKING:
    from collections.abc import Iterator

# letters of any script; hyphens and apostrophes inside a word do not end it
WORD = re.compile(r"[^\W\d_]+(?:['’‐‑-][^\W\d_]+)*")
# scripts written without blanks: two characters are one word
DENSE = re.compile(r"[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]")
READ_FIGURE = re.compile(r"\d")
QUOTE_LIKE = (d.Quote, d.CodeBlock, d.MathBlock, d.Table, d.CommentBlock, d.Heading, d.HtmlBlock, d.Footnote)


def count_words(text: str) -> int:
    """Words of plain text. Letters only; in scripts without blanks two characters are one word."""
    dense = len(DENSE.findall(text))
    return len(WORD.findall(DENSE.sub(" ", text))) + (dense + 1) // 2


def counted_words(blocks: tuple[d.Block, ...]) -> int:
    """The words of blocks that count: not code, math, tables, quotes, prompts, headings, footnotes or embeds."""
    return sum(count_words(text) for text in counted_texts(blocks))


def counted_texts(blocks: tuple[d.Block, ...]) -> Iterator[str]:
    """The texts that count, one for each block."""
    for block in blocks:
        if isinstance(block, QUOTE_LIKE):
            continue
        if isinstance(block, d.Callout):
            yield from counted_texts(block.children)
            continue
        inlines = d.own_inlines(block)
        if inlines:
            yield inline_words(inlines)
        yield from counted_texts(d.child_blocks(block))


def inline_words(inlines: tuple[d.Inline, ...]) -> str:
    """The text of inlines without code, formulas, embeds, tags and comments."""
    parts: list[str] = []
    for inline in inlines:
        match inline:
            case d.Text():
                parts.append(inline.text)
            case d.WikiLink():
                parts.append(inline.label)
            case d.Link() if inline.auto:
                pass
            case d.InlineParent():
                parts.append(inline_words(inline.children))
            case d.SoftBreak() | d.HardBreak() | d.Code() | d.Math():
                parts.append(" ")
            case _:
                pass
    return "".join(parts)


def has_substance(blocks: tuple[d.Block, ...]) -> bool:
    """Whether an example holds a formula, a number, code or a picture."""
    for block in d.walk_blocks(blocks):
        if isinstance(block, (d.MathBlock, d.CodeBlock)):
            return True
        for inline in d.walk_inlines(d.own_inlines(block)):
            if isinstance(inline, (d.Math, d.Code, d.Image, d.Embed)):
                return True
            if isinstance(inline, d.Text) and READ_FIGURE.search(inline.text):
                return True
    return False
