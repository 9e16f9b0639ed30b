"""YAML as a tree of words with their places: nothing is converted, nothing is expanded.

`no` stays `no`, `12:30` stays `12:30`; what a word means is decided by who knows what was asked for.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, cast

import yaml

from notebook_kb.files.marks import without_marks

if TYPE_CHECKING:
    from collections.abc import Iterator

MAX_CHARACTERS = 64 * 1024
MAX_DEPTH = 20

# The pure Python loader gives the same events, ten times slower.
_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_LINE_END = re.compile(r"\r\n|\r|\n")
# YAML takes these for line ends, no editor does: pasted into a title they would end it.
_ONLY_YAML_ENDS_LINES_HERE = {0x85: " ", 0x2028: " ", 0x2029: " "}
_UNPRINTABLE = re.compile(
    "[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]",
)
_QUOTE_IT = "put the value in quotes"
_PLAINER = {
    "mapping values are not allowed": f"a colon followed by a blank stands inside a value; {_QUOTE_IT}",
    "found a tab character": "a tab cannot indent: use blanks",
    "could not find expected ':'": "a key needs a colon after it",
    "found character that cannot start any token": f"a tab cannot indent, and a value cannot start with @, ` or %; {_QUOTE_IT}",
    "found unexpected end of stream": "a quote or bracket that was opened is not closed",
    "did not find expected key": "this line does not fit the ones above: look at its indentation and at quotes or brackets",
    "did not find expected '-' indicator": "this line does not fit the list above it: look at its indentation",
    "did not find expected ',' or": "a bracket that was opened is not closed, or a comma is missing",
    "did not find expected <document start>": "text stands after the end of the YAML",
    "expected '<document start>'": "text stands after the end of the YAML",
    "block sequence entries are not allowed": f"a value cannot start with a dash and a blank; {_QUOTE_IT}",
    "sequence entries are not allowed": f"a value cannot start with a dash and a blank; {_QUOTE_IT}",
    "while scanning an anchor": f"& starts a YAML anchor, which is not read here; {_QUOTE_IT}",
    "while scanning an alias": f"* starts a YAML alias, which is not read here; {_QUOTE_IT}",
}


class YamlProblem(Exception):  # noqa: N818 - a problem in a text, reported as a finding by some callers
    """Text that is not YAML, or more of YAML than is read here; `line` and `column` count from 1."""

    def __init__(self, message: str, line: int, column: int) -> None:
        super().__init__(message)
        self.message = message
        self.line = line
        self.column = column


@dataclass(frozen=True, slots=True)
class Node:
    """A scalar, list or mapping and where it stands.

    Lines and columns count from 1, columns in characters; the end is exclusive. `quoted` is True for a scalar
    in quotes or a block (`|`, `>`): certainly meant as text.
    """

    kind: Literal["scalar", "list", "map"]
    value: str | list[Node] | list[tuple[Node, Node]]
    line: int
    column: int
    end_line: int
    end_column: int
    quoted: bool = False

    @property
    def text(self) -> str:
        """A scalar's words, '' for anything else."""
        return self.value if isinstance(self.value, str) else ""

    @property
    def items(self) -> list[Node]:
        """A list's items, none for anything else."""
        return cast("list[Node]", self.value) if self.kind == "list" else []

    @property
    def pairs(self) -> list[tuple[Node, Node]]:
        """A mapping's keys (always scalars) and values as written, doubles included; none for anything else."""
        return cast("list[tuple[Node, Node]]", self.value) if self.kind == "map" else []

    @property
    def is_empty(self) -> bool:
        """Whether nothing was written (`key:` alone)."""
        return self.kind == "scalar" and self.value == "" and not self.quoted


def read_yaml(text: str, first_line: int = 1, max_characters: int = MAX_CHARACTERS) -> Node | None:
    """Read one YAML document; None if there is nothing but blanks and comments.

    `first_line` is the line of the file where `text` begins. Raises `YamlProblem` for text that is no YAML
    and for what is refused: aliases, anchors, tags, keys that are not scalars, a second document, nesting
    over 20 levels, more than `max_characters` characters.
    """
    places = _Places(text, first_line)
    if len(text) > max_characters:
        raise places.problem(f"too long: more than {max_characters:,} characters", max_characters)
    if bad := _UNPRINTABLE.search(text):
        raise places.problem(f"the character U+{ord(bad.group()):04X} is not allowed", bad.start())
    try:
        return _build(places, yaml.parse(text.translate(_ONLY_YAML_ENDS_LINES_HERE), Loader=_LOADER))
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        raise places.problem(_plainer(error), mark.index if mark else 0) from error
    except yaml.YAMLError as error:
        raise places.problem(str(error), 0) from error


def duplicate_key(node: Node | None) -> Node | None:
    """The first key, at any depth, that its mapping already has; None if there is none."""
    waiting = [node] if node else []
    while waiting:
        current = waiting.pop()
        names: set[str] = set()
        for key, _ in current.pairs:
            if key.text in names:
                return key
            names.add(key.text)
        waiting.extend(reversed([*current.items, *(value for _, value in current.pairs)]))
    return None


class _Places:
    """Turns offsets into lines and columns as editors count them."""

    def __init__(self, text: str, first_line: int) -> None:
        self._starts = [0, *(match.end() for match in _LINE_END.finditer(text))]
        self._first_line = first_line

    def at(self, index: int) -> tuple[int, int]:
        """The line and column of the character at `index`."""
        row = bisect_right(self._starts, index) - 1
        return row + self._first_line, index - self._starts[row] + 1

    def problem(self, message: str, index: int) -> YamlProblem:
        """A problem at the character at `index`."""
        return YamlProblem(message, *self.at(index))


@dataclass(slots=True)
class _Open:
    """A list or mapping whose end has not come yet."""

    kind: Literal["list", "map"]
    start: int
    flow: bool
    children: list[Node]

    def close(self, places: _Places, end: int) -> Node:
        """The finished node; `end` is where its closing bracket ends."""
        line, column = places.at(self.start)
        end_line, end_column = places.at(end)
        if not self.flow:
            # A block ends, for YAML, where the next thing starts; for people, after its last word.
            last = self.children[-1] if self.children else None
            end_line, end_column = (last.end_line, last.end_column) if last else (line, column)
        if self.kind == "list":
            return Node("list", self.children, line, column, end_line, end_column)
        pairs = list(zip(self.children[::2], self.children[1::2], strict=True))
        return Node("map", pairs, line, column, end_line, end_column)


def _build(places: _Places, events: Iterator[Any]) -> Node | None:
    """One tree from the parser's events, with a stack: no depth of input can exhaust Python's."""
    stack: list[_Open] = []
    root: Node | None = None
    for event in events:
        _refuse(places, event, has_document=root is not None)
        done: Node | None = None
        if isinstance(event, (yaml.MappingStartEvent, yaml.SequenceStartEvent)):
            if len(stack) >= MAX_DEPTH:
                raise places.problem(f"nested deeper than {MAX_DEPTH} levels", _start(event))
            kind: Literal["list", "map"] = "map" if isinstance(event, yaml.MappingStartEvent) else "list"
            _refuse_as_key(places, stack, event)
            stack.append(_Open(kind, _start(event), bool(event.flow_style), []))
        elif isinstance(event, (yaml.MappingEndEvent, yaml.SequenceEndEvent)):
            done = stack.pop().close(places, _end(event))
        elif isinstance(event, yaml.ScalarEvent):
            done = _scalar(places, event)
        if done is not None:
            if stack:
                stack[-1].children.append(done)
            else:
                root = done
    return None if root is not None and root.is_empty else root


def _start(event: Any) -> int:
    """The offset where an event begins."""
    return int(event.start_mark.index)


def _end(event: Any) -> int:
    """The offset where an event ends."""
    return int(event.end_mark.index)


def _scalar(places: _Places, event: Any) -> Node:
    """A scalar's node."""
    start, end = places.at(_start(event)), places.at(_end(event))
    return Node("scalar", without_marks(event.value), *start, *end, quoted=event.style not in {None, ""})


def _refuse(places: _Places, event: Any, *, has_document: bool) -> None:
    """Stop at what is not read here."""
    message = ""
    if isinstance(event, yaml.AliasEvent):
        message = f"* starts a YAML alias, which is not read here; {_QUOTE_IT}"
    elif getattr(event, "anchor", None) is not None:
        message = f"& starts a YAML anchor, which is not read here; {_QUOTE_IT}"
    elif getattr(event, "tag", None) is not None:
        message = f"! starts a YAML tag, which is not read here; {_QUOTE_IT}"
    elif isinstance(event, yaml.DocumentStartEvent) and has_document:
        message = "a second document starts here; only one is read"
    if message:
        raise places.problem(message, _start(event))


def _refuse_as_key(places: _Places, stack: list[_Open], event: Any) -> None:
    """Stop at a list or mapping that stands where a key should."""
    # In a mapping children alternate: after an even number of them comes a key.
    if stack and stack[-1].kind == "map" and len(stack[-1].children) % 2 == 0:
        raise places.problem(f"brackets cannot be a key; {_QUOTE_IT}", _start(event))


def _plainer(error: yaml.MarkedYAMLError) -> str:
    """The parser's message, in plainer words where we have them."""
    for part in (error.context, error.problem):
        for start, plain in _PLAINER.items():
            if part and part.startswith(start):
                return plain
    return error.problem or error.context or "this cannot be read"
