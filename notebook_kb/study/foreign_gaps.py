"""Gaps of other programs in a line: `{{c1::x}}`, `==x==`, `**x**` and `{{x}}`."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from notebook_kb.model import document as d
from notebook_kb.study.foreign_lines import ANKI_OPENS, CURLY_OPENS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from notebook_kb.study.foreign import Schedules
    from notebook_kb.study.foreign_lines import Row

STRONG = re.compile(r"(\*\*|__)(?=\S)(.+?)(?<=\S)\1")


@dataclass(frozen=True, slots=True)
class Signs:
    """What makes a gap in a text, besides `{{c1::…}}`."""

    highlights: bool = False
    bold: bool = False
    curly: bool = False


def with_gaps(row: Row, signs: Signs) -> tuple[str, list[int]] | None:
    """A line with `==…==` for its gaps, and their numbers (0 without one); None if they stand inside one another."""
    text, numbers = row.text, []
    found = list(openings(row, curly=signs.curly))
    for start, behind, number in reversed(found):
        end = closing(row, behind)
        if end < 0 or any(behind <= other < end for other, _, _ in found):
            return None
        said, hint = split_hint(row, behind, end)
        if said:
            text = f"{text[:start]}=={said}=={f' ({hint})' if hint else ''}{text[end + 2 :]}"
            numbers.append(number)
    numbers.reverse()
    if signs.bold:
        strong = sum(isinstance(i, d.Strong) for i in row.inlines)
        fresh, count = STRONG.subn(r"==\2==", text)
        if count == strong:
            text, numbers = fresh, [*numbers, *[0] * count]
    return text, numbers


def openings(row: Row, *, curly: bool) -> Iterator[tuple[int, int, int]]:
    """(start, end, number) of each `{{c1::`, and of each `{{` where that is wanted."""
    for match in ANKI_OPENS.finditer(row.text):
        if row.is_plain(*match.span()):
            yield match.start(), match.end(), int(match[1])
    if curly:
        for match in CURLY_OPENS.finditer(row.text):
            if row.is_plain(*match.span()):
                yield match.start(), match.end(), 0


def closing(row: Row, start: int) -> int:
    """Where the `}}` of a gap stands: in plain text, not in a formula; -1 without one."""
    at = row.text.find("}}", start)
    while at >= 0 and not row.is_plain(at, at + 2):
        at = row.text.find("}}", at + 1)
    return at


def split_hint(row: Row, start: int, end: int) -> tuple[str, str]:
    """The words of a gap and Anki's hint behind `::`."""
    at = row.text.find("::", start, end)
    while at >= 0 and not row.is_plain(at, at + 2):
        at = row.text.find("::", at + 1, end)
    if at < 0:
        return row.text[start:end].strip(), ""
    return row.text[start:at].strip(), row.text[at + 2 : end].strip()


def by_number(numbers: list[int], count: int, times: Schedules) -> Schedules:
    """One schedule a gap. Gaps with numbers were scheduled in the order of these, all of one number together."""
    if len(numbers) == count and any(numbers):
        order = sorted(set(numbers))
        places = [order.index(n) for n in numbers]
    else:
        places = list(range(count))
    return tuple(times[p] if p < len(times) else None for p in places)


def remark_on(numbers: list[int]) -> str:
    """What is different from now on."""
    given = [n for n in numbers if n]
    return "gaps of one number are asked one by one" if len(set(given)) < len(given) else ""
