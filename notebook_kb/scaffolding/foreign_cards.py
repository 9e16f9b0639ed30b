"""Putting cards of ours in the place of lines of a note; every other byte stays."""

from __future__ import annotations

from typing import TYPE_CHECKING

from notebook_kb.scaffolding.edits import line_end, lines_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    # first line, last line (from 1), the lines of each card
    Replacement = tuple[int, int, Sequence[Sequence[str]]]


def with_cards_in(text: str, changes: Sequence[Replacement]) -> str:
    """The text with each change made, in the order of its lines, a blank line around each card."""
    newline = line_end(text)
    lines = lines_of(text)
    out: list[str] = []
    done = 0
    for first, last, cards in changes:
        if done and out and out[-1].strip() and lines[done : first - 1] and lines[done].strip():
            out.append(newline)  # below the card before
        out += lines[done : first - 1]
        for card in cards:
            if out and out[-1].strip():
                out.append(newline)
            out += [line + newline for line in card]
        old_end = lines[last - 1]
        out[-1] = out[-1].rstrip("\r\n") + old_end[len(old_end.rstrip("\r\n")) :]
        done = last
    if done and done < len(lines) and lines[done].strip():
        out.append(newline)
    return "".join([*out, *lines[done:]])
