"""How long a command line takes to answer, against `python -c "import click"` in the same run, in turn.

Run it: `python tests/benchmarks/bench_startup.py [RUNS]`. It prints medians and ratios; it never fails on a time.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parent.parent.parent
RUNS = 15
WANTED = 1.2
COMMANDS = {
    "import click": ["-c", "import click"],
    "kb --version": ["-m", "notebook_kb", "--version"],
    "kb --help": ["-m", "notebook_kb", "--help"],
    "kb write ra<TAB>": ["-m", "notebook_kb"],
    "kb next": ["-m", "notebook_kb", "next"],
    "kb": ["-m", "notebook_kb"],
}
TAB = {"_KB_COMPLETE": "bash_complete", "COMP_WORDS": "kb write ra", "COMP_CWORD": "2"}


def measure(folder: Path, runs: int) -> dict[str, list[float]]:
    """Milliseconds of each command, the commands in turn; a first round warms the disk's memory."""
    env = {**os.environ, "PYTHONPATH": str(REPOSITORY)}
    times: dict[str, list[float]] = {name: [] for name in COMMANDS}
    for number in range(runs + 1):
        for name, words in COMMANDS.items():
            extra = TAB if "TAB" in name else {}
            started = time.perf_counter()
            subprocess.run(
                [sys.executable, *words],
                cwd=folder,
                env={**env, **extra},
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                check=False,
            )
            if number:
                times[name].append((time.perf_counter() - started) * 1000)
    return times


def main() -> None:
    """Measure in a notebook just begun, and print."""
    runs = int(sys.argv[1]) if len(sys.argv) > 1 else RUNS
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "notes").mkdir()
        (folder / "notebook.yml").write_text("title: Bench\n", encoding="utf-8")
        times = measure(folder, runs)
    medians = {name: statistics.median(values) for name, values in times.items()}
    base = medians["import click"]
    print(f"start-up, {runs} runs each, in turn, milliseconds")
    for label, median in medians.items():
        print(f"  {label:<18} median {median:6.0f}   × {median / base:.2f}")
    worst = max(medians["kb --version"], medians["kb --help"]) / base
    print(
        f"  wanted: --version and --help ≤ {WANTED} × import click: {'met' if worst <= WANTED else 'not met'}"
    )
    print(
        json.dumps({"benchmark": "startup", "runs": runs, "ms": {k: round(v, 1) for k, v in medians.items()}})
    )


if __name__ == "__main__":
    main()
