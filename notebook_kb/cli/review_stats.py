"""`kb review --stats`: what is known, what comes, what was answered, as text."""

from __future__ import annotations

import os
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from notebook_kb.cli.console import clean, counted, emit_json, say, style

if TYPE_CHECKING:
    from pathlib import Path

    from notebook_kb.notebook.notebook import Notebook
    from notebook_kb.study.standing import Standing

BAR = 30
SHOWN_DAYS = 14
SHOWN_WEEKS = 12
DAYS = 7


def show_stats(root: Path, notebook: Notebook, *, as_json: bool) -> None:
    """Print it. Raises NotebookError where the log cannot be read."""
    from notebook_kb.workspace.known import standing_of

    found = standing_of(root, notebook)
    if as_json:
        emit_json(as_data(found))
        return
    say(
        f"{counted(found.cards, 'card')}: {found.reviewed} begun, {found.new} not yet; {counted(found.due, 'card')} due today"
    )
    if found.retention:
        say()
        show_retention(found)
    if any(found.forecast):
        say()
        show_forecast(found)
    if found.history:
        say()
        show_history(found)


def as_data(found: Standing) -> dict[str, Any]:
    """The same as JSON."""
    return {
        "cards": found.cards,
        "reviewed": found.reviewed,
        "due": found.due,
        "forecast": [
            {"day": (found.today + timedelta(days=n)).isoformat(), "cards": count}
            for n, count in enumerate(found.forecast)
        ],
        "later": found.later,
        "areas": [
            {
                "id": a.id,
                "title": a.title,
                "known": round(a.mean, 4) if a.mean is not None else None,
                "cards": a.cards,
                "answers": a.answers,
                "right": a.right,
                "wanted": a.wanted,
            }
            for a in found.retention
        ],
        "history": [{"day": day.isoformat(), "answers": n} for day, n in found.history.items()],
    }


def show_retention(found: Standing) -> None:
    """A line for each area."""
    say(style("Known today, by area", "title"))
    longest = max(len(a.title or "in no area") for a in found.retention)
    for area in found.retention:
        title = clean((area.title or "in no area").ljust(longest))
        today = f"{round(area.mean * 100):3} %" if area.mean is not None else "    –"
        right = (
            f"{round(area.right / area.answers * 100)} % of {counted(area.answers, 'answer')} right in 90 days"
            if area.answers
            else "no card came a second time in 90 days"
        )
        say(
            f"  {title}  {today} ({counted(area.cards, 'card')}); {right}, {round(area.wanted * 100)} % aimed at"
        )


def show_forecast(found: Standing) -> None:
    """A bar for each of the next days, and what is left."""
    say(style("What comes", "title"))
    most = max(found.forecast)
    for n, count in enumerate(found.forecast[:SHOWN_DAYS]):
        day = "today" if n == 0 else (found.today + timedelta(days=n)).isoformat()
        say(f"  {day:10}  {count:4}  {bar(count, most)}".rstrip())
    rest = sum(found.forecast[SHOWN_DAYS:])
    say(f"  {rest} in the {len(found.forecast) - SHOWN_DAYS} days after, {found.later} later")


def show_history(found: Standing) -> None:
    """A bar for each of the last weeks with answers."""
    say(style("What was answered, by week", "title"))
    monday = found.today - timedelta(days=found.today.weekday())
    weeks = [monday - timedelta(days=DAYS * n) for n in reversed(range(SHOWN_WEEKS))]
    counts = [sum(found.history.get(w + timedelta(days=d), 0) for d in range(DAYS)) for w in weeks]
    first = next((n for n, count in enumerate(counts) if count), len(counts) - 1)
    most = max(counts)
    for week, count in list(zip(weeks, counts, strict=True))[first:]:
        say(f"  {week.isoformat()}  {count:4}  {bar(count, most)}".rstrip())


def bar(count: int, most: int) -> str:
    """Blocks in proportion, at least one for anything at all; none under TERM=dumb, where the numbers stand alone."""
    if not count or os.environ.get("TERM") == "dumb":
        return ""
    return "█" * max(round(BAR * count / most), 1)
