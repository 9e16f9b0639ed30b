"""Pieces of a formula as text: what is one term, scripts above and below the line, fractions and roots.

Everything takes text and gives text; `unicode_math` walks the MathML and joins the pieces.
"""

from __future__ import annotations

import re
import unicodedata

UP = dict(
    zip(
        "0123456789+−-=()abcdefghijklmnoprstuvwxyzABDEGHIJKLMNOPRTUVWβγδεθφχ∗*′ ",
        "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻⁼⁽⁾ᵃᵇᶜᵈᵉᶠᵍʰⁱʲᵏˡᵐⁿᵒᵖʳˢᵗᵘᵛʷˣʸᶻᴬᴮᴰᴱᴳᴴᴵᴶᴷᴸᴹᴺᴼᴾᴿᵀᵁⱽᵂᵝᵞᵟᵋᶿᵠᵡ**′ ",
        strict=True,
    )
)
UP |= {"⊤": "ᵀ", "⊺": "ᵀ", "𝖳": "ᵀ", "″": "″", "‴": "‴"}
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
    "\u0332": "\u0304",  # math-core's sign of \\overline
    "\u0305": "\u0304",
    "˚": "\u030a",
}
ROOTS = {"3": "∛", "4": "∜"}

LARGE = frozenset("∑∏∐∫∬∭∮⋃⋂⋁⋀⨁⨂")
CLOSING = frozenset(")]}⟩⌉⌋|‖")
# letters that are read as functions before a parenthesis: p(x)/q(x), and not a product
CALLED = frozenset("fghpqFGPQEVIHσφϕψπΓℙ𝔼𝕍")
BARE_ROOT = re.compile(r"([√∛∜])([\w.∞\u0300-\u036f\u20d0-\u20ff]+)( *)$")
_SCRIPTS = "".join(set(UP.values()) | set(DOWN.values())).replace(" ", "")
_LOWERED = frozenset(DOWN.values()) - {" "}
_RAISED = frozenset(UP.values()) - {" ", "*", "′"}


def begins_word(text: str) -> bool:
    """Whether a text could run together with a word before it."""
    return text[:1].isalnum() or text[:1] in "∑∏∫√∛∜‖|∇∂"


def ends_word(text: str) -> bool:
    """Whether a text could run together with what follows."""
    last = next((c for c in reversed(text) if not unicodedata.combining(c)), "")
    return bool(last) and (last.isalnum() or last in ")]}′″‴*!°ᵀ∇∂⟩|‖")


def bare(text: str) -> str:
    """The text without its accents."""
    return "".join(c for c in unicodedata.normalize("NFD", text) if not unicodedata.combining(c))


def single(text: str) -> bool:
    """Whether a text needs no parentheses: a number, one letter with its accents and indices, a whole pair of them."""
    body = bare(text)
    core = body.rstrip(_SCRIPTS + "*")
    if len(core) <= 1 or re.fullmatch(r"[0-9.]+", core):
        return True
    if len(core) > 2 and core[0].isalpha() and core[1] in "_^":
        return closed(core[2:])
    known = core.isalpha() and core.isascii() and core in {"max", "min", "log", "exp", "sin", "cos"}
    return known or closed(core)


def closed(text: str) -> bool:
    """Whether one pair of brackets holds the whole text."""
    if not text or text[0] not in "([":
        return len(text) == 1
    depth = 0
    for at, c in enumerate(text):
        depth += (c in "([") - (c in ")]")
        if depth == 0:
            return at == len(text) - 1
    return False


def group(text: str) -> str:
    """The text as one term."""
    text = text.strip()
    return text if single(text) else f"({text})"


def radicand(text: str) -> str:
    """The text below a root: √(x²), for in √x² the square may be of the root."""
    text = text.strip()
    return (
        group(text) if closed(text) or not any(c in _RAISED or c in "^*′″‴°" for c in text) else f"({text})"
    )


def is_call(text: str) -> bool:
    """Whether a text is one function's value, such as p(y ∣ x) or det(A), which nobody takes for a product."""
    found = re.fullmatch(r"(\w+(?:_\w)?)([(\[].*[)\]])", text)
    if not found or not closed(found[2]):
        return False
    name, inner = bare(found[1]).rstrip(_SCRIPTS), found[2][1:-1]
    name = name.partition("_")[0]
    if re.fullmatch(r"[A-Za-z]{2,}", name):
        return True
    return name in CALLED and name not in inner and not re.search(r"[+−/×⋅]", inner)


def numerator(text: str) -> str:
    """The text above a stroke: a short product or one function's value may stand as it is."""
    text = text.strip()
    held = (
        single(text)
        or is_call(text)
        or _is_differential(text)
        or re.fullmatch(r"[\w∂∇√ᵀ′⁰¹²³-⁹₀-₉ᵢⱼₙₖₘ]{1,3}", text)
    )
    if text[:1].isalpha() and len(text) > 1 and text[1] == "(" and closed(text[1:]):
        held = True  # n(n + 1)/2: function or product, it is the same
    return text if held else f"({text})"


def denominator(text: str) -> str:
    """The text below a stroke: a differential is one term to the eye, and so is a function's value."""
    text = text.strip()
    rooted = text[:1] in "√∛∜" and single(text[1:])
    return text if rooted or _is_differential(text) or is_call(text) else group(text)


def _is_differential(text: str) -> bool:
    """Whether a text is dx, ∂wᵢ, Δt: one term to the eye."""
    return text[:1] in "d∂Δ" and bool(re.fullmatch(r"\w(?:_\w)?", bare(text[1:]).rstrip(_SCRIPTS)))


def raised(text: str) -> str:
    """The text above the line."""
    return _script(text.strip(), UP, "^")


def lowered(text: str) -> str:
    """The text below the line."""
    return _script(text.strip(), DOWN, "_")


def _script(text: str, table: dict[str, str], sign: str) -> str:
    if not text:
        return ""
    shut = text.replace(" ", "")
    if all(c in table for c in shut) and not re.search(r"[^\W\d_]{2} +[^\W\d_]|[^\W\d_] +[^\W\d_]{2}", text):
        return "".join(table[c] for c in shut)
    return f"{sign}{text}" if len(bare(text)) == 1 or (text[0] == "(" and closed(text)) else f"{sign}({text})"


def scripted(base: str, low: str, up: str) -> str:
    """A base with both scripts, so that neither seems to belong to the other: σ²_θ, and not σ_θ²."""
    below, above = lowered(low), raised(up)
    if below[:1] != "_" or not above:
        return base + below + above
    if above[0] != "^":
        return base + above + below
    return f"{base}_({low.strip()}){above}"  # x_θ^α could be x with the index θ^α


def base_of(text: str) -> str:
    """The text as what carries a script."""
    text = text.strip()
    kept = single(text) or text.isalpha() or text[:1] in LARGE or text[-1:] in CLOSING or text[-1:] == "′"
    return text if kept or re.fullmatch(r"[A-Za-z]+(\s+[A-Za-z]+)*", text) else f"({text})"


def has_raised(text: str) -> bool:
    """Whether the text ends above the line."""
    text = text.strip()
    return text[-1:] in _RAISED or bool(re.search(r"\^(?:.|\([^()]*\))$", text))


def has_lowered(text: str) -> bool:
    """Whether the text ends below the line."""
    text = text.strip()
    return text[-1:] in _LOWERED or bool(re.search(r"_(?:.|\([^()]*\))$", text))


def joined(before: str, text: str) -> str:
    """Two texts in a row, with what keeps the second out of the root or the script that ends the first."""
    opens = text[:1] in "([{⟨!" and bool(text)
    if begins_word(text) or opens:
        # √x y is not √(xy)
        before = BARE_ROOT.sub(r"\1(\2)\3", before)
    if text[:1] in _RAISED and "√" in text and ends_word(before.rstrip()):
        text = f"({text})"  # the degree of a root is no power of what stands before
    if not before or not text or before[-1] == " " or text[0] == " ":
        return before + text
    word = text[0].isalnum() or text[0] in "∇∂√∛∜∑∏∫"
    script = re.search(r"([_^])\w[\u0300-\u036f\u20d0-\u20ff]*$|([*])$|\^([^\w\s()])$", before)
    if script and (word or (opens and (script[1] == "^" or script[3]))):
        return f"{before} {text}"
    return before + text


def accented(text: str, sign: str) -> str:
    """A base with a sign over it: a combining mark where there is one, else as a script."""
    text = text.strip()
    if not sign or sign in {"⏞", "︷", "⏟", "︸"}:
        return text
    mark = ACCENTS.get(sign, sign if sign in ACCENTS.values() else "")
    if mark:
        return (text if len(bare(text)) == 1 else group(text)) + mark
    return base_of(text) + raised(sign)


def underset(text: str, low: str) -> str:
    """A base with a sign or limits below it."""
    text = text.strip()
    if not low or low in {"⏟", "︸"}:
        return text
    if low in {"_", "\u0332"}:
        return text + "\u0332" if len(bare(text)) == 1 else text
    return base_of(text) + lowered(low)
