"""What the language server holds for true of a notebook, without an editor around it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from notebook_kb.errors import UsageError
from notebook_kb.lsp.actions import Actions
from notebook_kb.lsp.completion import Completer
from notebook_kb.lsp.looking import Looker
from notebook_kb.lsp.positions import Positions
from notebook_kb.lsp.renaming import Renamer
from notebook_kb.lsp.session import Session
from notebook_kb.lsp.uris import uri_of
from notebook_kb.lsp.workspace_edits import EditMaker
from notebook_kb.model.edit import FileMove, apply_edits
from notebook_kb.notebook.rename import changed_keys
from notebook_kb.workspace import fixing
from tests.support.canaries import write_files

if TYPE_CHECKING:
    from pathlib import Path

HEADINGS = "# Rank\n\n## Rows | columns #1\n\n## See [[a]] and *b*\n\n## Plain words\n"


def session(root: Path, settings: str = "title: T\n", **notes: str) -> Session:
    """A notebook with these notes, opened."""
    files = {f"notes/{name}.md": text.encode() for name, text in notes.items()}
    write_files(root, {"notebook.yml": settings.encode(), **files})
    return Session(root)


def actions(one: Session, path: str, line: int, column: int) -> list[str]:
    """The titles of what can be done at a place."""
    looker = Looker(one, "utf-16")
    maker = EditMaker(
        one, "utf-16", frozenset({"create"}), lambda p: (uri_of(one.root, p), None), in_steps=True
    )
    return [a.title for a in Actions(one, looker, maker, path).at(line, column, line, [], [])]


@pytest.mark.parametrize(
    ("path", "note"),
    [
        ("notes/drafts/x.md", False),
        ("notes/x (conflicted copy 2024-01-01).md", False),
        ("notes/node_modules/x.md", False),
        ("sources/x.md", False),
        ("notes/X.MD", True),
        ("notes/new/x.md", True),
    ],
)
def test_a_file_that_kb_does_not_read_is_no_note_in_the_editor(tmp_path: Path, path: str, note: bool) -> None:
    """Red when opening an ignored file makes links to it good until the server is started again."""
    assert session(tmp_path, "ignore: [notes/drafts]\n", a="[[x]]\n").is_note(path) is note


def test_a_picture_that_is_put_in_beside_the_editor_is_missing_no_more(tmp_path: Path) -> None:
    """Told by the editor's watching, and seen at the next save where the editor watches nothing."""
    one = session(tmp_path, a="# A\n\n![A plot of it](pic.png) ![Another plot](two.png)\n")
    one.put("notes/a.md", "# A\n\n![A plot of it](pic.png) ![Another plot](two.png)\n")
    assert [f.code for f in one.findings("notes/a.md")] == ["KB204", "KB204"]
    write_files(tmp_path, {"notes/pic.png": b"png"})
    assert one.changed_on_disk(["notes/pic.png"]) is None
    assert [f.message for f in one.findings("notes/a.md") if f.code == "KB204"] == ["`two.png` is missing"]
    write_files(tmp_path, {"notes/two.png": b"png"})
    assert one.look_for_files()
    assert not one.look_for_files()
    assert "KB204" not in [f.code for f in one.findings("notes/a.md")]
    (tmp_path / "notes/two.png").unlink()
    assert one.changed_on_disk(["notes/two.png"]) is None
    assert "KB204" in [f.code for f in one.findings("notes/a.md")]


@pytest.mark.parametrize("typed", ["", "   ", "../../out", "a:b?", "con", ".hidden", "x#y", "node_modules/x"])
def test_the_editor_refuses_the_names_that_the_command_refuses(tmp_path: Path, typed: str) -> None:
    """Else the note would lie where kb does not read it, or nowhere."""
    one = session(tmp_path, a="[[rank]]\n", rank="# Rank\n")
    subject = Renamer(one).subject("notes/a.md", 1, 4)
    assert subject
    with pytest.raises(UsageError):
        Renamer(one).rename(subject, typed)


def test_a_path_typed_in_the_editor_is_one_of_the_notes_folder(tmp_path: Path) -> None:
    """As in `kb rename rank linalg/rank`."""
    one = session(tmp_path, a="[[rank]]\n", rank="# Rank\n")
    subject = Renamer(one).subject("notes/a.md", 1, 4)
    assert subject
    assert Renamer(one).rename(subject, "linalg/rank").moves == (
        FileMove("notes/rank.md", "notes/linalg/rank.md"),
    )


def test_a_note_that_is_moved_to_where_kb_does_not_read_is_told(tmp_path: Path) -> None:
    """The editor moves it all the same; every link to it is dead then."""
    one = session(tmp_path, "ignore: [drafts]\n", a="[[rank]]\n", rank="# Rank\n")
    done = Renamer(one).files([FileMove("notes/rank.md", "notes/drafts/rank.md")])
    assert [r for r in done.remarks if r.startswith("notes/drafts/rank.md is no note")]
    assert Renamer(one).files([FileMove("notes/rank.md", "notes/r.md")]).remarks == ()


@pytest.mark.parametrize("opened_anew", [False, True])
def test_a_note_keeps_its_key_while_the_edit_of_its_move_is_not_saved(
    tmp_path: Path, opened_anew: bool
) -> None:
    """Red when `concept:` of the editor's text is not seen: what is known of its copies would go to another key."""
    one = session(tmp_path, rank="# Some words\n")
    done = Renamer(one).files([FileMove("notes/rank.md", "notes/r.md")])
    one.put("notes/rank.md", apply_edits("# Some words\n", done.edits[0].edits))
    before = one.notebook
    (tmp_path / "notes/rank.md").rename(tmp_path / "notes/r.md")
    moves = {"notes/rank.md": "notes/r.md"}
    one.changed_on_disk([*moves, *moves.values()])
    if opened_anew:
        text = one.buffers["notes/rank.md"]
        one.drop("notes/rank.md")
        one.put("notes/r.md", text)
    after = one.as_moved(moves)
    assert changed_keys(before, after, moves) == ()
    assert list(after.notes) == ["notes/r.md"]


def test_what_looks_like_a_link_in_code_and_formulas_is_none(tmp_path: Path) -> None:
    """NumPy's index by a list: no hover, no note to create, nothing to rename; nothing completes in code."""
    text = '# A\n\n```python\nA = B[[0, 1]]\nx = d["k"][[rank]]\n# \n```\n\n$$\nM[[1]]\n$$\n\nA `x[[0]]` and [[rank]].\n'
    one = session(tmp_path, a=text, rank="# Rank\n")
    for line, column in ((4, 8), (5, 14), (10, 5), (13, 6)):
        assert Looker(one, "utf-16").definition("notes/a.md", line, column) is None
        assert not [t for t in actions(one, "notes/a.md", line, column) if t.startswith("Create")]
        assert Renamer(one).subject("notes/a.md", line, column) is None
    assert Looker(one, "utf-16").definition("notes/a.md", 13, 19)
    assert Completer(one, "notes/a.md", Positions(text, "utf-16"), 6, 3).items() == []


def test_a_link_in_the_head_is_one(tmp_path: Path) -> None:
    """There no tree says so."""
    text = '---\nneeds: ["[[rank]]"]\n---\n# A\n'
    one = session(tmp_path, a=text, rank="# Rank\n")
    assert Looker(one, "utf-16").definition("notes/a.md", 2, 13)


@pytest.mark.parametrize("typed", ["chain-rule", "Chain rule", "chain rule"])
def test_a_concept_without_a_note_is_created_as_its_note(tmp_path: Path, typed: str) -> None:
    """Whatever it is called: the note has the concept's parts and prompts."""
    one = session(tmp_path, a=f"[[{typed}]]\n")
    assert "Create notes/chain-rule.md" in actions(one, "notes/a.md", 1, 4)


def test_a_heading_that_is_completed_is_found(tmp_path: Path) -> None:
    """Also one whose words no link can hold."""
    text = "# A\n\n[[rank#\n"
    one = session(tmp_path, a=text, rank=HEADINGS)
    items = Completer(one, "notes/a.md", Positions(text, "utf-16"), 3, 8).items()
    words = [i.text_edit.new_text.removesuffix("]]") for i in items if i.text_edit]
    assert words[-1] == "Plain words"
    one.put("notes/a.md", "# A\n\n" + "".join(f"[[rank#{w}]]\n\n" for w in words))
    assert one.findings("notes/a.md") == []
    assert len(words) == HEADINGS.count("\n\n") + 1


def test_half_a_character_in_the_editors_text_stops_nothing(tmp_path: Path) -> None:
    """An editor cuts one in two; renames and actions go on."""
    one = session(tmp_path, a="[[rank]]\n", rank="# Rank\n")
    one.put("notes/a.md", "# A \ud835\n\n```python\nx = '\ud835'\n```\n\n[[rank]] [[new \ud835]]\n")
    subject = Renamer(one).subject("notes/a.md", 7, 4)
    assert subject
    assert Renamer(one).rename(subject, "r").edits
    assert any(t.startswith("Create notes/new") for t in actions(one, "notes/a.md", 7, 14))


def test_mending_all_leaves_alone_what_kb_check_leaves_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Red when the editor's way does not look whether mending would do harm."""
    one = session(tmp_path, a="---\ntags: a, b\n---\n# T\n")
    title = "Mend what is safe in this note"
    assert title in actions(one, "notes/a.md", 1, 1)

    def harm(*_: object) -> None:
        raise fixing.UnsafeFixError("it would be public")

    monkeypatch.setattr(fixing, "refuse_harm", harm)
    assert title not in actions(one, "notes/a.md", 1, 1)
