"""`kb interview`."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from datetime import datetime

    from notebook_kb.study.evening import Plan, Slot
    from notebook_kb.workspace.interview import Interview
    from notebook_kb.workspace.workspace import Workspace

MOST_LISTED, MOST_SECTIONS = 6, 12
NOTHING = "there is nothing to ask yet: kb next says what to write first"


@click.command(epilog="Example: kb interview --date 2026-11-24 --minutes 90 --area linear-algebra")
@click.option(
    "--date", "day", default="", metavar="DATE", help="The day of the interview; tomorrow unless said."
)
@click.option("--minutes", "-m", type=int, metavar="N", help="The minutes you have; 60 unless said.")
@click.option("--area", default="", metavar="AREA", help="Only this area of the roadmap.")
@click.option(
    "--level", type=click.Choice(["easy", "medium", "hard"]), default=None, help="Only cards of this level."
)
@click.option("--drill", is_flag=True, help="Begin the drill at once: weakest cards first.")
@click.option("--mock", is_flag=True, help="Begin the mock interview at once.")
@click.option("--seed", default="", metavar="WORD", help="Ask other questions in the mock interview.")
@click.option("--json", "as_json", is_flag=True, help="The plan as one JSON object.")
def interview(
    day: str,
    minutes: int | None,
    area: str,
    level: str | None,
    drill: bool,
    mock: bool,
    seed: str,
    as_json: bool,
) -> None:
    """Prepare for an interview: a plan for the evening, a drill, a mock interview, a cheat sheet.

    The plan fits what is due and weakest into your minutes. Drill and mock ask your cards and what your notes hold: say
    the formula, draw it, define it, sketch the code. Nothing of it changes when cards come back in kb review. With --minutes, a
    drill or a mock interview that is begun at once takes all of them.
    """
    from notebook_kb.cli.console import emit_json, note
    from notebook_kb.errors import UsageError
    from notebook_kb.workspace.interview import Wish, open_interview
    from notebook_kb.workspace.workspace import Workspace

    terminal = sys.stdin.isatty() and sys.stdout.isatty()
    if (drill or mock) and (as_json or not terminal):
        raise UsageError(
            "a drill and a mock interview need a terminal",
            "`kb interview` alone prints the plan, with --json too",
        )
    if drill and mock:
        raise UsageError("--drill and --mock are two things", "begin with one; the other is a key away")
    workspace = Workspace.open()
    wish = Wish(day, 60 if minutes is None else minutes, area, level or "", seed)
    evening = open_interview(workspace, wish)
    for problem in evening.memory.problems:
        note(f"{problem.path}:{problem.line}: {problem.message}")
    if as_json:
        emit_json(plan_data(evening.plan))
        return
    if drill or mock:
        begin(evening, "d" if drill else "m", whole=minutes is not None)
    else:
        show_plan(evening.plan)
    if terminal and evening.plan.cards:
        menu(workspace, evening)


def menu(workspace: Workspace, evening: Interview) -> None:
    """What one key begins, until `q`."""
    from notebook_kb.cli.cheatsheet import make_sheet
    from notebook_kb.cli.console import say, show_error, style
    from notebook_kb.cli.interview_text import key_of
    from notebook_kb.errors import NotebookError

    while True:
        say()
        say(style("d drill   m mock interview   c cheat sheet   q quit", "quiet"))
        key = key_of("dmcq\r")
        if key in "q\r":
            return
        if key == "c":
            path = workspace.root / workspace.settings.state / "cache" / "cheatsheet.html"
            try:
                make_sheet(workspace, (), evening.plan.evening.area, "a4", path, pdf=False)
            except NotebookError as error:  # the evening goes on without it
                show_error(error)
        else:
            begin(evening, key)


def begin(evening: Interview, key: str, *, whole: bool = False) -> None:
    """Run the drill (`d`) or the mock interview (`m`); `whole`: for all the minutes, not its part of the plan."""
    from notebook_kb.cli.console import say
    from notebook_kb.cli.interview_drill import run_drill
    from notebook_kb.cli.interview_mock import run_mock
    from notebook_kb.study.evening import SlotKind, drill_cards, mock_cards

    plan = evening.plan
    slot = None if whole else plan.slot(SlotKind.DRILL if key == "d" else SlotKind.MOCK)
    chosen = slot.cards if slot else drill_cards(plan) if key == "d" else mock_cards(plan)
    if not chosen:
        say(NOTHING)
        return
    run = run_drill if key == "d" else run_mock
    run(evening.notebook, evening.memory, tuple(w.card for w in chosen))


def show_plan(plan: Plan) -> None:
    """The plan in words."""
    from notebook_kb.cli.console import clean, counted, say, style
    from notebook_kb.cli.interview_text import percent

    evening = plan.evening
    day = f"{evening.day:%A}, {evening.day.day} {evening.day:%B %Y}"
    say(
        f"{style('Interview', 'title')}  {day}; {counted(evening.minutes, 'minute')} from {clock(evening.start)}"
    )
    if not plan.slots:
        say(NOTHING)
        return
    for slot in plan.slots:
        end = clock(ends(slot))
        say(f"{clock(slot.start)}–{end}  {style(f'{WORDS[slot.kind]:12}', 'title')} {slot_words(slot)}")
        for reading in slot.readings[:MOST_SECTIONS]:
            place = style(f"{reading.path}:{reading.line}", "path")
            say(f"{'':14}{clean(reading.title)}: {clean(reading.heading)}  {place}")
        if len(slot.readings) > MOST_SECTIONS:
            say(style(f"{'':14}and {len(slot.readings) - MOST_SECTIONS} more; --json lists all", "quiet"))
    if plan.left:
        say(f"{counted(plan.left, 'minute')} left over: kb next says what to write")
    weak = [w for w in plan.weakest if w.cards][:MOST_LISTED]
    if weak:
        say()
        known = any(w.recall is not None for w in weak)
        how = (
            "how likely you know it on the day" if known else "never reviewed yet, so in the roadmap's order"
        )
        say(f"{style('Weakest', 'title')}  {how}")
    for one in weak:
        say(f"  {percent(one.recall)}  {clean(one.title)}  {style(counted(one.cards, 'card'), 'quiet')}")
    due = sum(w.due for w in plan.cards)
    say()
    say(
        f"{counted(len(plan.cards), 'card')}, {due} due by then, about {round(plan.median_ms / 1000)} s each. "
        "Nothing here changes when they come back."
    )


WORDS = {"drill": "drill", "mock": "mock", "read": "read again", "sheet": "cheat sheet"}


def slot_words(slot: Slot) -> str:
    """What a part of the evening is."""
    from notebook_kb.cli.console import counted

    match slot.kind:
        case "drill":
            return f"{counted(len(slot.cards), 'card')}, weakest first"
        case "mock":
            return f"{counted(len(slot.cards), 'question')}, two minutes each"
        case "read":
            return counted(len(slot.readings), "section")
        case _:
            return "kb cheatsheet"


def ends(slot: Slot) -> datetime:
    """When a part of the evening ends."""
    from datetime import timedelta

    return slot.start + timedelta(minutes=slot.minutes)


def clock(at: datetime) -> str:
    """19:30"""
    return f"{at:%H:%M}"


def plan_data(plan: Plan) -> dict[str, Any]:
    """The plan as JSON."""
    evening = plan.evening
    return {
        "date": evening.day.isoformat(),
        "minutes": evening.minutes,
        "area": evening.area,
        "level": evening.level,
        "starts": evening.start.isoformat(),
        "left": plan.left,
        "ms_per_card": plan.median_ms,
        "cards": {"total": len(plan.cards), "due": sum(w.due for w in plan.cards)},
        "slots": [slot_data(s) for s in plan.slots],
        "weakest": [
            {"concept": w.concept, "title": w.title, "recall": rounded(w.recall), "cards": w.cards}
            for w in plan.weakest
        ],
    }


def slot_data(slot: Slot) -> dict[str, Any]:
    """A part of the evening as JSON."""
    return {
        "kind": str(slot.kind),
        "starts": slot.start.isoformat(),
        "minutes": slot.minutes,
        "cards": [
            {
                "id": w.card.id,
                "kind": str(w.card.kind),
                "concept": w.card.concept,
                "front": w.card.front,
                "path": w.card.path,
                "line": w.card.line,
                "recall": rounded(w.recall),
                "due": w.due,
            }
            for w in slot.cards
        ],
        "sections": [
            {"concept": r.concept, "heading": r.heading, "path": r.path, "line": r.line, "minutes": r.minutes}
            for r in slot.readings
        ],
    }


def rounded(share: float | None) -> float | None:
    """Four digits are enough."""
    return None if share is None else round(share, 4)
