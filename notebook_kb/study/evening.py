"""The evening before an interview: what to do when, fitted to the minutes there are. Nothing here changes the schedule."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from math import ceil
from typing import TYPE_CHECKING

from notebook_kb.learning.coverage import PartState, part_state
from notebook_kb.model.card import CardKind
from notebook_kb.model.note import Part
from notebook_kb.study.mock import mock_questions

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from notebook_kb.notebook.notebook import Notebook
    from notebook_kb.study.weakness import Evening, Weighed

QUESTION_MINUTES = 3  # two on the clock, one to compare and grade
SHEET_MINUTES, LEAST_FOR_SHEET = 5, 25
LEAST_FOR_MOCK = 10
MOCK_SHARE, READ_SHARE = 0.3, 0.2
MINUTE = 60_000  # milliseconds
EFFORT = {CardKind.SAY: 1.5, CardKind.ANGLE: 3, CardKind.CODE: 5}
WORDS_A_MINUTE = 130  # slowly, as one reads mathematics
# where a concept that was never reviewed stands among the others: behind the forgotten, before the known
UNKNOWN = 0.9


class SlotKind(StrEnum):
    """What a part of the evening is for."""

    DRILL = "drill"
    MOCK = "mock"
    READ = "read"
    SHEET = "sheet"


@dataclass(frozen=True, slots=True)
class Reading:
    """A section to read again."""

    concept: str
    title: str
    heading: str
    path: str
    line: int
    minutes: int


@dataclass(frozen=True, slots=True)
class Slot:
    """A part of the evening, from `start` on."""

    kind: SlotKind
    start: datetime
    minutes: int
    cards: tuple[Weighed, ...] = ()
    readings: tuple[Reading, ...] = ()


@dataclass(frozen=True, slots=True)
class WeakConcept:
    """A concept with the mean recall of its reviewed cards on the day, None where none was reviewed."""

    concept: str
    title: str
    recall: float | None
    cards: int


@dataclass(frozen=True, slots=True)
class Plan:
    """The evening. `cards` are all that could be asked, weakest first; `left` minutes have nothing to fill them."""

    evening: Evening
    slots: tuple[Slot, ...]
    cards: tuple[Weighed, ...]
    weakest: tuple[WeakConcept, ...]
    median_ms: int
    left: int = 0

    def slot(self, kind: SlotKind) -> Slot | None:
        """The part of the evening of this kind."""
        return next((s for s in self.slots if s.kind is kind), None)


def make_plan(notebook: Notebook, cards: tuple[Weighed, ...], evening: Evening, median_ms: int) -> Plan:
    """Fit the evening: cards weakest first, a mock interview, sections to read again, a look at the cheat sheet.

    What one part does not need, another gets. `median_ms` is how long an answer usually takes.
    """
    weakest = weak_concepts(notebook, cards, evening.area)
    sections = list(readings(notebook, weakest))
    minutes = evening.minutes
    sheet = SHEET_MINUTES if sections and minutes >= LEAST_FOR_SHEET else 0
    asked = (
        min(round(minutes * MOCK_SHARE / QUESTION_MINUTES), len(cards)) if minutes >= LEAST_FOR_MOCK else 0
    )
    reading = round(minutes * READ_SHARE) if sections else 0
    drill = minutes - sheet - asked * QUESTION_MINUTES - reading
    drilled = fitting_cards(cards, drill, median_ms)
    drill_minutes = min(ceil(sum(effort(w, median_ms) for w in drilled) / MINUTE), drill)
    chosen = fitting(sections, reading + drill - drill_minutes)
    rest = minutes - sheet - asked * QUESTION_MINUTES - drill_minutes - sum(r.minutes for r in chosen)
    more = min(rest // QUESTION_MINUTES, len(cards) - asked)
    questions = mock_questions(cards, evening, asked + more)
    left = rest - more * QUESTION_MINUTES
    wanted = [
        (SlotKind.DRILL, drill_minutes, drilled, ()),
        (SlotKind.MOCK, len(questions) * QUESTION_MINUTES, questions, ()),
        (SlotKind.READ, sum(r.minutes for r in chosen), (), chosen),
        (SlotKind.SHEET, sheet, (), ()),
    ]
    slots: list[Slot] = []
    start = evening.start
    for kind, length, about, texts in wanted:
        if length:
            slots.append(Slot(kind, start, length, about, texts))
            start += timedelta(minutes=length)
    return Plan(evening, tuple(slots), cards, weakest, median_ms, left)


def effort(one: Weighed, median_ms: int) -> float:
    """About how many milliseconds a card takes: to draw or to code is more than to say a word."""
    return median_ms * EFFORT.get(one.card.kind, 1)


def fitting_cards(cards: tuple[Weighed, ...], minutes: int, median_ms: int) -> tuple[Weighed, ...]:
    """The first cards, as many as fit; one at least."""
    time = 0.0
    for n, one in enumerate(cards):
        time += effort(one, median_ms)
        if time > minutes * MINUTE:
            return cards[: max(n, 1)]
    return cards


def drill_cards(plan: Plan) -> tuple[Weighed, ...]:
    """As many cards as all the minutes take."""
    return fitting_cards(plan.cards, plan.evening.minutes, plan.median_ms)


def mock_cards(plan: Plan) -> tuple[Weighed, ...]:
    """As many questions as all the minutes take."""
    return mock_questions(plan.cards, plan.evening, max(plan.evening.minutes // QUESTION_MINUTES, 1))


def weak_concepts(notebook: Notebook, cards: tuple[Weighed, ...], area: str) -> tuple[WeakConcept, ...]:
    """The concepts that have cards or notes, weakest first; those that were never reviewed stand before the known."""
    of: dict[str, list[Weighed]] = defaultdict(list)
    for one in cards:
        of[one.card.concept].append(one)
    found = []
    for concept in notebook.roadmap.concepts.values():
        if (area and concept.area != area) or (
            concept.id not in of and not notebook.explanations.get(concept.id)
        ):
            continue
        reviewed = [w.recall for w in of[concept.id] if w.recall is not None]
        mean = sum(reviewed) / len(reviewed) if reviewed else None
        found.append(WeakConcept(concept.id, concept.title, mean, len(of[concept.id])))
    return tuple(sorted(found, key=lambda w: UNKNOWN if w.recall is None else w.recall))


def readings(notebook: Notebook, weakest: tuple[WeakConcept, ...]) -> Iterator[Reading]:
    """What is written of the concepts, weakest first: the own words of each, then the explanations of each."""
    for part in (Part.OWN, Part.ANGLE):
        for weak in weakest:
            note = notebook.concept_note(weak.concept)
            found = [(note, s) for s in note.sections if s.part is Part.OWN and not s.private] if note else []
            if part is Part.ANGLE:
                found = [(e.note, e.section) for e in notebook.explanations.get(weak.concept, ())]
            for home, section in found:
                if part_state(section.words) is PartState.WRITTEN:
                    minutes = max(1, round(section.words / WORDS_A_MINUTE))
                    line = max(section.place.line, 1)
                    yield Reading(weak.concept, weak.title, section.heading, home.path, line, minutes)


def fitting(sections: list[Reading], minutes: int) -> tuple[Reading, ...]:
    """As many sections as fit, in their order."""
    chosen: list[Reading] = []
    for one in sections:
        if one.minutes <= minutes:
            chosen.append(one)
            minutes -= one.minutes
    return tuple(chosen)
