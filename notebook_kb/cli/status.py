"""`kb status`."""

from __future__ import annotations

import click


@click.command(epilog="Example: kb status --json")
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
def status(as_json: bool) -> None:
    """Sum up the notebook: notes, what is public, coverage, findings, the site."""
    from notebook_kb.cli.console import clean, counted, emit_json, say, style
    from notebook_kb.workspace.status import status_of
    from notebook_kb.workspace.workspace import Workspace

    workspace = Workspace.open()
    found = status_of(workspace)
    if as_json:
        emit_json(found)
        return
    notes, cover, findings = found["notes"], found["coverage"], found["findings"]
    say(f"{style('notebook', 'title')}  {clean(str(found['title']))}")
    say(
        f"notes     {notes['total']}: {notes['public']} public, {counted(notes['draft'], 'draft')}, {notes['private']} private"
    )
    say(
        f"written   {cover['covered'] + cover['solid']} of {cover['total']} covered, {cover['started']} started"
    )
    words = {"error": "error", "warning": "warning", "info": "hint"}
    say(f"findings  {', '.join(counted(findings[key], word) for key, word in words.items())}")
    say(f"site      {clean(str(found['site']))}")
