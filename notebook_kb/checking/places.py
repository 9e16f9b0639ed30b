"""Where a value stands in a note's head. Heads are not remembered, so the file is read again: only for a finding."""

from __future__ import annotations

from typing import TYPE_CHECKING

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
    text = notebook.text_of(path)
    if text is None:
        return WHOLE_FILE
    head = parse_head(text)
    node = head.entries.get(key)
    if node is None:
        return WHOLE_FILE
    node = next((item for words, item in head.placed_texts(key) if words == value), node)
    return node.line, node.column, node.end_line, node.end_column
