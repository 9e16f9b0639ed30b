"""`<!-- kb: off KB203 -->`, `%% kb: off KB411, KB203 %%` and `<!-- own-words: ok -->`: findings that a section does not want to hear of."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from notebook_kb.findings import finding
from notebook_kb.findings.catalogue import CATALOGUE
from notebook_kb.findings.codes import near_codes
from notebook_kb.model import document as d
from notebook_kb.model.note import Silence

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from notebook_kb.findings import Finding
    from notebook_kb.model.note import Section
    from notebook_kb.parsing.rules.comment import MaskedComment

OWN_WORDS = re.compile(r"\s*own[- ]words\s*:\s*ok\b", re.IGNORECASE)
OWN_WORDS_CODES = ("KB801", "KB802")
OFF = re.compile(r"\s*kb\s*:\s*off\b[:\s]*(.*)", re.IGNORECASE | re.DOTALL)
# `kb off KB203`, `kb: of KB203`, `kb: on KB203`
SLIP = re.compile(r"\s*kb\b[\s:=]*(?:\w+[\s:=]+)?(KB\d{3})\b", re.IGNORECASE)
LONGEST = 40
CODE = re.compile(r"(?:[A-Za-z]{1,3})?\d{1,4}")
END = 0


def read_silences(
    comments: Iterable[MaskedComment], document: d.Document
) -> tuple[tuple[Silence, ...], list[Finding]]:
    """(what is silenced where, findings about codes that do not exist).

    A comment counts from the heading above it up to the next heading of its level or above; without a heading above, or
    right under the title, for the whole note. What is not closed counts for nothing.
    """
    headings = [(b.place.line, b.level) for b in document.blocks if isinstance(b, d.Heading)]
    silences: list[Silence] = []
    found: list[Finding] = []
    for comment in comments:
        if comment.closed and OWN_WORDS.match(comment.text):
            silences.append(Silence(*reach(comment.place.line, headings), OWN_WORDS_CODES))
        match = OFF.match(comment.text) if comment.closed else None
        if match is None:
            slip = SLIP.match(comment.text) if comment.closed else None
            if slip:
                message = f"this comment silences nothing: `{' '.join(comment.text.split())[:LONGEST]}`"
                hint = f"write it as <!-- kb: off {slip[1].upper()} -->"
                place = (comment.place.line, comment.place.column, 0, 0)
                found.append(finding("KB605", message, hint, place=place))
            continue
        codes, unknown = read_codes(match[1])
        place = (comment.place.line, comment.place.column, 0, 0)
        if not codes and not unknown:
            hint = "name the codes: <!-- kb: off KB203 -->"
            found.append(finding("KB605", "this comment names no code to silence", hint, place=place))
        found += [unknown_code(code, place) for code in unknown]
        if codes:
            silences.append(Silence(*reach(comment.place.line, headings), codes))
    return tuple(silences), found


def read_codes(text: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """(codes, words that look like codes and are none) at the start of a text; what follows is the author's reason."""
    typed = []
    for word in re.split(r"[,;\s]+", text.strip()):
        if not CODE.fullmatch(word):
            break
        typed.append(word.upper() if not word.isdigit() else f"KB{word}")
    codes = dict.fromkeys(typed)
    return tuple(c for c in codes if c in CATALOGUE), tuple(c for c in codes if c not in CATALOGUE)


def unknown_code(code: str, place: tuple[int, int, int, int]) -> Finding:
    """The finding for a code that does not exist."""
    near = near_codes(code)
    hint = f"did you mean `{near[0]}` ({CATALOGUE[near[0]].title})?" if near else "`kb check` shows the codes"
    return finding("KB605", f"there is no finding `{code}` to silence", hint, place=place)


def reach(line: int, headings: list[tuple[int, int]]) -> tuple[int, int]:
    """(first line, last line) of what a comment in `line` counts for; 0 is the start or the end of the note."""
    above = [n for n, (at, _) in enumerate(headings) if at <= line]
    if not above:
        return 0, END
    index = above[-1]
    first, level = headings[index]
    last = next((at - 1 for at, other in headings[index + 1 :] if other <= level), END)
    title = index == 0 and level == 1
    return (0, END) if title and last == END else (first, last)


def with_silences(sections: Iterable[Section], silences: tuple[Silence, ...]) -> Iterator[Section]:
    """The sections, each with the codes that are silenced in all of it."""
    for section in sections:
        codes = (c for s in silences if s.covers(section.place.line) for c in s.codes)
        yield replace(section, silenced=tuple(dict.fromkeys((*section.silenced, *codes))))
