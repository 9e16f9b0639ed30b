"""Formulas set by a process of their own, which is ended when one takes too long: `python -m …images.worker`.

One line of JSON each way: `{"mathml", "size", "colour"}` in, the set formula or the reason why not out.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from queue import Empty, SimpleQueue
from threading import Thread
from typing import IO, TYPE_CHECKING, Any, Self

from notebook_kb.rendering.images.formula import CANNOT_SET, INK, SetFormula, draw_formula
from notebook_kb.rendering.images.result import CannotDraw

if TYPE_CHECKING:
    from types import TracebackType

LIMIT = 10.0  # seconds for one formula
FIRST = 30.0  # seconds for the start and the loading of its font
WORK = 40_000  # more than in-process: the clock bounds it here
PACKAGES = str(Path(__file__).resolve().parents[3])
HELLO = "ready"
NO_WORKER = CannotDraw("the process that sets formulas could not be started")


class FormulaWorker:
    """Sets formulas as `draw_formula` does (see `FormulaDrawer`), in a process that is started when it is first asked
    and anew after one was ended. Use it with `with`, or call `close`.
    """

    def __init__(self, limit: float = LIMIT) -> None:
        self.limit = limit
        self.process: subprocess.Popen[str] | None = None
        self.answers: SimpleQueue[str] = SimpleQueue()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def __call__(self, mathml: str, size: float, colour: str = INK) -> SetFormula | CannotDraw:
        """The formula, or why not."""
        process = self._started()
        if process is None or process.stdin is None:
            return NO_WORKER
        try:
            process.stdin.write(json.dumps({"mathml": mathml, "size": size, "colour": colour}) + "\n")
            process.stdin.flush()
        except OSError:
            self.close()
            return CANNOT_SET
        answer = self._answer(self.limit)
        if answer is None:
            self.close()
            return CannotDraw(f"it takes longer than {self.limit:g} seconds to be set as a picture")
        if not answer:
            self.close()  # it fell over: memory, a fault of the library
            return CANNOT_SET
        return from_line(answer)

    def close(self) -> None:
        """End the process."""
        process, self.process = self.process, None
        if process is None:
            return
        process.kill()
        process.wait()
        for pipe in (process.stdin, process.stdout):
            if pipe is not None:
                _close(pipe)

    def _started(self) -> subprocess.Popen[str] | None:
        if self.process is not None and self.process.poll() is None:
            return self.process
        self.close()
        self.answers = SimpleQueue()
        try:
            self.process = subprocess.Popen(  # noqa: S603 - our own module, by this interpreter
                [sys.executable, "-P", "-m", __name__],  # -P: nothing from the current folder
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                encoding="utf-8",
                env=_environment(),
            )
        except OSError:
            return None
        assert self.process.stdout is not None
        Thread(target=_read, args=(self.process.stdout, self.answers), daemon=True).start()
        if self._answer(FIRST) != HELLO:
            self.close()
        return self.process

    def _answer(self, seconds: float) -> str | None:
        """The next line, '' when the process has ended, None when it does not come in time."""
        try:
            return self.answers.get(timeout=seconds)
        except Empty:
            return None


def _environment() -> dict[str, str]:
    """The environment of the worker, which must find this package where this process found it."""
    given = os.environ.get("PYTHONPATH")
    return {**os.environ, "PYTHONPATH": os.pathsep.join([PACKAGES, *([given] if given else [])])}


def _read(pipe: IO[str], answers: SimpleQueue[str]) -> None:
    """Pass each line on; '' at the end."""
    try:
        for line in pipe:
            answers.put(line.rstrip("\n"))
    except (OSError, ValueError):
        pass  # closed while it was read
    answers.put("")


def _close(pipe: IO[str]) -> None:
    try:
        pipe.close()
    except OSError:
        return  # what was not yet written has no reader any more


def to_line(result: SetFormula | CannotDraw) -> str:
    """A result as a line of JSON."""
    match result:
        case SetFormula():
            value: dict[str, Any] = {
                "svg": result.svg,
                "width": result.width,
                "height": result.height,
                "depth": result.depth,
            }
        case CannotDraw():
            value = {"reason": result.reason, "characters": result.characters}
    return json.dumps(value)


def from_line(line: str) -> SetFormula | CannotDraw:
    """A result from its line."""
    value: dict[str, Any] = json.loads(line)
    return CannotDraw(**value) if "reason" in value else SetFormula(**value)


def serve() -> None:
    """Answer line by line until the input ends."""
    draw_formula("<math><mi>x</mi></math>", 20)  # loads the font, which the limit must not count
    _say(HELLO)
    for line in sys.stdin:
        asked = json.loads(line)
        _say(to_line(draw_formula(asked["mathml"], asked["size"], asked["colour"], most=WORK)))


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    serve()
