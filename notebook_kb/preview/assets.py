"""The scripts of the preview's own pages."""

from __future__ import annotations

from importlib.resources import files


def static_file(name: str) -> bytes:
    """A file of the preview's folder of scripts."""
    return files("notebook_kb.preview").joinpath("static", name).read_bytes()
