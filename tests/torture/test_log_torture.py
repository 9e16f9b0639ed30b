"""The same faults as in tests/unit/test_review_log.py and test_memory.py, many more times."""

from __future__ import annotations

import runpy
from pathlib import Path

import pytest

from tests.support.reviews import kill_while_recording

# Test folders are no packages, so the helpers are taken from the file itself.
HELPERS = runpy.run_path(str(Path(__file__).parents[1] / "unit" / "test_review_log.py"), run_name="helpers")

pytestmark = pytest.mark.torture


def test_flips_of_10000_random_bytes(tmp_path: Path) -> None:
    assert HELPERS["flip_bytes"](tmp_path / ".kb", 10_000, 12) > 3000


def test_kill_while_recording_1000_times(tmp_path: Path) -> None:
    answered, _ = kill_while_recording(tmp_path, 1000)
    assert answered > 1000
