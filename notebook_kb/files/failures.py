"""What the system said when a file could not be used, in words that help."""

from __future__ import annotations

import errno
from typing import TYPE_CHECKING

from notebook_kb.errors import EnvironmentFailedError

if TYPE_CHECKING:
    from pathlib import Path

_HINTS = {
    errno.ENOSPC: "The disk is full: free some space, then run the command again.",
    errno.EDQUOT: "Your disk quota is used up: free some space, then run the command again.",
    errno.EFBIG: "The file would be larger than this system allows.",
    errno.EACCES: "Check who may read and write the file and its folder.",
    errno.EPERM: "Check who may read and write the file and its folder.",
    errno.EROFS: "The disk is mounted read-only.",
    errno.ENOENT: "Check the path; it may have been moved or deleted.",
    errno.ENOTDIR: "A part of the path is a file, not a folder.",
    errno.ENAMETOOLONG: "Choose a shorter name.",
    errno.EMFILE: "Too many files are open: close some programs, or raise `ulimit -n`.",
    errno.ELOOP: "The symbolic links lead in a circle.",
}


def failed(doing: str, path: Path, error: OSError) -> EnvironmentFailedError:
    """The error to raise when `doing` ("read", "write") something to `path` ended in `error`."""
    why = error.strerror or str(error)
    hint = _HINTS.get(error.errno or 0, "")
    return EnvironmentFailedError(f"{path}: cannot {doing} it: {why}", hint)
