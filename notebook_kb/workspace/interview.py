"""`kb interview`: opens the notes, the cards and the memory, and plans the evening."""

from __future__ import annotations

import os
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING

from notebook_kb.errors import UsageError
from notebook_kb.model.card import GENERATED, LEVELS
from notebook_kb.study.evening import make_plan
from notebook_kb.study.identity import identified_deck
from notebook_kb.study.memory import Memory
from notebook_kb.study.schedule import retention_for, study_day, study_zone
from notebook_kb.study.weakness import Evening, weighed
from notebook_kb.workspace.areas import area_id

if TYPE_CHECKING:
    from notebook_kb.notebook.notebook import Notebook
    from notebook_kb.study.evening import Plan
    from notebook_kb.workspace.workspace import Workspace

MORNING = time(9)
MOST_MINUTES = 24 * 60


@dataclass(frozen=True, slots=True)
class Wish:
    """What the learner asks for: the interview's `day` ('' is tomorrow), the minutes, what to narrow it to."""

    day: str = ""
    minutes: int = 60
    area: str = ""
    level: str = ""
    seed: str = ""


@dataclass(frozen=True)
class Interview:
    """An evening that can begin."""

    notebook: Notebook
    memory: Memory
    plan: Plan


def open_interview(workspace: Workspace, wish: Wish) -> Interview:
    """Plan the evening. Raises UsageError for a day that has passed or a name that nobody knows."""
    notebook = workspace.load().notebook
    settings = workspace.settings
    start = this_moment(workspace)
    zone = study_zone(settings)
    # at one in the morning, tomorrow is the day that one wakes up on
    day = interview_day(wish.day, start.date(), study_day(start, zone) + timedelta(days=1))
    if wish.level and wish.level not in LEVELS:
        raise UsageError(f"there is no level `{wish.level}`", f"levels: {', '.join(LEVELS)}")
    if not 1 <= wish.minutes <= MOST_MINUTES:
        raise UsageError(
            f"{wish.minutes} minutes are no evening", "give the minutes you have, as in --minutes 45"
        )
    morning = datetime.combine(day, MORNING, start.tzinfo)
    evening = Evening(
        day,
        max(morning, start).astimezone(UTC),
        start,
        wish.minutes,
        area_id(notebook, wish.area),
        wish.level,
        wish.seed,
    )
    memory = Memory.open(workspace.root / settings.state)
    deck, _ = identified_deck(notebook, memory.states, generate=GENERATED, starters=True)
    cards = weighed(deck.cards.values(), memory.states, evening, lambda area: retention_for(settings, area))
    return Interview(notebook, memory, make_plan(notebook, cards, evening, memory.median_ms()))


def this_moment(workspace: Workspace) -> datetime:
    """Now in the notebook's time zone, to the minute; SOURCE_DATE_EPOCH is now where it is set."""
    epoch = os.environ.get("SOURCE_DATE_EPOCH", "")
    now = datetime.fromtimestamp(int(epoch), UTC) if epoch.isdigit() else datetime.now(UTC)
    return now.astimezone(study_zone(workspace.settings)).replace(second=0, microsecond=0)


def interview_day(text: str, today: date, tomorrow: date) -> date:
    """`tomorrow` (also for ''), `today` or a date of the calendar. UsageError for any other word and for a day that has passed."""
    word = text.strip().casefold()
    if word in {"", "tomorrow"}:
        return tomorrow
    try:
        day = today if word == "today" else date.fromisoformat(word)
    except ValueError:
        raise UsageError(f"`{text}` is no day", "write it as 2026-11-24, or say today or tomorrow") from None
    if day < today:
        raise UsageError(f"{day} has passed", "give the day of the interview")
    return day
