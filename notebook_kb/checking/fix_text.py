"""What all fixes need: the lines of a note's text, and edits at places of it."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

from notebook_kb.model.edit import Edit, FileEdits, Fix, split_lines

if TYPE_CHECKING:
    from notebook_kb.findings import Finding
    from notebook_kb.model.note import Note

FENCES = 2
PUBLISHES = re.compile(r"""["']?publish["']?[ \t]*:[ \t]*["']?(?:true|yes|on)\b""", re.IGNORECASE)
DID_YOU_MEAN = re.compile(r"did you mean `([^`]+)`\?")
NAMED = re.compile(r"`([^`]+)`")


@lru_cache(maxsize=4)
def rows(text: str) -> tuple[str, ...]:
    """The lines of a file's text without their ends and without a byte order mark, as places count them."""
    return tuple(split_lines(text.removeprefix("\ufeff")))


def row(text: str, number: int) -> str:
    """The line `number` (from 1); '' where there is none."""
    lines = rows(text)
    return lines[number - 1] if 0 < number <= len(lines) else ""


def head_rows(text: str) -> tuple[str, ...]:
    """The lines of the head, its fences included; () without one."""
    lines = rows(text)
    if not lines or lines[0].rstrip() != "---":
        return ()
    end = next((n for n, line in enumerate(lines[1:], start=1) if line.rstrip() in {"---", "..."}), 0)
    return lines[: end + 1] if end else ()


def flagged(text: str) -> bool:
    """Whether the head asks to be published: then a mended head might make the note public, which only people do."""
    return any(PUBLISHES.match(line) for line in head_rows(text))


def fix(note: Note, found: Finding, title: str, *edits: Edit, safe: bool = False) -> Fix:
    """A fix of one finding by edits of its note."""
    return Fix(found.code, title, (FileEdits(note.path, edits),), safe=safe)


def replaced(text: str, line: int, column: int, old: str, new: str) -> Edit | None:
    """Put `new` in the place of `old`, which must stand in the line at `column` (from 1) or behind it; else None."""
    at = row(text, line).find(old, max(column - 1, 0)) if old and old != new else -1
    return Edit(line, at + 1, line, at + 1 + len(old), new) if at >= 0 else None


def suggestion(found: Finding) -> tuple[str, str]:
    """(the words that are wrong, the known ones that were probably meant) of a finding that says "did you mean"."""
    wrong, near = NAMED.search(found.message), DID_YOU_MEAN.search(f"{found.message} {found.hint}")
    return (wrong[1], near[1]) if wrong and near else ("", "")
