"""What a roadmap names and does not define, each where it stands in its file."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from notebook_kb.findings import finding
from notebook_kb.parsing.roadmap import nearest

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from notebook_kb.findings import Finding
    from notebook_kb.model.roadmap import Named, Roadmap

# what names something: how that is said, and what the thing should be
SAID = {
    "needs": ("`{owner}` needs `{name}`, which is no concept", "concept"),
    "read": ("`{owner}` reads `{name}`, which is no resource", "resource"),
    "problem": ("the problem `{owner}` names `{name}`, which is no concept", "concept"),
    "starter": ("the starter card `{owner}` is about `{name}`, which is no concept", "concept"),
    "angle": ("the resource `{owner}` has the angle `{name}`, which is none", "angle"),
}


def roadmap_findings(roadmap: Roadmap) -> list[Finding]:
    """Names of a roadmap's own file that lead nowhere, and circles of prerequisites."""
    known: dict[str, Collection[str]] = {
        "concept": roadmap.concepts,
        "resource": roadmap.resources,
        "angle": {*roadmap.angles, *(a.title for a in roadmap.angles.values())},
    }
    return [*unknown_names(roadmap, known), *circles(roadmap)]


def unknown_names(roadmap: Roadmap, known: dict[str, Collection[str]]) -> Iterator[Finding]:
    """KB304 of each name that leads nowhere."""
    for named in roadmap.named:
        said, kind = SAID[named.what]
        if named.name not in known[kind]:
            message = said.format(owner=named.owner, name=named.name)
            hint = (
                nearest(named.name, known[kind])
                or f"define it, or take it out (`kb roadmap show` lists each {kind})"
            )
            yield finding("KB304", message, hint, path=roadmap.path, place=named.place)


def circles(roadmap: Roadmap) -> Iterator[Finding]:
    """KB304 of one circle, at a `needs` of it that stands in this file."""
    circle = find_circle(roadmap)
    if not circle:
        return
    steps = set(pairwise(circle))
    at: Named | None = next(
        (n for n in roadmap.named if n.what == "needs" and (n.owner, n.name) in steps), None
    )
    yield finding(
        "KB304",
        "these concepts need each other in a circle: " + " → ".join(circle),
        "drop one `needs`",
        path=roadmap.path,
        place=at.place if at else (0, 0, 0, 0),
    )


def find_circle(roadmap: Roadmap) -> list[str]:
    """One circle of prerequisites as ids, the first one repeated at the end; [] when there is none."""
    state: dict[str, int] = {}
    path: list[str] = []

    def visit(concept_id: str) -> list[str]:
        state[concept_id] = 1
        path.append(concept_id)
        for need in roadmap.concepts[concept_id].needs:
            if state.get(need) == 1:
                return [*path[path.index(need) :], need]
            if need in roadmap.concepts and need not in state:
                circle = visit(need)
                if circle:
                    return circle
        path.pop()
        state[concept_id] = 2
        return []

    for concept_id in roadmap.concepts:
        if concept_id not in state:
            circle = visit(concept_id)
            if circle:
                return circle
    return []
