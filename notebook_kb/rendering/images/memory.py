"""Pictures of earlier builds, kept by the digest of all that decides them. Deleting them costs only time."""

from __future__ import annotations

import hashlib
import struct
import zlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

PNG = b"\x89PNG\r\n\x1a\n"
CHUNKS = frozenset({b"IHDR", b"IDAT", b"IEND"})


class Pictures:
    """Makes PNGs, and remembers them in `folder` (None: nowhere).

    What is read back is taken only if its SHA-256 is the one noted under the key of just this SVG or formula, and if it is a whole
    PNG that holds nothing but a picture: a damaged file, one put in another's place, or one with words in it is made
    again.
    """

    def __init__(self, folder: Path | None = None) -> None:
        self.folder = folder
        self.made = 0

    def get(self, key: str, make: Callable[[], bytes]) -> bytes:
        """The picture of a `picture_key`; b'' where `make` cannot make it, which is not remembered."""
        data = self._remembered(key)
        if data is None:
            data = make()
            self.made += 1
            if data:
                self._remember(key, data)
        return data

    def _remembered(self, key: str) -> bytes | None:
        if self.folder is None:
            return None
        try:
            data = (self.folder / f"{key}.png").read_bytes()
            noted = (self.folder / f"{key}.sha256").read_bytes()
        except OSError:
            return None
        return data if noted == _note(key, data) and is_plain_png(data) else None

    def _remember(self, key: str, data: bytes) -> None:
        if self.folder is None:
            return
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            (self.folder / f"{key}.png").write_bytes(data)
            (self.folder / f"{key}.sha256").write_bytes(_note(key, data))
        except OSError:
            return  # a memory that cannot be written costs time only


def _note(key: str, data: bytes) -> bytes:
    """What is noted of a picture: its digest, bound to its key."""
    return f"{hashlib.sha256(key.encode() + data).hexdigest()}\n".encode()


def is_plain_png(data: bytes) -> bool:
    """Whether this is a whole PNG of nothing but a picture: sound chunks, none of text, nothing after the end."""
    if not data.startswith(PNG):
        return False
    at = len(PNG)
    while at + 12 <= len(data):
        length = int.from_bytes(data[at : at + 4])
        kind, end = data[at + 4 : at + 8], at + 12 + length
        if kind not in CHUNKS or data[end - 4 : end] != struct.pack(">I", zlib.crc32(data[at + 4 : end - 4])):
            return False
        if kind == b"IEND":
            return end == len(data)
        at = end
    return False


def png_size(data: bytes) -> tuple[int, int]:
    """(width, height) in px, (0, 0) for what is no PNG."""
    if not data.startswith(PNG) or len(data) < 24:
        return 0, 0
    width, height = struct.unpack(">II", data[16:24])
    return width, height
