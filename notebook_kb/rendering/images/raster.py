"""Pictures of notes as every site takes them: PNG, JPEG and GIF as they are, SVG, WebP and AVIF drawn anew as PNG.

The bytes are those that may be published: nothing is left in them that says more than the picture.
"""

from __future__ import annotations

import base64
import io
import re
import struct
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

from notebook_kb.rendering.images.faces import ALIKE, missing_glyphs
from notebook_kb.rendering.images.memory import PNG, png_size
from notebook_kb.rendering.images.png import svg_to_png, to_png
from notebook_kb.rendering.images.result import CannotDraw, Drawn, no_glyphs

if TYPE_CHECKING:
    from collections.abc import Iterator

WIDTH = 1400  # px: a column of 700 on a sharp screen
HIGHEST = 4200  # px: what would be higher becomes narrower
MOST_PIXELS = 36_000_000
MOST_DEPTH = 200
UNREADABLE = CannotDraw("it is damaged, or of a kind that is not known")
SILENT = frozenset({"title", "desc", "metadata", "style", "script"})
ROOT = "{http://www.w3.org/2000/svg}svg"
HREFS = ("href", "{http://www.w3.org/1999/xlink}href")
INSIDE = re.compile(r"#|data:image/(?:png|jpeg|gif|webp);", re.IGNORECASE)
VARIABLE = re.compile(r"(--[\w-]+)\s*:\s*([^;{}]+)")
USE = re.compile(r"var\(\s*(--[\w-]+)\s*(?:,\s*([^()]*(?:\([^()]*\))?[^()]*))?\)")
STYLE = re.compile(r"(<style\b[^>]*>)(.*?)(</style>)", re.DOTALL | re.IGNORECASE)
JPEG_SIZES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
JPEG_BARE = frozenset({0x01, *range(0xD0, 0xD9)})  # markers without a length


def note_picture(data: bytes) -> Drawn | CannotDraw:
    """A picture of a note, whose kind its bytes tell, in a form that every site takes."""
    size = (0, 0)
    if data.startswith(PNG):
        kind, size = "image/png", png_size(data)
    elif data.startswith(b"\xff\xd8"):
        kind, size = "image/jpeg", jpeg_size(data)
    elif data[:6] in {b"GIF87a", b"GIF89a"} and len(data) > 10:
        kind, size = "image/gif", struct.unpack("<HH", data[6:10])
    elif data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return redrawn("webp", data, webp_size(data))
    elif data[4:8] == b"ftyp" and data[8:12] in {b"avif", b"avis"}:
        return from_avif(data)
    else:
        return svg_picture(data)
    return Drawn(data, kind, *size) if all(size) else UNREADABLE


def svg_picture(data: bytes) -> Drawn | CannotDraw:
    """An SVG as a PNG 1400 px wide on white, as it looks by day, its text in the shipped fonts."""
    try:
        text = data.decode("utf-8-sig")
        root = ET.fromstring(text)  # noqa: S314 - expat expands no outer entities, and inner ones are refused below
    except (UnicodeDecodeError, ET.ParseError):
        return UNREADABLE
    if root.tag != ROOT or "<!ENTITY" in text:
        return UNREADABLE
    reason = unshowable(root)
    if reason:
        return CannotDraw(reason)
    missing = missing_glyphs("".join(said(root)))
    if missing:
        return no_glyphs(missing).result
    svg = plain_styles(text).translate(ALIKE)
    try:
        width, height = png_size(svg_to_png(svg, width=100, background="#ffffff"))
        if height * WIDTH > HIGHEST * width:
            drawn = svg_to_png(svg, height=HIGHEST, background="#ffffff")
        else:
            drawn = svg_to_png(svg, width=WIDTH, background="#ffffff")
    except ValueError as fault:
        return CannotDraw(f"it cannot be drawn: {fault}")
    return Drawn(drawn, "image/png", *png_size(drawn))


def unshowable(root: ET.Element) -> str:
    """Why an SVG would be drawn otherwise than it is meant, or not at all; '' for most."""
    level = [root]
    for _ in range(MOST_DEPTH):
        level = [child for element in level for child in element]
    if level:
        return f"its parts are nested more than {MOST_DEPTH} deep"
    for element in root.iter():
        name = _name(element)
        if name == "foreignObject":
            return "it has HTML inside, which only a browser draws: save it as PNG"
        for attribute in HREFS:
            target = element.get(attribute, "#").strip()
            if name != "a" and not INSIDE.match(target):
                return "it shows another file, which would not come with it"
    return ""


def said(element: ET.Element, *, inside: bool = False) -> Iterator[str]:
    """The text that an SVG draws."""
    name = _name(element)
    if name in SILENT:
        return
    inside = inside or name == "text"
    if inside and element.text:
        yield element.text
    for child in element:
        yield from said(child, inside=inside)
        if inside and child.tail:
            yield child.tail


def _name(element: ET.Element) -> str:
    return str(element.tag).rpartition("}")[2]


def plain_styles(svg: str) -> str:
    """The SVG by day: rules for a light scheme count, those for a dark one do not; variables are put in.

    resvg knows neither.
    """
    found: dict[str, str] = {}

    def light(match: re.Match[str]) -> str:
        rules = by_day(match[2])
        for name, value in VARIABLE.findall(rules):
            found[name] = value.strip()
        return match[1] + rules + match[3]

    svg = STYLE.sub(light, svg)
    for name, value in re.findall(r"[\"';\s](--[\w-]+)\s*:\s*([^;\"'{}]+)", STYLE.sub("", svg)):
        found.setdefault(name, value.strip())
    for _ in range(4):  # a variable may be made of others
        put = USE.sub(lambda m: found.get(m[1], (m[2] or "").strip()) or m[0], svg)
        if put == svg:
            break
        svg = put
    return svg


def by_day(css: str) -> str:
    """Rules with those of `@media (prefers-color-scheme: light)` taken out of it, and those for dark left out."""
    out, at = [], 0
    for match in re.finditer(r"@media\b([^{}]*)\{", css):
        if match.start() < at:
            continue
        end = _closing(css, match.end())
        out.append(css[at : match.start()])
        condition = match[1].casefold().replace(" ", "")
        if "prefers-color-scheme:light" in condition:
            out.append(css[match.end() : end])
        at = end + 1
    return "".join([*out, css[at:]])


def _closing(css: str, start: int) -> int:
    """Where the brace that was opened before `start` closes."""
    depth = 1
    for at in range(start, len(css)):
        depth += {"{": 1, "}": -1}.get(css[at], 0)
        if not depth:
            return at
    return len(css)


def redrawn(kind: str, data: bytes, size: tuple[int, int]) -> Drawn | CannotDraw:
    """A picture of a kind that resvg reads as a PNG of the same size on white."""
    width, height = size
    if not all(size):
        return UNREADABLE
    if width * height > MOST_PIXELS:
        return CannotDraw(f"it has {width} × {height} px, more than sites take")
    box = f'width="{width}" height="{height}"'
    inside = f'<image {box} href="data:image/{kind};base64,{base64.b64encode(data).decode()}"/>'
    shell = '<svg xmlns="http://www.w3.org/2000/svg" {}>{}</svg>'
    if to_png(shell.format(box, inside)) == to_png(shell.format(box, "")):
        return UNREADABLE  # resvg leaves out what it cannot read
    white = '<rect width="100%" height="100%" fill="#ffffff"/>'
    png = to_png(shell.format(box, white + inside))
    return Drawn(png, "image/png", *png_size(png))


def from_avif(data: bytes) -> Drawn | CannotDraw:
    """An AVIF as a PNG, where Pillow is installed."""
    try:
        from PIL import Image, UnidentifiedImageError  # noqa: PLC0415 - optional, and slow to load
    except ImportError:
        return CannotDraw("AVIF needs Pillow (pip install pillow); or save it as PNG or JPEG")
    try:
        with Image.open(io.BytesIO(data), formats=["AVIF"]) as picture:
            if picture.width * picture.height > MOST_PIXELS:
                return CannotDraw(f"it has {picture.width} × {picture.height} px, more than sites take")
            out = io.BytesIO()
            picture.convert("RGBA").save(out, "PNG", compress_level=0)
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, KeyError):
        return UNREADABLE
    # resvg packs it: Pillow's packing is not the same on each machine
    return redrawn("png", out.getvalue(), png_size(out.getvalue()))


def jpeg_size(data: bytes) -> tuple[int, int]:
    """(width, height), (0, 0) where the file does not say."""
    at = 2
    while at + 9 < len(data) and data[at] == 0xFF:
        marker = data[at + 1]
        if marker in JPEG_BARE:
            at += 2
        elif marker == 0xFF:
            at += 1
        elif marker in JPEG_SIZES:
            height, width = struct.unpack(">HH", data[at + 5 : at + 9])
            return width, height
        else:
            at += 2 + int.from_bytes(data[at + 2 : at + 4])
    return 0, 0


def webp_size(data: bytes) -> tuple[int, int]:
    """(width, height), (0, 0) where the file does not say."""
    if len(data) < 30:
        return 0, 0
    kind = data[12:16]
    if kind == b"VP8X":
        return int.from_bytes(data[24:27], "little") + 1, int.from_bytes(data[27:30], "little") + 1
    if kind == b"VP8L":
        bits = int.from_bytes(data[21:25], "little")
        return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    if kind == b"VP8 ":
        width, height = struct.unpack("<HH", data[26:30])
        return width & 0x3FFF, height & 0x3FFF
    return 0, 0
