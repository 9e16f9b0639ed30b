"""What a run of a note's code came to. The report of its process is read with suspicion: the code might have written it."""

from __future__ import annotations

import base64
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from notebook_kb.running.contain import FILE_SIZE, FILES, MEMORY, NETWORK, PROCESSES
from notebook_kb.running.values import (
    LONGEST_KIND,
    LONGEST_MESSAGE,
    WrongValueError,
    entry,
    listed,
    number,
    place,
    text,
    versions,
)
from notebook_kb.running.workplace import MOST_FILES

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

TIME = "time"
CONTAINABLE = (TIME, MEMORY, FILE_SIZE, PROCESSES, NETWORK, FILES)
MEGABYTE = 1024 * 1024
MOST_FIGURES = 8  # of one block
MOST_CHECKS = 10_000
# words of a failure's last line name no folder of this computer
FOLDER = re.compile(r"(?:/[\w.+-]+){3,}/|[A-Za-z]:\\(?:[\w.+ -]+\\)+")
UNREADABLE = "what it told of its run cannot be read"


@dataclass(frozen=True, slots=True)
class Limits:
    """What a note's code may take: wall-clock `seconds`, `memory`, size of one file and of all files in bytes, `output` in
    characters.
    """

    seconds: int = 10
    memory: int = 1024 * MEGABYTE
    file_size: int = 16 * MEGABYTE
    all_files: int = 64 * MEGABYTE
    output: int = 64 * 1024


@dataclass(frozen=True, slots=True)
class BlockRun:
    """What a block printed (`cut`: more than is kept) and drew (PNG), and which of its asserts were reached: (line in the
    block, column from 0).
    """

    stdout: str = ""
    cut: bool = False
    figures: tuple[bytes, ...] = ()
    reached: tuple[tuple[int, int], ...] = ()


@dataclass(frozen=True, slots=True)
class Fault:
    """What stopped the code. `line` counts from the first line of the block, from 1; 0 where it is not known."""

    kind: str
    message: str
    block: int = 0
    line: int = 0
    column: int = 0


@dataclass(frozen=True, slots=True)
class Run:
    """One run of a note's code: its blocks as far as they got, what stopped it, versions, the limits that held."""

    blocks: tuple[BlockRun, ...]
    fault: Fault | None = None
    versions: Mapping[str, str] = field(default_factory=dict)
    contained: tuple[str, ...] = ()


@dataclass
class Report:
    """The report as far as it was read; `blocks` is how many the note has."""

    count: int
    limits: Limits
    blocks: list[BlockRun] = field(default_factory=list)
    fault: Fault | None = None
    held: tuple[str, ...] = ()
    versions: dict[str, str] = field(default_factory=dict)
    started: int = 0
    whole: bool = False

    def take(self, line: dict[str, Any]) -> None:
        """One line of it. Raises `WrongValueError`."""
        match line.get("event"):
            case "contained":
                told = listed(entry(line, "held"), len(CONTAINABLE))
                self.held = tuple(name for name in CONTAINABLE if name in told)
            case "start":
                self.started = number(entry(line, "block"), self.count)
            case "block":
                if number(entry(line, "block"), self.count) != len(self.blocks):
                    raise WrongValueError("another block")
                self.blocks.append(block_of(line, self.limits))
            case "fault":
                self.fault = fault_of(line, self.limits, self.count)
            case "end":
                self.versions, self.whole = versions(entry(line, "versions")), True
            case _:
                raise WrongValueError("no event")


def read_report(lines: Sequence[dict[str, Any]], count: int, why: str, limits: Limits) -> Run:
    """The run that the driver's lines tell of, and how it ended where they do not say.

    `count` is the number of the note's blocks, `why` the limit or signal that ended the process, '' for none.
    """
    report = Report(count, limits)
    try:
        for line in lines:
            report.take(line)
    except ValueError:
        report.fault = Fault("ended", UNREADABLE, report.started)
    if report.fault is None and not report.whole:
        report.fault = Fault("ended", why_ended(why, limits), report.started)
    if report.fault is None and len(report.blocks) < count:
        report.fault = Fault("ended", UNREADABLE, report.started)
    blocks = [*report.blocks, *[BlockRun()] * (count - len(report.blocks))]
    return Run(tuple(blocks), report.fault, report.versions, (TIME, *report.held))


def block_of(line: dict[str, Any], limits: Limits) -> BlockRun:
    """What a block did. Raises `ValueError`."""
    figures = [text(f, limits.all_files) for f in listed(entry(line, "figures"), MOST_FIGURES)]
    return BlockRun(
        whole_text(text(entry(line, "stdout"), limits.output)),
        entry(line, "cut") is True,
        tuple(base64.b64decode(f, validate=True) for f in figures),
        tuple(place(listed(r, 3)[:2]) for r in listed(entry(line, "reached"), MOST_CHECKS)),
    )


def fault_of(line: dict[str, Any], limits: Limits, count: int) -> Fault:
    """The fault that the driver saw. Raises `WrongValueError`."""
    kind = text(entry(line, "kind"), LONGEST_KIND)
    message = whole_text(" ".join(text(entry(line, "message"), LONGEST_MESSAGE).split()))
    if kind == "time":
        message = why_ended(TIME, limits)
    elif kind == "MemoryError":
        message = f"MemoryError: more than {limits.memory // MEGABYTE} MB"
    elif kind in {"SystemExit", "KeyboardInterrupt"}:
        message = f"it ended itself ({message})"
    at = number(entry(line, "line")), number(entry(line, "column"))
    return Fault(whole_text(kind), FOLDER.sub("", message), number(entry(line, "block"), count), *at)


def whole_text(said: str) -> str:
    """A text that can be written as UTF-8: Python's may hold halves of characters."""
    return said.encode("utf-8", "replace").decode()


def why_ended(why: str, limits: Limits) -> str:
    """Why a run stopped without the driver's last word."""
    words = {
        TIME: f"it took longer than {limits.seconds} s",
        FILES: f"it wrote more than {limits.all_files // MEGABYTE} MB or {MOST_FILES} files",
        "output": "it told more than is read",
        "": "it ended before it was done",
    }
    return words.get(why, f"its process was ended by {why}")


def not_contained(run: Run) -> tuple[str, ...]:
    """What this system does not contain."""
    return tuple(name for name in CONTAINABLE if name not in run.contained)
