"""A table as a picture: hairlines on white, columns as wide as what they hold, whole at any number of columns."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from notebook_kb.rendering.images.formula import EDGE as FORMULA_EDGE
from notebook_kb.rendering.images.formula import INK, draw_formula
from notebook_kb.rendering.images.memory import png_size
from notebook_kb.rendering.images.png import to_png
from notebook_kb.rendering.images.result import CannotDraw, Drawn, UndrawableError
from notebook_kb.rendering.images.runs import Remembered, Setter

if TYPE_CHECKING:
    from collections.abc import Sequence

    from notebook_kb.rendering.images.formula import FormulaDrawer, SetFormula
    from notebook_kb.rendering.images.runs import Runs, SetText

WIDTH, ZOOM, EDGE = 700, 2, 24
ROOM = WIDTH - 2 * EDGE
HIGHEST = 8000  # px at 1×: what is longer no site shows as one picture
RULE, SOFT = "#d8d0c0", "#5d564a"
# a phone shows the picture at less than half its size: letters are large where there is room
LARGE, SMALL, TINY = (24, 23, 22, 21, 20), (20, 19, 18, 17), (16, 15, 14, 13, 12)
GAP, ROW = 1.1, 0.42  # between columns, above and below a row, in sizes of the letters
WIDEST_GAP = 2.4
MOST_WORD = 9.0  # where words must be broken: the width of a column, in sizes
SAMPLE, HAIR = 20.0, 1.004


@dataclass(frozen=True, slots=True)
class TablePicture:
    """Header and rows of cells, each a tuple of runs; rows may be short. `align` names left, right or center a column."""

    header: tuple[Runs, ...]
    rows: tuple[tuple[Runs, ...], ...]
    align: tuple[str, ...] = ()

    @property
    def columns(self) -> int:
        """How many columns the widest row has."""
        return max((len(r) for r in (self.header, *self.rows)), default=0)


@dataclass(frozen=True, slots=True)
class Layout:
    """Sizes: of the letters, of the columns, the blank between them, and of the picture."""

    size: float
    columns: tuple[float, ...]
    gap: float
    width: float

    @property
    def table(self) -> float:
        """The width of the table itself."""
        return sum(self.columns) + self.gap * (len(self.columns) - 1)


def table_png(table: TablePicture, draw: FormulaDrawer = draw_formula) -> Drawn | CannotDraw:
    """The table as a PNG 1400 px wide (wider only where even the smallest letters leave no other way)."""
    try:
        svg = table_svg(table, draw)
    except UndrawableError as fault:
        return fault.result
    data = to_png(svg, ZOOM)
    return Drawn(data, "image/png", *png_size(data))


def table_svg(table: TablePicture, draw: FormulaDrawer = draw_formula) -> str:
    """The table as SVG. Raises UndrawableError."""
    if not table.columns:
        raise UndrawableError("it is a table without cells")
    cells = [[*row, *[()] * (table.columns - len(row))] for row in (bold(table.header), *table.rows)]
    remembered = Remembered(draw)
    layout = laid_out(cells, remembered)
    setter = Setter(layout.size, 1.36, remembered)
    rows = [
        [setter.lines(cell, width) for cell, width in zip(row, layout.columns, strict=True)] for row in cells
    ]
    return drawn(rows if table.header else rows[1:], table, layout)


def bold(cells: Sequence[Runs]) -> tuple[Runs, ...]:
    """The cells of a header."""
    return tuple(
        tuple(replace(r, style="bold") if r.style == "regular" else r for r in cell) for cell in cells
    )


def laid_out(cells: list[list[Runs]], draw: FormulaDrawer) -> Layout:
    """The largest letters in which nothing need be wrapped; else in which no word is broken; else the smallest."""
    widest_words, whole = measured(cells, Setter(1.0, draw=AtOne(draw)))
    for size in LARGE:
        most, gap = [w * size for w in whole], size * GAP
        if total(most, gap) <= ROOM:
            return Layout(size, tuple(most), airy(most, gap, size), WIDTH)
    for size in (*SMALL, *TINY):
        least, most, gap = [w * size for w in widest_words], [w * size for w in whole], size * GAP
        if total(least, gap) <= ROOM:
            return Layout(size, shared(least, most, ROOM - gap * (len(most) - 1)), gap, WIDTH)
    narrow = [min(w, MOST_WORD * size) for w in least]
    room = max(ROOM, total(narrow, gap)) - gap * (len(most) - 1)
    return Layout(size, shared(narrow, most, room), gap, room + gap * (len(most) - 1) + 2 * EDGE)


def measured(cells: list[list[Runs]], setter: Setter) -> tuple[list[float], list[float]]:
    """(the least widths of the columns, those without a break) in letters of one px."""
    columns = list(zip(*([setter.natural(cell) for cell in row] for row in cells), strict=True))
    # a hair more than reckoned, so that what fits to the last digit is not wrapped by rounding
    return (
        [max(0.1, *(c[0] for c in column)) * HAIR for column in columns],
        [max(0.1, *(c[1] for c in column)) * HAIR for column in columns],
    )


class AtOne:
    """Formulas measured once, in letters of one px: their width grows with the size."""

    def __init__(self, draw: FormulaDrawer) -> None:
        self.draw = draw

    def __call__(self, mathml: str, size: float, colour: str = INK) -> SetFormula | CannotDraw:
        """The formula as the smallest letters have it, made `size` px."""
        drawn = self.draw(mathml, SAMPLE, colour)
        if isinstance(drawn, CannotDraw):
            return drawn
        zoom = size / SAMPLE
        edges = 2 * FORMULA_EDGE
        width = (drawn.width - edges) * zoom + edges
        return replace(drawn, width=width, height=drawn.height * zoom, depth=drawn.depth * zoom)


def total(columns: Sequence[float], gap: float) -> float:
    """The width of columns with the blanks between them."""
    return sum(columns) + gap * (len(columns) - 1)


def airy(columns: Sequence[float], gap: float, size: float) -> float:
    """The blank between columns that leave room."""
    if len(columns) < 2:
        return gap
    return min(size * WIDEST_GAP, (ROOM - sum(columns)) / (len(columns) - 1))


def shared(least: Sequence[float], most: Sequence[float], room: float) -> tuple[float, ...]:
    """Column widths that fill the room: each its least, and of the rest in proportion to what it would like."""
    wish = [max(b - a, 0.0) for a, b in zip(least, most, strict=True)]
    rest = max(room - sum(least), 0.0)
    if not sum(wish):
        return tuple(least)
    share = min(1.0, rest / sum(wish))
    return tuple(a + w * share for a, w in zip(least, wish, strict=True))


def drawn(rows: list[list[SetText]], table: TablePicture, layout: Layout) -> str:
    """The rows with their rules."""
    pad, left = layout.size * ROW, (layout.width - layout.table) / 2
    out, y = [], float(EDGE)
    thick = f'<path stroke="{INK}" stroke-width="1.5" d="M{left:.2f} {{y:.2f}}h{layout.table:.2f}"/>'
    thin = f'<path stroke="{RULE}" stroke-width="1" d="M{left:.2f} {{y:.2f}}h{layout.table:.2f}"/>'
    out.append(thick.format(y=y))
    for number, row in enumerate(rows):
        if number:
            header_ends = number == 1 and bool(table.header)
            out.append((thick.replace('"1.5"', '"1"') if header_ends else thin).format(y=y))
        out.append(row_svg(row, table.align, layout, (left, y + pad)))
        y += max(line_height(row), layout.size * 1.36) + 2 * pad
    out.append(thick.format(y=y))
    height = y + EDGE
    if height > HIGHEST:
        raise UndrawableError(f"it would be a picture {round(height)} px high")
    width = round(layout.width)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height:.0f}">'
        f'<rect width="100%" height="100%" fill="#ffffff"/><g fill="{INK}">{"".join(out)}</g></svg>'
    )


def line_height(row: list[SetText]) -> float:
    """The height of a row: first lines share a baseline."""
    top = max((c.lines[0].ascent for c in row if c.lines), default=0.0)
    return max((top - c.lines[0].ascent + c.height for c in row if c.lines), default=0.0)


def row_svg(row: list[SetText], align: Sequence[str], layout: Layout, place: tuple[float, float]) -> str:
    """A row, its first lines on one baseline."""
    x, top = place
    first = max((c.lines[0].ascent for c in row if c.lines), default=0.0)
    out = []
    for number, (cell, width) in enumerate(zip(row, layout.columns, strict=True)):
        if cell.lines:
            how = align[number] if number < len(align) else "left"
            out.append(cell.svg(x, top + first - cell.lines[0].ascent, width, how))
        x += width + layout.gap
    return "".join(out)
