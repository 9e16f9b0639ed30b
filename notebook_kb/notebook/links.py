"""The one resolver of link targets, for build, check, preview, rename and editor.

exact path → unique name → title or alias → nearest folder → else ambiguous, with candidates.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import TYPE_CHECKING
from urllib.parse import unquote

from notebook_kb.notebook.names import fold

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from notebook_kb.model.note import Note


@dataclass(frozen=True, slots=True)
class Resolution:
    """Where a target leads: a note's path, a file's path, or neither; `candidates` when it is ambiguous."""

    note: str = ""
    file: str = ""
    candidates: tuple[str, ...] = ()


MISSING = Resolution()


class Resolver:
    """Finds the note or file that a target means. Paths are relative to the notebook with forward slashes."""

    def __init__(
        self,
        notes: Iterable[Note],
        files: Iterable[str],
        base: str,
        concepts: Mapping[str, str] | None = None,
    ) -> None:
        """`base` is the notes folder ('' or 'notes'); `concepts` maps a concept's folded names to its note's path."""
        self.base = base
        self.paths: dict[str, str] = {}
        self.names: dict[str, list[str]] = {}
        self.titles: dict[str, list[str]] = {}
        self.files: dict[str, str] = {}
        self.file_names: dict[str, list[str]] = {}
        self.concepts = dict(concepts or {})
        for note in notes:
            self._add_note(note)
        for path in files:
            inside = self._inside(path)
            self.files[fold_path(inside)] = path
            self.file_names.setdefault(fold_path(PurePosixPath(path).name), []).append(path)

    def _add_note(self, note: Note) -> None:
        inside = self._inside(note.path)
        self.paths[fold_path(inside)] = note.path
        self.paths[fold_path(inside.rsplit(".", 1)[0])] = note.path
        stem = PurePosixPath(note.path).stem
        self.names.setdefault(fold(stem), []).append(note.path)
        for name in {fold(n) for n in (note.title, *note.aliases)}:
            self.titles.setdefault(name, []).append(note.path)

    def _inside(self, path: str) -> str:
        return path[len(self.base) + 1 :] if self.base and path.startswith(self.base + "/") else path

    def resolve(self, target: str, from_path: str) -> Resolution:
        """What `target`, written in the note `from_path`, leads to. An empty target is the note itself."""
        target = unquote(target).replace("\\", "/").strip()
        if not target:
            return Resolution(note=from_path)
        folder = PurePosixPath(self._inside(from_path)).parent
        for candidate in (normal_path(folder / target), normal_path(PurePosixPath(target.lstrip("/")))):
            key = fold_path(candidate)
            if key in self.paths:
                return Resolution(note=self.paths[key])
            if key in self.files:
                return Resolution(file=self.files[key])
        return self._by_name(target, from_path)

    def _by_name(self, target: str, from_path: str) -> Resolution:
        last = PurePosixPath(target).name
        stem = last[:-3] if last.casefold().endswith(".md") else last
        found = self.names.get(fold(stem), []) if "/" not in target else []
        if not found and "/" not in target:
            found = self.titles.get(fold(stem), [])
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


def fold_path(path: str) -> str:
    """A path for comparing: case-insensitive, as file systems and people are."""
    return "/".join(fold_part(p) for p in path.split("/"))


def fold_part(part: str) -> str:
    """One part of a path; blanks and dashes stay different."""
    return unicodedata.normalize("NFC", part).casefold()


def normal_path(path: PurePosixPath) -> str:
    """A path without `.` and `..`; it never leaves the notebook."""
    parts: list[str] = []
    for part in path.parts:
        if part == "..":
            if parts:
                parts.pop()
        elif part not in {".", "/"}:
            parts.append(part)
    return "/".join(parts)


def nearest_of(paths: list[str], from_path: str) -> str:
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
