"""A note's text as a tree of blocks and inlines, each with its place in the file.

Rendering, articles, search text and word counts walk this tree; nobody reads Markdown by other means.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from notebook_kb.model.inlines import (
    NOWHERE,
    BlockId,
    Checkbox,
    Code,
    Comment,
    Embed,
    Emphasis,
    FootnoteRef,
    HardBreak,
    Highlight,
    Html,
    Image,
    Inline,
    InlineParent,
    Link,
    Math,
    Node,
    Place,
    SoftBreak,
    Strike,
    Strong,
    Tag,
    Text,
    WikiLink,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = [
    "NOWHERE",
    "TEX_COMMENT",
    "Block",
    "BlockId",
    "BlockParent",
    "Callout",
    "Card",
    "CardSide",
    "Cell",
    "Checkbox",
    "Code",
    "CodeBlock",
    "Comment",
    "CommentBlock",
    "DefinitionList",
    "DefinitionTerm",
    "DefinitionText",
    "Document",
    "Embed",
    "Emphasis",
    "Footnote",
    "FootnoteRef",
    "HardBreak",
    "Heading",
    "Highlight",
    "Html",
    "HtmlBlock",
    "Image",
    "Inline",
    "InlineParent",
    "Link",
    "List",
    "ListItem",
    "Math",
    "MathBlock",
    "Node",
    "Paragraph",
    "Place",
    "Quote",
    "Rule",
    "SoftBreak",
    "Strike",
    "Strong",
    "Table",
    "Tag",
    "Text",
    "WikiLink",
    "all_inlines",
    "child_blocks",
    "own_inlines",
    "plain_text",
    "walk_blocks",
    "walk_inlines",
]


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


@dataclass(frozen=True, slots=True)
class CardSide(BlockParent):
    """What a card asks, or its answer."""


@dataclass(frozen=True, slots=True)
class Card(BlockParent):
    """A card. Its children are its sides: two for `Q:` and `A:` (one where the answer is missing), one for a cloze
    `C: … ==x==`. `level` is as typed; `id` stands at its end, `answer_line` is that of `A:`; `open_end`: it ends in a
    line of text, behind which an id may stand.
    """

    cloze: bool = False
    level: str = ""
    id: str = ""
    answer_line: int = 0
    open_end: bool = True

    @property
    def question(self) -> tuple[Block, ...]:
        """The blocks of the question, or of the whole cloze."""
        return child_blocks(self.children[0]) if self.children else ()

    @property
    def answer(self) -> tuple[Block, ...]:
        """The blocks of the answer; none for a cloze."""
        return child_blocks(self.children[1]) if len(self.children) > 1 else ()


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
