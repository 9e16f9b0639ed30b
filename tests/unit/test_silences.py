"""Silencing: a code is silent in its section only, the same for terminal, JSON, preview and build."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner

from notebook_kb.cli.check import check
from notebook_kb.parsing.silences import read_codes
from notebook_kb.preview.state import State
from notebook_kb.workspace.findings import all_findings, judged_findings
from notebook_kb.workspace.workspace import Workspace

if TYPE_CHECKING:
    from pathlib import Path

HEADINGS = """\
# Title
[[one]]

## A
[[two]]

### A1
{a1}
[[three]]

#### A11
[[four]]

### A2
[[five]]

## B
[[six]]
"""


def notebook(root: Path, text: str, settings: str = "") -> Workspace:
    (root / "notes").mkdir()
    (root / "notebook.yml").write_text(settings, encoding="utf-8")
    (root / "notes" / "a.md").write_text(text, encoding="utf-8")
    return Workspace(root, "2026-11-20")


def told(workspace: Workspace) -> list[str]:
    return [f.message.split("`")[1] for f in all_findings(workspace, workspace.load())]


@pytest.mark.parametrize(
    "form", ["<!-- kb: off KB201 -->", "%% kb: off KB201 %%", "Words <!--KB:OFF 201-->."]
)
def test_a_comment_silences_its_section_with_what_is_below(tmp_path: Path, form: str) -> None:
    """Up to the next heading of its level or above: A11 is inside, A2 is not."""
    workspace = notebook(tmp_path, HEADINGS.format(a1=form))
    assert told(workspace) == ["one", "two", "five", "six"]
    loaded = workspace.load()
    assert [f.line for f in judged_findings(workspace, loaded).silenced] == [9, 12]


@pytest.mark.parametrize("above", ["<!-- kb: off KB201 -->\n\n", "# Title\n\n> - %% kb: off KB201 %%\n\n"])
def test_at_the_top_it_counts_for_the_whole_note(tmp_path: Path, above: str) -> None:
    """Without a heading above, or right under the title; the head's findings and those of the file too."""
    text = f"---\nmet_in: '[[zero]]'\n---\n{above}[[one]]\n\n## A\n[[two]]\n"
    assert told(notebook(tmp_path, text)) == []


def test_it_silences_the_codes_that_it_names_and_no_other(tmp_path: Path) -> None:
    """In code, in a comment that is not closed, and for another code nothing is silent."""
    text = "# T\n\n`<!-- kb: off KB201 -->` %% kb: off KB206 %% [[one]] $\\fraq{1}$\n\n%% kb: off KB201\n"
    workspace = notebook(tmp_path, text)
    assert {f.code for f in all_findings(workspace, workspace.load())} == {"KB201", "KB401", "KB501"}


def test_a_head_chooses_severities_of_its_note(tmp_path: Path) -> None:
    """It wins over notebook.yml; what it turns off is counted as silenced; another tool's `check:` says nothing."""
    head = "---\ncheck: {KB201: off, KB206: error}\n---\n"
    workspace = notebook(tmp_path, f"{head}[[one]] [x](obsidian://a)\n", "check: {KB206: 'off'}\n")
    (tmp_path / "notes" / "b.md").write_text("---\ncheck: true\n---\n[x](obsidian://b)\n", encoding="utf-8")
    shown, silenced = judged_findings(workspace, workspace.load())
    assert [(f.code, f.severity.value, f.path) for f in shown] == [("KB206", "error", "notes/a.md")]
    assert [f.code for f in silenced] == ["KB201"]


def test_one_place_for_all_who_tell_findings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A silenced error is in no list: not in --json, nor among the preview's; the summary counts it."""
    notebook(tmp_path, "# T\n\n$\\fraq{1}$ <!-- kb: off KB401 -->\n")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("NO_COLOR", "1")
    data = json.loads(CliRunner().invoke(check, ["--json"]).output)
    assert (data["findings"], data["silenced"]) == ([], 1)
    result = CliRunner().invoke(check, [])
    assert (result.exit_code, result.output) == (0, "Nothing to mend in 1 note. (1 silenced)\n")
    state = State(tmp_path, "2026-11-20")
    state.settle()
    assert state.errors() == ()
    assert state.findings == ()


@pytest.mark.parametrize(
    ("text", "codes", "unknown"),
    [
        ("KB201", ("KB201",), ()),
        ("kb201,KB203; 206 because", ("KB201", "KB203", "KB206"), ()),
        ("KB230 KB201", ("KB201",), ("KB230",)),
        ("because of KB201", (), ()),
        ("KB201 (12 links)", ("KB201",), ()),
    ],
)
def test_codes_end_where_the_reason_begins(
    text: str, codes: tuple[str, ...], unknown: tuple[str, ...]
) -> None:
    assert read_codes(text) == (codes, unknown)


@pytest.mark.parametrize("comment", ["<!-- kb off KB203 -->", "%% kb: of kb203 %%", "<!-- kb: on KB203 -->"])
def test_a_silencing_comment_with_a_slip_is_told(tmp_path: Path, comment: str) -> None:
    """Red when it silences nothing, and nobody hears that."""
    (tmp_path / "notes").mkdir()
    (tmp_path / "notebook.yml").write_text("title: T\n", encoding="utf-8")
    (tmp_path / "notes" / "a.md").write_text(f"# A\n\n{comment}\n\n[[#Nope]]\n", encoding="utf-8")
    workspace = Workspace(tmp_path)
    found = {f.code: f.hint for f in all_findings(workspace, workspace.load())}
    assert set(found) == {"KB203", "KB605"}
    assert "<!-- kb: off KB203 -->" in found["KB605"]
