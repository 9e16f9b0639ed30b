"""`kb init`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from notebook_kb.workspace.begin import Begun

SHOWN = 8


@click.command(epilog="Example: kb init ml-notes")
@click.argument("folder", required=False, type=click.Path(path_type=Path))
@click.option("--roadmap", default="", metavar="NAME|FILE", help="A built-in roadmap, or a file of your own.")
@click.option("--title", default="", help="The notebook's title; else the folder's name.")
@click.option(
    "--host",
    type=click.Choice(["github", "gitlab", "netlify"]),
    help="Also write what this host needs to build and show the site; works in a notebook that exists, too.",
)
@click.option(
    "--install-from", default="", metavar="ADDRESS", help="With --host: where the host gets this tool from."
)
@click.option(
    "--editor",
    type=click.Choice(["vscode"]),
    help="Also write a task for this editor that shows findings beside their lines; works in a notebook that exists, too.",
)
@click.option("--language", default="en", show_default=True, help="Language of the prompts and the site.")
def init(
    folder: Path | None,
    roadmap: str,
    title: str,
    host: str | None,
    install_from: str,
    editor: str | None,
    language: str,
) -> None:
    """Begin a notebook in FOLDER (here if left out).

    A folder that holds notes already, an Obsidian vault for instance, is taken as it is: only notebook.yml and
    .kb/ are added, no note is changed and nothing is public.
    """
    from notebook_kb.cli.console import clean, note, style
    from notebook_kb.settings import SETTINGS_NAME
    from notebook_kb.workspace.begin import begin, check_address

    root = (folder or Path()).absolute()
    if (host or editor) and (root / SETTINGS_NAME).exists():
        tell_more(root, host, install_from, editor)
        return
    if host:
        check_address(install_from)
    begun = begin(root, roadmap, title, language)
    shown = clean(str(folder)) if folder else "this folder"
    note(f"{style('notebook', 'ok', err=True)} in {style(shown, 'path', err=True)}")
    for name in begun.files:
        note(f"  {name}")
    if begun.in_place:
        tell_found(begun)
    else:
        note("notes/why.md asks why you want to learn this; it stays private")
    tell_more(root, host, install_from, editor)
    go = f"cd {clean(str(folder))} && " if folder and str(folder) != "." else ""
    note(f"next: {go}kb next")


def tell_more(root: Path, host: str | None, address: str, editor: str | None) -> None:
    """Write the files for a host and an editor where they are wanted."""
    if host:
        tell_host(root, host, address)
    if editor:
        tell_editor(root, editor)


def tell_editor(root: Path, editor: str) -> None:
    """Write the editor's file; where there is one already, show what to put into it."""
    from notebook_kb.cli.console import clean, note, say
    from notebook_kb.workspace.begin import add_editor

    ready, written = add_editor(root, editor)
    if not written:
        note(f"{clean(ready.path)} is there already and was left as it is; put these tasks into it:")
        say(ready.text.rstrip())
        return
    note(f"  {clean(ready.path)}")
    note(ready.use)


def tell_host(root: Path, host: str, address: str) -> None:
    """Write the host's file, and say what is left to do by hand."""
    from notebook_kb.cli.console import clean, note
    from notebook_kb.workspace.begin import add_hosting

    name, written = add_hosting(root, host, address)
    if not written:
        note(f"{clean(name)} is there already and was left as it is")
        return
    note(f"  {clean(name)}")
    note("keep the repository private: it holds all your notes, only the site leaves the others out")
    note(
        "commit it and push: the host builds the site from the public notes; the guide says more under Publishing"
    )


def tell_found(begun: Begun) -> None:
    """What a folder held already: it was read and left alone."""
    from notebook_kb.cli.console import clean, counted, note

    note(f"{counted(begun.notes, 'note')} read in place; no note was changed, nothing is published")
    note("the site will be built in .kb/site/; `output:` in notebook.yml chooses another folder")
    if begun.flagged:
        says = "1 of them says" if begun.flagged == 1 else f"{begun.flagged} of them say"
        note(f"{says} `publish: true`, so a build would show it: see `kb list --public`")
    if not begun.matches:
        return
    many = len(begun.matches)
    named = "1 of them is named like a concept" if many == 1 else f"{many} of them are named like concepts"
    note(f"{named} of the roadmap:")
    for path, concept in begun.matches[:SHOWN]:
        note(f"  {clean(path)} → {concept}")
    if many > SHOWN:
        note(f"  and {many - SHOWN} more: `kb coverage` lists them")
