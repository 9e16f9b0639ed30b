"""The audit remembers clean pages, and is as strict as one that reads all of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from notebook_kb.errors import LeakError
from notebook_kb.website import audit
from notebook_kb.website.audit_memory import AuditMemory
from notebook_kb.workspace.build import BuildOptions, build
from notebook_kb.workspace.workspace import Workspace
from tests.support.canaries import TODAY, write_files

if TYPE_CHECKING:
    from pathlib import Path

SAID = "seven grey herons walked over the frozen river"
PUBLIC = "---\npublish: true\n---\n# {}\n\n{}\n"


def site(root: Path) -> None:
    build(Workspace(root, today=TODAY), BuildOptions())


@pytest.fixture
def book(tmp_path: Path) -> Path:
    files = {
        "notebook.yml": b"title: N\ntimezone: UTC\n",
        "notes/b.md": PUBLIC.format("B", "Words.").encode(),
    }
    write_files(tmp_path, files)
    return tmp_path


def test_a_leak_in_a_page_that_did_not_change_is_found(book: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Red when a page that was clean stays so after a note with the same words became private."""
    # a page shows what a theme of one's own holds in a file that the audit does not take for public
    plant = audit.find_leaks

    def planted(pages: dict[str, bytes], *rest: object) -> object:
        return plant({**pages, "planted/index.html": f"<p>{SAID}</p>".encode()}, *rest)  # type: ignore[arg-type]

    monkeypatch.setattr("notebook_kb.workspace.build.find_leaks", planted)
    write_files(book, {"notes/c.md": PUBLIC.format("C", SAID).encode()})
    site(book)
    write_files(book, {"notes/c.md": PUBLIC.format("C", SAID).replace("true", "false").encode()})
    with pytest.raises(LeakError, match=r"planted/index\.html"):
        site(book)
    with pytest.raises(LeakError, match=r"planted/index\.html"):
        site(book)


def test_only_pages_that_changed_are_read_again(book: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Red when each page is read at each build."""
    write_files(book, {"notes/secret.md": f"# S\n\n{SAID}\n".encode()})
    site(book)
    read: list[str] = []
    hits = audit.page_hits

    def counted(page: str, data: bytes, secret: object) -> object:
        read.append(page)
        return hits(page, data, secret)  # type: ignore[arg-type]

    monkeypatch.setattr(audit, "page_hits", counted)
    write_files(book, {"notes/d.md": PUBLIC.format("D", "Other words.").encode()})
    site(book)
    assert "d/index.html" in read
    assert "404.html" not in read
    read.clear()
    write_files(book, {"notes/secret.md": f"# S\n\n{SAID} at night\n".encode()})
    site(book)
    assert "404.html" in read
    read.clear()
    (book / ".kb/cache/audited.json").write_text('{"state": 1, "clean": 2}')
    write_files(book, {"notes/d.md": PUBLIC.format("D", "More words.").encode()})
    site(book)
    assert "404.html" in read


def test_words_that_are_public_by_their_spelling_alone_are_read_each_time(tmp_path: Path) -> None:
    """Red when a page stays clean though the public words went that made its own ones public."""
    private = (audit.PrivateMatter("the frozen-river-walk", "a.md", 1, "unpublished"),)
    pages = {"b/index.html": b"<p>frozen-river-walk</p>"}
    memory = AuditMemory(tmp_path / "audited.json")
    assert audit.find_leaks(pages, audit.Sources(private, ("a frozen river walk",)), (), memory) == []
    memory.save()
    again = AuditMemory(tmp_path / "audited.json")
    assert audit.find_leaks(pages, audit.Sources(private, ()), (), again)
