"""`kb new`."""

from __future__ import annotations

import click


@click.command(
    epilog='\b\nExamples:\n  kb new post "A line needs two facts"\n  kb new reading "MML, chapter 2" --from mml'
)
@click.argument("kind", type=click.Choice(["concept", "post", "page", "reading"]))
@click.argument("title")
@click.option("--from", "source", default="", metavar="SOURCE", help="The source of a reading.")
@click.option("--editor", default="", help="The editor to open.")
@click.option("--no-edit", is_flag=True, help="Only create the note.")
@click.option("--print-path", is_flag=True, help="Print the note's path and nothing else.")
def new(kind: str, title: str, source: str, editor: str, no_edit: bool, print_path: bool) -> None:
    """Create a note of KIND with TITLE. It is private, and no note is ever overwritten."""
    from notebook_kb.cli.editor import open_note
    from notebook_kb.workspace.authoring import new_note
    from notebook_kb.workspace.workspace import Workspace

    workspace = Workspace.open()
    opened = new_note(workspace, kind, title, source)
    open_note(opened, workspace.settings, chosen=editor, print_path=print_path, edit=not no_edit)
