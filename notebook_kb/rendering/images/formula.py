"""MathML → SVG paths → PNG. ziamath sets the formula with STIX Two Math, whose shapes it writes as paths."""

from __future__ import annotations

import logging
import re
import warnings
from dataclasses import dataclass
from xml.etree import ElementTree as ET

from notebook_kb.rendering.images.png import to_png

# ziamath's time doubles with each row within a row. A bound on that work, not on time: the same on each machine.
MOST_WORK, MOST_DEPTH = 3000, 40
ROWS = frozenset({"mrow", "mtd", "mstyle", "mtable"})
MARGIN, WIDTH, SIZE, ZOOM = 24, 700, 26, 2
INK = "#23201b"
ANNOTATION = re.compile(r"<annotation\b.*?</annotation>", re.DOTALL)
APPLY = re.compile("&ApplyFunction;|&af;")
# what ziamath raises on what it cannot set
FAULTS = (ArithmeticError, AttributeError, LookupError, RecursionError, TypeError, ValueError, ET.ParseError)
# attributes of ours that ziamath would misread
DROPPED = ("style", "class", "id", "tabindex", "columnalign", "data-s")


@dataclass(frozen=True, slots=True)
class Drawn:
    """A formula as an `<svg>` element without a place; `width` and `height` in px, `above` what of the height stands
    above the line of the text.
    """

    svg: str
    width: float
    height: float
    above: float = 0.0

    def at(self, x: float, y: float, *, zoom: float = 1) -> str:
        """The element with its upper left corner at (x, y)."""
        place = f'x="{x:g}" y="{y:g}" width="{self.width * zoom:.2f}" height="{self.height * zoom:.2f}"'
        return re.sub(r'width="[^"]*" height="[^"]*"', place, self.svg, count=1)


def draw_formula(mathml: str, size: float, colour: str = INK) -> Drawn | None:
    """The formula in glyphs as paths, None where it is too large or cannot be set."""
    root = _readable(mathml)
    if root is None:
        return None
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # of its own way to find its font
        from ziamath.zmath import Math  # noqa: PLC0415 - slow to load, and only pictures need it

    quiet = logging.getLogger()
    before = quiet.level
    quiet.setLevel(logging.ERROR)  # it tells the root logger of each element that it does not know
    try:
        formula = Math(root, size=size, margin=2)
        svg = formula.svg()
    except FAULTS:
        return None
    finally:
        quiet.setLevel(before)
    match = re.match(r'<svg [^>]*?width="([0-9.]+)" height="([0-9.]+)" viewBox="\S+ (\S+)', svg)
    if match is None or "<text" in svg:
        return None
    coloured = svg.replace('fill="black"', f'fill="{colour}"').replace('stroke="black"', f'stroke="{colour}"')
    return Drawn(coloured, float(match[1]), float(match[2]), -float(match[3]))


def formula_svg(mathml: str) -> str:
    """The formula as a picture of its own: on white, with a margin, as wide as a column of text and never wider; '' where
    it cannot be set.
    """
    drawn = draw_formula(mathml, SIZE, "#000000")
    if drawn is None:
        return ""
    room = WIDTH - 2 * MARGIN
    zoom = min(1.0, room / drawn.width)
    width, height = drawn.width * zoom, drawn.height * zoom
    placed = drawn.at((WIDTH - width) / 2, MARGIN, zoom=zoom)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{height + 2 * MARGIN:.0f}">'
        f'<rect width="100%" height="100%" fill="#ffffff"/>{placed}</svg>'
    )


def formula_png(mathml: str) -> bytes:
    """A formula as a PNG at twice its size, black on white, 1400 px wide; b'' where it cannot be set."""
    svg = formula_svg(mathml)
    return to_png(svg, ZOOM) if svg else b""


def _readable(mathml: str) -> ET.Element | None:
    """The formula as ziamath reads it, None for what is no formula or too large a one."""
    text = APPLY.sub("\u2061", ANNOTATION.sub("", mathml)).replace("&nbsp;", "\u00a0")
    try:
        root = ET.fromstring(text)  # noqa: S314 - our own converter wrote it, and expat expands no outer entities
    except ET.ParseError:
        return None
    if _work(root, 1, 0) > MOST_WORK:
        return None
    for element in root.iter():
        element.tag = element.tag.rpartition("}")[2]
        if element.tag == "semantics":
            element.tag = "mrow"
        for name in DROPPED:
            element.attrib.pop(name, None)
    return root


def _work(element: ET.Element, cost: int, depth: int) -> int:
    """How much work a formula is: each leaf counts double for each row that it stands in."""
    if depth > MOST_DEPTH or cost > MOST_WORK:
        return MOST_WORK + 1
    inner = cost * 2 if element.tag.rpartition("}")[2] in ROWS and len(element) > 1 else cost
    return cost + sum(_work(child, inner, depth + 1) for child in element)
