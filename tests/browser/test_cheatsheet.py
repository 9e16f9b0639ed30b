"""The cheat sheet as Chromium shows and prints it: formulas fit their column, no concept is cut, the letters are ours."""

from __future__ import annotations

import io
import re
import shutil
from typing import TYPE_CHECKING

import pytest
from pypdf import PdfReader

from notebook_kb.workspace.cheatsheet import cheat_sheet
from notebook_kb.workspace.chromium import print_pdf
from notebook_kb.workspace.workspace import Workspace

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import Browser

pytestmark = pytest.mark.browser
LONG = (
    "\\det\\begin{pmatrix} a_{11} & a_{12} & \\dots & a_{1n}\\\\ a_{n1} & a_{n2} & \\dots & a_{nn}\\end{pmatrix} = "
    "\\sum_{\\sigma \\in S_n} \\operatorname{sgn}(\\sigma) \\prod_{i=1}^{n} a_{i,\\sigma(i)} = \\sum_{j=1}^{n} (-1)^{i+j} a_{ij} M_{ij}"
)
DETERMINANT = (
    "---\nconcept: determinant\n---\n# Det\n\n## In my words\nIt is one number that says how much areas grow. More words.\n\n"
    f"## Symbols\n\n$$\n{LONG}\n$$\n\nRead aloud: expand it.\n\n## Pitfalls\nAn area may be turned over.\n"
)
LAYOUT = """() => {
  const column = e => e.closest('article').getBoundingClientRect();
  return {
    wide: document.documentElement.scrollWidth - document.documentElement.clientWidth,
    columns: new Set([...document.querySelectorAll('article')].map(e => Math.round(e.getBoundingClientRect().left))).size,
    out: [...document.querySelectorAll('.eq math, article p')].filter(e => {
      const own = e.getBoundingClientRect(), c = column(e);
      return own.left < c.left - 1 || own.right > c.right + 1;
    }).map(e => e.textContent.slice(0, 40)),
    small: Math.min(...[...document.querySelectorAll('.eq math')].map(e => parseFloat(getComputedStyle(e).fontSize))),
    colours: [getComputedStyle(document.body).color, getComputedStyle(document.documentElement).backgroundColor],
  };
}"""


@pytest.fixture(scope="module")
def sheet(tmp_path_factory: pytest.TempPathFactory, repository: Path) -> Path:
    """The sheet of this repository's notes, and of one with a formula that is too long for a column."""
    root = tmp_path_factory.mktemp("book")
    shutil.copytree(repository / "notes", root / "notes")
    shutil.copy(repository / "notebook.yml", root)
    (root / "notes" / "det.md").write_text(DETERMINANT, encoding="utf-8")
    path = root / "sheet.html"
    path.write_text(cheat_sheet(Workspace(root)).html, encoding="utf-8")
    return path


@pytest.mark.parametrize("width", [320, 390, 820, 1440])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_on_a_screen(browser: Browser, sheet: Path, width: int, scheme: str) -> None:
    """Red when a formula leaves its column, the page scrolls sideways, a phone gets two columns, or a message is logged."""
    page = browser.new_page(viewport={"width": width, "height": 900}, color_scheme=scheme)  # type: ignore[arg-type]
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.on(
        "request",
        lambda request: said.append(request.url) if not request.url.startswith(("file:", "data:")) else None,
    )
    page.goto(sheet.as_uri())
    found = page.evaluate(LAYOUT)
    page.close()
    assert found["wide"] <= 0
    assert found["out"] == []
    assert found["columns"] == (1 if width < 736 else 2)
    assert found["small"] >= 8.8
    light = [int(re.findall(r"\d+", c)[0]) for c in found["colours"]]
    assert (light[0] < light[1]) == (scheme == "light")
    assert said == []


@pytest.mark.parametrize(("paper", "size"), [("a4", (595, 842)), ("letter", (612, 792))])
def test_on_paper(chromium_path: str, sheet: Path, paper: str, size: tuple[int, int]) -> None:
    """Red when the paper is another one, a concept is cut across columns or pages, or its letters cannot be searched."""
    html = cheat_sheet(Workspace(sheet.parent), paper=paper).html
    reader = PdfReader(io.BytesIO(print_pdf(chromium_path, html)))
    assert all(
        (round(float(p.mediabox.width)), round(float(p.mediabox.height))) == size for p in reader.pages
    )
    assert len(reader.pages) == 2
    pages = [" ".join((p.extract_text() or "").split()) for p in reader.pages]
    titles = re.findall(r"<h3>(.*?)</h3>", html)
    assert len(titles) == 14
    both = " ".join(pages)
    for first, last in (
        ("It is one number", "An area may be turned over"),
        ("Along an eigenvector", "identity squashes space flat"),
    ):
        assert sum(first in p and last in p for p in pages) == 1
        assert both.index(first) < both.index(last)
    fonts = {
        str(f["/BaseFont"])
        for p in reader.pages
        for f in (x.get_object() for x in p["/Resources"]["/Font"].values())  # type: ignore[index]
    }
    assert any("LatinModernMath" in f or "NotebookMath" in f or "Math" in f for f in fonts), fonts


def test_no_concept_is_cut(browser: Browser, sheet: Path) -> None:
    """Red when a concept stands in two columns of the paper."""
    page = browser.new_page(viewport={"width": 700, "height": 1000})
    page.emulate_media(media="print")
    page.goto(sheet.as_uri())
    boxes = page.evaluate("[...document.querySelectorAll('article')].map(e => e.getClientRects().length)")
    page.close()
    assert boxes == [1] * len(boxes)
