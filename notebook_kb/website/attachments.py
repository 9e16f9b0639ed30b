"""Attachments that a public page shows: copied without what a picture's file says beside the picture."""

from __future__ import annotations

import re
import struct
import zlib
from typing import TYPE_CHECKING

from notebook_kb.findings import finding

if TYPE_CHECKING:
    from pathlib import Path

    from notebook_kb.findings import Finding

PNG = b"\x89PNG\r\n\x1a\n"
# chunks that are needed to show the picture; text, time and EXIF are left behind
PNG_KEPT = frozenset(
    {b"IHDR", b"PLTE", b"IDAT", b"IEND", b"tRNS", b"gAMA", b"cHRM", b"sRGB", b"sBIT", b"pHYs", b"bKGD"}
)
SVG_BAD = re.compile(
    rb"<\s*(?:script|foreignObject|iframe|embed|object|handler|listener)\b|\son\w+\s*=|javascript:"
    rb"|<!ENTITY|(?:href|src)\s*=\s*[\"']\s*(?!#|data:image/(?:png|jpeg|gif|webp))[^\"'#]"
    rb"|@import|url\(\s*[\"']?(?!#)",
    re.IGNORECASE,
)
# comments, processing instructions but the XML line, what editors say of the file and of its author
SVG_SAYS = re.compile(
    rb"<!--.*?(?:-->|\Z)|<\?(?!xml\s).*?(?:\?>|\Z)|<!DOCTYPE\b[^>\[]*(?:\[.*?\]\s*)?>"
    rb"|<((?:\w+:)?metadata|sodipodi:namedview)\b[^>]*(?:/>|(?<!/)>.*?</\1\s*>)",
    re.DOTALL,
)
SVG_TAG = re.compile(rb"<[^!?/][^<>]*>")
SVG_EDITOR = re.compile(
    rb"\s(?:sodipodi|inkscape|xmlns:(?:sodipodi|inkscape)):?[\w-]*\s*=\s*(?:\"[^\"]*\"|'[^']*')"
)
GIF_LOOPS = (b"NETSCAPE2.0", b"ANIMEXTS1.0")
WEBP_KEPT = frozenset({b"VP8 ", b"VP8L", b"VP8X", b"ALPH", b"ANIM", b"ANMF", b"ICCP"})
MARKERS_KEPT = frozenset({0xC0, 0xC1, 0xC2, 0xC4, 0xDB, 0xDD, 0xE0, 0xEE})


def public_bytes(path: Path, name: str) -> tuple[bytes, Finding | None]:
    """(the bytes to publish, a finding when the file must not be published: then the bytes are empty)."""
    data = path.read_bytes()
    suffix = path.suffix.casefold()
    if suffix == ".svg":
        if SVG_BAD.search(data) or b"\0" in data:
            bad = finding(
                "KB604",
                "this SVG holds a script, a handler or an outside reference, so it is not published",
                "save it again as a plain SVG",
                path=name,
            )
            return b"", bad
        return clean_svg(data), None
    if data.startswith(PNG):
        return clean_png(data), None
    if data.startswith(b"\xff\xd8"):
        return clean_jpeg(data), None
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return clean_webp(data), None
    if data[:3] == b"GIF":
        return clean_gif(data), None
    return data, None


def clean_svg(data: bytes) -> bytes:
    """An SVG without comments, metadata and the attributes of editors (names of files and folders)."""
    return SVG_TAG.sub(lambda m: SVG_EDITOR.sub(b"", m[0]), SVG_SAYS.sub(b"", data))


def clean_png(data: bytes) -> bytes:
    """A PNG without text, time and EXIF chunks; what follows the end, or a damaged place, is dropped."""
    out, pos = [PNG], len(PNG)
    while pos + 12 <= len(data):
        length, kind = struct.unpack(">I4s", data[pos : pos + 8])
        end = pos + 12 + length
        if end > len(data):
            break
        body = data[pos + 8 : end - 4]
        if kind in PNG_KEPT:
            out.append(data[pos : pos + 8] + body + struct.pack(">I", zlib.crc32(kind + body)))
        pos = end
        if kind == b"IEND":
            break
    return b"".join(out)


def clean_jpeg(data: bytes) -> bytes:
    """A JPEG without EXIF, XMP, IPTC and comments; what follows the end, or a damaged place, is dropped."""
    out, pos = [data[:2]], 2
    while pos + 4 <= len(data) and data[pos] == 0xFF:
        marker = data[pos + 1]
        if marker == 0xFF:  # a filling byte
            pos += 1
            continue
        if marker == 0xD9:
            break
        length = struct.unpack(">H", data[pos + 2 : pos + 4])[0]
        end = pos + 2 + length
        kept = marker in MARKERS_KEPT or 0xC5 <= marker <= 0xCF
        icc = marker == 0xE2 and data[pos + 4 : pos + 15] == b"ICC_PROFILE"
        if marker == 0xDA:
            end = after_scan(data, end)
        if kept or icc or marker == 0xDA:
            out.append(data[pos:end])
        pos = end
    return b"".join([*out, b"\xff\xd9"])


def after_scan(data: bytes, pos: int) -> int:
    """The place of the marker behind the picture's points that begin at `pos`; stuffed zeros and restarts are theirs."""
    while True:
        pos = data.find(b"\xff", pos)
        if pos < 0 or pos + 1 >= len(data):
            return len(data)
        if data[pos + 1] != 0 and not 0xD0 <= data[pos + 1] <= 0xD7:
            return pos
        pos += 2


def clean_webp(data: bytes) -> bytes:
    """A WebP with the chunks alone that show it."""
    out, pos = [], 12
    while pos + 8 <= len(data):
        kind, length = struct.unpack("<4sI", data[pos : pos + 8])
        end = pos + 8 + length + (length & 1)
        chunk = data[pos:end]
        if kind == b"VP8X" and len(chunk) > 8:
            # the flags that announce EXIF (8) and XMP (4)
            chunk = chunk[:8] + bytes([chunk[8] & ~0x0C]) + chunk[9:]
        if kind in WEBP_KEPT:
            out.append(chunk)
        pos = end
    body = b"WEBP" + b"".join(out)
    return b"RIFF" + struct.pack("<I", len(body)) + body


def clean_gif(data: bytes) -> bytes:
    """A GIF without comments, texts and what programs note in it (loops stay); a damaged rest is dropped."""
    out, pos = bytearray(), 0
    header = 13 + (3 * 2 ** ((data[10] & 7) + 1) if len(data) > 10 and data[10] & 0x80 else 0)
    out += data[:header]
    pos = header
    while pos < len(data):
        start = pos
        block = data[pos]
        if block == 0x3B:
            out.append(block)
            break
        if block == 0x21:
            label = data[pos + 1] if pos + 1 < len(data) else 0
            pos = skip_blocks(data, pos + 2)
            if label == 0xF9 or (label == 0xFF and data[start + 3 : start + 14] in GIF_LOOPS):
                out += data[start:pos]
        elif block == 0x2C:
            flags = data[pos + 9] if pos + 9 < len(data) else 0
            table = 3 * 2 ** ((flags & 7) + 1) if flags & 0x80 else 0
            pos = skip_blocks(data, pos + 10 + table + 1)
            out += data[start:pos]
        else:
            out.append(0x3B)
            break
    return bytes(out)


def skip_blocks(data: bytes, pos: int) -> int:
    """Past a chain of GIF sub-blocks."""
    while pos < len(data) and data[pos]:
        pos += 1 + data[pos]
    return pos + 1
