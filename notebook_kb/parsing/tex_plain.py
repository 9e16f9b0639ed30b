r"""TeX as a line of plain signs, for search and for the few words around a hit: `\hat{\theta}` → θ̂, `\frac{1}{n}` → 1/n.

It never raises and takes time by length: what it does not know stays as its name. It is for reading, not for reckoning.
"""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache

from notebook_kb.model import document as d
from notebook_kb.parsing.terms import GREEK
from notebook_kb.parsing.tex_tokens import tokenize

_LOWER = dict(zip(GREEK[1::2], GREEK[::2], strict=True))
_PAIRS = (  # noqa: SIM905 - one table of pairs
    r"sum ∑ prod ∏ int ∫ nabla ∇ partial ∂ sqrt √ infty ∞ in ∈ notin ∉ subset ⊂ subseteq ⊆ cup ∪ cap ∩ forall ∀ exists ∃ "
    r"to → rightarrow → mapsto ↦ leftarrow ← implies ⇒ Rightarrow ⇒ iff ⇔ le ≤ leq ≤ ge ≥ geq ≥ ne ≠ neq ≠ approx ≈ sim ∼ "
    r"equiv ≡ propto ∝ pm ± cdot · times × perp ⊥ top ⊤ mid | vert | lvert | rvert | Vert ‖ lVert ‖ rVert ‖ ell ℓ circ ∘ "
    r"otimes ⊗ oplus ⊕ odot ⊙ langle ⟨ rangle ⟩ dots … ldots … cdots … prime ′ varepsilon ε vartheta θ varphi φ varrho ρ"
).split()
SIGNS = (
    _LOWER
    | {name.capitalize(): sign.upper() for name, sign in _LOWER.items()}
    | dict(zip(_PAIRS[::2], _PAIRS[1::2], strict=True))
)
ACCENTS = {
    "hat": "\u0302",
    "widehat": "\u0302",
    "tilde": "\u0303",
    "widetilde": "\u0303",
    "bar": "\u0304",
    "overline": "\u0304",
    "dot": "\u0307",
    "vec": "\u20d7",
}
# looks and sizes: they say nothing
SILENT = frozenset(
    r"""left right middle big Big bigg Bigg bigl bigr Bigl Bigr biggl biggr Biggl Biggr mathbb mathbf mathrm mathcal
    mathsf mathit mathfrak mathscr boldsymbol bm text textbf textit textrm operatorname mbox displaystyle textstyle
    scriptstyle limits nolimits underset overset underbrace overbrace boxed quad qquad""".split()  # noqa: SIM905 - a list of words reads best as words
)
# what stands in their braces is no part of the formula
DROPPED = frozenset({"begin", "end", "label", "tag"})
FRACTIONS = frozenset({"frac", "dfrac", "tfrac"})
SCRIPTS = frozenset("_^")


class _Line:
    """The line as it grows. `groups` remembers what each open brace belongs to, and where it began."""

    def __init__(self) -> None:
        self.out: list[str] = []
        self.groups: list[tuple[str, int]] = []
        self.waiting = ""
        self.accent = ""

    def open(self) -> None:
        self.groups.append((self.waiting, len(self.out)))
        self.waiting = ""

    def close(self) -> None:
        kind, start = self.groups.pop() if self.groups else ("", len(self.out))
        self.bracket(kind, start)
        self.after(kind)

    def bracket(self, kind: str, start: int) -> None:
        """A group of several signs in a fraction or a script keeps together."""
        if kind == "dropped":
            del self.out[start:]
        elif kind and len("".join(self.out[start:]).strip()) > 1:
            self.out.insert(start, "(")
            self.out.append(")")

    def after(self, kind: str) -> None:
        if kind == "numerator":
            self.out.append("/")
            self.waiting = "denominator"

    def put(self, text: str) -> None:
        """A sign; the accent that waits is for the first letter."""
        kind, self.waiting = self.waiting, ""
        if self.accent and text.strip():
            text, self.accent = text + self.accent, ""
        self.out.append(text)
        self.after(kind)

    def command(self, name: str) -> None:
        if name in FRACTIONS:
            self.waiting = "numerator"
        elif name in DROPPED:
            self.waiting = "dropped"
        elif name in ACCENTS:
            self.accent = ACCENTS[name]
        elif not name[:1].isalpha():
            self.put(" " if name in ",;:!\\ \n" else name)
        elif name in SILENT:
            self.out.append(" ")
        else:
            self.put(
                f" {SIGNS[name]} " if name in SIGNS and not self.accent else SIGNS.get(name, f" {name} ")
            )


@lru_cache(maxsize=4096)
def plain_tex(tex: str) -> str:
    """The formula without its comments as one line."""
    line = _Line()
    comment = False
    for token in tokenize(tex):
        text = token.text
        if comment or text == "%":
            comment = "\n" not in text
        elif text[0] == "\\" and len(text) > 1:
            line.command(text[1:])
        elif text == "{":
            line.open()
        elif text == "}":
            line.close()
        elif text in SCRIPTS:
            line.out.append(text)
            line.waiting = "script"
        elif text.isspace() or text in "&~":
            line.out.append(" ")
        else:
            line.put(text)
    return tidy("".join(line.out))


def tidy(text: str) -> str:
    """Blanks as a reader wants them: none inside brackets and before scripts."""
    text = " ".join(text.split())
    for mark in ("_", "^", ")", ",", "]", "/"):
        text = text.replace(f" {mark}", mark)
    for mark in ("_", "^", "(", "[", "/"):
        text = text.replace(f"{mark} ", mark)
    return text


def in_signs(inlines: tuple[d.Inline, ...]) -> tuple[d.Inline, ...]:
    """Inlines with text in place of formulas."""
    return tuple(
        d.Text(i.place, plain_tex(i.tex))
        if isinstance(i, d.Math)
        else replace(i, children=in_signs(i.children))
        if isinstance(i, d.InlineParent)
        else i
        for i in inlines
    )
