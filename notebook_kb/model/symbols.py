"""A display formula of a symbols part, with what the list below it describes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from notebook_kb.model.inlines import NOWHERE

if TYPE_CHECKING:
    from notebook_kb.model.inlines import Place


@dataclass(frozen=True, slots=True)
class SymbolRow:
    """One row of a symbol list. `keys` are the canonical keys that it describes (several for `$m, b$`, one for a run such
    as `rank(A)`: the function's), `sign` is what it describes as typed, `words` what it says ('': it waits for words).
    """

    keys: tuple[str, ...]
    sign: str
    words: str
    place: Place = NOWHERE


@dataclass(frozen=True, slots=True)
class ListedFormula:
    r"""A display formula of a symbols part.

    `required` are the canonical keys of identifiers that need words, `optional` those that may have some (constants,
    notation, operators), both in reading order. `unread`: the formula could not be parsed, so nothing is known of it.
    `aloud` is its read-aloud sentence as typed, `list_place` where its list stands (or NOWHERE: there is none).
    `ignored` are keys that the author took out. `drawn` are further keys that a row may describe (words in the formula),
    `loose_words` letters that look like a word written without `\text`. `follows`: nothing but comments stands between it and
    the formula before it, so that both may share one list.
    """

    tex: str
    place: Place
    required: tuple[str, ...] = ()
    optional: tuple[str, ...] = ()
    rows: tuple[SymbolRow, ...] = ()
    aloud: str = ""
    aloud_place: Place = NOWHERE
    list_place: Place = NOWHERE
    ignored: tuple[str, ...] = ()
    unread: bool = False
    drawn: tuple[str, ...] = ()
    loose_words: tuple[str, ...] = ()
    follows: bool = False
