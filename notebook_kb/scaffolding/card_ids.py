"""Writing the ids of cards into a note's text: the only thing that the tool ever adds to what somebody wrote."""

from __future__ import annotations

from typing import TYPE_CHECKING

from notebook_kb.scaffolding.edits import insert_before, lines_of, replace_line

if TYPE_CHECKING:
    from collections.abc import Iterable

    from notebook_kb.model.note import Card


def with_ids(text: str, cards: Iterable[tuple[Card, str]]) -> str:
    """The text of a note with an id behind each of these cards, which have none: at the end of the line where the
    answer ends in words, else on a line of its own below. Every other byte stays.
    """
    for card, name in sorted(cards, key=lambda c: -c[0].place.end_line):
        line = card.place.end_line
        if card.open_end:
            old = lines_of(text)[line - 1].rstrip("\r\n")
            text = replace_line(text, line, f"{old.rstrip()} ^{name}")
        else:
            text = insert_before(text, line + 1, [f"^{name}"])
    return text
