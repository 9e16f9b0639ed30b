"""Limits on formulas: math-core is recursive native code, and one nested too deep ends the whole process.

What a formula and its macros would cost is counted on the tokens, before math-core sees them.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from graphlib import CycleError, TopologicalSorter
from typing import TYPE_CHECKING

from notebook_kb.parsing.tex_tokens import argument, tokenize

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from notebook_kb.parsing.tex_tokens import Token

MAX_LENGTH = 20_000
MAX_EXPANSIONS = 1000
_MAX_GROUPS = 100  # `{`, \left, \begin inside one another; the rewriting is recursive too
_MAX_DEPTH = 800  # the same plus commands that may take one another as argument; it breaks above 3000
_MAX_COPIES = 1_000_000  # characters that one expansion may make
_SAFE = 3000  # length x cost of the dearest macro: below, no counting is needed
_DEFINERS = frozenset(
    f"\\{name}" for name in ("def", "newcommand", "renewcommand", "providecommand", "DeclareMathOperator")
)
_MAY_DEFINE = re.compile(r"def|command|Operator|\\let")
_OPENERS = frozenset({"{", "\\left", "\\begin"})
_CLOSERS = frozenset({"}", "\\right", "\\end"})


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with a formula, and where in the text that was looked at."""

    offset: int
    message: str


@dataclass(frozen=True, slots=True)
class Cost:
    """What one use of a macro costs: how deep it nests, how often it copies its argument."""

    depth: int
    copies: int


def macro_costs(
    bodies: Mapping[str, Sequence[Token]], known: Mapping[str, Cost]
) -> tuple[dict[str, Cost], str]:
    r"""The cost of macros (`\name`: body), given those `known`; and one that leads back to itself, or ''."""
    uses = {name: {t.text for t in body if t.text in bodies} for name, body in bodies.items()}
    costs = dict(known)
    try:
        order = list(TopologicalSorter(uses).static_order())
    except CycleError as error:
        return costs, str(error.args[1][0])
    for name in order:
        copies = max(1, sum(token.text == "#" for token in bodies[name]))
        for used in uses[name] | {t.text for t in bodies[name] if t.text in known}:
            copies = min(copies * costs[used].copies, _MAX_COPIES + 1)
        costs[name] = Cost(_depth(bodies[name], costs)[0], copies)
    return costs, ""


def too_much(tex: str, macros: Mapping[str, Cost]) -> Fault | None:
    """Whether a formula is too long, nests too deep, or defines a macro that never ends."""
    if len(tex) > MAX_LENGTH:
        return Fault(MAX_LENGTH, f"the formula is longer than {MAX_LENGTH} characters")
    dearest = max((cost.depth for cost in macros.values()), default=2)
    if len(tex) * max(dearest, 2) <= _SAFE and not _MAY_DEFINE.search(tex) and tex.count("{") <= _MAX_GROUPS:
        return None
    tokens = tokenize(tex)
    bodies: dict[str, list[Token]] = {}
    places: dict[str, int] = {}
    for name, body in _definitions(tokens):
        bodies.setdefault(name.text, []).extend(body)
        places.setdefault(name.text, name.offset)
    costs, circular = macro_costs(bodies, {k: v for k, v in macros.items() if k not in bodies})
    if circular:
        return Fault(places[circular], f'macro "{circular}" leads back to itself')
    depth, groups, offset = _depth(tokens, costs)
    if depth > _MAX_DEPTH or groups > _MAX_GROUPS:
        return Fault(offset, "the formula is nested too deep")
    for token in tokens:
        if token.text in costs and costs[token.text].copies * len(tex) > _MAX_COPIES:
            return Fault(token.offset, f'macro "{token.text}" makes the formula too long')
    return None


def _definitions(tokens: Sequence[Token]) -> Iterable[tuple[Token, list[Token]]]:
    for index, token in enumerate(tokens):
        if token.text not in _DEFINERS:
            continue
        after = index + 1 + (index + 1 < len(tokens) and tokens[index + 1].text == "*")
        name = argument(tokens, after)
        if name is None or not name[0]:
            continue
        start = name[1]
        while start < len(tokens) and tokens[start].text != "{":
            start += 1
        body = argument(tokens, start)
        if body:
            yield name[0][0], body[0]


def _depth(tokens: Sequence[Token], costs: Mapping[str, Cost]) -> tuple[int, int, int]:
    r"""How deep the parser may go, how many groups are inside one another, and where it is deepest.

    A command may take the next one as its argument (`\sqrt\sqrt x`), so within a group each one counts;
    a new cell or line of an environment starts again.
    """
    frames, deepest, groups, where = [(0, 0)], 0, 0, 0  # (depth where the group began, depth now)
    for token in tokens:
        text = token.text
        begin, now = frames[-1]
        if text in _OPENERS:
            frames.append((now + 1, now + 1))
        elif text in _CLOSERS:
            if len(frames) > 1:
                frames.pop()
        elif text in {"&", "\\\\"}:
            frames[-1] = (begin, begin)
        elif text[0] == "\\":
            frames[-1] = (begin, now + (costs[text].depth if text in costs else 1))
        groups = max(groups, len(frames) - 1)
        if frames[-1][1] > deepest:
            deepest, where = frames[-1][1], token.offset
    return deepest, groups, where
