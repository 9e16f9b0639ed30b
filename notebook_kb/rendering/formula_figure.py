"""Symbol by symbol: a display formula with its symbols beside it and the sentence that reads it aloud."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from notebook_kb.model import document as d
from notebook_kb.parsing.symbol_lists import (
    list_words,
    listed_blocks,
    says_something,
    spoken,
    symbol_rows,
    where_rows,
)
from notebook_kb.parsing.symbols import mark_symbols
from notebook_kb.rendering.anchors import with_id
from notebook_kb.rendering.sanitise import sanitise

if TYPE_CHECKING:
    from notebook_kb.languages import LanguagePack
    from notebook_kb.rendering.html import HtmlRenderer

# as many as the style sheet knows
MARKS = "abcdefghijkl"
MATH = re.compile(r"<math\b.*?</math>", re.DOTALL)
ROW = re.compile(r'<div data-s="([a-l])" tabindex="0"><dt>(.*?)</dt>', re.DOTALL)


class FormulaFigures:
    """Renders a symbols section: each display formula takes the list or table and the sentence that follow it."""

    def __init__(self, renderer: HtmlRenderer, pack: LanguagePack) -> None:
        self.renderer = renderer
        self.pack = pack
        self.words = list_words(pack)

    def symbols(self, blocks: tuple[d.Block, ...]) -> str:
        """The section's HTML."""
        parts: list[str] = []
        for block, name, own in listed_blocks(blocks, self.words):
            if isinstance(block, d.MathBlock):
                figure = self.figure(block, own)
                parts.append(with_id(figure, (name,), self.renderer.given) if name else figure)
            else:
                parts.append(self.renderer.fragment((block,)))
        return "".join(parts)

    def figure(self, formula: d.MathBlock, blocks: tuple[d.Block, ...]) -> str:
        """One formula with what belongs to it."""
        render = self.renderer
        render.raw = False
        math = render.formula(formula)
        # a row that waits for its words is nothing to show
        rows = [r for b in blocks for r in symbol_rows(b, self.words.means) if says_something(r[1])]
        symbols = "".join(
            f"<div{row_mark(n)}><dt>{render.inlines(sign)}</dt><dd>{render.inlines(words)}</dd></div>"
            for n, (sign, words) in enumerate(rows)
        )
        where = "".join(
            f"<p>{render.inlines(b.inlines)}</p>"
            for b in blocks
            if isinstance(b, d.Paragraph) and where_rows(b, self.words)
        )
        said = [spoken(b, self.words.aloud) for b in blocks]
        word = self.pack.word("read_aloud")
        aloud = "".join(
            f'<p class="aloud"><span class="label">{word}</span> {render.inlines(s)}</p>' for s in said if s
        )
        label = self.pack.word("formula")
        html = (
            f'<figure class="formula"><div class="eq" tabindex="0" role="group" aria-label="{label}">{math}</div>'
            + (f'<dl class="symbols">{symbols}</dl>' if symbols else "")
            + f'{where}{aloud}<kb-also n="{formula.place.line}"></kb-also></figure>\n'
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
