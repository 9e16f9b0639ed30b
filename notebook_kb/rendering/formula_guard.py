r"""The second opinion on a formula's text: whether all that the TeX names stands in it.

It walks the TeX, not the MathML that the text was written from, and has tables of its own: what the converter or the
writer drops is noticed here. Counted are letters, digits, words, accents, operators, strokes, roots and scripts.
"""

from __future__ import annotations

import unicodedata
from collections import Counter
from dataclasses import dataclass, field
from itertools import groupby, pairwise
from typing import TYPE_CHECKING

from notebook_kb.parsing.tex_tokens import argument, formula_in_text, optional, plain, tokenize
from notebook_kb.rendering import formula_signs as table

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from notebook_kb.parsing.tex_tokens import Token

# equal for a reader: the kinds of minus, of a dot between factors, of a bar, of dots
_SAME = str.maketrans(
    {
        **dict.fromkeys("−–—", "-"),
        **dict.fromkeys("·∙", "⋅"),
        **dict.fromkeys("∣", "|"),
        **dict.fromkeys("∗⁎", "*"),
        "⋯": "...",
        "≔": ":=",
        "∛": "3√",
        "∜": "4√",
        "°": "∘",
        "⊤": "T",
        "⊺": "T",
        "ɛ": "ε",
    }
)
_SPACES = frozenset(",;:!> ")
_TEXT_ESCAPES = frozenset("_&#%$ {},;")
MOST_EXPANSIONS = 500


class UnknownCommandError(Exception):
    """A command of the formula that the guard has no entry for."""


def fold(text: str) -> str:
    """The text without looks: no fonts, no scripts, no blanks; accents as marks of their own."""
    plain_text = unicodedata.normalize("NFKD", text.translate(_SAME)).translate(_SAME)
    return "".join(c for c in plain_text if not c.isspace())


@dataclass(slots=True)
class Content:
    """What a formula names: words that stay whole, how often each sign stands, how many scripts there are."""

    words: list[str] = field(default_factory=list)
    signs: Counter[str] = field(default_factory=Counter)
    above: int = 0
    below: int = 0


def lost(tex: str, text: str, macros: Mapping[str, str] | None = None) -> tuple[str, ...]:
    r"""What of the formula is not in the text, or in it though the formula has it not (`+x`); () when all agrees.

    Raises `UnknownCommandError` for a command that neither the tables nor `macros` (`\R` or `R`: TeX) know.
    """
    wanted = content(tex, macros)
    rest = fold(text)
    missing = []
    for word in sorted(wanted.words, key=len, reverse=True):
        if word not in rest:
            missing.append(word)
        rest = rest.replace(word, "\0", 1)
    found = Counter(rest)
    missing += [sign for sign, count in sorted(wanted.signs.items()) if found[sign] < count]
    missing += [
        f"+{sign}" for sign, count in sorted(found.items()) if sign.isalnum() and count > wanted.signs[sign]
    ]
    if _runs(text, "<super>", "^") < wanted.above:
        missing.append("^")
    if _runs(text, "<sub>", "_") < wanted.below:
        missing.append("_")
    return tuple(missing)


def raw_tex(tex: str, text: str) -> str:
    r"""A piece of TeX that shows in the text, or ''; braces may stand where the formula has `\{`."""
    for sign in "\\$&":
        if sign in text:
            return sign
    braces = sum(tex.count(name) for name in ("\\{", "\\lbrace", "\\}", "\\rbrace"))
    return "{" if text.count("{") + text.count("}") > braces else ""


def content(tex: str, macros: Mapping[str, str] | None = None) -> Content:
    """What the formula names, its macros put in."""
    walk = _Walk(macros or {})
    walk.run(tokenize(tex))
    return walk.found


def _runs(text: str, form: str, sign: str) -> int:
    """How many scripts of a kind the text shows: runs of small signs, and `^` or `_`."""
    small = [
        c
        for c, _ in groupby(unicodedata.decomposition(c).startswith(form) for c in text.replace(" ", ""))
        if c
    ]
    return len(small) + text.count(sign)


class _Walk:
    """One pass over one formula; `run` takes tokens, the others the index behind a command and give the next."""

    def __init__(self, macros: Mapping[str, str]) -> None:
        self.found = Content()
        self._macros = {f"\\{name.removeprefix(chr(92))}": tokenize(body) for name, body in macros.items()}
        self._left = MOST_EXPANSIONS

    def run(self, tokens: Sequence[Token]) -> None:
        index = 0
        while index < len(tokens):
            text = tokens[index].text
            if text in self._macros:
                index = self._expand(tokens, index)
            elif text[0] == "\\" and len(text) > 1:
                index = self._command(text[1:], tokens, index + 1)
            elif text in {"^", "_"}:
                index = self._script(text, tokens, index + 1)
            else:
                if text == "'":
                    self._sign("′")
                elif text not in "{}&~" and not text.isspace():
                    self._sign(text)
                index += 1

    def _sign(self, text: str) -> None:
        self.found.signs.update(fold(text))

    def _words(self, text: str) -> None:
        """Words stay whole; what stands between them is counted by signs."""
        for word in text.split():
            for letters, part in groupby(fold(word), str.isalnum):
                piece = "".join(part)
                if letters and len(piece) > 1:
                    self.found.words.append(piece)
                else:
                    self.found.signs.update(piece)

    def _expand(self, tokens: Sequence[Token], index: int) -> int:
        self._left -= 1
        if self._left < 0:
            raise UnknownCommandError(tokens[index].text)
        body, after = self._macros[tokens[index].text], index + 1
        numbers = [int(n.text) for h, n in pairwise(body) if h.text == "#" and n.text.isdigit()]
        given: list[list[Token]] = []
        for _ in range(max(numbers, default=0)):
            found = argument(tokens, after)
            given.append(found[0] if found else [])
            after = found[1] if found else after
        out: list[Token] = []
        place = 0
        while place < len(body):
            number = body[place + 1].text if body[place].text == "#" and place + 1 < len(body) else ""
            if number.isdigit() and 0 < int(number) <= len(given):
                out += given[int(number) - 1]
                place += 2
            else:
                out.append(body[place])
                place += 1
        self.run(out)
        return after

    def _command(self, name: str, tokens: Sequence[Token], index: int) -> int:
        if name in _SPACES or name == "\\" or name.isspace():
            return index
        if name in table.SIGNS:
            self._sign(table.SIGNS[name])
        elif name in table.FUNCTIONS:
            self.found.words += table.FUNCTIONS[name]
        elif name in table.ACCENTS:
            self.found.signs[table.ACCENTS[name]] += 1
        elif name in table.SHAPES:
            return self._shape(name, tokens, index)
        elif name in table.NAMES:
            return self._name(tokens, index)
        elif name in table.TEXTS:
            return self._text(tokens, index)
        elif name not in table.TRANSPARENT:
            return self._special(name, tokens, index)
        return index

    def _special(self, name: str, tokens: Sequence[Token], index: int) -> int:
        """Commands whose arguments are read in their own way."""
        if name in table.SIZED:
            following = tokens[index].text if index < len(tokens) else ""
            self._sign({"<": "⟨", ">": "⟩"}.get(following, ""))
            return index + (following in {".", "<", ">"})
        if name in table.ABOVE:
            self.found.above += 1
        elif name in table.BELOW:
            self.found.below += 1
        elif name in table.ARROWS:
            return self._arrow(name, tokens, index)
        elif name in table.HIDDEN:
            index += index < len(tokens) and tokens[index].text == "*"
            found = argument(tokens, optional(tokens, index)[1])
            return found[1] if found else index
        elif name == "pmod":
            self._sign("(")
            self.found.words.append("mod")
        elif name == "begin":
            return self._begin(tokens, index)
        else:
            raise UnknownCommandError(f"\\{name}")
        return index

    def _script(self, sign: str, tokens: Sequence[Token], index: int) -> int:
        """A prime, a star and a degree are signs of their own; an empty script is none."""
        found = argument(tokens, index)
        inner = {t.text for t in found[0] if not t.text.isspace()} if found else set()
        if sign == "_":
            self.found.below += bool(inner)
        elif not inner <= {"\\prime", "'", "*", "\\ast", "\\circ"}:
            self.found.above += 1
        return index

    def _shape(self, name: str, tokens: Sequence[Token], index: int) -> int:
        self._sign(table.SHAPES[name])
        if name != "sqrt":
            return index
        degree, after = optional(tokens, index)
        self.run(degree)
        return after

    def _arrow(self, name: str, tokens: Sequence[Token], index: int) -> int:
        low, after = optional(tokens, index)
        found = argument(tokens, after)
        self._sign(table.ARROWS[name])
        self.found.below += bool(low)
        self.found.above += bool(found and found[0])
        self.run(low)
        return after

    def _name(self, tokens: Sequence[Token], index: int) -> int:
        r"""`\operatorname{arg\,max}` and `\mathrm{KL}`: words, if nothing but letters is in them."""
        index += index < len(tokens) and tokens[index].text == "*"
        found = argument(tokens, index)
        if found is None:
            return index
        said = "".join(" " if t.text in {"\\,", "\\ ", "\\;", "\\:"} else t.text for t in found[0])
        if not all(c.isalnum() or c in " -" for c in said):
            return index
        self._words(said)
        return found[1]

    def _text(self, tokens: Sequence[Token], index: int) -> int:
        found = argument(tokens, index)
        if found is None:
            return index
        said, inner, place = "", found[0], 0
        while place < len(inner):
            sign = inner[place].text
            formula = formula_in_text(inner, place, len(inner))
            if formula:
                said += " "
                self.run(formula[0])
                place = formula[1]
                continue
            place += 1
            if sign[0] == "\\" and sign[1:] in table.TEXTS:
                place = self._text(inner, place)
            elif sign[0] == "\\":
                if sign[1:] not in _TEXT_ESCAPES:
                    raise UnknownCommandError(sign)
                said += sign[1:] if sign[1:] in "_&#%${}" else " "
            else:
                said += "" if sign in "{}" else " " if sign == "~" else sign
        self._words(said)
        return found[1]

    def _begin(self, tokens: Sequence[Token], index: int) -> int:
        found = argument(tokens, index)
        if found is None:
            return index
        name = plain(found[0]).strip("*").replace("small", "")
        self._sign(table.BRACKETS.get(name, ""))
        if name in {"array", "alignedat", "alignat", "subarray"}:
            columns = argument(tokens, optional(tokens, found[1])[1])
            return columns[1] if columns else found[1]
        return optional(tokens, found[1])[1] if name in {"aligned", "gathered", "split"} else found[1]
