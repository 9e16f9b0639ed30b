"""Our edits as an editor's workspace edit, with files that move or are made where the editor can do that."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lsprotocol import types as lsp

from notebook_kb.lsp.positions import Positions
from notebook_kb.lsp.uris import uri_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from notebook_kb.lsp.session import Session
    from notebook_kb.model.edit import FileEdits, FileMove

    DocumentChange = lsp.TextDocumentEdit | lsp.CreateFile | lsp.RenameFile | lsp.DeleteFile


class EditMaker:
    """Makes workspace edits for one editor."""

    def __init__(
        self,
        session: Session,
        encoding: str,
        operations: frozenset[str],
        document: Callable[[str], tuple[str, int | None]],
        *,
        in_steps: bool,
    ) -> None:
        """`operations` are what the editor does with files (create, rename), `in_steps` whether it takes changes in
        order; `document` gives the address of a file by its path, and the version of an open one.
        """
        self.session = session
        self.encoding = encoding
        self.operations = operations
        self.document = document
        self.in_steps = in_steps

    def of_files(self, files: Iterable[FileEdits], moves: Iterable[FileMove] = ()) -> lsp.WorkspaceEdit:
        """Edits of several files, then the moves."""
        edits = {f.path: self.text_edits(f) for f in files}
        steps = [
            lsp.RenameFile(self.document(m.old)[0], uri_of(self.session.root, m.new))
            for m in moves
            if "rename" in self.operations
        ]
        if not self.in_steps:
            return lsp.WorkspaceEdit(changes={self.document(path)[0]: some for path, some in edits.items()})
        changes: list[DocumentChange] = [self.document_edit(path, some) for path, some in edits.items()]
        return lsp.WorkspaceEdit(document_changes=[*changes, *steps])

    def text_edits(self, file: FileEdits) -> list[lsp.TextEdit]:
        """The edits of one file."""
        positions = Positions(self.session.text(file.path) or self.session.raw_text(file.path), self.encoding)
        return [positions.edit(e) for e in file.edits]

    def document_edit(self, path: str, edits: list[lsp.TextEdit]) -> lsp.TextDocumentEdit:
        """The edits of one document; of the version that the editor shows, so that it refuses them for another."""
        uri, version = self.document(path)
        return lsp.TextDocumentEdit(lsp.OptionalVersionedTextDocumentIdentifier(uri, version), list(edits))

    def new_file(self, path: str, text: str) -> lsp.WorkspaceEdit:
        """A file that is made, with its text."""
        uri = uri_of(self.session.root, path)
        start = lsp.Position(0, 0)
        edit = lsp.TextEdit(lsp.Range(start, start), text)
        if not self.in_steps:
            return lsp.WorkspaceEdit(changes={uri: [edit]})
        change = lsp.TextDocumentEdit(lsp.OptionalVersionedTextDocumentIdentifier(uri, None), [edit])
        if "create" not in self.operations:
            return lsp.WorkspaceEdit(document_changes=[change])
        made = lsp.CreateFile(uri, options=lsp.CreateFileOptions(ignore_if_exists=True))
        return lsp.WorkspaceEdit(document_changes=[made, change])
