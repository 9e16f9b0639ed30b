"""One side of a card in the terminal."""

from __future__ import annotations

import re
import sys
from typing import TYPE_CHECKING

import click

from notebook_kb.cli.console import clean, wants_colour, width
from notebook_kb.rendering.terminal_text import terminal_text

if TYPE_CHECKING:
    from notebook_kb.model.card import StudyCard
    from notebook_kb.notebook.notebook import Notebook

INDENT = "  "
GAP = "[…]"
ON, OFF = "\ue0d3", "\ue0d4"  # around what is highlighted, until the line is cleaned
MARKED = re.compile(f"{ON}(.*?){OFF}")


def side_lines(notebook: Notebook, card: StudyCard, markdown: str, indent: str = INDENT) -> list[str]:
    """The lines of a side, formulas as signs; what a cloze asks for stands out, in brackets where there is no colour.

    Cleaned before it is styled: what stands in a note steers no terminal.
    """
    note = notebook.notes.get(card.path)
    macros = {**notebook.settings.macros, **(note.macros if note else {})}
    text = terminal_text(markdown, width() - len(indent), macros=macros, highlight=lambda t: f"{ON}{t}{OFF}")
    return [f"{indent}{MARKED.sub(_highlighted, line)}".rstrip() for line in clean(text).split("\n")]


def _highlighted(found: re.Match[str]) -> str:
    words = found[1]
    if words.strip() == GAP:
        return words
    return click.style(words, bold=True, underline=True) if wants_colour(sys.stdout) else f"[{words}]"
