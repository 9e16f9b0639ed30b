from __future__ import annotations

import random
import time
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import fsrs
import pytest

from notebook_kb.settings import Settings, load_settings
from notebook_kb.study.days import MachineZone
from notebook_kb.study.log import Mode, Review, Undo, settle
from notebook_kb.study.schedule import (
    after,
    day_end,
    due_at,
    replay,
    retention_for,
    retrievability,
    study_day,
    study_zone,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

BEGIN = datetime(2025, 1, 6, 8, tzinfo=UTC)
RETENTIONS = (0.7, 0.85, 0.9, 0.95, 0.99)
NOT_COUNTED = (Mode.REPEAT, Mode.CRAM, Mode.MOCK)


def review(
    number: int, at: datetime, rating: int, mode: Mode = Mode.REVIEW, card: str = "k-1", **more: object
) -> Review:
    return Review(f"{number:026d}", card, at, rating, 1000, mode, "f", **more)  # type: ignore[arg-type]


def history(chance: random.Random) -> tuple[list[Review], list[Undo], list[Review]]:
    """Entries of one card in any order, undos among them, and those that count, in order."""
    entries, undos, counted = [], [], []
    at = BEGIN
    for number in range(chance.randrange(1, 40)):
        gap = chance.choice([0, 30, 3600, 80_000, 86_400, 86_399, 5 * 86_400, 60 * 86_400, 400 * 86_400])
        at += timedelta(seconds=gap + chance.randrange(60))
        entry = review(number, at, chance.randrange(1, 5))
        kind = chance.random()
        if kind < 0.2:
            entry = entry._replace(mode=chance.choice(NOT_COUNTED))
        elif kind < 0.3:
            undos.append(Undo(f"{number + 1000:026d}", at, entry.id))
        else:
            counted.append(entry)
        entries.append(entry)
    chance.shuffle(entries)
    return entries, undos, counted


def by_package(reviews: list[Review], retention: float) -> fsrs.Card:
    """The package, called as its documentation says."""
    scheduler = fsrs.Scheduler(
        desired_retention=retention, learning_steps=(), relearning_steps=(), enable_fuzzing=False
    )
    card = fsrs.Card(card_id=1, due=BEGIN)
    for entry in reviews:
        card, _ = scheduler.review_card(card, fsrs.Rating(entry.rating), entry.at)
    return card


# --- the package ----------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(500))
def test_a_history_gives_what_the_package_gives(seed: int) -> None:
    """Red when a repeat, cram or undone answer counts, steps or chance come in, or the interval is another one."""
    chance = random.Random(seed)  # noqa: S311 - nothing secret
    entries, undos, counted = history(chance)
    states = replay(settle(entries, undos)[0])
    assert set(states) == ({"k-1"} if counted else set())
    retention = RETENTIONS[seed % len(RETENTIONS)]
    expected = by_package(counted, retention)
    if not counted:
        return
    state = states["k-1"]
    assert state.stability == pytest.approx(expected.stability, abs=1e-4)
    assert state.difficulty == pytest.approx(expected.difficulty, abs=1e-4)
    assert due_at(state, retention) == expected.due
    assert (state.last, state.last_id, state.last_rating) == (
        counted[-1].at,
        counted[-1].id,
        counted[-1].rating,
    )
    assert state.reps == len(counted)
    assert state.lapses == sum(entry.rating == 1 for entry in counted[1:])
    moment = state.last + timedelta(days=chance.randrange(100), seconds=chance.randrange(86_400))
    scheduler = fsrs.Scheduler(learning_steps=(), relearning_steps=(), enable_fuzzing=False)
    assert retrievability(state, moment) == pytest.approx(scheduler.get_card_retrievability(expected, moment))


@pytest.mark.parametrize("seed", range(40))
def test_one_entry_after_the_other_is_the_whole_history(seed: int) -> None:
    """Red when the state that is kept up to date differs from a replay."""
    chance = random.Random(seed)  # noqa: S311 - nothing secret
    counted = history(chance)[2]
    imported = review(5000, BEGIN + timedelta(days=9000), 0, Mode.IMPORT, stability=12.5, difficulty=4.0)
    later = review(5001, BEGIN + timedelta(days=9030), 1)
    reset = review(5002, BEGIN + timedelta(days=9040), 0, Mode.RESET)
    anew = review(5003, BEGIN + timedelta(days=9050), 3)
    state = None
    every = [*counted, imported, later, reset, anew]
    for number, entry in enumerate(every):
        state = after(state, entry, "")
        assert replay(every[: number + 1]).get("k-1") == state


def test_a_state_taken_over_is_gone_on_with() -> None:
    """Red when an import counts as an answer, or the answers before it go on to count."""
    imported = review(2, BEGIN + timedelta(days=30), 0, Mode.IMPORT, stability=20.0, difficulty=6.0)
    state = replay([review(1, BEGIN, 1), imported])["k-1"]
    assert (state.stability, state.difficulty, state.reps, state.lapses) == (20.0, 6.0, 1, 0)
    known = fsrs.Card(1, fsrs.State.Review, None, 20.0, 6.0, BEGIN, imported.at)
    scheduler = fsrs.Scheduler(learning_steps=(), relearning_steps=(), enable_fuzzing=False)
    expected, _ = scheduler.review_card(known, fsrs.Rating.Again, BEGIN + timedelta(days=50))
    state = replay([imported, review(3, BEGIN + timedelta(days=50), 1)])["k-1"]
    assert state.stability == pytest.approx(expected.stability)
    assert due_at(state, 0.9) == expected.due
    assert (state.reps, state.lapses) == (1, 1)


def test_a_card_that_was_set_back_is_new() -> None:
    """Red when a reset leaves reps, lapses or stability of the question before."""
    reset = review(2, BEGIN + timedelta(days=3), 0, Mode.RESET)
    assert replay([review(1, BEGIN, 3), reset]) == {}
    again = review(3, BEGIN + timedelta(days=4), 1)
    assert replay([review(1, BEGIN, 3), reset, again]) == replay([again])


def test_the_question_is_that_of_the_last_entry_that_counts() -> None:
    """Red when a cram with a new question hides that the schedule belongs to the old one."""
    first = review(1, BEGIN, 3, front="What is rank?")
    cram = review(2, BEGIN + timedelta(days=1), 3, Mode.CRAM, front="What is the rank of A?")._replace(
        fingerprint="g"
    )
    assert replay([first, cram])["k-1"].front == "What is rank?"
    later = review(3, BEGIN + timedelta(days=2), 3)._replace(fingerprint="g")
    assert replay([first, cram, later])["k-1"].front == "What is the rank of A?"


# --- days -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("moment", "zone", "day"),
    [
        ("2026-11-22T03:59:59+01:00", "Europe/Berlin", date(2026, 11, 21)),
        ("2026-11-22T04:00:00+01:00", "Europe/Berlin", date(2026, 11, 22)),
        ("2026-03-29T03:59:59+02:00", "Europe/Berlin", date(2026, 3, 28)),  # clocks went forward
        ("2026-03-29T04:00:00+02:00", "Europe/Berlin", date(2026, 3, 29)),
        ("2026-10-25T02:30:00+01:00", "Europe/Berlin", date(2026, 10, 24)),  # this hour came twice
        ("2026-10-25T03:30:00+03:00", "Europe/Helsinki", date(2026, 10, 24)),
        ("2026-10-25T03:30:00+02:00", "Europe/Helsinki", date(2026, 10, 24)),  # an hour later
        ("2026-10-25T04:00:00+02:00", "Europe/Helsinki", date(2026, 10, 25)),
        ("2026-11-22T17:59:59+00:00", "Asia/Tokyo", date(2026, 11, 22)),
        ("2026-11-22T19:00:00+00:00", "Asia/Tokyo", date(2026, 11, 23)),
        ("2026-11-22T11:59:59+00:00", "America/Los_Angeles", date(2026, 11, 21)),
    ],
)
def test_the_day_changes_at_four(moment: str, zone: str, day: date) -> None:
    assert study_day(datetime.fromisoformat(moment), ZoneInfo(zone)) == day


@pytest.mark.parametrize(
    "zone", ["Europe/Berlin", "Europe/Helsinki", "America/New_York", "Australia/Lord_Howe", "UTC"]
)
def test_each_moment_is_in_exactly_one_day(zone: str) -> None:
    """Red when a day has a hole or an overlap where the clocks are changed."""
    place = ZoneInfo(zone)
    at = datetime(2026, 1, 1, tzinfo=UTC)
    before = study_day(at, place)
    for _ in range(366 * 24 * 2):
        day = study_day(at, place)
        assert day >= before
        assert day_end(day - timedelta(days=1), place) <= at < day_end(day, place)
        at, before = at + timedelta(minutes=30), day


@pytest.fixture
def in_berlin(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("TZ", "Europe/Berlin")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


@pytest.mark.usefixtures("in_berlin")
def test_the_machines_zone_knows_summer_and_winter() -> None:
    """Red when the offset of today is used for all the year."""
    zone, berlin = MachineZone(), ZoneInfo("Europe/Berlin")
    at = datetime(2026, 1, 1, tzinfo=UTC)
    for _ in range(366 * 24):
        assert at.astimezone(zone).replace(tzinfo=None) == at.astimezone(berlin).replace(tzinfo=None)
        assert study_day(at, zone) == study_day(at, berlin)
        at += timedelta(hours=1)


@pytest.mark.usefixtures("in_berlin")
def test_the_notebooks_zone_counts_only_where_it_is_given() -> None:
    """Red when the default `UTC` is taken for a wish."""
    at = datetime(2026, 11, 22, 2, 30, tzinfo=UTC)
    assert study_day(at, study_zone(Settings())) == date(2026, 11, 21)
    assert study_day(at, study_zone(load_settings("timezone:\n"))) == date(2026, 11, 21)
    assert study_day(at.replace(hour=3), study_zone(load_settings("title: x\n"))) == date(2026, 11, 22)
    assert study_day(at.replace(hour=3), study_zone(load_settings("timezone: UTC\n"))) == date(2026, 11, 21)
    assert study_day(at, study_zone(load_settings("timezone: Asia/Tokyo\n"))) == date(2026, 11, 22)


# --- retention ------------------------------------------------------------------------------------


def test_retention_is_by_area_else_the_default() -> None:
    settings = load_settings("cards: {retention: {linear-algebra: 0.85, default: 0.8}}")
    assert retention_for(settings, "linear-algebra") == 0.85
    assert retention_for(settings, "calculus") == retention_for(settings, "") == 0.8
    assert retention_for(load_settings("cards: {retention: {calculus: 0.95}}"), "linear-algebra") == 0.9
    assert retention_for(Settings(), "calculus") == 0.9


def test_more_retention_is_sooner() -> None:
    state = replay([review(1, BEGIN, 3), review(2, BEGIN + timedelta(days=2), 3)])["k-1"]
    days = [(due_at(state, share) - state.last).days for share in RETENTIONS]
    assert days == sorted(days, reverse=True)
    assert days[-1] >= 1
    assert days[0] > days[-1]
