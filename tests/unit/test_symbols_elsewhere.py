"""Symbols that the notation of the settings or a prerequisite's note describes: they count, for the page shows them."""

from __future__ import annotations

import re
from html import unescape
from typing import TYPE_CHECKING

from notebook_kb.learning.symbols import formula_states
from notebook_kb.notebook.public import public_view
from notebook_kb.workspace.build import BuildOptions, build
from notebook_kb.workspace.workspace import Workspace
from tests.support.canaries import TODAY, write_files

if TYPE_CHECKING:
    from pathlib import Path

ROADMAP = b"""\
id: small
title: Small
angles:
  visual: {title: Visual, ask: What?}
areas:
  - id: area
    title: Area
    why: because
    concepts:
      - {id: slope, title: Slope}
      - {id: descent, title: Descent, needs: [slope]}
"""
SETTINGS = b"title: T\ntimezone: UTC\nnotation: {'\\eta': 'the learning rate, a secret of mine', q: unused}\n"
DESCENT = "---\nconcept: descent\npublish: true\n---\n# Descent\n\n## Symbols\n\n$$\nx - \\eta \\nabla f_k\n$$\n\n- $x$: a place\n"
SLOPE = "---\nconcept: slope\n{}---\n# Slope\n\n## Symbols\n\n$$\n\\nabla f(x)\n$$\n\n- $f$: the hill\n- $\\nabla f$: uphill & steep\n- $x$: where\n"


def notebook(root: Path, slope: str, head: str = "") -> Workspace:
    write_files(
        root,
        {
            "notebook.yml": SETTINGS,
            "roadmap.yml": ROADMAP,
            "notes/descent.md": DESCENT.replace("publish", f"{head}publish").encode(),
            "notes/slope.md": SLOPE.format(slope).encode(),
        },
    )
    return Workspace(root, today=TODAY)


def also(root: Path) -> str:
    html = (root / "site" / "descent" / "index.html").read_text(encoding="utf-8")
    found = re.search(r'<p class="also">(.*?)</p>', html)
    return unescape(re.sub(r"<[^>]*>", "", found[1])) if found else ""


def missing(book: Workspace, *, public: bool = False) -> list[str]:
    loaded = book.load().notebook
    seen = public_view(loaded) if public else loaded
    return [k for s in formula_states(seen, seen.notes["notes/descent.md"]) for k in s.missing]


def test_words_from_elsewhere_count_and_are_shown(tmp_path: Path) -> None:
    """Red when a symbol counts as described though the page does not show its words, or the other way round."""
    book = notebook(tmp_path, "publish: true\n")
    assert missing(book) == missing(book, public=True) == ["k"]
    build(book, BuildOptions())
    assert also(tmp_path) == (
        "Also here η the learning rate, a secret of mine (from the notation of this notebook); f the hill; ∇ uphill & steep "
        "(from Slope)"
    )


def test_a_private_prerequisite_is_not_on_the_public_page(tmp_path: Path) -> None:
    """Red when words of a private note reach the site, or count for its public coverage."""
    book = notebook(tmp_path, "")
    assert missing(book) == ["k"]
    assert missing(book, public=True) == ["f", "k"]
    build(book, BuildOptions())
    assert "hill" not in (tmp_path / "site" / "descent" / "index.html").read_text(encoding="utf-8")
    assert "from Slope" not in also(tmp_path)


def test_what_the_head_says_that_a_note_needs(tmp_path: Path) -> None:
    """Red when `needs:` of a note's head is no prerequisite for its symbols."""
    book = notebook(tmp_path, "", head="needs: [slope]\n")
    (tmp_path / "roadmap.yml").write_bytes(ROADMAP.replace(b", needs: [slope]", b""))
    assert missing(Workspace(tmp_path, today=TODAY)) == ["k"]
    assert missing(book) == ["k"]
