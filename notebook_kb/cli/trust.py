"""`kb trust`: whether a notebook's code may run on this computer."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from collections.abc import Callable

    from notebook_kb.workspace.workspace import Workspace


@click.command(epilog="Example: kb trust")
@click.option("--revoke", is_flag=True, help="Trust it no longer.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
def trust(revoke: bool, as_json: bool) -> None:
    """Let the Python code of this notebook's notes run on this computer.

    Code is only ever run by `kb run` and `kb check --run`, within limits that are help against accidents, no prison. An
    `editor:` in notebook.yml that is more than the name of a known editor is started only in a trusted notebook, too. So
    look at a notebook that came from elsewhere before you trust it. The answer is kept outside of the notebook, for this
    folder alone; a notebook that `kb init` made here is trusted.
    """
    from notebook_kb.cli.console import clean, emit_json, say
    from notebook_kb.files import trust as store
    from notebook_kb.settings import find_root, load_settings_file

    root = find_root(Path.cwd())
    state = load_settings_file(root).state
    if revoke:
        changed = store.revoke(root, state)
        words = "its code is run no longer" if changed else "it was not trusted"
    else:
        changed = not store.is_trusted(root, state)
        store.trust(root, state)
        words = "`kb run` may run its code" if changed else "it is trusted already"
    if as_json:
        emit_json({"path": str(root), "trusted": not revoke, "changed": changed})
        return
    say(f"{clean(str(root))}: {words}")


def asker(workspace: Workspace) -> Callable[[], bool] | None:
    """Asks once whether the notebook is trusted, and keeps a yes; None without a terminal."""
    if not sys.stdin.isatty():
        return None

    def ask() -> bool:
        from notebook_kb.cli.console import clean, note
        from notebook_kb.files.trust import trust as keep

        note(
            f"{clean(str(workspace.root))} holds Python code, and nobody has said on this computer that it may run."
        )
        note("If others wrote it, look at it first: the limits are help against accidents, no prison.")
        if not click.confirm("Trust this notebook, and run its code?", default=False, err=True):
            return False
        keep(workspace.root, workspace.settings.state)
        return True

    return ask
