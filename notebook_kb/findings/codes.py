"""Codes as people type them."""

from __future__ import annotations

from difflib import SequenceMatcher

from notebook_kb.findings.catalogue import CATALOGUE

NEAR = 0.75


def near_codes(typed: str, most: int = 1) -> list[str]:
    """The codes that were probably meant by one that does not exist, best first: of its family, equal digits in
    another order before all.
    """
    key = typed.strip().upper()

    def likeness(code: str) -> float:
        return (sorted(code) == sorted(key)) + SequenceMatcher(None, key, code).ratio()

    family = [c for c in CATALOGUE if c[:3] == key[:3] and likeness(c) >= NEAR]
    return sorted(family, key=lambda c: (-likeness(c), c))[:most]
