"""What an editor asks, answered from the notebook that the file lies in. The module makes the server."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

from lsprotocol import types as lsp
from pygls.exceptions import JsonRpcInvalidRequest

from notebook_kb.errors import NotebookError
from notebook_kb.lsp.actions import FIX_ALL, Actions
from notebook_kb.lsp.completion import TRIGGERS, Completer
from notebook_kb.lsp.renaming import Renamer
from notebook_kb.lsp.server import NotebookServer
from notebook_kb.lsp.uris import uri_of
from notebook_kb.notebook.walk import ATTACHMENTS, NOTE_SUFFIXES
from notebook_kb.workspace.renaming_follow import follow_moves

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from notebook_kb.lsp.session import Session

server = NotebookServer()


class PositionParams(Protocol):
    """What a request about a place says."""

    text_document: lsp.TextDocumentIdentifier
    position: lsp.Position


# --- documents


@server.feature(lsp.TEXT_DOCUMENT_DID_OPEN)
def did_open(ls: NotebookServer, params: lsp.DidOpenTextDocumentParams) -> None:
    """A note was opened: its text counts from now on."""
    take(ls, params.text_document.uri)


@server.feature(lsp.TEXT_DOCUMENT_DID_CHANGE)
def did_change(ls: NotebookServer, params: lsp.DidChangeTextDocumentParams) -> None:
    """A note's text changed."""
    take(ls, params.text_document.uri)


def take(ls: NotebookServer, uri: str) -> None:
    """Lay a document's text over the notebook."""
    found = ls.session_of(uri)
    if found and found[0].is_note(found[1]):
        session, path = found
        ls.later(session, {path, *session.put(path, ls.workspace.get_text_document(uri).source)})


@server.feature(lsp.TEXT_DOCUMENT_DID_CLOSE)
def did_close(ls: NotebookServer, params: lsp.DidCloseTextDocumentParams) -> None:
    """A note was closed: what is on disk counts again."""
    found = ls.session_of(params.text_document.uri)
    if found:
        session, path = found
        ls.forget(session, path)
        ls.later(session, session.drop(path))


@server.feature(lsp.TEXT_DOCUMENT_DID_SAVE)
def did_save(ls: NotebookServer, params: lsp.DidSaveTextDocumentParams) -> None:
    """Settings and the roadmap count when they are saved."""
    on_disk(ls, [params.text_document.uri])
    found = None if ls.watched else ls.session_of(params.text_document.uri)
    if found and found[0].look_for_files():  # a picture that was put in: nobody told of it
        ls.later(found[0], found[0].buffers)


@server.feature(lsp.WORKSPACE_DID_CHANGE_WATCHED_FILES)
def did_change_files(ls: NotebookServer, params: lsp.DidChangeWatchedFilesParams) -> None:
    """Files changed beside the editor."""
    on_disk(ls, [c.uri for c in params.changes])


def on_disk(ls: NotebookServer, uris: Iterable[str]) -> None:
    """Read files again, and tell what that changes."""
    by_root: dict[Path, list[str]] = {}
    for uri in uris:
        found = ls.session_of(uri)
        if found:
            by_root.setdefault(found[0].root, []).append(found[1])
    for root, paths in by_root.items():
        session = ls.sessions[root]
        try:
            touched = session.changed_on_disk(paths)
        except NotebookError as error:
            ls.tell_broken(root, error)
            continue
        ls.mended(root)
        ls.later(session, session.buffers if touched is None else touched)


@server.feature(lsp.INITIALIZED)
def initialized(ls: NotebookServer, _: lsp.InitializedParams) -> None:
    """Ask the editor to tell of changes beside it, where it can."""
    if ls.watched:
        endings = ",".join(sorted(e.lstrip(".") for e in (*NOTE_SUFFIXES, *ATTACHMENTS, ".yml", ".yaml")))
        watchers = [lsp.FileSystemWatcher(f"**/*.{{{endings}}}")]
        options = lsp.DidChangeWatchedFilesRegistrationOptions(watchers)
        registration = lsp.Registration("kb-files", lsp.WORKSPACE_DID_CHANGE_WATCHED_FILES, options)
        ls.client_register_capability(lsp.RegistrationParams([registration]))


# --- what is asked


def place_of(ls: NotebookServer, params: PositionParams) -> tuple[Session, str, int, int] | None:
    """(notebook, path, line, column) of a request; None outside of notebooks."""
    found = ls.session_of(params.text_document.uri)
    if not found or not found[0].is_note(found[1]):
        return None
    session, path = found
    return session, path, *ls.positions(session, path).from_client(params.position)


@server.feature(lsp.TEXT_DOCUMENT_COMPLETION, lsp.CompletionOptions(trigger_characters=list(TRIGGERS)))
def completion(ls: NotebookServer, params: lsp.CompletionParams) -> lsp.CompletionList | None:
    """What can come next."""
    found = place_of(ls, params)
    if not found:
        return None
    session, path, line, column = found
    completer = Completer(session, path, ls.positions(session, path), line, column)
    items = completer.items()
    return lsp.CompletionList(is_incomplete=completer.incomplete, items=items)


@server.feature(lsp.TEXT_DOCUMENT_HOVER)
def hover(ls: NotebookServer, params: lsp.HoverParams) -> lsp.Hover | None:
    """A linked note, or a formula in words."""
    found = place_of(ls, params)
    return ls.looker(found[0]).hover(*found[1:]) if found else None


@server.feature(lsp.TEXT_DOCUMENT_DEFINITION)
def definition(ls: NotebookServer, params: lsp.DefinitionParams) -> lsp.Location | None:
    """Where a link leads."""
    found = place_of(ls, params)
    return ls.looker(found[0]).definition(*found[1:]) if found else None


@server.feature(lsp.TEXT_DOCUMENT_REFERENCES)
def references(ls: NotebookServer, params: lsp.ReferenceParams) -> list[lsp.Location]:
    """Who links here."""
    found = place_of(ls, params)
    return ls.looker(found[0]).references(*found[1:]) if found else []


@server.feature(lsp.TEXT_DOCUMENT_DOCUMENT_LINK)
def document_link(ls: NotebookServer, params: lsp.DocumentLinkParams) -> list[lsp.DocumentLink]:
    """All links of a note."""
    found = ls.session_of(params.text_document.uri)
    return ls.looker(found[0]).document_links(found[1]) if found else []


@server.feature(lsp.TEXT_DOCUMENT_DOCUMENT_SYMBOL)
def document_symbol(ls: NotebookServer, params: lsp.DocumentSymbolParams) -> list[lsp.DocumentSymbol]:
    """The headings of a note."""
    found = ls.session_of(params.text_document.uri)
    return ls.looker(found[0]).document_symbols(found[1]) if found else []


@server.feature(lsp.WORKSPACE_SYMBOL)
def workspace_symbol(ls: NotebookServer, params: lsp.WorkspaceSymbolParams) -> list[lsp.WorkspaceSymbol]:
    """Notes by name."""
    return [s for session in ls.sessions.values() for s in ls.looker(session).workspace_symbols(params.query)]


@server.feature(lsp.TEXT_DOCUMENT_CODE_LENS)
def code_lens(ls: NotebookServer, params: lsp.CodeLensParams) -> list[lsp.CodeLens]:
    """How a concept stands, on the title."""
    found = ls.session_of(params.text_document.uri)
    return list(ls.looker(found[0]).lenses(found[1])) if found else []


@server.feature(lsp.TEXT_DOCUMENT_INLAY_HINT)
def inlay_hint(ls: NotebookServer, params: lsp.InlayHintParams) -> list[lsp.InlayHint]:
    """Titles behind ids."""
    found = ls.session_of(params.text_document.uri)
    if not found:
        return []
    first, last = params.range.start.line + 1, params.range.end.line + 1
    return list(ls.looker(found[0]).hints(found[1], first, last))


@server.feature(
    lsp.TEXT_DOCUMENT_CODE_ACTION,
    lsp.CodeActionOptions(
        code_action_kinds=[lsp.CodeActionKind.QuickFix, lsp.CodeActionKind.Refactor, FIX_ALL]
    ),
)
def code_action(ls: NotebookServer, params: lsp.CodeActionParams) -> list[lsp.CodeAction]:
    """What can be done here."""
    found = ls.session_of(params.text_document.uri)
    if not found:
        return []
    session, path = found
    positions = ls.positions(session, path)
    line, column = positions.from_client(params.range.start)
    last, _ = positions.from_client(params.range.end)
    actions = Actions(session, ls.looker(session), ls.edits(session), path)
    return actions.at(line, column, last, params.context.diagnostics, params.context.only or ())


# --- renames


@server.feature(lsp.TEXT_DOCUMENT_PREPARE_RENAME)
def prepare_rename(ls: NotebookServer, params: lsp.PrepareRenameParams) -> Any:
    """What would be renamed."""
    found = place_of(ls, params)
    subject = Renamer(found[0]).subject(*found[1:]) if found else None
    if not found or not subject:
        return None
    span = ls.positions(found[0], found[1]).range_of(
        subject.line, subject.column, subject.line, subject.end_column
    )
    return lsp.PrepareRenamePlaceholder(span, subject.words)


@server.feature(lsp.TEXT_DOCUMENT_RENAME, lsp.RenameOptions(prepare_provider=True))
def rename(ls: NotebookServer, params: lsp.RenameParams) -> lsp.WorkspaceEdit | None:
    """Other words for a heading or note, with every link that leads there."""
    found = place_of(ls, params)
    subject = Renamer(found[0]).subject(*found[1:]) if found else None
    if not found or not subject:
        return None
    maker = ls.edits(found[0])
    if not subject.heading and "rename" not in maker.operations:
        raise JsonRpcInvalidRequest("this editor does not move files for a server: use `kb rename`")
    try:
        done = Renamer(found[0]).rename(subject, params.new_name)
    except NotebookError as error:
        raise JsonRpcInvalidRequest(
            f"{error.message} ({error.hint})" if error.hint else error.message
        ) from error
    tell(ls, done.remarks)
    return maker.of_files(done.edits, done.moves)


def tell(ls: NotebookServer, remarks: Iterable[str], kind: lsp.MessageType = lsp.MessageType.Info) -> None:
    """What a person should know of a renaming."""
    for remark in remarks:
        ls.window_show_message(lsp.ShowMessageParams(kind, f"kb: {remark}"))


FILES = lsp.FileOperationRegistrationOptions(
    [lsp.FileOperationFilter(lsp.FileOperationPattern("**/*"), scheme="file")]
)


@server.feature(lsp.WORKSPACE_WILL_RENAME_FILES, FILES)
def will_rename_files(ls: NotebookServer, params: lsp.RenameFilesParams) -> lsp.WorkspaceEdit | None:
    """The editor is about to move files: the edits that keep all links."""
    for file in params.files:
        found = ls.session_of(file.old_uri)
        if not found:
            continue
        session = found[0]
        moves = Renamer(session).moves_of(params.files)
        try:
            done = Renamer(session).files(moves)
        except NotebookError as error:
            tell(ls, [f"links were not changed: {error.message}"], lsp.MessageType.Warning)
            return None
        tell(ls, done.remarks)
        return ls.edits(session).of_files(done.edits)
    return None


@server.feature(lsp.WORKSPACE_DID_RENAME_FILES, FILES)
def did_rename_files(ls: NotebookServer, params: lsp.RenameFilesParams) -> None:
    """The files are where they were to go: history, results and copies elsewhere follow."""
    moved: dict[Path, dict[str, str]] = {}
    for file in params.files:
        found = ls.session_of(file.old_uri)
        if found:
            moves = Renamer(found[0]).moves_of([file])
            moved.setdefault(found[0].root, {}).update({m.old: m.new for m in moves})
    for root, table in moved.items():
        session = ls.sessions[root]
        before = session.notebook
        on_disk(ls, [uri_of(root, path) for pair in table.items() for path in pair])
        try:
            remarks = follow_moves(session.workspace, before, session.as_moved(table), table)
        except NotebookError as error:
            remarks = [error.message]
        tell(ls, remarks, lsp.MessageType.Warning)
