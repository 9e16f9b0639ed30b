"""Targets in a note's head: `[[…]]` in any value, and the plain ones of `image:` and `met_in:`."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from notebook_kb.parsing.head import SYNONYMS
from notebook_kb.parsing.target import Form, Target

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from notebook_kb.files.yaml_places import Node
    from notebook_kb.parsing.head import Head

WIKI = re.compile(r"\[\[([^\[\]\n]+)\]\]")
KEY = re.compile(r"([A-Za-z_][\w-]*)[ \t]*:")
# these hold words, whatever brackets they have
WORDS = frozenset({"title", "aliases", "description", "tags", "series", "id", "slug", "permalink", "macros"})
PLAIN = ("image", "met_in")


def head_targets(text: str, head: Head, offset: Callable[[int, int], int]) -> Iterator[Target]:
    """The targets in the head of `text`; none in a head that cannot be read."""
    if head.broken or not head.body_offset:
        return
    key = ""
    at = 0
    for line in text[: head.body_offset].split("\n"):
        match = KEY.match(line)
        if match:
            name = match[1].lower()
            key = SYNONYMS.get(name.replace("_", ""), name)
        if key not in WORDS and not line.lstrip().startswith("#"):
            for link in WIKI.finditer(text, at, at + len(line)):
                yield in_brackets(link, key)
        at += len(line) + 1
    for name in PLAIN:
        for value, node in head.placed_texts(name):
            one = plain(text, value, node, offset, name)
            if one is not None:
                yield one


def in_brackets(match: re.Match[str], key: str) -> Target:
    """`[[target#heading|label]]` in a value."""
    inner, start = match[1], match.start(1)
    name = inner.partition("|")[0]
    target, sign, heading = name.partition("#")
    lead = len(target) - len(target.lstrip())
    end = start + len(target.rstrip())
    below = start + len(target) + len(sign)
    return Target(
        Form.HEAD,
        target.strip(),
        heading.strip(),
        start + lead,
        end,
        below if sign else end,
        start + len(name) if sign else end,
        close=match.end() - 2,
        labelled="|" in inner,
        key=key,
    )


def plain(text: str, value: str, node: Node, offset: Callable[[int, int], int], key: str) -> Target | None:
    """A value that is a target itself, on one line."""
    if "[[" in value or "://" in value or node.line != node.end_line:
        return None
    line = offset(node.line, 1)
    at = text.find(value, max(offset(node.line, node.column), line), offset(node.end_line, node.end_column))
    if at < 0:
        return None
    end = at + len(value)
    return Target(Form.HEAD_PATH, value, "", at, end, end, end, key=key)
