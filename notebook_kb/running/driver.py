"""Runs the blocks of one note in one namespace. Started as a program of its own by `running.runner`, with whatever Python
the note is run with: the standard library only, nothing of kb.

The job comes as JSON on stdin, the report goes as JSON lines to what was stdout; both are out of the code's way before it
begins. Each line holds the job's nonce, so that what a note writes is no report.
"""

from __future__ import annotations

import sys

sys.path.pop(0)  # the folder of this file: a note imports nothing from there

import ast
import base64
import importlib.util
import io
import json
import os
import re
import signal
import traceback
from typing import Any

LONGEST_MESSAGE = 500
# the first line that may have to do with a figure
PLOTTING = re.compile(r"\b(?:plt|pyplot|fig\w*|ax\w*)\s*[.=]")


class TimeIsUp(BaseException):
    """Raised where the code stands when its time is over; `except Exception` does not stop it."""


class Output(io.TextIOBase):
    """What a block prints, up to a limit for the whole note."""

    def __init__(self, limit: int) -> None:
        super().__init__()
        self.left = limit
        self.parts: list[str] = []
        self.cut = False

    def writable(self) -> bool:
        return True

    def write(self, text: str, /) -> int:
        if not isinstance(text, str):
            raise TypeError(f"write() argument must be str, not {type(text).__name__}")
        kept = text[: self.left]
        self.cut = self.cut or len(kept) < len(text)
        self.left -= len(kept)
        if kept:
            self.parts.append(kept)
        return len(text)

    def take(self) -> tuple[str, bool]:
        """(what was printed since the last time, whether some of it was left out)."""
        taken, self.parts, cut, self.cut = "".join(self.parts), [], self.cut, False
        return taken, cut


class Checks(ast.NodeTransformer):
    """Makes each `assert` of a check say that it was reached, and whether it held."""

    def __init__(self, name: str) -> None:
        self.name = name

    def visit_Assert(self, node: ast.Assert) -> ast.AST:
        place = [ast.Constant(node.lineno), ast.Constant(node.col_offset)]
        told = ast.Call(ast.Name(self.name, ast.Load()), [*place, node.test], [])
        ast.copy_location(told, node.test)
        node.test = ast.fix_missing_locations(told)
        return node

    def visit_Expr(self, node: ast.Expr) -> ast.AST | list[ast.stmt]:
        """`np.testing.assert_allclose(…)` is a check too."""
        called = node.value.func if isinstance(node.value, ast.Call) else None
        if not (isinstance(called, ast.Attribute) and called.attr.startswith("assert_")):
            return self.generic_visit(node)
        place: list[ast.expr] = [
            ast.Constant(node.lineno),
            ast.Constant(node.col_offset),
            ast.Constant(value=True),
        ]
        told = ast.Expr(ast.Call(ast.Name(self.name, ast.Load()), place, []))
        return [node, ast.fix_missing_locations(ast.copy_location(told, node))]


class Driver:
    """One note's run."""

    def __init__(self, job: dict[str, Any], report: int) -> None:
        self.job = job
        self.report = report
        self.output = Output(job["output"])
        self.reached: list[list[Any]] = []
        self.space: dict[str, Any] = {"__name__": "__main__", "__builtins__": __builtins__}

    def tell(self, event: str, **values: Any) -> None:
        """A line of the report."""
        line = json.dumps({"nonce": self.job["nonce"], "event": event, **values}).encode() + b"\n"
        while line:
            line = line[os.write(self.report, line) :]

    def run(self) -> None:
        """All blocks, up to the first that fails."""
        sys.stdout = self.output
        sys.stderr = Output(0)  # warnings name places that move with every edit
        for number, block in enumerate(self.job["blocks"]):
            self.tell("start", block=number)
            fault = self.fault_of(number, block)
            printed, cut = self.output.take()
            figures, fault = ([], fault) if fault else self.drawn(number, block)
            self.tell("block", block=number, stdout=printed, cut=cut, figures=figures, reached=self.reached)
            if fault is None:
                fault = self.swallowed(number)
            self.reached = []
            if fault:
                self.tell("fault", **fault)
                break
        self.tell("end", versions=versions())

    def file_of(self, number: int) -> str:
        """How tracebacks name a block."""
        return f"{self.job['path']}#{number}"

    def fault_of(self, number: int, block: dict[str, Any]) -> dict[str, Any] | None:
        """What stopped a block, None where nothing did."""
        try:
            code = self.compiled(number, block)
        except (SyntaxError, ValueError, RecursionError, MemoryError, TimeIsUp) as error:
            line, offset = getattr(error, "lineno", 1), getattr(error, "offset", 1)
            return self.at(error, number, line or 1, (offset or 1) - 1)
        try:
            exec(code, self.space)  # noqa: S102 - what this program is for
        except BaseException as error:  # noqa: BLE001 - whatever the note's code raises is its result
            return self.where(error, number)
        return None

    def compiled(self, number: int, block: dict[str, Any]) -> Any:
        """A block as code; each `assert` of a check says that it was reached."""
        tree: ast.Module = ast.parse(block["code"], self.file_of(number))
        if block["check"]:
            name = "_" + self.job["nonce"]
            self.space[name] = self.checked
            tree = ast.fix_missing_locations(Checks(name).visit(tree))
        return compile(tree, self.file_of(number), "exec", dont_inherit=True)

    def checked(self, line: int, column: int, value: Any) -> bool:
        """Note that an `assert` was reached; its outcome goes back to it."""
        held = bool(value)
        place = [line, column, held]
        if place not in self.reached:
            self.reached.append(place)
        return held

    def swallowed(self, number: int) -> dict[str, Any] | None:
        """An `assert` that failed although the block went on."""
        failed = next((r for r in self.reached if not r[2]), None)
        if failed is None:
            return None
        return {
            "kind": "swallowed",
            "message": "an assert failed, and its failure was caught",
            "block": number,
            "line": failed[0],
            "column": failed[1],
        }

    def where(self, error: BaseException, number: int) -> dict[str, Any]:
        """An exception with the last line of the note that it passed, which may stand in an earlier block."""
        files = {self.file_of(n): n for n in range(len(self.job["blocks"]))}
        frames = [f for f in traceback.extract_tb(error.__traceback__) if f.filename in files]
        if not frames:
            return self.at(error, number, 0, 0)
        last = frames[-1]
        return self.at(error, files[last.filename], last.lineno or 0, getattr(last, "colno", None) or 0)

    def at(self, error: BaseException, block: int, line: int, column: int) -> dict[str, Any]:
        """An exception at a place: the line in the block from 1, the column from 0."""
        kind = type(error).__name__
        line, column = max(line, 0), max(column, 0)
        if isinstance(error, TimeIsUp):
            return {"kind": "time", "message": "", "block": block, "line": line, "column": column}
        try:
            said = str(error.msg if isinstance(error, SyntaxError) else error)
        except BaseException:  # noqa: BLE001 - the note's own exception may raise when it is asked
            said = ""
        message = f"{kind}: {said or self.line_of(block, line)}".removesuffix(": ")
        place = {"block": block, "line": line, "column": column}
        return {"kind": kind, "message": message[:LONGEST_MESSAGE], **place}

    def line_of(self, block: int, line: int) -> str:
        """A line of a block: what an `assert` without words asked."""
        lines = self.job["blocks"][block]["code"].split("\n")
        return lines[line - 1].strip() if 0 < line <= len(lines) else ""

    def drawn(self, number: int, block: dict[str, Any]) -> tuple[list[str], dict[str, Any] | None]:
        """(the figures of a block, why one cannot be drawn): Matplotlib reads labels only now."""
        try:
            return self.figures(), None
        except BaseException as error:  # noqa: BLE001 - as in `fault_of`: drawing runs what the note made, and its time may be up
            lines = block["code"].split("\n")
            line = next((n for n, text in enumerate(lines, start=1) if PLOTTING.search(text)), 1)
            return [], self.at(error, number, line, 0)

    def figures(self) -> list[str]:
        """The open figures as PNG, then closed."""
        pyplot = sys.modules.get("matplotlib.pyplot")
        if pyplot is None:
            return []
        found = []
        for number in pyplot.get_fignums()[: self.job["figures"]]:
            data = io.BytesIO()
            # without the program's name: another version draws other bytes only where it draws another picture
            pyplot.figure(number).savefig(data, format="png", dpi=144, metadata={"Software": None})
            found.append(base64.b64encode(data.getvalue()).decode("ascii"))
        pyplot.close("all")
        return found


def versions() -> dict[str, str]:
    """What the code ran with."""
    found = {"python": ".".join(str(n) for n in sys.version_info[:3])}
    for name in ("numpy", "matplotlib"):
        version = getattr(sys.modules.get(name), "__version__", None)
        if isinstance(version, str):
            found[name] = version
    return found


def contained(job: dict[str, Any]) -> list[str]:
    """Lay the limits on this process; the names of those that hold."""
    spec = importlib.util.spec_from_file_location("kb_contain", job["contain"])
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    limits = job["limits"]
    held: list[str] = module.contain(
        os.getcwd(),  # noqa: PTH109 - few imports here
        job["home"],
        seconds=limits["seconds"] + 1,
        memory=limits["memory"],
        file_size=limits["file_size"],
    )
    return held


def time_limit(seconds: int) -> None:
    """Raise where the code stands when its time is over, where the system can do that."""

    def up(*_: object) -> None:
        raise TimeIsUp

    if hasattr(signal, "setitimer"):
        signal.signal(signal.SIGALRM, up)
        signal.setitimer(signal.ITIMER_REAL, seconds)


def main() -> None:
    """Read the job, get its pipes out of the way, run it."""
    job = json.loads(sys.stdin.buffer.read())
    nothing = os.open(os.devnull, os.O_RDWR)
    report = os.dup(1)
    for number in (0, 1, 2):
        os.dup2(nothing, number)
    sys.stdin = open(0, closefd=False)  # noqa: SIM115 - a file by its number, for good
    driver = Driver(job, report)
    try:
        driver.tell("contained", held=contained(job))
        time_limit(job["limits"]["seconds"])
        driver.run()
    finally:
        os._exit(0)  # neither threads nor what waits for the end of the program may go on


if __name__ == "__main__":
    main()
