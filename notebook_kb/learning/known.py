"""How much of what is written is remembered today: a second number beside coverage, never mixed with it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Known:
    """Of one concept: how many cards it has, how many were ever reviewed, and the mean retrievability (0 to 1) of those,
    today; None where nothing was reviewed.
    """

    cards: int = 0
    reviewed: int = 0
    due: int = 0
    mean: float | None = None
