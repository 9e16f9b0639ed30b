"""Where in a note's file the targets of its links stand, to the character: what a rename edits.

The tree says which links there are, so nothing in code, formulas or plain text is ever taken for one. Each place is
proved by the text that stands there; a link that cannot be found again is in `unplaced`.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from functools import cached_property
from html import unescape
from typing import TYPE_CHECKING, Any

from notebook_kb.model import document as d
from notebook_kb.model.edit import Edit, split_lines
from notebook_kb.parsing.head import parse_head
from notebook_kb.parsing.head_targets import head_targets
from notebook_kb.parsing.markdown import parser
from notebook_kb.parsing.pictures import ATTRIBUTE
from notebook_kb.parsing.rules.wikilink import split_target
from notebook_kb.parsing.target import Form, Target
from notebook_kb.parsing.tree import mask_and_parse, parse_document

if TYPE_CHECKING:
    from collections.abc import Iterator

    from notebook_kb.parsing.head import Head

BOM = "\ufeff"
WIKI = re.compile(r"!?\[\[([^\[\]\n]+)\]\]")
TAG = re.compile(r"""<(?:img|a)(?=[\s/>])(?:"[^"]*"|'[^']*'|[^<>"'])*>""", re.IGNORECASE)
# blanks, and line ends with the marks of quotes in front of the next line
GAP = re.compile(r"(?:[ \t]|\n[ \t>]*)*")
DEFINES = re.compile(r"^[ \t>*+\-\d.)]*\[[^\]\n]+(?:\]:|$)", re.MULTILINE)
"""Worth a second reading: the line may define the target of `[words][name]`."""


class NoteText:
    """The text of a note's file with what links it holds. Line ends may be any; offsets count as places do."""

    def __init__(self, text: str) -> None:
        self.file_text = text
        text = text.removeprefix(BOM).replace("\x00", "\ufffd")
        self.lines = split_lines(text)
        self.text = "\n".join(self.lines)
        self.starts = [0]
        for line in self.lines:
            self.starts.append(self.starts[-1] + len(line) + 1)

    def offset(self, line: int, column: int) -> int:
        """Where a place is in `text`; behind the end for a line that there is not."""
        return self.starts[line - 1] + column - 1 if line <= len(self.lines) else len(self.text)

    def place(self, start: int, end: int) -> d.Place:
        """The place of `text[start:end]`."""
        first, last = bisect_right(self.starts, start) - 1, bisect_right(self.starts, end) - 1
        first, last = min(first, len(self.lines) - 1), min(last, len(self.lines) - 1)
        return d.Place(first + 1, start - self.starts[first] + 1, last + 1, end - self.starts[last] + 1)

    def edit(self, start: int, end: int, text: str) -> Edit:
        """The edit that puts `text` in place of `text[start:end]`."""
        return Edit(*self.place(start, end), text)

    @cached_property
    def head(self) -> Head:
        """The note's head."""
        return parse_head(self.text)

    @cached_property
    def tree(self) -> tuple[d.Document, tuple[Any, ...]]:
        """The whole text as a tree, with its comments."""
        return parse_document(self.text[self.head.body_offset :], self.head.body_line)

    @cached_property
    def targets(self) -> tuple[Target, ...]:
        """All that was found, in the order of the text."""
        return tuple(sorted(self._found[0], key=lambda t: t.start))

    @cached_property
    def unplaced(self) -> tuple[tuple[Form, str], ...]:
        """(form, target) of links whose place could not be proved."""
        return self._found[1]

    @cached_property
    def _found(self) -> tuple[tuple[Target, ...], tuple[tuple[Form, str], ...]]:
        """The targets, and what was not placed."""
        found: dict[int, Target] = {t.start: t for t in head_targets(self.text, self.head, self.offset)}
        lost: list[tuple[Form, str]] = []
        defined = {t.start: t for t in self.definitions()}
        hrefs = {link_part(t) for t in defined.values()}
        found |= defined
        for inline, in_cell in self._links():
            one = self.placed(inline, in_cell=in_cell)
            if one is not None:
                found[one.start] = one
            elif not (isinstance(inline, (d.Link, d.Image)) and wanted_of(inline)[1] in hrefs):
                lost.append(wanted_of(inline))
        for one in (*self.tags(), *self.in_comments()):
            found.setdefault(one.start, one)
        for one in self.searched(lost, found):
            found[one.start] = one
            lost.remove((one.form, one.target if one.form in {Form.WIKI, Form.EMBED} else link_part(one)))
        return tuple(found.values()), tuple(lost)

    def _links(self) -> Iterator[tuple[d.Inline, bool]]:
        """Every link, embed and picture of the text, and whether it stands in a table."""
        document = self.tree[0]
        for block in d.walk_blocks((*document.blocks, *document.footnotes)):
            for inline in d.walk_inlines(d.own_inlines(block)):
                if isinstance(inline, (d.WikiLink, d.Embed, d.Image)) or (
                    isinstance(inline, d.Link) and not inline.auto and inline.href
                ):
                    yield inline, isinstance(block, d.Cell)

    # one link

    def placed(self, inline: d.Inline, *, in_cell: bool) -> Target | None:
        """The target of a link of the tree; None where the text at its place is not that link."""
        match inline:
            case d.WikiLink() | d.Embed() if inline.place.line:
                form = Form.EMBED if isinstance(inline, d.Embed) else Form.WIKI
                at = self.offset(inline.place.line, inline.place.column)
                return self.wiki(at, form, inline.target, inline.heading, in_cell=in_cell)
            case d.Link(close=close, href=wanted) | d.Image(close=close, src=wanted) if close.line:
                form = Form.IMAGE if isinstance(inline, d.Image) else Form.LINK
                at = self.offset(close.line, close.column)
                return self.inline_link(at, form, wanted) if self.text.startswith("](", at) else None
            case d.Image() if inline.place.line:
                return self.picture_tag(inline)
        return None

    def wiki(self, at: int, form: Form, target: str, heading: str, *, in_cell: bool = False) -> Target | None:
        """`[[target#heading|label]]` at an offset, if it is that."""
        match = WIKI.match(self.text, at)
        if not match or split_target(match[1])[:2] != (target, heading):
            return None
        return wiki_target(match, form, in_cell=in_cell)

    def inline_link(self, at: int, form: Form, wanted: str) -> Target | None:
        """The address behind the bracket at an offset, if it reads as `wanted`."""
        gap = GAP.match(self.text, at + 2)
        return self.address(gap.end() if gap else at + 2, form, wanted)

    def address(self, start: int, form: Form, wanted: str | None) -> Target | None:
        """The link address that begins at `start`, if it reads as `wanted` (None: as anything)."""
        end_of_line = self.text.find("\n", start)
        end_of_line = len(self.text) if end_of_line < 0 else end_of_line
        md = parser()
        read = md.helpers.parseLinkDestination(self.text, start, end_of_line)
        if not read.ok:
            return None
        bracketed = self.text.startswith("<", start)
        raw_start, raw_end = (start + 1, read.pos - 1) if bracketed else (start, read.pos)
        if wanted is not None and wanted not in {
            md.normalizeLink(read.str),
            md.normalizeLink(read.str.replace("\\|", "|")),
        }:
            return None
        return self.split_address(raw_start, raw_end, form, md.normalizeLink(read.str), bracketed=bracketed)

    def split_address(
        self, start: int, end: int, form: Form, href: str, *, bracketed: bool = False
    ) -> Target:
        """The target of an address that stands at `text[start:end]` and reads `href`, parted at its `#`."""
        raw = self.text[start:end]
        cut = -1 if form in {Form.IMAGE, Form.TAG_IMAGE} else raw.find("#")
        target, _, heading = href.partition("#") if cut >= 0 else (href, "", "")
        middle = start + cut if cut >= 0 else end
        return Target(form, target, heading, start, middle, min(middle + 1, end), end, bracketed=bracketed)

    def picture_tag(self, image: d.Image) -> Target | None:
        """The `src` of an HTML picture."""
        match = TAG.match(self.text, self.offset(image.place.line, image.place.column))
        return self.attribute(match, "src", Form.TAG_IMAGE) if match else None

    def attribute(self, tag: re.Match[str], name: str, form: Form) -> Target | None:
        """The target in an attribute of an HTML tag."""
        for one in ATTRIBUTE.finditer(tag[0]):
            if one[1].lower() != name:
                continue
            value = one[2].strip("\"'")
            start = tag.start() + one.start(2) + (len(one[2]) - len(value)) // 2
            return self.split_address(start, start + len(value), form, unescape(value))
        return None

    # all of a kind

    def tags(self) -> Iterator[Target]:
        """`<a href>` in raw HTML. No page follows it, but whoever wrote it meant it."""
        document = self.tree[0]
        for block in d.walk_blocks((*document.blocks, *document.footnotes)):
            if isinstance(block, d.HtmlBlock) and block.place.line:
                start = self.offset(block.place.line, 1)
                end = self.offset(block.place.end_line + 1, 1)
                spans = [m for m in TAG.finditer(self.text, start, end) if m[0][1] in "aA"]
            else:
                spans = [
                    m
                    for i in d.walk_inlines(d.own_inlines(block))
                    if isinstance(i, d.Html) and i.place.line and i.html[:2].lower() == "<a"
                    if (m := TAG.match(self.text, self.offset(i.place.line, i.place.column)))
                ]
            for match in spans:
                one = self.attribute(match, "href", Form.TAG_LINK)
                if one is not None:
                    yield one

    def in_comments(self) -> Iterator[Target]:
        """`[[…]]` in comments: read by nobody, but stale when it stays behind."""
        for comment in self.tree[1]:
            start = self.offset(comment.place.line, comment.place.column)
            end = self.text.find(comment.text, start) + len(comment.text)
            for match in WIKI.finditer(self.text, start, max(end, start)):
                yield wiki_target(match, Form.COMMENT)

    def definitions(self) -> Iterator[Target]:
        """The addresses of `[name]: address`."""
        body = self.text[self.head.body_offset :]
        if not DEFINES.search(body):
            return
        env: dict[str, Any] = {}
        mask_and_parse(body, self.head.body_line, env)
        for known in (*env.get("references", {}).values(), *env.get("duplicate_refs", ())):
            first, last = (row + self.head.body_line for row in known["map"])
            start, end = self.offset(first, 1), self.offset(last, 1)
            colon = self.text.find("]:", start, end)
            gap = GAP.match(self.text, colon + 2) if colon >= 0 else None
            one = self.address(gap.end(), Form.DEFINITION, known["href"]) if gap else None
            if one is not None:
                yield one

    def searched(self, lost: list[tuple[Form, str]], found: dict[int, Target]) -> Iterator[Target]:
        """What has no place in the tree, as in inline footnotes: searched for, and taken where there is no doubt."""
        taken = [(t.start, t.heading_end) for t in found.values()]
        for form, wanted in dict.fromkeys(lost):
            free = [
                t
                for t in self.candidates(form, wanted)
                if not any(start <= t.start < end for start, end in taken)
            ]
            if len(free) == lost.count((form, wanted)):
                yield from free

    def candidates(self, form: Form, wanted: str) -> Iterator[Target]:
        """Whatever looks like the link."""
        if form in {Form.WIKI, Form.EMBED}:
            for match in WIKI.finditer(self.text, self.head.body_offset):
                embed = match[0].startswith("!")
                if embed is (form is Form.EMBED) and split_target(match[1])[0] == wanted:
                    yield wiki_target(match, form)
            return
        for match in re.finditer(r"\]\(", self.text):
            one = self.inline_link(match.start(), form, wanted)
            if one is not None:
                yield one


def wiki_target(match: re.Match[str], form: Form, *, in_cell: bool = False) -> Target:
    """The parts of `[[target#heading|label]]`."""
    inner, start = match[1], match.start(1)
    bar = inner.find("|")
    sign = "\\|" if in_cell or (bar > 0 and inner[bar - 1] == "\\") else "|"
    end = len(inner) if bar < 0 else bar - (inner[bar - 1 : bar] == "\\")
    target, heading, _ = split_target(inner)
    cut = inner.find("#", 0, end)
    name_end = end if cut < 0 else cut
    first, last = trimmed(inner, 0, name_end)
    below = trimmed(inner, cut + 1, end) if cut >= 0 else (last, last)
    return Target(
        form,
        target,
        heading,
        start + first,
        start + last,
        start + below[0],
        start + below[1],
        close=match.end() - 2,
        labelled=bar >= 0,
        bar=sign,
    )


def trimmed(text: str, start: int, end: int) -> tuple[int, int]:
    """The part without the blanks around it."""
    piece = text[start:end]
    if not piece.strip():
        return start, start
    return start + len(piece) - len(piece.lstrip()), end - (len(piece) - len(piece.rstrip()))


def wanted_of(inline: d.Inline) -> tuple[Form, str]:
    """(form, target as the tree has it) of a link."""
    match inline:
        case d.WikiLink():
            return Form.WIKI, inline.target
        case d.Embed():
            return Form.EMBED, inline.target
        case d.Image():
            return Form.IMAGE, inline.src
        case d.Link():
            return Form.LINK, inline.href
        case _:
            raise TypeError(type(inline))


def link_part(target: Target) -> str:
    """A whole address as the tree has it."""
    return f"{target.target}#{target.heading}" if target.heading_end > target.end else target.target
