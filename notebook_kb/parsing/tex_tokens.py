"""TeX as tokens that know their place in the source, and what reads them: groups, arguments, plain text."""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

_TOKEN = re.compile(r"\\(?:[A-Za-z]+|.)|\s+|.", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Token:
    """A piece of TeX; `exact` when its text stands at `offset` of the source, letter by letter."""

    text: str
    offset: int
    exact: bool = True


class SourceMap:
    """Joins tokens to one text and finds, for an offset in it, the offset in the source."""

    def __init__(self, tokens: Sequence[Token]) -> None:
        self.text = "".join(token.text for token in tokens)
        self._tokens = [token for token in tokens if token.text]
        self._starts: list[int] = []
        position = 0
        for token in self._tokens:
            self._starts.append(position)
            position += len(token.text)

    def to_source(self, position: int) -> int:
        """The source offset for an offset in `text`; behind the end: where the last token ends."""
        if not self._tokens:
            return 0
        index = max(bisect_right(self._starts, position) - 1, 0)
        token = self._tokens[index]
        within = min(max(position - self._starts[index], 0), len(token.text))
        return token.offset + (within if token.exact else 0)


def tokenize(tex: str) -> list[Token]:
    """TeX to tokens: control words and symbols, runs of white space, single characters."""
    return [Token(match.group(), match.start()) for match in _TOKEN.finditer(tex)]


def group_end(tokens: Sequence[Token], start: int) -> int:
    """The index behind the `}` that closes the `{` at `start`, or -1."""
    depth = 0
    for index in range(start, len(tokens)):
        text = tokens[index].text
        depth += (text == "{") - (text == "}")
        if depth == 0:
            return index + 1
    return -1


def skip_space(tokens: Sequence[Token], index: int) -> int:
    """The index of the first token at or behind `index` that is no white space."""
    while index < len(tokens) and tokens[index].text.isspace():
        index += 1
    return index


def argument(tokens: Sequence[Token], index: int) -> tuple[list[Token], int] | None:
    """The argument at `index`, without its braces, and the index behind it; None if there is none."""
    start = skip_space(tokens, index)
    if start >= len(tokens) or tokens[start].text == "}":
        return None
    if tokens[start].text != "{":
        return [tokens[start]], start + 1
    end = group_end(tokens, start)
    return None if end < 0 else (list(tokens[start + 1 : end - 1]), end)


def optional(tokens: Sequence[Token], index: int) -> tuple[list[Token], int]:
    """The `[…]` at `index` without its brackets, and the index behind it; nothing there: ([], index)."""
    start = skip_space(tokens, index)
    if start >= len(tokens) or tokens[start].text != "[":
        return [], index
    depth = 0
    for end in range(start + 1, len(tokens)):
        text = tokens[end].text
        depth += (text == "{") - (text == "}")
        if text == "]" and depth == 0:
            return list(tokens[start + 1 : end]), end + 1
        if depth < 0:
            break
    return [], index


def plain(tokens: Iterable[Token]) -> str:
    """The TeX of some tokens."""
    return "".join(token.text for token in tokens)


def formula_in_text(tokens: Sequence[Token], start: int, close: int) -> tuple[list[Token], int] | None:
    r"""The formula of `$…$` or `\(…\)` that begins at `start`, and the index behind it."""
    ending = {"$": "$", "\\(": "\\)"}.get(tokens[start].text)
    if ending is None:
        return None
    for index in range(start + 1, close):
        if tokens[index].text == ending:
            return list(tokens[start + 1 : index]), index + 1
    return None


def array_columns(spec: Sequence[Token]) -> str:
    """The columns of an array without `@{…}` and `!{…}`: math-core refuses them, and they are spacing."""
    kept, place = "", 0
    while place < len(spec):
        given = argument(spec, place + 1) if spec[place].text in {"@", "!"} else None
        kept += "" if given else spec[place].text
        place = given[1] if given else place + 1
    return kept
