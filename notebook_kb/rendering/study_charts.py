"""Pictures of reviews as inline SVG: what comes in the next weeks, what was answered in the last year.

Classes and no colours, so that they follow the style sheet and the dark; the same input, the same bytes. Each has its
numbers in words beside it: a picture alone tells nothing to who cannot see it.
"""

from __future__ import annotations

from datetime import timedelta
from html import escape
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    from notebook_kb.languages import LanguagePack

# In px: the picture's width, a bar's highest and lowest, the space for the words below and above.
WIDTH, BAR, LOWEST, BELOW, ABOVE = 590, 90, 3, 22, 18
CELL, STEP, LEFT = 9, 11, 2
SHADES = 4
DAYS = 7


def draw_forecast(counts: Sequence[int], today: date, pack: LanguagePack) -> str:
    """A bar for each day from today on, '' if nothing comes."""
    if not any(counts):
        return ""
    most, step = max(counts), WIDTH / len(counts)
    parts = []
    for n, count in enumerate(counts):
        height = max(round(BAR * count / most), LOWEST) if count else 1
        x, y = n * step, ABOVE + BAR - height
        day = pack.short_date(today + timedelta(days=n))
        tip = escape(f"{day}: {pack.counted('cards_come', count)}")
        css = "bar now" if n == 0 else "bar" if count else "bar none"
        parts.append(
            f'<rect class="{css}" x="{x + 1:.1f}" y="{y}" width="{step - 3:.1f}" height="{height}"><title>{tip}</title></rect>'
        )
        if count and (count == most or n == 0):
            parts.append(f'<text class="n" x="{x + step / 2 - 1:.1f}" y="{y - 4}">{count}</text>')
        if n % DAYS == 0:
            parts.append(f'<text class="d" x="{x + 1:.1f}" y="{ABOVE + BAR + 16}">{escape(day)}</text>')
    label = escape(pack.word("forecast_label", count=sum(counts), days=len(counts)))
    return figure(WIDTH, ABOVE + BAR + BELOW, label, parts)


def draw_history(counts: Mapping[date, int], today: date, weeks: int, pack: LanguagePack) -> str:
    """A square for each day of the last weeks, darker for more answers; '' if there were none."""
    if not counts:
        return ""
    most = max(counts.values())
    first = today - timedelta(days=today.weekday() + DAYS * (weeks - 1))
    parts = []
    month = 0
    for week in range(weeks):
        x = LEFT + week * STEP
        monday = first + timedelta(days=DAYS * week)
        if monday.month != month and monday.day <= DAYS:
            parts.append(
                f'<text class="d" x="{x}" y="10">{escape(pack.months_short[monday.month - 1])}</text>'
            )
        month = monday.month
        for number in range(DAYS):
            day = monday + timedelta(days=number)
            if day > today:
                break
            count = counts.get(day, 0)
            shade = 1 + (count - 1) * SHADES // most if count else 0
            tip = (
                f"<title>{escape(pack.short_date(day))}: {escape(pack.counted('answers', count))}</title>"
                if count
                else ""
            )
            parts.append(
                f'<rect class="day s{shade}" x="{x}" y="{ABOVE + number * STEP}" width="{CELL}" height="{CELL}">{tip}</rect>'
            )
    label = escape(pack.word("history_label", count=sum(counts.values()), days=len(counts)))
    return figure(LEFT + weeks * STEP, ABOVE + DAYS * STEP + 2, label, parts)


def figure(width: int, height: int, label: str, parts: list[str]) -> str:
    """The whole picture."""
    size = f'viewBox="0 0 {width} {height}" width="{width}" height="{height}"'
    return f'<svg class="study" {size} role="img" aria-label="{label}">{"".join(parts)}</svg>'
