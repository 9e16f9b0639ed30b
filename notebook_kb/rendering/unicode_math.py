r"""MathML → a line of Unicode text, for places that know neither: what is several terms is put in parentheses.

`\frac{x-\mu}{\sigma}` is (x − μ)/σ, `m_{t-1}` is mₜ₋₁, a matrix [a, b; c, d]. Signs above and below the line are used
only where every character has one, else `_(…)` and `^(…)`. What a formula loses this way is for `plain_formula` to say.
"""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

from notebook_kb.rendering import unicode_terms as terms

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

SILENT = str.maketrans("", "", "\u2061\u2062\u2063\u2064\u200b\ufe00\ufe01\ufe0e\ufe0f")
SPACED = frozenset("=<>≤≥≠≈≡∼≃≅≪≫∝∈∉∋⊂⊆⊃⊇→←↔↦⇒⇐⇔⟹⟺⟶∣+−×÷±∓∪∩∧∨≔≜≺≻⊢∘∗∖⊕⊗⊙⊥⟂⟸⪯⪰≐≍⇝⟼↪↠")
SIGNS = frozenset("+−±∓")  # before a term, these belong to it
OPENING = frozenset("([{⟨⌈⌊|‖")
BARS = frozenset("|‖")
BRACES = frozenset("⏟︸⏞︷")
DEEPEST = 60
# \mathit: a letter's usual look
ITALIC = {0x1D434 + n: chr(0x41 + n) for n in range(26)} | {0x1D44E + n: chr(0x61 + n) for n in range(26)}
WIDE_DIGITS = re.compile("[\U0001d400-\U0001d7ff\u2102-\u2138]")
PLAIN_STAYS = frozenset("ℏℓ℘ℵℶ℃℉№™℗℞℠℣Ω℧℩Å℮ℹ℺℻ℼℽℾℿ")
SCRIPTED = frozenset({"munder", "mover", "munderover", "msub", "msup", "msubsup", "mrow"})
ROWS = frozenset({"mrow", "math", "semantics", "mstyle", "mpadded", "mtd", "menclose", "mphantom", "merror"})


def unicode_math(mathml: str, *, plain_letters: bool = False) -> str:
    """The formula as text in NFC; '' for what is no MathML.

    `plain_letters` writes 𝐱 and 𝔼 as x and E, which screen readers read better.
    """
    root = parsed(mathml)
    if root is None:
        return ""
    text = _write(root, 0)
    if plain_letters:
        text = WIDE_DIGITS.sub(
            lambda m: m[0] if m[0] in PLAIN_STAYS else unicodedata.normalize("NFKC", m[0]), text
        )
    text = text.replace("···", "⋯").translate(ITALIC)
    text = re.sub(
        r"([(\[]) +| +([)\],;])", lambda m: m[1] or m[2], re.sub(r"[ \u00a0\u2000-\u200a]+", " ", text)
    )
    return unicodedata.normalize("NFC", text.strip())


def unicode_lines(mathml: str) -> tuple[str, ...]:
    """The formula as text, a line for each row of one that is nothing but rows."""
    inner = parsed(mathml)
    while inner is not None and len(inner) == 1 and name_of(inner) != "mtable":
        inner = inner[0]
    if inner is None or name_of(inner) != "mtable":
        return (unicode_math(mathml),)
    rows = (unicode_math(ET.tostring(row, encoding="unicode")) for row in inner)
    return tuple(row for row in rows if row)


def parsed(mathml: str) -> ET.Element | None:
    """The tree without its annotation; None for what is no MathML."""
    source = re.sub(r"<annotation\b.*?</annotation>", "", mathml, flags=re.DOTALL)
    try:
        return ET.fromstring(source.replace("&ApplyFunction;", "\u2061"))  # noqa: S314 - our own converter wrote it
    except ET.ParseError:
        return None


def name_of(element: ET.Element) -> str:
    """The tag without its namespace."""
    return element.tag.rpartition("}")[2]


def _write(element: ET.Element, depth: int) -> str:
    """One element."""
    if depth > DEEPEST:
        return "…"
    tag = name_of(element)
    parts = [c for c in element if not c.tag.endswith(("annotation", "annotation-xml"))]
    if not parts:
        return _leaf(tag, element)
    if tag == "mtext":  # words with bold ones among them
        return "".join(element.itertext()).translate(SILENT)
    if tag in ROWS:
        return "" if tag == "mphantom" else _row(parts, depth)
    writer = WRITERS.get(tag)
    return writer([_write(p, depth + 1) for p in parts]) if writer else _row(parts, depth)


def _leaf(tag: str, element: ET.Element) -> str:
    text = (element.text or "").translate(SILENT)
    if tag == "mspace":
        return " " if element.get("width") else ""  # none: a place holder, or a step back
    if tag == "mtext":
        return text
    return text.strip().replace("-", "−") if tag == "mo" else text.strip()


def _row(parts: Sequence[ET.Element], depth: int) -> str:
    """Elements in a row: blanks around relations, after named functions, none after a sign."""
    whole = _fenced(parts, depth) or _evaluated(parts, depth)
    if whole:
        return whole
    out, before, bars = "", "start", 0
    for at, part in enumerate(parts):
        text = _write(part, depth + 1)
        operator = _operator(part)
        if _is_fraction(part) and (
            _would_merge(out, barred=bars % 2 == 1) or _factor(parts[at + 1 :], barred=bars % 2 == 1)
        ):
            text = f"({text})"  # else the slash would reach over its neighbours: 2 ½ is not 21/2
        if not text:
            if operator and operator.translate(SILENT) == "" and before == "name":
                before = "apply"
            continue
        if text.isspace() and before in {"open", "start"}:
            continue
        kind = _kind(operator, before)
        if operator == "," and _in_number(part, out, parts[at + 1 :]):
            kind = "term"
        if operator == ":" and at + 1 < len(parts) and _operator(parts[at + 1]) == "=":
            kind = "infix"
        if operator in BARS:
            bars += 1
            kind = "open" if bars % 2 and before != "term" else kind
        if _blank(part, out, text, (before, kind)):
            out += " " if out and not out.endswith(" ") else ""
        out = terms.joined(out, text)
        before = "name" if _is_name(part) else "open" if text[-1] in "([{⟨" else kind
        if operator in BARS and bars % 2 and kind == "term":
            before = "bar"  # of 2|−x| the first: a sign may follow
    return out


def _in_number(comma: ET.Element, out: str, rest: Sequence[ET.Element]) -> bool:
    """Whether a comma without a space parts thousands: 1{,}000 is one number."""
    following = (rest[0].text or "") if rest else ""
    return comma.get("rspace") == "0" and out[-1:].isdigit() and following.isdigit() and len(following) == 3


def _blank(part: ET.Element, out: str, text: str, kinds: tuple[str, str]) -> bool:
    """Whether a blank goes before a part; `kinds` are those of the part before and of this one."""
    before, kind = kinds
    if kind == "infix" or before in {"infix", "large"} or (before == "comma" and text[:1] != "="):
        return not (text == "=" and out.endswith(":"))
    if before in {"name", "apply"} and terms.begins_word(text):
        return True
    if before in {"name", "apply"} and out.endswith(")") and text.lstrip()[:1] == "(" and _is_fraction(part):
        return True  # lim_(h → 0) (…)
    return _is_name(part) and before != "open" and terms.ends_word(out)


def _would_merge(out: str, *, barred: bool) -> bool:
    """Whether a fraction behind this text must be held together: 2 a/b, ∇ a/b, x / a/b."""
    if barred and out[-1:] in BARS:
        return False  # behind a bar that opens
    return terms.ends_word(out.rstrip()) or out.rstrip()[-1:] in {"/", "÷", "√", "∇"}


def _is_fraction(part: ET.Element) -> bool:
    while len(part) == 1:
        part = part[0]
    return part.tag.endswith("mfrac")


def _factor(rest: Sequence[ET.Element], *, barred: bool) -> bool:
    """Whether what follows would be taken for a part of the denominator; `barred`: a bar would close what is open."""
    following = next((p for p in rest if not p.tag.endswith("mspace")), None)
    if following is None:
        return False
    operator = _operator(following)
    if operator in BARS:
        # the bar of a value at a place is about the whole fraction
        return not barred or following.tag.endswith("msub")
    return not operator or operator in "([{⟨√!" or operator in terms.LARGE or operator == "∇"


def _evaluated(parts: Sequence[ET.Element], depth: int) -> str:
    r"""What stands before a bar with a place (`\left. … \right|`), as one term; '' for another row."""
    kept = [p for p in parts if p.tag.rpartition("}")[2] != "mspace"]
    if len(kept) < 3 or _operator(kept[-1]) != "|" or (kept[0].text or "").strip() != "\u2063":
        return ""
    inner = _row(kept[1:-1], depth)
    return f"({inner})|" if re.search(r"[ /]", inner) and not terms.closed(inner) else f"{inner}|"


def _fenced(parts: Sequence[ET.Element], depth: int) -> str:
    """A matrix, cases or a binomial coefficient with its brackets; '' for another row."""
    kept = [p for p in parts if p.tag.rpartition("}")[2] != "mspace"]
    if not 2 <= len(kept) <= 3:
        return ""
    first, inner, last = _operator(kept[0]), kept[1], _operator(kept[-1])
    while len(inner) == 1 and not inner.tag.endswith("mtable"):
        inner = inner[0]
    if inner.tag.endswith("mtable") and first == "{" and last not in {"}", ")"}:
        return "{" + _write(inner, depth + 1) + "}"
    if inner.tag.endswith("mtable") and (first, last) in {("(", ")"), ("[", "]")}:
        return f"[{_matrix(inner, depth + 1)}]"
    if (
        inner.tag.endswith("mfrac")
        and inner.get("linethickness", "")[:1] == "0"
        and (first, last) == ("(", ")")
    ):
        return f"C({', '.join(_write(p, depth + 1).strip() for p in inner)})"
    return ""


def _matrix(table: ET.Element, depth: int) -> str:
    """Rows of cells; a cell may begin with a minus, so here all have their comma."""
    rows = [[_write(cell, depth + 1).strip() for cell in row] for row in table]
    return "; ".join(", ".join(cells) for cells in rows)


def _operator(part: ET.Element) -> str:
    """The sign of an operator, also of one with limits or in a row of its own."""
    while len(part) and name_of(part) in SCRIPTED:
        if part.tag.endswith("mrow") and len(part) > 1:
            return ""
        part = part[0]
    return (part.text or "").strip() or "\u2061" if part.tag.endswith("mo") else ""


def _kind(operator: str, before: str) -> str:
    if not operator:
        return "term"
    if operator in terms.LARGE:
        return "large"
    if operator in {",", ";", ":"}:
        return "comma"
    if operator in {"⋅", "/"}:
        return "open"  # a sign behind it belongs to what follows
    if operator in SIGNS | {"-"} and before in {"start", "infix", "open", "comma", "large", "bar"}:
        return "open"
    if operator.replace("-", "−") in SPACED:
        return "infix"
    return "open" if (operator in OPENING and before != "term") or operator in "([{⟨" else "term"


def _is_name(part: ET.Element) -> bool:
    """Whether this is a function's name of several letters, with or without limits."""
    while len(part) and (
        part.tag.endswith(("munder", "msub", "msup", "msubsup", "munderover")) or len(part) == 1
    ):
        part = part[0]
    if len(part) and part.tag.endswith("mrow"):
        inner = [p for p in part if not p.tag.endswith("mspace")]
        return len(inner) == 1 and _is_name(inner[0])
    said = (part.text or "").strip()
    return len(said) > 1 and (part.tag.endswith("mi") or (part.tag.endswith("mo") and said.isalpha()))


def _sup(p: list[str]) -> str:
    base, up = p[0].strip(), p[1].strip()
    if up == "∘" and base[-1:].isdigit():
        return base + "°"
    if terms.has_raised(base):
        return f"({base})" + terms.raised(up)  # (x²)³ is not x²³
    return terms.base_of(base) + terms.raised(up)


def _sub(p: list[str]) -> str:
    base = p[0].strip()
    return (f"({base})" if terms.has_lowered(base) else terms.base_of(base)) + terms.lowered(p[1])


def _both(p: list[str]) -> str:
    base = p[0].strip()
    taken = terms.has_raised(base) or terms.has_lowered(base)
    return terms.scripted(f"({base})" if taken else terms.base_of(base), p[1], p[2])


def _fraction(p: list[str]) -> str:
    return f"{terms.numerator(p[0])}/{terms.denominator(p[1])}"


def _root(p: list[str]) -> str:
    index = p[1].strip()
    sign = terms.ROOTS.get(index) or f"{terms.raised(index)}√"
    return sign + terms.radicand(p[0])


def _table(rows: list[str]) -> str:
    return "; ".join(row.strip() for row in rows)


def _cells(cells: list[str]) -> str:
    out = ""
    for cell in (c.strip() for c in cells):
        # of an aligned formula and of cases the cells are one line
        joined = not out or not cell or cell[0] in SPACED or re.match(r"[^\W\d_]{2,} ?", cell)
        out += (" " if out and cell else "") + cell if joined else f", {cell}"
    return out


WRITERS: dict[str, Callable[[list[str]], str]] = {
    "mfrac": _fraction,
    "msqrt": lambda p: f"√{terms.radicand(''.join(p))}",
    "mroot": _root,
    "msub": _sub,
    "msup": _sup,
    "msubsup": _both,
    "munder": lambda p: terms.underset(p[0], p[1].strip()),
    "mover": lambda p: terms.accented(p[0], p[1].strip()),
    "munderover": _both,
    "mtable": _table,
    "mtr": _cells,
}
