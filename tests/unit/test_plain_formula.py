"""A formula for places without formulas: text with all that it says, or refused with the reason."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from notebook_kb.parsing.tex import TexConverter
from notebook_kb.publishing.notebook_drawing import NotebookDrawing
from notebook_kb.rendering import plain_formula as module
from notebook_kb.rendering.formula_guard import lost, raw_tex
from notebook_kb.rendering.images.memory import Pictures
from notebook_kb.rendering.plain_formula import PlainFormula, plain_formula
from notebook_kb.rendering.unicode_math import unicode_math
from tests.support.formulas import CONVERTER, cases, outcome

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.support.formulas import Case

ALL = cases("forty.txt", "notes.txt")


def said(tex: str, *, plain_letters: bool = False, minus: str = "−") -> PlainFormula:
    mathml = CONVERTER.convert(tex, display=False).mathml
    return plain_formula(tex, mathml, plain_letters=plain_letters, minus=minus)


@pytest.mark.parametrize("case", ALL, ids=lambda case: case.tex)
def test_a_formula_is_said_or_refused_as_judged(case: Case) -> None:
    """The text that was judged by eye; no TeX shows, nothing is lost, the picture's words hold every identifier."""
    found = outcome(case)
    assert found.given == case.wanted
    assert not found.raw
    assert not found.lost
    assert not found.unsaid


REFUSED = [
    (r"\begin{cases}1&x>0\\0&x\le 0\end{cases}", "environment cases"),
    (r"\begin{aligned}a&=b\end{aligned}", "environment aligned"),
    (r"\begin{bmatrix}a&\dots\\b&c\end{bmatrix}", "matrix"),
    (r"\begin{bmatrix}1&2&3&4\end{bmatrix}", "matrix"),
    (r"\begin{vmatrix}a&b\\c&d\end{vmatrix}", "matrix"),
    (r"\begin{pmatrix}(a,b)&c\end{pmatrix}", "matrix"),
    (r"\left[\begin{array}{c|c}1&2\end{array}\right]", "matrix"),
    (r"\cancel{x}", "cancel"),
    (r"x = 1 \\ y = 2", "several lines"),
    (r"a\\[1em]b", "several lines"),
    (r"a \newline b", "several lines"),
    (r"\underset{a\\b}{x}", "several lines"),
    (r"\underbrace{a+b}_{\text{sum}}", "over-brace text"),
    (r"\overline{AB}", "a mark over several letters"),
    (r"\widehat{x_i}", "a mark over several letters"),
    (r"\overset{n}{X}", "signs above one another"),
    (r"x {}^n C_k", "an index without a letter"),
    (r"\mathrm{x} + x", "letters told apart by their font alone"),
    (r"\textbf{x} + x", "letters told apart by their font alone"),
    (r"x^\top T + y^T", "T as a power and as a transpose"),
    (r"\frac{1}{1+\frac{1}{1+\frac{1}{1+\frac{1}{1+\frac{1}{x+1}}}}}", "deep nesting"),
    ("+".join(["x"] * 60), "too long for a line"),
    (r"\newcommand{\foo}{x}\foo", "a macro that is not known"),
    (r"a_{1,200}", "a comma in a number"),
    (r"C \binom{n}{k}", "letters told apart by their font alone"),
    (r"\phantom{x}", "a formula of nothing"),
    (r"\eqref{a}", "a macro that is not known"),
    (r"\foo", "a formula that cannot be set"),
    (r"\text{R\&D}", "signs of TeX that would show"),
]


@pytest.mark.parametrize(("tex", "reason"), REFUSED)
def test_what_a_line_cannot_hold_is_refused_with_the_reason(tex: str, reason: str) -> None:
    """Never a text that says something else, and always words for people."""
    assert said(tex) == PlainFormula("", reason)


def test_plain_letters_never_make_two_letters_one() -> None:
    """For screen readers 𝐱 is x; a formula with x and 𝐱 is refused then, and only then."""
    assert said(r"\mathbf{x} \in \mathbb{R}^n", plain_letters=True).text == "x ∈ Rⁿ"
    both = r"\mathbf{x} = (x_1, x_2)"
    assert said(both).text == "𝐱 = (x₁, x₂)"
    assert said(both, plain_letters=True).refused == "letters told apart by their font alone"
    assert said(r"\mathcal{N} + N", plain_letters=True).refused
    assert said(r"\mathbf{x} + \boldsymbol{x}", plain_letters=True).refused == ""


@pytest.mark.parametrize(
    ("tex", "alt"),
    [
        (r"x = 1 \\ y = 2", "x = 1; y = 2"),
        (r"a\\[1em]b \\ % gone", "a; b"),
        (r"\begin{aligned}a&=b\\c&=d\end{aligned}", "a = b; c = d"),
        (r"\mathbf{x}_i \ne x_i", "𝐱ᵢ ≠ xᵢ"),
        (r"\mathbf{x}_i", "xᵢ"),
    ],
)
def test_the_words_of_a_picture_part_lines_and_letters(tex: str, alt: str) -> None:
    """Red when two lines run together, or two letters that plain text refused become one."""
    drawing = NotebookDrawing({}, lambda _: b"", Pictures())
    assert drawing.say(tex, display=True, plain_letters=True).alt == alt


def test_rows_and_an_end_of_a_line_at_the_end_are_no_break() -> None:
    """Red when what can be said is refused."""
    assert said(r"a \\").text == "a"
    assert said(r"\sum_{\substack{a\\b}} x").text


def test_a_minus_for_fonts_without_one() -> None:
    """The sign on the line is the one asked for; above the line it stays."""
    assert said(r"a - b^{-1}", minus="-").text == "a - b⁻¹"


def test_macros_of_the_notebook_are_known_when_given() -> None:
    """A macro is put in before anything is counted, its arguments too; without it the formula is refused."""
    macros = {r"\E": r"\mathbb{E}\left[#1\right]", "KL": r"D_{\mathrm{KL}}"}
    tex = r"\E{X} + \KL(p \| q)"
    mathml = TexConverter(macros).convert(tex, display=False).mathml
    assert plain_formula(tex, mathml, macros=macros).text == "𝔼[X] + D_(KL)(p‖q)"
    assert plain_formula(tex, mathml).refused == "a macro that is not known"


FAULTS: dict[str, tuple[str, Callable[[str], str]]] = {
    "a function": (r"\det(A - \lambda I) = 0", lambda t: t.replace("det", "")),
    "a bar of a norm": (r"\|x\|_2", lambda t: t.replace("‖", "", 1)),
    "an argument of max": (r"\arg\max_x f", lambda t: t.replace("arg ", "")),
    "a hat": (r"\hat{\theta} = x", lambda t: t.replace("\u0302", "")),
    "a stroke": (r"\frac{a}{b}", lambda t: t.replace("/", "")),
    "an exponent's place": (r"x^2 + y", lambda t: t.replace("²", "2")),
    "an index's place": (r"x_i + y", lambda t: t.replace("ᵢ", "i")),
    "a digit": (r"x_{12}", lambda t: t.replace("₁", "")),
    "one of two letters": (r"x + x", lambda t: t.replace("x + x", "x")),
    "a word": (r"x \text{ if } y", lambda t: t.replace("if", "fi")),
    "a negation": (r"a \neq b", lambda t: t.replace("≠", "=")),
    "a minus": (r"a - b", lambda t: t.replace("−", "")),
    "an operator": (r"\nabla f", lambda t: t.replace("∇", "")),
    "a root": (r"\sqrt{x}", lambda t: t.replace("√", "")),
    "a letter too many": (r"x", lambda t: t + "y"),
    "raw TeX": (r"x", lambda t: t + r" \quad"),
    "a brace": (r"x", lambda t: t + "{"),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_writer_that_drops_something_is_refused(fault: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The guard stands in the way of every such text, also in production."""
    tex, broken = FAULTS[fault]
    assert said(tex).text

    def writer(mathml: str, *, plain_letters: bool = False) -> str:
        return broken(unicode_math(mathml, plain_letters=plain_letters))

    monkeypatch.setattr(module, "unicode_math", writer)
    assert said(tex).refused in {"signs that a line cannot show", "signs of TeX that would show"}


ATOMS = st.sampled_from(
    [
        *"xyabnT012",
        r"\alpha",
        r"\theta",
        r"\Sigma",
        r"\infty",
        r"\mathbf{x}",
        r"\mathbb{R}",
        r"\mathcal{N}",
        r"\ell",
        "10",
    ]
)


def _grown(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    two = st.tuples(inner, inner)
    relation = st.sampled_from(
        [" + ", " - ", " = ", r" \cdot ", r" \mid ", r" \le ", ", ", " ", r" \to ", r"\|", "|"]
    )
    accent = st.sampled_from(["hat", "bar", "vec", "tilde", "dot", "overline", "underline", "widehat"])
    name = st.sampled_from(
        ["log", "det", "max", "arg", "sin", "operatorname{tr}", "mathrm{KL}", "lim", "Pr", "argmax"]
    )
    form = st.sampled_from(
        [
            r"\frac{%s}{%s}", "%s^{%s}", "%s_{%s}", "{%s}^{%s}", "{%s}_{%s}", r"\sqrt[%s]{%s}", r"\binom{%s}{%s}",
            r"\sum_{%s}^{%s} x", r"\int_{%s}^{%s}", r"\left(%s\right)^{%s}", r"\left|%s\right|_{%s}", r"\overset{%s}{%s}",
            r"\underset{%s}{%s}", r"\underbrace{%s}_{%s}", r"\begin{bmatrix}%s & %s\end{bmatrix}", r"\textcolor{red}{%s}%s",
            r"\phantom{%s}%s", r"\left.%s\right|_{%s}", r"\lim_{%s \to %s}", r"\text{if $%s$ or }%s", r"\xrightarrow[%s]{%s}",
        ]
    )  # fmt: skip
    return st.one_of(
        st.builds(lambda p, r: f"{p[0]}{r}{p[1]}", two, relation),
        st.builds(lambda p, f: f % p, two, form),
        st.builds(lambda a, x: rf"\{a}{{{x}}}", accent, inner),
        st.builds(lambda n, x: rf"\{n}({x})", name, inner),
        st.builds(lambda x: rf"\sqrt{{{x}}}'", inner),
    )


@settings(max_examples=400, deadline=None)
@given(st.recursive(ATOMS, _grown, max_leaves=9))
def test_any_formula_is_refused_or_whole(tex: str) -> None:
    """Never an error, never raw TeX; every letter and digit that is typed stands in the text, counted on its own."""
    mathml = CONVERTER.convert(tex, display=True).mathml
    plain = plain_formula(tex, mathml)
    assert bool(plain.text) != bool(plain.refused)
    if plain.text:
        assert not raw_tex(tex, plain.text)
        assert not lost(tex, plain.text)
        assert not re.search(r"\\[A-Za-z]|[{}&$]", plain.text)


@settings(max_examples=300, deadline=None)
@given(st.text(st.sampled_from("xy12+-=^_{}()|, \\$&%#'[]alphfrctex"), max_size=24))
def test_broken_tex_is_refused_and_never_an_error(tex: str) -> None:
    """Whatever is typed, half a command too."""
    plain = plain_formula(tex, CONVERTER.convert(tex, display=True).mathml)
    assert not re.search(r"\\[A-Za-z]|[&$]", plain.text)


@pytest.mark.parametrize("tex", [r"x = 1 \\ y = 2", r"a\\[1em]b", r"a \newline b"])
def test_a_line_break_is_refused_outside_of_an_environment(tex: str) -> None:
    """Red when two lines run into one: `x = 1y = 2`."""
    mathml = TexConverter({}).convert(tex, display=False).mathml
    assert plain_formula(tex, mathml).text == ""
