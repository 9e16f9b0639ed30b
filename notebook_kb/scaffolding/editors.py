"""Ready files for editors: what makes them show the findings of `kb check` beside their lines."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

# what `kb check --format lines` writes, as ECMAScript and Python read it alike
FINDING = r"^(.+?):(\d+):(\d+): (error|warning|info): (.*) \[(KB\d+)\]$"
BEGINS, ENDS = r"^Checking the notes", r"^Checked at "
CHECK = ["check", "--format", "lines"]


@dataclass(frozen=True, slots=True)
class EditorFile:
    """A file for an editor: its name for people, its path in the notebook, its text, and what to do with it."""

    title: str
    path: str
    text: str
    use: str


def vscode_tasks() -> dict[str, Any]:
    """The tasks of VS Code: one check, and one that checks after each save."""
    matcher: dict[str, Any] = {
        "owner": "kb",
        "source": "kb",
        "fileLocation": ["relative", "${workspaceFolder}"],
        "pattern": {
            "regexp": FINDING,
            "file": 1,
            "line": 2,
            "column": 3,
            "severity": 4,
            "message": 5,
            "code": 6,
        },
    }
    background = {"activeOnStart": True, "beginsPattern": BEGINS, "endsPattern": ENDS}
    once = {
        "label": "kb: check",
        "detail": "What is wrong or worth knowing in the notes, as problems",
        "type": "process",
        "command": "kb",
        "args": CHECK,
        "group": {"kind": "build", "isDefault": True},
        "presentation": {"reveal": "silent", "clear": True},
        "problemMatcher": matcher,
    }
    always = {
        "label": "kb: check while I write",
        "detail": "The same after each save, until the task is ended",
        "type": "process",
        "command": "kb",
        "args": [*CHECK, "--watch"],
        "isBackground": True,
        "presentation": {"reveal": "silent"},
        "problemMatcher": {**matcher, "background": background},
    }
    return {"version": "2.0.0", "tasks": [once, always]}


def editor_file(editor: str) -> EditorFile:
    """The file for a key of EDITORS."""
    return EDITORS[editor]


EDITORS = {
    "vscode": EditorFile(
        "VS Code",
        ".vscode/tasks.json",
        json.dumps(vscode_tasks(), indent=2) + "\n",
        "open this folder in VS Code; Ctrl+Shift+B checks the notes, Terminal > Run Task has the task that checks while you "
        "write; what it finds is under Problems",
    ),
}
