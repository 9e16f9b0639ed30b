"""`kb cards import`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from notebook_kb.cli.names import notes

if TYPE_CHECKING:
    from collections.abc import Iterator

    from notebook_kb.workspace.cards_import import Imported, NoteImport

MOST_LEFT = 20


@click.command(
    "import",
    short_help="Take over cards of other programs, with their schedules.",
    epilog="Example: kb cards import --dry-run",
)
@click.argument("names", nargs=-1, metavar="[NAME]…", shell_complete=notes)
@click.option("--dry-run", is_flag=True, help="Show what would change, write nothing.")
@click.option("--untagged", is_flag=True, help="Also a::b and lines around ? in notes without #flashcards.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
def import_cards(names: tuple[str, ...], dry_run: bool, untagged: bool, as_json: bool) -> None:
    """Turn cards of other programs into cards of this notebook, with their schedules.

    Taken over are those of Obsidian's plugin Spaced Repetition: a::b, a:::b, lines around ? and ??, ==gaps== where its
    tag stands, and {{c1::gaps}} as Anki writes them. Its comments <!--SR:…--> go into the log of reviews and leave the
    note. NAME is a note or a folder; without one all notes are looked at. Of each changed note a copy is kept.
    """
    from notebook_kb.cli.console import emit_json
    from notebook_kb.workspace.cards_import import import_cards as take_over
    from notebook_kb.workspace.workspace import Workspace

    done = take_over(Workspace.open(), names, dry_run=dry_run, untagged=untagged)
    if as_json:
        emit_json(as_data(done))
    else:
        for one in done.changed:
            show(one)
        tell(done, dry_run=dry_run)
    if any(one.problem for one in done.notes):
        click.get_current_context().exit(1)


def as_data(done: Imported) -> dict[str, Any]:
    """What was done, for programs."""
    return {
        "notes": [
            {
                "path": one.note.path,
                "cards": [
                    {"id": name, "lines": list(card.lines)}
                    for name, card in zip(one.ids, one.new_cards, strict=True)
                ],
            }
            for one in done.changed
        ],
        "left": [
            {"path": one.note.path, "line": left.line, "why": left.why}
            for one in done.notes
            for left in one.left
        ],
        "problems": [{"path": one.note.path, "message": one.problem} for one in done.notes if one.problem],
        "cards": done.cards,
        "schedules": done.scheduled,
        "backup": str(done.backup) if done.backup else "",
    }


def show(one: NoteImport) -> None:
    """The lines that go and those that come."""
    from notebook_kb.cli.console import clean, say, style

    ids = iter(one.ids)
    assert one.snapshot is not None
    old = one.snapshot.data.decode("utf-8").replace("\r\n", "\n").replace("\r", "\n").split("\n")
    for change in one.changes:
        say(style(f"{one.note.path}:{change.first}", "path"))
        for line in old[change.first - 1 : change.last]:
            say(f"  - {clean(line)}")
        for card in change.cards:
            name = next(ids)
            for line in card.with_id(name):
                say(f"  + {clean(line)}")
            for words in times_of(card.schedules):
                say(style(f"    {words}", "quiet"))
        if change.remark:
            say(style(f"    {change.remark}", "quiet"))


def times_of(schedules: tuple[Any, ...]) -> Iterator[str]:
    """When each card is due, in words."""
    for schedule in schedules:
        if schedule is not None:
            yield f"due {schedule.due.isoformat()} (known for {schedule.stability:g} days)"


def tell(done: Imported, *, dry_run: bool) -> None:
    """What was done, and what was not."""
    from notebook_kb.cli.console import clean, counted, note, style

    for one in done.notes:
        if one.problem:
            note(f"{style('error', 'error', err=True)}: {clean(one.problem)}")
            if one.hint:
                note(f"{style('hint', 'path', err=True)}: {clean(one.hint)}")
    left = [(one.note.path, item) for one in done.notes for item in one.left]
    for path, item in left[:MOST_LEFT]:
        note(f"{clean(path)}:{item.line}: {item.why}")
    if len(left) > MOST_LEFT:
        note(f"… and {len(left) - MOST_LEFT} more were left alone")
    tell_counts(done, dry_run=dry_run)
    untagged = sum(one.without_tag for one in done.notes)
    if untagged:
        note(
            f"{counted(untagged, 'place looks', 'places look')} like a card in notes without #flashcards; "
            "--untagged takes them too"
        )
    if done.warning:
        note(clean(done.warning))


def tell_counts(done: Imported, *, dry_run: bool) -> None:
    """How many cards, from how many notes, and where the old ones are."""
    from notebook_kb.cli.console import counted, note, style

    if not done.changed:
        note("there are no cards of other programs to take over")
        return
    would = "would take over" if dry_run else "took over"
    inside = counted(len(done.changed), "note")
    with_times = f", {counted(done.scheduled, 'schedule')}" if done.scheduled else ""
    note(f"{would} {counted(done.cards, 'card')} in {inside}{with_times}")
    if dry_run:
        note("nothing was written; run it without --dry-run to do so")
    elif done.backup:
        here = Path.cwd()
        shown = done.backup.relative_to(here) if done.backup.is_relative_to(here) else done.backup
        note(f"the notes as they were: {style(str(shown), 'path', err=True)}")
