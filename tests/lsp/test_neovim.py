"""The language server in a real Neovim, without plugins: what the editor shows and what its own functions apply."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest

HERE = Path(__file__).resolve().parent
REPOSITORY = HERE.parents[1]
GUIDE = REPOSITORY / "notes" / "guide" / "editors.md"
LUA = re.compile(r"```lua\n(.*?)```", re.DOTALL)
NOTES = {
    "notebook.yml": "title: T\ntimezone: UTC\n",
    "notes/eigen.md": "---\nconcept: eigen\n---\n# Eigenvectors\n\nArrows on their line.\n\n## Visual\nThey only get longer or shorter when the whole map acts on them.\n",
    "notes/rank.md": "---\nconcept: rank\n---\n# Rank\n\n𝐀 and [[egien]].\n\n\n\nEnd.\n",
}


@pytest.fixture(scope="module")
def neovim(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What the script of the guide found."""
    program = shutil.which("nvim")
    if program is None:
        pytest.skip("there is no Neovim here (Debian: apt-get install neovim)")
    root = tmp_path_factory.mktemp("notebook")
    for name, text in NOTES.items():
        (root / name).parent.mkdir(exist_ok=True)
        (root / name).write_text(text, encoding="utf-8")
    out = root / "out.json"
    bin_folder = tmp_path_factory.mktemp("bin")
    kb = bin_folder / "kb"
    kb.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m notebook_kb "$@"\n', encoding="utf-8")
    kb.chmod(0o755)
    env = {
        **os.environ,
        "PATH": f"{bin_folder}{os.pathsep}{os.environ['PATH']}",
        "KB_SETTINGS": LUA.findall(GUIDE.read_text(encoding="utf-8"))[1],
        "KB_ROOT": str(root),
        "KB_OUT": str(out),
        "PYTHONPATH": str(REPOSITORY),
        "LC_ALL": "C.UTF-8",
    }
    done = subprocess.run(
        [program, "--headless", "--clean", "-i", "NONE", "-n", "-S", str(HERE / "neovim.lua")],
        env=env,
        cwd=root,
        capture_output=True,
        text=True,
        timeout=90,
        check=False,
    )
    assert out.exists(), done.stderr + done.stdout
    found: dict[str, Any] = json.loads(out.read_text(encoding="utf-8"))
    assert "failed" not in found, found
    return found


def test_it_shows_findings_at_the_right_letters(neovim: dict[str, Any]) -> None:
    assert {"code": "KB201", "words": "[[egien]]"} in neovim["diagnostics"] or {
        "code": "KB201",
        "words": "egien",
    } in neovim["diagnostics"]
    assert any("nowhere" in d["words"] and len(d["words"]) <= len("[[nowhere]]") for d in neovim["typed"])


def test_it_shows_notes_and_leads_to_them(neovim: dict[str, Any]) -> None:
    assert "**Eigenvectors**" in neovim["hover"]
    assert neovim["definition"] == NOTES["notes/eigen.md"].split("\n").index("## Visual")
    assert neovim["references"] == 1
    assert "0 of 3 angles" in neovim["lens"][0]["command"]["title"]


def test_its_own_functions_apply_completion_fix_and_rename(neovim: dict[str, Any]) -> None:
    assert neovim["completed"] == "𝔼 [[eigen]]"
    assert neovim["mended"] == "[[eigen]]"
    assert neovim.get("rename_error") is None
    assert neovim["renamed"] == "𝐀 and 𝔼: [[arrows]] and more."
    assert (neovim["moved"], neovim["gone"]) == (1, 0)


def test_the_guides_settings_for_other_editors_parse() -> None:
    """They cannot be run here, but a bracket that is missing would be seen."""
    text = GUIDE.read_text(encoding="utf-8")
    (helix,) = re.findall(r"```toml\n(.*?)```", text, re.DOTALL)
    assert tomllib.loads(helix)["language-server"]["kb"] == {"command": "kb", "args": ["lsp"]}
    vscode, kate = re.findall(r"```json\n(.*?)```", text, re.DOTALL)
    assert json.loads(vscode)["glspc.server.languageId"] == ["markdown"]
    assert json.loads(kate)["servers"]["markdown"]["command"] == ["kb", "lsp"]
    (emacs,) = re.findall(r"```elisp\n(.*?)```", text, re.DOTALL)
    assert emacs.count("(") == emacs.count(")")
