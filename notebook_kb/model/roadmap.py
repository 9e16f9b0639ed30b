"""A roadmap: areas of concepts with prerequisites, the sources that explain them, problems as ways in."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True)
class AngleKind:
    """A way of explaining: its id, its name, and the question that it answers."""

    id: str
    title: str
    ask: str = ""


@dataclass(frozen=True, slots=True)
class Resource:
    """A source that one learns from."""

    id: str
    title: str
    by: str = ""
    kind: str = ""
    angle: str = ""
    url: str = ""
    isbn: str = ""
    free: bool = False
    aliases: tuple[str, ...] = ()
    videos: Mapping[str, str] = field(default_factory=dict)
    unverified: tuple[str, ...] = ()

    def address_of(self, place: str) -> str:
        """The address of a place in it (`ch. 7, 02:29` begins with the listed `ch. 7`); '' where none is listed."""
        said = place.casefold()
        return next((url for at, url in self.videos.items() if said.startswith(at.casefold())), "")


@dataclass(frozen=True, slots=True)
class Concept:
    """One idea of a roadmap. `read` maps a resource's id to the place in it; `code` names an exercise; `renamed_from` are
    ids that it had, which stay good.
    """

    id: str
    title: str
    area: str = ""
    aliases: tuple[str, ...] = ()
    kind: str = "concept"
    needs: tuple[str, ...] = ()
    why: str = ""
    read: Mapping[str, str] = field(default_factory=dict)
    code: str = ""
    line: int = 0
    renamed_from: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Area:
    """A group of concepts."""

    id: str
    title: str
    why: str = ""
    concepts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Problem:
    """What a learner came with, and the concepts that help."""

    id: str
    title: str
    concepts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Named:
    """A name in a roadmap's own file that must lead somewhere: `what` is needs, read, problem, starter or angle, `owner` who
    says it; `place` is its line, column, end line and end column.
    """

    what: str
    owner: str
    name: str
    place: tuple[int, int, int, int]


@dataclass(frozen=True, slots=True)
class Starter:
    """A card of the roadmap itself: `roadmap` is the id of the one that brought it, `concept` '' where it is about none."""

    id: str
    roadmap: str
    question: str
    answer: str
    concept: str = ""
    level: str = ""


@dataclass(frozen=True, slots=True)
class Exercise:
    """What code from scratch may use, as dotted names: `allow_imports` are top-level modules (none: any), `forbid` what is
    the shortcut, `allow` exceptions to it. `check` says what a proof compares with.
    """

    id: str = ""
    check: str = ""
    forbid: tuple[str, ...] = ()
    allow: tuple[str, ...] = ()
    allow_imports: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Roadmap:
    """The whole roadmap; `concepts` keeps the roadmap's order, `named` is what its own file names. `default_exercise` holds
    for all `exercises` besides.
    """

    id: str
    title: str
    angles: Mapping[str, AngleKind]
    resources: Mapping[str, Resource]
    areas: tuple[Area, ...]
    concepts: Mapping[str, Concept]
    problems: tuple[Problem, ...] = ()
    path: str = ""
    starters: tuple[Starter, ...] = ()
    named: tuple[Named, ...] = ()
    exercises: Mapping[str, Exercise] = field(default_factory=dict)
    default_exercise: Exercise = field(default_factory=Exercise)

    def exercise_of(self, concept_id: str) -> Exercise | None:
        """The exercise of a concept, with what holds for all; None where the roadmap asks for no code."""
        concept = self.concepts.get(concept_id)
        if concept is None or not concept.code:
            return None
        own, every = self.exercises.get(concept.code, Exercise(concept.code)), self.default_exercise
        return Exercise(
            own.id,
            own.check,
            (*every.forbid, *own.forbid),
            (*every.allow, *own.allow),
            own.allow_imports or every.allow_imports,
        )

    def unlocks(self, concept_id: str) -> tuple[str, ...]:
        """The concepts that need this one directly."""
        return tuple(c.id for c in self.concepts.values() if concept_id in c.needs)

    def listed_angles(self, concept_id: str) -> tuple[str, ...]:
        """The angles for which the roadmap lists a source of this concept, in ladder order."""
        concept = self.concepts[concept_id]
        found = {self.resources[r].angle for r in concept.read if r in self.resources}
        return tuple(a for a in self.angles if a in found)
