"""The one place where an editor's positions and ours meet.

An editor counts lines from 0 and columns in code units of the encoding that was agreed on (UTF-16 unless both sides know
better), so 𝐀 and 𝔼 are two columns wide. We count both from 1, columns in characters.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from lsprotocol import types as lsp

from notebook_kb.model.edit import split_lines

if TYPE_CHECKING:
    from notebook_kb.model.edit import Edit

LAST_OF_BMP = 0xFFFF


def units(text: str, encoding: str) -> int:
    """How many code units `text` has in `encoding`: utf-8, utf-16 or utf-32."""
    match encoding:
        case "utf-32":
            return len(text)
        case "utf-8":
            return len(text.encode("utf-8", "surrogatepass"))
        case _:
            return len(text) + sum(ord(c) > LAST_OF_BMP for c in text)


class Positions:
    """Positions in one text."""

    def __init__(self, text: str, encoding: str) -> None:
        """`encoding` is utf-8, utf-16 or utf-32."""
        self.lines = split_lines(text)
        if text.endswith(("\n", "\r")) or not text:
            self.lines.append("")
        self.encoding = encoding

    def line(self, number: int) -> str:
        """The line `number` (from 1) without its end; '' where there is none."""
        return self.lines[number - 1] if 1 <= number <= len(self.lines) else ""

    def to_client(self, line: int, column: int) -> lsp.Position:
        """Our place as the editor's position; the whole line's start where the column is 0."""
        line = max(line, 1)
        before = self.line(line)[: max(column - 1, 0)]
        return lsp.Position(line - 1, units(before, self.encoding))

    def range_of(self, line: int, column: int, end_line: int, end_column: int) -> lsp.Range:
        """Our place as a range. Without an end it goes to the end of the line, without a column it is the whole line."""
        line, column = max(line, 1), max(column, 1)
        last = len(self.line(line)) + 1
        if not end_line or not end_column or (end_line, end_column) <= (line, column):
            end_line, end_column = line, last
        if (end_line, end_column) <= (line, column):
            column = 1  # a place at the end of a line would show as nothing
        return lsp.Range(self.to_client(line, column), self.to_client(end_line, end_column))

    def from_client(self, position: lsp.Position) -> tuple[int, int]:
        """The editor's position as (line, column) from 1; behind the end of a line is its end."""
        line = self.line(position.line + 1)
        left = position.character
        for number, character in enumerate(line):
            left -= units(character, self.encoding)
            if left < 0:
                return position.line + 1, number + 1
        return position.line + 1, len(line) + 1

    def edit(self, edit: Edit) -> lsp.TextEdit:
        """One of our edits as the editor's."""
        start = self.to_client(edit.line, edit.column)
        return lsp.TextEdit(lsp.Range(start, self.to_client(edit.end_line, edit.end_column)), edit.text)
