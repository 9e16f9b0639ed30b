"""Which names a change of a notebook can make lead elsewhere, so that links by other names need no second look."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING
from urllib.parse import unquote

from notebook_kb.notebook.names import fold

if TYPE_CHECKING:
    from collections.abc import Iterator

    from notebook_kb.model.note import Note
    from notebook_kb.notebook.notebook import Notebook

NOWHERE = frozenset({"", ".", ".."})


@lru_cache(maxsize=1 << 16)
def last_name(target: str) -> str:
    """The last part of a target, folded, without the ending of a note: all that the resolver looks up by."""
    return bare(unquote(target).replace("\\", "/").strip().rstrip("/").rpartition("/")[2])


def bare(name: str) -> str:
    """A name, folded, without the ending of a note."""
    folded = fold(name)
    return folded.removesuffix(".markdown").removesuffix(".md")


def names_of(note: Note) -> Iterator[str]:
    """All words that lead to a note, but those of its concept."""
    yield bare(note.path.rpartition("/")[2])
    yield from (bare(n.rpartition("/")[2]) for n in (note.title, *note.aliases))
    yield from (bare(n) for n in (note.title, *note.aliases))


def affected_names(before: Notebook, after: Notebook) -> frozenset[str]:
    """The names by which a link may lead elsewhere after a change."""
    found = set(NOWHERE)
    for one, other in ((before, after), (after, before)):
        for path, note in one.notes.items():
            if other.notes.get(path) is not note:
                found.update(names_of(note))
        there = set(other.files)
        found.update(bare(n) for f in one.files if f not in there for n in (f.rpartition("/")[2], stem_of(f)))
    was, now = before.resolver.concepts, after.resolver.concepts
    found.update(bare(n) for n in was.keys() | now.keys() if was.get(n) != now.get(n))
    old, new = before.concept_names, after.concept_names
    found.update(bare(n) for n in old.keys() | new.keys() if old.get(n) != new.get(n))
    return frozenset(found)


def stem_of(path: str) -> str:
    """A file's name without its ending."""
    return path.rpartition("/")[2].rpartition(".")[0]
