"""The public notes of a notebook, ready to go out with pictures that cost nothing and differ from each other."""

from __future__ import annotations

import hashlib
import struct
import zlib
from typing import TYPE_CHECKING

from notebook_kb.publishing.notebook_drawing import NotebookDrawing
from notebook_kb.publishing.shaped import block_words
from notebook_kb.rendering.images.result import Drawn
from notebook_kb.workspace.sending import Outgoing

if TYPE_CHECKING:
    from notebook_kb.model import document as d
    from notebook_kb.model.note import Note
    from notebook_kb.rendering.images.result import CannotDraw


def png(words: str) -> Drawn:
    """A PNG of one colour, which is that of the words."""
    colour = hashlib.sha256(words.encode()).digest()[:3]
    rows = b"".join(b"\0" + colour * 40 for _ in range(20))
    parts = [
        (b"IHDR", struct.pack(">IIBBBBB", 40, 20, 8, 2, 0, 0, 0)),
        (b"IDAT", zlib.compress(rows)),
        (b"IEND", b""),
    ]
    chunks = (
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        for kind, data in parts
    )
    return Drawn(b"\x89PNG\r\n\x1a\n" + b"".join(chunks), "image/png", 40, 20)


class PlainDrawing(NotebookDrawing):
    """Says formulas as the real one does, and draws everything as a colour."""

    def formula(self, tex: str) -> Drawn | CannotDraw:
        return png(tex)

    def table(self, table: d.Table) -> Drawn | CannotDraw:
        return png(block_words(table))

    def code(self, block: d.CodeBlock) -> Drawn | CannotDraw:
        return png(block.code)

    def file(self, path: str) -> Drawn | CannotDraw:
        return png(path)


class PlainOutgoing(Outgoing):
    """As the real one, but for the pictures."""

    def drawing(self, note: Note) -> NotebookDrawing:
        macros = {**self.workspace.settings.macros, **note.macros}
        return PlainDrawing(macros, self.file_bytes, self.pictures)
