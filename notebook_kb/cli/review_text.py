"""The words of `kb review`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from notebook_kb.cli.console import clean, counted, note, say, style, wants_colour, width
from notebook_kb.rendering.terminal_text import columns, terminal_text, wrapped

if TYPE_CHECKING:
    from collections.abc import Iterable

    from notebook_kb.model.card import StudyCard
    from notebook_kb.notebook.notebook import Notebook
    from notebook_kb.study.session import Session, Summary, Turn
    from notebook_kb.workspace.review import Review

RATINGS = {1: "again", 2: "hard", 3: "good", 4: "easy"}
HOW_TO = """Write one into a note, at the start of a line:

  Q: What does the rank of a matrix count?
  A: The directions that survive.

  C: A square matrix is ==invertible== exactly when its rank is full.
"""
KEYS = (
    ("Enter, Space", "show the answer"),
    ("1", "again: not known"),
    ("2", "hard"),
    ("3", "good"),
    ("4", "easy"),
    ("u", "take the last answer back"),
    ("s", "skip, it stays due"),
    ("e", "edit the card in your editor"),
    ("n", "not the question that it was: begin anew"),
    ("q", "stop; every answer is kept"),
)
IDS = (
    "May kb write a short sign such as ^{} behind the cards of notes that you review?",
    "It keeps a card's history when you change its words. Nothing else in a note is touched.",
    "y yes, n no; this is asked once for this notebook",
)


def tell(text: str, kind: str = "", *, indent: str = "  ") -> None:
    """Words of ours, on as many lines as the terminal needs."""
    for line in wrapped(clean(text), width() - len(indent)):
        say(indent + (style(line, kind) if kind else line))


def flow(parts: Iterable[tuple[str, ...]], indent: str = "  ", gap: str = "   ") -> list[str]:
    """Parts beside one another where they fit, each (kind, text, kind, text, …) kept together where it fits a line."""
    lines: list[str] = []
    room = 0
    for part in parts:
        plain = clean("".join(part[1::2]))
        needed = columns(plain)
        styled = "".join(style(t, k) if k else clean(t) for k, t in zip(part[::2], part[1::2], strict=True))
        if lines and needed + len(gap) <= room:
            lines[-1] += gap + styled
            room -= needed + len(gap)
        elif needed <= width() - len(indent):
            lines.append(indent + styled)
            room = width() - len(indent) - needed
        else:
            lines += [indent + style(row, part[0] or "code") for row in wrapped(plain, width() - len(indent))]
            room = 0
    return lines


def keys_help() -> list[str]:
    """What the keys do."""
    lines = []
    for key, what in KEYS:
        first, *more = wrapped(what, width() - 16)
        lines.append(f"  {style(f'{key:14}', 'code')}{first}")
        lines += [f"{' ' * 16}{line}" for line in more]
    return lines


def side(notebook: Notebook, card: StudyCard, markdown: str) -> list[str]:
    """One side of a card as lines for this terminal."""
    note_of = notebook.notes.get(card.path)
    macros = {**notebook.settings.macros, **(note_of.macros if note_of else {})}
    text = terminal_text(markdown, width() - 2, macros=macros, highlight=highlighted)
    return [f"  {clean_line(line)}".rstrip() for line in text.split("\n")]


def highlighted(words: str) -> str:
    """What is asked in a cloze, where it stands out; in brackets where there is no colour."""
    import sys

    if words.strip() == "[…]":
        return words
    return click.style(words, bold=True, underline=True) if wants_colour(sys.stdout) else f"[{words}]"


def clean_line(line: str) -> str:
    """A line that cannot steer the terminal but for our own signs of style."""
    parts = line.split("\x1b")
    kept = clean(parts[0])
    for part in parts[1:]:
        code, ending, rest = part.partition("m")
        own = ending and code.startswith("[") and set(code[1:]) <= set("0123456789;")
        kept += f"\x1b{code}m{clean(rest)}" if own else clean(f"\ufffd{part}")
    return kept


def title(turn: Turn) -> list[str]:
    """What the card is about, and how much is left."""
    minutes = max(round(turn.seconds_left / 60), 1)
    what = turn.card.title + (f", {turn.card.level}" if turn.card.level else "")
    mark = {"new": "new", "repeat": "once more"}.get(turn.why, "")
    parts = [("title", what), ("quiet", mark), ("quiet", f"{turn.left} left, about {minutes} min")]
    return flow([p for p in parts if p[1]], indent="", gap="  ")


def place_parts(card: StudyCard) -> list[tuple[str, ...]]:
    """`notes/rank.md:52  Rank of a matrix › Cards`."""
    if not card.path:
        return [("quiet", f"roadmap: {card.title}")]
    where = " › ".join(t for t in dict.fromkeys((card.title, card.heading)) if t)
    return [("path", f"{card.path}:{card.line}"), ("quiet", where)]


def span(days: int) -> str:
    """Days as people say them: `3 days`, `2 months`, `1.5 years`."""
    if days < 31:
        return counted(days, "day")
    if days < 365:
        return counted(round(days / 30.4), "month")
    years = days / 365.25
    return f"{years:.1f} years".replace(".0 ", " ") if years >= 1.05 else "1 year"


def choices(intervals: dict[int, int]) -> list[str]:
    """The four ratings, each with the time until the card comes back."""
    return flow(
        (
            "code",
            str(number),
            "",
            f" {word}",
            "quiet",
            f" {short_span(intervals[number])}" if intervals else "",
        )
        for number, word in RATINGS.items()
    )


def short_span(days: int) -> str:
    """`3 d`, `2 mo`, `1.5 y`."""
    if days < 31:
        return f"{days} d"
    return f"{round(days / 30.4)} mo" if days < 365 else f"{days / 365.25:.1f} y"


def closing(summary: Summary) -> None:
    """What was done today, and what comes."""
    if summary.answers:
        minutes = f"{max(round(summary.seconds / 60), 1)} min"
        failed = f", {summary.failed} not known at first" if summary.failed else ""
        tell(f"{counted(summary.cards, 'card')} today{failed}, {minutes}.", indent="")
    if summary.tomorrow:
        tell(f"{counted(summary.tomorrow, 'card')} tomorrow.", indent="")
    elif summary.next_day:
        say(f"The next card comes on {summary.next_day.isoformat()}.")


def nothing_due(opened: Review) -> None:
    """Why nothing is asked, and what one could do."""
    session = opened.session
    chosen = sum(map(session.scope.holds, session.deck.cards.values()))
    if not chosen:
        say("None of these notes has a card." if session.deck.cards else "There is no card yet.")
        say(HOW_TO)
        return
    say("Nothing is due." if chosen == len(session.deck.cards) else "Nothing is due among these cards.")
    closing(session.summary())
    waiting = session.more_new()
    if waiting:
        note(f"{counted(waiting, 'card')} not begun yet; `kb review --new {daily(session)}` takes more today")
    note("`kb interview --drill` asks the weakest ones and leaves the schedule as it is")


def daily(session: Session) -> int:
    """A number of new cards that brings ten more today, at least twice what the day took."""
    return max(session.scope.most_new + 10, session.scope.most_new * 2)


def warnings(opened: Review) -> None:
    """What is wrong with the log, and cards that are not asked."""
    label = style("warning", "warning", err=True)
    for finding in opened.memory.problems:
        note(f"{label}: {clean(finding.place)}: {clean(finding.message)}")
    if opened.memory.warning:
        note(f"{label}: {clean(opened.memory.warning)}")
    lost = len(opened.identity.lost)
    if lost:
        note(f"{label}: {counted(lost, 'card')} may have lost the id and wait for an answer: `kb cards sync`")
    unclear = len(opened.session.deck.unclear)
    if unclear:
        note(f"{label}: {counted(unclear, 'card')} share an id and are not asked: `kb check` says where")
