"""How the commands speak: data on stdout, the rest on stderr, colour only where it is wanted."""

from __future__ import annotations

import json
import os
import re
import shutil
import sys
from typing import TYPE_CHECKING, Any, TextIO

import click

if TYPE_CHECKING:
    from notebook_kb.errors import NotebookError

# control characters of notes would steer the terminal: tabs and line ends alone may pass
CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
MORE_SENTENCES = re.compile(r"[.!?…]\s")
STYLES: dict[str, dict[str, Any]] = {
    "error": {"fg": "red", "bold": True},
    "warning": {"fg": "yellow"},
    "info": {"dim": True},
    "ok": {"fg": "green"},
    "path": {"fg": "cyan"},
    "code": {"bold": True},
    "title": {"bold": True},
    "quiet": {"dim": True},
}
SIGNS = {"empty": "○", "started": "◐", "covered": "●", "solid": "◉"}


def wants_colour(stream: TextIO) -> bool:
    """NO_COLOR, FORCE_COLOR and TERM=dumb are obeyed; else colour on a terminal."""
    if os.environ.get("NO_COLOR"):
        return False
    if os.environ.get("FORCE_COLOR", "0") not in {"", "0"}:
        return True
    return stream.isatty() and os.environ.get("TERM") != "dumb"


def clean(text: str) -> str:
    """Text that cannot steer the terminal."""
    return CONTROL.sub("\ufffd", text)


def one_line(text: str) -> str:
    """Words of a note on one line, and without what would steer the terminal."""
    return clean(" ".join(text.split()))


def counted(number: int, singular: str, plural: str = "") -> str:
    """`1 note`, `2 notes`, `1,204 notes`."""
    return f"{number:,} {singular if number == 1 else plural or singular + 's'}"


def style(text: str, kind: str, *, err: bool = False) -> str:
    """Text in the colour of its kind, where colour is wanted."""
    safe = clean(text)
    return click.style(safe, **STYLES[kind]) if wants_colour(sys.stderr if err else sys.stdout) else safe


def say(text: str = "") -> None:
    """A line of data."""
    click.echo(text, color=wants_colour(sys.stdout))


def note(text: str = "") -> None:
    """A line for the person."""
    click.echo(text, err=True, color=wants_colour(sys.stderr))


def emit_json(value: dict[str, Any]) -> None:
    """One object on stdout, with its version. What would steer a terminal is written as JSON's escapes."""
    text = json.dumps({"version": 1, **value}, ensure_ascii=False, indent=2)
    click.echo(CONTROL.sub(lambda found: f"\\u{ord(found[0]):04x}", text))


def show_error(error: NotebookError) -> None:
    """What, where and why, then how to mend it. With `--json` the error is an object on stdout too."""
    message, hint = tidy(error.message), tidy(error.hint)
    if "--json" in sys.argv:
        emit_json({"error": {"code": error.code, "message": message, "hint": hint}})
    note(f"{style('error', 'error', err=True)}: {clean(message)}")
    if hint:
        note(f"{style('hint', 'path', err=True)}: {clean(hint)}")


def tidy(text: str) -> str:
    """One sentence begins small, as it follows `error:`, and ends without a full stop; several stay as they are."""
    short = text.strip()
    if MORE_SENTENCES.search(short):
        return short
    if short[:1].isupper() and short[1:2].islower():
        short = short[0].lower() + short[1:]
    return short.removesuffix(".") if not short.endswith("..") else short


def width() -> int:
    """Columns to write in: the terminal's, at most 100."""
    return min(shutil.get_terminal_size((80, 24)).columns, 100)


def screen() -> tuple[int, int]:
    """(rows, columns) of the terminal; 24 rows of 80 where there is none."""
    size = shutil.get_terminal_size((80, 24))
    return size.lines, size.columns
