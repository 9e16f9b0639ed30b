"""Cards that share an id."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from notebook_kb.findings import finding

if TYPE_CHECKING:
    from notebook_kb.findings import Finding
    from notebook_kb.model.note import Card
    from notebook_kb.notebook.notebook import Notebook


def card_findings(notebook: Notebook) -> list[Finding]:
    """Every card whose id another one has too, at its place."""
    table: dict[str, list[tuple[str, Card]]] = defaultdict(list)
    for path, note in notebook.notes.items():
        for card in note.cards:
            if card.id:
                table[card.id.lower()].append((path, card))
    found = []
    for name, cards in table.items():
        for number, (path, card) in enumerate(cards):
            if len(cards) == 1:
                break
            other_path, other = cards[0] if number else cards[1]
            same = " and asks the same" if (card.front, card.back) == (other.front, other.back) else ""
            message = f"`^{name}` stands behind the card at {other_path}:{other.place.line} too{same}"
            hint = "delete the id behind the newer one; `kb cards sync` writes a new one there"
            found.append(finding("KB705", message, hint, path=path, place=card.place))
    return found
