"""Words that are no Markdown where they go (titles, captions, alt texts), their formulas in signs: `$x^2$` is x²."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from notebook_kb.publishing.drawing import Drawing

# as in running text: no blank inside the dollars, no digit behind them, so that prices stay
FORMULA = re.compile(r"(?<![\\$])\$(?=[^\s$])([^$\n]*?[^\s\\$])\$(?![\d$])|\\\(((?:(?!\\\)).)+)\\\)")


def plain_words(text: str, drawing: Drawing, *, plain_letters: bool) -> str:
    """The words with each formula as text; one that cannot be read stays as it was typed."""

    def said(match: re.Match[str]) -> str:
        tex = match[1] or match[2]
        return drawing.say(tex, display=False, plain_letters=plain_letters).alt or match[0]

    return FORMULA.sub(said, text) if "$" in text or "\\(" in text else text
