"""What is said of the symbols of formulas: without words, not in the formula, two meanings, TeX that is read aloud."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING

from notebook_kb.checking.family import referring
from notebook_kb.findings import finding
from notebook_kb.learning.symbols import formula_states, named
from notebook_kb.parsing.symbols import key_text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from notebook_kb.findings import Finding
    from notebook_kb.model.evidence import Evidence
    from notebook_kb.model.note import Note
    from notebook_kb.model.symbols import SymbolRow
    from notebook_kb.notebook.notebook import Change, Notebook

RESIDUE = re.compile(r"\\[A-Za-z]+|\\[(\[{,;!]|\$(?!\s?\d)|\^|_\{")
# from this many letters a word says something of its own; its first letters are taken for its stem
LONG, STEM = 4, 5


def of_note(notebook: Notebook, note: Note, _: Evidence) -> list[Finding]:
    """The findings about the symbols of one note."""
    if not note.listed:
        return []
    found = [*without_words(notebook, note), *absent(note), *two_meanings(note), *left_over(note)]
    return [f.at(note.path) for f in found]


def others(change: Change) -> set[str]:
    """The notes that the changed note, or one that its names mean or meant, may be a prerequisite of: by their head, or by
    the roadmap.
    """
    then, now = (note.listed if note else () for note in (change.old, change.new))
    if then == now and not change.names:
        return set()
    found = referring(change) | change.referring
    for concept in change.concepts:
        for later in change.after.roadmap.unlocks(concept):
            for side in (change.before, change.after):
                found.update(note.path for note in side.concept_notes.get(later, ()))
    return {
        p
        for p in found
        if any(side.notes[p].listed for side in (change.before, change.after) if p in side.notes)
    }


def without_words(notebook: Notebook, note: Note) -> Iterator[Finding]:
    """KB411, KB415, KB416: symbols that wait for words in a list that was begun; what could not be read as symbols."""
    waiting = {k for f in note.listed for r in f.rows if not r.words for k in r.keys}
    for state in formula_states(notebook, note):
        formula = state.formula
        missing = [k for k in state.missing if k not in waiting]
        if formula.unread:
            yield finding("KB416", "the symbols of this formula were not checked", place=formula.place)
        if missing and any(r.words for r in formula.rows):
            verb = "has" if len(missing) == 1 else "have"
            yield finding(
                "KB411",
                f"{named(missing, quoted=True)} in the formula {verb} no words",
                "write a line for it in the list below the formula, as in `- $x$: what it is`",
                place=formula.place,
            )
        empty = [r for r in formula.rows if not r.words and r.sign]
        if empty and any(r.words for r in formula.rows):
            waits = list(dict.fromkeys(k for r in empty for k in r.keys or (r.sign,)))
            verb = "has" if len(waits) == 1 else "have"
            yield finding(
                "KB411",
                f"{named(waits, quoted=True)} {verb} a line, and no words yet",
                "say behind the colon what it is, in your own words",
                place=empty[0].place,
            )
        for word in formula.loose_words:
            yield finding(
                "KB415",
                f"`{word}` stands in the formula as single letters",
                f"write \\text{{{word.replace('_', ' ')}}}",
                place=formula.place,
            )


def absent(note: Note) -> Iterator[Finding]:
    """KB412: rows about what stands in no formula of the note's symbols parts."""
    if any(f.unread for f in note.listed):
        return
    drawn = {k for f in note.listed for k in (*f.required, *f.optional, *f.drawn)}
    for formula in note.listed:
        for row in formula.rows:
            if row.words and row.keys and row.keys[0] not in drawn:
                sign = key_text(row.keys[0])
                near = next((k for k in formula.required if same_letter(k, row.keys[0])), "")
                yield finding(
                    "KB412",
                    f"`{sign}` does not stand in the formula",
                    f"the formula shows `{key_text(near)}`"
                    if near
                    else "correct the letter, or take the line out",
                    place=row.place,
                )


def same_letter(key: str, other: str) -> bool:
    """Whether two symbols differ in case or style alone."""
    return plain_letter(key) == plain_letter(other)


def plain_letter(key: str) -> str:
    """A key's letter without style, accent and case."""
    letter = unicodedata.normalize("NFKC", key.partition("^")[0].removesuffix("|upright"))
    return unicodedata.normalize("NFD", letter)[:1].casefold() if letter else ""


def two_meanings(note: Note) -> Iterator[Finding]:
    """KB413: two rows about the very same sign whose words have nothing in common."""
    first: dict[str, SymbolRow] = {}
    letters = {k for f in note.listed for k in f.required}
    for formula in note.listed:
        for row in formula.rows:
            if len(row.keys) != 1 or row.keys[0] not in letters:
                continue
            sign = "".join(row.sign.split())
            name = row.keys[0] if not re.search(r"[_^(]", sign) else sign
            known = first.setdefault(name, row)
            if known is not row and differ(known.words, row.words):
                yield finding(
                    "KB413",
                    f"`{key_text(row.keys[0])}` is “{short(row.words)}” here and “{short(known.words)}” in line "
                    f"{known.place.line}",
                    "use another letter for one of them, or the same words",
                    place=row.place,
                )


def differ(one: str, other: str) -> bool:
    """Whether two descriptions share no word of weight; what has none is not judged."""
    stems = [
        {w[:STEM] for w in re.findall(rf"[^\W\d_]{{{LONG},}}", text.casefold())} for text in (one, other)
    ]
    return all(stems) and not stems[0] & stems[1]


def short(words: str) -> str:
    """The beginning of a description."""
    return words if len(words) <= 40 else words[:40].rsplit(" ", 1)[0] + " …"


def left_over(note: Note) -> Iterator[Finding]:
    """KB414: signs of TeX in a sentence that is to be spoken."""
    for formula in note.listed:
        rest = RESIDUE.search(formula.aloud)
        if rest:
            yield finding(
                "KB414",
                f"`{rest[0]}` is left over in the sentence read aloud",
                "say it in words",
                place=formula.aloud_place,
            )
