"""Some of the faults of tests/torture/test_send_torture.py, every day."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.support.send_torture import Torture

if TYPE_CHECKING:
    from pathlib import Path


def test_30_kills_and_cuts_make_no_second_post(tmp_path: Path) -> None:
    """After a kill or cut at any point there is one post, or none and a refusal until a person has looked."""
    counts = Torture(tmp_path, 11).run(30)
    assert counts["unknown"] > 3, counts
    assert counts["killed"] > 3, counts
