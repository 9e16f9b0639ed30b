"""How long a long history takes to load and schedule, against the `fsrs` package's own replay of it, in turn.

Run it: `python tests/benchmarks/bench_reviews.py [REVIEWS] [RUNS]`. It prints medians and ratios; it never fails on a
time.
"""

from __future__ import annotations

import gc
import json
import random
import statistics
import sys
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import fsrs

from notebook_kb.study.entries import Mode, Review, fresh_id, review_line
from notebook_kb.study.memory import Memory

if TYPE_CHECKING:
    from collections.abc import Callable

REVIEWS, RUNS = 100_000, 5
PER_CARD = 25
WANTED, WANTED_CACHED = 1.5, 0.10
BEGIN = datetime(2022, 1, 3, 7, tzinfo=UTC)


def history(count: int) -> list[Review]:
    """`count` answers of many cards over four years, in the order in which they were given."""
    chance = random.Random(11)  # noqa: S311 - nothing secret
    reviews = []
    asked: set[str] = set()
    step = timedelta(days=4 * 365) / count
    for number in range(count):
        card = f"k-{chance.randrange(max(count // PER_CARD, 1)):08x}"
        rating = chance.choices((1, 2, 3, 4), (15, 10, 60, 15))[0]
        at = (BEGIN + number * step).replace(microsecond=0)
        front = "" if card in asked else f"What does $\\operatorname{{rank}}(A_{{{number}}})$ count, and why?"
        asked.add(card)
        ms = chance.randrange(2000, 30_000)
        reviews.append(Review(fresh_id(), card, at, rating, ms, Mode.REVIEW, "9c1f03ab", front))
    return reviews


def write(folder: Path, reviews: list[Review]) -> None:
    """The log of three computers; each card's question stands in its first entry."""
    folder.mkdir(parents=True)
    files: dict[str, list[bytes]] = {"laptop": [], "desk": [], "phone": []}
    for number, review in enumerate(reviews):
        files[list(files)[number // 500 % 3]].append(review_line(review))
    for name, lines in files.items():
        (folder / f"{name}.jsonl").write_bytes(b"\n".join([*lines, b""]))


def package_replay(reviews: list[Review]) -> Callable[[], dict[str, fsrs.Card]]:
    """The package as its documentation uses it: one `reschedule_card` for each card."""
    scheduler = fsrs.Scheduler(learning_steps=(), relearning_steps=(), enable_fuzzing=False)
    logs: dict[str, list[fsrs.ReviewLog]] = {}
    for review in reviews:
        entry = fsrs.ReviewLog(1, fsrs.Rating(review.rating), review.at, review.ms)
        logs.setdefault(review.card, []).append(entry)
    return lambda: {c: scheduler.reschedule_card(fsrs.Card(1, due=BEGIN), each) for c, each in logs.items()}


def timed(work: Callable[[], object]) -> float:
    """Milliseconds of one run."""
    gc.collect()
    started = time.perf_counter()
    work()
    return (time.perf_counter() - started) * 1000


def main() -> None:
    """Measure in turn, and print."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else REVIEWS
    runs = int(sys.argv[2]) if len(sys.argv) > 2 else RUNS
    reviews = history(count)
    replay = package_replay(reviews)
    times: dict[str, list[float]] = {"package": [], "load and schedule": [], "next start": []}
    with tempfile.TemporaryDirectory() as name:
        state = Path(name) / ".kb"
        write(state / "reviews", reviews)
        for _ in range(runs):
            times["package"].append(timed(replay))
            (state / "cache" / "memory.json").unlink(missing_ok=True)
            times["load and schedule"].append(timed(lambda: Memory.open(state, "bench")))
            times["next start"].append(timed(lambda: Memory.open(state, "bench")))
    medians = {key: statistics.median(values) for key, values in times.items()}
    first, again = (medians[key] / medians["package"] for key in ("load and schedule", "next start"))
    # On a machine that does other things too, the quickest runs say more.
    best = {key: min(values) for key, values in times.items()}
    print(f"{count:,} reviews, {runs} runs each, in turn, milliseconds")
    for key, median in medians.items():
        shares = f"× {median / medians['package']:.3f}   best {best[key]:7.0f}   × {best[key] / best['package']:.3f}"
        print(f"  {key:<18} median {median:7.0f}   {shares}")
    print(f"  wanted: first start ≤ {WANTED} × the package: {'met' if first <= WANTED else 'not met'}")
    print(
        f"  wanted: next start ≤ {WANTED_CACHED} × the package: {'met' if again <= WANTED_CACHED else 'not met'}"
    )
    print(
        json.dumps(
            {"benchmark": "reviews", "reviews": count, "ms": {k: round(v) for k, v in medians.items()}}
        )
    )


if __name__ == "__main__":
    main()
