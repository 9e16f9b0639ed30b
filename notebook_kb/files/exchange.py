"""Two things of Linux that make writing safe: swapping two names at once, and knowing of writers.

Elsewhere both say that they cannot, and the caller does without.
"""

from __future__ import annotations

import ctypes
import errno
import os
import signal
import stat
import sys
from contextlib import contextmanager
from functools import cache
from typing import TYPE_CHECKING, Any

if sys.platform != "win32":
    import fcntl

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_AT_FDCWD = -100
_NO_REPLACE = 1
_EXCHANGE = 2
_NOT_HERE = frozenset({errno.ENOSYS, errno.EINVAL, errno.EOPNOTSUPP, errno.ENOTSUP, errno.EXDEV})


class UnsupportedError(Exception):
    """The system or the file system cannot do it."""


def swap(first: Path, second: Path) -> None:
    """Exchange what two names in one file system stand for, in one step.

    Raises `UnsupportedError` where that does not exist, else `OSError` (a name is missing, no permission).
    """
    _rename(first, second, _EXCHANGE)


def rename_to_free(old: Path, new: Path) -> None:
    """Rename `old` to `new` if nothing has that name yet.

    Raises `FileExistsError` if something has, `UnsupportedError` where the check cannot be part of the
    renaming, else `OSError`.
    """
    _rename(old, new, _NO_REPLACE)


class HeldFile:
    """A displaced file, open for reading while it is judged."""

    def __init__(self, handle: int) -> None:
        self._handle = handle
        self._leased, self._writer = _lease(handle)

    def is_quiet(self, expected: bytes) -> bool:
        """Whether the file holds `expected` and nobody is known to have it open for writing.

        Only Linux tells of writers; elsewhere the bytes decide alone.
        """
        if self._writer or (self._leased and not _lease_stands(self._handle)):
            return False
        # One byte more than expected shows that something was added.
        return os.pread(self._handle, len(expected) + 1, 0) == expected


@contextmanager
def hold(path: Path) -> Iterator[HeldFile | None]:
    """Open the file at `path` (no link followed); None if no regular file is there."""
    if not stat.S_ISREG(path.lstat().st_mode):
        yield None
        return
    handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    try:
        yield HeldFile(handle)
    finally:
        os.close(handle)


def _lease(handle: int) -> tuple[bool, bool]:
    """Ask for a read lease: (have it, somebody has the file open for writing)."""
    if sys.platform != "linux":
        return False, False
    try:
        # A broken lease sends SIGIO, which ends a process that does not expect it; SIGURG is ignored.
        fcntl.fcntl(handle, fcntl.F_SETSIG, signal.SIGURG)
        fcntl.fcntl(handle, fcntl.F_SETLEASE, fcntl.F_RDLCK)
    except OSError as error:
        # EAGAIN: open for writing somewhere. All else: no leases on this file system, or not our file.
        return False, error.errno == errno.EAGAIN
    return True, False


def _lease_stands(handle: int) -> bool:
    """Whether nobody has tried to open the file for writing since the lease was given."""
    if sys.platform != "linux":
        return True
    return bool(fcntl.fcntl(handle, fcntl.F_GETLEASE) == fcntl.F_RDLCK)


@cache
def _renameat2() -> Any:
    """The C library's function, or None where it has none."""
    if sys.platform != "linux":
        return None
    function = getattr(ctypes.CDLL(None, use_errno=True), "renameat2", None)
    if function is not None:
        function.argtypes = (ctypes.c_int, ctypes.c_char_p, ctypes.c_int, ctypes.c_char_p, ctypes.c_uint)
        function.restype = ctypes.c_int
    return function


def _rename(old: Path, new: Path, flag: int) -> None:
    """`renameat2`, with Python's exceptions."""
    function = _renameat2()
    if function is None:
        raise UnsupportedError
    if function(_AT_FDCWD, os.fsencode(old), _AT_FDCWD, os.fsencode(new), flag) == 0:
        return
    number = ctypes.get_errno()
    if number in _NOT_HERE:
        raise UnsupportedError
    raise OSError(number, os.strerror(number), str(old), None, str(new))
