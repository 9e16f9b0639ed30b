"""The pictures of notes in a form that every service takes: drawings as PNG on white, photographs as they are."""

from __future__ import annotations

import re
import struct
from dataclasses import dataclass
from xml.etree import ElementTree as ET

from notebook_kb.rendering.images.faces import missing_glyphs
from notebook_kb.rendering.images.memory import png_size
from notebook_kb.rendering.images.png import to_png

WIDTH = 1400  # px: a column of 700, twice for sharp screens
TALLEST = 8000
PNG, GIF = b"\x89PNG\r\n\x1a\n", b"GIF8"
JPEG = b"\xff\xd8\xff"
START_OF_FRAME = frozenset({*range(0xC0, 0xC4), *range(0xC5, 0xC8), *range(0xC9, 0xCC), *range(0xCD, 0xD0)})
DARK = re.compile(
    r"@media[^{]*prefers-color-scheme:\s*dark[^{]*\{(?:[^{}]*\{[^{}]*\})*[^{}]*\}", re.IGNORECASE
)
LENGTH = re.compile(r"\s*([0-9.]+)\s*(px|pt|mm|cm|in|pc)?\s*$")
UNITS = {"pt": 4 / 3, "mm": 96 / 25.4, "cm": 96 / 2.54, "in": 96, "pc": 16}


@dataclass(frozen=True, slots=True)
class Raster:
    """A picture's bytes, kind and size in px."""

    data: bytes
    media_type: str
    width: int
    height: int


class CannotRasterError(Exception):
    """Why a file cannot be shown as a picture, in words for people."""


def raster(data: bytes) -> Raster:
    """A picture's published bytes as PNG, JPEG or GIF. Raises CannotRasterError."""
    if data.startswith(PNG):
        return Raster(data, "image/png", *png_size(data))
    if data.startswith(JPEG):
        return Raster(data, "image/jpeg", *jpeg_size(data))
    if data.startswith(GIF):
        width, height = struct.unpack("<HH", data[6:10].ljust(4, b"\0"))
        return Raster(data, "image/gif", width, height)
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        raise CannotRasterError("it is WebP, which not every service takes: save it as PNG or JPEG")
    if data[4:12] in {b"ftypavif", b"ftypavis"}:
        raise CannotRasterError("it is AVIF, which not every service takes: save it as PNG or JPEG")
    return drawing(data)


def drawing(data: bytes) -> Raster:
    """An SVG as PNG, light, on white, with the shipped fonts alone."""
    try:
        text = DARK.sub("", data.decode("utf-8-sig"))
        root = ET.fromstring(text)  # noqa: S314 - it has no entities: such files are not published
    except (UnicodeDecodeError, ET.ParseError) as error:
        raise CannotRasterError("it is no picture that can be read") from error
    if root.tag.rpartition("}")[2] != "svg":
        raise CannotRasterError("it is no picture that can be read")
    missing = missing_in(root)
    if missing:
        raise CannotRasterError(f"its text has signs that no font that ships has: {' '.join(missing)}")
    width, height = size_of(root)
    zoom = WIDTH / width
    if height * zoom > TALLEST:
        raise CannotRasterError(f"it would be more than {TALLEST} px tall")
    try:
        made = to_png(on_white(text, width, height))
    except ValueError as error:
        raise CannotRasterError(f"it cannot be drawn ({error})") from error
    return Raster(made, "image/png", *png_size(made))


def on_white(svg: str, width: float, height: float) -> str:
    """The drawing on a white sheet, `WIDTH` px wide."""
    inner = re.sub(r"^\s*<\?xml[^>]*\?>", "", svg).strip()
    start = inner.index("<svg")
    opening = re.match(r"<svg\b[^>]*>", inner[start:])
    assert opening is not None
    tag = re.sub(r"\s(?:width|height|x|y)\s*=\s*(?:\"[^\"]*\"|'[^']*')", "", opening[0])
    tall = round(WIDTH * height / width)
    box = "" if re.search(r"\sviewBox\s*=", tag) else f' viewBox="0 0 {width:g} {height:g}"'
    tag = f'{tag[:-1].rstrip("/")}{box} x="0" y="0" width="{WIDTH}" height="{tall}"{"/" if tag.endswith("/>") else ""}>'
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{tall}" viewBox="0 0 {WIDTH} {tall}">'
        f'<rect width="100%" height="100%" fill="#ffffff"/>{tag}{inner[start + opening.end() :]}</svg>'
    )


def size_of(root: ET.Element) -> tuple[float, float]:
    """(width, height) of a drawing: of its box, else as it says."""
    numbers = [float(n) for n in re.findall(r"-?[0-9.]+(?:e-?\d+)?", root.get("viewBox", ""))]
    if len(numbers) == 4 and numbers[2] > 0 and numbers[3] > 0:
        return numbers[2], numbers[3]
    sizes = [LENGTH.match(root.get(name, "")) for name in ("width", "height")]
    width, height = (float(m[1]) * UNITS.get(m[2] or "", 1.0) if m else 0.0 for m in sizes)
    if width <= 0 or height <= 0:
        raise CannotRasterError("the drawing says no size: give its <svg> a viewBox")
    return width, height


def missing_in(root: ET.Element) -> str:
    """The characters of a drawing's text that no shipped font has."""
    words = "".join(t for e in root.iter() if e.tag.rpartition("}")[2] == "text" for t in e.itertext())
    return "".join(c for c in missing_glyphs(words) if not c.isspace() and c in missing_glyphs(c, "code"))


def jpeg_size(data: bytes) -> tuple[int, int]:
    """(width, height) of a JPEG, (0, 0) of a damaged one."""
    at = 2
    while at + 9 < len(data) and data[at] == 0xFF:
        marker = data[at + 1]
        if marker in START_OF_FRAME:
            height, width = struct.unpack(">HH", data[at + 5 : at + 9])
            return width, height
        at += 2 + int.from_bytes(data[at + 2 : at + 4])
    return 0, 0
