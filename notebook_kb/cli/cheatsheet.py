"""`kb cheatsheet`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from notebook_kb.cli.names import concepts

if TYPE_CHECKING:
    from pathlib import Path

    from notebook_kb.workspace.workspace import Workspace

HOW_TO_PRINT = "open it in a browser and print it to a PDF there; KB_CHROMIUM names a Chromium for --pdf"


@click.command(epilog="Example: kb cheatsheet rank eigen --pdf --output sheet.pdf")
@click.argument("names", nargs=-1, metavar="[NAME]...", shell_complete=concepts)
@click.option("--area", default="", metavar="AREA", help="Only this area of the roadmap.")
@click.option("--output", "-o", default="", metavar="FILE", help="Write it there; *.pdf prints it too.")
@click.option("--pdf", is_flag=True, help="Print it as PDF, with the Chromium of this machine.")
@click.option(
    "--paper", type=click.Choice(["a4", "letter"]), default="a4", show_default=True, help="The paper."
)
def cheatsheet(names: tuple[str, ...], area: str, output: str, pdf: bool, paper: str) -> None:
    """Make a sheet to look at before an interview: one file, two columns, to be printed.

    Of each concept: the first sentence of your own words, its formula and how it is read aloud, and a pitfall (of
    `## Pitfalls` or a [!warning]). What a note does not have is left out.
    """
    from pathlib import Path

    from notebook_kb.workspace.workspace import Workspace

    workspace = Workspace.open()
    wants_pdf = pdf or output.lower().endswith(".pdf")
    default = (
        workspace.root / workspace.settings.state / "cache" / f"cheatsheet.{'pdf' if wants_pdf else 'html'}"
    )
    make_sheet(workspace, names, area, paper, Path(output) if output else default, pdf=wants_pdf)


def make_sheet(
    workspace: Workspace, names: tuple[str, ...], area: str, paper: str, path: Path, *, pdf: bool
) -> None:
    """Write the sheet and say where it is. Without a Chromium a PDF becomes HTML, with how to print it."""
    from notebook_kb.cli.console import counted, note, say, style
    from notebook_kb.workspace.cheatsheet import cheat_sheet, write_sheet
    from notebook_kb.workspace.chromium import find_chromium, print_pdf

    program = find_chromium() if pdf else ""
    sheet = cheat_sheet(workspace, names, area, paper)
    data = sheet.html.encode()
    if pdf and program:
        data = print_pdf(program, sheet.html)
    elif pdf:
        path = path.with_suffix(".html")
    write_sheet(path, data)
    say(f"{style(str(path), 'path')}  {counted(sheet.concepts, 'concept')}")
    if pdf and not program:
        note(f"no Chromium was found, so this is HTML: {HOW_TO_PRINT}")
    note("it is for you: what is on it may come from private notes")
