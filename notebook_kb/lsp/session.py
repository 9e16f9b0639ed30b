"""One notebook as an editor sees it: what is on disk, with the texts that are not saved yet laid over it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from notebook_kb.checking import check_note, dependents
from notebook_kb.findings import finding
from notebook_kb.model.edit import apply_edits
from notebook_kb.notebook.cache import NoteCache
from notebook_kb.notebook.walk import NOTE_SUFFIXES
from notebook_kb.workspace.evidence import evidence_of
from notebook_kb.workspace.workspace import Workspace

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from notebook_kb.findings import Finding
    from notebook_kb.model.edit import Edit
    from notebook_kb.model.evidence import Evidence
    from notebook_kb.model.note import Note
    from notebook_kb.notebook.load import Loaded
    from notebook_kb.notebook.notebook import Notebook

# what else decides what a note means: when one of these changes, everything is read anew
SETTINGS = frozenset({"notebook.yml", "roadmap.yml"})


class Session:
    """One opened notebook. Everything happens in one thread, so a snapshot is never half changed."""

    def __init__(self, root: Path) -> None:
        """Raises NotebookError when the notebook cannot be opened."""
        self.root = root
        self.buffers: dict[str, str] = {}
        self.own_words = NoteCache(None)
        self._evidence: tuple[Notebook, Evidence] | None = None
        self.open()

    def open(self) -> None:
        """Read settings, roadmap and notes from the disk, and lay the open texts over them."""
        self.workspace = Workspace(self.root)
        self.loaded: Loaded = self.workspace.load()
        for path, text in self.buffers.items():
            self.loaded = self.workspace.loader.overlay(self.loaded, path, text)

    @property
    def notebook(self) -> Notebook:
        """The snapshot of now."""
        return self.loaded.notebook

    def note(self, path: str) -> Note | None:
        """The note at a path."""
        return self.notebook.notes.get(path)

    def text(self, path: str) -> str | None:
        """A note's text as it is in the editor, else on disk."""
        return self.buffers.get(path, self.notebook.text_of(path))

    def is_note(self, path: str) -> bool:
        """Whether a file of this path is, or would be, a note."""
        if not path or not path.endswith(NOTE_SUFFIXES):
            return False
        folder = self.notebook.notes_folder
        inside = not folder or path.startswith(folder + "/")
        hidden = any(part.startswith(".") for part in path.split("/"))
        return path in self.notebook.notes or (inside and not hidden)

    # changes

    def put(self, path: str, text: str) -> set[str]:
        """The editor's text of a note; the notes whose findings may differ now."""
        self.buffers[path] = text
        before = self.notebook
        self.loaded = self.workspace.loader.overlay(self.loaded, path, text)
        return dependents(before, self.notebook, path)

    def drop(self, path: str) -> set[str]:
        """The editor closed a note: what is on disk counts again."""
        if self.buffers.pop(path, None) is None:
            return set()
        return self.reread(path)

    def reread(self, path: str) -> set[str]:
        """Read a note from the disk again, unless an editor holds it."""
        if path in self.buffers:
            return set()
        before = self.notebook
        if not (self.root / path).is_file():
            after, derived = before.without_note(path), {}
        else:
            entry = self.workspace.loader.read_note(path)
            if isinstance(entry, str):
                why = finding("KB109", entry, "save it as UTF-8 text, or move it away", path=path)
                after, derived = before.with_unreadable(path, why), {}
            else:
                after, derived = before.with_note(entry[0]), {path: entry[1]}
        self.loaded = replace(self.loaded, notebook=after, derived={**self.loaded.derived, **derived})
        return dependents(before, after, path)

    def changed_on_disk(self, paths: Iterable[str]) -> set[str] | None:
        """Files that changed beside the editor: the notes whose findings may differ; None where all may."""
        found: set[str] = set()
        for path in paths:
            if path in SETTINGS or path == self.workspace.settings.roadmap or path.startswith("sources/"):
                self.open()
                return None
            if self.is_note(path):
                found |= self.reread(path)
        return found

    # what is known

    @property
    def evidence(self) -> Evidence:
        """What is known of the notes besides their text, as it is in the editor."""
        if self._evidence is None or self._evidence[0] is not self.notebook:
            texts = lambda path: self.notebook.text_of(path) or ""  # noqa: E731 - one line, one use
            self._evidence = (self.notebook, evidence_of(self.notebook, texts, self.own_words))
        return self._evidence[1]

    def findings(self, path: str) -> list[Finding]:
        """The findings of one note."""
        return check_note(self.notebook, path, self.evidence)

    def after(self, path: str, edits: Iterable[Edit]) -> str:
        """A note's text with edits done."""
        return apply_edits(self.text(path) or "", edits)

    def missing_symbols(self, path: str, line: int) -> list[str]:
        """The symbols, as TeX, of the formula above a line that no row describes yet."""
        del path, line
        return []
