"""`kb cards import`: cards of other programs become ours, with their schedules; nothing else in the notes changes."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from fsrs import Card, Rating, Scheduler, State
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from notebook_kb.study.memory import Memory
from notebook_kb.study.schedule import due_at

from notebook_kb.errors import UsageError
from notebook_kb.study.foreign_schedule import difficulty_of, read_comment
from notebook_kb.workspace.cards_import import import_cards
from notebook_kb.workspace.workspace import Workspace

if TYPE_CHECKING:
    from notebook_kb.workspace.cards_import import Imported

REPOSITORY = Path(__file__).resolve().parent.parent.parent
FIXTURES = REPOSITORY / "tests" / "fixtures" / "cards"
FORMS = ("single", "several", "gaps", "safe", "plain")
NOW = datetime(2026, 12, 5, 9, tzinfo=UTC)
KILLER = """
import os, sys
import notebook_kb.study.memory as memory
import notebook_kb.workspace.cards_import as importing
from notebook_kb.workspace.workspace import Workspace
point, calls = int(sys.argv[1]), [0]
def killing(what):
    def run(*args):
        calls[0] += 1
        if calls[0] * 2 - 1 == point: os._exit(137)
        done = what(*args)
        if calls[0] * 2 == point: os._exit(137)
        return done
    return run
memory.append_line = killing(memory.append_line)
importing.write_file = killing(importing.write_file)
importing.import_cards(Workspace.open())
"""


def notebook(folder: Path, texts: dict[str, bytes]) -> Path:
    """A notebook with these notes."""
    (folder / "notes").mkdir(parents=True)
    (folder / "notebook.yml").write_text("title: T\n", encoding="utf-8")
    for name, data in texts.items():
        (folder / "notes" / name).write_bytes(data)
    return folder


def run(folder: Path, *names: str, dry_run: bool = False, untagged: bool = False) -> Imported:
    """Import in a notebook, on a fixed day."""
    return import_cards(Workspace.open(folder), names, dry_run=dry_run, untagged=untagged, clock=lambda: NOW)


def log_of(folder: Path) -> list[dict[str, Any]]:
    """The lines of the review log."""
    files = sorted((folder / ".kb" / "reviews").glob("*.jsonl"))
    return [json.loads(line) for f in files for line in f.read_text(encoding="utf-8").splitlines()]


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("end", ["\n", "\r\n"], ids=["lf", "crlf"])
def test_each_form_becomes_the_expected_cards_and_every_other_byte_stays(
    form: str, end: str, tmp_path: Path
) -> None:
    bom = b"\xef\xbb\xbf" if end == "\r\n" else b""
    before, after = (
        bom + (FIXTURES / f"{form}{kind}.md").read_bytes().replace(b"\n", end.encode())
        for kind in ("", ".expected")
    )
    folder = notebook(tmp_path, {f"{form}.md": before})
    run(folder)
    assert (folder / "notes" / f"{form}.md").read_bytes() == after
    lines = len(log_of(folder))
    again = run(folder)
    assert not again.changed, "a second run finds nothing to do"
    assert len(log_of(folder)) == lines


def test_each_schedule_gives_the_day_that_the_plugin_had_set(tmp_path: Path) -> None:
    folder = notebook(tmp_path, {f"{f}.md": (FIXTURES / f"{f}.md").read_bytes() for f in FORMS})
    done = run(folder)
    states = Memory.open(folder / ".kb").states
    due = {}
    for one in done.changed:
        for name, card in zip(one.ids, one.new_cards, strict=True):
            for n, schedule in enumerate(card.schedules, start=1):
                if schedule:
                    due[f"{name}.{n}" if card.gaps else name] = schedule.due
    assert len(due) == done.scheduled == done.adopted == 9
    assert {card: due_at(states[card], 0.9).date() for card in due} == due
    assert set(states) == set(due), "what was never answered stays new"


@pytest.mark.parametrize("point", range(1, 9))
def test_a_kill_at_any_step_neither_loses_nor_doubles_a_schedule(point: int, tmp_path: Path) -> None:
    """Points: before and after the copy, the two schedules, the note."""
    source = (FIXTURES / "several.md").read_bytes()
    folder = notebook(tmp_path, {"several.md": source})
    environment = {**os.environ, "PYTHONPATH": str(REPOSITORY)}
    killed = subprocess.run(
        [sys.executable, "-c", KILLER, str(point)], cwd=folder, env=environment, check=False, timeout=60
    )
    assert killed.returncode == 137
    note = (folder / "notes" / "several.md").read_bytes()
    assert note in {source, (FIXTURES / "several.expected.md").read_bytes()}
    if note != source:
        assert len(log_of(folder)) == 2, "the comments leave the note only after the log has them"
    run(folder)
    assert (folder / "notes" / "several.md").read_bytes() == (FIXTURES / "several.expected.md").read_bytes()
    assert sorted(entry["stability"] for entry in log_of(folder)) == [30.0, 30.5]


def test_an_answer_given_here_is_not_overwritten_and_a_newer_schedule_is_taken(tmp_path: Path) -> None:
    def text(due: str) -> bytes:
        return f"#flashcards\n\na::b\n<!--SR:!{due},10,250-->\n".encode()

    folder = notebook(tmp_path, {"n.md": text("2026-11-20")})
    run(folder)
    (folder / "notes" / "n.md").write_bytes(text("2026-11-20"))
    assert run(folder).adopted == 0
    (folder / "notes" / "n.md").write_bytes(text("2026-12-01"))
    assert run(folder).adopted == 1


def test_a_dry_run_writes_nothing(tmp_path: Path) -> None:
    folder = notebook(tmp_path, {"several.md": (FIXTURES / "several.md").read_bytes()})
    done = run(folder, dry_run=True)
    assert done.cards == 5
    assert done.scheduled == 2
    left = {p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file()}
    assert {p for p in left if "cache" not in p} == {"notebook.yml", "notes/several.md"}
    assert (folder / "notes" / "several.md").read_bytes() == (FIXTURES / "several.md").read_bytes()


def test_the_notes_as_they_were_are_kept(tmp_path: Path) -> None:
    source = (FIXTURES / "gaps.md").read_bytes()
    folder = notebook(tmp_path, {"gaps.md": source})
    backup = run(folder).backup
    assert backup is not None
    assert (backup / "notes" / "gaps.md").read_bytes() == source


def test_untagged_takes_questions_but_never_ordinary_highlights(tmp_path: Path) -> None:
    folder = notebook(tmp_path, {"n.md": b"a::b\n\nis it\n?\nyes\n\nplain ==words== here\n"})
    assert run(folder).cards == 0
    assert run(folder, untagged=True).cards == 2
    assert "\nplain ==words== here\n" in (folder / "notes" / "n.md").read_text(encoding="utf-8")


def test_the_settings_of_the_plugin_say_what_it_took(tmp_path: Path) -> None:
    """Its own tag, bold words and braces as gaps, no highlights, another sign, answers with blank lines."""
    text = "#karten/mathe\n\nA ==mark==, **bold** and {{brace}}.\n\na >> b\n\nQuestion\n?\nfirst\n\nsecond\n+++\n\nafter\n"
    folder = notebook(tmp_path, {"n.md": text.encode()})
    plugin = folder / ".obsidian" / "plugins" / "obsidian-spaced-repetition"
    plugin.mkdir(parents=True)
    given_settings = {
        "flashcardTags": ["#karten"],
        "convertHighlightsToClozes": False,
        "convertBoldTextToClozes": True,
        "convertCurlyBracketsToClozes": True,
        "singleLineCardSeparator": ">>",
        "multilineCardEndMarker": "+++",
    }
    (plugin / "data.json").write_text(json.dumps({"settings": given_settings}), encoding="utf-8")
    done = run(folder)
    after = (folder / "notes" / "n.md").read_text(encoding="utf-8")
    assert "Q: a\nA: b ^k-" in after
    assert "Q: Question\nA: first\n\nsecond\n\n^k-" in after
    assert "\n\nafter\n" in after
    assert "A ==mark==, **bold** and {{brace}}." in after, "highlights would become gaps that nobody set"
    assert any("highlights besides" in left.why for one in done.notes for left in one.left)


@pytest.mark.parametrize(
    "data",
    ["", "{", "[1]", '{"settings": 3}', '{"settings": {"flashcardTags": 3, "multilineCardSeparator": []}}'],
)
def test_broken_settings_of_the_plugin_count_as_not_set(data: str, tmp_path: Path) -> None:
    folder = notebook(tmp_path, {"n.md": b"#flashcards\n\na::b\n"})
    plugin = folder / ".obsidian" / "plugins" / "obsidian-spaced-repetition"
    plugin.mkdir(parents=True)
    (plugin / "data.json").write_text(data, encoding="utf-8")
    assert run(folder).cards == 1


def test_an_unknown_name_is_an_error_and_a_folder_means_its_notes(tmp_path: Path) -> None:
    folder = notebook(tmp_path, {"n.md": b"#flashcards\n\na::b\n"})
    with pytest.raises(UsageError):
        run(folder, "nothing-like-it")
    (folder / "notes" / "deep").mkdir()
    (folder / "notes" / "deep" / "m.md").write_bytes(b"#flashcards\n\nc::d\n")
    assert run(folder, "notes/deep/").cards == 1


def test_two_notes_with_one_question_get_two_ids(tmp_path: Path) -> None:
    folder = notebook(
        tmp_path, {"a.md": b"---\nid: x\n---\n#flashcards\n\na::b\na::c\n", "b.md": b"#flashcards\n\na::b\n"}
    )
    ids = [name for one in run(folder).changed for name in one.ids]
    assert len(ids) == len(set(ids)) == 3


@pytest.mark.parametrize("interval", [1.0, 4.0, 30.0, 300.0])
@pytest.mark.parametrize("ease", [1.9, 2.3, 2.5, 2.7])
def test_a_card_goes_on_growing_as_it_did(interval: float, ease: float) -> None:
    """A good answer on the day that it is due multiplies the stability by the ease, where FSRS allows such a difficulty."""
    difficulty = difficulty_of(ease, interval)
    if not 1 < difficulty < 10:
        return
    scheduler = Scheduler(learning_steps=(), relearning_steps=(), enable_fuzzing=False)
    grown = scheduler._next_recall_stability(
        difficulty=difficulty, stability=interval, retrievability=0.9, rating=Rating.Good
    )
    assert grown == pytest.approx(interval * ease, rel=1e-3)
    assert Card().state is State.Learning


def test_comments_of_all_ages_are_read() -> None:
    """Several entries, `2000-01-01` for a new card, no `!` in old ones, FSRS in new ones; nonsense is refused."""
    found = read_comment("!2026-12-01,10,250!2000-01-01,1,250")
    assert found is not None
    assert [s and s.stability for s in found] == [10.0, None]
    assert read_comment("2026-12-01,10,250") is not None
    fsrs = read_comment("!fsrs,2026-12-20,12,14.5,6.25,2,4,1,0,2026-12-08")
    assert fsrs is not None
    assert fsrs[0] is not None
    assert (fsrs[0].stability, fsrs[0].difficulty) == (14.5, 6.25)
    for nonsense in (
        "",
        "!",
        "x",
        "!2026-13-01,1,250",
        "!2026-12-01,x,250",
        "!9999-12-31,99999999999,250",
        "!0001-01-01,5,1",
    ):
        assert read_comment(nonsense) is None


PIECES = st.sampled_from(
    [
        "#flashcards",
        "a::b",
        "x:::y",
        "?",
        "??",
        "==m==",
        "**b**",
        "{{c1::z}}",
        "{{c2::",
        "}}",
        "- i::j",
        "1. k::l",
        "```",
        "$$",
        "`c::d`",
        "$e::f$",
        "<!--SR:!2026-12-01,10,250-->",
        "<!--SR:!-->",
        "%%",
        "# H::h",
        "> q::r",
        "| t::u | v |\n|---|---|",
        "Q: q",
        "A: a",
        "C: ==c==",
        "^k-12345678",
        "",
        "",
        "\t",
        "  s::t",
        "<div>",
        "\\=\\=",
    ]
)


@given(st.lists(PIECES, max_size=14))
@settings(max_examples=120, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_text_breaks_it_and_old_cards_stay(
    tmp_path_factory: pytest.TempPathFactory, lines: list[str]
) -> None:
    """Whatever a note holds: no exception, what is there of code, formulas, tables and headings stays word for word."""
    folder = notebook(tmp_path_factory.mktemp("nb"), {"n.md": "\n".join(lines).encode()})
    run(folder)
    after = (folder / "notes" / "n.md").read_text(encoding="utf-8")
    for sign in ("`c::d`", "$e::f$", "# H::h", "> q::r", "| t::u | v |"):
        assert after.count(sign) >= "\n".join(lines).count(sign)
    assert not run(folder).changed
