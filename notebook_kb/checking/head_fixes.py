"""How findings in a note's head are mended."""

from __future__ import annotations

import re
from datetime import date
from difflib import get_close_matches
from typing import TYPE_CHECKING

from notebook_kb.checking.fix_text import fix, flagged, head_rows, replaced, row, suggestion
from notebook_kb.model.edit import Edit
from notebook_kb.model.note import NoteType
from notebook_kb.parsing.head import LINKS, meant_line

if TYPE_CHECKING:
    from collections.abc import Iterator

    from notebook_kb.findings import Finding
    from notebook_kb.model.edit import Fix
    from notebook_kb.model.note import Note
    from notebook_kb.notebook.notebook import Notebook

TAB = re.compile(r"[ ]*\t[ \t]*")
KEY_OR_MORE = re.compile(r"[A-Za-z_][\w-]*:(?:\s|$)|[ \t]+\S|-[ \t]|#\S")
KEY = re.compile(r"""["']?([\w-]+)["']?[ \t]*:""")
YEAR_FIRST = re.compile(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})$")
DOTTED = re.compile(r"(\d{1,2})\.[ ]?(\d{1,2})\.[ ]?(\d{4})$")
SLASHED = re.compile(r"(\d{1,2})[/-](\d{1,2})[/-](\d{4})$")
DAY_MONTH = re.compile(r"(\d{1,2})(?:\.|st|nd|rd|th)?[ ]+([^\W\d_]+)\.?,?[ ]+(\d{4})$")
MONTH_DAY = re.compile(r"([^\W\d_]+)\.?[ ]+(\d{1,2})(?:st|nd|rd|th)?,?[ ]+(\d{4})$")
ENGLISH = (
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
)
SHORTEST = 3


def as_read(_notebook: Notebook, note: Note, text: str, found: Finding) -> Iterator[Fix]:
    """KB104: the value in quotes, or as the list that it was read as. Not safe where words would be lost."""
    meant = meant_line(row(text, found.line))
    if meant is None or found.column != meant.start + 1:
        return
    edit = Edit(found.line, found.column, found.line, found.column + len(meant.value), meant.quoted)
    lost = LINKS.sub("", meant.value).strip("[], \t\"'") if meant.value[0] == "[" else ""
    words = "as a list" if meant.quoted[0] == "[" else "in quotes"
    yield fix(note, found, f"write `{meant.key}` {words}", edit, safe=not lost)


def broken_head(notebook: Notebook, note: Note, text: str, found: Finding) -> Iterator[Fix]:
    """KB101: blanks for tabs, or the line that closes a head."""
    if "never closed" in found.message:
        yield from close_head(notebook, note, text, found)
    if "tab" not in found.message:
        return
    edits = []
    for number, line in enumerate(head_rows(text), start=1):
        lead = TAB.match(line)
        if lead:
            edits.append(Edit(number, 1, number, lead.end() + 1, lead[0].replace("\t", "  ")))
    if edits:
        yield fix(note, found, "indent the head with blanks", *edits)


def close_head(_notebook: Notebook, note: Note, text: str, found: Finding) -> Iterator[Fix]:
    """`---` below the last line that can belong to the head."""
    last = 1
    while KEY_OR_MORE.match(row(text, last + 1)):
        last += 1
    end = len(row(text, last)) + 1
    yield fix(note, found, "close the head with ---", Edit(last, end, last, end, "\n---"))


def doubled_key(_notebook: Notebook, note: Note, text: str, found: Finding) -> Iterator[Fix]:
    """KB102: the second line goes where it says the same as the first."""
    line = row(text, found.line)
    lines = head_rows(text)
    after = row(text, found.line + 1)
    same = line in lines[: found.line - 1] and KEY.match(line) and found.line < len(lines)
    if same and (not after.startswith((" ", "\t", "-")) or after.startswith("---")):
        yield fix(
            note,
            found,
            "delete the second of two equal lines",
            Edit(found.line, 1, found.line + 1, 1, ""),
            safe=not flagged(text),
        )


def clear_date(notebook: Notebook, note: Note, text: str, found: Finding) -> Iterator[Fix]:
    """KB106: a date that can mean one day only, as YYYY-MM-DD."""
    if "is no date" not in found.message:
        return
    typed = found.message.split("`")[1]
    day = read_date(typed, (notebook.pack.months, notebook.pack.months_short))
    edit = replaced(text, found.line, found.column, typed, day) if day else None
    if edit:
        yield fix(note, found, f"write the date as {day}", edit, safe=not flagged(text))


def read_date(text: str, months: tuple[tuple[str, ...], ...] = ()) -> str:
    """A date as YYYY-MM-DD; '' where it is none, or could be two (3/4/2026). `months` are further names, in order."""
    text = " ".join(text.split())
    if m := YEAR_FIRST.match(text):
        return day_of(m[1], m[2], m[3])
    if m := DOTTED.match(text):
        return day_of(m[3], m[2], m[1])
    if m := SLASHED.match(text):
        both = {d for d in (day_of(m[3], m[2], m[1]), day_of(m[3], m[1], m[2])) if d}
        return both.pop() if len(both) == 1 else ""
    if m := DAY_MONTH.match(text):
        return day_of(m[3], month_of(m[2], months), m[1])
    if m := MONTH_DAY.match(text):
        return day_of(m[3], month_of(m[1], months), m[2])
    return ""


def month_of(word: str, months: tuple[tuple[str, ...], ...]) -> str:
    """The number of a month's name: English (its first three letters are enough) or as given; '' where it is none."""
    wanted = word.casefold()
    for number, name in enumerate(ENGLISH, start=1):
        if len(wanted) >= SHORTEST and name.startswith(wanted):
            return str(number)
    for names in months:
        for number, name in enumerate(names, start=1):
            if wanted == name.casefold().rstrip("."):
                return str(number)
    return ""


def day_of(year: str, month: str, day: str) -> str:
    """YYYY-MM-DD; '' where there is no such day."""
    try:
        return date(int(year), int(month), int(day)).isoformat()
    except ValueError:
        return ""


def known_key(_notebook: Notebook, note: Note, text: str, found: Finding) -> Iterator[Fix]:
    """KB107: the known key. Only offered: it may be a key of one's own, and `publish` would publish."""
    wrong, near = suggestion(found)
    match = KEY.search(row(text, found.line), max(found.column - 1, 0))
    if near and match and match[1].casefold() == wrong:
        column = match.start(1) + 1
        edit = Edit(found.line, column, found.line, column + len(match[1]), near)
        yield fix(note, found, f"write `{near}`", edit)


def known_type(_notebook: Notebook, note: Note, text: str, found: Finding) -> Iterator[Fix]:
    """KB108: the nearest note type."""
    typed = found.message.split("`")[1]
    near = get_close_matches(typed, [str(t) for t in NoteType], n=1, cutoff=0.7)
    line = row(text, found.line)
    at = line.lower().find(typed, max(found.column - 1, 0))
    if near and at >= 0 and line[at : at + len(typed)].casefold() == typed:
        edit = Edit(found.line, at + 1, found.line, at + 1 + len(typed), near[0])
        yield fix(note, found, f"write `{near[0]}`", edit)
