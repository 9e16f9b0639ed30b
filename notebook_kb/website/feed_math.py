"""What stands for a formula in a feed: MathML, Unicode text, or a picture (`feed: {math: …}` in the settings)."""

from __future__ import annotations

import re
from functools import partial
from html import escape
from typing import TYPE_CHECKING

from notebook_kb.rendering.images.formula import ZOOM, formula_png
from notebook_kb.rendering.images.memory import Pictures, png_size
from notebook_kb.rendering.images.png import picture_key
from notebook_kb.rendering.unicode_math import unicode_lines

if TYPE_CHECKING:
    from notebook_kb.settings import Settings

DISPLAY = re.compile(r'<math\b[^>]*\bdisplay="block"')


class FeedFormulas:
    """Called with a `<math>` element, gives the HTML that stands for it; `files` are the pictures shown so far.

    A picture stands for a formula on a line of its own; within a line it could not sit on the baseline, so there, and
    where none can be made, text does. What cannot be said in text stays MathML.
    """

    def __init__(self, settings: Settings, pictures: Pictures | None = None) -> None:
        self.kind = settings.feed_math
        self.base = settings.base_url
        self.pictures = pictures or Pictures()
        self.files: dict[str, bytes] = {}

    def __call__(self, mathml: str) -> str:
        if self.kind == "mathml":
            return mathml
        lines = unicode_lines(mathml)
        picture = (
            self._picture(mathml, "; ".join(lines)) if self.kind == "image" and DISPLAY.match(mathml) else ""
        )
        return picture or "<br>".join(escape(line, quote=False) for line in lines) or mathml

    def _picture(self, mathml: str, text: str) -> str:
        """The picture's element, '' where the formula cannot be drawn."""
        key = picture_key("formula", mathml)
        data = self.pictures.get(key, partial(formula_png, mathml))
        if not data:
            return ""
        name = f"static/formulas/{key}.png"
        self.files[name] = data
        width, height = (n // ZOOM for n in png_size(data))
        source = f"{self.base}/{name}" if self.base else name
        return f'<img src="{escape(source)}" alt="{escape(text)}" width="{width}" height="{height}">'
