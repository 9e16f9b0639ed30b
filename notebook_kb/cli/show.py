"""`kb show`."""

from __future__ import annotations

import click

from notebook_kb.cli import names


@click.command(epilog="Example: kb show rank")
@click.argument("name", shell_complete=names.notes)
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
def show(name: str, as_json: bool) -> None:
    """Show the note NAME as text, with how each heading was read."""
    from notebook_kb.cli.console import clean, emit_json, say, style
    from notebook_kb.files.read import decode, read_file
    from notebook_kb.model.edit import split_lines
    from notebook_kb.workspace.authoring import find_note
    from notebook_kb.workspace.reading import read_as
    from notebook_kb.workspace.workspace import Workspace

    workspace = Workspace.open()
    notebook = workspace.load().notebook
    found = find_note(notebook, name)
    text, _ = decode(read_file(workspace.root / found.path).data)
    if as_json:
        parts = [
            {"heading": s.heading, "read_as": words, "words": s.words, "line": s.place.line}
            for s, words in read_as(notebook, found)
        ]
        emit_json(
            {"path": found.path, "title": found.title, "type": str(found.type), "text": text, "parts": parts}
        )
        return
    labels = {s.place.line: words for s, words in read_as(notebook, found)}
    for number, line in enumerate(split_lines(text), start=1):
        label = f"   {style(labels[number], 'quiet')}" if number in labels else ""
        say((style(line, "title") if number in labels else clean(line)) + label)
