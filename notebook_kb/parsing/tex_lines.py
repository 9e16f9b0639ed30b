r"""Where a formula is broken into lines: `\\` outside of any environment, which the converter would drop."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

_PARTS = re.compile(
    r"(?P<break>\\\\(?:\*?\[[^\]]*\]|\*)?|\\(?:newline|cr)(?![A-Za-z]))"
    r"|(?P<open>\\begin\s*\{[^}]*\}|\\substack\s*\{)|(?P<close>\\end\s*\{[^}]*\})|\\.|(?P<brace>[{}])",
    re.DOTALL,
)


def line_breaks(tex: str) -> Iterator[tuple[re.Match[str], bool]]:
    r"""(break, outside all braces) for each `\\` that neither an environment nor `\substack` makes rows of.

    `tex` has no comments.
    """
    stack: list[str] = []
    for found in _PARTS.finditer(tex):
        kind, text = found.lastgroup, found[0]
        if kind == "break" and not any(opened != "{" for opened in stack):
            yield found, not stack
        elif kind == "open":
            stack.append("}" if text.startswith("\\substack") else "\\end")
        elif text == "{":
            stack.append(text)
        elif stack and (text == "}" or kind == "close"):
            stack.pop()


def formula_lines(tex: str) -> tuple[str, ...]:
    """The lines of a formula without comments, else the formula alone."""
    lines, at = [], 0
    for found, outside in line_breaks(tex):
        if outside:
            lines.append(tex[at : found.start()])
            at = found.end()
    lines = [line.strip() for line in (*lines, tex[at:]) if line.strip()]
    return tuple(lines) if len(lines) > 1 else (tex,)


def in_rows(lines: tuple[str, ...]) -> str:
    """The lines as the rows of an environment."""
    # a bracket at a row's beginning would be taken for the distance of the rows
    rows = r" \\ ".join(f"{{}}{line}" if line.startswith(("[", "*")) else line for line in lines)
    return rf"\begin{{gathered}}{rows}\end{{gathered}}"
