"""Which paths a renaming takes and touches: of the command, and of a journal that may come from elsewhere."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from notebook_kb.errors import ChangedSinceReadError, UsageError
from notebook_kb.notebook.walk import read_as, walk
from notebook_kb.settings import load_settings_file
from notebook_kb.workspace import renaming
from notebook_kb.workspace.rename import plan
from notebook_kb.workspace.renaming import carry_out, resume
from notebook_kb.workspace.renaming_journal import HalfDoneError, as_data
from notebook_kb.workspace.workspace import Workspace
from tests.support import rename_kills
from tests.support.canaries import write_files

if TYPE_CHECKING:
    from pathlib import Path

JOURNAL = ".kb/backup/renaming.json"


def book(root: Path, **files: str) -> Workspace:
    """A notebook with these notes; `__` in a name stands for `/`."""
    notes = {f"notes/{name.replace('__', '/')}.md": text.encode() for name, text in files.items()}
    write_files(root, {"notebook.yml": b"title: T\n", **notes})
    return Workspace(root, "2026-11-22")


def everything(folder: Path) -> dict[str, bytes]:
    return {str(p): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file() and p.name != "lock"}


def journal(**changed: Any) -> dict[str, Any]:
    """One that does nothing, with some of it changed."""
    empty: dict[str, Any] = {
        n: [] for n in ("command", "writes", "moves", "results", "keys", "cards", "remarks")
    }
    return {"v": 1, "what": "a → b", "folder": "", "marks": {}, **empty, **changed}


def writes(path: str) -> list[dict[str, Any]]:
    """A journal's entry that puts a line into a file."""
    return [{"path": path, "old": "mine\n", "new": "evil\nmine\n", "edits": [[1, 1, 1, 1, "evil\n"]]}]


FOREIGN: dict[str, dict[str, Any]] = {
    "writes above the notebook": {"writes": writes("../outside.txt")},
    "writes settings": {"writes": writes("notebook.yml")},
    "writes through a link": {"writes": writes("notes/link/outside.md")},
    "writes what is no note": {"writes": writes("notes/x.sh")},
    "moves out": {"moves": [["notes/p.md", "../p.md"]]},
    "moves to a whole path": {"moves": [["notes/p.md", "/srv/p.md"]]},
    "moves to a drive": {"moves": [["notes/p.md", "C:/p.md"]]},
    "moves by Windows' signs": {"moves": [["notes/p.md", "notes\\..\\..\\p.md"]]},
    "moves in": {"moves": [["../outside.txt", "notes/p.md"]]},
    "moves into the state": {"moves": [["notes/p.md", ".kb/p.md"]]},
    "moves into git": {"moves": [["notes/p.md", "notes/.git/hooks/p.md"]]},
    "moves through a link": {"moves": [["notes/p.md", "notes/link/p.md"]]},
    "results elsewhere": {"results": [[".kb/results/../../notes/p.md", ".kb/results/p.json"]]},
    "results out": {"results": [["notes/p.md", ".kb/results/p.json"]]},
    "a folder above": {"folder": ".."},
    "edits beyond the text": {
        "writes": [{"path": "notes/p.md", "old": "mine\n", "new": "", "edits": [[9, 1, 9, 1, "x"]]}]
    },
    "edits that give another text": {
        "writes": [{"path": "notes/p.md", "old": "mine\n", "new": "evil\n", "edits": []}]
    },
    "edits over each other": {
        "writes": [
            {"path": "notes/p.md", "old": "mine\n", "new": "", "edits": [[1, 1, 1, 4, ""], [1, 2, 1, 3, ""]]}
        ]
    },
    "half a character": {"moves": [["notes/p.md", "notes/\ud800.md"]]},
    "a name with a NUL": {"moves": [["notes/p.md", "notes/\0.md"]]},
    "no text": {"writes": [{"path": 5, "old": "", "new": "", "edits": []}]},
    "no list": {"moves": "notes/p.md"},
    "a number for a name": {"keys": [["a", 1]]},
}


@pytest.mark.parametrize("name", FOREIGN)
def test_a_journal_from_elsewhere_touches_nothing(tmp_path: Path, name: str) -> None:
    """Red when a path of the journal is taken as it stands, or a value of another kind ends in a traceback."""
    workspace = book(tmp_path / "book", p="mine\n", x="mine\n")
    write_files(tmp_path, {"outside.txt": b"mine\n", "far/outside.md": b"mine\n"})
    write_files(tmp_path / "book", {"notes/x.sh": b"mine\n"})
    (tmp_path / "book/notes/link").symlink_to(tmp_path / "far")
    write_files(tmp_path / "book", {JOURNAL: b"\n" + json.dumps(journal(**FOREIGN[name])).encode()})
    before = everything(tmp_path)
    with pytest.raises(HalfDoneError) as caught:
        resume(workspace)
    assert "delete it" in caught.value.hint
    assert everything(tmp_path) == before


def test_a_journal_that_does_nothing_is_finished(tmp_path: Path) -> None:
    """What the cases above are changed from is itself accepted."""
    workspace = book(tmp_path, p="mine\n")
    write_files(tmp_path, {JOURNAL: b"\n" + json.dumps(journal(writes=writes("notes/p.md"))).encode()})
    assert resume(workspace) is not None
    assert (tmp_path / "notes/p.md").read_bytes() == b"evil\nmine\n"


def test_a_file_that_came_to_the_new_path_stops_the_rename_before_anything_is_written(tmp_path: Path) -> None:
    """As by sync between plan and writing."""
    workspace = book(tmp_path, b="# B\n", a="[[b]]\n")
    made = plan(workspace, "b", "c")
    write_files(tmp_path, {"notes/c.md": b"another\n"})
    before = everything(tmp_path)
    with pytest.raises(ChangedSinceReadError, match=r"notes/c\.md"):
        carry_out(workspace, made)
    assert everything(tmp_path / "notes") == {p: t for p, t in before.items() if "/notes/" in p}


def test_a_file_that_came_to_the_new_path_after_a_kill_is_left_and_told(tmp_path: Path) -> None:
    """Neither of the two is lost, and the note is not said to have moved; its history stays with it."""
    workspace = rename_kills.make(tmp_path / "book")
    root = workspace.root
    data = as_data(workspace, plan(workspace, "old", "new"))
    write_files(root, {JOURNAL: b"\n" + json.dumps(data).encode(), "notes/new.md": b"another\n"})
    ledger = sorted((root / ".kb/published").iterdir())
    kept = [p.read_bytes() for p in ledger]
    done = resume(workspace)
    assert done is not None
    assert done.moved == []
    assert any("notes/old.md was not moved: notes/new.md" in r for r in done.remarks)
    assert (root / "notes/new.md").read_bytes() == b"another\n"
    assert (root / "notes/old.md").exists()
    assert [p.read_bytes() for p in ledger] == kept


def test_a_result_that_was_left_over_under_the_new_name_gives_way(tmp_path: Path) -> None:
    """It is of a note that is gone; ledger and history follow all the same."""
    workspace = rename_kills.make(tmp_path / "book")
    root = workspace.root
    write_files(root, {".kb/results/notes/new.md.json": b"{}"})
    was = (root / ".kb/results/notes/old.md.json").read_bytes()
    done = carry_out(workspace, plan(workspace, "old", "new"))
    assert done.remarks == []
    assert (root / ".kb/results/notes/new.md.json").read_bytes() == was
    assert rename_kills.facts(root)["ledger"] == {"notes/new.md": ["notes/new.md", ["medium-article"]]}


@pytest.mark.parametrize("typed", ["node_modules/", "notes/public/x", "notes/.hidden"])
def test_a_folder_whose_notes_would_not_be_read_any_more_is_refused(tmp_path: Path, typed: str) -> None:
    """Else all of them were gone from the notebook at once."""
    with pytest.raises(UsageError):
        plan(book(tmp_path, old__x="# X\n", a="[[x]]\n"), "notes/old/", typed)


def test_a_folder_behind_a_link_is_refused_and_one_in_other_letters_is_none(tmp_path: Path) -> None:
    """Red when its notes move and no link follows, as they are known by another path."""
    workspace = book(tmp_path, Old__x="# X\n", a="[[Old/x]]\n")
    (tmp_path / "notes/way").symlink_to(tmp_path / "notes/Old")
    with pytest.raises(UsageError, match="symbolic link"):
        plan(workspace, "notes/way/", "new")
    if not (tmp_path / "notes/OLD").exists():  # a system that knows two folders
        with pytest.raises(UsageError, match="no folder"):
            plan(workspace, "notes/old/", "new")
    else:
        assert plan(workspace, "notes/old/", "new").folder == "notes/Old"


def test_the_disks_spelling_of_a_folder_counts_where_the_system_ignores_case(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As on macOS and Windows: the links of what is in it follow."""
    workspace = book(tmp_path, Old__x="# X\n", a="[[Old/x]]\n")
    real = type(tmp_path).is_dir
    monkeypatch.setattr(
        type(tmp_path),
        "is_dir",
        lambda self, **k: real(self, **k) or (self.name == "old" and real(self.parent / "Old")),
    )
    made = plan(workspace, "notes/old/", "new")
    assert made.folder == "notes/Old"
    assert [f.path for f in made.renaming.edits] == ["notes/a.md"]


@pytest.mark.parametrize(
    "settings", ["title: T\n", "notes: .\nignore: [drafts, '*.tmp.md']\n", "notes: my/public\n"]
)
def test_one_rule_says_what_is_read_as_a_note(tmp_path: Path, settings: str) -> None:
    """What is found by walking is what the editor, the preview and renames hold for a note or attachment."""
    names = [
        "a.md", "B.MD", "c.markdown", "d.txt", "e.png", "f.PNG", ".g.md", "h (conflicted copy 2024-01-01).md", "i.sh",
        "drafts/j.md", "node_modules/k.md", "sources/l.md", "site/m.md", ".hidden/n.md", "deep/er/o.md", "p.tmp.md",
        "public/q.md", "templates/r.md", ".kb/s.md", "backup/t.md",
    ]  # fmt: skip
    tree = [f"{base}{name}" for base in ("", "notes/", "my/public/") for name in names]
    write_files(tmp_path, {"notebook.yml": settings.encode(), **dict.fromkeys(tree, b"x\n")})
    known = load_settings_file(tmp_path)
    walked = walk(tmp_path, known)
    assert [p for p in sorted(tree) if read_as(p, known) == "note"] == list(walked.notes)
    assert [p for p in sorted(tree) if read_as(p, known) == "file"] == list(walked.files)
    assert walked.notes


def test_a_notes_folder_that_is_a_link_is_renamed_in_and_finished_where_the_plan_is_ours(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Many keep their notes elsewhere; but a journal from elsewhere must not reach there."""
    workspace = book(tmp_path / "book", b="# B\n", a="[[b]]\n")
    (tmp_path / "book/notes").rename(tmp_path / "far")
    (tmp_path / "book/notes").symlink_to(tmp_path / "far")
    made = plan(workspace, "b", "deep/c")
    killed = KeyboardInterrupt()

    def kill(*_: object) -> None:
        raise killed

    with monkeypatch.context() as patch:
        patch.setattr(renaming, "write_and_move", kill)
        with pytest.raises(KeyboardInterrupt):
            carry_out(workspace, made)
    path = tmp_path / "book" / JOURNAL
    ours = path.read_bytes()
    path.write_bytes(b"0" * 64 + b"\n" + ours.partition(b"\n")[2])
    with pytest.raises(HalfDoneError):
        resume(workspace)
    assert (tmp_path / "far/b.md").exists()
    path.write_bytes(ours)
    assert resume(workspace) is not None
    assert (tmp_path / "far/deep/c.md").exists()
    assert (tmp_path / "far/a.md").read_bytes() == b"[[c]]\n"
