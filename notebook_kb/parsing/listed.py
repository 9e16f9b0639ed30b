"""The display formulas of symbols parts with what is said of their symbols: what a note remembers as `listed`."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from notebook_kb.model import document as d
from notebook_kb.model.note import Part
from notebook_kb.model.symbols import ListedFormula, SymbolRow
from notebook_kb.parsing.formula_symbols import formula_symbols, read_symbols
from notebook_kb.parsing.sections import visible
from notebook_kb.parsing.symbol_lists import (
    listed_blocks,
    says_something,
    spoken,
    symbol_rows,
    where_rows,
)
from notebook_kb.parsing.symbol_tree import flat
from notebook_kb.parsing.symbols import (
    INVISIBLE,
    SCRIPTS,
    children,
    is_accent,
    key_text,
    parse_math,
    row_of,
    signs,
    symbol_key,
)
from notebook_kb.parsing.tex import strip_comments
from notebook_kb.parsing.tex_plain import in_signs

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from xml.etree import ElementTree as ET

    from notebook_kb.model.note import Section
    from notebook_kb.parsing.sections import SectionNames
    from notebook_kb.parsing.symbol_lists import ListWords, Row
    from notebook_kb.parsing.tex import TexConverter

IGNORE = re.compile(r"\s*symbols\s*:\s*ignore\s+(.+?)\s*", re.IGNORECASE | re.DOTALL)
SIGN = re.compile(r"\$[^$]+\$|[^,;\s$]+")
RELATIONS = frozenset("∈=<>≤≥∼:≠⊂⊆⊃⊇→↦≔≈∝≻⪰∉←")
LIMITS = frozenset({"munder", "mover", "munderover"})
OPENING = frozenset("([{")
# letters that are also words of English
ALSO_WORDS = frozenset("aAIO")
MOST_SIGN = 24  # characters of a sign typed without dollars


def listed_formulas(
    document: d.Document,
    sections: Sequence[Section],
    names: SectionNames,
    words: ListWords,
    tex: TexConverter,
) -> tuple[ListedFormula, ...]:
    """The display formulas of all symbols parts that are not private, in order; `tex` knows the note's macros."""
    found: list[ListedFormula] = []
    for section in sections:
        if section.part is Part.SYMBOLS and not section.private:
            blocks = visible(document.blocks[section.first : section.last], names)
            found += _formulas(blocks, words, tex)
    return tuple(found)


def _formulas(blocks: tuple[d.Block, ...], words: ListWords, tex: TexConverter) -> Iterator[ListedFormula]:
    follows = False
    for block, _, own in listed_blocks(blocks, words, partly=True):
        if isinstance(block, d.MathBlock):
            formula = listed_formula(block, own, words, tex)
            yield replace(formula, follows=True) if follows else formula
        elif isinstance(block, (d.BlockParent, d.List)):
            yield from _formulas(d.child_blocks(block), words, tex)
        follows = isinstance(block, d.MathBlock) and all(isinstance(b, d.CommentBlock) for b in own)


def listed_formula(
    formula: d.MathBlock, own: tuple[d.Block, ...], words: ListWords, tex: TexConverter
) -> ListedFormula:
    """One formula with the blocks below it that belong to it."""
    typed = strip_comments(formula.tex).strip()
    read = formula_symbols(formula.tex, tex)
    lists = [b for b in own if symbol_rows(b, words.means, partly=True) or where_rows(b, words)]
    said = next((b for b in own if spoken(b, words.aloud)), None)
    rows = tuple(r for b in lists for r in block_rows(b, words, tex))
    return ListedFormula(
        tex=typed,
        place=formula.place,
        required=read.required if read else (),
        optional=read.optional if read else (),
        rows=rows,
        aloud=aloud_text(spoken(said, words.aloud), tex) if said else "",
        aloud_place=said.place if said else d.NOWHERE,
        list_place=lists[0].place if lists else d.NOWHERE,
        ignored=tuple(ignored(own, tex)),
        unread=read is None,
        drawn=tuple(sorted(read.drawn - {*read.required, *read.optional})) if read else (),
        loose_words=read.words if read else (),
    )


def block_rows(block: d.Block, words: ListWords, tex: TexConverter) -> Iterator[SymbolRow]:
    """The rows of a list, a table or a sentence; `words` is '' where they wait for some."""
    for row in symbol_rows(block, words.means, partly=True) or where_rows(block, words):
        yield symbol_row(row, tex)


def symbol_row(row: Row, tex: TexConverter) -> SymbolRow:
    """A row with the keys that it describes."""
    sign, said = row
    formulas = [i for i in d.walk_inlines(sign) if isinstance(i, d.Math)]
    typed = [strip_comments(f.tex).strip() for f in formulas]
    if not typed:
        bare = d.plain_text(sign).strip()
        typed = [bare] if bare and len(bare) <= MOST_SIGN and " " not in bare else []
    keys: dict[str, None] = {}
    mentioned = mentions(said, tex)
    for one in typed:
        keys |= dict.fromkeys(sign_keys(one, mentioned, tex))
    place = next((i.place for i in (*formulas, *sign) if i.place.line), d.NOWHERE)
    text = " ".join(d.plain_text(in_signs(said)).split()) if says_something(said) else ""
    return SymbolRow(tuple(keys), ", ".join(typed), text, place)


class Mentioned:
    """Which symbols the words of a row name."""

    def __init__(self, text: str, keys: frozenset[str]) -> None:
        self.text = text
        self.keys = keys

    def __contains__(self, key: str) -> bool:
        letter = key_text(key)
        if key in self.keys:
            return True
        if not letter or letter in ALSO_WORDS:
            return bool(letter) and bool(re.search(rf"\b{letter}-?(?:th|te[nrs]?)\b", self.text))
        return bool(
            re.search(rf"(?<![^\W\d_]){re.escape(letter)}(?:-?(?:th|te[nrs]?)\b|(?![^\W\d_]))", self.text)
        )


def mentions(said: tuple[d.Inline, ...], tex: TexConverter) -> Mentioned:
    """What a row's words name, in formulas and as letters."""
    keys: set[str] = set()
    for inline in d.walk_inlines(said):
        if isinstance(inline, d.Math):
            read = formula_symbols(inline.tex, tex)
            keys |= {*read.required, *read.optional} if read else set()
    words = (i.text for i in d.walk_inlines(said) if isinstance(i, (d.Text, d.Code)))
    return Mentioned(" ".join(words), frozenset(keys))


def sign_keys(typed: str, mentioned: Mentioned | None, tex: TexConverter) -> Iterator[str]:
    """The keys that a row's sign describes; indices and limits only where the row's words mention them."""
    parts = signs(tex.convert(typed, display=False).mathml)
    dotted = any(_is_dots(p) for p in parts)
    for number, part in enumerate(parts):
        if not dotted or not number:
            yield from _part_keys(part, mentioned)


def _is_dots(part: list[ET.Element]) -> bool:
    return all(set("".join(e.itertext())) <= set("….·⋯") for e in part)


def _part_keys(part: list[ET.Element], mentioned: Mentioned | None) -> Iterator[str]:
    """The keys of one sign: its symbol, the function that it calls, or its notation."""
    atoms = flat(part)
    if not atoms:
        return
    if len(atoms) == 1 and atoms[0].tag == "mi" and len(letter := symbol_key(atoms[0])) == 1:
        yield letter
        return
    cut = next(
        (n for n, e in enumerate(atoms) if n and e.tag == "mo" and (e.text or "").strip() in RELATIONS),
        len(atoms),
    )
    subject, rest = atoms[:cut], atoms[cut:]
    key = symbol_key(subject[0])
    read = read_symbols(row_of(subject))
    others = read_symbols(row_of(rest)).required if rest else ()
    if len(subject) == 1 and subject[0].tag == "mi" and len(read.required) > 1:
        yield from read.required  # bold letters in one run
    elif key and (len(subject) == 1 or _calls(subject[1])):
        yield key
    elif len(subject) == 1 and len(read.required) == 1 and not read.optional:
        yield read.required[0]
    else:
        yield from read.optional[:1]
    yield from (k for k in read.optional if k in {"ᵀ", "ᴴ"})
    if mentioned is not None:
        scripts = [k for e in (subject[:1] if key else subject) for k in _script_keys(e)]
        yield from (k for k in (*scripts, *others) if k in mentioned)


def _calls(following: ET.Element) -> bool:
    """Whether what follows a name makes it a function: rank(A), h_θ(x)."""
    sign = (following.text or "").strip()
    return following.tag == "mo" and (sign in INVISIBLE or sign in OPENING)


def _script_keys(element: ET.Element) -> list[str]:
    """The keys at the foot and the shoulder of a sign, or below and above it."""
    inner = children(element)
    if element.tag not in SCRIPTS | LIMITS or is_accent(element):
        return []
    return [k for c in inner[1:] for k in read_symbols(c, index=True).required]


def ignored(own: tuple[d.Block, ...], tex: TexConverter) -> Iterator[str]:
    """The keys named in comments `symbols: ignore x, y` below a formula."""
    comments = [b.text for b in d.walk_blocks(own) if isinstance(b, d.CommentBlock)]
    comments += [i.text for i in d.all_inlines(own) if isinstance(i, d.Comment)]
    for comment in comments:
        found = IGNORE.fullmatch(comment)
        for one in SIGN.findall(found[1]) if found else ():
            yield from sign_keys(one.strip("$"), None, tex)


def aloud_text(said: tuple[d.Inline, ...], tex: TexConverter) -> str:
    """A read-aloud sentence as typed; a formula in it that is one symbol as its sign, others between dollars."""
    parts = []
    for inline in said:
        match inline:
            case d.Math():
                parts.append(_sign_or_tex(inline.tex, tex))
            case d.InlineParent():
                parts.append(aloud_text(inline.children, tex))
            case _:
                parts.append(d.plain_text((inline,)))
    return " ".join("".join(parts).split())


def _sign_or_tex(typed: str, tex: TexConverter) -> str:
    root = parse_math(tex.convert(typed, display=False).mathml)
    top = [] if root is None else signs(tex.convert(typed, display=False).mathml)
    one = symbol_key(top[0][0]) if len(top) == 1 and len(top[0]) == 1 and top[0][0].tag not in SCRIPTS else ""
    return key_text(one) if one else f"${strip_comments(typed).strip()}$"
