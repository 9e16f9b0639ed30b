"""The one resolver of link targets, for build, check, preview, rename and editor.

exact path → unique name → title or alias → nearest folder → else ambiguous, with candidates.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from pathlib import PurePosixPath
from typing import TYPE_CHECKING
from urllib.parse import unquote

from notebook_kb.notebook.names import fold
from notebook_kb.notebook.tables import gathered, moved

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from notebook_kb.model.note import Note


@dataclass(frozen=True, slots=True)
class Resolution:
    """Where a target leads: a note's path, a file's path, or neither; `candidates` when it is ambiguous."""

    note: str = ""
    file: str = ""
    candidates: tuple[str, ...] = ()


MISSING = Resolution()


@dataclass(frozen=True, slots=True)
class Keys:
    """Under what a note can be found: its folded paths, its file's name, its title and aliases."""

    paths: frozenset[str] = frozenset()
    names: frozenset[str] = frozenset()
    titles: frozenset[str] = frozenset()


class Resolver:
    """Finds the note or file that a target means. Paths are relative to the notebook with forward slashes.

    It is not changed once made, but for what it remembers of its own answers; `with_note` gives another one.
    """

    def __init__(
        self,
        notes: Iterable[Note],
        files: Iterable[str],
        base: str,
        concepts: Mapping[str, str] | None = None,
    ) -> None:
        """`base` is the notes folder ('' or 'notes'); `concepts` maps a concept's folded names to its note's path."""
        self.base = base
        self.files: dict[str, str] = {}
        self.file_names: dict[str, list[str]] = {}
        for path in files:
            self.files[fold_path(self.inside(path))] = path
            self.file_names.setdefault(fold_path(PurePosixPath(path).name), []).append(path)
        keys = [(note.path, self.keys(note)) for note in notes]
        self._take(
            gathered((path, k.paths) for path, k in keys),
            gathered((path, k.names) for path, k in keys),
            gathered((path, k.titles) for path, k in keys),
            dict(concepts or {}),
        )

    def _take(
        self,
        paths: dict[str, tuple[str, ...]],
        names: dict[str, tuple[str, ...]],
        titles: dict[str, tuple[str, ...]],
        concepts: dict[str, str],
    ) -> None:
        """The tables: folded path, file name, title → the notes' paths, sorted; a concept's name → its note's."""
        self.paths, self.names, self.titles = paths, names, titles
        self.concepts = concepts
        self._known: dict[tuple[str, str], Resolution] = {}

    def keys(self, note: Note | None) -> Keys:
        """Under what a note can be found; nothing for None."""
        if note is None:
            return Keys()
        inside = fold_path(self.inside(note.path))
        return Keys(
            frozenset({inside, inside.rsplit(".", 1)[0]}),
            frozenset({fold(PurePosixPath(note.path).stem)}),
            frozenset(fold(name) for name in (note.title, *note.aliases)),
        )

    def with_note(self, path: str, old: Note | None, new: Note | None, concepts: dict[str, str]) -> Resolver:
        """The resolver where `new` is in the place of `old` (None: there is none); `concepts` is the new table."""
        before, after = self.keys(old), self.keys(new)
        other = Resolver.__new__(Resolver)
        other.base, other.files, other.file_names = self.base, self.files, self.file_names
        other._take(  # noqa: SLF001 - another of ours
            moved(self.paths, before.paths, after.paths, path),
            moved(self.names, before.names, after.names, path),
            moved(self.titles, before.titles, after.titles, path),
            concepts,
        )
        if before == after and concepts is self.concepts:
            other._known = self._known  # noqa: SLF001
        return other

    def inside(self, path: str) -> str:
        """A path as seen from the notes folder."""
        return path[len(self.base) + 1 :] if self.base and path.startswith(self.base + "/") else path

    def resolve(self, target: str, from_path: str) -> Resolution:
        """What `target`, written in the note `from_path`, leads to. An empty target is the note itself."""
        if not target:
            return Resolution(note=from_path)
        # notes of one folder see the same
        key = (from_path.rpartition("/")[0], target)
        found = self._known.get(key)
        if found is None:
            found = self._resolve(target, from_path)
            if found is not None:
                self._known[key] = found
        return found or Resolution(note=from_path)

    def _resolve(self, target: str, from_path: str) -> Resolution | None:
        """The same, asked for the first time; None for the note itself."""
        target = clean_target(target)
        if not target:
            return None
        for candidate in self.places(target, from_path):
            key = fold_path(candidate)
            if key in self.paths:
                return Resolution(note=self.paths[key][-1])
            if key in self.files:
                return Resolution(file=self.files[key])
        return self._by_name(target, from_path)

    def places(self, target: str, from_path: str) -> tuple[str, str]:
        """Where a target would be as a path: seen from the note's folder, and from the notes folder."""
        folder = self.inside(from_path).rpartition("/")[0]
        near = target if target.startswith("/") or not folder else f"{folder}/{target}"
        return normal_path(near), normal_path(target.lstrip("/"))

    def _by_name(self, target: str, from_path: str) -> Resolution:
        last = last_part(target)
        stem = last[:-3] if last.casefold().endswith(".md") else last
        found = self.names.get(fold(stem), ()) if "/" not in target else ()
        if not found and "/" not in target:
            found = self.titles.get(fold(stem), ())
        if not found and "/" not in target and fold(stem) in self.concepts:
            return Resolution(note=self.concepts[fold(stem)])
        if found:
            nearest = nearest_of(found, from_path)
            return Resolution(note=nearest) if nearest else Resolution(candidates=tuple(sorted(found)))
        files = self.file_names.get(fold_path(last), [])
        if "/" in target:
            files = [f for f in files if fold_path(f).endswith("/" + fold_path(target.lstrip("./")))]
        if files:
            nearest = nearest_of(files, from_path)
            return Resolution(file=nearest) if nearest else Resolution(candidates=tuple(sorted(files)))
        return MISSING


def clean_target(target: str) -> str:
    """A target as it is compared: escapes read, strokes one way."""
    return unquote(target).replace("\\", "/").strip()


@lru_cache(maxsize=1 << 16)
def fold_path(path: str) -> str:
    """A path for comparing: case-insensitive, as file systems and people are."""
    return "/".join(fold_part(p) for p in path.split("/"))


def fold_part(part: str) -> str:
    """One part of a path; blanks and dashes stay different."""
    return unicodedata.normalize("NFC", part).casefold()


def normal_path(path: PurePosixPath | str) -> str:
    """A path without `.` and `..`; it never leaves the notebook."""
    parts: list[str] = []
    for part in str(path).split("/"):
        if part == "..":
            if parts:
                parts.pop()
        elif part and part != ".":
            parts.append(part)
    return "/".join(parts)


def last_part(target: str) -> str:
    """The name at the end of a target."""
    return next((part for part in reversed(target.split("/")) if part and part != "."), "")


def nearest_of(paths: Sequence[str], from_path: str) -> str:
    """The one path that shares most folders with `from_path`; '' when two are equally near."""
    if len(paths) == 1:
        return paths[0]
    here = PurePosixPath(from_path).parent.parts

    def shared(path: str) -> int:
        count = 0
        for a, b in zip(here, PurePosixPath(path).parent.parts, strict=False):
            if a != b:
                break
            count += 1
        return count

    ranked = sorted(paths, key=lambda p: (-shared(p), len(PurePosixPath(p).parts), p))
    first, second = ranked[0], ranked[1]
    if shared(first) > shared(second):
        return first
    same_folder = [p for p in paths if PurePosixPath(p).parent.parts == here]
    return same_folder[0] if len(same_folder) == 1 else ""
