"""The language server: which notebook a file lies in, and the findings of what is open, told when the typing stops."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from lsprotocol import types as lsp
from pygls.lsp.server import LanguageServer

from notebook_kb import __version__
from notebook_kb.errors import NoNotebookError, NotebookError
from notebook_kb.findings import Severity
from notebook_kb.lsp.looking import Looker
from notebook_kb.lsp.positions import Positions
from notebook_kb.lsp.session import Session
from notebook_kb.lsp.uris import file_of, path_of, uri_of
from notebook_kb.lsp.workspace_edits import EditMaker
from notebook_kb.settings import find_root

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from notebook_kb.findings import Finding


# after the last key; long enough that fast typing is not interrupted, short enough to feel at once
PAUSE = 0.12
SEVERITIES = {
    Severity.ERROR: lsp.DiagnosticSeverity.Error,
    Severity.WARNING: lsp.DiagnosticSeverity.Warning,
    Severity.INFO: lsp.DiagnosticSeverity.Information,
}
SOURCE = "kb"


class NotebookServer(LanguageServer):
    """One server for all notebooks that the editor opens files of."""

    def __init__(self) -> None:
        # Whole texts: pygls counts lines as `str.splitlines` does, editors do not. After a U+2028 or a form feed, which come
        # with words pasted from web pages and PDFs, single changes would land in other lines.
        super().__init__("notebook-kb", __version__, text_document_sync_kind=lsp.TextDocumentSyncKind.Full)
        self.sessions: dict[Path, Session] = {}
        self.broken: dict[Path, str] = {}
        self.due: dict[tuple[Path, str], asyncio.TimerHandle] = {}
        self.told: set[tuple[Path, str]] = set()

    @property
    def watched(self) -> bool:
        """Whether the editor tells of files that change beside it, when it is asked to."""
        files = (
            self.client_capabilities.workspace and self.client_capabilities.workspace.did_change_watched_files
        )
        return bool(files and files.dynamic_registration)

    # which notebook

    @property
    def encoding(self) -> str:
        """The encoding of positions that was agreed on."""
        agreed = self.workspace.position_encoding
        return str(getattr(agreed, "value", agreed) or "utf-16")

    def session_of(self, uri: str) -> tuple[Session, str] | None:
        """(notebook, path in it) of a file; None for one outside of any notebook, or in one that cannot be opened."""
        file = file_of(uri)
        if file is None:
            return None
        try:
            root = find_root(file.parent)
        except NoNotebookError:
            return None
        session = self.sessions.get(root) or self.open(root)
        path = path_of(root, uri) if session else ""
        return (session, path) if session and path else None

    def open(self, root: Path) -> Session | None:
        """Open a notebook; what keeps it from opening is told once."""
        try:
            session = Session(root)
        except NotebookError as error:
            self.tell_broken(root, error)
            return None
        self.sessions[root] = session
        self.mended(root)
        return session

    def tell_broken(self, root: Path, error: NotebookError) -> None:
        """Say why a notebook cannot be opened: as a message, and at `notebook.yml`."""
        words = f"{error.message}\n{error.hint}".strip()
        if self.broken.get(root) == words:
            return
        self.broken[root] = words
        self.window_show_message(lsp.ShowMessageParams(lsp.MessageType.Error, f"kb: {words}"))
        start = lsp.Position(0, 0)
        diagnostic = lsp.Diagnostic(
            lsp.Range(start, start), words, severity=lsp.DiagnosticSeverity.Error, source=SOURCE
        )
        self.text_document_publish_diagnostics(
            lsp.PublishDiagnosticsParams(uri_of(root, "notebook.yml"), [diagnostic])
        )

    def mended(self, root: Path) -> None:
        """Take back what was said of a notebook that opens again."""
        if self.broken.pop(root, None) is not None:
            self.text_document_publish_diagnostics(
                lsp.PublishDiagnosticsParams(uri_of(root, "notebook.yml"), [])
            )

    def looker(self, session: Session) -> Looker:
        """Looks things up in this editor's positions."""
        return Looker(session, self.encoding)

    def positions(self, session: Session, path: str) -> Positions:
        """The positions of a note's text."""
        return Positions(session.text(path) or "", self.encoding)

    def edits(self, session: Session) -> EditMaker:
        """Makes edits that this editor understands."""
        workspace = self.client_capabilities.workspace
        edit = workspace.workspace_edit if workspace else None
        kinds = (edit.resource_operations if edit else None) or ()
        operations = frozenset(str(getattr(k, "value", k)) for k in kinds)

        return EditMaker(
            session,
            self.encoding,
            operations,
            lambda path: self.document(session, path),
            in_steps=edit is not None and bool(edit.document_changes or operations),
        )

    def document(self, session: Session, path: str) -> tuple[str, int | None]:
        """(address, version) of a file as the editor itself writes it; the version is None where it is not open."""
        for document in self.workspace.text_documents.values():
            if path_of(session.root, document.uri) == path:
                return document.uri, document.version
        return uri_of(session.root, path), None

    # findings

    def later(self, session: Session, paths: Iterable[str]) -> None:
        """Tell the findings of notes when the typing stops."""
        loop = asyncio.get_event_loop()
        for path in paths:
            if path not in session.buffers:
                continue
            key = (session.root, path)
            if key in self.due:
                self.due[key].cancel()
            self.due[key] = loop.call_later(PAUSE, self.publish, session, path)

    def publish(self, session: Session, path: str) -> None:
        """Tell the findings of one note now."""
        key = (session.root, path)
        self.due.pop(key, None)
        if path not in session.buffers or self.sessions.get(session.root) is not session:
            return
        positions = self.positions(session, path)
        self.told.add(key)
        self.send(session, path, [self.diagnostic(f, positions) for f in session.findings(path)])

    def forget(self, session: Session, path: str) -> None:
        """A closed note has no findings in the editor."""
        key = (session.root, path)
        timer = self.due.pop(key, None)
        if timer:
            timer.cancel()
        if key in self.told:
            self.told.discard(key)
            self.send(session, path, [])

    def send(self, session: Session, path: str, found: list[lsp.Diagnostic]) -> None:
        """Tell the editor the findings of a note, with the version of the text that they are about."""
        uri, version = self.document(session, path)
        self.text_document_publish_diagnostics(lsp.PublishDiagnosticsParams(uri, found, version))

    def diagnostic(self, one: Finding, positions: Positions) -> lsp.Diagnostic:
        """A finding as the editor shows it, with its cure."""
        message = f"{one.message}\n{one.hint}" if one.hint else one.message
        return lsp.Diagnostic(
            range=positions.range_of(one.line, one.column, one.end_line, one.end_column),
            message=message,
            severity=SEVERITIES[one.severity],
            code=one.code,
            source=SOURCE,
        )
