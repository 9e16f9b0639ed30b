"""What a target can show: an article after its rules were put to it, with its pictures and the report of losses."""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from notebook_kb.languages import language_pack
from notebook_kb.model import document as d
from notebook_kb.parsing.tex_plain import in_signs, plain_tex
from notebook_kb.publishing.article import bare
from notebook_kb.publishing.payload import Piece

if TYPE_CHECKING:
    from collections.abc import Iterator

    from notebook_kb.languages import LanguagePack
    from notebook_kb.publishing.article import Loss
    from notebook_kb.publishing.payload import Picture

BEGINS = 60  # characters of a piece by which a person finds it again


@dataclass(frozen=True, slots=True)
class Shown(d.Block):
    """A picture on its own line: one of the kit's (`picture`, counted from 1 in `number`) or one on the web (`url`).

    `source` is the attachment that it shows, '' for what was drawn.
    """

    picture: Picture | None = None
    number: int = 0
    url: str = ""
    alt: str = ""
    caption: str = ""
    source: str = ""


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
    state = hashlib.sha256(repr(bare(block)).encode())
    begins = words if len(words) <= BEGINS else words[:BEGINS].rsplit(" ", 1)[0] + " …"
    return Piece(type(block).__name__.lower(), state.hexdigest()[:20], begins)


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
            yield plain_tex(block.tex)
        case _:
            yield d.plain_text(in_signs(d.own_inlines(block)))
            for child in d.child_blocks(block):
                yield from _words(child)


def loss_lines(losses: tuple[Loss, ...], pack: LanguagePack | None = None) -> list[str]:
    """The report: one line a kind, `3 formulas in lines became text`, in English where no `pack` is given."""
    words = pack or language_pack("en")
    counts = Counter((x.construct, x.became) for x in losses if not x.refused)
    return [_loss_line(words, *kind, count) for kind, count in counts.items()]


def _loss_line(pack: LanguagePack, construct: str, became: str, count: int) -> str:
    key = f"lost_{construct}_{became}"
    if f"{key}_one" in pack.words:
        return pack.counted(key, count)
    return f"{count} {construct} became {became}"
