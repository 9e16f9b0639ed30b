"""What commands change in a note: their line or section, and no other byte."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import pytest

from notebook_kb.errors import ChangedSinceReadError
from notebook_kb.files.read import read_file
from notebook_kb.workspace import authoring
from notebook_kb.workspace.workspace import Workspace

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

BODY = "# Rank\n\n## Visual\nA picture\x0c of rows\u2028and columns.\n\n## In my words\n\nLast line"
HEADS = {
    "plain": "---\nconcept: rank\n---\n",
    "comments": "---\n# mine\nconcept: rank   # the id\nmood:  {a: 1}   # kept\n---\n",
    "flag": "---\npublish:   false   # not yet\nconcept: rank\n---\n",
    "quoted": "---\n'publish': false\nconcept: rank\n---\n",
    "none": "",
}


@pytest.mark.parametrize("head", HEADS)
@pytest.mark.parametrize("newline", ["\n", "\r\n"], ids=["lf", "crlf"])
@pytest.mark.parametrize("bom", [b"", b"\xef\xbb\xbf"], ids=["", "bom"])
def test_publish_changes_the_line_of_the_flag_alone(book: Any, head: str, newline: str, bom: bytes) -> None:
    """Every other line keeps its bytes: line ends, BOM, comments, a last line without an end."""
    before = bom + (HEADS[head] + BODY).replace("\n", newline).encode()
    path: Path = book.folder / "notes" / "rank.md"
    path.write_bytes(before)
    authoring.set_published(Workspace(book.folder), "rank", publish=True)
    after = path.read_bytes()
    assert after.startswith(bom)
    old, new = before.removeprefix(bom).split(b"\n"), after.removeprefix(bom).split(b"\n")
    fences = 0 if HEADS[head] else 2
    kept = [line for line in new if b"publish" not in line][fences:]
    assert kept == [line for line in old if b"publish" not in line]
    assert sum(b"publish" in line for line in new) == 1
    assert after.endswith(b"Last line")
    assert Workspace(book.folder).load().notebook.notes["notes/rank.md"].publish
    if head == "flag":
        assert b"   # not yet" in after


@pytest.mark.parametrize("newline", ["\n", "\r\n"], ids=["lf", "crlf"])
def test_a_source_adds_its_section_alone(book: Any, newline: str) -> None:
    """`--from` puts in the lines of its section; taken out again, the note is what it was."""
    before = (HEADS["comments"] + BODY).replace("\n", newline).encode()
    path: Path = book.folder / "notes" / "rank.md"
    path.write_bytes(before)
    opened = authoring.write_concept(Workspace(book.folder), "rank", "dlai")
    after = path.read_bytes()
    start = after.index(b"## Simple")
    end = after.index(b"## In my words")
    assert after[:start] + after[end:] == before
    section = after[start:end].decode()
    assert section.count(newline) == section.count("\n")
    assert after.decode().split("\n")[opened.line - 1].startswith("<!-- ")


def test_status_draft_is_taken_back_too(book: Any) -> None:
    """A note that says `status: draft` is public after `kb publish`."""
    path: Path = book.folder / "notes" / "rank.md"
    path.write_text("---\nstatus: draft\n---\nText.\n", encoding="utf-8")
    done = authoring.set_published(Workspace(book.folder), "rank", publish=True)
    assert not done.unclear
    assert path.read_text(encoding="utf-8") == "---\nstatus: published\npublish: true\n---\nText.\n"


@pytest.mark.parametrize("when", ["before reading again", "before writing"])
@pytest.mark.parametrize("what", ["publish", "write"])
def test_a_note_that_changed_meanwhile_is_left_alone(
    book: Any, monkeypatch: pytest.MonkeyPatch, when: str, what: str
) -> None:
    """An editor's save between reading and writing survives, and the error names the note, exit code 1."""
    path: Path = book.folder / "notes" / "rank.md"
    path.write_text(HEADS["plain"] + BODY, encoding="utf-8")
    workspace = Workspace(book.folder)
    saved = "---\nconcept: rank\n---\nsaved by the editor\n"
    stale = read_file(path)

    def read(asked: Path) -> Any:
        path.write_text(saved, encoding="utf-8")
        return stale if when == "before writing" else read_file(asked)

    monkeypatch.setattr(authoring, "read_file", read)
    act: Callable[..., object] = partial(authoring.write_concept, source="dlai")
    if what == "publish":
        act = partial(authoring.set_published, publish=True)
    with pytest.raises(ChangedSinceReadError, match=r"rank\.md") as caught:
        act(workspace, "rank")
    assert caught.value.exit_code == 1
    assert path.read_text(encoding="utf-8") == saved


def test_write_never_takes_a_file_of_another_name(book: Any) -> None:
    """A file that stands where a concept's note would go, and is no note of it, is not overwritten."""
    path: Path = book.folder / "notes" / "rank.md"
    path.write_text("---\nconcept: svd\n---\nMine.\n", encoding="utf-8")
    done = book("write", "rank", code=2)
    assert "notes/rank.md exists" in done.stderr
    assert path.read_text(encoding="utf-8") == "---\nconcept: svd\n---\nMine.\n"


def test_a_prompt_of_an_own_roadmap_cannot_leave_its_comment(book: Any) -> None:
    """`-->` in an angle's `ask:` does not end the comment: prompts are never published."""
    (book.folder / "roadmap.yml").write_text(
        "angles: {visual: {title: Look, ask: 'a --> b <b>?'}}\nconcepts: [limits]\n", encoding="utf-8"
    )
    book("write", "limits", "--no-edit")
    text = (book.folder / "notes" / "limits.md").read_text(encoding="utf-8")
    assert "<!-- a –> b <b>? -->" in text
