"""Precision and recall of the symbols that the walk over a formula finds, against labels written by hand.

`tests/fixtures/symbols/README.md` says how the labels were made. The rules were tuned on `tune.yml` alone; of `test.yml` only
the figures are printed, so that they stay honest: `--show-test` lists its misses too, and ends that.

Run it: `python tests/benchmarks/bench_symbols.py [--show-test] [--tune-only] [--labels FOLDER]`.
"""

from __future__ import annotations

import argparse
import re
import sys
import time
import unicodedata
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import yaml

REPOSITORY = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(REPOSITORY))
from notebook_kb.parsing.formula_symbols import formula_symbols  # noqa: E402 - run as a script
from notebook_kb.parsing.tex import TexConverter  # noqa: E402

if TYPE_CHECKING:
    from collections.abc import Iterable

LABELS = REPOSITORY / "tests" / "fixtures" / "symbols"
GOAL = 0.97


@dataclass
class Score:
    """Keys that were found rightly, found wrongly and not found; `whole` formulas without a fault."""

    right: int = 0
    wrong: int = 0
    missed: int = 0
    formulas: int = 0
    whole: int = 0

    def add(self, wanted: set[str], found: set[str]) -> None:
        self.right += len(wanted & found)
        self.wrong += len(found - wanted)
        self.missed += len(wanted - found)
        self.formulas += 1
        self.whole += wanted == found

    @property
    def precision(self) -> float:
        return self.right / (self.right + self.wrong) if self.right + self.wrong else 1.0

    @property
    def recall(self) -> float:
        return self.right / (self.right + self.missed) if self.right + self.missed else 1.0

    def __str__(self) -> str:
        return f"P {self.precision:.3f}  R {self.recall:.3f}  whole {self.whole:3}/{self.formulas:3}"


@dataclass
class Half:
    """The scores of one half: `required` and `optional` by group, and the faults in words."""

    required: dict[str, Score] = field(default_factory=dict)
    optional: dict[str, Score] = field(default_factory=dict)
    misses: list[str] = field(default_factory=list)
    seconds: float = 0.0


def folded(keys: Iterable[str]) -> set[str]:
    """Keys in NFC; capital Greek letters are upright by themselves."""
    return {re.sub(r"([Α-Ω])\|upright", r"\1", unicodedata.normalize("NFC", str(key))) for key in keys}


def measure(path: Path) -> Half:
    """The scores of the labelled formulas in a file."""
    half, converter = Half(), TexConverter({})
    for entry in yaml.safe_load(path.read_text(encoding="utf-8")):
        began = time.perf_counter()
        read = formula_symbols(entry["tex"], converter)
        half.seconds += time.perf_counter() - began
        wanted, may = folded(entry["required"]), folded(entry["optional"])
        found = folded(read.required) if read else set()
        found_may = folded(read.optional) if read else set()
        groups = ["all", entry["area"], "hard" if entry["hard"] else "plain"]
        for group in (*groups, *(f"case {n}" for n in entry["hard"])):
            half.required.setdefault(group, Score()).add(wanted, found)
            half.optional.setdefault(group, Score()).add(may, found_may)
        for kind, gold, had in (("required", wanted, found), ("optional", may, found_may)):
            if gold != had:
                lacking, much = " ".join(sorted(gold - had)), " ".join(sorted(had - gold))
                half.misses.append(f"{kind}: missed [{lacking}] wrong [{much}]  {entry['tex']}")
    return half


def report(name: str, half: Half, *, misses: bool) -> None:
    """Print one half."""
    count = half.required["all"].formulas
    print(f"{name}: {count} formulas, {half.seconds / count * 1e6:.0f} µs each")
    for group in sorted(half.required, key=lambda g: (g.startswith("case"), g != "all", g)):
        print(f"  {group:15} required {half.required[group]}   optional {half.optional[group]}")
    for line in half.misses if misses else ():
        print(f"    {line}")


def main() -> int:
    """Print both halves; the exit code says whether the required symbols of the test half reach the goal."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--show-test", action="store_true")
    parser.add_argument("--tune-only", action="store_true")
    parser.add_argument("--labels", type=Path, default=LABELS)
    given = parser.parse_args()
    report("tune", measure(given.labels / "tune.yml"), misses=True)
    if given.tune_only:
        return 0
    test = measure(given.labels / "test.yml")
    report("test", test, misses=given.show_test)
    score = test.required["all"]
    return 0 if min(score.precision, score.recall) >= GOAL else 1


if __name__ == "__main__":
    sys.exit(main())
