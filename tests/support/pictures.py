"""Small pictures of every kind, with words where programs put them: in metadata, comments, and behind the end."""

from __future__ import annotations

import struct
import zlib

PNG = b"\x89PNG\r\n\x1a\n"
PIXELS = zlib.compress(b"\x00\x10\x20\x30")
SCAN = b"\x11\x22\xff\x00\x33\xff\xd0\x44"


def chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def png(*words: str) -> bytes:
    """One point; words in tEXt, zTXt, iTXt, eXIf, a private chunk, and behind the end."""
    said = " ".join(words).encode()
    return (
        PNG
        + chunk(b"IHDR", struct.pack(">IIBBBBB", 1, 1, 8, 2, 0, 0, 0))
        + chunk(b"tEXt", b"Author\0" + said)
        + chunk(b"zTXt", b"Comment\0\0" + zlib.compress(said))
        + chunk(b"iTXt", b"XML:com.adobe.xmp\0\0\0\0\0" + said)
        + chunk(b"eXIf", b"MM\0*" + said)
        + chunk(b"prVt", said)
        + chunk(b"IDAT", PIXELS)
        + chunk(b"IEND", b"")
        + said
    )


def segment(marker: int, body: bytes) -> bytes:
    return bytes([0xFF, marker]) + struct.pack(">H", len(body) + 2) + body


def jpeg(*words: str) -> bytes:
    """Two scans; words in EXIF, XMP, IPTC, a comment, a comment between the scans, and a second picture behind the end."""
    said = " ".join(words).encode()
    frame = segment(0xC0, b"\x08\0\x01\0\x01\x01\x01\x11\0")
    scan = segment(0xDA, b"\x01\x01\0\0\x3f\0") + SCAN
    return (
        b"\xff\xd8"
        + segment(0xE0, b"JFIF\0\x01\x01\0\0\x01\0\x01\0\0")
        + segment(0xE1, b"Exif\0\0" + said)
        + b"\xff"  # a filling byte before a marker is allowed
        + segment(0xE1, b"http://ns.adobe.com/xap/1.0/\0" + said)
        + segment(0xED, b"Photoshop 3.0\0" + said)
        + segment(0xFE, said)
        + segment(0xDB, b"\0" + bytes(range(1, 65)))
        + frame
        + scan
        + segment(0xFE, said)
        + scan
        + b"\xff\xd9"
        + b"\xff\xd8"
        + segment(0xFE, said)
        + b"\xff\xd9"
    )


def sub_blocks(body: bytes) -> bytes:
    parts = [body[i : i + 255] for i in range(0, len(body), 255)]
    return b"".join(bytes([len(p)]) + p for p in parts) + b"\0"


def gif(*words: str) -> bytes:
    """One point, looping; words in a comment, a plain text, XMP, and behind the end."""
    said = " ".join(words).encode()
    return (
        b"GIF89a\x01\0\x01\0\x80\0\0\0\0\0\xff\xff\xff"
        b"!\xff\x0bNETSCAPE2.0\x03\x01\0\0\0"
        b"!\xfe"
        + sub_blocks(said)
        + b"!\xff\x0bXMP DataXMP"
        + sub_blocks(said)
        + b"!\x01"
        + sub_blocks(b"\0" * 12)[:-1]
        + sub_blocks(said)
        + b"!\xf9\x04\0\0\0\0\0"
        + b",\0\0\0\0\x01\0\x01\0\0\x02\x02D\x01\0;"
        + said
    )


def riff(kind: bytes, body: bytes) -> bytes:
    return kind + struct.pack("<I", len(body)) + body + b"\0" * (len(body) & 1)


def webp(*words: str) -> bytes:
    """Words in EXIF, XMP, an unknown chunk, and behind the end."""
    said = " ".join(words).encode()
    body = (
        b"WEBP"
        + riff(b"VP8X", bytes([0x0C, 0, 0, 0, 0, 0, 0, 0, 0, 0]))
        + riff(b"VP8L", b"\x2f\0\0\0\0\x10\x07")
        + riff(b"EXIF", said)
        + riff(b"XMP ", said)
        + riff(b"NOTE", said)
    )
    return b"RIFF" + struct.pack("<I", len(body)) + body + said


def svg(*words: str) -> bytes:
    """Words in comments, metadata, a processing instruction, the DOCTYPE and an editor's attributes."""
    said = " ".join(words)
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f"<!-- {said} -->\n<?editor {said}?>\n<!DOCTYPE svg [ <!-- {said} --> ]>\n"
        '<svg xmlns="http://www.w3.org/2000/svg" xmlns:inkscape="http://www.inkscape.org/namespaces/inkscape" '
        'xmlns:sodipodi="http://sodipodi.sourceforge.net/DTD/sodipodi-0.dtd" '
        f'viewBox="0 0 9 9" sodipodi:docname="{said}.svg" inkscape:export-filename=\'/home/{said}/a.png\'>'
        f'<metadata id="m">{said}</metadata><metadata/>'
        f'<sodipodi:namedview id="v"><inkscape:grid id="{words[0] if words else "g"}"/></sodipodi:namedview>'
        f'<path d="M0 0L9 9"/><!-- {said}\n{said} --></svg>'
    ).encode()


MAKERS = {".png": png, ".jpg": jpeg, ".gif": gif, ".webp": webp, ".svg": svg}
