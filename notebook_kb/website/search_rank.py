"""The ranking of the search, for the terminal; `static/search.js` does the same, and a test holds the two together.

The formula is BM25F (Zaragoza, Craswell, Taylor, Saria, Robertson: Microsoft Cambridge at TREC-13, 2004): a word counts in
each field by the field's weight, tamed by the field's length, and saturates over the fields together:

    w(word, page) = Σ_field weight · count / (1 − b + b · length / mean length)
    score = Σ_word idf(word) · w / (K1 + w),   idf = ln(1 + (N − n + ½) / (n + ½))

with N pages, n of them with the word. A word of the query stands for the words of the index that it may mean, each at a
weight of its own; the page's best of them counts. A page that is called just like the query gets all its idf once more, so
that it comes first.
"""

from __future__ import annotations

import math
from collections import Counter
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

from notebook_kb.parsing.terms import terms

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

K1 = 6.0
# (name, weight, b: how much a long field is tamed)
FIELDS = (
    ("title", 14.0, 0.3),
    ("names", 10.0, 0.3),
    ("headings", 5.0, 0.5),
    ("symbols", 4.0, 0.6),
    ("aloud", 3.0, 0.5),
    ("text", 1.0, 0.7),
)
# what a word of the index weighs that the query's word only resembles
ENDING, PREFIX, TYPO = 0.8, 0.7, 0.6
ENDING_LETTERS = 2
SHORTEST_STEM = 4
ONE_TYPO, TWO_TYPOS = 4, 8
MOST_WORDS = 32


class PageWords(NamedTuple):
    """The words of each of `FIELDS`, and each name of the page as its words with blanks between."""

    fields: Sequence[Sequence[str]]
    names: frozenset[str]


class Hit(NamedTuple):
    """A page's number in the index, its score, and for each word of the query what the words that it means are worth."""

    page: int
    score: float
    worth: tuple[dict[str, float], ...]


class Index:
    """The words of pages, ready to be asked."""

    def __init__(self, pages: Iterable[PageWords]) -> None:
        self.pages: list[list[Counter[str]]] = []
        self.names: list[frozenset[str]] = []
        for page in pages:
            self.pages.append([Counter(words) for words in page.fields])
            self.names.append(page.names)
        lengths = [[sum(counts.values()) for counts in page] for page in self.pages]
        self.norms = [[1.0] * len(FIELDS) for _ in self.pages]
        for f, (_, _, b) in enumerate(FIELDS):
            mean = sum(row[f] for row in lengths) / (len(lengths) or 1)
            for row, norm in zip(lengths, self.norms, strict=True):
                norm[f] = 1 - b + b * row[f] / mean if mean else 1.0

    @cached_property
    def vocabulary(self) -> frozenset[str]:
        """Every word of the index."""
        return frozenset().union(*(counts for page in self.pages for counts in page))

    def search(self, query: str) -> list[Hit]:
        """The pages that hold every word; where none does, those that hold the most. The best first."""
        words = list(dict.fromkeys(terms(query)))[:MOST_WORDS]
        typing = query[-1:].strip() != ""
        meant = [
            meanings(word, self.vocabulary, last=typing and i == len(words) - 1)
            for i, word in enumerate(words)
        ]
        scores = [0.0] * len(self.pages)
        held = [0] * len(self.pages)
        worth: list[dict[str, float]] = []
        for group in meant:
            found = self.weights(group)
            n = len(found)
            idf = math.log(1 + (len(self.pages) - n + 0.5) / (n + 0.5))
            worth.append({word: idf * weight for word, weight in group.items()})
            for page, weight in found.items():
                scores[page] += idf * weight / (K1 + weight)
                held[page] += 1
            self.reward(found, " ".join(words), idf, scores)
        most = max(held, default=0)
        hits = [
            Hit(page, math.floor(scores[page] * 1e6 + 0.5) / 1e6, tuple(worth))
            for page, count in enumerate(held)
            if count == most and count
        ]
        return sorted(hits, key=lambda h: (-h.score, h.page))

    def reward(self, found: dict[int, float], name: str, idf: float, scores: list[float]) -> None:
        """The pages of this name get the word's idf once more."""
        for page in found:
            if name in self.names[page]:
                scores[page] += idf

    def weights(self, group: dict[str, float]) -> dict[int, float]:
        """Page → the weight in it of a query's word that may mean these words."""
        found: dict[int, float] = {}
        wanted = group.keys()
        for number, page in enumerate(self.pages):
            here: dict[str, float] = {}
            for f, counts in enumerate(page):
                for word in wanted & counts.keys():
                    gain = FIELDS[f][1] * counts[word] / self.norms[number][f]
                    here[word] = here.get(word, 0.0) + gain
            if here:
                found[number] = max(group[word] * weight for word, weight in here.items())
        return found


def value(words: Iterable[str], worth: Sequence[dict[str, float]]) -> float:
    """What a line or a paragraph of these words is worth: each word of the query counts once, by its best."""
    found = set(words)
    return sum(max((group[w] for w in found & group.keys()), default=0.0) for group in worth)


def meanings(word: str, vocabulary: frozenset[str], *, last: bool) -> dict[str, float]:
    """Words of the index that a word of the query may mean, with their weights.

    Itself; with another ending of up to two letters; the `last` word, which is still being typed, as a beginning. Only
    where there is none of these: words that differ by a slip of the finger (see `slips`).
    """
    found = {word: 1.0} if word in vocabulary else {}
    length = len(word)
    for other in vocabulary:
        longer = len(other) - length
        if longer > 0 and other.startswith(word):
            if longer <= ENDING_LETTERS and length >= SHORTEST_STEM:
                found[other] = ENDING
            elif last:
                found[other] = PREFIX * length / len(other)
        elif -ENDING_LETTERS <= longer < 0 and len(other) >= SHORTEST_STEM and word.startswith(other):
            found[other] = ENDING
    return found or slips(word, vocabulary, last=last)


def slips(word: str, vocabulary: frozenset[str], *, last: bool) -> dict[str, float]:
    """The nearest words within one slip (from four letters on) or two (from eight): a letter more, less, another one, or
    two neighbours swapped. One of the first two letters is right, give or take one place.
    """
    most = 0 if len(word) < ONE_TYPO else 1 if len(word) < TWO_TYPOS else 2
    if not most:
        return {}
    letters, start = set(word), word[:2]
    nearest = most
    found: dict[str, tuple[int, float]] = {}
    for other in vocabulary:
        longer = len(other) - len(word)
        if longer < -most or (longer > most and not last):
            continue
        head = other[:2]
        if start[0] not in head and start[1] not in head:
            continue
        if len(letters.difference(other)) > most:
            continue
        whole, beginning = distances(word, other, most)
        distance = whole if whole <= most or not last else beginning
        if distance <= nearest:
            nearest = distance
            part = 1.0 if whole <= most else PREFIX * min(1.0, len(word) / len(other))
            found[other] = (distance, TYPO**distance * part)
    return {other: weight for other, (distance, weight) in found.items() if distance == nearest}


def distances(word: str, other: str, most: int) -> tuple[int, int]:
    """(slips between the words, slips between `word` and the nearest beginning of `other`); above `most` any number.

    Optimal string alignment: Levenshtein's distance with swapped neighbours (Damerau 1964).
    """
    other = other[: len(word) + most + 1]
    before: list[int] = []
    row = list(range(len(other) + 1))
    for i, letter in enumerate(word, start=1):
        above, before_above = row, before
        row = [i]
        for j, sign in enumerate(other, start=1):
            cost = min(above[j] + 1, row[j - 1] + 1, above[j - 1] + (letter != sign))
            if i > 1 and j > 1 and letter == other[j - 2] and word[i - 2] == sign:
                cost = min(cost, before_above[j - 2] + 1)
            row.append(cost)
        before = above
        if min(row) > most and min(above) > most:
            return most + 1, most + 1
    return row[-1], min(row)
