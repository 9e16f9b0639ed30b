"""What is mended in the MathML of the formula library."""

from __future__ import annotations

import pytest

from notebook_kb.parsing.tex import TexConverter


def tree(tex: str) -> str:
    result = TexConverter().convert(tex, display=True)
    assert not result.error
    return result.mathml.rpartition("<annotation")[0]


@pytest.mark.parametrize("name", ["align", "equation", "gather"])
def test_rows_without_a_tag_have_no_number(name: str) -> None:
    """Each formula would begin at (1) again; Obsidian shows none either."""
    made = tree(rf"\begin{{{name}}} a = b \label{{eq:a}} \end{{{name}}}")
    assert "mtext" not in made
    assert "width" not in made


def test_a_tag_stays_and_its_neighbours_stay_bare() -> None:
    made = tree(r"\begin{align} a &= b \tag{7} \\ c &= \begin{pmatrix} 1 \\ 2 \end{pmatrix} \end{align}")
    assert made.count("<mtext>") == 1
    assert "<mtext>(7)</mtext>" in made
    assert "<mtext>(A)</mtext>" in tree(r"a = b \tag*{(A)}")


def test_a_label_makes_no_id() -> None:
    """The same formula may stand twice on a page."""
    assert "id=" not in tree(r"a = b \tag{1} \label{eq:a}")
    assert "href" not in tree(r"\eqref{eq:a}")


def test_displaystyle_stands_where_html_allows_it() -> None:
    assert '<mstyle displaystyle="true"><mfrac>' in tree(r"\dfrac12")
    assert '<mstyle displaystyle="false"><mfrac>' in tree(r"\tfrac12")


def test_a_table_of_display_lines_keeps_the_display_style() -> None:
    """Browsers begin a table in text style, so an mstyle around it does nothing: sums would be small."""
    assert '<mtable displaystyle="true"' in tree(r"\begin{aligned} a &= \sum_i b_i \end{aligned}")
    assert '<mtable displaystyle="true"' in tree(r"a = \sum_i b_i \tag{1}")


def test_names_of_functions_are_followed_by_a_character_not_an_entity() -> None:
    assert "\u2061" in tree(r"\log x")


def test_lengths_in_pixels_are_in_units_mathml_knows() -> None:
    made = tree(r"a \hspace{16px} b")
    assert '<mspace width="1.2em"/>' in made
    assert "rem" not in made


def test_a_colour_is_given_to_the_style_sheet_and_stays_for_feeds() -> None:
    assert 'style="color:#0000FF;--tex:#0000FF"' in tree(r"\textcolor{blue}{x}")
