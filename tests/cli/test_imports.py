"""What the first answer may not wait for."""

from __future__ import annotations

from typing import Any

import pytest

HEAVY = (
    "jinja2",
    "markdown_it",
    "yaml",
    "watchdog",
    "starlette",
    "uvicorn",
    "pygments",
    "nh3",
    "sqlite3",
    "asyncio",
)


@pytest.mark.parametrize("option", ["--version", "--help"])
def test_version_and_help_import_click_alone(kb: Any, option: str) -> None:
    """`kb --version` and `kb --help` load no library but click, and no command."""
    import subprocess

    script = (
        "import sys\nfrom notebook_kb.cli.main import run\n"
        "try:\n    run()\nexcept SystemExit:\n    print('LOADED', *sorted(sys.modules))\n"
    )
    done = subprocess.run(
        [kb.words()[0], "-c", script, option],
        cwd=kb.folder,
        env=kb.env(),
        capture_output=True,
        encoding="utf-8",
        check=True,
    )
    loaded = done.stdout.rpartition("LOADED ")[2].split()
    assert "click" in loaded
    assert not [m for m in loaded if m.partition(".")[0] in HEAVY]
    ours = {m for m in loaded if m.startswith("notebook_kb")}
    assert ours <= {"notebook_kb", "notebook_kb.cli", "notebook_kb.cli.main", "notebook_kb.errors"}
