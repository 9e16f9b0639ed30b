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

from notebook_kb.errors import NotebookError
from notebook_kb.study.entries import entries_of
from notebook_kb.study.log import Mode, Review, Undo, log_files, review_line, undo_line
from notebook_kb.study.memory import Memory

REPOSITORY = Path(__file__).resolve().parents[2]
BEGIN = datetime(2026, 1, 5, 8, tzinfo=UTC)
LATER = BEGIN + timedelta(days=400)
# For each line that it gets it makes a process that records until it is killed. Ids go out once they are on the disk.
RECORDER = """
import os, sys
from pathlib import Path
from notebook_kb.study.log import Mode
from notebook_kb.study.memory import Memory
for _ in sys.stdin:
    child = os.fork()
    if child:
        os.waitpid(child, 0)
        os.write(1, b"over\\n")
        continue
    os.write(1, f"{os.getpid()}\\n".encode())
    memory = Memory.open(Path(sys.argv[1]), "laptop")
    number = 0
    while True:
        front = f"What is it? {number} " * 12
        review = memory.record(f"k-{number % 7}", 1 + number % 4, number, Mode.REVIEW, str(number % 50), front)
        os.write(1, f"{review.id}\\n".encode())
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


def ids_of(line: bytes) -> list[str]:
    """The ids of the entries of a line."""
    try:
        return [entry.id for entry in entries_of(line) if not isinstance(entry, str)]
    except NotebookError:
        return []


def kill_while_recording(folder: Path, rounds: int) -> tuple[int, int]:
    """Kill a process that records, again and again; returns the answers it acknowledged, and the torn lines.

    All that was acknowledged must be there afterwards, and at most one torn line for each kill.
    """
    chance = dice(rounds)
    state = folder / ".kb"
    acknowledged: list[str] = []
    command = [sys.executable, "-c", RECORDER, str(state)]
    environment = {**os.environ, "PYTHONPATH": str(REPOSITORY)}
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environment, text=True
    ) as maker:
        assert maker.stdin
        assert maker.stdout
        for number in range(rounds):
            print(file=maker.stdin, flush=True)
            process = int(maker.stdout.readline())
            time.sleep(chance.uniform(0, 0.03))
            os.kill(process, signal.SIGKILL)
            acknowledged += [line.strip() for line in iter(maker.stdout.readline, "over\n")]
            if number % 50 == 49 or number == rounds - 1:
                memory = Memory.open(state, "check")
                assert set(acknowledged) <= {review.id for review in memory.reviews()}
                assert len(memory.problems) <= number + 1
        maker.stdin.close()
    assert [path.name for path in log_files(state / "reviews")] == ["laptop.jsonl"]
    return len(acknowledged), len(memory.problems)
