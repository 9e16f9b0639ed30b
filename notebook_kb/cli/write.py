"""`kb write`."""

from __future__ import annotations

import click

from notebook_kb.cli import names


@click.command(
    epilog="\b\nExamples:\n  kb write rank\n  kb write rank --from dlai\n  kb write svd --from https://example.org/svd"
)
@click.argument("name", shell_complete=names.concepts)
@click.option(
    "--from",
    "source",
    default="",
    metavar="SOURCE|URL",
    shell_complete=names.sources,
    help="Add a section for this source.",
)
@click.option("--angle", default="", help="The angle of the new section; else the source's own.")
@click.option(
    "--editor", default="", help="The editor to open; else $KB_EDITOR, notebook.yml, $VISUAL, $EDITOR."
)
@click.option("--no-edit", is_flag=True, help="Only create or change the note.")
@click.option("--print-path", is_flag=True, help="Print the note's path and nothing else.")
def write(name: str, source: str, angle: str, editor: str, no_edit: bool, print_path: bool) -> None:
    """Write about the concept NAME (its id, title or an alias).

    Creates the note with a heading for each angle and prompts that are never published, or opens it at the first
    empty part. With --from the section of that source is put in its place on the ladder.
    """
    from notebook_kb.cli.editor import open_note
    from notebook_kb.errors import UsageError
    from notebook_kb.workspace.authoring import write_concept
    from notebook_kb.workspace.workspace import Workspace

    if angle and not source:
        raise UsageError("`--angle` says where a source goes", "add `--from SOURCE`, or leave `--angle` out")
    workspace = Workspace.open()
    opened = write_concept(workspace, name, source, angle)
    open_note(
        opened, workspace.root, workspace.settings, chosen=editor, print_path=print_path, edit=not no_edit
    )
