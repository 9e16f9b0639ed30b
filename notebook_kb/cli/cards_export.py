"""`kb cards export`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from notebook_kb.cli.names import concepts

if TYPE_CHECKING:
    from notebook_kb.workspace.cards_export import Exported

MOST_SHOWN = 5
MOST_SEARCHED = 40


@click.command(
    "export",
    short_help="Write the cards as a file for Anki.",
    epilog="Example: kb cards export --output ml.apkg",
)
@click.argument("names", nargs=-1, metavar="[NAME]…", shell_complete=concepts)
@click.option(
    "--to",
    type=click.Choice(["anki", "text"]),
    default="anki",
    show_default=True,
    help="A deck file or a text file.",
)
@click.option(
    "--output",
    type=click.Path(path_type=Path),
    default=None,
    help="The file to write; else cards.apkg or cards.txt here.",
)
@click.option("--generated", is_flag=True, help="Also the cards that are made of what notes hold.")
@click.option("--starters", is_flag=True, help="Also the roadmap's own cards.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
def export(
    names: tuple[str, ...], to: str, output: Path | None, generated: bool, starters: bool, as_json: bool
) -> None:
    """Write the cards as a file for Anki.

    Importing it again after changes updates exactly the cards that have changed; what you reviewed in Anki stays.
    NAME is a concept or a note; without one all cards go. Nothing is ever deleted in Anki.
    """
    from notebook_kb.cli.console import emit_json
    from notebook_kb.workspace.cards_export import ExportOptions, export_cards
    from notebook_kb.workspace.workspace import Workspace

    done = export_cards(Workspace.open(), ExportOptions(names, to, output, generated, starters))
    if as_json:
        emit_json(as_data(done))
    else:
        tell(done, to)


def as_data(done: Exported) -> dict[str, Any]:
    """What was done, for programs."""
    return {
        "file": str(done.path),
        "media": str(done.media) if done.media else "",
        "notes": done.notes,
        "cards": done.cards,
        "new": done.new,
        "changed": done.changed,
        "pictures": done.pictures,
        "without_id": done.without_id,
        "unclear": done.unclear,
        "lost": done.lost,
        "missing": [{"place": place, "target": target} for place, target in done.missing],
        "gone": list(done.gone),
    }


def tell(done: Exported, to: str) -> None:
    """What was done, and what is left to do."""
    from notebook_kb.cli.console import counted, note, style

    same = done.notes - done.new - done.changed
    gaps = "" if done.cards == done.notes else f" ({counted(done.cards, 'card')})"
    note(f"wrote {style(str(done.path), 'path', err=True)}: {counted(done.notes, 'note')} for Anki{gaps}")
    note(f"{done.new:,} new, {done.changed:,} changed, {same:,} as last exported")
    if to == "anki":
        note("in Anki: File > Import, and choose it")
    else:
        tell_text(done)
    tell_open(done)
    tell_gone(done)


def tell_text(done: Exported) -> None:
    """How a text file gets into Anki: what a deck file would bring along is not in it."""
    from notebook_kb.cli.console import counted, note, style

    note("in Anki: File > Import, and choose it; the note types must be there: import one deck file before")
    if done.media:
        folder = style(str(done.media), "path", err=True)
        note(f"copy the {counted(done.pictures, 'picture')} in {folder} into Anki's folder collection.media")
        note("(in Anki: Tools > Check Media > View Files opens it)")


def tell_open(done: Exported) -> None:
    """What should be mended in the notes."""
    from notebook_kb.cli.console import clean, counted, note

    if done.without_id:
        note(
            f"{counted(done.without_id, 'card has', 'cards have')} no id in the note yet: `kb cards sync` writes it, "
            "else a changed question is a new card in Anki"
        )
    if done.unclear:
        note(
            f"{counted(done.unclear, 'card shares its', 'cards share their')} id with another one and stay here: kb check"
        )
    if done.lost:
        words = counted(
            done.lost, "card that may have lost its id stays", "cards that may have lost their ids stay"
        )
        note(f"{words} here: `kb cards sync` asks")
    for place, target in done.missing[:MOST_SHOWN]:
        note(f"{clean(place)}: no picture {clean(target)} in the notebook; its words stand there instead")
    if len(done.missing) > MOST_SHOWN:
        note(f"… and {len(done.missing) - MOST_SHOWN} pictures more")
    if done.damaged:
        note(f"{counted(done.damaged, 'line')} of the log of exports could not be read and were left out")
    if done.warning:
        note(clean(done.warning))


def tell_gone(done: Exported) -> None:
    """What Anki has and the notes no longer: it is never deleted from here."""
    from notebook_kb.cli.console import clean, counted, note

    if not done.gone:
        return
    shown = done.gone[:MOST_SEARCHED]
    note(
        f"{counted(len(done.gone), 'card is', 'cards are')} in Anki but no longer here; nothing is deleted there"
    )
    them = "it" if len(done.gone) == 1 else "them"
    search = " or ".join(f'"Id:{name}"' for name in shown)
    note(f"to find {them}, search in Anki: {clean(search)}")
    if len(done.gone) > len(shown):
        note(f"… and {len(done.gone) - len(shown)} more")
