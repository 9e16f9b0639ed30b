"""A table as a picture: hairlines, a header in semibold, columns as wide as their words need."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from notebook_kb.rendering.images.png import to_png
from notebook_kb.rendering.images.runs import Run, set_lines

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from notebook_kb.rendering.images.runs import Line

WIDTH, EDGE, GAP, PAD, ZOOM = 700, 24, 22, 9, 2
SIZES = (20, 18, 16, 14, 12, 10)
PAPER, RULE, HAIR = "#ffffff", "#23201b", "#d9d2c3"
LEAST = 40.0  # px that a column keeps


@dataclass(frozen=True, slots=True)
class TableCell:
    """A cell: its words and formulas, and where they stand ('', left, center, right)."""

    runs: tuple[Run, ...]
    align: str = ""


@dataclass(frozen=True, slots=True)
class _Set:
    """A table set in one size."""

    size: float
    widths: tuple[float, ...]
    rows: tuple[tuple[tuple[Line, ...], ...], ...]


def table_png(header: Sequence[TableCell], rows: Sequence[Sequence[TableCell]]) -> bytes:
    """A table as a PNG 1400 px wide, opaque. Raises CannotSetError for what no font has."""
    return to_png(table_svg(header, rows), ZOOM)


def table_svg(header: Sequence[TableCell], rows: Sequence[Sequence[TableCell]]) -> str:
    """The same as SVG: every cell is in it, whole."""
    bold = [TableCell(tuple(strong(r) for r in cell.runs), cell.align) for cell in header]
    cells = [tuple(bold), *(tuple(row) for row in rows)]
    made = _fitting(cells)
    y = float(EDGE)
    out: list[str] = []
    for number, row in enumerate(made.rows):
        first = max((cell[0].above for cell in row), default=0.0)
        height = max(
            (first - cell[0].above + sum(line.height for line in cell) for cell in row), default=made.size
        )
        out += _row(row, made.widths, cells[number], y + PAD)
        y += height + 2 * PAD
        heavy = number == 0
        out.append(
            f'<path fill="{RULE if heavy else HAIR}" d="M{EDGE} {y:.2f}h{WIDTH - 2 * EDGE}v{1.6 if heavy else 1}'
            f'h-{WIDTH - 2 * EDGE}z"/>'
        )
    height = round(y + EDGE)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{height}" viewBox="0 0 {WIDTH} {height}">'
        f'<rect width="100%" height="100%" fill="{PAPER}"/>{"".join(out)}</svg>'
    )


def strong(run: Run) -> Run:
    """A run as it stands in the header."""
    return run if run.mathml or run.style == "mono" else Run(run.text, "bold")


def _fitting(cells: list[tuple[TableCell, ...]]) -> _Set:
    """The table in the largest size in which no word is broken; else in the smallest, wrapped."""
    columns = len(cells[0])
    room = WIDTH - 2 * EDGE - GAP * (columns - 1)
    for size in SIZES:
        natural = [max(_width(row[c], size, 10_000) for row in cells) for c in range(columns)]
        least = [max(_longest_word(row[c], size) for row in cells) for c in range(columns)]
        if sum(least) <= room or size == SIZES[-1]:
            return _set(cells, size, _shares(natural, least, room))
    raise AssertionError("the last size is taken")


def _shares(natural: list[float], least: list[float], room: float) -> tuple[float, ...]:
    """Widths of the columns: what they ask for where there is room, else at least their longest words."""
    if sum(natural) <= room:
        spare = (room - sum(natural)) / len(natural)
        return tuple(n + spare for n in natural)
    if sum(least) > room:
        return tuple(max(x * room / sum(least), LEAST * room / (LEAST * len(least) + room)) for x in least)
    wanted = [n - low for n, low in zip(natural, least, strict=True)]
    share = (room - sum(least)) / max(sum(wanted), 1.0)
    return tuple(low + w * share for low, w in zip(least, wanted, strict=True))


def _set(cells: list[tuple[TableCell, ...]], size: float, widths: tuple[float, ...]) -> _Set:
    rows = tuple(
        tuple(set_lines(cell.runs, size, width + 0.01) for cell, width in zip(row, widths, strict=True))
        for row in cells
    )
    return _Set(size, widths, rows)


def _width(cell: TableCell, size: float, width: float) -> float:
    return max(line.width for line in set_lines(cell.runs, size, width))


def _longest_word(cell: TableCell, size: float) -> float:
    """What a cell needs at least: its widest piece that is not parted."""
    lines = set_lines(cell.runs, size, 1e4)
    widest, run = 0.0, 0.0
    for line in lines:
        run = 0.0
        for piece in line.pieces:
            run = piece.width if piece.gap else run + piece.width
            widest = max(widest, run)
    return max(widest, 1.0)


def _row(
    row: tuple[tuple[Line, ...], ...], widths: tuple[float, ...], cells: tuple[TableCell, ...], top: float
) -> Iterator[str]:
    """The cells of a row, their first lines on one height."""
    x = float(EDGE)
    first = max((cell[0].above for cell in row), default=0.0)
    for lines, width, cell in zip(row, widths, cells, strict=True):
        y = top + first - lines[0].above
        for line in lines:
            free = width - line.width
            shift = {"right": free, "center": free / 2}.get(cell.align, 0.0)
            yield line.svg(x + shift, y)
            y += line.height
        x += width + GAP
