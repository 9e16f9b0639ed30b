"""A thousand kills and cut connections while sending: never a second post, never one that is forgotten."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import pytest

from tests.support.send_torture import Torture

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.torture


@pytest.mark.parametrize("seed", range(4))
def test_250_faults(tmp_path: Path, seed: int) -> None:
    """Red at the first note that the fakes have twice, or whose ledger says something else than they have."""
    counts = Torture(tmp_path, seed).run(250)
    sys.stderr.write(f"\nseed {seed}: {dict(sorted(counts.items()))}\n")
    assert counts["unknown"] > 25, counts
    assert counts["killed"] > 50, counts
