"""Blocks that carry an id of their own (` ^id` at the end, or alone below the block), and which block it is."""

from __future__ import annotations

from dataclasses import replace
from hashlib import blake2b
from typing import TYPE_CHECKING

from notebook_kb.model import document as d

if TYPE_CHECKING:
    from collections.abc import Iterator

# the ids of cards: nothing is embedded by them
CARD_ID = "k-"


def block_anchor(name: str) -> str:
    """The id on the page of the block with this id in the text, which nobody wrote for readers."""
    return "b-" + blake2b(name.lower().encode(), digest_size=5).hexdigest()


def ids_of(block: d.Block) -> tuple[str, ...]:
    """The ids that stand in a block's own text."""
    return tuple(i.name for i in d.own_inlines(block) if isinstance(i, d.BlockId))


def lone_id(block: d.Block | None) -> str:
    """The id when a paragraph holds nothing else: it is that of the block before."""
    if not isinstance(block, d.Paragraph) or len(block.inlines) != 1:
        return ""
    only = block.inlines[0]
    return only.name if isinstance(only, d.BlockId) else ""


def item_ids(item: d.ListItem) -> tuple[str, ...]:
    """The ids of a list item: those at the end of its first line of text."""
    first = item.children[0] if item.children else None
    return ids_of(first) if isinstance(first, d.Paragraph) else ()


def blocks_with_ids(blocks: tuple[d.Block, ...]) -> Iterator[tuple[str, d.Block]]:
    """(id, the block that it names) at any depth."""
    before: d.Block | None = None
    for block in blocks:
        alone = lone_id(block)
        if alone and before is not None:
            yield alone, before
        elif isinstance(block, (d.Paragraph, d.Heading)):
            yield from ((name, block) for name in ids_of(block))
        elif isinstance(block, d.List):
            for item in block.items:
                own = item_ids(item)
                yield from ((name, replace(block, items=(item,))) for name in own)
                yield from (found for found in blocks_with_ids(item.children) if found[0] not in own)
        else:
            yield from blocks_with_ids(d.child_blocks(block))
        before = block
