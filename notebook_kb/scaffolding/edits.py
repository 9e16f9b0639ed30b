"""Edits of a note's text that leave every other byte as it was: line ends, BOM, comments, unknown keys."""

from __future__ import annotations

import re

from notebook_kb.model.edit import LINES, line_end
from notebook_kb.parsing.head import quote, split_head

BOM = "\ufeff"
NEEDS_QUOTES = re.compile(
    r"""[:#\[\]{}&*!|>'"%@`,]|^[-?\s]|\s$|^$|^(?:true|false|yes|no|on|off|null|~)$|^[\d.+-]""", re.IGNORECASE
)


def lines_of(text: str) -> list[str]:
    """The lines as places count them, each with its end: a form feed or a U+2028 ends none."""
    return LINES.findall(text)


def yaml_text(value: str) -> str:
    """A value as YAML on one line, quoted where it must be."""
    return quote(value) if NEEDS_QUOTES.search(value) else value


def set_head_key(text: str, key: str, value: str) -> str:
    """The text with `key: value` in its head. A head is added where there is none; `value` is YAML as it stands."""
    bom = BOM if text.startswith(BOM) else ""
    text = text.removeprefix(BOM)
    newline = line_end(text)
    split = split_head(text)
    if split is None:
        return f"{bom}---{newline}{key}: {value}{newline}---{newline}{text}"
    lines = lines_of(text)
    closing = split[2] - 2
    pattern = re.compile(
        rf"""(["']?{re.escape(key)}["']?[ \t]*:)[ \t]*[^\r\n#]*?([ \t]+#[^\r\n]*)?(\r?\n)?$""", re.IGNORECASE
    )
    for i in range(1, closing):
        match = pattern.match(lines[i])
        if match:
            lines[i] = f"{match[1]} {value}{match[2] or ''}{match[3] or ''}"
            return bom + "".join(lines)
    lines.insert(closing, f"{key}: {value}{newline}")
    return bom + "".join(lines)


def replace_line(text: str, number: int, new: str) -> str:
    """The text with the line `number` (from 1) replaced, its line end kept."""
    lines = lines_of(text)
    old = lines[number - 1]
    ending = old[len(old.rstrip("\r\n")) :]
    lines[number - 1] = new + ending
    return "".join(lines)


def insert_before(text: str, number: int, block: list[str]) -> str:
    """The text with lines put in before the line `number` (from 1), blank lines around them; past the end appends."""
    newline = line_end(text)
    lines = lines_of(text)
    at = min(number - 1, len(lines))
    if lines and at == len(lines) and not lines[-1].endswith(("\n", "\r")):
        lines[-1] += newline
    fresh = [line + newline for line in block]
    if at and lines[at - 1].strip():
        fresh.insert(0, newline)
    if at < len(lines) and lines[at].strip():
        fresh.append(newline)
    lines[at:at] = fresh
    return "".join(lines)
