"""Which symbols of a note's formulas have words, and which still wait for some."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from notebook_kb.model.symbols import ListedFormula
from notebook_kb.notebook.names import fold
from notebook_kb.parsing.formula_symbols import formula_symbols
from notebook_kb.parsing.listed import sign_keys
from notebook_kb.parsing.symbols import key_text
from notebook_kb.parsing.tex import TexConverter, strip_comments

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from notebook_kb.model.inlines import Place
    from notebook_kb.model.note import Note
    from notebook_kb.model.symbols import SymbolRow
    from notebook_kb.notebook.notebook import Notebook

NAMED = 6  # more symbols than these are counted, not named


NOTATION = "notation"


@dataclass(frozen=True, slots=True)
class Words:
    """What is said of a symbol, and where: `origin` is '' for a row of the note's own lists, NOTATION for the settings, else
    the path of a prerequisite's note. The page shows the words of another origin below the list.
    """

    words: str
    line: int = 0
    origin: str = ""


@dataclass(frozen=True, slots=True)
class FormulaState:
    """A formula of a symbols part with the words of its symbols by key, and the required keys that have none."""

    formula: ListedFormula
    described: Mapping[str, Words]
    missing: tuple[str, ...]

    @property
    def complete(self) -> bool:
        """Whether every symbol has words, the optional ones too."""
        return not self.missing and all(k in self.described for k in self.formula.optional)

    @property
    def said(self) -> bool:
        """Whether all required symbols have words and a sentence reads it aloud; an unread one is never said."""
        return not self.formula.unread and not self.missing and bool(self.formula.aloud)


def counted_symbols(states: Iterable[FormulaState]) -> tuple[int, int]:
    """(how many symbols have words, how many need them), each counted once however many formulas it stands in."""
    known = list(states)
    wanted = {k for s in known for k in s.formula.required if k not in s.formula.ignored}
    missing = {k for s in known for k in s.missing}
    return len(wanted) - len(missing), len(wanted)


def formula_states(notebook: Notebook, note: Note) -> list[FormulaState]:
    """The state of each formula of the note's symbols parts, in order. What the note does not say itself may be said by the
    settings' `notation:` or by the notes of what it needs.
    """
    states = [state_of(f, rows) for f, rows in zip(note.listed, rows_for(note.listed), strict=True)]
    if all(s.complete for s in states):
        return states
    elsewhere = borrowed(notebook, note)
    return [with_borrowed(s, elsewhere) for s in states] if elsewhere else states


def state_of(formula: ListedFormula, rows: Iterable[SymbolRow]) -> FormulaState:
    """A formula's state by the rows that may speak of it, the nearest first."""
    described: dict[str, Words] = {}
    wanted = {*formula.required, *formula.optional, *formula.drawn}
    for row in rows:
        for key in row.keys:
            if key in wanted and row.words:
                described.setdefault(key, Words(row.words, row.place.line))
    return FormulaState(formula, described, wordless(formula, described))


def wordless(formula: ListedFormula, described: Mapping[str, Words]) -> tuple[str, ...]:
    """The required keys without words."""
    return tuple(k for k in formula.required if k not in described and k not in formula.ignored)


def with_borrowed(state: FormulaState, elsewhere: Mapping[str, Words]) -> FormulaState:
    """A state with the words from elsewhere for what the note itself does not say."""
    formula = state.formula
    keys = (*formula.required, *formula.optional)
    more = {
        k: elsewhere[k]
        for k in keys
        if k in elsewhere and k not in state.described and k not in formula.ignored
    }
    described = {**state.described, **more}
    return FormulaState(formula, described, wordless(formula, described))


def borrowed(notebook: Notebook, note: Note) -> dict[str, Words]:
    """What the settings' `notation:` and then the notes of its prerequisites say of symbols."""
    found: dict[str, Words] = {}
    if notebook.settings.notation:
        tex = TexConverter(notebook.settings.macros)
        for sign, words in notebook.settings.notation.items():
            for key in sign_keys(sign.strip().strip("$"), None, tex):
                found.setdefault(key, Words(words, 0, NOTATION))
    for other in prerequisites(notebook, note):
        for row in (r for f in other.listed for r in f.rows if r.words):
            for key in row.keys:
                found.setdefault(key, Words(row.words, row.place.line, other.path))
    return found


def prerequisites(notebook: Notebook, note: Note) -> list[Note]:
    """The notes of what a note needs: by the roadmap, then by its head."""
    concept = notebook.roadmap.concepts.get(notebook.concept_of(note))
    notes = [notebook.concept_note(c) for c in (concept.needs if concept else ())]
    for name in note.needs:
        known = notebook.concept_names.get(fold(name.strip("[]")))
        path = notebook.resolver.resolve(name.strip("[]"), note.path).note
        notes.append(notebook.concept_note(known) if known else notebook.notes.get(path))
    paths = dict.fromkeys(n.path for n in notes if n and n.path != note.path)
    return [notebook.notes[p] for p in paths]


def rows_for(listed: Sequence[ListedFormula]) -> Iterator[tuple[SymbolRow, ...]]:
    """For each formula the rows that may speak of it: its own, then those of earlier formulas, the nearest first."""
    earlier: tuple[SymbolRow, ...] = ()
    for number, formula in enumerate(listed):
        yield (*listed[list_owner(listed, number)].rows, *earlier)
        earlier = (*formula.rows, *earlier)


def list_owner(listed: Sequence[ListedFormula], number: int) -> int:
    """Whose list a formula's symbols stand in: its own, or that of the next one when both stand together above it."""
    for later in range(number, len(listed)):
        formula = listed[later]
        if later > number and not formula.follows:
            break
        if formula.rows:
            return later
    return number


def all_states(notebook: Notebook, note: Note) -> list[FormulaState]:
    """The state of every display formula of the note, in order; those outside of symbols parts by any row of the note."""
    states = formula_states(notebook, note)
    rows = tuple(r for f in note.listed for r in f.rows)
    tex = TexConverter({**notebook.settings.macros, **note.macros})
    known = {f.place for f in note.listed}
    states += [
        state_of(read_formula(f.tex, f.place, tex), rows)
        for f in note.formulas
        if f.display and f.place not in known
    ]
    return sorted(states, key=lambda s: s.formula.place)


def read_formula(typed: str, place: Place, tex: TexConverter) -> ListedFormula:
    """A formula without a list of its own."""
    read = formula_symbols(typed, tex)
    shown = strip_comments(typed).strip()
    if read is None:
        return ListedFormula(shown, place, unread=True)
    return ListedFormula(
        shown, place, read.required, read.optional, drawn=tuple(sorted(read.drawn)), loose_words=read.words
    )


def named(keys: Sequence[str], *, quoted: bool = False) -> str:
    """Symbols for people: `λ`, `λ and σ`, `a, b, c, d, e and 3 more`; `quoted`: each in back quotes."""
    shown = [f"`{key_text(k)}`" if quoted else key_text(k) for k in keys]
    if len(shown) > NAMED:
        shown = [*shown[: NAMED - 1], f"{len(shown) - NAMED + 1} more"]
    return shown[0] if len(shown) == 1 else f"{', '.join(shown[:-1])} and {shown[-1]}"


def wanting(state: FormulaState) -> Iterator[tuple[str, int]]:
    """(what a formula still wants, the line where it would go); nothing for one that could not be read."""
    formula = state.formula
    if formula.unread:
        return
    if state.missing:
        verb = "has" if len(state.missing) == 1 else "have"
        yield f"{named(state.missing)} {verb} no words", formula.list_place.line or formula.place.line
    if not formula.aloud:
        yield "no read-aloud line", formula.place.line
