"""Where a value stands in a note's head. Heads are not remembered, so the file is read again: only for a finding."""

from __future__ import annotations

from typing import TYPE_CHECKING

from notebook_kb.errors import EnvironmentFailedError
from notebook_kb.files.read import decode, read_file
from notebook_kb.parsing.head import parse_head

if TYPE_CHECKING:
    from notebook_kb.notebook.notebook import Notebook

Span = tuple[int, int, int, int]
WHOLE_FILE: Span = (0, 0, 0, 0)


def head_place(notebook: Notebook, path: str, key: str, value: str = "") -> Span:
    """(line, column, end line, end column) of a key's value in the head of the note `path`.

    With `value`, of that item where the key holds a list. The whole file where it is not found, as when
    somebody changed the file just now.
    """
    try:
        text, problem = decode(read_file(notebook.root / path).data)
    except EnvironmentFailedError:
        return WHOLE_FILE
    if problem:
        return WHOLE_FILE
    head = parse_head(text.replace("\r\n", "\n").replace("\r", "\n"))
    node = head.entries.get(key)
    if node is None:
        return WHOLE_FILE
    node = next((item for words, item in head.placed_texts(key) if words == value), node)
    return node.line, node.column, node.end_line, node.end_column
