"""A notebook's cache is used only where this computer wrote it: one that came with a notebook from elsewhere is thrown away.

What was remembered stands for what would be derived anew, so a forged cache could put anything on a page.
"""

from __future__ import annotations

import secrets
import shutil
from hmac import compare_digest
from typing import TYPE_CHECKING

from notebook_kb.errors import ChangedSinceReadError, EnvironmentFailedError
from notebook_kb.files.cache_mark import KEY_LENGTH, KEY_NAME, MARK_NAME, is_own, mark, read_key
from notebook_kb.files.config_folder import config_folder
from notebook_kb.files.write import replace_output, write_file

if TYPE_CHECKING:
    from pathlib import Path


def claim_cache(folder: Path) -> bool:
    """Whether what is in the cache `folder` was written by this computer; it is emptied where it was not.

    False too where that cannot be told or the folder cannot be written: then nothing in it may be used.
    """
    if is_own(str(folder)):
        return True
    try:
        empty(folder)
        key = own_key()
        if key:
            replace_output(folder / MARK_NAME, mark(str(folder), key))
    except (OSError, EnvironmentFailedError):
        return False
    return bool(key)


def sealed(root: Path, data: bytes) -> bytes:
    """The seal by which this computer knows `data` of the notebook at `root` as its own; b"" where it can keep no key."""
    key = own_key()
    return mark(str(root), key, data) if key else b""


def is_sealed(root: Path, data: bytes, found: bytes) -> bool:
    """Whether `found` is the seal of `data`."""
    key = read_key()
    return bool(key) and compare_digest(mark(str(root), key, data), found)


def empty(folder: Path) -> None:
    """Remove a cache; of a link only the link."""
    if folder.is_symlink():
        folder.unlink()
    elif folder.is_dir():
        shutil.rmtree(folder)


def own_key() -> bytes:
    """The key, made when it is first needed; b"" where none can be kept."""
    key = read_key()
    if key:
        return key
    made = f"{secrets.token_hex(KEY_LENGTH)}\n".encode()
    try:
        path = config_folder() / KEY_NAME
        if path.exists():
            replace_output(path, made)  # damaged
        else:
            write_file(path, made, None)
        path.chmod(0o600)
    except (OSError, EnvironmentFailedError, ChangedSinceReadError):
        return read_key()  # another process may have been first
    return read_key()
