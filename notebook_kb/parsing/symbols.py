r"""The symbols of a formula, read off its MathML: letters, accented letters, named functions.

A symbol's key is its letter as drawn (𝐱 and x differ, `\mathbf{x}` and `\bm{x}` do not) with its accent. Indices and
exponents are no part of it: `$x_i$` and `$x_1$` both show the symbol x.
"""

from __future__ import annotations

import unicodedata
from html import escape
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

# drawn differently by a font, the same letter
VARIATION = str.maketrans("", "", "\ufe00\ufe01")
# bold italic letters are the bold ones, whichever command drew them: Latin and Greek capitals and small letters
BOLD = {0x1D468 + n: 0x1D400 + n for n in range(52)} | {0x1D71C + n: 0x1D6A8 + n for n in range(58)}
# italic ones, typed as such, are the usual ones
ITALIC = (
    {0x1D434 + n: 0x41 + n for n in range(26)} | {0x1D44E + n: 0x61 + n for n in range(26)} | {0x210E: 0x68}
)
LETTERS = VARIATION | BOLD | ITALIC | {0x2009: None}
# wide accents are the usual ones, drawn wider; the bar of \overline comes as a low line
ACCENTS = str.maketrans({"\u0302": "ˆ", "~": "˜", "\u0303": "˜", "\u0305": "¯"})
BRACES = frozenset("⏟⏞⏝⏜⎵⎴︸︷")
# accent as math-core draws it → the combining character, for people
COMBINING = {
    "ˆ": "\u0302",
    "¯": "\u0304",
    "˜": "\u0303",
    "\u20d7": "\u20d7",
    "˙": "\u0307",
    "¨": "\u0308",
    "ˇ": "\u030c",
}
COMBINING |= {"→": "\u20d7", "←": "\u20d6"}
COMBINING |= {"˘": "\u0306", "˚": "\u030a", "_": "\u0332", "´": "\u0301", "`": "\u0300"}
INVISIBLE = frozenset("\u2061\u2062\u2063\u2064")
WRAPPERS = frozenset({"semantics", "mrow", "mstyle", "math", "mpadded"})
SCRIPTS = frozenset({"msub", "msup", "msubsup", "mmultiscripts"})
SEPARATORS = frozenset({",", ";"})


def parse_math(mathml: str) -> ET.Element | None:
    """The tree of a formula that our converter wrote; None for anything that is not well-formed."""
    try:
        return ET.fromstring(mathml)  # noqa: S314 - our own converter wrote it
    except ET.ParseError:
        return None


def children(element: ET.Element) -> list[ET.Element]:
    """Children without the annotation."""
    return [c for c in element if c.tag != "annotation"]


def top_level(root: ET.Element) -> list[ET.Element]:
    """The elements of a formula's outermost row."""
    while len(children(root)) == 1 and children(root)[0].tag in WRAPPERS:
        root = children(root)[0]
    return children(root)


def letter_text(text: str) -> str:
    """Letters in the form in which keys have them: one bold, no italic, no blank within limsup."""
    short = text.strip()
    return short if short.isascii() else short.translate(LETTERS)


def symbol_key(element: ET.Element) -> str:
    """The key of the symbol that an element shows; '' when it is none (a number, an operator, a fraction …)."""
    text = letter_text(element.text or "")
    match element.tag:
        case "mi" | "mtext":
            if not any(c.isalpha() for c in text):
                return ""  # ∇, ∞, ⊤ …
            # capital Greek letters are upright by nature
            upright = element.get("mathvariant") == "normal" and len(text) == 1 and text.isascii()
            return f"{text}|upright" if upright else text
        case "mo":  # lim, max … are operators that are spelt
            return text if len(text) > 1 and text.isalpha() else ""
        case "mover" | "munder" if is_accent(element):
            base, accent = children(element)
            key = symbol_key(base)
            return f"{key}^{accent_sign(element.tag, accent)}" if key else ""
        case tag if tag in SCRIPTS or tag in {"mover", "munder", "munderover"}:
            inner = children(element)
            return symbol_key(inner[0]) if inner else ""
        case tag if tag in WRAPPERS:
            inner = [c for c in children(element) if c.tag != "mspace"]
            return symbol_key(inner[0]) if len(inner) == 1 else ""
        case _:
            return ""


def accent_sign(tag: str, accent: ET.Element) -> str:
    """The accent of an over- or underscript, in one form for each."""
    sign = (accent.text or "").strip().translate(ACCENTS)
    if sign == "\u0332":
        return "¯" if tag == "mover" else "_"
    return sign


def key_text(key: str) -> str:
    """A key as people read it: `x^ˆ` → x̂, `Γ` and upright letters as they are."""
    letter, _, accent = key.removesuffix("|upright").partition("^")
    letter = letter.removesuffix("|upright")
    if not accent or not letter:
        return key.removesuffix("|upright")
    return unicodedata.normalize("NFC", "".join(c + COMBINING.get(accent, accent) for c in letter))


def key_mathml(key: str) -> str:
    """A key as a formula of one sign."""
    letter, _, accent = key.partition("^")
    upright = letter.endswith("|upright")
    letter = escape(letter.removesuffix("|upright"))
    if not any(c.isalnum() for c in letter):
        sign = f"<mo>{letter}</mo>"
    else:
        sign = f'<mi mathvariant="normal">{letter}</mi>' if upright else f"<mi>{letter}</mi>"
    if accent == "_":
        sign = f'<munder accentunder="true">{sign}<mo>\u0332</mo></munder>'
    elif accent:
        sign = f'<mover accent="true">{sign}<mo stretchy="false">{escape(accent)}</mo></mover>'
    return f"<math>{sign}</math>"


def is_accent(element: ET.Element) -> bool:
    """Whether an over- or underscript is an accent, such as a hat or a bar."""
    inner = children(element)
    if len(inner) != 2 or inner[1].tag != "mo" or (inner[1].text or "").strip() in BRACES:
        return False
    return (
        "true" in {element.get("accent"), element.get("accentunder")}
        or not (inner[1].text or "x")[0].isalnum()
    )


def symbols(element: ET.Element) -> Iterator[tuple[str, ET.Element]]:
    """(key, the element that draws it) of every symbol inside, indices too, in reading order."""
    key = symbol_key(element)
    drawn = element.tag in {"mi", "mtext", "mo"} or (
        element.tag in {"mover", "munder"} and is_accent(element)
    )
    if key and drawn:
        yield key, element
        return
    for child in children(element):
        yield from symbols(child)


def shape(parts: Sequence[ET.Element]) -> str:
    """Elements as text that is equal for what looks equal: tags and words without attributes."""
    out = []
    for part in parts:
        text = (part.text or "").strip().translate(VARIATION)
        if text and text in INVISIBLE:
            continue
        if part.tag in WRAPPERS:
            out.append(shape(children(part)))
        else:
            out.append(f"<{part.tag}>{text}{shape(children(part))}</>")
    return "".join(out)


def row_of(elements: Sequence[ET.Element]) -> ET.Element:
    """Elements as one row."""
    row = ET.Element("mrow")
    row.extend(elements)
    return row


def signs(mathml: str) -> list[list[ET.Element]]:
    """What a row of a symbol list is about: the parts of `$m, b$` one by one."""
    root = parse_math(mathml)
    if root is None:
        return []
    parts: list[list[ET.Element]] = [[]]
    for element in top_level(root):
        if element.tag == "mo" and (element.text or "").strip() in SEPARATORS:
            parts.append([])
        else:
            parts[-1].append(element)
    return [p for p in parts if p]


def mark_symbols(mathml: str, rows: Sequence[tuple[str, Sequence[str]]]) -> str:
    """The formula with `data-s` on what each row describes.

    `rows` are (mark, the MathML of the row's signs). A sign that is one symbol marks it wherever it stands; a longer one,
    such as `col(A)`, marks each place where the same run stands, and leaves the symbols in it that have a row to them.
    """
    root = parse_math(mathml)
    if root is None:
        return mathml
    wanted = [(mark, sign) for mark, texts in rows for text in texts for sign in signs(text)]
    single = {symbol_key(s[0]): mark for mark, s in reversed(wanted) if len(s) == 1 and symbol_key(s[0])}
    for key, element in symbols(root):
        if key in single:
            element.set("data-s", single[key])
    for mark, sign in wanted:
        if len(sign) > 1 or not symbol_key(sign[0]):
            mark_runs(root, shape(sign), mark)
    marked = any("data-s" in e.attrib for e in root.iter())
    return ET.tostring(root, encoding="unicode") if marked else mathml


def mark_runs(parent: ET.Element, wanted: str, mark: str) -> None:
    """Mark each run of siblings below `parent` that looks like `wanted`."""
    inner = children(parent)
    shapes = [shape([c]) for c in inner]
    found: set[int] = set()
    for i in range(len(inner)):
        run = ""
        if len(inner) == 1 and inner[0].tag in WRAPPERS:
            break  # what it holds is marked, not the whole row
        for j in range(i, len(inner)):
            run += shapes[j]
            if not wanted.startswith(run):
                break
            if run == wanted:
                found.update(range(i, j + 1))
                break
    for i, child in enumerate(inner):
        if i not in found:
            mark_runs(child, wanted, mark)
        elif "data-s" not in child.attrib and (child.text or "").strip() not in INVISIBLE:
            child.set("data-s", mark)
