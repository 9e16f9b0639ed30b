"""`kb cards`: the cards of the notebook, their ids, and those that the log alone knows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from notebook_kb.cli import names
from notebook_kb.cli.cards_export import export
from notebook_kb.cli.cards_import import import_cards

if TYPE_CHECKING:
    from notebook_kb.model.card import StudyCard
    from notebook_kb.study.identity import Identity
    from notebook_kb.study.memory import Memory
    from notebook_kb.workspace.workspace import Workspace


@click.group(epilog="Example: kb cards list rank")
def cards() -> None:
    """List cards, give them ids, find lost ones; import and export.

    A card stands in a note: a line `Q: …` and below it `A: …`, or `C: …` with ==gaps==.
    """


@cards.command(
    "list", short_help="List the cards and when they are due.", epilog="Example: kb cards list rank"
)
@click.argument("name", required=False, shell_complete=names.notes)
@click.option("--level", type=click.Choice(["easy", "medium", "hard"]), help="Only cards of this level.")
@click.option("--generated", is_flag=True, help="Also those made of the notes' formulas, symbols and code.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
def list_cards(name: str | None, level: str | None, generated: bool, as_json: bool) -> None:
    """List the cards of the notes and the roadmap's starters: when each comes back, what it asks, where it stands."""
    from notebook_kb.cli.console import emit_json, note
    from notebook_kb.model.card import GENERATED
    from notebook_kb.study.identity import identified_deck
    from notebook_kb.workspace.authoring import find_note
    from notebook_kb.workspace.cards import open_memory
    from notebook_kb.workspace.workspace import Workspace

    workspace = Workspace.open()
    notebook = workspace.load().notebook
    memory = open_memory(workspace)
    deck, identity = identified_deck(notebook, memory.states, generate=GENERATED if generated else None)
    path = find_note(notebook, name).path if name else ""
    chosen = [
        c for c in deck.cards.values() if (not path or c.path == path) and (not level or c.level == level)
    ]
    if as_json:
        emit_json({"cards": [as_data(workspace, c, memory) for c in chosen]})
        return
    show_cards(workspace, chosen, memory)
    if not chosen:
        note(
            "no card yet: write a line `Q: …` and below it `A: …` into a note" if not name else "no card fits"
        )
    if deck.unclear:
        note(
            f"{len(deck.unclear)} cards share their id with another one and are not asked: `kb check` says which"
        )
    if identity.lost:
        note(f"{len(identity.lost)} cards may have lost their ids: `kb cards sync` asks")


def as_data(workspace: Workspace, card: StudyCard, memory: Memory) -> dict[str, Any]:
    """One card as JSON."""
    from notebook_kb.study.schedule import due_at, retention_for

    state = memory.states.get(card.id)
    due = due_at(state, retention_for(workspace.settings, card.area)) if state else None
    return {
        "id": card.id,
        "note": card.title,
        "kind": str(card.kind),
        "front": card.front,
        "back": card.back,
        "level": card.level,
        "due": due.strftime("%Y-%m-%dT%H:%M:%SZ") if due else None,
        "stability": round(state.stability, 4) if state else None,
        "path": card.path,
        "line": card.line,
    }


def show_cards(workspace: Workspace, chosen: list[StudyCard], memory: Memory) -> None:
    """A line for each card, by note."""
    from notebook_kb.cli.console import clean, say, style, width
    from notebook_kb.study.schedule import due_at, retention_for, study_zone
    from notebook_kb.workspace.cards import one_line_of

    zone = study_zone(workspace.settings)
    before = None
    for card in chosen:
        if card.path != before:
            say(style(card.path or f"{card.title} (roadmap)", "path"))
            before = card.path
        state = memory.states.get(card.id)
        due = due_at(state, retention_for(workspace.settings, card.area)).astimezone(zone) if state else None
        when = due.date().isoformat() if due else "new"
        line = f"{card.line or '':>5}"
        level = f"  {card.level}" if card.level else ""
        room = max(width() - len(line) - len(level) - 14, 20)
        say(
            f"{style(line, 'quiet')}  {when:10}  {clean(one_line_of(card.front, room))}{style(level, 'quiet')}"
        )


@cards.command("sync", short_help="Write ids behind cards that have none.", epilog="Example: kb cards sync")
@click.argument("name", required=False, shell_complete=names.notes)
@click.option("--dry-run", is_flag=True, help="Say what would be written, write nothing.")
def sync(name: str | None, dry_run: bool) -> None:
    """Write an id behind each card that has none, so that its history stays when it is edited or moved.

    The first review of a note's cards does the same. Where a card may be one whose id was deleted, it asks.
    """
    from notebook_kb.cli.console import counted, note, say, style
    from notebook_kb.study.identity import identify
    from notebook_kb.workspace.authoring import find_note
    from notebook_kb.workspace.card_ids import give_ids
    from notebook_kb.workspace.cards import open_memory
    from notebook_kb.workspace.workspace import Workspace

    workspace = Workspace.open()
    notebook = workspace.load().notebook
    identity = identify(notebook, open_memory(workspace).states)
    only = find_note(notebook, name).path if name else ""
    ids, waiting = settled(identity, only, ask=not dry_run)
    total, failed = 0, False
    for path in [only] if only else list(notebook.notes):
        given = give_ids(workspace, notebook, path, ids, leave=waiting.get(path, ()), dry_run=dry_run)
        total += len(given.ids)
        if given.ids:
            say(f"{style(path, 'path')}  {', '.join('^' + i for i in given.ids)}")
        if given.problem:
            failed = True
            note(f"{style('warning', 'warning', err=True)}: {given.problem}\n  {given.hint}")
    say(
        f"{counted(total, 'id')} {'would be written' if dry_run else 'written'}"
        if total
        else "every card has its id"
    )
    for lost in [item for item in identity.lost if item.place[1] in waiting.get(item.place[0], ())]:
        note(f"{lost.place[0]}:{lost.card.place.line}: left alone, as it may be ^{lost.old}")
    if failed:
        raise click.exceptions.Exit(1)


def settled(
    identity: Identity, only: str, *, ask: bool
) -> tuple[dict[tuple[str, int], str], dict[str, set[int]]]:
    """(the ids of all cards, the cards by path that nobody settled). Asks on a terminal only."""
    import sys

    from notebook_kb.cli.console import clean, say
    from notebook_kb.workspace.cards import one_line_of

    ids = dict(identity.ids)
    waiting: dict[str, set[int]] = {}
    for lost in identity.lost:
        path, number = lost.place
        if only and path != only:
            continue
        if not (ask and sys.stdin.isatty()):
            waiting.setdefault(path, set()).add(number)
            continue
        say(f"{path}:{lost.card.place.line}  {clean(one_line_of(lost.card.front))}")
        say(f"  was there once as ^{lost.old}: {clean(one_line_of(lost.front))}")
        if click.confirm("  is it the same card?", default=None):
            ids[lost.place] = lost.old
    return ids, waiting


@cards.command(
    "orphans", short_help="List cards that the log knows and no note has.", epilog="Example: kb cards orphans"
)
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
def orphans(as_json: bool) -> None:
    """List the cards that were answered once and stand in no note now. Their history is kept: put one back with its id
    behind the answer, and it goes on.
    """
    from notebook_kb.cli.console import clean, emit_json, say, style
    from notebook_kb.study.identity import identify
    from notebook_kb.workspace.cards import one_line_of, open_memory
    from notebook_kb.workspace.workspace import Workspace

    workspace = Workspace.open()
    found = identify(workspace.load().notebook, open_memory(workspace).states).orphans
    if as_json:
        emit_json(
            {
                "orphans": [
                    {"id": s.card, "front": s.front, "last": s.last.isoformat(), "answers": s.reps}
                    for s in found
                ]
            }
        )
        return
    for state in found:
        say(
            f"{style('^' + state.card, 'code')}  {state.last.date().isoformat()}  {clean(one_line_of(state.front))}"
        )
    if not found:
        say("every card of the log stands in a note")


cards.add_command(import_cards)
cards.add_command(export)
