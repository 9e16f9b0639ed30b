"""The same faults as in tests/unit/test_files.py, many more times."""

from __future__ import annotations

import runpy
import sys
from pathlib import Path

import pytest

# Test folders are no packages, so the helpers are taken from the file itself.
HELPERS = runpy.run_path(str(Path(__file__).parents[1] / "unit" / "test_files.py"), run_name="helpers")

pytestmark = pytest.mark.torture


def test_kill_while_writing_1000_times(tmp_path: Path) -> None:
    left = HELPERS["kill_while_writing"](tmp_path, 1000)
    assert left > 0, "no kill came in the middle of a write: this test shows nothing"


@pytest.mark.skipif(sys.platform != "linux", reason="names are exchanged on Linux only")
def test_editor_and_tool_at_once_10000_times(tmp_path: Path) -> None:
    outcomes = HELPERS["race"](tmp_path, 10_000)
    assert outcomes["written"] > 100, outcomes
    assert outcomes["refused"] > 100, outcomes


@pytest.mark.skipif(not HELPERS["can_mount"](), reason="mounting a small disk needs root")
def test_disk_full_at_every_size(tmp_path: Path) -> None:
    with HELPERS["small_disk"](tmp_path / "disk", "1m") as disk:
        written = [HELPERS["write_on_full_disk"](disk, free) for free in range(0, 60 * 4096, 4096)]
    assert written == sorted(written)
    assert set(written) == {False, True}
