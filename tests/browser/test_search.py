"""The search page in a real browser: from a disk, from a server, under a sub-path, by keyboard, without script, in the preview."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from notebook_kb.workspace.build import BuildOptions, build
from notebook_kb.workspace.workspace import Workspace
from tests.support.canaries import write_files
from tests.support.search import REPOSITORY, TODAY, WANTED_AMONG, labelled
from tests.support.serving import served

if TYPE_CHECKING:
    from collections.abc import Generator
    from pathlib import Path

    from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.browser

ENOUGH = 38


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """This repository's site, built."""
    root = tmp_path_factory.mktemp("notebook")
    shutil.copy(REPOSITORY / "notebook.yml", root)
    shutil.copytree(REPOSITORY / "notes", root / "notes")
    build(Workspace(root, today=TODAY), BuildOptions())
    return root / "site"


@pytest.fixture(scope="module")
def address(site: Path) -> Generator[str]:
    """The site on a server, under a sub-path."""
    with served(site.parent) as found:
        yield f"{found}/site"


def opened(browser: Browser, url: str) -> Page:
    """A page that fails on any message of the console: a refused script, a broken link."""
    page = browser.new_page()
    said: list[str] = []
    page.on("console", lambda m: said.append(m.text))
    page.on("pageerror", lambda e: said.append(str(e)))
    page.goto(url)
    assert not said
    return page


def search(page: Page, query: str) -> list[str]:
    """The addresses of what is found for a query."""
    page.fill("#q", query)
    page.wait_for_function("() => document.getElementById('found').textContent")
    found: list[str] = page.eval_on_selector_all("#hits a", "all => all.map((a) => a.href)")
    return found


@pytest.mark.parametrize("where", ["disk", "server"])
def test_labelled_queries_find_their_page(browser: Browser, site: Path, address: str, where: str) -> None:
    """Red when the pages that are wanted are not among the first three in the browser."""
    base = site.as_uri() if where == "disk" else address
    page = opened(browser, base + ("/search/index.html" if where == "disk" else "/search/"))
    lost = []
    for query, wanted in labelled():
        first = search(page, query)[:WANTED_AMONG]
        pages = {url.removeprefix(base).split("#")[0].removesuffix("index.html") for url in first}
        if wanted not in pages:
            lost.append(query)
    page.close()
    assert len(labelled()) - len(lost) >= max(ENOUGH, len(labelled()) - 2), lost


@pytest.mark.parametrize("where", ["disk", "server"])
def test_a_hit_leads_to_the_place(browser: Browser, site: Path, address: str, where: str) -> None:
    """Red when Enter on a hit does not open the page at its heading, or going back loses the query."""
    base = site.as_uri() + "/search/index.html" if where == "disk" else f"{address}/search/"
    page = opened(browser, base)
    search(page, "guitar string")
    expect(page.locator("#hits mark").first).to_have_text("guitar")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.wait_for_url("**#simple")
    expect(page.locator("h1")).to_have_text("Gradient descent")
    assert page.locator("#simple").count() == 1
    page.go_back()
    expect(page.locator("#q")).to_have_value("guitar string")
    expect(page.locator("#hits a").first).to_be_visible()
    page.close()


def test_keys_choose_and_clear(browser: Browser, address: str) -> None:
    """Red when the box does not say which hit is chosen, or Escape and / do not do their part."""
    page = opened(browser, f"{address}/search/?q=gradient")
    box = page.locator("#q")
    expect(box).to_have_attribute("role", "combobox")
    expect(box).to_have_attribute("aria-expanded", "true")
    expect(box).to_be_focused()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    chosen = page.locator("#hits [aria-selected=true]")
    expect(chosen).to_have_count(1)
    expect(box).to_have_attribute("aria-activedescendant", str(chosen.get_attribute("id")))
    page.keyboard.press("ArrowUp")
    page.keyboard.press("ArrowUp")
    expect(chosen).to_have_count(0)
    page.keyboard.press("ArrowUp")
    assert chosen.get_attribute("id") == page.locator("#hits a").last.get_attribute("id")
    page.keyboard.press("Escape")
    expect(chosen).to_have_count(0)
    expect(box).to_have_value("gradient")
    page.keyboard.press("Escape")
    expect(box).to_have_value("")
    expect(page.locator("#hits")).to_be_hidden()
    expect(box).to_have_attribute("aria-expanded", "false")
    assert page.url.endswith("/search/")
    page.locator("h1").click()
    page.keyboard.press("/")
    expect(box).to_be_focused()
    expect(box).to_have_value("")
    page.close()


def test_the_index_is_loaded_only_for_a_search(browser: Browser, address: str) -> None:
    """Red when a page that is not the search loads any part of it, or nothing leads there."""
    page = browser.new_page()
    asked: list[str] = []
    page.on("request", lambda r: asked.append(r.url))
    page.goto(f"{address}/rank/")
    assert not [u for u in asked if "search" in u]
    page.locator("a[rel=search]").click()
    page.wait_for_url("**/search/")
    page.fill("#q", "rank")
    page.wait_for_selector("#hits a")
    assert {u.rsplit("/", 1)[-1] for u in asked if u.endswith(".js")} >= {"search.js", "search-index.js"}
    page.close()


def test_without_script_the_page_shows_other_ways(browser: Browser, address: str) -> None:
    """Red when a reader without JavaScript stands before a dead box."""
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{address}/search/")
    links = page.locator("noscript a")
    assert [links.nth(i).get_attribute("href") for i in range(2)] == ["../concepts/", "../roadmap/"]
    expect(links.first).to_be_visible()
    context.close()


def test_nothing_of_a_note_becomes_markup(browser: Browser, tmp_path: Path) -> None:
    """Red when words of a note or of the query are read as HTML, or addresses in the style `file` lead nowhere."""
    evil = "\\<img src=x onerror=document.title=1> &lt;b&gt; 'quoted' \"double\" </script>"
    text = f"---\npublish: true\ntitle: '<i>Evil</i> & \"co\"'\n---\n{evil} pumpkin\n\n## <u>Head</u> 'x'\n\npumpkin pie\n"
    write_files(
        tmp_path,
        {
            "notebook.yml": b"title: T\nurls: file\nlanguage: de\n",
            "notes/o'brien & co.md": text.encode(),
            "notes/zwei.md": "---\npublish: true\n---\n# Größe\n\nStraße\n".encode(),
        },
    )
    build(Workspace(tmp_path, today=TODAY), BuildOptions())
    page = opened(browser, (tmp_path / "site" / "search.html").as_uri())
    search(page, "pumpkin")
    hit = page.locator("#hits a").first
    expect(hit.locator("b")).to_have_text('<i>Evil</i> & "co"')
    expect(hit).to_contain_text("<img src=x onerror=document.title=1> <b> 'quoted' \"double\"")
    assert page.locator("#hits img, #hits i, #hits u, #found img").count() == 0
    hit.click()
    expect(page.locator("h1")).to_contain_text("Evil")
    page.go_back()
    search(page, "<zzzzzz> qqqqqq")
    expect(page.locator("#found")).to_contain_text("<zzzzzz> qqqqqq")
    assert [u.rsplit("/", 1)[-1] for u in search(page, "strasse")] == ["zwei.html"]
    expect(page.locator("#hits .label")).to_have_text("Seite")
    page.close()
