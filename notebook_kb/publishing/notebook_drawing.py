"""The drawing of a notebook: its macros for formulas, its files for pictures, the shipped fonts for all."""

from __future__ import annotations

import hashlib
from functools import partial
from typing import TYPE_CHECKING

from notebook_kb.model import document as d
from notebook_kb.parsing.tex import TexConverter, strip_comments
from notebook_kb.parsing.tex_lines import formula_lines
from notebook_kb.publishing.drawing import Said
from notebook_kb.rendering.images.code import code_png
from notebook_kb.rendering.images.formula import draw_formula, formula_picture
from notebook_kb.rendering.images.memory import png_size
from notebook_kb.rendering.images.png import picture_key
from notebook_kb.rendering.images.raster import note_picture
from notebook_kb.rendering.images.result import CannotDraw, Drawn, UndrawableError
from notebook_kb.rendering.images.runs import Run
from notebook_kb.rendering.images.table import TablePicture, table_png
from notebook_kb.rendering.plain_formula import plain_formula
from notebook_kb.rendering.unicode_math import unicode_math

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from notebook_kb.rendering.images.formula import FormulaDrawer
    from notebook_kb.rendering.images.memory import Pictures
    from notebook_kb.rendering.images.runs import Runs


MOST_ROWS = 300  # more are no help in a picture, and setting them takes minutes


class NotebookDrawing:
    """Draws for one note.

    `macros` are the notebook's and the note's; `file_bytes` gives the published bytes of an attachment or why there are
    none; `pictures` remembers what was drawn; `draw` sets formulas, best in a process that is ended when it takes too long.
    """

    def __init__(
        self,
        macros: Mapping[str, str],
        file_bytes: Callable[[str], bytes | CannotDraw],
        pictures: Pictures,
        draw: FormulaDrawer = draw_formula,
    ) -> None:
        self.macros = macros
        self.tex = TexConverter(macros)
        self.file_bytes = file_bytes
        self.pictures = pictures
        self.draw = draw

    def say(self, tex: str, *, display: bool, plain_letters: bool) -> Said:
        """A formula as text."""
        result = self.tex.convert(tex, display=display)
        if result.error is not None:
            return Said("", result.error.message, "")
        said = plain_formula(tex, result.mathml, plain_letters=plain_letters, macros=self.macros)
        # refused, since x and 𝐱 would be one letter: then the words of its picture keep them apart too
        plain = plain_letters and bool(said.text)
        # only what stands on its own lines has its breaks
        lines = display or len(formula_lines(strip_comments(tex))) == 1
        mathml = result.mathml if lines else self.tex.convert(tex, display=True).mathml
        return Said(said.text, said.refused, unicode_math(mathml, plain_letters=plain))

    def mathml(self, tex: str, *, display: bool = True) -> str:
        """A formula as MathML. UndrawableError where it cannot be read."""
        result = self.tex.convert(tex, display=display)
        if result.error is not None:
            raise UndrawableError(result.error.message)
        return result.mathml

    def formula(self, tex: str) -> Drawn | CannotDraw:
        """A formula as a picture."""
        try:
            mathml = self.mathml(tex)
        except UndrawableError as error:
            return error.result
        return self.made(picture_key("column", mathml), lambda: formula_picture(mathml, self.draw))

    def table(self, table: d.Table) -> Drawn | CannotDraw:
        """A table as a picture."""
        if len(table.rows) > MOST_ROWS:
            return CannotDraw(f"a table of {len(table.rows):,} rows is too long for a picture")
        try:
            header = tuple(tuple(self.runs(c.inlines, "regular")) for c in table.header)
            rows = tuple(tuple(tuple(self.runs(c.inlines, "regular")) for c in row) for row in table.rows)
        except UndrawableError as error:
            return error.result
        picture = TablePicture(header, rows, tuple(c.align for c in table.header))
        return self.made(picture_key("table", repr(picture)), lambda: table_png(picture, self.draw))

    def runs(self, inlines: tuple[d.Inline, ...], style: str) -> Iterator[Run]:
        """A line as words in styles, and formulas. UndrawableError for a formula that cannot be read."""
        for inline in inlines:
            match inline:
                case d.Math():
                    yield Run(mathml=self.mathml(inline.tex, display=False))
                case d.Code():
                    yield Run(inline.text, "code")
                case d.HardBreak():
                    yield Run(" ", style)
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

    def line(self, inlines: tuple[d.Inline, ...]) -> Runs:
        """A line for a picture of text. Raises as `runs`."""
        return tuple(self.runs(inlines, "regular"))

    def code(self, block: d.CodeBlock) -> Drawn | CannotDraw:
        """Code as a picture."""
        key = picture_key("code", block.code, block.language)
        return self.made(key, partial(code_png, block.code, block.language))

    def file_digest(self, path: str) -> str:
        """The digest of a picture's published bytes, before they are drawn."""
        data = self.file_bytes(path)
        return "" if isinstance(data, CannotDraw) else hashlib.sha256(data).hexdigest()

    def file(self, path: str) -> Drawn | CannotDraw:
        """A picture of the notebook in a form that every target takes."""
        data = self.file_bytes(path)
        return data if isinstance(data, CannotDraw) else note_picture(data)

    def made(self, key: str, make: Callable[[], Drawn | CannotDraw]) -> Drawn | CannotDraw:
        """A picture, drawn now or remembered."""
        fault = CannotDraw("it cannot be drawn")

        def data() -> bytes:
            nonlocal fault
            result = make()
            if isinstance(result, CannotDraw):
                fault = result
                return b""
            return result.data

        found = self.pictures.get(key, data)
        return Drawn(found, "image/png", *png_size(found)) if found else fault
