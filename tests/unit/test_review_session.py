"""A review session over a real log: what is asked, in which order, and that its state follows from the log alone."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import pytest

from notebook_kb.errors import UsageError
from notebook_kb.model.card import CardKind, StudyCard
from notebook_kb.study.deck import Deck, fingerprint
from notebook_kb.study.entries import Mode
from notebook_kb.study.memory import Memory
from notebook_kb.study.session import Scope, Session, StaleTurnError

if TYPE_CHECKING:
    from pathlib import Path

BERLIN = ZoneInfo("Europe/Berlin")
START = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
AGAIN, GOOD, EASY = 1, 3, 4


def card(name: str, front: str = "", **more: Any) -> StudyCard:
    """A question of a note."""
    asked = front or f"What is {name}?"
    kind = CardKind.CLOZE if "." in name else CardKind.QUESTION
    made = StudyCard(
        name, kind, asked, "It is.", path="notes/a.md", line=3, title="A", fingerprint=fingerprint(asked)
    )
    return replace(made, **more)


def deck_of(*cards: StudyCard) -> Deck:
    return Deck({c.id: c for c in cards})


class Learner:
    """Somebody with a log in a folder and a clock that moves on ten seconds with each answer."""

    def __init__(self, state: Path, deck: Deck) -> None:
        self.state = state
        self.deck = deck
        self.time = START
        self.session = self.open()

    def open(self, scope: Scope | None = None, deck: Deck | None = None) -> Session:
        """A session as another process would open it: nothing but the files."""
        memory = Memory.open(self.state, "desk", clock=lambda: self.time)
        self.session = Session(
            deck or self.deck,
            memory,
            zone=BERLIN,
            retention_for=lambda _: 0.9,
            scope=scope,
            clock=lambda: self.time,
        )
        return self.session

    def asked(self) -> str:
        turn = self.session.turn()
        return turn.card.id if turn else ""

    def answer(self, rating: int = GOOD) -> str:
        """Answer what is asked; its id."""
        turn = self.session.turn()
        assert turn
        self.time += timedelta(seconds=10)
        self.session.answer(turn.card.id, rating, 9000, turn.seen)
        return turn.card.id

    def finish(self, rating: int = GOOD) -> list[str]:
        """Answer until nothing is asked."""
        found = []
        while self.session.turn():
            found.append(self.answer(rating))
        return found

    def learn(self, answers: dict[str, int], days_ago: int) -> None:
        """Answers of an earlier day."""
        memory = self.session.memory
        for name, rating in answers.items():
            asked = self.deck.cards[name]
            at = self.time - timedelta(days=days_ago)
            memory.record(name, rating, 5000, Mode.REVIEW, asked.fingerprint, asked.front, at=at)


@pytest.fixture
def learner(tmp_path: Path) -> Learner:
    """A deck of six cards, nothing answered."""
    return Learner(tmp_path, deck_of(*map(card, ("k-a", "k-b", "k-c", "k-d", "k-e", "k-f"))))


def test_due_cards_come_before_new_ones_most_at_risk_first(learner: Learner) -> None:
    """Of two due cards the one that is less likely remembered is asked first; new ones come after, in the notes' order."""
    learner.learn({"k-e": GOOD}, days_ago=4)
    learner.learn({"k-c": GOOD}, days_ago=40)
    learner.learn({"k-a": EASY}, days_ago=3)  # not due yet
    assert [why for _, why in learner.session.waiting()] == ["due", "due", "new", "new", "new"]
    assert learner.finish() == ["k-c", "k-e", "k-b", "k-d", "k-f"]


def test_the_order_is_the_same_for_any_session(learner: Learner) -> None:
    """Cards at equal risk are ordered by their id, not by how the log was read."""
    learner.learn(dict.fromkeys(["k-f", "k-b", "k-d"], GOOD), days_ago=10)
    assert [c.id for c, why in learner.session.waiting() if why == "due"] == ["k-b", "k-d", "k-f"]
    assert learner.open().waiting() == learner.session.waiting()


def test_a_failed_card_comes_again_after_others_until_it_is_known(learner: Learner) -> None:
    """It comes after five other answers, and again and again; its repetitions are `repeat` and change no schedule."""
    assert learner.answer(AGAIN) == "k-a"
    state = learner.session.memory.states["k-a"]
    assert [learner.answer() for _ in range(5)] == ["k-b", "k-c", "k-d", "k-e", "k-f"]
    assert [learner.answer(AGAIN), learner.answer(AGAIN), learner.answer()] == ["k-a"] * 3
    assert learner.asked() == ""
    assert learner.session.memory.states["k-a"] == state
    assert [r.mode for r in learner.session.memory.reviews()][6:] == [Mode.REPEAT] * 3


def test_a_failed_card_does_not_wait_for_the_end_of_a_long_session(tmp_path: Path) -> None:
    """With many cards to come a failed one is asked after five others, not last."""
    learner = Learner(tmp_path, deck_of(*(card(f"k-{n:02}") for n in range(30))))
    learner.open(Scope(most_new=30))
    learner.answer(AGAIN)
    order = [learner.answer() for _ in range(7)]
    assert order.index("k-00") == 5


def test_a_killed_session_goes_on_where_it_was(learner: Learner) -> None:
    """Another process knows which cards were failed and asks them again; what was answered is not asked."""
    learner.answer(AGAIN)
    learner.answer(GOOD)
    learner.open()
    assert learner.finish() == ["k-c", "k-d", "k-e", "k-f", "k-a"]


def test_two_gaps_of_a_cloze_do_not_follow_each_other(tmp_path: Path) -> None:
    """Due gaps of one cloze have another card between them while there is one; of new ones a day asks one."""
    deck = deck_of(card("k-a.1"), card("k-a.2"), card("k-a.3"), card("k-b"), card("k-c"))
    learner = Learner(tmp_path, deck)
    assert learner.finish() == ["k-a.1", "k-b", "k-c"]
    learner.learn({"k-a.2": GOOD, "k-a.3": GOOD}, days_ago=1)
    learner.time += timedelta(days=60)
    order = learner.finish()
    assert sorted(order) == sorted(deck.cards)
    assert not any(a.startswith("k-a") and b.startswith("k-a") for a, b in pairwise(order))


def test_an_answer_to_what_was_answered_elsewhere_is_refused(learner: Learner) -> None:
    """Two windows show one card: the second answer is not counted, and the card not asked again there."""
    turn = learner.session.turn()
    assert turn
    other = learner.open()
    learner.answer()
    with pytest.raises(StaleTurnError):
        other.answer(turn.card.id, AGAIN, 100, turn.seen)
    assert len(other.memory.reviews()) == 1
    assert other.turn()
    assert learner.asked() == "k-b"


def test_a_repetition_that_was_answered_elsewhere_is_refused_too(learner: Learner) -> None:
    """A repetition changes no schedule, yet the window that still shows the card must not count it twice."""
    learner.answer(AGAIN)
    learner.finish()
    learner.session.undo()
    shown = learner.session.turn()
    assert shown
    assert shown.why == "repeat"
    learner.answer()
    with pytest.raises(StaleTurnError):
        learner.session.answer(shown.card.id, GOOD, 100, shown.seen)


def test_undo_takes_back_the_first_review(learner: Learner) -> None:
    """The card is new again and is asked next; without an answer there is nothing to take back."""
    assert learner.session.undo() is None
    learner.answer(AGAIN)
    undone = learner.session.undo()
    assert undone
    assert undone.id == "k-a"
    assert learner.session.memory.states == {}
    turn = learner.session.turn()
    assert turn
    assert (turn.card.id, turn.why, turn.seen) == ("k-a", "new", "")


def test_undo_takes_back_a_repetition_and_then_the_review(learner: Learner) -> None:
    """After undoing the repetition the card waits for it again; after undoing the review it is new."""
    learner.answer(AGAIN)
    order = learner.finish()
    assert order[-1] == "k-a"
    learner.session.undo()
    turn = learner.session.turn()
    assert turn
    assert (turn.card.id, turn.why) == ("k-a", "repeat")
    for _ in range(6):
        learner.session.undo()
    assert learner.session.undo() is None
    assert learner.session.memory.states == {}


def test_undo_takes_back_the_last_answer_of_a_killed_session(learner: Learner) -> None:
    """It follows from the log; an answer of yesterday stays."""
    learner.learn({"k-f": GOOD}, days_ago=1)
    learner.answer()
    session = learner.open()
    undone = session.undo()
    assert undone
    assert undone.id == "k-a"
    assert session.undo() is None
    assert list(session.memory.states) == ["k-f"]


def test_what_is_skipped_stays_due(learner: Learner) -> None:
    """This session does not ask it any more, the next one does, and the log says nothing of it."""
    learner.session.skip("k-a")
    assert learner.finish() == ["k-b", "k-c", "k-d", "k-e", "k-f"]
    learner.open()
    assert learner.asked() == "k-a"
    with pytest.raises(UsageError):
        learner.session.skip("k-unknown")


def test_new_cards_are_so_many_a_day_over_all_sessions(learner: Learner) -> None:
    """Two a day: a second session of the day asks none; the next day brings two more. A new card that was failed counts."""
    learner.open(Scope(most_new=2))
    learner.answer(AGAIN)
    assert learner.finish() == ["k-b", "k-a"]
    learner.open(Scope(most_new=2))
    assert learner.asked() == ""
    learner.time += timedelta(days=1)
    assert [c.id for c, why in learner.session.waiting() if why == "new"] == ["k-c", "k-d"]


def test_a_skipped_new_card_uses_no_place_of_the_day(learner: Learner) -> None:
    """With one new card a day, skipping it brings the next."""
    learner.open(Scope(most_new=1))
    learner.session.skip("k-a")
    assert learner.asked() == "k-b"


def test_the_day_changes_at_four_in_the_morning(learner: Learner) -> None:
    """At 03:59 local the evening goes on: failed cards come again, no new ones. At 04:00 the next day's cards are due."""
    learner.open(Scope(most_new=1))
    learner.time = datetime(2026, 11, 23, 22, 0, tzinfo=UTC)  # 23:00 in Berlin
    learner.answer(AGAIN)
    learner.time = datetime(2026, 11, 24, 2, 59, tzinfo=UTC)
    assert [(c.id, why) for c, why in learner.session.waiting()] == [("k-a", "repeat")]
    learner.time = datetime(2026, 11, 24, 3, 0, tzinfo=UTC)
    assert [(c.id, why) for c, why in learner.session.waiting()] == [("k-a", "due"), ("k-b", "new")]


def test_a_much_changed_question_is_shown_as_it_was(learner: Learner) -> None:
    """More than half of it new: the old question is given. A mended typo: not. Once answered it is settled."""
    long = "What does the rank of a matrix count, in words of your own?"
    small = long.replace("words", "word")
    learner.open(deck=deck_of(card("k-a", long), card("k-b", long)))
    learner.finish()
    learner.time += timedelta(days=30)
    deck = deck_of(card("k-a", "When is a system of equations solvable?"), card("k-b", small))
    session = learner.open(deck=deck)
    assert {c.id: session._changed_from(c) for c in deck.cards.values()} == {"k-a": long, "k-b": ""}
    learner.finish()
    assert session._changed_from(deck.cards["k-a"]) == ""


def test_another_question_begins_anew_and_can_be_taken_back(learner: Learner) -> None:
    """A reset card is new; undo gives its history back."""
    learner.learn({"k-a": GOOD}, days_ago=30)
    before = learner.session.memory.states["k-a"]
    learner.session.start_anew("k-a")
    turn = learner.session.turn()
    assert turn
    assert (turn.card.id, turn.why) == ("k-a", "new")
    undone = learner.session.undo()
    assert undone
    assert undone.id == "k-a"
    assert learner.session.memory.states["k-a"] == before
    assert learner.open().memory.states["k-a"] == before


def test_a_scope_asks_its_cards_alone(tmp_path: Path) -> None:
    """Notes, area and level choose cards; failed ones of other notes are not asked."""
    deck = deck_of(
        card("k-a", path="notes/x.md", area="calculus", level="hard"),
        card("k-b", path="notes/y.md", area="calculus", level="easy"),
        card("k-c", path="notes/y.md", area="statistics", level="easy"),
    )
    learner = Learner(tmp_path, deck)
    learner.answer(AGAIN)
    scopes = [
        Scope(frozenset({"notes/y.md"})),
        Scope(area="calculus"),
        Scope(level="easy"),
        Scope(most_new=0),
    ]
    asked = [[c.id for c, _ in learner.open(scope).waiting()] for scope in scopes]
    assert asked == [["k-b", "k-c"], ["k-b", "k-a"], ["k-b", "k-c"], ["k-a"]]


def test_a_limit_ends_the_session_after_so_many_answers(learner: Learner) -> None:
    """Answers of an earlier session of the day do not count; an answer taken back gives its place back."""
    learner.answer()
    learner.open(Scope(most=2))
    turn = learner.session.turn()
    assert turn
    assert turn.left == 2
    assert learner.finish() == ["k-b", "k-c"]
    learner.session.undo()
    assert learner.finish() == ["k-c"]


def test_the_intervals_shown_are_those_that_come(learner: Learner) -> None:
    """What stands beside a rating is when the card comes back after it; a repetition shows none."""
    learner.learn({"k-a": GOOD}, days_ago=9)
    turn = learner.session.turn()
    assert turn
    assert turn.card.id == "k-a"
    shown = learner.session.intervals("k-a")
    assert shown[1] < shown[2] < shown[3] < shown[4]
    answered = learner.session.answer("k-a", GOOD, 1000, turn.seen)
    assert answered.due
    assert (answered.due - answered.review.at).days == shown[GOOD]
    assert learner.session.intervals("k-a") == {}


def test_a_repetition_comes_back_in_a_day_at_least(learner: Learner) -> None:
    """A card failed this morning and known now comes tomorrow: in one day, never in none."""
    learner.answer(AGAIN)
    turn = learner.session.turn()
    while turn and turn.card.id != "k-a":
        learner.answer()
        turn = learner.session.turn()
    assert turn
    learner.time += timedelta(hours=3)
    answered = learner.session.answer("k-a", GOOD, 1000, turn.seen)
    assert answered.days == 1
    assert learner.session.undo()
    assert learner.session.answer("k-a", AGAIN, 1000, turn.seen).days == 0


def test_time_left_counts_long_answers_as_two_minutes(learner: Learner) -> None:
    """Who went for a walk during each card is not told that the rest takes hours; the log keeps the real time."""
    for _ in range(3):
        turn = learner.session.turn()
        assert turn
        learner.session.answer(turn.card.id, GOOD, 500_000, turn.seen)
    turn = learner.session.turn()
    assert turn
    assert turn.seconds_left == turn.left * 120
    assert learner.session.summary().seconds == 360
    assert {r.ms for r in learner.session.memory.reviews()} == {500_000}


def test_the_summary_counts_the_day(learner: Learner) -> None:
    """Cards, those not known at first, all answers, and what comes tomorrow: a failed card comes on the next day."""
    learner.answer(AGAIN)
    learner.finish(EASY)
    summary = learner.session.summary()
    assert (summary.cards, summary.failed, summary.answers, summary.tomorrow) == (6, 1, 7, 1)
    assert summary.next_day
    assert summary.next_day.isoformat() == "2026-11-24"


def test_wrong_answers_are_refused(learner: Learner) -> None:
    """A rating or a card that there is none of: nothing is written."""
    for name, rating in (("k-a", 0), ("k-a", 5), ("k-none", GOOD)):
        with pytest.raises(UsageError):
            learner.session.answer(name, rating, 100, "")
    assert learner.session.memory.reviews() == ()


def test_answers_of_drill_and_mock_interview_change_nothing(learner: Learner) -> None:
    """What was answered for an interview is neither done for today nor taken back by undo."""
    asked = learner.deck.cards["k-a"]
    for mode in (Mode.CRAM, Mode.MOCK):
        learner.session.memory.record("k-a", AGAIN, 100, mode, asked.fingerprint, asked.front)
    turn = learner.session.turn()
    assert turn
    assert (turn.card.id, turn.why) == ("k-a", "new")
    assert learner.session.undo() is None
    assert learner.session.summary().answers == 0


def test_a_card_that_left_the_notes_is_asked_no_more(learner: Learner) -> None:
    """Its failed answer stays in the log; the session goes on without it."""
    learner.answer(AGAIN)
    learner.session.replace_deck(deck_of(card("k-b"), card("k-c")))
    assert learner.finish() == ["k-b", "k-c"]
