"""The lists of an article put through a target's table: as deep as it shows them, parted by what cannot stand in them."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from notebook_kb.model import document as d
from notebook_kb.publishing.adapters import Construct, Treatment
from notebook_kb.publishing.shape_inlines import PictureMark, runs_between_pictures
from notebook_kb.publishing.shaped import Shown

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from notebook_kb.publishing.shape_inlines import InlineShaper, Shaping


class ListShaper:
    """Shapes lists; `blocks` shapes what stands in an item and is no text, and what follows that."""

    def __init__(
        self,
        shaper: Shaping,
        inlines: InlineShaper,
        blocks: Callable[[tuple[d.Block, ...]], Iterator[d.Block]],
    ) -> None:
        self.shaper = shaper
        self.inlines = inlines
        self.blocks = blocks

    def shape(self, block: d.List) -> Iterator[d.Block]:
        """A list, parted behind an item that holds what no list can."""
        items: list[d.ListItem] = []
        start = block.start
        for number, item in enumerate(block.items):
            made, after = self.item(item, 1)
            items.append(made)
            if after:
                self.shaper.lose("in_list", "list", item.place)
                yield d.List(block.place, tuple(items), block.ordered, start)
                yield from after
                items, start = [], block.start + number + 1
        if items:
            yield d.List(block.place, tuple(items), block.ordered, start)

    def item(self, item: d.ListItem, depth: int) -> tuple[d.ListItem, list[d.Block]]:
        """(an item of text and lists alone, what has to follow it: all from the first thing that is neither)."""
        kept: list[d.Block] = []
        children = tuple(self.parted(item.children))
        for at, child in enumerate(children):
            after: list[d.Block] = []
            rest = children[at + 1 :]
            if isinstance(child, d.Paragraph):
                kept.append(replace(child, inlines=self.inlines.line(child.inlines)))
            elif isinstance(child, d.List):
                inner, after = self.inner(child, depth + 1)
                kept.append(inner)
            else:
                after, rest = self.waiting(), children[at:]
            if after or len(rest) == len(children) - at:
                return d.ListItem(item.place, tuple(kept)), [*after, *self.blocks(rest)]
        # pictures that are named in a list within a list follow the item around it, which stays whole
        return d.ListItem(item.place, tuple(kept)), self.waiting() if depth == 1 else []

    def waiting(self) -> list[d.Block]:
        """The pictures that are named in what was read until now."""
        waiting: list[d.Block] = [*self.shaper.pending]
        self.shaper.pending.clear()
        return waiting

    def parted(self, blocks: tuple[d.Block, ...]) -> Iterator[d.Block]:
        """Blocks of an item; a formula that stands on its own line is a block of its own."""
        for block in blocks:
            liquid = self.inlines.rule(Construct.INLINE_FORMULA) is Treatment.LIQUID
            if isinstance(block, d.Paragraph) and not liquid and any(map(on_its_own_line, block.inlines)):
                yield from at_formulas(block)
            else:
                yield block

    def inner(self, block: d.List, depth: int) -> tuple[d.Block, list[d.Block]]:
        """(a list within a list, what has to follow it); deeper than the target shows, its items are lines."""
        items: list[d.ListItem] = []
        after: list[d.Block] = []
        for number, item in enumerate(block.items, start=1):
            made, after = self.item(item, depth)
            items.append(made)
            if after:
                left = block.items[number:]
                after += self.shape(replace(block, items=left, start=block.start + number))
                break
        if depth <= self.shaper.adapter.list_depth:
            return d.List(block.place, tuple(items), block.ordered, block.start), after
        self.shaper.lose("deep_list", "list", block.place)
        lines: list[d.Inline] = []
        for number, item in enumerate(items):
            mark = f"{block.start + number}. " if block.ordered else "– "
            lines += [d.HardBreak(item.place), d.Text(item.place, mark), *one_line(item)]
        return d.Paragraph(block.place, tuple(lines), tight=True), after


def on_its_own_line(inline: d.Inline) -> bool:
    """Whether this is a formula between double dollars."""
    return isinstance(inline, d.Math) and inline.display


def at_formulas(block: d.Paragraph) -> Iterator[d.Block]:
    """A paragraph parted at the formulas that stand on their own line."""
    marks = (
        PictureMark(place=i.place, shown=Shown(i.place, alt=i.tex))
        if isinstance(i, d.Math) and on_its_own_line(i)
        else i
        for i in block.inlines
    )
    for part in runs_between_pictures(tuple(marks)):
        if isinstance(part, Shown):
            yield d.MathBlock(part.place, part.alt)
        else:
            yield replace(block, inlines=part)


def one_line(item: d.ListItem) -> tuple[d.Inline, ...]:
    """The paragraphs of an item as one line."""
    out: list[d.Inline] = []
    for child in item.children:
        if isinstance(child, d.Paragraph):
            goes_on = not out or isinstance(next(iter(child.inlines), None), d.HardBreak)
            out += child.inlines if goes_on else (d.Text(text=" "), *child.inlines)
    return tuple(out)
