"""Formulas as lines of text, in figures: how many are said, how many refused and why, what shows of TeX, what is lost.

Run it: `python tests/benchmarks/bench_formulas_as_text.py [--list]`; `--list` prints each formula and its text. It fails when
TeX shows or anything is lost.
"""

from __future__ import annotations

import sys
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

REPOSITORY = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(REPOSITORY))
from tests.support.formulas import cases, outcomes  # noqa: E402 - run as a script

if TYPE_CHECKING:
    from tests.support.formulas import Outcome


def figures(name: str, found: list[Outcome]) -> str:
    """One line of figures, and one for each reason."""
    refused = Counter(o.given.refused for o in found if o.given.refused)
    said, raw = len(found) - refused.total(), sum(bool(o.raw) for o in found)
    gone, unsaid = sum(len(o.lost) for o in found), sum(len(o.unsaid) for o in found)
    shown = f"text {said}, refused {refused.total()}, raw TeX visible {raw}, identifiers lost {gone}"
    lines = [f"{name}: {len(found)} formulas, {shown}, missing in a picture's words {unsaid}"]
    lines += [f"  {count:3} {reason}" for reason, count in refused.most_common()]
    return "\n".join(lines)


def main() -> int:
    """Print; the exit code says whether anything was lost."""
    failed = False
    for name in ("forty.txt", "notes.txt"):
        found = outcomes(cases(name))
        if "--list" in sys.argv[1:]:
            for one in found:
                print(f"{one.case.tex}  →  {one.given.text or f'({one.given.refused})'}")
        print(figures(name, found))
        failed = failed or any(o.raw or o.lost for o in found)
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
