"""Nothing private leaves in any payload, and nothing public of a note is swallowed on the way."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.support.canaries import PRIVATE, PUBLIC, Canaries, write_files
from tests.support.payloads import all_bytes, prepared

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize("seed", range(200_000, 200_012))
def test_payloads_hold_all_that_is_public_and_nothing_else(tmp_path: Path, seed: int) -> None:
    """Red when an adapter shows a private construct, or drops public words without a word in the report."""
    canaries = Canaries(seed).build()
    write_files(tmp_path, canaries.files)
    said: dict[tuple[str, str], set[str]] = {}
    for one in prepared(tmp_path):
        data = all_bytes(one.payload)
        leaks = {w.decode() for w in PRIVATE.findall(data)}
        assert not {f"{canaries.where[w]} to {one.payload.target}" for w in leaks}
        said.setdefault((one.payload.target, one.payload.form), set()).update(
            w.decode() for w in PUBLIC.findall(data.lower())
        )
        refused = " ".join(x.detail for x in one.shaped.refusals)
        said[one.payload.target, one.payload.form].update(
            w.decode() for w in PUBLIC.findall(refused.encode())
        )
    for target, words in said.items():
        assert not {f"{canaries.public[w]} ({target})" for w in set(canaries.public) - words}
