"""Which characters are in which slice of the math font. A browser loads a slice when a page needs one of its characters.

What stretches (fences, roots, large operators, accents, arrows) has to be in the core: Chromium takes the larger
sizes from the first face alone.
"""

from __future__ import annotations


def span(first: int, last: int) -> set[int]:
    """Code points from `first` to `last`."""
    return set(range(first, last + 1))


def signs(text: str) -> set[int]:
    """The code points of a text."""
    return {ord(c) for c in text}


ASCII = span(0x20, 0x7E)
GREEK = signs("ΓΔΘΛΞΠΣΦΨΩαβγδεζηθικλμνξπρςστυφχψωϑϕϖϱϵ")
# Browsers draw a one-letter `mi` with its italic twin; h, dotless i and j have theirs elsewhere.
ITALIC = span(0x1D434, 0x1D467) | signs("ℎ𝚤𝚥ıȷ") | span(0x1D6E2, 0x1D71B)
BOLD = span(0x1D400, 0x1D433)
DOUBLE_STRUCK = span(0x1D538, 0x1D550) | signs("ℂℍℕℙℚℝℤ𝟙")
SCRIPT = span(0x1D49C, 0x1D4B5) | signs("ℬℰℱℋℐℒℳℛ")
FENCES = signs("()/[]\\{}|⌈⌉⌊⌋⟨⟩∣∥‖√")
LARGE = signs("∑∏∫∬∮⋂⋃⨁⨂")
ACCENTS = signs("^~¨¯´`ˆˇ˘˙˜̸̲̂⃗_⏞⏟")
ARROWS = signs("←↑→↓↔↗↘↦↪⇌⇐⇒⇔⟵⟶⟹⟺⟼")
OPERATORS = signs(
    "\u00a0¬±·×÷†′″…ℏℓ∀∂∃∅∇∈∉∋∓∖−∗∘∙∝∞∠∧∨∩∪∼≃≅≈≍≐≔≜≠≡≤≥≪≫≺≻⊂⊃⊆⊇⊊⊕⊖⊗⊙⊢⊤⊥⊨⋄⋅⋆⋮⋯⋱□■△♭✓⟂⪯⪰"
    "\u2009\u2061\u2062\u2063"
)

CORE = ASCII | GREEK | ITALIC | BOLD | DOUBLE_STRUCK | SCRIPT | FENCES | LARGE | ACCENTS | ARROWS | OPERATORS
BOLD_ITALIC = (
    span(0x1D468, 0x1D49B) | span(0x1D6A8, 0x1D6E1) | span(0x1D71C, 0x1D755) | span(0x1D7CE, 0x1D7D7)
)
LETTERS = span(0x1D400, 0x1D7FF) | signs("ℊℨℭℑℜ℘ℯℴℵℶℷℸℽℾℿ")


def slices(known: set[int]) -> dict[str, set[int]]:
    """File name → its characters, of those the font knows; no character is in two."""
    rest = known - CORE
    bold = rest & BOLD_ITALIC
    letters = (rest & LETTERS) - bold
    return {
        "math": known & CORE,
        "math-bold": bold,
        "math-letters": letters,
        "math-signs": {c for c in rest - bold - letters if c >= 0xA0},
    }
