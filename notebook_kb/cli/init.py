"""`kb init`."""

from __future__ import annotations

from pathlib import Path

import click


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
        note(f"{begun.notes} notes are read where they are; none was changed, none is public")
        if begun.matches:
            note(f"{len(begun.matches)} of them look like concepts of the roadmap:")
            for path, concept in begun.matches[:8]:
                note(f"  {clean(path)} → {concept}")
            if len(begun.matches) > 8:  # noqa: PLR2004 - a screen holds no more
                note(f"  and {len(begun.matches) - 8} more; `kb coverage` lists them")
    else:
        note("notes/why.md asks why you want to learn this. It stays private.")
    go = f"cd {clean(str(folder))} && " if folder and str(folder) != "." else ""
    note(f"next: {go}kb next")
