"""Tables of the TeX that math-core does not know, and what stands in its place (used by `tex_shim`)."""

from __future__ import annotations

import re

# What a plain macro can do, in the form the converter takes; an author's macro of the same name wins.
SHIM_MACROS = {
    "pmb": r"\boldsymbol{#1}",
    "nicefrac": r"{}^{#1}\!/_{#2}",
    "sfrac": r"{}^{#1}\!/_{#2}",
    "mathds": r"\mathbb{#1}",
    "mathnormal": "{#1}",
    "ensuremath": "{#1}",
    "abs": r"\left\lvert #1\right\rvert",
    "norm": r"\left\lVert #1\right\rVert",
    "smash": "{#1}",
    "mathclap": "{#1}",
    "mathllap": "{#1}",
    "mathrlap": "{#1}",
    "textbackslash": r"\backslash",
    "varlimsup": r"\overline{\lim}",
    "varliminf": r"\underline{\lim}",
    "cancelto": r"\overset{#1}{\cancel{#2}}",
    "qed": r"\square",
    "sgn": r"\operatorname{sgn}",
    "hfill": r"\qquad",
}

ENVIRONMENTS = {  # name: (new name, arguments that go, what the reader loses)
    "split": ("aligned", 0, ""),
    "alignedat": ("aligned", 1, ""),
    "alignat": ("align", 1, ""),
    "alignat*": ("align*", 1, ""),
    "multlined": ("gathered", 0, ""),
    "smallmatrix": ("matrix", 0, "smallmatrix is shown at full size"),
}
ENVIRONMENTS |= {
    f"{kind}smallmatrix": (f"{kind}matrix", 0, f"{kind}smallmatrix is shown at full size") for kind in "pbBvV"
}
ENVIRONMENTS |= {
    f"{kind}matrix*": (f"{kind}matrix", 0, f"the columns of {kind}matrix* are centred")
    for kind in ("", "p", "b", "B", "v", "V")
}
WITH_PLACE = frozenset({"aligned", "gathered", "alignedat", "split", "multlined"})  # may have [t]
TAKES_TAG = frozenset(
    f"{name}{star}" for name in ("equation", "align", "alignat", "gather", "multline") for star in ("", "*")
)
# math-core takes these but prints "[t]": the shim goes first
MISREAD = re.compile(r"\\begin\s*\{(?:aligned|gathered)\}\s*\[")

PLAIN_TEX = {"\\matrix": "matrix", "\\pmatrix": "pmatrix", "\\cases": "cases"}
TEXT = {f"\\{name}": f"\\{name}" for name in ("text", "textbf", "textit", "textrm", "textsf", "texttt")}
TEXT |= {f"\\{name}": "\\text" for name in ("mbox", "hbox", "textnormal", "textup")}
SIZES = frozenset(
    {"\\tiny", "\\scriptsize", "\\footnotesize", "\\small", "\\normalsize"}
    | {"\\large", "\\Large", "\\LARGE", "\\huge", "\\Huge"}
)
BIG = frozenset(f"\\{size}{side}" for size in ("big", "Big", "bigg", "Bigg") for side in ("", "l", "r", "m"))
ALPHABETS = frozenset(
    {"\\mathbb", "\\mathbf", "\\mathrm", "\\mathcal", "\\mathsf", "\\mathit", "\\boldsymbol", "\\bm"}
)
PRIMES = {"′": r"\prime", "″": r"\prime\prime", "‴": r"\prime\prime\prime"}
PIXELS = re.compile(r"(-?\d*\.?\d+)\s*px")
_HEX = re.compile(r"#?([0-9A-Fa-f]{6})")
_CSS_COLOURS = dict(
    pair.split("=")
    for pair in (  # noqa: SIM905 - one table of pairs
        "aqua=00ffff beige=f5f5dc chocolate=d2691e coral=ff7f50 crimson=dc143c darkblue=00008b "
        "darkgreen=006400 darkorange=ff8c00 darkred=8b0000 deepskyblue=00bfff dodgerblue=1e90ff "
        "firebrick=b22222 fuchsia=ff00ff gold=ffd700 grey=808080 hotpink=ff69b4 indigo=4b0082 "
        "khaki=f0e68c lightblue=add8e6 lightcoral=f08080 lightgreen=90ee90 lightgrey=d3d3d3 "
        "lightpink=ffb6c1 lightsalmon=ffa07a lightyellow=ffffe0 limegreen=32cd32 maroon=800000 "
        "navy=000080 orchid=da70d6 plum=dda0dd royalblue=4169e1 salmon=fa8072 seagreen=2e8b57 "
        "silver=c0c0c0 skyblue=87ceeb slateblue=6a5acd springgreen=00ff7f steelblue=4682b4 "
        "tan=d2b48c tomato=ff6347 turquoise=40e0d0"
    ).split()
)


def colour_components(model: str, name: str) -> str | None:
    """A colour that math-core does not know by name, as its `red,green,blue` from 0 to 1."""
    value = _CSS_COLOURS.get(name.strip()) if not model else None
    match = _HEX.fullmatch(name.strip()) if model in {"", "HTML"} else None
    if match:
        value = match[1]
    if value is None:
        return None
    return ",".join(f"{int(value[start : start + 2], 16) / 255:.3f}" for start in (0, 2, 4))


def circled_sign(text: str) -> str:
    """A number to 20 or a letter in a circle, or '' for what has no such sign."""
    if text.isascii() and text.isdigit() and len(text) <= 2 and int(text) <= 20:
        return chr(0x245F + int(text)) if int(text) else "⓪"
    if text.isascii() and text.isalpha() and len(text) == 1:
        return chr(0x24B6 + ord(text) - ord("A")) if text.isupper() else chr(0x24D0 + ord(text) - ord("a"))
    return ""
