r"""Text to the words it is searched by. One definition: `static/search.js` follows it, with these very tables.

Case, accents and the form of characters do not matter: ä is a, ß is ss, 𝜎 is σ. A Greek letter by itself is its name, so
that σ, sigma and TeX's `\sigma` are one word; x̂ is "x" and "hat". Scripts without blanks give pairs of characters.
"""

from __future__ import annotations

import re
import unicodedata

GREEK = (  # noqa: SIM905 - one table of pairs
    "α alpha β beta γ gamma δ delta ε epsilon ζ zeta η eta θ theta ι iota κ kappa λ lambda μ mu ν nu ξ xi ο omicron "
    "π pi ρ rho σ sigma τ tau υ upsilon φ phi χ chi ψ psi ω omega"
).split()
# one character → the word that TeX has for it
NAMES = dict(zip(GREEK[::2], GREEK[1::2], strict=True)) | {
    "∑": "sum",
    "∏": "prod",
    "∫": "int",
    "∇": "nabla",
    "∂": "partial",
    "√": "sqrt",
    "∞": "infty",
    "∝": "propto",
    "⊥": "perp",
}
ACCENTS = {
    "\u0302": "hat",
    "\u0303": "tilde",
    "\u0304": "bar",
    "\u0305": "bar",
    "\u0307": "dot",
    "\u20d7": "vec",
}
LETTERS = {
    "ß": "ss",
    "æ": "ae",
    "œ": "oe",
    "ø": "o",
    "ł": "l",
    "đ": "d",
    "ð": "d",
    "þ": "th",
    "ı": "i",
    "ς": "σ",
}
SAME = {
    "varepsilon": "epsilon",
    "vartheta": "theta",
    "varphi": "phi",
    "varrho": "rho",
    "varsigma": "sigma",
    "varpi": "pi",
    "widehat": "hat",
    "widetilde": "tilde",
    "overline": "bar",
}
_MARK = "\u0300-\u036f\u0591-\u05c7\u064b-\u065f\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff"
_DENSE = "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff"
# vowel signs of Indian scripts are no letters to `re`; their full stops are none either
_JOINED = "\u0900-\u0963\u0966-\u0dff"
WORD = re.compile(rf"(?:[^\W_]|[{_MARK}{_DENSE}{_JOINED}])+")
PLAIN = re.compile(r"[a-z0-9]+")
MARKS = re.compile(rf"[{_MARK}]+")
# a script without blanks, a run of Greek, anything else; a sign with a name stands alone
RUNS = re.compile(rf"([{_DENSE}]+)|[α-ω]+|[^{_DENSE}α-ω]+")
SIGNS = re.compile("[" + "".join(c for c in NAMES if not c.isalpha()) + "]")


def terms(text: str) -> list[str]:
    """The words that `text` is found by, in its order; a word that stands twice is there twice."""
    if text.isascii():
        return [SAME.get(word, word) for word in PLAIN.findall(text.lower())]
    found: list[str] = []
    flat = SIGNS.sub(lambda m: f" {NAMES[m[0]]} ", unicodedata.normalize("NFKD", text).lower())
    for word in WORD.findall(flat):
        if word.isascii():
            found.append(SAME.get(word, word))
        else:
            found += word_terms(word)
    return found


def word_terms(word: str) -> list[str]:
    """The words of one run of letters, which is decomposed, lower case and not ASCII alone."""
    bare = unicodedata.normalize("NFC", MARKS.sub("", word))
    bare = "".join([LETTERS.get(c, c) for c in bare])
    if len(bare) == 1:
        accents = [ACCENTS[c] for c in word if c in ACCENTS]
        return [NAMES.get(bare, bare), *accents]
    found: list[str] = []
    for match in RUNS.finditer(bare):
        run = match[0]
        if match[1] and len(run) > 1:
            found += [run[i : i + 2] for i in range(len(run) - 1)]
        else:
            found.append(NAMES.get(run) or SAME.get(run, run))
    return found
