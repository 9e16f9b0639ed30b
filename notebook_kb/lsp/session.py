"""One notebook as an editor sees it: what is on disk, with the texts that are not saved yet laid over it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from notebook_kb.errors import EnvironmentFailedError
from notebook_kb.files.read import decode, read_file
from notebook_kb.learning.symbols import formula_states
from notebook_kb.notebook.walk import FILE, NOTE, read_as
from notebook_kb.parsing.symbols import key_text
from notebook_kb.parsing.tex import TexConverter
from notebook_kb.parsing.typed_signs import sign_for, typed_signs
from notebook_kb.rendering.unicode_math import unicode_math
from notebook_kb.workspace.findings import dependents, findings_of
from notebook_kb.workspace.known import due_by_note
from notebook_kb.workspace.workspace import Workspace

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from pathlib import Path

    from notebook_kb.findings import Finding
    from notebook_kb.model.evidence import Evidence
    from notebook_kb.model.note import Formula, Note, Reference
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
        self._due: dict[str, int] | None = None
        self.open()

    def open(self) -> None:
        """Read settings, roadmap and notes from the disk, and lay the open texts over them."""
        self.workspace = Workspace(self.root)
        self.loaded: Loaded = self.workspace.load()
        self._due = None
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
        return path in self.notebook.notes or read_as(path, self.workspace.settings) == NOTE

    # changes

    def put(self, path: str, text: str) -> set[str]:
        """The editor's text of a note; the notes whose findings may differ now."""
        text = text.encode("utf-8", "replace").decode("utf-8")  # half of a character pair is no text
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
        self.loaded = self.workspace.loader.refresh(self.loaded, path)
        return dependents(before, self.notebook, path)

    def changed_on_disk(self, paths: Collection[str]) -> set[str] | None:
        """Files that changed beside the editor: the notes whose findings may differ; None where all may."""
        found: set[str] = set()
        for path in paths:
            if path in SETTINGS or path == self.workspace.settings.roadmap or path.startswith("sources/"):
                self.open()
                return None
            if self.is_note(path):
                found |= self.reread(path)
        if any(read_as(path, self.workspace.settings) == FILE for path in paths) and self.look_for_files():
            return None
        return found

    def look_for_files(self) -> bool:
        """Learn which pictures and other attachments there are now; whether that is not what was known."""
        before = self.loaded
        self.loaded = self.workspace.loader.with_files(self.loaded)
        return self.loaded is not before

    def as_moved(self, moves: Mapping[str, str]) -> Notebook:
        """The notebook as it is behind moves in an editor: a text that is not saved yet may still be that of the old path."""
        loaded = self.loaded
        for old, new in moves.items():
            if old in self.buffers and new not in self.buffers:
                loaded = self.workspace.loader.overlay(loaded, new, self.buffers[old])
        notebook = loaded.notebook
        for old in set(moves) - set(moves.values()):
            notebook = notebook.without_note(old)
        return notebook

    # what is known

    def evidence(self, path: str) -> Evidence:
        """What is known of a note besides its text, as it is in the editor."""
        return self.workspace.evidence_for(self.loaded, path)

    def findings(self, path: str) -> list[Finding]:
        """The findings of one note."""
        return findings_of(self.workspace, self.loaded, path)

    def links_to(self, path: str) -> list[tuple[str, Reference]]:
        """(path of the note, link) of every link to a note, by path and place."""
        return [(b.note.path, b.reference) for b in self.notebook.backlinks.get(path, ())]

    def formula_at(self, path: str, line: int, column: int) -> tuple[str, tuple[int, int, int, int]] | None:
        """(a formula in plain signs with the words of its symbols, its place); None where none stands there."""
        note = self.note(path)
        for formula in note.formulas if note else ():
            p = formula.place
            last = p.end_line or p.line
            inside = (
                p.line < line < last or (p.line == line and p.column - 1 <= column) or (p.line < line == last)
            )
            if p.line <= line <= last and inside and (last > p.line or column <= p.end_column + 1):
                words = self.in_words(note, formula) if note else ""
                return words, (p.line, p.column, last, p.end_column)
        return None

    def in_words(self, note: Note, formula: Formula) -> str:
        """A formula as plain signs, how it is read aloud, and what its symbols mean."""
        result = self.tex(note).convert(formula.tex, display=formula.display)
        if result.error:
            return result.error.message
        parts = [f"`{unicode_math(result.mathml)}`"]
        states = {s.formula.place.line: s for s in formula_states(self.notebook, note)}
        state = states.get(formula.place.line) if formula.display else None
        if state:
            parts += [state.formula.aloud] if state.formula.aloud else []
            rows = [f"- {key_text(k)}: {w.words}" for k, w in state.described.items()]
            rows += [f"- {key_text(k)}: *no words yet*" for k in state.missing]
            parts.append("\n".join(rows))
        return "\n\n".join(p for p in parts if p)

    def tex(self, note: Note) -> TexConverter:
        """The converter with the macros of the notebook and a note."""
        return TexConverter({**self.workspace.settings.macros, **note.macros})

    def missing_symbols(self, path: str, line: int) -> list[str]:
        """The symbols, as TeX, of the nearest formula above a line that no row describes yet."""
        note = self.note(path)
        above = (
            [s for s in formula_states(self.notebook, note) if s.formula.place.line < line] if note else []
        )
        if not note or not above:
            return []
        typed = typed_signs(above[-1].formula.tex, self.tex(note))
        return [sign_for(key, typed) for key in above[-1].missing]

    def cards_due(self, path: str) -> int:
        """How many cards of a note are due today."""
        if self._due is None:
            self._due = due_by_note(self.root, self.notebook)
        return self._due.get(path, 0)

    def raw_text(self, path: str) -> str:
        """The text of any file of the notebook, such as roadmap.yml; '' where it cannot be read."""
        if path in self.buffers:
            return self.buffers[path]
        try:
            return decode(read_file(self.root / path).data)[0]
        except EnvironmentFailedError:
            return ""
