"""What is said of a formula that cannot be read."""

from __future__ import annotations

from typing import TYPE_CHECKING

from notebook_kb.findings import finding

if TYPE_CHECKING:
    from notebook_kb.findings import Finding
    from notebook_kb.model import document as d
    from notebook_kb.parsing.tex import TexError


def tex_finding(tex: str, error: TexError, place: d.Place, indent: int = 0) -> Finding:
    """The finding for a formula that cannot be read, at the place inside it; its further lines are indented."""
    before = tex[: error.offset]
    rows = before.count("\n")
    column = len(before) - (before.rfind("\n") + 1) + (place.column if not rows else 1 + indent)
    shown = " ".join(tex.split())
    short = shown if len(shown) <= 60 else shown[:57] + "…"
    return finding(
        "KB401",
        f"{error.message} (in ${short}$)",
        error.hint,
        place=(place.line + rows, column, 0, 0),
    )
