"""What stands under the cursor: a link, a heading, a formula, a section."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from notebook_kb.notebook.anchors import heading_anchor
from notebook_kb.parsing.rules.comment import fence_after

if TYPE_CHECKING:
    from collections.abc import Sequence

    from notebook_kb.lsp.session import Session
    from notebook_kb.model.note import Headline, Note, Reference, Section

WIKILINK = re.compile(r"!?\[\[(?P<target>[^\[\]|#\n]*)(?:#(?P<heading>[^\[\]|\n]*))?(?:\\?\|[^\[\]\n]*)?\]\]")


@dataclass(frozen=True, slots=True)
class Target:
    """A link under the cursor: where it leads, and its columns (from 1, the last one exclusive) in its line."""

    path: str
    heading: str
    line: int
    column: int
    end_column: int
    typed: str

    def anchor(self, note: Note | None) -> str:
        """The id of the heading or block in the note that it leads to."""
        return heading_anchor(note, self.heading, private=True) if note and self.heading else ""


def link_at(session: Session, path: str, line: int, column: int) -> Target | None:
    """The link at a place of a note; None where there is none."""
    note = session.note(path)
    text = session.text(path)
    if note is None or text is None:
        return None
    starts = {r.place.column for r in note.references if r.place.line == line}
    for match in WIKILINK.finditer(line_of(text, line)):
        # what looks like a link in code or a formula (`A[[0, 1]]`) is none
        is_link = line < note.body_line or starts.intersection(range(match.start() + 1, match.end() + 1))
        if is_link and match.start() < column <= match.end() + 1:
            return target_of(
                session, path, match["target"].rstrip("\\").strip(), match["heading"] or "", line, match
            )
    for reference in note.references:
        p = reference.place
        if p.line == line and p.column <= column <= max(p.end_column, p.column + 1):
            found = session.notebook.resolver.resolve(reference.target, path)
            return Target(
                found.note or found.file, reference.heading, line, p.column, p.end_column, reference.target
            )
    return None


def target_of(
    session: Session, path: str, target: str, heading: str, line: int, match: re.Match[str]
) -> Target:
    """What a wikilink leads to."""
    found = session.notebook.resolver.resolve(target, path)
    return Target(found.note or found.file, heading, line, match.start() + 1, match.end() + 1, target)


def line_of(text: str, number: int) -> str:
    """The line `number` (from 1) of a text."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    return lines[number - 1] if 1 <= number <= len(lines) else ""


def is_code(lines: Sequence[str], line: int) -> bool:
    """Whether the line `line` (from 1) stands in a fenced block of code, or begins or ends one."""
    fence, code = "", False
    for text in lines[:line]:
        fence, code = fence_after(text, fence)
    return code


def headline_at(note: Note, line: int) -> Headline | None:
    """The heading in a line."""
    return next((h for h in note.outline if h.line == line), None)


def section_at(note: Note, line: int) -> tuple[int, Section] | None:
    """(number, section) that a line stands in."""
    found = None
    for number, section in enumerate(note.sections):
        if section.place.line <= line:
            found = (number, section)
    return found


def leads_to(session: Session, reference: Reference, from_path: str) -> str:
    """The note that a reference leads to, '' for none."""
    if reference.kind == "image" or "://" in reference.target:
        return ""
    return session.notebook.resolver.resolve(reference.target, from_path).note
