"""Known names that differ by one slip of the finger, found without comparing every pair."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from notebook_kb.notebook.names import fold
from notebook_kb.notebook.tables import gathered, moved

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

SHORTEST = 4


@dataclass(frozen=True)
class Slips:
    """Paths by what is left of their names when one letter is dropped.

    Two names that share such a remainder differ by one letter added, dropped or changed, or by two letters
    that changed places (Garbe's symmetric deletes, with one delete).
    """

    known: dict[str, tuple[str, ...]]
    endings: bool

    @classmethod
    def among(cls, paths: Iterable[str], *, endings: bool = True) -> Slips:
        """Of files by their names; without `endings` by the names of notes."""
        return cls(gathered((p, rests(fold(name_in(p, endings=endings)))) for p in paths), endings)

    def moved(self, path: str, *, gone: bool) -> Slips:
        """With a path more, or one that is gone."""
        names = set(rests(fold(name_in(path, endings=self.endings))))
        none: set[str] = set()
        return Slips(moved(self.known, names if gone else none, none if gone else names, path), self.endings)

    def near(self, name: str) -> str:
        """The known name that is one slip away from `name`; '' for short names and where there is none. Of several under
        one remainder the first by path counts.
        """
        wanted = fold(name)
        if len(wanted) < SHORTEST:
            return ""
        paths = (self.known[rest][0] for rest in rests(wanted) if rest in self.known)
        names = (name_in(path, endings=self.endings) for path in paths)
        return next((n for n in names if len(fold(n)) >= SHORTEST), "")


def name_in(path: str, *, endings: bool) -> str:
    """The name of a file, with or without its ending."""
    name = path.rsplit("/", 1)[-1]
    return name if endings else name.rsplit(".", 1)[0]


def rests(name: str) -> Iterator[str]:
    """A name, and the name without each of its letters."""
    yield name
    for i in range(len(name)):
        yield name[:i] + name[i + 1 :]
