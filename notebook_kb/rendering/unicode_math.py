r"""MathML → a line of Unicode text, for places that know neither: what is several terms is put in parentheses.

`\frac{x-\mu}{\sigma}` is (x − μ)/σ, `m_{t-1}` is mₜ₋₁, a matrix [a, b; c, d]. Signs above and below the line are used
only where every character has one, else `_(…)` and `^(…)`.
"""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

UP = dict(
    zip(
        "0123456789+−-=()abcdefghijklmnoprstuvwxyzABDEGHIJKLMNOPRTUVWβγδεθφχ∗*′ ",
        "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻⁼⁽⁾ᵃᵇᶜᵈᵉᶠᵍʰⁱʲᵏˡᵐⁿᵒᵖʳˢᵗᵘᵛʷˣʸᶻᴬᴮᴰᴱᴳᴴᴵᴶᴷᴸᴹᴺᴼᴾᴿᵀᵁⱽᵂᵝᵞᵟᵋᶿᵠᵡ**′ ",
        strict=True,
    )
)
UP |= {"⊤": "ᵀ", "″": "″", "‴": "‴"}
DOWN = dict(
    zip("0123456789+−-=()aehijklmnoprstuvxβγρφχ ", "₀₁₂₃₄₅₆₇₈₉₊₋₋₌₍₎ₐₑₕᵢⱼₖₗₘₙₒₚᵣₛₜᵤᵥₓᵦᵧᵨᵩᵪ ", strict=True)
)
ACCENTS = {
    "^": "\u0302",
    "ˆ": "\u0302",
    "~": "\u0303",
    "˜": "\u0303",
    "¯": "\u0304",
    "‾": "\u0304",
    "ˉ": "\u0304",
    "_": "\u0304",
    "→": "\u20d7",
    "⃗": "\u20d7",
    "˙": "\u0307",
    ".": "\u0307",
    "¨": "\u0308",
    "ˇ": "\u030c",
    "´": "\u0301",
    "`": "\u0300",
    "˘": "\u0306",
    "\u0332": "\u0304",
    "\u0305": "\u0304",
}
ROOTS = {"3": "∛", "4": "∜"}
SILENT = str.maketrans("", "", "\u2061\u2062\u2063\u2064\u200b\ufe00\ufe0e\ufe0f")
SPACED = frozenset("=<>≤≥≠≈≡∼≃≅≪≫∝∈∉∋⊂⊆⊃⊇→←↔↦⇒⇐⇔⟹⟺⟶∣+−×÷±∓∪∩∧∨≔≜≺≻⊢∘")
SIGNS = frozenset("+−±∓")  # before a term, these belong to it
LARGE = frozenset("∑∏∫∬∮⋃⋂⋁⋀")
OPENING, CLOSING = frozenset("([{⟨⌈⌊|‖"), frozenset(")]}⟩⌉⌋|‖")
DEEPEST = 60
WIDE_DIGITS = re.compile("[\U0001d400-\U0001d7ff\u2102-\u2138]")
PLAIN_STAYS = frozenset("ℏℓ℘ℵℶ℃℉№™℗℞℠℣Ω℧℩Å℮ℹ℺℻ℼℽℾℿ")


def unicode_math(mathml: str, *, plain_letters: bool = False) -> str:
    """The formula as text in NFC; '' for what is no MathML.

    `plain_letters` writes 𝐱 and 𝔼 as x and E, which screen readers read better.
    """
    source = re.sub(r"<annotation\b.*?</annotation>", "", mathml, flags=re.DOTALL)
    try:
        root = ET.fromstring(source.replace("&ApplyFunction;", "\u2061"))  # noqa: S314 - our own converter wrote it
    except ET.ParseError:
        return ""
    text = _write(root, 0)
    if plain_letters:
        text = WIDE_DIGITS.sub(
            lambda m: m[0] if m[0] in PLAIN_STAYS else unicodedata.normalize("NFKC", m[0]), text
        )
    text = re.sub(
        r"([(\[]) +| +([)\],;])", lambda m: m[1] or m[2], re.sub(r"[ \u00a0\u2000-\u200a]+", " ", text)
    )
    return unicodedata.normalize("NFC", text.strip())


def _write(element: ET.Element, depth: int) -> str:
    """One element."""
    if depth > DEEPEST:
        return "…"
    tag = element.tag.rpartition("}")[2]
    parts = [c for c in element if not c.tag.endswith(("annotation", "annotation-xml"))]
    if not parts:
        return _leaf(tag, element)
    if tag in {"mrow", "math", "semantics", "mstyle", "mpadded", "mtd", "menclose", "mphantom", "merror"}:
        return "" if tag == "mphantom" else _row(parts, depth)
    writer = WRITERS.get(tag)
    return writer([_write(p, depth + 1) for p in parts]) if writer else _row(parts, depth)


def _leaf(tag: str, element: ET.Element) -> str:
    text = (element.text or "").translate(SILENT)
    if tag == "mspace":
        return " "
    if tag == "mtext":
        return text
    return text.strip().replace("-", "−") if tag == "mo" else text.strip()


def _row(parts: Sequence[ET.Element], depth: int) -> str:
    """Elements in a row: blanks around relations, after named functions, none after a sign."""
    whole = _fenced(parts, depth)
    if whole:
        return whole
    out = ""
    before = "start"
    for at, part in enumerate(parts):
        text = _write(part, depth + 1)
        if _is_fraction(part) and (_ends_word(out) or _factor(parts[at + 1 :])):
            text = f"({text})"  # else the slash would reach over its neighbours: 2 ½ is not 21/2
        operator = _operator(part)
        if not text:
            if operator and operator.translate(SILENT) == "":
                before = "apply"
            continue
        kind = _kind(operator, before)
        blank = kind == "infix" or before in {"infix", "comma", "large"}
        blank = (
            blank
            or (before in {"name", "apply"} and _begins_word(text))
            or (kind == "name" and _ends_word(out))
        )
        if _is_name(part) and _ends_word(out):
            blank = True
        out += (" " if blank and out and not out.endswith(" ") else "") + text
        before = "name" if _is_name(part) else kind
    return out


def _is_fraction(part: ET.Element) -> bool:
    while len(part) == 1:
        part = part[0]
    return part.tag.endswith("mfrac")


def _factor(rest: Sequence[ET.Element]) -> bool:
    """Whether what follows would be taken for a part of the denominator."""
    following = next((p for p in rest if not p.tag.endswith("mspace")), None)
    if following is None:
        return False
    operator = _operator(following)
    return not operator or operator in "([{⟨√" or operator in LARGE or operator == "∇"


def _fenced(parts: Sequence[ET.Element], depth: int) -> str:
    """A matrix, cases or a binomial coefficient with its brackets; '' for another row."""
    kept = [p for p in parts if p.tag.rpartition("}")[2] != "mspace"]
    if not 2 <= len(kept) <= 3:
        return ""
    first, inner, last = _operator(kept[0]), kept[1], _operator(kept[-1])
    while len(inner) == 1:
        inner = inner[0]
    if inner.tag.endswith("mtable") and first == "{" and last not in {"}", ")"}:
        return "{" + _write(inner, depth + 1) + "}"
    if inner.tag.endswith("mtable") and (first, last) == ("(", ")"):
        return f"[{_write(inner, depth + 1)}]"
    if (
        inner.tag.endswith("mfrac")
        and inner.get("linethickness", "")[:1] == "0"
        and (first, last) == ("(", ")")
    ):
        return f"C({', '.join(_write(p, depth + 1).strip() for p in inner)})"
    return ""


def _operator(part: ET.Element) -> str:
    """The sign of an operator, also of one with limits or in a row of its own."""
    while len(part) and part.tag.rpartition("}")[2] in {
        "munder",
        "mover",
        "munderover",
        "msub",
        "msup",
        "msubsup",
        "mrow",
    }:
        if part.tag.endswith("mrow") and len(part) > 1:
            return ""
        part = part[0]
    return (part.text or "").strip() or "\u2061" if part.tag.endswith("mo") else ""


def _kind(operator: str, before: str) -> str:
    if not operator:
        return "term"
    if operator in LARGE:
        return "large"
    if operator in {",", ";", ":"}:
        return "comma"
    if operator in SIGNS | {"-"} and before in {"start", "infix", "open", "comma", "large"}:
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
    return part.tag.endswith("mi") and len((part.text or "").strip()) > 1


def _begins_word(text: str) -> bool:
    return text[:1].isalnum() or text[:1] in "∑∏∫√‖|∇∂"


def _ends_word(text: str) -> bool:
    return bool(text) and (text[-1].isalnum() or text[-1] in ")]")


def _single(text: str) -> bool:
    """Whether a text needs no parentheses: a number, one letter with its accents and indices, a whole pair of them."""
    body = "".join(c for c in unicodedata.normalize("NFD", text) if not unicodedata.combining(c))
    core = body.rstrip("".join(set(UP.values()) | set(DOWN.values())).replace(" ", "") + "*")
    if len(core) <= 1 or re.fullmatch(r"[0-9.]+", core):
        return True
    if len(core) > 2 and core[0].isalpha() and core[1] in "_^":
        return _closed(core[2:])
    return (
        core.isalpha() and core.isascii() and core in {"max", "min", "log", "exp", "sin", "cos"}
    ) or _closed(core)


def _closed(text: str) -> bool:
    """Whether one pair of brackets holds the whole text."""
    if not text or text[0] not in "([":
        return len(text) == 1
    depth = 0
    for at, c in enumerate(text):
        depth += (c in "([") - (c in ")]")
        if depth == 0:
            return at == len(text) - 1
    return False


def _group(text: str) -> str:
    """The text as one term."""
    text = text.strip()
    return text if _single(text) else f"({text})"


def _product(text: str) -> str:
    """The text as a numerator: a product may stand as it is."""
    text = text.strip()
    return text if _single(text) or re.fullmatch(r"[\w∂∇√ᵀ′⁰¹²³-⁹₀-₉ᵢⱼₙₖₘ]{1,3}", text) else f"({text})"


def _raised(text: str) -> str:
    return _script(text.strip(), UP, "^")


def _lowered(text: str) -> str:
    return _script(text.strip(), DOWN, "_")


def _script(text: str, table: dict[str, str], sign: str) -> str:
    if not text:
        return ""
    bare = text.replace(" ", "")
    if all(c in table for c in bare):
        return "".join(table[c] for c in bare)
    return f"{sign}{text}" if len(text) == 1 else f"{sign}({text})"


def _base(text: str) -> str:
    text = text.strip()
    return text if _single(text) or text.isalpha() or text[:1] in LARGE or _closed_end(text) else f"({text})"


def _closed_end(text: str) -> bool:
    return text[-1:] in CLOSING or text[-1:] == "′"


def _accented(p: list[str]) -> str:
    base, sign = p[0].strip(), p[1].strip()
    if sign in {"⏞", "︷", "⏟", "︸"}:
        return base
    if sign in ACCENTS:
        return base + ACCENTS[sign] if len(base) == 1 else _group(base) + ACCENTS[sign]
    return _base(base) + _raised(sign)


def _under(p: list[str]) -> str:
    base, low = p[0].strip(), p[1].strip()
    if low in {"⏟", "︸", "_", "̲"}:
        return base
    return _base(base) + _lowered(low)


def _fraction(p: list[str]) -> str:
    below = p[1].strip()
    # a differential is one term to the eye; f(x) may be a function's value or a product, so it is held together
    one = re.fullmatch(r"[d∂]\w[²³]?", below)
    above = p[0].strip()
    said = above if above[:1].isalpha() and len(above) > 1 and _closed(above[1:]) else _product(above)
    return f"{said}/{below if one else _group(below)}"


def _root(p: list[str]) -> str:
    index = p[1].strip()
    sign = ROOTS.get(index) or f"{_raised(index)}√"
    return sign + _group(p[0])


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
    "msqrt": lambda p: f"√{_group(''.join(p))}",
    "mroot": _root,
    "msub": lambda p: _base(p[0]) + _lowered(p[1]),
    "msup": lambda p: _base(p[0]) + _raised(p[1]),
    "msubsup": lambda p: _base(p[0]) + _lowered(p[1]) + _raised(p[2]),
    "munder": _under,
    "mover": _accented,
    "munderover": lambda p: _base(p[0]) + _lowered(p[1]) + _raised(p[2]),
    "mtable": _table,
    "mtr": _cells,
}
