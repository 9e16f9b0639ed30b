"""Formulas as a line of Unicode text: no term is lost, and what belongs together is held together."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notebook_kb.parsing.tex import TexConverter
from notebook_kb.rendering.unicode_math import unicode_math

CONVERTER = TexConverter({})
CASES = [
    (r"y = mx + b", "y = mx + b"),
    (r"\frac{x-\mu}{\sigma}", "(x − μ)/σ"),
    (r"m_{t-1}", "mₜ₋₁"),
    (
        r"\hat\theta = \arg\max_\theta \sum_{i=1}^n \log p(x_i \mid \theta)",
        "θ̂ = arg max_θ ∑ᵢ₌₁ⁿ log p(xᵢ ∣ θ)",
    ),
    (r"\frac{1}{\sigma\sqrt{2\pi}}", "1/(σ√(2π))"),
    (r"\mathbf{A}^\top\mathbf{A}\mathbf{x} = \lambda\mathbf{x}", "𝐀ᵀ𝐀𝐱 = λ𝐱"),
    (r"\begin{bmatrix}a&b\\c&d\end{bmatrix}", "[a, b; c, d]"),
    (r"\begin{pmatrix}a&b\\c&d\end{pmatrix}", "[a, b; c, d]"),
    (r"x_{\text{new}}", "x_(new)"),
    (r"|w|", "|w|"),
    (r"\|w\|_2^2", "‖w‖₂²"),
    (r"f(x)=\begin{cases}1&\text{if }x>0\\0&\text{otherwise}\end{cases}", "f(x) = {1 if x > 0; 0 otherwise}"),
    (r"e^{-\frac{(x-\mu)^2}{2\sigma^2}}", "e^(−(x − μ)²/(2σ²))"),
    (r"\sqrt{x^2+y^2}", "√(x² + y²)"),
    (r"\sqrt[3]{x}", "∛x"),
    (r"\sqrt[n]{x+1}", "ⁿ√(x + 1)"),
    (r"\frac{a}{b}", "a/b"),
    (r"\frac{dy}{dx}", "dy/dx"),
    (r"\frac{\partial f}{\partial x}", "∂f/∂x"),
    (r"\nabla f(x)", "∇f(x)"),
    (r"-x", "−x"),
    (r"a-b", "a − b"),
    (r"a\cdot b", "a⋅b"),
    (r"2\times 3", "2 × 3"),
    (r"x\in\mathbb{R}^n", "x ∈ ℝⁿ"),
    (r"\mathbb{E}[X]", "𝔼[X]"),
    (r"P(A\mid B)=\frac{P(B\mid A)P(A)}{P(B)}", "P(A ∣ B) = (P(B ∣ A)P(A))/P(B)"),
    (r"\bar x", "x̄"),
    (r"\vec v", "v⃗"),
    (r"\dot x", "ẋ"),
    (r"\tilde{x}", "x̃"),
    (r"\lim_{n\to\infty} a_n", "lim_(n → ∞) aₙ"),
    (r"\int_0^1 x^2\,dx", "∫₀¹ x² dx"),
    (r"\det(A-\lambda I)=0", "det(A − λI) = 0"),
    (r"\sin x", "sin x"),
    (r"\log_2 n", "log₂ n"),
    (r"x'", "x′"),
    (r"x''", "x″"),
    (r"a_{ij}", "aᵢⱼ"),
    (r"A^{-1}", "A⁻¹"),
    (r"x^{n+1}", "xⁿ⁺¹"),
    (r"x^{\alpha}", "x^α"),
    (r"x_1,\dots,x_n", "x₁, ..., xₙ"),
    (r"\prod_{i=1}^n x_i", "∏ᵢ₌₁ⁿ xᵢ"),
    (r"(a+b)^2", "(a + b)²"),
    (r"\max(0,x)", "max(0, x)"),
    (r"a\neq b", "a ≠ b"),
    (r"n!", "n!"),
    (r"\binom{n}{k}", "C(n, k)"),
    (r"\{x\mid x>0\}", "{x ∣ x > 0}"),
    (r"x\to y", "x → y"),
    (r"\left(\frac{a}{b}\right)^2", "(a/b)²"),
    (r"\frac{\frac{a}{b}}{c}", "(a/b)/c"),
    (r"3.14", "3.14"),
    (r"\beta_0+\beta_1x", "β₀ + β₁x"),
    (r"\operatorname{tr}(A)", "tr(A)"),
    (r"\begin{aligned}a&=b\\c&=d\end{aligned}", "a = b; c = d"),
    (r"\sigma(z)=\frac{1}{1+e^{-z}}", "σ(z) = 1/(1 + e⁻ᶻ)"),
    (r"a/b", "a/b"),
    (r"x^*", "x*"),
    (r"w^\top x", "wᵀx"),
    (r"\text{cost} = 5", "cost = 5"),
    (r"\boxed{x}", "x"),
    (r"D_{\mathrm{KL}}(P\|Q)", "D_(KL)(P‖Q)"),
    (r"\sum_{i} x_i y_i", "∑ᵢ xᵢyᵢ"),
    (r"\frac{n(n+1)}{2}", "n(n + 1)/2"),
    (r"\mathcal{N}(\mu,\sigma^2)", "𝒩(μ, σ²)"),
    (r"a-(b-c)", "a − (b − c)"),
    (r"(-1)^n", "(−1)ⁿ"),
    (r"\frac{a+b}{c}d", "((a + b)/c)d"),
    (r"x^{y^z}", "x^(yᶻ)"),
    (r"2\frac{1}{2}", "2(1/2)"),
    (r"\frac{1}{n}\sum_{i=1}^n x_i", "(1/n)∑ᵢ₌₁ⁿ xᵢ"),
    (r"-\frac{a}{b}+c", "−a/b + c"),
    (r"f(\frac{a}{b})", "f(a/b)"),
    (r"\frac{1}{2}(a+b)", "(1/2)(a + b)"),
    (r"\frac{a+b}{c} < d", "(a + b)/c < d"),
    (r"\frac{a}{b}\cdot c", "a/b⋅c"),
    (r"\frac{1}{p(1-p)}", "1/(p(1 − p))"),
    (r"\frac{p(x)}{q(x)}", "p(x)/q(x)"),
    (r"{x^2}^3", "(x²)³"),
    (r"{x_i}_j", "(xᵢ)ⱼ"),
    (r"\sqrt{x}y", "√(x)y"),
    (r"\sqrt{x^2}", "√(x²)"),
    (r"x\sqrt[5]{y}", "x(⁵√y)"),
    (r"a/\frac{b}{c}", "a/(b/c)"),
    (r"\nabla\frac{a}{b}", "∇(a/b)"),
    (r"x_\theta^2", "x²_θ"),
    (r"x_\theta^\alpha", "x_(θ)^α"),
    (r"x^\alpha(1-x)", "x^α (1 − x)"),
    (r"\nabla_\theta L", "∇_θ L"),
    (r"w^* x", "w* x"),
    (r"a * b", "a ∗ b"),
    (r"2|-x|", "2|−x|"),
    (r"\exp(-x)", "exp(−x)"),
    (r"w := x", "w := x"),
    (r"\left.\frac{df}{dx}\right|_{x=0}", "(df/dx)|ₓ₌₀"),
    (r"\frac{df}{dx}\bigg|_{x=0}", "(df/dx)|ₓ₌₀"),
    (r"\begin{bmatrix}2&-1\\1&3\end{bmatrix}", "[2, −1; 1, 3]"),
    (r"\begin{pmatrix}1&2\end{pmatrix}", "[1, 2]"),
    (r"\underset{\theta}{\arg\max}\; f", "arg max_θ f"),
    (r"x_1 + \dots + x_n", "x₁ + ⋯ + xₙ"),
    (r"90^\circ", "90°"),
    (r"\frac{1}{n}|x|", "(1/n)|x|"),
    (r"|\frac{a}{b}|", "|a/b|"),
    (r"\text{a \textbf{bold} word}", "a bold word"),
    (r"\sqrt{x^*}", "√(x*)"),
    (r"a\cdot-b", "a⋅−b"),
    (r"1{,}000", "1,000"),
    (r"(1,000)", "(1, 000)"),
    (r"A^{\mathsf T}", "Aᵀ"),
    (r"\mathit{loss}", "loss"),
    (r"\tilde{\mathcal{O}}(n)", "𝒪̃(n)"),
    (r"\underline{x}", "x̲"),
    (r"\widehat{\theta}", "θ̂"),
    (r"\frac{\partial L}{\partial w_{ij}}", "∂L/∂wᵢⱼ"),
]
BOLD = r"\mathbf{x} \in \mathbb{R}^n"


def said(tex: str, *, plain_letters: bool = False) -> str:
    return unicode_math(CONVERTER.convert(tex, display=True).mathml, plain_letters=plain_letters)


@pytest.mark.parametrize(("tex", "text"), CASES)
def test_a_formula_reads_as_it_is_written(tex: str, text: str) -> None:
    """Each term in its place, indices where Unicode has them, parentheses where a line would mislead."""
    assert said(tex) == unicodedata.normalize("NFC", text)


def test_plain_letters_are_read_by_screen_readers() -> None:
    """Bold and double-struck letters become ordinary ones; other signs stay."""
    assert said(BOLD, plain_letters=True) == "x ∈ Rⁿ"
    assert said(r"\hbar", plain_letters=True) == "ℏ"


def test_what_is_no_formula_is_nothing() -> None:
    """Broken markup is said by an empty text, and a formula of any depth by some text, never by an error."""
    assert not unicode_math("<math><mi>x</math>")
    assert unicode_math("<math>" + "<mrow>" * 400 + "<mi>x</mi>" + "</mrow>" * 400 + "</math>")


@given(st.text(st.sampled_from("xyab12+-=^_{}()|, "), max_size=24))
def test_letters_and_digits_are_never_lost(tex: str) -> None:
    """Whatever can be set: its letters and digits stand in the text, be it above or below the line."""
    result = CONVERTER.convert(tex, display=True)
    if "<math" not in result.mathml or "merror" in result.mathml:
        return
    text = unicodedata.normalize("NFKC", unicode_math(result.mathml))
    assert sorted(c for c in text if c.isalnum()) == sorted(c for c in tex if c.isalnum())
