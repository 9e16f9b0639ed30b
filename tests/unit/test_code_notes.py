"""Code in notes from end to end: trust, results, coverage, findings and pages; a strange notebook runs nothing."""

from __future__ import annotations

import json
import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner

from notebook_kb.cli.main import main
from notebook_kb.errors import NotTrustedError, UsageError
from notebook_kb.files import trust as store
from notebook_kb.learning.coverage import State as Written
from notebook_kb.learning.coverage import cover
from notebook_kb.model.evidence import CodeState
from notebook_kb.parsing.code_parts import key_of
from notebook_kb.preview.state import State
from notebook_kb.running.report import Limits
from notebook_kb.running.results import figure_path, result_path
from notebook_kb.workspace.build import BuildOptions, build
from notebook_kb.workspace.code import chosen_notes, run_notes
from notebook_kb.workspace.evidence import evidence_of
from notebook_kb.workspace.workspace import Workspace

if TYPE_CHECKING:
    from notebook_kb.model.evidence import CodeEvidence
    from notebook_kb.model.note import Note

TODAY = "2026-11-20"
CODE = "```python\ndef rank(A):\n    return sum(any(row) for row in A)\n\nprint('pivots', rank([[1, 0], [0, 1]]))\n```\n"
CHECK = "```python check\nassert rank([[1, 0], [0, 0]]) == 1\n```\n"
RANK = f"---\nconcept: rank\npublish: true\n---\n# Rank\n\n## From scratch\n\n{CODE}{CHECK}"


@pytest.fixture(autouse=True)
def config(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A configuration folder of this test alone."""
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1794960000")
    return tmp_path / "config"


def book(root: Path, text: str = RANK, *, trusted: bool = True) -> Path:
    (root / "notes").mkdir(parents=True)
    (root / "notebook.yml").write_text("title: Book\n", encoding="utf-8")
    (root / "notes" / "rank.md").write_text(text, encoding="utf-8")
    if trusted:
        store.trust(root, ".kb")
    return root


def run(root: Path) -> None:
    workspace = Workspace(root, TODAY)
    notebook = workspace.load().notebook
    chosen = chosen_notes(workspace, notebook, (), everything=True)
    list(run_notes(workspace, notebook, chosen, Path(sys.executable), Limits()))


def known(root: Path) -> CodeEvidence:
    return evidence_of(Workspace(root, TODAY).load().notebook).code_of("notes/rank.md")


def note(root: Path) -> Note:
    return Workspace(root, TODAY).load().notebook.notes["notes/rank.md"]


def change(root: Path, old: str, new: str) -> None:
    path = root / "notes" / "rank.md"
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


# which blocks


def test_which_blocks_of_a_note_are_run(tmp_path: Path) -> None:
    """Red when prose, a session, a card's or a source's code is run, or a block's place is another."""
    text = (
        "# N\n\n```python\na = 1\n```\n\n- item\n\n  ```py check\n  assert a\n  ```\n\n> ```python3\n> b = 2\n> ```\n\n"
        "```python no-run\nc\n```\n\n```python\n>>> d\n```\n\n```js\ne\n```\n\n```\nf\n```\n\nQ: What is it?\nA: This:\n\n```python\ng\n```\n\n"
        "## Private\n\n```python\nh = 1\n```\n\n## Excerpt\n\n```python\ni\n```\n"
    )
    parts = note(book(tmp_path / "b", text)).code
    assert [(p.code, p.check, p.line, p.column, p.private) for p in parts][:3] == [
        ("a = 1\n", False, 4, 1, False),
        ("assert a\n", True, 10, 3, False),
        ("b = 2\n", False, 14, 3, False),
    ]
    assert ("h = 1\n", True) in [(p.code, p.private) for p in parts]
    assert not {"c\n", ">>> d\n", "e\n", "f\n", "i\n"} & {p.code for p in parts}


def test_the_key_is_that_of_the_code_alone(tmp_path: Path) -> None:
    """Red when a word of prose makes a result old, or a changed check does not."""
    root = book(tmp_path / "b")
    before = note(root).code_key
    change(root, "# Rank\n", "# Rank\n\nA sentence more.\n")
    assert note(root).code_key == before != ""
    change(root, "```python check", "```python")
    assert note(root).code_key != before
    assert key_of(()) == ""


# trust

HOSTILE = """---
concept: rank
publish: true
---
# Rank

```python
open({canary!r}, "w").write("ran")
```
```python check
open({canary!r}, "w").write("ran")
assert True
```
"""


def hostile(root: Path, canary: Path) -> Path:
    """A notebook from elsewhere that claims to be trusted, with results, caches and settings of its own."""
    book(root, HOSTILE.format(canary=str(canary)), trusted=False)
    (root / "notebook.yml").write_text("title: Book\nauthor: '{{ 1/0 }}'\n", encoding="utf-8")
    for name, data in {
        ".kb/trusted": "0" * 32 + "\n",
        ".kb/results/notes/rank.md.json": "__import__('os').system('touch x')",
        ".kb/cache/notes.sqlite": "no database",
        "conftest.py": "1/0",
        "sitecustomize.py": f"open({str(canary)!r}, 'w')",
    }.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(data, encoding="utf-8")
    return root


def test_a_strange_notebook_runs_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Red when opening, listing, checking or building executes a note's code, or the notebook can trust itself."""
    canary = tmp_path / "canary"
    root = hostile(tmp_path / "b", canary)
    monkeypatch.chdir(root)
    runner = CliRunner()
    for words in (
        ["list"],
        ["check"],
        ["coverage"],
        ["status"],
        ["next"],
        ["build"],
        ["show", "rank"],
        ["symbols", "rank"],
    ):
        runner.invoke(main, words, input="")
    for words in (["run", "rank"], ["run", "--all"], ["check", "--run"]):
        result = runner.invoke(main, words, input="")
        assert isinstance(result.exception, NotTrustedError), words
        assert result.exception.exit_code == 3
        assert "kb trust" in result.exception.hint
    assert (root / "site" / "rank" / "index.html").is_file()
    assert not canary.exists()
    with pytest.raises(NotTrustedError):
        run(root)


def test_trust_is_kept_outside_for_this_folder_alone(tmp_path: Path, config: Path) -> None:
    """Red when trust goes with a copy, with another notebook at the same path, or into git."""
    root = book(tmp_path / "b", trusted=False)
    (root / ".kb").mkdir()
    (root / ".kb" / ".gitignore").write_text("cache/\n", encoding="utf-8")
    store.trust(root, ".kb")
    assert store.is_trusted(root, ".kb")
    assert str(root) in (config / "kb" / "trusted.json").read_text(encoding="utf-8")
    assert "trusted" in (root / ".kb" / ".gitignore").read_text(encoding="utf-8").split()
    shutil.copytree(root, tmp_path / "copy")
    assert not store.is_trusted(tmp_path / "copy", ".kb")
    shutil.rmtree(root)
    book(root, trusted=False)
    assert not store.is_trusted(root, ".kb")
    store.trust(root, ".kb")
    assert store.revoke(root, ".kb")
    assert not store.is_trusted(root, ".kb")


def test_init_trusts_a_new_notebook_but_not_a_folder_of_notes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Red when somebody else's folder of notes may run code because `kb init` was typed in it."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "vault").mkdir()
    (tmp_path / "vault" / "note.md").write_text("```python\n1\n```\n", encoding="utf-8")
    for name in ("new", "vault"):
        assert CliRunner().invoke(main, ["init", name]).exit_code == 0
    assert store.is_trusted(tmp_path / "new", ".kb")
    assert not store.is_trusted(tmp_path / "vault", ".kb")


def test_a_cache_from_elsewhere_is_thrown_away(tmp_path: Path, config: Path) -> None:
    """Red when what a strange notebook remembers is believed, or one's own cache is lost each time."""
    root = book(tmp_path / "b")
    assert Workspace(root, TODAY).load().parsed == 1
    assert Workspace(root, TODAY).load().parsed == 0
    shutil.copytree(root, tmp_path / "copy")
    assert Workspace(tmp_path / "copy", TODAY).load().parsed == 1
    (config / "kb" / "cache.key").write_text("damaged", encoding="utf-8")
    assert Workspace(root, TODAY).load().parsed == 1
    assert Workspace(root, TODAY).load().parsed == 0


def test_a_cache_that_is_a_link_is_not_emptied_through_it(tmp_path: Path) -> None:
    """Red when a notebook can have a folder of this computer deleted."""
    root, precious = book(tmp_path / "b"), tmp_path / "precious"
    precious.mkdir()
    (precious / "thesis.md").write_text("years", encoding="utf-8")
    (root / ".kb" / "cache").symlink_to(precious)
    Workspace(root, TODAY).load()
    assert (precious / "thesis.md").is_file()
    assert not (root / ".kb" / "cache").is_symlink()


@pytest.mark.parametrize("linked", [".kb", "deep/er", "deep/er/state", "results", "reviews", "published"])
def test_a_state_folder_that_is_a_link_is_refused_and_nothing_is_touched_through_it(
    linked: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Red when a notebook from elsewhere can have files of this computer deleted, written or read."""
    root, precious = book(tmp_path / "b", trusted=False), tmp_path / "precious"
    (precious / "cache").mkdir(parents=True)
    (precious / "cache" / "notes.sqlite").write_text("years", encoding="utf-8")
    (precious / "notes").mkdir()
    (precious / "notes" / "rank.md.json").write_text("years", encoding="utf-8")
    before = {p: p.stat().st_mtime_ns for p in precious.rglob("*")}
    if linked.startswith("deep"):
        (root / "notebook.yml").write_text("title: Book\nstate: deep/er/state\n", encoding="utf-8")
    path = root / (linked if linked.startswith((".", "deep")) else f".kb/{linked}")
    path.parent.mkdir(parents=True, exist_ok=True)
    path.symlink_to(precious, target_is_directory=True)
    monkeypatch.chdir(root)
    for words in (
        ["check"],
        ["list"],
        ["run"],
        ["build"],
        ["trust"],
        ["mv", "rank", "other"],
        ["review"],
        ["init"],
    ):
        done = CliRunner().invoke(main, words)
        assert isinstance(done.exception, UsageError), (words, done.output)
        assert "is a symbolic link" in str(done.exception) or words == ["init"]
    assert {p: p.stat().st_mtime_ns for p in precious.rglob("*")} == before


def test_a_new_notebook_is_not_begun_through_a_link(tmp_path: Path) -> None:
    """Red when `kb init` in a folder from elsewhere writes into another one."""
    (tmp_path / "other").mkdir()
    (tmp_path / "vault").mkdir()
    (tmp_path / "vault" / ".kb").symlink_to(tmp_path / "other")
    done = CliRunner().invoke(main, ["init", str(tmp_path / "vault")])
    assert isinstance(done.exception, UsageError)
    assert list((tmp_path / "other").iterdir()) == []
    assert not (tmp_path / "vault" / "notebook.yml").exists()


@pytest.mark.parametrize(
    ("code", "lacking"),
    [
        ("import nosuch.part", "nosuch"),
        ("raise ModuleNotFoundError(\"No module named 'evil; curl x|sh'\")", ""),
        ("raise ModuleNotFoundError('named evil')", ""),
    ],
)
def test_only_the_name_of_a_package_is_proposed_to_be_installed(
    code: str, lacking: str, tmp_path: Path
) -> None:
    """Red when a note can put a command of its own into the one that is shown to be copied."""
    root = book(tmp_path / "b", RANK.replace("def rank", f"{code}\ndef rank"))
    workspace = Workspace(root, TODAY)
    notebook = workspace.load().notebook
    (done,) = run_notes(workspace, notebook, list(notebook.notes.values()), Path(sys.executable), Limits())
    assert done.lacking == lacking
    assert result_path(root / ".kb", "notes/rank.md").exists() == (not lacking)


def test_without_a_folder_of_ones_own_no_cache_is_used(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Red when a cache that nobody can vouch for is read, or its lack stops a command."""
    (tmp_path / "file").touch()
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "file"))
    root = book(tmp_path / "b", trusted=False)
    assert [Workspace(root, TODAY).load().parsed for _ in range(2)] == [1, 1]


# evidence and coverage


def test_the_state_of_a_notes_code(tmp_path: Path) -> None:
    """Red when a state is another than what was shown: not run, passed, changed, failed, no check, not from scratch."""
    root = book(tmp_path / "b")
    assert known(root).state is CodeState.NOT_RUN
    run(root)
    passed = known(root)
    assert passed.state is CodeState.PASSED
    assert passed.versions["python"].startswith("3.")
    change(root, "any(row)", "bool(any(row))")
    assert known(root).state is CodeState.CHANGED
    change(root, "== 1", "== 7")
    run(root)
    failed = known(root)
    assert failed.state is CodeState.FAILED
    assert [p.place.line for p in failed.problems] == [16]
    change(root, "assert rank([[1, 0], [0, 0]]) == 7", "rank([[1, 0], [0, 0]])")
    run(root)
    assert known(root).state is CodeState.NO_PROOF
    change(root, "bool(any(row))", "eval('any(row)')")
    assert known(root).state is CodeState.FORBIDDEN


def test_an_assert_that_was_not_reached_proves_nothing(tmp_path: Path) -> None:
    """Red when `if False:` before the only assert leaves the code proved."""
    root = book(tmp_path / "b", RANK.replace("assert rank", "if len('x') == 2:\n    assert rank"))
    run(root)
    evidence = known(root)
    assert evidence.state is CodeState.NO_PROOF
    assert "not reached" in evidence.problems[0].message


def why_missing(root: Path) -> list[str]:
    loaded = Workspace(root, TODAY).load()
    item = cover(loaded.notebook, evidence_of(loaded.notebook))["rank"]
    assert not item.not_judged
    return [m.why for m in item.missing if m.part == "code"]


def test_coverage_says_what_the_code_still_wants(tmp_path: Path) -> None:
    """Red when unrun, changed or failing code counts, or passed code does not."""
    words = "One two three four five six seven eight nine ten eleven. "
    parts = "".join(
        f"## {p}\n\n{words}\n\n" for p in ("Visual", "Simple", "Formal", "In my words", "Example")
    )
    root = book(tmp_path / "b", RANK.replace("## From scratch", parts + "## From scratch"))
    assert why_missing(root) == ["not run: `kb run rank`"]
    run(root)
    assert why_missing(root) == []
    loaded = Workspace(root, TODAY).load()
    assert cover(loaded.notebook, evidence_of(loaded.notebook))["rank"].state is Written.SOLID
    change(root, "any(row)", "bool(any(row))")
    assert why_missing(root) == ["changed since it was run: `kb run rank`"]
    change(root, "== 1", "== 7")
    run(root)
    assert why_missing(root)[0].startswith("failed at line 36: AssertionError")
    change(root, "bool(any(row))", "__import__('numpy').linalg.matrix_rank(A)")
    assert "numpy.linalg.matrix_rank" in why_missing(root)[0]


# pages

PNG = b"\x89PNG\r\n\x1a\n"


def page(root: Path, name: str = "rank") -> str:
    build(Workspace(root, TODAY), BuildOptions())
    return (root / "site" / name / "index.html").read_text(encoding="utf-8")


def test_a_page_says_how_the_code_went(tmp_path: Path) -> None:
    """Red when a page calls code verified that was not run, has changed, failed or is not from scratch."""
    root = book(tmp_path / "b")
    assert 'class="state unrun">not run<' in page(root)
    run(root)
    shown = page(root)
    version = ".".join(str(n) for n in sys.version_info[:2])
    assert f'class="state">passed with Python {version}<' in shown
    assert "<samp>pivots 2</samp>" in shown
    change(root, "any(row)", "bool(any(row))")
    shown = page(root)
    assert "changed since it was run" in shown
    assert "pivots 2</samp>" not in shown
    change(root, "== 1", "== 7")
    run(root)
    shown = page(root)
    assert 'class="state failed">failed: AssertionError' in shown
    assert "passed with" not in shown
    change(root, "== 7", "== 1")
    change(root, "bool(any(row))", "(0, 1)[any(row)] if row.__class__ else 0")
    run(root)
    shown = page(root)
    assert known(root).state is CodeState.FORBIDDEN
    assert "passed with" not in shown
    assert "ran with Python" in shown


def test_the_same_results_give_the_same_site_and_a_result_of_other_code_none(tmp_path: Path) -> None:
    """Red when the site depends on more than notes and results, or shows a result that belongs to other code."""
    root = book(tmp_path / "b")
    run(root)
    first = page(root)
    other = tmp_path / "other"
    shutil.copytree(root, other, ignore=shutil.ignore_patterns("site", "cache", "trusted"))
    assert page(other) == first
    result = result_path(other / ".kb", "notes/rank.md")
    data = json.loads(result.read_text(encoding="utf-8"))
    result.write_text(json.dumps({**data, "key": "f" * 32}), encoding="utf-8")
    assert "changed since" in page(other)


def test_what_private_code_prints_and_draws_is_never_public(tmp_path: Path) -> None:
    """Red when the output or the figure of a private block gets into the site, or raw HTML can ask for it."""
    private = "> [!private]\n> ```python\n> print('my own secret-token-4711 for nobody')\n> ```\n\n"
    text = RANK.replace(
        CODE, f'{CODE}\n{private}<b>x</b> <kb-code n="1"></kb-code><kb-code n="2"></kb-code>\n\n'
    )
    root = book(tmp_path / "b", text)
    run(root)
    result = result_path(root / ".kb", "notes/rank.md")
    data = json.loads(result.read_text(encoding="utf-8"))
    assert "secret-token-4711" in data["blocks"][1]["stdout"]
    names = []
    for number in (0, 1):
        figure = PNG + b"\x00\x00\x00\x03tEXtwho" + number.to_bytes(4, "big")
        from notebook_kb.running.results import figure_hash

        names.append(figure_hash(figure))
        figure_path(root / ".kb", "notes/rank.md", names[-1]).write_bytes(figure)
        data["blocks"][number]["figures"] = [names[-1]]
    result.write_text(json.dumps(data), encoding="utf-8")
    page(root)
    site = {
        p.relative_to(root / "site").as_posix(): p.read_bytes()
        for p in (root / "site").rglob("*")
        if p.is_file()
    }
    assert not [n for n, d in site.items() if b"4711" in d]
    assert f"files/code-{names[0]}.png" in site
    assert b"who" not in site[f"files/code-{names[0]}.png"]
    assert not [n for n, d in site.items() if names[1] in n or names[1].encode() in d]
    mine = tmp_path / "mine"
    build(Workspace(root, TODAY), BuildOptions(output=mine, mine=True))
    assert "4711" in (mine / "rank" / "index.html").read_text(encoding="utf-8")


def test_the_preview_shows_a_run_that_was_made_meanwhile(tmp_path: Path) -> None:
    """Red when `kb run` in a terminal leaves the open page at the last result."""
    root = book(tmp_path / "b")
    state = State(root, TODAY)

    def shown() -> str:
        plan = state.everything.plan("/rank/")
        assert plan
        return str(plan.view)

    assert "not run" in shown()
    run(root)
    change_ = state.apply([".kb/results/notes/rank.md.json"])
    assert (change_.kind, change_.urls) == ("page", ("*",))
    assert "passed with" in shown()
    assert not state.apply([".kb/results/notes/rank.md.json"]).kind


def test_long_output_is_folded_and_cannot_break_the_page(tmp_path: Path) -> None:
    """Red when printed markup becomes markup, or forty lines push the text away."""
    code = "for i in range(40):\n    print('<script>alert(1)</script>\\x00\\x1b[31m', i)\n"
    root = book(tmp_path / "b", RANK.replace("print('pivots', rank([[1, 0], [0, 1]]))\n", code))
    run(root)
    shown = page(root)
    assert "Output, 40 lines</summary>" in shown
    assert "<script>alert" not in shown
    assert not {"\x00", "\x1b"} & set(shown)
