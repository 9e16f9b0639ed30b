"""Fills the slots of HTML fragments: where a link leads, which picture, which embedded note."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from html import escape
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from notebook_kb.notebook.anchors import heading_anchor
from notebook_kb.notebook.names import fold
from notebook_kb.website.addresses import relative_url

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from notebook_kb.model.note import Note
    from notebook_kb.notebook.notebook import Notebook

SLOT = re.compile(
    r'<kb-a n="([0-9]{1,6})">(.*?)</kb-a>|<kb-img n="([0-9]{1,6})"></kb-img>|<kb-embed n="([0-9]{1,6})"></kb-embed>',
    re.DOTALL,
)
PICTURES = frozenset([".png", ".jpg", ".jpeg", ".gif", ".webp", ".avif", ".svg"])
OUTSIDE = re.compile(r"(?:[a-z][a-z0-9+.-]*:|//)", re.IGNORECASE)
SAFE = re.compile(r"(?:https?:|mailto:|//)", re.IGNORECASE)
SIZE = re.compile(r"(\d{1,4})(?:x(\d{1,4}))?$")
DEEPEST_EMBED = 5


@dataclass
class Filler:
    """Fills fragments of one notebook view.

    `urls` maps a note's path to its page; `derived` holds the fragments; `mine` shows private parts and marks links
    to notes not yet written.
    """

    notebook: Notebook
    urls: Mapping[str, str]
    derived: Mapping[str, Mapping[str, Any]]
    mine: bool = False
    word: Callable[..., str] = field(default=lambda key, **_: key)

    def pieces(self, note: Note) -> list[dict[str, str]]:
        """The HTML pieces of a note's sections."""
        data = self.derived[note.path]
        return data["mine"] if self.mine and data["mine"] is not None else data["public"]  # type: ignore[no-any-return]

    def slots(self, note: Note) -> list[list[str]]:
        """What the pieces refer to."""
        data = self.derived[note.path]
        return data["mine_slots"] if self.mine and data["mine_slots"] is not None else data["slots"]  # type: ignore[no-any-return]

    def fill(self, html: str, note: Note, page: str, chain: tuple[str, ...] = ()) -> str:
        """A fragment of `note` for the page at the URL `page`. `chain` are the notes that embed it."""
        if "<kb-" not in html:
            return html
        slots = self.slots(note)

        def replace(match: re.Match[str]) -> str:
            number = int(match[1] or match[3] or match[4])
            if number >= len(slots):
                return match[2] or ""
            if match[1]:
                return self.link(slots[number], self.fill(match[2], note, page, chain), note, page)
            if match[3]:
                return self.picture(slots[number], note, page)
            return self.embed(slots[number], note, page, chain)

        return SLOT.sub(replace, html)

    def link(self, slot: list[str], label: str, note: Note, page: str) -> str:
        """A link; to a note without a page it is its words."""
        kind, target, heading, title, _ = slot
        # a note's title may hold a colon; only an address has `://`
        if OUTSIDE.match(target) and (kind == "link" or "://" in target):
            if not SAFE.match(target):
                return label
            address = target + (f"#{heading}" if heading else "")
            tip = f' title="{escape(title)}"' if title else ""
            return f'<a href="{escape(address)}"{tip} rel="noopener">{label}</a>'
        url = self.address(target, heading, note)
        if url is not None:
            return (
                f'<a href="{escape(relative_url(url, page) if not url.startswith("#") else url)}">{label}</a>'
            )
        return f'<span class="unwritten">{label}</span>' if self.mine else label

    def address(self, target: str, heading: str, note: Note) -> str | None:
        """The URL (with the anchor) that a target of `note` leads to; None when it has no page."""
        found = self.notebook.resolver.resolve(target, note.path)
        if found.file:
            return file_url(found.file)
        if found.note not in self.urls:
            return self.concept_address(target)
        anchor = self.anchor(self.notebook.notes[found.note], heading)
        if not target:
            return anchor or "#"
        return self.urls[found.note] + anchor

    def concept_address(self, target: str) -> str | None:
        """The page of a concept that has no note of its own but a reading."""
        concept = self.notebook.concept_names.get(fold(target))
        return self.urls.get(f"concept:{concept}") if concept else None

    def anchor(self, note: Note, heading: str) -> str:
        """`#anchor` for the words of a heading or a block id; '' when there is none."""
        anchor = heading_anchor(note, heading)
        return "#" + (quote(anchor) if anchor.startswith("^") else anchor) if anchor else ""

    def picture(self, slot: list[str], note: Note, page: str, size: str = "") -> str:
        """A picture, or its words where it has no file."""
        _, target, _, alt, title = slot
        if OUTSIDE.match(target):
            # pages load nothing from elsewhere: a link instead
            words = escape(alt or target)
            return f'<a href="{escape(target)}" rel="noopener">{words}</a>' if SAFE.match(target) else words
        file = self.notebook.resolver.resolve(target, note.path).file
        if not file or PurePosixPath(file).suffix.casefold() not in PICTURES:
            return f'<span class="missing">{escape(alt or target)}</span>' if self.mine else escape(alt)
        match = SIZE.match(size)
        width = f' width="{match[1]}"' if match else ""
        height = f' height="{match[2]}"' if match and match[2] else ""
        tip = f' title="{escape(title)}"' if title else ""
        source = escape(relative_url(file_url(file), page))
        return f'<img src="{source}" alt="{escape(alt)}"{tip}{width}{height} loading="lazy">'

    def embed(self, slot: list[str], note: Note, page: str, chain: tuple[str, ...]) -> str:
        """An embedded picture, file or note."""
        _, target, heading, _, argument = slot
        found = self.notebook.resolver.resolve(target, note.path)
        if found.file:
            if PurePosixPath(found.file).suffix.casefold() in PICTURES:
                alt = "" if SIZE.match(argument) else argument
                return self.picture(["image", target, "", alt, ""], note, page, argument)
            href = escape(relative_url(file_url(found.file), page))
            return f'<a href="{href}">{escape(argument or PurePosixPath(found.file).name)}</a>'
        inner = self.notebook.notes.get(found.note)
        words = escape(argument or target + (f" > {heading}" if heading else ""))
        if inner is None:
            return f'<span class="unwritten">{words}</span>' if self.mine else words
        if found.note in (*chain, note.path) or len(chain) >= DEEPEST_EMBED:
            ring = " → ".join((*chain, note.path, found.note)) if self.mine else words
            return f'<span class="unwritten">{escape(ring)}</span>'
        return self.embedded(inner, heading, page, (*chain, note.path))

    def embedded(self, inner: Note, heading: str, page: str, chain: tuple[str, ...]) -> str:
        """The text of an embedded note or of one of its sections."""
        anchor = self.anchor(inner, heading).removeprefix("#")
        parts = []
        for section, piece in zip(inner.sections, self.pieces(inner), strict=True):
            if heading and section.anchor != anchor:
                continue
            if section.private and not self.mine:
                continue
            parts.append(piece.get("lead", "") and f"<p>{piece['lead']}</p>")
            parts.append(piece["body"])
        html = self.fill("".join(parts), inner, page, chain)
        return f'<div class="embed">{html}</div>'


def file_url(path: str) -> str:
    """The address of an attachment."""
    return "/files/" + quote(path)
