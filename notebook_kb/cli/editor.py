"""Opening a note in the person's own editor, at a line; without one, lines to copy."""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from notebook_kb.cli.console import clean, note, say, style

if TYPE_CHECKING:
    from notebook_kb.settings import Settings
    from notebook_kb.workspace.authoring import Opened

# how each editor is told the line
AT_LINE = {
    "code": ["-g", "{path}:{line}"],
    "codium": ["-g", "{path}:{line}"],
    "subl": ["{path}:{line}"],
    "hx": ["{path}:{line}"],
    "kate": ["-l", "{line}", "{path}"],
    "gedit": ["+{line}", "{path}"],
}
PLUS_LINE = ["+{line}", "{path}"]
PLUS_EDITORS = frozenset({"vi", "vim", "nvim", "nano", "emacs", "emacsclient", "micro", "kak", "joe", "mg"})


def editor_command(settings: Settings, chosen: str = "") -> list[str]:
    """The editor's words: `--editor`, $KB_EDITOR, the settings, $VISUAL, $EDITOR; [] when none is set."""
    for text in (
        chosen,
        os.environ.get("KB_EDITOR"),
        settings.editor,
        os.environ.get("VISUAL"),
        os.environ.get("EDITOR"),
    ):
        if text:
            return shlex.split(text, posix=os.name != "nt")
    return []


def arguments(command: list[str], path: Path, line: int) -> list[str]:
    """The whole command line that opens `path` at `line`."""
    name = Path(command[0]).stem
    pattern = AT_LINE.get(name) or (PLUS_LINE if name in PLUS_EDITORS else ["{path}"])
    return [*command, *(p.format(path=path, line=line) for p in pattern)]


def open_note(
    opened: Opened, settings: Settings, *, chosen: str = "", print_path: bool = False, edit: bool = True
) -> None:
    """Say what happened to a note and open it, or print where it is."""
    if print_path:
        say(clean(str(opened.path)))
        return
    what = "created" if opened.created else "added to" if opened.changed else "opening"
    section = f", section {opened.section}" if opened.section else ""
    note(f"{what} {style(opened.name, 'path', err=True)}, line {opened.line}{clean(section)}")
    command = editor_command(settings, chosen)
    if not edit:
        return
    if command and sys.stdin.isatty() and sys.stdout.isatty():
        if shutil.which(command[0]) is None:
            note(f"the editor `{clean(command[0])}` is not installed")
        else:
            subprocess.run(arguments(command, opened.path, opened.line), check=False)  # noqa: S603 - the person's own editor
            return
    say(clean(str(opened.path)))
    if not command:
        note("no editor is set; open the note with one of these:")
        note(f"  code -g {shlex.quote(str(opened.path))}:{opened.line}")
        note(f"  nano +{opened.line} {shlex.quote(str(opened.path))}")
        note("or in Obsidian: open the notebook's folder as a vault")
        note("hint: set KB_EDITOR=code, or `editor: code` in notebook.yml")
