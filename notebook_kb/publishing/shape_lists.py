"""The lists of an article put through a target's table: as deep as it shows them, parted by what cannot stand in them."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from notebook_kb.model import document as d

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from notebook_kb.publishing.shape_inlines import InlineShaper, Shaping


class ListShaper:
    """Shapes lists; `block` shapes what stands in an item and is no text."""

    def __init__(
        self, shaper: Shaping, inlines: InlineShaper, block: Callable[[d.Block], Iterator[d.Block]]
    ) -> None:
        self.shaper = shaper
        self.inlines = inlines
        self.block = block

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
        """(an item of text and lists alone, what has to follow the list)."""
        kept: list[d.Block] = []
        after: list[d.Block] = []
        for child in item.children:
            if after:
                # behind what could not stand in the item the rest goes on outside of it, in its order
                after += self.block(child)
            elif isinstance(child, d.Paragraph):
                line, rest = self.parted(child)
                kept += [line] if line else []
                after += rest
            elif isinstance(child, d.List):
                inner, more = self.inner(child, depth + 1)
                kept.append(inner)
                after += more
            else:
                after += self.block(child)
            after += self.shaper.pending
            self.shaper.pending.clear()
        return d.ListItem(item.place, tuple(kept)), after

    def parted(self, paragraph: d.Paragraph) -> tuple[d.Block | None, list[d.Block]]:
        """(a paragraph's first line, None where a formula begins it; what follows outside of the item)."""
        has_display = any(isinstance(i, d.Math) and i.display for i in paragraph.inlines)
        if not has_display:
            return replace(paragraph, inlines=self.inlines.line(paragraph.inlines)), []
        made = list(self.block(paragraph))
        if made and isinstance(made[0], d.Paragraph):
            return replace(made[0], tight=True), made[1:]
        return None, made

    def inner(self, block: d.List, depth: int) -> tuple[d.Block, list[d.Block]]:
        """A list within a list; deeper than the target shows, its items are lines of the item around."""
        made = [self.item(item, depth) for item in block.items]
        after = [b for _, more in made for b in more]
        items = tuple(item for item, _ in made)
        if depth <= self.shaper.adapter.list_depth:
            return d.List(block.place, items, block.ordered, block.start), after
        self.shaper.lose("deep_list", "list", block.place)
        lines: list[d.Inline] = []
        for number, item in enumerate(items):
            mark = f"{block.start + number}. " if block.ordered else "– "
            lines += [d.HardBreak(item.place), d.Text(item.place, mark), *one_line(item)]
        return d.Paragraph(block.place, tuple(lines), tight=True), after


def one_line(item: d.ListItem) -> tuple[d.Inline, ...]:
    """The paragraphs of an item as one line."""
    out: list[d.Inline] = []
    for child in item.children:
        if isinstance(child, d.Paragraph):
            goes_on = not out or isinstance(next(iter(child.inlines), None), d.HardBreak)
            out += child.inlines if goes_on else (d.Text(text=" "), *child.inlines)
    return tuple(out)
