"""The cards of a workspace with their history."""

from __future__ import annotations

from typing import TYPE_CHECKING

from notebook_kb.parsing.note import plain_line
from notebook_kb.parsing.tree import parse_document
from notebook_kb.rendering.cards import one_run
from notebook_kb.study.memory import Memory

if TYPE_CHECKING:
    from notebook_kb.workspace.workspace import Workspace

LONGEST = 60


def open_memory(workspace: Workspace) -> Memory:
    """The history of this notebook's cards."""
    return Memory.open(workspace.root / workspace.settings.state)


def one_line_of(markdown: str, longest: int = LONGEST) -> str:
    """A question on one line for lists: formulas in plain signs, cut where it is long."""
    text = plain_line(one_run(parse_document(markdown)[0].blocks))
    return text if len(text) <= longest else f"{text[: longest - 1].rstrip()}…"
