"""A theme of one's own: one template or one variable is overridden, and what is wrong in it is named with its line."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from notebook_kb.errors import SettingsError
from notebook_kb.workspace.build import BuildOptions, build
from notebook_kb.workspace.workspace import Workspace
from tests.support.canaries import write_files

if TYPE_CHECKING:
    from pathlib import Path

NOTE = b"---\npublish: true\ndate: 2026-01-01\n---\n# A note\n\nIts words.\n"


def built(root: Path, files: dict[str, str]) -> Path:
    write_files(root, {"notebook.yml": b"title: T\n", "notes/a.md": NOTE})
    write_files(root, {name: text.encode() for name, text in files.items()})
    build(Workspace(root, "2026-12-31"), BuildOptions())
    return root / "site"


def test_a_block_of_one_template_is_overridden(tmp_path: Path) -> None:
    """Red when a template of the notebook cannot extend the built-in one of the same name."""
    own = "{% extends 'builtin/note.html' %}{% block main %}{{ super() }}<p>Thank you for reading.</p>{% endblock %}"
    page = (built(tmp_path, {"templates/note.html": own}) / "a/index.html").read_text(encoding="utf-8")
    assert "Its words." in page
    assert "Thank you for reading." in page
    assert 'class="top"' in page


def test_variables_are_overridden_by_a_sheet_of_ones_own(tmp_path: Path) -> None:
    """Red when `own.css` of the notebook is not on the pages, or not after the theme's sheet."""
    site = built(tmp_path, {"templates/static/own.css": ":root{--own:#064}"})
    page = (site / "a/index.html").read_text(encoding="utf-8")
    assert page.index("static/style.css") < page.index("static/own.css")
    assert (site / "static/own.css").read_text(encoding="utf-8") == ":root{--own:#064}"
    without = (built(tmp_path / "b", {}) / "a/index.html").read_text(encoding="utf-8")
    assert "own.css" not in without


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("{% extends 'builtin/note.html' %}\n{% block main %}\n{% if %}\n{% endblock %}", 3),
        ("<p>\n{{ page.nothing }}</p>", 2),
        ("<p>\n\n{{ 1 / 0 }}</p>", 3),
        ("<p>\n{{ page.head.title() }}</p>", 2),
        ("{% extends 'missing.html' %}", 1),
        ("<p>\n{% include 'missing.html' %}", 2),
        ("<p>\n{{ ().__class__.__base__.__subclasses__() }}", 2),
        ("<p>\n{{ site.href.__globals__ }}", 2),
        ("{% set found = site._site %}{{ found.title }}", 1),
        ("{{ '{0.__class__}'.format(site) }}", 1),
    ],
)
def test_a_fault_in_a_template_is_named_with_its_line(tmp_path: Path, text: str, line: int) -> None:
    """Red when a wrong template gives a traceback, or a message without the file and the line."""
    with pytest.raises(SettingsError) as caught:
        built(tmp_path, {"templates/note.html": text})
    assert caught.value.message.startswith(f"templates/note.html:{line}: ")
    assert caught.value.hint
    assert not (tmp_path / "site").exists()


@pytest.mark.parametrize("name", ["templates/part.html", "templates/static/own.css"])
def test_a_link_in_a_theme_brings_no_other_file_to_the_site(tmp_path: Path, name: str) -> None:
    """Red when a notebook from elsewhere can have a file of this computer published."""
    (tmp_path / "secret").write_text("mine", encoding="utf-8")
    root = tmp_path / "book"
    write_files(root, {"templates/note.html": b"{% include 'part.html' %}", "templates/static/x": b""})
    (root / name).symlink_to(tmp_path / "secret")
    with pytest.raises(SettingsError, match="is a link out of the theme"):
        built(root, {})
    assert not (root / "site").exists()
