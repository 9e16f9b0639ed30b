"""MathML → SVG paths → PNG. ziamath sets the formula with STIX Two Math, whose shapes it writes as paths."""

from __future__ import annotations

import logging
import re
import warnings
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Protocol
from xml.etree import ElementTree as ET

from notebook_kb.rendering.images.faces import CONTROLS
from notebook_kb.rendering.images.memory import png_size
from notebook_kb.rendering.images.png import to_png
from notebook_kb.rendering.images.result import CannotDraw, Drawn, no_glyphs

if TYPE_CHECKING:
    from collections.abc import Callable

# ziamath's time doubles with each row within a row. A bound on that work, not on time: the same on each machine.
MOST_WORK, MOST_DEPTH = 3000, 40
ROWS = frozenset({"mrow", "mtd", "mstyle", "mtable"})
MARGIN, WIDTH, SIZE, ZOOM = 24, 350, 20, 2
COLUMN, COLUMN_SIZE, COLUMN_HEIGHT = 700, 32, 1400
SMALLEST = 6  # px at 1×: smaller letters nobody reads
EDGE = 2  # ziamath's own measure is a little tight
INK, BLACK = "#23201b", "#000000"
CANNOT_SET = CannotDraw("it holds what cannot be set as a picture")
TOO_LARGE = CannotDraw("it is too large to be set as a picture")
SCRIPTS = frozenset({"msub", "msup", "msubsup"})
BAR = ("bar", "bar")
STYLES = re.compile(r"([\w-]+):\s*([^;]+)")
ANNOTATION = re.compile(r"<annotation\b.*?</annotation>", re.DOTALL)
APPLY = re.compile("&ApplyFunction;|&af;")
# what ziamath raises on what it cannot set
FAULTS = (ArithmeticError, AttributeError, LookupError, RecursionError, TypeError, ValueError, ET.ParseError)
# attributes of ours that ziamath would misread
DROPPED = ("style", "class", "id", "tabindex", "data-s")


@dataclass(frozen=True, slots=True)
class SetFormula:
    """A formula as an `<svg>` element without a place; `width` and `height` in px, `depth` what lies below its baseline."""

    svg: str
    width: float
    height: float
    depth: float = 0.0

    def at(self, x: float, y: float, *, zoom: float = 1) -> str:
        """The element with its upper left corner at (x, y)."""
        place = f'x="{x:g}" y="{y:g}" width="{self.width * zoom:.2f}" height="{self.height * zoom:.2f}"'
        return re.sub(r'width="[^"]*" height="[^"]*"', place, self.svg, count=1)


class FormulaDrawer(Protocol):
    """What sets a formula: `draw_formula` here, or a worker of its own that is ended when it takes too long."""

    def __call__(self, mathml: str, size: float, colour: str = INK) -> SetFormula | CannotDraw:
        """The formula in letters of `size` px."""


def draw_formula(
    mathml: str, size: float, colour: str = INK, *, most: int = MOST_WORK
) -> SetFormula | CannotDraw:
    """The formula in glyphs as paths, or why not; `most` bounds the work."""
    root = _readable(mathml, most)
    if isinstance(root, CannotDraw):
        return root
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # of its own way to find its font
        from ziamath.zmath import Math  # noqa: PLC0415 - slow to load, and only pictures need it

    quiet = logging.getLogger()
    before = quiet.level
    quiet.setLevel(logging.ERROR)  # it tells the root logger of each element that it does not know
    try:
        formula = Math(root, size=size, margin=EDGE)
        missing = _missing(root, formula.font.glyphindex)
        if missing:
            return no_glyphs(missing).result
        svg = formula.svg()
        depth = EDGE - formula.getyofst()
    except FAULTS:
        return CANNOT_SET
    finally:
        quiet.setLevel(before)
    match = re.match(r'<svg [^>]*?width="([0-9.]+)" height="([0-9.]+)"', svg)
    if match is None or "<text" in svg:
        return CANNOT_SET
    coloured = svg.replace('fill="black"', f'fill="{colour}"').replace('stroke="black"', f'stroke="{colour}"')
    return SetFormula(coloured, float(match[1]), float(match[2]), round(depth, 4))


def _missing(root: ET.Element, glyph: Callable[[str], int]) -> str:
    """The characters of the formula that its font has no shape for."""
    text = CONTROLS.sub("", "".join(root.itertext()))
    return "".join(dict.fromkeys(c for c in text if not c.isspace() and not glyph(c)))


def formula_svg(mathml: str) -> str:
    """The formula as a picture of its own: on white, with a margin, not narrower than a column of text; '' where it
    cannot be set.
    """
    drawn = draw_formula(mathml, SIZE, BLACK)
    if isinstance(drawn, CannotDraw):
        return ""
    return _on_white(drawn, max(WIDTH, drawn.width + 2 * MARGIN), 1)


def formula_png(mathml: str) -> bytes:
    """A formula as a PNG at twice its size, black on white, at least 700 px wide; b'' where it cannot be set."""
    svg = formula_svg(mathml)
    return to_png(svg, ZOOM) if svg else b""


def formula_picture(mathml: str, draw: FormulaDrawer = draw_formula) -> Drawn | CannotDraw:
    """A formula for a column of text elsewhere: a PNG always 1400 px wide, black on white, in letters that a phone
    shows well; one that is too wide for them is made smaller as a whole.
    """
    drawn = draw(mathml, COLUMN_SIZE, BLACK)
    if isinstance(drawn, CannotDraw):
        return drawn
    if drawn.width * SMALLEST > (COLUMN - 2 * MARGIN) * COLUMN_SIZE:
        return CannotDraw("it is too wide: in a column its letters would be too small to read")
    zoom = min(1.0, (COLUMN - 2 * MARGIN) / drawn.width, COLUMN_HEIGHT / drawn.height)
    data = to_png(_on_white(drawn, COLUMN, zoom), ZOOM)
    return Drawn(data, "image/png", *png_size(data))


def _on_white(drawn: SetFormula, width: float, zoom: float) -> str:
    """The formula in the middle of a white canvas."""
    height = drawn.height * zoom + 2 * MARGIN
    left = round((width - drawn.width * zoom) / 2, 2)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width:.0f}" height="{height:.0f}">'
        f'<rect width="100%" height="100%" fill="#ffffff"/>{drawn.at(left, MARGIN, zoom=zoom)}</svg>'
    )


def _readable(mathml: str, most: int) -> ET.Element | CannotDraw:
    """The formula as ziamath reads it, or that it is none or too large a one."""
    text = APPLY.sub("\u2061", ANNOTATION.sub("", mathml)).replace("&nbsp;", "\u00a0")
    try:
        root = ET.fromstring(text)  # noqa: S314 - our own converter wrote it, and expat expands no outer entities
    except ET.ParseError:
        return CANNOT_SET
    if _work(root, 1, 0, most) > most:
        return TOO_LARGE
    for element in root.iter():
        element.tag = element.tag.rpartition("}")[2]
        if element.tag == "semantics":
            element.tag = "mrow"
        _drop_blank(element)
    for table in root.iter("mtable"):
        _align(table)
    for element in root.iter():
        for name in DROPPED:
            element.attrib.pop(name, None)
    return root


def _drop_blank(element: ET.Element) -> None:
    """Take out spaces without a width from what bears an index: ziamath would part the two by it."""
    if element.tag in SCRIPTS and len(element) and len(element[0]) > 1:
        for child in list(element[0]):
            if child.tag.rpartition("}")[2] == "mspace" and not child.attrib:
                element[0].remove(child)


def _align(table: ET.Element) -> None:
    """Alignment, blanks and upright rules of columns, which our converter writes as styles, as ziamath has them."""
    pads: list[tuple[str, str]] = []
    for row in table:
        cells = [(cell, dict(STYLES.findall(cell.get("style", "")))) for cell in row]
        at = 0
        for cell, style in cells:
            if style.get("text-align") in {"left", "right"}:
                cell.set("columnalign", style["text-align"])
            pads[at:] = pads[at:] or [(style.get("padding-left", ""), style.get("padding-right", ""))]
            at += 1
            if "border-right" in style:
                # it knows no rules: a bar in each row says the same
                bar = ET.Element("mtd")
                ET.SubElement(bar, "mo", {"stretchy": "false"}).text = "|"
                row.insert(at, bar)
                pads[at:] = pads[at:] or [BAR]
                at += 1
    gaps = [_gap(left[1], right[0]) for left, right in pairwise(pads)]
    if gaps:
        table.set("columnspacing", " ".join(gaps))
    table.set("rowspacing", "0.5em" if table.get("displaystyle") == "true" else "0.35em")


def _gap(before: str, after: str) -> str:
    """The blank between two columns: the sides of an equation are close, the columns of a matrix are not."""
    if after.endswith("em"):
        return after
    if "bar" in {before, after}:
        return "0.3em"
    return "0.22em" if before == after == "0" else "0.8em"


def _work(element: ET.Element, cost: int, depth: int, most: int) -> int:
    """How much work a formula is: each leaf counts double for each row that it stands in."""
    if depth > MOST_DEPTH or cost > most:
        return most + 1
    inner = cost * 2 if element.tag.rpartition("}")[2] in ROWS and len(element) > 1 else cost
    total = cost
    for child in element:
        total += _work(child, inner, depth + 1, most)
        if total > most:
            break
    return total
