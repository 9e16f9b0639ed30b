"""Code as a picture: a mono font, few quiet colours, long lines wrapped with a mark and never cut."""

from __future__ import annotations

import re
from html import escape
from typing import TYPE_CHECKING

from notebook_kb.rendering.code import LONGEST, css_class, lexer_for
from notebook_kb.rendering.images.png import MONO, to_png
from notebook_kb.rendering.images.runs import CannotSetError, clean, formula_piece, missing_glyphs
from notebook_kb.rendering.images.setting import widths

if TYPE_CHECKING:
    from collections.abc import Iterator

WIDTH, EDGE, SIZE, LINE, ZOOM = 700, 22, 16.0, 23.0, 2
ADVANCE = 0.6  # of the size: every character of the font
COLUMNS = int((WIDTH - 2 * EDGE) / (SIZE * ADVANCE))
PAPER, INK, MARK = "#f7f5f0", "#23201b", "#8a8173"
COLOURS = {"k": "#8b2c14", "c": "#6d6658", "s": "#23613c"}
WRAPPED = "↪ "
MOST_LINES = 400  # a picture of more is no help to anybody

Token = tuple[str, str]


def code_png(code: str, language: str) -> bytes:
    """Code as a PNG 1400 px wide. Raises CannotSetError for a character that no font has, and for endless code."""
    return to_png(code_svg(code, language), ZOOM)


def code_svg(code: str, language: str) -> str:
    """The same as SVG: every character is in it, in its place."""
    text = clean(code.rstrip("\n")).expandtabs(4)
    missing = missing_glyphs(text, "mono")
    if missing:
        raise CannotSetError(missing)
    rows = [row for line in token_lines(text, language) for row in wrapped(line)]
    if len(rows) > MOST_LINES:
        raise CannotSetError(formula=f"the code has {len(rows)} lines; {MOST_LINES} fit into a picture")
    height = round(2 * EDGE + LINE * len(rows))
    body = "".join(row_svg(row, EDGE + LINE * number) for number, row in enumerate(rows))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{height}" viewBox="0 0 {WIDTH} {height}">'
        f'<rect width="100%" height="100%" fill="{PAPER}"/>'
        f'<g font-family="{MONO}" font-size="{SIZE:g}" fill="{INK}">{body}</g></svg>'
    )


def token_lines(text: str, language: str) -> Iterator[list[Token]]:
    """(text, mark) of each line; the mark is k, c, s or ''."""
    lexer = lexer_for(language) if language and len(text) <= LONGEST else None
    tokens = [(part, css_class(kind)) for kind, part in lexer.get_tokens(text)] if lexer else [(text, "")]
    line: list[Token] = []
    for part, mark in tokens:
        for number, piece in enumerate(part.split("\n")):
            if number:
                yield line
                line = []
            if piece:
                line.append((piece, mark))
    yield line


def wrapped(line: list[Token]) -> Iterator[list[Token]]:
    """A line in rows that fit; all but the first begin with a mark and the line's own indent."""
    flat = [(c, mark) for part, mark in line for c in part]
    indent = len(re.match(r" *", "".join(c for c, _ in flat))[0]) if flat else 0  # type: ignore[index]
    indent = min(indent, COLUMNS // 2)
    first = True
    while True:
        lead = "" if first else " " * indent + WRAPPED
        room = COLUMNS - len(lead)
        cut = min(len(flat), room)
        if len(flat) > room:
            blank = next((n for n in range(room, room // 2, -1) if flat[n - 1][0] in " ,("), room)
            cut = blank
        yield [*([(lead, "wrap")] if lead else []), *joined(flat[:cut])]
        flat, first = flat[cut:], False
        if not flat:
            return


def joined(flat: list[Token]) -> Iterator[Token]:
    """Characters with the same mark as one piece."""
    text, mark = "", ""
    for c, own in flat:
        if own != mark and text:
            yield text, mark
            text = ""
        text, mark = text + c, own
    if text:
        yield text, mark


def row_svg(row: list[Token], top: float) -> str:
    """One row; each piece at its column, so that all stand below each other."""
    column = 0
    out = []
    line = top + SIZE
    known = widths("mono")
    for text, mark in row:
        colour = MARK if mark == "wrap" else COLOURS.get(mark, INK)
        for part in re.findall("|".join((f"[{re.escape(''.join(known))}]+", ".")), text):
            x = EDGE + column * SIZE * ADVANCE
            if part[0] in known:
                shown = escape(part, quote=False)
                out.append(
                    f'<text x="{x:.2f}" y="{line:.2f}" fill="{colour}" xml:space="preserve">{shown}</text>'
                )
            else:
                out.append(foreign(part, x, line))
            column += len(part)
    return "".join(out)


def foreign(character: str, x: float, line: float) -> str:
    """A character of the math font, as wide as a column."""
    mathml = f'<math xmlns="http://www.w3.org/1998/Math/MathML"><mtext>{escape(character)}</mtext></math>'
    piece = formula_piece(mathml, SIZE, 0, 1e4)
    drawn = piece.drawn
    assert drawn is not None
    zoom = min(1.0, SIZE * ADVANCE * 1.4 / drawn.width)
    x += (SIZE * ADVANCE - drawn.width * zoom) / 2
    return drawn.at(round(x, 2), round(line - drawn.above * zoom, 2), zoom=zoom)
