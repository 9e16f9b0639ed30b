"""A series of posts: each part says which one it is and leads to the others that everybody may read."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from lxml import html

from notebook_kb.workspace.build import BuildOptions, build
from notebook_kb.workspace.workspace import Workspace
from tests.support.canaries import write_files

if TYPE_CHECKING:
    from pathlib import Path

    from lxml.html import HtmlElement

SAID = {
    "en": "Part 2 of 3 of “Lines: the long way I walked on foot”",
    "de": "Teil 2 von 3 der Reihe „Lines: the long way I walked on foot“",
}


def part(day: str, series: str, *, publish: bool = True) -> str:
    """A post of a series."""
    flag = "publish: true\n" if publish else ""
    return f"---\ntitle: Post of {day}\ndate: {day}\n{flag}series: {series}\n---\nWords of that day.\n"


def page(root: Path, name: str) -> HtmlElement:
    """One page of the built site."""
    return html.document_fromstring((root / "site" / name / "index.html").read_bytes())


@pytest.mark.parametrize("language", ["en", "de"])
def test_a_part_of_a_series_leads_to_the_public_others(tmp_path: Path, language: str) -> None:
    """Parts stand in the order of their dates however the name's case is typed; private parts are neither named nor
    counted, and a series of one public part has no box.
    """
    write_files(
        tmp_path,
        {
            "notebook.yml": f"title: t\nlanguage: {language}\n".encode(),
            "notes/posts/zeta.md": part("2026-01-01", "Lines: the long way I walked on foot").encode(),
            "notes/posts/beta.md": part("2026-02-01", "lines: the long-way I walked on foot").encode(),
            "notes/posts/alpha.md": part("2026-03-01", '"Lines: the long way I walked on foot"').encode(),
            "notes/posts/kept.md": part(
                "2026-01-15", "Lines: the long way I walked on foot", publish=False
            ).encode(),
            "notes/posts/late.md": part("2026-12-24", "Lines: the long way I walked on foot").encode(),
            "notes/posts/lone.md": part("2026-01-02", "[Alone, Together]").encode(),
        },
    )
    build(Workspace(tmp_path, today="2026-06-01"), BuildOptions())
    box = page(tmp_path, "posts/beta").xpath("//nav[@class='series']")[0]
    assert box.xpath("string(p)") == SAID[language]
    assert [str(li.xpath("string()")) for li in box.xpath("ol/li")] == [
        "Post of 2026-01-01",
        "Post of 2026-02-01",
        "Post of 2026-03-01",
    ]
    assert box.xpath("ol/li/a/@href") == ["../../posts/zeta/", "../../posts/alpha/"]
    assert box.xpath("ol/li/span/@aria-current") == ["page"]
    assert not page(tmp_path, "posts/lone").xpath("//nav[@class='series']")


def test_a_series_is_no_slip_and_its_name_is_read_as_it_was_meant(tmp_path: Path) -> None:
    """`series` is a key of the head: it draws no finding, and a list gives its first name."""
    write_files(
        tmp_path,
        {
            "notebook.yml": b"title: t\n",
            "notes/a.md": b"---\ntitle: A\nseries: Slow lines\n---\nText.\n",
            "notes/b.md": b"---\ntitle: B\nseries:\n- '[[Slow lines]]'\n- other\n---\nText.\n",
        },
    )
    notes = Workspace(tmp_path, today="2026-06-01").load().notebook.notes
    assert [n.series for n in notes.values()] == ["Slow lines", "Slow lines"]
    assert not [f for n in notes.values() for f in n.findings]
