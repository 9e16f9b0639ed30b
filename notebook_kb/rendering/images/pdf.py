"""A PDF of pictures, one a page, tagged: each page is a figure with its words. No dates: same pages, same bytes."""

from __future__ import annotations

import hashlib
import struct
import zlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from notebook_kb.rendering.images.memory import PNG, png_size

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from notebook_kb.rendering.images.page import DrawnPage

POINTS = 0.75  # of a px at 1×
PAGE = 1080  # px at 1×: what a page is wide
RGBA = (8, 6, 0)  # bits a channel, red-green-blue-alpha, not interlaced: what resvg writes


@dataclass(slots=True)
class Objects:
    """The numbered objects of a PDF."""

    found: list[bytes]

    def reserve(self) -> int:
        """A number for an object that comes later."""
        self.found.append(b"")
        return len(self.found)

    def put(self, number: int, body: bytes) -> None:
        """The object with this number."""
        self.found[number - 1] = body

    def add(self, body: bytes) -> int:
        """A new object."""
        self.found.append(body)
        return len(self.found)


def pdf_of_pages(pages: Sequence[DrawnPage], title: str, language: str = "en") -> bytes:
    """The PDF. The pages' pictures are opaque PNGs as `draw_pages` gives them."""
    objects = Objects([])
    catalog, tree, root, document, parents = (objects.reserve() for _ in range(5))
    made = [add_page(objects, page, number, (tree, document)) for number, page in enumerate(pages)]
    leaves, figures = [leaf for leaf, _ in made], [figure for _, figure in made]
    nums = " ".join(f"{number} [{figure} 0 R]" for number, figure in enumerate(figures))
    objects.put(tree, f"<< /Type /Pages /Count {len(leaves)} /Kids [{references(leaves)}] >>".encode())
    objects.put(
        document, f"<< /Type /StructElem /S /Document /P {root} 0 R /K [{references(figures)}] >>".encode()
    )
    objects.put(parents, f"<< /Nums [{nums}] >>".encode())
    objects.put(
        root,
        f"<< /Type /StructTreeRoot /K {document} 0 R /ParentTree {parents} 0 R"
        f" /ParentTreeNextKey {len(figures)} >>".encode(),
    )
    objects.put(
        catalog,
        f"<< /Type /Catalog /Pages {tree} 0 R /StructTreeRoot {root} 0 R /MarkInfo << /Marked true >>"
        f" /ViewerPreferences << /DisplayDocTitle true >> /Lang {text_string(language)} >>".encode(),
    )
    info = objects.add(f"<< /Title {text_string(title)} >>".encode())
    return written(objects.found, catalog, info)


def add_page(objects: Objects, page: DrawnPage, number: int, parents: tuple[int, int]) -> tuple[int, int]:
    """(the page's object, that of its figure in the structure); `parents` are those of the two."""
    width, height, data = opaque(page.picture.data)
    wide, high = f"{PAGE * POINTS:g}", f"{height * PAGE / width * POINTS:g}"
    image = objects.add(
        stream(
            f"/Type /XObject /Subtype /Image /Width {width} /Height {height} /ColorSpace /DeviceRGB"
            f" /BitsPerComponent 8 /Filter /FlateDecode"
            f" /DecodeParms << /Predictor 15 /Colors 3 /BitsPerComponent 8 /Columns {width} >>",
            data,
        )
    )
    drawing = f"/Figure << /MCID 0 >> BDC q {wide} 0 0 {high} 0 0 cm /Im Do Q EMC\n"
    content = objects.add(stream("", drawing.encode()))
    leaf = objects.add(
        f"<< /Type /Page /Parent {parents[0]} 0 R /MediaBox [0 0 {wide} {high}] /Contents {content} 0 R"
        f" /StructParents {number} /Tabs /S /Resources << /XObject << /Im {image} 0 R >> >> >>".encode()
    )
    figure = objects.add(
        f"<< /Type /StructElem /S /Figure /P {parents[1]} 0 R /Pg {leaf} 0 R /K 0 /Alt {text_string(page.words)}"
        f" /A << /O /Layout /BBox [0 0 {wide} {high}] /Placement /Block >> >>".encode()
    )
    return leaf, figure


def opaque(data: bytes) -> tuple[int, int, bytes]:
    """(width, height, the pixels without alpha, as PNG filters and packs them).

    PNG's filters look at one channel alone, so that leaving out every fourth byte leaves the others right.
    """
    chunks = dict.fromkeys((b"IHDR", b"IDAT"), b"")
    for kind, body in png_chunks(data):
        if kind in chunks:
            chunks[kind] += body
    bits, colour, _, _, interlaced = chunks[b"IHDR"][8:13]
    if (bits, colour, interlaced) != RGBA:
        raise ValueError("not a PNG as resvg writes it")
    width, height = png_size(data)
    raw = zlib.decompress(chunks[b"IDAT"])
    row = 4 * width + 1
    out = bytearray(height * (3 * width + 1))
    out[:: 3 * width + 1] = raw[::row]
    for y in range(height):
        here = raw[y * row + 1 : (y + 1) * row]
        start = y * (3 * width + 1) + 1
        for channel in range(3):
            out[start + channel : start + 3 * width : 3] = here[channel::4]
    return width, height, zlib.compress(bytes(out), 9)


def png_chunks(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    """(kind, body) of each chunk of a PNG."""
    at = len(PNG)
    while at + 12 <= len(data):
        (length,) = struct.unpack(">I", data[at : at + 4])
        yield data[at + 4 : at + 8], data[at + 8 : at + 8 + length]
        at += 12 + length


def stream(attributes: str, data: bytes) -> bytes:
    """A stream object."""
    return f"<< {attributes} /Length {len(data)} >>\nstream\n".encode() + data + b"\nendstream"


def text_string(text: str) -> str:
    """A text in UTF-16 as hexadecimal digits: no character of it can be misread."""
    return f"<FEFF{text.encode('utf-16-be').hex().upper()}>"


def references(numbers: Sequence[int]) -> str:
    """References to objects."""
    return " ".join(f"{n} 0 R" for n in numbers)


def written(objects: Sequence[bytes], catalog: int, info: int) -> bytes:
    """The file: objects, their places, the trailer, whose identifier is made of all the rest."""
    out = bytearray(b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n")
    places = []
    for number, body in enumerate(objects, 1):
        places.append(len(out))
        out += f"{number} 0 obj\n".encode() + body + b"\nendobj\n"
    start = len(out)
    out += f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n".encode()
    out += b"".join(f"{place:010d} 00000 n \n".encode() for place in places)
    name = hashlib.sha256(out).hexdigest()[:32]
    out += f"trailer\n<< /Size {len(objects) + 1} /Root {catalog} 0 R /Info {info} 0 R".encode()
    return bytes(out + f" /ID [<{name}> <{name}>] >>\nstartxref\n{start}\n%%EOF\n".encode())
