"""Typing an answer while a clock runs: a small line editor, since no prompt can show the seconds."""

from __future__ import annotations

import os
import sys
import time
import unicodedata
from codecs import getincrementaldecoder
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

TICK = 0.25  # seconds between two looks at the clock
ENTER, BACK, CLEAR, END, STOP = "\r\n", "\x7f\x08", "\x15", "\x04", "\x03"
ESCAPE = "\x1b"
PROMPT = 12  # columns that the clock takes, with a little room


class Line:
    """What was typed: lines, and a key at a time. An empty line ends it."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.text = ""
        self.done = False
        self.escape = False

    def key(self, char: str) -> None:
        """Take one character. Arrow keys and the like are left out. Raises KeyboardInterrupt for Ctrl-C."""
        if char == STOP:
            raise KeyboardInterrupt
        if self.escape:
            self.escape = not (char.isalpha() or char == "~")
        elif char == ESCAPE:
            self.escape = True
        elif char in ENTER:
            self.done = not self.text.strip()
            self.lines += [] if self.done else [self.text]
            self.text = ""
        elif char == END:
            self.lines += [self.text] if self.text.strip() else []
            self.text, self.done = "", True
        elif char in BACK:
            self.text = self.text[:-1]
        elif char == CLEAR:
            self.text = ""
        elif char == "\t" or char.isprintable():
            self.text += char.replace("\t", "    ")

    def is_over(self) -> bool:
        """Whether nothing more is read."""
        return self.done

    @property
    def answer(self) -> str:
        """All that was typed."""
        return "\n".join(self.lines)


def timed_answer(
    seconds: int, prompt: Callable[[int], str], columns: int, write: Callable[[str], None]
) -> tuple[str, int]:
    """(what was typed, milliseconds). `prompt` makes the words before the line from the seconds that are left.

    Where the terminal cannot move its cursor (TERM=dumb) the clock is shown at the beginning of each line only.
    """
    line, begun = Line(), time.monotonic()
    screen = (Plain if os.environ.get("TERM") == "dumb" else Screen)(prompt, columns, write)
    with keys() as read:
        while not line.is_over():
            screen.show(seconds - int(time.monotonic() - begun), line)
            for char in read(TICK):
                line.key(char)
                screen.typed(char, line)
                if line.is_over():
                    break
    screen.end()
    return line.answer, int((time.monotonic() - begun) * 1000)


class Screen:
    """Shows the clock and the line that is typed, in one row that is written anew."""

    def __init__(self, prompt: Callable[[int], str], columns: int, write: Callable[[str], None]) -> None:
        self.prompt = prompt
        self.columns = columns
        self.write = write
        self.left = 0
        self.shown = ""
        self.count = 0

    def show(self, left: int, line: Line) -> None:
        """The row as it is now."""
        self.left = left
        row = self.prompt(left) + tail(line.text, self.columns - PROMPT)
        if row != self.shown:
            self.write(f"\r\x1b[K{row}")
            self.shown = row

    def typed(self, char: str, line: Line) -> None:  # noqa: ARG002 - `Plain` shows it
        """After a key: a finished line stays, as a row of its own."""
        if len(line.lines) > self.count:
            self.count = len(line.lines)
            self.write(f"\r\x1b[K{self.prompt(self.left)}{line.lines[-1]}\n")
            self.shown = ""

    def end(self) -> None:
        """Clear the row."""
        self.write("\r\x1b[K")


class Plain(Screen):
    """The same for a terminal that only prints."""

    def show(self, left: int, line: Line) -> None:
        """The clock at the beginning of a line."""
        if not self.shown or len(line.lines) > self.count:
            self.count = len(line.lines)
            self.shown = self.prompt(left)
            self.write(self.shown)

    def typed(self, char: str, line: Line) -> None:  # noqa: ARG002 - `Screen` asks for the line
        """The key itself."""
        if char in ENTER or char.isprintable():
            self.write("\n" if char in ENTER else char)

    def end(self) -> None:
        """A row of its own for what follows."""


def tail(text: str, columns: int) -> str:
    """The end of a text that fits."""
    used = 0
    for n in range(len(text) - 1, -1, -1):
        used += 2 if unicodedata.east_asian_width(text[n]) in "WF" else 1
        if used > columns:
            return "…" + text[n + 2 :]
    return text


if sys.platform == "win32":
    import msvcrt

    TERMINAL_ERRORS: tuple[type[Exception], ...] = ()

    @contextmanager
    def keys() -> Iterator[Callable[[float], str]]:
        """A function that waits so many seconds for keys and gives what was typed, '' for nothing."""

        def read(wait: float) -> str:
            end = time.monotonic() + wait
            while not msvcrt.kbhit():
                if time.monotonic() >= end:
                    return ""
                time.sleep(0.02)
            char = msvcrt.getwch()
            if char in "\x00\xe0":  # a key without a letter: its number follows
                msvcrt.getwch()
                return ""
            return char

        yield read

else:
    import select
    import termios
    import tty

    TERMINAL_ERRORS: tuple[type[Exception], ...] = (termios.error,)

    @contextmanager
    def keys() -> Iterator[Callable[[float], str]]:
        """A function that waits so many seconds for keys and gives what was typed, '' for nothing."""
        handle = sys.stdin.fileno()
        before = termios.tcgetattr(handle)
        decoder = getincrementaldecoder("utf-8")("replace")

        def read(wait: float) -> str:
            if not select.select([handle], [], [], wait)[0]:
                return ""
            data = os.read(handle, 4096)
            return decoder.decode(data) if data else END

        try:
            tty.setcbreak(handle)
            yield read
        finally:
            termios.tcsetattr(handle, termios.TCSADRAIN, before)
