"""Which symbols of a formula need words: the hard cases, each with what must and must not be asked for."""

from __future__ import annotations

import pytest

from notebook_kb.parsing.formula_symbols import formula_symbols
from notebook_kb.parsing.symbols import key_text
from notebook_kb.parsing.tex import TexConverter

CONVERTER = TexConverter({})


@pytest.mark.parametrize(
    ("tex", "required", "optional"),
    [
        ("y = mx + b", "y m x b", ""),
        # styles: bold runs letter by letter, roman runs whole
        (r"\mathbf{Ax} = \boldsymbol{b}", "𝐀 𝐱 𝐛", ""),
        (r"\mathrm{KL}(p \,\|\, q)", "p q", "KL ‖"),
        (r"x + \mathbf{x} + \hat{x} + \bar{x} + \widehat{x} + \overline{x}", "x 𝐱 x̂ x̄", ""),
        (r"\hat{\Sigma} + \hat{\mathbf{x}}", "Σ̂ 𝐱̂", ""),
        (r"p(x | z) + |y|^2 + \left. f \right|_{x=0}", "p x z y f", "∣"),
        (r"\sum_i |a_i|", "i a", "∑"),
        (r"\arg\max_\theta L", "θ L", "argmax"),
        (r"\Sigma + Σ", "Σ", ""),
        # differentials
        (r"\int f(x)\,dx", "f x", "∫"),
        (r"\frac{dy}{dx}", "y x", ""),
        (r"\frac{d}{dx} f", "x f", ""),
        (r"\frac{d^2 y}{dx^2}", "y x", ""),
        (r"\mathrm{d}f", "f", ""),
        (r"dy = f'(x)\,dx", "y f x", ""),
        (r"\sqrt{d_k}", "d k", ""),
        (r"n d", "n d", ""),
        (r"\frac{n}{d m}", "n d m", ""),
        # constants and what only looks like one
        (r"e^{i\pi} + 1 = 0", "", "e i π"),
        (r"\sum_{i=1}^n e_i", "i n e", "∑"),
        (r"\pi(a \mid s)", "π a s", "∣"),
        (r"\pi_k \mathcal{N}", "π k 𝒩", ""),
        (r"A^T x", "A x", "ᵀ"),
        (r"\sum_{t=1}^{T} \gamma^t r_t", "t T γ r", "∑"),
        (r"\Gamma(z) + \mathbf{\Gamma}", "z 𝚪", "Γ"),
        (r"x \in \mathbb{R}^{m \times n}", "x m n", "ℝ"),
        (r"\mathbb{E}[X] + \mathbf{1}^\top x", "X x", "𝔼 𝟏 ᵀ"),
        # the foot: index, label, number
        (r"x_{t+1} + x_{i,j} + x_{1:T}", "x t i j T", ""),
        (r"x_{\text{new}} + x_{\min} + x_{\mathrm{old}}", "x", ""),
        (r"\hat\theta_{\mathrm{MLE}}", "θ̂ MLE", ""),
        (r"\theta_{MLE} + D_{KL}", "θ MLE D KL", ""),
        (r"\beta_0 + \beta_1 x_1", "β x", ""),
        (r"a_{ij} + a_{ijklm}", "a i j k l m", ""),
        # functions
        (r"\operatorname{softmax}(z)_i + \mathrm{prox}(x)", "z i prox x", "softmax"),
        (r"\text{Attention}(Q, K, V)", "Attention Q K V", ""),
        (r"h_\theta(x) + \operatorname{Cov}(X, Y)", "h θ x X Y", "Cov"),
        (r"\operatorname{rank}(A) + \log p + \limsup_n a_n", "A p n a", "rank log limsup"),
        (r"\operatorname*{argmax}_\theta L", "θ L", "argmax"),
        # notation
        (r"\nabla f \odot \frac{\partial f}{\partial x}", "f x", "∇ ⊙ ∂"),
        (r"\lVert w \rVert_2^2 + |b|", "w b", "‖"),
        (r"X \sim p(x \mid z)", "X p x z", "∼ ∣"),
        # decorations, words
        (r"x^* + x' + \theta^{(t)} + W^{[l]} + A^{-1}", "x θ t W l A", ""),
        (r"\begin{cases} x & \text{if } x > 0 \\ 0 & \text{otherwise} \end{cases}", "x", ""),
        (r"\text{损失} = L", "L", ""),
        (r"\text{loss} = \text{MSE}", "MSE", ""),
        (r"\underbrace{a + b}_{\text{sum}} + \overbrace{x}^{n}", "a b x n", ""),
        (r"1, 2, \cdots, N", "N", ""),
        (r"a \xrightarrow{d} b", "a b", ""),
    ],
)
def test_what_needs_words(tex: str, required: str, optional: str) -> None:
    """Red when a rule of the hard cases is lost: a symbol too much, too few, split or taken for another."""
    read = formula_symbols(tex, CONVERTER)
    assert read is not None
    assert " ".join(map(key_text, read.required)) == required
    assert " ".join(map(key_text, read.optional)) == optional


@pytest.mark.parametrize(
    ("tex", "words"),
    [
        (r"lr = d \cdot \min(warmup\_steps)", "warmup_steps"),
        ("accuracy = n / m", "accuracy"),
        ("x_{new} + a_{ij}", "new"),
        (r"\mathit{lr} + x_{\text{new}} + abc", ""),
        ("损失 = L", "损失"),
    ],
)
def test_words_without_text_are_seen(tex: str, words: str) -> None:
    r"""Red when letters that are a word count as symbols, or products and `\text` are called words."""
    read = formula_symbols(tex, CONVERTER)
    assert read is not None
    assert " ".join(read.words) == words
    assert not {"w", "s", "e", "损"} & set(read.required)


def test_a_formula_that_cannot_be_read_has_no_symbols() -> None:
    """Red when an unread formula is taken for one without symbols."""
    assert formula_symbols(r"\frac{a}", CONVERTER) is None


def test_macros_are_put_in_before_symbols_are_read() -> None:
    """Red when the symbols of a note's own commands are missed."""
    read = formula_symbols(r"\w^\top x", TexConverter({r"\w": r"\mathbf{w}"}))
    assert read is not None
    assert read.required == ("𝐰", "x")
