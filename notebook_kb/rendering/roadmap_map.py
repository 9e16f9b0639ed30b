"""Draw a roadmap as one inline SVG: areas are bands, columns are layers of prerequisites.

The drawing holds classes only, no colours, so that it follows the page's style sheet, dark mode and print. A concept's
state is told by its box and by a sign, and in words by each node's label. Same input, same bytes: no chance, no clock.

The layout is Sugiyama's (layers by longest path, rows by local search against crossings and length), kept to what a
roadmap of up to some hundred concepts needs: no dummy nodes, long edges find a free height in each column they pass.
"""

from __future__ import annotations

from bisect import bisect_left, insort
from collections import Counter, defaultdict
from dataclasses import dataclass
from functools import lru_cache
from html import escape
from itertools import accumulate, combinations, permutations
from typing import TYPE_CHECKING

from notebook_kb.rendering.map_text import text_length, wrap_title

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from notebook_kb.model.roadmap import Concept, Roadmap

# In px: a column and its box, a row and its box; left edge, an area's heading, the space after an area, a cut corner.
COL, BOX_W, ROW, BOX_H = 197, 164, 62, 44
LEFT, HEAD, GAP, CUT = 1, 44, 26, 11
COLUMNS = 7  # what a wide window shows; concepts without arrows spread over so many columns
LARGE = 100  # so many arrows are arranged with care, more in haste
TRIED_AREAS = 6  # so many areas are put in the best of all orders, more stay in the roadmap's
ACROSS, CROSSING, TINY = 0.35, 2.5, -1e-9  # what a line between areas and a crossing weigh; zero for floats
STATES = ("empty", "started", "covered", "solid")

Key = tuple[tuple[str, str, tuple[str, ...]], ...]
Edge = tuple[str, str]
Points = dict[str, tuple[int, int]]


@dataclass(frozen=True, slots=True)
class _Grid:
    """Columns of concepts, areas from top to bottom, and how many rows each area has."""

    edges: tuple[Edge, ...]
    column: Mapping[str, int]
    area_of: Mapping[str, str]
    areas: tuple[str, ...]

    def cells(self) -> dict[tuple[str, int], list[str]]:
        """The concepts of each area in each column, in the roadmap's order."""
        cells: dict[tuple[str, int], list[str]] = defaultdict(list)
        for concept, area in self.area_of.items():
            cells[area, self.column[concept]].append(concept)
        return cells

    def rows(self) -> dict[str, int]:
        """How many rows each area takes."""
        cells = self.cells()
        return {a: max(len(g) for (b, _), g in cells.items() if b == a) for a in self.areas}

    def tops(self) -> dict[str, int]:
        """The height at which each area's band begins."""
        heights = [HEAD + (rows - 1) * ROW + BOX_H + GAP for rows in self.rows().values()]
        return dict(zip(self.areas, accumulate(heights, initial=0), strict=False))


@dataclass(frozen=True, slots=True)
class _Scene:
    """What a map is drawn from."""

    roadmap: Roadmap
    states: Mapping[str, str]
    urls: Mapping[str, str]
    words: Mapping[str, str]
    known: Mapping[str, float]

    def say(self, key: str, **values: object) -> str:
        """A text of the language pack with its values; the key itself where the pack lacks it."""
        return self.words.get(key, key).format(**values)

    def state(self, concept_id: str) -> str:
        """One of the four states."""
        state = self.states.get(concept_id, "")
        return state if state in STATES else "empty"


def draw_map(
    roadmap: Roadmap,
    states: Mapping[str, str],
    urls: Mapping[str, str],
    *,
    words: Mapping[str, str],
    known: Mapping[str, float] | None = None,
) -> str:
    """The map of `roadmap` as SVG, '' if it has no concepts.

    `states` maps a concept to empty, started, covered or solid (missing: empty), `urls` to a ready-made address (missing:
    the node is no link). `words` is the language pack's table; `map_label`, `map_needs`, `map_nothing`,
    `map_application`, `covered_of` and the states are used, with `{name}` for values. `known` (0 to 1) is a line along the
    foot of a concept's box, and in words `known_share`.
    """
    if not roadmap.concepts:
        return ""
    scene = _Scene(roadmap, states, urls, words, known or {})
    key = tuple((c.id, c.area, c.needs) for c in roadmap.concepts.values())
    grid, row = _layout(key, tuple(a.id for a in roadmap.areas))
    top, area_of = grid.tops(), grid.area_of
    at = {c: (LEFT + x * COL, top[area_of[c]] + HEAD + row[c] * ROW) for c, x in grid.column.items()}
    width = LEFT + max(grid.column.values()) * COL + BOX_W + 1
    height = max(y for _, y in at.values()) + BOX_H + 14
    size = f'viewBox="0 0 {width} {height}" width="{width}" height="{height}"'
    label = escape(scene.say("map_label", count=len(roadmap.concepts)))
    titles = {a.id: a.title for a in roadmap.areas}
    out = [f'<svg class="map" {size} role="group" aria-label="{label}">']
    out += _Router(grid, at, {a: text_length(titles.get(a, "")) * 11 for a in top}, height).lines()
    for area, y in top.items():
        out.append(_band(scene, [c for c in area_of if area_of[c] == area], titles.get(area, ""), y, width))
    out += [_node(scene, concept, *at[concept.id]) for concept in roadmap.concepts.values()]
    return "\n".join(out) + "\n</svg>"


def _acyclic(key: Key) -> dict[str, tuple[str, ...]]:
    """Known prerequisites in an order in which each stands after its own; what would close a circle is left out."""
    waiting = {name: tuple(dict.fromkeys(n for n in needs if n != name)) for name, _, needs in key}
    known = frozenset(waiting)
    done: dict[str, tuple[str, ...]] = {}
    while waiting:
        ready = [c for c, needs in waiting.items() if all(n in done or n not in known for n in needs)]
        for concept in ready or [next(iter(waiting))]:
            done[concept] = tuple(n for n in waiting.pop(concept) if n in done)
    return done


def _direct(needs: Mapping[str, Sequence[str]]) -> tuple[Edge, ...]:
    """Only direct prerequisites: an arrow that a longer path already tells is not drawn (transitive reduction)."""
    above: dict[str, set[str]] = {}
    for concept, direct in needs.items():
        above[concept] = set(direct).union(*(above[n] for n in direct))
    return tuple((n, c) for c, ns in needs.items() for n in ns if not any(n in above[m] for m in ns))


@lru_cache(maxsize=8)
def _layout(key: Key, area_ids: tuple[str, ...]) -> tuple[_Grid, dict[str, int]]:
    """The grid, and each concept's row in its area; remembered, since a preview redraws one roadmap in new states."""
    needs = _acyclic(key)
    edges = _direct(needs)
    column: dict[str, int] = {}
    for concept, direct in needs.items():
        column[concept] = 1 + max((column[n] for n in direct), default=-1)
    area_of = {name: area for name, area, _ in key}
    listed = [a for a in area_ids if a in area_of.values()]
    areas = _area_order(tuple(dict.fromkeys([*listed, *area_of.values()])), edges, area_of)
    _spread_loose(column, edges, area_of)
    grid = _Grid(edges, column, area_of, areas)
    return grid, _Rows(grid).arrange()


def _area_order(areas: tuple[str, ...], edges: Iterable[Edge], area_of: Mapping[str, str]) -> tuple[str, ...]:
    """The order in which arrows jump over the fewest areas; the roadmap's own first where it is as good."""
    pairs = Counter((area_of[a], area_of[b]) for a, b in edges if area_of[a] != area_of[b])
    if len(areas) > TRIED_AREAS or not pairs:
        return areas

    def far(order: tuple[str, ...]) -> int:
        place = {a: i for i, a in enumerate(order)}
        return sum(n * (place[a] - place[b]) ** 2 for (a, b), n in pairs.items())

    return min(permutations(areas), key=lambda p: (far(p), p[0] != areas[0]))


def _spread_loose(column: dict[str, int], edges: Iterable[Edge], area_of: Mapping[str, str]) -> None:
    """Concepts without any arrow may stand in any column: where an area would grow tall, they fill its free places."""
    tied = {c for edge in edges for c in edge}
    last = max(COLUMNS - 1, *column.values())
    loose: dict[str, list[str]] = defaultdict(list)
    for concept, area in area_of.items():
        if concept not in tied:
            loose[area].append(concept)
    for area, members in loose.items():
        filled = Counter(column[c] for c in column if area_of[c] == area and c in tied)
        limit = max([*filled.values(), 4, -(-(len(members) + filled.total()) // (last + 1))])
        for concept in members:
            column[concept] = next((i for i in range(last + 1) if filled[i] < limit), 0)
            filled[column[concept]] += 1


class _Rows:
    """Each concept's row: from the roadmap's order, swap within a cell while that shortens or uncrosses lines."""

    def __init__(self, grid: _Grid) -> None:
        self.grid, self.cells, self.rows = grid, grid.cells(), grid.rows()
        ends = accumulate((rows + 1 for rows in self.rows.values()), initial=0)
        self.base = dict(zip(self.rows, ends, strict=False))
        self.touching: dict[str, list[Edge]] = defaultdict(list)
        # for each gap between columns, the lines through it and how much of their way lies before and after it
        self.gaps: dict[int, list[tuple[str, str, float, float]]] = defaultdict(list)
        for a, b in grid.edges:
            self.touching[a].append((a, b))
            self.touching[b].append((a, b))
            first, last = grid.column[a], grid.column[b]
            for i in range(first, last):
                step = 1 / (last - first)
                self.gaps[i].append((a, b, (i - first) * step, (i + 1 - first) * step))
        self.y: dict[str, float] = {}

    def arrange(self) -> dict[str, int]:
        """The best rows of those that three starts lead to: from the top, turned round, from the middle."""
        found = []
        large = len(self.grid.edges) > LARGE
        for start in ("top",) if large else ("top", "turned", "middle"):
            for (area, _), members in self.cells.items():
                first = self.base[area] + ((self.rows[area] - len(members)) // 2 if start == "middle" else 0)
                order = members[::-1] if start == "turned" else members
                self.y.update({c: float(first + i) for i, c in enumerate(order)})
            for _ in range(2 if large else 8):
                if not sum(self._settle(cell) for cell in self.cells):
                    break
            found.append((self._cost(self.grid.edges), dict(self.y)))
        rows = min(found, key=lambda f: f[0])[1]
        return {c: round(y) - self.base[self.grid.area_of[c]] for c, y in rows.items()}

    def _settle(self, cell: tuple[str, int]) -> bool:
        """Swap rows (also with empty ones) within one cell while that helps; tell whether anything moved."""
        base = self.base[cell[0]]
        slots: list[str | None] = [None] * self.rows[cell[0]]
        for concept in self.cells[cell]:
            slots[round(self.y[concept]) - base] = concept
        return sum(self._try(slots, i, j, base) for i, j in combinations(range(len(slots)), 2)) > 0

    def _try(self, slots: list[str | None], i: int, j: int, base: int) -> bool:
        """Swap slots `i` and `j` and keep it if the edges at hand cost less."""
        edges = tuple(dict.fromkeys(e for c in (slots[i], slots[j]) if c for e in self.touching[c]))
        before = self._cost(edges)
        for _ in range(2 if edges else 0):
            slots[i], slots[j] = slots[j], slots[i]
            self.y.update({c: float(base + k) for k in (i, j) if (c := slots[k]) is not None})
            if self._cost(edges) < before + TINY:
                return True
        return False

    def _cost(self, edges: Iterable[Edge]) -> float:
        """Length of these edges (drawn straight), and their crossings with all others."""
        total, y, area_of, column = 0.0, self.y, self.grid.area_of, self.grid.column
        for a, b in edges:
            start, rise = y[a], y[b] - y[a]
            total += abs(rise) * (1.0 if area_of[a] == area_of[b] else ACROSS)
            step = rise / (column[b] - column[a])
            for i in range(column[b] - column[a]):
                here, there = start + i * step, start + (i + 1) * step
                for c, d, before, after in self.gaps[column[a] + i]:
                    other, way = y[c], y[d] - y[c]
                    if (here - other - way * before) * (there - other - way * after) < TINY:
                        total += CROSSING
        return total


class _Router:
    """Lead every arrow through the space between boxes; arrows of one concept share their way."""

    def __init__(self, grid: _Grid, at: Points, headings: Mapping[str, float], height: int) -> None:
        self.grid, self.at, self.height = grid, at, height
        self.blocked: dict[int, list[tuple[int, int]]] = defaultdict(list)
        for concept, (_, y) in at.items():
            self.blocked[grid.column[concept]].append((y - 7, y + BOX_H + 7))
        for area, top in grid.tops().items():
            for column in range(1 + max(grid.column.values())):
                bottom = 37 if headings[area] > column * COL else 14
                self.blocked[column].append((top + 2, top + bottom))
        self.used: dict[int, list[float]] = defaultdict(list)
        self.shared: dict[tuple[str, int], list[float]] = defaultdict(list)

    def lines(self) -> list[str]:
        """All arrows, short ones first, so that they get the straight way."""
        column, at = self.grid.column, self.at
        place = {c: i for i, c in enumerate(at)}
        by_height = sorted(at, key=lambda c: (at[c][1], at[c][0], place[c]))
        edges = frozenset(self.grid.edges)
        into = {c: [a for a in by_height if (a, c) in edges] for c in at}
        out = {c: [b for b in by_height if (c, b) in edges] for c in at}
        order = sorted(self.grid.edges, key=lambda e: (column[e[1]] - column[e[0]], place[e[0]], place[e[1]]))
        return [self._line(a, b, _port(out[a], b), _port(into[b], a)) for a, b in order]

    def _line(self, a: str, b: str, leave: float, arrive: float) -> str:
        column, (x, y), (end_x, end_y) = self.grid.column, self.at[a], self.at[b]
        right, here, end = x + BOX_W, y + BOX_H / 2 + leave, end_y + BOX_H / 2 + arrive
        path = [f"M{right} {_n(here)}"]
        for layer in range(column[a] + 1, column[b]):
            want = here + (end - here) / (column[b] - layer + 1)
            way, left = self._channel(a, layer, float(round(want))), LEFT + layer * COL
            path.append(f"C{right + 22} {_n(here)} {left - 22} {_n(way)} {left} {_n(way)}H{left + BOX_W}")
            right, here = left + BOX_W, way
        path.append(f"C{right + 20} {_n(here)} {end_x - 24} {_n(end)} {end_x - 5} {_n(end)}h5")
        kind = "in" if self.grid.area_of[a] == self.grid.area_of[b] else "across"
        tip = f"M{end_x - 6} {_n(end - 3)}l6 3-6 3z"
        return f'<path class="edge {kind}" d="{"".join(path)}"/><path class="tip {kind}" d="{tip}"/>'

    def _channel(self, source: str, layer: int, want: float) -> float:
        """The free height nearest to `want`: clear of boxes, headings and other concepts' lines."""
        near = [want + step * side for step in range(3 * ROW) for side in (1, -1)]
        way = next((w for room in (6, 3, 0) for w in near if self._free(layer, w, room)), want)
        for known in self.shared[source, layer]:
            if abs(known - want) <= abs(way - want) + BOX_H / 2:
                return known
        insort(self.used[layer], way)
        self.shared[source, layer].append(way)
        return way

    def _free(self, layer: int, way: float, room: int) -> bool:
        if not self.height - 2 > way > HEAD // 2 or any(
            top < way < bottom for top, bottom in self.blocked[layer]
        ):
            return False
        used = self.used[layer]
        i = bisect_left(used, way)
        return not any(abs(way - u) < room for u in used[max(i - 1, 0) : i + 1])


def _port(ends: Sequence[str], one: str) -> float:
    """Where at a box's side an arrow ends, from its middle: several are spread over it."""
    return (ends.index(one) - (len(ends) - 1) / 2) * min(7.0, (BOX_H - 8) / len(ends))


def _n(value: float) -> str:
    """A number as short as it can be."""
    return f"{round(value, 1):g}"


def _band(scene: _Scene, members: Sequence[str], title: str, top: int, width: int) -> str:
    """An area's line, its name, and how much of it is covered (not on a map too narrow for both)."""
    covered = sum(scene.state(c) in {"covered", "solid"} for c in members)
    count = scene.say("covered_of", covered=covered, total=len(members))
    number = f'<text class="count" x="{width - 1}" y="{top + 29}" text-anchor="end">{escape(count)}</text>'
    beside = text_length(title) * 11 + text_length(count) * 7 < width
    return (
        f'<path class="band" d="M{LEFT} {top + 8}H{width - 1}"/>'
        f'<text class="area" x="{LEFT}" y="{top + 30}">{escape(title)}</text>{number if beside else ""}'
    )


def _node(scene: _Scene, concept: Concept, x: int, y: int) -> str:
    """One concept: box, sign, title; a link where it has an address."""
    state, label = scene.state(concept.id), escape(_label(scene, concept))
    lines = wrap_title(concept.title)
    first = y + BOX_H / 2 + 4.5 - (len(lines) - 1) * 8
    spans = [f'<tspan x="{x + 27}" y="{_n(first + 16 * i)}">{escape(t)}</tspan>' for i, t in enumerate(lines)]
    cut = CUT if concept.kind == "application" else 0
    corner = f"l{cut} {cut}" if cut else ""
    box = f"M{x} {y}h{BOX_W - cut}{corner}v{BOX_H - cut}h-{BOX_W}z"
    sign = state_sign(state, x + 14, y + BOX_H // 2)
    share = scene.known.get(concept.id)
    line = "" if share is None else f'<path class="known" d="M{x} {y + BOX_H}h{round(BOX_W * share)}"/>'
    inner = f'<title>{label}</title><path class="box" d="{box}"/>{line}{sign}<text>{"".join(spans)}</text>'
    common = f'class="node {state}" data-concept="{escape(concept.id)}"'
    url = scene.urls.get(concept.id, "")
    if url:  # its <title> names it: a label besides would hide the words that are seen
        return f'<a {common} href="{escape(url)}">{inner}</a>'
    return f'<g {common} role="img" aria-label="{label}">{inner}</g>'


def _label(scene: _Scene, concept: Concept) -> str:
    """A node in words: title, state, kind, and what it stands on."""
    known = scene.roadmap.concepts
    needs = ", ".join(known[n].title for n in concept.needs if n in known and n != concept.id)
    facts = scene.say(scene.state(concept.id)).lower()
    if concept.kind == "application":
        facts += f", {scene.say('map_application')}"
    if concept.id in scene.known:
        facts += f", {scene.say('known_share', percent=round(scene.known[concept.id] * 100))}"
    return f"{concept.title}: {facts}. {scene.say('map_needs', names=needs) if needs else scene.say('map_nothing')}"


def state_sign(state: str, x: int, y: int) -> str:
    """Dotted ring, half disc, disc, disc in a ring."""
    return {
        "empty": f'<circle class="g0" cx="{x}" cy="{y}" r="5"/>',
        "started": f'<circle class="g1" cx="{x}" cy="{y}" r="5"/><path class="gf" d="M{x} {y - 5}a5 5 0 0 0 0 10z"/>',
        "covered": f'<circle class="gf" cx="{x}" cy="{y}" r="5.5"/>',
        "solid": f'<circle class="g1" cx="{x}" cy="{y}" r="6.5"/><circle class="gf" cx="{x}" cy="{y}" r="3.6"/>',
    }[state]
