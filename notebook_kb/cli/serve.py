"""`kb serve`: the live preview."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from notebook_kb.cli.console import clean, note

if TYPE_CHECKING:
    from collections.abc import Callable

    from notebook_kb.preview.kits import DoneAnswer
    from notebook_kb.publishing.kit_manifest import Manifest

DEFAULT_PORT = 8321


@click.command(epilog="Example: kb serve --open")
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    default=DEFAULT_PORT,
    show_default=True,
    help="Port to use; 0 is any free one.",
)
@click.option("--open", "open_browser", is_flag=True, help="Open the browser.")
@click.option(
    "--poll", is_flag=True, help="Look at the files every now and then instead of asking the system."
)
@click.option("--today", default="", metavar="DATE", help="Take this day for today, as in 2026-11-20.")
def serve(port: int, open_browser: bool, poll: bool, today: str) -> None:
    """Show the notebook live while you write.

    All notes are shown, private ones and drafts with a badge; a switch shows the site as it would be published.
    Only this machine can see it.
    """
    from notebook_kb.preview.server import HOST, Preview, listen, run
    from notebook_kb.preview.state import State
    from notebook_kb.settings import find_root

    root = find_root(Path.cwd())
    state = State(root, today)
    ears, number = listen(port)
    if port not in {0, number}:
        note(f"Port {port} is taken, so {number} is used.")
    address = f"http://{HOST}:{number}/"
    note(f"Preview: {address}")
    note("Ctrl-C ends it")
    if open_browser:
        click.launch(address)
    preview = Preview(
        state, poll=poll, say=lambda text: note(clean(text)), saved=tell_saved, kit_done=kit_done(root, today)
    )
    run(preview, ears, number)


def kit_done(root: Path, today: str) -> Callable[[Manifest, str], DoneAnswer]:
    """What notes the address that was pasted into a kit's page."""

    def note_address(manifest: Manifest, url: str) -> DoneAnswer:
        from notebook_kb.cli.publish_kit import done
        from notebook_kb.workspace.publish_gate import Gate
        from notebook_kb.workspace.workspace import Workspace

        return done(Gate(Workspace(root, today)), manifest, url)

    return note_address


def tell_saved(path: str, milliseconds: float) -> None:
    """A line for each save, where somebody sees it."""
    if sys.stderr.isatty():
        note(clean(f"{path.rsplit('/', 1)[-1]} saved, page shown in {milliseconds:.0f} ms"))
