"""Fixes: each mends its finding and touches nothing else; safe ones are done, others offered; never over a change not seen."""

from __future__ import annotations

import random
import shutil
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from notebook_kb.checking.fixes import FIXES, fixes_of
from notebook_kb.checking.head_fixes import read_date
from notebook_kb.files.read import read_file
from notebook_kb.model.edit import apply_edits
from notebook_kb.workspace import fixing
from notebook_kb.workspace.authoring import read_again
from notebook_kb.workspace.findings import all_findings
from notebook_kb.workspace.fixing import mend
from notebook_kb.workspace.workspace import Workspace

if TYPE_CHECKING:
    from collections.abc import Iterator

    from notebook_kb.findings import Finding
    from notebook_kb.model.edit import Fix

FIXTURES = Path(__file__).resolve().parent.parent / "fixtures" / "findings"
TODAY = "2026-11-20"
# what the fixtures have no case of: a note with the finding, and the same mended
CASES: dict[str, tuple[str, str]] = {
    "KB101 tabs": ("---\naliases:\n\t- a\n---\nx\n", "---\naliases:\n  - a\n---\nx\n"),
    "KB101 open": ("---\ntitle: a\n\n# Text\n", "---\ntitle: a\n---\n\n# Text\n"),
    "KB102": ("---\ntitle: a\ntags: x\ntitle: a\n---\n", "---\ntitle: a\ntags: x\n---\n"),
    "KB106": ("---\ndate: 20. November 2026\n---\n", "---\ndate: 2026-11-20\n---\n"),
    "KB108": ("---\ntype: Raeding\n---\n", "---\ntype: reading\n---\n"),
    "KB201": ("[[Othr]] Othr [Othr](Othr.md)\n", "[[other]] Othr [Othr](Othr.md)\n"),
    "KB201 link": ("[sub/othr](sub/othr.md)\n", "[sub/othr](other.md)\n"),
    "KB201 label": ("[[othr#Part|othr]]\n", "[[other#Part|othr]]\n"),
    "KB204": ("![othr.png](img/othr.png)\n", "![othr.png](img/other.png)\n"),
    "KB501 block": ("# T\n\n%%\nmine\n\n## More\n", "# T\n\n%%\nmine\n%%\n\n## More\n"),
    "KB606": ("##Visual\nwords\n", "## Visual\nwords\n"),
    "KB606 odd blank": ("# T\n\n#\u00a0Visual\n", "# T\n\n# Visual\n"),
    "KB403 quote": ("> $$\n> x\n\ny\n", "> $$\n> x\n> $$\n\ny\n"),
}


def opened(root: Path) -> tuple[Workspace, list[Finding]]:
    if not (root / "notebook.yml").exists():
        (root / "notebook.yml").touch()
    workspace = Workspace(root, TODAY)
    return workspace, all_findings(workspace, workspace.load())


def fixes(root: Path, code: str) -> Iterator[tuple[Path, str, Fix]]:
    """(file, its text, fix) for the findings of a code."""
    workspace, found = opened(root)
    notebook = workspace.load().notebook
    for note in notebook.notes.values():
        text = (root / note.path).read_bytes().decode()
        for fix in fixes_of(notebook, note, text, [f for f in found if f.code == code]):
            yield root / note.path, text, fix


@pytest.mark.parametrize("code", sorted(FIXES))
def test_a_fix_takes_its_finding_away_and_brings_none_up(code: str, tmp_path: Path) -> None:
    """For the fixture of each code: afterwards there are fewer of this code and of no other one more."""
    root = tmp_path / code
    shutil.copytree(FIXTURES / code, root)
    before = Counter(f.code for f in opened(root)[1])
    for path, text, fix in list(fixes(root, code)):
        path.write_bytes(apply_edits(text, fix.files[0].edits).encode())
        after = Counter(f.code for f in opened(root)[1])
        assert after[code] < before[code], fix
        assert not (after - before), fix
        path.write_bytes(text.encode())


@pytest.mark.parametrize("name", CASES)
@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"], ids=["lf", "crlf", "cr"])
def test_a_fix_writes_what_was_meant(name: str, newline: str, tmp_path: Path) -> None:
    before, after = (text.replace("\n", newline) for text in CASES[name])
    (tmp_path / "notes" / "img").mkdir(parents=True)
    (tmp_path / "notes" / "other.md").write_text("# Elsewhere\n\n## Part\n", encoding="utf-8")
    (tmp_path / "notes" / "img" / "other.png").write_bytes(b"")
    (tmp_path / "notes" / "a.md").write_bytes(before.encode())
    _, text, fix = next(fixes(tmp_path, name.split(maxsplit=1)[0]))
    assert apply_edits(text, fix.files[0].edits) == after


@pytest.mark.parametrize(
    "text",
    [
        "text $b\n##c % mine\n e$ end",
        "text $$b\n##c % mine\n e$$ end",
        "the `a\n##b c` and",
        "##b `c\nd` e",
        "##b $c % mine\nd$ e",
        "a [b\n##c](https://example.org)",
        'a <b title="c\n##d">e</b>',
        "a *b\n##c* d",
        "a ^[b\n##c d]",
        "a %%b\n##c\nd%% e",
    ],
)
def test_no_heading_is_made_of_a_line_inside_of_something(text: str, tmp_path: Path) -> None:
    """It would tear a formula apart, and a comment in it would be public. A whole line next to it is mended."""
    (tmp_path / "notes").mkdir()
    (tmp_path / "notes" / "a.md").write_text(f"##T `t`\n{text}\n##Visual\n", encoding="utf-8")
    changed = [fix.files[0].edits[0].line for _, _, fix in fixes(tmp_path, "KB606")]
    assert changed == [1, 2 + len(text.splitlines())]


@pytest.mark.parametrize(
    ("typed", "day"),
    [
        ("20.11.2026", "2026-11-20"),
        ("3.4.2026", "2026-04-03"),  # with dots the day stands first, wherever they write so
        ("3/4/2026", ""),
        ("4/4/2026", "2026-04-04"),
        ("11/20/2026", "2026-11-20"),
        ("20/11/2026", "2026-11-20"),
        ("2026.1.5", "2026-01-05"),
        ("Nov 20th, 2026", "2026-11-20"),
        ("20. März 2026", "2026-03-20"),
        ("31.2.2026", ""),
        ("Ma 3, 2026", ""),
        ("soon", ""),
    ],
)
def test_a_date_is_mended_where_it_can_be_one_day_only(typed: str, day: str) -> None:
    assert read_date(typed, (("Januar", "Februar", "März"),)) == day


# writing

HEAD = [
    "title: Bayes: by counting",
    'title: "Fine: already"',
    "tags: a, b",
    "tags: a, b  # both",
    "met_in: [[here]]",
    "needs: [[here]], [[there]]",
    'aliases: ["[[kept]]"]',
    "updated: 20.11.2026",
    "mood:\t {a: 1}   # kept",
    "source: mml: chapter 2",
]
BODY = [
    "# T",
    "",
    "Text\twith tab",
    "- [ ] a  ",
    "\x0c",
    "Grüße 𝔼 e\u0301",
    "```",
    "code: a: b",
    "```",
    "$$x$$",
    "%% x %%",
]
SAFE = {"KB104", "KB106", "KB102"}


def random_note(rng: random.Random) -> bytes:
    """A note with mendable values in its head, in any line ends, with or without BOM and last line end."""
    newline = rng.choice(["\n", "\r\n"])
    keys = {h.split(":")[0]: h for h in rng.choices(HEAD, k=4)}
    lines = ["---", *keys.values(), "---", *rng.choices(BODY, k=rng.randrange(9))]
    bom = rng.choice([b"", b"\xef\xbb\xbf"])
    return bom + newline.join(lines).encode() + rng.choice([b"", newline.encode()])


def test_safe_fixes_mend_and_keep_every_other_byte(tmp_path: Path) -> None:
    """Of 150 notes: mended findings are gone, none came up, other lines have their bytes, a second run changes nothing."""
    rng = random.Random(6)  # noqa: S311 - notes, not secrets
    (tmp_path / "notes").mkdir()
    for n in range(150):
        (tmp_path / "notes" / f"{n}.md").write_bytes(random_note(rng))
    before = {p.name: p.read_bytes() for p in (tmp_path / "notes").iterdir()}
    workspace, found = opened(tmp_path)
    was = Counter((f.path, f.code) for f in found)
    mended = {m.path: m for m in mend(workspace, workspace.load().notebook, found)}
    assert not [m.problem for m in mended.values() if m.problem]
    now = Counter((f.path, f.code) for f in all_findings(workspace, workspace.load()))
    assert not now - was
    assert sum(was.values()) > 150
    for name, old in before.items():
        new = (tmp_path / "notes" / name).read_bytes()
        done = mended.get(f"notes/{name}")
        touched = {e.line for f in (done.done if done else ()) for e in f.files[0].edits}
        assert len(new.split(b"\n")) == len(old.split(b"\n"))
        for number, (a, b) in enumerate(zip(old.split(b"\n"), new.split(b"\n"), strict=True), start=1):
            assert (a == b) == (number not in touched), (name, number, a, b)
            assert a.endswith(b"\r") == b.endswith(b"\r")
        assert not any(now[f"notes/{name}", f.code] for f in (done.done if done else ()))
    workspace, found = opened(tmp_path)
    assert not any(m.done for m in mend(workspace, workspace.load().notebook, found))


def test_a_fix_never_publishes(tmp_path: Path) -> None:
    """A note that is private because of its broken date or doubled key stays as it is, the fix is only offered."""
    (tmp_path / "notes").mkdir()
    notes = {"date.md": "date: 20.11.2026", "twice.md": "title: a\ntitle: a", "slip.md": "pubilsh: true"}
    for name, line in notes.items():
        flag = "" if name == "slip.md" else "publish: true\n"
        (tmp_path / "notes" / name).write_text(f"---\n{flag}{line}\n---\n", encoding="utf-8")
    workspace, found = opened(tmp_path)
    mended = list(mend(workspace, workspace.load().notebook, found))
    assert [(len(m.done), len(m.left), m.problem) for m in mended] == [(0, 1, "")] * 3


def test_a_heading_is_not_mended_where_that_would_end_a_private_part(tmp_path: Path) -> None:
    """What follows would be public; elsewhere it is done."""
    (tmp_path / "notes").mkdir()
    note = tmp_path / "notes" / "a.md"
    note.write_text("# T\n\n##Formal\n\n## Private\n\n##Visual\nmine\n", encoding="utf-8")
    workspace, found = opened(tmp_path)
    (mended,) = mend(workspace, workspace.load().notebook, found)
    assert (len(mended.done), len(mended.left)) == (1, 1)
    assert note.read_text(encoding="utf-8") == "# T\n\n## Formal\n\n## Private\n\n##Visual\nmine\n"


def test_nothing_is_written_over_a_change_that_was_not_seen(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Saved by an editor after the check, or between reading and writing: the save stays, and the note is named."""
    (tmp_path / "notes").mkdir()
    for name in ("a", "b"):
        (tmp_path / "notes" / f"{name}.md").write_text("---\ntags: a, b\n---\n", encoding="utf-8")
    workspace, found = opened(tmp_path)
    notebook = workspace.load().notebook
    (tmp_path / "notes" / "a.md").write_text("---\ntags: a, b, c\n---\n", encoding="utf-8")
    stale = read_file(tmp_path / "notes" / "b.md")
    (tmp_path / "notes" / "b.md").write_text("saved\n", encoding="utf-8")
    monkeypatch.setattr(
        fixing, "read_again", lambda w, n: stale if n.path == "notes/b.md" else read_again(w, n)
    )
    mended = list(mend(workspace, notebook, found))
    assert [m.path for m in mended if m.problem and not m.done] == ["notes/a.md", "notes/b.md"]
    assert (tmp_path / "notes" / "a.md").read_text(encoding="utf-8") == "---\ntags: a, b, c\n---\n"
    assert (tmp_path / "notes" / "b.md").read_text(encoding="utf-8") == "saved\n"
