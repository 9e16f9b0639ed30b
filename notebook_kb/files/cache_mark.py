"""The mark by which a cache is known as this computer's own. Light to import: what is quick asks here first.

It is a keyed digest (BLAKE2b) of the notebook's cache folder; the key lies in the person's own folder, so a notebook from
elsewhere cannot hold its mark.
"""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

try:
    from _blake2 import blake2b  # hashlib takes three milliseconds, for OpenSSL
except ImportError:
    from hashlib import blake2b

if TYPE_CHECKING:
    from collections.abc import Mapping

KEY_NAME = "cache.key"
KEY_LENGTH = 32
MARK_NAME = "owner"


def config_path(environment: Mapping[str, str] | None = None) -> str:
    """`kb` in the user's configuration folder; see `files.config_folder`."""
    env = os.environ if environment is None else environment
    if sys.platform == "win32" and env.get("APPDATA"):
        return os.path.join(env["APPDATA"], "kb")  # noqa: PTH118 - light
    base = env.get("XDG_CONFIG_HOME", "")
    # The standard says that a relative one is to be ignored.
    known = base if base and os.path.isabs(base) else os.path.join(os.path.expanduser("~"), ".config")  # noqa: PTH111, PTH117, PTH118
    return os.path.join(known, "kb")  # noqa: PTH118


def is_own(folder: str) -> bool:
    """Whether this computer wrote what is in the cache `folder`."""
    key = read_key()
    if not key or os.path.islink(folder):  # noqa: PTH114
        return False
    return read(os.path.join(folder, MARK_NAME)) == mark(folder, key)  # noqa: PTH118


def mark(folder: str, key: bytes, data: bytes = b"") -> bytes:
    """The mark of the cache at `folder`, or of `data` that belongs there."""
    said = os.fsencode(os.path.realpath(folder)) + (b"\0" + data if data else b"")
    return blake2b(said, key=key, digest_size=32).hexdigest().encode()


def read_key() -> bytes:
    """The key of this person on this computer, b"" where there is none."""
    try:
        key = bytes.fromhex(read(os.path.join(config_path(), KEY_NAME)).decode("ascii"))  # noqa: PTH118
    except ValueError:
        return b""
    return key if len(key) == KEY_LENGTH else b""


def read(path: str) -> bytes:
    """The beginning of a file, b"" where it cannot be read; of a link nothing."""
    if os.path.islink(path) or not os.path.isfile(path):  # noqa: PTH113, PTH114
        return b""
    try:
        with open(path, "rb") as file:  # noqa: PTH123
            return file.read(256).strip()
    except OSError:
        return b""
