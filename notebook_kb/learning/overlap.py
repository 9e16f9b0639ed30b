"""How near a section's words are to what its source says: words in a row, and shared phrases of three words.

An n-gram overlap as in Broder, "On the resemblance and containment of documents" (1997), one-sided: the share of the learner's
words. It finds copies and light edits; a careful paraphrase it does not see, and it never says that words are anybody's own.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

from notebook_kb.model.evidence import Overlap, SharedRun, Verdict
from notebook_kb.model.inlines import Place

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from notebook_kb.parsing.prose import Paragraph, Sentence, Word

# all in words; a character of a script without blanks is half a word
PHRASE = 3.0
COPIED_RUN, CLOSE_RUN = 12.0, 8.0
COPIED_SHARE, CLOSE_SHARE = 0.50, 0.30
COPIED_SENTENCE, CLOSE_SENTENCE = 0.80, 0.50
SHORTEST_SECTION, SHORTEST_SENTENCE = 25.0, 10.0
# a share is taken against so many words of a source at a time: in a whole book every phrase stands somewhere
WINDOW = 200
MOST_RUNS = 5


class Match(NamedTuple):
    """Words `first` … `last` (exclusive) of a paragraph that stand in a row in the excerpt, from `line` on."""

    first: int
    last: int
    weight: float
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
        return dict(table)


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
    """A section's own words against each excerpt; the worst of what is found. Without an excerpt: not checked."""
    worst = Overlap()
    for excerpt in excerpts:
        found = compare_one(section, excerpt)
        if (RANK[found.verdict], found.share) > (RANK[worst.verdict], worst.share):
            runs = merged((*found.runs, *worst.runs))
            worst = Overlap(found.verdict, found.share, runs, max(found.copied_words, worst.copied_words))
        elif found.runs:
            runs = merged((*worst.runs, *found.runs))
            worst = Overlap(worst.verdict, worst.share, runs, max(found.copied_words, worst.copied_words))
    return worst


RANK = {Verdict.NOT_CHECKED: 0, Verdict.NO_OVERLAP: 1, Verdict.CLOSE: 2, Verdict.COPIED: 3}


def merged(runs: Iterable[SharedRun]) -> tuple[SharedRun, ...]:
    """The first run of each place, longest first: one sentence may stand in two excerpts."""
    by_place: dict[Place, SharedRun] = {}
    for run in runs:
        if run.place not in by_place or by_place[run.place].length < run.length:
            by_place[run.place] = run
    return tuple(sorted(by_place.values(), key=lambda r: (-r.in_a_row, -r.length, r.place))[:MOST_RUNS])


def compare_one(section: Sequence[Paragraph], excerpt: Excerpt) -> Overlap:
    """A section's own words against one excerpt."""
    found = Comparison(section, excerpt)
    verdict = found.verdict()
    copied = sum(
        s.counted for n, p in enumerate(section) for s in p.sentences if found.is_copied(n, s, verdict)
    )
    return Overlap(verdict, round(found.share, 4), found.runs(verdict), copied)


class Comparison:
    """One section and one excerpt, word by word."""

    def __init__(self, section: Sequence[Paragraph], excerpt: Excerpt) -> None:
        self.section = section
        self.excerpt = excerpt
        self.matches = [matches(p, excerpt) for p in section]
        self.weight = sum(p.weight for p in section)
        self.marked = self._marked()

    def _marked(self) -> list[set[int]]:
        """The words of each paragraph inside shared phrases, against the stretch of the source that shares most."""
        windows: dict[int, list[set[int]]] = {}
        for number, paragraph in enumerate(self.section):
            for at in range(len(paragraph.words)):
                phrase = phrase_at(paragraph.words, at)
                for place in self.excerpt.phrases.get(phrase, ()) if phrase else ():
                    for window in (place // WINDOW, place // WINDOW - 1):
                        sets = windows.setdefault(window, [set() for _ in self.section])
                        sets[number].update(range(at, at + len(phrase)))
        return max(windows.values(), key=self._weight_of, default=[set() for _ in self.section])

    def _weight_of(self, sets: list[set[int]]) -> float:
        return sum(p.words[i].weight for p, marked in zip(self.section, sets, strict=True) for i in marked)

    @property
    def share(self) -> float:
        """The share of the section's words that stand in shared phrases."""
        return self._weight_of(self.marked) / self.weight if self.weight else 0.0

    def sentence_share(self, number: int, sentence: Sentence) -> float:
        """The same of one sentence; 0 for one that is too short to tell."""
        words = self.section[number].words
        inside = range(sentence.first, sentence.last)
        weight = sum(words[i].weight for i in inside)
        if weight < SHORTEST_SENTENCE:
            return 0.0
        return sum(words[i].weight for i in inside if i in self.marked[number]) / weight

    def verdict(self) -> Verdict:
        """The rule. In a section of fewer than 25 words only the run counts: short definitions collide honestly."""
        longest = max((m.weight for found in self.matches for m in found), default=0.0)
        long_enough = self.weight >= SHORTEST_SECTION
        share = self.share if long_enough else 0.0
        sentence = max(
            (self.sentence_share(n, s) for n, p in enumerate(self.section) for s in p.sentences), default=0.0
        )
        sentence = sentence if long_enough else 0.0
        if longest >= COPIED_RUN or share >= COPIED_SHARE or sentence >= COPIED_SENTENCE:
            return Verdict.COPIED
        if longest >= CLOSE_RUN or share >= CLOSE_SHARE or sentence >= CLOSE_SENTENCE:
            return Verdict.CLOSE
        return Verdict.NO_OVERLAP

    def is_copied(self, number: int, sentence: Sentence, verdict: Verdict) -> bool:
        """Whether a sentence is copied: nearly all of it, a run of 12 words that touches it, or half of it in a section
        that is copied as a whole.
        """
        if verdict is not Verdict.COPIED:
            return False
        share = self.sentence_share(number, sentence)
        long_enough = self.weight >= SHORTEST_SECTION
        if long_enough and share >= COPIED_SENTENCE:
            return True
        if long_enough and self.share >= COPIED_SHARE and share >= CLOSE_SENTENCE:
            return True
        return any(
            m.weight >= COPIED_RUN and m.first < sentence.last and sentence.first < m.last
            for m in self.matches[number]
        )

    def runs(self, verdict: Verdict) -> tuple[SharedRun, ...]:
        """What to show: each run of eight words, then the sentences that are near the source without such a run."""
        if verdict not in {Verdict.COPIED, Verdict.CLOSE}:
            return ()
        found = [
            self._shown(n, m.first, m.last, int(m.weight), m.line)
            for n, some in enumerate(self.matches)
            for m in some
            if m.weight >= CLOSE_RUN
        ]
        spans = [
            (n, m.first, m.last) for n, some in enumerate(self.matches) for m in some if m.weight >= CLOSE_RUN
        ]
        for number, paragraph in enumerate(self.section):
            for sentence in paragraph.sentences:
                inside = any(n == number and a < sentence.last and sentence.first < b for n, a, b in spans)
                if inside or self.sentence_share(number, sentence) < CLOSE_SENTENCE:
                    continue
                shared = [i for i in range(sentence.first, sentence.last) if i in self.marked[number]]
                line = self._source_line(number, shared[0])
                length = int(sum(paragraph.words[i].weight for i in shared))
                found.append(self._shown(number, sentence.first, sentence.last, length, line, in_a_row=False))
        return tuple(sorted(found, key=lambda r: (-r.in_a_row, -r.length, r.place))[:MOST_RUNS])

    def _shown(
        self, number: int, first: int, last: int, length: int, line: int, *, in_a_row: bool = True
    ) -> SharedRun:
        paragraph = self.section[number]
        begin, end = paragraph.words[first], paragraph.words[last - 1]
        place = Place(
            begin.line, begin.column, end.line, end.column + end.end - end.start if end.column else 0
        )
        return SharedRun(paragraph.typed(first, last), length, place, self.excerpt.path, line, in_a_row)

    def _source_line(self, number: int, at: int) -> int:
        """The line of the source in which the phrase that the word `at` begins or belongs to stands."""
        words = self.section[number].words
        for start in range(at, max(at - int(PHRASE * 2), -1), -1):
            places = self.excerpt.phrases.get(phrase_at(words, start), ())
            word = self.excerpt.words[places[0]] if places else None
            if word is not None:
                return word.line
        return 0


def matches(paragraph: Paragraph, excerpt: Excerpt) -> list[Match]:
    """The longest runs of words that stand in both, none inside another, in reading order."""
    found: list[Match] = []
    words, source = paragraph.words, excerpt.words
    for at in range(len(words)):
        phrase = phrase_at(words, at)
        best = None
        for place in excerpt.phrases.get(phrase, ()) if phrase else ():
            before = source[place - 1] if place else None
            if at and before is not None and before.text == words[at - 1].text:
                continue  # part of a longer run
            run = extended(words, source, at, place)
            best = run if best is None or run.weight > best.weight else best
        if best and not (found and found[-1].last >= best.last):
            found.append(best)
    return found


def extended(words: Sequence[Word], source: Sequence[Word | None], at: int, place: int) -> Match:
    """The run of equal words from `at` and `place` on."""
    start = source[place]
    length, weight = 0, 0.0
    while at + length < len(words) and place + length < len(source):
        other = source[place + length]
        if other is None or other.text != words[at + length].text:
            break
        weight += words[at + length].weight
        length += 1
    return Match(at, at + length, weight, start.line if start else 0)
