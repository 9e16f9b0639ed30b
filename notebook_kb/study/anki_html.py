r"""A card's Markdown as HTML for Anki, by walking the tree: `\( … \)`, pictures by their names among Anki's media."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from html import escape
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import nh3

from notebook_kb.model import document as d
from notebook_kb.parsing.pictures import SUFFIX, with_pictures
from notebook_kb.parsing.tex_macros import expanded
from notebook_kb.parsing.tree import parse_document

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    # where a picture leads: its name in Anki's media, or '' where there is none
    FindPicture = Callable[[str], str]

WRAP = {d.Emphasis: "em", d.Strong: "b", d.Strike: "s", d.Highlight: "mark"}
# our formulas may hold commands that the site's converter knows and MathJax does not
NOT_IN_MATHJAX = {
    "abs": r"\left\lvert #1\right\rvert",
    "argmax": r"\operatorname*{arg\,max}",
    "argmin": r"\operatorname*{arg\,min}",
    "bm": r"\boldsymbol{#1}",
    "cancelto": r"\overset{#1}{#2}",
    "coloneqq": r"\mathrel{:=}",
    "ensuremath": "{#1}",
    "erf": r"\operatorname{erf}",
    "mathds": r"\mathbb{#1}",
    "mathnormal": "{#1}",
    "nicefrac": r"{}^{#1}\!/_{#2}",
    "norm": r"\left\lVert #1\right\rVert",
    "pmb": r"\boldsymbol{#1}",
    "qed": r"\square",
    "sfrac": r"{}^{#1}\!/_{#2}",
    "sgn": r"\operatorname{sgn}",
}
SAFE_SCHEMES = {"http", "https", "mailto"}
TAGS = set(
    """a b blockquote br code dd del div dl dt em hr i img ins kbd li mark ol p pre q s small span strong sub sup table
    tbody td th thead tr u ul""".split()  # noqa: SIM905 - a list of words reads best as words
)
ATTRIBUTES = {
    "a": {"href"},
    "img": {"src", "alt", "width", "height"},
    "ol": {"start"},
    "td": {"align"},
    "th": {"align"},
    "div": {"class"},
}
# what Anki would take for the end of a gap or for a hint
CLOSING, HINT = re.compile(r"\}(?=\})"), re.compile(r":(?=:)")


@dataclass
class AnkiHtml:
    """Renders cards of one note. `picture` finds a picture by its target; `missing` collects those that it did not find.

    `gaps` are the places (line, column) of the highlights that are gaps of a cloze, in order: each becomes `{{c1::…}}`.
    """

    macros: Mapping[str, str]
    picture: FindPicture
    hard_breaks: bool = False
    gaps: tuple[tuple[int, int], ...] = ()
    missing: list[str] = field(default_factory=list)
    raw: bool = False

    def render(self, markdown: str) -> str:
        """The HTML of one side of a card."""
        document, _ = parse_document(markdown)
        self.raw = False
        html = self.blocks(document.blocks)
        html += "".join(self.blocks(note.children) for note in document.footnotes)
        if self.raw:
            html = nh3.clean(
                html,
                tags=TAGS,
                attributes=ATTRIBUTES,
                url_schemes=SAFE_SCHEMES,
                link_rel=None,
                strip_comments=False,
            )
        return html.strip()

    # blocks

    def blocks(self, blocks: tuple[d.Block, ...]) -> str:
        """Blocks one after the other; a paragraph alone needs no tag."""
        shown = [b for b in blocks if not isinstance(b, d.CommentBlock)]
        if len(shown) == 1 and isinstance(shown[0], d.Paragraph):
            return self.inlines(shown[0].inlines).strip()
        return "".join(self.block(b) for b in shown)

    def block(self, block: d.Block) -> str:
        """One block."""
        match block:
            case d.Paragraph():
                inside = self.inlines(block.inlines).strip()
                return inside if block.tight or not inside else f"<p>{inside}</p>"
            case d.Heading():
                return f"<p><b>{self.inlines(block.inlines)}</b></p>"
            case d.MathBlock():
                return self.formula(block.tex, display=True)
            case d.List():
                return self.list(block)
            case d.Quote():
                return f"<blockquote>{self.blocks(block.children)}</blockquote>"
            case d.Callout():
                title = self.inlines(block.title) or escape(block.kind)
                return f"<blockquote><b>{title}</b><br>{self.blocks(block.children)}</blockquote>"
            case d.CodeBlock():
                code = self.text(block.code.rstrip()).replace("\n", "<br>")
                return f"<pre><code>{code}</code></pre>"
            case d.Table():
                return self.table(block)
            case d.Rule():
                return "<hr>"
            case d.HtmlBlock():
                return self.html_block(block)
            case _:
                return self.other(block)

    def other(self, block: d.Block) -> str:
        """Definition lists; what nobody sees gives nothing."""
        match block:
            case d.DefinitionList():
                return f"<dl>{''.join(self.block(b) for b in block.children)}</dl>"
            case d.DefinitionTerm():
                return f"<dt>{self.inlines(block.inlines)}</dt>"
            case d.DefinitionText():
                return f"<dd>{self.blocks(block.children)}</dd>"
            case d.Card() | d.CardSide():
                return "".join(self.block(b) for b in block.children)
            case _:
                return ""

    def html_block(self, block: d.HtmlBlock) -> str:
        """Raw HTML, made harmless and balanced at once, without its comments."""
        images = iter(block.images)

        def shown() -> str:
            image = next(images, None)
            return self.shown_picture(image.src, image.alt, image.size) if image else ""

        html = with_pictures(block.html, shown) if block.images else block.html
        return nh3.clean(html, tags=TAGS, attributes=ATTRIBUTES, url_schemes=SAFE_SCHEMES, link_rel=None)

    def list(self, block: d.List) -> str:
        tag = "ol" if block.ordered else "ul"
        start = f' start="{block.start}"' if block.ordered and block.start != 1 else ""
        items = "".join(f"<li>{self.blocks(item.children)}</li>" for item in block.items)
        return f"<{tag}{start}>{items}</{tag}>"

    def table(self, block: d.Table) -> str:
        head = self.row(block.header, "th")
        body = "".join(self.row(row, "td") for row in block.rows)
        return f"<table><thead>{head}</thead><tbody>{body}</tbody></table>"

    def row(self, cells: tuple[d.Cell, ...], tag: str) -> str:
        inside = ""
        for cell in cells:
            align = f' align="{cell.align}"' if cell.align else ""
            inside += f"<{tag}{align}>{self.inlines(cell.inlines)}</{tag}>"
        return f"<tr>{inside}</tr>"

    # inlines

    def inlines(self, inlines: tuple[d.Inline, ...]) -> str:
        """Inlines one after the other."""
        return "".join(self.inline(i) for i in inlines)

    def inline(self, inline: d.Inline) -> str:
        """One inline; comments and ids of blocks give nothing."""
        match inline:
            case d.Text():
                return self.text(inline.text)
            case d.SoftBreak():
                return "<br>" if self.hard_breaks else " "
            case d.HardBreak():
                return "<br>"
            case d.Code():
                return f"<code>{self.text(inline.text)}</code>"
            case d.Math():
                return self.formula(inline.tex, display=inline.display)
            case d.WikiLink():
                return self.text(inline.label)
            case d.Image():
                return self.shown_picture(inline.src, inline.alt, inline.size)
            case d.Embed():
                return self.embed(inline)
            case d.Link():
                return self.link(inline)
            case d.Highlight():
                return self.highlight(inline)
            case d.InlineParent():
                tag = WRAP[type(inline)]
                return f"<{tag}>{self.inlines(inline.children)}</{tag}>"
            case _:
                return self.sign(inline)

    def sign(self, inline: d.Inline) -> str:
        """What is one sign or a few, or nothing."""
        match inline:
            case d.Html():
                self.raw = True
                return inline.html
            case d.FootnoteRef():
                return f"<sup>{inline.number}</sup>"
            case d.Tag():
                return self.text("#" + inline.name)
            case d.Checkbox():
                return "☑ " if inline.checked else "☐ "
            case _:
                return ""

    def text(self, text: str) -> str:
        """Text as HTML. In a cloze nothing in it can end a gap."""
        safe = escape(text, quote=False)
        if not self.gaps:
            return safe
        return HINT.sub(":<!-- -->", CLOSING.sub("}<!-- -->", safe))

    def formula(self, tex: str, *, display: bool) -> str:
        r"""A formula as MathJax in Anki wants it; in a cloze `}}` is set apart, which changes nothing that is seen."""
        tex = expanded(tex, {**NOT_IN_MATHJAX, **self.macros}).strip()
        if self.gaps:
            tex = HINT.sub(":{}", CLOSING.sub("} ", tex))
        # line ends mean nothing to TeX, and Anki's editor would make them <br>
        tex = escape(" ".join(tex.split()), quote=False)
        return rf"\[{tex}\]" if display else rf"\({tex}\)"

    def highlight(self, inline: d.Highlight) -> str:
        """Highlighted words, or a gap."""
        inside = self.inlines(inline.children)
        place = (inline.place.line, inline.place.column)
        if place in self.gaps:
            # signs of two pieces may meet, and the last one meets the end of the gap
            guarded = HINT.sub(":<!-- -->", CLOSING.sub("}<!-- -->", inside))
            end = "<!-- -->" if guarded.endswith("}") else ""
            return f"{{{{c{self.gaps.index(place) + 1}::{guarded}{end}}}}}"
        return f"<mark>{inside}</mark>"

    def link(self, inline: d.Link) -> str:
        """A link to the web stays one; any other is its words."""
        inside = self.inlines(inline.children)
        if scheme(inline.href) in SAFE_SCHEMES:
            return f'<a href="{self.attribute(inline.href)}">{inside}</a>'
        return inside

    def embed(self, inline: d.Embed) -> str:
        """A picture; of a note the words as typed."""
        if SUFFIX.search(inline.target):
            return self.shown_picture(inline.target, "", inline.argument)
        return self.text(" > ".join(p for p in (inline.target, inline.heading) if p))

    def shown_picture(self, target: str, alt: str, size: str) -> str:
        """A picture from Anki's media, else its words: nothing is loaded from elsewhere."""
        name = self.picture(target)
        if not name:
            self.missing.append(target)
            return self.text(f"[{alt or target}]")
        width, _, height = (
            size.partition("x") if re.fullmatch(r"\d{1,4}(?:x\d{1,4})?", size) else ("", "", "")
        )
        sizes = (f' width="{width}"' if width else "") + (f' height="{height}"' if height else "")
        return f'<img src="{self.attribute(name)}" alt="{self.attribute(alt)}"{sizes}>'

    def attribute(self, text: str) -> str:
        """Text between quotes."""
        safe = escape(text, quote=True)
        return HINT.sub("&#58;", CLOSING.sub("&#125;", safe)) if self.gaps else safe


def scheme(href: str) -> str:
    """`https` of `https://…`; '' of what is no address."""
    try:
        return urlsplit(href).scheme.lower()
    except ValueError:
        return ""
