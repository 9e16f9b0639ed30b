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
@click.option("--language", default="en", show_default=True, help="Language of the prompts and the site.")
def init(folder: Path | None, roadmap: str, title: str, language: str) -> None:
    """Begin a notebook in FOLDER (here if left out).

    A folder that holds notes already, an Obsidian vault for instance, is taken as it is: only notebook.yml and
    .kb/ are added, no note is changed and nothing is public.
    """
    from notebook_kb.cli.console import clean, note, style
    from notebook_kb.workspace.begin import begin

    begun = begin((folder or Path()).absolute(), roadmap, title, language)
    shown = clean(str(folder)) if folder else "this folder"
    note(f"{style('notebook', 'ok', err=True)} in {style(shown, 'path', err=True)}")
    for name in begun.files:
        note(f"  {name}")
    if begun.in_place:
        tell_found(begun)
    else:
        note("notes/why.md asks why you want to learn this; it stays private")
    go = f"cd {clean(str(folder))} && " if folder and str(folder) != "." else ""
    note(f"next: {go}kb next")


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
