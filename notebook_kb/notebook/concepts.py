"""What notes say of the roadmap's concepts: which note is a concept's, which sections explain it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from notebook_kb.model.note import NoteType, Part
from notebook_kb.notebook.names import fold
from notebook_kb.parsing.sections import read_heading

if TYPE_CHECKING:
    from collections.abc import Iterable

    from notebook_kb.model.note import Citation, Note, Section
    from notebook_kb.model.roadmap import Resource, Roadmap
    from notebook_kb.parsing.sections import SectionNames

    ConceptNotes = dict[str, list[Note]]


@dataclass(frozen=True)
class Explanation:
    """A section that explains a concept at an angle, in the concept's note or in a reading."""

    note: Note
    section: Section
    index: int
    angle: str
    source: str
    citation: Citation


class RoadmapNames:
    """What a note's words mean by the roadmap. It knows no other notes, so snapshots share it."""

    def __init__(self, roadmap: Roadmap, names: SectionNames) -> None:
        self.roadmap = roadmap
        self.names = names

    @cached_property
    def concepts(self) -> dict[str, str]:
        """Folded id, title or alias → concept id; an id wins over a title, a title over an alias, that over a former id."""
        table: dict[str, str] = {}
        for concept in self.roadmap.concepts.values():
            for alias in concept.aliases:
                table.setdefault(fold(alias), concept.id)
        for concept in self.roadmap.concepts.values():
            for former in concept.renamed_from:
                table.setdefault(fold(former), concept.id)
        table |= {fold(c.title): c.id for c in self.roadmap.concepts.values()}
        return table | {fold(c.id): c.id for c in self.roadmap.concepts.values()}

    @cached_property
    def names_of(self) -> dict[str, tuple[str, ...]]:
        """Concept id → the folded names that mean it."""
        table: dict[str, tuple[str, ...]] = {}
        for name, concept in self.concepts.items():
            table[concept] = (*table.get(concept, ()), name)
        return table

    @cached_property
    def resources(self) -> dict[str, str]:
        """Folded id, alias or title → resource id."""
        table: dict[str, str] = {}
        for resource in self.roadmap.resources.values():
            for name in (resource.title, *resource.aliases):
                table.setdefault(fold(name), resource.id)
        return table | {fold(r): r for r in self.roadmap.resources}

    def resource(self, citation: Citation) -> Resource | None:
        """The roadmap's resource that a citation names, also by its address."""
        found = self.resources.get(fold(citation.name))
        if found:
            return self.roadmap.resources[found]
        url = citation.url.rstrip("/")
        return next((r for r in self.roadmap.resources.values() if url and r.url.rstrip("/") == url), None)

    def concept_of(self, note: Note) -> str:
        """The concept that a note is about: by `concept:`, else by its file name, title or an alias; '' if none."""
        if note.concept:
            return self.concepts.get(fold(note.concept), "")
        if note.type not in {NoteType.CONCEPT, NoteType.PAGE}:
            return ""
        stem = note.path.rsplit("/", 1)[-1].rsplit(".", 1)[0]
        for name in (stem, note.title, *note.aliases):
            found = self.concepts.get(fold(name))
            if found:
                return found
        return ""

    def counts_for(self, note: Note | None) -> str:
        """The concept among whose notes this one is; '' where it is a reading, or none's."""
        return "" if note is None or note.type is NoteType.READING else self.concept_of(note)

    def heading_concept(self, section: Section) -> str:
        """The concept that a heading names."""
        return self.concepts.get(fold(section.heading), "") if section.part is Part.OTHER else ""

    def own_explanations(self, note: Note) -> list[Explanation]:
        """What a concept's note explains of it, in order."""
        return [
            self._explanation(note, s, i, s.angle, s.citation)
            for i, s in enumerate(note.sections)
            if s.part is Part.ANGLE and not s.private
        ]

    def reading(self, note: Note | None) -> list[tuple[str, Explanation]]:
        """A reading's sections whose headings name a concept, at the source's angle or the head's; none of other notes."""
        if note is None or note.type is not NoteType.READING:
            return []
        resource = self.resource(note.source)
        default = note.angle or (resource.angle if resource else "")
        own_concept = self.concepts.get(fold(note.concept), "") if note.concept else ""
        found = []
        for i, section in enumerate(note.sections):
            if section.private:
                continue
            concept = self.heading_concept(section) or (own_concept if section.part is Part.ANGLE else "")
            angle = section.angle or self._angle(default)
            if concept and angle:
                citation = section.citation if section.citation.name else note.source
                found.append((concept, self._explanation(note, section, i, angle, citation)))
        if own_concept and not found:
            # a reading about one concept, without headings
            for i, section in enumerate(note.sections):
                if section.words and not section.private and self._angle(default):
                    told = self._explanation(note, section, i, self._angle(default), note.source)
                    found.append((own_concept, told))
                    break
        return found

    def _explanation(
        self, note: Note, section: Section, index: int, angle: str, citation: Citation
    ) -> Explanation:
        resource = self.resource(citation)
        name = resource.id if resource else fold(citation.name or citation.url)
        if not name or name in self.names.me:
            name = "me"
        return Explanation(note, section, index, angle, name, citation)

    def _angle(self, name: str) -> str:
        """An angle's id by its id, title or alias."""
        part, angle, _ = read_heading(name, self.names) if name else (Part.OTHER, "", "")
        return angle if part is Part.ANGLE else ""


def concept_notes(names: RoadmapNames, notes: Iterable[Note]) -> ConceptNotes:
    """Concept id → its notes: those that say `concept:` first, then by path. By id."""
    table: ConceptNotes = {}
    for note in notes:
        concept = names.counts_for(note)
        if concept:
            table.setdefault(concept, []).append(note)
    return {concept: in_rank(table[concept]) for concept in sorted(table)}


def in_rank(notes: Iterable[Note]) -> list[Note]:
    """Notes of one concept: the first one counts."""
    return sorted(notes, key=lambda n: (not n.concept, n.path))


def changed_concept_notes(
    names: RoadmapNames, table: ConceptNotes, path: str, old: Note | None, new: Note | None
) -> ConceptNotes:
    """The table where `new` is in the place of `old`; the same one where neither is a concept's."""
    concepts = {names.counts_for(old), names.counts_for(new)} - {""}
    if not concepts:
        return table
    changed = dict(table)
    for concept in concepts:
        rest = [n for n in table.get(concept, ()) if n.path != path]
        changed[concept] = in_rank([*rest, new] if new and names.counts_for(new) == concept else rest)
    return {concept: changed[concept] for concept in sorted(changed) if changed[concept]}


def concept_paths(names: RoadmapNames, table: ConceptNotes) -> dict[str, str]:
    """Folded name of a concept → the path of the note that counts for it."""
    return {name: notes[0].path for name, c in names.concepts.items() if (notes := table.get(c))}


def explanations(
    names: RoadmapNames, table: ConceptNotes, notes: Iterable[Note]
) -> dict[str, list[Explanation]]:
    """Concept id → its explanations: of its note in order, then of readings by path. By id."""
    told = {concept: names.own_explanations(of[0]) for concept, of in table.items()}
    for note in notes:
        for concept, explanation in names.reading(note):
            told.setdefault(concept, []).append(explanation)
    return {concept: told[concept] for concept in sorted(told)}


def changed_explanations(
    names: RoadmapNames,
    told: dict[str, list[Explanation]],
    table: ConceptNotes,
    old: Note | None,
    new: Note | None,
) -> dict[str, list[Explanation]]:
    """The explanations where `new` is in the place of `old`; `table` is that of the notes after it."""
    path = new.path if new else old.path if old else ""
    read = names.reading(new)
    concepts = {names.counts_for(old), names.counts_for(new), *(c for c, _ in (*names.reading(old), *read))}
    changed = dict(told)
    for concept in concepts - {""}:
        rest = [e for e in told.get(concept, ()) if e.note.type is NoteType.READING and e.note.path != path]
        others = sorted([*rest, *(e for c, e in read if c == concept)], key=lambda e: e.note.path)
        of = table.get(concept)
        changed[concept] = [*(names.own_explanations(of[0]) if of else ()), *others]
        if not of and not others:
            del changed[concept]
    return {concept: changed[concept] for concept in sorted(changed)}
