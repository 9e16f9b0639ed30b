"""`kb check` remembers: it says what a fresh check says, whatever was edited, and looks at no more notes than it must."""

from __future__ import annotations

import json
import os
import random
import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from click.testing import CliRunner

from notebook_kb.cli.check import check, look
from notebook_kb.findings import sort_findings
from notebook_kb.notebook.walk import SKIPPED_FOLDERS
from notebook_kb.study.deck import fingerprint
from notebook_kb.study.log import Mode
from notebook_kb.study.memory import Memory
from notebook_kb.workspace import check_inputs, check_memory
from notebook_kb.workspace.check_again import notebook_places
from notebook_kb.workspace.findings import judged_findings
from notebook_kb.workspace.workspace import Workspace
from tests.support.random_notes import random_path, random_text

if TYPE_CHECKING:
    from collections.abc import Callable

    from notebook_kb.findings import Finding

# folders that are never walked, and whether the log lies in a notebook of its own: nothing that a finding says
ALSO_LOOKED_AT = {"site", "templates", ".kb/notebook.yml", ".kb/published"}  # the last only: is it a link
EPOCH = 1795132800  # 2026-11-20
DAY = 86400
SAID = "The directions that survive when the plane is pressed flat by the matrix, all of them and no other ones at all."
QUESTION = "What does the rank of a matrix count?"
NOTE = f"""---
concept: rank
publish: true
---
# Rank

## Visual — 3b1b-ela

{SAID}

![a picture](pic.png) ![a drawing](drawing.svg) [data](more/data.xyz) [more](../outside/data.xyz) [[bass]] [[tomorrow]]

## From scratch

```python
print(1)
```

Q: What does the rank of any matrix count?
A: Directions.
"""
START = {
    "notebook.yml": "title: Notes\n",
    "notes/rank.md": NOTE,
    "notes/basis.md": "# Basis\n\n[[rank#Visual]] [[nowhere]]\n",
    "notes/tomorrow.md": "---\npublish: true\ndate: 2026-11-21\n---\n# Tomorrow\n",
    "notes/alone.md": "# Alone\n\nNothing leads here.\n",
    "notes/pic.png": "not really",
    "notes/drawing.svg": "<svg xmlns='http://www.w3.org/2000/svg'></svg>",
}


def write(root: Path, name: str, text: str | bytes) -> None:
    path = root / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text if isinstance(text, bytes) else text.encode())


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A notebook in the current folder, on 2026-11-20."""
    root = tmp_path / "notebook"
    for name, text in START.items():
        write(root, name, text)
    monkeypatch.chdir(root)
    monkeypatch.setenv("SOURCE_DATE_EPOCH", str(EPOCH))
    return root


def fresh(root: Path) -> tuple[list[Finding], int]:
    """What a check says that remembers nothing."""
    workspace = Workspace(root)
    shown, silenced = judged_findings(workspace, workspace.load())
    return sort_findings(shown), len(silenced)


def same_as_fresh(root: Path) -> int:
    """The number of notes that were checked, where the findings are those of a fresh check."""
    seen = look(())
    assert (seen.found, seen.silenced) == fresh(root)
    return seen.checked


# one edit of each kind


def answer(root: Path, at: int = 0) -> None:
    memory = Memory.open(root / ".kb", "laptop")
    memory.record("k-7f3a2c", 3, 2000 + at, Mode.REVIEW, fingerprint(QUESTION), QUESTION)


def conflicting_link(root: Path) -> None:
    (root / "notes" / "link.md").symlink_to(root.parent / "elsewhere.md")


EDITS: dict[str, Callable[[Path], object]] = {
    "a note": lambda r: write(r, "notes/basis.md", "# Basis\n\n[[alone]] [[nowhere else]]\n"),
    "a heading that is linked to": lambda r: write(
        r, "notes/rank.md", NOTE.replace("## Visual", "## Simple")
    ),
    "a new note": lambda r: write(r, "notes/nowhere.md", "# Nowhere\n"),
    "a note that is near a name": lambda r: write(r, "notes/bases.md", "# Several\n"),
    "a note in a new folder": lambda r: write(r, "notes/new/nowhere.md", "# Nowhere\n"),
    "a deleted note": lambda r: (r / "notes/rank.md").unlink(),
    "a renamed note": lambda r: (r / "notes/rank.md").rename(r / "notes/nowhere.md"),
    "an unreadable note": lambda r: write(r, "notes/basis.md", b"\xff\xfe\x00"),
    "a flag": lambda r: write(r, "notes/alone.md", "---\npublish: true\npermalink: /rank/\n---\n# Alone\n"),
    "a deleted picture": lambda r: (r / "notes/pic.png").unlink(),
    "a picture that grew": lambda r: write(r, "notes/pic.png", b"0" * 3_000_000),
    "a drawing with a script": lambda r: write(r, "notes/drawing.svg", "<svg><script>1</script></svg>"),
    "a file that is no attachment": lambda r: write(r, "notes/more/data.xyz", "1"),
    "a file outside of the notes": lambda r: write(r, "outside/data.xyz", "1"),
    "settings": lambda r: write(r, "notebook.yml", "title: Notes\ncheck: {KB201: error}\n"),
    "another time zone": lambda r: write(r, "notebook.yml", "title: Notes\ntimezone: Asia/Tokyo\n"),
    "a roadmap": lambda r: write(r, "roadmap.yml", "extends: math-for-ml\ndrop: [rank]\n"),
    "Obsidian's line breaks": lambda r: write(r, ".obsidian/app.json", '{"strictLineBreaks": false}'),
    "a source": lambda r: write(r, "sources/3b1b-ela.txt", SAID),
    "an answer": answer,
    "a damaged log": lambda r: write(r, ".kb/reviews/other.jsonl", "no entry\n"),
    "a damaged result": lambda r: write(r, ".kb/results/notes/rank.md.json", "{"),
    "a copy of a sync": lambda r: write(r, "notes/rank.sync-conflict-20261120-101010-ABC.md", "# Rank\n"),
    "a link that leads out": conflicting_link,
    "a folder that is not walked": lambda r: (r / "notes/basis.md").rename(r / "notes/.basis.md"),
}


# the findings of this notebook do not depend on them, those of others may
MAY_SAY_NOTHING = {"another time zone", "Obsidian's line breaks"}


@pytest.mark.parametrize("what", EDITS)
def test_each_kind_of_edit_is_seen(root: Path, what: str) -> None:
    """After an edit the findings of a fresh check, which are remembered; after it was taken back those that were before."""
    start = look(())
    assert start.checked == 4
    copy = shutil.copytree(root, root.with_name("copy"), symlinks=True)
    EDITS[what](root)
    same_as_fresh(root)
    after = look(())
    assert after.checked == 0
    if what not in MAY_SAY_NOTHING:
        assert after.found != start.found
    for path in [*root.iterdir(), *(root / ".kb").iterdir()]:
        if path.name not in {".kb", "cache"}:
            shutil.rmtree(path) if path.is_dir() else path.unlink()
    shutil.copytree(copy, root, symlinks=True, ignore=shutil.ignore_patterns(".kb"), dirs_exist_ok=True)
    assert look(()).found == start.found


def test_the_date_passing_is_seen(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A note that is public from tomorrow on is so tomorrow, and not any more when the clock is set back; days on which
    nothing becomes public ask no note.
    """
    same_as_fresh(root)
    for day, asked in ((1, 4), (2, 0), (0, 4), (-3, 0)):
        monkeypatch.setenv("SOURCE_DATE_EPOCH", str(EPOCH + day * DAY))
        assert same_as_fresh(root) == asked, day


def test_an_edit_asks_only_the_notes_that_depend_on_it(root: Path) -> None:
    """One note, one with a note that links to its heading, and what `build` or another command read in between."""
    same_as_fresh(root)
    write(root, "notes/alone.md", "# Alone\n\nMore words.\n")
    assert same_as_fresh(root) == 1
    write(root, "notes/rank.md", NOTE.replace("## Visual", "## Simple"))
    assert same_as_fresh(root) == 2
    write(root, "notes/rank.md", NOTE)
    workspace = Workspace(root)
    workspace.load()
    assert same_as_fresh(root) == 2
    write(root, "notes/alone.md", "# Alone\n")
    Workspace(root).load()
    write(root, "notes/alone.md", "# Alone\n\nStill.\n")
    assert same_as_fresh(root) == 1
    write(root, "notes/nowhere.md", "# Nowhere\n")
    assert same_as_fresh(root) == 2
    (root / "notes" / "nowhere.md").unlink()
    assert same_as_fresh(root) == 1


def test_many_random_edits(root: Path) -> None:
    """Notebook and memory agree after each of many edits, also where several fall together."""
    chance = random.Random(4)  # noqa: S311 - the same again
    asked = []
    for _ in range(20):
        write(root, random_path(chance), random_text(chance))
    same_as_fresh(root)
    for _ in range(24):
        for _ in range(chance.choice((1, 1, 1, 3))):
            paths = sorted((root / "notes").rglob("*.md"))
            path = chance.choice(paths)
            kind = chance.random()
            if kind < 0.6:
                path.write_text(random_text(chance), encoding="utf-8")
            elif kind < 0.7:
                path.unlink()
            elif kind < 0.85:
                write(root, random_path(chance), random_text(chance))
            else:
                chance.choice(list(EDITS.values()))(root) if kind < 0.87 else os.utime(path)
        asked.append(same_as_fresh(root) / len(paths))
    assert min(asked) < 0.5


# the memory itself


@pytest.mark.parametrize("damage", ["cut", "flipped", "json", "empty", "older", "foreign"])
def test_a_damaged_memory_is_as_good_as_none(root: Path, damage: str) -> None:
    """Nothing raises, and nothing of it is believed."""
    same_as_fresh(root)
    file = root / ".kb/cache/check.json"
    data = file.read_bytes()
    payload = data.partition(b"\n")[2]
    kept = json.loads(payload)
    others: dict[str, bytes] = {
        "cut": data[: len(data) // 2],
        "flipped": data.replace(b"KB201", b"KB202"),
        "json": check_memory.heading(b"[") + b"\n[",
        "empty": b"",
        "older": check_memory.as_bytes({**kept, "looked": [["notes/rank.md", 1]]}),
        "foreign": check_memory.as_bytes({**kept, "program": ["0.0"]}),
    }
    file.write_bytes(others[damage])
    assert same_as_fresh(root) == 4
    assert same_as_fresh(root) == 0


def test_a_memory_from_elsewhere_is_not_believed(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A copied notebook brings its cache with it; one that is a link into another folder is left as it is."""
    same_as_fresh(root)
    other = Path(shutil.copytree(root, root.with_name("other")))
    monkeypatch.chdir(other)
    assert same_as_fresh(other) == 4
    assert same_as_fresh(other) == 0
    shutil.rmtree(other / ".kb/cache")
    aside = root.with_name("aside")
    aside.mkdir()
    (other / ".kb/cache").symlink_to(aside)
    assert same_as_fresh(other) == 4
    assert not list(aside.iterdir())


def test_what_was_touched_during_the_look_is_read_again(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file that was saved again in the same tick of the clock, with the same size, is not taken for the old one."""
    facts = dict(check_inputs.look(str(root), notebook_places(Workspace(root))))
    time, device = max(facts["notes/alone.md"][2:4]), facts["notes/alone.md"][5]
    assert check_inputs.older(facts["notes/alone.md"], (time + 1, device))
    assert not check_inputs.older(facts["notes/alone.md"], (time, device))
    assert not check_inputs.older(facts["notes/alone.md"], (time + 1, device + 1))
    # a clock that ticks once an hour: every file looks as if it were of the time of the check
    real = check_inputs.as_facts

    def coarse(found: os.stat_result) -> tuple[int, ...]:
        known = real(found)
        return (*known[:2], 0, 0, *known[4:]) if len(known) > 2 else known

    monkeypatch.setattr(check_inputs, "as_facts", coarse)
    monkeypatch.setattr(check_memory, "moment", lambda folder, sure: (0, device))
    same_as_fresh(root)
    write(root, "notes/alone.md", START["notes/alone.md"].replace("leads", "[[x]]"))
    assert same_as_fresh(root) > 0


def test_files_that_were_only_touched_ask_no_note(root: Path) -> None:
    """Another time with the same bytes, as after a change of branches."""
    same_as_fresh(root)
    for path in (*(root / "notes").rglob("*.md"), root / "notebook.yml"):
        os.utime(path)
    assert same_as_fresh(root) == 0


def test_answers_from_the_future_are_looked_at_anew(root: Path) -> None:
    """A finding that goes away by itself is not kept."""
    answer(root)
    log = next((root / ".kb/reviews").glob("*.jsonl"))
    assert log.read_text(encoding="utf-8")
    kept = look(())
    memory = json.loads((root / ".kb/cache/check.json").read_bytes().partition(b"\n")[2])
    assert memory["lasting"] is ("KB710" not in {f.code for f in kept.found})


def test_settings_with_another_state_folder_work(root: Path) -> None:
    """The memory is found where it can be without reading YAML; else the check is as it was."""
    for text, remembers in (("state: _kb\n", True), ('{"state": _kb}\n', False)):
        shutil.rmtree(root / "_kb", ignore_errors=True)
        write(root, "notebook.yml", text)
        same_as_fresh(root)
        assert (same_as_fresh(root) == 0) is remembers
        assert not (root / ".kb").exists()


def test_the_command_says_how_many_notes_it_checked(root: Path) -> None:
    """`--json` tells it; a PATH gives its part of what is remembered; the exit code is that of the findings."""
    first, second = (CliRunner().invoke(check, ["--json"]) for _ in range(2))
    assert (json.loads(first.stdout).pop("checked"), json.loads(second.stdout).pop("checked")) == (4, 0)
    assert json.loads(first.stdout)["findings"] == json.loads(second.stdout)["findings"]
    part = json.loads(CliRunner().invoke(check, ["--json", "notes/basis.md"]).stdout)
    assert part["checked"] == 0
    assert {f["path"] for f in part["findings"]} == {"notes/basis.md"}
    write(root, "notebook.yml", "check: {KB201: error}\n")
    assert [CliRunner().invoke(check, []).exit_code for _ in range(2)] == [1, 1]


def test_findings_read_nothing_that_is_not_compared(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every file that a check opens, lists or asks the facts of is among those that are compared the next time, a cache,
    or a part of the program.
    """
    for name in ("a source", "an answer", "a damaged result", "a roadmap", "Obsidian's line breaks"):
        EDITS[name](root)
    write(root, ".kb/published/rank.yml", "")
    write(root, "templates/note.html", "")
    same_as_fresh(root)
    used: set[str] = set()
    watching = [True]

    def hook(event: str, args: tuple[object, ...]) -> None:
        if (
            watching
            and event in {"open", "os.scandir", "os.listdir"}
            and isinstance(args[0], str | os.PathLike)
        ):
            used.add(os.fspath(args[0]))

    def noted(real: Callable[..., os.stat_result]) -> Callable[..., os.stat_result]:
        def stat(path: str | os.PathLike[str] | int, **more: Any) -> os.stat_result:
            if not isinstance(path, int):
                used.add(os.fspath(path))
            return real(path, **more)

        return stat

    sys.addaudithook(hook)
    monkeypatch.setattr(os, "stat", noted(os.stat))
    monkeypatch.setattr(os, "lstat", noted(os.lstat))
    workspace = Workspace(root)
    loaded = workspace.load()
    judged_findings(workspace, loaded)
    watching.clear()
    monkeypatch.undo()
    inside = {str(Path(p).relative_to(root)) for p in used if Path(p).is_relative_to(root)}
    compared = {p.rstrip("/") for p in check_inputs.look(str(root), notebook_places(workspace))}
    compared |= {p for answers in loaded.notebook.asked.values() for p in answers}
    above = {str(parent) for p in compared for parent in Path(p).parents}
    strange = {p for p in inside - compared - above if not p.startswith(".kb/cache")}
    assert strange <= ALSO_LOOKED_AT
    assert {"notes/rank.md", "sources/3b1b-ela.txt", ".kb/reviews/laptop.jsonl", "roadmap.yml"} <= inside


def test_the_walk_and_the_look_pass_over_the_same_folders() -> None:
    """What is never walked for notes is not looked at."""
    assert {n for n in SKIPPED_FOLDERS if not n.startswith(".")} == check_inputs.SKIPPED
