"""One side of a card as HTML, typeset as a note is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from notebook_kb.parsing.tex import TexConverter
from notebook_kb.parsing.tree import parse_document
from notebook_kb.rendering.html import HtmlRenderer

if TYPE_CHECKING:
    from notebook_kb.model.note import Note
    from notebook_kb.notebook.notebook import Notebook


@dataclass(frozen=True, slots=True)
class SideHtml:
    """The HTML with the slots that it refers to: links and pictures, whose addresses `website` knows."""

    html: str
    slots: list[list[str]]


def side_html(markdown: str, notebook: Notebook, note: Note | None) -> SideHtml:
    """One side of a card of `note` (None: of the roadmap). Comments are left out."""
    document, _ = parse_document(markdown)
    macros = {**notebook.settings.macros, **(note.macros if note else {})}
    hard = notebook.settings.line_breaks == "hard"
    renderer = HtmlRenderer(document, TexConverter(macros), notebook.pack, notebook.names, hard_breaks=hard)
    return SideHtml(renderer.fragment(document.blocks), renderer.slots)
