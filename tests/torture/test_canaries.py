"""A thousand random notebooks: no private word in any byte of their sites, every public word in a page."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from notebook_kb.workspace.build import BuildOptions, build
from notebook_kb.workspace.workspace import Workspace
from tests.support.canaries import TODAY, Canaries, said, write_files

if TYPE_CHECKING:
    from pathlib import Path

NOTEBOOKS = 1000


@pytest.mark.torture
@pytest.mark.parametrize("seed", range(100_000, 100_000 + NOTEBOOKS))
def test_no_canary_is_in_the_site(tmp_path: Path, seed: int) -> None:
    """Red when any mixture of constructs leaks or swallows public words."""
    canaries = Canaries(seed).build()
    write_files(tmp_path, canaries.files)
    build(Workspace(tmp_path, today=TODAY), BuildOptions())
    leaks, public = said(tmp_path / "site")
    assert not {f"{canaries.where[w]} in {page}" for w, page in leaks.items()}
    assert not {canaries.public[w] for w in set(canaries.public) - public}
