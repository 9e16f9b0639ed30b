"""A note's text as a tree of blocks and inlines, each with its place in the file.

Rendering, articles, search text and word counts walk this tree; nobody reads Markdown by other means.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator


class Place(NamedTuple):
    """Where in a file: lines and columns (characters) from 1, last line, column behind the end; 0 is unknown."""

    line: int = 0
    column: int = 0
    end_line: int = 0
    end_column: int = 0


NOWHERE = Place()


@dataclass(frozen=True, slots=True)
class Node:
    """A part of a document."""

    place: Place = NOWHERE


@dataclass(frozen=True, slots=True)
class Inline(Node):
    """A part of a line of text."""


@dataclass(frozen=True, slots=True)
class InlineParent(Inline):
    """An inline that holds others."""

    children: tuple[Inline, ...] = ()


@dataclass(frozen=True, slots=True)
class Text(Inline):
    """Plain characters, entities and escapes already resolved."""

    text: str = ""


@dataclass(frozen=True, slots=True)
class SoftBreak(Inline):
    """A line end inside a paragraph."""


@dataclass(frozen=True, slots=True)
class HardBreak(Inline):
    """A forced line end."""


@dataclass(frozen=True, slots=True)
class Code(Inline):
    """Code in a line of text."""

    text: str = ""


@dataclass(frozen=True, slots=True)
class Math(Inline):
    """A formula: what stands between the dollars, comments (private) included; `indent` characters stand before its
    later lines in the file.
    """

    tex: str = ""
    display: bool = False
    indent: int = 0


@dataclass(frozen=True, slots=True)
class Emphasis(InlineParent):
    """Emphasised text."""


@dataclass(frozen=True, slots=True)
class Strong(InlineParent):
    """Strong text."""


@dataclass(frozen=True, slots=True)
class Strike(InlineParent):
    """Struck-through text."""


@dataclass(frozen=True, slots=True)
class Highlight(InlineParent):
    """`==highlighted==` text; in a cloze card, what is asked for."""


@dataclass(frozen=True, slots=True)
class Link(InlineParent):
    """`[label](href)` or `<href>`; `auto` when the address is its own label."""

    href: str = ""
    title: str = ""
    auto: bool = False


@dataclass(frozen=True, slots=True)
class WikiLink(Inline):
    """`[[target#heading|label]]`; without a label it is the words as typed, `>` in place of `#`."""

    target: str = ""
    heading: str = ""
    label: str = ""


@dataclass(frozen=True, slots=True)
class Embed(Inline):
    """`![[target#heading|argument]]`: a note, a part of it, a picture or a PDF shown in place."""

    target: str = ""
    heading: str = ""
    argument: str = ""


@dataclass(frozen=True, slots=True)
class Image(Inline):
    """`![alt|size](src "title")` or an HTML picture; `size` is '300', '300x200' or ''."""

    src: str = ""
    alt: str = ""
    title: str = ""
    size: str = ""


@dataclass(frozen=True, slots=True)
class Html(Inline):
    """A raw HTML tag; sanitised when rendered."""

    html: str = ""


@dataclass(frozen=True, slots=True)
class Comment(Inline):
    """`%% … %%` or an HTML comment in a line: private."""

    text: str = ""


@dataclass(frozen=True, slots=True)
class FootnoteRef(Inline):
    """A reference to the footnote with this number (from 1)."""

    number: int = 0
    repeat: int = 0


@dataclass(frozen=True, slots=True)
class Tag(Inline):
    """`#tag/sub` in running text, without the `#`."""

    name: str = ""


@dataclass(frozen=True, slots=True)
class BlockId(Inline):
    """` ^id` at the end of a block."""

    name: str = ""


@dataclass(frozen=True, slots=True)
class Checkbox(Inline):
    """The box at the start of a task."""

    checked: bool = False


@dataclass(frozen=True, slots=True)
class Block(Node):
    """A block: paragraph, list, figure …"""


@dataclass(frozen=True, slots=True)
class BlockParent(Block):
    """A block that holds blocks."""

    children: tuple[Block, ...] = ()


@dataclass(frozen=True, slots=True)
class Heading(Block):
    """A heading; `level` is 1–6, `text` its plain words, `anchor` its id on the page."""

    level: int = 1
    inlines: tuple[Inline, ...] = ()
    text: str = ""
    anchor: str = ""


@dataclass(frozen=True, slots=True)
class Paragraph(Block):
    """A paragraph; `tight` when it stands in a tight list and gets no `<p>`."""

    inlines: tuple[Inline, ...] = ()
    tight: bool = False


@dataclass(frozen=True, slots=True)
class Quote(BlockParent):
    """A block quote."""


@dataclass(frozen=True, slots=True)
class Callout(BlockParent):
    """`> [!kind]± title`: `fold` is '' (does not fold), '+' (open) or '-' (closed)."""

    kind: str = ""
    title: tuple[Inline, ...] = ()
    title_text: str = ""
    fold: str = ""


@dataclass(frozen=True, slots=True)
class ListItem(BlockParent):
    """One item of a list."""


@dataclass(frozen=True, slots=True)
class List(Block):
    """A bullet or ordered list."""

    items: tuple[ListItem, ...] = ()
    ordered: bool = False
    start: int = 1


@dataclass(frozen=True, slots=True)
class DefinitionTerm(Block):
    """The term of a definition list."""

    inlines: tuple[Inline, ...] = ()


@dataclass(frozen=True, slots=True)
class DefinitionText(BlockParent):
    """What a term means."""


@dataclass(frozen=True, slots=True)
class DefinitionList(BlockParent):
    """Terms and what they mean, in order."""


@dataclass(frozen=True, slots=True)
class CodeBlock(Block):
    """A fenced or indented code block; `info` is the whole info string."""

    code: str = ""
    info: str = ""

    @property
    def language(self) -> str:
        """The first word of the info string, lower case."""
        return self.info.split()[0].lower() if self.info.split() else ""


@dataclass(frozen=True, slots=True)
class MathBlock(Block):
    """A display formula that is a block of its own; `indent` as in `Math`."""

    tex: str = ""
    indent: int = 0


@dataclass(frozen=True, slots=True)
class Cell(Block):
    """One cell of a table; `align` is '', 'left', 'center' or 'right'."""

    inlines: tuple[Inline, ...] = ()
    align: str = ""


@dataclass(frozen=True, slots=True)
class Table(Block):
    """A table: one header row, any number of others."""

    header: tuple[Cell, ...] = ()
    rows: tuple[tuple[Cell, ...], ...] = ()


@dataclass(frozen=True, slots=True)
class Rule(Block):
    """A thematic break."""


@dataclass(frozen=True, slots=True)
class HtmlBlock(Block):
    """A block of raw HTML; sanitised when rendered. `images` are its pictures in order."""

    html: str = ""
    images: tuple[Image, ...] = ()


@dataclass(frozen=True, slots=True)
class CommentBlock(Block):
    """A block of `%% … %%` or an HTML comment: private."""

    text: str = ""


@dataclass(frozen=True, slots=True)
class Footnote(BlockParent):
    """The text of a footnote; `number` counts from 1 in the order of first reference."""

    number: int = 0
    label: str = ""


@dataclass(frozen=True, slots=True)
class Document:
    """A whole note: its blocks, and its footnotes by number."""

    blocks: tuple[Block, ...] = ()
    footnotes: tuple[Footnote, ...] = ()


def child_blocks(block: Block) -> tuple[Block, ...]:
    """The blocks directly inside `block`."""
    match block:
        case BlockParent():
            return block.children
        case List():
            return block.items
        case Table():
            return (*block.header, *(cell for row in block.rows for cell in row))
        case _:
            return ()


def own_inlines(block: Block) -> tuple[Inline, ...]:
    """The inlines directly inside `block`."""
    match block:
        case Heading() | Paragraph() | DefinitionTerm() | Cell():
            return block.inlines
        case Callout():
            return block.title
        case HtmlBlock():
            return block.images
        case _:
            return ()


def walk_blocks(blocks: tuple[Block, ...]) -> Iterator[Block]:
    """All blocks, each before what it holds."""
    for block in blocks:
        yield block
        yield from walk_blocks(child_blocks(block))


def walk_inlines(inlines: tuple[Inline, ...]) -> Iterator[Inline]:
    """All inlines, each before what it holds."""
    for inline in inlines:
        yield inline
        if isinstance(inline, InlineParent):
            yield from walk_inlines(inline.children)


def all_inlines(blocks: tuple[Block, ...]) -> Iterator[Inline]:
    """All inlines of all blocks, in reading order."""
    for block in walk_blocks(blocks):
        yield from walk_inlines(own_inlines(block))


TEX_COMMENT = re.compile(r"(\\.)|%[^\n]*", re.DOTALL)


def plain_text(inlines: tuple[Inline, ...]) -> str:
    """The words of inlines as typed, formulas as their TeX; comments (of TeX too) and block ids left out."""
    parts: list[str] = []
    for inline in inlines:
        match inline:
            case Text() | Code():
                parts.append(inline.text)
            case Math():
                parts.append(TEX_COMMENT.sub(r"\1", inline.tex))
            case SoftBreak() | HardBreak():
                parts.append(" ")
            case WikiLink():
                parts.append(inline.label)
            case Image():
                parts.append(inline.alt)
            case Tag():
                parts.append("#" + inline.name)
            case InlineParent():
                parts.append(plain_text(inline.children))
    return "".join(parts)
