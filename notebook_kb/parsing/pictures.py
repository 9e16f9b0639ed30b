"""Pictures that are written as HTML, and the size that is written into a picture's words."""

from __future__ import annotations

import re
from html import unescape
from typing import TYPE_CHECKING

from notebook_kb.files.marks import without_marks
from notebook_kb.model import document as d

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

IMG = re.compile(r"""<img(?=[\s/>])(?:"[^"<]*"|'[^'<]*'|[^<>"'])*>""", re.IGNORECASE)
# what shows no tag that stands in it: comments, elements of plain text, other tags with their attributes
SHOWS_NONE = re.compile(
    r"""<!--.*?(?:-->|\Z)"""
    r"""|<(script|style|template|textarea|title|iframe|noembed|noframes|noscript|xmp)(?=[\s/>])[^>]*>.*?(?:</\1\s*>|\Z)"""
    r"""|(?P<picture>""" + IMG.pattern + r""")|</?[a-zA-Z](?:"[^"]*"|'[^']*'|[^<>"'])*>""",
    re.IGNORECASE | re.DOTALL,
)
HIDING = re.compile(
    r"<(/?)(?:script|style|template|textarea|title|iframe|noembed|noframes|noscript|xmp)(?=[\s/>])",
    re.IGNORECASE,
)
ATTRIBUTE = re.compile(r"""([a-zA-Z-]+)\s*=\s*("[^"]*"|'[^']*'|[^\s"'>]+)""")
SIZED = re.compile(r"(?:(.*)\|)?\s*(\d{1,4}(?:x\d{1,4})?)\s*$", re.DOTALL)
PIXELS = re.compile(r"(\d{1,4})(?:px)?$")
SUFFIX = re.compile(r"\.(?:png|jpe?g|gif|webp|avif|svg|bmp)$", re.IGNORECASE)


def picture_of(tag: str, place: d.Place) -> d.Image | None:
    """An `<img …>` as the picture that it shows; None of another tag."""
    if not IMG.fullmatch(tag.strip()):
        return None
    values = {
        name.lower(): without_marks(unescape(value.strip("\"'"))) for name, value in ATTRIBUTE.findall(tag)
    }
    width, height = (PIXELS.match(values.get(key, "")) for key in ("width", "height"))
    size = (width[1] + (f"x{height[1]}" if height else "")) if width else ""
    alt = values.get("alt", "")
    decorative = "alt" in values and not alt.strip()
    return d.Image(place, values.get("src", ""), alt, values.get("title", ""), size, decorative=decorative)


def pictures_in(html: str, place: Callable[[int], d.Place]) -> Iterator[d.Image]:
    """The pictures of a block of HTML, in order; `place` gives the place of an offset."""
    for match in SHOWS_NONE.finditer(html):
        picture = picture_of(match[0], place(match.start())) if match["picture"] else None
        if picture:
            yield picture


def with_pictures(html: str, shown: Callable[[], str]) -> str:
    """A block of HTML in which `shown` gives what stands for each of its pictures, in the order of `pictures_in`."""
    return SHOWS_NONE.sub(lambda match: shown() if match["picture"] else match[0], html)


def split_size(words: str) -> tuple[str, str]:
    """`a plane|300` → ('a plane', '300'); words without a size as they are."""
    match = SIZED.fullmatch(words)
    if not match or (match[1] is None and "|" in words):
        return words, ""
    return (match[1] or "").strip(), match[2]


def names_picture(target: str) -> bool:
    """Whether a target is a picture's file name."""
    return bool(SUFFIX.search(target))
