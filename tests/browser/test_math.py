"""Formulas in a real Chromium: which slices of the math font load, and what is drawn."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest

from notebook_kb.parsing.tex import TexConverter
from tests.support.serving import served

if TYPE_CHECKING:
    from collections.abc import Generator
    from pathlib import Path

    from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.browser

# Accents and stretchy signs, letters of each kind, primes, large operators, cases, matrices.
CORPUS = (
    r"\hat\theta = \operatorname*{arg\,max}_{\theta} \sum_{i=1}^n \log p(x_i \mid \theta)",
    r"\int_{-\infty}^{\infty} e^{-x^2}\,\mathrm{d}x = \sqrt{\pi}, \quad h\hbar\varepsilon\phi\varphi",
    r"\begin{pmatrix} 1 & 2 \\ 3 & 4 \\ 5 & 6 \end{pmatrix} \left\lVert \frac{a}{b} \right\rVert",
    r"f(x) = \begin{cases} x & \text{if } x > 0 \\ 0 & \text{otherwise} \end{cases}",
    r"\underbrace{a+b}_{n} \overbrace{c+d}^{m} \vec v \bar x \tilde y \dot z \widehat{AB} \overline{AB}",
    r"f' g'' \mathbb{R} \mathbb{E} \mathcal{L} \mathcal{N} \mathbf{A}\mathbf{x} \boldsymbol{\theta} \mathfrak{g}",
    r"X \sim \mathcal{N}(\mu, \sigma^2), \quad \nabla f \perp g, \quad a \ne b \le c \in \mathbb{Z}",
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory, repository: Path) -> Path:
    root = tmp_path_factory.mktemp("math")
    shutil.copytree(repository / "templates/static", root / "static")
    return root


@pytest.fixture(scope="module")
def address(folder: Path) -> Generator[str]:
    with served(folder) as found:
        yield found


def write(folder: Path, formulas: tuple[str, ...], style: str = "style") -> None:
    converter = TexConverter()
    shown = "".join(f'<div class="eq">{converter.convert(f, display=True).mathml}</div>' for f in formulas)
    (folder / "page.html").write_text(
        '<!doctype html><html lang="en"><meta charset="utf-8"><title>Math</title>'
        f'<link rel="stylesheet" href="static/{style}.css"><body>{shown}',
        encoding="utf-8",
    )


def open_page(browser: Browser, address: str, **options: object) -> tuple[Page, list[str]]:
    page = browser.new_context(**options).new_page()  # type: ignore[arg-type]
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url.rpartition("/")[2]))
    page.goto(f"{address}/page.html")
    page.evaluate("document.fonts.ready")
    return page, sorted(name for name in asked if name.endswith(".woff2"))


def strange_fonts(page: Page) -> set[str]:
    """The fonts, other than ours, that draw parts of formulas."""
    session = page.context.new_cdp_session(page)
    session.send("DOM.enable")
    session.send("CSS.enable")
    root = session.send("DOM.getDocument", {"depth": -1})["root"]["nodeId"]
    nodes = session.send("DOM.querySelectorAll", {"nodeId": root, "selector": "mi,mo,mn,mtext"})["nodeIds"]
    used: set[str] = set()
    for node in nodes:
        fonts = session.send("CSS.getPlatformFontsForNode", {"nodeId": node})["fonts"]
        used |= {f["familyName"] for f in fonts if not f["isCustomFont"]}
    return used


@pytest.mark.parametrize(
    ("formulas", "slices"),
    [
        ((), []),
        (("x",), ["math.woff2"]),
        ((r"\theta + \mathbb{R} + \vec{\mathbf{v}}",), ["math.woff2"]),
        ((r"x + \boldsymbol{\theta}",), ["math-bold.woff2", "math.woff2"]),
        ((r"x + \mathfrak{g}",), ["math-letters.woff2", "math.woff2"]),
        ((r"x \leadsto y",), ["math-signs.woff2", "math.woff2"]),
    ],
)
def test_a_page_loads_the_slices_it_needs_and_no_other(
    folder: Path, browser: Browser, address: str, formulas: tuple[str, ...], slices: list[str]
) -> None:
    write(folder, formulas)
    page, asked = open_page(browser, address)
    page.context.close()
    assert asked == slices


def test_every_sign_of_the_corpus_is_drawn_by_our_font(folder: Path, browser: Browser, address: str) -> None:
    write(folder, CORPUS)
    page, _ = open_page(browser, address)
    found = strange_fonts(page)
    page.context.close()
    assert not found


def test_a_font_without_italic_twins_would_be_noticed(folder: Path, browser: Browser, address: str) -> None:
    """The check above looks at what is drawn: U+1D465, not the letter in the page."""
    style = (folder / "static/style.css").read_text(encoding="utf-8")
    (folder / "static/short.css").write_text(
        style.replace("U+1D400-1D454", "U+1D400-1D433"), encoding="utf-8"
    )
    write(folder, ("A",), "short")
    page, _ = open_page(browser, address)
    found = strange_fonts(page)
    page.context.close()
    assert found


def test_sums_and_fences_grow(folder: Path, browser: Browser, address: str) -> None:
    write(folder, (r"\sum x", r"\textstyle\sum x", r"\left(\frac{\frac12}{\frac34}\right)", "(x)"))
    page, _ = open_page(browser, address)
    heights = page.evaluate(
        "[...document.querySelectorAll('math')].map(m => m.querySelector('mo').getBoundingClientRect().height)"
    )
    page.context.close()
    assert heights[0] > 1.2 * heights[1]
    assert heights[2] > 2 * heights[3]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_colours_of_formulas_can_be_read(folder: Path, browser: Browser, address: str, scheme: str) -> None:
    """Contrast with the paper of 4.5 : 1 for the colours that people name."""
    names = ("blue", "red", "green", "orange", "purple", "yellow", "black", "white")
    write(folder, tuple(rf"\textcolor{{{name}}}{{x}}" for name in names))
    page, _ = open_page(browser, address, color_scheme=scheme)
    ratios = page.evaluate(
        """() => {
        const pixel = document.createElement('canvas').getContext('2d', {willReadFrequently: true});
        const light = colour => { pixel.fillStyle = colour; pixel.fillRect(0, 0, 1, 1);
          const [r, g, b] = [...pixel.getImageData(0, 0, 1, 1).data].map(v => v / 255)
            .map(v => v <= .04045 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4);
          return .2126 * r + .7152 * g + .0722 * b };
        const paper = light(getComputedStyle(document.documentElement).getPropertyValue('--paper').trim());
        return [...document.querySelectorAll('math [style*="--tex"]')].map(e => light(getComputedStyle(e).color))
          .map(l => (Math.max(l, paper) + .05) / (Math.min(l, paper) + .05)) }"""
    )
    page.context.close()
    assert len(ratios) == len(names)
    assert min(ratios) >= 4.5, dict(zip(names, ratios, strict=True))


def test_cancelled_and_boxed_terms_are_marked(folder: Path, browser: Browser, address: str) -> None:
    write(folder, (r"\cancel{x}", r"\boxed{x}"))
    page, _ = open_page(browser, address)
    cancel = page.locator(".menclose-updiagonalstrike").evaluate("e => e.getBoundingClientRect().width")
    box = page.locator("menclose[notation=box]").evaluate("e => getComputedStyle(e).borderTopStyle")
    page.context.close()
    assert cancel > 5
    assert box == "solid"
