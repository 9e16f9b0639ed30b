"""Findings: what is wrong or worth knowing in a notebook, as values.

One list of findings serves the terminal, `--json`, the preview and the editor.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING

from notebook_kb.findings.catalogue import CATALOGUE

if TYPE_CHECKING:
    from collections.abc import Iterable


class Severity(StrEnum):
    """How much a finding matters; `kb check` exits 1 on an error."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"


SEVERITY_ORDER = {Severity.ERROR: 0, Severity.WARNING: 1, Severity.INFO: 2}


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing to mend.

    `code` is stable (`KB101`), `path` is relative to the notebook with forward slashes, `line` and
    `column` count from 1 (0: the whole file), `end_line` and `end_column` close the range (0: unknown).
    `column` counts characters. `count` is above 1 when many alike were put in one line.
    """

    code: str
    severity: Severity
    message: str
    hint: str = ""
    path: str = ""
    line: int = 0
    column: int = 0
    end_line: int = 0
    end_column: int = 0
    count: int = 1

    @property
    def place(self) -> str:
        """`path:line:column`, as far as it is known."""
        parts = [self.path] + [str(n) for n in (self.line, self.column if self.line else 0) if n]
        return ":".join(p for p in parts if p)

    def at(self, path: str) -> Finding:
        """The same finding in the file `path`."""
        return replace(self, path=path)


def sort_findings(findings: Iterable[Finding]) -> list[Finding]:
    """Worst first, then by place: the order in which people read them."""
    return sorted(
        findings,
        key=lambda f: (SEVERITY_ORDER[f.severity], f.path, f.line, f.column, f.code, f.message),
    )


def count_by_severity(findings: Iterable[Finding]) -> dict[str, int]:
    """How many of each severity, in the order error, warning, info."""
    counts = {str(s): 0 for s in Severity}
    for finding in findings:
        counts[str(finding.severity)] += finding.count
    return counts


def finding(
    code: str,
    message: str,
    hint: str = "",
    *,
    path: str = "",
    place: tuple[int, int, int, int] = (0, 0, 0, 0),
    count: int = 1,
) -> Finding:
    """A finding of a known code, with the severity that the catalogue gives it."""
    line, column, end_line, end_column = place
    severity = Severity(CATALOGUE[code].severity)
    return Finding(code, severity, message, hint, path, line, column, end_line, end_column, count)
