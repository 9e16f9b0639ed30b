r"""Which symbols of a formula need words: a walk over its MathML.

Two levels. *Required* are the identifiers: letters with their style and accent, their indices, names of functions (`f`,
`softmax`), short labels (`MLE`). *Optional* is what may have words: constants, named sets, well-known functions, notation.
A differential's d, words, numbers and what only decorates a letter (a prime, a star) are neither.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from notebook_kb.parsing.symbol_words import (
    BLACKBOARD,
    GLUE,
    KNOWN_FUNCTIONS,
    is_bold_word,
    is_index_word,
    is_label,
    is_run,
    plain,
)
from notebook_kb.parsing.symbols import (
    INVISIBLE,
    SCRIPTS,
    WRAPPERS,
    children,
    is_accent,
    letter_text,
    parse_math,
    symbol_key,
    symbols,
)

if TYPE_CHECKING:
    from collections.abc import Sequence
    from xml.etree import ElementTree as ET

    from notebook_kb.parsing.tex import TexConverter

TRANSPOSED = "ᵀ"
NOTATION = {c: c for c in "∑∏∫∬∭∮∇∂⊙⊗⊕∘∼∝∀∃∞∅⊥∐⋃⋂⨂⨁"} | {"~": "∼", "∥": "‖", "∂": "∂"}
BARS = {"|": ("∣", "|·|"), "∣": ("∣", "∣"), "‖": ("‖", "‖·‖"), "∥": ("‖", "‖·‖")}
LARGE = frozenset("∑∏∫∬∭∮⋃⋂⨁⨂∐")
INTEGRALS = frozenset("∫∬∭∮")
OPENING = frozenset("([{")
ROWS = WRAPPERS | {"mtd"}
SILENT = frozenset({"mspace", "mphantom", "mprescripts", "none"})
LIMITS = frozenset({"munder", "mover", "munderover"})
IN_LINE, INDEX, POWER = "line", "index", "power"


@dataclass(frozen=True, slots=True)
class FormulaSymbols:
    r"""What a formula shows, by canonical key, each in reading order and once.

    `required` and `optional` as in `ListedFormula`; `drawn` is every key that a row may describe without being about
    something else, words in `\text` too. `words` are runs of letters that look like words written without `\text`.
    """

    required: tuple[str, ...] = ()
    optional: tuple[str, ...] = ()
    drawn: frozenset[str] = frozenset()
    words: tuple[str, ...] = ()


def formula_symbols(tex: str, converter: TexConverter) -> FormulaSymbols | None:
    """The symbols of a formula in TeX; None when it cannot be read."""
    root = parse_math(converter.convert(tex, display=True).mathml)
    return None if root is None else read_symbols(root)


def read_symbols(root: ET.Element, *, index: bool = False) -> FormulaSymbols:
    """The symbols of a formula's tree, or of any part of it; `index`: the part stands at the foot of a letter."""
    reader = _Reader(root)
    reader.row(flat([root]), INDEX if index else IN_LINE)
    required = tuple(k for k, needed in reader.seen.items() if needed)
    optional = tuple(k for k, needed in reader.seen.items() if not needed)
    drawn = frozenset(reader.seen) | frozenset(k for k, _ in symbols(root))
    return FormulaSymbols(required, optional, drawn, tuple(dict.fromkeys(reader.words)))


def flat(elements: Sequence[ET.Element]) -> list[ET.Element]:
    """What stands in a row one after the other, without the groups around and without blanks."""
    out: list[ET.Element] = []
    for element in elements:
        if element.tag in ROWS:
            out += flat(children(element))
        elif element.tag not in SILENT:
            out.append(element)
    return out


def _text(element: ET.Element) -> str:
    return letter_text("".join(element.itertext()))


def _single(element: ET.Element) -> ET.Element:
    """What a group holds, where it is one thing."""
    inner = flat([element])
    return inner[0] if len(inner) == 1 else element


def _base(element: ET.Element) -> ET.Element:
    """What the scripts of an element stand at."""
    inner = children(element)
    return _single(inner[0]) if inner else element


def _bare_letter(element: ET.Element) -> str:
    """A letter as it is typed without a command: italic, no script; '' for all else."""
    text = _text(element)
    bare = (
        element.tag == "mi" and len(text) == 1 and text.isalpha() and element.get("mathvariant") != "normal"
    )
    return text if bare and (text.isascii() or unlike_symbols(text)) else ""


def unlike_symbols(letter: str) -> bool:
    """Whether a letter belongs to words rather than to formulas: ß, ü, 损."""
    return (
        letter not in "ıȷð"
        and not ("Ͱ" <= letter <= "Ͽ")
        and ord(letter) < 0x1D400
        and not 0x2100 <= ord(letter) <= 0x214F
    )


class _Reader:
    """Walks one formula; `seen` is each key with whether it is required."""

    def __init__(self, root: ET.Element) -> None:
        self.seen: dict[str, bool] = {}
        self.words: list[str] = []
        signs = [_text(e) for e in root.iter("mo")]
        self.counts = {bar: signs.count(bar) for bar in BARS}
        self.integral = any(s in INTEGRALS for s in signs)
        self.differentials = self.integral or _all_differentials(root)

    def add(self, key: str, *, required: bool) -> None:
        """One place where a symbol stands; needed anywhere is needed."""
        if key:
            self.seen[key] = required or self.seen.get(key, False)

    # rows

    def row(self, atoms: Sequence[ET.Element], where: str, *, differential: bool = False) -> None:
        """Things one after the other. `differential`: each d before a letter belongs to it."""
        at = 0
        while at < len(atoms):
            run = self.run(atoms, at, where)
            if run:
                at += run
                continue
            element, rest = atoms[at], atoms[at + 1 :]
            if not self.is_differential(element, rest, inside=differential):
                self.element(element, rest, where)
            at += 1

    def run(self, atoms: Sequence[ET.Element], at: int, where: str) -> int:
        r"""How many letters at this place are a word written without `\text`; 0 for none."""
        end = at
        while end < len(atoms) and (_bare_letter(atoms[end]) or (end > at and _text(atoms[end]) == "_")):
            end += 1
        word = "".join(_text(a) for a in atoms[at:end])
        last = end < len(atoms) and atoms[end].tag in SCRIPTS and _bare_letter(_base(atoms[end]))
        if len(word) < 2:
            return 0
        foreign = any(not c.isascii() and c != "_" for c in word)
        whole_index = where != IN_LINE and at == 0 and end == len(atoms)
        if whole_index and is_label(word) and (len(word) > 2 or word in {"KL", "CE", "ML", "JS", "TV"}):
            self.add(word, required=True)
            return end - at
        if "_" in word or foreign or (is_run(word) and not last) or (whole_index and is_index_word(word)):
            self.words.append(word)
            if word in KNOWN_FUNCTIONS and where == IN_LINE:
                self.add(word, required=False)
            return end - at
        return 0

    def is_differential(self, element: ET.Element, rest: Sequence[ET.Element], *, inside: bool) -> bool:
        """Whether this is the d of dx: right before a letter, in an integral or a fraction (or upright, anywhere)."""
        base = element
        if element.tag == "msup" and inside:
            base = _base(element)
        if base.tag != "mi" or _text(base) != "d":
            return False
        if inside and not rest:
            return True  # d over dx
        before_letter = bool(rest) and bool(symbol_key(rest[0])) and _text(rest[0]) not in KNOWN_FUNCTIONS
        upright = base.get("mathvariant") == "normal"
        return before_letter and (inside or upright or self.differentials)

    # elements

    def element(self, element: ET.Element, rest: Sequence[ET.Element], where: str) -> None:
        """One thing of a row, with what follows it."""
        match element.tag:
            case "mi":
                self.identifier(element, rest, where)
            case "mtext":
                self.words_in_text(element, rest, where)
            case "mo":
                self.operator(_text(element))
            case tag if tag in SCRIPTS:
                self.scripts(element, rest, where)
            case tag if tag in LIMITS:
                self.limits(element, where)
            case "mfrac":
                over, under = (flat([c]) for c in children(element)[:2])
                both = _begins_with_d(over) and _begins_with_d(under)
                self.row(over, where, differential=both)
                self.row(under, where, differential=both)
            case "annotation" | "mn" | "ms":
                pass
            case _:
                for child in children(element):
                    self.row(flat([child]), where)

    def identifier(self, element: ET.Element, rest: Sequence[ET.Element], where: str) -> None:
        """A letter or a word in one piece."""
        text = _text(element)
        if len(text) == 1:
            self.letter(element, text, rest, where)
        elif _is_bold(text) and not is_bold_word(plain(text)):
            for c in text:
                self.add(c, required=c not in BLACKBOARD)
        elif any(c.isalpha() for c in text):
            self.name(text, rest, where)

    def letter(self, element: ET.Element, text: str, rest: Sequence[ET.Element], where: str) -> None:
        key = symbol_key(element)
        upright = element.get("mathvariant") == "normal"
        if text in BLACKBOARD:
            self.add(text, required=False)
        elif text in NOTATION:
            self.add(NOTATION[text], required=False)
        elif where == IN_LINE or not upright or not text.isascii():
            self.add(key, required=not self.is_constant(text, rest, where, upright=upright))

    def is_constant(self, text: str, rest: Sequence[ET.Element], where: str, *, upright: bool) -> bool:
        """Whether a letter without scripts stands for what everybody knows by it."""
        calls = bool(rest) and _text(rest[0]) in OPENING
        if text in {"π", "i"}:
            return not (text == "π" and calls) and where != INDEX
        if text == "E":
            return upright or (calls and _text(rest[0]) == "[")
        if text == "e":
            return upright
        return (text == "Γ" and calls) or (text == "P" and upright) or text in "ℏ∅"

    def name(self, text: str, rest: Sequence[ET.Element], where: str) -> None:
        """A word in roman letters: the name of a function, a label, or a variable with a long name."""
        word = plain(text).replace(" ", "")
        if where == IN_LINE:
            self.add(text, required=word not in KNOWN_FUNCTIONS)
        elif is_label(word):
            self.add(text, required=True)
        elif rest and _text(rest[0]) in OPENING:
            self.add(text, required=word not in KNOWN_FUNCTIONS)

    def words_in_text(self, element: ET.Element, rest: Sequence[ET.Element], where: str) -> None:
        r"""Words in `\text`: no symbols, but a name before a bracket and a short label are."""
        raw = "".join(element.itertext())
        word = letter_text(raw)
        if not word.isascii() or not any(c.isalpha() for c in word):
            return
        calls = bool(rest) and (_text(rest[0]) in OPENING or _text(rest[0]) in INVISIBLE)
        is_name = (
            re.fullmatch(r"[A-Za-z][A-Za-z0-9-]*", word)
            and raw == raw.rstrip()
            and word.casefold() not in GLUE
        )
        if is_label(word) or (is_name and calls and where == IN_LINE):
            self.add(word, required=word not in KNOWN_FUNCTIONS)

    def operator(self, sign: str) -> None:
        if sign in BARS:
            one, pair = BARS[sign]
            self.add(pair if self.counts[sign] % 2 == 0 else one, required=False)
        elif sign in NOTATION:
            self.add(NOTATION[sign], required=False)
        elif len(sign) > 1 and sign.isalpha():
            self.add(sign, required=sign not in KNOWN_FUNCTIONS)

    def scripts(self, element: ET.Element, rest: Sequence[ET.Element], where: str) -> None:
        """A letter with what stands at its feet and shoulders."""
        inner = children(element)
        base = _base(element)
        below = inner[1] if element.tag in {"msub", "msubsup"} else None
        above = inner[-1] if element.tag in {"msup", "msubsup"} else None
        if element.tag == "mmultiscripts":
            self.row(flat(inner[:1]), where)
            self.row(flat(inner[1:]), INDEX)
            return
        text = _text(base) if base.tag == "mi" else ""
        upright = base.get("mathvariant") == "normal"
        if text == "e" and above is not None and below is None and _text(above) not in {"T", "⊤", "′", "∗"}:
            self.add(symbol_key(base), required=False)
        elif text == "π" and (below is not None or _is_mark(above)):
            self.add(symbol_key(base), required=True)
        elif len(text) == 1 and text.isalpha() and text not in BLACKBOARD and not (upright and text in "EP"):
            self.add(
                symbol_key(base),
                required=not self.is_constant(
                    text, () if below is not None else rest, where, upright=upright
                ),
            )
        else:
            self.row(flat([inner[0]]), where)
        large = base.tag == "mo" or text in KNOWN_FUNCTIONS
        if below is not None:
            self.row(flat([below]), INDEX)
        if above is not None:
            self.power(above, large=large)

    def power(self, above: ET.Element, *, large: bool) -> None:
        """What stands at the shoulder: an exponent, an index in brackets, a transpose, or a mark without meaning of its own."""
        atoms = flat([above])
        only = atoms[0] if len(atoms) == 1 else None
        sign = _text(only) if only is not None else ""
        if (
            only is not None
            and not large
            and sign in {"T", "⊤", "⊺", "𝖳", "𝐓", "t⊤"}
            and only.tag in {"mi", "mo", "mtext"}
        ):
            self.add(TRANSPOSED, required=False)
        elif only is not None and (sign == "𝖧" or (sign == "H" and only.get("mathvariant") == "normal")):
            self.add("ᴴ", required=False)
        elif atoms and _text(atoms[0]) in {"(", "["} and _text(atoms[-1]) in {")", "]"}:
            self.row(atoms[1:-1], INDEX)
        elif not _is_mark(above):
            self.row(atoms, INDEX if large else POWER)

    def limits(self, element: ET.Element, where: str) -> None:
        """An accented letter, a sum with its limits, or signs above and below."""
        inner = children(element)
        base = _base(element)
        if is_accent(element):
            key = symbol_key(element)
            if key:
                self.add(key, required=True)
            else:
                self.row(flat(inner[:1]), where)
            return
        self.row(flat(inner[:1]), where)
        text = _text(base)
        brace = base.tag in LIMITS and is_accent(base)
        counts = brace or text in LARGE or base.tag != "mo"
        for script in inner[1:] if counts else ():
            self.row(flat([script]), INDEX)


def _is_bold(text: str) -> bool:
    return all(
        0x1D400 <= ord(c) <= 0x1D433 or 0x1D6A8 <= ord(c) <= 0x1D6E1 or 0x1D7CE <= ord(c) <= 0x1D7D7
        for c in text
    )


def _is_mark(above: ET.Element | None) -> bool:
    """Whether a superscript only marks its letter: x*, x′, A†."""
    if above is None:
        return False
    return all(a.tag == "mo" or _text(a) in "∗⋆†‡′" for a in flat([above]))


def _begins_with_d(atoms: Sequence[ET.Element]) -> bool:
    if not atoms:
        return False
    first = atoms[0]
    if first.tag == "msup":
        first = _base(first)
    return first.tag == "mi" and _text(first) == "d"


def _all_differentials(root: ET.Element) -> bool:
    """Whether each d of a formula stands right before a letter, and there are two: dy = f′(x) dx."""
    found: set[int] = set()
    for parent in root.iter():
        atoms = flat(children(parent)) if parent.tag in ROWS | {"mfrac", "msqrt"} else []
        for at, atom in enumerate(atoms):
            if atom.tag in SCRIPTS and _text(_base(atom)) == "d":
                return False
            if atom.tag == "mi" and _text(atom) == "d":
                following = symbol_key(atoms[at + 1]) if at + 1 < len(atoms) else ""
                if not following or following == "d":
                    return False
                found.add(id(atom))
    return len(found) > 1
