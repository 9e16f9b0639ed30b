"""What is wrong, as the pages of the preview show it: code, place, excerpt with a caret, and how to mend it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING

from notebook_kb.errors import EnvironmentFailedError, NotebookError
from notebook_kb.files.read import decode, read_file
from notebook_kb.model.edit import split_lines
from notebook_kb.website.theme import PACKAGE

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from notebook_kb.findings import Finding

PLACE = re.compile(
    r"^(?P<path>[^\s:][^:\n]*?\.\w+):(?P<line>\d+)(?::(?P<column>\d+))?: (?P<rest>.*)$", re.DOTALL
)
WIDEST = 160


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that keeps a page from being as it should be. `excerpt` is the line with a caret under it."""

    message: str
    code: str = ""
    place: str = ""
    hint: str = ""
    excerpt: str = ""


def scrub(text: str, root: Path) -> str:
    """A message without the folders of this machine."""
    for folder in (root, root.resolve(), PACKAGE.parent):
        text = text.replace(f"{folder}/", "").replace(str(folder), ".")
    return text


def from_error(error: Exception, root: Path) -> Problem:
    """The problem that an exception tells of; the place is taken from the start of the message."""
    if isinstance(error, NotebookError):
        message, hint = scrub(error.message, root), scrub(error.hint, root)
    else:
        message, hint = scrub(f"{type(error).__name__}: {error}", root), ""
    code = error.code if isinstance(error, NotebookError) else "failed"
    match = PLACE.match(message)
    if match is None:
        return Problem(message, code, "", hint)
    line, column = int(match["line"]), int(match["column"] or 0)
    place = message[: match.start("rest") - 2]
    return Problem(match["rest"], code, place, hint, excerpt(root, match["path"], line, column))


def from_finding(finding: Finding, root: Path) -> Problem:
    """The problem that a finding tells of."""
    shown = excerpt(root, finding.path, finding.line, finding.column) if finding.line else ""
    return Problem(scrub(finding.message, root), finding.code, finding.place, finding.hint, shown)


def excerpt(root: Path, path: str, line: int, column: int) -> str:
    """The line of a file with a caret under the column; '' when it cannot be had."""
    file = root / path
    try:
        if not file.resolve().is_relative_to(root.resolve()):
            return ""
        text, problem = decode(read_file(file).data)
    except (EnvironmentFailedError, OSError):
        return ""
    lines = split_lines(text)
    if problem or not 0 < line <= len(lines):
        return ""
    number = f"{line} | "
    shown = lines[line - 1].replace("\t", " ")[:WIDEST]
    caret = f"\n{' ' * (len(number) + min(column, WIDEST) - 1)}^" if column else ""
    return f"{number}{shown}{caret}"


def overlay(problems: Iterable[Problem]) -> str:
    """The overlay at the foot of a page; '' when there is nothing to say."""
    items = "".join(overlay_item(p) for p in problems)
    return f'<div id="kb-error" role="alert">{items}</div>' if items else ""


def overlay_item(problem: Problem) -> str:
    """One problem of the overlay."""
    label = " ".join(x for x in (problem.code, problem.place) if x)
    parts = [f"<p><code>{escape(label)}</code><br>{escape(problem.message)}</p>"]
    if problem.excerpt:
        parts.append(f"<pre>{escape(problem.excerpt)}</pre>")
    if problem.hint:
        parts.append(f"<p><i>{escape(problem.hint)}</i></p>")
    return "".join(parts)
