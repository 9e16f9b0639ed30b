"""Areas of the roadmap by the names that people type."""

from __future__ import annotations

from typing import TYPE_CHECKING

from notebook_kb.errors import UsageError
from notebook_kb.notebook.names import did_you_mean, fold

if TYPE_CHECKING:
    from notebook_kb.notebook.notebook import Notebook


def area_id(notebook: Notebook, name: str) -> str:
    """The area that a name means, by id or title; '' for ''. UsageError with the nearest one."""
    if not name:
        return ""
    known = {fold(key): a.id for a in notebook.roadmap.areas for key in (a.title, a.id)}
    if fold(name) in known:
        return known[fold(name)]
    near = did_you_mean(name, known)
    ids = ", ".join(a.id for a in notebook.roadmap.areas)
    raise UsageError(
        f"the roadmap has no area `{name}`",
        f"did you mean `{known[near]}`?" if near in known else f"areas: {ids}",
    )
