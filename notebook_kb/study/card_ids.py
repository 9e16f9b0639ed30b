"""The ids of cards. One that stands in a note is never changed; a new one follows from the note and the question, so that
two machines that meet the same card write the same id.
"""

from __future__ import annotations

from hashlib import blake2b
from typing import TYPE_CHECKING

from notebook_kb.notebook.keys import key_of
from notebook_kb.parsing.blocks import CARD_ID

if TYPE_CHECKING:
    from notebook_kb.model.note import Card, Note
    from notebook_kb.notebook.notebook import Notebook

ID_BYTES = 4
# where a card stands: the note's path and which of its cards it is
CardPlace = tuple[str, int]


def derived_id(key: str, question: str, salt: str = "") -> str:
    """The id for a card that has none: of the note's key and the first text of its question, blanks evened out."""
    said = "\x1f".join([key, " ".join(question.split()), *([salt] if salt else [])])
    return CARD_ID + blake2b(said.encode(), digest_size=ID_BYTES).hexdigest()


def is_askable(card: Card) -> bool:
    """Whether there is something to ask and an answer to it."""
    return bool(card.gaps) if card.cloze else bool(card.front and card.back)


def card_ids(notebook: Notebook) -> dict[CardPlace, str]:
    """The id of every card of every note: the written one, else the derived one. Of cards that want the same derived id
    the first by path and place gets it, the next one of its own.
    """
    found: dict[CardPlace, str] = {}
    for path, note in notebook.notes.items():
        found |= {(path, n): c.id.lower() for n, c in enumerate(note.cards) if c.id}
    taken = set(found.values())
    for path, note in notebook.notes.items():
        if all(c.id for c in note.cards):
            continue
        key = key_of(notebook, note)
        for number, card in enumerate(note.cards):
            if not card.id and is_askable(card):
                name = free_id(key, note, card, taken)
                taken.add(name)
                found[path, number] = name
    return dict(sorted(found.items()))


def free_id(key: str, note: Note, card: Card, taken: set[str]) -> str:
    """The first derived id that no other card has."""
    name = derived_id(key, card.front)
    repeat = 0
    while name in taken:
        name = derived_id(key, card.front, f"{note.path} {repeat}" if repeat else note.path)
        repeat += 1
    return name
