"""Pictures lose what their files say besides, and stay the same pictures."""

from __future__ import annotations

import random
import struct
from typing import TYPE_CHECKING

import pytest
from lxml import etree

from notebook_kb.website.attachments import public_bytes
from tests.support.canaries import unpacked
from tests.support.pictures import MAKERS, PIXELS, PNG, SCAN, chunk, gif, jpeg, png, segment, svg, webp

if TYPE_CHECKING:
    from pathlib import Path

WORDS = ("zqsecretoneqz", "zqsecrettwoqz")


def cleaned(tmp_path: Path, name: str, data: bytes) -> bytes:
    path = tmp_path / name
    path.write_bytes(data)
    return public_bytes(path, name)[0]


@pytest.mark.parametrize("suffix", MAKERS)
def test_no_metadata_is_left(tmp_path: Path, suffix: str) -> None:
    """Red when a chunk, segment, extension, comment or tail of any kind of picture is copied."""
    data = MAKERS[suffix](*WORDS)
    assert any(b"zqsecret" in part for part in unpacked(data))
    assert not any(b"zqsecret" in part for part in unpacked(cleaned(tmp_path, f"p{suffix}", data)))


@pytest.mark.parametrize("suffix", MAKERS)
def test_a_second_cleaning_changes_nothing(tmp_path: Path, suffix: str) -> None:
    """Red when cleaning damages what it keeps."""
    once = cleaned(tmp_path, f"p{suffix}", MAKERS[suffix](*WORDS))
    assert cleaned(tmp_path, f"p{suffix}", once) == once


@pytest.mark.parametrize("suffix", [".png", ".jpg", ".gif", ".webp"])
def test_damaged_pictures_say_nothing_and_raise_nothing(tmp_path: Path, suffix: str) -> None:
    """Red when a cut or changed picture is copied with its words, or stops the build."""
    data = MAKERS[suffix](*WORDS)
    for cut in range(4, len(data)):
        cleaned(tmp_path, f"p{suffix}", data[:cut])
    dice = random.Random(1)  # noqa: S311 - the same again
    for _ in range(200):
        changed = bytearray(data)
        changed[dice.randrange(len(data))] = dice.randrange(256)
        cleaned(tmp_path, f"p{suffix}", bytes(changed))


@pytest.mark.parametrize("tail", [b"\0\0\xff\xfftEXt", b"\0\0\0\x05"])
def test_a_cut_png_keeps_no_text(tmp_path: Path, tail: bytes) -> None:
    """Red when a PNG that ends too early is copied as it is."""
    data = (
        PNG
        + chunk(b"IHDR", struct.pack(">IIBBBBB", 1, 1, 8, 2, 0, 0, 0))
        + chunk(b"tEXt", b"a\0zqsecret")
        + tail
    )
    assert b"zqsecret" not in cleaned(tmp_path, "p.png", data)


def test_a_jpeg_without_points_keeps_no_comment(tmp_path: Path) -> None:
    """Red when a JPEG that ends before its points is copied as it is."""
    assert b"zqsecret" not in cleaned(tmp_path, "p.jpg", b"\xff\xd8" + segment(0xFE, b"zqsecret"))


def test_the_pictures_stay(tmp_path: Path) -> None:
    """Red when the points, tables, loops or scans themselves are lost."""
    still = cleaned(tmp_path, "a.png", png(*WORDS))
    assert chunk(b"IDAT", PIXELS) in still
    assert still.endswith(chunk(b"IEND", b""))
    points = cleaned(tmp_path, "a.jpg", jpeg(*WORDS))
    assert points.count(SCAN) == 2
    assert points.endswith(b"\xff\xd9")
    assert b"\xff\xdb" in points
    moving = cleaned(tmp_path, "a.gif", gif(*WORDS))
    assert b"NETSCAPE2.0" in moving
    assert moving.endswith(b"D\x01\0;")
    still = cleaned(tmp_path, "a.webp", webp(*WORDS))
    assert b"VP8L" in still
    assert struct.unpack("<I", still[4:8])[0] == len(still) - 8
    drawing = etree.fromstring(cleaned(tmp_path, "a.svg", svg(*WORDS)))
    assert [e.tag for e in drawing] == ["{http://www.w3.org/2000/svg}path"]


@pytest.mark.parametrize(
    "text",
    [
        "<svg onload='x()'/>",
        "<svg><script>x</script></svg>",
        "<svg><foreignObject/></svg>",
        "<svg><image href='https://x.example/a.png'/></svg>",
        "<svg><use xlink:href='//x.example/a.svg#b'/></svg>",
        "<svg><a href='javascript:x()'/></svg>",
        "<svg><style>@import 'x.css'</style></svg>",
        "<svg><rect style='fill:url(https://x.example)'/></svg>",
        "<!DOCTYPE svg [<!ENTITY x 'y'>]><svg/>",
    ],
)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_svgs_that_do_things_are_not_copied(tmp_path: Path, text: str, encoding: str) -> None:
    """Red when a script, a handler or an outside reference gets to the site, in any encoding."""
    path = tmp_path / "a.svg"
    path.write_bytes(text.encode(encoding))
    data, bad = public_bytes(path, "a.svg")
    assert data == b""
    assert bad is not None


def test_an_unclosed_svg_comment_is_dropped(tmp_path: Path) -> None:
    """Red when a comment to the end of the file is copied."""
    assert b"zqsecret" not in cleaned(tmp_path, "a.svg", b"<svg/><!-- zqsecret")
