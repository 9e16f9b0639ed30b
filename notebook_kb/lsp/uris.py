"""Addresses of files as editors write them, and paths in a notebook."""

from __future__ import annotations

from pathlib import Path

from pygls import uris


def path_of(root: Path, uri: str) -> str:
    """The path relative to the notebook, with forward slashes; '' for what is not in it or no file."""
    found = uris.to_fs_path(uri)
    if not found:
        return ""
    path = Path(found)
    for base in (root, root.resolve()):
        if path.is_relative_to(base):
            return path.relative_to(base).as_posix()
    resolved = path.resolve()
    return resolved.relative_to(root.resolve()).as_posix() if resolved.is_relative_to(root.resolve()) else ""


def uri_of(root: Path, path: str) -> str:
    """The address of a file of the notebook."""
    return uris.from_fs_path(str(root / path)) or ""


def file_of(uri: str) -> Path | None:
    """The file that an address names, None for what is no file."""
    found = uris.to_fs_path(uri)
    return Path(found) if found else None
