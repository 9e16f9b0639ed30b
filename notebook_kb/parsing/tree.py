"""Markdown tokens to our own tree, with places in the file."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any, ClassVar

from notebook_kb.model import document as d
from notebook_kb.parsing.markdown import parser
from notebook_kb.parsing.rules.comment import OPENING, RESERVED, mask_comments
from notebook_kb.parsing.rules.wikilink import split_target

if TYPE_CHECKING:
    from collections.abc import Callable

    from markdown_it.token import Token

    from notebook_kb.parsing.rules.comment import Masked, MaskedComment

CALLOUT = re.compile(r"\[!([^\]\n]+)\]([+-]?)[ \t]*")
TASK = re.compile(r"\[([ xX])\][ \t]+")
UNESCAPED = re.compile(r"(?<!\\)(?:\\\\)*(?:%%|<!--)")
# each round masks more lines; the last one masks all
MOST_ROUNDS = 8
ALIGN = re.compile(r"text-align:(left|center|right)")


def parse_document(text: str, first_line: int = 1) -> tuple[d.Document, tuple[MaskedComment, ...]]:
    """Read Markdown.

    `text` is the note without its head, `first_line` the line of the file where it begins. Gives the tree and the
    private comments, whose text is nowhere in the tree but in its `Comment` nodes.
    """
    masked, tokens = mask_and_parse(text, first_line)
    builder = TreeBuilder(masked, first_line)
    return builder.document(tokens), masked.comments


def mask_and_parse(text: str, first_line: int) -> tuple[Masked, list[Token]]:
    """Masking reads code and formulas by simple rules of its own. Where the parser then finds a comment in plain text,
    those rules were wrong: the line is masked again as what it is. So no comment is ever text.
    """
    plain: frozenset[int] = frozenset()
    for rounds in range(MOST_ROUNDS):
        masked = mask_comments(text, first_line, plain)
        tokens = parser().parse(masked.text)
        found = unmasked_lines(tokens) if OPENING.search(masked.text) else frozenset()
        if found <= plain:
            return masked, tokens
        plain |= found if rounds < MOST_ROUNDS - 2 else frozenset(range(text.count("\n") + 1))
    return masked, tokens


def unmasked_lines(tokens: list[Token]) -> frozenset[int]:
    """The lines (from 0) where a comment opens in text that is neither code nor formula."""
    found: set[int] = set()
    for token in tokens:
        if not token.map:
            continue
        if token.type == "html_block" or (token.type == "inline" and says_comment(token.children or [])):
            rows = token.content.split("\n")
            found |= {token.map[0] + n for n, row in enumerate(rows) if UNESCAPED.search(row)}
    return frozenset(found)


def says_comment(tokens: list[Token]) -> bool:
    """Whether the sign of a comment stands in the text or the attributes of inline tokens."""
    return any(
        OPENING.search(" ".join([t.content, *(str(v) for v in t.attrs.values())]))
        or says_comment(t.children or [])
        for t in tokens
        if t.type not in {"code_inline", "math"}
    )


class TreeBuilder:
    """Walks the tokens once. `pos` is the next token to read."""

    def __init__(self, masked: Masked, first_line: int) -> None:
        self.masked = masked
        self.lines = masked.text.split("\n")
        self.first_line = first_line
        self.comments = {(c.place.line, c.place.column): c for c in masked.comments}
        self.tokens: list[Token] = []
        self.pos = 0
        self.footnotes: list[d.Footnote] = []
        self.anchors: dict[str, int] = {}

    def document(self, tokens: list[Token]) -> d.Document:
        """The whole tree."""
        self.tokens = tokens
        blocks = self.blocks("")
        return d.Document(blocks, tuple(self.footnotes))

    # blocks

    def blocks(self, until: str) -> tuple[d.Block, ...]:
        """The blocks up to the token of type `until`, which is read too."""
        found: list[d.Block] = []
        while self.pos < len(self.tokens):
            token = self.tokens[self.pos]
            self.pos += 1
            if token.type == until:
                break
            found.extend(self.block(token))
        return tuple(found)

    def block(self, token: Token) -> list[d.Block]:
        """The block that begins with `token`; some become several or none."""
        place = self.block_place(token)
        match token.type:
            case "paragraph_open":
                return self.paragraph(place, tight=token.hidden)
            case "heading_open":
                return [self.heading(token, place)]
            case "fence" | "code_block":
                return [d.CodeBlock(place, clean(token.content), clean(token.info))]
            case "math_block":
                return [self.math_block(token, place)]
            case "hr":
                return [d.Rule(place)]
            case "html_block":
                return [d.HtmlBlock(place, clean(token.content))]
            case "blockquote_open":
                return [self.quote(place)]
            case "bullet_list_open" | "ordered_list_open":
                return [self.list(token, place)]
            case "table_open":
                return [self.table(place)]
            case "dl_open":
                return [d.DefinitionList(place, self.blocks("dl_close"))]
            case "dt_open":
                inlines = self.inlines_of(self.next_inline())
                self.pos += 1
                return [d.DefinitionTerm(place, inlines)]
            case "dd_open":
                return [d.DefinitionText(place, self.blocks("dd_close"))]
            case "footnote_open":
                number = token.meta["id"] + 1
                blocks = self.blocks("footnote_close")
                self.footnotes.append(d.Footnote(place, blocks, number, token.meta.get("label", "")))
                return []
            case _:
                return []

    def math_block(self, token: Token, place: d.Place) -> d.MathBlock:
        """A display formula; its place is that of the TeX itself, behind the two signs that open it."""
        first = token.map[0] if token.map else 0
        at = self.lines[first].find(token.markup)
        column = self.masked.column(first, at) + 3 if at >= 0 else place.column + 2
        rows = token.content.split("\n")
        indent = 0
        for number, row in enumerate(rows[1:], start=first + 1):
            if row.strip() and number < len(self.lines):
                indent = max(self.lines[number].find(row.rstrip()), 0)
                break
        return d.MathBlock(place._replace(column=column), clean(token.content), indent)

    def paragraph(self, place: d.Place, *, tight: bool) -> list[d.Block]:
        inlines = self.inlines_of(self.next_inline())
        self.pos += 1
        return split_paragraph(d.Paragraph(place, inlines, tight))

    def heading(self, token: Token, place: d.Place) -> d.Heading:
        inlines = self.inlines_of(self.next_inline())
        self.pos += 1
        text = " ".join(d.plain_text(inlines).split())
        return d.Heading(place, int(token.tag[1]), inlines, text, self.anchor(text))

    def anchor(self, text: str) -> str:
        """A heading's id: words and dashes, numbered where it stood before."""
        base = re.sub(r"[^\w]+", "-", text.lower()).strip("-") or "section"
        seen = self.anchors.get(base, 0)
        self.anchors[base] = seen + 1
        return f"{base}-{seen + 1}" if seen else base

    def quote(self, place: d.Place) -> d.Block:
        blocks = self.blocks("blockquote_close")
        if blocks and isinstance(blocks[0], d.Paragraph):
            callout = as_callout(blocks, place)
            if callout:
                return callout
        return d.Quote(place, blocks)

    def list(self, token: Token, place: d.Place) -> d.List:
        ordered = token.type == "ordered_list_open"
        close = token.type.replace("open", "close")
        items: list[d.ListItem] = []
        while self.pos < len(self.tokens):
            item = self.tokens[self.pos]
            self.pos += 1
            if item.type == close:
                break
            items.append(d.ListItem(self.block_place(item), as_task(self.blocks("list_item_close"))))
        return d.List(place, tuple(items), ordered, int(token.attrGet("start") or 1) if ordered else 1)

    def table(self, place: d.Place) -> d.Table:
        rows: list[list[d.Cell]] = []
        column = 0
        while self.pos < len(self.tokens):
            token = self.tokens[self.pos]
            self.pos += 1
            if token.type == "table_close":
                break
            if token.type == "tr_open":
                rows.append([])
                column = 0
            elif token.type in {"th_open", "td_open"}:
                style = ALIGN.search(str(token.attrGet("style") or ""))
                inline = self.next_inline()
                inlines = self.inlines_of(inline, column)
                column = self.cell_end(inline, column)
                rows[-1].append(
                    d.Cell(self.inline_place(inline, 0, 0, column), inlines, style[1] if style else "")
                )
        return d.Table(place, tuple(rows[0]) if rows else (), tuple(tuple(r) for r in rows[1:]))

    def cell_end(self, inline: Token, column: int) -> int:
        """Where in its line a cell ends, so that an equal later cell is not taken for it."""
        line = self.lines[inline.map[0]] if inline.map and inline.map[0] < len(self.lines) else ""
        found = line.find(inline.content, column) if inline.content else -1
        return found + len(inline.content) if found >= 0 else column

    # places

    def block_place(self, token: Token) -> d.Place:
        if not token.map:
            return d.NOWHERE
        start, end = token.map
        line = self.lines[start] if start < len(self.lines) else ""
        column = self.masked.column(start, len(line) - len(line.lstrip())) + 1
        return d.Place(start + self.first_line, column, max(end - 1, start) + self.first_line)

    def inline_place(self, inline: Token, pos: int, length: int, from_column: int = 0) -> d.Place:
        """The place of `length` characters at `pos` in the text of an inline token."""
        if not inline.map:
            return d.NOWHERE
        before = inline.content[:pos]
        row = before.count("\n")
        text = inline.content.split("\n")[row].rstrip() if inline.content else ""
        number = inline.map[0] + row
        source = self.lines[number] if number < len(self.lines) else ""
        offset = source.find(text, from_column) if text else 0
        column = self.masked.column(number, max(offset, 0) + pos - (before.rfind("\n") + 1)) + 1
        line = number + self.first_line
        return d.Place(line, column, line, column + length)

    # inlines

    def next_inline(self) -> Token:
        token = self.tokens[self.pos]
        self.pos += 1
        return token

    def inlines_of(self, inline: Token, from_column: int = 0) -> tuple[d.Inline, ...]:
        """The inlines of one block."""

        def place(pos: int, length: int) -> d.Place:
            return self.inline_place(inline, pos, length, from_column)

        return InlineBuilder(inline.children or [], place, self.comments).inlines("")


class InlineBuilder:
    """Walks the tokens of one line of text."""

    PARENTS: ClassVar[dict[str, type[d.InlineParent]]] = {
        "em_open": d.Emphasis,
        "strong_open": d.Strong,
        "s_open": d.Strike,
        "mark_open": d.Highlight,
    }

    def __init__(
        self,
        tokens: list[Token],
        place: Callable[[int, int], d.Place],
        comments: dict[tuple[int, int], MaskedComment],
    ) -> None:
        self.tokens = tokens
        self.place = place
        self.comments = comments
        self.pos = 0

    def inlines(self, until: str) -> tuple[d.Inline, ...]:
        """The inlines up to the token of type `until`."""
        found: list[d.Inline] = []
        while self.pos < len(self.tokens):
            token = self.tokens[self.pos]
            self.pos += 1
            if token.type == until:
                break
            inline = self.inline(token)
            if inline is not None:
                found.append(inline)
        return tuple(found)

    def inline(self, token: Token) -> d.Inline | None:
        """The inline that begins with `token`."""
        start = token.meta.get("pos", 0)
        parent = self.PARENTS.get(token.type)
        if parent:
            return parent(self.place(start, 0), self.inlines(token.type.replace("open", "close")))
        match token.type:
            case "text" | "text_special":
                text = clean(token.content)
                return d.Text(self.place(start, len(text)), text) if text else None
            case "softbreak":
                return d.SoftBreak()
            case "hardbreak":
                return d.HardBreak()
            case "code_inline":
                return d.Code(self.place(start, len(token.content)), clean(token.content))
            case "math":
                return self.math(token)
            case "html_inline":
                return d.Html(self.place(start, len(token.content)), clean(token.content))
            case _:
                return self.link_like(token, start)

    def math(self, token: Token) -> d.Math:
        start = token.meta.get("start", 0)
        place = self.place(start, len(token.content))
        row = token.content.find("\n") + 1
        indent = max(self.place(start + row, 0).column - 1, 0) if row else 0
        return d.Math(place, clean(token.content), token.markup in {"$$", r"\["}, indent)

    def link_like(self, token: Token, start: int) -> d.Inline | None:
        content = clean(token.content)
        match token.type:
            case "link_open":
                href, title = attribute(token, "href"), attribute(token, "title")
                children = self.inlines("link_close")
                return d.Link(self.place(max(start - 1, 0), 1), children, href, title, token.info == "auto")
            case "image":
                alt = d.plain_text(InlineBuilder(token.children or [], self.place, {}).inlines(""))
                return d.Image(self.place(start, 1), attribute(token, "src"), alt, attribute(token, "title"))
            case "wikilink":
                target, heading, label = split_target(content)
                typed = label or content.replace("\\|", "|").split("|")[0].strip()
                return d.WikiLink(self.place(start, len(content) + 4), target, heading, typed)
            case "embed":
                target, heading, argument = split_target(content)
                return d.Embed(self.place(start, len(content) + 5), target, heading, argument)
            case "tag":
                return d.Tag(self.place(start, len(content) + 1), content)
            case "block_id":
                return d.BlockId(self.place(start, len(content) + 1), content)
            case "footnote_ref":
                return d.FootnoteRef(self.place(start, 1), token.meta["id"] + 1, token.meta.get("subId", 0))
            case "comment":
                place = self.place(start, 1)
                comment = self.comments.get((place.line, place.column))
                return d.Comment(place, comment.text if comment else "")
            case _:
                return None


def attribute(token: Token, name: str) -> str:
    """An attribute of a token as text."""
    value: Any = token.attrGet(name)
    return clean(str(value)) if value is not None else ""


def clean(text: str) -> str:
    """Text without the signs that stand for comments or are kept for rendering; entities may have made some."""
    return text if text.isascii() else RESERVED.sub("", text)


def as_callout(blocks: tuple[d.Block, ...], place: d.Place) -> d.Callout | None:
    """A quote that begins with `[!kind]` as a callout."""
    first = blocks[0]
    if not isinstance(first, d.Paragraph) or not first.inlines or not isinstance(first.inlines[0], d.Text):
        return None
    # `[!note]` may be cut into several text tokens, since `[` and `!` are Markdown's
    count, text = 0, ""
    for inline in first.inlines:
        if not isinstance(inline, d.Text):
            break
        text += inline.text
        count += 1
    match = CALLOUT.match(text)
    if not match:
        return None
    rest: list[d.Inline] = (
        [d.Text(first.inlines[0].place, text[match.end() :])] if text[match.end() :] else []
    )
    rest += first.inlines[count:]
    title, body = split_at_break(tuple(rest))
    inside = split_paragraph(replace(first, inlines=body)) if body else []
    return d.Callout(
        place,
        (*inside, *blocks[1:]),
        match[1].strip().lower(),
        title,
        " ".join(d.plain_text(title).split()),
        match[2],
    )


def split_at_break(inlines: tuple[d.Inline, ...]) -> tuple[tuple[d.Inline, ...], tuple[d.Inline, ...]]:
    """The first line and the others."""
    for i, inline in enumerate(inlines):
        if isinstance(inline, (d.SoftBreak, d.HardBreak)):
            return inlines[:i], inlines[i + 1 :]
    return inlines, ()


def as_task(blocks: tuple[d.Block, ...]) -> tuple[d.Block, ...]:
    """A list item that begins with `[ ]` or `[x]` gets a checkbox."""
    if not blocks or not isinstance(blocks[0], d.Paragraph) or not blocks[0].inlines:
        return blocks
    first = blocks[0].inlines
    if not isinstance(first[0], d.Text):
        return blocks
    count, text = 0, ""
    for inline in first:
        if not isinstance(inline, d.Text):
            break
        text += inline.text
        count += 1
    match = TASK.match(text)
    if not match:
        return blocks
    inlines = (
        d.Checkbox(first[0].place, match[1] in "xX"),
        d.Text(first[0].place, text[match.end() :]),
        *first[count:],
    )
    return (replace(blocks[0], inlines=inlines), *blocks[1:])


def split_paragraph(paragraph: d.Paragraph) -> list[d.Block]:
    """Display formulas and comments that stand alone on their lines become blocks of their own.

    A `<div>` may not stand in a `<p>`: the text before and after becomes paragraphs.
    """
    pieces: list[list[d.Inline]] = [[]]
    blocks: list[d.Block] = []

    def flush() -> None:
        inlines = trim_breaks(pieces[-1])
        if inlines:
            blocks.append(replace(paragraph, inlines=tuple(inlines)))
        pieces.append([])

    for inline in paragraph.inlines:
        if isinstance(inline, d.Math) and inline.display:
            flush()
            blocks.append(d.MathBlock(inline.place, inline.tex, inline.indent))
        else:
            pieces[-1].append(inline)
    flush()
    if all(isinstance(b, d.Paragraph) for b in blocks) and only_comments(paragraph.inlines):
        return [d.CommentBlock(i.place, i.text) for i in paragraph.inlines if isinstance(i, d.Comment)]
    return blocks


def only_comments(inlines: tuple[d.Inline, ...]) -> bool:
    """Whether nothing but comments stands there."""
    return any(isinstance(i, d.Comment) for i in inlines) and all(
        isinstance(i, (d.Comment, d.SoftBreak)) or (isinstance(i, d.Text) and not i.text.strip())
        for i in inlines
    )


def trim_breaks(inlines: list[d.Inline]) -> list[d.Inline]:
    """Without line ends at both ends."""
    start, end = 0, len(inlines)
    while start < end and isinstance(inlines[start], (d.SoftBreak, d.HardBreak)):
        start += 1
    while end > start and isinstance(inlines[end - 1], (d.SoftBreak, d.HardBreak)):
        end -= 1
    return inlines[start:end]
