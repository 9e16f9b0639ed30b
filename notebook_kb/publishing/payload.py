"""What goes out to a target: the same value is shown before, sent, noted in the ledger and compared afterwards."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, fields
from enum import StrEnum


class TargetName(StrEnum):
    """The places that a note can go to; `folder` is for all others, by hand."""

    MEDIUM = "medium"
    LINKEDIN = "linkedin"
    DEVTO = "devto"
    FOLDER = "folder"

    @property
    def shown(self) -> str:
        """Its name as it writes itself."""
        return {"medium": "Medium", "linkedin": "LinkedIn", "devto": "dev.to"}.get(self, "a folder")


class Form(StrEnum):
    """What a note becomes there: a story or article, a short post, a PDF of one idea per page."""

    ARTICLE = "article"
    POST = "post"
    DOCUMENT = "document"


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture file: `name` as in the kit's folder, `alt` its words; width and height in px."""

    name: str
    data: bytes
    media_type: str
    alt: str = ""
    width: int = 0
    height: int = 0

    @property
    def digest(self) -> str:
        """SHA-256 of the bytes, hexadecimal."""
        return hashlib.sha256(self.data).hexdigest()


@dataclass(frozen=True, slots=True)
class Piece:
    """A paragraph, heading, list, code block or picture of what went out, to say later what has changed.

    `digest` is that of its words (or bytes), `begins` its first words, which are public.
    """

    kind: str
    digest: str
    begins: str


@dataclass(frozen=True, slots=True)
class LinkCard:
    """A link shown as a card; the service does not look at the page itself."""

    url: str
    title: str
    description: str = ""
    picture: Picture | None = None


@dataclass(frozen=True, slots=True)
class Payload:
    """A note made ready for one target.

    `key` is the note's lasting key (head `id`, else concept, else path), `path` its file. `body` is what the form wants:
    HTML, Markdown, or plain text. `canonical` is the page on the own site, '' where there is none. `document` is the PDF
    of `Form.DOCUMENT`. `adapter` is the version of the rules that made it.
    """

    target: TargetName
    form: Form
    key: str
    path: str
    title: str
    body: str
    summary: str = ""
    topics: tuple[str, ...] = ()
    canonical: str = ""
    language: str = "en"
    series: str = ""
    pictures: tuple[Picture, ...] = ()
    document: bytes = b""
    card: LinkCard | None = None
    pieces: tuple[Piece, ...] = ()
    adapter: int = 1

    @property
    def digest(self) -> str:
        """SHA-256 of all that the reader would see; the file's name and the adapter's version are no part of it."""
        state = hashlib.sha256()
        for item in fields(self):
            if item.name not in {"path", "adapter", "pieces", "key"}:
                state.update(f"{item.name}={_stable(getattr(self, item.name))}\n".encode())
        return state.hexdigest()


def _stable(value: object) -> str:
    match value:
        case bytes():
            return hashlib.sha256(value).hexdigest()
        case Picture():
            return f"{value.name}:{value.digest}:{value.alt}"
        case LinkCard():
            return repr((value.url, value.title, value.description, _stable(value.picture)))
        case tuple():
            return repr([_stable(part) for part in value])
        case _:
            return repr(value)
