"""`kb build`: the same input gives the same bytes, nothing is done twice, and nothing foreign is touched."""

from __future__ import annotations

import random
import shutil
from typing import TYPE_CHECKING

import pytest

from notebook_kb.errors import UsageError
from notebook_kb.workspace.begin import begin
from notebook_kb.workspace.build import BuildOptions, build
from notebook_kb.workspace.workspace import Workspace
from tests.support.canaries import TODAY, Canaries, write_files
from tests.support.pictures import png

if TYPE_CHECKING:
    from pathlib import Path

    from notebook_kb.workspace.build import BuildReport

NOTE = "---\npublish: {}\ntitle: {}\ntags: [{}]\n---\nWords about [[{}]] and more words.\n"


ROADMAP = b"""\
id: small
title: Small
areas:
  - {id: area, title: Area, why: because, concepts: [{id: rank, title: Rank}, {id: other, title: Other, needs: [rank]}]}
"""


def notebook(root: Path) -> Path:
    """Four notes and a small roadmap."""
    names = ["a", "b", "c"]
    files = {f"notes/{n}.md": NOTE.format("true", f"Note {n}", "t", "b").encode() for n in names}
    files["notes/rank.md"] = (
        b"---\nconcept: rank\npublish: true\ndate: 2026-01-01\n---\nLead.\n\n## Visual\n![p](p.png) one two three four five "
        b"six seven eight nine ten eleven\n"
    )
    write_files(
        root,
        files
        | {"notebook.yml": b"title: T\ntimezone: UTC\n", "notes/p.png": png("x"), "roadmap.yml": ROADMAP},
    )
    return root


def run(root: Path, *, clean: bool = False, output: Path | None = None) -> BuildReport:
    return build(Workspace(root, today=TODAY), BuildOptions(output, clean=clean))


def tree(folder: Path) -> dict[str, bytes]:
    return {
        p.relative_to(folder).as_posix(): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()
    }


def stamps(folder: Path) -> dict[str, tuple[int, int]]:
    return {str(p): (p.stat().st_mtime_ns, p.stat().st_ino) for p in sorted(folder.rglob("*"))}


def test_the_second_build_does_nothing(tmp_path: Path) -> None:
    """Red when a build without a change parses, renders, writes or touches anything."""
    root = notebook(tmp_path)
    first = run(root)
    before, memory = stamps(root / "site"), tree(root / ".kb/cache")
    second = run(root)
    assert (first.parsed, first.written > 0) == (4, True)
    assert (second.parsed, second.written, second.removed, second.rendered) == (0, 0, 0, 0)
    assert stamps(root / "site") == before
    assert tree(root / ".kb/cache") == memory


def test_one_edited_note_is_parsed_alone(tmp_path: Path) -> None:
    """Red when an edit of one note parses others, or rewrites files that stay the same."""
    root = notebook(tmp_path)
    run(root)
    (root / "notes/a.md").write_text(NOTE.format("true", "Note a", "t", "b") + "\nA new paragraph.\n")
    report = run(root)
    assert report.parsed == 1
    assert 1 <= report.written < report.unchanged
    assert b"A new paragraph." in (root / "site/a/index.html").read_bytes()


class Edits:
    """A notebook under random edits."""

    def __init__(self, root: Path, seed: int) -> None:
        self.root = root
        self.random = random.Random(seed)  # noqa: S311 - tests want the same again
        self.count = 0

    def notes(self) -> list[Path]:
        return sorted((self.root / "notes").glob("*.md"))

    def step(self) -> None:
        kinds = [self.edit, self.add, self.delete, self.rename, self.flip, self.settings, self.picture]
        self.random.choice(kinds)()

    def edit(self) -> None:
        path = self.random.choice(self.notes())
        self.count += 1
        path.write_bytes(
            path.read_bytes() + f"\nParagraph {self.count} with [[b]] and $x_{self.count}$.\n".encode()
        )

    def add(self) -> None:
        self.count += 1
        target = self.random.choice(["a", "rank", "nowhere"])
        flag = self.random.choice(["true", "false"])
        text = NOTE.format(flag, f"New {self.count}", f"tag {self.count % 3}", target)
        (self.root / f"notes/new{self.count}.md").write_text(text)

    def delete(self) -> None:
        if len(self.notes()) > 2:
            self.random.choice(self.notes()).unlink()

    def rename(self) -> None:
        self.count += 1
        self.random.choice(self.notes()).rename(self.root / f"notes/moved{self.count}.md")

    def flip(self) -> None:
        path = self.random.choice(self.notes())
        text = path.read_text()
        other = (
            text.replace("publish: true", "publish: no")
            if "publish: true" in text
            else text.replace("publish: no", "publish: true")
        )
        path.write_text(other)

    def settings(self) -> None:
        self.count += 1
        more = self.random.choice(
            ["", "urls: file\n", "line_breaks: hard\n", "base_url: https://x.example\n", "language: de\n"]
        )
        (self.root / "notebook.yml").write_text(f"title: Title {self.count}\ntimezone: UTC\n{more}")

    def picture(self) -> None:
        self.count += 1
        (self.root / "notes/p.png").write_bytes(png(str(self.count)) if self.count % 2 else png()[:-1])


@pytest.mark.parametrize("seed", range(30))
def test_an_incremental_build_is_a_clean_one(tmp_path: Path, seed: int) -> None:
    """Red when anything remembered differs from what a first build makes of the same notes."""
    root = notebook(tmp_path / "n")
    run(root)
    edits = Edits(root, seed)
    for _ in range(3):
        for _ in range(edits.random.randint(1, 3)):
            edits.step()
        run(root)
    fresh = tmp_path / "fresh"
    shutil.copytree(root, fresh, ignore=shutil.ignore_patterns("site", ".kb"))
    run(fresh)
    assert tree(root / "site") == tree(fresh / "site")


def test_a_random_notebook_builds_to_the_same_bytes_elsewhere(tmp_path: Path) -> None:
    """Red when a path, a clock or the order of a folder gets into the pages."""
    canaries = Canaries(7).build()
    write_files(tmp_path / "one", canaries.files)
    write_files(tmp_path / "two", dict(reversed(canaries.files.items())))
    run(tmp_path / "one")
    run(tmp_path / "two")
    assert tree(tmp_path / "one/site") == tree(tmp_path / "two/site")


@pytest.mark.parametrize("name", ["mine.txt", "a/mine.txt", "deep/.gitkeep", "deep/.git/config", "a/CNAME"])
def test_foreign_files_are_never_removed(tmp_path: Path, name: str) -> None:
    """Red when a build empties a folder in which somebody keeps a file."""
    root = notebook(tmp_path)
    run(root)
    write_files(root / "site", {name: b"mine"})
    (root / "notes/a.md").write_text("---\npublish: true\n---\nOther words.\n")
    before = tree(root / "site")
    with pytest.raises(UsageError, match="no build wrote"):
        run(root)
    assert tree(root / "site") == before


def test_a_foreign_folder_is_never_emptied(tmp_path: Path) -> None:
    """Red when the first build goes into a folder that is not its own."""
    root = notebook(tmp_path)
    write_files(root / "site", {"index.html": b"my own site"})
    with pytest.raises(UsageError):
        run(root)
    assert tree(root / "site") == {"index.html": b"my own site"}


def test_clean_moves_foreign_files_to_the_backup(tmp_path: Path) -> None:
    """Red when `--clean` deletes a file that no build wrote, or leaves it on the site."""
    root = notebook(tmp_path)
    run(root)
    write_files(root / "site", {"rank/mine.txt": b"mine"})
    assert run(root, clean=True).set_aside == 1
    assert "rank/mine.txt" not in tree(root / "site")
    assert (root / ".kb/backup/site-1/rank/mine.txt").read_bytes() == b"mine"


def test_clean_never_touches_a_folder_that_no_build_made(tmp_path: Path) -> None:
    """Red when `--clean` empties somebody's folder."""
    root = notebook(tmp_path)
    write_files(tmp_path / "docs", {"thesis.txt": b"years"})
    with pytest.raises(UsageError, match=r"thesis\.txt"):
        run(root, output=tmp_path / "docs", clean=True)
    assert tree(tmp_path / "docs") == {"thesis.txt": b"years"}


@pytest.mark.parametrize("folder", ["notes", "notes/deep", ".", "templates", ".kb", "sources/x"])
def test_a_build_never_goes_over_the_notebook_itself(tmp_path: Path, folder: str) -> None:
    """Red when `--output` may name a folder in which the notebook keeps something."""
    root = notebook(tmp_path)
    before = tree(root / "notes")
    with pytest.raises(UsageError):
        run(root, output=root / folder, clean=True)
    assert tree(root / "notes") == before


def test_a_vault_is_never_overwritten_by_its_site(tmp_path: Path) -> None:
    """Red when, with `notes: .`, a build may go into a folder that holds notes."""
    root = notebook(tmp_path)
    (root / "notebook.yml").write_text("title: V\nnotes: .\n", encoding="utf-8")
    before = tree(root / "notes")
    with pytest.raises(UsageError):
        run(root, output=root / "notes", clean=True)
    assert tree(root / "notes") == before


def test_without_its_notes_folder_a_notebook_does_not_empty_its_site(tmp_path: Path) -> None:
    """Red when a wrong `notes:` removes every public page."""
    root = notebook(tmp_path)
    run(root)
    before = tree(root / "site")
    (root / "notebook.yml").write_text("title: V\nnotes: nowhere\n", encoding="utf-8")
    with pytest.raises(UsageError, match="nowhere"):
        run(root)
    assert tree(root / "site") == before


def test_kept_files_survive_the_swap(tmp_path: Path) -> None:
    """Red when .gitkeep, CNAME or a repository in site/ is lost."""
    root = notebook(tmp_path)
    kept = {".gitkeep": b"", "CNAME": b"x.example", ".git/config": b"c", ".nojekyll": b""}
    write_files(root / "site", kept)
    run(root)
    (root / "notes/a.md").unlink()
    run(root)
    site = tree(root / "site")
    assert {k: site.get(k) for k in kept} == kept
    assert "a/index.html" not in site


def test_a_build_that_was_stopped_between_its_renames_loses_nothing(tmp_path: Path) -> None:
    """Red when the old site, set aside for the swap, is thrown away with what is kept in it."""
    root = notebook(tmp_path)
    run(root)
    write_files(root / "site", {"CNAME": b"x.example"})
    (root / "site").rename(root / "site.kb-old")
    run(root)
    assert (root / "site/CNAME").read_bytes() == b"x.example"


@pytest.mark.parametrize(
    "data", [None, b"", b"[]", b"null", b'{"a/index.html": [1]}', b"\xff\xfe\x00rubbish" * 99, b"{" * 9]
)
def test_damaged_memories_are_no_error(tmp_path: Path, data: bytes | None) -> None:
    """Red when a lost or damaged file of .kb/cache stops a build or changes its bytes."""
    root = notebook(tmp_path)
    run(root)
    before = tree(root / "site")
    if data is None:
        shutil.rmtree(root / ".kb/cache")
    else:
        for path in (root / ".kb/cache").iterdir():
            path.write_bytes(data)
    run(root)
    assert tree(root / "site") == before
    assert run(root).parsed == 0


def test_private_builds_never_go_to_the_public_site(tmp_path: Path) -> None:
    """Red when `--mine`, `--drafts` or `--future` may write to the configured output."""
    workspace = Workspace(notebook(tmp_path), today=TODAY)
    for kind in ("mine", "drafts", "future"):
        with pytest.raises(UsageError):
            build(workspace, BuildOptions(**{kind: True}))  # type: ignore[arg-type]
        with pytest.raises(UsageError):
            build(workspace, BuildOptions(output=tmp_path / "site", **{kind: True}))  # type: ignore[arg-type]


def test_a_folder_of_notes_without_our_keys(tmp_path: Path) -> None:
    """Red when `init` or `build` changes a note of somebody's vault, or shows anything of it."""
    files = {
        "Algebra/SVD.md": b"---\r\ncreated: 2020-01-01\r\nrating: 5\r\n---\r\nWords on [[Eigenvectors]].\r\n",
        "Algebra/Eigenvectors.md": b"# Eigenvectors\n\n#math words\n",
        "Daily/2024-01-02.md": b"A day, published: true\n",
        ".obsidian/app.json": b"{}",
        "pic.png": png("x"),
    }
    root = tmp_path / "vault"
    write_files(root, files)
    begun = begin(root, "", "", "en")
    report = run(root)
    after = tree(root)
    assert {k: v for k, v in after.items() if k != "notebook.yml" and not k.startswith(".kb/")} == files
    assert begun.in_place
    assert {path for path, _ in begun.matches} >= {"Algebra/SVD.md", "Algebra/Eigenvectors.md"}
    assert report.notes == 0
    assert not any("svd" in k for k in after if k.startswith(".kb/site/"))


def test_two_notes_on_one_address_stop_the_build(tmp_path: Path) -> None:
    """Red when one page silently replaces another."""
    root = notebook(tmp_path)
    (root / "notes/A!.md").write_text("---\npublish: true\n---\nx\n")
    with pytest.raises(UsageError, match=r"A!\.md"):
        run(root)


@pytest.mark.parametrize(
    "text",
    [
        "```\nno language\n```\n",
        "    indented\n",
        "",
        "---\npublish: true\n---\n",
        "#\n",
        "$$\n",
        "[^1]: x\n",
    ],
)
def test_odd_notes_build(tmp_path: Path, text: str) -> None:
    """Red when a small oddity in one note stops the whole site."""
    root = notebook(tmp_path)
    (root / "notes/odd.md").write_text(text if text.startswith("---") else f"---\npublish: true\n---\n{text}")
    run(root)
    assert (root / "site/odd/index.html").is_file()
