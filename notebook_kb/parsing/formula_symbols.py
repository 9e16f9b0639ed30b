r"""Which symbols of a formula need words: a walk over its MathML.

Two levels. *Required* are the identifiers: letters with their style and accent, their indices, names of functions (`f`,
`softmax`), short labels (`MLE`). *Optional* is what may have words: constants, named sets, well-known functions, notation.
A differential's d, words, numbers and what only decorates a letter (a prime, a star) are neither.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from notebook_kb.parsing.symbol_tree import (
    bare_letter,
    base_of,
    begins_with_d,
    flat,
    has_given,
    is_bold,
    is_called,
    is_mark,
    only_differentials,
    text_of,
)
from notebook_kb.parsing.symbol_words import (
    BLACKBOARD,
    CALLED,
    GLUE,
    KNOWN_FUNCTIONS,
    is_bold_word,
    is_index_word,
    is_label,
    is_run,
    is_script_label,
    plain,
)
from notebook_kb.parsing.symbols import (
    INVISIBLE,
    SCRIPTS,
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
LONGEST_WORD = 60  # letters in a row that may be a word
NOTATION = {c: c for c in "∑∏∫∬∭∮∇∂⊙⊗⊕∘∼∗†⟂∪∩∐⋃⋂⨂⨁∣‖"} | {"~": "∼", "∥": "‖", "⊥": "⟂"}
LARGE = frozenset("∑∏∫∬∭∮⋃⋂⨁⨂∐")
INTEGRALS = frozenset("∫∬∭∮")
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


class _Reader:
    """Walks one formula; `seen` is each key with whether it is required."""

    def __init__(self, root: ET.Element) -> None:
        self.seen: dict[str, bool] = {}
        self.words: list[str] = []
        integral = any(text_of(e) in INTEGRALS for e in root.iter("mo"))
        self.differentials = integral or only_differentials(root)

    def add(self, key: str, *, required: bool) -> None:
        """One place where a symbol stands; needed anywhere is needed."""
        if key:
            self.seen[key] = required or self.seen.get(key, False)

    # rows

    def row(self, atoms: Sequence[ET.Element], where: str, *, differential: bool = False) -> None:
        """Things one after the other. `differential`: each d before a letter belongs to it."""
        at = 0
        if has_given(atoms):
            self.add("∣", required=False)
        while at < len(atoms):
            run = self.run(atoms, at, where) or self.arg(atoms, at)
            if run:
                at += run
                continue
            element, rest = atoms[at], atoms[at + 1 :]
            if not self.is_differential(element, rest, inside=differential):
                self.element(element, rest, where)
            at += 1

    def run(self, atoms: Sequence[ET.Element], at: int, where: str) -> int:
        r"""How many letters at this place are a word written without `\text`; 0 for none.

        On the line such a word is a symbol, as a script a label. The scripts of its last letter are read with it.
        """
        end = at
        most = min(len(atoms), at + LONGEST_WORD)
        while end < most and (bare_letter(atoms[end]) or (end > at and text_of(atoms[end]) == "_")):
            end += 1
        word = "".join(text_of(a) for a in atoms[at:end])
        last = atoms[end] if end < len(atoms) and atoms[end].tag in SCRIPTS else None
        whole = word + (bare_letter(base_of(last)) if last is not None else "")
        if last is not None and whole != word and ("_" in word or is_run(whole)):
            self.word(whole, atoms[end + 1 :], where)
            self.scripts_of(last)
            return end - at + 1
        if len(word) < 2 or whole != word:
            return 0
        label = where != IN_LINE and at == 0 and end == len(atoms)
        foreign = any(not c.isascii() and c != "_" for c in word)
        if label and is_script_label(word):
            self.add(word, required=True)
        elif "_" in word or foreign or is_run(word) or (label and is_index_word(word)):
            self.word(word, atoms[end:], where)
        else:
            return 0
        return end - at

    def word(self, word: str, rest: Sequence[ET.Element], where: str) -> None:
        r"""A word that stands in the formula letter by letter."""
        self.words.append(word)
        if where == IN_LINE and word.isascii():
            self.name(word, rest, where)

    def arg(self, atoms: Sequence[ET.Element], at: int) -> int:
        r"""How many elements at this place are `\arg\max` or `\arg\min`, which are one function; 0 for none."""
        if text_of(atoms[at]) != "arg":
            return 0
        end = at + 1
        while end < len(atoms) and text_of(atoms[end]) in INVISIBLE:
            end += 1
        if end == len(atoms) or text_of(base_of(atoms[end])) not in {"max", "min"}:
            return 0
        self.add(f"arg{text_of(base_of(atoms[end]))}", required=False)
        for script in children(atoms[end])[1:]:
            self.row(flat([script]), INDEX)
        return end - at + 1

    def is_differential(self, element: ET.Element, rest: Sequence[ET.Element], *, inside: bool) -> bool:
        """Whether this is the d of dx: right before a letter, in an integral or a fraction (or upright, anywhere)."""
        base = element
        if element.tag == "msup" and inside:
            base = base_of(element)
        if base.tag != "mi" or text_of(base) != "d":
            return False
        if inside and not rest:
            return True  # d over dx
        before_letter = bool(rest) and bool(symbol_key(rest[0])) and text_of(rest[0]) not in KNOWN_FUNCTIONS
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
                self.operator(text_of(element))
            case tag if tag in SCRIPTS:
                self.scripts(element, rest, where)
            case tag if tag in LIMITS:
                self.limits(element, where)
            case "mfrac":
                over, under = (flat([c]) for c in children(element)[:2])
                both = begins_with_d(over) and begins_with_d(under)
                self.row(over, where, differential=both)
                self.row(under, where, differential=both)
            case "annotation" | "mn" | "ms":
                pass
            case _:
                for child in children(element):
                    self.row(flat([child]), where)

    def identifier(self, element: ET.Element, rest: Sequence[ET.Element], where: str) -> None:
        """A letter or a word in one piece."""
        text = text_of(element)
        if len(text) == 1:
            self.letter(element, text, rest, where)
        elif is_bold(text) and not is_bold_word(plain(text)):
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
        calls = is_called(rest)
        if text in {"π", "i"}:
            return not (text == "π" and calls) and where != INDEX
        if text == "E":
            return upright or (calls and text_of(rest[0]) == "[")
        if text == "e":
            return upright
        return (text == "Γ" and calls) or (text == "P" and upright) or text in "ℏ∅"

    def name(self, text: str, rest: Sequence[ET.Element], where: str) -> None:
        """A word in roman letters: the name of a function, a label, or a variable with a long name."""
        word = plain(text).replace(" ", "")
        called = is_called(rest)
        if where == IN_LINE or is_label(word) or called:
            known = word in KNOWN_FUNCTIONS or (called and word in CALLED)
            self.add(text, required=not known)

    def words_in_text(self, element: ET.Element, rest: Sequence[ET.Element], where: str) -> None:
        r"""Words in `\text`: no symbols, but a name before a bracket and a short label are."""
        raw = "".join(element.itertext())
        word = letter_text(raw)
        if not word.isascii() or not any(c.isalpha() for c in word):
            return
        calls = is_called(rest)
        is_name = (
            re.fullmatch(r"[A-Za-z][A-Za-z0-9-]*", word)
            and raw == raw.rstrip()
            and word.casefold() not in GLUE
        )
        if is_label(word) or (is_name and calls and where == IN_LINE):
            self.add(word, required=word not in KNOWN_FUNCTIONS and not (calls and word in CALLED))

    def operator(self, sign: str) -> None:
        if sign in NOTATION:
            self.add(NOTATION[sign], required=False)
        elif len(sign) > 1 and sign.isalpha():
            self.add(sign, required=sign not in KNOWN_FUNCTIONS)

    def scripts(self, element: ET.Element, rest: Sequence[ET.Element], where: str) -> None:
        """A letter with what stands at its feet and shoulders."""
        inner = children(element)
        base = base_of(element)
        below = inner[1] if element.tag in {"msub", "msubsup"} else None
        above = inner[-1] if element.tag in {"msup", "msubsup"} else None
        if element.tag == "mmultiscripts":
            self.row(flat(inner[:1]), where)
            self.row(flat(inner[1:]), INDEX)
            return
        text = text_of(base) if base.tag == "mi" else ""
        upright = base.get("mathvariant") == "normal"
        if text == "e" and above is not None and below is None and text_of(above) not in {"T", "⊤", "′", "∗"}:
            self.add(symbol_key(base), required=False)
        elif text == "π" and (below is not None or is_mark(above)):
            self.add(symbol_key(base), required=True)
        elif len(text) == 1 and text.isalpha() and text not in BLACKBOARD and not (upright and text in "EP"):
            self.add(
                symbol_key(base),
                required=not self.is_constant(
                    text, () if below is not None else rest, where, upright=upright
                ),
            )
        elif base.tag == "mo":
            self.operator(text_of(base))
        else:
            self.row(flat([inner[0]]), where)
        self.scripts_of(element)

    def scripts_of(self, element: ET.Element) -> None:
        """What stands at the feet and shoulders of a letter."""
        inner, base = children(element), base_of(element)
        large = base.tag == "mo" or text_of(base) in KNOWN_FUNCTIONS
        if element.tag in {"msub", "msubsup"}:
            self.row(flat(inner[1:2]), INDEX)
        if element.tag in {"msup", "msubsup"}:
            self.power(inner[-1], large=large)

    def power(self, above: ET.Element, *, large: bool) -> None:
        """What stands at the shoulder: an exponent, an index in brackets, a transpose, or a mark without meaning of its own."""
        atoms = flat([above])
        only = atoms[0] if len(atoms) == 1 else None
        sign = text_of(only) if only is not None else ""
        if (
            only is not None
            and not large
            and sign in {"T", "⊤", "⊺", "𝖳", "𝐓", "t⊤"}
            and only.tag in {"mi", "mo", "mtext"}
        ):
            self.add(TRANSPOSED, required=False)
        elif only is not None and (sign == "𝖧" or (sign == "H" and only.get("mathvariant") == "normal")):
            self.add("ᴴ", required=False)
        elif atoms and text_of(atoms[0]) in {"(", "["} and text_of(atoms[-1]) in {")", "]"}:
            self.row(atoms[1:-1], INDEX)
        elif not is_mark(above):
            self.row(atoms, INDEX if large else POWER)

    def limits(self, element: ET.Element, where: str) -> None:
        """An accented letter, a sum with its limits, or signs above and below."""
        inner = children(element)
        base = base_of(element)
        if is_accent(element):
            key = symbol_key(element)
            if key:
                self.add(key, required=True)
            else:
                self.row(flat(inner[:1]), where)
            return
        self.row(flat(inner[:1]), where)
        text = text_of(base)
        brace = base.tag in LIMITS and is_accent(base)
        counts = brace or text in LARGE or base.tag != "mo"
        for script in inner[1:] if counts else ():
            self.row(flat([script]), INDEX)
