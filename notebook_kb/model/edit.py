"""Edits of text files as values: what `check --fix`, rename and the editor's code actions give back. Nothing is written here."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

# lines as places count them: a form feed or a U+2028 ends none
LINES = re.compile(r"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+\Z")


@dataclass(frozen=True, slots=True, order=True)
class Edit:
    r"""Put `text` in place of what stands from (line, column) up to (end_line, end_column), which is kept.

    Lines and columns count characters from 1, as in `Place`, a byte order mark not counted. An insertion begins where it
    ends. `text` has `\n` for line ends; who applies it puts in those of the file.
    """

    line: int
    column: int
    end_line: int
    end_column: int
    text: str


@dataclass(frozen=True, slots=True)
class FileEdits:
    """The edits of one file; `path` is relative to the notebook with forward slashes."""

    path: str
    edits: tuple[Edit, ...]


@dataclass(frozen=True, slots=True)
class FileMove:
    """A file that gets another path, both relative to the notebook with forward slashes."""

    old: str
    new: str


@dataclass(frozen=True, slots=True)
class Fix:
    """A way to mend a finding: `title` says what is done. `safe`: it changes nothing that anybody could have meant
    otherwise, so `check --fix` does it; others are only offered in the editor.
    """

    code: str
    title: str
    files: tuple[FileEdits, ...]
    safe: bool = True


class OverlappingEditsError(ValueError):
    """Two edits of one text touch the same characters: a mistake of the caller."""


def split_lines(text: str) -> list[str]:
    """The lines as places count them, without their ends: unlike `str.splitlines`, which also ends one at a form feed, a
    U+0085 or a U+2028.
    """
    return [line.rstrip("\r\n") for line in LINES.findall(text)]


def line_end(text: str) -> str:
    """The line end that a text uses most."""
    both = text.count("\r\n")
    counts = {"\r\n": both, "\n": text.count("\n") - both, "\r": text.count("\r") - both}
    return max(counts, key=counts.__getitem__) if any(counts.values()) else "\n"


def apply_edits(text: str, edits: Iterable[Edit]) -> str:
    """The text with all edits done; every other character stays. Insertions at one place keep their order.

    OverlappingEditsError where two overlap, IndexError for a line that the text does not have.
    """
    lines = LINES.findall(text)
    starts = [0]
    for line in lines:
        starts.append(starts[-1] + len(line))
    newline = line_end(text)
    bom = len(text) - len(text.removeprefix("\ufeff"))
    out: list[str] = []
    at = 0

    def offset(line: int, column: int) -> int:
        start = starts[line - 1] + (bom if line == 1 else 0)
        return min(start + column - 1, len(text))

    for edit in sorted(edits, key=lambda e: (e.line, e.column, e.end_line, e.end_column)):
        start, end = offset(edit.line, edit.column), offset(edit.end_line, edit.end_column)
        if start < at:
            raise OverlappingEditsError(f"line {edit.line}, column {edit.column}")
        out += [text[at:start], edit.text.replace("\n", newline)]
        at = end
    return "".join((*out, text[at:]))
