"""The findings of one note, of unsaved text too, are those that a check of the whole notebook would say."""

from __future__ import annotations

import random
from dataclasses import replace
from typing import TYPE_CHECKING

from notebook_kb.study.deck import fingerprint
from notebook_kb.study.log import Mode
from notebook_kb.study.memory import Memory
from notebook_kb.workspace.findings import all_findings, dependents, findings_of
from notebook_kb.workspace.workspace import Workspace
from tests.support.random_notes import STEMS, head, random_path, random_text

if TYPE_CHECKING:
    from pathlib import Path

    from notebook_kb.findings import Finding
    from notebook_kb.notebook.load import Loaded

TODAY = "2026-11-20"
STEPS = 60
QUOTED = "A space is pressed onto a line, and whatever lay across it before is now nothing but the point at zero there."
SAID = "The directions that survive when the plane is pressed flat by the matrix, all of them and no other ones at all."


def begin(root: Path, chance: random.Random) -> None:
    """A notebook with notes, pictures, an excerpt and answers."""
    for folder in ("", "a", "b", "a/b"):
        (root / "notes" / folder).mkdir(parents=True)
    (root / "notebook.yml").write_text("check: {KB201: warning}\n", encoding="utf-8")
    (root / "notes" / "pic.png").write_bytes(b"\x89PNG\r\n\x1a\n")
    (root / "sources").mkdir()
    (root / "sources" / "3b1b-ela.txt").write_text(SAID, encoding="utf-8")
    memory = Memory.open(root / ".kb", "laptop")
    for number, stem in enumerate(STEMS):
        front = f"What is {stem}?"
        memory.record(f"k-0000b{number:x}", 3, 2000, Mode.REVIEW, fingerprint(front), front)
    for _ in range(14):
        (root / random_path(chance)).write_text(new_text(chance), encoding="utf-8")


def new_text(chance: random.Random) -> str:
    text = random_text(chance)
    if chance.random() < 0.5:
        text += f"\n## Visual — 3b1b-ela\n\n{chance.choice((SAID, QUOTED))}\n"
    if chance.random() < 0.2:
        text += f"\n### Excerpt\n\n{QUOTED}\n"
    if chance.random() < 0.2:
        text += f"\nQ: What is {chance.choice(STEMS)}\nA: That.\n"
    return text


def a_little(text: str, chance: random.Random) -> str:
    """The text with another line in its head, with one line more, or one less."""
    lines = text.splitlines()
    some = head(chance)
    if some and lines[:1] == ["---"] and chance.random() < 0.5:
        key = some[-1].partition(":")[0]
        lines = ["---", some[-1], *(line for line in lines[1:] if not line.startswith(f"{key}:"))]
    elif chance.random() < 0.5:
        lines.append(chance.choice(("See [[rank]].", f"### Excerpt\n\n{QUOTED}")))
    else:
        lines.remove(chance.choice([line for line in lines if line != "---"] or lines[:1]))
    return "\n".join(lines) + "\n"


def step(workspace: Workspace, loaded: Loaded, chance: random.Random) -> tuple[str, Loaded]:
    """A buffer changes, a file is saved or deleted."""
    paths = [*loaded.notebook.notes]
    path = chance.choice(paths) if paths and chance.random() < 0.7 else random_path(chance)
    file = workspace.root / path
    kind = chance.random()
    if kind < 0.6:
        base = loaded.notebook.text_of(path)
        text = new_text(chance) if base is None or chance.random() < 0.2 else a_little(base, chance)
        return path, workspace.loader.overlay(loaded, path, text)
    if kind < 0.75:
        file.unlink(missing_ok=True)
    elif kind < 0.8:
        file.write_bytes(b"\xff\xfe\x00")
    else:
        file.write_text(new_text(chance), encoding="utf-8")
    return path, workspace.loader.refresh(loaded, path)


def by_path(found: list[Finding]) -> dict[str, list[Finding]]:
    table: dict[str, list[Finding]] = {}
    for one in sorted(found, key=lambda f: (f.line, f.column, f.code)):
        table.setdefault(one.path, []).append(one)
    return table


def test_one_note_says_what_the_whole_check_says_of_it(tmp_path: Path) -> None:
    """After each edit: `findings_of` of every note is its part of `all_findings`; it differs from before in `dependents` only."""
    chance = random.Random(2)  # noqa: S311 - the same again
    begin(tmp_path, chance)
    workspace = Workspace(tmp_path, TODAY)
    now = workspace.load()
    known = {p: findings_of(workspace, now, p) for p in now.notebook.notes}
    codes: set[str] = set()
    for number in range(STEPS):
        before = now
        path, now = step(workspace, now, chance)
        found = {p: findings_of(workspace, now, p) for p in now.notebook.notes}
        whole = by_path(all_findings(workspace, replace(now, notebook=replace(now.notebook))))
        assert found == {p: whole.get(p, []) for p in found}, f"step {number}: {path}"
        may_differ = dependents(before.notebook, now.notebook, path)
        differ = {p for p in found if found[p] != known.get(p)}
        assert differ <= may_differ, f"step {number}: {path}"
        codes |= {f.code for of in found.values() for f in of}
        known = found
    assert {"KB201", "KB205", "KB207", "KB505", "KB706", "KB801"} <= codes


def test_what_one_head_or_excerpt_says_reaches_the_other_note(tmp_path: Path) -> None:
    """A second note that takes an old address, and a reading that quotes, give findings in notes that link to neither."""
    (tmp_path / "notes").mkdir()
    (tmp_path / "notebook.yml").write_text("", encoding="utf-8")
    words = f"---\nconcept: rank\npublish: true\naliases: [/old/]\n---\n# Rank\n\n## Visual — 3b1b-ela\n\n{QUOTED}\n"
    (tmp_path / "notes" / "rank.md").write_text(words, encoding="utf-8")
    reading = "---\nsource: 3b1b-ela\nconcept: rank\npublish: true\n---\n# Chapter 7\n\n## Visual\n\nMy own words of it.\n"
    workspace = Workspace(tmp_path, TODAY)
    start = workspace.loader.overlay(workspace.load(), "notes/a.md", reading)
    assert findings_of(workspace, start, "notes/rank.md") == []
    taken = reading.replace("publish: true", "publish: true\naliases: [/old/]")
    quoting = f"{reading}\n### Excerpt\n\n{QUOTED}\n"
    for text, codes in ((taken, {"KB207"}), (quoting, {"KB801"})):
        edited = workspace.loader.overlay(start, "notes/a.md", text)
        assert {f.code for f in findings_of(workspace, edited, "notes/rank.md")} == codes
        assert "notes/rank.md" in dependents(start.notebook, edited.notebook, "notes/a.md")
