"""Renames from the editor: what is under the cursor, or a file in its tree, with every link that leads there."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

from notebook_kb.lsp.cursor import headline_at, link_at
from notebook_kb.lsp.uris import path_of
from notebook_kb.model.edit import FileMove
from notebook_kb.notebook.rename import rename_files
from notebook_kb.notebook.rename_words import rename_heading, rename_title
from notebook_kb.notebook.walk import read_as
from notebook_kb.website.addresses import note_url
from notebook_kb.workspace.rename_paths import free_path

if TYPE_CHECKING:
    from collections.abc import Iterable

    from lsprotocol import types as lsp

    from notebook_kb.lsp.session import Session
    from notebook_kb.notebook.rename import Renaming


class Subject(NamedTuple):
    """What a rename is about: the note, its heading ('' for the note itself), and where it stands in the line (from 1)."""

    path: str
    heading: str
    words: str
    line: int
    column: int
    end_column: int


class Renamer:
    """Renames in one notebook, as values."""

    def __init__(self, session: Session) -> None:
        self.session = session

    def subject(self, path: str, line: int, column: int) -> Subject | None:
        """What would be renamed at a place: a heading, the title, or what a link names; None elsewhere."""
        note = self.session.note(path)
        target = link_at(self.session, path, line, column)
        if target is not None:
            if target.path not in self.session.notebook.notes:
                return None
            found = self.session.notebook.notes[target.path]
            stem = found.path.rsplit("/", 1)[-1].rsplit(".", 1)[0]
            heading = target.heading if not target.heading.startswith("^") else ""
            words = heading.rpartition("#")[2] or stem
            return Subject(target.path, heading, words, line, target.column, target.end_column)
        headline = headline_at(note, line) if note else None
        if headline is None:
            return None
        text = (self.session.text(path) or "").replace("\r\n", "\n").replace("\r", "\n").split("\n")[line - 1]
        start = len(text) - len(text.lstrip("# \t>")) + 1
        return Subject(path, headline.text, headline.text, line, start, len(text.rstrip()) + 1)

    def rename(self, subject: Subject, words: str) -> Renaming:
        """Other words for it. UsageError where that cannot be."""
        notebook, texts = self.session.notebook, self.session.raw_text
        note = notebook.notes[subject.path]
        if not subject.heading:
            return self.files([FileMove(subject.path, free_path(notebook, subject.path, words))])
        title = next((h for h in note.outline if h.level == 1), None)
        if title and title.text == subject.heading and note.title == subject.heading:
            return rename_title(notebook, subject.path, words, texts)
        return rename_heading(notebook, subject.path, subject.heading, words, texts)

    def files(self, moves: Iterable[FileMove]) -> Renaming:
        """Files that the editor is about to move, folders too."""
        moves = list(moves)
        done = rename_files(self.session.notebook, moves, self.session.raw_text, address_of=note_url)
        settings = self.session.notebook.settings
        lost = [m.new for m in moves if read_as(m.old, settings) and not read_as(m.new, settings)]
        remarks = (f"{path} is no note or picture any more: kb does not read it there" for path in lost)
        return replace(done, remarks=(*done.remarks, *remarks))

    def moves_of(self, files: Iterable[lsp.FileRename]) -> list[FileMove]:
        """The moves of notes and attachments that an editor announces; of a folder, of all in it."""
        known = (*self.session.notebook.notes, *self.session.notebook.files)
        found: list[FileMove] = []
        for file in files:
            old, new = path_of(self.session.root, file.old_uri), path_of(self.session.root, file.new_uri)
            if not old or not new:
                continue
            if old in known:
                found.append(FileMove(old, new))
            found += [FileMove(p, new + p[len(old) :]) for p in known if p.startswith(old + "/")]
        return found
