"""Draw what stands around one note as an inline SVG: before it on the left, itself in the middle, after it on the right.

The hand is that of the map (`roadmap_map`): classes and no colours, state by box and sign, the same input the same
bytes. What it says stands beside it as lists, so a narrow page may leave it out.
"""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING

from notebook_kb.rendering.map_text import wrap_title
from notebook_kb.rendering.roadmap_map import BOX_H, BOX_W, CUT, STATES, state_sign

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

# In px: from a column to the next, from a row to the next, and the line that says how many more there are.
STEP, ROW, MORE = 212, 54, 22
SIDE = 6  # so many neighbours are drawn on a side
FEWEST = 3  # fewer neighbours are told as well by the lists
BEFORE = ("needs", "from")


@dataclass(frozen=True, slots=True)
class Neighbour:
    """A page or concept beside the one in the middle.

    `relation` is needs, from, unlocks or to: the middle stands on it, it links to the middle, it stands on the middle,
    the middle links to it. `state` is a concept's state and '' for another page. `url` is '' where there is no page.
    """

    title: str
    relation: str
    url: str = ""
    state: str = ""
    application: bool = False


@dataclass(frozen=True, slots=True)
class Box:
    """Where a neighbour is drawn: its upper left corner."""

    neighbour: Neighbour
    x: int
    y: int


@dataclass(frozen=True, slots=True)
class Layout:
    """All boxes, the one in the middle, and for each side how many are left out and where that is said."""

    boxes: tuple[Box, ...]
    middle: Box
    more: tuple[tuple[int, int, int], ...]
    height: int


def place(middle: Neighbour, neighbours: Sequence[Neighbour]) -> Layout:
    """Rows on both sides, in the order given, each side centred on the middle."""
    sides = [
        [n for n in neighbours if n.relation in BEFORE],
        [n for n in neighbours if n.relation not in BEFORE],
    ]
    heights = [_side_height(len(side)) for side in sides]
    height = max(*heights, BOX_H)
    boxes: list[Box] = []
    more: list[tuple[int, int, int]] = []
    for number, side in enumerate(sides):
        x, top = 1 + 2 * STEP * number, 1 + (height - heights[number]) // 2
        boxes += [Box(n, x, top + ROW * i) for i, n in enumerate(side[:SIDE])]
        if len(side) > SIDE:
            more.append((len(side) - SIDE, x, top + ROW * SIDE + 8))
    return Layout(tuple(boxes), Box(middle, 1 + STEP, 1 + (height - BOX_H) // 2), tuple(more), height + 2)


def _side_height(count: int) -> int:
    shown = min(count, SIDE)
    return (ROW * (shown - 1) + BOX_H if shown else 0) + (MORE if count > SIDE else 0)


def draw_neighbourhood(
    title: str, state: str, neighbours: Sequence[Neighbour], *, words: Mapping[str, str]
) -> str:
    """The picture around the page `title` (`state` is '' for a page that is no concept's), '' for few neighbours.

    `words` is the language pack's table: the states, `near_label`, `near_more` and `near_` + each relation are used.
    """
    if len(neighbours) < FEWEST:
        return ""
    layout = place(Neighbour(title, "", state=state), neighbours)
    width = 2 * STEP + BOX_W + 2
    label = escape(words.get("near_label", "").format(title=title))
    size = f'viewBox="0 0 {width} {layout.height}" width="{width}" height="{layout.height}"'
    out = [f'<svg class="map near" {size} role="group" aria-label="{label}">']
    out += _lines(layout)
    out.append(
        f'<g class="node middle{_state_class(state)}">{_inner(layout.middle, layout.middle.neighbour)}</g>'
    )
    out += [_node(box, words) for box in layout.boxes]
    for count, x, y in layout.more:
        said = escape(words.get("near_more", "").format(count=count))
        out.append(f'<text class="count" x="{x}" y="{y}">{said}</text>')
    return "\n".join(out) + "\n</svg>"


def _lines(layout: Layout) -> list[str]:
    """An arrow for each neighbour: prerequisites solid, mentions dotted."""
    out = []
    for before in (True, False):
        side = [b for b in layout.boxes if (b.neighbour.relation in BEFORE) is before]
        spread = min(7.0, (BOX_H - 12) / max(len(side), 1))
        for number, box in enumerate(side):
            middle = layout.middle.y + BOX_H / 2 + (number - (len(side) - 1) / 2) * spread
            other = box.y + BOX_H / 2
            start, end = (other, middle) if before else (middle, other)
            left = box.x + BOX_W if before else layout.middle.x + BOX_W
            right = left + STEP - BOX_W
            kind = "in" if box.neighbour.relation in {"needs", "unlocks"} else "across"
            path = f"M{left} {start:g}C{left + 24} {start:g} {right - 28} {end:g} {right - 6} {end:g}h5"
            tip = f"M{right - 6} {end - 3:g}l6 3-6 3z"
            out.append(f'<path class="edge {kind}" d="{path}"/><path class="tip {kind}" d="{tip}"/>')
    return out


def _node(box: Box, words: Mapping[str, str]) -> str:
    """One neighbour, a link where it has a page."""
    item = box.neighbour
    facts = [words.get(item.state, item.state).lower()] if item.state else []
    facts.append(words.get(f"near_{item.relation}", item.relation))
    label = f"<title>{escape(item.title)}: {escape(', '.join(facts))}</title>"
    css = f'class="node{_state_class(item.state)}"'
    if item.url:
        return f'<a {css} href="{escape(item.url)}">{label}{_inner(box, item)}</a>'
    return f"<g {css}>{label}{_inner(box, item)}</g>"


def _state_class(state: str) -> str:
    return f" {state}" if state in STATES else " leaf"


def _inner(box: Box, item: Neighbour) -> str:
    """Box, sign and title."""
    x, y = box.x, box.y
    cut = CUT if item.application else 0
    corner = f"l{cut} {cut}" if cut else ""
    outline = f"M{x} {y}h{BOX_W - cut}{corner}v{BOX_H - cut}h-{BOX_W}z"
    lines = wrap_title(item.title)
    first = y + BOX_H / 2 + 4.5 - (len(lines) - 1) * 8
    spans = "".join(
        f'<tspan x="{x + 27}" y="{first + 16 * i:g}">{escape(line)}</tspan>' for i, line in enumerate(lines)
    )
    middle = y + BOX_H // 2
    sign = state_sign(item.state, x + 14, middle) if item.state in STATES else _leaf(x + 14, middle)
    return f'<path class="box" d="{outline}"/>{sign}<text>{spans}</text>'


def _leaf(x: int, y: int) -> str:
    """The sign of a page that is no concept's: lines of writing."""
    return f'<path class="g1" d="M{x - 5} {y - 4}h10M{x - 5} {y}h10M{x - 5} {y + 4}h6"/>'
