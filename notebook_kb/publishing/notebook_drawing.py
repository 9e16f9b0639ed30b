"""The drawing of a notebook: its macros for formulas, its files for pictures, the shipped fonts for all."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from notebook_kb.parsing.tex import TexConverter
from notebook_kb.publishing.drawing import CannotDraw, Drawn, Said
from notebook_kb.rendering.images.formula import formula_png
from notebook_kb.rendering.images.memory import png_size
from notebook_kb.rendering.images.png import picture_key
from notebook_kb.rendering.unicode_math import unicode_math

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from notebook_kb.model import document as d
    from notebook_kb.rendering.images.memory import Pictures


class NotebookDrawing:
    """Draws for one note.

    `macros` are the notebook's and the note's; `file_bytes` gives the published bytes of an attachment or why there are
    none; `pictures` remembers what was drawn.
    """

    def __init__(
        self,
        macros: Mapping[str, str],
        file_bytes: Callable[[str], bytes | CannotDraw],
        pictures: Pictures,
    ) -> None:
        self.tex = TexConverter(macros)
        self.file_bytes = file_bytes
        self.pictures = pictures

    def say(self, tex: str, *, display: bool, plain_letters: bool) -> Said:
        """A formula as text."""
        result = self.tex.convert(tex, display=display)
        if result.error is not None:
            return Said("", result.error.message, "")
        text = unicode_math(result.mathml, plain_letters=plain_letters)
        return Said(text, "", text)

    def formula(self, tex: str) -> Drawn | CannotDraw:
        """A formula as a picture."""
        result = self.tex.convert(tex, display=True)
        if result.error is not None:
            return CannotDraw(result.error.message)
        key = picture_key("formula", result.mathml)
        return drawn(self.pictures.get(key, partial(formula_png, result.mathml)))

    def table(self, table: d.Table) -> Drawn | CannotDraw:
        """A table as a picture."""
        raise NotImplementedError

    def code(self, block: d.CodeBlock) -> Drawn | CannotDraw:
        """Code as a picture."""
        raise NotImplementedError

    def file(self, path: str) -> Drawn | CannotDraw:
        """A picture of the notebook in a form that every target takes."""
        raise NotImplementedError


def drawn(data: bytes) -> Drawn | CannotDraw:
    """A PNG with its size."""
    return Drawn(data, "image/png", *png_size(data)) if data else CannotDraw("it is too large to be drawn")
