"""Many alike in one line, so that a check fits one screen."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING

from notebook_kb.findings import Severity, sort_findings
from notebook_kb.findings.catalogue import CATALOGUE

if TYPE_CHECKING:
    from collections.abc import Iterable

    from notebook_kb.findings import Finding

MOST = 5
SCREEN = 38
QUOTED = re.compile(r"`([^`]*)`")
VARIES = re.compile(r"`[^`]*`|\$.*\$|\d[\d,.]*", re.DOTALL)
# (how many of one kind are listed, whether messages of one shape alone are one kind), from the roomiest on
STEPS = ((MOST, True), (MOST, False), (3, False), (1, False))


def group(findings: Iterable[Finding], most: int = MOST, *, by_shape: bool = True) -> list[Finding]:
    """More than `most` of one code (with `by_shape`: and one shape of message) as one line, worst first; of some codes
    any two.

    The first `most` errors are always listed, before a line that counts the others.
    """
    kinds: dict[tuple[str, Severity, str], list[Finding]] = {}
    for one in sort_findings(findings):
        shape = VARIES.sub("…", one.message) if by_shape else ""
        kinds.setdefault((one.code, one.severity, shape), []).append(one)
    lines: list[Finding] = []
    rests: list[Finding] = []
    for alike in kinds.values():
        if len(alike) <= (1 if CATALOGUE[alike[0].code].together else most):
            lines += alike
        elif alike[0].severity is Severity.ERROR:
            lines += alike[:most]
            rests.append(replace(together(alike[most:], "and {count} more {many}"), hint=""))
        else:
            rests.append(together(alike, "{count} {many}"))
    ranked = {severity: [f for f in sort_findings(lines) if f.severity is severity] for severity in Severity}
    return [f for s in Severity for f in (*ranked[s], *(r for r in rests if r.severity is s))]


def together(alike: list[Finding], pattern: str) -> Finding:
    """One finding for several: how many, what is named most often, and the place where all share a file."""
    first = alike[0]
    if len(alike) == 1:
        return first
    message = pattern.format(count=f"{sum(f.count for f in alike):,}", many=CATALOGUE[first.code].many)
    named = Counter(m[1] for f in alike if (m := QUOTED.search(f.message)))
    best = ", ".join(f"`{name}` ({count})" for name, count in named.most_common(3))
    if best and len(named) < len(alike):
        message += f"; most often {best}"
    elif best:
        message += ": " + ", ".join(f"`{name}`" for name in list(named)[:3]) + ", …"
    files = {f.path for f in alike}
    if len(files) > 1:
        message += f" (in {len(files):,} files)"
    hints = {f.hint for f in alike}
    hint = first.hint if len(hints) == 1 else CATALOGUE[first.code].mend
    return replace(
        first,
        message=message,
        hint=hint,
        path=first.path if len(files) == 1 else "",
        line=0,
        column=0,
        end_line=0,
        end_column=0,
        count=sum(f.count for f in alike),
    )


def fit(findings: Iterable[Finding], lines: int = SCREEN) -> list[Finding]:
    """Findings grouped only as much as it takes for `lines` lines of text."""
    known = list(findings)
    for most, by_shape in STEPS:
        grouped = group(known, most, by_shape=by_shape)
        if height(grouped) <= lines:
            break
    return grouped


def height(findings: list[Finding]) -> int:
    """How many lines a list takes: one for each finding, one for each hint that is not the next one's too."""
    return len(findings) + sum(shows_hint(findings, i) for i in range(len(findings)))


def shows_hint(findings: list[Finding], index: int) -> bool:
    """Whether a finding's hint is printed under it: the last of a run that shares it."""
    hint = findings[index].hint
    return bool(hint) and not (index + 1 < len(findings) and findings[index + 1].hint == hint)
