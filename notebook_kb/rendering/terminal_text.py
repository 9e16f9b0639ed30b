"""Markdown as lines for a terminal: formulas as Unicode, lists with hanging indents, tables in columns, code as typed."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from notebook_kb.model import document as d
from notebook_kb.parsing.tex import TexConverter, strip_comments
from notebook_kb.parsing.tree import parse_document
from notebook_kb.rendering.formula_guard import UnknownCommandError, lost
from notebook_kb.rendering.plain_formula import REASONS, plain_formula
from notebook_kb.rendering.unicode_math import unicode_math

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

NARROWEST = 16
TAG = re.compile(r"<[^>]*>")
# within a formula blanks do not end a line; marks stand around what is highlighted: all of them private signs
GLUE, ON, OFF = "\ue0d0", "\ue0d1", "\ue0d2"
PRIVATE = re.compile(f"[{GLUE}{ON}{OFF}]")
MARKS = frozenset({ON, OFF})
# what a line cannot say at all; what it only says clumsily is good enough here
UNSAYABLE = frozenset(REASONS[r] for r in ("cancel", "brace", "marks", "stack", "base", "mathml"))
ALIGNED = re.compile(r"\\begin\{(?:aligned|align\*?|gathered|gather\*?|split)\}")


def terminal_text(
    markdown: str,
    width: int,
    *,
    macros: Mapping[str, str] | None = None,
    highlight: Callable[[str], str] = str,
) -> str:
    """Markdown as text of lines of at most `width` columns (code and single long words apart).

    `macros` are those of formulas; `highlight` makes what stands out of ==highlighted== words.
    """
    document, _ = parse_document(PRIVATE.sub("", markdown))
    writer = Writer(max(width, NARROWEST), dict(macros or {}))
    lines = writer.blocks(document.blocks, writer.width)
    return "\n".join(with_highlights(lines, highlight))


def with_highlights(lines: list[str], highlight: Callable[[str], str]) -> list[str]:
    """Lines with what stands between the marks highlighted; a mark may be open over line ends."""
    found = []
    is_open = False
    for line in lines:
        parts = re.split(f"([{ON}{OFF}])", line.replace(GLUE, " "))
        out = ""
        for part in parts:
            if part in {ON, OFF}:
                is_open = part == ON
            elif part:
                out += highlight(part) if is_open and part.strip() else part
        found.append(out.rstrip())
    return found


def columns(text: str) -> int:
    """How many columns a text takes."""
    return sum(
        0 if c in MARKS or unicodedata.combining(c) else 2 if unicodedata.east_asian_width(c) in "WF" else 1
        for c in text
    )


def wrapped(text: str, width: int) -> list[str]:
    """Lines of at most `width` columns; a longer word stays whole."""
    lines: list[str] = []
    for row in text.split("\n"):
        line = ""
        for word in row.split():
            longer = f"{line} {word}" if line else word
            if line and columns(longer) > width:
                lines.append(line)
                line = word
            else:
                line = longer
        lines.append(line)
    return lines


@dataclass
class Writer:
    """Writes blocks as lines."""

    width: int
    macros: dict[str, str]
    tex: TexConverter = field(init=False)

    def __post_init__(self) -> None:
        self.tex = TexConverter(self.macros)

    def blocks(self, blocks: Iterable[d.Block], width: int) -> list[str]:
        """Blocks, a blank line between them."""
        lines: list[str] = []
        for block in blocks:
            fresh = self.block(block, width)
            if fresh:
                lines += [*([""] if lines else []), *fresh]
        return lines

    def block(self, block: d.Block, width: int) -> list[str]:
        """One block."""
        match block:
            case d.CommentBlock():
                return []
            case d.MathBlock():
                return indented(self.formula_lines(block.tex, width - 4), "    ")
            case d.CodeBlock():
                return indented(block.code.rstrip("\n").expandtabs(4).split("\n"), "    ")
            case d.List():
                return self.listed(block, width)
            case d.Table():
                return self.table(block, width)
            case d.Callout():
                title = self.line(block.title)
                return indented([*wrapped(title, width - 2), *self.blocks(block.children, width - 2)], "│ ")
            case d.Quote():
                return indented(self.blocks(block.children, width - 2), "│ ")
            case d.HtmlBlock():
                return wrapped(TAG.sub(" ", block.html).strip(), width)
            case d.Rule():
                return ["─" * min(width, 12)]
            case d.DefinitionText():
                return indented(self.blocks(block.children, width - 4), "    ")
            case d.BlockParent():
                return self.blocks(block.children, width)
            case _:
                text = self.line(d.own_inlines(block))
                return wrapped(text, width) if text.strip() else []

    def listed(self, block: d.List, width: int) -> list[str]:
        """Items with their signs; the lines of an item stand below one another."""
        lines: list[str] = []
        for number, item in enumerate(block.items, block.start):
            sign = f"{number}. " if block.ordered else "• "
            inside = [line for child in item.children for line in self.block(child, width - len(sign))] or [
                ""
            ]
            lines += [f"{sign if n == 0 else ' ' * len(sign)}{line}" for n, line in enumerate(inside)]
        return lines

    def table(self, block: d.Table, width: int) -> list[str]:
        """Columns side by side where they fit, else each row as `head: cell` lines."""
        rows = [[self.line(c.inlines).replace("\n", " ") for c in row] for row in (block.header, *block.rows)]
        count = max(map(len, rows))
        rows = [row + [""] * (count - len(row)) for row in rows]
        widths = [max(columns(row[n]) for row in rows) for n in range(count)]
        if sum(widths) + 2 * (count - 1) <= width:
            lines = [
                "  ".join(c + " " * (w - columns(c)) for c, w in zip(row, widths, strict=True))
                for row in rows
            ]
            return [lines[0], "  ".join("─" * w for w in widths), *lines[1:]]
        lines = []
        for row in rows[1:]:
            lines += [""] if lines else []
            for head, cell in zip(rows[0], row, strict=True):
                lines += wrapped(f"{head}: {cell}" if head else cell, width) if cell else []
        return lines

    # inlines

    def line(self, inlines: tuple[d.Inline, ...]) -> str:
        """Inlines as text; a forced line end is one."""
        return "".join(self.inline(i) for i in inlines).strip()

    def inline(self, inline: d.Inline) -> str:
        """One inline."""
        match inline:
            case d.Text():
                return inline.text
            case d.Code():
                return f"`{inline.text}`"
            case d.Math():
                return self.formula(inline.tex, display=inline.display).replace(" ", GLUE)
            case d.SoftBreak():
                return " "
            case d.HardBreak():
                return "\n"
            case d.WikiLink():
                return inline.label
            case d.Image():
                return f"[{inline.alt or inline.src}]"
            case d.Embed():
                return f"[{inline.target or inline.heading}]"
            case d.Tag():
                return f"#{inline.name}"
            case d.Checkbox():
                return "[x] " if inline.checked else "[ ] "
            case d.Highlight():
                return f"{ON}{self.line(inline.children)}{OFF}"
            case d.InlineParent():
                return "".join(self.inline(i) for i in inline.children)
            case _:
                return ""

    def formula(self, tex: str, *, display: bool) -> str:
        """A formula as Unicode if all of it can be said so, else its TeX."""
        source = strip_comments(tex).strip()
        result = self.tex.convert(tex, display=display)
        if result.error is None:
            plain = plain_formula(tex, result.mathml, macros=self.macros)
            text = plain.text or ("" if plain.refused in UNSAYABLE else unicode_math(result.mathml))
            if plain.text or (text and says_all(source, text, self.macros)):
                return text
        return f"`{' '.join(source.split())}`"

    def formula_lines(self, tex: str, width: int) -> list[str]:
        """A formula on lines of its own: those of an aligned one stay apart."""
        text = self.formula(tex, display=True)
        if text.startswith("`"):
            return [row.rstrip() for row in strip_comments(tex).strip("\n").split("\n")]
        rows = text.split("; ") if ALIGNED.search(tex) else [text]
        return [line for row in rows for line in wrapped(row, width)]


def says_all(tex: str, text: str, macros: Mapping[str, str]) -> bool:
    """Whether the guard finds all of the TeX in a text."""
    try:
        return not lost(tex, text, macros)
    except UnknownCommandError:
        return False


def indented(lines: list[str], sign: str) -> list[str]:
    """Lines behind a sign."""
    return [f"{sign}{line}".rstrip() for line in lines]
