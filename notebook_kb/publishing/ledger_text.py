"""YAML as the ledger writes it: every text in quotes unless it is plain, unknown keys as they were read."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from notebook_kb.files.yaml_places import Node

# Words that no reader of YAML takes for a number, a date, yes or no.
_PLAIN = re.compile(
    r"(?:prepared|draft|published|p|heading|list|code|picture|quote|table|[a-z]{3,}(?:-[a-z]+)+)\Z"
)
_ESCAPED = re.compile('[\\x00-\\x1f"\\\\\\x7f-\\xa0\u2028\u2029\ud800-\udfff\ufeff\ufffe\uffff]')
_SHORT = {"\n": "\\n", "\t": "\\t", "\r": "\\r", '"': '\\"', "\\": "\\\\"}


def quoted(text: str) -> str:
    """`text` as a scalar on one line that reads back the same. A lone surrogate becomes U+FFFD: YAML has no place for it."""
    if _PLAIN.match(text):
        return text
    return f'"{_ESCAPED.sub(_escape, text)}"'


def _escape(found: re.Match[str]) -> str:
    character = found[0]
    if "\ud800" <= character <= "\udfff":
        return "\ufffd"
    return _SHORT.get(character) or f"\\u{ord(character):04x}"


def written(pairs: Iterable[tuple[Node, Node]], indent: str) -> Iterator[str]:
    """The lines of keys and values that this version does not know."""
    for key, value in pairs:
        if value.kind == "scalar":
            yield f"{indent}{_scalar(key)}: {_scalar(value)}".rstrip()
        else:
            yield f"{indent}{_scalar(key)}: {_flow(value)}"


def _flow(node: Node) -> str:
    """A value on one line."""
    if node.kind == "list":
        return f"[{', '.join(_flow(item) for item in node.items)}]"
    if node.kind == "map":
        return f"{{{', '.join(f'{_scalar(key)}: {_flow(value)}' for key, value in node.pairs)}}}"
    return _scalar(node)


def _scalar(node: Node) -> str:
    """A scalar: without quotes if it had none and needs none (`3` stays a number)."""
    if not node.quoted and re.fullmatch(r"[A-Za-z0-9][\w./+-]*|", node.text):
        return node.text
    return quoted(node.text)
