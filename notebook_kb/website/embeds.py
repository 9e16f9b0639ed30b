"""What stands in the place of `![[…]]`: a note, a section, a block, a picture, a film or a link to a file."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from hashlib import blake2b
from html import escape
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any, Protocol
from urllib.parse import quote

from notebook_kb.model.note import Part
from notebook_kb.notebook.anchors import heading_anchor
from notebook_kb.website.addresses import relative_url

if TYPE_CHECKING:
    from collections.abc import Iterator

    from notebook_kb.model.note import Note
    from notebook_kb.notebook.notebook import Notebook

PICTURES = frozenset([".png", ".jpg", ".jpeg", ".gif", ".webp", ".avif", ".svg"])
SIZE = re.compile(r"(\d{1,4})(?:x(\d{1,4}))?$")
AUDIO = frozenset([".mp3", ".ogg", ".m4a", ".wav", ".flac", ".opus"])
VIDEO = frozenset([".mp4", ".webm", ".ogv", ".mov", ".mkv"])
LINK = re.compile(r'(<a\b[^<>]*?\shref="#)([^"]*)"')
DEEPEST = 5
# how many notes, and how many signs of theirs, one page may take in, so that a few notes cannot make an endless page
MOST, MOST_SIGNS = 100, 2_000_000
PAGE = re.compile(r"(?:^|[#&])page=(\d{1,5})")
ID = re.compile(r'(<[a-zA-Z][^<>]*?\sid=")([^"]*)"')
HEADING = re.compile(r'<(/?)h[1-6]\b(?:[^<>]*?(\sid="[^"]*"))?[^<>]*>')
LEVEL = re.compile(r"<h([1-6])\b")


class Filler(Protocol):
    """What an embed asks of the filler that it stands in."""

    notebook: Notebook
    mine: bool

    def word(self, key: str, **values: object) -> str:
        """A text of the language pack."""

    def fill(self, html: str, note: Note, page: str, ring: Ring | None = None) -> str:
        """A fragment of `note` for the page at a URL."""

    def link(self, slot: list[str], label: str, note: Note, page: str) -> str:
        """A link, or its words."""

    def note_link(self, note: Note, page: str) -> str:
        """A note's title as a link."""

    def picture(self, slot: list[str], note: Note, page: str) -> str:
        """A picture, or its words."""

    def pieces(self, note: Note) -> list[dict[str, Any]]:
        """The HTML pieces of a note's sections."""

    def blocks(self, note: Note) -> dict[str, str]:
        """The HTML of blocks by their ids."""


@dataclass(frozen=True)
class Ring:
    """What is being embedded, from the page's own note inwards: (path, id of the section or block).

    `room` is what the page may still take in: notes, and signs of theirs.
    """

    links: tuple[tuple[str, str], ...]
    room: list[int] = field(default_factory=lambda: [MOST, MOST_SIGNS])

    def within(self, key: tuple[str, str]) -> Ring:
        """The ring one embed deeper."""
        return Ring((*self.links, key), self.room)

    def takes(self, signs: int) -> bool:
        """Whether one more note of this length has room on the page; then it is taken."""
        left = [self.room[0] - 1, self.room[1] - signs]
        if min(left) < 0:
            return False
        self.room[:] = left
        return True


def embed_html(filler: Filler, number: int, slot: list[str], note: Note, page: str, ring: Ring) -> str:
    """The HTML of the embed in slot `number` of `note`, for the URL `page`."""
    kind, target, heading, _, argument = slot
    alone = kind == "embed"
    found = filler.notebook.resolver.resolve(target, note.path)
    if found.file:
        return file_html(filler, slot, found.file, note, page, alone=alone)
    words = escape(argument or " > ".join(p for p in (target, *heading.split("#")) if p), quote=False)
    inner = filler.notebook.notes.get(found.note)
    link = filler.link(["wiki", target, heading, "", ""], words, note, page)
    if inner is None:
        link = link if filler.mine or argument else ""  # nobody typed words to be shown in its place
        return f"<p>{link}</p>" if alone and link else link
    anchor = heading_anchor(inner, heading, private=filler.mine)
    key = (inner.path, anchor)
    if key in ring.links and alone:
        return repeated(filler, (*ring.links, key))
    content = "" if not alone or (heading and not anchor) else content_of(filler, inner, anchor)
    if not content or len(ring.links) > DEEPEST or not ring.takes(len(content)):
        return f"<p>{link}</p>" if alone else link
    html = filler.fill(content, inner, page, ring.within(key))
    source = "" if inner.path == note.path else f'<p class="from">{filler.note_link(inner, page)}</p>\n'
    return f'<div class="embed">{source}{apart(unheaded(html), f"e{number}-")}</div>\n'


def repeated(filler: Filler, links: tuple[tuple[str, str], ...]) -> str:
    """What stands where a note would be shown inside itself: the chain that leads back to it."""
    chain = " → ".join(name_of(filler.notebook.notes[path], anchor) for path, anchor in links)
    return f'<p class="unwritten">{escape(filler.word("embeds_itself", chain=chain), quote=False)}</p>\n'


def name_of(note: Note, anchor: str) -> str:
    """A note's title, with the words of the heading for a section."""
    words = next((h.text for h in note.outline if anchor and h.anchor == anchor), "")
    return f"{note.title} > {words}" if words else note.title


def content_of(filler: Filler, note: Note, anchor: str) -> str:
    """The unfilled HTML of a note (without its title), of one of its sections, or of a block."""
    if anchor.startswith("^"):
        return filler.blocks(note).get(anchor[1:], "")
    parts: list[str] = []
    until = 0
    for level, name, html in pieces_by_heading(filler, note):
        if anchor and not parts:
            if name != anchor:
                continue
            until = level
        elif anchor and 0 < level <= until:
            break
        parts.append(html)
    return "".join(parts)


def pieces_by_heading(filler: Filler, note: Note) -> Iterator[tuple[int, str, str]]:
    """(level, id, HTML with the heading) of each piece of a note that a heading begins; the first may have none."""
    title_seen = False
    for section, piece in zip(note.sections, filler.pieces(note), strict=True):
        if section.private and not filler.mine:
            continue
        body: str = piece["body"]
        cuts: list[Any] = piece.get("cuts", [])
        ends = [*(c[0] for c in cuts), len(body)]
        heading = f"<h{section.level}>{piece['heading']}</h{section.level}>\n" if section.heading else ""
        if section.level == 1 and section.part is Part.OTHER and not title_seen:
            title_seen, heading = True, ""
        lead = f"<p>{piece['lead']}</p>\n" if piece.get("lead") else ""
        level = section.level if section.heading else 0
        yield level, section.anchor, heading + lead + body[: ends[0]]
        for (start, inner_level, name), end in zip(cuts, ends[1:], strict=True):
            yield inner_level, name, body[start:end]


def unheaded(html: str) -> str:
    """HTML whose headings are paragraphs: an embed does not break the order of the page's own."""

    def paragraph(match: re.Match[str]) -> str:
        if match[1]:
            return "</p>"
        level = LEVEL.match(match[0])
        return f'<p class="h h{level[1] if level else 3}"{match[2] or ""}>'

    return HEADING.sub(paragraph, html)


def apart(html: str, prefix: str) -> str:
    """HTML whose ids, and the links to them, begin with `prefix`: the page may hold the same ids already."""
    names = {match[2] for match in ID.finditer(html)}
    if not names:
        return html
    html = ID.sub(rf'\g<1>{prefix}\g<2>"', html)

    def link(match: re.Match[str]) -> str:
        return f'{match[1]}{prefix}{match[2]}"' if match[2] in names else match[0]

    return LINK.sub(link, html)


def page_prefix(note: Note) -> str:
    """What the ids of a note begin with on a page that is not its own."""
    return f"n{blake2b(note.path.encode(), digest_size=3).hexdigest()}-"


def file_html(filler: Filler, slot: list[str], file: str, note: Note, page: str, *, alone: bool) -> str:
    """An embedded file: a picture, sound or film in place, else a link."""
    _, target, heading, _, argument = slot
    suffix = PurePosixPath(file).suffix.casefold()
    words, _, size = argument.rpartition("|")
    if not is_size(size):
        words, size = argument, ""
    if is_picture(file):
        html = filler.picture(["image", target, size, words, ""], note, page)
    elif suffix in AUDIO | VIDEO:
        html = player(file, words, size, page, film=suffix in VIDEO)
    else:
        name = words or PurePosixPath(file).name
        at = PAGE.search(heading)
        if at and not words:
            name = filler.word("page_of_file", name=name, page=at[1])
        href = escape(file_url(file, page) + (f"#page={at[1]}" if at else ""))
        link = f'<a href="{href}">{escape(name, quote=False)}</a>'
        return f'<p class="file">{link}</p>\n' if alone else link
    return f'<figure class="fig">{html}</figure>\n' if alone else html


def player(file: str, words: str, size: str, page: str, *, film: bool) -> str:
    """The browser's own player; it loads nothing before it is asked to."""
    tag = "video" if film else "audio"
    href, name = escape(file_url(file, page)), escape(words or PurePosixPath(file).name)
    width = size_attributes(size) if film else ""
    return f'<{tag} controls preload="none" src="{href}" aria-label="{name}"{width}><a href="{href}">{name}</a></{tag}>'


def address_of(path: str) -> str:
    """The address of an attachment."""
    return "/files/" + quote(path)


def file_url(path: str, page: str) -> str:
    """The address of an attachment as seen from a page."""
    return relative_url(address_of(path), page)


def is_picture(path: str) -> bool:
    """Whether a file is shown as a picture."""
    return PurePosixPath(path).suffix.casefold() in PICTURES


def is_size(text: str) -> bool:
    """Whether words are a size: `300` or `640x480`."""
    return bool(SIZE.match(text))


def size_attributes(size: str) -> str:
    """`300x200` as attributes."""
    match = SIZE.match(size)
    width = f' width="{match[1]}"' if match else ""
    return width + (f' height="{match[2]}"' if match and match[2] else "")
