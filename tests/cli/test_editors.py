"""Opening a note in the person's editor, on a real terminal, at the right line."""

from __future__ import annotations

import os
import pty
import subprocess
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from pathlib import Path

RECORD = '#!/bin/sh\nfor word in "$0" "$@"; do printf "%s\\n" "$word"; done > "$RECORD"\nexit "${ENDS:-0}"\n'
LINE = 8


@pytest.fixture
def editors(book: Any, tmp_path: Path) -> Any:
    """A notebook, and a folder of editors that write down how they were called."""
    folder = tmp_path / "bin of editors"
    folder.mkdir()
    for name in ("code", "nvim", "subl", "hx", "kate", "zed", "strange"):
        (folder / name).write_text(RECORD, encoding="utf-8")
        (folder / name).chmod(0o755)
    book.environment = {
        "PATH": f"{folder}{os.pathsep}{os.environ['PATH']}",
        "RECORD": str(tmp_path / "called"),
        "BIN": str(folder),
        "TERM": "xterm",
    }
    return book


def on_terminal(kb: Any, *words: str, **env: str) -> tuple[int, str]:
    """(exit code, what was printed) of a command whose stdin and stdout are a terminal."""
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        kb.words(*words), cwd=kb.folder, env=kb.env(env), stdin=theirs, stdout=theirs, stderr=theirs
    )
    os.close(theirs)
    printed = b""
    while True:
        try:
            more = os.read(ours, 4096)
        except OSError:  # Linux says so when the other side is closed
            break
        if not more:
            break
        printed += more
    os.close(ours)
    return process.wait(60), printed.decode()


def called(kb: Any) -> list[str]:
    """The words that the editor was called with, its own folder left out."""
    path = kb.environment["RECORD"]
    with open(path, encoding="utf-8") as file:  # noqa: PTH123 - a name from the environment
        name, *words = file.read().splitlines()
    return [os.path.basename(name), *words]  # noqa: PTH119 - a word, not a path of ours


@pytest.mark.parametrize(
    ("editor", "expected"),
    [
        ("code", ["code", "-g", "{path}:8"]),
        ("nvim", ["nvim", "+8", "{path}"]),
        ("subl", ["subl", "{path}:8"]),
        ("hx", ["hx", "{path}:8"]),
        ("kate", ["kate", "-l", "8", "{path}"]),
        ("zed", ["zed", "{path}:8"]),
        ("strange", ["strange", "{path}"]),
        ("code -w --new-window", ["code", "-w", "--new-window", "-g", "{path}:8"]),
        ("strange 'two words' \"a 'b'\"", ["strange", "two words", "a 'b'", "{path}"]),
        ("'{bin}/nvim' -u NONE", ["nvim", "-u", "NONE", "+8", "{path}"]),
    ],
)
def test_the_editor_gets_file_and_line_in_its_own_way(editors: Any, editor: str, expected: list[str]) -> None:
    """Each editor is told the line as it wants it, its own arguments and quotes kept."""
    code, _ = on_terminal(
        editors, "write", "rank", KB_EDITOR=editor.replace("{bin}", editors.environment["BIN"])
    )
    assert code == 0
    path = str(editors.folder / "notes" / "rank.md")
    assert called(editors) == [word.replace("{path}", path) for word in expected]


def test_the_order_of_editors(editors: Any) -> None:
    """--editor comes before KB_EDITOR, that before notebook.yml, that before VISUAL, that before EDITOR."""
    settings = editors.folder / "notebook.yml"
    on_terminal(editors, "write", "rank", VISUAL="subl", EDITOR="nvim")
    assert called(editors)[0] == "subl"
    settings.write_text("editor: hx\n", encoding="utf-8")
    on_terminal(editors, "write", "rank", VISUAL="subl", EDITOR="nvim")
    assert called(editors)[0] == "hx"
    on_terminal(editors, "write", "rank", KB_EDITOR="kate", VISUAL="subl")
    assert called(editors)[0] == "kate"
    on_terminal(editors, "write", "rank", "--editor", "code", KB_EDITOR="kate")
    assert called(editors)[0] == "code"


def test_a_notebook_from_elsewhere_starts_no_program(editors: Any, tmp_path: Path) -> None:
    """Red when a command that stands in the settings of a notebook that nobody trusts is run; a known editor's name is fine."""
    settings = editors.folder / "notebook.yml"
    command = f"sh -c 'touch {tmp_path / 'ran'}'"
    settings.write_text(f'editor: "{command}"\n', encoding="utf-8")
    _, printed = on_terminal(editors, "write", "rank", VISUAL="subl")
    assert called(editors)[0] == "subl"
    assert not (tmp_path / "ran").exists()
    assert "kb trust" in printed
    settings.write_text("editor: hx\n", encoding="utf-8")
    on_terminal(editors, "write", "rank", VISUAL="subl")
    assert called(editors)[0] == "hx"
    settings.write_text(f'editor: "{command}"\n', encoding="utf-8")
    assert editors("trust").returncode == 0
    on_terminal(editors, "write", "rank", VISUAL="subl")
    assert (tmp_path / "ran").exists()


def test_without_a_terminal_no_editor_starts(editors: Any, tmp_path: Path) -> None:
    """In a script the path is printed and the editor stays closed."""
    done = editors("write", "rank", KB_EDITOR="nvim")
    assert done.stdout == f"{editors.folder / 'notes' / 'rank.md'}\n"
    assert not (tmp_path / "called").exists()


def test_without_an_editor_there_are_lines_to_copy(editors: Any) -> None:
    """Nobody is dropped into vi: the path and ready lines are printed, on a terminal too."""
    code, printed = on_terminal(editors, "write", "rank")
    path = editors.folder / "notes" / "rank.md"
    assert code == 0
    assert f"code -g {path}:{LINE}" in printed
    assert f"hx {path}:{LINE}" in printed  # of those that are installed
    code, printed = on_terminal(editors, "write", "rank", PATH="")
    assert f"code -g {path}:{LINE}" in printed
    assert f"nano +{LINE} {path}" in printed


def test_an_editor_that_is_not_there_is_named(editors: Any) -> None:
    """A slip in KB_EDITOR is said, with the path of the note."""
    code, printed = on_terminal(editors, "write", "rank", KB_EDITOR="cod")
    assert code == 0
    assert "the editor `cod` is not installed" in printed
    assert str(editors.folder / "notes" / "rank.md") in printed


def test_an_editor_that_fails_is_told(editors: Any) -> None:
    """An editor that ends badly does not do so in silence."""
    _, printed = on_terminal(editors, "write", "rank", KB_EDITOR="strange", ENDS="3")
    assert "ended with exit code 3" in printed
