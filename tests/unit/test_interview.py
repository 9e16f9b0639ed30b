"""The evening before an interview: weakest first, fitted to the minutes, and nothing of it touches the schedule."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from notebook_kb.errors import UsageError
from notebook_kb.model.card import CardKind, StudyCard
from notebook_kb.study.drill import Drill
from notebook_kb.study.evening import SlotKind, drill_cards, effort, make_plan
from notebook_kb.study.log import Mode
from notebook_kb.study.memory import Memory
from notebook_kb.study.mock import Answered, mock_questions, read_again
from notebook_kb.study.schedule import CardState, retrievability
from notebook_kb.study.weakness import Evening, Weighed, weighed
from notebook_kb.workspace.interview import Wish, interview_day, open_interview
from notebook_kb.workspace.workspace import Workspace
from tests.support.canaries import TODAY, write_files

if TYPE_CHECKING:
    from pathlib import Path

    from notebook_kb.notebook.notebook import Notebook

DAY = date(2026, 11, 24)
AT = datetime(2026, 11, 24, 9, tzinfo=UTC)
START = datetime(2026, 11, 23, 19, 30, tzinfo=UTC)
EVENING = Evening(DAY, AT, START)
TEN = "one two three four five six seven eight nine ten"
FORMULA = "$$\ny = m x\n$$\n\n- $m$: the slope\n\nRead aloud: slope times input.\n"
RANK = (
    f"---\nconcept: rank\n---\n# Rank\n\n## Visual\n{TEN}\n\n## In my words\n{TEN}\n\n## Symbol by symbol\n\n{FORMULA}\n"
    "## From scratch\n\n```python\ndef rank(A): ...\n```\n"
)


def card(
    name: str, kind: CardKind = CardKind.QUESTION, concept: str = "", area: str = "", level: str = ""
) -> StudyCard:
    return StudyCard(
        id=name,
        kind=kind,
        front=f"{name}?",
        back=f"{name}!",
        path=f"notes/{concept or name}.md",
        line=3,
        concept=concept,
        area=area,
        level=level,
    )


def state(name: str, days: float, *, stability: float = 10, lapses: int = 0) -> CardState:
    """A card last answered so many days before the interview."""
    return CardState(name, stability, 5, AT - timedelta(days=days), 3, lapses, "", "", "x", 3)


def book(root: Path, **notes: str) -> Workspace:
    files = {f"notes/{name}.md": text.encode() for name, text in notes.items()}
    write_files(root, {"notebook.yml": b"title: T\ntimezone: UTC\n", "notes/why.md": b"# Why\n"} | files)
    return Workspace(root, today=TODAY)


def opened(root: Path, **notes: str) -> Notebook:
    return book(root, **notes).load().notebook


def test_weakest_first(tmp_path: Path) -> None:
    """Red when the order is not: recall on the day, then lapses, then what was never reviewed."""
    cards = [card(n) for n in ("new", "fresh", "old", "lapsed", "older")]
    states = {
        "fresh": state("fresh", 1),
        "old": state("old", 20),
        "lapsed": state("lapsed", 20, lapses=2),
        "older": state("older", 90),
    }
    found = weighed(cards, states, EVENING, lambda _area: 0.9)
    assert [w.card.id for w in found] == ["older", "lapsed", "old", "fresh", "new"]
    assert [w.due for w in found] == [True, True, True, False, False]
    assert found[0].recall == pytest.approx(retrievability(states["older"], AT))
    assert found[-1].recall is None


def test_new_cards_take_turns(tmp_path: Path) -> None:
    """Red when one concept's made cards come before other concepts are asked at all, or before written ones."""
    cards = [card(f"a{n}", CardKind.SYMBOL, "a") for n in range(3)] + [
        card("b", CardKind.SAY, "b"),
        card("q", concept="a"),
    ]
    cards.append(card("s", CardKind.STARTER, "c"))
    order = [w.card.id for w in weighed(cards, {}, EVENING, lambda _area: 0.9)]
    assert order == ["q", "a0", "b", "a1", "a2", "s"]


def test_area_and_level_narrow_it(tmp_path: Path) -> None:
    """Red when a card of another area or level is asked."""
    cards = [card("a", area="x", level="hard"), card("b", area="x"), card("c", area="y", level="hard")]
    evening = Evening(DAY, AT, START, area="x", level="hard")
    assert [w.card.id for w in weighed(cards, {}, evening, lambda _area: 0.9)] == ["a"]


@settings(max_examples=120)
@given(
    minutes=st.integers(1, 300),
    median=st.integers(500, 60_000),
    recalls=st.lists(st.one_of(st.none(), st.floats(0, 1)), max_size=150),
)
def test_the_evening_fits_its_minutes(
    rank_notebook: Notebook, minutes: int, median: int, recalls: list[float | None]
) -> None:
    """Red when parts overlap, leave a gap, take more than there is, or minutes are neither used nor said to be left."""
    kinds = list(CardKind)
    cards = tuple(
        Weighed(card(f"c{n}", kinds[n % len(kinds)], "rank"), recall) for n, recall in enumerate(recalls)
    )
    evening = Evening(DAY, AT, START, minutes)
    plan = make_plan(rank_notebook, cards, evening, median)
    at = START
    for slot in plan.slots:
        assert slot.start == at
        assert slot.minutes > 0
        at += timedelta(minutes=slot.minutes)
    assert (at - START) == timedelta(minutes=minutes - plan.left)
    assert plan.left >= 0
    drill = plan.slot(SlotKind.DRILL)
    if drill and len(drill.cards) > 1:
        assert sum(effort(w, median) for w in drill.cards) <= drill.minutes * 60_000
        assert drill.cards == cards[: len(drill.cards)]
    assert len(drill_cards(plan)) <= len(cards)


@pytest.fixture(scope="module")
def rank_notebook(tmp_path_factory: pytest.TempPathFactory) -> Notebook:
    return opened(tmp_path_factory.mktemp("rank"), rank=RANK)


def test_without_a_card_the_notes_fill_the_evening(tmp_path: Path) -> None:
    """Red when somebody who wrote no card gets no drill, no mock interview of every kind, nothing to read or no sheet."""
    plan = open_interview(book(tmp_path, rank=RANK), Wish(minutes=60)).plan
    assert [s.kind for s in plan.slots] == ["drill", "mock", "read", "sheet"]
    kinds = {w.card.kind for w in plan.cards}
    assert kinds == {CardKind.SAY, CardKind.ANGLE, CardKind.SYMBOL, CardKind.CODE, CardKind.STARTER}
    mock = plan.slot(SlotKind.MOCK)
    assert mock
    assert {w.card.kind for w in mock.cards} == kinds
    read = plan.slot(SlotKind.READ)
    assert read
    assert [(r.heading, r.path, r.line) for r in read.readings] == [
        ("In my words", "notes/rank.md", 9),
        ("Visual", "notes/rank.md", 6),
    ]


def test_an_empty_notebook_has_the_starters(tmp_path: Path) -> None:
    """Red when the first evening of all raises, or has nothing to ask."""
    plan = open_interview(book(tmp_path), Wish()).plan
    assert {w.card.kind for w in plan.cards} == {CardKind.STARTER}
    assert [s.kind for s in plan.slots] == ["drill", "mock"]
    assert plan.left > 0


def test_the_same_evening_asks_the_same_questions() -> None:
    """Red when a second run of an evening draws other questions, or another day or seed draws the same."""
    cards = tuple(Weighed(card(f"c{n}", concept=f"k{n}"), None) for n in range(60))

    def drawn(evening: Evening, among: tuple[Weighed, ...] = cards) -> list[str]:
        return [w.card.id for w in mock_questions(among, evening, 8)]

    assert (
        drawn(EVENING)
        == drawn(Evening(DAY, AT + timedelta(hours=1), START, 90))
        == drawn(EVENING, cards[::-1])
    )
    assert drawn(EVENING) != drawn(Evening(DAY, AT, START, seed="again"))
    assert drawn(EVENING) != drawn(Evening(DAY + timedelta(days=1), AT, START))


def test_weak_cards_are_drawn_more_often() -> None:
    """Red when the draw does not mind how well a card is known, or never asks a known one."""
    cards = tuple(Weighed(card(f"c{n}"), 0.2 if n < 20 else 0.95) for n in range(100))
    count = {True: 0, False: 0}
    for seed in range(100):
        for one in mock_questions(cards, Evening(DAY, AT, START, seed=str(seed)), 5):
            count[one.recall == 0.2] += 1
    # by weight 20 · 0.8 against 80 · 0.05
    assert 0.65 < count[True] / 500 < 0.92


def test_each_kind_has_its_turn_and_concepts_do_not_repeat() -> None:
    """Red when a mock interview is all symbols, or all about one concept, while there are others."""
    many = [Weighed(card(f"s{n}", CardKind.SYMBOL, "a"), 0.0) for n in range(50)]
    few = [
        Weighed(card(f"{k}", k, f"of {k}"), 0.99) for k in (CardKind.SAY, CardKind.CODE, CardKind.QUESTION)
    ]
    chosen = mock_questions((*many, *few), EVENING, 4)
    assert {w.card.kind for w in chosen} == {CardKind.SYMBOL, CardKind.SAY, CardKind.CODE, CardKind.QUESTION}
    both = [Weighed(card(f"x{n}", concept="x"), 0.0) for n in range(9)] + [
        Weighed(card("y", concept="y"), 0.99)
    ]
    assert {w.card.concept for w in mock_questions(tuple(both), EVENING, 2)} == {"x", "y"}


def test_what_to_read_again() -> None:
    """Red when notes that went well are named, more than three are, or not those first that lost most."""
    made = [("a", 4), ("b", 1), ("c", 3), ("d", 2), ("e", 2), ("e", 3), ("s", 1)]
    answers = [Answered(card(f"{n}{i}", concept=n), "", r, 0) for i, (n, r) in enumerate(made)]
    starter = StudyCard(id="m/s1", kind=CardKind.STARTER, front="q", back="a")
    found = read_again([*answers[:-1], Answered(starter, "", 1, 0)])
    assert [(r.path, r.line) for r in found] == [("notes/b.md", 3), ("notes/e.md", 3), ("notes/d.md", 3)]
    assert read_again([Answered(card("a"), "", 4, 0)]) == ()


# the schedule

ANSWERS = st.lists(st.one_of(st.integers(1, 4), st.sampled_from(["skip", "undo"])), max_size=40)


@settings(max_examples=40)
@given(
    before=st.lists(st.tuples(st.integers(0, 4), st.integers(1, 4)), max_size=12),
    answers=ANSWERS,
    mock=ANSWERS,
)
def test_no_drill_and_no_mock_touches_the_schedule(
    tmp_path_factory: pytest.TempPathFactory,
    before: list[tuple[int, int]],
    answers: list[int | str],
    mock: list[int | str],
) -> None:
    """Red when any answer of an evening, or taking it back, changes a card's state, now or when the log is read again."""
    folder = tmp_path_factory.mktemp("state")
    memory = Memory.open(folder, "here")
    cards = [card(f"c{n}") for n in range(5)]
    for n, (which, rating) in enumerate(before):
        at = START - timedelta(days=30 - n)
        memory.record(cards[which].id, rating, 900, Mode.REVIEW, "fp", "front", at)
    states = dict(memory.states)
    drill = Drill(cards, memory)
    for answer in answers:
        if answer == "undo":
            drill.undo()
        elif drill.card() is None:
            break
        elif answer == "skip":
            drill.skip()
        else:
            drill.answer(int(answer), 1000)
    for answer in mock:
        if isinstance(answer, int):
            one = cards[answer % len(cards)]
            memory.record(one.id, answer, 1000, Mode.MOCK, one.fingerprint, one.front)
    assert dict(memory.states) == states
    assert dict(Memory.open(folder, "here").states) == states
    assert {r.mode for r in memory.reviews()} <= {Mode.REVIEW, Mode.CRAM, Mode.MOCK}


def test_what_is_not_known_comes_back(tmp_path: Path) -> None:
    """Red when a missed card does not come again a little later, or comes without end."""
    drill = Drill([card(f"c{n}") for n in range(8)], Memory.open(tmp_path, "here"))
    drill.answer(1, 500)
    asked = []
    while (one := drill.card()) is not None:
        asked.append(one.id)
        drill.answer(1 if one.id == "c0" else 3, 500)
    assert asked == ["c1", "c2", "c3", "c4", "c5", "c0", "c6", "c7", "c0"]
    assert [c.id for c in drill.missed()] == ["c0"]
    assert drill.known() == 7


def test_an_answer_is_taken_back(tmp_path: Path) -> None:
    """Red when undo leaves the answer in the log, or the card is not asked again."""
    memory = Memory.open(tmp_path, "here")
    drill = Drill([card("a"), card("b")], memory)
    assert not drill.undo()
    drill.answer(1, 500)
    assert [c.id for c in drill.waiting] == ["b", "a"]
    assert drill.undo()
    assert [c.id for c in drill.waiting] == ["a", "b"]
    assert memory.reviews() == ()
    assert drill.missed() == ()


# the day


@pytest.mark.parametrize(
    ("text", "day"),
    [("", "2026-11-24"), ("tomorrow", "2026-11-24"), ("Today", "2026-11-23"), ("2026-12-01", "2026-12-01")],
)
def test_the_day(text: str, day: str) -> None:
    """Red when a day is misread."""
    assert interview_day(text, date(2026, 11, 23), date(2026, 11, 24)).isoformat() == day


@pytest.mark.parametrize("text", ["2026-11-22", "next week", "24.11.2026"])
def test_no_such_day(text: str) -> None:
    """Red when a day that has passed, or no day at all, is prepared for."""
    with pytest.raises(UsageError):
        interview_day(text, date(2026, 11, 23), date(2026, 11, 24))


@pytest.mark.parametrize(("hour", "day"), [(1, 23), (3, 23), (5, 24), (22, 24)])
def test_tomorrow_begins_after_sleep(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, hour: int, day: int
) -> None:
    """Red when at one in the morning `tomorrow` is not the day that one wakes up on, or its morning has passed."""
    now = datetime(2026, 11, 23, hour, tzinfo=ZoneInfo("UTC"))
    monkeypatch.setenv("SOURCE_DATE_EPOCH", str(int(now.timestamp())))
    evening = open_interview(book(tmp_path), Wish()).plan.evening
    assert evening.day.day == day
    assert evening.at == datetime(2026, 11, day, 9, tzinfo=UTC)
    assert evening.start == now


def test_damaged_lines_do_not_stop_an_evening(tmp_path: Path) -> None:
    """Red when a cut line of the log ends the evening instead of being told."""
    workspace = book(tmp_path, rank=RANK)
    folder = tmp_path / ".kb" / "reviews"
    folder.mkdir(parents=True)
    (folder / "x.jsonl").write_text('{"v":1,"id":\n', encoding="utf-8")
    evening = open_interview(workspace, Wish())
    assert evening.plan.slots
    assert [p.line for p in evening.memory.problems] == [1]
