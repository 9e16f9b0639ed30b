"""Schedules of the Obsidian plugin Spaced Repetition: `<!--SR:!2026-12-01,10,250-->`, one entry for each card of the text.

Formats after the plugin's own code and documentation (github.com/st3v3nmw/obsidian-spaced-repetition, read 2026-11-23): due
date, interval in days, ease in percent; `2000-01-01` stands for a card that was never answered; with FSRS an entry is
`!fsrs,due,interval,stability,difficulty,state,reps,lapses,steps,last review`; old comments have no `!`.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import tzinfo

COMMENT = re.compile(r"<!--SR:(.*?)-->", re.DOTALL)
ENTRY = re.compile(r"(\d{4}-\d{2}-\d{2}),(\d+(?:\.\d+)?),(\d+(?:\.\d+)?)\Z")
FSRS_ENTRY = re.compile(
    r"fsrs,(\d{4}-\d{2}-\d{2})[^,]*,\d+(?:\.\d+)?,(\d+(?:\.\d+)?),(\d+(?:\.\d+)?),(\d),\d+,\d+,\d+,(\d{4}-\d{2}-\d{2}[^,]*|)\Z"
)
NEVER = "2000-01-01"
SHORTEST, LONGEST = 0.1, 36_500.0
EASIEST, HARDEST = 1.0, 10.0
DAY_BEGINS = time(4)  # as a day of studying does


@dataclass(frozen=True, slots=True)
class ForeignSchedule:
    """What another program knew of a card: due then, last answered then, and how well it is known (in days)."""

    due: date
    last: date
    stability: float
    difficulty: float

    def answered_at(self, zone: tzinfo, now: datetime) -> datetime:
        """The moment of the last answer: only the day is known, and it was not tomorrow."""
        return min(datetime.combine(self.last, DAY_BEGINS, zone), now)


def read_comment(said: str) -> tuple[ForeignSchedule | None, ...] | None:
    """The entries of a comment (what stands behind `SR:`), None for a card never answered. None if one cannot be read."""
    parts = [p.strip() for p in said.strip().split("!")] if "!" in said else ["", said.strip()]
    if len(parts) < 2 or parts[0]:
        return None
    found: list[ForeignSchedule | None] = []
    for part in parts[1:]:
        try:
            found.append(read_entry(part))
        except (ValueError, OverflowError):
            return None
    return tuple(found)


def read_entry(said: str) -> ForeignSchedule | None:
    """One entry; None for a card never answered. Raises ValueError and OverflowError for what is none."""
    if said.startswith(NEVER):
        return None
    match = ENTRY.match(said)
    if match:
        interval = float(match[2])
        due = date.fromisoformat(match[1])
        stability = min(max(interval, SHORTEST), LONGEST)
        last = due - timedelta(days=interval)
        return ForeignSchedule(due, last, stability, difficulty_of(float(match[3]) / 100, stability))
    match = FSRS_ENTRY.match(said)
    if not match:
        raise ValueError(said)
    if not match[5]:
        return None
    stability = min(max(float(match[2]), SHORTEST), LONGEST)
    difficulty = min(max(float(match[3]), EASIEST), HARDEST)
    return ForeignSchedule(
        date.fromisoformat(match[1]), date.fromisoformat(match[5][:10]), stability, difficulty
    )


def difficulty_of(ease: float, stability: float) -> float:
    """The difficulty for a card whose interval grows by the factor `ease` with each good answer.

    FSRS multiplies the stability S by 1 + e^w8 · (11 − D) · S^−w9 · (e^(w10 · (1 − R)) − 1) after a good answer. An answer
    on the day that it is due comes at R = 0.9; setting that factor equal to the ease and solving for D gives the card
    the growth that it had. The stability is the interval: in both, the days after which about nine of ten are still known.
    """
    from fsrs.scheduler import DEFAULT_PARAMETERS  # noqa: PLC0415 - the package takes its time to load

    w8, w9, w10 = (float(w) for w in DEFAULT_PARAMETERS[8:11])
    growth = math.exp(w8) * math.pow(stability, -w9) * (math.exp(w10 * 0.1) - 1)
    return round(min(max(11 - (ease - 1) / growth, EASIEST), HARDEST), 4)
