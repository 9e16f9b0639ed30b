"""Which symbols of a note's formulas have words, and which still wait for some."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from notebook_kb.model.symbols import ListedFormula
from notebook_kb.parsing.formula_symbols import formula_symbols
from notebook_kb.parsing.symbols import key_text
from notebook_kb.parsing.tex import TexConverter, strip_comments

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from notebook_kb.model.inlines import Place
    from notebook_kb.model.note import Note
    from notebook_kb.model.symbols import SymbolRow
    from notebook_kb.notebook.notebook import Notebook

TOGETHER = 3  # lines between formulas that stand together: a blank one, perhaps a comment
NAMED = 6  # more symbols than these are counted, not named


@dataclass(frozen=True, slots=True)
class Words:
    """What is said of a symbol, and where it comes from: `origin` is '' for a row of the note's own lists."""

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
    def said(self) -> bool:
        """Whether all required symbols have words and a sentence reads it aloud; an unread one is never said."""
        return not self.formula.unread and not self.missing and bool(self.formula.aloud)


def formula_states(notebook: Notebook, note: Note) -> list[FormulaState]:
    """The state of each formula of the note's symbols parts, in order."""
    return [state_of(f, rows) for f, rows in zip(note.listed, rows_for(note.listed), strict=True)]


def state_of(formula: ListedFormula, rows: Iterable[SymbolRow]) -> FormulaState:
    """A formula's state by the rows that may speak of it, the nearest first."""
    described: dict[str, Words] = {}
    wanted = {*formula.required, *formula.optional, *formula.drawn}
    for row in rows:
        for key in row.keys:
            if key in wanted and row.words:
                described.setdefault(key, Words(row.words, row.place.line))
    missing = tuple(k for k in formula.required if k not in described and k not in formula.ignored)
    return FormulaState(formula, described, missing)


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
        if formula.rows:
            return later
        if formula.aloud or (later > number and apart(listed[later - 1], formula)):
            break
    return number


def apart(one: ListedFormula, other: ListedFormula) -> bool:
    """Whether more than blank lines and comments can stand between two formulas."""
    return other.place.line - one.place.end_line > TOGETHER


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
