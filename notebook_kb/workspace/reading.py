"""How each heading of a note was read, in words: for `show` and the preview."""

from __future__ import annotations

from typing import TYPE_CHECKING

from notebook_kb.model.note import NoteType, Part
from notebook_kb.website.plan import SHOWN_PART_TITLES

if TYPE_CHECKING:
    from notebook_kb.model.note import Note, Section
    from notebook_kb.notebook.notebook import Notebook


def read_as(notebook: Notebook, note: Note) -> list[tuple[Section, str]]:
    """(section, words) for each heading of a note but its title."""
    return [
        (s, read_as_words(notebook, note, s))
        for s in note.sections
        if s.heading and s.level > 0 and not is_title(s)
    ]


def is_title(section: Section) -> bool:
    """Whether a heading is the note's title."""
    return section.level == 1 and section.part is Part.OTHER


def read_as_words(notebook: Notebook, note: Note, section: Section) -> str:
    """`read as “Visual”, source 3b1b-ela, ch. 7` and the like."""
    pack = notebook.pack
    if section.private:
        return pack.word("private_part")
    if section.part is Part.ANGLE:
        words = pack.word("read_as", part=notebook.roadmap.angles[section.angle].title)
        cited = section.citation
        if not cited.name:
            return words
        resource = notebook.resource(cited)
        name = resource.id if resource else cited.name
        return f"{words}, {name}" + (f", {cited.place_text}" if cited.place_text else "")
    if section.part is Part.OWN:
        return pack.word("read_as", part=pack.word("in_my_words"))
    if section.part in SHOWN_PART_TITLES:
        return pack.word("read_as", part=pack.word(SHOWN_PART_TITLES[section.part]))
    concept = notebook.heading_concept(section) if note.type is NoteType.READING else ""
    if concept:
        return pack.word("read_as", part=notebook.roadmap.concepts[concept].title)
    return pack.word("not_read_as_part")
