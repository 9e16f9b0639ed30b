"""A drawing whose pictures are the words they show: what is in a picture can be read in a test."""

from __future__ import annotations

from typing import TYPE_CHECKING

from notebook_kb.parsing.tex import TexConverter, strip_comments
from notebook_kb.publishing.drawing import Said
from notebook_kb.publishing.shaped import block_words
from notebook_kb.rendering.images.result import CannotDraw, Drawn
from notebook_kb.rendering.unicode_math import unicode_math

if TYPE_CHECKING:
    from collections.abc import Callable

    from notebook_kb.model import document as d


class WordsDrawing:
    """Says and draws everything but what is told to be refused."""

    def __init__(
        self, file_bytes: Callable[[str], bytes] | None = None, *, refused: tuple[str, ...] = ()
    ) -> None:
        self.tex = TexConverter({})
        self.read = file_bytes or (lambda path: f"file {path}".encode())
        self.refused = refused

    def say(self, tex: str, *, display: bool, plain_letters: bool) -> Said:
        result = self.tex.convert(tex, display=display)
        if result.error is not None:
            return Said("", result.error.message, "")
        text = unicode_math(result.mathml, plain_letters=plain_letters)
        return Said("" if "matrix" in tex else text, "a matrix", text)

    def formula(self, tex: str) -> Drawn | CannotDraw:
        return picture(strip_comments(tex)) if tex not in self.refused else CannotDraw("told so")

    def table(self, table: d.Table) -> Drawn | CannotDraw:
        return picture(block_words(table))

    def code(self, block: d.CodeBlock) -> Drawn | CannotDraw:
        return picture(block.code)

    def file_digest(self, path: str) -> str:
        return self.read(path).hex()

    def file(self, path: str) -> Drawn | CannotDraw:
        return Drawn(self.read(path), "image/png", 10, 10)


def picture(words: str) -> Drawn:
    return Drawn(words.encode(), "image/png", 10, 10)
