"""Copies of pages elsewhere, as the workspace hands them in."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Copy:
    """Where else a page's text stands: what the place is called, the address there, since when (YYYY-MM-DD or '')."""

    place: str
    url: str
    date: str = ""
