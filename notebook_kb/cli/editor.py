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
from notebook_kb.errors import EnvironmentFailedError, UsageError
from notebook_kb.files.trust import is_trusted

if TYPE_CHECKING:
    from notebook_kb.settings import Settings
    from notebook_kb.workspace.authoring import Opened

# how each editor is told the line
AT_LINE = {
    "code": ["-g", "{path}:{line}"],
    "code-insiders": ["-g", "{path}:{line}"],
    "codium": ["-g", "{path}:{line}"],
    "cursor": ["-g", "{path}:{line}"],
    "zed": ["{path}:{line}"],
    "subl": ["{path}:{line}"],
    "hx": ["{path}:{line}"],
    "helix": ["{path}:{line}"],
    "kate": ["-l", "{line}", "{path}"],
    "gedit": ["+{line}", "{path}"],
}
PLUS_LINE = ["+{line}", "{path}"]
PLUS_EDITORS = frozenset(
    {"vi", "vim", "nvim", "gvim", "mvim", "nano", "emacs", "emacsclient", "micro", "kak", "joe", "mg"}
)

# looked for, in this order, for who has set none: one with a window, one in the terminal
WINDOWED = ("code", "codium", "code-insiders", "cursor", "zed", "subl", "kate", "gedit", "gvim", "mvim")
IN_TERMINAL = ("hx", "helix", "nvim", "micro", "emacs", "nano", "vim", "vi")


def editor_command(root: Path, settings: Settings, chosen: str = "") -> list[str]:
    """The editor's words: `--editor`, $KB_EDITOR, the settings, $VISUAL, $EDITOR; [] when none is set.

    What the settings of the notebook at `root` name is a command: in one that is not trusted only the bare name of a known
    editor counts.
    """
    wanted = settings.editor.strip()
    if wanted and wanted not in {*WINDOWED, *IN_TERMINAL} and not is_trusted(root, settings.state):
        note(
            f"`editor: {clean(wanted)}` of notebook.yml is not used: `kb trust` lets this notebook start programs"
        )
        wanted = ""
    for text in (
        chosen,
        os.environ.get("KB_EDITOR"),
        wanted,
        os.environ.get("VISUAL"),
        os.environ.get("EDITOR"),
    ):
        if text and text.strip():
            return split_words(text)
    return []


def split_words(text: str) -> list[str]:
    """An editor with its arguments, as a shell would take them apart; UsageError when a quote stays open."""
    try:
        words = shlex.split(text, posix=os.name != "nt")
    except ValueError as error:
        raise UsageError(f"the editor `{text}` has a quote that is not closed", "close it") from error
    return [w.strip('"') for w in words] if os.name == "nt" else words


def arguments(command: list[str], path: Path, line: int) -> list[str]:
    """The whole command line that opens `path` at `line`."""
    name = Path(command[0]).stem
    pattern = AT_LINE.get(name) or (PLUS_LINE if name in PLUS_EDITORS else ["{path}"])
    return [*command, *(p.format(path=path, line=line) for p in pattern)]


def open_note(
    opened: Opened,
    root: Path,
    settings: Settings,
    *,
    chosen: str = "",
    print_path: bool = False,
    edit: bool = True,
) -> None:
    """Say what happened to a note and open it, or print where it is."""
    if print_path:
        say(clean(str(opened.path)))
        return
    command = editor_command(root, settings, chosen) if edit else []
    note(what_happened(opened))
    if not edit:
        return
    if command and sys.stdin.isatty() and sys.stdout.isatty():
        if shutil.which(command[0]):
            run_editor(arguments(command, opened.path, opened.line))
            return
        note(f"the editor `{clean(command[0])}` is not installed, or not on the PATH")
    say(clean(str(opened.path)))
    if not command:
        offer_lines(opened)


def what_happened(opened: Opened) -> str:
    """Created, added to, or nothing yet; and where to go on."""
    name = style(opened.name, "path", err=True)
    if opened.created:
        return f"created {name}; begin at line {opened.line}"
    section = clean(opened.section)
    if opened.changed:
        return f"added “{section}” to {name}, line {opened.line}"
    return f"{name}: " + (f"“{section}” is there, line" if section else "go on at line") + f" {opened.line}"


def run_editor(words: list[str]) -> None:
    """Wait for the editor to end; EnvironmentFailedError when the system cannot start it."""
    try:
        ended = subprocess.run(words, check=False)  # noqa: S603 - the person's own editor
    except OSError as error:
        raise EnvironmentFailedError(
            f"the editor `{words[0]}` cannot be started: {error.strerror}", "set another one in KB_EDITOR"
        ) from error
    if ended.returncode:
        note(f"the editor `{clean(words[0])}` ended with exit code {ended.returncode}")


def offer_lines(opened: Opened) -> None:
    """Lines to copy for who has set no editor: with those that are installed, if any."""
    found = [next(filter(shutil.which, names), "") for names in (WINDOWED, IN_TERMINAL)]
    names = [name for name in found if name] or [WINDOWED[0], "nano"]
    note("no editor is set; open the note with one of these, or open the folder in Obsidian:")
    for name in names:
        first, *rest = arguments([name], opened.path, opened.line)
        note(f"  {first} {' '.join(clean(shlex.quote(word)) for word in rest)}")
    note(f"to have it opened next time: `editor: {names[0]}` in notebook.yml, or KB_EDITOR={names[0]}")
