"""What is known and what comes, against histories small enough to count by hand; and that no build ever shows it."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from notebook_kb.model.card import CardKind, StudyCard
from notebook_kb.study.deck import Deck
from notebook_kb.study.log import Mode
from notebook_kb.study.memory import Memory
from notebook_kb.study.schedule import due_at, retrievability
from notebook_kb.study.standing import View, known_by_concept, standing
from notebook_kb.workspace.build import BuildOptions, build
from notebook_kb.workspace.workspace import Workspace

if TYPE_CHECKING:
    from pathlib import Path

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
VIEW = View(NOW, UTC, lambda area: 0.8 if area == "b" else 0.9)
AREAS = {"a": "Area A", "b": "Area B", "c": "Area C"}


def card(name: str, concept: str, area: str) -> StudyCard:
    return StudyCard(name, CardKind.QUESTION, "q", "a", concept=concept, area=area, fingerprint="0")


@pytest.fixture
def memory(tmp_path: Path) -> Memory:
    made = Memory.open(tmp_path, "laptop")
    for name, ago, rating, mode in (
        ("k-1", 200, 3, Mode.REVIEW),  # the first time counts for nothing
        ("k-1", 100, 1, Mode.REVIEW),  # too long ago
        ("k-1", 50, 3, Mode.REVIEW),
        ("k-1", 20, 1, Mode.REVIEW),
        ("k-1", 20, 3, Mode.REPEAT),
        ("k-2", 9, 4, Mode.REVIEW),
        ("k-2", 1, 3, Mode.CRAM),
        ("k-3", 0, 3, Mode.REVIEW),
        ("k-9", 3, 3, Mode.REVIEW),  # in no note any more
    ):
        made.record(
            name, rating, 1000, mode, "0", "q", at=NOW - timedelta(days=ago, minutes=5 if ago else 60)
        )
    return made


DECK = Deck(
    {
        c.id: c
        for c in (card("k-1", "x", "a"), card("k-2", "x", "a"), card("k-3", "y", "b"), card("k-4", "x", "a"))
    }
)


def test_known_is_the_mean_of_what_was_ever_answered(memory: Memory) -> None:
    known = known_by_concept(DECK, memory.states, VIEW)
    first, second = (retrievability(memory.states[n], NOW) for n in ("k-1", "k-2"))
    assert known["x"].mean == pytest.approx((first + second) / 2)
    assert (known["x"].cards, known["x"].reviewed) == (3, 2)
    assert (known["y"].cards, known["y"].reviewed, known["y"].due) == (1, 1, 0)
    assert known["y"].mean == pytest.approx(1, abs=0.01)


def test_never_reviewed_is_none_and_not_zero(tmp_path: Path) -> None:
    known = known_by_concept(DECK, Memory.open(tmp_path, "x").states, VIEW)
    assert (known["x"].mean, known["x"].reviewed) == (None, 0)


def test_retention_counts_second_answers_of_the_last_ninety_days(memory: Memory) -> None:
    found = standing(DECK, memory.states, memory.reviews(), VIEW, AREAS)
    assert [(a.id, a.answers, a.right, a.wanted, a.cards) for a in found.retention] == [
        ("a", 2, 1, 0.9, 2),
        ("b", 0, 0, 0.8, 1),
    ]


def test_the_forecast_holds_each_card_on_its_day_and_what_is_overdue_today(memory: Memory) -> None:
    found = standing(DECK, memory.states, memory.reviews(), VIEW, AREAS)
    days = {
        n: (due_at(memory.states[n], 0.8 if n == "k-3" else 0.9) - NOW).days for n in ("k-1", "k-2", "k-3")
    }
    assert days["k-1"] < 0
    assert sum(found.forecast) + found.later == 3
    assert found.forecast[0] == found.due == sum(d < 1 for d in days.values())
    assert (found.reviewed, found.new) == (3, 1)


def test_the_history_counts_every_answer_by_its_study_day(memory: Memory) -> None:
    found = standing(DECK, memory.states, memory.reviews(), VIEW, AREAS)
    assert found.history[date(2026, 11, 23)] == 1
    assert found.history[date(2026, 11, 3)] == 2
    assert sum(found.history.values()) == 9


def test_no_build_shows_what_is_known_or_changes_by_it(tmp_path: Path) -> None:
    (tmp_path / "notes").mkdir()
    (tmp_path / "notebook.yml").write_text("title: T\n")
    text = "---\nconcept: rank\npublish: true\n---\n# Rank\n\nQ: What is it?\nA: A count. ^k-1\n"
    (tmp_path / "notes" / "rank.md").write_text(text)

    def built(*, mine: bool) -> dict[str, bytes]:
        folder = tmp_path / ("mine" if mine else "site")
        build(Workspace(tmp_path, "2026-11-20"), BuildOptions(mine=mine, output=folder))
        return {str(p.relative_to(folder)): p.read_bytes() for p in folder.rglob("*") if p.is_file()}

    before = {mine: built(mine=mine) for mine in (False, True)}
    memory = Memory.open(tmp_path / ".kb", "laptop")
    memory.record("k-1", 3, 1000, Mode.REVIEW, "canaryfp", "canary-front")
    for mine in (False, True):
        after = built(mine=mine)
        assert after == before[mine]
        assert not any(b"canary" in data or b"% known" in data for data in after.values())
