"""Which pages the audit has read and found clean: a page of the same bytes is read again only when what is private is another."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING

from notebook_kb import __version__

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

FORMAT = 1  # raise when the audit reads a page in another way


class AuditMemory:
    """The clean pages of the last build that passed; a file that cannot be read is none."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.state, self.clean = _read(path)
        self.seen: dict[str, str] = {}

    def begin(self, secret: Iterable[tuple[str, ...] | str], *names: Iterable[object]) -> None:
        """Forget all unless the very same words are private as when it was written, and the same `names`: paths, addresses,
        files.
        """
        state = hashlib.blake2b(f"{__version__}:{FORMAT}".encode(), digest_size=16)
        for found in (sorted(s if isinstance(s, str) else "\0".join(s) for s in secret), *names):
            state.update(repr(found).encode("utf-8", "surrogatepass"))
        if self.state != state.hexdigest():
            self.state, self.clean = state.hexdigest(), frozenset()

    def unread(self, pages: Mapping[str, bytes]) -> dict[str, bytes]:
        """The pages that are not known to be clean."""
        keys = {page: key_of(page, data) for page, data in pages.items()}
        self.seen = keys
        return {page: data for page, data in pages.items() if keys[page] not in self.clean}

    def doubtful(self, pages: Iterable[str]) -> None:
        """Pages that hold words which only what else is public makes public: they are read each time."""
        for page in pages:
            self.seen.pop(page, None)

    def save(self) -> None:
        """All other pages of this build are clean. A memory that cannot be written costs time only."""
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            self.path.write_text(
                json.dumps({"state": self.state, "clean": sorted(set(self.seen.values()))}), encoding="utf-8"
            )
        except OSError:
            return


def key_of(page: str, data: bytes) -> str:
    """A page's name and bytes; the name tells how it is read."""
    return hashlib.blake2b(f"{page}\0".encode("utf-8", "surrogatepass") + data, digest_size=16).hexdigest()


def _read(path: Path) -> tuple[str, frozenset[str]]:
    try:
        value = json.loads(path.read_bytes())
        return str(value["state"]), frozenset(map(str, value["clean"]))
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return "", frozenset()
