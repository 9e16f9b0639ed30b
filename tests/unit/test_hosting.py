"""Files for hosts: they install from one given place, and what they run builds the site."""

from __future__ import annotations

import shlex
import subprocess
import sys
import tomllib
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from notebook_kb.errors import UsageError
from notebook_kb.scaffolding.hosting import HOSTS, hosting_file, is_address
from notebook_kb.workspace.begin import add_hosting, begin

if TYPE_CHECKING:
    from pathlib import Path

GIT = "git+https://git.example.org/me/notebook_kb@v1#subdirectory=tool"


def commands(host: str, text: str) -> list[str]:
    """The shell commands that a host would run."""
    if host == "netlify":
        return [c.strip() for c in tomllib.loads(text)["build"]["command"].split("&&")]
    data: dict[str, Any] = yaml.safe_load(text)
    if host == "gitlab":
        return list(data["pages"]["script"])
    return [step["run"] for step in data["jobs"]["site"]["steps"] if "run" in step]


@pytest.mark.parametrize("host", sorted(HOSTS))
@pytest.mark.parametrize("address", [GIT, "tools/notebook_kb-0.1.0-py3-none-any.whl"])
def test_the_tool_is_installed_from_the_address_alone(host: str, address: str) -> None:
    """Red when a host's file is no valid file, or asks pip for anything but the address."""
    install, build = commands(host, hosting_file(host, address)[1])
    *pip, wanted = shlex.split(install)
    assert pip == ["python", "-m", "pip", "install"]
    assert wanted in {f"notebook-kb @ {address}", f"./{address}"}
    assert shlex.split(build)[:2] == ["kb", "build"]


@pytest.mark.parametrize(
    "address",
    [
        "notebook-kb",
        "notebook-kb==1.0",
        "",
        "https://x/$(id)",
        'https://x/"; id; "',
        "http://x/y.whl",
        "x.whl",
        "a b/c.whl",
        "https://x/\nrun: id",
    ],
)
def test_a_name_alone_is_refused(tmp_path: Path, address: str) -> None:
    """Red when a bare name, or an address that a shell would read otherwise, comes into a host's file."""
    assert not is_address(address)
    with pytest.raises(UsageError):
        add_hosting(tmp_path, "github", address)
    assert list(tmp_path.iterdir()) == []


def test_a_file_that_is_there_is_left(tmp_path: Path) -> None:
    """Red when somebody's own workflow is overwritten."""
    (tmp_path / ".gitlab-ci.yml").write_text("mine: true\n")
    assert add_hosting(tmp_path, "gitlab", GIT) == (".gitlab-ci.yml", False)
    assert (tmp_path / ".gitlab-ci.yml").read_text() == "mine: true\n"


@pytest.mark.parametrize("host", sorted(HOSTS))
def test_what_a_host_runs_builds_the_site(tmp_path: Path, host: str) -> None:
    """Red when the build command of a host's file does not work, or the addresses are not those of the host."""
    root = tmp_path / "n"
    begin(root, "", "", "en")
    (root / "notes/a.md").write_text("---\npublish: true\ndate: 2026-01-01\n---\n# A\n")
    build = commands(host, hosting_file(host, GIT)[1])[1]
    build = build.replace("${{ steps.pages.outputs.base_url }}", "$URL")
    url = "https://me.example.org/sub"
    run = subprocess.run(
        [sys.executable, "-m", "notebook_kb"]
        + [w.replace("$URL", url).replace("$CI_PAGES_URL", url) for w in shlex.split(build)[1:]],
        cwd=root,
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stderr
    folder = shlex.split(build)[-1]
    assert f'<link rel="canonical" href="{url}/a/">' in (root / folder / "a/index.html").read_text("utf-8")
    assert f"{url}/a/" in (root / folder / "feed.xml").read_text("utf-8")
