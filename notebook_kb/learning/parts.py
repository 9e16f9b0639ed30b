"""The parts of a concept's note besides explanations and synthesis, each with how far it is written."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from notebook_kb.learning.code import NOT_JUDGED, code_wanting
from notebook_kb.learning.coverage import (
    ENOUGH_WORDS,
    PartState,
    best,
    missing_symbols,
    part_state,
    without_copies,
)
from notebook_kb.learning.symbols import counted_symbols, formula_states
from notebook_kb.model.evidence import NO_EVIDENCE
from notebook_kb.model.note import Part

if TYPE_CHECKING:
    from collections.abc import Iterator

    from notebook_kb.model.evidence import Evidence
    from notebook_kb.model.note import Note
    from notebook_kb.model.roadmap import Concept
    from notebook_kb.notebook.notebook import Notebook

WORD_PARTS = (Part.WHY, Part.EXAMPLE)


@dataclass(frozen=True, slots=True)
class PartEvidence:
    """One part: how far it is written, and where. `words` count where words are what it is judged by; `described` of
    `symbols` have words, in the symbols part. `why` it does not count yet, where that is known.
    """

    part: Part
    state: PartState
    path: str
    line: int
    words: int = 0
    described: int = 0
    symbols: int = 0
    why: str = ""


def further_parts(
    notebook: Notebook, concept: Concept, known: Evidence = NO_EVIDENCE
) -> tuple[PartEvidence, ...]:
    """What the concept's note has of why it matters, example, symbols and code, in this order; empty parts are left out."""
    note = without_copies(notebook.concept_note(concept.id), known)
    if note is None:
        return ()
    found = [*word_parts(note), *symbols_part(notebook, note), *code_part(concept, note, known)]
    return tuple(p for p in found if p.state is not PartState.EMPTY)


def word_parts(note: Note) -> Iterator[PartEvidence]:
    """The parts that count by their words; an example also by a formula, number, code or picture."""
    shown = [s for s in note.sections if not s.private]
    for part in WORD_PARTS:
        section = best(shown, part)
        if section:
            shows = part is Part.EXAMPLE and section.substance and section.words < ENOUGH_WORDS
            state = PartState.WRITTEN if shows else part_state(section.words)
            words = 0 if shows else section.words
            yield PartEvidence(part, state, note.path, section.place.line, words)


def symbols_part(notebook: Notebook, note: Note) -> Iterator[PartEvidence]:
    """Written once each symbol of each formula has words and each formula is said aloud."""
    section = next((s for s in note.sections if s.part is Part.SYMBOLS and not s.private), None)
    if section is None:
        return
    states = formula_states(notebook, note)
    described, wanted = counted_symbols(states)
    silent = next((s.formula for s in states if not s.formula.aloud), None)
    state = PartState.STUB if any(r.words for f in note.listed for r in f.rows) else PartState.EMPTY
    if any(f.unread for f in note.listed):
        state = PartState.NOT_JUDGED
    elif not missing_symbols(notebook, note):
        state = PartState.WRITTEN
    yield PartEvidence(
        Part.SYMBOLS,
        state,
        note.path,
        section.place.line,
        described=described,
        symbols=wanted,
        why=f"no line reads the formula of line {silent.place.line} aloud"
        if state is PartState.STUB and described == wanted and silent
        else "",
    )


def code_part(concept: Concept, note: Note, known: Evidence) -> Iterator[PartEvidence]:
    """Written once it ran and its check passed, whether or not the roadmap asks for code."""
    if not note.code_key:
        return
    first = min((block.line for block in note.code), default=1)
    why, line = code_wanting(concept.id, note, known.code_of(note.path)) or ("", first)
    if why == NOT_JUDGED:
        yield PartEvidence(Part.CODE, PartState.NOT_JUDGED, note.path, line)
        return
    yield PartEvidence(Part.CODE, PartState.STUB if why else PartState.WRITTEN, note.path, line, why=why)
