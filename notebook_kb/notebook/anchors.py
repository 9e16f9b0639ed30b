"""Where in a note a link's `#heading` or `#^block` leads; build, check and editor ask here."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import unquote

from notebook_kb.model.note import Part
from notebook_kb.notebook.names import fold

if TYPE_CHECKING:
    from notebook_kb.model.note import Note, Section

NOT_WORDS = re.compile(r"[\W_]+")


def heading_anchor(note: Note, heading: str, *, private: bool = False) -> str:
    """The anchor (without `#`) that the words of a heading, a part's name or a `^block` mean; '' if none does.

    Of `#a#b` the last counts. Case, dashes and signs do not matter. The names of private sections count only
    with `private`.
    """
    wanted = unquote(heading).split("#")[-1].strip()
    if not wanted:
        return ""
    if wanted.startswith("^"):
        return wanted if wanted in note.anchors else ""
    name = fold(wanted)
    for section in note.sections:
        if section.private and not private:
            continue
        if name and name in {fold(section.heading), fold(section.angle), _part_name(section)}:
            return section.anchor
    hidden = set() if private else {s.anchor for s in note.sections if s.private}
    loose = _loose(wanted)
    found = (a for a in note.anchors if a not in hidden and not a.startswith("^") and _loose(a) == loose)
    return next(found, "")


def _part_name(section: Section) -> str:
    return "" if section.part is Part.OTHER else str(section.part)


def _loose(text: str) -> str:
    """Words and dashes, as anchors are made of headings."""
    return NOT_WORDS.sub("-", text.casefold()).strip("-")
