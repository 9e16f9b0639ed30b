"""A mock interview: which questions, and what to read again after it."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from hashlib import blake2b
from math import log
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from notebook_kb.model.card import CardKind, StudyCard
    from notebook_kb.study.weakness import Evening, Weighed

SECONDS = 120
NEW = 0.5  # what is not known of a card that was never reviewed
LEAST = 0.05  # what is known well is asked too, seldom
BEST, WORST = 4, 1
READ_AGAIN = 3


@dataclass(frozen=True, slots=True)
class Answered:
    """A question with what was typed ('' when it was said aloud) and the grade that the learner gave."""

    card: StudyCard
    typed: str
    rating: int
    ms: int


@dataclass(frozen=True, slots=True)
class ReadAgain:
    """A note to read again: where its first badly answered question comes from, and how many points were lost there."""

    path: str
    line: int
    title: str
    lost: int
    questions: int


def mock_questions(cards: tuple[Weighed, ...], evening: Evening, count: int) -> tuple[Weighed, ...]:
    """`count` questions drawn by weakness; each kind has its turn, and no concept comes twice while others wait.

    The draw depends on the day, the seed and each card's id alone: the same evening asks the same questions.
    """
    kinds: dict[CardKind, list[Weighed]] = defaultdict(list)
    for one in sorted(cards, key=lambda w: draw(w, evening), reverse=True):
        kinds[one.card.kind].append(one)
    chosen: list[Weighed] = []
    used: dict[str, int] = defaultdict(int)
    while len(chosen) < count and kinds:
        for kind in list(kinds):
            waiting = kinds[kind]
            one = min(waiting, key=lambda w: used[w.card.concept or w.card.path])
            waiting.remove(one)
            used[one.card.concept or one.card.path] += 1
            chosen.append(one)
            if not waiting:
                del kinds[kind]
            if len(chosen) == count:
                break
    return tuple(chosen)


def draw(one: Weighed, evening: Evening) -> float:
    """A card's place in the draw: log(u) / weight, greatest first, draws by weight without putting back (Efraimidis and
    Spirakis 2006). u is made of the day, the seed and the id.
    """
    said = f"{evening.day.isoformat()}\x1f{evening.seed}\x1f{one.card.id}"
    number = int.from_bytes(blake2b(said.encode(), digest_size=8).digest(), "big")
    weight = NEW if one.recall is None else 1 - one.recall
    return log((number + 1) / 2**64) / max(weight, LEAST)


def read_again(answers: Iterable[Answered]) -> tuple[ReadAgain, ...]:
    """At most three notes, those first that lost most points; notes that lost none are not among them."""
    of: dict[str, list[Answered]] = defaultdict(list)
    for answer in answers:
        if answer.card.path:
            of[answer.card.path].append(answer)
    found = []
    for path, its in of.items():
        lost = sum(BEST - a.rating for a in its)
        worst = min(its, key=lambda a: a.rating)
        found.append(ReadAgain(path, max(worst.card.line, 1), worst.card.title, lost, len(its)))
    found.sort(key=lambda r: -r.lost)
    return tuple(r for r in found if r.lost)[:READ_AGAIN]
