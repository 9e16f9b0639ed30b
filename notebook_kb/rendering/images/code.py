"""Code as a picture: the quiet marks of the site, long lines wrapped with a sign and never cut."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING

from notebook_kb.rendering.code import marked as marked_text
from notebook_kb.rendering.images.faces import clusters, face_widths, missing_glyphs, pieces, settable
from notebook_kb.rendering.images.formula import INK
from notebook_kb.rendering.images.memory import png_size
from notebook_kb.rendering.images.png import to_png
from notebook_kb.rendering.images.result import Drawn, UndrawableError, no_glyphs

if TYPE_CHECKING:
    from collections.abc import Iterator

    from notebook_kb.rendering.images.result import CannotDraw

WIDTH, ZOOM, EDGE = 700, 2, 26
ROOM = WIDTH - 2 * EDGE
HIGHEST = 8000  # px at 1×: what is longer no site shows as one picture
SIZES = (20, 19, 18, 17)  # the largest in which no line need be wrapped, else the smallest: a phone halves it
CELL, LEADING = 0.6, 1.5  # a character's width, a line's height, in sizes
PAPER, SOFT, STRING = "#faf8f3", "#6b6355", "#7a5200"
LOOKS = {"": ("code", INK), "k": ("code-bold", INK), "c": ("code-italic", SOFT), "s": ("code", STRING)}
TAB = 4
MARK = "↪"
INDENT = 2  # of what is wrapped, beyond its own; the mark stands there
# after what a wrapped line ends where one is in its last part, the best first
ENDS = (",", " ", ";([{=+-*/|&.:)")


@dataclass(frozen=True, slots=True)
class Piece:
    """Characters of one look in a line, from column `at` on."""

    at: int
    text: str
    look: str


@dataclass(frozen=True, slots=True)
class Row:
    """A line of the picture; `wrapped` is the column of the mark where it goes on from the one above, else -1."""

    pieces: tuple[Piece, ...]
    wrapped: int = -1

    @property
    def end(self) -> int:
        """The column after the last character."""
        return max((p.at + cells(p.text) for p in self.pieces), default=0)


def code_png(code: str, language: str = "") -> Drawn | CannotDraw:
    """The code as a PNG 1400 px wide; `language` is a name that pygments knows, or '' for no marks."""
    try:
        svg = code_svg(code, language)
    except UndrawableError as fault:
        return fault.result
    data = to_png(svg, ZOOM)
    return Drawn(data, "image/png", *png_size(data))


def code_svg(code: str, language: str = "") -> str:
    """The code as SVG. Raises UndrawableError."""
    text = cleaned(code)
    missing = missing_glyphs(text, "code")
    if missing:
        raise no_glyphs(missing)
    lines = list(marked(text, language))
    longest = max(sum(cells(t) for t, _ in line) for line in lines)
    size = next((s for s in SIZES if longest * s * CELL <= ROOM), SIZES[-1])
    columns = int(ROOM / (size * CELL) + 1e-9)
    rows = [row for line in lines for row in wrapped(line, columns)]
    height = len(rows) * size * LEADING + 2 * EDGE
    if height > HIGHEST:
        raise UndrawableError(f"its {len(rows)} lines are too many for one picture")
    body = "".join(row_svg(row, size, EDGE + i * size * LEADING) for i, row in enumerate(rows))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{height:.0f}">'
        f'<rect width="100%" height="100%" fill="{PAPER}"/><g font-size="{size:g}" xml:space="preserve">{body}</g></svg>'
    )


def cleaned(code: str) -> str:
    """The code as it is set: tabs as blanks up to the next fourth column, no signs without a shape."""
    lines = code.replace("\r\n", "\n").rstrip("\n").split("\n")
    return "\n".join(settable(line.replace("\u00a0", " ").rstrip().expandtabs(TAB)) for line in lines)


def cells(text: str) -> int:
    """How many columns the text takes: an accent that combines takes none."""
    return sum(not unicodedata.combining(c) for c in text)


def marked(code: str, language: str) -> Iterator[list[tuple[str, str]]]:
    """The lines, each in pieces (text, look)."""
    line: list[tuple[str, str]] = []
    for look, text in marked_text(code, language):
        for number, part in enumerate(text.split("\n")):
            if number:
                yield line
                line = []
            if part:
                line.append((part, look))
    yield line


def wrapped(line: list[tuple[str, str]], columns: int) -> Iterator[Row]:
    """A line in rows of at most `columns`; those after the first stand in, behind the mark."""
    text = [(c, look) for part, look in line for c in clusters(part)]
    indent = next((n for n, (c, _) in enumerate(text) if c != " "), 0)
    start = min(indent, columns // 2) + INDENT
    first = True
    while True:
        room = columns - (0 if first else start)
        cut = len(text) if len(text) <= room else breaking(text, room, 0 if not first else indent + 1)
        begin = 0 if first else start
        yield Row(tuple(joined(text[:cut], begin)), -1 if first else start - INDENT)
        text, first = text[cut:], False
        while text and text[0][0] == " ":
            text.pop(0)
        if not text:
            return


def breaking(text: list[tuple[str, str]], room: int, least: int) -> int:
    """After how many characters a row ends: in its last part after a comma, else a blank, else a sign; else at its end."""
    ends = range(room, max(room * 3 // 5, least), -1)
    for signs in ENDS:
        found = next(
            (n for n in ends if text[n - 1][0] in signs and (signs != "," or text[n][0] == " ")), None
        )
        if found is not None:
            return found
    return room


def joined(text: list[tuple[str, str]], begin: int) -> Iterator[Piece]:
    """Characters of one look as one piece."""
    at = begin
    while text:
        look = text[0][1]
        end = next((n for n, (_, other) in enumerate(text) if other != look), len(text))
        yield Piece(at, "".join(c for c, _ in text[:end]), look)
        text, at = text[end:], at + end


def row_svg(row: Row, size: float, top: float) -> str:
    """A row of the picture with its mark."""
    baseline = top + size * 1.05
    out = [] if row.wrapped < 0 else [piece_svg(Piece(row.wrapped, MARK, "mark"), size, baseline)]
    return "".join([*out, *(piece_svg(p, size, baseline) for p in row.pieces)])


def piece_svg(piece: Piece, size: float, baseline: float) -> str:
    """A piece in its font; what the mono font lacks is set within its own columns, smaller if need be."""
    style, colour = LOOKS.get(piece.look, ("code", SOFT))
    out, at = [], piece.at
    for face, text in pieces(piece.text, style):
        if face.name.startswith("mono"):
            out.append(text_svg(text, face.attributes, colour, (EDGE + at * size * CELL, baseline)))
            at += cells(text)
            continue
        for sign in clusters(text):
            width = face_widths(face.name)[sign[0]] / 1000
            zoom = min(1.0, CELL / width) if width else 1.0
            x = EDGE + (at + (1 - width * zoom / CELL) / 2) * size * CELL
            smaller = f' font-size="{size * zoom:.2f}"' if zoom < 1 else ""
            out.append(text_svg(sign, face.attributes + smaller, colour, (x, baseline)))
            at += 1
    return "".join(out)


def text_svg(text: str, attributes: str, colour: str, place: tuple[float, float]) -> str:
    """Text at its place; blanks at its ends need not be set."""
    if not text.strip():
        return ""
    return (
        f'<text x="{place[0]:.2f}" y="{place[1]:.2f}" {attributes} fill="{colour}" xml:space="preserve">'
        f"{escape(text)}</text>"
    )
