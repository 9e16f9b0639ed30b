"""What to write next: the learner's open problems first, then by prerequisites; in a concept the lowest missing rung."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from notebook_kb.learning.coverage import State, is_covered

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from notebook_kb.learning.coverage import ConceptCoverage, Missing
    from notebook_kb.model.roadmap import Concept
    from notebook_kb.notebook.notebook import Notebook


@dataclass(frozen=True, slots=True)
class Suggestion:
    """One next step: the concept, which rung (`what` is an angle's id, own, example, symbols or code), why, where."""

    concept: Concept
    what: str
    why: str
    source: str = ""
    place: str = ""
    problem: str = ""


def suggest(
    notebook: Notebook, coverage: Mapping[str, ConceptCoverage], *, problem: str = "", limit: int = 3
) -> list[Suggestion]:
    """The next steps, best first. `problem` limits them to the concepts of one problem."""
    found: list[Suggestion] = []
    seen: set[str] = set()
    for concept_id, why, problem_title in wanted(notebook, coverage, problem):
        if concept_id in seen:
            continue
        seen.add(concept_id)
        suggestion = lowest_rung(notebook, coverage[concept_id], why, problem_title)
        if suggestion:
            found.append(suggestion)
        if len(found) == limit:
            break
    return found


def wanted(
    notebook: Notebook, coverage: Mapping[str, ConceptCoverage], problem: str
) -> Iterator[tuple[str, str, str]]:
    """The candidates that are not covered, then those that are and lack something for being solid."""
    for candidate in candidates(notebook, coverage, problem):
        if not is_covered(coverage[candidate[0]].state):
            yield candidate
    if not problem:
        for concept_id, item in coverage.items():
            if item.state is State.COVERED:
                yield concept_id, "it is covered, not yet solid", ""


def candidates(
    notebook: Notebook, coverage: Mapping[str, ConceptCoverage], problem: str
) -> Iterator[tuple[str, str, str]]:
    """(concept id, why, problem's title), best first."""
    yield from of_problems(notebook, coverage, [problem] if problem else list(notebook.settings.problems))
    if problem:
        return
    started = [c for c in coverage.values() if c.state is State.STARTED]
    # a note that was begun comes before a concept that only a reading touches
    for begun in sorted(started, key=lambda c: (not c.note, len(c.missing))):
        yield begun.concept.id, "you have started it", ""
    order = list(coverage)
    open_now = [c for c in order if needs_met(notebook, coverage, c) and coverage[c].state is State.EMPTY]
    unlocks = {c: len(notebook.roadmap.unlocks(c)) for c in open_now}
    for concept_id in sorted(open_now, key=lambda c: (-unlocks[c], order.index(c))):
        needs = notebook.roadmap.concepts[concept_id].needs
        leaning = unlocks[concept_id]
        why = "all that it needs is covered" if needs else "it needs nothing before it"
        if leaning:
            why += f", and {leaning} {'concept leans' if leaning == 1 else 'concepts lean'} on it"
        yield concept_id, why, ""
    for concept_id in order:
        yield concept_id, "it is next on the roadmap", ""


def of_problems(
    notebook: Notebook, coverage: Mapping[str, ConceptCoverage], chosen: list[str]
) -> Iterator[tuple[str, str, str]]:
    """The concepts of problems, what they need and was not begun before them."""
    for item in notebook.roadmap.problems:
        if item.id not in chosen:
            continue
        why = f"you came with “{item.title}”"
        known = [c for c in item.concepts if c in coverage]
        for concept_id in known:
            yield first_unwritten_need(notebook, coverage, concept_id), why, item.title
        for concept_id in known:
            yield concept_id, why, item.title


def needs_met(notebook: Notebook, coverage: Mapping[str, ConceptCoverage], concept_id: str) -> bool:
    """Whether every prerequisite is covered."""
    needs = notebook.roadmap.concepts[concept_id].needs
    return all(is_covered(coverage[n].state) for n in needs if n in coverage)


def first_unwritten_need(notebook: Notebook, coverage: Mapping[str, ConceptCoverage], concept_id: str) -> str:
    """The deepest prerequisite with nothing written, or the concept itself; circles end at the first repeat."""
    seen = {concept_id}
    current = concept_id
    while True:
        needs = [
            n
            for n in notebook.roadmap.concepts[current].needs
            if n in coverage and n not in seen and coverage[n].state is State.EMPTY
        ]
        if not needs:
            return current
        current = needs[0]
        seen.add(current)


def lowest_rung(notebook: Notebook, item: ConceptCoverage, why: str, problem: str = "") -> Suggestion | None:
    """The first thing that is missing for a concept, with a source for it if the roadmap lists one."""
    if not item.missing:
        return None
    missing = item.missing[0]
    source, place = source_for(notebook, item, missing)
    return Suggestion(item.concept, missing.angle or missing.part, why, source, place, problem)


def source_for(notebook: Notebook, item: ConceptCoverage, missing: Missing) -> tuple[str, str]:
    """(resource id, place) that the roadmap lists for a missing angle and that was not used yet; else ('', '')."""
    used = {a.source for a in item.written_angles}
    for resource_id, place in item.concept.read.items():
        resource = notebook.roadmap.resources.get(resource_id)
        fits = resource and (not missing.angle or resource.angle == missing.angle)
        if missing.part == "angle" and fits and resource_id not in used:
            return resource_id, place
    return "", ""
