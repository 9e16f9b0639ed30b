"""The text of a formula means what the formula means: random expressions are read back by an evaluator of their own."""

from __future__ import annotations

import math
import random
import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING

from notebook_kb.parsing.tex import TexConverter
from notebook_kb.rendering import unicode_terms
from notebook_kb.rendering.plain_formula import plain_formula

if TYPE_CHECKING:
    from collections.abc import Callable

    import pytest

VALUES = {"x": 1.7, "y": 0.6, "a": 2.3, "b": 1.1, "n": 3.0, "α": 0.9, "θ": 1.3}
TEX_NAMES = {"α": r"\alpha", "θ": r"\theta"}
FUNCTIONS: dict[str, Callable[[float], float]] = {
    "sin": math.sin,
    "cos": math.cos,
    "exp": lambda v: math.exp(max(-9.0, min(v, 9.0))),
}
ROOTS = {"√": 2.0, "∛": 3.0, "∜": 4.0}
CONVERTER = TexConverter({})


@dataclass(frozen=True)
class Made:
    """An expression as TeX, its value, and how tightly it is bound: 0 a sum, 1 a product, 2 a factor, 3 an atom."""

    tex: str
    value: float
    bound: int


def held(made: Made, least: int) -> str:
    """The TeX, in parentheses where what is around binds tighter, as an author would write it."""
    return made.tex if made.bound >= least else rf"\left({made.tex}\right)"


def power(base: float, exponent: float) -> float:
    """A power that is a number for every base."""
    return math.pow(max(abs(base), 1e-9), max(-4.0, min(exponent, 4.0)))


def root(value: float, degree: float) -> float:
    return math.pow(abs(value), 1 / degree)


def expression(dice: random.Random, depth: int) -> Made:
    """A random expression of a depth."""
    kind = dice.choice("sspfffwwrrcnm" if depth else "a")
    if kind == "a":
        if dice.random() < 0.35:
            number = dice.choice(["2", "3", "5", "10", "0.5"])
            return Made(number, float(number), 3)
        name = dice.choice(list(VALUES))
        return Made(TEX_NAMES.get(name, name), VALUES[name], 3)
    left = expression(dice, depth - 1)
    right = expression(dice, dice.randrange(depth))
    return COMPOSED[kind](dice, left, right)


def added(dice: random.Random, left: Made, right: Made) -> Made:
    if dice.random() < 0.5:
        return Made(f"{left.tex} + {held(right, 1)}", left.value + right.value, 0)
    return Made(f"{left.tex} - {held(right, 1)}", left.value - right.value, 0)


def product(dice: random.Random, left: Made, right: Made) -> Made:
    between = dice.choice([r" \cdot ", r" \times ", " ", r"\,"])
    second = held(right, 2)
    if second[:1].isdigit() and between in {" ", r"\,"}:
        between = r" \cdot "  # nobody writes two numbers side by side
    return Made(f"{held(left, 1)}{between}{second}", left.value * right.value, 1)


def fraction(_dice: random.Random, left: Made, right: Made) -> Made:
    # a fraction is one thing to see, whatever is around it
    return Made(rf"\frac{{{left.tex}}}{{{right.tex}}}", left.value / (right.value or 1e-9), 2)


def powered(_dice: random.Random, left: Made, right: Made) -> Made:
    return Made(f"{held(left, 3)}^{{{right.tex}}}", power(left.value, right.value), 2)


def rooted(dice: random.Random, left: Made, _right: Made) -> Made:
    degree = dice.choice(["", "", "[3]", "[4]", "[5]"])
    return Made(rf"\sqrt{degree}{{{left.tex}}}", root(left.value, float(degree.strip("[]") or 2)), 2)


def called(dice: random.Random, left: Made, _right: Made) -> Made:
    name = dice.choice(list(FUNCTIONS))
    return Made(rf"\{name}\left({left.tex}\right)", FUNCTIONS[name](left.value), 2)


def negated(_dice: random.Random, left: Made, _right: Made) -> Made:
    return Made(f"-{held(left, 1)}", -left.value, 0)


def measured(_dice: random.Random, left: Made, _right: Made) -> Made:
    return Made(rf"\left({left.tex}\right)", left.value, 3)


COMPOSED: dict[str, Callable[[random.Random, Made, Made], Made]] = {
    "s": added, "p": product, "f": fraction, "w": powered, "r": rooted, "c": called, "n": negated, "m": measured,
}  # fmt: skip


class Reader:
    """Reads a line as people do: what stands side by side first binds, then ⋅ × / from the left, then + −.

    Knows nothing of MathML or TeX. Raised signs are a power of the factor before them, a root takes the next atom.
    """

    def __init__(self, text: str) -> None:
        self.text = unicodedata.normalize("NFC", text)
        self.at = 0

    def peek(self) -> str:
        while self.text[self.at : self.at + 1] == " ":
            self.at += 1
        return self.text[self.at : self.at + 1]

    def take(self, sign: str) -> bool:
        if self.peek() and self.peek() in sign:
            self.at += 1
            return True
        return False

    def whole(self) -> float:
        value = self.sum()
        assert not self.peek(), f"left over at {self.at} of {self.text}"
        return value

    def sum(self) -> float:
        value = -self.terms() if self.take("−") else self.terms()
        while self.peek() and self.peek() in "+−":
            minus = self.take("−") or not self.take("+")
            value += -self.terms() if minus else self.terms()
        return value

    def terms(self) -> float:
        value = self.side_by_side()
        while self.peek() and self.peek() in "⋅×/":
            over = self.peek() == "/"
            self.at += 1
            right = self.side_by_side()
            value = value / (right or 1e-9) if over else value * right
        return value

    def side_by_side(self) -> float:
        """`ab` in `1/ab` binds before the stroke does: so a line must never leave that to guessing."""
        value = self.factor()
        while self.peek() and (self.peek().isalnum() or self.peek() in "(√∛∜") and not self.small(""):
            value *= self.factor()
        return value

    def small(self, form: str) -> bool:
        return unicodedata.decomposition(self.peek() or " ").startswith(form or "<super>")

    def factor(self) -> float:
        if self.small(""):  # the degree of a root
            degree = self.raised()
            assert self.take("√"), self.text
            return root(self.operand(), degree)
        for sign, degree in ROOTS.items():
            if self.take(sign):
                return root(self.operand(), degree)
        return self.exponent(self.atom())

    def operand(self) -> float:
        value = self.atom()
        open_ended = self.text[self.at : self.at + 1] == "^" or self.small("")
        assert not open_ended, f"what is raised in {self.text}?"
        return value

    def exponent(self, value: float) -> float:
        if self.text[self.at : self.at + 1] == "^":
            self.at += 1
            return power(value, self.atom())
        if self.text[self.at : self.at + 1].strip() and self.small(""):
            return power(value, self.raised())
        return value

    def raised(self) -> float:
        start = self.at
        while self.at < len(self.text) and unicodedata.decomposition(self.text[self.at]).startswith(
            "<super>"
        ):
            self.at += 1
        inner = unicodedata.normalize("NFKC", self.text[start : self.at])
        return Reader(inner).whole()

    def atom(self) -> float:
        if self.take("("):
            value = self.sum()
            assert self.take(")"), self.text
            return value
        for name, function in FUNCTIONS.items():
            if self.peek() and self.text.startswith(name, self.at):
                self.at += len(name)
                assert self.peek() == "(", f"{name} of what? {self.text}"
                return function(self.atom())
        start = self.at
        while self.peek() and self.text[self.at : self.at + 1] in set("0123456789."):
            self.at += 1
        if self.at > start:
            return float(self.text[start : self.at])
        name = self.peek()
        self.at += 1
        assert name in VALUES, f"{name!r} in {self.text}"
        return VALUES[name]


def read_back(count: int, seed: int) -> tuple[int, int, list[str]]:
    """How many expressions were read, how many refused, and those that came back with another value."""
    dice = random.Random(seed)  # noqa: S311 - no secret
    read = refused = 0
    wrong = []
    for _ in range(count):
        made = expression(dice, dice.choice([1, 2, 2, 3, 3, 4]))
        plain = plain_formula(made.tex, CONVERTER.convert(made.tex, display=dice.random() < 0.5).mathml)
        if plain.refused:
            refused += 1
            continue
        read += 1
        try:
            value = Reader(plain.text).whole()
        except AssertionError as error:
            wrong.append(f"{made.tex}  →  {plain.text}: {error}")
            continue
        if not math.isclose(value, made.value, rel_tol=1e-9, abs_tol=1e-12):
            wrong.append(f"{made.tex}  →  {plain.text}: {value} and not {made.value}")
    return read, refused, wrong


def test_the_text_has_the_value_of_the_formula() -> None:
    """2,000 expressions: no fraction, power, root or sign reaches further in the line than in the formula."""
    read, refused, wrong = read_back(2000, seed=20)
    assert not wrong, "\n".join(wrong[:20])
    assert read > 1500
    assert refused < 500


def test_a_lost_pair_of_parentheses_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    """A writer that forgets the parentheses below a stroke does not get through."""
    monkeypatch.setattr(unicode_terms, "denominator", str.strip)
    assert read_back(200, seed=20)[2]
