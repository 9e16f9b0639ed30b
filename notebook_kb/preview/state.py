"""The snapshot that the preview shows, and how a change on disk makes the next one. Only changed notes are read."""

from __future__ import annotations

import os
import threading
from dataclasses import dataclass, fields, replace
from typing import TYPE_CHECKING, Any

from notebook_kb.checking.silence import judged
from notebook_kb.findings import Severity, finding
from notebook_kb.model.note import Note
from notebook_kb.notebook.load import Loaded, today_in
from notebook_kb.notebook.walk import walk
from notebook_kb.parsing.roadmap_check import roadmap_findings
from notebook_kb.preview.problems import from_error, scrub
from notebook_kb.preview.tree import NOTHING, Kind, Tree, signature
from notebook_kb.preview.view import View
from notebook_kb.workspace.findings import all_findings
from notebook_kb.workspace.known import log_signature
from notebook_kb.workspace.workspace import Workspace

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from notebook_kb.findings import Finding
    from notebook_kb.preview.problems import Problem

# a head that cannot be read says nothing: the note keeps the last one that could
BROKEN_HEAD = frozenset({"KB101", "KB102", "KB105"})
HEAD_FIELDS = frozenset(f.name for f in fields(Note)) - frozenset(
    {
        *("path", "digest", "publish", "draft", "unclear", "lead", "sections", "references", "formulas"),
        *("cards", "anchors", "hidden_anchors", "outline", "text_tags", "hidden_tags", "loose_words"),
        *("listed", "code_key", "silences", "findings", "body_line"),
    }
)


@dataclass(frozen=True, slots=True)
class Change:
    """What a change on disk did: the pages that show it first, and what the browser has to do.

    `kind` is '' (nothing), page, css or reload; `unsure` are files that are missing or empty just now, which may be
    the middle of a save; `paths` are the notes that changed.
    """

    kind: str = ""
    urls: tuple[str, ...] = ()
    unsure: frozenset[str] = frozenset()
    paths: tuple[str, ...] = ()


class State:
    """The notebook as it was last good, with both views of it."""

    def __init__(self, root: Path, today: str = "") -> None:
        """Raises NotebookError when the notebook cannot be opened at all."""
        self.root = root
        self.given_today = today
        self.lock = threading.RLock()
        self.version = 1
        self.problem: Problem | None = None
        self.findings: tuple[Finding, ...] | None = None
        # notes that changed since all findings were looked for
        self.stale: set[str] = set()
        self.open()

    def open(self) -> None:
        """Read everything: settings, roadmap, theme, notes."""
        workspace = Workspace(self.root, self.given_today)
        tree = Tree(self.root, workspace.settings)
        tree.look()
        loaded = workspace.load()
        self.workspace = workspace
        self.tree = tree
        self.walk_findings = tuple(f for f in loaded.notebook.findings if f.code != "KB109")
        self.unreadable = {f.path: f for f in loaded.notebook.findings if f.code == "KB109"}
        self.held: frozenset[str] = frozenset()
        self.show(loaded)

    def show(self, loaded: Loaded) -> None:
        """Make this snapshot the one that is shown."""
        self.loaded = loaded
        self.log = log_signature(self.root, self.workspace.settings)
        shown_to_all = loaded
        if self.held:
            kept = {p: n for p, n in loaded.notebook.notes.items() if p not in self.held}
            shown_to_all = replace(loaded, notebook=replace(loaded.notebook, notes=kept))
        self.everything = View(self.workspace, loaded, public=False)
        self.published = View(self.workspace, shown_to_all, public=True)

    def notice_answers(self) -> None:
        """Show what is known anew if anything was answered since, here or in a terminal."""
        if log_signature(self.root, self.workspace.settings) != self.log:
            self.show(self.loaded)

    def view(self, *, public: bool) -> View:
        """One of the two views."""
        return self.published if public else self.everything

    # changes

    def apply(self, paths: Iterable[str], *, sure: bool = True) -> Change:
        """Read again what changed among `paths`. With `sure` a missing file is gone, else it may come back."""
        with self.lock:
            kinds: dict[Kind, set[str]] = {}
            for path in paths:
                kinds.setdefault(self.tree.kind(path), set()).add(path)
            if {p for p in kinds.get(Kind.SETTINGS, ()) if self.tree.changed(p)}:
                return self.reopen()
            theme = {p for p in kinds.get(Kind.THEME, ()) if self.tree.changed(p)}
            notes = kinds.get(Kind.NOTE, set())
            files = {p for p in kinds.get(Kind.FILE, ()) if self.tree.changed(p)}
            shown = {*self.everything.files.values()} if files else set()
            change = self.read_notes(notes, sure=sure, look=bool(files))
            if files & shown:
                change = replace(change, kind="reload", urls=("*",))
            evidence = (*kinds.get(Kind.RESULT, ()), *kinds.get(Kind.SOURCE, ()))
            if [p for p in evidence if self.tree.changed(p)]:
                self.workspace.forget_evidence()
                self.show(self.loaded)
                change = replace(change, kind=change.kind or "page", urls=("*",))
            if {p for p in kinds.get(Kind.LEDGER, ()) if self.tree.changed(p)}:
                # pages name the copies elsewhere, the dashboard says how they stand
                self.show(self.loaded)
                change = replace(change, kind=change.kind or "page", urls=("*",))
            if theme:
                self.take_theme(theme)
                css = all(p.endswith(".css") for p in theme) and not change.kind
                change = replace(change, kind="css" if css else "reload", urls=("*",))
            if change.kind:
                self.version += 1
            return change

    def take_theme(self, paths: set[str]) -> None:
        """Take the changed templates and static files."""
        if all("/static/" in p for p in paths):
            self.workspace.theme.__dict__.pop("static", None)
        else:
            self.workspace.__dict__.pop("theme", None)
        self.show(self.loaded)

    def reopen(self) -> Change:
        """Settings or roadmap changed: begin anew; where they are wrong the last good notebook stays."""
        self.version += 1
        before = self.problem
        try:
            self.open()
        except Exception as error:  # noqa: BLE001 - the preview goes on with the last good notebook
            self.problem = from_error(error, self.root)
            self.show(self.loaded)
            return Change("page", ("*",))
        self.problem = None
        self.findings = None
        return Change("page" if before else "reload", ("*",))

    def read_notes(self, paths: set[str], *, sure: bool, look: bool) -> Change:
        """Read the notes among the changed files, and look through the folders where files came or went."""
        notes = dict(self.loaded.notebook.notes)
        derived: dict[str, Mapping[str, Any]] = dict(self.loaded.derived)
        unsure: set[str] = set()
        changed: list[str] = []
        before = {p: u for p in paths if (u := self.everything.url_of(p))}
        for path in sorted(paths):
            if not sure and not self.tree.whole(path):
                unsure.add(path)
                continue
            known = path in notes or path in self.unreadable
            if not known or not (self.root / path).is_file():
                look = True
                continue
            if self.read_note(path, notes, derived):
                changed.append(path)
        files, gone_or_new = self.loaded.notebook.files, list[str]()
        if look:
            files, gone_or_new = self.look(notes, derived, unsure)
        touched = [*changed, *gone_or_new]
        if (
            not touched
            and files == self.loaded.notebook.files
            and self.own_findings == self.loaded.notebook.findings
        ):
            return Change(unsure=frozenset(unsure))
        self.stale.update(touched)
        self.replace_notes(notes, derived, files)
        urls = {u for p in touched for u in (before.get(p, ""), self.everything.url_of(p)) if u}
        return Change("page", tuple(sorted(urls)), frozenset(unsure), tuple(touched))

    def read_note(self, path: str, notes: dict[str, Note], derived: dict[str, Mapping[str, Any]]) -> bool:
        """Read one note into the tables; False when it is the same as before."""
        self.tree.note(path, signature(self.root / path))
        entry = self.workspace.loader.read_note(path)
        if isinstance(entry, str):
            message = scrub(entry, self.root)
            same = path in self.unreadable and self.unreadable[path].message == message
            # the last text that could be read stays on its page, with the reason over it
            self.unreadable[path] = finding(
                "KB109", message, "save it as UTF-8 text, or move it away", path=path
            )
            if path in notes:
                self.held |= {path}
            return not same
        note, made, _ = entry
        old = notes.get(path)
        if old and old.digest == note.digest and path not in self.unreadable:
            return False
        self.unreadable.pop(path, None)
        self.held -= {path}
        if old and any(f.code in BROKEN_HEAD for f in note.findings):
            note = replace(note, **{name: getattr(old, name) for name in HEAD_FIELDS})
            self.held |= {path}
        notes[path], derived[path] = note, made
        return True

    def look(
        self, notes: dict[str, Note], derived: dict[str, Mapping[str, Any]], unsure: set[str]
    ) -> tuple[tuple[str, ...], list[str]]:
        """(attachments, notes that came or went) after a look through the folders."""
        walked = walk(self.root, self.workspace.settings)
        self.walk_findings = (*walked.findings, *roadmap_findings(self.workspace.loader.roadmap))
        new = [p for p in walked.notes if p not in notes and p not in unsure]
        touched = [p for p in new if self.read_note(p, notes, derived)]
        present = {*walked.notes, *unsure}
        for path in [p for p in notes if p not in present]:
            del notes[path]
            derived.pop(path, None)
            self.tree.note(path, NOTHING)
            self.held -= {path}
            touched.append(path)
        for path in [p for p in self.unreadable if p not in present]:
            del self.unreadable[path]
        return walked.files, touched

    def replace_notes(
        self, notes: dict[str, Note], derived: dict[str, Mapping[str, Any]], files: tuple[str, ...]
    ) -> None:
        """Show a snapshot with these notes."""
        epoch = os.environ.get("SOURCE_DATE_EPOCH", "")
        today = today_in(self.workspace.settings, self.given_today, epoch)
        self.workspace.today = today
        notebook = replace(
            self.loaded.notebook,
            today=today,
            notes={p: notes[p] for p in sorted(notes)},
            files=files,
            findings=self.own_findings,
            unreadable=tuple(sorted(self.unreadable)),
        )
        self.show(Loaded(notebook, derived, 0))

    @property
    def own_findings(self) -> tuple[Finding, ...]:
        """What the look through the folders found, and the files that cannot be read."""
        return (*self.walk_findings, *(self.unreadable[p] for p in sorted(self.unreadable)))

    def rescan(self) -> set[str]:
        """The files that are not as they were when they were last read."""
        with self.lock:
            return self.tree.look()

    # what is wrong

    def settle(self) -> bool:
        """Find all that is wrong, after the saved page was shown; True when it is not what was known before."""
        loaded, workspace = self.loaded, self.workspace
        found = tuple(all_findings(workspace, loaded))
        with self.lock:
            if self.loaded is not loaded:
                return False
            same = found == self.findings
            self.findings = found
            self.stale.clear()
            if not same:
                self.version += 1
                self.everything.rendered.clear()
                self.published.rendered.clear()
            return not same

    def errors(self) -> tuple[Finding, ...]:
        """All errors that are known. What takes a look at the whole notebook is known a moment after a save."""
        notebook = self.loaded.notebook
        own = [f for n in notebook.notes.values() for f in n.findings]
        now = judged(notebook, [*notebook.findings, *own]).shown
        seen = set(now)
        older = [f for f in self.findings or () if f not in seen and f.path not in self.stale]
        return tuple(f for f in (*now, *older) if f.severity is Severity.ERROR)

    def close(self) -> None:
        """Remember what was derived."""
        with self.lock:
            self.workspace.loader.cache.save(set(self.loaded.notebook.notes) | set(self.unreadable))
