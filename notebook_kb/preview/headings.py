"""How each heading of a note was read, in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from notebook_kb.model.note import Part

if TYPE_CHECKING:
    from notebook_kb.model.note import Citation, Note, Section
    from notebook_kb.notebook.notebook import Notebook


def headings_read(notebook: Notebook, note: Note) -> tuple[tuple[str, str], ...]:
    """(heading, what it was read as) of a note, without its title.

    A note that counts for a concept by its name alone says so first.
    """
    found = []
    concept = "" if note.concept else notebook.concept_of(note)
    if concept and notebook.concept_notes[concept][0].path == note.path:
        title = notebook.roadmap.concepts[concept].title
        found.append((note.path.rsplit("/", 1)[-1], notebook.pack.word("read_as", part=title)))
    title_seen = False
    for section in note.sections:
        if not section.heading:
            continue
        if section.level == 1 and not title_seen:
            title_seen = True
            continue
        found.append((section.heading, read_as(notebook, note, section)))
    return tuple(found)


def read_as(notebook: Notebook, note: Note, section: Section) -> str:
    """What one heading was read as: an angle with its source, a part, a concept, or ordinary text."""
    pack = notebook.pack
    concept = notebook.heading_concept(section)
    if section.part is Part.ANGLE:
        angle = notebook.roadmap.angles.get(section.angle)
        said = pack.word("read_as", part=angle.title if angle else section.angle)
    elif section.part is not Part.OTHER:
        said = pack.word("read_as", part=pack.parts[str(section.part)][0])
    elif concept and note.path in {e.note.path for e in notebook.explanations.get(concept, ())}:
        said = pack.word("read_as", part=notebook.roadmap.concepts[concept].title)
    else:
        said = pack.word("not_read_as_part")
    source = source_text(notebook, section.citation)
    if source:
        said += f" · {pack.labels['source'][0]}: {source}"
    if section.private:
        said += f" · {pack.word('private_part')}"
    return said


def source_text(notebook: Notebook, citation: Citation) -> str:
    """A source as it was understood: its id where the roadmap knows it, and the place in it."""
    if not citation.name and not citation.url:
        return ""
    resource = notebook.resource(citation)
    name = resource.id if resource else citation.name or citation.url
    return f"{name} ({citation.place_text})" if citation.place_text else name
