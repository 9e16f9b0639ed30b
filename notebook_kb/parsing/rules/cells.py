r"""Bars inside table cells that do not part them: in `$|x|$`, in `` `a|b` `` and in `[[note|words]]`.

The rule for tables parts a row at every bar. So these bars are replaced by a sign before blocks are read, and put back
before inlines are; the text keeps its length, so places stay right.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.rules_core import StateCore

BAR = "\ue0c4"
LEAD = r"[ \t>]*(?:(?:[-*+]|\d+[.)])[ \t]+)*"
DELIMITER_ROW = re.compile(rf"{LEAD}\|?[ \t]*:?-+:?[ \t]*(?:\|[ \t]*:?-+:?[ \t]*)*\|?[ \t]*")
# what every row of dashes holds somewhere; looked for first, since it is found fast
DASH_AND_BAR = re.compile(r"\|[ \t]*:?-|-:?[ \t]*\|")
WHOLE = re.compile(
    r"\\."
    r"|(?P<code>(?<!`)(?P<ticks>`+)(?!`)[^\n]*?(?<!`)(?P=ticks)(?!`))"
    r"|(?P<link>!?\[\[[^\[\]\n]*\]\])"
    r"|(?P<display>\$\$[^\n]*?[^\\\n]\$\$)"
    r"|(?P<math>(?<!\d)\$(?![\s$])(?:\\.|[^\n$\\])*?(?<![\s\\])\$(?!\d))",
)
ESCAPED_BAR = re.compile(r"(?<!\\)((?:\\\\)*)\|")


def install(md: MarkdownIt) -> None:
    """Mask before blocks, put back before inlines."""
    md.core.ruler.before("block", "mask_bars", mask_source)
    md.core.ruler.after("block", "unmask_bars", unmask_tokens)


def mask_source(state: StateCore) -> None:
    """Mask the whole text."""
    if "|" in state.src:
        state.src = mask_bars(state.src)


def unmask_tokens(state: StateCore) -> None:
    """Put the bars back into what blocks hold."""
    if BAR not in state.src:
        return
    for token in state.tokens:
        if BAR in token.content:
            token.content = token.content.replace(BAR, "|")
        if BAR in token.info:
            token.info = token.info.replace(BAR, "|")
    references = state.env.get("references", {})
    for reference in references.values():
        reference.update({k: v.replace(BAR, "|") for k, v in reference.items() if isinstance(v, str)})
    state.src = state.src.replace(BAR, "|")


def mask_bars(text: str) -> str:
    """The text with a sign for each bar inside a formula, code or link of a table's row."""
    rows = table_rows(text)
    if not rows:
        return text
    lines = text.split("\n")
    for row in rows:
        if any(sign in lines[row] for sign in "$`["):
            lines[row] = WHOLE.sub(masked, lines[row])
    return "\n".join(lines)


def masked(match: re.Match[str]) -> str:
    r"""A whole piece with its bars masked; `\|` stays what it is: a bar that was escaped for the table."""
    return match[0] if match[0].startswith("\\") else ESCAPED_BAR.sub(rf"\1{BAR}", match[0])


def table_rows(text: str) -> set[int]:
    """The numbers of the lines that may be rows: around a row of dashes, up to the next blank line."""
    rows: set[int] = set()
    match = DASH_AND_BAR.search(text)
    lines = text.split("\n") if match else []
    line, at = 0, 0
    while match:
        line += text.count("\n", at, match.start())
        at = match.start()
        if line and line not in rows and DELIMITER_ROW.fullmatch(lines[line]):
            rows.add(line - 1)
            row = line + 1
            while row < len(lines) and lines[row].strip(" \t>"):
                rows.add(row)
                row += 1
        end = text.find("\n", at)
        match = DASH_AND_BAR.search(text, end) if end >= 0 else None
    return rows
