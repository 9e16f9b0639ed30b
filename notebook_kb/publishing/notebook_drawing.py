"""The drawing of a notebook: its macros for formulas, its files for pictures, the shipped fonts for all."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from notebook_kb.model import document as d
from notebook_kb.parsing.tex import TexConverter
from notebook_kb.publishing.drawing import CannotDraw, Drawn, Said
from notebook_kb.rendering.images.code import code_png
from notebook_kb.rendering.images.formula import formula_png
from notebook_kb.rendering.images.memory import png_size
from notebook_kb.rendering.images.png import picture_key
from notebook_kb.rendering.images.raster import CannotRasterError, raster
from notebook_kb.rendering.images.runs import CannotSetError, Run
from notebook_kb.rendering.images.table import TableCell, table_png
from notebook_kb.rendering.plain_formula import plain_formula
from notebook_kb.rendering.unicode_math import unicode_math

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

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
        self.macros = macros
        self.tex = TexConverter(macros)
        self.file_bytes = file_bytes
        self.pictures = pictures

    def say(self, tex: str, *, display: bool, plain_letters: bool) -> Said:
        """A formula as text."""
        result = self.tex.convert(tex, display=display)
        if result.error is not None:
            return Said("", result.error.message, "")
        said = plain_formula(tex, result.mathml, plain_letters=plain_letters, macros=self.macros)
        return Said(said.text, said.refused, unicode_math(result.mathml, plain_letters=plain_letters))

    def formula(self, tex: str) -> Drawn | CannotDraw:
        """A formula as a picture."""
        result = self.tex.convert(tex, display=True)
        if result.error is not None:
            return CannotDraw(result.error.message)
        key = picture_key("formula", result.mathml)
        return drawn(self.pictures.get(key, partial(formula_png, result.mathml)))

    def table(self, table: d.Table) -> Drawn | CannotDraw:
        """A table as a picture."""
        try:
            header = [self.cell(c) for c in table.header]
            rows = [[self.cell(c) for c in row] for row in table.rows]
        except CannotSetError as error:
            return CannotDraw(str(error))
        key = picture_key("table", repr((header, rows)))
        return self.made(key, partial(table_png, header, rows))

    def cell(self, cell: d.Cell) -> TableCell:
        """A cell as words, code and formulas."""
        return TableCell(tuple(self.runs(cell.inlines, "regular")), cell.align)

    def runs(self, inlines: tuple[d.Inline, ...], style: str) -> Iterator[Run]:
        """A line as words in styles, and formulas. CannotSetError for a formula that cannot be read."""
        for inline in inlines:
            match inline:
                case d.Math():
                    result = self.tex.convert(inline.tex, display=False)
                    if result.error is not None:
                        raise CannotSetError(formula=result.error.message)
                    yield Run(mathml=result.mathml)
                case d.Code():
                    yield Run(inline.text, "mono")
                case d.HardBreak():
                    yield Run("\n", style)
                case d.Emphasis():
                    yield from self.runs(inline.children, "italic")
                case d.Strong() | d.Highlight():
                    yield from self.runs(inline.children, "bold")
                case d.InlineParent():
                    yield from self.runs(inline.children, style)
                case d.FootnoteRef():
                    yield Run(f" [{inline.number}]", style)
                case d.Image():
                    yield Run(inline.alt, "italic")
                case d.Text():
                    yield Run(inline.text, style)

    def code(self, block: d.CodeBlock) -> Drawn | CannotDraw:
        """Code as a picture."""
        key = picture_key("code", block.code, block.language)
        return self.made(key, partial(code_png, block.code, block.language))

    def file(self, path: str) -> Drawn | CannotDraw:
        """A picture of the notebook in a form that every target takes."""
        data = self.file_bytes(path)
        if isinstance(data, CannotDraw):
            return data
        try:
            made = raster(data)
        except CannotRasterError as error:
            return CannotDraw(str(error))
        return Drawn(made.data, made.media_type, made.width, made.height)

    def made(self, key: str, make: Callable[[], bytes]) -> Drawn | CannotDraw:
        """A picture, drawn or remembered."""
        try:
            return drawn(self.pictures.get(key, make))
        except CannotSetError as error:
            return CannotDraw(str(error))


def drawn(data: bytes) -> Drawn | CannotDraw:
    """A PNG with its size."""
    return Drawn(data, "image/png", *png_size(data)) if data else CannotDraw("it is too large to be drawn")
