"""Cards of other programs in a note's text, and the same as cards of ours: a list of changes of whole lines.

Obsidian's plugin Spaced Repetition takes `a::b`, `a:::b`, lines around `?` and `??`, and `==x==` in notes with its tag;
Anki-like `{{c1::x}}` is taken anywhere. Nothing inside code, formulas, tables, quotes or headings is touched.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from notebook_kb.model import document as d
from notebook_kb.parsing.cards import ANSWER, CLOZE, QUESTION, end_of, with_cards
from notebook_kb.parsing.tree import parse_document
from notebook_kb.study.foreign import Change, LeftAlone, NewCard
from notebook_kb.study.foreign_gaps import Signs, by_number, remark_on, with_gaps
from notebook_kb.study.foreign_lines import ANKI_OPENS, rows_of
from notebook_kb.study.foreign_schedule import COMMENT, read_comment
from notebook_kb.study.foreign_scope import Scope

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from notebook_kb.study.foreign import Dialect, Schedules
    from notebook_kb.study.foreign_lines import Row

LIST_MARK = re.compile(r"[ \t]{0,3}(?:[-*+]|\d{1,9}[.)])[ \t]+")
BEGINS_OTHERWISE = re.compile(r"[ \t]*(?:```|~~~|\$\$|[-*+] |\d{1,9}[.)] |>|\|)")


@dataclass
class Finder:
    """Finds the foreign cards of one note. `words` are how our cards begin; `untagged` takes questions without the tag
    too; those left are counted.
    """

    text: str
    first_line: int
    body: str
    marks: Mapping[str, str]
    words: Mapping[str, str]
    head_tags: tuple[str, ...]
    dialect: Dialect
    untagged: bool = False
    changes: list[Change] = field(default_factory=list)
    left: list[LeftAlone] = field(default_factory=list)
    without_tag: int = 0

    def __post_init__(self) -> None:
        """Read the tree once, if there is anything to find."""
        if not self.dialect.may_be_in(self.text, self.head_tags):
            self.body = ""
        document, comments = parse_document(self.body, self.first_line)
        self.blocks = with_cards(document.blocks, self.marks)
        self.lines = self.text.split("\n")
        self.scope = Scope(self.blocks, self.head_tags, self.dialect)
        self.comment_lines = {c.place.line for c in comments if COMMENT.fullmatch(f"<!--{c.text}-->")}
        self.taken: set[int] = set()

    def find(self) -> None:
        """Fill `changes` and `left`."""
        for index, block in enumerate(self.blocks):
            if block.place.line in self.taken:
                continue
            if isinstance(block, d.Paragraph):
                self.paragraph(block, index)
            elif isinstance(block, d.List):
                self.list(block)
        for line in sorted(self.comment_lines - self.taken):
            if not any(c.line == line for c in self.left):
                self.leave(line, "this schedule belongs to no card that can be taken over")
        self.changes.sort(key=lambda c: c.first)
        self.left.sort(key=lambda c: c.line)

    def leave(self, line: int, why: str) -> None:
        self.left.append(LeftAlone(line, why))

    # paragraphs

    def paragraph(self, block: d.Paragraph, index: int) -> None:
        """A paragraph: runs of lines, each up to a schedule."""
        rows = rows_of(block.inlines, block.place.line, self.lines)
        if not rows or rows[-1].line != max(block.place.end_line, block.place.line):
            return
        for run in runs_of(rows):
            at_end = run[-1].line == rows[-1].line
            self.run(run, index if at_end else None)

    def run(self, run: list[Row], index: int | None) -> None:
        """Lines that may be one card of several lines, single-line cards, or a text with gaps.

        `index`: the run ends with this block, so that what follows at once may belong to its answer.
        """
        signs = {self.dialect.multi_reversed: True, self.dialect.multi: False}
        at = next((n for n, row in enumerate(run) if row.text.strip() in signs), -1)
        if at >= 0:
            self.several(run, at, index, both=signs[run[at].text.strip()])
            return
        rest: list[Row] = []
        for n, row in enumerate(run):
            comment_below = n + 1 < len(run) and run[n + 1].empty
            found = self.single(row, run[n + 1] if comment_below else None)
            if found:
                self.gaps(rest)
                rest = []
            elif not (row.empty and row.line in self.taken):
                rest.append(row)
        self.gaps(rest)

    def may(self, line: int, *, scheduled: bool) -> bool:
        """Whether a question without further signs is meant as a card."""
        if scheduled or self.untagged or self.scope.holds(line):
            return True
        self.without_tag += 1
        return False

    def schedules(self, row: Row | None) -> Schedules | None:
        """The schedules that a line holds: () without any; None if they cannot be read."""
        if row is None or row.comment is None:
            return ()
        found = read_comment(row.comment)
        if found is None:
            self.leave(row.line, "this schedule cannot be read, so its card is left alone")
        return found

    def single(self, row: Row, below: Row | None) -> bool:
        """`a::b` and `a:::b`."""
        both = row.separator(self.dialect.single_reversed)
        at = both if both >= 0 else row.separator(self.dialect.single)
        if at < 0 or not row.known or any(row.is_plain(*m.span()) for m in ANKI_OPENS.finditer(row.text)):
            return False
        holder = row if row.comment is not None else below
        scheduled = holder is not None and holder.comment is not None
        if not self.may(row.line, scheduled=scheduled):
            return False
        times = self.schedules(holder)
        last = holder.line if holder is not None and scheduled else row.line
        if times is None:
            return False
        sign = self.dialect.single_reversed if both >= 0 else self.dialect.single
        front, back = self.bare(row.text[:at]), row.text[at + len(sign) :].strip()
        if not front or not back:
            return False
        self.questions(row.line, last, [front], [back], times, both=both >= 0)
        return True

    def several(self, run: list[Row], at: int, index: int | None, *, both: bool) -> None:
        """Lines before and after a line `?`; the answer goes on in what follows without a blank line."""
        front = [row.text for row in run[:at] if not self.only_tags(row)]
        front[:1] = [self.bare(front[0])] if front else []
        rows = [row for row in run[at + 1 :] if not row.empty]
        back = [row.text for row in rows]
        open_end = True
        comment = run[-1].comment
        last = run[-1].line
        marked = self.end_mark(run[at].line) if self.dialect.end else 0
        if marked:
            back = self.lines[run[at].line : marked - 1]
            last, comment, open_end = self.below_mark(marked)
        elif comment is None and index is not None:
            last, more, comment = self.following(last, index)
            back += more
            open_end = not more
        begin = next((row.line for row in run[:at] if not self.only_tags(row)), 0)
        if not any(f.strip() for f in front) or not any(b.strip() for b in back):
            return
        if not self.may(begin, scheduled=comment is not None):
            return
        times = read_comment(comment) if comment is not None else ()
        if times is None:
            self.leave(last, "this schedule cannot be read, so its card is left alone")
            self.taken.update(range(begin, last + 1))
            return
        self.questions(begin, last, front, back, times, both=both, open_end=open_end)

    def end_mark(self, line: int) -> int:
        """The line with the sign that ends an answer with blank lines, 0 without one before the next heading."""
        headings = [b.place.line for b in self.blocks if isinstance(b, d.Heading) and b.place.line > line]
        for number in range(line + 1, min([*headings, len(self.lines) + 1])):
            if COMMENT.sub("", self.lines[number - 1]).strip() == self.dialect.end:
                return number
        return 0

    def below_mark(self, line: int) -> tuple[int, str | None, bool]:
        """(last line, the schedule, whether an id can stand behind the answer) of an answer with that sign."""
        for number in (line, line + 1):
            found = COMMENT.search(self.lines[number - 1]) if number <= len(self.lines) else None
            if found:
                return number, found[1], False
        return line, None, False

    def following(self, last: int, index: int) -> tuple[int, list[str], str | None]:
        """(last line, more lines of the answer, the schedule) of blocks that follow without a blank line."""
        more: list[str] = []
        for block in self.blocks[index + 1 :]:
            if block.place.line != last + 1 or isinstance(block, (d.Heading, d.Card)):
                break
            end = end_of(block)
            lines = [self.lines[n - 1].rstrip("\r") for n in range(block.place.line, end + 1)]
            found = COMMENT.search("\n".join(lines))
            if isinstance(block, d.CommentBlock):
                return (end, more, found[1]) if found else (last, more, None)
            if found and not isinstance(block, d.CodeBlock):
                kept = "\n".join(lines)[: found.start()].rstrip("\n").split("\n")
                return end, more + [k for k in kept if k.strip()], found[1]
            more += lines
            last = end
        return last, more, None

    def questions(
        self,
        first: int,
        last: int,
        front: list[str],
        back: list[str],
        times: Schedules,
        *,
        both: bool,
        open_end: bool = True,
    ) -> None:
        """One question, or two for both ways."""
        pairs = [(front, back, open_end), (back, front, True)] if both else [(front, back, open_end)]
        cards = []
        for n, (asked, answer, is_open) in enumerate(pairs):
            own = times[n] if n < len(times) else None
            lines = (*labelled(self.words[QUESTION], asked), *labelled(self.words[ANSWER], answer))
            cards.append(NewCard(lines, (own,), open_end=is_open))
        self.change(Change(first, last, tuple(cards)))

    def change(self, change: Change) -> None:
        self.changes.append(change)
        self.taken.update(range(change.first, change.last + 1))

    def only_tags(self, row: Row) -> bool:
        """A line with the plugin's tag alone."""
        return bool(row.inlines) and all(
            (isinstance(i, d.Tag) and self.dialect.is_tag(i.name))
            or (isinstance(i, d.Text) and not i.text.strip())
            for i in row.inlines
        )

    def bare(self, text: str) -> str:
        """A question without the plugin's tags at its beginning."""
        words = text.strip().split(" ")
        while words and words[0].startswith("#") and self.dialect.is_tag(words[0][1:]):
            words.pop(0)
        return " ".join(words).strip()

    # gaps

    def gaps(self, rows: list[Row]) -> None:
        """A text with gaps, its comment on its last line or below it."""
        rows = rows[next((n for n, r in enumerate(rows) if not self.only_tags(r)), len(rows)) :]
        said = [row for row in rows if not row.empty]
        if not said or not all(row.known for row in said):
            return
        scheduled = rows[-1].comment is not None
        first, last = said[0].line, rows[-1].line if scheduled else said[-1].line
        signs = self.signs(said, scheduled=scheduled)
        made = [with_gaps(row, signs) for row in said]
        if any(one is None for one in made):
            self.leave(first, "gaps inside one another cannot be taken over")
            return
        texts = [one[0] for one in made if one]
        numbers = [n for one in made if one for n in one[1]]
        marks = sum(row.highlights for row in said)
        if marks and numbers and not signs.highlights:
            self.leave(first, "it has highlights besides its gaps, which would be asked too")
            return
        count = len(numbers) + (marks if signs.highlights else 0)
        times = self.schedules(rows[-1]) if count else None
        if times is None:
            return
        texts[0] = self.bare(texts[0])
        lines = labelled(self.words[CLOZE], texts)
        schedules = by_number(numbers, count, times)
        self.change(Change(first, last, (NewCard(lines, schedules, count),), remark_on(numbers)))

    def signs(self, rows: list[Row], *, scheduled: bool) -> Signs:
        """What makes gaps in these lines. A schedule shows that the plugin took something, whatever its settings are."""
        if not scheduled and not self.scope.holds(rows[0].line):
            return Signs()
        signs = Signs(self.dialect.highlights, self.dialect.bold, self.dialect.curly)
        if scheduled and not any(self.counts(row, signs) for row in rows):
            for other in (Signs(highlights=True), Signs(bold=True), Signs(curly=True)):
                if any(self.counts(row, other) for row in rows):
                    return other
        return signs

    def counts(self, row: Row, signs: Signs) -> bool:
        """Whether a line has a gap by these signs."""
        made = with_gaps(row, signs)
        return made is None or bool(made[1]) or bool(signs.highlights and row.highlights)

    # lists

    def list(self, block: d.List) -> None:
        """Items of one line that hold a question; others stay items."""
        for item in block.items:
            first = item.children[0] if len(item.children) == 1 else None
            if not isinstance(first, d.Paragraph):
                continue
            rows = rows_of(first.inlines, first.place.line, self.lines)
            said = [row for row in rows if not row.empty]
            if len(said) != 1 or any(isinstance(i, d.Checkbox) for i in first.inlines):
                continue
            mark = LIST_MARK.match(said[0].text)
            if mark:
                row = without_mark(said[0], mark.end())
                below = next((r for r in rows if r.empty and r.comment is not None), None)
                if not self.single(row, below) and ANKI_OPENS.search(row.text):
                    self.gaps([row])


def runs_of(rows: list[Row]) -> Iterator[list[Row]]:
    """Rows up to one with a schedule, which ends a card."""
    run: list[Row] = []
    for n, row in enumerate(rows):
        run.append(row)
        below = rows[n + 1] if n + 1 < len(rows) else None
        if row.comment is not None and not (below and below.empty and below.comment is not None):
            yield run
            run = []
    if run:
        yield run


def labelled(word: str, lines: list[str]) -> tuple[str, ...]:
    """Lines of a side with `Q:` before the first; a list or code begins on the next line."""
    rest = [line.rstrip() for line in lines[1:]]
    if BEGINS_OTHERWISE.match(lines[0]):
        return (f"{word}:", lines[0].rstrip(), *rest)
    return (f"{word}: {lines[0].strip()}", *rest)


def without_mark(row: Row, length: int) -> Row:
    """A list item's line without its mark."""
    spans = tuple((max(a - length, 0), b - length) for a, b in row.plain if b > length)
    return replace(row, text=row.text[length:], plain=spans)
