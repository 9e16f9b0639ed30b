"""What `kb check` says to programs and on small screens: GitHub's commands, editors' lines, a terminal of 24 rows."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from click.testing import CliRunner

from notebook_kb.cli.check import check
from notebook_kb.cli.check_formats import editor_line, github_line, repository_of
from notebook_kb.findings import Severity, finding
from notebook_kb.findings.catalogue import CATALOGUE
from notebook_kb.findings.grouping import fit, height
from notebook_kb.scaffolding.editors import EDITORS

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from notebook_kb.findings import Finding

# a line that ECMAScript's regular expressions would cut: paths with blanks and colons, brackets and places in messages
PLACES = ["notes/a.md", "notes/my notes/é 𝔼.md", "notes/12:30: a talk.md", "notes/[x] (1).md", "c:odd:3:4.md"]
MESSAGES = [
    '`title` was read as "a: b"',
    "see notes/b.md:3:4: error: no [KB101]",
    "100 % of [it]",
    "ends in ]",
]


def some(code: str, message: str, path: str, line: int = 3, column: int = 7) -> Finding:
    return finding(code, message, "do this", path=path, place=(line, column, 0, 0))


# GitHub


def test_githubs_commands_hold_what_steers_it_in_its_own_form() -> None:
    """%, line ends, and in properties the colon and the comma; nothing else of a note can end a command."""
    one = finding("KB101", "50% a,b: c\r\n::error::x", "and, so:", path="n/a, b: 5%.md", place=(2, 8, 2, 12))
    assert github_line(one, one.path) == (
        "::error file=n/a%2C b%3A 5%25.md,line=2,endLine=2,col=8,endColumn=12,title=KB101"
        "::50%25 a,b: c%0D%0A::error::x%0Aand, so:"
    )


def test_github_gets_columns_only_of_one_line_and_no_place_without_a_file() -> None:
    many = finding("KB503", "m", path="a.md", place=(2, 8, 4, 3))
    assert github_line(many, many.path).startswith("::notice file=a.md,line=2,endLine=4,title=")
    whole = replace(finding("KB304", "m"), severity=Severity.WARNING)
    assert github_line(whole, "") == "::warning title=KB304::m"


def test_githubs_paths_begin_at_the_checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A notebook in a folder of a repository is annotated at the file, from whatever folder it is checked."""
    root = tmp_path / "repo" / "book"
    (root / "notes").mkdir(parents=True)
    (root / "notebook.yml").touch()
    (tmp_path / "repo" / ".git").mkdir()
    (root / "notes" / "a.md").write_text("$\\fraq{1}$\n" * 12, encoding="utf-8")
    monkeypatch.delenv("GITHUB_WORKSPACE", raising=False)
    monkeypatch.chdir(root / "notes")
    result = CliRunner().invoke(check, ["--format", "github"])
    assert result.exit_code == 1
    assert result.stdout.startswith("::error file=book/notes/a.md,line=1,")
    assert len(result.stdout.splitlines()) == 12
    assert "GitHub shows 10 of the 12 findings" in result.stderr
    monkeypatch.setenv("GITHUB_WORKSPACE", str(tmp_path))
    assert repository_of(root) == tmp_path


# editors


def read_by_python(pattern: str, lines: list[str]) -> list[list[str] | None]:
    return [list(m.groups()) if (m := re.search(pattern, line)) else None for line in lines]


def read_by_node(pattern: str, lines: list[str]) -> list[list[str] | None]:
    script = "const [p, ls] = JSON.parse(require('fs').readFileSync(0)); const r = new RegExp(p);"
    script += "console.log(JSON.stringify(ls.map(l => { const m = r.exec(l); return m && m.slice(1) })))"
    done = subprocess.run(
        ["node", "-e", script],
        input=json.dumps([pattern, lines]),
        capture_output=True,
        encoding="utf-8",
        check=True,
    )
    found: list[list[str] | None] = json.loads(done.stdout)
    return found


READERS = [read_by_python, *([read_by_node] if shutil.which("node") else [])]


@pytest.mark.parametrize("read", READERS)
def test_vs_code_reads_each_line(
    read: Callable[[str, list[str]], list[list[str] | None]], tmp_path: Path
) -> None:
    """The matcher of the ready task gives back file, line, column, severity, message and code, whatever they hold."""
    task = json.loads(EDITORS["vscode"].text)["tasks"][1]
    matcher: dict[str, Any] = task["problemMatcher"]
    pattern = matcher["pattern"]
    codes = ["KB101", "KB104", "KB201"]
    told = [some(code, message, path) for code in codes for message in MESSAGES for path in PLACES]
    told.append(finding("KB602", "the whole file", path="a.md"))
    lines = [editor_line(one, tmp_path, tmp_path) for one in told]
    for one, groups in zip(told, read(pattern["regexp"], lines), strict=True):
        assert groups is not None
        names = ("file", "line", "column", "severity", "message", "code")
        said = {name: groups[pattern[name] - 1] for name in names}
        assert said["file"] == one.path
        assert (said["line"], said["column"]) == (str(one.line or 1), str(one.column or 1))
        assert (said["severity"], said["code"]) == (str(one.severity), one.code)
        assert said["message"].startswith(one.message)
    marks = [
        "Checking the notes …",
        "Checked at 14:03:21: 1 warning in 2 notes",
        "1 warning in 2 notes",
        *lines,
    ]
    for key, at in (("beginsPattern", 0), ("endsPattern", 1)):
        hits = read(matcher["background"][key], marks)
        assert [n for n, hit in enumerate(hits) if hit is not None] == [at]
    assert not any(read(pattern["regexp"], marks[:3]))


# one screen


def families() -> dict[str, list[Finding]]:
    """Notebooks with a lot to say: a little of everything, much of everything, much of little."""
    long = "a message that says what is wrong with `{}` and why it may matter to who reads the note"

    def several(code: str, count: int) -> list[Finding]:
        return [
            finding(
                code, long.format(n), f"cure {n}", path=f"notes/some folder/{n}.md", place=(n + 1, 1, 0, 0)
            )
            for n in range(count)
        ]

    return {
        "one of each": [f for code in CATALOGUE for f in several(code, 1)],
        "forty of each": [f for code in CATALOGUE for f in several(code, 40)],
        "errors": [
            f for code, known in CATALOGUE.items() if known.severity == "error" for f in several(code, 9)
        ],
        "one": several("KB104", 2000),
    }


@pytest.mark.parametrize("name", families())
@pytest.mark.parametrize(("rows", "columns"), [(20, 80), (20, 60), (36, 120)])
def test_a_check_fits_the_screen(name: str, rows: int, columns: int) -> None:
    """Whatever was found; each finding is counted once, and the worst come first."""
    known = families()[name]
    shown = fit(known, rows, columns)
    assert height(shown, columns) <= rows
    assert sum(f.count for f in shown) == len(known)
    assert {f.severity for f in shown} == {f.severity for f in known}
    assert shown[0].severity == min((f.severity for f in known), key=list(Severity).index)


def test_what_fits_is_not_put_together() -> None:
    few = [some("KB104", f"`a{n}` was read", "a.md", n) for n in range(1, 6)]
    assert fit(few, 20, 80) == few
