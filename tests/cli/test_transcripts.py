"""Sessions at the terminal, word for word: what is typed, what is answered, the exit code.

A transcript is a text file. `$ kb …` runs the real command line in a fresh folder (`cd` and `cat` work too, `NAME=value`
before a command and `< FILE` behind it), the lines below are all that it prints, `[exit N]` follows where N is not 0.
`<<< FILE` writes the lines up to `>>>` into a file, `// …` is a remark. In expected lines `...` stands for any words, a line of
its own for any lines. Times and the fresh folder's path are replaced before comparing. KB_UPDATE_TRANSCRIPTS=1 writes what was
printed into the files, which then want to be read with the eyes of a new user.
"""

from __future__ import annotations

import difflib
import os
import re
import shlex
import shutil
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

import pytest

HERE = Path(__file__).resolve().parent
REPOSITORY = HERE.parent.parent
TRANSCRIPTS = sorted((HERE / "transcripts").glob("*.txt"))
EDITORS = ("KB_EDITOR", "VISUAL", "EDITOR", "FORCE_COLOR", "NO_COLOR", "COLUMNS")
DAY = "1794960000"  # 18 November 2026


@dataclass
class Step:
    """A command with its expected answer, or a file to write, or words kept as they stand."""

    head: str
    body: list[str] = field(default_factory=list)


def read_steps(text: str) -> list[Step]:
    """The steps of a transcript."""
    steps: list[Step] = []
    writing = False
    for line in text.splitlines():
        if writing:
            steps[-1].body.append(line)
            writing = line != ">>>"
        elif line.startswith(("$ ", "<<< ", "// ")):
            steps.append(Step(line))
            writing = line.startswith("<<< ")
        elif steps:
            steps[-1].body.append(line)
        else:
            steps.append(Step(line))
    return steps


def programs(folder: Path) -> str:
    """A folder with what `kb` calls, and no editor: which are proposed must not depend on the machine."""
    folder.mkdir(exist_ok=True)
    for name in ("git", "bash"):
        found = shutil.which(name)
        if found:
            (folder / name).symlink_to(found)
    return str(folder)


class Session:
    """A person at a terminal in a fresh folder."""

    def __init__(self, folder: Path) -> None:
        self.home = folder
        self.here = folder
        kept = {k: v for k, v in os.environ.items() if k not in EDITORS}
        self.environment = {
            **kept,
            "PYTHONPATH": str(REPOSITORY),
            "SOURCE_DATE_EPOCH": DAY,
            "HOME": str(folder),
            "PATH": programs(folder.parent / f"{folder.name}-bin"),
            "PYTHON_KEYRING_BACKEND": "keyring.backends.null.Keyring",  # not the one of who runs the tests
        }

    def play(self, step: Step) -> list[str]:
        """Do what a step says; the lines that should stand below it."""
        if step.head.startswith("<<< "):
            path = self.here / step.head.removeprefix("<<< ").strip()
            path.parent.mkdir(parents=True, exist_ok=True)
            end = step.body.index(">>>")
            path.write_text("\n".join([*step.body[:end], ""]), encoding="utf-8")
            return step.body[: end + 1]
        return self.run(shlex.split(step.head.removeprefix("$ ")))

    def run(self, words: list[str]) -> list[str]:
        """A command's answer, what changes from run to run replaced."""
        extra: dict[str, str] = {}
        while "=" in words[0]:
            name, _, value = words.pop(0).partition("=")
            extra[name] = value
        match words:
            case ["cd", folder]:
                self.here = (self.here / folder).resolve()
                return []
            case ["cat", name]:
                return (self.here / name).read_text(encoding="utf-8").splitlines()
            case ["ls"]:
                return sorted(
                    p.relative_to(self.here).as_posix()
                    for p in self.here.rglob("*")
                    if p.is_file() and "cache" not in p.parts and "site" not in p.parts
                )
        assert words[0] == "kb", words
        typed = None
        if "<" in words:
            typed = (self.here / words.pop()).read_text(encoding="utf-8")
            words.remove("<")
        done = subprocess.run(
            [sys.executable, "-m", "notebook_kb", *words[1:]],
            cwd=self.here,
            env={**self.environment, **extra},
            stdin=subprocess.DEVNULL if typed is None else None,
            input=typed,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
            check=False,
            timeout=60,
        )
        printed = self.replaced(done.stdout).splitlines()
        return [*printed, f"[exit {done.returncode}]"] if done.returncode else printed

    def replaced(self, text: str) -> str:
        """Times and the folder's path, which differ from run to run."""
        text = text.replace(str(self.home), "/home/ada")
        text = re.sub(r"\(\d+\.\d s\)", "(... s)", text)
        return re.sub(r'"seconds": [\d.]+', '"seconds": ...', text)


def fits(expected: list[str], printed: list[str]) -> bool:
    """Whether the answer is what is expected, `...` standing for anything."""
    pattern = "".join(
        r"(?:.*\n)*" if line == "..." else re.escape(line).replace(r"\.\.\.", ".*") + r"\n"
        for line in expected
    )
    return re.fullmatch(pattern, "".join(f"{line}\n" for line in printed)) is not None


def trimmed(lines: list[str]) -> list[str]:
    """Without empty lines at the end, which only set the next command apart."""
    end = len(lines)
    while end and not lines[end - 1].strip():
        end -= 1
    return lines[:end]


@pytest.mark.parametrize("path", TRANSCRIPTS, ids=lambda p: p.stem)
def test_transcript(path: Path, tmp_path: Path) -> None:
    """A session prints, word for word, what its transcript says, and ends each command with its exit code."""
    session = Session(tmp_path)
    update = bool(os.environ.get("KB_UPDATE_TRANSCRIPTS"))
    said, played = [], []
    for step in read_steps(path.read_text(encoding="utf-8")):
        said += [step.head, *trimmed(step.body), ""]
        if not step.head.startswith(("$ ", "<<< ")):
            played += [step.head, *trimmed(step.body), ""]
            continue
        printed = trimmed(session.play(step))
        same = fits(trimmed(step.body), printed) and bool(step.body or not printed)
        played += [step.head, *(trimmed(step.body) if same else printed), ""]
    if update:
        path.write_text("\n".join(played), encoding="utf-8")
        return
    difference = difflib.unified_diff(said, played, "transcript", "printed", lineterm="")
    assert said == played, "\n".join(difference)


def test_every_command_has_a_transcript() -> None:
    """A new command comes with a session that shows it."""
    from notebook_kb.cli.main import COMMANDS

    shown = {
        w[1]
        for p in TRANSCRIPTS
        for w in (s.split()[1:] for s in p.read_text().splitlines() if s.startswith("$ "))
        if w[1:]
    }
    missing = (
        set(COMMANDS) - shown - {"serve", "lsp"}
    )  # they run until they are ended: tests/browser, tests/lsp
    assert not missing, f"no transcript types: {', '.join(sorted(missing))}"
