"""The shipped fonts by style: which of them has a character, how wide it is, and how an SVG asks for it."""

from __future__ import annotations

import json
import re
import unicodedata
from dataclasses import dataclass
from functools import cache
from html import escape
from typing import TYPE_CHECKING, Literal

from notebook_kb.rendering.images.png import FAMILY, FONTS, MONO

if TYPE_CHECKING:
    from collections.abc import Mapping

# what takes no room and needs no glyph: controls, joiners, marks of direction, selectors of a form
CONTROLS = re.compile(r"[\x00-\x1f\x7f-\x9f\u00ad\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufe0e\ufe0f]")

GREEK = re.compile("[\u0370-\u03ff]")
LIGATURES = frozenset("ﬀﬁﬂﬃﬄﬅﬆ")
# signs in colour that no font of one colour has, and the sign without
ALIKE = str.maketrans({"✅": "✔", "❌": "✘", "❎": "✘", "⭐": "★"})


@dataclass(frozen=True, slots=True)
class Face:
    """A font file: its name in `widths.json`, and the attributes by which SVG text asks for it."""

    name: str
    family: str
    weight: int = 400
    italic: bool = False

    @property
    def attributes(self) -> str:
        """The attributes of a `<tspan>`; all of them, for the text around may be in another face."""
        slant = "italic" if self.italic else "normal"
        return f'font-family="{self.family}" font-weight="{self.weight}" font-style="{slant}"'


SERIF = Face("serif-regular", FAMILY)
ITALIC = Face("serif-italic", FAMILY, italic=True)
BOLD = Face("serif-bold", FAMILY, 600)
CODE = Face("mono-regular", MONO)
CODE_ITALIC = Face("mono-italic", MONO, italic=True)
CODE_BOLD = Face("mono-bold", MONO, 600)
SYMBOLS = Face("symbols", "Notebook Card Symbols")
SIGNS = Face("signs", "Notebook Card Signs")
LAST = (SYMBOLS, SIGNS)
# style → the fonts that are asked for a character, in this order
CHAINS = {
    "regular": (SERIF, *LAST, CODE),
    "italic": (ITALIC, SERIF, *LAST, CODE),
    "bold": (BOLD, SERIF, *LAST, CODE),
    "code": (CODE, *LAST, SERIF),
    "code-italic": (CODE_ITALIC, CODE, *LAST, SERIF),
    "code-bold": (CODE_BOLD, CODE, *LAST, SERIF),
}


@cache
def face_widths(name: str) -> Mapping[str, int]:
    """What each character of a font takes, in thousandths of the size."""
    return _all_widths()[name]


@cache
def _all_widths() -> Mapping[str, Mapping[str, int]]:
    table: dict[str, dict[str, str]] = json.loads((FONTS / "widths.json").read_text(encoding="utf-8"))
    return {
        name: {c: int(width) for width, characters in rows.items() for c in characters}
        for name, rows in table.items()
    }


@cache
def widths(style: str) -> Mapping[str, int]:
    """What each character takes in the first font of the style that has it."""
    found: dict[str, int] = {}
    for face in reversed(CHAINS[style]):
        found.update(face_widths(face.name))
    return {c: 0 if unicodedata.combining(c) else width for c, width in found.items()}


def settable(text: str) -> str:
    """The text with composed letters, without what has no shape, and with plain signs for some in colour. Once more it
    changes nothing.
    """
    plain = CONTROLS.sub("", text).translate(ALIKE)
    if plain.isascii():
        return plain
    # ligatures first: an accent behind one goes together with its last letter
    letters = "".join(_parted(c, "NFKD") if c in LIGATURES else c for c in plain)
    return "".join(_parted(c, "NFD") for c in unicodedata.normalize("NFC", letters))


@cache
def _parted(character: str, form: Literal["NFD", "NFKD"]) -> str:
    """A character that no font has as a letter and its accent, or as the letters of a ligature, if fonts have those."""
    if character in widths("regular"):
        return character
    parts = unicodedata.normalize(form, character)
    return parts if all(c in widths("regular") for c in parts) else character


def missing_glyphs(text: str, style: str = "regular") -> str:
    """The characters that no shipped font has, each once; '' when all can be set. An accent is missing too where no
    font has it together with its letter.
    """
    table, out = widths(style), []
    for cluster in clusters(settable(text)):
        out += [c for c in cluster if c not in table]
        if len(cluster) > 1 and face_of(cluster, style) is None:
            out += cluster[1:]
    return "".join(dict.fromkeys(out))


def pieces(text: str, style: str) -> list[tuple[Face, str]]:
    """The text cut where the font changes; an accent that combines stays with its letter."""
    out: list[tuple[Face, str]] = []
    for cluster in clusters(text):
        face = face_of(cluster, style) or CHAINS[style][0]
        if out and out[-1][0] is face:
            out[-1] = (face, out[-1][1] + cluster)
        else:
            out.append((face, cluster))
    return out


def face_of(cluster: str, style: str) -> Face | None:
    """The first font of the style that has a letter with all its accents; the serif has no places for accents over
    Greek letters, the symbols do.
    """
    chain = CHAINS[style]
    if len(cluster) > 1 and GREEK.match(cluster):
        chain = (SYMBOLS, *chain)
    return next((f for f in chain if all(c in face_widths(f.name) for c in cluster)), None)


def clusters(text: str) -> list[str]:
    """Letters with the accents that follow them."""
    out: list[str] = []
    for character in text:
        if out and unicodedata.combining(character):
            out[-1] += character
        else:
            out.append(character)
    return out


def markup(text: str, style: str) -> str:
    """The inside of a `<text>` that asks for the style's own font: a `<tspan>` around what needs another one."""
    own = CHAINS[style][0]
    return "".join(
        escape(part) if face is own else f"<tspan {face.attributes}>{escape(part)}</tspan>"
        for face, part in pieces(text, style)
    )
