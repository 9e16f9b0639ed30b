"""A thousand random notebooks and renames, and kills at every touch of a file and at random times."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.renames import check, check_command

REPOSITORY = Path(__file__).resolve().parents[2]
pytestmark = pytest.mark.torture


@pytest.mark.parametrize("start", range(10_000, 11_000, 50))
def test_1000_random_renames(start: int) -> None:
    """Red when any mixture of links, names and heads is lost or changed."""
    became = [check(seed) for seed in range(start, start + 50)]
    assert became.count("renamed") > 30, became


@pytest.mark.parametrize("seed", range(20_000, 20_100))
def test_100_random_renames_on_the_command_line(tmp_path: Path, seed: int) -> None:
    """The same through `kb rename` and files on the disk."""
    check_command(seed, tmp_path)


@pytest.mark.parametrize("more", [("1", "1"), ("1", "1", "300")])
def test_kills_at_every_touch_and_at_300_random_times(tmp_path: Path, more: tuple[str, ...]) -> None:
    """Whatever the moment, the next run leaves the whole rename."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.support.rename_kills", str(tmp_path), *more],
        cwd=REPOSITORY,
        env={"PYTHONPATH": str(REPOSITORY), "PATH": "/usr/bin:/bin"},
        capture_output=True,
        encoding="utf-8",
        check=False,
        timeout=1800,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    assert json.loads(done.stdout)["middle"] > 30, done.stdout
