"""Known names that differ by one slip of the finger, found without comparing every pair."""

from __future__ import annotations

from typing import TYPE_CHECKING

from notebook_kb.notebook.names import fold

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

SHORTEST = 4


class Slips:
    """Names by what is left of them when one letter is dropped.

    Two names that share such a remainder differ by one letter added, dropped or changed, or by two letters
    that changed places (Garbe's symmetric deletes, with one delete).
    """

    def __init__(self, names: Iterable[str]) -> None:
        self.known: dict[str, str] = {}
        for name in names:
            for rest in _rests(fold(name)):
                self.known.setdefault(rest, name)

    def near(self, name: str) -> str:
        """The known name that is one slip away from `name`; '' for short names and where there is none."""
        wanted = fold(name)
        found = (self.known[rest] for rest in _rests(wanted) if rest in self.known)
        return next((n for n in found if len(fold(n)) >= SHORTEST), "") if len(wanted) >= SHORTEST else ""


def _rests(name: str) -> Iterator[str]:
    """A name, and the name without each of its letters."""
    yield name
    for i in range(len(name)):
        yield name[:i] + name[i + 1 :]
