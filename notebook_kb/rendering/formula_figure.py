"""Symbol by symbol: a display formula with its symbols beside it and the sentence that reads it aloud."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from notebook_kb.model import document as d
from notebook_kb.parsing.blocks import lone_id
from notebook_kb.parsing.symbols import mark_symbols
from notebook_kb.rendering.anchors import with_id
from notebook_kb.rendering.sanitise import sanitise

if TYPE_CHECKING:
    from notebook_kb.languages import LanguagePack
    from notebook_kb.rendering.html import HtmlRenderer

TWO = 2
# as many as the style sheet knows
MARKS = "abcdefghijkl"
MATH = re.compile(r"<math\b.*?</math>", re.DOTALL)
ROW = re.compile(r'<div data-s="([a-l])" tabindex="0"><dt>(.*?)</dt>', re.DOTALL)


class FormulaFigures:
    """Renders a symbols section: each display formula takes the list or table and the sentence that follow it."""

    def __init__(self, renderer: HtmlRenderer, pack: LanguagePack) -> None:
        self.renderer = renderer
        self.pack = pack
        self.read_aloud = tuple(w.casefold() for w in pack.labels["read_aloud"])

    def symbols(self, blocks: tuple[d.Block, ...]) -> str:
        """The section's HTML."""
        parts: list[str] = []
        i = 0
        while i < len(blocks):
            block = blocks[i]
            if isinstance(block, d.MathBlock):
                name = lone_id(blocks[i + 1]) if i + 1 < len(blocks) else ""
                start = i + 2 if name else i + 1
                taken = self.belonging(blocks[start:])
                figure = self.figure(block, blocks[start : start + taken])
                parts.append(with_id(figure, (name,), self.renderer.given) if name else figure)
                i = start + taken
            else:
                parts.append(self.renderer.fragment((block,)))
                i += 1
        return "".join(parts)

    def belonging(self, blocks: tuple[d.Block, ...]) -> int:
        """How many of the blocks belong to the formula before them."""
        count = 0
        for block in blocks:
            if not (symbol_rows(block) or self.aloud(block) or isinstance(block, d.CommentBlock)):
                break
            count += 1
        return count

    def aloud(self, block: d.Block) -> tuple[d.Inline, ...]:
        """The words behind `Read aloud:`; () when the block is no such line."""
        return spoken(block, self.read_aloud)

    def figure(self, formula: d.MathBlock, blocks: tuple[d.Block, ...]) -> str:
        """One formula with what belongs to it."""
        render = self.renderer
        render.raw = False
        math = render.formula(formula)
        rows = [row for block in blocks for row in symbol_rows(block)]
        symbols = "".join(
            f"<div{row_mark(n)}><dt>{render.inlines(sign)}</dt><dd>{render.inlines(words)}</dd></div>"
            for n, (sign, words) in enumerate(rows)
        )
        said = [self.aloud(b) for b in blocks]
        word = self.pack.word("read_aloud")
        aloud = "".join(
            f'<p class="aloud"><span class="label">{word}</span> {render.inlines(s)}</p>' for s in said if s
        )
        label = self.pack.word("formula")
        html = (
            f'<figure class="formula"><div class="eq" tabindex="0" role="group" aria-label="{label}">{math}</div>'
            + (f'<dl class="symbols">{symbols}</dl>' if symbols else "")
            + f"{aloud}</figure>\n"
        )
        return marked(render.trusted.restore(sanitise(html) if render.raw else html))


def row_mark(number: int) -> str:
    """The attributes by which a row and its symbols find each other; rows beyond the style sheet's marks have none."""
    return f' data-s="{MARKS[number]}" tabindex="0"' if number < len(MARKS) else ""


def marked(figure: str) -> str:
    """A figure's HTML with the symbols of its formula marked by the row that describes them."""
    formula = MATH.search(figure)
    rows = [(row[1], MATH.findall(row[2])) for row in ROW.finditer(figure)]
    if formula is None or not any(signs for _, signs in rows):
        return figure
    return figure[: formula.start()] + mark_symbols(formula[0], rows) + figure[formula.end() :]


def spoken(block: d.Block, labels: tuple[str, ...]) -> tuple[d.Inline, ...]:
    """The words behind one of the labels (`Read aloud:`, without case); () when the block is no such line."""
    if not isinstance(block, d.Paragraph) or not block.inlines:
        return ()
    first = block.inlines[0]
    if not isinstance(first, d.Text):
        return ()
    label, colon, rest = first.text.partition(":")
    if not colon or label.strip().casefold() not in labels:
        return ()
    return (d.Text(first.place, rest.lstrip()), *block.inlines[1:])


def symbol_rows(block: d.Block) -> list[tuple[tuple[d.Inline, ...], tuple[d.Inline, ...]]]:
    """(sign, words) of a two-column table or a list of `$m$: the slope`; [] when the block is neither."""
    if isinstance(block, d.Table):
        rows = block.rows if all(len(r) >= TWO for r in block.rows) and len(block.header) == TWO else ()
        return [(r[0].inlines, r[1].inlines) for r in rows]
    if isinstance(block, d.List):
        found = [list_row(item) for item in block.items]
        return [row for row in found if row] if all(found) else []
    return []


def list_row(item: d.ListItem) -> tuple[tuple[d.Inline, ...], tuple[d.Inline, ...]] | None:
    """`$m$: the slope` as (sign, words)."""
    if len(item.children) != 1 or not isinstance(item.children[0], d.Paragraph):
        return None
    inlines = item.children[0].inlines
    for i, inline in enumerate(inlines):
        if isinstance(inline, d.Text) and i and inline.text.lstrip()[:1] in {":", "–", "—", "-", "="}:
            rest = inline.text.lstrip()[1:].lstrip()
            return inlines[:i], (d.Text(inline.place, rest), *inlines[i + 1 :])
    return None
