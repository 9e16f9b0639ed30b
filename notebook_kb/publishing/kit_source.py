"""What the pages of a kit are made of: what is prepared, and what was said with it."""

from __future__ import annotations

import html
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from markupsafe import Markup

from notebook_kb.publishing.adapters import ADAPTERS, Shipping
from notebook_kb.publishing.kit_outline import outline
from notebook_kb.publishing.payload import Form, TargetName
from notebook_kb.publishing.shaped import Shown

if TYPE_CHECKING:
    from notebook_kb.languages import LanguagePack
    from notebook_kb.model import document as d
    from notebook_kb.publishing.adapters import Adapter
    from notebook_kb.publishing.changed_pieces import Change, ChangedPieces
    from notebook_kb.publishing.kit_outline import Part
    from notebook_kb.publishing.payload import Payload, Picture
    from notebook_kb.publishing.prepare import Prepared

DATA_URI = re.compile(r'(<img src=")data:[^"]*(")')


@dataclass(frozen=True)
class Source:
    """All that the pages of one kit are made of; `command` records the address of what was published."""

    prepared: Prepared
    pack: LanguagePack
    command: str
    changed: ChangedPieces | None = None
    story_url: str = ""
    post_text: str = ""
    corrected: str = ""
    files: tuple[str, ...] = ()
    outline: list[Part] = field(init=False)

    def __post_init__(self) -> None:
        title: list[Part] = []
        if self.adapter and self.adapter.title_in_body:
            title = [{"kind": "heading", "text": self.payload.title, "links": []}]
        object.__setattr__(self, "outline", title + outline(self.blocks, self.mark))

    @property
    def payload(self) -> Payload:
        return self.prepared.payload

    @property
    def blocks(self) -> tuple[d.Block, ...]:
        return self.prepared.shaped.blocks

    @property
    def adapter(self) -> Adapter | None:
        return ADAPTERS.get((self.payload.target, self.payload.form))

    @property
    def is_markdown(self) -> bool:
        return self.adapter is not None and self.adapter.markdown

    @property
    def is_checked(self) -> bool:
        """Whether there is a check page: of Markdown and of posts nothing is lost in an editor."""
        return self.payload.form is Form.ARTICLE and not self.is_markdown

    @property
    def is_correction(self) -> bool:
        return self.changed is not None and bool(self.story_url)

    @property
    def service(self) -> str:
        return service_name(self.payload.target, self.pack)

    def word(self, key: str, **values: object) -> str:
        """A word of the pack; `{service}` is known."""
        return self.pack.word(key, service=self.service, **values)

    def mark(self, block: Shown) -> str:
        """The line that stands where a picture is put in by hand, '' where it has come along."""
        if block.picture is None or self.adapter is None or self.adapter.shipping is not Shipping.MARKED:
            return ""
        mark = self.pack.word("picture_here", number=block.number, name=block.picture.name)
        pieces = self.prepared.pieces
        is_text = any(
            html.escape(mark, quote=False) in p
            for b, p in zip(self.blocks, pieces, strict=False)
            if b is block
        )
        return mark if is_text else ""

    def change(self, change: Change) -> dict[str, Any]:
        """What the page shows of one correction."""
        was = change.was.begins if change.was else ""
        shown: dict[str, Any] = {"was": was, "id": "", "picture": None, "html": ""}
        if change.index is None:
            return shown
        block = self.blocks[change.index]
        if isinstance(block, Shown) and block.picture is not None:
            shown["picture"] = self.picture(block.picture)
        else:
            shown["html"] = self.seen(self.prepared.pieces[change.index])
        if not (isinstance(block, Shown) and self.mark(block)):
            shown["id"] = f"piece-{change.index}"
        return shown

    def seen(self, piece: str) -> Markup:
        """A piece as the preview shows it: it is our own HTML, or the text of Markdown."""
        if self.is_markdown:
            return Markup("<pre>{}</pre>").format(piece)
        style = f' style="text-align:{self.adapter.align}"' if self.adapter else ""
        return Markup(DATA_URI.sub(r"\1\2", piece.replace(style, "")))  # noqa: S704 - written by HtmlWriter, which escapes all text

    def picture(self, picture: Picture) -> dict[str, Any]:
        """A picture as the page and the manifest name it."""
        number = self.payload.pictures.index(picture) + 1
        at = next((b for b in self.blocks if isinstance(b, Shown) and b.picture == picture), None)
        return {
            "number": number,
            "name": picture.name,
            "alt": picture.alt,
            "sha256": picture.digest,
            "media_type": picture.media_type,
            "width": picture.width,
            "height": picture.height,
            "mark": self.mark(at) if at else "",
        }


def service_name(target: TargetName, pack: LanguagePack) -> str:
    """What people call the place."""
    return pack.word("kit_elsewhere") if target is TargetName.FOLDER else target.shown
