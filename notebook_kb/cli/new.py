"""`kb new`."""

from __future__ import annotations

import click


@click.command(
    epilog='\b\nExamples:\n  kb new post "A line needs two facts"\n  kb new reading "MML, chapter 2" --from mml'
    '\n  kb new post --from rank,svd --series "Linear algebra, slowly"'
)
@click.argument("kind", type=click.Choice(["concept", "post", "page", "reading"]))
@click.argument("title", default="")
@click.option(
    "--from",
    "source",
    default="",
    metavar="SOURCE",
    help="The source of a reading; for a post the notes whose syntheses it begins with, as in rank,svd.",
)
@click.option("--series", default="", metavar="NAME", help="The series that a post is a part of.")
@click.option("--editor", default="", help="The editor to open.")
@click.option("--no-edit", is_flag=True, help="Only create the note.")
@click.option("--print-path", is_flag=True, help="Print the note's path and nothing else.")
def new(
    kind: str, title: str, source: str, series: str, editor: str, no_edit: bool, print_path: bool
) -> None:
    """Create a note of KIND with TITLE. It is private, and no note is ever overwritten.

    A post with --from begins with what the named notes come to, and may do without a title. What is private in them is
    not copied.
    """
    from notebook_kb.cli.console import note
    from notebook_kb.cli.editor import open_note
    from notebook_kb.errors import UsageError
    from notebook_kb.workspace.authoring import new_note
    from notebook_kb.workspace.posts import new_post_from
    from notebook_kb.workspace.workspace import Workspace

    names = [n.strip() for n in source.split(",") if n.strip()] if kind == "post" else []
    if not title and not names:
        raise UsageError(
            f"the {kind} has no title", f'write it behind the kind, as in `kb new {kind} "A title"`'
        )
    if series and kind != "post":
        raise UsageError("`--series` is for posts", "leave it away, or write `series:` in the note's head")
    workspace = Workspace.open()
    if names:
        made = new_post_from(workspace, names, title, series)
        for path in made.private:
            note(f"{path} is private: readers will see its name as plain words, no link")
        if made.left_out:
            note(f"not copied, as something private is mixed in: {made.left_out} of the paragraphs")
        opened = made.opened
    else:
        opened = new_note(workspace, kind, title, source, series)
    open_note(
        opened, workspace.root, workspace.settings, chosen=editor, print_path=print_path, edit=not no_edit
    )
