"""Findings: each code has a fixture and help, alike ones are one line, wrong input never is a traceback."""

from __future__ import annotations

import json
import os
import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner

from notebook_kb.checking.slips import Slips
from notebook_kb.cli.check import check
from notebook_kb.cli.explain import explain
from notebook_kb.errors import NotebookError, SettingsError, UsageError
from notebook_kb.findings import Severity, finding, sort_findings
from notebook_kb.findings.catalogue import CATALOGUE
from notebook_kb.findings.grouping import fit, group, height
from notebook_kb.study.deck import fingerprint
from notebook_kb.study.log import Mode
from notebook_kb.study.memory import Memory
from notebook_kb.workspace.findings import all_findings
from notebook_kb.workspace.workspace import Workspace

if TYPE_CHECKING:
    from collections.abc import Callable

    from click.testing import Result

    from notebook_kb.findings import Finding

FIXTURES = Path(__file__).resolve().parent.parent / "fixtures" / "findings"
TODAY = "2026-11-20"


def conflict_marks(root: Path) -> str:
    write(root, "notes/note.md", f"# Rank\n\n{'<' * 7} HEAD\nColumns.\n{'=' * 7}\nRows.\n{'>' * 7} other\n")
    return "notes/note.md:3:1 KB105"


def binary_note(root: Path) -> str:
    write(root, "notes/note.md", b"\x89PNG\r\n\x1a\n\x00\x00\x00")
    write(root, "notes/old.md", "# Größe\n".encode("latin-1"))
    return "notes/note.md KB109\nnotes/old.md KB109"


def very_large(root: Path) -> str:
    write(root, "notes/note.md", "# Long\n\n" + "One more line of it.\n\n" * 20_000)
    return "notes/note.md KB602"


def very_large_picture(root: Path) -> str:
    write(root, "notes/big.jpg", bytes(2 * 1024 * 1024 + 1))
    write(root, "notes/fits.jpg", bytes(2 * 1024 * 1024))
    shown = "![A board](big.jpg) ![A wall](fits.jpg) ![[big.jpg|A board]]\n"
    write(root, "notes/mine.md", shown)
    write(root, "notes/note.md", f"---\npublish: true\n---\n# Rank\n\n{shown}")
    return "notes/note.md:6:1 KB624"


QUESTION = "Q: {}\nA: The directions that survive.{}\n"


def answered(root: Path, card: str, front: str, asked: str = "") -> None:
    memory = Memory.open(root / ".kb", "laptop")
    memory.record(card, 3, 2000, Mode.REVIEW, fingerprint(asked or front), front)


def lost_id(root: Path) -> str:
    answered(root, "k-7f3a2c", "What does the rank of a matrix count?")
    answered(root, "k-000001", "What is a basis?")
    notes = QUESTION.format("What does the rank of any matrix count?", "") + "\n"
    write(root, "notes/note.md", notes + QUESTION.format("What is a basis?", ""))
    return "notes/note.md:1:1 KB706"


def moved_gaps(root: Path) -> str:
    asked = "The rank is not the ==[…]=="
    answered(root, "k-7f3a2c.1", asked, f"{asked}\x1f==nullity==")
    write(root, "notes/note.md", "C: The ==rank== is not the ==nullity== ^k-7f3a2c\n")
    return "notes/note.md:1:1 KB707"


def from_the_future(root: Path) -> str:
    write(root, "notes/note.md", QUESTION.format("What is a basis?", " ^k-000001"))
    memory = Memory.open(root / ".kb", "laptop")
    at = datetime.now(UTC) + timedelta(days=400)
    memory.record(
        "k-000001", 3, 2000, Mode.REVIEW, fingerprint("What is a basis?"), "What is a basis?", at=at
    )
    return ".kb/reviews KB710"


def interrupted_rename(root: Path) -> str:
    write(root, "notes/note.md", "Text.\n")
    write(root, ".kb/backup/renaming.json", "{}")
    return ".kb/backup/renaming.json KB609"


MADE_BY_TEST: dict[str, Callable[[Path], str]] = {
    "KB105": conflict_marks,
    "KB109": binary_note,
    "KB602": very_large,
    "KB624": very_large_picture,
    "KB609": interrupted_rename,
    "KB706": lost_id,
    "KB707": moved_gaps,
    "KB710": from_the_future,
}


def write(root: Path, name: str, text: str | bytes) -> Path:
    path = root / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def notebook(root: Path, notes: dict[str, str | bytes], settings: str = "") -> Path:
    write(root, "notebook.yml", settings)
    for name, text in notes.items():
        write(root, f"notes/{name}", text)
    return root


def findings_of(root: Path) -> list[Finding]:
    workspace = Workspace(root, TODAY)
    return sort_findings(all_findings(workspace, workspace.load()))


def places(found: list[Finding]) -> str:
    return "\n".join(f"{f.place} {f.code}" for f in found)


def run(monkeypatch: pytest.MonkeyPatch, root: Path, *args: str) -> Result:
    monkeypatch.chdir(root)
    monkeypatch.setenv("NO_COLOR", "1")
    return CliRunner().invoke(check, list(args))


# fixtures


@pytest.mark.parametrize("code", sorted(CATALOGUE))
def test_each_code_is_found_at_its_place(code: str, tmp_path: Path) -> None:
    root = tmp_path / code
    if code in MADE_BY_TEST:
        expected = MADE_BY_TEST[code](root)
    else:
        shutil.copytree(FIXTURES / code, root)
        expected = (root / "expected.txt").read_text(encoding="utf-8").strip()
    assert code in expected
    if not (root / "notebook.yml").exists():
        write(root, "notebook.yml", "")
    found = findings_of(root)
    assert places(found) == expected, [f.message for f in found]
    assert [f.code for f in findings_of(root)] == [f.code for f in found], "the same from the cache"
    for one in found:
        assert one.message
        assert not one.message[0].isupper()
        assert str(tmp_path) not in one.message + one.hint + one.path


def test_clean_notes_have_no_findings(tmp_path: Path) -> None:
    root = tmp_path / "clean"
    shutil.copytree(FIXTURES / "clean", root)
    write(root, "notebook.yml", "")
    assert [(f.place, f.code, f.message) for f in findings_of(root)] == []


def test_the_repositorys_own_notes_can_be_checked(repository: Path, tmp_path: Path) -> None:
    shutil.copytree(repository / "notes", tmp_path / "notes")
    shutil.copy(repository / "notebook.yml", tmp_path)
    assert [f.message for f in findings_of(tmp_path) if f.severity is Severity.ERROR] == []


@pytest.mark.parametrize("code", sorted(CATALOGUE))
def test_each_code_has_help(code: str) -> None:
    known = CATALOGUE[code]
    assert known.title
    assert known.many
    assert known.why.endswith(".")
    assert known.mend.endswith(".")
    assert bool(known.wrong) == bool(known.right)
    assert known.severity in set(Severity)
    result = CliRunner().invoke(explain, [code.lower()])
    assert result.exit_code == 0
    assert known.title in result.output


def test_every_fixture_is_a_code() -> None:
    folders = {p.name for p in FIXTURES.iterdir() if p.is_dir()} - {"clean"}
    assert folders | set(MADE_BY_TEST) == set(CATALOGUE)


def test_settings_choose_severities(tmp_path: Path) -> None:
    notes: dict[str, str | bytes] = {"a.md": "[[nowhere]] $\\fraq{1}$\n"}
    root = notebook(tmp_path, notes, "check: {KB201: error, KB401: 'off'}\n")
    assert [(f.code, f.severity) for f in findings_of(root)] == [("KB201", Severity.ERROR)]


# grouping


def test_a_group_keeps_what_helps_and_names_its_files(tmp_path: Path) -> None:
    """Red when a slip is hidden among what is not written yet, or all are named and more are said to be there."""
    texts: dict[str, str | bytes] = {
        "a.md": "[[dot-prodct]]\n\n[[Unwritten]]\n",
        "b.md": "[[Another]]\n",
        "dot-product.md": "# Dot\n",
    }
    (one,) = group(findings_of(notebook(tmp_path, texts)), 1)
    assert one.message == (
        "3 links to notes that are not written yet: `dot-prodct` (did you mean `dot-product`?), `Unwritten`, `Another` "
        "(in notes/a.md and notes/b.md)"
    )


def test_a_name_is_only_proposed_where_it_is_near(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Red when the ending alone makes a name alike."""
    root = notebook(tmp_path, {"数学.md": "# M\n", "vectors.md": "# V\n"})
    assert "did you mean" not in str(getattr(run(monkeypatch, root, "nope.md").exception, "hint", ""))
    assert "vectors" in str(getattr(run(monkeypatch, root, "vectrs.md").exception, "hint", ""))


def test_2006_links_are_one_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    lines = [f"[[Unwritten {i % 500}]]" for i in range(2000)] + ["[[Most wanted]]"] * 6
    root = notebook(tmp_path, {"a.md": "\n\n".join(lines)})
    result = run(monkeypatch, root)
    assert result.exit_code == 0
    assert "2,006 links to notes that are not written yet" in result.output
    assert "`Most wanted` (6)" in result.output
    assert len(result.output.splitlines()) <= 10
    assert "2,006 hints in 1 note" in result.output
    everything = run(monkeypatch, root, "--all")
    assert everything.output.count("KB201") == 2006
    as_json = json.loads(run(monkeypatch, root, "--json").output)
    assert as_json["version"] == 1
    assert len(as_json["findings"]) == as_json["counts"]["info"] == 2006


def test_errors_are_listed_before_they_are_counted() -> None:
    many = [
        finding("KB401", f"unknown command `\\x{i}`", path="a.md", place=(i, 1, 0, 0)) for i in range(1, 21)
    ]
    shown = group(many)
    assert [f.line for f in shown[:5]] == [1, 2, 3, 4, 5]
    assert shown[5].message.startswith("and 15 more formulas that cannot be read")
    assert sum(f.count for f in shown) == 20
    assert len(shown) == 6


def test_few_alike_stay_as_they_are() -> None:
    few = [
        finding("KB201", f"`x{i}` is not written yet", path="a.md", place=(i, 1, 0, 0)) for i in range(1, 6)
    ]
    assert group(few) == few


def test_a_check_fits_one_screen() -> None:
    many = [
        finding(code, f"message `{i}`", f"hint {i}", path=f"{i}.md", place=(i + 1, 1, 0, 0))
        for code in list(CATALOGUE)[:16]
        for i in range(9)
    ]
    shown = fit(many)
    assert height(shown) <= 20
    assert sum(f.count for f in shown) == len(many)
    assert shown[0].severity is Severity.ERROR


@pytest.mark.parametrize(
    ("typed", "near"),
    [
        ("rnak notes", "Rank notes"),
        ("rank-note", "Rank notes"),
        ("ranks", ""),
        ("rank noets", "Rank notes"),
        ("abc", ""),
    ],
)
def test_slips(typed: str, near: str) -> None:
    assert Slips.among(["Rank notes", "abcd", "abd"]).near(typed) == near


# the command


def test_nothing_to_mend(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    result = run(monkeypatch, notebook(tmp_path, {"a.md": "# One\n"}))
    assert (result.exit_code, result.output) == (0, "Nothing to mend in 1 note.\n")


def test_exit_codes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    root = notebook(tmp_path, {"bad.md": "$\\fraq{1}$\n", "odd.md": "---\ntype: essay\n---\n"})
    assert run(monkeypatch, root).exit_code == 1
    assert run(monkeypatch, root, "notes/odd.md").exit_code == 0
    assert run(monkeypatch, root, "notes/odd.md", "--strict").exit_code == 1
    assert "1 error, 1 warning in 2 notes" in run(monkeypatch, root).output


def test_a_line_names_place_code_and_cure(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    result = run(monkeypatch, notebook(tmp_path, {"a.md": "---\ntitle: Bayes: by counting\n---\n"}))
    assert result.output.splitlines()[:2] == [
        'notes/a.md:2:8  KB104  `title` was read as "Bayes: by counting"',
        '    write `title: "Bayes: by counting"`; `kb check --fix` does it',
    ]


@pytest.mark.parametrize("name", ["notes/sub/a.md", "notes/sub", "notes/sub/", "./notes/sub", "a", "A title"])
def test_paths(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    root = notebook(tmp_path, {"sub/a.md": "# A title\n\n[[x]]\n", "b.md": "[[y]]\n"})
    output = run(monkeypatch, root, name).output
    assert "`x`" in output
    assert "`y`" not in output
    assert "`x`" in run(monkeypatch, root / "notes" / "sub", "a.md").output
    assert "`y`" in run(monkeypatch, root / "notes" / "sub", "../..").output


@pytest.mark.parametrize("name", ["notes/subb", "notes/sub/aa.md", "../elsewhere", "\0", "rankk", "/"])
def test_unknown_paths(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    result = run(monkeypatch, notebook(tmp_path / "n", {"sub/a.md": "# A\n"}), name)
    assert isinstance(result.exception, UsageError)
    assert "sub" in result.exception.hint or "kb list" in result.exception.hint


def test_explain_unknown_code() -> None:
    result = CliRunner().invoke(explain, ["KB110"])
    assert isinstance(result.exception, UsageError)
    assert "KB1" in result.exception.hint
    shown = json.loads(CliRunner().invoke(explain, ["101", "--json"]).output)
    assert shown["code"] == "KB101"
    assert shown["mend"]


# wrong input


def test_no_notebook(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    result = run(monkeypatch, tmp_path)
    assert isinstance(result.exception, UsageError)
    assert "kb init" in result.exception.hint


def test_unknown_setting(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    result = run(monkeypatch, notebook(tmp_path, {}, "titel: Mine\n"))
    assert isinstance(result.exception, SettingsError)
    assert "notebook.yml:1:1" in result.exception.message
    assert "title" in result.exception.message + result.exception.hint


WRONG: dict[str, tuple[str | bytes, str]] = {
    "unknown concept": ("---\nconcept: egien\n---\n", "KB302"),
    "broken head": ("---\ntitle: [a\n---\n", "KB101"),
    "head is a list": ("---\n# x\n- a\n---\n", "KB101"),
    "head with a tab": ("---\ntitle:\n\t- a\n---\n", "KB101"),
    "control character": ("---\ntitle: a\x07b\n---\n", "KB101"),
    "colon in title": ("---\ntitle: Bayes: by counting\n---\n", "KB104"),
    "conflict in head": (f"---\n{'<' * 7} HEAD\ntitle: a\n{'=' * 7}\ntitle: b\n{'>' * 7} x\n---\n", "KB105"),
    "broken TeX": ("$$\n\\begin{matrix} 1 \\end{pmatrix}\n$$\n", "KB401"),
    "binary": (bytes(range(256)), "KB109"),
    "utf-16": ("# Rank".encode("utf-16"), "KB109"),
    "link to nothing": ("[[nothing]]", "KB201"),
    "absurd link": (f"[[{'../' * 50}x]] [a](\\\\server\\x)", "KB201"),
    "very long name": (f"[[{'x' * 5000}]] ![p]({'y' * 5000}.png)", "KB204"),
    "NUL in a link": ("![p](a%00b.png)", "KB204"),
    "deep quotes": (">" * 500 + " x", "KB601"),
    "deep TeX": (f"${'{' * 3000}x{'}' * 3000}$", "KB401"),
}


@pytest.mark.parametrize("name", WRONG)
def test_wrong_input_is_a_finding(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    data, code = WRONG[name]
    root = notebook(tmp_path, {"note.md": data})
    before = (root / "notes" / "note.md").read_bytes()
    result = run(monkeypatch, root, "--json")
    assert result.exception is None or isinstance(result.exception, (SystemExit, NotebookError)), (
        result.exception
    )
    found = json.loads(result.output)["findings"]
    assert code in {f["code"] for f in found}
    assert all(f["message"] and f["path"] for f in found)
    assert (root / "notes" / "note.md").read_bytes() == before


def test_an_error_message_cannot_steer_the_terminal(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    output = run(monkeypatch, notebook(tmp_path, {"a.md": "[[x\x1b[31mred]]\n"})).output
    assert "\x1b" not in output
    assert "KB201" in output


def test_a_private_clash_is_a_warning(tmp_path: Path) -> None:
    root = notebook(tmp_path, {"a b.md": "---\npublish: true\n---\n", "a-b.md": "x"})
    assert [(f.code, f.severity) for f in findings_of(root)] == [("KB205", Severity.WARNING)]


@pytest.mark.skipif(not hasattr(os, "symlink"), reason="no symbolic links here")
def test_links_out_of_the_notebook_are_left_out(tmp_path: Path) -> None:
    write(tmp_path, "outside.md", "# Outside\n")
    root = notebook(tmp_path / "n", {"a.md": "# A\n"})
    (root / "notes" / "out.md").symlink_to(tmp_path / "outside.md")
    assert places(findings_of(root)) == "notes/out.md KB604"
