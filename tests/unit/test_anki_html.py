"""Cards' Markdown as HTML for Anki, and TeX with its macros written out."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notebook_kb.model.card import CardKind, StudyCard
from notebook_kb.parsing.tex import TexConverter
from notebook_kb.parsing.tex_macros import expanded
from notebook_kb.study.anki_html import AnkiHtml
from notebook_kb.study.anki_notes import whole_cloze

MACROS = {
    r"\R": r"\mathbb{R}",
    "E": r"\mathbb{E}\left[#1\right]",
    r"\loop": r"\loop x",
    r"\two": r"#1^{#2}",
    r"\eps": r"\varepsilon",
}
TABLE = (
    r'<table><thead><tr><th>a</th><th align="right">b</th></tr></thead>'
    r'<tbody><tr><td>1</td><td align="right">\(x\)</td></tr></tbody></table>'
)


def html(markdown: str, **options: object) -> str:
    """One side of a card; pictures are `p.png` alone."""
    known = {"p.png": "kb-1.png"}
    return AnkiHtml(MACROS, lambda target: known.get(target, ""), **options).render(markdown)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("tex", "expected"),
    [
        (r"x \in \R^n", r"x \in \mathbb{R}^n"),
        (r"\E{X_{\R}}", r"\mathbb{E}\left[X_{\mathbb{R}}\right]"),
        (r"\two ab", "a^{b}"),
        (r"\eps\R x", r"\varepsilon\mathbb{R} x"),
        (r"\two{\eps}{b}c", r"\varepsilon^{b}c"),
        (r"\newcommand{\R}{R}\R", r"\newcommand{\R}{R}\R"),
        ("a % secret\nb", "a \nb"),
        (r"\two a", r"\two a"),
        (r"\Rx", r"\Rx"),
    ],
)
def test_macros_are_written_out(tex: str, expected: str) -> None:
    assert expanded(tex, MACROS) == expected


def test_a_macro_that_leads_back_to_itself_ends() -> None:
    assert len(expanded(r"\loop", MACROS)) < 50_000
    doubling = {f"\\{chr(97 + n)}": f"\\{chr(98 + n)}\\{chr(98 + n)}" for n in range(25)}
    assert len(expanded(r"\a", doubling)) < 200_000


@given(st.text(alphabet="\\R{}#12^_Eab %&two", max_size=30))
def test_no_formula_breaks_the_expanding(tex: str) -> None:
    expanded(tex, MACROS)


@pytest.mark.parametrize("tex", [r"\E{X} = \int_\R x", r"\two{a}{b} + \eps", r"\frac{\R}{\eps}", r"\sqrt\R"])
def test_written_out_it_is_the_same_formula(tex: str) -> None:
    """What the site sets with the macros is what it sets of the TeX without them."""
    with_macros = TexConverter({k: v for k, v in MACROS.items() if k != r"\loop"})
    one = with_macros.convert(tex, display=False).mathml
    other = TexConverter().convert(expanded(tex, MACROS), display=False).mathml
    assert one
    assert one.partition("<annotation")[0] == other.partition("<annotation")[0]


@pytest.mark.parametrize(
    ("markdown", "expected"),
    [
        ("plain & <b", "plain &amp; &lt;b"),
        ("$a<b$ costs \\$5", r"\(a&lt;b\) costs $5"),
        ("$$\n\\R\n$$", r"\[\mathbb{R}\]"),
        ("**b** *i* ~~s~~ ==m== `c<d`", "<b>b</b> <em>i</em> <s>s</s> <mark>m</mark> <code>c&lt;d</code>"),
        ("[[rank#Simple|the rank]] and [[svd]]", "the rank and svd"),
        ("[w](https://example.org/a?b&c) [l](other.md)", '<a href="https://example.org/a?b&amp;c">w</a> l'),
        ("[x](ftp://example.org)", "x"),
        ("seen %%secret%% <!-- secret -->here", "seen  here"),
        ("a\n\n%%\nsecret\n%%\n\nb", "<p>a</p><p>b</p>"),
        ("![alt|30](p.png)", '<img src="kb-1.png" alt="alt" width="30">'),
        ("![[p.png|30x20]]", '<img src="kb-1.png" alt="" width="30" height="20">'),
        ('<img src="p.png" alt="q">', '<img src="kb-1.png" alt="q">'),
        ("![gone](q.png)", "[gone]"),
        ("- a\n- b\n  1. c", "<ul><li>a</li><li>b<ol><li>c</li></ol></li></ul>"),
        ("- [x] done", "<ul><li>☑ done</li></ul>"),
        ("| a | b |\n|---|--:|\n| 1 | $x$ |", TABLE),
        ("```python\na < b\n\tc\n```", "<pre><code>a &lt; b<br>\tc</code></pre>"),
        ("x<sub>1</sub><script>alert(1)</script>", "x<sub>1</sub>"),
        ("x<sub>1", "x<sub>1</sub>"),
        ("<b onclick=x>y</b>", "<b>y</b>"),
        ("argmax: $\\argmax_x \\norm{x}$", r"argmax: \(\operatorname*{arg\,max}_x \left\lVert x\right\rVert\)"),
    ],
)  # fmt: skip
def test_each_construct(markdown: str, expected: str) -> None:
    assert html(markdown) == expected


def test_line_breaks_as_the_notebook_has_them() -> None:
    assert html("a\nb") == "a b"
    assert html("a\nb", hard_breaks=True) == "a<br>b"


@given(st.text(max_size=60))
def test_no_text_breaks_it(markdown: str) -> None:
    said = html(markdown)
    assert "<script" not in said.lower()


def test_a_cloze_is_put_together_again() -> None:
    """Each card knows its own gap; all of them together are the text with its marks, in any order."""
    text = "A ==one== b `==x==` ==$t$==\nand ==one=="
    plain = "A one b `==x==` $t$\nand one"
    gaps = [(2, "one"), (16, "$t$"), (24, "one")]
    cards = [
        StudyCard(
            id=f"k-1.{n}",
            kind=CardKind.CLOZE,
            front=f"{plain[:at]}==[…]=={plain[at + len(said) :]}",
            back=f"{plain[:at]}=={said}=={plain[at + len(said) :]}",
        )
        for n, (at, said) in enumerate(gaps, start=1)
    ]
    assert whole_cloze(cards) == (text, ((1, 3), (1, 21), (2, 5)))
    assert whole_cloze(cards[::-1]) == whole_cloze(cards)
