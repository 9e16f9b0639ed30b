"""Ids in rendered HTML: of blocks, and of the headings at which an embed of a section is cut."""

from __future__ import annotations

import re
from html import unescape
from typing import TYPE_CHECKING

from notebook_kb.parsing.blocks import block_anchor
from notebook_kb.rendering.sanitise import tag_depth

if TYPE_CHECKING:
    from collections.abc import Callable

# in a heading at the top level it stands around its level, right behind the tag that opens it
CUT = "\ue0c5"
CUT_HEADING = re.compile(rf'(<h[2-6] id="([^"]*)">){CUT}([1-6]){CUT}')
MARK = re.compile(f"{CUT}[1-6]{CUT}")
FIRST_TAG = re.compile(r"<([a-z][a-z0-9-]*)[^<>]*>")


def with_id(html: str, names: tuple[str, ...], given: set[str]) -> str:
    """HTML whose first tag carries the id of a block; an empty mark before it where that cannot be.

    `given` are the ids that other blocks have: of two with one id the first one keeps it.
    """
    anchor = block_anchor(names[0]) if names else ""
    if not anchor or anchor in given or not html.strip():
        return html
    given.add(anchor)
    name = f' id="{anchor}"'
    tag = FIRST_TAG.match(html)
    if tag and " id=" not in tag[0] and not tag[1].startswith("kb-"):
        return f"<{tag[1]}{name}{html[tag.end(1) :]}"
    return f"<span{name}></span>{html}"


def cut_mark(level: int) -> str:
    """What a heading of this level begins with so that `cut_headings` finds it."""
    return f"{CUT}{level}{CUT}"


def cut_headings(
    html: str, restore: Callable[[str], str], *, raw: bool
) -> tuple[str, list[tuple[int, int, str]]]:
    """(the HTML restored and without the marks, the (offset, level, id) of each heading that was marked).

    With `raw` HTML of users in it, a heading between open tags is no place to cut.
    """
    cuts: list[tuple[int, int, str]] = []
    parts: list[str] = []
    done = length = depth = 0
    for match in CUT_HEADING.finditer(html):
        # each piece by itself: what is put in must not be taken for a heading of the note
        parts.append(restore(MARK.sub("", html[done : match.start()])))
        length += len(parts[-1])
        depth += tag_depth(html[done : match.start()]) if raw else 0
        if depth == 0:
            cuts.append((length, int(match[3]), unescape(match[2])))
        parts.append(match[1])
        length += len(match[1])
        depth += tag_depth(match[1]) if raw else 0
        done = match.end()
    return "".join([*parts, restore(MARK.sub("", html[done:]))]), cuts
