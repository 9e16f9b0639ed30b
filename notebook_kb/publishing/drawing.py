"""Pictures of what a target cannot show as text: formulas, tables, code, drawings."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from notebook_kb.model import document as d
    from notebook_kb.rendering.images.result import CannotDraw, Drawn


@dataclass(frozen=True, slots=True)
class Said:
    """A formula as a line of text; where that would change its meaning `text` is '' and `refused` says why.

    `alt` is what describes its picture: it may be longer, and need not be exact.
    """

    text: str
    refused: str
    alt: str


class Drawing(Protocol):
    """What shaping asks of those who draw."""

    def say(self, tex: str, *, display: bool, plain_letters: bool) -> Said:
        """A formula as text."""

    def formula(self, tex: str) -> Drawn | CannotDraw:
        """A formula as a picture."""

    def table(self, table: d.Table) -> Drawn | CannotDraw:
        """A table as a picture."""

    def code(self, block: d.CodeBlock) -> Drawn | CannotDraw:
        """Code as a picture."""

    def file_digest(self, path: str) -> str:
        """The digest of a picture as it lies in the notebook, '' where it cannot be read."""

    def file(self, path: str) -> Drawn | CannotDraw:
        """A picture of the notebook in a form that every target takes."""
