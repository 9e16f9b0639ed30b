"""What LinkedIn would refuse or cut, found before anything is sent."""

from __future__ import annotations

import hashlib
import re
from typing import TYPE_CHECKING

from notebook_kb.errors import UsageError
from notebook_kb.publishing import contracts
from notebook_kb.publishing.payload import Form
from notebook_kb.publishing.targets.little_text import encode_urls, escape, length

if TYPE_CHECKING:
    from datetime import date

    from notebook_kb.publishing.errand import Options
    from notebook_kb.publishing.payload import Payload, Picture

_PDF_PAGE = re.compile(rb"/Type\s*/Page(?![A-Za-z])")


def api_version(options: Options) -> str:
    """`YYYYMM`: the settings', else the table's."""
    return options.linkedin_api_version or contracts.text("linkedin.api_version")


def visible(payload: Payload) -> str:
    """The text that readers see."""
    return encode_urls(payload.body.strip())


def commentary(payload: Payload) -> str:
    """The text as it is sent."""
    return escape(visible(payload), [topic.removeprefix("#") for topic in payload.topics])


def digest(data: bytes) -> str:
    """SHA-256, as the ledger names files."""
    return hashlib.sha256(data).hexdigest()


def check(payload: Payload, options: Options) -> list[str]:
    """Warnings. Raises `UsageError` for what LinkedIn would refuse, or for what has no API."""
    _check_form(payload, options)
    warnings = [*_check_text(payload), *_check_version(options)]
    if payload.form is Form.DOCUMENT:
        _check_document(payload)
    pictures = [*payload.pictures, *([payload.card.picture] if payload.card and payload.card.picture else [])]
    for picture in pictures:
        warnings += _check_picture(payload, picture)
    return warnings


def _check_form(payload: Payload, options: Options) -> None:
    if payload.form is Form.ARTICLE:
        raise UsageError(
            "LinkedIn has no API for articles", "Without --via api the article is made ready for pasting."
        )
    if options.audience == "draft":
        raise UsageError("LinkedIn's API knows no drafts", "For a trial: --connections.")
    if payload.card and payload.pictures:
        raise UsageError(f"{payload.path}: a post has a card or pictures, not both", "Leave one of them out.")
    most = contracts.number("linkedin.images_max")
    if len(payload.pictures) > most:
        raise UsageError(
            f"{payload.path}: {len(payload.pictures)} pictures; a post takes {most}", "Leave some out."
        )


def _check_text(payload: Payload) -> list[str]:
    most = contracts.number("linkedin.text_max")
    seen, sent = length(visible(payload)), length(commentary(payload))
    if not visible(payload):
        raise UsageError(f"{payload.path}: there is no text for the post", "Write `linkedin:` in its head.")
    if seen > most:
        raise UsageError(
            f"LinkedIn text has {seen:,} characters; the limit is {most:,}",
            f"Shorten `linkedin:` in {payload.path}.",
        )
    if sent > most:
        counted = f"with the backslashes that LinkedIn wants the text has {sent:,} characters"
        return [f"{counted}; whether its limit of {most:,} counts them is not known"]
    return []


def _check_version(options: Options) -> list[str]:
    version = api_version(options)
    if not re.fullmatch(r"20\d\d(?:0[1-9]|1[0-2])", version):
        raise UsageError(
            f"notebook.yml: linkedin.api_version is {version!r}", "Write a year and month: '202610'."
        )
    age = months_old(version, options.today) if options.today else 0
    if age > contracts.number("linkedin.api_version_months_ok"):
        return [
            f"LinkedIn's API version {version} is {age} months old and may be retired: set linkedin.api_version"
        ]
    return []


def months_old(version: str, today: date) -> int:
    """The months from a version `YYYYMM` to a day."""
    return (today.year - int(version[:4])) * 12 + today.month - int(version[4:])


def _check_document(payload: Payload) -> None:
    if not payload.document.startswith(b"%PDF-"):
        raise UsageError(f"{payload.path}: there is no PDF to send", "Make it again.")
    if not payload.title.strip():
        raise UsageError(f"{payload.path}: a PDF on LinkedIn needs a title", "Give the note a title.")
    most = contracts.number("linkedin.document_bytes_max")
    if len(payload.document) > most:
        raise UsageError(
            f"{payload.path}: the PDF has {len(payload.document):,} bytes; LinkedIn takes {most:,}",
            "Use smaller pictures.",
        )
    pages = len(_PDF_PAGE.findall(payload.document))
    if pages > contracts.number("linkedin.document_pages_max"):
        raise UsageError(
            f"{payload.path}: the PDF has {pages} pages; LinkedIn takes "
            f"{contracts.number('linkedin.document_pages_max')}",
            "Leave some out.",
        )


def _check_picture(payload: Payload, picture: Picture) -> list[str]:
    if picture.media_type not in contracts.texts("linkedin.image_types"):
        raise UsageError(
            f"{payload.path}: {picture.name} is {picture.media_type}; LinkedIn takes PNG, JPEG and GIF",
            "Send a PNG instead.",
        )
    if picture.width * picture.height > contracts.number("linkedin.image_pixels_max"):
        raise UsageError(
            f"{payload.path}: {picture.name} has {picture.width}×{picture.height} pixels, more than LinkedIn takes",
            "Make it smaller.",
        )
    if len(picture.alt) > contracts.number("linkedin.alt_max"):
        raise UsageError(
            f"{payload.path}: the words for {picture.name} are longer than LinkedIn takes", "Shorten them."
        )
    if not picture.alt and picture in payload.pictures:
        return [f"{picture.name} has no words for those who do not see it"]
    return []
