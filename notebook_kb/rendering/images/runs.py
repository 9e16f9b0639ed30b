"""Lines of text in pictures: words in several styles and formulas on one line, broken to a width.

A character that the shipped fonts lack is taken from the math font (ziamath's STIX Two Math, as a path); one that this
lacks too is never drawn as an empty box: `CannotSetError` names it.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import cache
from html import escape
from importlib.resources import files as package_files
from typing import TYPE_CHECKING

from notebook_kb.rendering.images.formula import draw_formula
from notebook_kb.rendering.images.png import FAMILY, MONO
from notebook_kb.rendering.images.setting import CONTROLS, UNIT, widths

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from notebook_kb.rendering.images.formula import Drawn

INK = "#23201b"
ABOVE, BELOW = 0.78, 0.24  # of the size: what a line of words takes above and below its line
LEADING = 0.34
ATTRIBUTES = {
    "regular": f'font-family="{FAMILY}"',
    "italic": f'font-family="{FAMILY}" font-style="italic"',
    "bold": f'font-family="{FAMILY}" font-weight="700"',
    "mono": f'font-family="{MONO}"',
}
MONO_SIZE = 0.92  # its letters look larger beside the serif's


class CannotSetError(Exception):
    """What cannot be set: `characters` without a shape, or a formula that is too large (then '')."""

    def __init__(self, characters: str = "", formula: str = "") -> None:
        named = " ".join(f"{c} (U+{ord(c):04X})" for c in characters)
        super().__init__(f"no font that ships has {named}" if characters else formula)
        self.characters = characters


@dataclass(frozen=True, slots=True)
class Run:
    """Words in one style (regular, italic, bold, mono), or a formula as MathML."""

    text: str = ""
    style: str = "regular"
    mathml: str = ""


@dataclass(frozen=True, slots=True)
class Piece:
    """A word or a formula with its size; `gap` is the blank before it."""

    width: float
    above: float
    below: float
    gap: float
    text: str = ""
    style: str = "regular"
    drawn: Drawn | None = None

    def svg(self, x: float, line: float, size: float, colour: str) -> str:
        """The piece with its left end at `x` on the line at `line`."""
        if self.drawn is not None:
            return self.drawn.at(round(x, 2), round(line - self.drawn.above, 2))
        shown = size * MONO_SIZE if self.style == "mono" else size
        return (
            f'<text x="{x:.2f}" y="{line:.2f}" font-size="{shown:g}" fill="{colour}" xml:space="preserve"'
            f" {ATTRIBUTES[self.style]}>{escape(self.text, quote=False)}</text>"
        )


@dataclass(frozen=True, slots=True)
class Line:
    """Pieces side by side."""

    pieces: tuple[Piece, ...]
    size: float

    @property
    def width(self) -> float:
        """From the first piece to the end of the last."""
        return sum(p.width + (p.gap if n else 0) for n, p in enumerate(self.pieces))

    @property
    def above(self) -> float:
        """Above the line of the words."""
        return max([p.above for p in self.pieces], default=self.size * ABOVE)

    @property
    def height(self) -> float:
        """With the space to the next line."""
        below = max([p.below for p in self.pieces], default=self.size * BELOW)
        return self.above + below + self.size * LEADING

    def svg(self, x: float, top: float, colour: str = INK) -> str:
        """The line with its upper left corner at (x, top)."""
        line = top + self.above
        out = []
        for number, piece in enumerate(self.pieces):
            x += piece.gap if number else 0
            out.append(piece.svg(x, line, self.size, colour))
            x += piece.width
        return "".join(out)


@cache
def math_characters() -> frozenset[str]:
    """The characters of the math font."""
    from ziafont.font import Font  # noqa: PLC0415 - only what no font of ours has needs it

    font = Font(str(package_files("ziamath.fonts").joinpath("STIXTwoMath-Regular.ttf")))
    return frozenset(chr(c) for c in range(0x80, 0x1F000) if font.glyphindex(chr(c)))


def missing_glyphs(text: str, style: str = "regular") -> str:
    """The characters that no shipped font has, each once."""
    known = widths(style)
    return "".join(
        dict.fromkeys(
            c for c in clean(text) if c not in known and c not in "\n\t" and c not in math_characters()
        )
    )


def clean(text: str) -> str:
    """Text as it is set: composed letters, no signs without a shape; line ends and tabs stay."""
    composed = unicodedata.normalize("NFC", text)
    return re.sub(r"[^\n\t]", lambda m: CONTROLS.sub("", m[0]), composed)


def text_width(text: str, size: float, style: str) -> float:
    """The width of words in px."""
    known = widths(style)
    shown = size * MONO_SIZE if style == "mono" else size
    return sum(known.get(c, UNIT) for c in text) * shown / UNIT


def set_lines(runs: Iterable[Run], size: float, width: float) -> tuple[Line, ...]:
    """Runs as lines not wider than `width`; a word longer than a line is broken, a formula made smaller.

    Raises CannotSetError.
    """
    lines: list[Line] = []
    line: list[Piece] = []
    used = 0.0
    for piece in pieces_of(runs, size, width):
        if piece is None:
            lines.append(Line(tuple(line), size))
            line, used = [], 0.0
            continue
        gap = piece.gap if line else 0
        if line and piece.gap and used + gap + piece.width > width:
            lines.append(Line(tuple(line), size))
            line, used, gap = [], 0.0, 0
        line.append(piece)
        used += gap + piece.width
    if line or not lines:
        lines.append(Line(tuple(line), size))
    return tuple(lines)


def pieces_of(runs: Iterable[Run], size: float, width: float) -> Iterator[Piece | None]:
    """Words and formulas in order; None is a forced line end. A gap of 0 glues a piece to the one before."""
    gap = 0.0
    for run in runs:
        blank = text_width(" ", size, run.style if not run.mathml else "regular")
        if run.mathml:
            yield formula_piece(run.mathml, size, gap, width)
            gap = 0.0
            continue
        for part in re.split(r"([ \t]+|\n)", clean(run.text)):
            if part == "\n":
                yield None
                gap = 0.0
            elif not part.strip():
                gap = blank if part else gap
            else:
                yield from word_pieces(part, run.style, size, gap, width)
                gap = 0.0


def formula_piece(mathml: str, size: float, gap: float, width: float) -> Piece:
    """A formula on the line, made smaller where it is wider than the line."""
    drawn = draw_formula(mathml, size, INK)
    if drawn is not None and drawn.width > width:
        drawn = draw_formula(mathml, size * width / drawn.width * 0.98, INK)
    if drawn is None:
        raise CannotSetError(formula="a formula is too large to be drawn")
    return Piece(drawn.width, drawn.above, drawn.height - drawn.above, gap, drawn=drawn)


def word_pieces(word: str, style: str, size: float, gap: float, width: float) -> Iterator[Piece]:
    """A word: whole, or in parts where characters come from the math font or a line is too short for it."""
    missing = missing_glyphs(word, style)
    if missing:
        raise CannotSetError(missing)
    known = widths(style)
    for part in re.findall("|".join((f"[{re.escape(''.join(known))}]+", ".")), word, re.DOTALL):
        if part[0] not in known:
            mathml = f'<math xmlns="http://www.w3.org/1998/Math/MathML"><mtext>{escape(part)}</mtext></math>'
            yield formula_piece(mathml, size, gap, width)
            gap = 0.0
            continue
        rest = part
        while rest:
            cut = len(rest)
            while cut > 1 and text_width(rest[:cut], size, style) > width:
                cut -= 1
            # what is broken may stand on a line of its own
            yield Piece(
                text_width(rest[:cut], size, style), size * ABOVE, size * BELOW, gap, rest[:cut], style
            )
            rest, gap = rest[cut:], 0.001
        gap = 0.0
