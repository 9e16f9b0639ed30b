"""The tree to HTML fragments, with slots where a link, picture or embed waits for its address."""

from __future__ import annotations

import re
from dataclasses import replace
from html import escape
from itertools import takewhile
from typing import TYPE_CHECKING

from notebook_kb.findings import finding
from notebook_kb.model import document as d
from notebook_kb.parsing.blocks import ids_of, item_ids, lone_id
from notebook_kb.parsing.pictures import with_pictures
from notebook_kb.parsing.sections import private_callout, visible
from notebook_kb.parsing.shapes import CALLOUTS
from notebook_kb.parsing.tex import strip_comments
from notebook_kb.rendering.anchors import cut_headings, cut_mark, with_id
from notebook_kb.rendering.cards import gapped, one_run
from notebook_kb.rendering.code import code_figure
from notebook_kb.rendering.sanitise import MARK, Trusted, sanitise
from notebook_kb.rendering.tex_findings import tex_finding

if TYPE_CHECKING:
    from collections.abc import Sequence

    from notebook_kb.findings import Finding
    from notebook_kb.languages import LanguagePack
    from notebook_kb.parsing.sections import SectionNames
    from notebook_kb.parsing.tex import TexConverter

# what belongs to the line of the formula before it
CLOSING = re.compile(r"[.,;:!?)\]’”»…]+")
ANNOTATION = re.compile(r"<annotation\b.*?</annotation>", re.DOTALL)
TAG = re.compile(r"<[^>]*>")
# in signs: wider than a phone, wider than a column of text
LONG, FAR = 24, 56
WRAP = {d.Emphasis: "em", d.Strong: "strong", d.Strike: "del", d.Highlight: "mark"}


class HtmlRenderer:
    """Renders one note. With `private` the private parts are shown and marked, else they are left out.

    `slots` collects what the HTML refers to by number: [kind, target, heading, label, argument]. `cuts` are the headings
    at the top level of the last fragment: (offset, level, id).
    """

    def __init__(
        self,
        document: d.Document,
        tex: TexConverter,
        pack: LanguagePack,
        names: SectionNames,
        *,
        hard_breaks: bool = False,
        private: bool = False,
    ) -> None:
        self.document = document
        self.tex = tex
        self.pack = pack
        self.names = names
        self.hard_breaks = hard_breaks
        self.private = private
        self.slots: list[list[str]] = []
        self.findings: list[Finding] = []
        self.trusted = Trusted()
        self.raw = False
        self.notes_due: list[int] = []
        self.notes_shown: set[int] = set()
        # the numbers that readers see, where they are others
        self.note_numbers: dict[int, int] = {}
        self.given: set[str] = set()
        self.depth = 0
        self.cuts: list[tuple[int, int, str]] = []
        # the line of a block that is run → its number
        self.runs: dict[int, int] = {}

    def fragment(self, blocks: tuple[d.Block, ...]) -> str:
        """The HTML of blocks, safe to be put into a page."""
        self.raw = False
        self.depth = 0
        html = self.blocks(self.shown(blocks))
        if self.raw:
            html = sanitise(html)
        html, self.cuts = cut_headings(html, self.trusted.restore, raw=self.raw)
        return html

    def shown(self, blocks: tuple[d.Block, ...]) -> tuple[d.Block, ...]:
        """Blocks without what is private in them, unless that is asked for."""
        return blocks if self.private else visible(blocks, self.names)

    def run_slot(self, kind: str, blocks: Sequence[d.CodeBlock]) -> str:
        """A slot for the results of blocks that are run; '' where none is."""
        numbers = [str(self.runs[b.place.line]) for b in blocks if b.place.line in self.runs]
        if not numbers:
            return ""
        self.slots.append([kind, ",".join(numbers), "", "", ""])
        return f'<kb-code n="{len(self.slots) - 1}"></kb-code>'

    # blocks

    def blocks(self, blocks: tuple[d.Block, ...]) -> str:
        """Blocks one after the other, each followed by the margin notes that it refers to."""
        self.depth += 1
        parts = [self.margin_notes() if self.depth == 1 else ""]  # those of a line above
        skip = 0
        for i, block in enumerate(blocks):
            if skip:
                skip -= 1
                continue
            if isinstance(block, d.CodeBlock):
                html, skip = code_figure(blocks[i:], self.pack, self.run_slot)
            else:
                html = self.block(block)
            after = blocks[i + skip + 1] if i + skip + 1 < len(blocks) else None
            parts.append(with_id(html, (lone_id(after),), self.given) if lone_id(after) else html)
            parts.append(self.margin_notes())
        self.depth -= 1
        return "".join(parts)

    def block(self, block: d.Block) -> str:
        """One block."""
        match block:
            case d.Paragraph():
                return self.paragraph(block)
            case d.Heading():
                level = max(block.level, 2)
                mark = cut_mark(block.level) if self.depth == 1 else ""
                inside = mark + self.inlines(block.inlines)
                return f'<h{level} id="{escape(block.anchor)}">{inside}</h{level}>\n'
            case d.Card():
                return self.card(block)
            case d.MathBlock():
                return f'<div class="eq s" tabindex="0" role="group" aria-label="{self.pack.word("formula")}">{self.formula(block)}</div>\n'
            case d.List():
                return self.list(block)
            case d.Quote():
                return f"<blockquote>\n{self.blocks(block.children)}</blockquote>\n"
            case d.Callout():
                return self.callout(block)
            case d.Table():
                return self.table(block)
            case d.Rule():
                return "<hr>\n"
            case d.HtmlBlock():
                self.raw = True
                return self.html_block(block)
            case d.CommentBlock():
                return (
                    f'<div class="private"><p>{escape(block.text.strip())}</p></div>\n'
                    if self.private
                    else ""
                )
            case d.DefinitionList():
                return f"<dl>\n{self.blocks(block.children)}</dl>\n"
            case d.DefinitionTerm():
                return f"<dt>{self.inlines(block.inlines)}</dt>\n"
            case d.DefinitionText():
                return f"<dd>{self.blocks(block.children)}</dd>\n"
            case _:
                return ""

    def html_block(self, block: d.HtmlBlock) -> str:
        """Raw HTML; its pictures are found like any others."""
        pictures = iter(block.images)

        def picture() -> str:
            image = next(pictures, None)
            return self.slot(image) if image else ""

        return with_pictures(block.html, picture) if block.images else block.html

    def paragraph(self, block: d.Paragraph) -> str:
        """A paragraph; a picture alone gets a shape of its own."""
        inlines = tuple(i for i in block.inlines if not isinstance(i, d.BlockId))
        if len(inlines) == 1 and isinstance(inlines[0], (d.Image, d.Embed)):
            return with_id(self.figure(inlines[0]), ids_of(block), self.given)
        html = self.inlines(inlines).strip()
        if not html:
            return ""
        return f"{html}\n" if block.tight else with_id(f"<p>{html}</p>\n", ids_of(block), self.given)

    def figure(self, inline: d.Image | d.Embed) -> str:
        """A picture on a line of its own, its title as the caption."""
        if isinstance(inline, d.Embed):
            return self.slot(inline, alone=True) + "\n"
        caption = f"<figcaption>{escape(inline.title)}</figcaption>" if inline.title else ""
        return f'<figure class="fig">{self.inline(replace(inline, title=""))}{caption}</figure>\n'

    def list(self, block: d.List) -> str:
        tag = "ol" if block.ordered else "ul"
        start = f' start="{block.start}"' if block.ordered and block.start != 1 else ""
        tasks = any(
            isinstance(i, d.Checkbox)
            for item in block.items
            for b in item.children[:1]
            for i in d.own_inlines(b)
        )
        css = ' class="tasks"' if tasks else ""
        items = "".join(self.item(item) for item in block.items)
        return f"<{tag}{start}{css}>\n{items}</{tag}>\n"

    def item(self, item: d.ListItem) -> str:
        """One item; the id of its first paragraph is the item's."""
        ids = item_ids(item)
        first = item.children[0] if item.children else None
        if ids and isinstance(first, d.Paragraph):
            bare = tuple(i for i in first.inlines if not isinstance(i, d.BlockId))
            item = replace(item, children=(replace(first, inlines=bare), *item.children[1:]))
        return with_id(f"<li>{self.blocks(item.children).strip()}</li>\n", ids, self.given)

    def table(self, block: d.Table) -> str:
        body = "".join(self.row(r, "td", "") for r in block.rows)
        header = self.row(block.header, "th", ' scope="col"')
        tbody = f"<tbody>\n{body}</tbody>\n" if body else ""
        return (
            f'<div class="scroll" tabindex="0" role="group" aria-label="{self.pack.word("table")}">'
            f"<table><thead>\n{header}</thead>\n{tbody}</table></div>\n"
        )

    def row(self, cells: tuple[d.Cell, ...], tag: str, attributes: str) -> str:
        inside = []
        for cell in cells:
            align = f' class="{cell.align}"' if cell.align else ""
            inside.append(f"<{tag}{attributes}{align}>{self.inlines(cell.inlines)}</{tag}>")
        return f"<tr>{''.join(inside)}</tr>\n"

    def callout(self, block: d.Callout) -> str:
        private, _ = private_callout(block, self.names)
        if private and not self.private:
            return ""
        bare = block.kind.partition("|")[0].strip()
        kind = CALLOUTS.get(bare, "note")
        title = self.inlines(block.title) or escape(self.callout_word(bare))
        inside = self.blocks(block.children)
        css = "callout private" if private else f"callout c-{kind}"
        if block.fold:
            opened = " open" if block.fold == "+" else ""
            return f'<details class="{css}"{opened}><summary class="label">{title}</summary>\n{inside}</details>\n'
        return f'<div class="{css}"><p class="label">{title}</p>\n{inside}</div>\n'

    def callout_word(self, kind: str) -> str:
        """The title of a callout that has none: its type's word, else the type as it was typed."""
        key = f"callout_{kind}"
        return self.pack.word(key) if kind in CALLOUTS else kind.replace("-", " ").capitalize()

    # cards

    def card(self, card: d.Card) -> str:
        """The question, which unfolds the answer. A `<summary>` may hold lines and formulas, but no lists or code."""
        question = gapped(card.question) if card.cloze else card.question
        lines = takewhile(lambda b: isinstance(b, (d.Paragraph, d.MathBlock)), question)
        parts = [
            self.formula(b) if isinstance(b, d.MathBlock) else self.inlines(one_run((b,))) for b in lines
        ]
        more = self.blocks(question[len(parts) :])
        answer = self.blocks(card.question if card.cloze else card.answer)
        summary = "<br>".join(p for p in parts if p)
        return f'<details class="card"><summary>{summary}</summary><div>{(more + answer).strip()}</div></details>\n'

    # margin notes

    def margin_notes(self) -> str:
        """The footnotes first referred to since the last call, as margin notes."""
        due, self.notes_due = self.notes_due, []
        parts = []
        for number in due:
            note = next((f for f in self.document.footnotes if f.number == number), None)
            if note is None:
                continue
            children = note.children if self.private else visible(note.children, self.names, nested=True)
            inside = self.blocks(children).strip()
            if inside.startswith("<p>") and inside.endswith("</p>") and inside.count("<p>") == 1:
                inside = inside.removeprefix("<p>").removesuffix("</p>")
            seen = self.note_numbers.get(number, number)
            parts.append(f'<aside class="side" id="fn-{seen}"><sup class="n">{seen}</sup>{inside}</aside>\n')
        return "".join(parts)

    # inlines

    def inlines(self, inlines: tuple[d.Inline, ...]) -> str:
        """Inlines one after the other."""
        parts: list[str] = []
        for i in inlines:
            before = parts[-1] if parts else ""
            mark = CLOSING.match(i.text) if isinstance(i, d.Text) and before.startswith(MARK) else None
            if mark and isinstance(i, d.Text):  # it must not begin the next line
                parts[-1] = f'<span class="nb">{before}{mark[0]}</span>'
                parts.append(escape(i.text[mark.end() :], quote=False))
            else:
                parts.append(self.inline(i))
        return "".join(parts)

    def inline(self, inline: d.Inline) -> str:
        """One inline."""
        match inline:
            case d.Text():
                return escape(inline.text, quote=False)
            case d.SoftBreak():
                return "<br>\n" if self.hard_breaks else "\n"
            case d.HardBreak():
                return "<br>\n"
            case d.Code():
                return f"<code>{escape(inline.text, quote=False)}</code>"
            case d.Math():
                return self.formula(inline)
            case d.Link() | d.WikiLink() | d.Embed() | d.Image():
                return self.slot(inline)
            case d.InlineParent():
                tag = WRAP[type(inline)]
                return f"<{tag}>{self.inlines(inline.children)}</{tag}>"
            case d.Html():
                self.raw = True
                return inline.html
            case d.Comment():
                return f'<span class="private">{escape(inline.text.strip())}</span>' if self.private else ""
            case d.FootnoteRef():
                return self.footnote_ref(inline.number)
            case d.Tag():
                return f'<span class="tag">#{escape(inline.name)}</span>'
            case d.Checkbox():
                checked = " checked" if inline.checked else ""
                word = self.pack.word("done" if inline.checked else "to_do")
                return self.trusted.keep(f'<input type="checkbox" disabled{checked} aria-label="{word}"> ')
            case _:
                return ""

    def slot(self, inline: d.Link | d.WikiLink | d.Embed | d.Image, *, alone: bool = False) -> str:
        """A numbered slot; `website` fills in the address. `alone`: it is a block of its own."""
        # a link's words may hold slots of their own
        label = self.inlines(inline.children) if isinstance(inline, d.Link) else ""
        number = len(self.slots)
        match inline:
            case d.Link():
                target, _, heading = inline.href.partition("#")
                self.slots.append(["link", target, heading, inline.title, ""])
                return f'<kb-a n="{number}">{label}</kb-a>'
            case d.WikiLink():
                self.slots.append(["wiki", inline.target, inline.heading, "", ""])
                return f'<kb-a n="{number}">{escape(inline.label, quote=False)}</kb-a>'
            case d.Embed():
                kind = "embed" if alone else "inline-embed"
                self.slots.append([kind, inline.target, inline.heading, "", inline.argument])
                return f'<kb-embed n="{number}"></kb-embed>'
            case _:
                self.slots.append(["image", inline.src, inline.size, inline.alt, inline.title])
                return f'<kb-img n="{number}"></kb-img>'

    def footnote_ref(self, number: int) -> str:
        if number not in self.notes_shown:
            self.notes_shown.add(number)
            self.notes_due.append(number)
        seen = self.note_numbers.get(number, number)
        return f'<sup class="n"><a href="#fn-{seen}">{seen}</a></sup>'

    def scrolling(self, mathml: str) -> str:
        """A formula in running text; a long one, which no browser breaks, scrolls by itself where the line is short."""
        length = 0 if 'display="block"' in mathml else len(TAG.sub("", ANNOTATION.sub("", mathml)))
        if length < LONG:
            return mathml
        css = "long far" if length >= FAR else "long"
        return f'<span class="{css}" tabindex="0" role="group" aria-label="{self.pack.word("formula")}">{mathml}</span>'

    def formula(self, formula: d.Math | d.MathBlock) -> str:
        """A formula as MathML, or its source with the reason."""
        tex = formula.tex
        result = self.tex.convert(tex, display=isinstance(formula, d.MathBlock) or formula.display)
        for notice in result.notices:
            self.findings.append(finding("KB402", notice, "nothing needs to be done", place=formula.place))
        if result.error is None:
            return self.trusted.keep(self.scrolling(result.mathml))
        self.findings.append(tex_finding(tex, result.error, formula.place, formula.indent))
        source = escape(strip_comments(tex).strip(), quote=False)
        message = escape(result.error.message, quote=False)
        return self.trusted.keep(
            f'<code class="math-error">{source} <span class="math-message">{message}</span></code>'
        )
