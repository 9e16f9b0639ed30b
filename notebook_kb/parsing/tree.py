"""Markdown tokens to our own tree, with places in the file."""

from __future__ import annotations

import re
from bisect import bisect_right
from typing import TYPE_CHECKING, Any

from notebook_kb.files.marks import without_marks as clean
from notebook_kb.model import document as d
from notebook_kb.parsing.inlines import InlineBuilder
from notebook_kb.parsing.markdown import parser
from notebook_kb.parsing.pictures import pictures_in
from notebook_kb.parsing.rules.comment import OPENING, mask_comments
from notebook_kb.parsing.shapes import as_callout, as_task, split_paragraph

if TYPE_CHECKING:
    from collections.abc import Callable

    from markdown_it.token import Token

    from notebook_kb.parsing.rules.comment import Masked, MaskedComment

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


def mask_and_parse(
    text: str, first_line: int, env: dict[str, Any] | None = None
) -> tuple[Masked, list[Token]]:
    """Masking reads code and formulas by simple rules of its own. Where the parser then finds a comment in plain text,
    those rules were wrong: the line is masked again as what it is. So no comment is ever text.

    `env` gets what markdown-it notes besides the tokens, definitions of links among it.
    """
    plain: frozenset[int] = frozenset()
    env = {} if env is None else env
    for rounds in range(MOST_ROUNDS):
        masked = mask_comments(text, first_line, plain)
        env.clear()
        tokens = parser().parse(masked.text, env)
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


def nowhere(_pos: int, _length: int) -> d.Place:
    """The place of what has none."""
    return d.NOWHERE


def behind(place: Callable[[int, int], d.Place], start: int) -> Callable[[int, int], d.Place]:
    """What gives places in the part of a text that begins at `start`."""
    return lambda pos, length: place(start + pos, length)


def row_offset(source: str, text: str, from_column: int) -> tuple[int, bool]:
    """(where `text` begins in its line, whether its bars are written there with a backslash, as in tables)."""
    offset = source.find(text, from_column) if text else 0
    if offset < 0 and "|" in text:
        offset = source.find(text.replace("|", "\\|"), from_column)
        return max(offset, 0), offset >= 0
    return max(offset, 0), False


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
        # what gives places in `^[…]`, by the number of the footnote; and in the one that is being read
        self.notes: dict[int, Callable[[int, int], d.Place]] = {}
        self.around: Callable[[int, int], d.Place] = nowhere

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
                return [self.html(token, place)]
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
                self.around = self.notes.get(token.meta["id"], nowhere)
                blocks = self.blocks("footnote_close")
                self.around = nowhere
                self.footnotes.append(d.Footnote(place, blocks, number, token.meta.get("label", "")))
                return []
            case _:
                return []

    def html(self, token: Token, place: d.Place) -> d.HtmlBlock:
        """Raw HTML with its pictures."""
        html = clean(token.content)
        pictures = (
            pictures_in(html, lambda at: self.inline_place(token, at, 1)) if "<img" in html.lower() else ()
        )
        return d.HtmlBlock(place, html, tuple(pictures))

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
        if blocks and isinstance(blocks[0], (d.Paragraph, d.Heading)):
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
        start = token.attrGet("start")
        return d.List(place, tuple(items), ordered, int(start) if ordered and start is not None else 1)

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
        for text in (inline.content, inline.content.replace("|", "\\|")):
            found = line.find(text, column) if text else -1
            if found >= 0:
                return found + len(text)
        return column

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
        return self.placer(inline, from_column)(pos, length)

    def placer(self, inline: Token, from_column: int) -> Callable[[int, int], d.Place]:
        """What gives places in the text of an inline token; each of its rows is looked up once."""
        if not inline.map:
            return self.around
        first = inline.map[0]
        rows = inline.content.split("\n")
        starts = [0]
        for row in rows[:-1]:
            starts.append(starts[-1] + len(row) + 1)
        known: dict[int, tuple[int, bool]] = {}

        def place(pos: int, length: int) -> d.Place:
            row = bisect_right(starts, pos) - 1
            number = first + row
            if row not in known:
                source = self.lines[number] if number < len(self.lines) else ""
                known[row] = row_offset(source, rows[row].rstrip(), from_column)
            offset, barred = known[row]
            inside = pos - starts[row]
            if barred:
                inside += rows[row].count("|", 0, inside)
            column = self.masked.column(number, offset + inside) + 1
            line = number + self.first_line
            return d.Place(line, column, line, column + length)

        return place

    # inlines

    def next_inline(self) -> Token:
        token = self.tokens[self.pos]
        self.pos += 1
        return token

    def inlines_of(self, inline: Token, from_column: int = 0) -> tuple[d.Inline, ...]:
        """The inlines of one block."""
        place = self.placer(inline, from_column)
        for token in inline.children or ():
            if token.type == "footnote_ref" and "label" not in token.meta:
                self.notes[token.meta["id"]] = behind(place, int(token.info or 0) + len("^["))
        return InlineBuilder(inline.children or [], place, self.comments).inlines("")
