"""A note's code read without running it: shortcuts in it, and what its check would prove."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from notebook_kb.running.cheats import cheats, parse_parts
from notebook_kb.running.forbidden import rules_of
from notebook_kb.running.proof import ProofReader
from notebook_kb.running.tricks import TrickReader

if TYPE_CHECKING:
    from notebook_kb.model.code import CodePart
    from notebook_kb.model.evidence import CodeProblem
    from notebook_kb.model.roadmap import Exercise
    from notebook_kb.running.cheats import Parsed


@dataclass(frozen=True)
class Honesty:
    """What reading the code showed: `shortcuts` in it, `weak` asserts that prove nothing, and the `asserts` that do: (block,
    line in the block, column from 0). `readable` is False where a block is no Python, or is nested too
    deeply: nothing is proved then.
    """

    readable: bool = True
    shortcuts: tuple[CodeProblem, ...] = ()
    weak: tuple[CodeProblem, ...] = ()
    asserts: frozenset[tuple[int, int, int]] = frozenset()


@lru_cache(maxsize=512)
def read_code(parts: tuple[CodePart, ...], exercise: Exercise) -> Honesty:
    """What the code of a note is worth for an exercise."""
    try:
        return read_blocks(parse_parts(parts), exercise)
    except RecursionError:  # trees of some hundred levels: nobody writes them
        return Honesty(readable=False)


def read_blocks(blocks: list[Parsed] | None, exercise: Exercise) -> Honesty:
    """As `read_code`, of parsed blocks. Raises `RecursionError`."""
    if blocks is None:
        return Honesty(readable=False)
    rules = rules_of(exercise)
    proof = ProofReader(blocks)
    found = {(p.place, p.what): p for p in (*cheats(blocks, rules), *TrickReader(proof, rules).tricks())}
    shortcuts = sorted(found.values(), key=lambda p: (p.place.line, p.place.column))
    asserts, weak = proof.read()
    return Honesty(True, tuple(shortcuts), tuple(weak), asserts)
