r"""How a formula's symbols were typed: `\hat{\mathbf x}` for the key 𝐱̂, so that new rows say it as the formula does."""

from __future__ import annotations

from typing import TYPE_CHECKING

from notebook_kb.parsing.symbol_tree import flat
from notebook_kb.parsing.symbols import COMBINING, children, parse_math, symbol_key
from notebook_kb.parsing.tex_tokens import group_end, plain, skip_space, tokenize

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from notebook_kb.parsing.tex import TexConverter
    from notebook_kb.parsing.tex_tokens import Token

COMMANDS = {"ˆ": "hat", "¯": "bar", "˜": "tilde", "\u20d7": "vec", "˙": "dot", "¨": "ddot", "ˇ": "check"}
# their first argument is drawn above another, or not at all
OTHERS = frozenset(
    [
        r"\frac",
        r"\dfrac",
        r"\tfrac",
        r"\binom",
        r"\sqrt",
        r"\left",
        r"\right",
        r"\begin",
        r"\end",
        r"\color",
        r"\textcolor",
        r"\label",
        r"\tag",
        r"\hspace",
        r"\quad",
        r"\qquad",
        r"\enspace",
        r"\enskip",
        r"\thinspace",
        r"\medspace",
        r"\thickspace",
        r"\displaystyle",
        r"\textstyle",
        r"\scriptstyle",
        r"\limits",
        r"\nolimits",
        r"\big",
        r"\Big",
        r"\bigg",
        r"\Bigg",
        r"\middle",
    ]
)


def typed_signs(tex: str, converter: TexConverter) -> dict[str, str]:
    """Key → TeX of the symbols that a formula shows, each as it was typed where it stands first."""
    found: dict[str, str] = {}
    for candidate in dict.fromkeys(_candidates(tokenize(tex))):
        key = key_of_sign(candidate, converter)
        if key:
            found.setdefault(key, candidate)
    return found


def key_of_sign(tex: str, converter: TexConverter) -> str:
    """The key of TeX that is one symbol; '' for anything else."""
    root = parse_math(converter.convert(tex, display=False).mathml)
    atoms = flat(children(root)) if root is not None else []
    return (
        symbol_key(atoms[0]) if len(atoms) == 1 and atoms[0].tag in {"mi", "mtext", "mover", "munder"} else ""
    )


def sign_for(key: str, typed: dict[str, str]) -> str:
    """The TeX for a key: as typed in the formula, else from the key itself."""
    if key in typed:
        return typed[key]
    letter, _, accent = key.partition("^")
    upright = letter.endswith("|upright")
    letter = letter.removesuffix("|upright")
    word = len(letter) > 1 and letter.isascii()
    command = "text" if "_" in letter else "mathrm"
    typed_letter = letter.replace("_", "\\_")
    sign = f"\\{command}{{{typed_letter}}}" if upright or word else letter
    if accent in COMMANDS:
        return f"\\{COMMANDS[accent]}{{{sign}}}"
    return sign + COMBINING.get(accent, "")


def _candidates(tokens: Sequence[Token]) -> Iterator[str]:
    """What may be one symbol: letters, commands, commands with what they take."""
    for at, token in enumerate(tokens):
        text = token.text
        if len(text) == 1 and text.isalpha():
            yield text
        elif text[:1] == "\\" and text[1:2].isalpha() and text not in OTHERS:
            start = skip_space(tokens, at + 1)
            end = _argument_end(tokens, start)
            if end > start:
                yield plain(tokens[at:end])
                letters = [t.text for t in tokens[start:end] if t.text not in {"{", "}"} and t.text.strip()]
                if len(letters) > 1 and all(len(t) == 1 and t.isalpha() for t in letters):
                    yield from (f"{text}{{{t}}}" for t in letters)
            yield text


def _argument_end(tokens: Sequence[Token], start: int) -> int:
    """Where the argument that begins at a token ends; -1 without one. A command takes its own braces along."""
    if start >= len(tokens) or tokens[start].text in {"}", "&", "^", "_"}:
        return -1
    if tokens[start].text == "{":
        return group_end(tokens, start)
    takes = tokens[start].text[:1] == "\\" and start + 1 < len(tokens) and tokens[start + 1].text == "{"
    return group_end(tokens, start + 1) if takes else start + 1
