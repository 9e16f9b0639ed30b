"""The roadmap's map: every concept once, nothing overlaps, the same bytes, and no roadmap that stops it."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from itertools import combinations
from xml.etree import ElementTree as ET

import pytest

from notebook_kb.languages import language_pack
from notebook_kb.model.roadmap import Area, Concept, Roadmap
from notebook_kb.rendering.map_text import wrap_title
from notebook_kb.rendering.roadmap_map import BOX_H, BOX_W, draw_map

WORDS = language_pack("en").words
BOX = re.compile(r"M(\d+) (\d+)h(\d+)")


def roadmap(*concepts: Concept, areas: tuple[str, ...] = ("a",)) -> Roadmap:
    made = tuple(Area(a, f"Area {a}", "", tuple(c.id for c in concepts if c.area == a)) for a in areas)
    return Roadmap("r", "A roadmap", {}, {}, made, {c.id: c for c in concepts})


def concept(name: str, *needs: str, area: str = "a", title: str = "", kind: str = "concept") -> Concept:
    return Concept(name, title or name.title(), area, kind=kind, needs=needs)


def drawn(made: Roadmap) -> str:
    return draw_map(made, {}, {}, words=WORDS)


def nodes(svg: str) -> dict[str, ET.Element]:
    found = [e for e in ET.fromstring(svg).iter() if "data-concept" in e.attrib]  # noqa: S314 - our own output
    assert len({e.attrib["data-concept"] for e in found}) == len(found)
    return {e.attrib["data-concept"]: e for e in found}


def corners(svg: str) -> list[tuple[int, int]]:
    """The upper left corner of each box."""
    matches = (
        BOX.match(e.attrib["d"])
        for n in nodes(svg).values()
        for e in n.iter("path")
        if e.get("class") == "box"
    )
    return [(int(m[1]), int(m[2])) for m in matches if m]


def edges(svg: str, kind: str = "") -> int:
    return svg.count(f'class="edge {kind}')


def grid(count: int) -> Roadmap:
    """Many concepts in four areas, each with up to three needs, by a rule and not by chance."""
    made = []
    for i in range(count):
        needs = {f"c{(i * k) // 7}" for k in (2, 3, 5) if i % 4 and (i * k) // 7 < i}
        made.append(concept(f"c{i}", *sorted(needs), area=f"a{i % 4}"))
    return roadmap(*made, areas=("a0", "a1", "a2", "a3"))


LONE = roadmap(concept("alone"))
LOOSE = roadmap(*(concept(f"c{i}") for i in range(120)))
FAN = roadmap(concept("root"), *(concept(f"c{i}", "root") for i in range(30)))
CHAIN = roadmap(concept("c0"), *(concept(f"c{i}", f"c{i - 1}") for i in range(1, 40)))
CYCLE = roadmap(concept("x", "z"), concept("y", "x"), concept("z", "y"), concept("w", "w", "x"))
ALL = {
    "lone": LONE,
    "loose": LOOSE,
    "fan": FAN,
    "chain": CHAIN,
    "cycle": CYCLE,
    "grid": grid(36),
    "large": grid(120),
}


@pytest.mark.parametrize("made", ALL.values(), ids=ALL.keys())
def test_every_concept_stands_once_and_no_boxes_overlap(made: Roadmap) -> None:
    svg = drawn(made)
    assert list(nodes(svg)) == list(made.concepts)
    boxes = corners(svg)
    assert len(boxes) == len(made.concepts)
    for (x, y), (u, v) in combinations(boxes, 2):
        assert abs(x - u) >= BOX_W or abs(y - v) >= BOX_H
    width, height = (int(n) for n in ET.fromstring(svg).attrib["viewBox"].split()[2:])  # noqa: S314 - our own output
    assert all(0 <= x <= width - BOX_W and 0 <= y <= height - BOX_H for x, y in boxes)


def test_the_same_roadmap_gives_the_same_bytes_in_another_process() -> None:
    program = "import sys, hashlib; sys.path[:0] = sys.argv[1:]\nfrom test_roadmap_map import drawn, grid\n"
    program += "print(hashlib.sha256(drawn(grid(30)).encode()).hexdigest())"
    path = [str(p) for p in (__file__.rpartition("test_roadmap_map")[0], *sys.path)]
    runs = {
        subprocess.run(
            [sys.executable, "-c", program, *path],
            check=True,
            capture_output=True,
            env={**os.environ, "PYTHONHASHSEED": seed},
        ).stdout
        for seed in ("1", "2")
    }
    assert len(runs) == 1


def test_states_and_links() -> None:
    made = roadmap(concept("x"), concept("y", "x", kind="application"), concept("z"))
    svg = draw_map(made, {"x": "solid", "y": "started", "z": "odd"}, {"x": "../x/?a&b"}, words=WORDS)
    found = nodes(svg)
    assert [found[c].tag.rpartition("}")[2] for c in "xyz"] == ["a", "g", "g"]
    assert found["x"].attrib["href"] == "../x/?a&b"
    assert [found[c].attrib["class"] for c in "xyz"] == ["node solid", "node started", "node empty"]
    assert ">1 of 3 covered</text>" in svg


def test_text_alternatives() -> None:
    made = roadmap(concept("x", title="Up & down"), concept("y", "x", "unknown", kind="application"))
    svg = draw_map(made, {"y": "covered"}, {}, words=WORDS)
    labels = {c: e.attrib["aria-label"] for c, e in nodes(svg).items()}
    assert labels["x"] == "Up & down: empty. Stands on nothing else."
    assert labels["y"] == "Y: covered, an application. Stands on: Up & down."
    assert all(e.find("title") is not None and e.attrib["role"] == "img" for e in nodes(svg).values())
    assert 'aria-label="Map of 2 concepts' in svg


def test_only_direct_prerequisites_are_drawn() -> None:
    assert edges(drawn(roadmap(concept("x"), concept("y", "x"), concept("z", "x", "y")))) == 2


def test_arrows_between_areas_are_marked() -> None:
    svg = drawn(roadmap(concept("x"), concept("y", "x"), concept("z", "y", area="b"), areas=("a", "b")))
    assert (edges(svg, "in"), edges(svg, "across")) == (1, 1)


def test_columns_follow_prerequisites() -> None:
    x = [place[0] for place in corners(drawn(CHAIN))]
    assert x == sorted(set(x))


def test_a_circle_of_needs_loses_one_arrow() -> None:
    assert edges(drawn(CYCLE)) == 3


def test_no_concepts_no_map() -> None:
    assert drawn(roadmap()) == ""


def test_an_area_without_concepts_and_a_concept_without_area() -> None:
    svg = drawn(roadmap(concept("x", area="nowhere"), areas=("a",)))
    assert list(nodes(svg)) == ["x"]
    assert "Area a" not in svg


@pytest.mark.parametrize(
    ("title", "lines"),
    [
        ("Rank", ["Rank"]),
        ("Eigenvalues and eigenvectors", ["Eigenvalues and", "eigenvectors"]),
        ("Wahrscheinlichkeitsverteilung", ["Wahrscheinlichk-", "eitsverteilung"]),
    ],
)
def test_titles_are_wrapped(title: str, lines: list[str]) -> None:
    assert wrap_title(title) == lines


@pytest.mark.parametrize("title", ["word " * 20, "x" * 90, "量" * 40, "Short " + "y" * 60])
def test_titles_too_long_end_in_an_ellipsis(title: str) -> None:
    lines = wrap_title(title)
    assert len(lines) <= 2
    assert lines[-1].endswith("…")
    assert all(len(line) < 32 for line in lines)
