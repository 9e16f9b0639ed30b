"""`kb init` in a folder of notes that is there already."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from pathlib import Path

VAULT = {
    ".obsidian/app.json": b'{"promptDelete": false}',
    ".obsidian/workspace.json": b"{}",
    "Linear algebra/Rank.md": b"\xef\xbb\xbf---\r\ntags: [maths]\r\n---\r\nRows that are independent.\r\n",
    "Linear algebra/SVD.md": b"Three steps: rotate, stretch, rotate.",
    "Inbox/What is \xc3\xa9 & why? (1).md": b"- [ ] ask\n",
    "Inbox/Vektoren \xf0\x9f\x8f\xb9.md": "Pfeile 🏹 überall\n".encode(),
    "Inbox/empty.md": b"",
    "Inbox/latin.md": "Größe".encode("latin-1"),
    "Attachments/x.png": b"\x89PNG\r\n\x1a\n",
    "templates/Daily.md": b"{{date}}\n",
    "site/my own.txt": b"mine",
    ".trash/Old.md": b"---\npublish: true\n---\n",
}


def files(folder: Path) -> dict[str, bytes]:
    """Every file with its bytes."""
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


@pytest.fixture
def vault(kb: Any) -> Any:
    """The command line in an Obsidian vault."""
    for name, data in VAULT.items():
        path = kb.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    return kb


def test_init_adds_two_things_and_changes_no_byte(vault: Any) -> None:
    """Of a vault nothing is changed, and nothing is added but notebook.yml and .kb/."""
    before = files(vault.folder)
    vault("init")
    after = files(vault.folder)
    assert {n: b for n, b in after.items() if n in before} == before
    added = {n.split("/")[0] for n in after if n not in before}
    assert added == {"notebook.yml", ".kb"}


def test_no_command_that_reads_touches_a_note(vault: Any) -> None:
    """Looking at a vault, and building it, leaves its files as they are."""
    vault("init")
    before = {n: b for n, b in files(vault.folder).items() if not n.startswith(".kb/")}
    for words in (["next"], ["list"], ["status"], ["coverage"], ["search", "pfeile"], ["check"], ["build"]):
        vault(*words, code=None)
    assert {n: b for n, b in files(vault.folder).items() if not n.startswith(".kb/")} == before


def test_concepts_are_matched_by_name_and_nothing_is_public(vault: Any) -> None:
    """Notes named like concepts are listed as theirs, and none of them is on the site."""
    said = vault("init").stderr
    assert "Linear algebra/Rank.md → rank" in said
    assert "Linear algebra/SVD.md → svd" in said
    assert vault("list", "--public").stdout == ""
    assert "Linear algebra/Rank.md counts for rank" in vault("coverage").stdout
    vault("build")
    assert not list((vault.folder / ".kb" / "site").rglob("*ektoren*"))


def test_notes_flagged_for_another_tool_are_pointed_at(vault: Any) -> None:
    """Obsidian Publish uses the same flag: whoever used it hears so before the first build."""
    (vault.folder / "Shared.md").write_text("---\npublish: true\n---\nShared.\n", encoding="utf-8")
    assert "1 of them says `publish: true`" in vault("init").stderr


def test_line_ends_are_obsidians_unless_it_says_otherwise(vault: Any) -> None:
    """A line end in a vault is shown as one, as in Obsidian; with its strict line breaks on, it is a blank."""
    vault("init")
    from notebook_kb.settings import load_settings_file

    assert load_settings_file(vault.folder).line_breaks == "hard"
    (vault.folder / ".obsidian" / "app.json").write_text('{"strictLineBreaks": true}', encoding="utf-8")
    assert load_settings_file(vault.folder).line_breaks == "soft"


def test_a_name_of_capitals_stays(kb: Any, tmp_path: Path) -> None:
    """A folder's name becomes a title without losing its capitals."""
    from notebook_kb.scaffolding.notebook import title_from

    names = {
        "ml-notes": "ML notes",
        "NLP": "NLP",
        "my_notebook": "My notebook",
        "LinAlg 2": "LinAlg 2",
        "": "",
    }
    assert {n: title_from(n) for n in names} == names
