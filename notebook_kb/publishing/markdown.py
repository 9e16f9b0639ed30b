"""What a target can show as Markdown: CommonMark with tables, and dev.to's Liquid tags for formulas where wanted."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from notebook_kb.model import document as d
from notebook_kb.publishing.shaped import Shown

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

SPECIAL = re.compile(r"([\\`*_\[\]<>#~|$&])")
# what would begin a list, a heading or a rule at the start of a line
LINE_START = re.compile(r"^(\s*)(\d{1,9})([.)])(?=\s|$)|^(\s*)([-+=])", re.MULTILINE)
LIQUID = re.compile(r"\{[{%]|[}%]\}")
ENDRAW = re.compile(r"\{%(?=-?\s*endraw)")
WRAP = {d.Emphasis: "*", d.Strong: "**", d.Strike: "~~", d.Highlight: "**"}
TAGS = {"*": "em", "**": "strong", "~~": "del"}
MARKS = frozenset("*_~\\`")


class MarkdownWriter:
    """Writes blocks as Markdown. `address` gives a picture's address; `liquid`: text that looks like Liquid is guarded."""

    def __init__(self, address: Callable[[Shown], str], *, liquid: bool = False) -> None:
        self.address = address
        self.liquid = liquid
        # within a cell or a heading: one line, and in a cell no `|`
        self.one_line = self.in_cell = False
        # the marks that are open: within them others are read as marks only beside blanks
        self.open: list[str] = []

    def write(self, blocks: Iterable[d.Block]) -> str:
        """The whole text."""
        return "\n\n".join(filter(None, self.pieces(blocks))) + "\n"

    def pieces(self, blocks: Iterable[d.Block]) -> tuple[str, ...]:
        """The text of each block; a list right behind another one has other marks, else both were one."""
        out: list[str] = []
        before: d.Block | None = None
        other = False
        for block in blocks:
            alike = isinstance(block, d.List) and isinstance(before, d.List)
            other = alike and not other
            out.append(self.list(block, other=other) if isinstance(block, d.List) else self.block(block))
            before = block if out[-1] else before
        return tuple(out)

    def block(self, block: d.Block) -> str:
        """One block."""
        match block:
            case d.Heading():
                return f"{'#' * block.level} {self.line(block.inlines)}"
            case d.Paragraph():
                return self.paragraph(block.inlines)
            case d.Quote():
                inside = "\n\n".join(filter(None, self.pieces(block.children)))
                return "\n".join(f"> {line}" if line else ">" for line in inside.split("\n"))
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
            lambda m: f"{m[1]}{m[2]}\\{m[3]}" if m[2] else f"{m[4]}\\{m[5]}",
            self.inlines(without_breaks(inlines)).strip(),
        )

    def line(self, inlines: tuple[d.Inline, ...], *, cell: bool = False) -> str:
        """What has to stay on one line: a heading, a cell."""
        self.one_line, self.in_cell = True, cell
        text = self.inlines(inlines).replace("\n", " ").strip()
        self.one_line = self.in_cell = False
        return text

    def list(self, block: d.List, *, other: bool = False) -> str:
        """A list; `other`: with other marks."""
        lines: list[str] = []
        for number, item in enumerate(block.items, start=block.start):
            mark = f"{number}{')' if other else '.'} " if block.ordered else ("* " if other else "- ")
            text = re.sub(r"\n(?=[^\n])", "\n" + " " * len(mark), self.item(item))
            lines.append(f"{mark}{text}" if text else mark.rstrip())
        return "\n".join(lines)

    def item(self, item: d.ListItem) -> str:
        """The inside of an item: only a list that may end a paragraph stands right below it."""
        out = ""
        before: d.Block | None = None
        for child, text in zip(item.children, self.pieces(item.children), strict=True):
            if not text:
                continue
            goes_on = isinstance(child, d.Paragraph) and isinstance(
                next(iter(child.inlines), None), d.HardBreak
            )
            if goes_on and isinstance(before, d.Paragraph):
                out += "\\\n"
            elif out:
                out += "\n" if isinstance(before, d.Paragraph) and may_follow(child) else "\n\n"
            out += text
            before = child
        return out

    def code(self, block: d.CodeBlock) -> str:
        """A code block, its fence longer than any run of backticks in it."""
        runs = [len(run) for run in re.findall(r"`+", block.code)]
        fence = "`" * max(3, max(runs, default=0) + 1)
        body = block.code.rstrip("\n")
        text = f"{fence}{block.language}\n{body}\n{fence}"
        return raw(f"\n{text}\n") if self.liquid and LIQUID.search(body) else text

    def table(self, block: d.Table) -> str:
        """A table in pipes."""
        marks = {"left": ":---", "right": "---:", "center": ":---:"}
        rows = [block.header, *block.rows]
        lines = ["| " + " | ".join(self.line(c.inlines, cell=True) for c in row) + " |" for row in rows]
        lines.insert(1, "|" + "|".join(marks.get(c.align, "---") for c in block.header) + "|")
        return "\n".join(lines)

    def picture(self, block: Shown) -> str:
        """A picture with its caption below."""
        address = block.url or self.address(block)
        alone = self.slanted(block.alt)
        image = f"![{self.text(block.alt)}]({guarded_address(address)})" if address else alone
        return "\n\n".join(filter(None, (image, self.slanted(block.caption))))

    def slanted(self, text: str) -> str:
        """Words as a slanted paragraph."""
        return self.paragraph((d.Emphasis(children=(d.Text(text=text),)),))

    def inlines(self, inlines: tuple[d.Inline, ...]) -> str:
        """A line."""
        out = ""
        inlines = joined_code(self.flat(inlines))
        for at, inline in enumerate(inlines):
            if isinstance(inline, d.InlineParent) and type(inline) in WRAP:
                text = self.wrapped(inline, out[-1:], first_sign(inlines[at + 1 :]))
            else:
                text = self.inline(inline)
            if text.startswith("[") and out.endswith("!"):
                out = out[:-1] + "\\!"  # else the link were a picture
            out += text
        return out

    def flat(self, inlines: tuple[d.Inline, ...]) -> Iterator[d.Inline]:
        """A line without marks that are open already."""
        for inline in inlines:
            if isinstance(inline, d.InlineParent) and WRAP.get(type(inline)) in self.open:
                yield from self.flat(inline.children)
            else:
                yield inline

    def inline(self, inline: d.Inline) -> str:
        """A part of a line that is no emphasis."""
        match inline:
            case d.Text():
                return self.text(inline.text)
            case d.HardBreak():
                return "<br>" if self.one_line else "\\\n"
            case d.Code():
                return self.code_span(inline.text)
            case d.Math():
                tex = guarded_tex(inline.tex)
                return f"{{% katex inline %}} {without_bars(tex) if self.in_cell else tex} {{% endkatex %}}"
            case d.Link():
                return f"[{self.inlines(inline.children)}]({guarded_address(inline.href)})"
            case _:
                return ""

    def wrapped(self, inline: d.InlineParent, before: str, after: str) -> str:
        """Words between marks, or between tags where the signs around or inside keep marks from being read.

        Blanks at the ends stand outside, where marks are read as such.
        """
        mark = WRAP[type(inline)]
        self.open.append(mark)
        inside = self.inlines(inline.children)
        self.open.pop()
        bare = inside.strip()
        if not bare:
            return inside
        start = inside[: len(inside) - len(inside.lstrip())]
        end = inside[len(inside.rstrip()) :]
        breaks = inside.startswith("\\\n") or inside.endswith("\\\n")
        if not breaks and all(
            readable(outer, inner, nested=bool(self.open))
            for outer, inner in ((start[-1:] or before, bare[0]), (end[:1] or after, bare[-1]))
        ):
            return f"{start}{mark}{bare}{mark}{end}"
        tag = TAGS[mark]
        return f"<{tag}>{inside}</{tag}>" if breaks else f"{start}<{tag}>{bare}</{tag}>{end}"

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
        span = span.replace("|", "\\|") if self.in_cell else span
        return raw(span) if self.liquid and LIQUID.search(code) else span


def readable(outer: str, inner: str, *, nested: bool) -> bool:
    """Whether marks between these two signs are read as such, by CommonMark and by what is less strict."""
    if inner in MARKS - {"\\", "`"}:
        return False
    if not outer or outer.isspace():
        return True
    if nested or outer in MARKS:
        return False
    return inner.isalnum() or (outer.isascii() and not outer.isalnum())


def first_sign(inlines: tuple[d.Inline, ...]) -> str:
    """The sign that follows: '' at the end, a mark where that depends on what is written."""
    for inline in inlines:
        if not isinstance(inline, d.Text):
            return "`"
        if inline.text:
            return inline.text[0]
    return ""


def joined_code(inlines: Iterable[d.Inline]) -> tuple[d.Inline, ...]:
    """A line whose pieces of code are one where they touch: the backticks between them would be read as part of it."""
    out: list[d.Inline] = []
    for inline in inlines:
        last = out[-1] if out else None
        if isinstance(inline, d.Code) and isinstance(last, d.Code):
            out[-1] = d.Code(last.place, last.text + inline.text)
        elif inline != d.Text(inline.place, ""):
            out.append(inline)
    return tuple(out)


def without_breaks(inlines: tuple[d.Inline, ...]) -> tuple[d.Inline, ...]:
    """A line without forced line ends at its ends, where they would be read as backslashes."""
    first, last = 0, len(inlines)
    while first < last and isinstance(inlines[first], d.HardBreak):
        first += 1
    while last > first and isinstance(inlines[last - 1], d.HardBreak):
        last -= 1
    return inlines[first:last]


def may_follow(block: d.Block) -> bool:
    """Whether a block is read as a list right below a paragraph."""
    return (
        isinstance(block, d.List)
        and bool(block.items)
        and bool(block.items[0].children)
        and (not block.ordered or block.start == 1)
    )


def raw(text: str) -> str:
    """Text that Liquid leaves alone, also where it would end that."""
    inside = ENDRAW.sub('{% endraw %}{{ "{%" }}{% raw %}', text)
    return f"{{% raw %}}{inside}{{% endraw %}}"


def guarded_address(address: str) -> str:
    """An address between parentheses."""
    safe = re.sub(r"[\s()<>|\\{}]", lambda m: "".join(f"%{b:02X}" for b in m[0].encode()), address)
    return re.sub(r"&(?=#?\w+;)", "&amp;", safe)


def without_bars(tex: str) -> str:
    """TeX in a cell, whose bars would part it."""
    return re.sub(r"(\\\\)|\\\||\|", lambda m: m[1] or (r"\Vert{}" if len(m[0]) > 1 else r"\vert{}"), tex)


def guarded_tex(tex: str) -> str:
    """TeX within a Liquid tag: two braces in a row would be read as Liquid."""
    return re.sub(r"\{(?=[{%])|\}(?=\})|%(?=\})", lambda m: m[0] + " ", tex.strip())
