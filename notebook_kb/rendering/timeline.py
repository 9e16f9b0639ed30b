"""Draw when notes were written as an inline SVG: a mark for each on an axis of months, or counts where there are many.

Few notes: one axis, a mark at each note's day, by kind; empty months in a row are shortened to a break. Many notes: a
row for each year with a bar for each month. Classes and no colours, the same input the same bytes; only the dates that
notes carry are drawn.
"""

from __future__ import annotations

from calendar import monthrange
from collections import Counter
from dataclasses import dataclass
from datetime import date
from html import escape
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from notebook_kb.languages import LanguagePack

# In px: the picture, its margins, a mark's place (also what a finger needs), a break, a month at least and at most.
WIDTH, MARGIN, MARK, BREAK, NARROW, BROAD = 590, 14, 24, 34, 30, 120
MOST_ROWS = 7  # marks above each other; more are counted
EMPTY_MONTHS = 4  # so many in a row are shortened
LABEL = 36  # what the short name of a month takes
BAR, YEAR_ROW, YEAR_NAME = 64, 112, 46  # the highest bar, a year's row, and the space for its number
KINDS = ("post", "concept", "reading", "page")


@dataclass(frozen=True, slots=True)
class Dated:
    """A note with its day (YYYY-MM-DD) and kind; `url` is ready to be an address on the page."""

    title: str
    date: str
    kind: str
    url: str


@dataclass(frozen=True, slots=True)
class Cell:
    """A month on the axis, or with `month` '' a break in it."""

    month: str
    x: float
    width: float


@dataclass(frozen=True, slots=True)
class Mark:
    """A note on the axis: its middle, and how many marks stand under it."""

    note: Dated
    x: float
    row: int


def draw_timeline(notes: Sequence[Dated], *, pack: LanguagePack) -> str:
    """The picture, '' without notes. In counts a month leads to the anchor `#YYYY-MM` of the list below."""
    if not notes:
        return ""
    ordered = sorted(notes, key=lambda n: (n.date, n.title, n.url, n.kind))
    cells = axis(months_between(ordered[0].date[:7], ordered[-1].date[:7]), {n.date[:7] for n in ordered})
    marks = place_marks(ordered, cells) if cells else ()
    if not marks or max(m.row for m in marks) >= MOST_ROWS:
        return _counts(ordered, pack)
    return _marks(marks, cells, pack)


def months_between(first: str, last: str) -> list[str]:
    """All months from YYYY-MM to YYYY-MM."""
    year, month = map(int, first.split("-"))
    found = [first]
    while found[-1] < last:
        year, month = (year, month + 1) if month < 12 else (year + 1, 1)
        found.append(f"{year:04}-{month:02}")
    return found


def axis(months: Sequence[str], used: set[str]) -> tuple[Cell, ...]:
    """The months as they stand on one axis, long gaps shortened; () where they do not fit."""
    shown: list[str] = []
    gap: list[str] = []
    for month in months:
        if month not in used:
            gap.append(month)
            continue
        shown += [""] if len(gap) >= EMPTY_MONTHS else gap
        shown.append(month)
        gap = []
    breaks = shown.count("")
    room = WIDTH - 2 * MARGIN - BREAK * breaks
    width = min(room / (len(shown) - breaks), BROAD)
    if width < NARROW:
        return ()
    cells: list[Cell] = []
    x = float(MARGIN)
    for month in shown:
        cells.append(Cell(month, x, width if month else BREAK))
        x += cells[-1].width
    return tuple(cells)


def place_marks(notes: Sequence[Dated], cells: Sequence[Cell]) -> tuple[Mark, ...]:
    """Each note at its day, above those that stand too near."""
    by_month = {c.month: c for c in cells}
    last: list[float] = []
    marks = []
    for note in notes:
        cell = by_month[note.date[:7]]
        days = monthrange(int(note.date[:4]), int(note.date[5:7]))[1]
        x = round(cell.x + cell.width * (int(note.date[8:10]) - 0.5) / days, 1)
        row = next((i for i, taken in enumerate(last) if x - taken >= MARK), len(last))
        last[row : row + 1] = [x]
        marks.append(Mark(note, x, row))
    return tuple(marks)


def _svg(width: float, height: int, label: str, body: list[str]) -> str:
    size = f'viewBox="0 0 {width:g} {height}" width="{width:g}" height="{height}"'
    return "\n".join(
        [f'<svg class="map time" {size} role="group" aria-label="{escape(label)}">', *body, "</svg>"]
    )


def _marks(marks: Sequence[Mark], cells: Sequence[Cell], pack: LanguagePack) -> str:
    """The axis with a mark for each note."""
    floor = MARK * (max(m.row for m in marks) + 1) + 6
    out = []
    for index, cell in enumerate(cells):
        end = cell.x + cell.width
        if not cell.month:
            middle = cell.x + cell.width / 2
            strokes = f"M{middle - 7:g} {floor + 6}l6-12M{middle + 1:g} {floor + 6}l6-12"
            line = f"M{cell.x:g} {floor}H{middle - 4:g}M{middle + 4:g} {floor}H{end:g}{strokes}"
            out.append(f'<path class="axis gap" d="{line}"/>')
            continue
        tick = (
            f"M{cell.x:g} {floor}v6" if not index or not cells[index - 1].month else f"M{cell.x:g} {floor}v4"
        )
        out.append(f'<path class="axis" d="M{cell.x:g} {floor}H{end:g}{tick}"/>')
    out += _month_names(cells, floor, pack)
    for mark in marks:
        title = f"{mark.note.title}, {pack.short_date(_day(mark.note.date))}"
        out.append(
            f'<a class="node" href="{escape(mark.note.url)}"><title>{escape(title)}</title>'
            f"{draw_mark(mark.note.kind, mark.x, floor - 4 - MARK // 2 - MARK * mark.row)}</a>"
        )
    width = round(cells[-1].x + cells[-1].width + MARGIN, 1)
    return _svg(width, floor + 44, pack.word("time_label", count=len(marks)), out)


def _day(text: str) -> date:
    return date.fromisoformat(text)


def _month_names(cells: Sequence[Cell], floor: int, pack: LanguagePack) -> list[str]:
    """Names of months where they have room, and the year where it begins."""
    out = []
    year, free, free_year = "", 0.0, 0.0
    for cell in cells:
        if not cell.month:
            free = cell.x
            continue
        if cell.x >= free:
            name = pack.months_short[int(cell.month[5:]) - 1]
            out.append(f'<text x="{cell.x + 2:g}" y="{floor + 20}">{escape(name)}</text>')
            free = cell.x + LABEL
        if cell.month[:4] != year and cell.x >= free_year:
            year = cell.month[:4]
            out.append(f'<text class="count" x="{cell.x + 2:g}" y="{floor + 37}">{year}</text>')
            free_year = cell.x + LABEL
    return out


def draw_mark(kind: str, x: float, y: float) -> str:
    """A note's mark by its kind: diamond for a post, disc for a concept, open square for a reading, else a bar.

    The box around it is what a finger may touch.
    """
    sign = {
        "post": f'<path class="sign post" d="M{x:g} {y - 7:g}l7 7-7 7-7-7z"/>',
        "concept": f'<circle class="sign concept" cx="{x:g}" cy="{y:g}" r="5.5"/>',
        "reading": f'<path class="sign reading" d="M{x - 5:g} {y - 5:g}h10v10h-10z"/>',
    }.get(kind, f'<path class="sign page" d="M{x - 6:g} {y - 2:g}h12v4h-12z"/>')
    half = MARK / 2
    return f'<path class="touch" d="M{x - half:g} {y - half:g}h{MARK}v{MARK}h-{MARK}z"/>{sign}'


def _counts(notes: Sequence[Dated], pack: LanguagePack) -> str:
    """A row for each year, a bar for each month; years without notes are a break."""
    counts: dict[str, Counter[str]] = {}
    for note in notes:
        counts.setdefault(note.date[:7], Counter())[note.kind] += 1
    most = max(c.total() for c in counts.values())
    out: list[str] = []
    y, before = 0, ""
    for year in sorted({m[:4] for m in counts}):
        if before and int(year) - int(before) > 1:
            out.append(f'<path class="axis gap" d="M{MARGIN} {y + 14}l6-10M{MARGIN + 8} {y + 14}l6-10"/>')
            y += 20
        out += _year(year, y, counts, most, pack)
        y, before = y + YEAR_ROW, year
    return _svg(WIDTH, y, pack.word("time_label", count=len(notes)), out)


def _year(
    year: str, top: int, counts: Mapping[str, Counter[str]], most: int, pack: LanguagePack
) -> list[str]:
    """One year's bars above the names of its months."""
    floor, width = top + BAR + 20, (WIDTH - YEAR_NAME - MARGIN) / 12
    out = [
        f'<path class="axis" d="M{YEAR_NAME} {floor}H{WIDTH - MARGIN}"/>',
        f'<text class="count" x="0" y="{floor}">{year}</text>',
    ]
    for number in range(12):
        x, month = YEAR_NAME + width * number, f"{year}-{number + 1:02}"
        name = pack.months_short[number]
        out.append(
            f'<text class="count" x="{x + width / 2:.1f}" y="{floor + 17}" text-anchor="middle">{escape(name)}</text>'
        )
        if month in counts:
            out.append(_bar(month, counts[month], (x, floor, width), most, pack))
    return out


def _bar(month: str, kinds: Counter[str], at: tuple[float, int, float], most: int, pack: LanguagePack) -> str:
    """A month's bar, in pieces by kind, with its number on top; it leads to the month in the list."""
    x, floor, width = at
    total = kinds.total()
    said = ", ".join(f"{pack.word(f'time_{k}')}: {kinds[k]}" for k in KINDS if kinds[k])
    name = f"{total} · {pack.months[int(month[5:]) - 1]} {month[:4]} ({said})"
    pieces, y = [], float(floor)
    for kind in KINDS:
        height = kinds[kind] * BAR / most
        if height:
            y -= height
            pieces.append(
                f'<path class="sign {kind}" d="M{x + 8:.1f} {y:.1f}h{width - 16:.1f}v{height:.1f}h-{width - 16:.1f}z"/>'
            )
    number = f'<text x="{x + width / 2:.1f}" y="{y - 5:.1f}" text-anchor="middle">{total}</text>'
    return f'<a class="node" href="#{month}"><title>{escape(name)}</title>{"".join(pieces)}{number}</a>'
