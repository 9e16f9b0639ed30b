"""`kb review` at a real terminal and with piped answers."""

from __future__ import annotations

import fcntl
import json
import os
import pty
import random
import re
import select
import signal
import struct
import subprocess
import termios
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.cli.conftest import Kb

SECONDS = 15.0
CSI = re.compile(r"\x1b\[[0-?]*[ -/]*[@-~]")
SETTINGS = "title: Rank\nroadmap: math-for-ml\ncards: {starters: false, new: 200}\n"
RANK = """---
concept: rank
---
# Rank of a matrix

## Cards
Q: What does $\\operatorname{rank}(A)$ count?
A: The directions that survive, $\\dim \\operatorname{col}(A)$.

C: A square matrix is ==invertible== exactly when its rank is full.
"""


class Terminal:
    """`kb` in a pseudo-terminal, with somebody who reads and types."""

    def __init__(self, book: Kb, *arguments: str, columns: int = 80, **env: str) -> None:
        ours, theirs = pty.openpty()
        fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
        self.process = subprocess.Popen(
            book.words(*arguments),
            cwd=book.folder,
            env=book.env({"TERM": "xterm", **env}),
            stdin=theirs,
            stdout=theirs,
            stderr=theirs,
            start_new_session=True,
            preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0),  # noqa: PLW1509 - so that Ctrl-C comes to it
        )
        os.close(theirs)
        self.ours = ours
        self.new = ""
        self.all = ""

    def until(self, *words: str) -> str:
        """Read until one of these words is shown; what was shown since the last time."""
        end = time.monotonic() + SECONDS
        while True:
            found = [(self.new.find(w), w) for w in words if w in self.new]
            if found:
                at, word = min(found)
                seen, self.new = self.new[: at + len(word)], self.new[at + len(word) :]
                return seen
            left = end - time.monotonic()
            if left <= 0 or not self.read(left):
                raise AssertionError(f"none of {words} in:\n{self.all[-3000:]}")

    def read(self, wait: float) -> bool:
        """Take what is shown; False when the terminal is closed or silent."""
        if not select.select([self.ours], [], [], wait)[0]:
            return False
        try:
            data = os.read(self.ours, 65536)
        except OSError:
            return False
        text = CSI.sub("", data.decode("utf-8", "replace")).replace("\r\n", "\n")
        self.new += text
        self.all += text
        return bool(data)

    def type(self, keys: str) -> None:
        os.write(self.ours, keys.encode())

    def ended(self) -> int:
        """The rest of what is shown; the exit code."""
        while self.read(SECONDS):
            pass
        return self.process.wait(SECONDS)

    def kill(self) -> None:
        self.process.send_signal(signal.SIGKILL)
        self.ended()


@pytest.fixture
def rank(book: Kb) -> Kb:
    """A notebook with one note of two cards and nothing of the roadmap."""
    (book.folder / "notebook.yml").write_text(SETTINGS, encoding="utf-8")
    (book.folder / "notes" / "rank.md").write_text(RANK, encoding="utf-8")
    return book


@pytest.fixture
def open_terminal(rank: Kb) -> Iterator[Any]:
    """Opens terminals and closes them at the end."""
    opened: list[Terminal] = []

    def opener(*arguments: str, **more: Any) -> Terminal:
        opened.append(Terminal(rank, *arguments, **more))
        return opened[-1]

    yield opener
    for terminal in opened:
        if terminal.process.poll() is None:
            terminal.process.kill()
        terminal.process.wait()
        os.close(terminal.ours)


def log(book: Kb) -> list[dict[str, Any]]:
    """All lines of the log."""
    files = sorted((book.folder / ".kb" / "reviews").glob("*.jsonl"))
    return [json.loads(line) for f in files for line in f.read_text(encoding="utf-8").splitlines()]


def piped(book: Kb, text: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    """`kb review` with answers from a pipe."""
    return subprocess.run(
        book.words("review", *arguments),
        cwd=book.folder,
        env=book.env(),
        input=text,
        capture_output=True,
        encoding="utf-8",
        check=True,
        timeout=60,
    )


def test_a_card_is_asked_shown_and_rated_by_single_keys(rank: Kb, open_terminal: Any) -> None:
    """Formulas are readable, the intervals and the place are shown, the id question comes once, the ids are in the note."""
    terminal = open_terminal("review")
    asked = terminal.until("count?")
    assert "What does rank(A) count?" in asked
    assert "2 left" in asked
    assert "col" not in asked
    terminal.type(" ")
    shown = terminal.until("4 easy", "4 easy 8 d")
    assert "dim col(A)" in shown
    terminal.type("3")
    said = terminal.until("once for this notebook")
    assert "good, in 2 days" in said
    assert "notes/rank.md:7  Rank of a matrix › Cards" in said
    assert [line["rating"] for line in log(rank)] == [3]
    assert "^k-" not in (rank.folder / "notes" / "rank.md").read_text()
    terminal.type("y")
    terminal.until("A square matrix is […] exactly when")
    assert (rank.folder / "notes" / "rank.md").read_text().count("^k-") == 2
    terminal.type("\r")
    terminal.until("4 easy")
    terminal.type("4")
    assert "2 cards today" in terminal.until("The next card comes on")
    assert terminal.ended() == 0
    assert all(
        line["card"].partition(".")[0] in (rank.folder / "notes/rank.md").read_text() for line in log(rank)
    )


def test_who_wants_no_ids_is_asked_once(rank: Kb, open_terminal: Any) -> None:
    """After `n` the notes stay as they are, in this session and in the next, and the history is kept."""
    terminal = open_terminal("review")
    terminal.until("count?")
    terminal.type("\r3")  # typed ahead
    terminal.until("once for this notebook")
    terminal.type("n")
    terminal.until("exactly when")
    terminal.type("q")
    assert terminal.ended() == 0
    again = open_terminal("review")
    again.until("exactly when")
    again.type("\r3")
    again.until("2 cards today")
    assert again.ended() == 0
    assert "once for this notebook" not in again.all
    assert (rank.folder / "notes" / "rank.md").read_text() == RANK
    assert len(log(rank)) == 2


def test_keys_typed_ahead_and_arrows_are_single_keys(rank: Kb, open_terminal: Any) -> None:
    """`34` in one go is no rating 34, and an arrow key is no answer."""
    rank("cards", "sync")
    terminal = open_terminal("review")
    terminal.until("count?")
    terminal.type("\x1b[A\x1b[B\r34")
    terminal.until("exactly when")
    terminal.until("says what the keys do")  # the 4 is no answer to a question
    terminal.type("q")
    assert terminal.ended() == 0
    assert [line["rating"] for line in log(rank)] == [3]


def test_undo_skip_and_help(rank: Kb, open_terminal: Any) -> None:
    """u takes the answer back (also one of a session before), s leaves out, ? helps."""
    rank("cards", "sync")
    terminal = open_terminal("review")
    terminal.until("count?")
    terminal.type("\r1")
    terminal.until("exactly when")
    terminal.type("q")
    assert terminal.ended() == 0
    again = open_terminal("review")
    again.until("exactly when")
    again.type("u")
    assert "taken back" in again.until("count?")
    again.type("?")
    again.until("edit the card in your editor")
    again.type("s")
    again.until("exactly when")
    again.type("s")
    assert again.ended() == 0
    assert [("undo" in line) for line in log(rank)] == [False, True]
    assert json.loads(rank("review", "--json").stdout)["cards"][0]["why"] == "new"


def test_a_changed_question_is_asked_about(rank: Kb, open_terminal: Any) -> None:
    """The old question is shown; after `n` its history begins anew and the card is asked as a new one."""
    rank("cards", "sync")
    piped(rank, "\n3\nq\n")
    path = rank.folder / "notes" / "rank.md"
    name = log(rank)[0]["card"]
    now = path.read_text().replace(
        "What does $\\operatorname{rank}(A)$ count?", "When can $Ax = b$ be solved, whatever b?"
    )
    path.write_text(now)
    make_older(rank, days=9)
    terminal = open_terminal("review", "rank")
    before = terminal.until("same question?")
    assert "What does rank(A) count?" in before
    assert "When can Ax = b be solved" in before
    terminal.type("n")
    terminal.until("When can Ax = b be solved")
    terminal.type("q")
    assert terminal.ended() == 0
    assert [(e["card"], e["mode"]) for e in log(rank)][1:] == [(name, "reset")]


def make_older(book: Kb, days: int) -> None:
    """Put the log's answers back by days, its sums made anew: time passes."""
    from datetime import UTC, datetime, timedelta

    from notebook_kb.study.entries import Mode, Review
    from notebook_kb.study.log import review_line

    for path in (book.folder / ".kb" / "reviews").glob("*.jsonl"):
        lines = []
        for e in map(json.loads, path.read_text().splitlines()):
            at = datetime.fromisoformat(e["at"]).astimezone(UTC) - timedelta(days=days)
            review = Review(
                e["id"], e["card"], at, e["rating"], e["ms"], Mode(e["mode"]), e["fp"], e.get("front", "")
            )
            lines.append(review_line(review).decode() + "\n")
        path.write_text("".join(lines))


def test_the_editor_opens_at_the_card_and_the_note_is_read_again(
    rank: Kb, open_terminal: Any, tmp_path: Path
) -> None:
    """e opens the card's line; the question as it was saved is asked."""
    editor = tmp_path / "editor"
    editor.write_text(
        '#!/bin/sh\necho "$@" > "$0.args"\nfor f; do :; done\nsed -i "s/ count?/ measure?/" "$f"\n'
    )
    editor.chmod(0o755)
    terminal = open_terminal("review", KB_EDITOR=f"{editor}")
    terminal.until("count?")
    terminal.type("e")
    terminal.until("rank(A) measure?")
    terminal.type("q")
    assert terminal.ended() == 0
    assert "rank.md" in Path(f"{editor}.args").read_text()


def test_ctrl_c_keeps_what_was_answered(rank: Kb, open_terminal: Any) -> None:
    """Exit code 130, the closing words, and the answer in the log."""
    rank("cards", "sync")
    terminal = open_terminal("review")
    terminal.until("count?")
    terminal.type("\r3")
    terminal.until("exactly when")
    terminal.type("\x03")
    assert terminal.ended() == 130
    assert "1 card today" in terminal.all
    assert len(log(rank)) == 1


def test_a_hundred_cards_survive_kills(rank: Kb, open_terminal: Any) -> None:
    """Killed at random moments: each answer that was confirmed is in the log, no card is reviewed twice, failed ones come
    again, and the last session ends with nothing left.
    """
    text = "\n\n".join(f"Q: What is number {n} of the hundred?\nA: It is {n}." for n in range(100))
    (rank.folder / "notes" / "rank.md").write_text(
        f"---\nconcept: rank\n---\n# Rank\n\n{text}\n", encoding="utf-8"
    )
    rank("cards", "sync")
    chance = random.Random(7)  # noqa: S311
    confirmed = kills = 0
    for _ in range(40):
        terminal = open_terminal("review", NO_COLOR="1")
        before_death = chance.randint(3, 22)
        while terminal.until("of the hundred?", " today") and not terminal.all.rstrip().endswith("today"):
            if " today" in terminal.all:
                break
            terminal.type("\r" + ("1" if chance.random() < 0.1 else "3"))
            before_death -= 1
            if before_death == 0:
                time.sleep(chance.random() * 0.02)
                break
            terminal.until("good, ", "again, ")
            confirmed += 1
            assert len(log_lines(rank)) >= confirmed
        if " today" in terminal.all:
            break
        terminal.kill()
        kills += 1
        found = [json.loads(line) for line in log_lines(rank)]
        assert confirmed <= len(found) <= confirmed + 1
        confirmed = len(found)
    assert terminal.ended() == 0
    assert kills >= 5
    entries = log(rank)
    reviewed = [e["card"] for e in entries if e["mode"] == "review"]
    assert len(reviewed) == len(set(reviewed)) == 100
    last = {e["card"]: e["rating"] for e in entries}
    assert set(last.values()) == {3}
    assert any(e["mode"] == "repeat" for e in entries)
    assert json.loads(rank("review", "--json").stdout)["cards"] == []


def test_a_closed_terminal_keeps_what_was_answered(rank: Kb, open_terminal: Any) -> None:
    """The window is closed: the process ends, and the answer is in the log."""
    rank("cards", "sync")
    terminal = open_terminal("review")
    terminal.until("count?")
    terminal.type("\r2")
    terminal.until("exactly when")
    spare = os.open(os.devnull, os.O_RDONLY)
    os.dup2(spare, terminal.ours)
    os.close(spare)
    terminal.process.wait(SECONDS)
    assert [e["rating"] for e in log(rank)] == [2]


def log_lines(book: Kb) -> list[str]:
    """Whole lines of the log as they are now."""
    files = (book.folder / ".kb" / "reviews").glob("*.jsonl")
    return [line for f in files for line in f.read_text(encoding="utf-8").split("\n")[:-1]]


def test_answers_can_be_piped(rank: Kb) -> None:
    """A key a line, an empty line for Enter; the end of the answers ends the review; no id is written unasked."""
    done = piped(rank, "\n3\n\n")
    assert "good, in 2 days" in done.stdout
    assert "1 card today" in done.stdout
    assert "kb cards sync" in done.stderr
    assert len(log(rank)) == 1
    assert (rank.folder / "notes" / "rank.md").read_text() == RANK


def test_lines_are_asked_one_by_one(rank: Kb) -> None:
    """With --lines the question is shown before the first line is read, and the ids are asked about."""
    done = piped(rank, "\n3\ny\nq\n", "--lines")
    assert "once for this notebook" in done.stdout
    assert (rank.folder / "notes" / "rank.md").read_text().count("^k-") == 2


def test_nobody_there_lists_what_is_due(rank: Kb) -> None:
    """No terminal, no answers: the list, exit 0, and nothing is written."""
    listed = rank("review")
    assert "What does rank(A) count?" in listed.stdout
    assert not (rank.folder / ".kb" / "reviews").exists()


def test_a_read_only_note_is_said_once_and_the_review_goes_on(rank: Kb, open_terminal: Any) -> None:
    """Both cards are answered under the ids that they will get; the trouble is told a single time."""
    piped(rank, "")
    (rank.folder / ".kb" / "card-ids.yml").write_text("write: true\n")
    terminal = open_terminal("review")
    terminal.until("count?")
    changed = RANK.replace("A square matrix", "Any square matrix")
    (rank.folder / "notes" / "rank.md").write_text(changed)
    terminal.type("\r3")
    terminal.until("exactly when")
    terminal.type("\r3")
    terminal.until("2 cards today")
    assert terminal.ended() == 0
    assert terminal.all.count("no ids were written") == 1
    assert (rank.folder / "notes" / "rank.md").read_text() == changed


def test_a_damaged_line_of_the_log_is_reported(rank: Kb) -> None:
    """It is named with its file and line, and the review goes on."""
    piped(rank, "\n3\nq\n")
    path = next((rank.folder / ".kb" / "reviews").glob("*.jsonl"))
    path.write_text(path.read_text() + '{"v":1,"id":"x"\n')
    done = piped(rank, "\n3\n")
    assert f"reviews/{path.name}:2" in done.stderr
    assert len([e for e in log_lines(rank) if '"rating"' in e]) == 2


@pytest.mark.parametrize("columns", [40, 80])
def test_lines_fit_the_terminal(rank: Kb, open_terminal: Any, columns: int) -> None:
    """No line of a card is wider than the window."""
    long = (
        "Q: " + "What of many words is a long question that goes on, $x^2 + y^2$, and on? " * 3 + "\nA: yes\n"
    )
    (rank.folder / "notes" / "rank.md").write_text(f"---\nconcept: rank\n---\n# Rank\n\n{long}")
    terminal = open_terminal("review", columns=columns)
    terminal.until("left")
    terminal.type("\r")
    terminal.until("4 easy")
    terminal.until("8 d")
    terminal.type("3")
    terminal.until("notebook")
    terminal.type("q")
    terminal.ended()
    assert "x² + y²" in terminal.all
    assert max(map(len, terminal.all.splitlines())) <= columns
