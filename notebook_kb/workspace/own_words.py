"""Every explanation against the excerpts that are kept of its sources. Remembered by what was compared."""

from __future__ import annotations

import functools
import hashlib
import os
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from notebook_kb.errors import EnvironmentFailedError
from notebook_kb.files.read import decode, read_file
from notebook_kb.findings import finding
from notebook_kb.learning.overlap import Excerpt, compare
from notebook_kb.model import document as d
from notebook_kb.model.codec import decode as from_data
from notebook_kb.model.codec import encode as to_data
from notebook_kb.model.evidence import Overlap
from notebook_kb.model.note import NoteType, Part
from notebook_kb.notebook.cache import NoteCache
from notebook_kb.notebook.load import WHY_UNREADABLE
from notebook_kb.notebook.names import fold
from notebook_kb.parsing.head import parse_head
from notebook_kb.parsing.note import parse_note
from notebook_kb.parsing.prose import own_prose, source_prose, text_prose
from notebook_kb.parsing.sections import is_excerpt, visible

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from notebook_kb.findings import Finding
    from notebook_kb.model.note import Note, Section
    from notebook_kb.notebook.notebook import Notebook
    from notebook_kb.parsing.note import ParsedNote
    from notebook_kb.parsing.prose import Paragraph

# raise when the rule or what it reads changes
FORMAT = "3"
COPIED = "KB801"
SOURCES = "sources"
TEXTS = (".md", ".markdown", ".txt")
KEPT_TREES = 100
COMPARED = frozenset({Part.ANGLE, Part.OWN, Part.OTHER, Part.EXAMPLE, Part.WHY, Part.PITFALLS})


@dataclass(frozen=True)
class SourceFile:
    """A text of `sources/`: its path in the notebook, its words, and the names by which it can be meant. Where it cannot be
    read `problem` says why.
    """

    path: str
    digest: str
    text: str
    names: frozenset[str]
    problem: str = ""

    @functools.cached_property
    def excerpt(self) -> Excerpt:
        """It as an excerpt."""
        return Excerpt(self.path, text_prose(self.text))


@dataclass
class OwnWords:
    """Compares a notebook's explanations with excerpts; `text_of` gives a note's text (of an editor's buffer, say)."""

    notebook: Notebook
    text_of: Callable[[str], str]
    cache: NoteCache
    shelf: Shelf
    compared: int = 0
    kept: dict[str, tuple[Excerpt, ...]] = field(default_factory=dict)
    parsed: dict[str, ParsedNote] = field(default_factory=dict)

    def overlaps(self) -> dict[str, dict[int, Overlap]]:
        """Note path → number of a section → what comparing it showed. Sections without an excerpt are left out."""
        found: dict[str, dict[int, Overlap]] = {}
        used: set[str] = set()
        for concept in self.notebook.roadmap.concepts:
            used.update(self.name(concept, path) for path in self.of_concept(concept, found))
        self.cache.save(used)
        return found

    def overlaps_in(self, path: str) -> dict[str, dict[int, Overlap]]:
        """The same of one note alone."""
        note, found = self.notebook.notes[path], dict[str, dict[int, Overlap]]()
        names = self.notebook.roadmap_names
        about = {names.counts_for(note), *(c for c, _ in names.reading(note))}
        for concept in self.notebook.roadmap.concepts:
            if concept in about:
                self.of_concept(concept, found, only=path)
        return found

    def of_concept(
        self, concept: str, found: dict[str, dict[int, Overlap]], only: str | None = None
    ) -> list[str]:
        """Put what is known of a concept's explanations into `found`; the notes that were compared."""
        holders, files = self.excerpts_of(concept)
        if not holders and not files:
            return []
        compared = []
        for path, numbers in self.sections_of(concept).items():
            if only in {None, path}:
                compared.append(path)
                overlaps = self.of_note(self.name(concept, path), path, numbers, holders, files)
                sections = self.notebook.notes[path].sections
                found.setdefault(path, {}).update({n: accepted(o, sections[n]) for n, o in overlaps.items()})
        return compared

    def name(self, concept: str, path: str) -> str:
        """What an explanation of a concept is called in the cache."""
        return f"{concept}\x1f{path}"

    def excerpts_of(self, concept: str) -> tuple[list[Note], list[SourceFile]]:
        """The notes that keep an excerpt of a concept, and the texts of the sources that its explanations name."""
        explanations = self.notebook.explanations.get(concept, ())
        notes = {e.note.path: e.note for e in explanations}
        own = self.notebook.concept_note(concept)
        if own:
            notes.setdefault(own.path, own)
        cited = {e.source for e in explanations} - {"me"}
        files = [f for f in self.shelf.files() if not f.problem and source_ids(self.notebook, f) & cited]
        return [n for _, n in sorted(notes.items()) if n.has_excerpt], files

    def sections_of(self, concept: str) -> dict[str, list[int]]:
        """Note path → the numbers of the sections that say something of a concept in the learner's words."""
        table: dict[str, list[int]] = {}
        note = self.notebook.concept_note(concept)
        if note:
            table[note.path] = [
                n for n, s in enumerate(note.sections) if s.part in COMPARED and s.words and not s.private
            ]
        for explanation in self.notebook.explanations.get(concept, ()):
            if explanation.note.type is NoteType.READING and explanation.section.words:
                table.setdefault(explanation.note.path, []).append(explanation.index)
        return {path: numbers for path, numbers in table.items() if numbers}

    def of_note(
        self, name: str, path: str, numbers: list[int], holders: list[Note], files: list[SourceFile]
    ) -> dict[int, Overlap]:
        """The overlap of a note's sections, from memory where all that is compared is the same."""
        note = self.notebook.notes[path]
        parts = [
            FORMAT,
            note.digest,
            *map(str, numbers),
            *(f"{h.path}\x1e{h.digest}\x1e{excerpt_sections(h)}" for h in holders),
            *(f"{f.path}\x1e{f.digest}" for f in files),
        ]
        key = hashlib.blake2b("\x1f".join(parts).encode(), digest_size=12).hexdigest()
        known = self.cache.get(name, key)
        if isinstance(known, dict):
            try:
                return {int(n): from_data(Overlap, data) for n, data in known.items()}
            except (TypeError, ValueError):
                pass  # written by another version: compare again
        self.compared += 1
        excerpts = [*(e for h in holders for e in self.excerpts_in(h)), *(f.excerpt for f in files)]
        found = {n: compare(self.own_text(note, n), excerpts) for n in numbers}
        self.cache.put(name, key, {str(n): to_data(o) for n, o in found.items()})
        return found

    def own_text(self, note: Note, number: int) -> tuple[Paragraph, ...]:
        """The learner's words in a section."""
        parsed, section = self.read(note), note.sections[number]
        blocks = visible(parsed.document.blocks[section.first : section.last], self.notebook.names)
        return own_prose(blocks, self.lines(note))

    def excerpts_in(self, note: Note) -> tuple[Excerpt, ...]:
        """The excerpts in a note, looked for once in a run."""
        if note.path not in self.kept:
            self.kept[note.path] = tuple(self.of_holder(note))
        return self.kept[note.path]

    def of_holder(self, note: Note) -> Iterator[Excerpt]:
        """The excerpts in a note: its excerpt sections, then its callouts of that kind."""
        parsed, names = self.read(note), self.notebook.names
        inside: set[int] = set()
        for section in note.sections:
            if section.part is Part.EXCERPT:
                inside.update(range(section.first, section.last))
                blocks = parsed.document.blocks[section.first : section.last]
                yield Excerpt(note.path, source_prose(blocks, self.lines(note)))
        for number, block in enumerate(parsed.document.blocks):
            if number in inside:
                continue
            for callout in d.walk_blocks((block,)):
                if isinstance(callout, d.Callout) and is_excerpt(callout, names):
                    yield Excerpt(note.path, source_prose(callout.children, self.lines(note)))

    def read(self, note: Note) -> ParsedNote:
        """A note's tree; a few are kept, as most notes are asked for in a row."""
        if note.path not in self.parsed:
            if len(self.parsed) >= KEPT_TREES:
                self.parsed.clear()
            self.parsed[note.path] = parse_note(
                self.text_of(note.path), note.path, note.digest, self.notebook.names
            )
        return self.parsed[note.path]

    def lines(self, note: Note) -> list[str]:
        """A note's lines."""
        return self.text_of(note.path).replace("\r\n", "\n").replace("\r", "\n").split("\n")


def accepted(overlap: Overlap, section: Section) -> Overlap:
    """Words that the author says are meant so count as written."""
    return replace(overlap, copied_words=0) if COPIED in section.silenced else overlap


def excerpt_sections(note: Note) -> list[int]:
    """The sections of a note that are excerpts: settings choose which."""
    return [n for n, s in enumerate(note.sections) if s.part is Part.EXCERPT]


@dataclass
class Shelf:
    """The texts under `sources/`; read again when one of them came, went or was saved."""

    root: Path
    seen: tuple[object, ...] | None = None
    known: tuple[SourceFile, ...] = ()

    def files(self) -> tuple[SourceFile, ...]:
        """The texts as they are now, by path."""
        now = tuple(self.look())
        if now != self.seen:
            self.seen, self.known = now, tuple(source_files(self.root, [path for path, *_ in now]))
        return self.known

    def look(self) -> Iterator[tuple[Path, int, int, int]]:
        """(path, time, size, number) of each file; links are not followed."""
        found: list[Path] = []
        for here, folders, names in os.walk(self.root / SOURCES):
            folders[:] = sorted(f for f in folders if not f.startswith("."))
            found += [Path(here) / n for n in names if n.endswith(TEXTS)]
        for path in sorted(found):
            with suppress(OSError):
                if not path.is_symlink():
                    facts = path.stat()
                    yield path, facts.st_mtime_ns, facts.st_size, facts.st_ino


def source_files(root: Path, paths: Iterable[Path]) -> Iterator[SourceFile]:
    """The texts at these paths."""
    for path in paths:
        name = path.relative_to(root).as_posix()
        try:
            snapshot = read_file(path)
        except EnvironmentFailedError as error:
            yield SourceFile(name, "", "", frozenset(), error.message)
            continue
        text, problem = decode(snapshot.data)
        text = "" if problem else text
        names = names_of(path.relative_to(root / SOURCES), text)
        yield SourceFile(name, snapshot.digest, text, names, WHY_UNREADABLE.get(problem, problem))


def source_ids(notebook: Notebook, file: SourceFile) -> set[str]:
    """The sources that a text is of: a resource of the roadmap, else its names as they are."""
    return {notebook.resource_names.get(name, name) for name in file.names}


def source_findings(notebook: Notebook, shelf: Shelf) -> Iterator[Finding]:
    """The texts of `sources/` with which nothing is ever compared: they cannot be read, or are named like no source."""
    files = shelf.files()
    known = {e.source for found in notebook.explanations.values() for e in found} if files else set()
    known.update(notebook.roadmap.resources)
    for file in files:
        if file.problem:
            yield finding("KB803", f"{file.problem}, and nothing is compared with it", path=file.path)
        elif not source_ids(notebook, file) & known:
            yield finding(
                "KB803",
                f"no source is called `{called(file.path)}`, so nothing is compared with this text",
                "name the file like the source that your notes name, as in sources/mml.txt",
                path=file.path,
            )


def called(path: str) -> str:
    """The name of a text as its path says it: the folder right below `sources/`, else its own without the ending."""
    folder, *rest = PurePosixPath(path).parts[1:]
    return folder if rest else PurePosixPath(folder).stem


def names_of(path: Path, text: str) -> frozenset[str]:
    """The names by which a text can be meant: its folder or file name, `source:` and `title:` of its head."""
    names = {called(f"{SOURCES}/{path.as_posix()}")}
    if text.startswith("---"):
        head = parse_head(text.replace("\r\n", "\n").replace("\r", "\n"))
        names |= {words for key in ("source", "title", "id") for words, _ in head.placed_texts(key)}
    return frozenset(fold(n) for n in names if n)


def reader(notebook: Notebook) -> Callable[[str], str]:
    """Reads a note's text once, the unsaved one where there is one; '' where it has gone."""
    known: dict[str, str] = {}

    def text_of(path: str) -> str:
        if path not in known:
            known[path] = notebook.text_of(path) or ""
        return known[path]

    return text_of


def overlaps_of(notebook: Notebook, cache: Path | None, shelf: Shelf) -> Mapping[str, Mapping[int, Overlap]]:
    """The overlaps of a whole notebook. `cache` is a database that may be deleted; None remembers nothing."""
    return OwnWords(notebook, reader(notebook), NoteCache(cache), shelf).overlaps()


def overlaps_in(notebook: Notebook, path: str, shelf: Shelf) -> Mapping[str, Mapping[int, Overlap]]:
    """The overlaps of one note, nothing remembered."""
    return OwnWords(notebook, reader(notebook), NoteCache(None), shelf).overlaps_in(path)
