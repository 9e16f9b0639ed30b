"""Where in a note the tag of Obsidian's plugin Spaced Repetition holds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from notebook_kb.model import document as d

if TYPE_CHECKING:
    from collections.abc import Sequence

    from notebook_kb.study.foreign import Dialect


@dataclass
class Scope:
    """Where the plugin's tag holds: in the whole note where it stands in the head or before the first heading, else in its
    section; in front of a question in that paragraph alone.
    """

    blocks: Sequence[d.Block]
    head_tags: tuple[str, ...]
    dialect: Dialect

    def __post_init__(self) -> None:
        """Collect the lines once."""
        headings = [(b.place.line, b.level) for b in self.blocks if isinstance(b, d.Heading)]
        self.whole = any(self.dialect.is_tag(t) for t in self.head_tags)
        self.ranges: list[tuple[int, int]] = []
        for block in self.blocks:
            lines = self.tag_lines(block)
            if not lines:
                continue
            if not self.alone(block):
                self.ranges.append((block.place.line, max(block.place.end_line, block.place.line)))
                continue
            above = [h for h in headings if h[0] <= block.place.line]
            if not above:
                self.whole = True
                continue
            line, level = above[-1]
            end = next((n - 1 for n, deep in headings if n > line and deep <= level), 10**9)
            self.ranges.append((line, end))

    def tag_lines(self, block: d.Block) -> bool:
        """Whether one of the plugin's tags stands in a block."""
        return any(isinstance(i, d.Tag) and self.dialect.is_tag(i.name) for i in d.all_inlines((block,)))

    def alone(self, block: d.Block) -> bool:
        """Whether the tag stands on a line of its own, or in a heading: then it is for what follows too."""
        if not isinstance(block, d.Paragraph):
            return isinstance(block, d.Heading)
        line: list[d.Inline] = []
        for inline in (*block.inlines, d.SoftBreak()):
            if not isinstance(inline, (d.SoftBreak, d.HardBreak)):
                line.append(inline)
                continue
            words = [i for i in line if not (isinstance(i, d.Text) and not i.text.strip())]
            if words and all(isinstance(i, d.Tag) for i in words):
                return True
            line = []
        return False

    def holds(self, line: int) -> bool:
        """Whether a card in this line has the tag."""
        return self.whole or any(first <= line <= last for first, last in self.ranges)
