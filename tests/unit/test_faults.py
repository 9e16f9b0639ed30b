"""Notes that broke a page, a build or a promise once: each must stay mended."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from notebook_kb.workspace.build import BuildOptions, build
from notebook_kb.workspace.workspace import Workspace
from tests.support.canaries import TODAY, write_files

if TYPE_CHECKING:
    from pathlib import Path

PUBLIC = "---\npublish: true\n---\n"


def files(root: Path, notes: dict[str, str], settings: str = "") -> dict[str, bytes]:
    """The files of the site of these notes."""
    write_files(
        root, {"notebook.yml": settings.encode(), **{f"notes/{n}": t.encode() for n, t in notes.items()}}
    )
    build(Workspace(root, TODAY), BuildOptions())
    folder = root / "site"
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


def article(page: bytes) -> str:
    """What stands on a page without the menu."""
    return page.decode().split("<article>")[1].split("</article>", maxsplit=1)[0]


NESTED = {
    "quoted": "> ### Told\n>\n> quoted words\n\n",
    "listed": "- ### Told\n\n  listed words\n\n",
    "raw": '<div>\n<h3 id="told">Told</h3>\n</div>\n\n',
}


@pytest.mark.parametrize("kind", NESTED)
def test_an_embed_of_a_section_is_cut_at_its_own_headings_alone(kind: str, tmp_path: Path) -> None:
    """Red when a heading in a quote, list or raw HTML cuts the section, or hides the heading that does."""
    inner = f"{PUBLIC}# Inner\n\n## Example\n\nwords of one\n\n{NESTED[kind]}### Deep\n\ndeep\n\n## Two\n\nwords of two\n"
    site = files(
        tmp_path,
        {
            "host.md": f"{PUBLIC}# Host\n\n![[inner#Example]]\n",
            "deep.md": f"{PUBLIC}# Deep\n\n![[inner#Deep]]\n",
            "inner.md": inner,
        },
    )
    page = article(site["host/index.html"])
    assert page.count("<blockquote") == page.count("</blockquote>") == (kind == "quoted")
    assert page.count("<li") == page.count("</li>")
    assert "deep" in page
    assert "words of two" not in page
    shown = article(site["deep/index.html"])
    assert "<p>deep</p>" in shown
    assert "words of" not in shown
