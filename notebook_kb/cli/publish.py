"""`kb publish` and `kb unpublish`: the flag in the head."""

from __future__ import annotations

import click

from notebook_kb.cli import names


@click.command(epilog="Example: kb publish rank")
@click.argument("name", shell_complete=names.notes)
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
def publish(name: str, as_json: bool) -> None:
    """Set `publish: true` in the head of the note NAME and say where it will appear. Nothing is sent anywhere."""
    from notebook_kb.cli.console import clean, emit_json, note, style
    from notebook_kb.workspace.authoring import set_published
    from notebook_kb.workspace.publishing import missing_line
    from notebook_kb.workspace.workspace import Workspace

    workspace = Workspace.open()
    done = set_published(workspace, name, publish=True)
    address = workspace.settings.base_url + done.url
    missing = missing_line(workspace, done.name)
    if as_json:
        emit_json(
            {
                "path": done.name,
                "url": address,
                "changed": done.changed,
                "waits_until": done.waits_until,
                "missing": missing,
            }
        )
        return
    when = "is public from the next build on" if done.changed else "was public already"
    if done.waits_until:
        when = f"will be public from its date on, {clean(done.waits_until)}: build again that day"
    note(f"{style(done.name, 'path', err=True)} {when}")
    if done.unclear:
        note(f"but it stays private: {clean(done.unclear)}")
    note(f"its page: {style(address, 'path', err=True)}")
    if missing:
        note(f"still missing, though nothing waits for it: {clean(missing)}")
    note("next: kb build")


@click.command(epilog="Example: kb unpublish rank")
@click.argument("name", shell_complete=names.notes)
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
def unpublish(name: str, as_json: bool) -> None:
    """Set `publish: false` in the head of the note NAME; the next build takes its page away."""
    from notebook_kb.cli.console import emit_json, note, style
    from notebook_kb.workspace.authoring import set_published
    from notebook_kb.workspace.workspace import Workspace

    done = set_published(Workspace.open(), name, publish=False)
    if as_json:
        emit_json({"path": done.name, "changed": done.changed})
        return
    note(
        f"{style(done.name, 'path', err=True)} {'is private again' if done.changed else 'was private already'}"
    )
    if done.changed:
        note("next: kb build, which takes its page away; a copy that is online stays until you replace it")
