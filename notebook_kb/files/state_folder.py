"""The state folder must be one of the notebook itself: a notebook from elsewhere may hold links.

What lies in it is written, emptied and moved without a question. Through a symbolic link that would happen to other files
of this computer. Light to import: what is quick asks here first.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from notebook_kb.errors import UsageError

if TYPE_CHECKING:
    from pathlib import Path

# a link of this name is taken away by who claims the cache; what it leads to stays
CACHE = "cache"


class StateLinkError(UsageError):
    """The state folder, or a folder in it, is a symbolic link."""

    code = "state-link"


def link_in(root: str, path: str) -> str:
    """The first part of `path`, relative to the folder `root`, that is a symbolic link (or a junction); ''."""
    here = root
    names = [name for name in path.replace("\\", "/").split("/") if name not in {"", "."}]
    for number, name in enumerate(names):
        here = os.path.join(here, name)  # noqa: PTH118 - light
        if is_link(here):
            return "/".join(names[: number + 1])
    return ""


def is_link(path: str) -> bool:
    """Whether a path is a symbolic link, or what Windows has in its place (asked from Python 3.12 on)."""
    junction = getattr(os.path, "isjunction", None)
    return os.path.islink(path) or bool(junction and junction(path))  # noqa: PTH114


def refuse_links(root: Path, state: str, theme: str = "") -> None:
    """Raise `StateLinkError` where the state folder of the notebook at `root`, or a folder in it, is a link. The folder
    `theme` may be one: nothing is written there.
    """
    found = link_in(str(root), state)
    if not found:
        try:
            with os.scandir(root / state) as entries:
                free = {CACHE, theme.strip("/").rpartition("/")[2]}
                names = sorted(e.name for e in entries if e.name not in free and is_link(e.path))
        except OSError:
            names = []  # there is none yet, or who needs it will say why it cannot be read
        found = f"{state.strip('/')}/{names[0]}" if names else ""
    if found:
        raise StateLinkError(
            f"{found} is a symbolic link: what is written there would change files outside of the notebook",
            "put a folder of its own in its place; `state:` in notebook.yml may name another one",
        )
