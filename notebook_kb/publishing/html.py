"""What a target can show as plain HTML: no classes, no styles that mean something, nothing that an editor must know of ours."""

from __future__ import annotations

import base64
from html import escape
from typing import TYPE_CHECKING

from notebook_kb.model import document as d
from notebook_kb.publishing.adapters import Shipping
from notebook_kb.publishing.shaped import Shown

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from notebook_kb.languages import LanguagePack
    from notebook_kb.publishing.adapters import Adapter

TAGS = {d.Emphasis: "em", d.Strong: "strong", d.Strike: "s", d.Highlight: "strong"}
# languages as Medium's code boxes name them
LANGUAGES = {
    "py": "python",
    "python3": "python",
    "js": "javascript",
    "ts": "typescript",
    "sh": "bash",
    "shell": "bash",
}


class HtmlWriter:
    """Writes blocks for one target. `address` gives a picture's address on the own site, '' where it is a file."""

    def __init__(
        self, adapter: Adapter, pack: LanguagePack, address: Callable[[Shown], str] | None = None
    ) -> None:
        self.adapter = adapter
        self.pack = pack
        self.address = address
        self.style = f' style="text-align:{adapter.align}"' if adapter.align else ""

    def pieces(self, blocks: Iterable[d.Block]) -> tuple[str, ...]:
        """The HTML of each block."""
        return tuple(self.block(b) for b in blocks)

    def block(self, block: d.Block) -> str:
        """One block."""
        match block:
            case d.Heading():
                return f"<h{block.level}{self.style}>{self.inlines(block.inlines)}</h{block.level}>\n"
            case d.Paragraph():
                return f"<p{self.style}>{self.inlines(block.inlines)}</p>\n"
            case d.Quote():
                return f"<blockquote{self.style}>{self.quoted(block)}</blockquote>\n"
            case d.List():
                return self.list(block)
            case d.CodeBlock():
                return self.code(block)
            case d.Table():
                return self.table(block)
            case d.Rule():
                return "<hr>\n"
            case Shown():
                return self.picture(block)
            case _:
                return ""

    def quoted(self, block: d.Quote) -> str:
        """The inside of a quote."""
        return "".join(self.block(b) for b in block.children).strip()

    def list(self, block: d.List) -> str:
        """A list; the items' paragraphs are lines."""
        tag = "ol" if block.ordered else "ul"
        start = f' start="{block.start}"' if block.ordered and block.start != 1 else ""
        items = "".join(f"<li{self.style}>{self.item(i)}</li>" for i in block.items)
        return f"<{tag}{start}>{items}</{tag}>\n"

    def item(self, item: d.ListItem) -> str:
        """The inside of a list's item."""
        parts: list[str] = []
        for child in item.children:
            if isinstance(child, d.Paragraph):
                line = self.inlines(child.inlines)
                parts.append(f"<br>{line}" if parts and not line.startswith("<br>") else line)
            else:
                parts.append(self.block(child).strip())
        return "".join(parts)

    def code(self, block: d.CodeBlock) -> str:
        """A code block. Where the target's editor parts a listing at empty lines, these hold a blank."""
        code = block.code.rstrip("\n")
        language = LANGUAGES.get(block.language, block.language)
        if self.adapter.fills_empty_lines:
            code = "\n".join(line or " " for line in code.split("\n"))
        inside = escape(code, quote=False)
        if not self.adapter.pre_mode:
            css = f' class="language-{escape(language)}"' if language else ""
            return f"<pre><code{css}>{inside}</code></pre>\n"
        mode = self.adapter.pre_mode if language else self.adapter.pre_mode_plain
        named = f' data-code-block-lang="{escape(language)}"' if language else ""
        return f'<pre data-code-block-mode="{mode}"{named}>{inside}</pre>\n'

    def table(self, block: d.Table) -> str:
        """A table."""
        head = "".join(f"<th>{self.inlines(c.inlines)}</th>" for c in block.header)
        rows = "".join(
            "<tr>" + "".join(f"<td>{self.inlines(c.inlines)}</td>" for c in row) + "</tr>"
            for row in block.rows
        )
        return f"<table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>\n"

    def picture(self, block: Shown) -> str:
        """A picture, or the line that says where to drag it, with its caption."""
        caption = escape(block.caption, quote=False)
        below = f"<p{self.style}><em>{caption}</em></p>\n" if caption else ""
        source = self.source(block)
        if not source:
            return f"<p{self.style}>{escape(self.mark(block), quote=False)}</p>\n{below}"
        image = f'<img src="{escape(source)}" alt="{escape(block.alt)}">'
        if self.adapter.shipping is Shipping.DATA:
            return f"<p{self.style}>{image}</p>\n{below}"
        inside = f"{image}<figcaption>{caption}</figcaption>" if caption else image
        return f"<figure>{inside}</figure>\n"

    def mark(self, block: Shown) -> str:
        """The line that stands where a picture belongs: `[picture 3: 03-svd.png]`."""
        name = block.picture.name if block.picture else block.url
        return self.pack.word("picture_here", number=block.number, name=name)

    def source(self, block: Shown) -> str:
        """The address of a picture, '' where it is put in by hand."""
        if block.picture is None:
            return block.url
        given = self.address(block) if self.address else ""
        if given:
            return given
        if self.adapter.shipping is Shipping.DATA:
            data = base64.b64encode(block.picture.data).decode()
            return f"data:{block.picture.media_type};base64,{data}"
        return block.picture.name if self.adapter.shipping is Shipping.FILE else ""

    def inlines(self, inlines: tuple[d.Inline, ...]) -> str:
        """A line."""
        return "".join(self.inline(i) for i in inlines)

    def inline(self, inline: d.Inline) -> str:
        """A part of a line."""
        match inline:
            case d.Text():
                return escape(inline.text, quote=False)
            case d.HardBreak():
                return "<br>"
            case d.Code():
                return f"<code>{escape(inline.text, quote=False)}</code>"
            case d.Link():
                return f'<a href="{escape(inline.href)}">{self.inlines(inline.children)}</a>'
            case d.InlineParent():
                tag = TAGS[type(inline)]
                return f"<{tag}>{self.inlines(inline.children)}</{tag}>"
            case _:
                return ""
