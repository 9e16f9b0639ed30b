"""A review session: its order, what comes again and when, and that all of it follows from the log."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from hypothesis import given, settings
from hypothesis import strategies as st

from notebook_kb.model.card import CardKind, StudyCard
from notebook_kb.study.deck import Deck, fingerprint
from notebook_kb.study.memory import Memory
from notebook_kb.study.session import Session

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

    from notebook_kb.study.session import Scope

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


def test_gaps_of_one_cloze_do_not_follow_each_other_and_new_ones_wait_a_day(tmp_path: Path) -> None:
    desk = Desk(tmp_path, deck("k-a.1", "k-a.2", "k-b"))
    assert [desk.say(3), desk.say(3)] == ["new k-a.1", "new k-b"]
    assert desk.next() == ""
    desk.clock.go(days=1)
    assert desk.say(3) == "new k-a.2"
    desk.clock.go(days=4)
    assert [desk.say(3)[4:] for _ in range(3)] in (["k-a.1", "k-b", "k-a.2"], ["k-a.2", "k-b", "k-a.1"])


@settings(max_examples=40, deadline=None)
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
