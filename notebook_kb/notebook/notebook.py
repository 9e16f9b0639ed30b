"""The snapshot: notes, roadmap and settings, with the indexes that everything else asks. Frozen once made."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any, Protocol, Self, TypeVar

from notebook_kb.errors import EnvironmentFailedError
from notebook_kb.files.read import decode, read_file
from notebook_kb.model.note import NoteType
from notebook_kb.notebook.backlinks import (
    Backlink,
    Side,
    backlinks,
    changed_backlinks,
    changed_referrers,
    keys_that_changed,
    name_key,
    referrers,
)
from notebook_kb.notebook.concepts import (
    Explanation,
    RoadmapNames,
    changed_concept_notes,
    changed_explanations,
    concept_notes,
    concept_paths,
    explanations,
)
from notebook_kb.notebook.links import Resolver
from notebook_kb.notebook.names import fold
from notebook_kb.notebook.tables import found_under

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from notebook_kb.findings import Finding
    from notebook_kb.languages import LanguagePack
    from notebook_kb.model.note import Citation, Note, Section
    from notebook_kb.model.roadmap import Resource, Roadmap
    from notebook_kb.notebook.backlinks import Backlinks, Referrers
    from notebook_kb.notebook.concepts import ConceptNotes
    from notebook_kb.parsing.sections import SectionNames
    from notebook_kb.settings import Settings

__all__ = ["Backlink", "Change", "Explanation", "Index", "Notebook"]

UNREADABLE = "KB109"


@dataclass(frozen=True)
class Notebook:
    """Everything that was read. `notes` and `files` are by path relative to the notebook, in sorted order.

    `texts` are notes' texts that are not those on disk: of an editor's unsaved buffers.
    """

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
    texts: Mapping[str, str] = field(default_factory=dict)

    @property
    def notes_folder(self) -> str:
        """The notes folder relative to the root, '' when the notebook is the folder itself."""
        return self.settings.notes_folder

    # what names mean by the roadmap

    @cached_property
    def roadmap_names(self) -> RoadmapNames:
        """What notes' words mean by the roadmap."""
        return RoadmapNames(self.roadmap, self.names)

    @property
    def concept_names(self) -> dict[str, str]:
        """Folded id, title or alias → concept id; an id wins over a title, a title over an alias, that over a former id."""
        return self.roadmap_names.concepts

    @property
    def resource_names(self) -> dict[str, str]:
        """Folded id, alias or title → resource id."""
        return self.roadmap_names.resources

    def resource(self, citation: Citation) -> Resource | None:
        """The roadmap's resource that a citation names, also by its address."""
        return self.roadmap_names.resource(citation)

    def concept_of(self, note: Note) -> str:
        """The concept that a note is about: by `concept:`, else by its file name, title or an alias; '' if none."""
        return self.roadmap_names.concept_of(note)

    def kind_of(self, note: Note) -> NoteType:
        """A note's kind; a page that is a concept's by its name counts as such."""
        return NoteType.CONCEPT if note.type is NoteType.PAGE and self.concept_of(note) else note.type

    def heading_concept(self, section: Section) -> str:
        """The concept that a heading names."""
        return self.roadmap_names.heading_concept(section)

    # indexes over all notes: `_changed` makes the next snapshot's from these

    @cached_property
    def concept_notes(self) -> ConceptNotes:
        """Concept id → its notes: those that say `concept:` first, then by path. The first one counts."""
        return concept_notes(self.roadmap_names, self.notes.values())

    def concept_note(self, concept: str) -> Note | None:
        """The note that counts for a concept."""
        notes = self.concept_notes.get(concept)
        return notes[0] if notes else None

    @cached_property
    def explanations(self) -> dict[str, list[Explanation]]:
        """Concept id → its explanations: of its note in order, then of readings by path."""
        return explanations(self.roadmap_names, self.concept_notes, self.notes.values())

    @cached_property
    def resolver(self) -> Resolver:
        """The resolver of link targets."""
        names = concept_paths(self.roadmap_names, self.concept_notes)
        return Resolver(self.notes.values(), self.files, self.notes_folder, names)

    @cached_property
    def referrers(self) -> Referrers:
        """Key of a name (`backlinks.name_key`) → the paths of the notes that refer to it, whatever it means."""
        return referrers(self.resolver, self.notes.values())

    @cached_property
    def backlinks(self) -> Backlinks:
        """Note path → links to it from other notes, by path and place."""
        return backlinks(self.resolver, self.notes.values())

    @cached_property
    def _indexes(self) -> dict[type[Any], Any]:
        """The indexes of higher layers, in the order in which they were made."""
        return {}

    def index(self, kind: type[I]) -> I:
        """The index of a kind for this snapshot: made when first asked for, then kept up to date by `with_note`."""
        known: I | None = self._indexes.get(kind)
        if known is None:
            known = kind.of(self)
            self._indexes[kind] = known
        return known

    # the next snapshot

    def with_note(self, note: Note, text: str | None = None) -> Notebook:
        """The notebook with this note in place of the one at its path, or as a new one.

        `text` is what it was read from where that is not on disk. The indexes that were made here are those of the new
        snapshot too, but for what this note touches.
        """
        return self._changed(note.path, note, text)

    def without_note(self, path: str) -> Notebook:
        """The notebook without the note or unreadable file at `path`."""
        return self._changed(path, None, None)

    def with_unreadable(self, path: str, why: Finding) -> Notebook:
        """The notebook where the file at `path` cannot be read as a note."""
        without = self._changed(path, None, None)
        paths = tuple(sorted({*without.unreadable, path}))
        found = sorted([*(f for f in without.findings if f.code == UNREADABLE), why], key=lambda f: f.path)
        kept = (*(f for f in without.findings if f.code != UNREADABLE), *found)
        return without._same_notes(replace(without, unreadable=paths, findings=kept))  # noqa: SLF001 - ours

    def with_files(self, files: tuple[str, ...]) -> Notebook:
        """The notebook with other attachments; what asks for them is made anew."""
        after = replace(self, files=files)
        kept = {"roadmap_names", "concept_notes", "explanations"}
        after.__dict__.update({name: value for name, value in self.__dict__.items() if name in kept})
        return after

    def _same_notes(self, other: Notebook) -> Notebook:
        """`other`, which has the same notes and files, with the indexes of this one."""
        own = {
            "roadmap_names",
            "concept_notes",
            "explanations",
            "resolver",
            "referrers",
            "backlinks",
            "_indexes",
        }
        other.__dict__.update({name: value for name, value in self.__dict__.items() if name in own})
        return other

    def _changed(self, path: str, new: Note | None, text: str | None) -> Notebook:
        """The next snapshot; `new` is None where the note is gone."""
        notes = dict(self.notes)
        old = notes.pop(path, None) if new is None else notes.get(path)
        if new is not None:
            notes[path] = new
            if old is None:
                notes = {p: notes[p] for p in sorted(notes)}
        texts = {p: t for p, t in self.texts.items() if p != path} | ({} if text is None else {path: text})
        findings, unreadable = self.findings, self.unreadable
        if path in unreadable:
            unreadable = tuple(p for p in unreadable if p != path)
            findings = tuple(f for f in findings if (f.path, f.code) != (path, UNREADABLE))
        after = replace(self, notes=notes, findings=findings, unreadable=unreadable, texts=texts)
        Change(self, after, path, old, new).carry()
        return after

    # looking things up

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

    def text_of(self, path: str) -> str | None:
        r"""A note's text with `\n` for line ends: the unsaved one, else the file's; None where it cannot be read."""
        text = self.texts.get(path)
        if text is None:
            try:
                text, problem = decode(read_file(self.root / path).data)
            except EnvironmentFailedError:
                return None
            if problem:
                return None
        return text.replace("\r\n", "\n").replace("\r", "\n")

    def stands_there(self, path: str, asked_by: str) -> bool:
        """Whether a file stands at `path`, also one that is no note and no attachment. Kept in `asked` for whoever has to
        know what findings depend on.
        """
        asked = self.asked.setdefault(asked_by, {})
        if path not in asked:
            asked[path] = is_file(self.root, path)
        return asked[path]

    @cached_property
    def asked(self) -> dict[str, dict[str, bool]]:
        """Path of a note → files that were asked for at its links → whether they are there."""
        return {}


def is_file(root: Path, path: str) -> bool:
    """Whether a file stands there; False for what can be no file's name."""
    try:
        return (root / path).is_file()
    except (OSError, ValueError):
        return False


class Index(Protocol):
    """An index over a notebook that a higher layer needs; ask `Notebook.index` for it."""

    @classmethod
    def of(cls, notebook: Notebook) -> Self:
        """The index of a whole notebook."""

    def after(self, change: Change) -> Self:
        """The index of `change.after`, where this is that of `change.before`. What was made is left as it is."""


I = TypeVar("I", bound=Index)  # noqa: E741 - an index


@dataclass(frozen=True)
class Change:
    """One note that came, went or changed: `old` in the snapshot `before`, `new` in the snapshot `after`."""

    before: Notebook
    after: Notebook
    path: str
    old: Note | None
    new: Note | None

    @cached_property
    def concepts(self) -> set[str]:
        """The concepts whose notes or explanations may differ."""
        names = self.before.roadmap_names
        read = (c for note in (self.old, self.new) for c, _ in names.reading(note))
        return {names.counts_for(self.old), names.counts_for(self.new), *read} - {""}

    @cached_property
    def names(self) -> set[str]:
        """The keys (`backlinks.name_key`) of names that came, went, or lead elsewhere than before."""
        resolver = self.before.resolver
        keys = keys_that_changed(resolver.keys(self.old), resolver.keys(self.new))
        of = self.before.roadmap_names.names_of
        for concept in self.concepts:
            then, now = self.before.concept_note(concept), self.after.concept_note(concept)
            told = (concept in self.before.explanations) != (concept in self.after.explanations)
            if told or (then and then.path) != (now and now.path):
                keys |= {key for name in of[concept] for key in (name, name_key(name))}
        return keys

    @cached_property
    def referring(self) -> set[str]:
        """The other notes that refer to one of these names."""
        keys = self.names
        return (found_under(self.before.referrers, keys) | found_under(self.after.referrers, keys)) - {
            self.path
        }

    def carry(self) -> None:
        """Give `after` the indexes that `before` has. A later one may ask an earlier one."""
        known, made = self.before.__dict__, self.after.__dict__
        before, after, names = self.before, self.after, self.before.roadmap_names
        made["roadmap_names"] = names
        if "backlinks" in known:
            # they ask for these, so that these are carried too
            _ = before.referrers, before.explanations
        if "concept_notes" in known:
            table = changed_concept_notes(names, before.concept_notes, self.path, self.old, self.new)
            made["concept_notes"] = table
        if "explanations" in known:
            made["explanations"] = changed_explanations(
                names, before.explanations, after.concept_notes, self.old, self.new
            )
        if "resolver" in known:
            paths = concept_paths(names, after.concept_notes)
            if paths == before.resolver.concepts:
                paths = before.resolver.concepts
            made["resolver"] = before.resolver.with_note(self.path, self.old, self.new, paths)
        if "referrers" in known:
            made["referrers"] = changed_referrers(
                before.referrers, before.resolver, self.path, self.old, self.new
            )
        if "backlinks" in known:
            made["backlinks"] = changed_backlinks(
                before.backlinks,
                Side(before.resolver, before.notes),
                Side(after.resolver, after.notes),
                self.path,
                self.referring,
                self.names,
            )
        for kind, index in list(before._indexes.items()):  # noqa: SLF001 - ours
            after._indexes[kind] = index.after(self)  # noqa: SLF001 - ours
