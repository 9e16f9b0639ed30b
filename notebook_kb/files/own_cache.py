"""A notebook's cache is used only where this computer wrote it: one that came with a notebook from elsewhere is thrown away.

What was remembered stands for what would be derived anew, so a forged cache could put anything on a page. A mark in the
folder is made with a key from the person's own folder and the notebook's real path; nobody else can make it.
"""

from __future__ import annotations

import hmac
import re
import secrets
import shutil
from contextlib import suppress
from typing import TYPE_CHECKING

from notebook_kb.errors import ChangedSinceReadError, EnvironmentFailedError
from notebook_kb.files.config_folder import config_folder
from notebook_kb.files.read import read_file
from notebook_kb.files.write import replace_output, write_file

if TYPE_CHECKING:
    from pathlib import Path

MARK_NAME = "owner"
KEY = re.compile(rb"[0-9a-f]{64}\n")


def claim_cache(folder: Path) -> bool:
    """Whether what is in the cache `folder` was written by this computer; it is emptied where it was not.

    False too where that cannot be told or the folder cannot be written: then nothing in it may be used.
    """
    key = own_key()
    expected = hmac.new(key, str(folder.resolve()).encode(), "sha256").hexdigest().encode() if key else b""
    mark = folder / MARK_NAME
    if expected and not folder.is_symlink() and hmac.compare_digest(read_mark(mark), expected):
        return True
    try:
        empty(folder)
        if not expected:
            return False
        replace_output(mark, expected)
    except (OSError, EnvironmentFailedError):
        return False
    return True


def read_mark(path: Path) -> bytes:
    """The mark in a cache, b"" without one."""
    if path.is_symlink():
        return b""
    try:
        return read_file(path, 256).data
    except EnvironmentFailedError:
        return b""


def empty(folder: Path) -> None:
    """Remove a cache; of a link only the link."""
    if folder.is_symlink():
        folder.unlink()
    elif folder.is_dir():
        shutil.rmtree(folder)


def own_key() -> bytes:
    """The key of this person on this computer, made when it is first needed; b"" where none can be kept."""
    path = config_folder() / "cache.key"
    with suppress(EnvironmentFailedError):
        data = read_file(path, 256).data
        if KEY.fullmatch(data):
            return data
    made = f"{secrets.token_hex(32)}\n".encode()
    try:
        if path.exists():
            replace_output(path, made)  # damaged
        else:
            write_file(path, made, None)
        path.chmod(0o600)
        data = read_file(path, 256).data
    except (OSError, EnvironmentFailedError, ChangedSinceReadError):
        return b""
    return data if KEY.fullmatch(data) else b""
