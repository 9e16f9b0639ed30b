"""What machines read: Atom and JSON feed, sitemap, redirects from old addresses, links that work from disk."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import unquote, urljoin

import pytest
from lxml import etree, html

from notebook_kb.website.feed_html import feed_html
from notebook_kb.workspace.build import BuildOptions, build
from notebook_kb.workspace.workspace import Workspace
from tests.support.canaries import TODAY, write_files

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

REPOSITORY = Path(__file__).resolve().parents[2]
ATOM = "{http://www.w3.org/2005/Atom}"
BASE = "https://example.org/marginal"
HEAD = "---\npublish: true\ndate: 2026-01-0{}\n---\n"


def repository_notebook(root: Path, settings: str) -> Path:
    """This repository's notes under other settings."""
    write_files(root, {"notebook.yml": settings.encode()})
    (root / "notes").symlink_to(REPOSITORY / "notes", target_is_directory=True)
    return root


def built(root: Path, **options: object) -> Mapping[str, bytes]:
    """The files of a build, by name."""
    folder = root / "out"
    build(Workspace(root, today="2026-12-31"), BuildOptions(folder, **options))  # type: ignore[arg-type]
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, bytes]:
    """This repository's site under an address with a sub-path."""
    root = repository_notebook(tmp_path_factory.mktemp("based"), f"title: T & U\nbase_url: {BASE}\n")
    return built(root)


def small(root: Path, notes: Mapping[str, str], settings: str = "title: T\n") -> Path:
    write_files(
        root, {"notebook.yml": settings.encode(), **{f"notes/{n}": t.encode() for n, t in notes.items()}}
    )
    return root


def test_the_feed_is_valid_by_the_grammar_of_rfc_4287(site: Mapping[str, bytes]) -> None:
    """Red when feed.xml is not well-formed, or not what the RELAX NG grammar of RFC 4287 allows."""
    grammar = etree.RelaxNG(etree.parse(REPOSITORY / "tests/fixtures/feeds/rfc4287.rng"))
    feed = etree.fromstring(site["feed.xml"])
    grammar.assertValid(feed)
    broken = etree.fromstring(
        site["feed.xml"].replace(b"<updated>", b"<updatet>").replace(b"</updated>", b"</updatet>")
    )
    assert not grammar.validate(broken)


def test_entries_have_ids_of_their_own_and_absolute_addresses(site: Mapping[str, bytes]) -> None:
    """Red when two entries share an id, or an address in the feed or in its texts is relative."""
    feed = etree.fromstring(site["feed.xml"])
    ids = [e.text for e in feed.iter(ATOM + "id")]
    assert len(set(ids)) == len(ids) > 2
    addresses = [e.get("href") for e in feed.iter(ATOM + "link")]
    for content in feed.iter(ATOM + "content"):
        tree = html.fragment_fromstring(content.text or "", create_parent="div")
        addresses += [e.get("href") or e.get("src") for e in tree.iter("a", "img")]
    assert len(addresses) > 10
    assert [a for a in addresses if not re.match(r"(https?|mailto):", a or "")] == []


def test_feeds_hold_the_whole_text_with_formulas(site: Mapping[str, bytes]) -> None:
    """Red when an entry is cut, or a formula is not MathML with its TeX."""
    texts = [e.text or "" for e in etree.fromstring(site["feed.xml"]).iter(ATOM + "content")]
    assert all(
        len(html.fragment_fromstring(t, create_parent="div").text_content().split()) > 200 for t in texts
    )
    assert sum(t.count("<math") for t in texts) > 20
    assert sum(t.count('encoding="application/x-tex"') for t in texts) == sum(t.count("<math") for t in texts)
    assert "$$" not in "".join(texts)


def test_both_feeds_say_the_same(site: Mapping[str, bytes]) -> None:
    """Red when the JSON feed leaves out an entry, or is no JSON Feed 1.1."""
    data = json.loads(site["feed.json"])
    assert data["version"] == "https://jsonfeed.org/version/1.1"
    assert (data["home_page_url"], data["feed_url"]) == (f"{BASE}/", f"{BASE}/feed.json")
    entries = list(etree.fromstring(site["feed.xml"]).iter(ATOM + "entry"))
    assert [(i["id"], i["title"], i["content_html"]) for i in data["items"]] == [
        (e.findtext(ATOM + "id"), e.findtext(ATOM + "title"), e.findtext(ATOM + "content")) for e in entries
    ]
    assert all(re.fullmatch(r"\d{4}-\d\d-\d\dT00:00:00Z", i["date_modified"]) for i in data["items"])


def test_feeds_hold_nothing_that_needs_our_style_sheet() -> None:
    """Red when a class, an id, a drawn sign or a form field goes into a feed, or a label sticks to the next word."""
    source = (
        '<p class="aloud" id="x"><span class="label">Read aloud</span> the rank</p><ul class="tasks"><li>'
        '<input type="checkbox" disabled checked aria-label="done"> done</li></ul><svg><path d="M0"/></svg>'
        '<span class="st">x</span><img src="a.png" alt="A &quot;b&quot;" loading="lazy"><br>1 < 2 &amp; 3'
    )
    assert feed_html(source, "https://e.org", "/p/") == (
        "<p><b>Read aloud:</b> the rank</p><ul><li>☑  done</li></ul>"
        'x<img src="https://e.org/p/a.png" alt="A &quot;b&quot;"><br>1 &lt; 2 &amp; 3'
    )


def test_without_an_address_the_feed_is_valid_too(tmp_path: Path) -> None:
    """Red when a notebook without `base_url` or dated notes gives a feed that is not valid."""
    grammar = etree.RelaxNG(etree.parse(REPOSITORY / "tests/fixtures/feeds/rfc4287.rng"))
    files = built(
        small(tmp_path, {"a.md": HEAD.format(1) + "# A\n\x0c\ufffe odd ]]> & <b>x\n", "b.md": "# B\n"})
    )
    grammar.assertValid(etree.fromstring(files["feed.xml"]))
    assert "sitemap.xml" not in files


def test_pages_name_their_address_and_what_they_are(site: Mapping[str, bytes]) -> None:
    """Red when a page has no canonical address under the sub-path, or a dated note no Open Graph date."""
    for name, data in site.items():
        if name.endswith(".html") and b'http-equiv="refresh"' not in data and name != "404.html":
            url = f"{BASE}/{name.removesuffix('index.html')}"
            tree = html.fromstring(data)
            assert tree.xpath("//link[@rel='canonical']/@href") == [url]
            assert tree.xpath("//meta[@property='og:url']/@content") == [url]
    dated = [n for n, d in site.items() if b"article:published_time" in d]
    assert len(dated) >= len(json.loads(site["feed.json"])["items"])
    assert site["sitemap.xml"].count(b"<loc>" + BASE.encode()) == site["sitemap.xml"].count(b"<loc>") > 30


@pytest.mark.parametrize(
    ("alias", "file"),
    [
        ("/2019/03/rank/", "2019/03/rank/index.html"),
        ("2019/rank.html", "2019/rank.html"),
        ("https://old.example.org/blog/rank?x=1#y", "blog/rank/index.html"),
        ("notes/Old Name.md", "old-name/index.html"),
        ("/a%20b/", "a b/index.html"),
    ],
)
def test_an_old_address_leads_to_the_page(tmp_path: Path, alias: str, file: str) -> None:
    """Red when an alias with a slash gives no page at its address, or one that leads elsewhere."""
    files = built(small(tmp_path, {"sub/new.md": f"---\npublish: true\naliases: ['{alias}']\n---\n# New\n"}))
    refresh = html.fromstring(files[file]).find(".//meta[@http-equiv='refresh']")
    assert refresh is not None
    target = urljoin(f"https://x/{file}", (refresh.get("content") or "").split("url=")[1])
    assert target == "https://x/sub/new/"
    assert b"New" in files[file]


@pytest.mark.parametrize(
    "alias",
    [
        "/a/",
        "/static/x/",
        "/../../x",
        "/roadmap.html",
        "/files/x",
        "/a:b/",
        "mean / average",
        "/feed.xml",
        "/x.html/y/",
        "/" + "a" * 300 + "/",
    ],
)
def test_an_old_address_never_replaces_a_page(tmp_path: Path, alias: str) -> None:
    """Red when an alias overwrites a page, leaves the site, or makes a page of an ordinary name."""
    notes = {
        "a.md": "---\npublish: true\n---\n# A\n",
        "b.md": f"---\npublish: true\naliases: ['{alias}']\n---\n# B\n",
    }
    with_alias = built(small(tmp_path / "1", notes))
    without = built(small(tmp_path / "2", notes | {"b.md": "---\npublish: true\n---\n# B\n"}))
    extra = set(with_alias) - set(without)
    assert extra <= {"x/index.html"}
    assert with_alias["a/index.html"] == without["a/index.html"]


def test_an_unpublished_note_gives_no_redirect(tmp_path: Path) -> None:
    """Red when the old address of a private note is on the site."""
    assert not [
        n
        for n in built(small(tmp_path, {"a.md": "---\naliases: [/old/a/]\n---\n# A\n"}))
        if n.startswith("old")
    ]


def test_a_concept_is_found_by_its_id(site: Mapping[str, bytes]) -> None:
    """Red when `/concepts/<id>/` is lost once the concept has a note of its own."""
    assert b'url=../../eigen/"' in site["concepts/eigen/index.html"]


def links(files: Mapping[str, bytes], resolve: Callable[[str, str], str]) -> list[str]:
    """Links of pages that lead to no file."""
    broken = []
    for name, data in files.items():
        for element in html.fromstring(data).iter("a", "img", "link") if name.endswith(".html") else ():
            target = element.get("href") or element.get("src") or ""
            if not re.match(r"[a-z]+:|#", target) and resolve(name, target) not in files:
                broken.append(f"{name}: {target}")
    return broken


def test_an_offline_build_has_a_file_behind_each_link(tmp_path: Path) -> None:
    """Red when a link of `build --offline` needs a server that adds index.html."""
    files = built(repository_notebook(tmp_path, f"base_url: {BASE}\n"), offline=True)
    assert links(files, lambda name, to: unquote(urljoin(f"https://x/{name}", to)).split("#")[0][10:]) == []
    assert not [n for n, d in files.items() if n.endswith(".html") and b'rel="canonical"' in d]
    assert "sitemap.xml" not in files


def test_a_private_copy_says_so_on_each_page(tmp_path: Path) -> None:
    """Red when a page of `build --mine` does not say that it is private, or may be indexed, or misses a private note."""
    notes = {"a.md": HEAD.format(1) + "# A\n![](p.png)\n", "b.md": "# B secret\n", "unshown.md": "# C\n"}
    root = small(tmp_path, notes)
    write_files(root, {"notes/p.png": b"x", "notes/q.png": b"y"})
    files = built(root, mine=True, offline=True)
    pages = {n: d for n, d in files.items() if n.endswith(".html")}
    assert "b/index.html" in pages
    assert [n for n, d in pages.items() if b'class="bar"' not in d or b"noindex" not in d] == []
    assert "files/notes/p.png" in files
    assert "files/notes/q.png" not in files
    assert b'class="badge"' in pages["b/index.html"]
    assert TODAY not in str(pages)


def test_an_old_address_is_no_name_in_the_search(tmp_path: Path) -> None:
    """Red when the address at which a page stood, perhaps that of a private note today, is in the search index."""
    notes = {
        "a.md": "---\npublish: true\naliases: [notes/old.md, Another name]\n---\n# A\n",
        "old.md": "# Private now\n",
    }
    index = built(small(tmp_path, notes))["search-index.js"].decode()
    assert "Another name" in index
    assert "old.md" not in index


def test_the_names_of_json_fields_are_no_words(tmp_path: Path) -> None:
    """Red when a private note of the same title stops the build, because `"title":` is read as a word before it."""
    title = "the rank of a matrix"
    notes = {"a.md": HEAD.format(1) + f"# {title}\n", "b.md": f"---\ntitle: {title}\n---\nNotes for me.\n"}
    assert title.encode() in built(small(tmp_path, notes))["feed.json"]
