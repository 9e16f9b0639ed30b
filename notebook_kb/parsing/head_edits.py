"""Edits of a note's head that leave every other byte as it was."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from notebook_kb.parsing.head import quote

if TYPE_CHECKING:
    from notebook_kb.files.yaml_places import Node
    from notebook_kb.model.edit import Edit
    from notebook_kb.parsing.head import Head
    from notebook_kb.parsing.targets import NoteText

ALIASES = re.compile(r"""(["']?)(?:aliases|alias)\1[ \t]*:""", re.IGNORECASE)
TITLE = re.compile(r"""(["']?)title\1[ \t]*:[ \t]*""", re.IGNORECASE)
# what a plain word of a YAML list may not hold or begin with
NOT_PLAIN = re.compile(r"""[:#\[\]{}&*!|>'"%@`,]|^[-?\s]|\s$|^$|^[\d.+-]""")
NOT_IN_FLOW = re.compile(r"[,\[\]{}]|: |:$")


def yaml_word(value: str) -> str:
    """A value as YAML on one line, quoted where it must be."""
    return quote(value) if NOT_PLAIN.search(value) else value


def add_key(note: NoteText, key: str, value: str) -> Edit | None:
    """The edit that puts `key: value` at the end of the head, in a new head where there is none; None in one that cannot
    be read. `value` is YAML as it stands.
    """
    head = note.head
    if head.broken:
        return None
    if not head.body_offset:
        return note.edit(0, 0, f"---\n{key}: {value}\n---\n")
    at = note.offset(head.body_line - 1, 1)
    return note.edit(at, at, f"{key}: {value}\n")


def add_alias(note: NoteText, alias: str) -> tuple[Edit, ...]:
    """The edits that add an alias; none where it stands already, or in a head that cannot be read."""
    head = note.head
    if head.broken or alias in head.texts("aliases"):
        return ()
    node = head.entries.get("aliases")
    word = yaml_word(alias)
    if node is None:
        one = add_key(note, "aliases", f"[{word}]")
        return (one,) if one else ()
    if any(f.code == "KB104" and f.line == node.line for f in head.findings):
        return read_as_meant(note, node, head, word)
    if node.kind == "list":
        return into_list(note, node, word)
    return around_word(note, node, word) if node.kind == "scalar" else ()


def into_list(note: NoteText, node: Node, word: str) -> tuple[Edit, ...]:
    """One more item of a list, in brackets or in lines."""
    start = note.offset(node.line, node.column)
    if note.text.startswith("[", start):
        last = node.items[-1] if node.items else None
        at = note.offset(last.end_line, last.end_column) if last else start + 1
        return (note.edit(at, at, f", {word}" if last else word),)
    last = node.items[-1]
    indent = note.lines[node.line - 1][: node.column - 1]
    if indent.strip():
        return ()
    row = last.end_line if last.end_column > 1 else max(last.end_line - 1, last.line)
    at = note.offset(row + 1, 1)
    return (note.edit(at, at, f"{indent}- {word}\n"),)


def around_word(note: NoteText, node: Node, word: str) -> tuple[Edit, ...]:
    """A single alias becomes a list of two; `aliases:` alone a list of one."""
    start, end = note.offset(node.line, node.column), note.offset(node.end_line, node.end_column)
    if node.is_empty:
        match = ALIASES.match(note.lines[node.line - 1])
        if not match:
            return ()
        at = note.offset(node.line, match.end() + 1)
        return (note.edit(at, at, f" [{word}]"),)
    said = note.text[start:end]
    if said[:1] in "|>" or "\n" in said:
        return (note.edit(start, end, f"[{quote(node.text.strip())}, {word}]"),)
    if not node.quoted and NOT_IN_FLOW.search(said):
        said = quote(node.text)
    return (note.edit(start, end, f"[{said}, {word}]"),)


def read_as_meant(note: NoteText, node: Node, head: Head, word: str) -> tuple[Edit, ...]:
    """`aliases: a, b` goes on so; another value that was read as meant is written as it was read."""
    line = note.lines[node.line - 1]
    match = ALIASES.match(line)
    if not match:
        return ()
    start, end = note.offset(node.line, match.end() + 1), note.offset(node.line, len(line.rstrip()) + 1)
    if line[match.end() :].strip()[:1] not in "[\"'" and not word.startswith('"'):
        return (note.edit(end, end, f", {word}"),)
    words = ", ".join(quote(t) for t in head.texts("aliases"))
    return (note.edit(start, end, f" [{words}, {word}]"),)


def set_title(note: NoteText, title: str) -> Edit | None:
    """The edit that puts another value behind `title:`; None where there is none on one line."""
    node = note.head.entries.get("title")
    if node is None or node.line != node.end_line or note.head.broken:
        return None
    line = note.lines[node.line - 1]
    match = TITLE.match(line)
    if not match:
        return None
    start = note.offset(node.line, match.end() + 1)
    # a value that was read as meant ends with its line
    meant = any(f.code == "KB104" and f.line == node.line for f in note.head.findings)
    end = note.offset(node.line, len(line.rstrip()) + 1 if meant else node.end_column)
    return note.edit(start, end, yaml_word(title))
