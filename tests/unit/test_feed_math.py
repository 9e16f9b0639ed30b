"""Formulas in feeds: as MathML, as text, or as pictures that the site holds; and the pictures themselves."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

import pytest

from notebook_kb.parsing.tex import TexConverter
from notebook_kb.rendering.images.formula import SetFormula, draw_formula, formula_png
from notebook_kb.rendering.images.memory import is_plain_png, png_size
from notebook_kb.workspace.build import BuildOptions, build
from notebook_kb.workspace.workspace import Workspace
from tests.support.canaries import TODAY, write_files

if TYPE_CHECKING:
    from pathlib import Path

NOTE = "---\npublish: true\ntype: post\ndate: 2026-03-04\n---\n# A\n\nIt is $x<1$ here.\n\n$$\\frac{a+b}{c} < d$$\n"
CONVERTER = TexConverter({})


def mathml(tex: str) -> str:
    return CONVERTER.convert(tex, display=True).mathml


def built(root: Path, settings: str, note: str = NOTE) -> dict[str, bytes]:
    text = f"title: T\ntimezone: UTC\n{settings}"
    write_files(root, {"notebook.yml": text.encode(), "notes/a.md": note.encode()})
    build(Workspace(root, today=TODAY), BuildOptions())
    site = root / "site"
    return {p.relative_to(site).as_posix(): p.read_bytes() for p in site.rglob("*") if p.is_file()}


def content(files: dict[str, bytes]) -> str:
    (item,) = json.loads(files["feed.json"])["items"]
    return str(item["content_html"])


def test_text_stands_for_formulas(tmp_path: Path) -> None:
    """With `unicode` no MathML is left, and what stands for it is escaped."""
    html = content(built(tmp_path, "feed: {math: unicode}\n"))
    assert "<math" not in html
    assert "x &lt; 1" in html
    assert "(a + b)/c &lt; d" in html


@pytest.mark.parametrize("kind", ["mathml", "unicode", "image"])
def test_lines_of_a_formula_do_not_run_together(tmp_path: Path, kind: str) -> None:
    r"""Red when `a = b \\\\ c = d` says bc = d, in a feed or on the page."""
    note = NOTE.replace("\\frac{a+b}{c} < d", r"a = b \\ [c] = d \\[2pt] e")
    files = built(tmp_path, f"feed: {{math: {kind}}}\n", note)
    html = content(files)
    if kind == "unicode":
        assert "a = b<br>[c] = d<br>e" in html
    elif kind == "image":
        assert 'alt="a = b; [c] = d; e"' in html
    else:
        assert html.count("<mtr>") == 3
    assert files["a/index.html"].count(b"<mtr>") == 3
    assert b"2</mn>" not in files["a/index.html"]


@pytest.mark.parametrize(
    ("base", "address"), [("", ""), ("base_url: https://example.org/n\n", "https://example.org/n/")]
)
def test_a_picture_stands_for_a_formula_on_its_own_line(tmp_path: Path, base: str, address: str) -> None:
    """With `image` the site holds the picture that the feed shows, with the text as its words; in a line text stays."""
    files = built(tmp_path, f"feed: {{math: image}}\n{base}")
    html = content(files)
    found = re.findall(r'<img src="([^"]*)" alt="([^"]*)" width="(\d+)" height="(\d+)">', html)
    assert len(found) == 1
    source, alt, width, _ = found[0]
    assert alt == "(a + b)/c &lt; d"
    assert source.startswith(address + "static/formulas/")
    assert png_size(files[source.removeprefix(address)])[0] == 2 * int(width)
    assert "x &lt; 1" in html
    assert "<math" not in html
    assert source in files["feed.xml"].decode()


def test_mathml_is_the_default_and_makes_no_pictures(tmp_path: Path) -> None:
    """Who asks for nothing gets MathML, and no file besides."""
    files = built(tmp_path, "")
    assert "<math" in content(files)
    assert not [n for n in files if n.startswith("static/formulas/")]


@pytest.mark.parametrize(
    "tex",
    [
        r"y",
        r"\hat\theta = \arg\max_\theta \sum_{i=1}^n \log p(x_i \mid \theta)",
        r"\begin{cases}1&\text{if }x>0\\0&\text{otherwise}\end{cases}",
        r"\begin{pmatrix}a&b\\c&d\end{pmatrix}^\top \mathbb{R} \nabla \sqrt[3]{x}",
    ],
)
def test_a_formula_is_a_picture_of_its_own(tex: str) -> None:
    """A PNG at least 700 px wide with a white margin of 24 px and more, ink inside, the same bytes twice."""
    data = formula_png(mathml(tex))
    width, height = png_size(data)
    assert is_plain_png(data)
    assert width >= 700
    drawn = draw_formula(mathml(tex), 20)
    assert isinstance(drawn, SetFormula)
    assert height >= 2 * (drawn.height + 48) - 2
    assert data == formula_png(mathml(tex))
    assert len(data) > len(formula_png("<math><mspace/></math>"))


def test_what_cannot_be_drawn_in_time_is_not_tried() -> None:
    """Nesting that costs double at each step is refused by its size, and so is what is no formula."""
    nested = "x"
    for _ in range(16):
        nested = rf"\left({nested}\right)"
    assert formula_png(mathml(nested)) == b""
    assert formula_png("<math><mi>x") == b""
