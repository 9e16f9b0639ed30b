r"""A formula as text for places that show no formulas: the whole meaning in a line, or a reason why not.

Three things are asked one after the other: whether the formula has a shape that a line can hold (`_shape`), whether
letters stay apart that differ by their looks only (`_alphabets`), and, of the text that was written, whether the guard
finds all of the TeX in it. What is refused becomes a picture; a text never loses or changes anything silently.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING

from notebook_kb.parsing.tex import strip_comments
from notebook_kb.parsing.tex_lines import line_breaks
from notebook_kb.rendering.formula_guard import UnknownCommandError, lost, raw_tex
from notebook_kb.rendering.unicode_math import BRACES, PLAIN_STAYS, SILENT, name_of, parsed, unicode_math
from notebook_kb.rendering.unicode_terms import ACCENTS, LARGE

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from xml.etree.ElementTree import Element

LONGEST = 160  # characters: about two lines of an article
DEEPEST = 4  # parentheses in parentheses: more nobody pairs by eye
WIDEST = 3  # rows and columns of a matrix
REASONS = {
    "cancel": "cancel",
    "brace": "over-brace text",
    "marks": "a mark over several letters",
    "stack": "signs above one another",
    "matrix": "matrix",
    "lines": "several lines",
    "base": "an index without a letter",
    "fonts": "letters told apart by their font alone",
    "transpose": "T as a power and as a transpose",
    "deep": "deep nesting",
    "long": "too long for a line",
    "macro": "a macro that is not known",
    "number": "a formula number",
    "mathml": "a formula that cannot be set",
    "comma": "a comma in a number",
    "empty": "a formula of nothing",
    "raw": "signs of TeX that would show",
    "lost": "signs that a line cannot show",
}
_ENVIRONMENT = re.compile(r"\\begin\s*\{([A-Za-z]+)\*?\}")
_ONE_LINE = re.compile(r"(?:[pbBvV]?(?:small)?matrix|subarray|equation|array)")
_RULED = re.compile(r"\\begin\s*\{array\}\s*\{[^}]*\||\\hline")
_THOUSANDS = re.compile(r"\d\s*\{,\}\s*\d{3}")
_DEFINES = re.compile(r"\\(?:(?:new|renew|provide)command|def|let|DeclareMathOperator)(?![A-Za-z])")
_DOTS = re.compile("[⋯⋮⋱…]|\\.\\.\\.")
_STROKES = re.compile("strike|phasorangle|longdiv|actuarial")
_INVISIBLE = frozenset("\u2061\u2062\u2063\u2064")


@dataclass(frozen=True, slots=True)
class PlainFormula:
    """Either the formula's `text`, or '' and what in it was `refused`, in words for people."""

    text: str
    refused: str = ""


def plain_formula(
    tex: str,
    mathml: str,
    *,
    plain_letters: bool = False,
    minus: str = "−",
    macros: Mapping[str, str] | None = None,
) -> PlainFormula:
    r"""The text of a formula from its TeX and the MathML made of it.

    `plain_letters` writes 𝐱, ℝ and 𝒩 as x, R and N; `minus` is the sign of a minus on the line; `macros` (`\R` or `R`:
    TeX) are those that the MathML was made with.
    """
    source = strip_comments(tex)
    root = parsed(mathml) if mathml else None
    if root is None:
        return _refused("mathml")
    reason = _environment(source) or _shape(root) or _alphabets(root, plain_letters=plain_letters)
    if reason:
        return PlainFormula("", REASONS.get(reason, reason))
    text = unicode_math(mathml, plain_letters=plain_letters)
    reason = _line(text) or _guarded(source, text, macros)
    return _refused(reason) if reason else PlainFormula(text.replace("−", minus))


def _refused(reason: str) -> PlainFormula:
    return PlainFormula("", REASONS[reason])


# --- the shape


def _environment(tex: str) -> str:
    """What the TeX says before anything is converted: environments, numbers, definitions of its own."""
    for name in _ENVIRONMENT.findall(tex):
        if not _ONE_LINE.fullmatch(name):
            return f"environment {name}"
    if _RULED.search(tex):
        return "matrix"
    if any("[" in found[0] or tex[found.end() :].strip() for found, _ in line_breaks(tex)):
        return "lines"
    if "\\tag" in tex:
        return "number"
    return "macro" if _DEFINES.search(tex) else ""


def _shape(root: Element) -> str:
    """The first thing that a line cannot hold."""
    for element, parent in _with_parents(root):
        reason = _element_fault(element, parent)
        if reason:
            return reason
    return ""


def _with_parents(root: Element) -> Iterator[tuple[Element, Element | None]]:
    """Each element and the row around it; iterative, since a formula may be nested deep."""
    waiting: list[tuple[Element, Element | None]] = [(root, None)]
    while waiting:
        element, parent = waiting.pop()
        yield element, parent
        inner = element if len(element) > 1 or parent is None else parent
        waiting += [(child, inner) for child in reversed(list(element))]


def _element_fault(element: Element, parent: Element | None) -> str:
    tag = name_of(element)
    if tag == "menclose" and _STROKES.search(element.get("notation", "")):
        return "cancel"
    if tag in {"munder", "mover"} and len(element) == 2:
        return _stacked_fault(element)
    if tag in {"msub", "msup", "msubsup"} and not _said(element[0]).strip():
        return "base"
    if tag == "mtable":
        return _table_fault(element, parent)
    return "mathml" if tag in {"merror", "mmultiscripts"} else ""


def _stacked_fault(element: Element) -> str:
    r"""Accents need one letter; `\overset` needs a relation, whose script is no power; limits an operator."""
    base, sign = element[0], _said(element[1]).strip()
    if _is_braced(base):
        return "brace" if sign else ""
    if not sign or sign in BRACES:
        return ""
    said = _said(base).strip()
    mark = sign in ACCENTS or sign in ACCENTS.values()
    if element.get("accent") or element.get("accentunder") or (mark and name_of(element) == "mover"):
        one = len(re.sub(r"[\u0300-\u036f]", "", unicodedata.normalize("NFD", _letters(base)))) == 1
        return "" if one and mark else "marks"
    relation = len(said) == 1 and unicodedata.category(said) == "Sm"
    word = len(said) > 1 and said.replace(" ", "").replace("\u00a0", "").replace("\u2009", "").isalpha()
    if relation or said[:1] in LARGE:
        return ""
    under = name_of(element) == "munder"
    return "" if under and (word or (len(said) == 1 and said in "𝔼ℙEP")) else "stack"


def _is_braced(element: Element) -> bool:
    while len(element) == 1:
        element = element[0]
    return (
        name_of(element) in {"munder", "mover"} and len(element) == 2 and _said(element[1]).strip() in BRACES
    )


def _letters(base: Element) -> str:
    """The base of an accent without the accents that it has already; scripts and rows count in full."""
    inner = list(base)
    while inner:
        inner = [e for e in inner if name_of(e) != "mspace"]
        if len(inner) != 1 and not (name_of(base) == "mover" and base.get("accent")):
            return "xx"
        base = inner[0]
        inner = list(base)
    return (base.text or "").strip().translate(SILENT)


def _said(element: Element) -> str:
    return "".join(c for c in "".join(element.itertext()) if c not in _INVISIBLE)


def _table_fault(table: Element, parent: Element | None) -> str:
    """A small matrix between brackets stays, and so do the lines below a sum."""
    rows = [row for row in table if name_of(row) == "mtr"]
    widths = {len(row) for row in rows}
    if parent is not None and name_of(parent) in {"munder", "munderover", "msub", "msubsup", "mover", "msup"}:
        return "" if widths == {1} else "lines"
    brackets = [_said(c).strip() for c in parent if name_of(c) != "mspace"] if parent is not None else []
    if len(brackets) != 3 or (brackets[0], brackets[2]) not in {("(", ")"), ("[", "]")}:
        return "matrix" if max(widths, default=0) > 1 else "lines"
    if len(widths) != 1 or max(widths) > WIDEST or len(rows) > WIDEST:
        return "matrix"
    cells = [_said(cell).strip() for row in rows for cell in row]
    # a comma within a cell would be read as the end of it
    return "matrix" if any(not c or _DOTS.search(c) or re.search("[,;]", c) for c in cells) else ""


# --- letters


def _alphabets(root: Element, *, plain_letters: bool) -> str:
    """Whether two letters of the formula would be written as one."""
    looks: dict[str, set[str]] = {}
    transposed = powers = False
    if any(e.get("linethickness", "")[:1] == "0" for e in root.iter()):
        looks["C"] = {"binomial"}
    for element in root.iter():
        tag = name_of(element)
        text = (_said(element) if tag == "mtext" else element.text or "").strip()
        if tag in {"mi", "mn", "mo", "mtext"} and len(text) == 1 and text not in PLAIN_STAYS:
            look = _look(text, element) if plain_letters else _upright(tag, element) + text
            looks.setdefault(unicodedata.normalize("NFKC", text) if plain_letters else text, set()).add(look)
        if tag in {"msup", "msubsup"}:
            power, base = _said(element[-1]).strip(), _said(element[0]).strip()
            transposed |= power in {"⊤", "⊺", "𝖳"}
            powers |= power == "T" and base[:1] not in LARGE
    if transposed and powers:
        return "transpose"
    return "fonts" if any(len(kinds) > 1 for kinds in looks.values()) else ""


def _upright(tag: str, element: Element) -> str:
    """How a letter differs from the usual slanted one though it is written alike."""
    return "text" if tag == "mtext" else element.get("mathvariant", "")


def _look(text: str, element: Element) -> str:
    """How a letter is drawn: 'BOLD' for 𝐱 and 𝒙 alike."""
    name = unicodedata.name(text, "") if unicodedata.normalize("NFKC", text) != text else ""
    style = re.sub(r"^MATHEMATICAL | ITALIC|(?: CAPITAL| SMALL| DIGIT).*", "", name)
    return style or element.get("mathvariant", "")


# --- the text


def _line(text: str) -> str:
    if not text:
        return "empty"
    depth = deepest = 0
    for c in text:
        depth += (c in "([") - (c in ")]")
        deepest = max(deepest, depth)
    if deepest > DEEPEST:
        return "deep"
    return "long" if len(text) > LONGEST else ""


def _guarded(tex: str, text: str, macros: Mapping[str, str] | None) -> str:
    """What the guard says of a text."""
    try:
        missing = lost(tex, text, macros)
    except UnknownCommandError:
        return "macro"
    if raw_tex(tex, text):
        return "raw"
    if len(_THOUSANDS.findall(tex)) != len(re.findall(r"\d,\d{3}", text)):
        return "comma"
    return "lost" if missing else ""
