"""Symbols of a formula that are described elsewhere: a line below its list that says by whom."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Protocol

from notebook_kb.learning.symbols import NOTATION
from notebook_kb.parsing.symbols import key_mathml

if TYPE_CHECKING:
    from notebook_kb.learning.symbols import FormulaState
    from notebook_kb.model.note import Note
    from notebook_kb.notebook.notebook import Notebook


class Linker(Protocol):
    """What the line asks of the filler that it stands in."""

    notebook: Notebook

    def word(self, key: str, **values: object) -> str:
        """A text of the language pack."""

    def note_link(self, note: Note, page: str) -> str:
        """A note's title as a link to its page."""


def also_html(linker: Linker, state: FormulaState, page: str) -> str:
    """`Also here: ∇ the direction … (from Gradient)`; '' when the note itself says all that is said."""
    groups: dict[str, list[str]] = {}
    for key, said in state.described.items():
        if said.origin:
            item = f"{key_mathml(key)} {escape(said.words, quote=False)}"
            groups.setdefault(said.origin, []).append(item)
    if not groups:
        return ""
    items = [
        f"{'; '.join(said)} <small>({origin_html(linker, origin, page)})</small>"
        for origin, said in groups.items()
    ]
    label = escape(linker.word("also_here"), quote=False)
    return f'<p class="also"><span class="label">{label}</span> {"; ".join(items)}</p>'


def origin_html(linker: Linker, origin: str, page: str) -> str:
    """`from Gradient`, with a link to the page; of the settings' notation: `notation`."""
    if origin == NOTATION:
        return escape(linker.word("from_notation"), quote=False)
    before, _, after = linker.word("from_note", title="\x00").partition("\x00")
    link = linker.note_link(linker.notebook.notes[origin], page)
    return f"{escape(before, quote=False)}{link}{escape(after, quote=False)}"
