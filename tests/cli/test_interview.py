"""The drill and the mock interview at a real terminal: keys, the clock, typed answers, Ctrl-C; the log afterwards."""

from __future__ import annotations

import fcntl
import json
import os
import pty
import re
import select
import signal
import struct
import termios
import time
from typing import TYPE_CHECKING, Any

import pytest

from notebook_kb.cli.timed_line import Line, tail

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

ANSI = re.compile(r"\x1b\[[0-9;]*[A-Za-z]")
TEN = "one two three four five six seven eight nine ten"
RANK = f"""---
concept: rank
---
# Rank of a matrix

## In my words
{TEN}

## Symbol by symbol

$$
y \\le \\min(m, n)
$$

- $m$: the number of its *rows*

Read aloud: the rank is at most the smaller side.

## Cards

Q: Why not $x^2$, \x1b]0;evil\x07 &#27;[31m?
A: Because of $\\lambda$.
"""
MENU = "d drill   m mock interview   c cheat sheet   q quit"


class Terminal:
    """`kb interview` at a terminal of 80 columns; what it showed so far is in `shown`."""

    def __init__(self, kb: Any, *arguments: str, **env: str) -> None:
        words = kb.words("interview", *arguments)
        environment = kb.env({"TERM": "xterm", "COLUMNS": "80", **env})
        self.pid, self.handle = pty.fork()
        if self.pid == 0:  # pragma: no cover - the other process
            os.chdir(kb.folder)
            os.execve(words[0], words, environment)  # noqa: S606 - our own
        fcntl.ioctl(self.handle, termios.TIOCSWINSZ, struct.pack("HHHH", 30, 80, 0, 0))
        self.raw = ""
        self.seen = 0

    @property
    def shown(self) -> str:
        """All that was shown, without colours."""
        return ANSI.sub("", self.raw).replace("\r\n", "\n")

    def read(self, wait: float) -> bool:
        """Take what there is; False at the end."""
        if select.select([self.handle], [], [], wait)[0]:
            try:
                data = os.read(self.handle, 65536)
            except OSError:
                return False
            self.raw += data.decode(errors="replace")
            return bool(data)
        return True

    def until(self, words: str, seconds: float = 30) -> str:
        """Wait for words that were not waited for yet; gives what came up to them."""
        end = time.monotonic() + seconds
        while words not in self.shown[self.seen :]:
            if not self.read(0.2) or time.monotonic() > end:
                raise AssertionError(f"{words!r} never came, but\n{self.shown[self.seen :]}")
        start, self.seen = self.seen, self.shown.index(words, self.seen) + len(words)
        return self.shown[start : self.seen]

    def type(self, keys: str) -> None:
        time.sleep(
            0.4
        )  # while it changes the terminal's mode, keys are lost, as in every program that reads single keys
        os.write(self.handle, keys.encode())

    def end(self) -> int:
        """Wait for its end; the exit code."""
        last = time.monotonic() + 15
        while self.read(0.2):
            if time.monotonic() > last:
                os.kill(self.pid, signal.SIGKILL)
        return os.waitstatus_to_exitcode(os.waitpid(self.pid, 0)[1])


@pytest.fixture
def rank(book: Any) -> Iterator[Any]:
    (book.folder / "notes" / "rank.md").write_text(RANK, encoding="utf-8")
    yield book
    assert (book.folder / "notes" / "rank.md").read_text(encoding="utf-8") == RANK


def log(folder: Path) -> list[dict[str, Any]]:
    files = sorted((folder / ".kb" / "reviews").glob("*.jsonl"))
    return [json.loads(line) for f in files for line in f.read_text(encoding="utf-8").splitlines()]


def test_a_mock_interview(rank: Any) -> None:
    """Red when the clock does not run, a typed answer is lost or graded, the answer is shown before, or the end names no note."""
    at = Terminal(rank, "--area", "linear-algebra")
    at.until(MENU)
    at.type("m")
    asked: dict[str, str] = {}
    grades = "2143"
    before = at.until("Question 1 of 5")
    assert "two minutes each" in before
    for n in range(4):
        question = at.until("2:00 › ")
        assert "notes/rank.md:" not in question
        asked[grades[n]] = question
        if n == 0:
            at.until("1:59 › ")  # it runs while nobody types
            at.type("my äns\x7f\x1b[Dwer\r")
            at.type("second line\r\r")
        else:
            at.type("\r")
        answer = at.until("4 without thinking")
        assert "notes/rank.md:" in answer or "roadmap: " in answer
        assert "\\min" not in at.shown
        at.type(grades[n])
        at.until("Question")
    at.until("2:00 › ")
    at.type("half an answ")
    at.until("half an answ")
    at.type("\x03")
    closing = at.until(MENU)
    assert "you, graded 2\n    my änwer\n    second line\n  the note" in closing
    assert "half an answ" not in closing
    assert "Read this note again\n  notes/rank.md:" in closing
    at.type("q")
    assert at.end() == 0
    entries = log(rank.folder)
    assert [(e["mode"], e["rating"]) for e in entries] == [("mock", int(g)) for g in grades]
    assert all(0 <= e["ms"] < 60_000 for e in entries)


def test_a_drill_by_keys(rank: Any) -> None:
    """Red when a key does something else, a missed card does not come back, undo leaves its answer, or a note steers the
    terminal.
    """
    at = Terminal(rank, "--drill", "--area", "linear-algebra")
    first = at.until("Why not x²")
    assert "weakest first" in first
    at.type("x \r"[1:2])  # a blank shows the answer
    assert "Because of λ." in at.until("4 without thinking")
    at.type("1")
    at.until("3 left") if "4 left" in first else at.until("left")
    at.type("u")
    at.until("Why not x²")
    at.type("\r")
    at.until("4 without thinking")
    at.type("1")
    at.until(" left")
    at.type("s")  # skipped
    at.until(" left")
    at.type("q")
    finish = at.until(MENU)
    assert "0 known, 1 not yet" in finish
    assert "notes/rank.md:21" in finish
    at.type("c")
    at.until("cheatsheet.html")
    at.until(MENU)
    at.type("\r")
    assert at.end() == 0
    entries = log(rank.folder)
    assert [e.get("mode") or "undo" for e in entries] == ["cram", "undo", "cram"]
    assert "\x1b]0;evil" not in at.raw
    assert "\x1b[31m" not in at.raw


def test_ctrl_c_in_a_drill_loses_no_answer(rank: Any) -> None:
    """Red when what was answered before Ctrl-C is not in the log, or a traceback is shown."""
    at = Terminal(rank, "--drill")
    at.until("left")
    at.type("\r")
    at.until("4 without thinking")
    at.type("3")
    at.until("left")
    at.type("\x03")
    assert at.end() == 130
    assert "Traceback" not in at.shown
    assert [(e["mode"], e["rating"]) for e in log(rank.folder)] == [("cram", 3)]


def test_the_terminal_is_as_it_was(rank: Any) -> None:
    """Red when a kill or an end while an answer is typed leaves the terminal without echo."""
    at = Terminal(rank, "--mock")
    before = termios.tcgetattr(at.handle)[3]
    at.until("2:00 › ")
    at.type("abc")
    at.until("abc")
    os.kill(at.pid, signal.SIGINT)
    at.until(MENU)
    at.type("q")
    assert at.end() == 0
    assert termios.tcgetattr(at.handle)[3] & termios.ECHO == before & termios.ECHO


def test_a_terminal_that_only_prints(rank: Any) -> None:
    """Red when TERM=dumb is written over with escapes, or what is typed is not seen."""
    at = Terminal(rank, "--mock", TERM="dumb")
    at.until("2:00 › ")
    at.type("typed words\r\r")
    at.until("typed words")
    at.until("4 without thinking")
    at.type("q")
    at.until(MENU)
    at.type("q")
    assert at.end() == 0
    assert "\x1b" not in at.raw


def test_minutes_make_a_drill_longer(rank: Any) -> None:
    """Red when `--mock --minutes` asks as many questions as the plan's part of those minutes."""
    planned = json.loads(rank("interview", "--json", "--minutes", "12").stdout)
    assert [len(s["cards"]) for s in planned["slots"] if s["kind"] == "mock"] == [2]
    at = Terminal(rank, "--mock", "--minutes", "12")
    at.until("4 questions, two minutes each")
    at.type("\x03")
    at.until("nothing was answered")
    at.until(MENU)
    at.type("q")
    assert at.end() == 0


# the line


def typed(keys: str) -> Line:
    line = Line()
    for char in keys:
        if not line.is_over():
            line.key(char)
    return line


@pytest.mark.parametrize(
    ("keys", "answer"),
    [
        ("\n", ""),
        ("\r", ""),
        ("one\ntwo\n\n", "one\ntwo"),
        ("ab\x7fc\n\n", "ac"),
        ("\x7f\x7fa\n\n", "a"),
        ("gone\x15kept\n\n", "kept"),
        ("a\x1b[A\x1b[3~b\x1bOPc\n\n", "abc"),
        ("unfinished\x04", "unfinished"),
        ("\x04", ""),
        ("a\tb\x00\x07\n\n", "a    b"),
        ("   \n", ""),
        ("λ 漢字\n\n", "λ 漢字"),
    ],
)
def test_keys(keys: str, answer: str) -> None:
    """Red when a key is misread: arrows as letters, a control character as text, a blank line as an answer."""
    line = typed(keys)
    assert line.is_over()
    assert line.answer == answer


@pytest.mark.parametrize(
    ("text", "columns", "end"), [("abcdef", 6, "abcdef"), ("abcdefg", 4, "…efg"), ("漢字漢字", 5, "…漢字")]
)
def test_the_end_of_a_long_line(text: str, columns: int, end: str) -> None:
    """Red when a long line runs over its row."""
    assert tail(text, columns) == end
