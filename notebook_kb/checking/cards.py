"""Cards that share an id."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from notebook_kb.findings import finding
from notebook_kb.notebook.tables import found_under, gathered, moved

if TYPE_CHECKING:
    from collections.abc import Iterator

    from notebook_kb.findings import Finding
    from notebook_kb.model.evidence import Evidence
    from notebook_kb.model.note import Card, Note
    from notebook_kb.notebook.notebook import Change, Notebook


@dataclass(frozen=True)
class CardIds:
    """Id of a card, in small letters → the notes in which it stands."""

    notes: dict[str, tuple[str, ...]]

    @classmethod
    def of(cls, notebook: Notebook) -> CardIds:
        """The ids of all cards."""
        return cls(gathered((path, ids_of(note)) for path, note in notebook.notes.items()))

    def after(self, change: Change) -> CardIds:
        """With those of one note anew."""
        return CardIds(moved(self.notes, ids_of(change.old), ids_of(change.new), change.path))


def ids_of(note: Note | None) -> set[str]:
    """The ids of a note's cards, in small letters."""
    return {card.id.lower() for card in note.cards if card.id} if note else set()


def of_note(notebook: Notebook, note: Note, evidence: Evidence) -> Iterator[Finding]:  # noqa: ARG001
    """Every card of a note whose id another one has too, at its place."""
    known = notebook.index(CardIds).notes
    for name in dict.fromkeys(card.id.lower() for card in note.cards if card.id):
        cards = list(cards_with(notebook, name, known[name]))
        for number, (path, card) in enumerate(cards):
            if len(cards) == 1 or path != note.path:
                continue
            other_path, other = cards[0] if number else cards[1]
            same = " and asks the same" if (card.front, card.back) == (other.front, other.back) else ""
            message = f"`^{name}` stands behind the card at {other_path}:{other.place.line} too{same}"
            hint = "delete the id behind the newer one; `kb cards sync` writes a new one there"
            yield finding("KB705", message, hint, path=path, place=card.place)


def cards_with(notebook: Notebook, name: str, paths: tuple[str, ...]) -> Iterator[tuple[str, Card]]:
    """(path, card) of every card with this id, in the order of the notes."""
    for path in paths:
        for card in notebook.notes[path].cards:
            if card.id.lower() == name:
                yield path, card


def others(change: Change) -> set[str]:
    """The notes that have a card with an id of the changed one: their findings name its place and compare its words."""
    ids = ids_of(change.old) | ids_of(change.new)
    return found_under(change.before.index(CardIds).notes, ids) | found_under(
        change.after.index(CardIds).notes, ids
    )
