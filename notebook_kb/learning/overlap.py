"""How near a section's words are to what its source says: words in a row, and shared phrases of three words.

An n-gram overlap as in Broder, "On the resemblance and containment of documents" (1997), one-sided: the share of the learner's
words. It finds copies and light edits; a careful paraphrase it does not see, and it never says that words are anybody's own.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate
from typing import TYPE_CHECKING, NamedTuple

from notebook_kb.model.evidence import Overlap, SharedRun, Verdict
from notebook_kb.model.inlines import Place

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from notebook_kb.parsing.prose import Paragraph, Sentence, Word

# all in words; a character of a script without blanks is half a word
PHRASE = 3.0
COPIED_RUN, CLOSE_RUN = 12.0, 8.0
COPIED_SHARE, CLOSE_SHARE = 0.50, 0.30
COPIED_SENTENCE, CLOSE_SENTENCE = 0.80, 0.50
SHORTEST_SECTION, SHORTEST_SENTENCE = 25.0, 10.0
HALF = 0.5
# a share is taken against one or two times so many words of the excerpts, laid end to end: in a whole book every phrase
# stands somewhere
WINDOW = 200
# more places than anybody reads of one section
MOST_RUNS = 50
# a phrase that stands oftener than this in a text says nothing
TOO_COMMON = 2000


class Match(NamedTuple):
    """Words `first` … `last` (exclusive) of a paragraph that stand in a row in an excerpt, in `path` from `line` on."""

    paragraph: int
    first: int
    last: int
    weight: float
    path: str
    line: int


@dataclass(frozen=True)
class Excerpt:
    """One stored text of a source: `path` of the file, and its paragraphs."""

    path: str
    paragraphs: tuple[Paragraph, ...]

    @cached_property
    def words(self) -> tuple[Word | None, ...]:
        """All its words; None between paragraphs, which no run crosses."""
        found: list[Word | None] = []
        for paragraph in self.paragraphs:
            found += [*paragraph.words, None]
        return tuple(found)

    @cached_property
    def phrases(self) -> dict[tuple[str, ...], list[int]]:
        """Each phrase of three words → where it begins in `words`."""
        table: dict[tuple[str, ...], list[int]] = defaultdict(list)
        for at in range(len(self.words)):
            phrase = phrase_at(self.words, at)
            if phrase:
                table[phrase].append(at)
        return {phrase: places for phrase, places in table.items() if len(places) <= TOO_COMMON}


def phrase_at(words: Sequence[Word | None], at: int) -> tuple[str, ...]:
    """The phrase of three words (six characters) that begins at `at`; () where the paragraph ends before."""
    weight = 0.0
    found: list[str] = []
    for word in words[at : at + int(PHRASE * 2)]:
        if word is None:
            return ()
        found.append(word.text)
        weight += word.weight
        if weight >= PHRASE:
            return tuple(found)
    return ()


def compare(section: Sequence[Paragraph], excerpts: Iterable[Excerpt]) -> Overlap:
    """A section's own words against the excerpts. Without an excerpt: not checked."""
    shelf = tuple(excerpts)
    return Comparison(section, shelf).overlap() if shelf else Overlap()


class Comparison:
    """One section and its excerpts, word by word. Words are numbered through the section."""

    def __init__(self, section: Sequence[Paragraph], shelf: Sequence[Excerpt]) -> None:
        self.section = section
        self.shelf = shelf
        self.begins = [0, *accumulate(len(p.words) for p in section)]
        self.weights = [0.0, *accumulate(w.weight for p in section for w in p.words)]
        self.windows = self._windows()
        self.marks: dict[tuple[int, Sentence], set[int]] = {}
        self.marked = max(self.windows, key=self._weight_of, default=set())
        self.matches = [m for n, p in enumerate(section) for m in longest(matches(n, p, shelf))]
        self.long_enough = self.weights[-1] >= SHORTEST_SECTION
        self.verdict = self._verdict()

    def _windows(self) -> list[set[int]]:
        """The section's words inside phrases that a stretch of the excerpts shares, stretch by stretch."""
        found: dict[int, set[int]] = defaultdict(set)
        known: dict[tuple[str, ...], set[int]] = {}
        for number, paragraph in enumerate(self.section):
            for at in range(len(paragraph.words)):
                phrase = phrase_at(paragraph.words, at)
                if phrase not in known:
                    known[phrase] = self._windows_with(phrase) if phrase else set()
                here = self.begins[number] + at
                for window in known[phrase]:
                    found[window].update(range(here, here + len(phrase)))
        return [found[window] for window in sorted(found)]

    def _windows_with(self, phrase: tuple[str, ...]) -> set[int]:
        """The stretches that hold a phrase; each word of the excerpts lies in two of them."""
        found, begin = set(), 0
        for excerpt in self.shelf:
            for place in excerpt.phrases.get(phrase, ()):
                window = (begin + place) // WINDOW
                found |= {window, window - 1}
            begin += len(excerpt.words)
        return found

    def _weight_of(self, words: Iterable[int]) -> float:
        return sum(self.weights[n + 1] - self.weights[n] for n in words)

    def _weight_between(self, number: int, first: int, last: int) -> float:
        begin = self.begins[number]
        return self.weights[begin + max(last, first)] - self.weights[begin + first]

    @property
    def share(self) -> float:
        """The share of the section's words that stand in shared phrases."""
        return self._weight_of(self.marked) / self.weights[-1] if self.marked else 0.0

    def marked_in(self, number: int, sentence: Sentence) -> set[int]:
        """The words of a sentence inside phrases that the stretch which shares most of it has."""
        if (number, sentence) not in self.marks:
            begin = self.begins[number]
            inside = set(range(begin + sentence.first, begin + sentence.last))
            found = (inside & window for window in self.windows)
            self.marks[number, sentence] = max(found, key=self._weight_of, default=set())
        return self.marks[number, sentence]

    def sentence_share(self, number: int, sentence: Sentence) -> float:
        """The share of a sentence's words that stand in shared phrases."""
        weight = self._weight_between(number, sentence.first, sentence.last)
        return self._weight_of(self.marked_in(number, sentence)) / weight

    def _sentences(self) -> Iterator[tuple[int, Sentence]]:
        return ((n, s) for n, p in enumerate(self.section) for s in p.sentences)

    def _long_sentences(self) -> Iterator[tuple[int, Sentence]]:
        """Those long enough to tell from their share."""
        for number, sentence in self._sentences():
            if self._weight_between(number, sentence.first, sentence.last) >= SHORTEST_SENTENCE:
                yield number, sentence

    def _verdict(self) -> Verdict:
        """The rule. In a section of fewer than 25 words only the run counts: short definitions collide honestly."""
        run = max((m.weight for m in self.matches), default=0.0)
        share = sentence = 0.0
        if self.long_enough:
            share = self.share
            sentence = max((self.sentence_share(n, s) for n, s in self._long_sentences()), default=0.0)
        if run >= COPIED_RUN or share >= COPIED_SHARE or sentence >= COPIED_SENTENCE:
            return Verdict.COPIED
        if run >= CLOSE_RUN or share >= CLOSE_SHARE or sentence >= CLOSE_SENTENCE:
            return Verdict.CLOSE
        return Verdict.NO_OVERLAP

    @cached_property
    def copied(self) -> frozenset[tuple[int, Sentence]]:
        """The sentences that are copied: by their share, by a run of twelve words, or as half of one in a section that is
        copied as a whole.
        """
        found = {(m.paragraph, s) for m in self.matches if m.weight >= COPIED_RUN for s in self.held_by(m)}
        if self.long_enough:
            found |= {x for x in self._long_sentences() if self.sentence_share(*x) >= COPIED_SENTENCE}
        if self.long_enough and self.share >= COPIED_SHARE:
            found |= {x for x in self._sentences() if self.sentence_share(*x) >= HALF}
        return frozenset(found)

    def held_by(self, run: Match) -> Iterator[Sentence]:
        """The sentences that a run is of: the one that holds most of it, and those that are half in it or more."""
        parts = [
            (self._weight_between(run.paragraph, max(s.first, run.first), min(s.last, run.last)), s)
            for s in self.section[run.paragraph].sentences
            if s.first < run.last and run.first < s.last
        ]
        most = max((part for part, _ in parts), default=0.0)
        for part, s in parts:
            if part == most or part >= HALF * self._weight_between(run.paragraph, s.first, s.last):
                yield s

    def overlap(self) -> Overlap:
        """What comparing showed."""
        words = sum(s.counted for _, s in self.copied)
        shown = tuple(self.runs()) if self.verdict is not Verdict.NO_OVERLAP else ()
        shown = tuple(sorted(shown, key=lambda r: (not r.copied, not r.in_a_row, -r.length, r.place)))
        return Overlap(self.verdict, round(self.share, 4), shown[:MOST_RUNS], words)

    def runs(self) -> Iterator[SharedRun]:
        """What to show: each run of eight words, then the sentences that are near the source without such a run."""
        runs = [m for m in self.matches if m.weight >= CLOSE_RUN]
        for m in runs:
            sentences = {(m.paragraph, s) for s in self.held_by(m)}
            copied = m.weight >= COPIED_RUN or not sentences.isdisjoint(self.copied)
            yield self._shown(m, copied=copied, in_a_row=True)
        told = {(m.paragraph, s) for m in runs for s in self.held_by(m)}
        near = {x for x in self._long_sentences() if self.sentence_share(*x) >= CLOSE_SENTENCE}
        told_apart = (self.copied | (near if self.long_enough else set())) - told
        for number, sentence in sorted(told_apart, key=lambda x: (x[0], x[1].first)):
            weight = self._weight_of(self.marked_in(number, sentence))
            inside = [m for m in self.matches if m.paragraph == number and sentence.first < m.last]
            first = max((m for m in inside if m.first < sentence.last), key=lambda m: m.weight, default=None)
            path, line = (first.path, first.line) if first else ("", 0)
            match = Match(number, sentence.first, sentence.last, weight, path, line)
            yield self._shown(match, copied=(number, sentence) in self.copied, in_a_row=False)

    def _shown(self, match: Match, *, copied: bool, in_a_row: bool) -> SharedRun:
        paragraph = self.section[match.paragraph]
        begin, end = paragraph.words[match.first], paragraph.words[match.last - 1]
        last = end.column + end.end - end.start if end.column else 0
        place = Place(begin.line, begin.column, end.line, last)
        words = paragraph.typed(match.first, match.last)
        return SharedRun(words, int(match.weight), place, match.path, match.line, in_a_row, copied)


def matches(number: int, paragraph: Paragraph, shelf: Iterable[Excerpt]) -> Iterator[Match]:
    """The runs of words of a paragraph that stand in an excerpt; from each word on the longest one."""
    words = paragraph.words
    earlier: tuple[str, ...] = ()
    for at in range(len(words)):
        phrase = phrase_at(words, at)
        best: Match | None = None
        for excerpt in shelf if phrase else ():
            for place in excerpt.phrases.get(phrase, ()):
                before = excerpt.words[place - 1] if place else None
                if before is not None and earlier in excerpt.phrases and before.text == words[at - 1].text:
                    continue  # part of a longer run
                if best and best.last == len(words):
                    break
                last, weight = extended(words, excerpt.words, at, place)
                if best is None or weight > best.weight:
                    start = excerpt.words[place]
                    best = Match(number, at, last, weight, excerpt.path, start.line if start else 0)
        earlier = phrase
        if best:
            yield best


def longest(found: Iterable[Match]) -> Iterator[Match]:
    """Those that do not lie inside one that began before, in reading order."""
    reached = 0
    for match in found:
        if match.last > reached:
            reached = match.last
            yield match


def extended(words: Sequence[Word], source: Sequence[Word | None], at: int, place: int) -> tuple[int, float]:
    """(end, weight) of the run of equal words from `at` and `place` on."""
    weight = 0.0
    while at < len(words) and place < len(source):
        other = source[place]
        if other is None or other.text != words[at].text:
            break
        weight += words[at].weight
        at, place = at + 1, place + 1
    return at, weight
