"""What would go out of a notebook, for every public note and target."""

from __future__ import annotations

from typing import TYPE_CHECKING

from notebook_kb.publishing.adapters import ADAPTERS
from notebook_kb.publishing.prepare import prepare_article
from notebook_kb.workspace.sending import Outgoing
from notebook_kb.workspace.workspace import Workspace
from tests.support.canaries import TODAY
from tests.support.drawing import WordsDrawing

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from notebook_kb.publishing.payload import Payload
    from notebook_kb.publishing.prepare import Prepared


def prepared(root: Path, *, with_questions: bool = True) -> Iterator[Prepared]:
    """Every public note for every target that takes an article."""
    outgoing = Outgoing(Workspace(root, today=TODAY))

    def read(path: str) -> bytes:
        found = outgoing.file_bytes(path)
        return found if isinstance(found, bytes) else b""

    drawing = WordsDrawing(read)
    for note in outgoing.notebook.notes.values():
        for adapter in ADAPTERS.values():
            article = outgoing.article(note)
            yield prepare_article(
                article, adapter, drawing, outgoing.workspace.pack, with_questions=with_questions
            )


def all_bytes(payload: Payload) -> bytes:
    """Everything of a payload that leaves the machine."""
    texts = (
        payload.title,
        payload.body,
        payload.summary,
        payload.canonical,
        *payload.topics,
        *(p.alt + p.name for p in payload.pictures),
        *(p.begins for p in payload.pieces),
    )
    return "\n".join(texts).encode() + b"\n".join(p.data for p in payload.pictures)
