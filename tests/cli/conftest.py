"""A person at a terminal: the real command line, in a folder of its own, with nothing set."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parent.parent.parent
NOT_KEPT = ("KB_EDITOR", "VISUAL", "EDITOR", "FORCE_COLOR", "NO_COLOR", "COLUMNS", "TERM")


@dataclass
class Kb:
    """Runs `kb` in a folder."""

    folder: Path
    environment: dict[str, str] = field(default_factory=dict)

    def words(self, *arguments: str) -> list[str]:
        """The command line."""
        return [sys.executable, "-m", "notebook_kb", *arguments]

    def env(self, extra: dict[str, str] | None = None) -> dict[str, str]:
        """The environment: a fixed day, no editor."""
        kept = {k: v for k, v in os.environ.items() if k not in NOT_KEPT}
        fixed = {"PYTHONPATH": str(REPOSITORY), "SOURCE_DATE_EPOCH": "1794960000"}
        return {**kept, **fixed, **self.environment, **(extra or {})}

    def __call__(self, *arguments: str, code: int | None = 0, **env: str) -> subprocess.CompletedProcess[str]:
        """Run it to its end; it must end with the exit code `code`, unless that is None."""
        done = subprocess.run(
            self.words(*arguments),
            cwd=self.folder,
            env=self.env(env),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            encoding="utf-8",
            check=False,
            timeout=60,
        )
        assert code is None or done.returncode == code, done.stdout + done.stderr
        return done


@pytest.fixture
def kb(tmp_path: Path) -> Kb:
    """The command line in an empty folder."""
    folder = tmp_path / "book"
    folder.mkdir()
    return Kb(folder)


@pytest.fixture
def book(kb: Kb) -> Kb:
    """The command line in a notebook without notes."""
    (kb.folder / "notes").mkdir()
    (kb.folder / "notebook.yml").write_text("title: Book\n", encoding="utf-8")
    return kb
