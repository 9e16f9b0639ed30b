"""The snapshot: notes, roadmap and settings, with the indexes that everything else asks. Frozen once made."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from notebook_kb.model.note import NoteType, Part
from notebook_kb.notebook.links import Resolver
from notebook_kb.notebook.names import fold
from notebook_kb.parsing.sections import read_heading

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from notebook_kb.findings import Finding
    from notebook_kb.languages import LanguagePack
    from notebook_kb.model.note import Citation, Note, Reference, Section
    from notebook_kb.model.roadmap import Resource, Roadmap
    from notebook_kb.parsing.sections import SectionNames
    from notebook_kb.settings import Settings


@dataclass(frozen=True)
class Explanation:
    """A section that explains a concept at an angle, in the concept's note or in a reading."""

    note: Note
    section: Section
    index: int
    angle: str
    source: str
    citation: Citation


@dataclass(frozen=True)
class Backlink:
    """A link to a note: where it stands."""

    note: Note
    reference: Reference


@dataclass(frozen=True)
class Notebook:
    """Everything that was read. `notes` and `files` are by path relative to the notebook, in sorted order."""

    root: Path
    settings: Settings
    pack: LanguagePack
    roadmap: Roadmap
    names: SectionNames
    today: str
    notes: Mapping[str, Note]
    files: tuple[str, ...] = ()
    findings: tuple[Finding, ...] = ()
    unreadable: tuple[str, ...] = ()

    @property
    def notes_folder(self) -> str:
        """The notes folder relative to the root, '' when the notebook is the folder itself."""
        return "" if self.settings.notes in {".", "./", ""} else self.settings.notes.strip("/")

    @cached_property
    def concept_names(self) -> dict[str, str]:
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
    def resource_names(self) -> dict[str, str]:
        """Folded id, alias or title → resource id."""
        table: dict[str, str] = {}
        for resource in self.roadmap.resources.values():
            for name in (resource.title, *resource.aliases):
                table.setdefault(fold(name), resource.id)
        return table | {fold(r): r for r in self.roadmap.resources}

    def resource(self, citation: Citation) -> Resource | None:
        """The roadmap's resource that a citation names, also by its address."""
        found = self.resource_names.get(fold(citation.name))
        if found:
            return self.roadmap.resources[found]
        url = citation.url.rstrip("/")
        return next((r for r in self.roadmap.resources.values() if url and r.url.rstrip("/") == url), None)

    def concept_of(self, note: Note) -> str:
        """The concept that a note is about: by `concept:`, else by its file name, title or an alias; '' if none."""
        if note.concept:
            return self.concept_names.get(fold(note.concept), "")
        if note.type not in {NoteType.CONCEPT, NoteType.PAGE}:
            return ""
        stem = note.path.rsplit("/", 1)[-1].rsplit(".", 1)[0]
        for name in (stem, note.title, *note.aliases):
            found = self.concept_names.get(fold(name))
            if found:
                return found
        return ""

    def kind_of(self, note: Note) -> NoteType:
        """A note's kind; a page that is a concept's by its name counts as such."""
        return NoteType.CONCEPT if note.type is NoteType.PAGE and self.concept_of(note) else note.type

    @cached_property
    def concept_notes(self) -> dict[str, list[Note]]:
        """Concept id → its notes: those that say `concept:` first, then by path. The first one counts."""
        table: dict[str, list[Note]] = {}
        for note in self.notes.values():
            concept = self.concept_of(note)
            if concept and note.type is not NoteType.READING:
                table.setdefault(concept, []).append(note)
        for notes in table.values():
            notes.sort(key=lambda n: (not n.concept, n.path))
        return table

    def concept_note(self, concept: str) -> Note | None:
        """The note that counts for a concept."""
        notes = self.concept_notes.get(concept)
        return notes[0] if notes else None

    @cached_property
    def explanations(self) -> dict[str, list[Explanation]]:
        """Concept id → its explanations: of its note in order, then of readings by path."""
        table: dict[str, list[Explanation]] = {}
        for concept, notes in self.concept_notes.items():
            note = notes[0]
            table[concept] = [
                self._explanation(note, s, i, s.angle, s.citation)
                for i, s in enumerate(note.sections)
                if s.part is Part.ANGLE and not s.private
            ]
        for note in self.notes.values():
            if note.type is NoteType.READING:
                for concept, explanation in self._reading(note):
                    table.setdefault(concept, []).append(explanation)
        return table

    def _explanation(
        self, note: Note, section: Section, index: int, angle: str, citation: Citation
    ) -> Explanation:
        resource = self.resource(citation)
        name = resource.id if resource else fold(citation.name or citation.url)
        if not name or name in self.names.me:
            name = "me"
        return Explanation(note, section, index, angle, name, citation)

    def _reading(self, note: Note) -> list[tuple[str, Explanation]]:
        """A reading's sections whose headings name a concept, at the source's angle or the head's."""
        resource = self.resource(note.source)
        default = note.angle or (resource.angle if resource else "")
        own_concept = self.concept_names.get(fold(note.concept), "") if note.concept else ""
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
                    found.append(
                        (own_concept, self._explanation(note, section, i, self._angle(default), note.source))
                    )
                    break
        return found

    def _angle(self, name: str) -> str:
        """An angle's id by its id, title or alias."""
        part, angle, _ = read_heading(name, self.names) if name else (Part.OTHER, "", "")
        return angle if part is Part.ANGLE else ""

    def heading_concept(self, section: Section) -> str:
        """The concept that a heading names."""
        return self.concept_names.get(fold(section.heading), "") if section.part is Part.OTHER else ""

    @cached_property
    def resolver(self) -> Resolver:
        """The resolver of link targets."""
        names = {
            name: notes[0].path
            for name, concept in self.concept_names.items()
            if (notes := self.concept_notes.get(concept))
        }
        return Resolver(self.notes.values(), self.files, self.notes_folder, names)

    @cached_property
    def backlinks(self) -> dict[str, list[Backlink]]:
        """Note path → links to it from other notes, by path and place."""
        table: dict[str, list[Backlink]] = {}
        for note in self.notes.values():
            for reference in note.references:
                if reference.kind == "image" or "://" in reference.target or not reference.target:
                    continue
                target = self.resolver.resolve(reference.target, note.path).note
                if target and target != note.path:
                    table.setdefault(target, []).append(Backlink(note, reference))
        return table

    def find_note(self, name: str) -> Note | None:
        """The note that a NAME of the command line means: path, concept, file name, title or alias."""
        cleaned = name.replace("\\", "/").removeprefix("./")
        for path in (cleaned, f"{cleaned}.md"):
            if path in self.notes:
                return self.notes[path]
        concept = self.concept_names.get(fold(name))
        if concept and self.concept_note(concept):
            return self.concept_note(concept)
        found = self.resolver.resolve(name, self.notes_folder + "/x" if self.notes_folder else "x").note
        return self.notes.get(found)
