"""A review session: its order, failed cards again, and that all of it follows from the log."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from notebook_kb.errors import UsageError
from notebook_kb.model.card import CardKind, StudyCard
from notebook_kb.study.deck import Deck, fingerprint
from notebook_kb.study.log import Mode
from notebook_kb.study.memory import Memory
from notebook_kb.study.session import REPEAT_AFTER, Scope, Session, StaleTurnError

if TYPE_CHECKING:
    from pathlib import Path

START = datetime(2026, 11, 23, 10, tzinfo=UTC)


class Clock:
    """A clock that is turned by hand."""

    def __init__(self, at: datetime = START) -> None:
        self.at = at

    def __call__(self) -> datetime:
        return self.at

    def go(self, **span: float) -> None:
        self.at += timedelta(**span)


def card(name: str, front: str = "") -> StudyCard:
    front = front or f"What is {name}?"
    kind = CardKind.CLOZE if "." in name else CardKind.QUESTION
    return StudyCard(name, kind, front, "It.", path="notes/a.md", fingerprint=fingerprint(front))


def deck(*cards: StudyCard | str) -> Deck:
    made = [c if isinstance(c, StudyCard) else card(c) for c in cards]
    return Deck({c.id: c for c in made})


class Desk:
    """A session with its memory and clock."""

    def __init__(
        self,
        folder: Path,
        cards: Deck,
        scope: Scope | None = None,
        clock: Clock | None = None,
        device: str = "laptop",
    ) -> None:
        self.folder, self.cards, self.scope, self.device = folder, cards, scope, device
        self.clock = clock or Clock()
        self.open()

    def open(self) -> None:
        """As after a restart."""
        self.memory = Memory.open(self.folder, self.device, clock=self.clock)
        self.session = Session(
            self.cards,
            self.memory,
            zone=UTC,
            retention_for=lambda _: 0.9,
            scope=self.scope,
            clock=self.clock,
        )

    def next(self) -> str:
        turn = self.session.turn()
        return turn.card.id if turn else ""

    def say(self, rating: int) -> str:
        turn = self.session.turn()
        assert turn
        self.session.answer(turn.card.id, rating, 3000, turn.seen)
        self.clock.go(seconds=5)
        return f"{turn.why} {turn.card.id}"


def test_due_cards_come_first_and_those_most_at_risk_before_all(tmp_path: Path) -> None:
    desk = Desk(tmp_path, deck("k-1", "k-2", "k-3"))
    for name, ago, rating in (("k-1", 9, 4), ("k-2", 20, 3), ("k-3", 4, 3)):
        at = START - timedelta(days=ago)
        desk.memory.record(name, rating, 1000, Mode.REVIEW, desk.cards.cards[name].fingerprint, "", at=at)
    desk.cards = deck("k-0", "k-1", "k-2", "k-3")
    desk.open()
    asked = []
    while desk.next():
        asked.append(desk.say(3))
    assert asked == ["due k-2", "due k-3", "due k-1", "new k-0"]


def test_a_failed_card_comes_again_until_it_is_known_also_after_a_kill(tmp_path: Path) -> None:
    desk = Desk(tmp_path, deck(*(f"k-{n}" for n in range(8))))
    assert desk.say(1) == "new k-0"
    for n in range(1, 1 + REPEAT_AFTER):
        desk.open()
        assert desk.say(3) == f"new k-{n}"
    assert desk.say(1) == "repeat k-0"
    assert desk.say(3) == "new k-6"
    assert desk.say(3) == "new k-7"
    desk.open()
    assert desk.say(3) == "repeat k-0"
    assert desk.next() == ""
    modes = [r.mode for r in desk.memory.reviews() if r.card == "k-0"]
    assert modes == [Mode.REVIEW, Mode.REPEAT, Mode.REPEAT]
    assert desk.memory.states["k-0"].reps == 1


def test_gaps_of_one_cloze_do_not_follow_each_other_and_new_ones_wait_a_day(tmp_path: Path) -> None:
    desk = Desk(tmp_path, deck("k-a.1", "k-a.2", "k-b"))
    assert [desk.say(3), desk.say(3)] == ["new k-a.1", "new k-b"]
    assert desk.next() == ""
    desk.clock.go(days=1)
    assert desk.say(3) == "new k-a.2"
    desk.clock.go(days=4)
    assert [desk.say(3)[4:] for _ in range(3)] in (["k-a.1", "k-b", "k-a.2"], ["k-a.2", "k-b", "k-a.1"])


def test_new_cards_are_counted_by_the_day(tmp_path: Path) -> None:
    desk = Desk(tmp_path, deck(*(f"k-{n}" for n in range(5))), Scope(most_new=2))
    assert [desk.say(3), desk.say(1)] == ["new k-0", "new k-1"]
    desk.open()
    assert desk.say(3) == "repeat k-1"
    assert desk.next() == ""
    desk.clock.go(days=1)
    assert [desk.say(3)[:3] for _ in range(3)] == ["due", "new", "new"]


def test_an_answer_to_a_card_that_was_answered_elsewhere_does_not_count(tmp_path: Path) -> None:
    desk = Desk(tmp_path, deck("k-1", "k-2"))
    here = desk.session.turn()
    other = Desk(tmp_path, desk.cards, clock=desk.clock, device="phone")
    assert here
    assert other.say(4) == "new k-1"
    with pytest.raises(StaleTurnError):
        desk.session.answer(here.card.id, 1, 1000, here.seen)
    assert [r.rating for r in desk.memory.reviews()] == [4]
    assert desk.next() == "k-2"
    with pytest.raises(StaleTurnError):  # the same answer sent twice
        desk.session.answer("k-1", 4, 1000, "")


def test_undo_takes_back_reviews_and_repetitions_of_today_one_by_one(tmp_path: Path) -> None:
    desk = Desk(tmp_path, deck("k-1"))
    desk.memory.record("k-1", 3, 1, Mode.REVIEW, "x", "", at=START - timedelta(days=3))
    before = desk.memory.states["k-1"]
    desk.say(1)
    desk.say(3)
    assert desk.next() == ""
    desk.open()
    assert desk.session.undo() == desk.cards.cards["k-1"]
    assert desk.session.turn() is not None
    assert desk.session.undo() is not None
    assert desk.memory.states["k-1"] == before
    assert desk.session.undo() is None


def test_a_skipped_card_stays_due(tmp_path: Path) -> None:
    desk = Desk(tmp_path, deck("k-1", "k-2"))
    desk.session.skip("k-1")
    assert desk.say(3) == "new k-2"
    assert desk.next() == ""
    desk.open()
    assert desk.next() == "k-1"


def test_the_day_ends_at_four_in_the_morning_of_the_place(tmp_path: Path) -> None:
    zone = ZoneInfo("America/New_York")
    clock = Clock(datetime(2026, 11, 23, 23, 30, tzinfo=zone).astimezone(UTC))
    desk = Desk(tmp_path, deck("k-1"), clock=clock)
    desk.session.zone = zone
    desk.say(2)  # one day
    desk.clock.go(hours=4)  # 03:30
    assert desk.next() == ""
    desk.clock.go(minutes=31)
    assert desk.next() == "k-1"


def test_a_question_that_was_much_changed_is_asked_about(tmp_path: Path) -> None:
    old = card("k-1", "What does the rank of a matrix count?")
    desk = Desk(tmp_path, deck(old))
    desk.say(3)
    desk.clock.go(days=5)
    for front, asked in (
        ("What does the rank of any matrix count?", ""),
        ("Name the four fundamental subspaces.", old.front),
    ):
        desk.session.replace_deck(deck(card("k-1", front)))
        turn = desk.session.turn()
        assert turn
        assert turn.changed_from == asked
    desk.session.start_anew("k-1")
    assert "k-1" not in desk.memory.states
    turn = desk.session.turn()
    assert turn
    assert (turn.why, turn.changed_from) == ("new", "")


def test_the_shown_intervals_are_those_that_come(tmp_path: Path) -> None:
    desk = Desk(tmp_path, deck(*(f"k-{n}" for n in range(4))))
    for rating in (1, 2, 3, 4):
        turn = desk.session.turn()
        assert turn
        shown = desk.session.intervals(turn.card.id)[rating]
        answered = desk.session.answer(turn.card.id, rating, 1, turn.seen)
        state = desk.memory.states[turn.card.id]
        assert shown == round((_due(desk, turn.card.id) - state.last).total_seconds() / 86400)
        assert answered.due is None if rating == 1 else answered.due == _due(desk, turn.card.id)


def _due(desk: Desk, name: str) -> datetime:
    from notebook_kb.study.schedule import due_at

    return due_at(desk.memory.states[name], 0.9)


def test_a_rating_or_card_that_there_is_none_of_is_refused(tmp_path: Path) -> None:
    desk = Desk(tmp_path, deck("k-1"))
    for name, rating in (("k-1", 0), ("k-1", 5), ("k-9", 3)):
        with pytest.raises(UsageError):
            desk.session.answer(name, rating, 1, "")
    assert desk.memory.reviews() == ()


def test_a_limit_ends_the_session(tmp_path: Path) -> None:
    desk = Desk(tmp_path, deck(*(f"k-{n}" for n in range(5))), Scope(most=2))
    assert [desk.say(3), desk.say(3)] == ["new k-0", "new k-1"]
    assert desk.next() == ""


@settings(max_examples=60, deadline=None)
@given(
    steps=st.lists(
        st.one_of(st.integers(1, 4), st.sampled_from(["undo", "restart", "day", "anew", "skip"])),
        max_size=40,
    )
)
def test_a_session_ends_and_a_restart_never_changes_what_is_asked(
    tmp_path_factory: pytest.TempPathFactory, steps: list[int | str]
) -> None:
    desk = Desk(tmp_path_factory.mktemp("s"), deck(*(f"k-{n}" for n in range(6)), "k-c.1", "k-c.2"))
    for step in steps:
        turn = desk.session.turn()
        if step == "undo":
            desk.session.undo()
        elif step == "day":
            desk.clock.go(days=1)
        elif turn is None:
            continue
        elif step == "anew":
            desk.session.start_anew(turn.card.id)
        elif step == "skip":
            desk.session.skip(turn.card.id)
        elif isinstance(step, int):
            desk.session.answer(turn.card.id, step, 2000, turn.seen)
        desk.clock.go(seconds=3)
        skipped = desk.session.skipped
        before = desk.session.turn()
        desk.open()
        desk.session.skipped = set(skipped) if step != "restart" else set()
        if step != "restart":
            assert desk.session.turn() == before
    for _ in range(60):
        if not desk.next():
            break
        desk.say(3)
    assert desk.next() == ""
