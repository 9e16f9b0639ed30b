"""One process at a time changes a notebook."""

from __future__ import annotations

import json
import os
import platform
import sys
import time
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

from notebook_kb.errors import EnvironmentFailedError
from notebook_kb.files.failures import failed

if sys.platform == "win32":
    import msvcrt
else:
    import fcntl

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

LOCK_NAME = "lock"
_PAUSE = 0.05
_FAR = 1 << 30  # Windows locks bytes for readers too: lock one that nobody reads


@contextmanager
def notebook_lock(root: Path, wait: float = 5.0) -> Iterator[None]:
    """Hold the lock of the notebook at `root` (`.kb/lock`) while the block runs.

    The system's lock on the open file decides, so the lock of a killed process is free at once; the process
    and computer named in the file only serve the message. The file stays: deleting it could let two in.

    Raises `EnvironmentFailedError` if another process still has it after `wait` seconds, or no lock can be
    made. It is not re-entrant: a second use in one process waits too.
    """
    path = root / ".kb" / LOCK_NAME
    try:
        path.parent.mkdir(exist_ok=True)
        handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o666)
    except OSError as error:
        raise failed("lock", path, error) from error
    try:
        try:
            _acquire(handle, path, wait)
            _sign(handle)
        except OSError as error:
            raise failed("lock", path, error) from error
        try:
            yield
        finally:
            # So that nobody is blamed who has left.
            with suppress(OSError):
                os.ftruncate(handle, 0)
    finally:
        os.close(handle)  # which frees the lock


def _acquire(handle: int, path: Path, wait: float) -> None:
    """Try until it works or `wait` seconds are over."""
    end = time.monotonic() + wait
    while not _try_lock(handle):
        if time.monotonic() >= end:
            raise EnvironmentFailedError(
                f"{path}: the notebook is in use by {_holder(handle)}",
                "Wait until it has finished, or end it, then run the command again.",
            )
        time.sleep(_PAUSE)


def _sign(handle: int) -> None:
    """Write who holds the lock."""
    text = json.dumps({"pid": os.getpid(), "host": platform.node()}) + "\n"
    os.ftruncate(handle, 0)
    os.lseek(handle, 0, os.SEEK_SET)
    os.write(handle, text.encode())


def _holder(handle: int) -> str:
    """Who has the lock, in words."""
    facts = _read(handle)
    if "pid" not in facts:
        return "another process"
    host = facts.get("host", "")
    where = f" on {host}" if host and host != platform.node() else ""
    return f"process {facts['pid']}{where}"


def _read(handle: int) -> dict[str, str]:
    """What the lock file says; nothing if it is empty or damaged."""
    os.lseek(handle, 0, os.SEEK_SET)
    try:
        facts = json.loads(os.read(handle, 1000).decode("utf-8", "replace"))
        return {"pid": str(int(facts["pid"])), "host": str(facts["host"])}
    except (ValueError, TypeError, KeyError, RecursionError):
        return {}


if sys.platform == "win32":

    def _try_lock(handle: int) -> bool:
        """Lock without waiting; False if somebody has it."""
        os.lseek(handle, _FAR, os.SEEK_SET)
        try:
            msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True

else:

    def _try_lock(handle: int) -> bool:
        """Lock without waiting; False if somebody has it."""
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True
