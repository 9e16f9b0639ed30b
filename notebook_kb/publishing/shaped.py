"""What a target can show: an article after its rules were put to it, with its pictures and the report of losses."""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from notebook_kb.model import document as d
from notebook_kb.publishing.payload import Picture, Piece

if TYPE_CHECKING:
    from collections.abc import Iterator

    from notebook_kb.publishing.article import Loss

BEGINS = 60  # characters of a piece by which a person finds it again


@dataclass(frozen=True, slots=True)
class Shown(d.Block):
    """A picture on its own line: one of the kit's (`picture`, counted from 1 in `number`) or one on the web (`url`)."""

    picture: Picture | None = None
    number: int = 0
    url: str = ""
    alt: str = ""
    caption: str = ""


@dataclass(frozen=True, slots=True)
class Shaped:
    """The blocks that go out, made of what the target shows, `pictures` in their order, and what was lost."""

    blocks: tuple[d.Block, ...]
    pictures: tuple[Picture, ...]
    losses: tuple[Loss, ...]

    @property
    def refusals(self) -> tuple[Loss, ...]:
        """What stops the sending."""
        return tuple(x for x in self.losses if x.refused)

    @property
    def pieces(self) -> tuple[Piece, ...]:
        """The blocks as the ledger remembers them."""
        return tuple(piece_of(b) for b in self.blocks)


def piece_of(block: d.Block) -> Piece:
    """A block's kind, the digest of what a reader sees of it, and its first words."""
    words = block_words(block)
    state = hashlib.sha256(repr(_bare(block)).encode())
    begins = words if len(words) <= BEGINS else words[:BEGINS].rsplit(" ", 1)[0] + " …"
    return Piece(type(block).__name__.lower(), state.hexdigest()[:20], begins)


def _bare(value: object) -> object:
    """A tree without places: the same words on other lines are the same."""
    match value:
        case Picture():
            return value.digest
        case d.Node():
            names = [n for n in value.__dataclass_fields__ if n not in {"place", "number"}]
            return (type(value).__name__, *(_bare(getattr(value, n)) for n in names))
        case tuple():
            return tuple(_bare(v) for v in value)
        case _:
            return value


def block_words(block: d.Block) -> str:
    """What a block says, on one line."""
    return re.sub(r"\s+", " ", " ".join(_words(block))).strip()


def _words(block: d.Block) -> Iterator[str]:
    match block:
        case Shown():
            yield block.caption or block.alt
        case d.CodeBlock():
            yield block.code
        case d.MathBlock():
            yield block.tex
        case _:
            yield d.plain_text(d.own_inlines(block))
            for child in d.child_blocks(block):
                yield from _words(child)


# (construct, what it became) → words for one and for many
WORDS = {
    ("inline_formula", "text"): ("formula in a line became text", "formulas in lines became text"),
    ("inline_formula", "picture"): (
        "formula in a line became a picture",
        "formulas in lines became pictures",
    ),
    ("inline_formula", "liquid"): ("formula in a line goes as KaTeX", "formulas in lines go as KaTeX"),
    ("display_formula", "picture"): ("display formula became a picture", "display formulas became pictures"),
    ("display_formula", "text"): ("display formula became text", "display formulas became text"),
    ("display_formula", "liquid"): ("display formula goes as KaTeX", "display formulas go as KaTeX"),
    ("table", "picture"): ("table became a picture", "tables became pictures"),
    ("table", "list"): ("table of two columns became a list", "tables of two columns became lists"),
    ("code", "picture"): ("code block became a picture", "code blocks became pictures"),
    ("inline_code", "text"): (
        "piece of code in a line became plain text",
        "pieces of code in lines became plain text",
    ),
    ("picture", "words"): (
        "picture is not there: its words stand for it",
        "pictures are not there: their words stand for them",
    ),
    ("picture", "link"): ("picture from elsewhere became a link", "pictures from elsewhere became links"),
    ("picture", "picture"): ("picture was drawn anew as PNG", "pictures were drawn anew as PNG"),
    ("link", "words"): ("link became its words: no public page", "links became their words: no public pages"),
    ("heading_link", "text"): ("link in a heading became its words", "links in headings became their words"),
    ("footnote", "notes"): ("footnote went to a list at the end", "footnotes went to a list at the end"),
    ("callout", "quote"): ("callout became a quote", "callouts became quotes"),
    ("callout", "bold"): ("callout became paragraphs", "callouts became paragraphs"),
    ("deep_heading", "bold"): ("deep heading became a bold line", "deep headings became bold lines"),
    ("deep_list", "list"): ("list within lists was flattened", "lists within lists were flattened"),
    ("in_list", "list"): (
        "list was parted by what cannot stand in it",
        "lists were parted by what cannot stand in them",
    ),
    ("strike", "text"): (
        "struck-out passage was put in brackets",
        "struck-out passages were put in brackets",
    ),
    ("html", "words"): ("piece of raw HTML became its words", "pieces of raw HTML became their words"),
    ("code", "left_out"): ("code block was left out", "code blocks were left out"),
    ("table", "left_out"): ("table was left out", "tables were left out"),
    ("picture", "left_out"): ("picture was left out", "pictures were left out"),
    ("footnote", "left_out"): ("footnote was left out", "footnotes were left out"),
    ("card", "left_out"): ("card was left out", "cards were left out"),
}


def loss_lines(losses: tuple[Loss, ...]) -> list[str]:
    """The report: one line a kind, `3 formulas in lines became text`."""
    counts = Counter((x.construct, x.became) for x in losses if not x.refused)
    return [
        f"{count} {WORDS.get(kind, (f'{kind[0]} became {kind[1]}',) * 2)[count > 1]}"
        for kind, count in counts.items()
    ]
