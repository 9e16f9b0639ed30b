"""Cards for readers: a cloze with its gaps, and a side of a card as one run of text."""

from __future__ import annotations

from dataclasses import replace

from notebook_kb.model import document as d

GAP = "[…]"


def gapped(blocks: tuple[d.Block, ...]) -> tuple[d.Block, ...]:
    """A cloze with what is marked in it hidden."""
    return tuple(_gapped_block(b) for b in blocks)


def _gapped_block(block: d.Block) -> d.Block:
    match block:
        case d.Paragraph() | d.Heading() | d.Cell() | d.DefinitionTerm():
            return replace(block, inlines=_gapped_inlines(block.inlines))
        case d.BlockParent():
            return replace(block, children=gapped(block.children))
        case d.List():
            return replace(block, items=tuple(replace(i, children=gapped(i.children)) for i in block.items))
        case d.Table():
            return replace(
                block,
                header=tuple(replace(c, inlines=_gapped_inlines(c.inlines)) for c in block.header),
                rows=tuple(
                    tuple(replace(c, inlines=_gapped_inlines(c.inlines)) for c in row) for row in block.rows
                ),
            )
        case _:
            return block


def _gapped_inlines(inlines: tuple[d.Inline, ...]) -> tuple[d.Inline, ...]:
    found: list[d.Inline] = []
    for inline in inlines:
        if isinstance(inline, d.Highlight):
            found.append(d.Text(inline.place, GAP))
        elif isinstance(inline, d.InlineParent):
            found.append(replace(inline, children=_gapped_inlines(inline.children)))
        else:
            found.append(inline)
    return tuple(found)


def one_run(blocks: tuple[d.Block, ...]) -> tuple[d.Inline, ...]:
    """Blocks as one run of inlines, each block on a line of its own: for places that take no blocks."""
    lines: list[tuple[d.Inline, ...]] = []
    for block in blocks:
        match block:
            case d.MathBlock():
                lines.append((d.Math(block.place, block.tex, display=True),))
            case d.CodeBlock():
                rows = block.code.rstrip("\n").split("\n")
                lines += [(d.Code(block.place, row),) for row in rows]
            case d.List():
                for number, item in enumerate(block.items, block.start):
                    sign = f"{number}. " if block.ordered else "• "
                    lines.append((d.Text(item.place, sign), *one_run(item.children)))
            case _:
                inlines = tuple(i for i in d.own_inlines(block) if not isinstance(i, d.BlockId))
                lines += [inlines] if inlines else []
                inside = one_run(d.child_blocks(block))
                lines += [inside] if inside else []
    found: list[d.Inline] = []
    for line in lines:
        found += [d.HardBreak()] if found else []
        found += line
    return tuple(found)
