"""The tokens of one line of text to inlines, with places."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from notebook_kb.files.marks import without_marks as clean
from notebook_kb.model import document as d
from notebook_kb.parsing.pictures import HIDING, picture_of, split_size
from notebook_kb.parsing.rules.wikilink import shown_words, split_target
from notebook_kb.parsing.tex_plain import in_signs

if TYPE_CHECKING:
    from collections.abc import Callable

    from markdown_it.token import Token

    from notebook_kb.parsing.rules.comment import MaskedComment


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
        self.hidden = False  # within raw HTML that shows no tag

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
                place, html = self.place(start, len(token.content)), clean(token.content)
                hiding = HIDING.match(html)
                if hiding:
                    self.hidden = not hiding[1]
                return (None if self.hidden else picture_of(html, place)) or d.Html(place, html)
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
                auto = token.markup in {"autolink", "linkify"}
                close = d.NOWHERE if auto else self.place(token.meta.get("end", 0), 1)
                return d.Link(
                    self.place(max(start - 1, 0), 1), children, href, title, token.info == "auto", close
                )
            case "image":
                alt = d.plain_text(in_signs(InlineBuilder(token.children or [], self.place, {}).inlines("")))
                words, size = split_size(alt) if "|" in alt else (alt, "")
                source, title = attribute(token, "src"), attribute(token, "title")
                close = self.place(start + 2 + len(token.content), 1)
                return d.Image(self.place(start, 1), source, words, title, size, close)
            case "wikilink":
                target, heading, label = split_target(content)
                typed = label or shown_words(content.replace("\\|", "|").split("|")[0])
                return d.WikiLink(self.place(start, len(content) + 4), target, heading, typed)
            case "embed":
                target, heading, argument = split_target(content)
                return d.Embed(self.place(start, len(content) + 5), target, heading, argument)
            case "tag":
                return d.Tag(self.place(start, len(content) + 1), content)
            case "block_id":
                return d.BlockId(self.place(start, len(content) + 1), content)
            case "footnote_ref":
                at = self.place(int(token.info or 0), 1)
                return d.FootnoteRef(at, token.meta["id"] + 1, token.meta.get("subId", 0))
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
