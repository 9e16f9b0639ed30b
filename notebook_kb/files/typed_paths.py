"""Paths as people type them in a terminal: from where they are, or from the notebook's folder. Light to import."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


def typed_paths(root: Path, name: str, here: Path) -> Iterator[str]:
    """What a typed path may mean, as seen from the notebook at `root`; `here` is the current folder. Nothing for a path
    out of the notebook.
    """
    if "\0" in name:
        return
    for base in (here, root):
        for start, path in ((root, base / name), (root.resolve(), (base / name).resolve())):
            if path.is_relative_to(start) and ".." not in path.parts:
                yield path.relative_to(start).as_posix()
