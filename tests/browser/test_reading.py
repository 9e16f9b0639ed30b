"""The built site as readers have it: with and without scripts, on a phone, by keyboard, on paper."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from notebook_kb.workspace.build import BuildOptions, build
from notebook_kb.workspace.workspace import Workspace
from tests.support.canaries import write_files
from tests.support.serving import served

if TYPE_CHECKING:
    from collections.abc import Generator
    from pathlib import Path

    from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.browser

LONG = " + ".join(f"x_{{{n}}} y_{{{n}}}" for n in range(60))
WIDE = (
    "| "
    + " | ".join(f"column {n}" for n in range(24))
    + " |\n"
    + "|---" * 24
    + "|\n"
    + "| $a|b$ " * 24
    + "|\n"
)
NOTE = f"""---
publish: true
date: 2026-01-01
---
# Wide things

First words with a note.[^1] More words with another.[^2] And [[other#Second part|a link]] in them.

$$\\sum_{{i=1}}^n {LONG} % not for readers
$$

{WIDE}
```python
print("{"x" * 400}")
```

## A heading

Words with $a^2 + b^2$ in them.

[^1]: {"The first note is long. " * 12}
[^2]: {"The second note is long too. " * 12}
"""
OTHER = "---\npublish: true\n---\n# Another page\n\nIts first words.\n\n## Second part\n\nWords of the second part.\n"


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory, repository: Path) -> Generator[str]:
    """Two sites, served: `/wide/` of the notes above and `/ours/` of this repository's notes."""
    root = tmp_path_factory.mktemp("sites")
    write_files(
        root,
        {
            "wide-notebook/notebook.yml": b"title: Wide\n",
            "wide-notebook/notes/wide.md": NOTE.encode(),
            "wide-notebook/notes/other.md": OTHER.encode(),
            "ours-notebook/notebook.yml": (repository / "notebook.yml").read_bytes(),
        },
    )
    (root / "ours-notebook/notes").symlink_to(repository / "notes", target_is_directory=True)
    for name in ("wide", "ours"):
        build(Workspace(root / f"{name}-notebook", "2026-12-31"), BuildOptions(root / "served" / name))
    with served(root / "served") as found:
        yield found


def page_at(
    browser: Browser, url: str, width: int = 1440, *, scripts: bool = True, scheme: str = "light"
) -> Page:
    context = browser.new_context(
        viewport={"width": width, "height": 900},
        java_script_enabled=scripts,
        color_scheme=scheme,  # type: ignore[arg-type]
        permissions=["clipboard-read", "clipboard-write"],
    )
    page = context.new_page()
    page.goto(url)
    return page


def words(page: Page) -> str:
    """What is to be read in the main part, without the controls that a script adds."""
    page.locator("main").wait_for()
    text = page.locator("main").inner_text()
    return " ".join(re.sub(r"\b(?:Copy TeX|Copy)\b|#", "", text).split())


@pytest.mark.parametrize("path", ["/ours/", "/ours/eigen/", "/ours/roadmap/", "/wide/wide/"])
def test_a_page_reads_the_same_without_scripts(browser: Browser, address: str, path: str) -> None:
    """Red when words of a page are there only with, or only without, its script."""
    bare = page_at(browser, address + path, scripts=False)
    full = page_at(browser, address + path)
    assert words(bare) == words(full)
    assert len(words(bare)) > 100


def test_a_concept_page_asks_little(browser: Browser, address: str) -> None:
    """Red when a concept page asks another host, or for more than six files besides its pictures."""
    page = browser.new_page()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(f"{address}/ours/eigen/", wait_until="networkidle")
    assert not [url for url in asked if not url.startswith(address)]
    assert len([url for url in asked if "/files/" not in url]) <= 6


@pytest.mark.parametrize("width", [320, 390, 700, 1000, 1440])
@pytest.mark.parametrize(
    "path", ["/wide/wide/", "/ours/", "/ours/eigen/", "/ours/compare/", "/ours/guide/commands/"]
)
def test_the_page_never_scrolls_sideways(browser: Browser, address: str, path: str, width: int) -> None:
    """Red when something is wider than the window and does not scroll by itself."""
    page = page_at(browser, address + path, width)
    assert page.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize("selector", ["main .eq", "main .scroll", "main pre"])
def test_what_is_too_wide_scrolls_by_keyboard(browser: Browser, address: str, selector: str) -> None:
    """Red when a wide formula, table or piece of code cannot be reached by Tab and moved by the arrows."""
    page = page_at(browser, f"{address}/wide/wide/", 390, scripts=False)
    wide = page.locator(selector).first
    for _ in range(40):
        page.keyboard.press("Tab")
        if page.evaluate("(s) => document.activeElement?.matches(s)", selector):
            break
    expect(wide).to_be_focused()
    for _ in range(30):  # a press before the browser has settled is lost
        page.keyboard.press("ArrowRight")
        page.wait_for_timeout(100)
        if wide.evaluate("e => e.scrollLeft > 0"):
            return
    pytest.fail(f"{selector} did not move")


def test_margin_notes_do_not_overlap(browser: Browser, address: str) -> None:
    """Red when two long notes of one paragraph lie on each other, or on the text."""
    page = page_at(browser, f"{address}/wide/wide/")
    boxes = [box for note in page.locator("aside.side").all() if (box := note.bounding_box())]
    assert len(boxes) == 2
    first, second = sorted(boxes, key=lambda b: b["y"])
    assert first["y"] + first["height"] <= second["y"]
    text = page.locator("main .eq").first.bounding_box()
    assert text
    assert all(b["x"] >= text["x"] + text["width"] for b in boxes)


def test_code_and_formulas_are_copied(browser: Browser, address: str) -> None:
    """Red when the buttons copy something else than the code and the formula's TeX, or a private comment in it."""
    page = page_at(browser, f"{address}/wide/wide/")
    page.locator("figure.code .copy").click(force=True)
    expect(page.locator("figure.code .copy")).to_have_text("Copied")
    assert page.evaluate("navigator.clipboard.readText()") == f'print("{"x" * 400}")'
    page.locator(".eq + .copy").first.click(force=True)
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied.startswith(r"\sum_{i=1}^n x_{0} y_{0}")
    assert "not for readers" not in copied


def test_a_selection_is_copied_with_its_tex(browser: Browser, address: str) -> None:
    """Red when a formula in copied text is not its TeX between dollars."""
    page = page_at(browser, f"{address}/wide/wide/")
    page.evaluate("getSelection().selectAllChildren(document.querySelector('#a-heading + p'))")
    page.keyboard.press("ControlOrMeta+c")
    assert page.evaluate("navigator.clipboard.readText()").strip() == "Words with $a^2 + b^2$ in them."


def test_headings_can_be_linked_to(browser: Browser, address: str) -> None:
    """Red when a heading has no link to itself, or one without a name."""
    page = page_at(browser, f"{address}/wide/wide/")
    link = page.get_by_role("link", name="Link to this place: A heading")
    link.focus()
    page.keyboard.press("Enter")
    assert page.url.endswith("#a-heading")


def test_a_link_shows_where_it_leads(browser: Browser, address: str) -> None:
    """Red when pointing at a link shows nothing, something of another part, or when Escape does not take it away."""
    page = page_at(browser, f"{address}/wide/wide/")
    page.locator("main p a", has_text="a link").hover()
    peek = page.locator(".peek")
    expect(peek).to_contain_text("Words of the second part.")
    expect(peek).to_contain_text("Second part")
    expect(peek).not_to_contain_text("Its first words")
    page.keyboard.press("Escape")
    expect(peek).to_have_count(0)


def test_on_paper_everything_is_open_and_nothing_is_for_clicking(browser: Browser, address: str) -> None:
    """Red when print shows the menu or a button, or hides the answer of a card or the check of the code."""
    page = page_at(browser, f"{address}/ours/eigen/")
    page.emulate_media(media="print")
    for hidden in ("nav", ".copy", ".here", ".skip", ".foot"):
        for element in page.locator(hidden).all():
            expect(element).to_be_hidden()
    answer = page.locator("details.card > div").first
    assert answer.evaluate("e => e.getBoundingClientRect().height") > 10
