"""`kb publish` and `kb unpublish`: the flag in the head."""

from __future__ import annotations

import click


@click.command(epilog="Example: kb publish rank")
@click.argument("name")
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
def publish(name: str, as_json: bool) -> None:  # noqa: FBT001
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
    note(
        f"{style(done.name, 'path', err=True)} {'is public from the next build on' if done.changed else 'was public already'}"
    )
    if done.waits_until:
        note(f"its date is {done.waits_until}: it appears in a build on that day or later")
    if done.unclear:
        note(f"but it stays private: {clean(done.unclear)}")
    note(f"it will appear at {style(address, 'path', err=True)}")
    if missing:
        note(f"still missing: {clean(missing)}")
    note("next: kb build")


@click.command(epilog="Example: kb unpublish rank")
@click.argument("name")
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
def unpublish(name: str, as_json: bool) -> None:  # noqa: FBT001
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
    note("next: kb build, which takes its page away; copies that were put online stay until you replace them")
