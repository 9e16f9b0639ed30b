"""Many alike in one line, so that a check fits one screen."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING

from notebook_kb.findings import Finding, Severity, sort_findings
from notebook_kb.findings.catalogue import CATALOGUE

if TYPE_CHECKING:
    from collections.abc import Iterable

MOST = 5
# a terminal of 24 lines, without the summary, the line that names --all, an empty one and the prompt
SCREEN, COLUMNS = 20, 80
MANY = {
    Severity.ERROR: ("error", "errors"),
    Severity.WARNING: ("warning", "warnings"),
    Severity.INFO: ("hint", "hints"),
}
MOST_NAMED = 2  # files
NEAR = re.compile(r"did you mean `[^`]*`\?")
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
        near = {
            m[1]: f" ({n[0]})"
            for f in alike
            if (m := QUOTED.search(f.message)) and (n := NEAR.search(f.hint))
        }
        first_ones = list(named)[:3]
        message += ": " + ", ".join(f"`{name}`{near.get(name, '')}" for name in first_ones)
        message += ", …" if len(named) > len(first_ones) else ""
    files = {f.path: None for f in alike}
    if len(files) > MOST_NAMED:
        message += f" (in {len(files):,} files)"
    elif len(files) > 1:
        message += f" (in {' and '.join(files)})"
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


def fit(findings: Iterable[Finding], lines: int = SCREEN, columns: int = COLUMNS) -> list[Finding]:
    """Findings grouped only as much as it takes for `lines` lines of a terminal with `columns` columns.

    First alike ones are put together, then hints and warnings lose their cures (`kb explain` has them), then the least
    severe are only counted.
    """
    known = list(findings)
    for most, by_shape in STEPS:
        grouped = group(known, most, by_shape=by_shape)
        if height(grouped, columns) <= lines:
            return grouped
    for kept in ((Severity.ERROR, Severity.WARNING), (Severity.ERROR,), ()):
        grouped = [f if f.severity in kept else replace(f, hint="") for f in grouped]
        if height(grouped, columns) <= lines:
            return grouped
    return cut(grouped, lines, columns)


def cut(findings: list[Finding], lines: int, columns: int) -> list[Finding]:
    """The first findings, and one line for the rest of each severity."""
    last = len({f.severity for f in findings})
    kept = 0
    used = last * 2  # a line that counts may be broken once
    while kept < len(findings) and (used := used + height([findings[kept]], columns)) <= lines:
        kept += 1
    shown = findings[:kept]
    for severity in Severity:
        rest = [f for f in findings[kept:] if f.severity is severity]
        shown += [counted_only(rest)] if rest else []
    return shown


def counted_only(rest: list[Finding]) -> Finding:
    """One line for findings that have no line of their own: how many, and their codes."""
    first, total = rest[0], sum(f.count for f in rest)
    codes = Counter[str]()
    for one in rest:
        codes[one.code] += one.count
    named = ", ".join(f"{code} ({count:,})" for code, count in codes.most_common(MOST))
    word = MANY[first.severity][total != 1]
    message = f"and {total:,} more {word}: {named}" + (", …" if len(codes) > MOST else "")
    return Finding("", first.severity, message, count=total)


def height(findings: list[Finding], columns: int = COLUMNS) -> int:
    """How many lines a list takes on a terminal: each finding's, and those of each hint that is not the next one's too."""
    total = 0
    for number, one in enumerate(findings):
        total += rows(len(one.place) + 2 * bool(one.place) + len(one.code) + 2 + len(one.message), columns)
        total += rows(4 + len(one.hint), columns) if shows_hint(findings, number) else 0
    return total


def rows(characters: int, columns: int) -> int:
    """How many lines of a terminal this many characters take."""
    return max(1, -(-characters // max(columns, 1)))


def shows_hint(findings: list[Finding], index: int) -> bool:
    """Whether a finding's hint is printed under it: the last of a run that shares it."""
    hint = findings[index].hint
    return bool(hint) and not (index + 1 < len(findings) and findings[index + 1].hint == hint)
