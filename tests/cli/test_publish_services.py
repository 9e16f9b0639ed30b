"""`kb publish --to` with a token, from a note with formulas to the service and back: the real command, the fakes' rules."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.support.canaries import write_files
from tests.support.fakes.base import TOKEN
from tests.support.fakes.devto import DevToFake
from tests.support.fakes.linkedin import LinkedInFake
from tests.support.fakes.medium import MediumFake

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.support.fakes.base import Fake

REPOSITORY = Path(__file__).resolve().parents[2]
SVG = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 20 10"><path d="M0 0h9v9z"/></svg>'
NOTE = r"""---
concept: rank
title: Rank of a matrix
tags: [linear-algebra]
publish: true
---
# Rank of a matrix

## In my words

Rank $r(A)$ counts the directions that are left (all of them) once $A$ has acted. It is an honest number, $r(A) \le n$.

$$
r(A) = \dim \operatorname{col}(A)
$$

![A corner](img/a.svg)

%% private doubts %%
"""


@pytest.fixture
def notebook(tmp_path: Path) -> Path:
    files = {
        "notebook.yml": b"title: N\ntimezone: UTC\nbase_url: https://notes.example.org\nlinkedin: {api_version: '202607'}\n",
        "notes/rank.md": NOTE.encode(),
        "notes/img/a.svg": SVG.encode(),
    }
    write_files(tmp_path, files)
    return tmp_path


@pytest.fixture(params=["linkedin", "devto", "medium"])
def service(request: pytest.FixtureRequest) -> Iterator[tuple[str, Fake]]:
    made: Fake = {"linkedin": LinkedInFake, "devto": DevToFake, "medium": MediumFake}[request.param]()
    with made as fake:
        yield request.param, fake


def kb(root: Path, fake: Fake, *words: str) -> subprocess.CompletedProcess[str]:
    """Run the command as a person with a token in the environment would."""
    environment = {
        **os.environ,
        "PYTHONPATH": str(REPOSITORY),
        "XDG_CONFIG_HOME": str(root / "config"),
        **{f"KB_{name}_URL": fake.url for name in ("LINKEDIN", "MEDIUM", "DEVTO")},
        "KB_LINKEDIN_TOKEN": TOKEN,
        "KB_MEDIUM_TOKEN": TOKEN,
        "KB_DEVTO_KEY": TOKEN,
    }
    command = [sys.executable, "-m", "notebook_kb", *words]
    return subprocess.run(
        command,
        cwd=root,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        stdin=subprocess.DEVNULL,
    )


def posts(fake: Fake) -> list[str]:
    """What readers of the service see."""
    return [json.dumps(p, ensure_ascii=False) for p in getattr(fake, "posts", {}).values()]


def test_a_note_goes_out_once_and_is_corrected(notebook: Path, service: tuple[str, Fake]) -> None:
    """Red when a note goes out twice, is cut, is not changed after a correction, or its private part goes along."""
    name, fake = service
    way = ["publish", "rank", "--to", name, "--via", "api"]
    asked = kb(notebook, fake, *way)
    assert asked.returncode == 2, asked.stderr
    assert "--yes" in asked.stderr
    assert not posts(fake)
    first = kb(notebook, fake, *way, "--yes", "--json")
    assert first.returncode == 0, first.stderr
    assert json.loads(first.stdout)["outcome"] == ("published" if name == "linkedin" else "draft")
    assert ("everybody" if name == "linkedin" else "nobody yet") in asked.stderr
    assert len(posts(fake)) == 1
    assert "directions that are left (all of them)" in posts(fake)[0]
    assert "private doubts" not in posts(fake)[0]
    again = kb(notebook, fake, *way, "--yes", "--json")
    assert json.loads(again.stdout)["outcome"] == "unchanged", again.stderr
    note = notebook / "notes/rank.md"
    note.write_text(note.read_text().replace("an honest number", "a whole number"))
    listed = kb(notebook, fake, "publications", "--check")
    assert listed.returncode == 1, listed.stdout
    assert "changed" in listed.stdout
    changed = kb(notebook, fake, *way, "--yes", "--json")
    assert len(posts(fake)) == 1
    if name == "medium":
        assert changed.returncode == 2
        assert "kit of what changed" in changed.stderr
    else:
        assert json.loads(changed.stdout)["outcome"] == ("updated" if name == "linkedin" else "draft"), (
            changed.stderr
        )
        assert "a whole number" in posts(fake)[0]
    if name == "devto":
        public = kb(notebook, fake, *way, "--yes", "--public", "--json")
        assert json.loads(public.stdout)["outcome"] == "published", public.stderr
        assert len(posts(fake)) == 1
    for done in (asked, first, again, listed, changed):
        assert TOKEN not in done.stdout + done.stderr
    assert not any(TOKEN.encode() in p.read_bytes() for p in notebook.rglob("*") if p.is_file())


def test_yes_alone_takes_over_no_article_that_is_not_known(notebook: Path) -> None:
    """Red when `--yes` writes over an own article of dev.to that the ledger does not know, or does not name it."""
    with DevToFake() as fake:
        theirs = {
            "id": 7,
            "title": "What rank means",
            "canonical_url": "https://notes.example.org/rank/",
            "published_at": "2025-01-01T00:00:00Z",
            "published": True,
            "body_markdown": "Older and longer.",
            "url": "https://dev.to/ada/what-rank-means-7",
        }
        fake.articles[7] = dict(theirs)
        way = ["publish", "rank", "--to", "devto", "--via", "api"]
        stopped = kb(notebook, fake, *way, "--yes")
        assert stopped.returncode == 3, stopped.stderr
        assert fake.articles == {7: theirs}
        for words in ("What rank means", "published", "https://dev.to/ada/what-rank-means-7", "--take-over"):
            assert words in stopped.stderr
        assert "nobody yet" not in stopped.stderr
        taken = kb(notebook, fake, *way, "--yes", "--take-over", "--json")
        assert taken.returncode == 0, taken.stderr
        assert list(fake.articles) == [7]
        assert "directions that are left" in fake.articles[7]["body_markdown"]


def test_two_notes_of_one_key_are_named(notebook: Path) -> None:
    """Red when `kb publications` takes one of two notes with a key for what is out there, and says nothing."""
    with LinkedInFake() as fake:
        note = notebook / "notes/rank.md"
        note.write_text(note.read_text().replace("concept: rank", "concept: rank\nid: mine"))
        assert (
            kb(notebook, fake, "publish", "rank", "--to", "linkedin", "--via", "api", "--yes").returncode == 0
        )
        assert kb(notebook, fake, "publications", "--check").returncode == 0
        (notebook / "notes/other.md").write_text("---\nid: mine\n---\n# Other\n\nWords.\n")
        listed = kb(notebook, fake, "publications", "--check")
        assert listed.returncode == 1
        assert "notes/other.md and notes/rank.md have the same key, `mine`" in listed.stderr
        data = json.loads(kb(notebook, fake, "publications", "--json").stdout)
        assert data["shared_keys"] == {"mine": ["notes/other.md", "notes/rank.md"]}
        assert data["publications"][0]["shared_with"] == ["notes/other.md", "notes/rank.md"]


def test_a_note_renamed_by_hand_is_asked_about(notebook: Path) -> None:
    """Red when a file with another name makes a second post."""
    note = notebook / "notes/rank.md"
    note.write_text(note.read_text().replace("concept: rank\ntitle: Rank of a matrix", "title: My number"))
    note = note.rename(notebook / "notes/my-number.md")
    with LinkedInFake() as fake:
        assert kb(notebook, fake, "publish", "my-number", "--to", "linkedin", "--yes").returncode == 0
        note.rename(notebook / "notes/another.md")
        asked = kb(notebook, fake, "publish", "another", "--to", "linkedin", "--yes")
        assert asked.returncode == 3, asked.stderr
        assert len(posts(fake)) == 1
        key = "notes/my-number.md"
        settled = kb(notebook, fake, "publish", "another", "--to", "linkedin", "--renamed-from", key, "--yes")
        assert settled.returncode == 0, settled.stderr
        assert len(posts(fake)) == 1
        assert not (notebook / ".kb/published" / f"{key}.yml").exists()
        assert "another.md" in kb(notebook, fake, "publications").stdout


def test_a_pdf_that_stays_behind_is_told(notebook: Path) -> None:
    """Red when a correction of the text makes the old PDF out there look up to date."""
    with LinkedInFake() as fake:
        way = ["publish", "rank", "--to", "linkedin", "--as", "document", "--yes"]
        assert kb(notebook, fake, *way).returncode == 0
        note = notebook / "notes/rank.md"
        note.write_text(note.read_text().replace("A corner", "Another corner"))
        told = kb(notebook, fake, *way)
        assert told.returncode == 2, told.stderr
        assert "only the text" in told.stderr
        assert kb(notebook, fake, "publications", "--check").returncode == 1
        note.write_text(note.read_text().replace("an honest number", "a whole number"))
        assert kb(notebook, fake, *way).returncode == 0
        assert len(posts(fake)) == 1
        listed = kb(notebook, fake, "publications", "--check")
        assert listed.returncode == 1, listed.stdout
        assert "picture" in listed.stdout
