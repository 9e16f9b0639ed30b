"""What tests of the review log share: entries by chance, their files, a process that records until it is killed."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from notebook_kb.errors import NotebookError
from notebook_kb.study.entries import entries_of
from notebook_kb.study.log import Mode, Review, Undo, log_files, review_line, undo_line
from notebook_kb.study.memory import Memory

if TYPE_CHECKING:
    from collections.abc import Iterable

REPOSITORY = Path(__file__).resolve().parents[2]
BEGIN = datetime(2026, 1, 5, 8, tzinfo=UTC)
LATER = BEGIN + timedelta(days=400)
RECORDER = """
import sys
from pathlib import Path
from notebook_kb.study.log import Mode
from notebook_kb.study.memory import Memory
memory = Memory.open(Path(sys.argv[1]), sys.argv[2])
number = 0
while True:
    review = memory.record(f"k-{number % 7}", 1 + number % 4, number, Mode.REVIEW, "f", "What is it?" * 20)
    print(review.id, flush=True)
    number += 1
"""


def dice(seed: int) -> random.Random:
    """Chance that repeats itself."""
    return random.Random(seed)  # noqa: S311 - nothing secret


def some_entries(chance: random.Random, count: int) -> list[Review | Undo]:
    """Entries of all modes for a few cards, many in the same second, undos among them, with odd questions."""
    entries: list[Review | Undo] = []
    at = BEGIN
    for number in range(count):
        at += timedelta(seconds=chance.choice([0, 0, 1, 60, 86_400, 900_000]))
        name = f"{chance.randrange(1 << 60):020d}{number:06d}"
        if entries and chance.random() < 0.15:
            entries.append(Undo(name, at, chance.choice(entries).id))
            continue
        mode = chance.choice([*[Mode.REVIEW] * 6, *Mode])
        card = f"k-{chance.randrange(4)}"
        front = chance.choice(["", "", "What is $x$?", 'A "quote"\nand {"v":1,', "Größe, 数, 𝔼, \u2028 \x7f"])
        entry = Review(name, card, at, 0, chance.randrange(60_000), mode, chance.choice("fg"), front)
        if mode is Mode.IMPORT:
            entry = entry._replace(stability=chance.uniform(0.1, 90), difficulty=chance.uniform(1, 10))
        elif mode is not Mode.RESET:
            entry = entry._replace(rating=chance.randrange(1, 5))
        entries.append(entry)
    return entries


def line_of(entry: Review | Undo) -> bytes:
    """The line of an entry with its end."""
    return (review_line(entry) if isinstance(entry, Review) else undo_line(entry)) + b"\n"


def write_files(state: Path, files: dict[str, bytes]) -> Path:
    """Make a state folder whose log is exactly these files."""
    folder = state / "reviews"
    folder.mkdir(parents=True, exist_ok=True)
    for path in folder.iterdir():
        path.unlink()
    for name, data in files.items():
        (folder / f"{name}.jsonl").write_bytes(data)
    return state


def facts(memory: Memory) -> tuple[object, ...]:
    """All that a memory says, to be compared with another's."""
    states = {card: asdict(state) for card, state in memory.states.items()}
    return states, memory.reviews(), memory.today(BEGIN), memory.today(LATER), memory.median_ms()


def lines_lost(before: bytes, after: Iterable[Path]) -> list[bytes]:
    """The lines of a file whose entries are in none of the files any more."""
    kept = {e for path in after for line in path.read_bytes().split(b"\n") for e in ids_of(line)}
    return [line for line in before.splitlines() if not set(ids_of(line)) <= kept]


def ids_of(line: bytes) -> list[str]:
    """The ids of the entries of a line."""
    try:
        return [entry.id for entry in entries_of(line) if not isinstance(entry, str)]
    except NotebookError:
        return []


def kill_while_recording(folder: Path, rounds: int) -> tuple[int, int]:
    """Kill a process that records, again and again; returns answers acknowledged, and rounds that left a torn line.

    After each kill all that was acknowledged must be there, and at most one torn line more than before.
    """
    chance = dice(rounds)
    state = folder / ".kb"
    acknowledged: list[str] = []
    torn = 0
    workers = [_recorder(state) for _ in range(2)]
    for number in range(rounds):
        worker = workers.pop(0)
        first = worker.stdout.readline() if worker.stdout else b""
        time.sleep(chance.uniform(0, 0.01))
        os.kill(worker.pid, signal.SIGKILL)
        rest = worker.communicate()[0]
        # The last line may be cut: then its answer was not acknowledged.
        acknowledged += [
            line.decode().strip() for line in (first + rest).splitlines(keepends=True) if line[-1:] == b"\n"
        ]
        workers.append(_recorder(state))
        if number % 20 == 19 or number == rounds - 1:
            memory = Memory.open(state, "check")
            there = {review.id for review in memory.reviews()}
            assert not [each for each in acknowledged if each not in there]
            torn = len(memory.problems)
            assert torn <= number + 3
    for worker in workers:
        worker.kill()
        worker.communicate()
    assert len(log_files(state / "reviews")) == 1
    return len(acknowledged), torn


def _recorder(state: Path) -> subprocess.Popen[bytes]:
    """A process that records and prints what it has recorded."""
    return subprocess.Popen(
        [sys.executable, "-c", RECORDER, str(state), "laptop"],
        stdout=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": str(REPOSITORY)},
    )
