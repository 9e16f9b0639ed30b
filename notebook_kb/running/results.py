"""Results of code, kept beside the notes in git: data, read with suspicion, as another computer may have written them."""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from notebook_kb.errors import EnvironmentFailedError
from notebook_kb.files.read import read_file
from notebook_kb.files.write import replace_output
from notebook_kb.running.report import MOST_CHECKS, Fault
from notebook_kb.running.values import (
    LONGEST_KIND,
    LONGEST_MESSAGE,
    WrongValueError,
    entry,
    listed,
    matching,
    number,
    place,
    text,
    versions,
)

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from notebook_kb.running.report import Run

VERSION = 1
FOLDER = "results"
LONGEST_FILE = 1024 * 1024
LONGEST_TEXT = 70_000
LONGEST_NAME = 40
LARGEST_FIGURE = 4 * 1024 * 1024
MOST_BLOCKS = 500
PNG = b"\x89PNG\r\n\x1a\n"
FIGURE = re.compile(r"[0-9a-f]{16}")
KEY = re.compile(r"[0-9a-f]{32}")


@dataclass(frozen=True, slots=True)
class BlockResult:
    """What a block printed (`cut`: and more), the hashes of its figures, and its asserts that were reached: (line in the
    block, column from 0).
    """

    stdout: str = ""
    cut: bool = False
    figures: tuple[str, ...] = ()
    reached: tuple[tuple[int, int], ...] = ()


@dataclass(frozen=True, slots=True)
class Result:
    """A run as it is kept. `key` is that of the code that ran (`Note.code_key`)."""

    key: str
    blocks: tuple[BlockResult, ...] = ()
    fault: Fault | None = None
    versions: Mapping[str, str] = field(default_factory=dict)
    contained: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Damaged:
    """A file that is no result, and why."""

    why: str


def result_path(state: Path, note: str) -> Path:
    """The file of a note's result; `state` is the notebook's state folder, `note` the note's path in the notebook."""
    return state / FOLDER / f"{note}.json"


def figure_path(state: Path, note: str, name: str) -> Path:
    """The file of a figure, beside the note's result."""
    return state / FOLDER / f"{note}.{name}.png"


def is_inside(state: Path, path: Path) -> bool:
    """Whether no link leads out of the state folder on the way to a file in it."""
    return path.parent.resolve().is_relative_to(state.resolve())


def figure_hash(data: bytes) -> str:
    """The name of a figure: 16 hex digits of its SHA-256."""
    return hashlib.sha256(data).hexdigest()[:16]


def result_of(run: Run, key: str) -> Result:
    """What is kept of a run."""
    blocks = tuple(
        BlockResult(b.stdout, b.cut, tuple(figure_hash(f) for f in b.figures if fits(f)), b.reached)
        for b in run.blocks
    )
    return Result(key, blocks, run.fault, dict(sorted(run.versions.items())), run.contained)


def write_result(state: Path, note: str, run: Run, key: str) -> Result:
    """Keep a run: its figures, then its result; figures of an earlier one go. The same run gives the same bytes.

    Raises `EnvironmentFailedError`.
    """
    path = result_path(state, note)
    if not is_inside(state, path):
        raise EnvironmentFailedError(
            f"the folder of {path.relative_to(state)} leads out of the state folder, so the result was not kept",
            f"put a folder of its own in the place of the link below {state.name}/{FOLDER}",
        )
    result = result_of(run, key)
    for data in (f for b in run.blocks for f in b.figures if fits(f)):
        replace_output(figure_path(state, note, figure_hash(data)), data)
    text = json.dumps(as_data(result), ensure_ascii=False, indent=1)
    replace_output(path, (text + "\n").encode())
    kept = {name for b in result.blocks for name in b.figures}
    remove_figures(state, note, kept)
    return result


def fits(figure: bytes) -> bool:
    """Whether a figure is kept: a PNG that is not too large."""
    return figure.startswith(PNG) and len(figure) <= LARGEST_FIGURE


def remove_figures(state: Path, note: str, kept: set[str]) -> None:
    """Remove the figures of a note that no result names."""
    path = result_path(state, note)
    begin = path.name.removesuffix("json")
    for other in path.parent.iterdir():
        name = other.name.removeprefix(begin).removesuffix(".png")
        if other.name == f"{begin}{name}.png" and FIGURE.fullmatch(name) and name not in kept:
            other.unlink(missing_ok=True)


def as_data(result: Result) -> dict[str, Any]:
    """A result as JSON."""
    fault = result.fault
    return {
        "version": VERSION,
        "key": result.key,
        "blocks": [
            {
                "stdout": b.stdout,
                "cut": b.cut,
                "figures": list(b.figures),
                "reached": [list(r) for r in b.reached],
            }
            for b in result.blocks
        ],
        "fault": None
        if fault is None
        else {
            "kind": fault.kind,
            "message": fault.message,
            "block": fault.block,
            "line": fault.line,
            "column": fault.column,
        },
        "versions": dict(result.versions),
        "contained": list(result.contained),
    }


def read_result(state: Path, note: str) -> Result | Damaged | None:
    """The result that is kept of a note; None where there is none."""
    path = result_path(state, note)
    if not path.exists():
        return Damaged("it is a link that leads nowhere") if path.is_symlink() else None
    if not is_inside(state, path) or path.is_symlink():
        return Damaged("it is a link out of the notebook")
    try:
        data = read_file(path, LONGEST_FILE).data
    except EnvironmentFailedError as error:
        return Damaged(error.message)
    if len(data) > LONGEST_FILE:
        return Damaged("it is too large")
    try:
        return from_data(json.loads(data))
    except (ValueError, RecursionError) as error:
        return Damaged(f"it is no result of `kb run` ({error})")


def from_data(data: Any) -> Result:
    """A result from JSON. Raises `ValueError` where it is none."""
    if entry(data, "version") != VERSION:
        raise WrongValueError("another version")
    fault = entry(data, "fault")
    return Result(
        matching(entry(data, "key"), KEY),
        tuple(block_from(b) for b in listed(entry(data, "blocks"), MOST_BLOCKS)),
        None if fault is None else fault_from(fault),
        versions(entry(data, "versions")),
        tuple(text(c, LONGEST_NAME) for c in listed(entry(data, "contained"), MOST_BLOCKS)),
    )


def block_from(data: Any) -> BlockResult:
    """One block's result. Raises `ValueError`."""
    return BlockResult(
        text(entry(data, "stdout"), LONGEST_TEXT),
        entry(data, "cut") is True,
        tuple(matching(f, FIGURE) for f in listed(entry(data, "figures"), MOST_BLOCKS)),
        tuple(place(r) for r in listed(entry(data, "reached"), MOST_CHECKS)),
    )


def fault_from(data: Any) -> Fault:
    """What stopped the code. Raises `ValueError`."""
    block, line, column = (number(entry(data, k)) for k in ("block", "line", "column"))
    kind, message = text(entry(data, "kind"), LONGEST_KIND), text(entry(data, "message"), LONGEST_MESSAGE)
    return Fault(kind, message, block, line, column)


def read_figure(state: Path, note: str, name: str) -> bytes:
    """A figure's bytes; b"" where the file is not the figure that its name says."""
    path = figure_path(state, note, name)
    try:
        if not path.resolve().is_relative_to(state.resolve()):
            return b""
        data = read_file(path, LARGEST_FIGURE).data
    except (EnvironmentFailedError, OSError):
        return b""
    return data if fits(data) and figure_hash(data) == name else b""
