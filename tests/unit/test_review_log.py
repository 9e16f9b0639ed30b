from __future__ import annotations

import json
import re
import subprocess
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from notebook_kb.errors import EnvironmentFailedError
from notebook_kb.study.entries import entries_of, fresh_id, is_whole, plain_review
from notebook_kb.study.log import (
    LogTooNewError,
    Mode,
    Review,
    Undo,
    read_history,
    read_lines,
    review_line,
)
from notebook_kb.study.memory import Memory, log_findings
from tests.support.reviews import BEGIN, dice, facts, ids_of, line_of, some_entries, write_files

if TYPE_CHECKING:
    import random
    from pathlib import Path

    from notebook_kb.study.log import Read

FLIPS = 500


# --- one line -------------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(50))
def test_each_entry_is_read_as_it_was_written(seed: int) -> None:
    """Red when a mode, a sign of the question or a number does not come back."""
    for entry in some_entries(dice(seed), 30):
        line = line_of(entry).removesuffix(b"\n")
        assert b"\n" not in line
        assert entries_of(line) == (entry,)


def test_the_line_is_what_the_guide_says() -> None:
    """Red when the format changes by accident: logs are kept for years."""
    entry = Review("01KAM000000000000000000000", "k-7f3a2c1d", BEGIN, 3, 5200, Mode.REVIEW, "9c1f03ab")
    assert review_line(entry) == (
        b'{"v":1,"id":"01KAM000000000000000000000","card":"k-7f3a2c1d","at":"2026-01-05T08:00:00Z","rating":3,'
        b'"ms":5200,"mode":"review","fp":"9c1f03ab","sum":"9afdeb4b"}'
    )
    undo = Undo("01KAM000000000000000000001", BEGIN, entry.id)
    assert json.loads(line_of(undo)) | {"sum": ""} == {
        "v": 1,
        "id": undo.id,
        "at": "2026-01-05T08:00:00Z",
        "undo": entry.id,
        "sum": "",
    }


@pytest.mark.parametrize("seed", range(20))
def test_the_fast_road_reads_what_the_ordinary_one_reads(seed: int) -> None:
    """Red when the two ways to read a line differ, for whole lines and for damaged ones."""
    chance = dice(seed)
    fast = 0
    for entry in some_entries(chance, 60):
        line = line_of(entry).removesuffix(b"\n")
        for text in (line, flipped(line, chance)):
            if (found := plain_review(text)) is not None:
                fast += 1
                assert entries_of(text) == (found,)
    assert fast > 5


def test_unknown_fields_are_kept() -> None:
    """Red when an entry of a later program loses what we do not know."""
    entry = Review("a", "k-1", BEGIN, 3, 1, Mode.REVIEW, "f", extra={"note": "ü", "list": [1, {"v": 2}]})
    (found,) = entries_of(review_line(entry))
    assert found == entry
    assert review_line(found) == review_line(entry)


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"rating": 0}, "rating"),
        ({"rating": 5}, "rating"),
        ({"rating": "3"}, ""),
        ({"rating": True}, "rating"),
        ({"ms": -1}, "milliseconds"),
        ({"ms": 1.5}, "milliseconds"),
        ({"card": ""}, "card"),
        ({"card": None}, "card"),
        ({"id": "a b"}, "card"),
        ({"id": 5}, ""),
        ({"at": "soon"}, "soon"),
        ({"at": "9999-12-31T23:59:59Z"}, "far off"),
        ({"at": "0001-01-01T00:00:00+14:00"}, ""),
        ({"at": 5}, ""),
        ({"mode": "dream"}, "dream"),
        ({"fp": 5}, "question"),
        ({"front": ["x"]}, "question"),
        ({"v": 0}, "version"),
        ({"v": None}, "version"),
        ({"mode": "import", "stability": "nan", "difficulty": 5}, "numbers"),
        ({"mode": "import", "stability": 1e999, "difficulty": 5}, "numbers"),
        ({"undo": 5}, ""),
    ],
)
def test_a_whole_line_that_makes_no_sense_is_damage(change: dict[str, object], why: str) -> None:
    """Red when a wrong value comes through, or raises."""
    good = {"v": 1, "id": "a", "card": "k-1", "at": "2026-01-05T08:00:00Z", "rating": 3, "mode": "review"}
    (found,) = entries_of(sealed(json.dumps(good | change)))
    assert isinstance(found, str), found
    assert why in found


@pytest.mark.parametrize(
    "text",
    ["", "[]", "1", '"x"', "{}", "[" * 5000, '{"v":1,"a":' + "[" * 50_000, "\ud800", '{"v":1' + "0" * 5000],
)
def test_no_line_raises(text: str) -> None:
    data = text.encode("utf-8", "surrogatepass")
    for line in (data, sealed(text + "}", "surrogatepass"), data + b',"sum":"00000000"}', b"\xff\0" + data):
        assert all(isinstance(entry, str) for entry in entries_of(line))


def test_ids_sort_as_they_were_made() -> None:
    """Red when two of one millisecond are in no order, or an id can come twice."""
    ids = [fresh_id() for _ in range(20_000)]
    assert ids == sorted(set(ids))
    assert {len(each) for each in ids} == {26}


# --- a file ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(20))
def test_lines_that_lost_their_ends_are_taken_apart(seed: int) -> None:
    """Red when entries that stand on one line are lost, or what is between them goes unreported."""
    entries = some_entries(dice(seed), 12)
    lines = [line_of(entry).removesuffix(b"\n") for entry in entries]
    for between in (b"", b" ", b"\r", b"\r\n", b"\n\n", b"\0\0\0"):
        found = read_lines("x", between.join(lines) + between)
        assert sorted(found_ids(found)) == sorted(e.id for e in entries), between
        assert not found.damage
    found = read_lines("x", b"rubbish".join(lines))
    assert len(found.reviews) + len(found.undos) == len(entries)
    assert found.unfinished


def test_a_torn_entry_and_a_whole_one_on_one_line() -> None:
    """Red when a cut line takes the next one with it."""
    one, two = (line_of(Review(name, "k-1", BEGIN, 3, 1, Mode.REVIEW, "f")) for name in "ab")
    for cut in range(1, len(one) - 1):
        found = read_lines("x", one[:cut] + two)
        assert [review.id for review in found.reviews] == (["b"] if cut < len(one) - 1 else ["a", "b"])
        assert [(damage.name, damage.line) for damage in found.damage] == [("x", 1)]


def test_cut_at_every_byte_of_the_last_record() -> None:
    """Red when a cut costs more than the last entry, or is not reported."""
    entries = [e for e in some_entries(dice(3), 60) if isinstance(e, Review) and e.front][:6]
    lines = [line_of(entry) for entry in entries]
    before = b"".join(lines[:-1])
    for cut in range(len(lines[-1]) + 1):
        found = read_lines("x", before + lines[-1][:cut])
        whole = cut >= len(lines[-1]) - 1
        assert [r.id for r in found.reviews] == [e.id for e in entries[: None if whole else -1]]
        assert [d.line for d in found.unfinished] == ([6] if cut > 0 and not whole else [])
        assert found.size == len(before) + (cut if whole else 0)
        # Whoever writes next begins a new line, and the torn one is then reported for good.
        healed = read_lines(
            "x", before + lines[-1][:cut] + (b"\n" if cut else b"") + line_of(Undo("u", BEGIN, "z"))
        )
        assert [undo.undone for undo in healed.undos][-1:] == ["z"]
        assert len(healed.damage) == (cut > 0 and not whole)


def flipped(data: bytes, chance: random.Random) -> bytes:
    """The bytes with one of them changed."""
    place = chance.randrange(len(data))
    return data[:place] + bytes([data[place] ^ chance.randrange(1, 256)]) + data[place + 1 :]


class Flips:
    """A history in two files, and what it says; bytes of it are flipped one at a time."""

    def __init__(self, state: Path, chance: random.Random) -> None:
        self.state, self.chance = state, chance
        lines = [line_of(entry) for entry in some_entries(chance, 40)]
        cut = chance.randrange(1, len(lines))
        self.files = {"laptop": b"".join(lines[:cut]), "desk": b"".join(lines[cut:])}
        self.ids = set(ids_in(b"".join(lines)))
        self.said = facts(Memory.open(write_files(state, self.files), "x"))

    def flip(self) -> bool:
        """Flip one byte of one file: no crash, at most the touched line lost, reported unless nothing changed."""
        name = self.chance.choice(list(self.files))
        before, damaged = self.files[name], flipped(self.files[name], self.chance)
        memory = Memory.open(write_files(self.state, {**self.files, name: damaged}), "x")
        after = damaged.split(b"\n")
        touched = {line for line in before.split(b"\n") if line not in after}
        kept = {e for n, data in self.files.items() for e in ids_in(damaged if n == name else data)}
        # A line end that is gone touches the line before and the one after, and costs neither.
        assert self.ids - kept <= {e for line in touched for e in ids_of(line)}
        assert len(self.ids - kept) <= 1
        changed = facts(memory) != self.said
        assert bool(memory.problems) or not changed
        for problem in memory.problems:
            assert problem.path == f".kb/reviews/{name}.jsonl"
            assert 1 <= problem.line <= len(after)
        return changed


def flip_bytes(state: Path, count: int, seed: int) -> int:
    """Flip so many bytes, of a new history after each fifty; returns how many of them changed anything."""
    chance = dice(seed)
    return sum(
        flips.flip() for flips in (Flips(state, chance) for _ in range(count // 50)) for _ in range(50)
    )


def ids_in(data: bytes) -> list[str]:
    """The ids of all entries of a file."""
    return found_ids(read_lines("x", data))


def found_ids(read: Read) -> list[str]:
    """The ids of all entries that were read."""
    return [*(review.id for review in read.reviews), *(undo.id for undo in read.undos)]


def test_flips_of_random_bytes(tmp_path: Path) -> None:
    """Red when a damaged byte raises, costs another line, or goes unreported."""
    assert flip_bytes(tmp_path / ".kb", FLIPS, 11) > FLIPS / 3


def test_git_and_windows_leave_the_history_whole(tmp_path: Path) -> None:
    """Red when conflict marks, CRLF, a byte order mark or empty lines cost an answer."""
    entries = some_entries(dice(5), 12)
    lines = [line_of(entry) for entry in entries]
    plain = Memory.open(write_files(tmp_path / "a" / ".kb", {"x": b"".join(lines)}), "x")
    marked = [b"<<<<<<< HEAD\n", *lines[:5], b"=======\n", *lines[5:], b">>>>>>> other\n"]
    merged = Memory.open(write_files(tmp_path / "b" / ".kb", {"x": b"".join(marked)}), "x")
    assert facts(merged) == facts(plain)
    assert [problem.line for problem in merged.problems] == [1, 7, 15]
    assert all("conflict mark" in problem.message for problem in merged.problems)
    windows = b"\xef\xbb\xbf" + b"\n".join(lines).replace(b"\n", b"\r\n")
    there = Memory.open(write_files(tmp_path / "c" / ".kb", {"x": windows}), "x")
    assert facts(there) == facts(plain)
    assert not there.problems


# --- several files --------------------------------------------------------------------------------


@st.composite
def spread(draw: st.DrawFn) -> tuple[list[Review | Undo], dict[str, bytes]]:
    """Entries, and files in which each of them stands at least once, in any order, glued or not."""
    entries = some_entries(dice(draw(st.integers(0, 10_000))), draw(st.integers(0, 25)))
    names = draw(st.lists(st.text("abcdef", min_size=1, max_size=3), min_size=1, max_size=4, unique=True))
    lines = [line_of(entry) for entry in entries]
    placed = [(draw(st.sampled_from(names)), line) for line in lines]
    placed += [
        (draw(st.sampled_from(names)), line) for line in draw(st.lists(st.sampled_from(lines or [b"\n"])))
    ]
    placed = draw(st.permutations(placed))
    files = {name: b"".join(line for other, line in placed if other == name) for name in names}
    return entries, files


@given(spread())
@settings(max_examples=150)
def test_any_files_in_any_order_say_the_same(
    tmp_path_factory: pytest.TempPathFactory, drawn: tuple[list[Review | Undo], dict[str, bytes]]
) -> None:
    """Red when the order, number or names of files, a repeated line or a union merge changes the state."""
    entries, files = drawn
    folder = tmp_path_factory.mktemp("spread")
    one = Memory.open(write_files(folder / "one", {"x": b"".join(map(line_of, entries))}), "x")
    other = Memory.open(write_files(folder / "other", files), "x")
    assert facts(other) == facts(one)
    assert not other.problems


def test_one_id_with_two_contents_is_settled_the_same_way_everywhere(tmp_path: Path) -> None:
    """Red when the name of a file decides which of two contents counts."""
    one = Review("a", "k-1", BEGIN, 3, 1, Mode.REVIEW, "f")
    two = one._replace(rating=1)
    orders = [{"x": [one], "y": [two]}, {"x": [two], "y": [one]}, {"x": [one, two]}, {"x": [two, one]}]
    found = []
    for number, files in enumerate(orders):
        data = {name: b"".join(map(line_of, entries)) for name, entries in files.items()}
        found.append(facts(Memory.open(write_files(tmp_path / str(number), data), "x")))
    assert found[0] == found[1] == found[2] == found[3]


def test_two_clones_that_review_merge_clean(tmp_path: Path, git: Git) -> None:
    """Red when a merge of two clones conflicts or loses an answer; also where both wrote one file."""
    first = git.clone("first")
    Memory.open(first / ".kb", "laptop").record("k-1", 3, 1, Mode.REVIEW, "f", "Q")
    git.commit(first)
    second = git.clone("second")
    for name, book in (("laptop", first), ("desk", second)):
        memory = Memory.open(book / ".kb", name)
        for number in range(5):
            memory.record(f"k-{number}", 1 + number % 4, 1, Mode.REVIEW, "f", "Q")
        Memory.open(book / ".kb", "shared").record("k-9", 2, 1, Mode.REVIEW, "f", "Q")
        git.commit(book)
    git.run(first, "push")
    git.run(second, "pull", "--no-rebase", "--no-edit")
    merged = Memory.open(second / ".kb", "x")
    assert len(merged.reviews()) == 13
    assert not merged.problems


class Git:
    """Clones of one notebook."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.origin = folder / "origin.git"
        self.run(folder, "init", "--quiet", "--bare", "--initial-branch=main", str(self.origin))

    def run(self, where: Path, *words: str) -> None:
        options = ("-c", "user.name=A", "-c", "user.email=a@example.org", "-c", "init.defaultBranch=main")
        subprocess.run(["git", *options, *words], cwd=where, check=True, capture_output=True)

    def clone(self, name: str) -> Path:
        self.run(self.folder, "clone", "--quiet", str(self.origin), name)
        book = self.folder / name
        (book / ".kb").mkdir(exist_ok=True)
        (book / ".kb" / ".gitattributes").write_text("reviews/*.jsonl merge=union\n")
        (book / ".kb" / ".gitignore").write_text("cache/\n")
        return book

    def commit(self, book: Path) -> None:
        self.run(book, "add", "-A")
        self.run(book, "commit", "--quiet", "-m", "x")
        if not list((self.origin / "refs" / "heads").iterdir()):
            self.run(book, "push", "--quiet", "-u", "origin", "HEAD:main")


@pytest.fixture
def git(tmp_path: Path) -> Git:
    return Git(tmp_path)


# --- newer, unreadable ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    "newer",
    [
        b'{"v":2,"id":"x","card":"k-1","sum":"00000000"}',
        b'{"v":2}',
        b'{"v":17,"all":{"is":"different"}}',
    ],
)
def test_a_newer_line_is_refused_and_nothing_is_touched(tmp_path: Path, newer: bytes) -> None:
    """Red when a newer log is read in part, written to, or cached."""
    lines = [line_of(entry) for entry in some_entries(dice(1), 8)]
    state = write_files(
        tmp_path / ".kb", {"desk": b"".join(lines[:4]) + newer + b"\n", "laptop": b"".join(lines)}
    )
    before = {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
    with pytest.raises(LogTooNewError, match=r"desk\.jsonl:5: a newer version") as caught:
        Memory.open(state, "laptop")
    assert "Update kb" in caught.value.hint
    with pytest.raises(LogTooNewError):
        read_history(state / "reviews")
    assert [finding.code for finding in log_findings(state)] == ["KB709"]
    assert {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()} == before


def test_a_newer_line_with_our_checksum_is_refused_too() -> None:
    with pytest.raises(LogTooNewError):
        entries_of(
            sealed('{"v":2,"id":"a","card":"k-1","at":"2026-01-05T08:00:00Z","rating":3,"mode":"review"}')
        )


def test_a_newer_line_that_arrives_later_stops_the_writing(tmp_path: Path) -> None:
    """Red when a running session goes on to write beside a newer kb."""
    state = tmp_path / ".kb"
    memory = Memory.open(state, "laptop")
    memory.record("k-1", 3, 1, Mode.REVIEW, "f", "Q")
    mine = memory.path.read_bytes()
    (state / "reviews" / "desk.jsonl").write_bytes(b'{"v":2,"id":"x"}\n')
    for _ in range(2):
        with pytest.raises(LogTooNewError):
            memory.refresh()
        with pytest.raises(LogTooNewError):
            memory.record("k-1", 3, 1, Mode.REVIEW, "f", "Q")
    assert memory.path.read_bytes() == mine
    (state / "reviews" / "desk.jsonl").unlink()
    memory.refresh()
    memory.record("k-1", 3, 1, Mode.REVIEW, "f", "Q")
    assert len(memory.reviews()) == 2


def test_a_flipped_version_is_damage_and_no_newer_kb() -> None:
    """Red when one bad bit locks the whole history."""
    line = review_line(Review("a", "k-1", BEGIN, 3, 1, Mode.REVIEW, "f"))
    for digit in b"023456789":
        (found,) = entries_of(line.replace(b'"v":1', b'"v":' + bytes([digit]), 1))
        assert isinstance(found, str)


def test_a_file_that_cannot_be_read_stops(tmp_path: Path) -> None:
    """Red when a schedule is made from half of the history."""
    state = write_files(tmp_path / ".kb", {"laptop": b""})
    (state / "reviews" / "desk.jsonl").symlink_to(tmp_path / "gone")
    with pytest.raises(EnvironmentFailedError, match=re.escape("desk.jsonl: cannot read it")):
        Memory.open(state, "laptop")


def test_no_folder_is_no_history(tmp_path: Path) -> None:
    memory = Memory.open(tmp_path / ".kb", "laptop")
    assert (memory.states, memory.problems, memory.reviews()) == ({}, (), ())
    assert not list(tmp_path.iterdir())


def sealed(text: str, errors: str = "strict") -> bytes:
    """A text as a line with the right checksum."""
    import zlib

    body = text.encode("utf-8", errors).removesuffix(b"}")
    line = body + b',"sum":"%08x"}' % zlib.crc32(body)
    assert is_whole(line)
    return line
