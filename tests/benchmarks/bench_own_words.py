"""The own-words rule on the set in tests/fixtures/own_words: how many of each kind are found how near to their source.

Run it: `python tests/benchmarks/bench_own_words.py`. It prints a table, where pasted sentences were found, and the time.
"""

from __future__ import annotations

import random
import sys
import time
from collections import Counter
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent.parent))

from notebook_kb.model.evidence import Verdict
from tests.support.own_words import Case, english, others

LONG_SOURCE = 10_500


def table(cases: list[Case]) -> None:
    """One line for each kind."""
    print(f"{'':34} {'no overlap':>10} {'close':>6} {'copied':>6}   found at its line")
    for kind in dict.fromkeys(c.kind for c in cases):
        some = [(c, c.overlap()) for c in cases if c.kind == kind]
        counts = Counter(o.verdict for _, o in some)
        pasted = [(c, o) for c, o in some if c.copied]
        at_line = sum(any(r.place.line == c.line for r in o.runs) for c, o in pasted)
        where = f"{at_line} of {len(pasted)}" if pasted else ""
        print(
            f"{kind + f' ({len(some)})':34} {counts[Verdict.NO_OVERLAP]:10} {counts[Verdict.CLOSE]:6} "
            f"{counts[Verdict.COPIED]:6}   {where}"
        )


def long_source(cases: list[Case]) -> None:
    """The time of one note against a source as long as a chapter, and what chance makes of it."""
    words = " ".join(c.source for c in cases if c.kind == "honest note").split()
    shuffled = random.Random(1)  # noqa: S311 - the same text each time
    text = " ".join(" ".join(shuffled.sample(words, 20)) + "." for _ in range(LONG_SOURCE // 20))
    honest = [Case("", c.text, text) for c in cases if c.kind == "honest note"]
    started = time.perf_counter()
    counts = Counter(c.overlap().verdict for c in honest)
    spent = (time.perf_counter() - started) / len(honest)
    said = ", ".join(f"{n} {v}" for v, n in counts.items())
    print(
        f"\na note against {LONG_SOURCE:,} words: {spent * 1000:.0f} ms each, reading included; honest notes: {said}"
    )


def main() -> None:
    """Print the tables."""
    table(english())
    print()
    table(others())
    long_source(english())


if __name__ == "__main__":
    main()
