"""Reading a file once: its bytes and their digest, and the bytes as text."""

from __future__ import annotations

import errno
import hashlib
import os
import stat
from dataclasses import dataclass
from typing import TYPE_CHECKING

from notebook_kb.errors import EnvironmentFailedError
from notebook_kb.files.failures import failed

if TYPE_CHECKING:
    from pathlib import Path

MAX_BYTES = 8 * 1024 * 1024
"""A text file above this size is no note: it is reported, not read to its end."""

_BOM = b"\xef\xbb\xbf"
_UTF16_BOMS = (b"\xff\xfe", b"\xfe\xff")
_BINARY_FLAG: int = getattr(os, "O_BINARY", 0)  # Windows would turn line ends otherwise
_NO_WAIT_FLAG: int = getattr(os, "O_NONBLOCK", 0)


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A file as it was read: `data` are its bytes, `digest` is their BLAKE2b-128 in hex."""

    path: Path
    data: bytes
    digest: str


def digest_of(data: bytes) -> str:
    """The BLAKE2b-128 of `data` in hex (32 characters)."""
    return hashlib.blake2b(data, digest_size=16).hexdigest()


def read_file(path: Path, limit: int = MAX_BYTES) -> Snapshot:
    """Read the regular file at `path`, symbolic links followed.

    Of a file larger than `limit` bytes only the first `limit + 1` are read: `decode` calls such data
    `too-large`, and writing over such a snapshot is always refused.

    Raises `EnvironmentFailedError` for a folder, pipe, socket or device (which is never opened: a pipe would
    wait for ever) and when the system does not let us read.
    """
    try:
        _refuse_special(path, path.stat().st_mode)
        handle = os.open(path, os.O_RDONLY | _NO_WAIT_FLAG | _BINARY_FLAG)
        with open(handle, "rb") as file:  # noqa: PTH123 - an open handle has no path
            # Somebody may have put a pipe there since the look above.
            _refuse_special(path, os.fstat(handle).st_mode)
            data = file.read(limit + 1)
    except OSError as error:
        raise failed("read", path, error) from error
    except ValueError as error:  # a NUL in the name
        raise failed("read", path, OSError(errno.EINVAL, str(error))) from error
    return Snapshot(path, data, digest_of(data))


def decode(data: bytes, limit: int = MAX_BYTES) -> tuple[str, str]:
    """The text of `data` and what is wrong with it: '', 'binary', 'not-utf-8' or 'too-large'.

    Line ends stay as they are; a byte order mark at the start is left out. Where something is wrong the
    text is '', so that nobody works on half a note.
    """
    if len(data) > limit:
        return "", "too-large"
    if data.startswith(_UTF16_BOMS):
        return "", "not-utf-8"
    if b"\0" in data:
        return "", "binary"
    try:
        return data.removeprefix(_BOM).decode("utf-8"), ""
    except UnicodeDecodeError:
        return "", "not-utf-8"


def _refuse_special(path: Path, mode: int) -> None:
    """Let only regular files pass."""
    if stat.S_ISREG(mode):
        return
    kinds = ((stat.S_ISDIR, "a folder"), (stat.S_ISFIFO, "a pipe"), (stat.S_ISSOCK, "a socket"))
    kind = next((name for test, name in kinds if test(mode)), "a device")
    raise EnvironmentFailedError(
        f"{path}: cannot read it: it is {kind}, not a file",
        "Move it out of the notebook, or name it under `ignore:` in notebook.yml.",
    )
