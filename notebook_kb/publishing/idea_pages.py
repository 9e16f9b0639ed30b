"""A note as pages to leaf through, one idea a page: for LinkedIn's documents."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from notebook_kb.languages import LanguagePack
    from notebook_kb.publishing.article import Article
    from notebook_kb.publishing.notebook_drawing import NotebookDrawing


def idea_document(article: Article, drawing: NotebookDrawing, pack: LanguagePack, author: str) -> bytes:
    """The PDF."""
    raise NotImplementedError
