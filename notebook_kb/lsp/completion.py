"""What can come next: names of notes behind `[[`, headings behind `#`, sources, angles, keys of the head."""

from __future__ import annotations

import re
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, NamedTuple

from lsprotocol import types as lsp

from notebook_kb.lsp.cursor import is_code, section_at
from notebook_kb.model.note import NoteType, Part
from notebook_kb.notebook.headings import words_of
from notebook_kb.notebook.names import fold
from notebook_kb.parsing.head import KNOWN, split_head

if TYPE_CHECKING:
    from collections.abc import Iterator

    from notebook_kb.lsp.positions import Positions
    from notebook_kb.lsp.session import Session
    from notebook_kb.model.note import Note

# more choices than people read cost time at each key; the editor asks again as more is typed
MOST = 100
TRIGGERS = ("[", "#", "^", "—", ":", " ", "$")
LINK = re.compile(r"\[\[([^\[\]|#\n]*)$")
ANCHOR = re.compile(r"\[\[([^\[\]|#\n]*)#(\^?)([^\[\]|\n]*)$")
HEADING_SOURCE = re.compile(r"^#{1,6}\s+\S.*?\s+[—–-]\s+(\S*)$")
HEADING = re.compile(r"^#{1,6}\s+(.*)$")
TAG = re.compile(r"(?:^|\s)#([^\s#]*)$")
HEAD_KEY = re.compile(r"^(\w*)$")
HEAD_VALUE = re.compile(r"^(\w+)\s*:\s*(.*)$")
SIGN = re.compile(r"^\s*(?:[-*+]\s+|\|\s*)\$?([^$|]*)$")
FLAGS = frozenset({"publish", "draft"})


class Choice(NamedTuple):
    """A note or concept that a link may name; `words` are the names by which it is looked for."""

    title: str
    name: str
    words: tuple[str, ...]
    note: Note | None = None

    def rank(self, wanted: str) -> int | None:
        """0 where a name begins with what is wanted, 1 where one holds it, None where none does."""
        if not wanted:
            return 0
        names = [fold(w) for w in self.words]
        if any(n.startswith(wanted) for n in names):
            return 0
        return 1 if any(all(part in n for part in wanted.split()) for n in names) else None


class Completer:
    """Completion at one place of one note."""

    def __init__(self, session: Session, path: str, positions: Positions, line: int, column: int) -> None:
        self.session = session
        self.notebook = session.notebook
        self.path = path
        self.positions = positions
        self.line = line
        self.column = column
        self.before = positions.line(line)[: column - 1]
        self.after = positions.line(line)[column - 1 :]
        self.incomplete = False

    def items(self) -> list[lsp.CompletionItem]:
        """What fits here; nothing in running text."""
        if self.in_head():
            return list(self.of_head())
        if is_code(self.positions.lines, self.line):
            return []
        if match := ANCHOR.search(self.before):
            return list(self.anchors(match[1].strip(), match[3], blocks=bool(match[2])))
        if match := LINK.search(self.before):
            return list(self.links(match[1]))
        if match := HEADING_SOURCE.match(self.before):
            return list(self.sources(match[1]))
        if match := HEADING.match(self.before):
            return list(self.parts(match[1]))
        if (source := self.source_line()) is not None:
            return list(self.sources(source))
        if (match := SIGN.match(self.before)) and self.in_symbols():
            return list(self.symbols(match[1]))
        if match := TAG.search(self.before):
            return list(self.tags(match[1]))
        return []

    # where are we

    def in_head(self) -> bool:
        """Whether the place is in the note's head."""
        split = split_head("\n".join(self.positions.lines))
        return split is not None and 1 < self.line < split[2]

    def in_symbols(self) -> bool:
        """Whether the place is in a symbols part."""
        note = self.session.note(self.path)
        found = section_at(note, self.line) if note else None
        return found is not None and found[1].part is Part.SYMBOLS

    def source_line(self) -> str | None:
        """What is typed behind `Source:`; None elsewhere."""
        label, colon, typed = self.before.partition(":")
        return (
            typed.lstrip()
            if colon and label.strip().casefold() in self.notebook.names.source_labels
            else None
        )

    # what fits

    def item(
        self,
        label: str,
        text: str,
        typed: str,
        kind: lsp.CompletionItemKind,
        *,
        detail: str = "",
        filter_by: str = "",
        closing: str = "",
    ) -> lsp.CompletionItem:
        """One choice that takes the place of what is `typed` before the cursor."""
        start = self.positions.to_client(self.line, self.column - len(typed))
        end = self.positions.to_client(self.line, self.column)
        if closing and self.after.startswith(closing):
            closing = ""
        return lsp.CompletionItem(
            label=label,
            kind=kind,
            detail=detail or None,
            filter_text=filter_by or label,
            text_edit=lsp.TextEdit(lsp.Range(start, end), text + closing),
        )

    def links(self, typed: str) -> Iterator[lsp.CompletionItem]:
        """Notes by title, file name and alias, and concepts without a note: those that begin with what is typed first."""
        choices = [*self.note_choices(), *self.concept_choices()]
        wanted = fold(typed)
        ranked = sorted((r, n, c) for n, c in enumerate(choices) if (r := c.rank(wanted)) is not None)
        self.incomplete = len(ranked) > MOST
        for _, _, choice in ranked[:MOST]:
            note = choice.note
            yield self.item(
                choice.title,
                self.name_of(note) if note else choice.name,
                typed,
                lsp.CompletionItemKind.File if note else lsp.CompletionItemKind.Interface,
                detail=note.path if note else "not written yet",
                filter_by=" ".join(choice.words),
                closing="]]",
            )

    def note_choices(self) -> Iterator[Choice]:
        """The other notes; those of this folder first."""
        folder = PurePosixPath(self.path).parent
        others = (n for n in self.notebook.notes.values() if n.path != self.path)
        for note in sorted(others, key=lambda n: PurePosixPath(n.path).parent != folder):
            stem = PurePosixPath(note.path).stem
            yield Choice(
                note.title or stem, stem, tuple(dict.fromkeys((note.title, stem, *note.aliases))), note
            )

    def concept_choices(self) -> Iterator[Choice]:
        """The concepts of the roadmap that have no note."""
        for concept in self.notebook.roadmap.concepts.values():
            if not self.notebook.concept_note(concept.id):
                words = tuple(dict.fromkeys((concept.title, concept.id, *concept.aliases)))
                yield Choice(concept.title, concept.id, words)

    def name_of(self, note: Note) -> str:
        """The shortest words that lead to a note from here: its file name, else its path."""
        path = PurePosixPath(note.path)
        for name in (path.stem, path.with_suffix("").as_posix()):
            if self.notebook.resolver.resolve(name, self.path).note == note.path:
                return name
        inside = note.path.removeprefix(f"{self.notebook.notes_folder}/")
        return inside.rsplit(".", 1)[0]

    def anchors(self, target: str, typed: str, *, blocks: bool) -> Iterator[lsp.CompletionItem]:
        """The headings of the note that a link leads to, or its block ids."""
        found = self.notebook.resolver.resolve(target, self.path).note
        note = self.session.note(found)
        if note is None:
            return
        if blocks:
            for anchor in note.anchors:
                if anchor.startswith("^"):
                    name = anchor[1:]
                    yield self.item(name, name, typed, lsp.CompletionItemKind.Reference, closing="]]")
            return
        for number, headline in enumerate(note.outline):
            yield self.item(
                headline.text,
                words_of(note, number),
                typed,
                lsp.CompletionItemKind.Reference,
                detail=note.title,
                closing="]]",
            )

    def sources(self, typed: str) -> Iterator[lsp.CompletionItem]:
        """The roadmap's sources by id and title."""
        for resource in self.notebook.roadmap.resources.values():
            names = " ".join((resource.id, resource.title, *resource.aliases))
            yield self.item(
                resource.id,
                resource.id,
                typed,
                lsp.CompletionItemKind.Value,
                detail=resource.title,
                filter_by=names,
            )

    def parts(self, typed: str) -> Iterator[lsp.CompletionItem]:
        """The names of angles and of the parts of a concept note."""
        for angle in self.notebook.roadmap.angles.values():
            yield self.item(angle.title, angle.title, typed, lsp.CompletionItemKind.Keyword, detail=angle.ask)
        for name, words in self.notebook.pack.parts.items():
            detail = self.notebook.pack.prompts.get(name, "")
            yield self.item(words[0], words[0], typed, lsp.CompletionItemKind.Keyword, detail=detail)

    def symbols(self, typed: str) -> Iterator[lsp.CompletionItem]:
        """The symbols of the formula above that have no words yet."""
        for tex in self.session.missing_symbols(self.path, self.line):
            lead = "" if self.before.endswith("$" + typed) else "$"
            yield self.item(
                tex, f"{lead}{tex}$: ", typed, lsp.CompletionItemKind.Variable, filter_by=f"{typed}{tex}"
            )

    def tags(self, typed: str) -> Iterator[lsp.CompletionItem]:
        """All tags of the notebook."""
        found = dict.fromkeys(t for n in self.notebook.notes.values() for t in n.all_tags)
        for tag in sorted(found):
            yield self.item(tag, tag, typed, lsp.CompletionItemKind.Constant)

    # the head

    def of_head(self) -> Iterator[lsp.CompletionItem]:
        """Keys, and the values of those that take one of a few."""
        if match := HEAD_KEY.match(self.before):
            for key in sorted(KNOWN):
                yield self.item(key, f"{key}: ", match[1], lsp.CompletionItemKind.Property)
            return
        match = HEAD_VALUE.match(self.before)
        if not match:
            return
        key, typed = match[1].casefold(), match[2]
        if key == "source":
            yield from self.sources(typed)
        elif key == "concept":
            for concept in self.notebook.roadmap.concepts.values():
                names = f"{concept.id} {concept.title}"
                yield self.item(
                    concept.id,
                    concept.id,
                    typed,
                    lsp.CompletionItemKind.Value,
                    detail=concept.title,
                    filter_by=names,
                )
        else:
            for value in self.values_of(key):
                yield self.item(value, value, typed, lsp.CompletionItemKind.Value)

    def values_of(self, key: str) -> tuple[str, ...]:
        """What a key of the head takes, where that is one of a few."""
        if key == "type":
            return tuple(str(t) for t in NoteType)
        if key == "angle":
            return tuple(self.notebook.roadmap.angles)
        return ("true", "false") if key in FLAGS else ()
