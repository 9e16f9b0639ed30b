"""How far each concept is written, from the notes alone. Only written matter counts, never headings or prompts."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING

from notebook_kb.learning.code import NOT_JUDGED, code_wanting
from notebook_kb.learning.symbols import formula_states, wanting
from notebook_kb.model.evidence import NO_EVIDENCE, Verdict
from notebook_kb.model.note import Part

if TYPE_CHECKING:
    from collections.abc import Mapping

    from notebook_kb.model.evidence import Evidence
    from notebook_kb.model.note import Note, Section
    from notebook_kb.model.roadmap import Concept
    from notebook_kb.notebook.notebook import Explanation, Notebook

# a part counts from this many words; the talk's own good sentence on the derivative has 14
ENOUGH_WORDS = 10
WANTED_EXPLANATIONS = 2


class State(StrEnum):
    """How far a concept is written."""

    EMPTY = "empty"
    STARTED = "started"
    COVERED = "covered"
    SOLID = "solid"


class PartState(StrEnum):
    """How far one part is written."""

    EMPTY = "empty"
    STUB = "stub"
    WRITTEN = "written"
    NOT_JUDGED = "not judged yet"


@dataclass(frozen=True, slots=True)
class AngleEvidence:
    """One explanation: at which angle, from which source, how many words. `copied_words` were taken off, `verdict` is
    what comparing it with excerpts showed.
    """

    angle: str
    source: str
    words: int
    state: PartState
    path: str
    line: int
    place_text: str = ""
    copied_words: int = 0
    verdict: Verdict = Verdict.NOT_CHECKED


@dataclass(frozen=True, slots=True)
class Missing:
    """A thing that is still missing, and why it is asked for; `path` and `line` where it would go."""

    part: str
    why: str
    angle: str = ""
    path: str = ""
    line: int = 0


@dataclass(frozen=True, slots=True)
class ConceptCoverage:
    """One concept's state with its evidence."""

    concept: Concept
    state: State
    angles: tuple[AngleEvidence, ...]
    own: PartState
    own_words: int
    missing: tuple[Missing, ...]
    note: str = ""
    matched_by: str = ""
    not_judged: tuple[str, ...] = ()
    own_copied: int = 0
    own_verdict: Verdict = Verdict.NOT_CHECKED
    own_line: int = 0

    @property
    def written_angles(self) -> tuple[AngleEvidence, ...]:
        """The explanations that count."""
        return tuple(a for a in self.angles if a.state is PartState.WRITTEN)

    @property
    def sources(self) -> tuple[str, ...]:
        """The different sources of the explanations that count."""
        return tuple(dict.fromkeys(a.source for a in self.written_angles))


def part_state(words: int) -> PartState:
    """Empty, a stub (which counts for nothing) or written."""
    if words >= ENOUGH_WORDS:
        return PartState.WRITTEN
    return PartState.STUB if words else PartState.EMPTY


def cover(notebook: Notebook, evidence: Evidence = NO_EVIDENCE) -> dict[str, ConceptCoverage]:
    """The coverage of every concept of the roadmap, in its order."""
    return {c.id: cover_concept(notebook, c, evidence) for c in notebook.roadmap.concepts.values()}


def cover_concept(notebook: Notebook, concept: Concept, known: Evidence = NO_EVIDENCE) -> ConceptCoverage:
    """One concept's coverage. Sentences that are known to be copied are taken off the words."""
    note = without_copies(notebook.concept_note(concept.id), known)
    evidence = tuple(angle_evidence(e, known) for e in notebook.explanations.get(concept.id, ()))
    own, own_words, own_line = own_part(note)
    other = [s for s in note.sections if not s.private] if note else []
    example = best(other, Part.EXAMPLE)
    counts = [a for a in evidence if a.state is PartState.WRITTEN]
    example_written = example is not None and (example.words >= ENOUGH_WORDS or example.substance)
    why_written = any(s.part is Part.WHY and s.words >= ENOUGH_WORDS for s in other)
    own_copied, own_verdict = own_compared(notebook.concept_note(concept.id), known)
    missing = [
        *missing_for_covered(notebook, concept, evidence, note),
        *missing_own(own, own_words, own_copied, note, own_line),
    ]
    state = State.EMPTY
    if counts or own is PartState.WRITTEN or example_written or why_written:
        state = State.STARTED
    not_judged: list[str] = []
    if not missing and own is PartState.WRITTEN:
        state = State.COVERED
        missing, not_judged = missing_for_solid(
            notebook, concept, counts, note, example_written=example_written
        )
        if concept.code:
            code, unjudged = missing_code(concept, note, known)
            missing, not_judged = [*missing, *code], [*not_judged, *unjudged]
        if not missing and not not_judged:
            state = State.SOLID
    return ConceptCoverage(
        concept=concept,
        state=state,
        angles=evidence,
        own=own,
        own_words=own_words,
        missing=tuple(missing),
        note=note.path if note else "",
        matched_by=matched_by(notebook, note),
        not_judged=tuple(not_judged),
        own_copied=own_copied,
        own_verdict=own_verdict,
        own_line=own_line,
    )


def without_copies(note: Note | None, known: Evidence) -> Note | None:
    """The note with the words of each section that are not copied."""
    copied = {n: o.copied_words for n, o in known.overlaps.get(note.path, {}).items()} if note else {}
    if note is None or not any(copied.values()):
        return note
    sections = tuple(
        replace(s, words=max(s.words - copied.get(n, 0), 0)) for n, s in enumerate(note.sections)
    )
    loose = sum(
        copied.get(n, 0) for n, s in enumerate(note.sections) if s.part is Part.OTHER and not s.private
    )
    return replace(note, sections=sections, loose_words=max(note.loose_words - loose, 0))


def own_compared(note: Note | None, known: Evidence) -> tuple[int, Verdict]:
    """(how many words of the synthesis are copied, the worst of what comparing it showed)."""
    if note is None:
        return 0, Verdict.NOT_CHECKED
    found = [known.overlap(note.path, n) for n, s in enumerate(note.sections) if s.part is Part.OWN]
    worst = max((o.verdict for o in found), key=list(Verdict).index, default=Verdict.NOT_CHECKED)
    return sum(o.copied_words for o in found), worst


def angle_evidence(explanation: Explanation, known: Evidence) -> AngleEvidence:
    """What an explanation counts for."""
    section = explanation.section
    overlap = known.overlap(explanation.note.path, explanation.index)
    words = max(section.words - overlap.copied_words, 0)
    return AngleEvidence(
        explanation.angle,
        explanation.source,
        words,
        part_state(words),
        explanation.note.path,
        section.place.line,
        explanation.citation.place_text,
        overlap.copied_words,
        overlap.verdict,
    )


def matched_by(notebook: Notebook, note: Note | None) -> str:
    """'name' when a note counts for a concept without saying so in its head."""
    return "name" if note and not note.concept and notebook.concept_of(note) else ""


def own_part(note: Note | None) -> tuple[PartState, int, int]:
    """(state, words, line) of the synthesis; without that section the prose outside known parts counts."""
    if note is None:
        return PartState.EMPTY, 0, 0
    sections = [s for s in note.sections if s.part is Part.OWN and not s.private]
    if sections:
        words = max(s.words for s in sections)
        return part_state(words), words, sections[0].place.line
    lead_only = any(s.part is Part.ANGLE for s in note.sections)
    # with angles, the lead under the title is an introduction, not the synthesis
    words = 0 if lead_only and len(loose_sections(note)) <= 1 else note.loose_words
    return part_state(words), words, 0


def loose_sections(note: Note) -> list[Section]:
    """Sections that are no known part."""
    return [s for s in note.sections if s.part is Part.OTHER and not s.private and s.words]


def best(sections: list[Section], part: Part) -> Section | None:
    """The section of a part with most words."""
    found = [s for s in sections if s.part is part]
    return max(found, key=lambda s: (s.words >= ENOUGH_WORDS or s.substance, s.words), default=None)


def distinct_explanations(evidence: tuple[AngleEvidence, ...] | list[AngleEvidence]) -> int:
    """Explanations that count and differ from each other in angle or source."""
    return len({(a.angle, a.source) for a in evidence if a.state is PartState.WRITTEN})


def wanted_explanations(notebook: Notebook, concept: Concept) -> int:
    """Two, or as many as the roadmap lists angles for, if fewer; at least one."""
    listed = len(notebook.roadmap.listed_angles(concept.id))
    return max(1, min(WANTED_EXPLANATIONS, listed))


def missing_for_covered(
    notebook: Notebook,
    concept: Concept,
    evidence: tuple[AngleEvidence, ...],
    note: Note | None,
) -> list[Missing]:
    """What keeps a concept from being covered, lowest rung first."""
    path = note.path if note else ""
    missing: list[Missing] = []
    wanted = wanted_explanations(notebook, concept)
    have = distinct_explanations(evidence)
    written = {a.angle for a in evidence if a.state is PartState.WRITTEN}
    stubs = {a.angle: a for a in evidence if a.state is PartState.STUB}
    order = [*notebook.roadmap.listed_angles(concept.id)]
    order += [a for a in notebook.roadmap.angles if a not in order]
    for angle in [a for a in order if a not in written][: max(wanted - have, 0)]:
        stub = stubs.get(angle)
        why = (
            f"{stub.words} of {ENOUGH_WORDS} words" if stub else f"{have} of {wanted} explanations that count"
        )
        copied = [a for a in evidence if a.angle == angle and a.copied_words]
        why = source_words(copied[0].words, copied[0].copied_words) if copied else why
        stub = stub or (copied[0] if copied else None)
        missing.append(Missing("angle", why, angle, stub.path if stub else path, stub.line if stub else 0))
    if not missing and have < wanted:
        missing.append(
            Missing("angle", f"{have} of {wanted} explanations that differ in angle or source", "", path)
        )
    return missing


def missing_own(own: PartState, words: int, copied: int, note: Note | None, line: int) -> tuple[Missing, ...]:
    """The synthesis, where it does not count yet."""
    if own is PartState.WRITTEN:
        return ()
    why = "fewer than ten words" if own is PartState.STUB else "not written yet"
    return (
        Missing("own", source_words(words, copied) if copied else why, "", note.path if note else "", line),
    )


def source_words(words: int, copied: int) -> str:
    """How many of a part's words do not count because they stand in an excerpt."""
    return f"{copied} of {words + copied} words are your source's"


def missing_for_solid(
    notebook: Notebook,
    concept: Concept,
    counts: list[AngleEvidence],
    note: Note | None,
    *,
    example_written: bool,
) -> tuple[list[Missing], list[str]]:
    """(what keeps a covered concept from being solid, what cannot be judged yet)."""
    path = note.path if note else ""
    written = {a.angle for a in counts}
    missing = [
        Missing("angle", "the roadmap lists a source for it", angle, path)
        for angle in notebook.roadmap.listed_angles(concept.id)
        if angle not in written
    ]
    if not example_written:
        missing.append(
            Missing(
                "example", "no example of ten words, or with a formula, number, code or picture", "", path
            )
        )
    not_judged: list[str] = []
    if note and any(s.display_formulas for s in note.sections if not s.private):
        missing += missing_symbols(notebook, note)
        if any(f.unread for f in note.listed):
            not_judged.append("symbols")
    return missing, not_judged


def missing_symbols(notebook: Notebook, note: Note) -> list[Missing]:
    """What a note that shows a display formula lacks in its symbols part."""
    part = next((s for s in note.sections if s.part is Part.SYMBOLS and not s.private), None)
    if part is None:
        return [Missing("symbols", "the note shows a display formula", "", note.path)]
    if not note.listed:
        return [Missing("symbols", "no display formula stands in it yet", "", note.path, part.place.line)]
    return [
        Missing("symbols", why, "", note.path, line)
        for state in formula_states(notebook, note)
        for why, line in wanting(state)
    ]


def missing_code(concept: Concept, note: Note | None, known: Evidence) -> tuple[list[Missing], list[str]]:
    """(why the code of a concept whose roadmap asks for it does not count, what cannot be judged)."""
    found = code_wanting(concept.id, note, known.code_of(note.path if note else ""))
    if found is None:
        return [], []
    why, line = found
    if why == NOT_JUDGED:
        return [], ["code"]
    return [Missing("code", why, "", note.path if note else "", line)], []


def count_states(coverage: Mapping[str, ConceptCoverage]) -> dict[str, int]:
    """How many concepts are in each state."""
    counts = {str(s): 0 for s in State}
    for item in coverage.values():
        counts[str(item.state)] += 1
    return counts


def is_covered(state: State) -> bool:
    """Covered or better."""
    return state in {State.COVERED, State.SOLID}
