"""Markdown as lines for a terminal: readable formulas, nothing lost without a word, no line too wide."""

from __future__ import annotations

import pytest

from notebook_kb.rendering.terminal_text import columns, terminal_text

CASES = [
    ("What is $x^2$?", "What is x²?"),
    (r"$\operatorname{rank}(A) \le \min(m, n)$", "rank(A) ≤ min(m, n)"),
    (r"$\R^n$ by a macro", "ℝⁿ by a macro"),
    ("**bold**, *soft*, `code`, ==lit==", "bold, soft, `code`, <lit>"),
    ("- one\n- two", "• one\n• two"),
    ("3. three\n4. four", "3. three\n4. four"),
    ("```python\nx = [1]\n\ny = 2\n```", "    x = [1]\n\n    y = 2"),
    ("> said", "│ said"),
    ("![a plane](plane.svg) and [[rank|the rank]]", "[a plane] and the rank"),
    ("$$a = b$$", "    a = b"),
    ("price $5 and $6", "price $5 and $6"),
    ("seen %%hidden%% <!-- gone --> end", "seen end"),
    ("", ""),
]


@pytest.mark.parametrize(("markdown", "text"), CASES, ids=[m[:20] for m, _ in CASES])
def test_markdown_becomes_lines(markdown: str, text: str) -> None:
    """Each construct has its form in a terminal."""
    shown = terminal_text(markdown, 80, macros={r"\R": r"\mathbb{R}"}, highlight=lambda w: f"<{w}>")
    assert shown == text


@pytest.mark.parametrize(
    "tex",
    [r"\cancel{x}", r"\unknowncommand{x}", r"\frac{", r"\underbrace{a+b}_{n}"],
    ids=["cancel", "unknown", "open", "brace"],
)
def test_a_formula_that_cannot_be_said_in_a_line_stays_tex(tex: str) -> None:
    """It is never shown with parts left out: the TeX in backquotes instead."""
    assert terminal_text(f"say ${tex}$ now", 80) == f"say `{tex}` now"


def test_an_aligned_formula_has_a_line_for_each_row() -> None:
    """Rows of `aligned` stay apart."""
    shown = terminal_text("$$\\begin{aligned}a &= b\\\\ c &= d\\end{aligned}$$", 80)
    assert [line.strip() for line in shown.split("\n")] == ["a = b", "c = d"]


@pytest.mark.parametrize("width", [20, 40, 79])
def test_no_line_is_wider_than_asked(width: int) -> None:
    """Paragraphs, lists, quotes and tables wrap; characters of two columns count twice."""
    words = "wrap these many words and 数学 too, please " * 6
    table = "| a | b |\n|---|---|\n" + f"| {words} | {words} |\n" * 2
    shown = terminal_text(f"{words}\n\n- {words}\n\n> {words}\n\n{table}", width)
    assert max(map(columns, shown.split("\n"))) <= width


def test_a_formula_does_not_break_where_a_line_can_break_before_it() -> None:
    """The blanks within `x + y = z` end no line."""
    shown = terminal_text("some words and then $x + y = z$", 28)
    assert "x + y = z" in shown.split("\n")


def test_highlights_go_on_over_line_ends() -> None:
    """Each line of highlighted words stands out, nothing else does."""
    shown = terminal_text("==some words that are long== and more", 12, highlight=lambda w: f"<{w}>")
    lit = [part.split(">")[0] for part in shown.split("<")[1:]]
    assert " ".join(lit) == "some words that are long"
    assert all(line.count("<") == line.count(">") for line in shown.split("\n"))


@pytest.mark.parametrize(
    "text", ["\ue0d0\ue0d1\ue0d2", "$", "$$", "==", "[[", "|", "\x00", "- - - -\n> | $", "`" * 7]
)
def test_nothing_in_a_card_raises(text: str) -> None:
    """Whatever a card holds, there are lines; the private signs of a learner open no highlight."""
    shown = terminal_text(f"a {text} b", 30, highlight=lambda w: f"<{w}>")
    assert "<" not in shown
