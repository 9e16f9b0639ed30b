"""The ledger and the journal: what is out there is never guessed, never lost, never overwritten unread."""

from __future__ import annotations

import json
import os
import random
import re
import signal
import subprocess
import time
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notebook_kb.errors import ChangedSinceReadError
from notebook_kb.files.marks import without_marks
from notebook_kb.files.yaml_places import read_yaml
from notebook_kb.publishing.journal import Journal, JournalError, Sending
from notebook_kb.publishing.ledger import (
    Entry,
    Ledger,
    LedgerError,
    Record,
    dump_record,
    file_name,
    read_record,
)
from notebook_kb.publishing.ledger_text import quoted
from notebook_kb.publishing.payload import Form, Piece, TargetName

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

# no text of a notebook holds a sign that is the program's own
WORDS = st.text(st.characters(exclude_categories=["Cs"]), max_size=40).map(without_marks)
KEYS = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=80)
ENTRY = Entry(
    TargetName.LINKEDIN,
    Form.POST,
    url="https://www.linkedin.com/feed/update/urn:li:share:1",
    remote_id="urn:li:share:1",
    title='A "title": with\nwhat # YAML - wants quoted \u2028 \x85',
    first_at="2026-11-22T10:00:00Z",
    updated_at="2026-11-22T10:00:00Z",
    payload="ab" * 32,
    pictures={"cd" * 32: "urn:li:image:C1", "ab" * 32: ""},
    pieces=(Piece("p", "0123", "{Begins, with: brackets}"), Piece("code", "4567", "no")),
)


@given(WORDS)
def test_every_text_reads_back(text: str) -> None:
    """What is written in quotes is read as it was, whatever it holds."""
    root = read_yaml(f"key: {quoted(text)}\n")
    assert root
    assert root.pairs[0][1].text == text


@given(KEYS, KEYS)
def test_two_keys_never_share_a_file(first: str, second: str) -> None:
    """Also where the file system takes `Rank` and `rank` for one, and on Windows."""
    one, two = file_name(first), file_name(second)
    assert (one.casefold() == two.casefold()) == (first == second)
    for name in (one, two):
        assert re.fullmatch(r"[a-z0-9-]+\.yml", name)
        assert len(name) < 90


@pytest.mark.parametrize(
    "key", ["con", "CON", "../../etc/passwd", "notes/la 1.md", "Rank", "rank--0123", "é"]
)
def test_names_of_files_are_safe(key: str) -> None:
    """No key leads out of the folder or to a device, and one that is not its own name has a digest."""
    assert re.fullmatch(r"[a-z0-9-]+--[0-9a-f]{12}\.yml", file_name(key))
    assert file_name("rank") == "rank.yml"


def test_a_record_reads_back(tmp_path: Path) -> None:
    """All fields come back, the file is in a stable order, and writing it again changes no byte."""
    record = Record("rank", "notes/rank.md", "Rank", "rank", ("old",), ("x", "y"), {ENTRY.place: ENTRY})
    Ledger(tmp_path).put(record)
    again = Ledger(tmp_path)
    assert again.records == {"rank": record}
    path = tmp_path / "published" / "rank.yml"
    before = path.read_bytes()
    again.put(again.get("rank"))
    assert path.read_bytes() == before
    assert dump_record(read_record(path)[0]).encode() == before


def test_unknown_keys_are_kept(tmp_path: Path) -> None:
    """What a later version wrote stays when this one changes something else."""
    Ledger(tmp_path).put(Record("rank", entries={ENTRY.place: ENTRY}))
    path = tmp_path / "published" / "rank.yml"
    text = path.read_text("utf-8").replace("published:\n", "later: {a: [1, 'two']}\npublished:\n", 1)
    path.write_text(text.replace("    adapter: 1\n", "    adapter: 1\n    mood: 'good: yes'\n"), "utf-8")
    ledger = Ledger(tmp_path)
    ledger.put(ledger.get("rank").with_entry(Entry(TargetName.DEVTO, Form.ARTICLE, url="https://dev.to/a/b")))
    written = path.read_text("utf-8")
    assert "later: {a: [1, two]}" in written or 'later: {a: [1, "two"]}' in written
    assert 'mood: "good: yes"' in written
    assert set(Ledger(tmp_path).get("rank").entries) == {"devto-article", "linkedin-post"}


@pytest.mark.parametrize(
    ("damage", "line", "says"),
    [
        (lambda t: "<<<<<<< HEAD\n" + t, 1, "merge conflict"),
        (lambda t: t.replace("published:\n", "published:\n=======\n"), 4, "merge conflict"),
        (lambda t: t.replace("status: published", "status: perhaps"), 5, "status"),
        (lambda t: t.replace("linkedin-post", "myspace-post"), 4, "no target"),
        (lambda t: t.replace("key: rank", "kex: rank").replace('key: "rank"', "kex: rank"), 2, "no `key`"),
        (lambda t: t.replace("adapter: 1", "adapter: one"), 12, "whole number"),
        (lambda t: t + "published: {}\n", 19, "second time"),
        (lambda t: re.sub(r"    (url|remote_id): .*\n", "", t), 4, "`url` or a `remote_id`"),
        (lambda t: t.replace("kind: p", "sort: p"), 17, "a piece has"),
        (lambda t: t[: len(t) // 2] + '"', 10, ""),
        (lambda _: "", 1, "key: value"),
        (lambda _: "\0", 1, "text"),
    ],
)
def test_a_bad_file_stops_and_stays(
    tmp_path: Path, damage: Callable[[str], str], line: int, says: str
) -> None:
    """The message has the line, and the bytes stay as they are."""
    Ledger(tmp_path).put(Record("rank", entries={ENTRY.place: ENTRY}))
    path = tmp_path / "published" / "rank.yml"
    path.write_text(damage(path.read_text("utf-8")), "utf-8")
    before = path.read_bytes()
    with pytest.raises(LedgerError) as caught:
        Ledger(tmp_path)
    assert says in caught.value.message
    assert caught.value.message.startswith(f"{path}:"), caught.value.message
    assert abs(int(caught.value.message.removeprefix(f"{path}:").split(":")[0]) - line) <= 3, (
        caught.value.message
    )
    assert path.read_bytes() == before


def test_a_file_that_changed_meanwhile_is_not_overwritten(tmp_path: Path) -> None:
    """What git brought in between stays."""
    Ledger(tmp_path).put(Record("rank", entries={ENTRY.place: ENTRY}))
    ledger = Ledger(tmp_path)
    path = tmp_path / "published" / "rank.yml"
    path.write_bytes(path.read_bytes() + b"later: 1\n")
    with pytest.raises(ChangedSinceReadError):
        ledger.put(Record("rank", is_not=("x",)))
    assert b"later" in path.read_bytes()


def test_two_files_of_one_key(tmp_path: Path) -> None:
    """A copied ledger file would make two truths."""
    Ledger(tmp_path).put(Record("rank", entries={ENTRY.place: ENTRY}))
    path = tmp_path / "published" / "rank.yml"
    (path.parent / "copy.yml").write_bytes(path.read_bytes())
    with pytest.raises(LedgerError, match="same key"):
        Ledger(tmp_path)


def test_git_merges_entries_of_two_machines(tmp_path: Path) -> None:
    """One machine adds dev.to, another corrects a piece: no conflict."""

    def git(*words: str) -> None:
        names = ["-c", "user.name=a", "-c", "user.email=a@example.org", "-c", "init.defaultBranch=main"]
        subprocess.run(["git", *names, *words], cwd=tmp_path, check=True, capture_output=True)

    record = Record("rank", entries={ENTRY.place: ENTRY})
    Ledger(tmp_path).put(record)
    git("init")
    git("add", ".")
    git("commit", "-m", "one")
    git("checkout", "-b", "other")
    ledger = Ledger(tmp_path)
    ledger.put(ledger.get("rank").with_entry(Entry(TargetName.DEVTO, Form.ARTICLE, url="https://dev.to/a/b")))
    git("commit", "-am", "two")
    git("checkout", "main")
    ledger = Ledger(tmp_path)
    changed = Entry(**{**_fields(ENTRY), "pieces": (ENTRY.pieces[0], Piece("code", "89", "other"))})
    ledger.put(ledger.get("rank").with_entry(changed))
    git("commit", "-am", "three")
    git("merge", "other")
    assert set(Ledger(tmp_path).get("rank").entries) == {"devto-article", "linkedin-post"}


def _fields(entry: Entry) -> dict[str, Any]:
    return {name: getattr(entry, name) for name in Entry.__dataclass_fields__}


# --- journal -------------------------------------------------------------------------------------

SEND = Sending(
    "", "rank", "linkedin-post", "create", "ab", "2026-11-22T10:00:00Z", {"title": "x"}, {"path": "y"}
)


def test_a_sent_line_without_answer_is_open(tmp_path: Path) -> None:
    """Whoever reads the journal later knows what was asked and what was answered."""
    journal = Journal(tmp_path)
    first = journal.sending(SEND)
    second = journal.sending(SEND)
    journal.answered(second, "done", "2026-11-22T10:00:01Z", {"url": "u"})
    again = Journal(tmp_path)
    assert [s.nonce for s in again.open_sends()] == [first]
    assert [s.nonce for s in again.unnoted()] == [second]
    assert again.sends == journal.sends
    again.settled(first, "not-sent", "x")
    again.noted(second)
    assert not Journal(tmp_path).open_sends()
    assert not Journal(tmp_path).unnoted()


def test_a_torn_last_line_at_every_byte(tmp_path: Path) -> None:
    """A power cut while writing leaves what was before it, and what is written after it is read."""
    journal = Journal(tmp_path)
    first = journal.sending(SEND)
    whole = journal.path.read_bytes()
    journal.answered(first, "done", "x", {"url": "}", "end": "1}"})
    answer = journal.path.read_bytes()[len(whole) :]
    for cut in range(len(answer) - 1):
        journal.path.write_bytes(whole + answer[:cut])
        later = Journal(tmp_path)
        assert later.sends[first].is_open == (cut < len(answer) - 1)
        later.settled(first, "not-sent", "y")
        assert not Journal(tmp_path).open_sends()
    journal.path.write_bytes(whole + b"\0" * 40)
    assert Journal(tmp_path).sends[first].is_open


@pytest.mark.parametrize(
    "damage",
    [
        lambda line: line.replace(b'"what": "sending"', b'"what": sending'),
        lambda line: line.replace(b'"key": "rank", ', b""),
        lambda line: b"\xff" + line,
    ],
)
def test_a_damaged_line_is_no_torn_one(tmp_path: Path, damage: Callable[[bytes], bytes]) -> None:
    """A line that was whole once and is not now could hide a post: nothing goes on."""
    journal = Journal(tmp_path)
    journal.sending(SEND)
    journal.path.write_bytes(damage(journal.path.read_bytes()))
    with pytest.raises(JournalError, match=r"journal\.jsonl:1"):
        Journal(tmp_path)


def test_lines_of_a_later_version_are_left_alone(tmp_path: Path) -> None:
    """An unknown kind of line is not an error."""
    journal = Journal(tmp_path)
    nonce = journal.sending(SEND)
    with journal.path.open("a") as file:
        file.write(json.dumps({"v": 2, "what": "measured", "end": 1}) + "\n")
    assert Journal(tmp_path).sends[nonce].is_open


def test_uploads_are_remembered_for_their_owner(tmp_path: Path) -> None:
    """A picture of one account is not another's."""
    journal = Journal(tmp_path)
    journal.uploading("linkedin", "urn:li:person:a", "sha", "t")
    assert Journal(tmp_path).upload_of("linkedin", "urn:li:person:a", "sha") is None
    journal.uploaded("linkedin", "urn:li:person:a", "sha", "urn:li:image:1", "t")
    again = Journal(tmp_path)
    assert again.upload_of("linkedin", "urn:li:person:a", "sha") == ("urn:li:image:1", "t")
    assert again.upload_of("linkedin", "urn:li:person:b", "sha") is None


def busy_journal(state: Path, rounds: int) -> Journal:
    """A journal in which notes went out again and again."""
    state.mkdir(parents=True, exist_ok=True)
    journal = Journal(state)
    lines: list[str] = []
    journal_write = journal._write

    def write(value: dict[str, Any]) -> None:
        lines.append(json.dumps({"v": 1, **value, "end": 1}))
        journal._apply(value)

    journal._write = write  # type: ignore[method-assign]
    long = {"pieces": [["p", "d" * 20, "words " * 10]] * 8}
    for number in range(rounds):
        key = f"n{number % 7}"
        nonce = journal.sending(
            Sending("", key, "linkedin-post", "update", f"p{number}", f"t{number}", long, {"path": key})
        )
        failed = number % 5 == 4
        journal.answered(nonce, "failed" if failed else "done", "t", {"url": f"https://x.example/{number}"})
        if not failed:
            journal.noted(nonce)
        journal.uploaded("linkedin", "me", f"digest{number % 9}", f"urn:{number}", "t")
    last = journal.sending(Sending("", "gone", "devto-article", "create", "p", "t", long))
    journal.settled(last, "not-sent", "t")
    (state / "journal.jsonl").write_text("".join(f"{line}\n" for line in lines))
    journal._write = journal_write  # type: ignore[method-assign]
    return journal


def told(journal: Journal) -> object:
    """All that is ever asked of a journal in which nothing is open."""
    places = sorted({(s.key, s.place) for s in journal.sends.values()})
    uploads = [journal.upload_of("linkedin", "me", f"digest{n}") for n in range(10)]
    return [journal.last(*p) for p in places], sorted(map(repr, journal.done_sends())), uploads


def test_a_large_settled_journal_is_made_compact(tmp_path: Path) -> None:
    """Red when it grows for ever, or forgets what went out, what failed last, or where a file is."""
    before = busy_journal(tmp_path, 1500)
    size = (tmp_path / "journal.jsonl").stat().st_size
    assert size > 1024 * 1024
    journal = Journal(tmp_path)
    assert told(journal) == told(before)
    assert journal.compact()
    assert (tmp_path / "journal.jsonl").stat().st_size < size / 20
    assert told(journal) == told(before) == told(Journal(tmp_path))
    assert not journal.compact()


def test_a_journal_with_something_open_is_left_alone(tmp_path: Path) -> None:
    """Red when a request without an answer, or one that the ledger lacks, is thrown away."""
    busy_journal(tmp_path, 1500)
    journal = Journal(tmp_path)
    nonce = journal.sending(Sending("", "a", "linkedin-post", "create", "p", "t"))
    data = (tmp_path / "journal.jsonl").read_bytes()
    assert not journal.compact()
    assert (tmp_path / "journal.jsonl").read_bytes() == data
    journal.answered(nonce, "done", "t", {})
    assert not journal.compact()
    journal.noted(nonce)
    assert journal.compact()


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork here")
def test_a_kill_while_it_is_made_compact_loses_nothing(tmp_path: Path) -> None:
    """Red when a kill at any moment leaves a journal that is neither the old nor the new one."""
    before = busy_journal(tmp_path, 1200)
    path, expected = tmp_path / "journal.jsonl", told(before)
    old = path.read_bytes()
    assert Journal(tmp_path).compact()
    new = path.read_bytes()
    moments, ends = random.Random(5), set()  # noqa: S311 - no secret
    for _ in range(16):
        path.write_bytes(old)
        pid = os.fork()
        if pid == 0:
            Journal(tmp_path).compact()
            os._exit(0)
        time.sleep(moments.uniform(0.0, 0.06))
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)
        now = path.read_bytes()
        assert now in {old, new}
        ends.add(now == new)
        assert told(Journal(tmp_path)) == expected
    assert ends, "some were killed before, some after"
