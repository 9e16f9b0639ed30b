"""Fills the slots of HTML fragments: where a link leads, which picture, which embedded note."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from html import escape
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from notebook_kb.learning.symbols import formula_states
from notebook_kb.notebook.anchors import heading_anchor
from notebook_kb.notebook.names import fold
from notebook_kb.parsing.blocks import block_anchor
from notebook_kb.website.addresses import relative_url
from notebook_kb.website.also import also_html
from notebook_kb.website.code_output import output_html, state_html
from notebook_kb.website.embeds import (
    Ring,
    address_of,
    apart,
    embed_html,
    file_url,
    is_picture,
    page_prefix,
    size_attributes,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from notebook_kb.learning.symbols import FormulaState
    from notebook_kb.model.code import ShownCode
    from notebook_kb.model.note import Note
    from notebook_kb.notebook.notebook import Notebook

SLOT = re.compile(
    r'<kb-a n="([0-9]{1,6})">(.*?)</kb-a>|<kb-img n="([0-9]{1,6})"></kb-img>|<kb-embed n="([0-9]{1,6})"></kb-embed>'
    r'|<kb-also n="([0-9]{1,7})"></kb-also>|<kb-code n="([0-9]{1,6})"></kb-code>',
    re.DOTALL,
)
OUTSIDE = re.compile(r"(?:[a-z][a-z0-9+.-]*:|//)", re.IGNORECASE)
SAFE = re.compile(r"(?:https?:|mailto:|//)", re.IGNORECASE)


@dataclass
class Filler:
    """Fills fragments of one notebook view.

    `urls` maps a note's path to its page; `derived` holds the fragments; `mine` shows private parts and marks links
    to notes not yet written. `page_anchors` maps a note's anchors to others where its page has others.
    """

    notebook: Notebook
    urls: Mapping[str, str]
    derived: Mapping[str, Mapping[str, Any]]
    mine: bool = False
    words: Callable[..., str] = field(default=lambda key, **_: key)
    page_anchors: Callable[[Note], Mapping[str, str]] = field(default=lambda _: {})
    rooms: dict[str, list[int]] = field(default_factory=dict)
    states: dict[str, list[FormulaState]] = field(default_factory=dict)
    code_of: Callable[[str], ShownCode | None] = field(default=lambda _: None)
    shown_code: dict[str, ShownCode | None] = field(default_factory=dict)

    def word(self, key: str, **values: object) -> str:
        """A text of the language pack."""
        return self.words(key, **values)

    def pieces(self, note: Note) -> list[dict[str, Any]]:
        """The HTML pieces of a note's sections."""
        return self.derived_of(note, "public", "mine")  # type: ignore[no-any-return]

    def slots(self, note: Note) -> list[list[str]]:
        """What the pieces refer to."""
        return self.derived_of(note, "slots", "mine_slots")  # type: ignore[no-any-return]

    def blocks(self, note: Note) -> dict[str, str]:
        """The HTML of the note's blocks that have an id."""
        return self.derived_of(note, "blocks", "mine_blocks")  # type: ignore[no-any-return]

    def derived_of(self, note: Note, public: str, mine: str) -> Any:
        """One of the things that were derived, with what is private where that is shown."""
        data = self.derived[note.path]
        return data[mine] if self.mine and data[mine] is not None else data[public]

    def begin(self, page: str) -> None:
        """Begin a page at a URL: all its fragments share what embeds may take in."""
        self.rooms[page] = Ring(()).room

    def fill(self, html: str, note: Note, page: str, ring: Ring | None = None) -> str:
        """A fragment of `note` for the page at the URL `page`. `ring` is what embeds it, for an embed.

        On the page of another note its ids get a prefix of their own.
        """
        if "<kb-" in html:
            own = Ring(((note.path, ""),), self.rooms.get(page) or Ring(()).room)
            html = SLOT.sub(self.replacer(note, page, ring or own), html)
        if ring is None and self.urls.get(note.path, page) != page:
            html = apart(html, page_prefix(note))
        return html

    def replacer(self, note: Note, page: str, ring: Ring) -> Callable[[re.Match[str]], str]:
        """What puts the HTML of a slot in its place."""
        slots = self.slots(note)

        def replace(match: re.Match[str]) -> str:
            if match[5]:
                return self.also(note, int(match[5]), page)
            number = int(match[1] or match[3] or match[4] or match[6])
            if number >= len(slots):
                return match[2] or ""
            if match[1]:
                return self.link(slots[number], self.fill(match[2], note, page, ring), note, page)
            if match[3]:
                return self.picture(slots[number], note, page)
            if match[6]:
                return self.result(slots[number], note, page)
            return embed_html(self, number, slots[number], note, page, ring)

        return replace

    def also(self, note: Note, line: int, page: str) -> str:
        """What the formula at a line shows and other places of the notebook say: notation, prerequisites."""
        states = self.states.get(note.path)
        if states is None:
            states = self.states[note.path] = formula_states(self.notebook, note)
        state = next((s for s in states if s.formula.place.line == line), None)
        return also_html(self, state, page) if state else ""

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
        url = self.address(target, heading, note, page)
        if url is not None:
            return (
                f'<a href="{escape(relative_url(url, page) if not url.startswith("#") else url)}">{label}</a>'
            )
        return f'<span class="unwritten">{label}</span>' if self.mine else label

    def address(self, target: str, heading: str, note: Note, page: str) -> str | None:
        """The URL (with the anchor) that a target of `note` leads to; None when it has no page."""
        found = self.notebook.resolver.resolve(target, note.path)
        if found.file:
            return address_of(found.file)
        other = self.notebook.notes.get(found.note)
        if other is None:
            return self.concept_address(target)
        anchor = self.anchor(other, heading)
        own = self.urls.get(other.path, page)
        if other.path == note.path and own == page:
            return anchor or "#"
        if other.path not in self.urls:
            return self.concept_address(target)
        return own + anchor

    def concept_address(self, target: str) -> str | None:
        """The page of a concept that has no note of its own but a reading."""
        concept = self.notebook.concept_names.get(fold(target))
        return self.urls.get(f"concept:{concept}") if concept else None

    def anchor(self, note: Note, heading: str) -> str:
        """`#anchor` for the words of a heading or a block id; '' when there is none."""
        anchor = heading_anchor(note, heading, private=self.mine)
        anchor = self.page_anchors(note).get(anchor, anchor)
        if anchor.startswith("^"):
            anchor = block_anchor(anchor[1:])
        return "#" + quote(anchor) if anchor else ""

    def picture(self, slot: list[str], note: Note, page: str) -> str:
        """A picture, or its words where it has no file."""
        _, target, size, alt, title = slot
        if OUTSIDE.match(target):
            # pages load nothing from elsewhere: a link instead
            words = escape(alt or target)
            return f'<a href="{escape(target)}" rel="noopener">{words}</a>' if SAFE.match(target) else words
        file = self.notebook.resolver.resolve(target, note.path).file
        if not file or not is_picture(file):
            return f'<span class="missing">{escape(alt or target)}</span>' if self.mine else escape(alt)
        tip = f' title="{escape(title)}"' if title else ""
        source = escape(file_url(file, page))
        return f'<img src="{source}" alt="{escape(alt)}"{tip}{size_attributes(size)} loading="lazy">'

    def result(self, slot: list[str], note: Note, page: str) -> str:
        """How code went, or what it printed and drew."""
        kind, which = slot[:2]
        if kind not in {"state", "output"}:
            return ""  # raw HTML may name any slot
        numbers = [int(n) for n in which.split(",")]
        if note.path not in self.shown_code:
            self.shown_code[note.path] = self.code_of(note.path)
        code = self.shown_code[note.path]
        if kind == "state":
            return state_html(code, numbers, self.word)
        return output_html(code, numbers, page, self.word)

    def note_link(self, note: Note, page: str) -> str:
        """A note's title as a link to its page."""
        title = escape(shown_title(self.notebook, note), quote=False)
        url = self.urls.get(note.path)
        return f'<a href="{escape(relative_url(url, page))}">{title}</a>' if url else title


def shown_title(notebook: Notebook, note: Note) -> str:
    """A note's title; a concept note without one has the roadmap's."""
    concept = notebook.concept_of(note)
    return notebook.roadmap.concepts[concept].title if not note.title_given and concept else note.title
