"""Formulas with the text that was judged right for them, and what is counted over them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from notebook_kb.parsing.tex import TexConverter
from notebook_kb.rendering.formula_guard import UnknownCommandError, lost, raw_tex
from notebook_kb.rendering.plain_formula import PlainFormula, plain_formula
from notebook_kb.rendering.unicode_math import unicode_math

if TYPE_CHECKING:
    from collections.abc import Iterable

FORMULAS = Path(__file__).resolve().parents[1] / "fixtures" / "formulas"
CONVERTER = TexConverter({})


@dataclass(frozen=True)
class Case:
    """A formula and what it should give."""

    tex: str
    wanted: PlainFormula


@dataclass(frozen=True)
class Outcome:
    """What a formula gave; `raw` and `lost` are of its text, `unsaid` of the words for its picture."""

    case: Case
    given: PlainFormula
    raw: str
    lost: tuple[str, ...]
    unsaid: tuple[str, ...]


def cases(*names: str) -> list[Case]:
    """The formulas of some files below tests/fixtures/formulas."""
    found = []
    for name in names:
        lines = (FORMULAS / name).read_text(encoding="utf-8").splitlines()
        kept = [line for line in lines if line and not line.startswith("# ")]
        for tex, said in zip(kept[::2], kept[1::2], strict=True):
            text = said[4:]
            wanted = PlainFormula(text) if said.startswith("  = ") else PlainFormula("", text)
            found.append(Case(tex, wanted))
    return found


def outcomes(given: Iterable[Case]) -> list[Outcome]:
    """What each formula gives, and what is wrong with it."""
    return [outcome(case) for case in given]


def outcome(case: Case) -> Outcome:
    mathml = CONVERTER.convert(case.tex, display=False).mathml
    plain = plain_formula(case.tex, mathml)
    missing = lost(case.tex, plain.text) if plain.text else ()
    return Outcome(
        case, plain, raw_tex(case.tex, plain.text), missing, _unsaid(case.tex, unicode_math(mathml))
    )


def _unsaid(tex: str, alt: str) -> tuple[str, ...]:
    """Letters, digits and words that the picture's words lack; looks (strokes, accents) are in the picture."""
    try:
        return tuple(sign for sign in lost(tex, alt) if sign[0] != "+" and sign.isalnum())
    except UnknownCommandError:
        return ()
