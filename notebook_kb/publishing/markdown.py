"""What a target can show as Markdown: CommonMark with tables, and dev.to's Liquid tags for formulas where wanted."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from notebook_kb.model import document as d
from notebook_kb.publishing.shaped import Shown

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

SPECIAL = re.compile(r"([\\`*_\[\]<>#~|$&]|!$|!(?=\[))")
# what would begin a list, a heading or a rule at the start of a line
LINE_START = re.compile(r"^(\s*)(\d{1,9})([.)])(?=\s|$)|^(\s*)([-+=])", re.MULTILINE)
LIQUID = re.compile(r"\{[{%]|[}%]\}")
WRAP = {d.Emphasis: "*", d.Strong: "**", d.Strike: "~~", d.Highlight: "**"}


class MarkdownWriter:
    """Writes blocks as Markdown. `address` gives a picture's address; `liquid`: text that looks like Liquid is guarded."""

    def __init__(self, address: Callable[[Shown], str], *, liquid: bool = False) -> None:
        self.address = address
        self.liquid = liquid

    def write(self, blocks: Iterable[d.Block]) -> str:
        """The whole text."""
        return "\n\n".join(filter(None, (self.block(b) for b in blocks))) + "\n"

    def pieces(self, blocks: Iterable[d.Block]) -> tuple[str, ...]:
        """The text of each block."""
        return tuple(self.block(b) for b in blocks)

    def block(self, block: d.Block) -> str:
        """One block."""
        match block:
            case d.Heading():
                return f"{'#' * block.level} {self.inlines(block.inlines)}"
            case d.Paragraph():
                return self.paragraph(block.inlines)
            case d.Quote():
                inside = "\n\n".join(self.block(b) for b in block.children)
                return "\n".join(f"> {line}".rstrip() for line in inside.split("\n"))
            case d.List():
                return self.list(block)
            case d.CodeBlock():
                return self.code(block)
            case d.MathBlock():
                return "{% katex %}\n" + guarded_tex(block.tex) + "\n{% endkatex %}"
            case d.Table():
                return self.table(block)
            case d.Rule():
                return "---"
            case Shown():
                return self.picture(block)
            case _:
                return ""

    def paragraph(self, inlines: tuple[d.Inline, ...]) -> str:
        """A paragraph, its first signs guarded where they would begin something else."""
        return LINE_START.sub(
            lambda m: f"{m[1]}{m[2]}\\{m[3]}" if m[2] else f"{m[4]}\\{m[5]}", self.inlines(inlines)
        )

    def list(self, block: d.List) -> str:
        """A list."""
        lines: list[str] = []
        for number, item in enumerate(block.items, start=block.start):
            mark = f"{number}. " if block.ordered else "- "
            parts = [
                self.paragraph(c.inlines) if isinstance(c, d.Paragraph) else self.block(c)
                for c in item.children
            ]
            text = self.joined(item, parts).replace("\n", "\n" + " " * len(mark))
            lines.append(f"{mark}{text}")
        return "\n".join(lines)

    def joined(self, item: d.ListItem, parts: Sequence[str]) -> str:
        """The parts of an item; a paragraph behind an inner list stands apart from it."""
        text = ""
        for child, before, part in zip(item.children, [None, *item.children], parts, strict=False):
            apart = "\n\n" if isinstance(before, d.List) and isinstance(child, d.Paragraph) else "\n"
            text += (apart if text else "") + part
        return text

    def code(self, block: d.CodeBlock) -> str:
        """A code block, its fence longer than any run of backticks in it."""
        runs = [len(run) for run in re.findall(r"`+", block.code)]
        fence = "`" * max(3, max(runs, default=0) + 1)
        body = block.code.rstrip("\n")
        text = f"{fence}{block.language}\n{body}\n{fence}"
        return f"{{% raw %}}\n{text}\n{{% endraw %}}" if self.liquid and LIQUID.search(body) else text

    def table(self, block: d.Table) -> str:
        """A table in pipes."""
        marks = {"left": ":---", "right": "---:", "center": ":---:"}
        rows = [block.header, *block.rows]
        lines = ["| " + " | ".join(self.cell(c) for c in row) + " |" for row in rows]
        lines.insert(1, "|" + "|".join(marks.get(c.align, "---") for c in block.header) + "|")
        return "\n".join(lines)

    def cell(self, cell: d.Cell) -> str:
        """A cell on one line; a bar within it, also in code, would end it."""
        line = self.inlines(cell.inlines).replace("\n", " ")
        return re.sub(r"(?<!\\)\|", r"\\|", line)

    def picture(self, block: Shown) -> str:
        """A picture with its caption below."""
        address = block.url or self.address(block)
        if not address:
            return f"*{self.text(block.caption or block.alt)}*" if block.caption or block.alt else ""
        image = f"![{self.text(block.alt)}]({guarded_address(address)})"
        return f"{image}\n\n*{self.text(block.caption)}*" if block.caption else image

    def inlines(self, inlines: tuple[d.Inline, ...]) -> str:
        """A line."""
        return "".join(self.inline(i) for i in inlines)

    def inline(self, inline: d.Inline) -> str:
        """A part of a line."""
        match inline:
            case d.Text():
                return self.text(inline.text)
            case d.HardBreak():
                return "\\\n"
            case d.Code():
                return self.code_span(inline.text)
            case d.Math():
                return "{% katex inline %} " + guarded_tex(inline.tex) + " {% endkatex %}"
            case d.Link():
                return f"[{self.inlines(inline.children)}]({guarded_address(inline.href)})"
            case d.InlineParent():
                return self.wrapped(self.inlines(inline.children), WRAP[type(inline)])
            case _:
                return ""

    def wrapped(self, inside: str, mark: str) -> str:
        """Words between marks; blanks at the ends stand outside, where marks are read as such."""
        bare = inside.strip()
        if not bare:
            return inside
        start = inside[: len(inside) - len(inside.lstrip())]
        end = inside[len(inside.rstrip()) :]
        return f"{start}{mark}{bare}{mark}{end}"

    def text(self, text: str) -> str:
        """Plain words: what Markdown would read as marks is guarded."""
        safe = SPECIAL.sub(r"\\\1", text)
        return LIQUID.sub(lambda m: f"{{% raw %}}{m[0]}{{% endraw %}}", safe) if self.liquid else safe

    def code_span(self, code: str) -> str:
        """Code in a line."""
        runs = [len(run) for run in re.findall(r"`+", code)]
        fence = "`" * (max(runs, default=0) + 1)
        pad = " " if code[:1] in {"`", " "} or code[-1:] in {"`", " "} else ""
        span = f"{fence}{pad}{code}{pad}{fence}"
        return f"{{% raw %}}{span}{{% endraw %}}" if self.liquid and LIQUID.search(code) else span


def guarded_address(address: str) -> str:
    """An address between parentheses."""
    return re.sub(r"[\s()<>]", lambda m: "".join(f"%{b:02X}" for b in m[0].encode()), address)


def guarded_tex(tex: str) -> str:
    """TeX within a Liquid tag: two braces in a row would be read as Liquid."""
    return re.sub(r"\{(?=[{%])|\}(?=\})|%(?=\})", lambda m: m[0] + " ", tex.strip())
