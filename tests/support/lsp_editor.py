"""An editor without a window: talks to the real server as VS Code, Neovim or Emacs say that they do, and applies its edits."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lsprotocol import types as lsp
from pygls import uris
from pytest_lsp import client_capabilities, make_test_lsp_client

if TYPE_CHECKING:
    from collections.abc import Coroutine

WAIT = 20.0


class Editor:
    """One editor with the notebook at `root` open. Columns given here are in characters from 0."""

    def __init__(self, root: Path, name: str) -> None:
        self.root = root
        self.loop = asyncio.new_event_loop()
        self.client = make_test_lsp_client()
        self.client.feature(lsp.CLIENT_REGISTER_CAPABILITY)(lambda _: None)
        # each one is kept: of two that come at once, waiting for the next one would miss the second
        self.told: dict[str, lsp.PublishDiagnosticsParams] = {}
        self.client.protocol.fm.features.pop(lsp.TEXT_DOCUMENT_PUBLISH_DIAGNOSTICS)
        self.news = asyncio.Event()
        self.client.feature(lsp.TEXT_DOCUMENT_PUBLISH_DIAGNOSTICS)(
            lambda params: self.keep(params)  # noqa: PLW0108 - pygls writes on what it is given
        )
        self.texts: dict[str, str] = {}
        self.versions: dict[str, int] = {}
        self.run(self.client.start_io(sys.executable, "-m", "notebook_kb", "lsp"))
        params = lsp.InitializeParams(
            capabilities=client_capabilities(name), root_uri=root.as_uri(), workspace_folders=None
        )
        self.server = self.run(self.client.initialize_session(params)).capabilities
        self.encoding = str(getattr(self.server.position_encoding, "value", self.server.position_encoding))

        sync = self.server.text_document_sync
        self.sync = getattr(sync, "change", sync)

    def run(self, what: Coroutine[Any, Any, Any]) -> Any:
        return self.loop.run_until_complete(asyncio.wait_for(what, WAIT))

    def operations(self) -> list[str]:
        """What the editor says that it does with files."""
        assert self.client.capabilities is not None
        workspace = self.client.capabilities.workspace
        edit = workspace.workspace_edit if workspace else None
        return [str(getattr(o, "value", o)) for o in (edit.resource_operations if edit else None) or ()]

    def close(self) -> None:
        self.run(self.client.shutdown_session())
        self.run(self.client.stop())  # type: ignore[no-untyped-call]
        self.loop.close()

    # texts

    def uri(self, path: str) -> str:
        return (self.root / path).as_uri()

    def document(self, path: str) -> lsp.TextDocumentIdentifier:
        return lsp.TextDocumentIdentifier(self.uri(path))

    def open(self, path: str, text: str | None = None) -> list[lsp.Diagnostic]:
        """Open a file, with a text that is not saved; its findings."""
        self.texts[path] = (self.root / path).read_bytes().decode() if text is None else text
        self.versions[path] = 1
        self.told.pop(self.uri(path), None)
        item = lsp.TextDocumentItem(self.uri(path), "markdown", 1, self.texts[path])
        self.client.text_document_did_open(lsp.DidOpenTextDocumentParams(item))
        return self.findings(path)

    def replace(self, path: str, line: int, first: int, last: int, new: str) -> list[lsp.Diagnostic]:
        """Type over characters of a line; the findings then."""
        span = lsp.Range(self.position(path, line, first), self.position(path, line, last))
        lines = self.texts[path].split("\n")
        lines[line] = lines[line][:first] + new + lines[line][last:]
        self.texts[path] = "\n".join(lines)
        self.versions[path] += 1
        self.client.text_document_did_change(
            lsp.DidChangeTextDocumentParams(
                lsp.VersionedTextDocumentIdentifier(self.versions[path], self.uri(path)),
                [self.change(path, span, new)],
            )
        )
        return self.findings(path)

    def change(self, path: str, span: lsp.Range, new: str) -> lsp.TextDocumentContentChangeEvent:
        """A change as the server asks for it: the part that changed, or the whole text."""
        if self.sync is lsp.TextDocumentSyncKind.Full:
            return lsp.TextDocumentContentChangeWholeDocument(self.texts[path])
        return lsp.TextDocumentContentChangePartial(range=span, text=new)

    def findings(self, path: str) -> list[lsp.Diagnostic]:
        """The findings that the server tells of the text as it is now."""
        uri, version = self.uri(path), self.versions[path]

        async def wait() -> list[lsp.Diagnostic]:
            while True:
                self.news.clear()
                found = self.told.get(uri)
                if found and found.version == version:
                    return list(found.diagnostics)
                await self.news.wait()

        return list(self.run(wait()))

    def keep(self, params: lsp.PublishDiagnosticsParams) -> None:
        """Remember what the server told last of a file."""
        self.told[params.uri] = params
        self.news.set()

    # positions

    def position(self, path: str, line: int, column: int) -> lsp.Position:
        """In the units that were agreed on."""
        before = self.texts[path].split("\n")[line][:column]
        return lsp.Position(line, len(units(before, self.encoding)))

    def place(self, path: str, words: str, offset: int = 0) -> lsp.Position:
        """Where words stand for the first time, and some characters on."""
        at = self.texts[path].index(words)
        line = self.texts[path].count("\n", 0, at)
        start = self.texts[path].rfind("\n", 0, at) + 1
        return self.position(path, line, at - start + offset)

    def at(self, path: str, span: lsp.Range) -> str:
        """The words in a range of an open file."""
        return cut(self.text(path), span, self.encoding)

    def text(self, path: str) -> str:
        """The text of a file as it is in the editor, else on disk."""
        return self.texts[path] if path in self.texts else (self.root / path).read_bytes().decode()

    # edits

    def applied(self, edit: lsp.WorkspaceEdit | None) -> dict[str, str]:
        """Path → text of every file that an edit changes, makes or moves, as it is then."""
        assert edit is not None
        files: dict[str, str] = {}
        for change in edit.document_changes or ():
            if isinstance(change, lsp.TextDocumentEdit):
                path = self.path(change.text_document.uri)
                files[path] = edited(files.get(path, self.maybe(path)), list(change.edits), self.encoding)
            elif isinstance(change, lsp.CreateFile):
                files[self.path(change.uri)] = ""
            elif isinstance(change, lsp.RenameFile):
                old = self.path(change.old_uri)
                files[self.path(change.new_uri)] = files.pop(old, self.maybe(old))
        for uri, edits in (edit.changes or {}).items():
            files[self.path(uri)] = edited(self.maybe(self.path(uri)), list(edits), self.encoding)
        return files

    def maybe(self, path: str) -> str:
        return self.text(path) if path in self.texts or (self.root / path).exists() else ""

    def path(self, uri: str) -> str:
        return Path(uris.to_fs_path(uri) or "").relative_to(self.root).as_posix()


WIDTHS = {"utf-8": 1, "utf-16": 2, "utf-32": 4}


def codec(encoding: str) -> str:
    return encoding if encoding == "utf-8" else f"{encoding}-le"


def units(text: str, encoding: str) -> list[bytes]:
    """The code units of a text."""
    raw, width = text.encode(codec(encoding)), WIDTHS[encoding]
    return [raw[i : i + width] for i in range(0, len(raw), width)]


def offset(text: str, position: lsp.Position, encoding: str) -> int:
    """The index in code units of a position."""
    lines = text.split("\n")
    before = "".join(line + "\n" for line in lines[: position.line])
    return len(units(before, encoding)) + position.character


def cut(text: str, span: lsp.Range, encoding: str) -> str:
    found = units(text, encoding)[offset(text, span.start, encoding) : offset(text, span.end, encoding)]
    return b"".join(found).decode(codec(encoding))


def edited(text: str, edits: list[Any], encoding: str) -> str:
    """A text with edits done, from the last to the first, as the protocol says."""
    whole = units(text, encoding)
    starts = [offset(text, e.range.start, encoding) for e in edits]
    for number in sorted(range(len(edits)), key=lambda n: (starts[n], n), reverse=True):
        edit = edits[number]
        whole[starts[number] : offset(text, edit.range.end, encoding)] = units(edit.new_text, encoding)
    return b"".join(whole).decode(codec(encoding))
