"""What reaches the terminal: colours, control characters, JSON, exit codes, interruptions."""

from __future__ import annotations

import json
import os
import pty
import signal
import subprocess
import time
from typing import TYPE_CHECKING, Any

import click
import pytest

from notebook_kb.cli.console import counted, tidy
from notebook_kb.cli.main import COMMANDS, main

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path
    from typing import Protocol

    class Kb(Protocol):
        """The fixture `kb`."""

        folder: Path

        def words(self, *arguments: str) -> list[str]: ...
        def env(self, extra: dict[str, str] | None = None) -> dict[str, str]: ...
        def __call__(
            self, *arguments: str, code: int | None = 0, **env: str
        ) -> subprocess.CompletedProcess[str]: ...


EVIL = "\x1b[31mred\x1b]0;title\x07 \x9b2J \u202eback"
JSON_COMMANDS = {
    "list": ["list"],
    "search": ["search", "rank"],
    "show": ["show", "rank"],
    "next": ["next"],
    "coverage": ["coverage"],
    "roadmap list": ["roadmap", "list"],
    "roadmap show": ["roadmap", "show"],
    "roadmap check": ["roadmap", "check"],
    "status": ["status"],
    "check": ["check"],
    "explain": ["explain", "KB101"],
    "build": ["build"],
    "publish": ["publish", "rank"],
    "unpublish": ["unpublish", "rank"],
}
PLAIN = {
    "coverage": (
        {"concepts", "counts"},
        ("concepts", {"id", "title", "area", "kind", "state", "missing", "angles", "known", "reviewed"}),
    ),
    "check": ({"findings", "counts"}, None),
    "build": ({"pages", "written", "unchanged", "removed", "parsed", "seconds", "findings"}, None),
    "next": ({"suggestions"}, ("suggestions", {"concept", "what", "why", "source", "place"})),
    "search": ({"hits"}, ("hits", {"title", "path", "line", "score"})),
}


def write_rank(kb: Kb, text: str = "") -> None:
    """A note on rank."""
    note = "---\nconcept: rank\n---\n# Rank\n\n## Visual\nHow many directions are left when a matrix has moved it all.\n"
    (kb.folder / "notes" / "rank.md").write_text(text or note, encoding="utf-8")


def commands() -> Iterator[tuple[str, click.Command]]:
    """Every command with its whole name."""
    context = click.Context(main, info_name="kb")
    for name in COMMANDS:
        command = main.get_command(context, name)
        assert command
        yield name, command
        if isinstance(command, click.Group):
            for sub in command.list_commands(context):
                inner = command.get_command(context, sub)
                assert inner
                yield f"{name} {sub}", inner


@pytest.mark.parametrize(("name", "command"), list(commands()), ids=[n for n, _ in commands()])
def test_help_shows_an_example_and_explains_every_option(name: str, command: click.Command) -> None:
    """Whoever asks for help sees an example that can be typed, and a word on each option."""
    assert f"kb {name}" in (command.epilog or "")
    assert command.help
    unexplained = [p.name for p in command.params if isinstance(p, click.Option) and not p.help]
    assert not unexplained


@pytest.mark.parametrize("name", JSON_COMMANDS)
def test_json_is_one_object_with_its_version(book: Kb, name: str) -> None:
    """What `--json` prints on stdout is one object of version 1, with the fields that are promised."""
    write_rank(book)
    done = book(*JSON_COMMANDS[name], "--json")
    data: dict[str, Any] = json.loads(done.stdout)
    assert data["version"] == 1
    fields, inner = PLAIN.get(name, (set[str](), None))
    assert fields <= set(data)
    if inner:
        assert data[inner[0]], "nothing to look at"
        assert inner[1] <= set(data[inner[0]][0])


@pytest.mark.parametrize("name", JSON_COMMANDS)
def test_json_errors_are_one_object_too(kb: Kb, name: str) -> None:
    """A program that asked for JSON gets the error as JSON, once, also for words that click refuses."""
    free = name in {"roadmap list", "explain"}
    done = kb(*JSON_COMMANDS[name], "--json", *(["--bogus"] if free else []), code=2)
    data = json.loads(done.stdout)
    assert set(data) == {"version", "error"}
    assert set(data["error"]) == {"code", "message", "hint"}
    assert data["error"]["code"] == ("usage" if free else "no-notebook")


def test_findings_end_with_exit_code_1(book: Kb) -> None:
    """A script can tell from the exit code that `check` found an error."""
    write_rank(book, '---\ntitle: "open\n---\n')
    book("check", code=1)


def test_strict_build_ends_with_exit_code_1_and_still_reports(book: Kb) -> None:
    """`build --strict` fails on a warning, and its JSON says which."""
    write_rank(book, "---\npublish: true\ntitle: Rank: what counts\n---\nText.\n")
    assert json.loads(book("build", "--strict", "--json", code=1).stdout)["findings"]
    book("build")


@pytest.mark.parametrize(
    "words",
    [
        ["list"],
        ["show", "evil"],
        ["search", "red"],
        ["next"],
        ["coverage"],
        ["coverage", "rank"],
        ["roadmap", "show"],
        ["status"],
        ["check"],
        ["publish", "evil"],
        ["write", "rank"],
        [],
        ["list", "--json"],
        ["search", "red", "--json"],
        ["show", EVIL],
        ["nxt" + EVIL],
    ],
    ids=lambda w: " ".join(w[:2])[:12] or "kb",
)
def test_no_note_steers_the_terminal(book: Kb, words: list[str]) -> None:
    """Titles, text, roadmap and what was typed reach the terminal without control characters."""
    yaml_evil = json.dumps(EVIL)
    (book.folder / "notebook.yml").write_text(f"title: {yaml_evil}\n", encoding="utf-8")
    (book.folder / "roadmap.yml").write_text(
        f"title: {yaml_evil}\nangles: {{visual: {yaml_evil}}}\nconcepts:\n- {{id: rank, title: {yaml_evil}}}\n"
        f"- other\nproblems: [{{id: p, title: {yaml_evil}, concepts: [rank]}}]\n",
        encoding="utf-8",
    )
    text = f"---\ntitle: {yaml_evil}\nconcept: rank\n---\n# {EVIL}\n\n## {EVIL}\nred {EVIL} and ten more words that make this count here.\n"
    (book.folder / "notes" / "evil.md").write_text(text, encoding="utf-8")
    (book.folder / "notes" / f"{EVIL.replace('/', '')}.md").write_text("Text.\n", encoding="utf-8")
    (book.folder / "notes" / "why.md").write_text(f"# Why\n{EVIL}\n", encoding="utf-8")
    done = book(*words, code=None)
    shown = done.stdout + done.stderr
    assert shown.strip()
    assert not [c for c in shown if c in "\x1b\x07\x9b\u202e"]
    assert "Traceback" not in shown


@pytest.mark.parametrize(
    ("environment", "coloured"),
    [
        ({}, False),
        ({"FORCE_COLOR": "1"}, True),
        ({"FORCE_COLOR": "0"}, False),
        ({"FORCE_COLOR": "1", "NO_COLOR": "1"}, False),
    ],
)
def test_colour_in_a_pipe(book: Kb, environment: dict[str, str], coloured: bool) -> None:
    """A pipe gets colour only where FORCE_COLOR asks for it and NO_COLOR does not forbid it."""
    done = subprocess.run(
        book.words("next"),
        cwd=book.folder,
        env=book.env(environment),
        capture_output=True,
        encoding="utf-8",
        check=True,
    )
    assert ("\x1b[" in done.stdout) is coloured


@pytest.mark.parametrize(
    ("environment", "coloured"),
    [
        ({"TERM": "xterm"}, True),
        ({"TERM": "xterm", "NO_COLOR": "1"}, False),
        ({"TERM": "dumb"}, False),
        ({"TERM": "dumb", "FORCE_COLOR": "1"}, True),
    ],
)
def test_colour_on_a_terminal(book: Kb, environment: dict[str, str], coloured: bool) -> None:
    """A terminal gets colour unless NO_COLOR or TERM=dumb says no."""
    printed = on_terminal(book, ["next"], environment)
    assert "begin" in printed
    assert ("\x1b[" in printed) is coloured


def on_terminal(kb: Kb, words: list[str], environment: dict[str, str]) -> str:
    """What a command prints when stdin and stdout are a terminal."""
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        kb.words(*words), cwd=kb.folder, env=kb.env(environment), stdin=theirs, stdout=theirs, stderr=theirs
    )
    os.close(theirs)
    printed = b""
    while True:
        try:
            more = os.read(ours, 4096)
        except OSError:  # Linux says so when the other side is closed
            break
        if not more:
            break
        printed += more
    os.close(ours)
    assert process.wait(60) == 0, printed
    return printed.decode()


def test_a_reader_that_went_away_is_no_error_to_show(book: Kb) -> None:
    """`kb roadmap show | head -1` ends without a traceback or a word on stderr."""
    process = subprocess.Popen(
        book.words("roadmap", "show"),
        cwd=book.folder,
        env=book.env(),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    assert process.stdout
    assert process.stderr
    process.stdout.close()
    assert process.stderr.read() == b""
    process.stderr.close()
    assert process.wait(60) in {0, 1}


def test_a_full_disk_behind_stdout_is_said(book: Kb) -> None:
    """Output that cannot be written ends with exit code 1 and one line, not with a traceback."""
    with open("/dev/full", "w") as full:  # noqa: PTH123 - a device
        done = subprocess.run(
            book.words("roadmap", "show"),
            cwd=book.folder,
            env=book.env(),
            stdout=full,
            stderr=subprocess.PIPE,
            encoding="utf-8",
            check=False,
        )
    assert done.returncode == 1
    assert "No space left" in done.stderr
    assert "Traceback" not in done.stderr
    assert "Exception" not in done.stderr


def test_ctrl_c_ends_with_130(book: Kb) -> None:
    """An interrupted command ends with exit code 130 and without a traceback."""
    script = "import time, sys; print('ready', flush=True); time.sleep(30)"
    program = (
        # a job in the background of a script begins with the signal ignored
        "import signal; signal.signal(signal.SIGINT, signal.default_int_handler)\n"
        "import notebook_kb.workspace.standing as s\n"
        f"def standing():\n    {script}\n"
        "s.standing = standing\n"
        "from notebook_kb.cli.main import run\nrun()\n"
    )
    process = subprocess.Popen(
        [book.words()[0], "-c", program],
        cwd=book.folder,
        env=book.env(),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    assert process.stdout
    assert process.stdout.readline() == b"ready\n"
    time.sleep(0.1)
    process.send_signal(signal.SIGINT)
    _, errors = process.communicate(timeout=30)
    assert process.returncode == 130
    assert errors.strip() == b""


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Did you mean `title`?", "did you mean `title`?"),
        ("Save it as UTF-8.", "save it as UTF-8"),
        ("UTF-8 is wanted.", "UTF-8 is wanted"),
        ("First this. Then that.", "First this. Then that."),
        ("and so on…", "and so on…"),
    ],
)
def test_one_sentence_follows_the_colon(text: str, shown: str) -> None:
    """A message of one sentence begins small and has no full stop; names and several sentences stay."""
    assert tidy(text) == shown


def test_counts_are_words() -> None:
    """No message says `1 notes`."""
    assert [counted(n, "note") for n in (0, 1, 2, 1204)] == ["0 notes", "1 note", "2 notes", "1,204 notes"]
