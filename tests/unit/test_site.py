"""The built site of this repository's own notes: links, feeds, structure."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import unquote, urljoin

import pytest
from lxml import html

from notebook_kb.website.build import render_site
from notebook_kb.workspace.build import BuildOptions, build
from notebook_kb.workspace.workspace import Workspace
from tests.support.canaries import write_files

if TYPE_CHECKING:
    from lxml.html import HtmlElement

    from notebook_kb.website.build import Rendered

REPOSITORY = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def rendered() -> Rendered:
    """Every file of this repository's public site."""
    workspace = Workspace(REPOSITORY, today="2026-12-31")
    site = workspace.public_site(workspace.load())
    return render_site(site, workspace.site_view(site, meta={"feed_url": "/feed.xml"}), workspace.theme)


@pytest.fixture(scope="module")
def trees(rendered: Rendered) -> dict[str, HtmlElement]:
    """Each page parsed."""
    return {n: html.document_fromstring(d) for n, d in rendered.files.items() if n.endswith(".html")}


def test_every_internal_link_leads_to_a_file_and_an_anchor(
    rendered: Rendered, trees: dict[str, HtmlElement]
) -> None:
    """A link on a page leads to a page, a picture or an anchor that exists."""
    broken = []
    for name, tree in trees.items():
        here = "https://site.invalid/" + name.removesuffix("index.html")
        for element in tree.iter("a", "img", "link", "script"):
            target = element.get("href") or element.get("src") or ""
            url = urljoin(here, target)
            if not url.startswith("https://site.invalid/") or target.startswith(("data:", "mailto:")):
                continue
            path, _, anchor = unquote(url.removeprefix("https://site.invalid/")).partition("#")
            file = path + "index.html" if not path or path.endswith("/") else path
            if file not in rendered.files:
                broken.append(f"{name}: {target}")
            elif anchor and file in trees and not trees[file].xpath("//*[@id=$a]", a=anchor):
                broken.append(f"{name}: {target} (no such anchor)")
    assert not broken


def test_every_page_is_reached_from_the_front_page(trees: dict[str, HtmlElement]) -> None:
    """Whoever starts at the front page can come to every page but 404; old addresses only lead on."""
    seen, todo = {"index.html"}, ["index.html"]
    while todo:
        name = todo.pop()
        here = "https://site.invalid/" + name.removesuffix("index.html")
        for element in trees[name].iter("a"):
            url = urljoin(here, element.get("href") or "").split("#")[0]
            path = unquote(url.removeprefix("https://site.invalid/"))
            file = path + "index.html" if not path or path.endswith("/") else path
            if file in trees and file not in seen:
                seen.add(file)
                todo.append(file)
    lead_on = {n for n, t in trees.items() if t.xpath("//meta[@http-equiv='refresh']")}
    assert set(trees) - seen - lead_on == {"404.html"}


def test_ids_are_unique_on_each_page(trees: dict[str, HtmlElement]) -> None:
    """No page has one id twice: a link to it would be ambiguous."""
    for name, tree in trees.items():
        ids = [str(i) for i in tree.xpath("//@id")]
        doubled = {i for i in ids if ids.count(i) > 1}
        assert not doubled, f"{name}: {doubled}"


def test_each_page_has_one_first_heading(trees: dict[str, HtmlElement]) -> None:
    """Each page has exactly one H1 and a title."""
    for name, tree in trees.items():
        assert len(tree.xpath("//h1")) == 1, name
        assert (tree.findtext(".//title") or "").strip(), name


def test_pages_load_nothing_from_elsewhere_and_need_no_script(trees: dict[str, HtmlElement]) -> None:
    """A page loads nothing from another host; of scripts the reader's conveniences alone, after the page is there."""
    for name, tree in trees.items():
        scripts = [str(s.get("src")).rsplit("/", 1)[-1] for s in tree.iter("script")]
        assert scripts == (["page.js", "search.js"] if name == "search/index.html" else ["page.js"]) or (
            not scripts and tree.xpath("//meta[@http-equiv='refresh']")
        ), name
        assert all("defer" in s.attrib for s in tree.iter("script")), name
        loaded = [str(u) for u in tree.xpath("//img/@src | //link[@rel='stylesheet']/@href | //source/@src")]
        assert not [u for u in loaded if re.match(r"(https?:)?//", u)], name
        assert not tree.xpath("//iframe | //object | //embed"), name


def test_pictures_have_words(trees: dict[str, HtmlElement]) -> None:
    """Every picture of the notes says what it shows."""
    for name, tree in trees.items():
        for image in tree.iter("img"):
            assert (image.get("alt") or "").strip(), f"{name}: {image.get('src')}"


def test_a_concept_page_has_no_raw_tex(trees: dict[str, HtmlElement]) -> None:
    """Every formula became MathML: no backslash command is left in the words of a concept page."""
    for name in ("rank/index.html", "eigen/index.html", "gradient-descent/index.html"):
        tree = trees[name]
        for annotation in tree.xpath("//annotation | //pre | //code"):
            annotation.drop_tree()
        assert not re.search(r"\\[a-z]+", tree.text_content()), name


@pytest.fixture
def concept_page(tmp_path: Path) -> HtmlElement:
    """A concept's page from a note as people have it: text first, headings of its own, nothing that the ladder knows."""
    text = (
        "---\nconcept: rank\npublish: true\ntags: one two-words\n---\n# Rank\n\nThe lead.\n\nMore text, which stands first on the page "
        "and counts as my own words since it is prose.\n\n## Theory\n\n### Row rank\n\nText, $r$.\n\n## Private thoughts\n\nsecret\n\n"
        "### Column rank\n\n#### Deeper\n\nText.\n"
    )
    write_files(tmp_path, {"notebook.yml": b"title: T\n", "notes/rank.md": text.encode()})
    build(Workspace(tmp_path, today="2026-12-31"), BuildOptions())
    return html.document_fromstring((tmp_path / "site/rank/index.html").read_bytes())


def test_a_concept_page_keeps_what_the_note_has(concept_page: HtmlElement) -> None:
    """Red when a heading is lost, changes its level, or text moves below rungs that nobody wrote."""
    headings = [(h.tag, h.text_content()) for h in concept_page.iter("h2", "h3", "h4")]
    shown = [
        h for h in headings if h[1] in {"Theory", "Row rank", "Column rank", "Deeper", "Private thoughts"}
    ]
    assert shown == [("h2", "Theory"), ("h3", "Row rank")]
    words = concept_page.get_element_by_id("main").text_content()
    assert words.index("More text") < words.index("Theory") < words.index("Visual")
    assert "waits for" not in words
    assert "secret" not in words


def test_a_formula_keeps_the_mark_behind_it(concept_page: HtmlElement) -> None:
    """Red when a full stop may begin a line because a formula stands before it."""
    assert [n.text_content()[-1] for n in concept_page.find_class("nb") if n.find("math") is not None] == [
        "."
    ]


def test_tags_may_be_apart_by_blanks(concept_page: HtmlElement) -> None:
    """Red when `tags: one two` is one tag, or half lost."""
    assert {"one", "two-words"} <= {a.text_content() for a in concept_page.iter("a")}
