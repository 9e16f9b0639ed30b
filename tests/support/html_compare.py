"""HTML for comparing: what a specification writes and what we write, without what we add to it on purpose."""

from __future__ import annotations

import re
from dataclasses import replace
from html import escape
from html.parser import HTMLParser
from typing import TYPE_CHECKING

from notebook_kb.languages import language_pack
from notebook_kb.notebook.load import built_in_roadmap
from notebook_kb.parsing.cards import with_cards
from notebook_kb.parsing.markdown import parser
from notebook_kb.parsing.rules.comment import Masked
from notebook_kb.parsing.sections import section_names
from notebook_kb.parsing.tex import TexConverter
from notebook_kb.parsing.tree import TreeBuilder, parse_document
from notebook_kb.rendering.anchors import cut_headings
from notebook_kb.rendering.html import HtmlRenderer

if TYPE_CHECKING:
    from notebook_kb.model.document import Document

PACK = language_pack("en")
NAMES = section_names(
    PACK, {}, (), {a.id: a.title for a in built_in_roadmap("math-for-ml", "en").angles.values()}
)
SLOT = re.compile(r'<kb-a n="(\d+)">(.*?)</kb-a>|<kb-(?:img|embed) n="(\d+)"></kb-(?:img|embed)>', re.DOTALL)
BLOCKS = frozenset(
    [
        "address",
        "article",
        "aside",
        "blockquote",
        "body",
        "caption",
        "center",
        "dd",
        "details",
        "div",
        "dl",
        "dt",
        "figure",
        "figcaption",
        "footer",
        "form",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "header",
        "hr",
        "html",
        "li",
        "link",
        "main",
        "nav",
        "ol",
        "p",
        "pre",
        "section",
        "summary",
        "table",
        "tbody",
        "td",
        "tfoot",
        "th",
        "thead",
        "title",
        "tr",
        "ul",
    ]
)
SHIFTED = {"h1": "h2"}
VOID = frozenset(
    ["area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"]
)


def tree_of(text: str, *, own_rules: bool) -> Document:
    """The tree of a text, with our own rules or without."""
    if own_rules:
        document = parse_document(text)[0]
        return replace(document, blocks=with_cards(document.blocks, NAMES.card_marks))
    return TreeBuilder(Masked(text, ()), 1).document(parser(own_rules=False).parse(text))


def rendered(text: str, *, own_rules: bool = True, sanitised: bool = True, hard_breaks: bool = False) -> str:
    """The HTML of a text, each link and picture with the address that was typed."""
    document = tree_of(text, own_rules=own_rules)
    renderer = HtmlRenderer(document, TexConverter({}), PACK, NAMES, hard_breaks=hard_breaks)
    if sanitised:
        html = renderer.fragment(document.blocks)
    else:
        html, _ = cut_headings(
            renderer.blocks(renderer.shown(document.blocks)), renderer.trusted.restore, raw=False
        )
    return filled(html, renderer.slots)


def filled(html: str, slots: list[list[str]]) -> str:
    """Fragments with each slot as the HTML that it stands for, addresses as typed."""

    def filled_in(match: re.Match[str]) -> str:
        kind, target, heading, label, argument = slots[int(match[1] or match[3])]
        if match[1]:
            address = escape(target + (f"#{heading}" if heading else ""))
            tip = f' title="{escape(label)}"' if label else ""
            return f'<a href="{address}"{tip}>{filled(match[2], slots)}</a>'
        if kind == "image":
            tip = f' title="{escape(argument)}"' if argument else ""
            size = f' data-size="{heading}"' if heading else ""
            return f'<img src="{escape(target)}" alt="{escape(label)}"{tip}{size}>'
        words = "|".join([target + (f"#{heading}" if heading else ""), *([argument] if argument else [])])
        return f"<kb-{kind}>{escape(words)}</kb-{kind}>"

    return SLOT.sub(filled_in, html)


class Canonical(HTMLParser):
    """The tags and texts of HTML, one for each line, in one form."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.lines: list[str] = []
        self.text = ""
        self.pre = 0
        self.caption = False
        self.figures: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """A tag with what counts of its attributes."""
        values = dict(attrs)
        css = values.get("class") or ""
        if self.dropped(tag, css):
            return
        tag = "p" if tag == "figure" else SHIFTED.get(tag, tag)
        kept = {k: v for k, v in values.items() if k in {"href", "src", "alt", "start", "checked", "align"}}
        if tag in {"td", "th"} and css:
            kept["align"] = css
        if tag != "img" and "title" in values:
            kept["title"] = values["title"]
        if not kept.get("alt", "x"):
            del kept["alt"]
        shown = "".join(f" {k}={v or ''}" for k, v in sorted(kept.items()))
        self.push(f"<{tag}{shown}>", tag)
        self.pre += tag == "pre"

    def handle_endtag(self, tag: str) -> None:
        """The end of a tag."""
        if tag == "figcaption":
            self.caption = False
        if self.dropped(tag, "") or tag in VOID:
            return
        tag = "p" if tag == "figure" else SHIFTED.get(tag, tag)
        self.push(f"</{tag}>", tag)
        self.pre -= tag == "pre"

    def dropped(self, tag: str, css: str) -> bool:
        """What we put around things, and captions, which repeat a picture's title."""
        if tag == "figcaption" and css != "":
            self.caption = True
        if tag == "figure":
            self.figures += [css] if css else []
            return (css or self.figures.pop()) == "code"
        return (tag == "div" and css == "scroll") or (self.pre > 0 and tag == "span") or tag == "figcaption"

    def handle_data(self, data: str) -> None:
        """Text; blanks next to blocks do not count."""
        if not self.caption:
            self.text += data

    def handle_comment(self, data: str) -> None:
        """A comment counts as it is."""
        self.push(f"<!--{data}-->", "")

    def handle_decl(self, decl: str) -> None:
        """A declaration counts as it is."""
        self.push(f"<!{decl}>", "")

    def handle_pi(self, data: str) -> None:
        """A processing instruction counts as it is."""
        self.push(f"<?{data}>", "")

    def unknown_decl(self, data: str) -> None:
        """CDATA counts as it is."""
        self.push(f"<![{data}]>", "")

    def push(self, line: str, tag: str) -> None:
        """A tag behind the text before it."""
        self.flush(block=tag in BLOCKS)
        self.lines.append(line)
        self.after_block = tag in BLOCKS or tag == "br"

    def flush(self, *, block: bool) -> None:
        """The text so far as a line."""
        text, self.text = self.text, ""
        if not self.pre:
            text = re.sub(r"\s+", " ", text)
            text = text.lstrip() if getattr(self, "after_block", True) else text
            text = text.rstrip() if block else text
        else:
            text = text.rstrip("\n")
        if text:
            self.lines.append(text)


def canonical(html: str) -> str:
    """HTML in the one form that is compared."""
    reader = Canonical()
    # a scroll box ends with a div of its own
    html = re.sub(r'<div class="scroll"[^>]*>(.*?)</div>', r"\1", html, flags=re.DOTALL)
    html = re.sub(r"<figcaption>.*?</figcaption>", "", html, flags=re.DOTALL)
    reader.feed(html)
    reader.close()
    reader.flush(block=True)
    return "\n".join(reader.lines)
