"""`kb lsp`: the language server, which editors start."""

from __future__ import annotations

import os

import click


@click.command(epilog="Example: kb lsp   (your editor runs it; the guide has its settings)")
def lsp() -> None:
    """Serve an editor: findings while you type, completion, links, renames.

    It speaks the Language Server Protocol on stdin and stdout, and it changes no file: the editor does. It needs
    the extra `lsp`: pipx install "notebook-kb[lsp]".
    """
    from notebook_kb.errors import UsageError

    try:
        from notebook_kb.lsp.features import server
    except ModuleNotFoundError as error:
        if (error.name or "").split(".")[0] not in {"pygls", "lsprotocol"}:
            raise
        raise UsageError(
            "the language server needs a library that is not here: pygls",
            'install it with the extra `lsp`: pipx install --force "notebook-kb[lsp]"',
        ) from error
    if os.isatty(0):
        from notebook_kb.cli.console import note

        note("kb lsp waits for an editor on stdin; the guide says how editors start it. Ctrl-C ends it.")
    # copies: the server closes what it was given, and the program still has an exit code to give
    server.start_io(os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb"))
