"""Addresses of files as editors write them, and paths in a notebook."""

from __future__ import annotations

import os
from pathlib import Path

from pygls import uris

LONGEST_NAME = 255  # bytes, as file systems have it


def path_of(root: Path, uri: str) -> str:
    """The path relative to the notebook, with forward slashes; '' for what is not in it or no file."""
    path = file_of(uri)
    if path is None:
        return ""
    for base in (root, root.resolve()):
        if path.is_relative_to(base):
            return path.relative_to(base).as_posix()
    resolved = path.resolve()
    return resolved.relative_to(root.resolve()).as_posix() if resolved.is_relative_to(root.resolve()) else ""


def uri_of(root: Path, path: str) -> str:
    """The address of a file of the notebook."""
    return uris.from_fs_path(str(root / path)) or ""


def file_of(uri: str) -> Path | None:
    """The file that an address names, None for what can be no file."""
    found = uris.to_fs_path(uri)
    if not found or "\0" in found:
        return None
    path = Path(found)
    return path if all(len(os.fsencode(part)) <= LONGEST_NAME for part in path.parts) else None
