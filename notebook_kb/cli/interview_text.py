"""How cards look in the terminal, for the drill and the mock interview."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from notebook_kb.cli.card_side import INDENT, side_lines
from notebook_kb.cli.console import clean, say, style

if TYPE_CHECKING:
    from notebook_kb.model.card import StudyCard
    from notebook_kb.notebook.notebook import Notebook

GRADES = ("1 not at all", "2 with gaps", "3 well", "4 without thinking")
PERCENT = 100


def show_side(notebook: Notebook, card: StudyCard, markdown: str, indent: str = INDENT) -> None:
    """One side of a card, formulas as signs."""
    for line in side_lines(notebook, card, markdown, indent):
        say(line)


def about(card: StudyCard) -> str:
    """What a card is about and how hard it is: `Rank of a matrix, hard`."""
    return ", ".join(clean(t) for t in (card.title, card.level) if t)


def place(card: StudyCard) -> str:
    """Where it stands: `notes/rank.md:42`; the roadmap for a starter."""
    return (
        style(f"{card.path}:{card.line}", "path") if card.path else style(f"roadmap: {card.title}", "quiet")
    )


def percent(share: float | None) -> str:
    """` 31 %`, or `new` for what was never reviewed."""
    return f"{share * PERCENT:3.0f} %" if share is not None else "  new"


def key_of(known: str) -> str:
    """The next key that is one of `known`, where a carriage return stands for Enter. Ctrl-C ends the command."""
    while True:
        key = click.getchar().lower()
        key = "\r" if key in {"\n", "\r"} else key
        if key in known:
            return key
