"""Ids in rendered HTML: of blocks, and of the headings at which an embed of a section is cut."""

from __future__ import annotations

import re
from html import unescape
from typing import TYPE_CHECKING

from notebook_kb.parsing.blocks import block_anchor
from notebook_kb.rendering.sanitise import tag_depth

if TYPE_CHECKING:
    from collections.abc import Callable

# in a heading at the top level it stands around its level
CUT = "\ue0c5"
CUT_HEADING = re.compile(rf'<h([2-6]) id="([^"]*)">([^{CUT}]*){CUT}([1-6]){CUT}</h\1>')
MARK = re.compile(f"{CUT}[1-6]{CUT}")
FIRST_TAG = re.compile(r"<([a-z][a-z0-9-]*)[^<>]*>")


def with_id(html: str, names: tuple[str, ...]) -> str:
    """HTML whose first tag carries the id of a block; an empty mark before it where that cannot be."""
    if not names or not html.strip():
        return html
    name = f' id="{block_anchor(names[0])}"'
    tag = FIRST_TAG.match(html)
    if tag and " id=" not in tag[0] and not tag[1].startswith("kb-"):
        return f"<{tag[1]}{name}{html[tag.end(1) :]}"
    return f"<span{name}></span>{html}"


def cut_mark(level: int) -> str:
    """What a heading of this level holds so that `cut_headings` finds it."""
    return f"{CUT}{level}{CUT}"


def without_lost_marks(html: str) -> str:
    """HTML without the marks that sanitising moved away from the end of their heading."""
    kept = {m.start(4) - 1 for m in CUT_HEADING.finditer(html)}
    return MARK.sub(lambda m: m[0] if m.start() in kept else "", html)


def cut_headings(
    html: str, restore: Callable[[str], str], *, raw: bool
) -> tuple[str, list[tuple[int, int, str]]]:
    """(the HTML restored and without the marks, the (offset, level, id) of each heading that was marked).

    With `raw` HTML of users in it, a heading between open tags is no place to cut.
    """
    html = without_lost_marks(html) if raw else html
    whole = [not raw or tag_depth(html[: m.start()]) == 0 for m in CUT_HEADING.finditer(html)]
    html = restore(html)
    cuts: list[tuple[int, int, str]] = []
    parts: list[str] = []
    done = length = 0
    for match, clean in zip(CUT_HEADING.finditer(html), whole, strict=True):
        before = html[done : match.start()]
        length += len(before)
        if clean:
            cuts.append((length, int(match[4]), unescape(match[2])))
        heading = f'<h{match[1]} id="{match[2]}">{match[3]}</h{match[1]}>'
        parts += [before, heading]
        length += len(heading)
        done = match.end()
    return "".join([*parts, html[done:]]), cuts
