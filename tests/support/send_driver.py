"""Runs sends in processes of their own that can be killed: one that has imported all forks one for each.

In: a line of JSON for each send, then, after the answer `{"pid": …}`, a line to let it go. Out: `{"status": …}` when it has
ended: the exit code, or minus the signal. Where there is no fork, each send is a new interpreter.
"""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from notebook_kb.errors import NotebookError
from notebook_kb.publishing.send import send
from tests.support.sending import article, desk, job, payload, picture, yes

REPOSITORY = Path(__file__).resolve().parents[2]


def order(case: dict[str, Any]) -> Any:
    """The payload of a case."""
    words = tuple(case["words"])
    more = {name: case[name] for name in ("key", "path", "title", "canonical")}
    pictures = (picture("p.png", case["title"].encode()),) if case["picture"] else ()
    if case["target"] == "linkedin":
        return payload(words, pictures=pictures, **more)
    body_picture = '<figure><img src="p.png"></figure>' if case["target"] == "medium" and pictures else ""
    made = article(case["target"], words, **more)
    if not body_picture:
        return made
    return article(case["target"], words, **more, body=made.body + body_picture, pictures=pictures)


def run(case: dict[str, Any]) -> int:
    """Send; the exit code that a command would have."""
    from notebook_kb.publishing.payload import TargetName

    case = {**case, "target": TargetName(case["target"])}
    try:
        send(desk(Path(case["root"]), case["keys"]), job(order(case)), yes)
    except NotebookError as error:
        sys.stderr.write(f"{type(error).__name__}: {error.message}\n")
        return error.exit_code
    return 0


def child(case: dict[str, Any], gate: int) -> None:
    """Wait for the gate, send, end."""
    os.read(gate, 1)
    log = os.open(Path(case["root"]) / "log.txt", os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    os.dup2(log, 1)
    os.dup2(log, 2)
    status = 99
    try:
        status = run(case)
        sys.stderr.flush()
    finally:
        os._exit(status)


def serve_by_fork() -> None:
    """One child a line."""
    for line in sys.stdin:
        gate, opener = os.pipe()
        pid = os.fork()
        if pid == 0:
            os.close(opener)
            child(json.loads(line), gate)
        os.close(gate)
        tell({"pid": pid})
        sys.stdin.readline()
        with contextlib.suppress(BrokenPipeError):  # killed before it was let go
            os.write(opener, b"g")
        os.close(opener)
        _, status = os.waitpid(pid, 0)
        tell({"status": os.waitstatus_to_exitcode(status)})


def serve_by_spawn() -> None:
    """One interpreter a line, where there is no fork."""
    for line in sys.stdin:
        with subprocess.Popen(
            [sys.executable, "-m", "tests.support.send_driver", "one"], stdin=subprocess.PIPE
        ) as one:
            tell({"pid": one.pid})
            sys.stdin.readline()
            assert one.stdin
            one.stdin.write(line.encode())
            one.stdin.close()
            tell({"status": one.wait()})


def tell(value: dict[str, int]) -> None:
    """A line to whoever drives."""
    sys.stdout.write(json.dumps(value) + "\n")
    sys.stdout.flush()


class Driver:
    """The other end: starts the process above and asks it for sends."""

    def __init__(self, env: dict[str, str]) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.support.send_driver"],
            cwd=REPOSITORY,
            env={**os.environ, "PYTHONPATH": str(REPOSITORY), **env},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def prepare(self, case: dict[str, Any]) -> int:
        """The id of the process that will send when it is let go."""
        self._write(json.dumps(case))
        return int(self._read()["pid"])

    def go(self) -> int:
        """Let it go and wait: its exit code, or minus the signal that ended it."""
        self._write("go")
        return int(self._read()["status"])

    def close(self) -> None:
        assert self.process.stdin
        self.process.stdin.close()
        self.process.wait(10)
        assert self.process.stdout
        self.process.stdout.close()

    def _write(self, line: str) -> None:
        assert self.process.stdin
        self.process.stdin.write(line + "\n")
        self.process.stdin.flush()

    def _read(self) -> dict[str, int]:
        assert self.process.stdout
        found: dict[str, int] = json.loads(self.process.stdout.readline())
        return found


if __name__ == "__main__":
    if sys.argv[1:] == ["one"]:
        sys.exit(run(json.loads(sys.stdin.read())))
    if hasattr(os, "fork"):
        serve_by_fork()
    else:
        serve_by_spawn()
