"""One key an answer: from a terminal without Enter, else from lines, so that scripts and screen readers can answer too."""

from __future__ import annotations

import re
import sys
from collections import deque
from contextlib import ExitStack, suppress
from typing import TYPE_CHECKING, Protocol

from notebook_kb.cli.timed_line import END, STOP, TERMINAL_ERRORS, keys

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import TextIO

ENTER = "\r"
LONG = 3600.0  # seconds; then the wait begins anew
# an arrow key and the like come as several characters, of which none is an answer
SEQUENCE = re.compile(r"\x1b(?:[\[O][0-?]*[ -/]*[@-~]|[^\[O])")


class Keys(Protocol):
    """Where answers come from; entered while answers are read, left while another program has the terminal."""

    def __enter__(self) -> object: ...
    def __exit__(self, *_: object) -> None: ...

    def read(self) -> str:
        """The next key; `ENTER` for Enter, `END` when there will be none. Raises KeyboardInterrupt for Ctrl-C."""
        ...


class TerminalKeys:
    """The keys of a terminal, one by one and without echo, however many were typed ahead."""

    def __init__(self) -> None:
        self._ahead: deque[str] = deque()
        self._mode = ExitStack()
        self._typed: Callable[[float], str] = lambda _: END

    def __enter__(self) -> None:
        self._typed = self._mode.enter_context(keys())

    def __exit__(self, *_: object) -> None:
        # a terminal that was closed needs no mode
        with suppress(OSError, *TERMINAL_ERRORS):
            self._mode.close()

    def read(self) -> str:
        """The next key."""
        while not self._ahead:
            try:
                typed = self._typed(LONG)
            except OSError:  # the terminal was closed
                return END
            self._ahead.extend(SEQUENCE.sub("", typed))
        key = self._ahead.popleft()
        if key == STOP:
            raise KeyboardInterrupt
        return ENTER if key in "\r\n" else key.lower()


class LineKeys:
    """The first character of each line; an empty line is Enter. A line that was looked at already may come first."""

    def __init__(self, stream: TextIO | None = None, first: str | None = None) -> None:
        self._stream = sys.stdin if stream is None else stream
        self._first = first
        self.asked_for = first is None  # somebody reads and answers, no script

    def __enter__(self) -> None: ...
    def __exit__(self, *_: object) -> None: ...

    def read(self) -> str:
        """The next line's key."""
        line, self._first = (self._first or self._stream.readline()), None
        if not line:
            return END
        return line.strip()[:1].lower() or ENTER


def keys_of_input(*, lines: bool) -> Keys | None:
    """The keys of whoever is there: of the terminal; of lines if `lines` asks for them or if answers are piped in.

    None if nobody is there: no terminal, and an input that ends at once.
    """
    if lines:
        return LineKeys()
    if sys.stdin.isatty():
        return TerminalKeys() if sys.stdout.isatty() else None
    first = sys.stdin.readline()
    return LineKeys(first=first) if first else None
