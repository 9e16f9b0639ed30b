"""`kb review`: the cards that are due, one key an answer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from notebook_kb.cli import names

if TYPE_CHECKING:
    from notebook_kb.workspace.review import Review


@click.command(epilog="Example: kb review --area calculus --limit 20")
@click.argument("name", nargs=-1, shell_complete=names.notes)
@click.option("--area", default="", help="Only cards of this area of the roadmap.")
@click.option("--level", type=click.Choice(["easy", "medium", "hard"]), help="Only cards of this level.")
@click.option("--limit", type=click.IntRange(1), help="Stop after so many answers.")
@click.option("--new", type=click.IntRange(0), help="New cards today; else `cards: {new: …}`, 10.")
@click.option(
    "--generated/--no-generated",
    default=None,
    help="Also ask cards made of the notes' formulas, symbols and code, or none of them.",
)
@click.option(
    "--lines", is_flag=True, help="Read answers as lines (a key, then Enter), as a screen reader may need."
)
@click.option("--json", "as_json", is_flag=True, help="Say what is due as one JSON object, ask nothing.")
def review(
    name: tuple[str, ...],
    area: str,
    level: str | None,
    limit: int | None,
    new: int | None,
    generated: bool | None,
    lines: bool,
    as_json: bool,
) -> None:
    """Ask the cards that are due, of all notes or of those that NAME means.

    Due cards come first, those most at risk of being forgotten before all; then new ones; what was not known comes
    again until it is. Each answer is on the disk before the next question. The browser does the same at /_kb/review
    while `kb serve` runs.

    Answers that are piped in are lines of one key each, an empty one for Enter. Without a terminal and without answers
    the cards that are due are listed.
    """
    from notebook_kb.cli.answer_keys import keys_of_input
    from notebook_kb.cli.review_ask import run_review
    from notebook_kb.cli.review_text import warnings
    from notebook_kb.workspace.review import Review, scope_of
    from notebook_kb.workspace.workspace import Workspace

    workspace = Workspace.open()
    notebook = workspace.load().notebook
    scope = scope_of(notebook, name, area=area, level=level or "", most_new=new, most=limit)
    opened = Review(workspace, notebook, scope, generated=generated)
    warnings(opened)
    if as_json:
        from notebook_kb.cli.console import emit_json

        emit_json({"cards": waiting_data(opened)})
        return
    keys = keys_of_input(lines=lines)
    if keys:
        run_review(opened, keys)
    else:
        list_waiting(opened)


def waiting_data(opened: Review) -> list[dict[str, Any]]:
    """What is asked today, as JSON."""
    from notebook_kb.study.schedule import due_at, retrievability

    found = []
    for card, why in opened.session.waiting():
        state = opened.memory.states.get(card.id)
        due = due_at(state, opened.session.retention_for(card.area)) if state else None
        found.append(
            {
                "id": card.id,
                "note": card.title,
                "kind": str(card.kind),
                "why": why,
                "front": card.front,
                "level": card.level,
                "due": due.strftime("%Y-%m-%dT%H:%M:%SZ") if due else None,
                "retrievability": round(retrievability(state, opened.session.clock()), 4) if state else None,
                "path": card.path,
                "line": card.line,
            }
        )
    return found


def list_waiting(opened: Review) -> None:
    """What is asked today, in lines: nobody is there to answer."""
    from notebook_kb.cli.console import clean, counted, note, say, width
    from notebook_kb.cli.review_text import nothing_due
    from notebook_kb.workspace.cards import one_line_of

    waiting = opened.session.waiting()
    for card, why in waiting:
        say(f"{why:6}  {clean(one_line_of(card.front, max(width() - 8, 20)))}")
    if waiting:
        note(f"{counted(len(waiting), 'card')} to review; `kb review` in a terminal asks them")
    else:
        nothing_due(opened)
