"""The symbols of formulas: what counts as one, and which row of a list describes which sign."""

from __future__ import annotations

import re

import pytest

from notebook_kb.parsing.symbols import mark_symbols, parse_math, symbols
from notebook_kb.parsing.tex import TexConverter

CONVERTER = TexConverter({})


def mathml(tex: str) -> str:
    return CONVERTER.convert(tex, display=True).mathml


def keys(tex: str) -> list[str]:
    root = parse_math(mathml(tex))
    assert root is not None
    return [key for key, _ in symbols(root)]


@pytest.mark.parametrize(
    ("tex", "expected"),
    [
        ("x", "x"),
        ("x_i", "x i"),
        ("x_{i+1}^2", "x i"),
        (r"\beta_0 + \beta_1 x", "β β x"),
        (r"\hat{x}", "x^ˆ"),
        (r"\bar x + x", "x^¯ x"),
        (r"\vec{v}_1", "v^⃗"),
        (r"\mathbf{x}", "𝐱"),
        (r"\bm{x}", "𝐱"),
        (r"\boldsymbol{x}", "𝐱"),
        (r"\mathbb{R}^n", "ℝ n"),
        (r"\mathcal{L}", "ℒ"),
        (r"\operatorname{rank}(A)", "rank A"),
        (r"\det A", "det A"),
        (r"\frac{x-\mu}{\sigma}", "x μ σ"),
        (r"\sqrt{d_k}", "d k"),
        (r"p(x \mid \theta)", "p x θ"),
        (r"\sum_{i=1}^n x_i", "i n x i"),
        (r"\lVert w \rVert_2", "w"),
        (r"\begin{pmatrix} a & b \\ c & d \end{pmatrix}", "a b c d"),
        (r"\max_x f(x)", "max x f x"),
        (r"\mathrm{KL}(p)", "KL p"),
        (r"3 + 4", ""),
        (r"\text{loss}", "loss"),
        (r"A^\top", "A"),
        (r"f'", "f"),
        (r"\dot{x}", "x^˙"),
        (r"\tilde{x}_j", "x^˜ j"),
        (r"\nabla L", "L"),
        (r"\underbrace{a+b}_{c}", "a b c"),
    ],
)
def test_the_symbols_of_a_formula(tex: str, expected: str) -> None:
    """Red when a letter, accent or named function is missed, split or taken for another."""
    assert " ".join(keys(tex)) == expected


def marks(tex: str, *rows: str) -> str:
    """The marked formula as text: each marked element as `mark:words`."""
    pairs = [("abcdefgh"[n], [mathml(row)]) for n, row in enumerate(rows)]
    html = mark_symbols(mathml(tex), pairs)
    assert re.sub(r' data-s="."', "", html).count("<mi") == mathml(tex).count("<mi")
    root = parse_math(html)
    assert root is not None
    found = [(e.get("data-s"), "".join(e.itertext())) for e in root.iter() if e.get("data-s")]
    return " ".join(f"{mark}:{words}" for mark, words in found)


@pytest.mark.parametrize(
    ("tex", "rows", "expected"),
    [
        (r"A x = \lambda x", ["A", "x", r"\lambda"], "a:A b:x c:λ b:x"),
        ("y = m x + b", ["m, b"], "a:m a:b"),
        ("x_1 + x_2", ["x_i"], "a:x a:x"),
        (r"\beta_0 + \beta_1 x", [r"\beta"], "a:β a:β"),
        (r"\mathbf{x} + x", [r"\bm{x}"], "a:𝐱"),
        (r"\hat x - x", ["x", r"\hat{x}"], "b:xˆ a:x"),
        (r"\operatorname{rank}(A)", [r"\operatorname{rank}(A)"], "a:rank a:(A)"),
        (r"\operatorname{rank}(A) + A", [r"\operatorname{rank}(A)", "A"], "a:rank\u2061(A) b:A b:A"),
        (r"w - \eta \frac{dL}{dw}", ["w", r"\frac{dL}{dw}"], "a:w b:dLdw a:w"),
        ("x", ["y"], ""),
        ("x", [r"\foo{"], ""),
        ("x + x", ["x", "x"], "a:x a:x"),
        (r"\frac{1}{n} \sum_{i=1}^n x_i", ["n", "i"], "a:n b:i a:n b:i"),
        (r"f(x) + g(x)", ["f(x)"], "a:f a:( a:x a:)"),
    ],
)
def test_rows_mark_their_signs(tex: str, rows: list[str], expected: str) -> None:
    """Red when a row marks another symbol, misses its own, or the formula is changed."""
    assert marks(tex, *rows) == expected


def test_what_is_no_formula_stays() -> None:
    """Red when a formula that could not be read, or has no row, is changed."""
    assert mark_symbols("<code>x", [("a", [mathml("x")])]) == "<code>x"
    assert mark_symbols(mathml("x"), []) == mathml("x")
