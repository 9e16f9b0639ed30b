"""The inlines of an article: links with whole addresses or as their words, raw HTML as what it says."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from notebook_kb.model import document as d
from notebook_kb.notebook.anchors import heading_anchor
from notebook_kb.parsing.blocks import block_anchor
from notebook_kb.parsing.tex import strip_comments
from notebook_kb.publishing.article import Loss

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from notebook_kb.model.note import Note
    from notebook_kb.publishing.article import Surroundings

OUTSIDE = re.compile(r"(?:https?:|mailto:)", re.IGNORECASE)
SCHEME = re.compile(r"[a-z][a-z0-9+.-]*:", re.IGNORECASE)
TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9]*)\b[^>]*>")
# raw tags that mean something in a line of text, as the node that says it
MEANT: dict[str, type[d.InlineParent]] = {
    "b": d.Strong,
    "strong": d.Strong,
    "i": d.Emphasis,
    "em": d.Emphasis,
    "cite": d.Emphasis,
    "mark": d.Highlight,
    "s": d.Strike,
    "del": d.Strike,
}
HIDDEN = frozenset({"script", "style", "template"})
UP = str.maketrans("0123456789+-=()n", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁼⁽⁾ⁿ")
DOWN = str.maketrans("0123456789+-=()", "₀₁₂₃₄₅₆₇₈₉₊₋₌₍₎")


class Inlines:
    """Reads the inlines of one note for an article. `number` gives the article's number of a footnote."""

    def __init__(
        self, around: Surroundings, note: Note, number: Callable[[int], int], *, hard_breaks: bool
    ) -> None:
        self.around = around
        self.note = note
        self.number = number
        self.hard_breaks = hard_breaks

    def lose(self, construct: str, became: str, place: d.Place, detail: str = "") -> None:
        """Note what does not stay what it was."""
        self.around.losses.append(Loss(construct, became, self.note.path, place.line, detail))

    def read(self, inlines: tuple[d.Inline, ...]) -> tuple[d.Inline, ...]:
        """The same inlines as an article has them."""
        return merged(self._each(without_tags(inlines)))

    def _each(self, inlines: tuple[d.Inline, ...]) -> Iterator[d.Inline]:
        for inline in inlines:
            match inline:
                case d.Comment() | d.BlockId() | d.Html():
                    continue
                case d.SoftBreak():
                    yield d.HardBreak(inline.place) if self.hard_breaks else d.Text(inline.place, " ")
                case d.Link():
                    yield from self.link(inline)
                case d.WikiLink():
                    yield from self.wikilink(inline)
                case d.Embed():
                    yield from self.embed(inline)
                case d.Image():
                    yield from self.image(inline)
                case d.Math():
                    yield replace(inline, tex=strip_comments(inline.tex).strip())
                case d.FootnoteRef():
                    yield replace(inline, number=self.number(inline.number))
                case d.Tag():
                    yield d.Text(inline.place, f"#{inline.name}")
                case d.Checkbox():
                    yield d.Text(inline.place, "\u2611 " if inline.checked else "\u2610 ")
                case d.InlineParent():
                    yield replace(inline, children=self.read(inline.children))
                case _:
                    yield inline

    def link(self, inline: d.Link) -> Iterator[d.Inline]:
        """A link to a whole address, or its words."""
        words = self.read(inline.children)
        if OUTSIDE.match(inline.href):
            yield replace(inline, children=words)
            return
        address = ""
        if not SCHEME.match(inline.href):
            target, _, heading = inline.href.partition("#")
            address = self.address(target, heading)
        if address:
            yield d.Link(inline.place, words, address)
            return
        self.lose("link", "words", inline.place, d.plain_text(words))
        yield from words

    def wikilink(self, inline: d.WikiLink) -> Iterator[d.Inline]:
        """A link to another note's page, or the words as typed."""
        words = d.Text(inline.place, inline.label)
        address = self.address(inline.target, inline.heading)
        if address:
            yield d.Link(inline.place, (words,), address)
            return
        self.lose("link", "words", inline.place, inline.label)
        yield words

    def embed(self, inline: d.Embed) -> Iterator[d.Inline]:
        """A picture, or a link to what is embedded; a whole note stands in its place elsewhere."""
        found = self.around.notebook.resolver.resolve(inline.target, self.note.path)
        words, _, size = inline.argument.rpartition("|")
        if found.file:
            yield from self.image(
                d.Image(inline.place, inline.target, words or size_free(inline.argument), "", size)
            )
            return
        label = inline.argument or " > ".join(p for p in (inline.target, *inline.heading.split("#")) if p)
        yield from self.wikilink(d.WikiLink(inline.place, inline.target, inline.heading, label))

    def image(self, inline: d.Image) -> Iterator[d.Inline]:
        """A picture with the path of its file, or its words."""
        if "://" in inline.src:
            yield inline
            return
        found = self.around.notebook.resolver.resolve(inline.src, self.note.path).file
        if found:
            yield replace(inline, src=found)
            return
        self.lose("picture", "words", inline.place, inline.alt or inline.src)
        if inline.alt:
            yield d.Text(inline.place, inline.alt)

    def address(self, target: str, heading: str) -> str:
        """The whole address that a target of this note leads to, '' where it has no page."""
        notebook = self.around.notebook
        if "://" in target:
            whole = f"{target}#{heading}" if heading else target
            return whole if OUTSIDE.match(target) else ""
        found = notebook.resolver.resolve(target, self.note.path).note
        other = notebook.notes.get(found)
        page = self.around.address(found) if other else ""
        if not page or other is None:
            return ""
        anchor = heading_anchor(other, heading)
        if anchor.startswith("^"):
            anchor = block_anchor(anchor[1:])
        return f"{page}#{anchor}" if anchor else page


def size_free(argument: str) -> str:
    """The words of an embed's argument; '' for a mere size."""
    return "" if re.fullmatch(r"\d{1,4}(?:x\d{1,4})?", argument) else argument


def without_tags(inlines: tuple[d.Inline, ...]) -> tuple[d.Inline, ...]:
    """Inlines without raw tags: those that mean something become nodes, what is hidden in HTML is gone."""
    out: list[d.Inline] = []
    opened: list[tuple[str, int]] = []
    for inline in inlines:
        match = TAG.fullmatch(inline.html.strip()) if isinstance(inline, d.Html) else None
        if match is None:
            if not isinstance(inline, d.Html):
                out.append(inline)
            continue
        name = match[2].lower()
        if name == "br":
            out.append(d.HardBreak(inline.place))
        elif not match[1]:
            opened.append((name, len(out)))
        elif any(name == tag for tag, _ in opened):
            while opened:
                tag, start = opened.pop()
                out[start:] = meant(tag, tuple(out[start:]))
                if tag == name:
                    break
    return tuple(out)


def meant(tag: str, inside: tuple[d.Inline, ...]) -> tuple[d.Inline, ...]:
    """What a raw element says."""
    place = inside[0].place if inside else d.NOWHERE
    if tag in HIDDEN:
        return ()
    if tag in MEANT:
        return (MEANT[tag](place, inside),)
    words = d.plain_text(inside)
    if tag in {"kbd", "code", "samp", "var"} and words:
        return (d.Code(place, words),)
    if tag in {"sup", "sub"} and words:
        moved = words.translate(UP if tag == "sup" else DOWN)
        moved = moved if not set(moved) & set(words) else f"{'^' if tag == 'sup' else '_'}({words})"
        return (d.Text(place, moved),)
    return inside


def merged(inlines: Iterator[d.Inline]) -> tuple[d.Inline, ...]:
    """Inlines with texts that follow each other as one, single blanks between words."""
    out: list[d.Inline] = []
    for inline in inlines:
        before = out[-1] if out else None
        if isinstance(inline, d.Text) and isinstance(before, d.Text):
            out[-1] = replace(before, text=re.sub(r"[ \t\n]+", " ", before.text + inline.text))
        elif isinstance(inline, d.Text):
            out.append(replace(inline, text=re.sub(r"[ \t\n]+", " ", inline.text)))
        else:
            out.append(inline)
    return tuple(out)
