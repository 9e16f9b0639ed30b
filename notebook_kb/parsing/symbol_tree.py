"""What stands where in a formula's MathML: rows without their groups, bases of scripts, bars, differentials."""

from __future__ import annotations

from typing import TYPE_CHECKING

from notebook_kb.parsing.symbols import INVISIBLE, SCRIPTS, WRAPPERS, children, letter_text, symbol_key

if TYPE_CHECKING:
    from collections.abc import Sequence
    from xml.etree import ElementTree as ET

OPENING, CLOSING = frozenset("([{"), frozenset(")]}")
ROWS = WRAPPERS | {"mtd"}
SILENT = frozenset({"mspace", "mphantom", "mprescripts", "none"})


def flat(elements: Sequence[ET.Element]) -> list[ET.Element]:
    """What stands in a row one after the other, without the groups around and without blanks."""
    out: list[ET.Element] = []
    for element in elements:
        if element.tag in ROWS:
            out += flat(children(element))
        elif element.tag not in SILENT:
            out.append(element)
    return out


def text_of(element: ET.Element) -> str:
    """The signs of an element, in the form that keys have."""
    return letter_text("".join(element.itertext()))


def single(element: ET.Element) -> ET.Element:
    """What a group holds, where it is one thing."""
    inner = flat([element])
    return inner[0] if len(inner) == 1 else element


def base_of(element: ET.Element) -> ET.Element:
    """What the scripts of an element stand at."""
    inner = children(element)
    return single(inner[0]) if inner else element


def bare_letter(element: ET.Element) -> str:
    """A letter as it is typed without a command: italic, no script; '' for all else."""
    text = text_of(element)
    bare = (
        element.tag == "mi" and len(text) == 1 and text.isalpha() and element.get("mathvariant") != "normal"
    )
    return text if bare and (text.isascii() or foreign_letter(text)) else ""


def foreign_letter(letter: str) -> bool:
    """Whether a letter belongs to words rather than to formulas: ß, ü, 损."""
    return (
        letter not in "ıȷð"
        and not ("Ͱ" <= letter <= "Ͽ")
        and ord(letter) < 0x1D400
        and not 0x2100 <= ord(letter) <= 0x214F
    )


def is_bold(text: str) -> bool:
    """Whether a run is bold throughout: Latin, Greek, digits."""
    return all(
        0x1D400 <= ord(c) <= 0x1D433 or 0x1D6A8 <= ord(c) <= 0x1D6E1 or 0x1D7CE <= ord(c) <= 0x1D7D7
        for c in text
    )


def is_mark(above: ET.Element | None) -> bool:
    """Whether a superscript only marks its letter: x*, x′, A†."""
    if above is None:
        return False
    return all(a.tag == "mo" or text_of(a) in "∗⋆†‡′" for a in flat([above]))


def begins_with_d(atoms: Sequence[ET.Element]) -> bool:
    """Whether a row begins with a d, perhaps with an exponent."""
    if not atoms:
        return False
    first = atoms[0]
    if first.tag == "msup":
        first = base_of(first)
    return first.tag == "mi" and text_of(first) == "d"


def only_differentials(root: ET.Element) -> bool:
    """Whether each d of a formula stands right before a letter, and there are two: dy = f′(x) dx."""
    found: set[int] = set()
    for parent in root.iter():
        atoms = flat(children(parent)) if parent.tag in ROWS | {"mfrac", "msqrt"} else []
        for at, atom in enumerate(atoms):
            if atom.tag in SCRIPTS and text_of(base_of(atom)) == "d":
                return False
            if atom.tag == "mi" and text_of(atom) == "d":
                following = symbol_key(atoms[at + 1]) if at + 1 < len(atoms) else ""
                if not following or following == "d":
                    return False
                found.add(id(atom))
    return len(found) > 1


def is_called(rest: Sequence[ET.Element]) -> bool:
    """Whether what follows a name is a bracket that opens."""
    following = next((text_of(base_of(e)) for e in rest if text_of(e) not in INVISIBLE), "")
    return following in OPENING


def has_given(atoms: Sequence[ET.Element]) -> bool:
    """Whether a bar of a row stands alone between its brackets: p(x | z), not |x|, not the value "at the point" |₀."""
    bars = [0]
    alone = False
    for at, atom in enumerate(atoms):
        sign = text_of(base_of(atom)) if atom.tag in SCRIPTS else text_of(atom) if atom.tag == "mo" else ""
        if sign in OPENING:
            bars.append(0)
        elif sign in CLOSING and len(bars) > 1:
            alone |= bars.pop() % 2 == 1
        elif sign == "|" and (bars[-1] % 2 or (atom.tag == "mo" and at + 1 < len(atoms))):
            bars[-1] += 1
    return alone or bars[0] % 2 == 1
