"""Copies elsewhere on the site's pages, and the portfolio: public facts from the notes and the ledger."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from lxml import html

from notebook_kb.publishing.ledger import Entry, Ledger, LedgerError, Record
from notebook_kb.publishing.payload import Form, TargetName
from notebook_kb.workspace.build import BuildOptions, build
from notebook_kb.workspace.findings import all_findings
from notebook_kb.workspace.workspace import Workspace
from tests.support.canaries import write_files

if TYPE_CHECKING:
    from pathlib import Path

    from lxml.html import HtmlElement

WORDS = " ".join(["word"] * 12)
HEADINGS = {"en": ("In my words", "Visual", "Simple"), "de": ("In meinen Worten", "Anschaulich", "Einfach")}
MEDIUM = "https://medium.com/@a/rank-12-of-seven-three-1a2b3c4d5e6f"
LINKEDIN = "https://www.linkedin.com/feed/update/urn:li:share:7123456789012345678"


def concept(name: str, language: str, head: str = "publish: true\n") -> bytes:
    """A covered concept's note."""
    own, visual, simple = HEADINGS[language]
    body = f"## {visual}\n{WORDS}\n\n## {simple}\n{WORDS}\n\n## {own}\n{WORDS}\n"
    return f"---\nconcept: {name}\n{head}---\n{body}".encode()


def entry(
    target: TargetName, url: str, day: str, *, form: Form = Form.ARTICLE, status: str = "published"
) -> Entry:
    """A copy that is out there since a day."""
    return Entry(target, form, status=status, url=url, first_at=f"{day}T23:30:00Z")


def record(root: Path, key: str, *entries: Entry) -> None:
    """Write copies into the ledger."""
    made = Record(key, title="zq a title that the ledger keeps zq")
    for one in entries:
        made = made.with_entry(one)
    Ledger(root / ".kb").put(made)


def notebook(root: Path, language: str = "en") -> Workspace:
    """Two covered public concepts, one covered and private, two posts, copies of most."""
    write_files(
        root,
        {
            "notebook.yml": f"title: t\nauthor: Me\nlanguage: {language}\ntimezone: Europe/Berlin\n".encode(),
            "notes/rank.md": concept("rank", language),
            "notes/gradient.md": concept("gradient", language, "date: 2026-03-01\npublish: true\n"),
            "notes/eigen.md": concept("eigen", language, "title: zq eigen\n"),
            "notes/posts/one.md": b"---\ntitle: One\ndate: 2025-12-31\npublish: true\n---\nText.\n",
            "notes/posts/two.md": b"---\ntitle: zq two\ndate: 2026-01-02\n---\nText.\n",
            "notes/page.md": b"---\ntitle: A page\nid: my-page\npublish: true\n---\nText.\n",
        },
    )
    post = entry(TargetName.LINKEDIN, LINKEDIN, "2026-02-03", form=Form.POST)
    record(root, "rank", entry(TargetName.MEDIUM, MEDIUM, "2026-02-01"), post)
    record(
        root, "id:my-page", entry(TargetName.DEVTO, "https://dev.to/a/page-1x", "2026-02-02", status="draft")
    )
    record(root, "notes/posts/two.md", entry(TargetName.DEVTO, "https://dev.to/a/zq-two", "2026-01-03"))
    record(root, "eigen", entry(TargetName.MEDIUM, "https://medium.com/p/zq1", "2026-01-03"))
    bad = entry(TargetName.FOLDER, "javascript:alert(1)", "2026-01-03")
    record(root, "notes/posts/one.md", bad)
    return Workspace(root, today="2026-06-01")


def page(root: Path, name: str) -> HtmlElement:
    """One page of the built site."""
    return html.document_fromstring((root / "site" / name / "index.html").read_bytes())


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", "Also on Medium, LinkedIn. This page is the original and the one that gets corrections."),
        ("de", "Auch auf Medium, LinkedIn. Diese Seite ist das Original, und nur sie wird berichtigt."),
    ],
)
def test_a_page_says_where_else_it_stands(tmp_path: Path, language: str, said: str) -> None:
    """Published copies alone, in an entry that readers of microformats find; nothing of private notes."""
    build(notebook(tmp_path, language), BuildOptions())
    line = page(tmp_path, "rank").xpath("//main[@class='h-entry']/p[contains(@class,'copies')]")[0]
    assert line.text_content() == said
    assert line.xpath("a[@class='u-syndication']/@href") == [MEDIUM, LINKEDIN]
    for other in ("page", "posts/one", "gradient"):
        assert not page(tmp_path, other).xpath("//*[contains(@class,'copies') or @class='h-entry']"), other
    built = b"".join(p.read_bytes() for p in (tmp_path / "site").rglob("*.html"))
    assert b"zq" not in built
    assert b"javascript:" not in built


@pytest.mark.parametrize(
    ("language", "title", "sentence", "areas"),
    [
        ("en", "Learnt and published", "2 of 36 concepts are covered, 0 of them solid. 1 post, 2 copies elsewhere.",
         ["Linear algebra: 1 of 12 covered", "Calculus: 1 of 10 covered"]),
        ("de", "Gelernt und veröffentlicht",
         "2 von 36 Begriffen sind abgedeckt, 0 davon gefestigt. 1 Beitrag, 2 Kopien anderswo.",
         ["Lineare Algebra: 1 von 12 bearbeitet", "Analysis: 1 von 10 bearbeitet"]),
    ],
)  # fmt: skip
def test_the_portfolio_says_what_was_learnt_and_published_when(
    tmp_path: Path, language: str, title: str, sentence: str, areas: list[str]
) -> None:
    """By year with the note's date, else that of its first copy in the notebook's time zone; counts for each area."""
    build(notebook(tmp_path, language), BuildOptions())
    tree = page(tmp_path, "portfolio")
    assert tree.xpath("string(//h1)") == title
    assert tree.xpath("string(//p[@class='lead'])") == sentence
    assert tree.xpath("//meta[@name='description']/@content") == [sentence]
    assert [str(h.text_content()) for h in tree.xpath("//h2")][:2] == ["2026", "2025"]
    lines = tree.xpath("//ol[contains(@class,'posts')]/li")
    assert [(li.xpath("time/@datetime")[0], li.xpath(".//h3/a/@href")[0]) for li in lines] == [
        ("2026-03-01", "../gradient/"),
        ("2026-02-02", "../rank/"),
        ("2025-12-31", "../posts/one/"),
    ]
    assert lines[1].xpath(".//a[@class='out']/@href") == [MEDIUM, LINKEDIN]
    assert lines[1].xpath(".//p//time/@datetime") == ["2026-02-02", "2026-02-04"]
    assert [
        str(li.text_content()).strip().split("\n")[0] for li in tree.xpath("//ul[@class='list']/li")
    ] == areas
    assert tree.xpath("//*[local-name()='svg'][contains(@class,'time')]")
    assert "../portfolio/" in page(tmp_path, "rank").xpath("//footer/a/@href")


def test_a_changed_ledger_makes_its_pages_anew_and_no_others(tmp_path: Path) -> None:
    """An incremental build after a change of the ledger is the same, byte for byte, as a clean one."""
    workspace = notebook(tmp_path)
    build(workspace, BuildOptions())
    record(tmp_path, "gradient", entry(TargetName.DEVTO, "https://dev.to/a/gradient-1x", "2026-04-01"))
    again = build(workspace, BuildOptions())
    assert again.rendered == len(["gradient", "portfolio"])
    assert page(tmp_path, "gradient").xpath("//a[@class='u-syndication']/text()") == ["dev.to"]
    built = {
        p.relative_to(tmp_path / "site"): p.read_bytes()
        for p in (tmp_path / "site").rglob("*")
        if p.is_file()
    }
    build(Workspace(tmp_path, today="2026-06-01"), BuildOptions(output=tmp_path / "clean"))
    clean = {
        p.relative_to(tmp_path / "clean"): p.read_bytes()
        for p in (tmp_path / "clean").rglob("*")
        if p.is_file()
    }
    assert built == clean
    Ledger(tmp_path / ".kb").remove("rank")
    build(workspace, BuildOptions())
    assert MEDIUM.encode() not in (tmp_path / "site/rank/index.html").read_bytes()


def test_a_ledger_that_cannot_be_trusted_stops_a_build_and_nothing_else(tmp_path: Path) -> None:
    """A build would take the lines away; the site stays, the preview and `kb check` go on."""
    workspace = notebook(tmp_path)
    build(workspace, BuildOptions())
    before = (tmp_path / "site/rank/index.html").read_bytes()
    file = next((tmp_path / ".kb/published").glob("*rank*"))
    file.write_bytes(file.read_bytes() + b"<<<<<<< ours\n")
    with pytest.raises(LedgerError, match="conflict"):
        build(workspace, BuildOptions())
    assert (tmp_path / "site/rank/index.html").read_bytes() == before
    all_findings(workspace, workspace.load())
    assert not workspace.private_site(workspace.load()).copies


def test_an_empty_notebook_has_a_portfolio_that_claims_nothing(tmp_path: Path) -> None:
    """Nor may a note take its address."""
    write_files(tmp_path, {"notebook.yml": b"title: t\n", "notes/a.md": b"---\npublish: true\n---\nText.\n"})
    build(Workspace(tmp_path, today="2026-06-01"), BuildOptions())
    assert "0 of 36 concepts are covered" in page(tmp_path, "portfolio").text_content()
    write_files(tmp_path, {"notes/portfolio.md": b"---\npublish: true\n---\nMine.\n"})
    workspace = Workspace(tmp_path, today="2026-06-01")
    assert [f.code for f in all_findings(workspace, workspace.load()) if f.path == "notes/portfolio.md"] == [
        "KB205"
    ]
