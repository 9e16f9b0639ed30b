"""Putting cards of ours in the place of lines of a note; every other byte stays."""

from __future__ import annotations

from typing import TYPE_CHECKING

from notebook_kb.model.edit import line_end
from notebook_kb.scaffolding.edits import lines_of

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
            out.append(end_of(out[-1]))  # below the card before
        out += lines[done : first - 1]
        for card in cards:
            if out and out[-1].strip():
                out.append(end_of(out[-1]))
            out += [line + newline for line in card]
        out[-1] = out[-1].rstrip("\r\n") + end_of(lines[last - 1])
        done = last
    if done and done < len(lines) and lines[done].strip():
        out.append(end_of(out[-1]))
    return "".join([*out, *lines[done:]])


def end_of(line: str) -> str:
    """What ends a line: a blank line below it ends in the same way, else the two would be one end."""
    return line[len(line.rstrip("\r\n")) :]
