"""`kb check --watch` at a terminal and in a pipe: it checks again after a save, and Ctrl-C ends it quietly."""

from __future__ import annotations

import os
import pty
import select
import signal
import subprocess
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

PATIENCE = 30
BROKEN = "# A\n\n$\\fraq{1}$\n"


class Watched:
    """What a running check prints."""

    def __init__(self, process: subprocess.Popen[bytes], source: int) -> None:
        self.process = process
        self.source = source
        self.seen = ""

    def until(self, *words: str) -> str:
        """What came since the last call, up to the first text that holds all these words."""
        end = time.monotonic() + PATIENCE
        while not all(w in self.seen for w in words):
            assert time.monotonic() < end, self.seen
            if select.select([self.source], [], [], 0.1)[0]:
                self.seen += os.read(self.source, 65536).decode()
        said, self.seen = self.seen, ""
        return said


@contextmanager
def watching(book: Any, *arguments: str, terminal: bool) -> Iterator[Watched]:
    """`kb check --watch`, its answers read from a terminal or a pipe."""
    source, sink = pty.openpty() if terminal else os.pipe()
    process = subprocess.Popen(
        book.words("check", "--watch", *arguments),
        cwd=book.folder,
        env=book.env({"NO_COLOR": "1", "TERM": "xterm", "LINES": "24", "COLUMNS": "80"}),
        stdin=subprocess.DEVNULL,
        stdout=sink,
        stderr=sink,
        start_new_session=True,
    )
    os.close(sink)
    try:
        yield Watched(process, source)
        process.send_signal(signal.SIGINT)
        assert process.wait(PATIENCE) == 130
        if select.select([source], [], [], 0)[0]:
            assert not os.read(source, 65536).strip(), "it ends without a word"
    finally:
        process.kill()
        process.wait()
        os.close(source)


@pytest.mark.parametrize("poll", [(), ("--poll",)], ids=["events", "poll"])
def test_a_terminal_shows_each_check_in_the_place_of_the_last(book: Any, poll: tuple[str, ...]) -> None:
    """The screen is cleared, the finding of the save shown with the time; mended, it is gone; no traceback at the end."""
    note = book.folder / "notes" / "a.md"
    note.write_text("# A\n", encoding="utf-8")
    with watching(book, *poll, terminal=True) as watched:
        first = watched.until("Watching; Ctrl-C ends it")
        assert first.startswith("\x1b[2J\x1b[H")
        assert "Nothing to mend in 1 note" in first
        note.write_text(BROKEN, encoding="utf-8")
        second = watched.until("Watching; Ctrl-C ends it")
        assert second.startswith("\x1b[2J\x1b[H")
        assert "notes/a.md:3:2  KB401" in second
        assert ": 1 error in 1 note" in second
        note.write_text("# A\n\nMended.\n", encoding="utf-8")
        assert "Nothing to mend" in watched.until("Checked at", "Watching")


def test_an_editor_gets_each_check_between_two_marks(book: Any) -> None:
    """In a pipe nothing is cleared; a broken notebook.yml is told of and the last good one goes on."""
    note = book.folder / "notes" / "a.md"
    note.write_text(BROKEN, encoding="utf-8")
    with watching(book, "--format", "lines", terminal=False) as watched:
        first = watched.until("Checked at").splitlines()
        assert first[0] == "Checking the notes …"
        assert first[1].startswith("notes/a.md:3:2: error: ")
        (book.folder / "notebook.yml").write_text("titel: Book\n", encoding="utf-8")
        said = watched.until("Checked at", "titel")
        assert "error: notebook.yml:1:1: there is no setting `titel`" in said
        assert "KB401" in said
        assert "\x1b" not in said
