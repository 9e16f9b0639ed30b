"""What must arrive at the other side: the text blocks, code boxes and pictures of an article, one by one.

It is made from the blocks and not from the HTML that is pasted, so that the check sees what the HTML lost.
"""

from __future__ import annotations

import hashlib
import re
from typing import TYPE_CHECKING, Any

from notebook_kb.model import document as d
from notebook_kb.publishing.shaped import BEGINS, Shown

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

Part = dict[str, Any]
# what editors make of typed signs on their own, and back: the check page does the same to what it is given
PLAIN = str.maketrans(
    {"‘": "'", "’": "'", "“": '"', "”": '"', "\u00a0": " ", "\u202f": " ", "\u200b": "", "\ufeff": ""}
)


def outline(blocks: Iterable[d.Block], mark: Callable[[Shown], str]) -> list[Part]:
    """The parts of an article in their order. `mark` gives the line that stands where a picture belongs, '' for none.

    Each has a `kind`: heading, text, item, quote (with `text` and `links`), code (with `text`, `sha256`, `language`),
    picture (with `number`, `mark`, `alt`).
    """
    parts = [part for block in blocks for part in _parts(block, "text", mark)]
    return [p for p in parts if p["kind"] in {"code", "picture"} or p["text"]]


def _parts(block: d.Block, kind: str, mark: Callable[[Shown], str]) -> Iterator[Part]:
    match block:
        case d.Heading():
            yield {**_line("heading", block.inlines), "level": block.level}
        case d.Paragraph():
            yield _line(kind, block.inlines)
        case d.CodeBlock():
            code = plain_code(block.code)
            digest = hashlib.sha256(code.encode()).hexdigest()
            yield {"kind": "code", "language": block.language, "text": code, "sha256": digest}
        case Shown():
            number = block.number if block.picture else 0
            yield {"kind": "picture", "number": number, "mark": mark(block), "alt": block.alt}
            if block.caption:
                yield {"kind": "text", "text": plain_line(block.caption), "links": []}
        case d.Table():
            for cell in (*block.header, *(cell for row in block.rows for cell in row)):
                yield _line("text", cell.inlines)
        case d.List():
            for item in block.items:
                yield from _item(item, mark)
        case d.Quote():
            for child in block.children:
                yield from _parts(child, "quote", mark)
        case _:
            for child in d.child_blocks(block):
                yield from _parts(child, kind, mark)


def _item(item: d.ListItem, mark: Callable[[Shown], str]) -> Iterator[Part]:
    """An item's paragraphs that stand together are one line, what else it holds are parts of their own."""
    together: tuple[d.Inline, ...] = ()
    for child in item.children:
        if isinstance(child, d.Paragraph):
            together += (d.HardBreak(), *child.inlines)
        else:
            yield _line("item", together)
            together = ()
            yield from _parts(child, "item", mark)
    yield _line("item", together)


def _line(kind: str, inlines: tuple[d.Inline, ...]) -> Part:
    return {"kind": kind, "text": plain_line(d.plain_text(inlines)), "links": list(_links(inlines))}


def _links(inlines: tuple[d.Inline, ...]) -> Iterator[str]:
    for inline in inlines:
        if isinstance(inline, d.Link):
            yield inline.href
        elif isinstance(inline, d.InlineParent):
            yield from _links(inline.children)


def plain_line(text: str) -> str:
    """A line as it is compared: straight quotes, single blanks."""
    return re.sub(r"\s+", " ", text.translate(PLAIN)).replace("…", "...").strip()


def plain_code(code: str) -> str:
    """Code as it is compared: straight quotes, no blanks at the ends of lines, no empty lines at its end."""
    lines = code.translate(PLAIN).replace("\r\n", "\n").split("\n")
    return "\n".join(line.rstrip() for line in lines).strip("\n")


def plain_article(parts: Iterable[Part]) -> str:
    """The article as plain text, for where nothing else can be pasted."""
    lines = []
    for part in parts:
        line = part["mark"] or part["alt"] if part["kind"] == "picture" else part["text"]
        lines.append(f"- {line}" if part["kind"] == "item" else line)
    return "\n\n".join(lines) + "\n"


def begins(text: str) -> str:
    """The first words of a text, to find it again."""
    return text if len(text) <= BEGINS else text[:BEGINS].rsplit(" ", 1)[0] + " …"
