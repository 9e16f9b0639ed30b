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
    if os.environ.get("FORCE_COLOR"):
        return True
    return stream.isatty() and os.environ.get("TERM") != "dumb"


def clean(text: str) -> str:
    """Text that cannot steer the terminal."""
    return CONTROL.sub("\ufffd", text)


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
    """One object on stdout, with its version."""
    click.echo(json.dumps({"version": 1, **value}, ensure_ascii=False, indent=2))


def show_error(error: NotebookError) -> None:
    """What, where and why, then how to mend it. With `--json` the error is an object on stdout too."""
    if "--json" in sys.argv:
        emit_json({"error": {"code": error.code, "message": error.message, "hint": error.hint}})
    note(f"{style('error', 'error', err=True)}: {clean(error.message)}")
    if error.hint:
        note(f"{style('hint', 'path', err=True)}: {clean(error.hint)}")


def width() -> int:
    """Columns to write in: the terminal's, at most 100."""
    return min(shutil.get_terminal_size((80, 24)).columns, 100)
