"""Runs a note's code: one process for each note, within limits, all it says read as data."""

from __future__ import annotations

import contextlib
import json
import os
import secrets
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from notebook_kb.errors import UsageError
from notebook_kb.running.contain import FILES
from notebook_kb.running.report import MOST_FIGURES, TIME, Limits, read_report
from notebook_kb.running.workplace import too_much_written, workplace

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from notebook_kb.model.code import CodePart
    from notebook_kb.running.report import Run

HERE = Path(__file__).resolve().parent
# after its time the code is told; this much later it is killed
GRACE = 2.0
LOOK_EVERY = 0.1
LONGEST_REPORT = 24 * 1024 * 1024
USUAL = Limits()


def run_code(parts: Sequence[CodePart], path: str, python: Path, limits: Limits = USUAL) -> Run:
    """Run a note's code with `python` in a process and an empty folder of its own; `path` is how tracebacks name the note.

    UsageError when `python` cannot be started, or does not get as far as the note's code.
    """
    nonce = secrets.token_hex(16)
    with workplace(fonts=any("matplotlib" in p.code for p in parts)) as work:
        process = start(python, work)
        reader = Reader(process)
        job = job_of(parts, path, nonce, limits)
        try:
            with contextlib.suppress(BrokenPipeError):
                reader.write(job)
            why = wait(reader, work, limits)
        finally:
            end(process)
            reader.thread.join(GRACE)
        lines = reader.lines(nonce)
        if not lines:  # the first line is written before any code of the note runs
            raise UsageError(
                f"{python} did not begin to run the code of {path}",
                "it must be a Python 3.9 or newer with its standard library; `--python PATH` names another one",
            )
        return read_report(lines, len(parts), why or ended(process), limits)


def start(python: Path, work: Path) -> subprocess.Popen[bytes]:
    """The child, in a session of its own: no terminal, no Ctrl-C of ours, one group to kill."""
    # Not `-I`: that would ignore PYTHONHASHSEED. The environment is ours, and the driver drops its own folder.
    command = [str(python), "-s", "-B", "-X", "utf8", str(HERE / "driver.py")]
    try:
        return subprocess.Popen(  # noqa: S603 - what this module is for, in a notebook that the person trusts
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            cwd=work,
            env=environment(work),
            start_new_session=True,
        )
    except OSError as error:
        raise UsageError(
            f"{python} cannot be started: {error.strerror or error}",
            "name a Python with `--python PATH` or in KB_PYTHON",
        ) from error


def environment(work: Path) -> dict[str, str]:
    """What the code sees of the environment: nothing of the person's but what a system needs to start programs."""
    kept = {k: v for k, v in os.environ.items() if k in {"SYSTEMROOT", "WINDIR", "LD_LIBRARY_PATH", "LANG"}}
    one = dict.fromkeys(
        ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "VECLIB_MAXIMUM_THREADS"), "1"
    )
    home = str(work)
    folders = dict.fromkeys(("HOME", "USERPROFILE", "TMPDIR", "TEMP", "TMP", "MPLCONFIGDIR"), home)
    return {
        **kept,
        **one,
        **folders,
        "PATH": os.defpath,
        "PYTHONHASHSEED": "0",
        "PYTHONNOUSERSITE": "1",
        "MPLBACKEND": "Agg",
        "TZ": "UTC",
    }


def job_of(parts: Sequence[CodePart], path: str, nonce: str, limits: Limits) -> bytes:
    """The job for the driver."""
    sizes = {"seconds": limits.seconds, "memory": limits.memory, "file_size": limits.file_size}
    # places count from the block's first line: the note's lines are added when the result is read
    blocks = [{"code": p.code, "check": p.check} for p in parts]
    job = {
        "nonce": nonce,
        "path": path,
        "blocks": blocks,
        "limits": sizes,
        "output": limits.output,
        "figures": MOST_FIGURES,
        "home": str(Path.home()),
        "contain": str(HERE / "contain.py"),
    }
    return json.dumps(job).encode()


class Reader:
    """Reads the report in a thread: Windows cannot wait for pipes."""

    def __init__(self, process: subprocess.Popen[bytes]) -> None:
        self.process = process
        self.data = bytearray()
        self.too_long = False
        self.thread = threading.Thread(target=self._read, daemon=True)
        self.thread.start()

    def _read(self) -> None:
        pipe = self.process.stdout
        assert pipe
        with pipe, contextlib.suppress(ValueError, OSError):
            while chunk := os.read(pipe.fileno(), 65536):
                if len(self.data) + len(chunk) > LONGEST_REPORT:
                    self.too_long = True
                    break
                self.data += chunk

    def write(self, job: bytes) -> None:
        """Hand the job over, and close the pipe."""
        pipe = self.process.stdin
        assert pipe
        with pipe:
            pipe.write(job)

    def lines(self, nonce: str) -> list[dict[str, Any]]:
        """The lines of the report that are the driver's own."""
        found = []
        for line in bytes(self.data).split(b"\n"):
            try:
                value = json.loads(line)
            except ValueError:
                continue
            if isinstance(value, dict) and value.get("nonce") == nonce:
                found.append(value)
        return found


def wait(reader: Reader, work: Path, limits: Limits) -> str:
    """Until the report ends or a limit is reached: which one, '' for none."""
    deadline = time.monotonic() + limits.seconds + GRACE
    while reader.thread.is_alive():
        reader.thread.join(LOOK_EVERY)
        if time.monotonic() > deadline:
            return TIME
        if too_much_written(work, limits.all_files, reader.process.pid):
            return FILES
    return "output" if reader.too_long else ""


def end(process: subprocess.Popen[bytes]) -> None:
    """Kill the process and all of its group, before its number can be another's."""
    if hasattr(os, "killpg"):
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)
    with contextlib.suppress(OSError):
        process.kill()
    process.wait()


def ended(process: subprocess.Popen[bytes]) -> str:
    """The name of the signal that ended the process by itself, '' for none."""
    code = process.returncode
    if code >= 0 or -code == getattr(signal, "SIGKILL", 9):
        return ""
    try:
        return signal.Signals(-code).name
    except ValueError:
        return f"signal {-code}"


def choose_python(given: str = "", environ: Mapping[str, str] | None = None) -> Path:
    """The Python to run notes with: `--python`, KB_PYTHON, the active virtual environment, the one that runs kb. Never
    one that a notebook names. UsageError when the named one is no program.
    """
    env = os.environ if environ is None else environ
    named = given or env.get("KB_PYTHON", "")
    if named:
        path = Path(named).expanduser()
        if not path.is_file():
            where = "`--python`" if given else "KB_PYTHON"
            raise UsageError(
                f"{where} names {named}, which is no program",
                "name the file of a Python, as `which python3` prints it",
            )
        return path.absolute()
    for inside in ("bin/python", "Scripts/python.exe"):
        if env.get("VIRTUAL_ENV") and (path := Path(env["VIRTUAL_ENV"]) / inside).is_file():
            return path
    return Path(sys.executable)
