"""`kb list`."""

from __future__ import annotations

import click


@click.command("list", epilog="Example: kb list --private")
@click.option(
    "--type", "kind", type=click.Choice(["concept", "post", "page", "reading"]), help="Only this type."
)
@click.option("--tag", default="", help="Only notes with this tag.")
@click.option("--public", "only", flag_value="public", help="Only public notes.")
@click.option("--private", "only", flag_value="private", help="Only notes that are not public.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
def list_notes(kind: str | None, tag: str, only: str | None, as_json: bool) -> None:
    """List the notes with type, title and what keeps them private."""
    from notebook_kb.cli.console import emit_json, note, one_line, say, style
    from notebook_kb.notebook.public import is_public
    from notebook_kb.workspace.workspace import Workspace, badge

    notebook = Workspace.open().load().notebook
    notes = [
        n
        for n in notebook.notes.values()
        if (not kind or str(notebook.kind_of(n)) == kind)
        and (not tag or tag.lstrip("#") in n.all_tags)
        and (not only or is_public(n, notebook.today) is (only == "public"))
    ]
    if as_json:
        emit_json(
            {
                "notes": [
                    {
                        "path": n.path,
                        "title": n.title,
                        "type": str(notebook.kind_of(n)),
                        "concept": notebook.concept_of(n),
                        "tags": list(n.all_tags),
                        "date": n.date,
                        "public": is_public(n, notebook.today),
                    }
                    for n in notes
                ]
            }
        )
        return
    if not notes:
        note("no note fits")
    longest = max((len(n.path) for n in notes), default=0)
    for n in notes:
        mark = badge(notebook, n)
        say(
            f"{style(n.path.ljust(longest), 'path')}  {notebook.kind_of(n)!s:8} {one_line(n.title)}"
            + (f"  {style(mark, 'quiet')}" if mark else "")
        )
