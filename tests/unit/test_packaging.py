"""What is shipped: one version, a lock with hashes and no addresses, a wheel with the theme and nothing private."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import tomllib
import zipfile
from typing import TYPE_CHECKING, Any

import pytest

import notebook_kb

if TYPE_CHECKING:
    from pathlib import Path

NEEDED_TO_BUILD = ("pyproject.toml", "README.md", "LICENSE", "CHANGELOG.md", ".gitignore")
PIN = re.compile(r"^([a-z0-9][a-z0-9.-]*)==\S+")
NAME = re.compile(r"^[A-Za-z0-9._-]+")


@pytest.fixture(scope="module")
def project(repository: Path) -> dict[str, Any]:
    table: dict[str, Any] = tomllib.loads((repository / "pyproject.toml").read_text("utf-8"))["project"]
    return table


@pytest.fixture(scope="module")
def lock(repository: Path) -> str:
    return (repository / "requirements.lock").read_text("utf-8")


def pinned(lock: str) -> dict[str, list[str]]:
    """Each pinned requirement's line, and the lines that belong to it."""
    entries: dict[str, list[str]] = {}
    lines: list[str] = []
    for line in lock.splitlines():
        if line and not line.startswith((" ", "#")):
            lines = entries[line] = []
        elif line.startswith(" "):
            lines.append(line.strip())
    return entries


def normalized(requirement: str) -> str:
    match = NAME.match(requirement)
    assert match, requirement
    return re.sub(r"[-_.]+", "-", match[0]).lower()


def files_under(folder: Path) -> set[str]:
    return {
        path.relative_to(folder).as_posix()
        for path in folder.rglob("*")
        if path.is_file() and "__pycache__" not in path.parts and path.name != ".DS_Store"
    }


@pytest.fixture(scope="module")
def shipped(repository: Path, tmp_path_factory: pytest.TempPathFactory) -> set[str]:
    """The names in the wheel, built from a copy that holds notes and a site besides."""
    source = tmp_path_factory.mktemp("source")
    for name in NEEDED_TO_BUILD:
        shutil.copy(repository / name, source / name)
    for name in ("notebook_kb", "templates"):
        shutil.copytree(repository / name, source / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("notes/secret.md", "site/index.html", "tests/test_x.py", ".kb/cache/x"):
        (source / name).parent.mkdir(parents=True, exist_ok=True)
        (source / name).write_text("not for the wheel", "utf-8")
    subprocess.run(
        [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", "out"],
        cwd=source,
        check=True,
        capture_output=True,
        timeout=120,
    )
    (wheel,) = (source / "out").glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        return set(archive.namelist())


def test_the_version_is_one(project: dict[str, Any]) -> None:
    assert notebook_kb.__version__ == project["version"]


def test_both_names_start_the_same_command(project: dict[str, Any]) -> None:
    assert project["scripts"] == dict.fromkeys(("kb", "notebook-kb"), "notebook_kb.cli.main:run")


def test_every_pinned_requirement_has_a_hash(lock: str) -> None:
    entries = pinned(lock)
    assert entries
    for requirement, lines in entries.items():
        assert PIN.match(requirement), requirement
        assert any(re.match(r"--hash=sha256:[0-9a-f]{64}", line) for line in lines), requirement


def test_the_lock_holds_every_requirement(project: dict[str, Any], lock: str) -> None:
    asked = {normalized(r) for r in [*project["dependencies"], *project["optional-dependencies"]["dev"]]}
    assert asked <= {normalized(r) for r in pinned(lock)}


def test_the_lock_names_no_host_and_no_folder(lock: str) -> None:
    assert "://" not in lock
    assert not re.search(r"^\s*-(?!-hash=)|--(extra-)?index|--find-links|--trusted-host", lock, re.MULTILINE)
    comments = [line for line in lock.splitlines() if line.lstrip().startswith("#")]
    assert not [line for line in comments if re.search(r"(^|[\s=\"'])(/|~|[A-Za-z]:\\)", line)]


def test_the_wheel_holds_the_whole_theme(shipped: set[str], repository: Path) -> None:
    theme = files_under(repository / "templates")
    assert theme, "templates/ is empty"
    assert {f"notebook_kb/_theme/{name}" for name in theme} <= shipped


def test_the_wheel_holds_the_whole_package(shipped: set[str], repository: Path) -> None:
    assert "notebook_kb/py.typed" in shipped
    assert {f"notebook_kb/{name}" for name in files_under(repository / "notebook_kb")} <= shipped


def test_the_wheel_holds_nothing_else(shipped: set[str]) -> None:
    assert {name.split("/")[0] for name in shipped} == {
        "notebook_kb",
        f"notebook_kb-{notebook_kb.__version__}.dist-info",
    }
