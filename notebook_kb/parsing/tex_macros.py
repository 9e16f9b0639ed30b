r"""TeX with its macros written out, for readers that know none of ours: `\R^n` → `\mathbb{R}^n`."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from notebook_kb.parsing.tex import strip_comments
from notebook_kb.parsing.tex_limits import MAX_EXPANSIONS, MAX_LENGTH
from notebook_kb.parsing.tex_tokens import argument, plain, tokenize

if TYPE_CHECKING:
    from collections.abc import Mapping

    from notebook_kb.parsing.tex_tokens import Token

DEFINERS = frozenset(
    f"\\{name}"
    for name in ("def", "let", "newcommand", "renewcommand", "providecommand", "DeclareMathOperator")
)
DIGITS = "123456789"


def expanded(tex: str, macros: Mapping[str, str]) -> str:
    r"""The TeX without comments and with every macro of `macros` (`\R` or `R` → TeX) replaced by what it says.

    A macro that the formula defines itself stays, as does one that lacks an argument. One that leads back to itself, or
    grows beyond the limits of a formula, ends the replacing: the rest stays as it is. Never raises.
    """
    text = strip_comments(tex)
    tokens = tokenize(text)
    known = {"\\" + name.removeprefix("\\"): tokenize(strip_comments(body)) for name, body in macros.items()}
    for name in own_names(tokens):
        known.pop(name, None)
    if not any(t.text in known for t in tokens):
        return text
    return joined(Expander(known).run(tokens))


def own_names(tokens: list[Token]) -> set[str]:
    """The macros that a formula defines itself."""
    found: set[str] = set()
    for index, token in enumerate(tokens):
        if token.text in DEFINERS:
            starred = index + 1 < len(tokens) and tokens[index + 1].text == "*"
            name = argument(tokens, index + 1 + starred)
            if name and name[0]:
                found.add(name[0][0].text)
    return found


class Expander:
    """Replaces macros until none is left or the limits are reached."""

    def __init__(self, known: Mapping[str, list[Token]]) -> None:
        self.known = known
        self.left = MAX_EXPANSIONS

    def run(self, tokens: list[Token]) -> list[Token]:
        """The tokens with their macros replaced; what a macro says may hold others."""
        done: list[Token] = []
        rest = tokens
        index = 0
        while index < len(rest):
            token = rest[index]
            found = self.replacement(rest, index) if token.text in self.known else None
            if found is None:
                done.append(token)
                index += 1
                continue
            said, behind = found
            rest = [*said, *rest[behind:]]
            index = 0
            self.left -= 1
            if len(rest) + len(done) > MAX_LENGTH:
                self.left = 0
        return done

    def replacement(self, tokens: list[Token], index: int) -> tuple[list[Token], int] | None:
        """What a macro says with its arguments put in, and the index behind them; None: it stays."""
        body = self.known[tokens[index].text]
        if self.left <= 0:
            return None
        given: list[list[Token]] = []
        behind = index + 1
        for _ in range(arity(body)):
            found = argument(tokens, behind)
            if found is None:
                return None
            given.append(found[0])
            behind = found[1]
        return filled(body, given), behind


def arity(body: list[Token]) -> int:
    """How many arguments a macro takes: the greatest number behind a `#`."""
    numbers = [
        int(after.text) for token, after in pairwise(body) if token.text == "#" and after.text in DIGITS
    ]
    return max(numbers, default=0)


def filled(body: list[Token], given: list[list[Token]]) -> list[Token]:
    """A macro's tokens with arguments in the places of `#1` …"""
    out: list[Token] = []
    index = 0
    while index < len(body):
        after = body[index + 1].text if index + 1 < len(body) else ""
        if body[index].text == "#" and after and after in DIGITS:
            out += given[int(after) - 1]
            index += 2
        else:
            out.append(body[index])
            index += 1
    return out


def joined(tokens: list[Token]) -> str:
    """Tokens as text: a command must not grow into the letter behind it."""
    parts: list[Token | str] = []
    before = ""
    for token in tokens:
        if before[:1] == "\\" and before[1:].isalpha() and token.text[:1].isalpha():
            parts.append(" ")
        parts.append(token)
        before = token.text
    return "".join(p if isinstance(p, str) else plain((p,)) for p in parts)
