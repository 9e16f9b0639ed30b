from __future__ import annotations

import subprocess
import sys
import xml.etree.ElementTree as ET
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from notebook_kb.parsing.tex import COMMANDS, ENVIRONMENTS, TexConverter, strip_comments
from notebook_kb.parsing.tex_shim import rewrite
from notebook_kb.parsing.tex_tokens import SourceMap, tokenize

if TYPE_CHECKING:
    from notebook_kb.parsing.tex import TexError

FORMULAS = r"""
\theta_{t+1} = \theta_t - \eta\,\nabla_\theta \mathcal{L}(\theta_t)
\hat\theta = \operatorname*{arg\,max}_{\theta} \sum_{i=1}^n \log p(x_i \mid \theta)
\theta^* = \argmin_\theta \frac{1}{n}\sum_{i=1}^{n}\ell(f_\theta(x_i), y_i)
\operatorname{softmax}(z)_i = \frac{e^{z_i}}{\sum_{j} e^{z_j}}
\text{Attention}(Q,K,V) = \operatorname{softmax}\!\left(\frac{QK^\top}{\sqrt{d_k}}\right)V
p(x) = \frac{1}{\sigma\sqrt{2\pi}} \exp\!\left(-\frac{(x-\mu)^2}{2\sigma^2}\right)
\mathcal{N}(\mathbf{x}\mid\boldsymbol{\mu},\boldsymbol{\Sigma})
D_{\mathrm{KL}}(p\,\|\,q) = \mathbb{E}_{x\sim p}\left[\log\frac{p(x)}{q(x)}\right]
\operatorname*{\mathbb{E}}_{x\sim p}[f(x)]
\mathop{\mathrm{arg\,min}}\limits_{w} \lVert Xw-y\rVert_2^2 + \lambda\lVert w\rVert_1
\begin{pmatrix} a & b \\ c & d \end{pmatrix}
\begin{bmatrix} 1 & \cdots & 0 \\ \vdots & \ddots & \vdots \\ 0 & \cdots & 1 \end{bmatrix}
\begin{vmatrix} a & b \\ c & d \end{vmatrix} = ad - bc
\left(\begin{array}{cc|c} 1 & 2 & 3 \\ \hline 4 & 5 & 6 \end{array}\right)
\begin{array}{@{}l@{}r} a & b \end{array}
\left(\begin{smallmatrix} a & b \\ c & d \end{smallmatrix}\right)
\begin{pmatrix*}[r] -1 & 2 \\ 3 & -4 \end{pmatrix*}
f(x) = \begin{cases} x & \text{if } x > 0 \\ 0 & \text{otherwise} \end{cases}
\operatorname{ReLU}(x) = \begin{cases} x & \text{if $x > 0$} \\ 0 & \mbox{else} \end{cases}
\begin{aligned} a &= b + c \\ &= d \end{aligned}
\begin{aligned}[t] a &= b \end{aligned}
\begin{align} a &= b \tag{1} \\ c &= d \tag{2} \end{align}
\begin{align*} a &= b \\[2pt] c &= d \end{align*}
\begin{equation} E = mc^2 \label{eq:e} \end{equation}
\begin{equation}\begin{split} a &= b \\ &= c \end{split}\end{equation}
\begin{gather} a = b \\ c = d \end{gather}
\begin{alignedat}{2} a &= b &\quad c &= d \end{alignedat}
\begin{alignat*}{2} a &= b &\quad c &= d \end{alignat*}
\begin{eqnarray} a &=& b \\ c &=& d \end{eqnarray}
a = b \tag{3}
\begin{aligned} a &= b \\ c &= d \end{aligned} \tag*{(A)} \label{eq:a}
\sum_{\substack{i<j \\ j \in S}} w_{ij}
\prod_{i \neq j} \frac{x - x_j}{x_i - x_j}
\int_{-\infty}^{\infty} e^{-x^2}\,\mathrm{d}x = \sqrt{\pi}
\oint_C \mathbf{F}\cdot d\mathbf{r} = \iint_S (\nabla\times\mathbf{F})\cdot d\mathbf{S}
\frac{\partial L}{\partial w_{ij}^{(l)}} = \delta_i^{(l)} a_j^{(l-1)}
\lim_{n\to\infty}\left(1+\frac{1}{n}\right)^n = e
\dfrac{1}{2} + \tfrac12 + \cfrac{1}{1+\cfrac{1}{x}}
\binom{n}{k} p^k (1-p)^{n-k}
\boldsymbol{\alpha}, \bm{x}, \pmb{y}, \mathbb{R}^n, \mathds{1}
\widetilde{xy}, \widehat{AB}, \overline{z}, \vec{v}, \dot x, \ddot x, \tilde{x}
\cancel{x}, \bcancel{y}, \xcancel{z}, \boxed{a=b}
\color{red} x + \textcolor{blue}{y}
\textcolor{lightgreen}{x} + \textcolor{#ff8800}{y} + \color[HTML]{00AA00} z
\colorbox{yellow}{$x^2$} + \fcolorbox{red}{white}{y} + \bbox[5px]{z}
\underbrace{a+b}_{\text{sum}} + \overbrace{c+d}^{n}
\underbrace{x}\limits_{y}
X_n \xrightarrow[n\to\infty]{\text{a.s.}} X
A \xleftarrow{f} B
\lVert x \rVert, \lvert x \rvert, \lfloor x \rfloor, \lceil x \rceil, \langle x, y \rangle
\left\lVert \frac{a}{b} \right\rVert \Big| x \Big|
\big{\{} x \big{\}}
\newcommand{\R}{\mathbb{R}} x \in \R^d
\newcommand*{\vect}[1]{\mathbf{#1}} \vect{x}
\renewcommand{\R}{\mathcal{R}} \R
\DeclareMathOperator{\Tr}{Tr} \DeclareMathOperator*{\amax}{arg\,max} \Tr(A) + \amax_x f
A = U \Sigma V^\top, \quad A^{-1}, \quad A^\dagger
P(A \mid B) = \frac{P(B \mid A)\,P(A)}{P(B)}
X \perp\!\!\!\perp Y \mid Z, \quad X \sim \mathrm{Bern}(p)
x \coloneqq y \triangleq z \stackrel{\text{def}}{=} w \overset{!}{=} v
f'(x), f''(x), x^′, y^{\prime}
\text{100\,\%, a_b, R\&D}
\textbf{bold} \textit{it} \texttt{tt}
a \hspace{5px} b \hspace*{1em} c
\textcircled{1} \textcircled{a}
\matrix{a & b \cr c & d}
\nicefrac{1}{2}, \abs{x}, \norm{y}, \smash{z}
\forall x \in \mathbb{R}\; \exists y : x < y \implies y > x \iff \lnot (y \le x)
\mathscr{L}, \mathfrak{g}, \mathsf{T}, \emptyset, \varnothing
\Pr\left[|X-\mu| \ge k\sigma\right] \le \frac{1}{k^2}
\href{https://example.org}{x}
α ≤ β ∑ x₁ ℝ
""".strip().split("\n")


@pytest.fixture(scope="module")
def converter() -> TexConverter:
    return TexConverter({"\\E": r"\mathbb{E}", "vect": r"\mathbf{#1}"})


def _error(tex: str, macros: dict[str, str] | None = None) -> TexError:
    result = TexConverter(macros).convert(tex, display=True)
    assert result.error, result.mathml
    assert not result.mathml
    return result.error


def _tree(mathml: str) -> ET.Element:
    return ET.fromstring(mathml)  # noqa: S314 - our own output


@pytest.mark.parametrize("tex", FORMULAS)
def test_formula_converts_to_well_formed_annotated_mathml(converter: TexConverter, tex: str) -> None:
    result = converter.convert(tex, display=True)
    assert result.error is None
    root = _tree(result.mathml)
    assert root.attrib == {"display": "block"}
    (annotation,) = root.iter("annotation")
    assert annotation.attrib == {"encoding": "application/x-tex"}
    assert annotation.text == tex
    assert all(e.tag == "mstyle" for e in root.iter() if "scriptlevel" in e.attrib)
    shown = "".join("".join(e.itertext()) for e in root.iter() if e.tag in {"mi", "mo", "mn", "mtext"})
    assert "\\" not in shown
    assert "\ufe00" not in shown


def test_inline_formula_has_no_display() -> None:
    assert _tree(TexConverter().convert("x", display=False).mathml).attrib == {}


def test_tag_is_for_display_formulas_only() -> None:
    assert TexConverter().convert(r"x\tag{1}", display=False).error


def test_named_entity_becomes_its_character(converter: TexConverter) -> None:
    mathml = converter.convert(r"\log x < 1 \text{ & \&ApplyFunction; }", display=False).mathml
    assert "\u2061" in mathml
    assert "&ApplyFunction;" not in mathml


@pytest.mark.parametrize(
    ("tex", "part"),
    [
        (
            r"\begin{matrix}a\end{matrix}",
            '<mstyle displaystyle="false" scriptlevel="0"><mtable displaystyle="false"><mtr><mtd><mi>a</mi></mtd></mtr></mtable></mstyle>',
        ),
        (r"a\textstyle b", '<mstyle displaystyle="false" scriptlevel="0"><mi>b</mi></mstyle>'),
        (r"\cfrac12", '<mstyle displaystyle="true" scriptlevel="0"><mfrac style="padding-top'),
    ],
)
def test_scriptlevel_stands_on_mstyle(tex: str, part: str) -> None:
    assert part in TexConverter().convert(tex, display=True).mathml


def test_shim_names_the_look_that_is_lost(converter: TexConverter) -> None:
    assert converter.convert(r"\colorbox{red}{x}", display=True).notices == (
        "\\colorbox is shown as coloured text",
    )
    assert converter.convert(r"\begin{split}a&=b\end{split}", display=True).notices == ()


@pytest.mark.parametrize(
    ("tex", "place", "message"),
    [
        (r"x + \foo", r"\foo", 'unknown command "\\foo"'),
        (r"é𝔼 \foo", r"\foo", 'unknown command "\\foo"'),
        ("a % private\n+ \\foo", r"\foo", 'unknown command "\\foo"'),
        ("% private\n\\alpha% more\n\\foo", r"\foo", 'unknown command "\\foo"'),
        (r"\substack{a\\b} é \foo", r"\foo", 'unknown command "\\foo"'),
        (r"\substack{a\\ \foo}", r"\foo", 'unknown command "\\foo"'),
        (r"\newcommand{\R}{x} \text{if $\foo$}", r"\foo", 'unknown command "\\foo"'),
        ("x\\tag{1} % note\n+ \\textcolor{gold}{é \\foo}", r"\foo", 'unknown command "\\foo"'),
        (r"\DeclareMathOperator{\Tr}{Tr} \Tr \foo", r"\foo", 'unknown command "\\foo"'),
        (r"x + \colorbox{nosuch}{y}", "nosuch", 'unknown color "nosuch"'),
        (r"x + \colorbox", r"\colorbox", '"\\colorbox" lacks an argument'),
        (r"\foo + \pmb{x}", r"\foo", 'unknown command "\\foo"'),
        (r"\begin{split} a & b \end{split} & c", r"& c", 'found "&", which may only appear'),
    ],
)
def test_error_stands_where_the_author_wrote_it(tex: str, place: str, message: str) -> None:
    error = _error(tex)
    assert error.offset == tex.rindex(place)
    assert error.message.startswith(message)


def test_error_at_the_end_lies_before_a_comment() -> None:
    tex = "\\frac{a % 50%} private"
    error = _error(tex)
    assert error.offset == tex.index("%")
    assert error.hint == "% starts a comment; write \\% for the sign"


@pytest.mark.parametrize(
    ("tex", "hint"),
    [
        (r"\alhpa", "did you mean \\alpha?"),
        (r"\Alpah \Frac12", "did you mean \\alpha?"),
        (r"\Frac12", "did you mean \\frac?"),
        (r"\varianc", "did you mean \\variance?"),
        (r"\begin{pmatix}a\end{pmatix}", "did you mean \\begin{pmatrix}?"),
        (r"\qqzzyy", "if it is one of your own, define it under `macros:`"),
        (r"a & b", "put the lines in \\begin{aligned} … \\end{aligned}, or write \\& for the sign"),
    ],
)
def test_hint(tex: str, hint: str) -> None:
    assert _error(tex, {"variance": "V"}).hint == hint


def test_hints_name_only_what_converts() -> None:
    converter = TexConverter()
    for name in COMMANDS:
        error = converter.convert(f"\\{name} ", display=True).error
        assert error is None or "unknown" not in error.message, name
        assert error is None or not error.hint.startswith("did you mean"), name
    for name in ENVIRONMENTS:
        error = converter.convert(f"\\begin{{{name}}}{{c}}a\\end{{{name}}}", display=True).error
        assert error is None, name


@pytest.mark.parametrize(
    ("tex", "clean"),
    [
        ("a", "a"),
        (r"50\% % secret", r"50\% "),
        ("a % secret\nb", "a \nb"),
        ("a\n  % secret\nb", "a\nb"),
        ("% secret\n% more\nb", "b"),
        (r"a \\% secret", r"a \\"),
        (r"a \\\% b", r"a \\\% b"),
        ("\\alpha% secret\nb", "\\alpha\nb"),
        ("% secret", ""),
        ("a%secret\r\nb", "a\nb"),
    ],
)
def test_strip_comments(tex: str, clean: str) -> None:
    assert strip_comments(tex) == clean


@pytest.mark.parametrize("tail", ["", r" \foo", r" \substack{a}", r" \frac{"])
def test_comment_never_comes_out(tail: str) -> None:
    result = TexConverter({"m": "x % secret"}).convert(f"\\m a % secret\n{tail} % secret", display=True)
    assert "secret" not in repr(result)


def test_macros_with_and_without_backslash(converter: TexConverter) -> None:
    assert converter.bad_macros == ()
    assert "𝔼" in converter.convert(r"\E \vect{x}", display=False).mathml


def test_bad_macros_are_named_and_the_others_work() -> None:
    converter = TexConverter(
        {
            "\\bad": r"\nope",
            "loop": r"\x\loop",
            "ping": r"\pong",
            "pong": r"\ping",
            "open": "{",
            "a1": "x",
            "deep": "{" * 200 + "}" * 200,
            "nul": "\x00",
            "ok": r"\pmb{#1}",
            "sq": "{#1}^2",
        }
    )
    assert {name for name, _ in converter.bad_macros} >= {
        "\\bad",
        "\\loop",
        "\\open",
        "\\a1",
        "\\deep",
        "\\nul",
    }
    assert dict(converter.bad_macros)["\\bad"] == 'unknown command "\\nope"'
    assert converter.convert(r"\ok{x} + \sq{y}", display=True).error is None


@pytest.mark.parametrize(
    "tex",
    [
        "x" * 20_001,
        "{" * 19_000,
        "{" * 9_000 + "}" * 9_000,
        "x^{" * 5_000,
        r"\sqrt " * 3_000 + "x",
        r"\frac1" * 3_300,
        r"\left(" * 3_000,
        r"\begin{matrix}" * 1_400,
        r"\displaystyle " * 1_400,
        r"\sqrt[" * 3_000,
        r"\def\a{{{{{{\a}}}}}}\a",
        r"\def\a{\b\b}\def\b{\a\a}\a",
        r"\def\d#1{\d{#1#1}}\d{xx}",
        r"\newcommand\d[1]{" + "#1" * 1_000 + r"}\d{\d{" + "x" * 10_000 + "}}",
        "".join(
            f"\\def\\{a}#1{{\\{b}{{#1#1}}}}"
            for a, b in zip("abcdefghijklmnopqrstuvwx", "bcdefghijklmnopqrstuvwxy", strict=True)
        )
        + r"\def\y#1{#1}\a{x}",
        "a\x00b",
        "a\ud800b",
        "a\ufffeb",
    ],
    ids=range(18),
)
def test_what_would_end_the_process_is_an_error(tex: str) -> None:
    # in a process of its own: a stack that overflows inside the library cannot be caught
    code = (
        "import sys; from notebook_kb.parsing.tex import TexConverter\n"
        "print(TexConverter().convert(eval(sys.stdin.read()), display=True).error is not None)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        input=ascii(tex),
        capture_output=True,
        text=True,
        timeout=20,
        check=False,
    )
    assert done.stdout.strip() == "True", done.stderr


def test_long_formula_of_many_cells_is_no_fault(converter: TexConverter) -> None:
    row = " & ".join([r"\frac{\partial f}{\partial x}"] * 10)
    tex = r"\begin{pmatrix}" + r" \\ ".join([row] * 40) + r"\end{pmatrix}"
    assert converter.convert(tex, display=True).error is None


@given(st.text(max_size=80) | st.text(alphabet="\\{}[]$%^_&#abtex \n′", max_size=80))
@settings(max_examples=300, deadline=None)
def test_no_text_raises(tex: str) -> None:
    for display in (True, False):
        result = TexConverter().convert(tex, display=display)
        if result.error:
            assert 0 <= result.error.offset <= len(tex)
        else:
            _tree(result.mathml)


@given(st.data())
@settings(max_examples=400, deadline=None)
def test_no_cut_of_valid_tex_raises(data: st.DataObject) -> None:
    tex = " ".join(data.draw(st.lists(st.sampled_from(FORMULAS), min_size=1, max_size=3)))
    start = data.draw(st.integers(0, len(tex)))
    cut = tex[:start] + tex[data.draw(st.integers(start, len(tex))) :]
    result = TexConverter().convert(cut, display=data.draw(st.booleans()))
    assert bool(result.error) != bool(result.mathml)
    if result.error:
        assert 0 <= result.error.offset <= len(cut)


@given(st.sampled_from(FORMULAS) | st.text(alphabet="\\{}[]$^_&#abtext ", max_size=60))
@settings(max_examples=200, deadline=None)
def test_source_map_keeps_every_letter_in_its_place(tex: str) -> None:
    assert SourceMap(tokenize(tex)).text == tex
    source = rewrite(tex, display=True).source
    places = [source.to_source(position) for position in range(len(source.text) + 1)]
    assert all(0 <= place <= len(tex) for place in places)


def test_threads_share_a_converter(converter: TexConverter) -> None:
    with ThreadPoolExecutor(4) as pool:
        results = list(pool.map(lambda tex: converter.convert(tex, display=True), FORMULAS * 20))
    assert results == [converter.convert(tex, display=True) for tex in FORMULAS] * 20
