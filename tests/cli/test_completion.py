"""Names on TAB."""

from __future__ import annotations

import shutil
import subprocess
from typing import Any

import pytest


def completed(kb: Any, line: str, code: int | None = None) -> list[str]:
    """What bash is offered for a line whose last word is being typed."""
    words = line.split(" ")
    done = kb(_KB_COMPLETE="bash_complete", COMP_WORDS=line, COMP_CWORD=str(len(words) - 1), code=code)
    assert not done.stderr
    return [row.partition(",")[2] for row in done.stdout.splitlines() if row]


@pytest.mark.parametrize(
    ("line", "offered"),
    [
        ("kb write ra", ["rank"]),
        ("kb coverage ra", ["rank"]),
        ("kb write principal", ["pca"]),
        ("kb write rank --from dl", ["dlai"]),
        ("kb show no", ["notes-on-it"]),
        ("kb publish no", ["notes-on-it"]),
        ("kb unpublish no", ["notes-on-it"]),
        ("kb unpu", ["unpublish"]),
        ("kb write zzz", []),
    ],
)
def test_names_are_completed(book: Any, line: str, offered: list[str]) -> None:
    """TAB offers concepts where one is written about, notes where one is shown or published, sources after --from."""
    (book.folder / "notes" / "notes-on-it.md").write_text("Text.\n", encoding="utf-8")
    assert completed(book, line) == offered


def test_two_notes_of_one_name_are_offered_by_path(book: Any) -> None:
    """A name that two notes have would be unclear, so their paths are offered."""
    for folder in ("x", "y"):
        (book.folder / "notes" / folder).mkdir()
        (book.folder / "notes" / folder / "same.md").write_text("Text.\n", encoding="utf-8")
    assert completed(book, "kb show notes/x") == ["notes/x/same.md"]


def test_an_own_roadmap_is_completed(book: Any) -> None:
    """TAB knows the notebook's own roadmap."""
    (book.folder / "roadmap.yml").write_text("concepts: [Limits, Series]\n", encoding="utf-8")
    assert completed(book, "kb write ") == ["limits", "series"]


@pytest.mark.parametrize("broken", ["notebook.yml", "roadmap.yml"])
def test_tab_never_complains(book: Any, broken: str) -> None:
    """In a broken notebook TAB offers nothing and says nothing."""
    (book.folder / broken).write_text("[: {", encoding="utf-8")
    assert completed(book, "kb write ra") == []


def test_tab_outside_a_notebook_is_silent(kb: Any) -> None:
    """Without a notebook TAB offers nothing and says nothing."""
    assert completed(kb, "kb write ra") == []


def test_tab_reads_no_note(book: Any) -> None:
    """Completing imports nothing that reads Markdown or renders: it must be there before the finger is up."""
    script = (
        "import sys, atexit\n"
        "atexit.register(lambda: sys.stderr.write(' '.join(m for m in "
        "('markdown_it', 'jinja2', 'sqlite3', 'pygments', 'nh3') if m in sys.modules)))\n"
        "from notebook_kb.cli.main import run\nrun()\n"
    )
    env = book.env({"_KB_COMPLETE": "bash_complete", "COMP_WORDS": "kb write ra", "COMP_CWORD": "2"})
    done = subprocess.run(
        [book.words()[0], "-c", script],
        cwd=book.folder,
        env=env,
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert done.stdout.strip() == "plain,rank"
    assert done.stderr == ""


def test_the_script_is_good_bash(kb: Any) -> None:
    """What `kb completion bash` prints is a script that bash can read and that completes `kb`."""
    script = kb("completion", "bash").stdout
    bash = shutil.which("bash")
    assert bash
    said = subprocess.run(
        [bash, "-c", f"{script}\ncomplete -p kb"], capture_output=True, encoding="utf-8", check=True
    )
    assert "_kb_completion" in said.stdout
