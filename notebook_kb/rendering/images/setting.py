"""Setting text of one style in the shipped fonts: widths, line breaks, a size that fits, an ellipsis where none does."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from notebook_kb.rendering.images.faces import markup, missing_glyphs, settable, widths
from notebook_kb.rendering.images.png import FAMILY

if TYPE_CHECKING:
    from collections.abc import Sequence

LONGEST = 300  # signs of a text that is set
UNIT = 1000  # the font's units for the size of the text


@dataclass(frozen=True, slots=True)
class Block:
    """Lines of text in one size; `style` is regular or italic."""

    lines: tuple[str, ...]
    size: float
    style: str = "regular"

    @property
    def height(self) -> float:
        """What the lines take from the top of the first to the foot of the last."""
        return round(len(self.lines) * self.size * 1.16, 1)

    def svg(self, x: float, top: float, *, colour: str, anchor: str = "start") -> str:
        """The lines at (x, top)."""
        slant = ' font-style="italic"' if self.style == "italic" else ""
        rows = "".join(
            f'<text x="{x:g}" y="{round(top + self.size * (0.9 + 1.16 * i), 1):g}">{markup(line, self.style)}</text>'
            for i, line in enumerate(self.lines)
        )
        return (
            f'<g font-family="{FAMILY}" font-size="{self.size:g}"{slant} fill="{colour}"'
            f' text-anchor="{anchor}">{rows}</g>'
        )


def plain(text: str) -> str:
    """The text as it is set: composed letters, single blanks, no signs without a shape."""
    return " ".join(settable(text.replace("\t", " ").replace("\n", " ")).split())


def can_set(text: str, style: str = "regular") -> bool:
    """Whether the fonts have every character."""
    return not missing_glyphs(plain(text), style)


def measure(text: str, size: float, style: str = "regular") -> float:
    """The width of a line in px; kerning, which makes it a little less, is not counted."""
    table = widths(style)
    return sum(table.get(c, UNIT) for c in text) * size / UNIT


def wrap(text: str, size: float, width: float, style: str = "regular") -> list[str]:
    """The text in lines that fit, broken at blanks, and within a word only where it is too long for a line."""
    lines: list[str] = []
    line = ""
    for word in plain(text).split(" "):
        joined = f"{line} {word}" if line else word
        if measure(joined, size, style) <= width:
            line = joined
            continue
        if line:
            lines.append(line)
        line = ""
        taken = 0.0
        for sign in word:
            wide = measure(sign, size, style)
            if line and taken + wide > width:
                lines.append(line)
                line, taken = "", 0.0
            line, taken = line + sign, taken + wide
    return [*lines, line] if line else lines


def fit(text: str, sizes: Sequence[float], most: int, width: float, style: str = "regular") -> Block:
    """The text in the largest of the sizes in which it takes at most `most` lines; else cut with an ellipsis.

    What stands behind the first `LONGEST` signs fits in no picture, and is not even tried.
    """
    text = plain(text)
    text = text if len(text) <= LONGEST else f"{text[:LONGEST].rstrip()}…"
    for size in sizes:
        lines = wrap(text, size, width, style)
        broken = any(measure(w, size, style) > width for w in plain(text).split(" "))
        if len(lines) <= most and not (broken and size != sizes[-1]):
            return Block(tuple(_even(lines, size, width, style)), size, style)
    size = sizes[-1]
    lines = wrap(text, size, width, style)[:most]
    last = lines[-1]
    while last and measure(f"{last.rstrip()}…", size, style) > width:
        last = last[:-1]
    return Block((*lines[:-1], f"{last.rstrip()}…"), size, style)


def _even(lines: list[str], size: float, width: float, style: str) -> list[str]:
    """The same number of lines, as even as they can be, so that no word stands alone in the last."""
    if len(lines) < 2:
        return lines
    text, best = " ".join(lines), lines
    for narrower in range(int(width) - 20, int(width) // 2, -20):
        found = wrap(text, size, narrower, style)
        if len(found) != len(lines) or found == ["".join(lines)] or " ".join(found) != text:
            break
        best = found
    return best
