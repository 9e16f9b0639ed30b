"""Whether an edited note still says what it said, and each of its links leads where it led.

It compares the two texts as they are read, so a name that Markdown takes for something else is found here.
"""

from __future__ import annotations

import dataclasses
import re
from typing import TYPE_CHECKING, Any

from notebook_kb.model import document as d
from notebook_kb.notebook.retarget import is_outside
from notebook_kb.parsing.target import Form

if TYPE_CHECKING:
    from notebook_kb.notebook.retarget import Moving
    from notebook_kb.parsing.target import Target
    from notebook_kb.parsing.targets import NoteText

ATTRIBUTES = re.compile(r"""(href|src)\s*=\s*("[^"]*"|'[^']*'|[^\s"'>]+)""", re.IGNORECASE)
BRACKETS = re.compile(r"\[\[[^\[\]\n]*\]\]")
LINKS = (d.WikiLink, d.Embed, d.Image, d.Link)
# fields that follow from others, or may change with a link
LEFT_OUT = {"place", "close", "anchor", "title_text", "answer_line", "start"}


def said_otherwise(old: NoteText, new: NoteText, path: str, moving: Moving, free: int | None = None) -> str:
    """What the new text of a note says that the old did not; '' when nothing. `free` is the number of a heading whose
    words may differ.
    """
    if old.head.broken != new.head.broken or set(old.head.entries) - set(new.head.entries):
        return "its head would be read in another way"
    if bones(old.tree[0], free) != bones(new.tree[0], free):
        return "a link would be read as something else"
    before, after = (
        [t for t in text.targets if t.form is not Form.COMMENT and t.form is not Form.HEAD_PATH]
        for text in (old, new)
    )
    if [t.form for t in before] != [t.form for t in after] or len(old.unplaced) != len(new.unplaced):
        return "a link would be read as something else"
    for was, now in zip(before, after, strict=True):
        # these name concepts first, and are changed on purpose
        if was.key not in {"concept", "needs"} and not leads_there(was, now, path, moving):
            return f"`{was.target}` would lead elsewhere"
    return ""


def leads_there(was: Target, now: Target, path: str, moving: Moving) -> bool:
    """Whether a target leads where it led; one that led nowhere may lead to what has its name now."""
    if is_outside(was):
        return was.target == now.target
    found = moving.before.resolver.resolve(was.target, path)
    if not (found.note or found.file):
        words = moving.new_words(was.target, moving.before.seen(was.target, path))
        return now.target == (words or was.target)
    return moving.after.resolver.resolve(now.target, moving.there(path)) == moving.wanted(found)


def bones(document: d.Document, free: int | None = None) -> Any:
    """All that a text says, without the targets and labels of its links."""
    count = -1

    def bare(node: Any) -> Any:
        nonlocal count
        if isinstance(node, tuple):
            return tuple(bare(n) for n in node)
        if not isinstance(node, d.Node):
            return node
        name = type(node).__name__
        match node:
            case d.Link():
                return name, bare(node.children), node.title
            case d.Image():
                return name, node.alt, node.title, node.size
            case d.Embed():
                return name, node.argument
            case d.WikiLink():
                return (name,)
            case d.Html() | d.HtmlBlock():
                return name, ATTRIBUTES.sub("", node.html)
            case d.Comment() | d.CommentBlock():
                return name, BRACKETS.sub("", node.text)
            case d.Heading():
                count += 1
                return name, node.level, None if count == free else bare(node.inlines)
            case _:
                fields = (f.name for f in dataclasses.fields(node) if f.name not in LEFT_OUT)
                return name, *(bare(getattr(node, f)) for f in fields)

    return bare(document.blocks), bare(document.footnotes)
