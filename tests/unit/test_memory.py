from __future__ import annotations

import itertools
import json
import os
import platform
import runpy
import shutil
import stat
import subprocess
import sys
import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from notebook_kb.errors import EnvironmentFailedError, UsageError
from notebook_kb.files.config_folder import config_folder
from notebook_kb.study import memory as memory_module
from notebook_kb.study.device import device_of
from notebook_kb.study.log import Mode, Review, log_files, review_line
from notebook_kb.study.memory import Memory
from tests.support.reviews import (
    BEGIN,
    REPOSITORY,
    dice,
    facts,
    kill_while_recording,
    line_of,
    some_entries,
    write_files,
)

if TYPE_CHECKING:
    import random
    from collections.abc import Callable

# Test folders are no packages, so the helpers are taken from the file itself.
FILES = runpy.run_path(str(Path(__file__).with_name("test_files.py")), run_name="helpers")
KILLS = 60  # a thousand by `make torture`
NOW = BEGIN + timedelta(days=200)


class Clock:
    """A clock that is set by hand."""

    def __init__(self) -> None:
        self.time = NOW

    def __call__(self) -> datetime:
        return self.time


def opened(state: Path, device: str = "laptop", clock: Clock | None = None) -> Memory:
    return Memory.open(state, device, clock=clock or Clock())


def everything(memory: Memory, now: datetime) -> tuple[object, ...]:
    """All that a memory says at a moment."""
    return *facts(memory), memory.today(now - timedelta(days=1)), memory.problems


def from_the_files(state: Path, clock: Clock) -> tuple[object, ...]:
    """What a memory says that has only the files, and no cache."""
    copy = state.parent / "copy" / ".kb"
    shutil.rmtree(copy, ignore_errors=True)
    shutil.copytree(state / "reviews", copy / "reviews")
    return everything(opened(copy, clock=clock), clock.time)


# --- recording ------------------------------------------------------------------------------------


def test_what_was_recorded_counts_at_once_and_after_a_restart(tmp_path: Path) -> None:
    """Red when states lag behind the log, or a restart knows something else."""
    clock = Clock()
    memory = opened(tmp_path / ".kb", clock=clock)
    first = memory.record("k-1", 3, 5200, Mode.REVIEW, "f", "What is rank?")
    assert memory.states["k-1"].last_id == first.id
    assert (memory.states["k-1"].last, first.at) == (NOW, NOW)
    assert memory.states["k-1"].front == "What is rank?"
    clock.time += timedelta(days=3)
    memory.record("k-1", 1, 1000, Mode.REPEAT, "f", "What is rank?")
    memory.record("k-1", 1, 1000, Mode.CRAM, "f", "What is rank?")
    assert memory.states["k-1"].last_id == first.id
    last = memory.record("k-1", 1, 1000, Mode.REVIEW, "f", "What is rank?")
    assert (memory.states["k-1"].reps, memory.states["k-1"].lapses, memory.states["k-1"].last_id) == (
        2,
        1,
        last.id,
    )
    assert [review.mode for review in memory.today(clock.time)] == [Mode.REPEAT, Mode.CRAM, Mode.REVIEW]
    assert everything(opened(tmp_path / ".kb", clock=clock), clock.time) == everything(memory, clock.time)


def test_the_question_is_written_once_for_each_wording(tmp_path: Path) -> None:
    """Red when each answer repeats the question, or a changed one is not kept."""
    memory = opened(tmp_path / ".kb")
    fronts = ["Q", "Q", "Q2", "Q2", "Q"]
    written = [memory.record("k-1", 3, 1, Mode.REVIEW, front, front).front for front in fronts]
    assert written == ["Q", "", "Q2", "", ""]
    assert memory.states["k-1"].front == "Q"
    long = memory.record("k-2", 3, 1, Mode.REVIEW, "f", "x" * 1000 + "\ud800")
    assert long.front == "x" * 300
    assert memory.record("k-3", 3, 1, Mode.REVIEW, "f", "\ud800?").front == "??"
    assert opened(tmp_path / ".kb").states == memory.states


def test_undo_goes_back_one_answer(tmp_path: Path) -> None:
    """Red when an undone answer leaves a trace in the state, today's list or the median."""
    clock = Clock()
    memory = opened(tmp_path / ".kb", clock=clock)
    memory.record("k-1", 3, 2000, Mode.REVIEW, "f", "Q")
    before = everything(memory, clock.time)
    clock.time += timedelta(days=5)
    writes: list[Callable[[], Review]] = [
        lambda: memory.record("k-1", 1, 90_000, Mode.REVIEW, "f", "Q"),
        lambda: memory.record("k-1", 1, 90_000, Mode.REPEAT, "f", "Q"),
        lambda: memory.reset("k-1", "g", "Other"),
        lambda: memory.adopt("k-1", 9.5, 5, BEGIN, "f", "Q"),
        lambda: memory.record("k-2", 2, 90_000, Mode.REVIEW, "f", "Q"),
    ]
    for write in writes:
        undone = write()
        memory.undo(undone.id)
        assert everything(memory, NOW) == before
        assert from_the_files(tmp_path / ".kb", clock) == everything(memory, clock.time)
    size = memory.path.stat().st_size
    memory.undo(undone.id)
    assert memory.path.stat().st_size == size, "twice is once"
    with pytest.raises(UsageError, match="no answer nowhere"):
        memory.undo("nowhere")


def test_undo_of_an_older_answer_replays_the_rest(tmp_path: Path) -> None:
    clock = Clock()
    memory = opened(tmp_path / ".kb", clock=clock)
    ids = []
    for rating in (3, 1, 3):
        clock.time += timedelta(days=4)
        ids.append(memory.record("k-1", rating, 1, Mode.REVIEW, "f", "Q").id)
    memory.undo(ids[1])
    assert (memory.states["k-1"].reps, memory.states["k-1"].lapses) == (2, 0)
    assert from_the_files(tmp_path / ".kb", clock) == everything(memory, clock.time)


def test_what_no_entry_can_be_is_refused(tmp_path: Path) -> None:
    memory = opened(tmp_path / ".kb")
    for card, rating, mode in (("", 3, Mode.REVIEW), ("k-1", 0, Mode.REVIEW), ("k-1", 5, Mode.CRAM)):
        with pytest.raises(ValueError, match="no entry"):
            memory.record(card, rating, 1, mode, "f", "Q")
    with pytest.raises(ValueError, match="numbers"):
        memory.adopt("k-1", float("nan"), 5, BEGIN, "f", "Q")
    with pytest.raises(ValueError, match="no time"):
        memory.adopt("k-1", 5, 5, datetime(1, 1, 2, tzinfo=UTC), "f", "Q")
    assert not list(tmp_path.iterdir())
    taken = memory.adopt("k-1", 0, 99, BEGIN, "f", "Q")
    assert (taken.stability, taken.difficulty) == (0.001, 10.0)
    assert memory.record("k-1", 3, 10**12, Mode.REVIEW, "f", "Q").ms == 24 * 3600 * 1000


def test_the_median_is_of_answers_that_were_thought_about(tmp_path: Path) -> None:
    """Red when one break for lunch, a mock or an import moves the time of an answer."""
    memory = opened(tmp_path / ".kb")
    assert memory.median_ms() == 10_000
    for ms in (3000, 4000, 5000, 3_600_000, 3_600_000):
        memory.record("k-1", 3, ms, Mode.REVIEW, "f", "Q")
    memory.record("k-1", 3, 100, Mode.MOCK, "f", "Q")
    memory.reset("k-1", "f", "Q")
    assert memory.median_ms() == 5000
    memory.record("k-1", 3, 3_600_000, Mode.CRAM, "f", "Q")
    memory.record("k-1", 3, 3_600_000, Mode.REPEAT, "f", "Q")
    assert memory.median_ms() == 120_000


# --- others write too -----------------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(60))
def test_however_it_was_read_it_is_what_the_files_say(tmp_path: Path, seed: int) -> None:
    """Two windows, a sync with old lines, repeats and torn lines, restarts: red when what was kept up to date, or came
    from the cache, differs from a reading of the files alone.
    """
    chance, clock = dice(seed), Clock()
    state = write_files(tmp_path / ".kb", {})
    synced = iter(some_entries(dice(seed + 1000), 60))
    windows = [opened(state, clock=clock), opened(state, clock=clock)]
    for _ in range(40):
        clock.time += timedelta(seconds=chance.choice([0, 0, 5, 40_000, 300_000]))
        window = chance.choice(windows)
        action = chance.random()
        if action < 0.45:
            mode = chance.choice([Mode.REVIEW, Mode.REVIEW, Mode.REPEAT, Mode.CRAM])
            at = chance.choice([None, None, None, clock.time - timedelta(days=chance.randrange(9))])
            card = f"k-{chance.randrange(4)}"
            window.record(
                card, chance.randrange(1, 5), chance.randrange(9000), mode, chance.choice("fg"), "Q", at
            )
        elif action < 0.55:
            change(window, chance.random() < 0.5)
        elif action < 0.7 and (
            known := [*window.today(BEGIN), *window.today(clock.time - timedelta(days=2))]
        ):
            window.undo(chance.choice([known[-1], chance.choice(known)]).id)
        elif action < 0.85:
            append_synced(state, chance, [line_of(entry) for entry in itertools.islice(synced, 3)])
        elif action < 0.95:
            windows[chance.randrange(2)] = opened(state, clock=clock)
        assert_current(window, state, clock)
    for window in windows:
        assert_current(window, state, clock)
    assert_current(opened(state, clock=clock), state, clock)


def change(window: Memory, anew: bool) -> None:
    """Set a card back, or take a state over."""
    if anew:
        window.reset("k-1", "g", "Q")
    else:
        window.adopt("k-2", 4.5, 5.5, BEGIN, "f", "Q")


def append_synced(state: Path, chance: random.Random, lines: list[bytes]) -> None:
    """What another computer may bring: a new file, more lines, lines that are here already, a torn one."""
    (state / "reviews").mkdir(exist_ok=True)
    files = log_files(state / "reviews")
    if files and chance.random() < 0.2:
        lines = [*lines, *chance.choice(files).read_bytes().splitlines(keepends=True)[-2:]]
    data = b"".join(lines)
    if chance.random() < 0.2:
        data = data[:-20]
    path = state / "reviews" / f"{chance.choice(['desk', 'phone'])}.jsonl"
    with path.open("ab") as file:
        file.write(data)
    if chance.random() < 0.1:  # a union merge writes the file anew
        rows = path.read_bytes().splitlines(keepends=True)
        chance.shuffle(rows)
        path.write_bytes(b"".join(rows))


def assert_current(window: Memory, state: Path, clock: Clock) -> None:
    window.refresh()
    assert not window.refresh()
    if (state / "reviews").is_dir():
        assert everything(window, clock.time) == from_the_files(state, clock)


def test_refresh_says_whether_others_wrote(tmp_path: Path) -> None:
    """Red when one's own answer counts as news, or another window's does not."""
    one, two = opened(tmp_path / ".kb"), opened(tmp_path / ".kb")
    assert not one.refresh()
    one.record("k-1", 3, 1, Mode.REVIEW, "f", "Q")
    assert not one.refresh()
    two.record("k-2", 3, 1, Mode.REVIEW, "f", "Q")
    one.record("k-3", 3, 1, Mode.REVIEW, "f", "Q")
    assert one.refresh()
    assert set(one.states) == {"k-1", "k-2", "k-3"}
    assert two.refresh()
    assert two.states == one.states
    assert not one.refresh()


def test_own_answers_are_not_read_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Red when each answer costs a reading of the whole history."""
    memory = opened(tmp_path / ".kb")
    memory.record("k-1", 3, 1, Mode.REVIEW, "f", "Q")

    def never(*_: object) -> None:
        raise AssertionError("the files were read")

    monkeypatch.setattr(memory_module, "full_reading", never)
    monkeypatch.setattr(memory_module, "News", never)
    last = [memory.record(f"k-{n}", 3, 1, Mode.REVIEW, "f", "Q") for n in range(5)][-1]
    memory.undo(last.id)
    memory.undo(memory.record("k-1", 1, 1, Mode.REPEAT, "f", "Q").id)
    assert not memory.refresh()
    assert memory.today(NOW)[-1].card == "k-3"


def test_two_processes_that_record_at_once(tmp_path: Path) -> None:
    """Red when two windows of one computer overwrite or tear each other's lines."""
    script = (
        "import sys; from pathlib import Path; from notebook_kb.study.log import Mode\n"
        "from notebook_kb.study.memory import Memory\n"
        "m = Memory.open(Path(sys.argv[1]), 'laptop')\n"
        "for n in range(150): m.record(sys.argv[2], 1 + n % 4, n, Mode.REVIEW, 'f', 'What?'); m.refresh()\n"
        "print(len(m.reviews()))"
    )
    command = [sys.executable, "-c", script, str(tmp_path / ".kb")]
    environment = {**os.environ, "PYTHONPATH": str(REPOSITORY)}
    workers = [
        subprocess.Popen([*command, f"k-{n}"], env=environment, stdout=subprocess.PIPE) for n in range(2)
    ]
    assert max(int(worker.communicate()[0]) for worker in workers) == 300
    memory = opened(tmp_path / ".kb")
    assert not memory.problems
    assert [memory.states[f"k-{n}"].reps for n in range(2)] == [150, 150]


# --- faults ---------------------------------------------------------------------------------------


@pytest.mark.skipif(os.name != "posix", reason="SIGKILL is POSIX's")
def test_kill_while_recording(tmp_path: Path) -> None:
    """Red when an answer that was acknowledged is gone after a kill."""
    answered, _ = kill_while_recording(tmp_path, KILLS)
    assert answered > KILLS


def test_an_error_of_the_disk_loses_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Red when an error of the disk is swallowed, or what was there before it is lost."""
    memory = opened(tmp_path / ".kb")
    memory.record("k-1", 3, 1, Mode.REVIEW, "f", "Q")
    states = dict(memory.states)

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(os, "fsync", full)
        with pytest.raises(EnvironmentFailedError, match="No space left") as caught:
            memory.record("k-2", 3, 1, Mode.REVIEW, "f", "Q")
        assert "free some space" in caught.value.hint
        assert memory.states == states
    # Nobody knows whether that line is on the disk; if it is, it counts.
    memory.refresh()
    again = memory.record("k-3", 3, 1, Mode.REVIEW, "f", "Q")
    assert memory.states["k-3"].last_id == again.id
    assert opened(tmp_path / ".kb").states == memory.states


@pytest.mark.skipif(not FILES["can_mount"](), reason="mounting a small disk needs root")
def test_a_full_disk(tmp_path: Path) -> None:
    """Red when a full disk loses an answer that was there, or one that was acknowledged."""
    with FILES["small_disk"](tmp_path / "disk", "64k") as disk:
        memory = opened(disk / ".kb")
        (disk / "filler").write_bytes(b"x" * 40_000)
        acknowledged = []
        try:
            for number in range(10_000):
                acknowledged += [memory.record(f"k-{number}", 3, 1, Mode.REVIEW, "f", "What? " * 40).id]
        except EnvironmentFailedError as error:
            assert "No space left" in error.message  # noqa: PT017 - some answers come before it
        assert 0 < len(acknowledged) < 10_000
        (disk / "filler").unlink()
        memory.refresh()
        acknowledged.append(memory.record("k-last", 3, 1, Mode.REVIEW, "f", "Q").id)
        for each in (memory, opened(disk / ".kb")):
            assert [review.id for review in each.reviews()] == acknowledged
            assert set(each.states) == {review.card for review in each.reviews()}
            assert len(each.problems) <= 1


@pytest.mark.skipif(os.name != "posix", reason="bits of POSIX")
def test_a_folder_that_cannot_be_written(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Red when a read-only notebook raises at reading, or an answer there seems to be recorded."""
    folder = Path(tempfile.mkdtemp())  # `tmp_path` is for its owner alone
    folder.chmod(0o755)
    state = write_files(folder / ".kb", {"desk": line_of(some_entries(dice(2), 1)[0])})
    (state / "reviews").chmod(0o555)
    state.chmod(0o555)
    try:
        with FILES["ordinary_user"]():
            memory = opened(state)
            reviews = memory.reviews()
            with pytest.raises(
                EnvironmentFailedError, match=r"laptop\.jsonl: cannot write it: Permission denied"
            ):
                memory.record("k-1", 3, 1, Mode.REVIEW, "f", "Q")
            assert memory.reviews() == reviews
    finally:
        state.chmod(0o755)
        (state / "reviews").chmod(0o755)
        shutil.rmtree(folder)


# --- the cache ------------------------------------------------------------------------------------


def test_a_bad_cache_is_as_good_as_none(tmp_path: Path) -> None:
    """Red when damage in the cache raises, or gets into a schedule."""
    clock = Clock()
    state = write_files(tmp_path / ".kb", {"x": b"".join(map(line_of, some_entries(dice(4), 60)))})
    good = everything(opened(state, clock=clock), clock.time)
    path = state / "cache" / "memory.json"
    kept = path.read_bytes()
    head, _, payload = kept.partition(b"\n")
    wrong = [
        b"",
        b"\n",
        b"{}",
        head,
        b"null\nnull",
        kept[:-1],
        payload,
        b"\xff" * 100,
        kept.replace(b'"format": 1', b'"format": 0'),
    ]
    chance = dice(9)
    for _ in range(300):
        place = chance.randrange(len(kept))
        wrong.append(kept[:place] + bytes([kept[place] ^ (1 << chance.randrange(8))]) + kept[place + 1 :])
    for data in wrong:
        path.write_bytes(data)
        assert everything(opened(state, clock=clock), clock.time) == good, data[:200]
    values: list[object] = [None, 5, [], {}, "x", [[1]], [[]], {"a": 1}, [None], [["a", "b", "c"]]]
    for value in values:
        for key in json.loads(payload):
            # Whoever makes a cache that fits its digest can lie, but not crash.
            path.write_bytes(resealed({**json.loads(payload), key: value}))
            everything(opened(state, clock=clock), clock.time)
        path.write_bytes(resealed(value))
        assert everything(opened(state, clock=clock), clock.time) == good
    path.unlink()
    path.mkdir()
    assert everything(opened(state, clock=clock), clock.time) == good


def resealed(payload: object) -> bytes:
    """A cache with these values and the right digest."""
    from notebook_kb.study.cache import _digest

    data = json.dumps(payload).encode()
    return _digest(data) + b"\n" + data


def test_the_cache_serves_the_next_start(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Red when the next start replays all, or misses lines that came since."""
    clock = Clock()
    entries = some_entries(dice(6), 200)
    state = write_files(tmp_path / ".kb", {"x": b"".join(map(line_of, entries))})
    opened(state, clock=clock)

    def never(*_: object) -> None:
        raise AssertionError("the whole history was replayed")

    with monkeypatch.context() as patched:
        patched.setattr(memory_module, "full_reading", never)
        again = opened(state, clock=clock)
        again.record("k-new", 3, 1, Mode.REVIEW, "f", "Q")
        last = opened(state, clock=clock)
    assert last.states["k-new"] == again.states["k-new"]
    assert everything(last, clock.time) == from_the_files(state, clock)


@pytest.mark.parametrize("seed", range(30))
def test_a_change_in_what_was_read_is_noticed_by_the_next_start(tmp_path: Path, seed: int) -> None:
    """Red when the cache hides that a file was damaged, mended or taken away."""
    chance, clock = dice(seed), Clock()
    data = b"".join(map(line_of, some_entries(chance, 60)))
    state = write_files(tmp_path / ".kb", {"x": data, "y": data[:0]})
    opened(state, clock=clock)
    place = chance.randrange(len(data))
    path = state / "reviews" / "x.jsonl"
    for changed in (data[:place] + b"?" + data[place + 1 :], data[:place], data):
        path.write_bytes(changed)
        assert everything(opened(state, clock=clock), clock.time) == from_the_files(state, clock)
    path.rename(path.with_name("z.jsonl"))
    assert everything(opened(state, clock=clock), clock.time) == from_the_files(state, clock)
    path.with_name("z.jsonl").unlink()
    assert not opened(state, clock=clock).states


# --- the device -----------------------------------------------------------------------------------


def test_each_notebook_folder_has_a_name_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Red when two clones on one computer, or one home on two, would write one file; or a name changes."""
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    one, two = device_of(tmp_path / "a" / ".kb"), device_of(tmp_path / "b" / ".kb")
    assert one.name != two.name
    assert not one.warning
    assert device_of(tmp_path / "a" / ".kb") == one
    (tmp_path / "a").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "a")
    assert device_of(tmp_path / "link" / ".kb") == one
    monkeypatch.setattr(platform, "node", lambda: "another")
    assert device_of(tmp_path / "a" / ".kb").name not in {one.name, two.name}
    kept = [path for path in config_folder().rglob("*") if path.is_file()]
    assert len(kept) == 3
    if os.name == "posix":
        assert {stat.S_IMODE(path.stat().st_mode) for path in kept} == {0o600}


def test_who_only_looks_needs_no_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    assert not Memory.open(tmp_path / ".kb").states
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("why", ["a file", "rubbish"])
def test_a_name_that_cannot_be_kept_is_made_again_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, why: str
) -> None:
    """Red when answers are lost, or each start writes a new file, because the config folder cannot be written."""
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    if why == "a file":
        (tmp_path / "config").write_text("")
    else:
        device_of(tmp_path / ".kb")
        next(path for path in config_folder().rglob("*.txt")).write_bytes(b"\xff/../x")
    for _ in range(2):
        memory = Memory.open(tmp_path / ".kb")
        assert "config" in memory.warning
        assert "kept all the same" in memory.warning
        memory.record("k-1", 3, 1, Mode.REVIEW, "f", "Q")
    assert len(log_files(tmp_path / ".kb" / "reviews")) == 1
    assert len(memory.reviews()) == 2


def test_a_home_that_nobody_knows(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("XDG_CONFIG_HOME", raising=False)
    monkeypatch.setattr(os.path, "expanduser", lambda path: path)  # as it does for whom it does not know
    found = device_of(tmp_path / ".kb")
    assert found == device_of(tmp_path / ".kb")
    assert "home directory" in found.warning


def test_a_time_elsewhere_is_written_in_utc(tmp_path: Path) -> None:
    memory = opened(tmp_path / ".kb")
    given = datetime.fromisoformat("2026-11-22T23:40:05.999+09:00")
    review = memory.record("k-1", 3, 1, Mode.REVIEW, "f", "Q", at=given)
    assert review.at == datetime(2026, 11, 22, 14, 40, 5, tzinfo=UTC)
    assert b'"at":"2026-11-22T14:40:05Z"' in review_line(Review(*review))
