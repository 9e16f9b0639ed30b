"""A note's head: where it ends, what it says, each value with its place.

YAML is read for its structure only; values stay the words as typed, so `no`, `12:30` and `017` are never anything else.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import TYPE_CHECKING, NamedTuple

from notebook_kb.files.yaml_places import Node, YamlProblem, read_yaml
from notebook_kb.findings import finding
from notebook_kb.model.edit import LINES, split_lines

if TYPE_CHECKING:
    from collections.abc import Mapping

    from notebook_kb.findings import Finding

FENCE = re.compile(r"---[ \t]*$")
CLOSE = re.compile(r"(?:---|\.\.\.)[ \t]*$")
FIRST_KEY = re.compile(r"""\s*(#.*|["']?[^\s:#"'\[{-][^:]*["']?\s*:(\s.*)?)$""")
KEY_LINE = re.compile(r"([A-Za-z_][\w-]*):[ \t]+(\S.*?)[ \t]*$")
MARKS = re.compile(r"^(<{7}|={7}|>{7})(\s|$)")
LINKS = re.compile(r"\[\[([^\[\]]+)\]\]")
QUOTED = re.compile(r""""(?:[^"\\]|\\.)*"|'[^']*'""")
IN_QUOTES = re.compile(r""""[^"\\]*"|'[^']*'""")
# one of several values on a line, between commas; a comma in quotes ends none
LIST_ITEM = re.compile(rf"""\s*({IN_QUOTES.pattern}|[^,]*?)\s*(?:,|$)""")
# what stands behind a value for whoever reads the file
REMARK = re.compile(r"[ \t]+#(?:[ \t].*)?$")
# keys whose plain value may hold a colon or look like a list of lists
TEXT_KEYS = frozenset(
    {"title", "description", "at", "source", "met_in", "concept", "angle", "summary", "series"}
)
SYNONYMS = {
    "tag": "tags",
    "keywords": "tags",
    "categories": "tags",
    "alias": "aliases",
    "summary": "description",
    "created": "date",
    "publishdate": "date",
    "modified": "updated",
    "lastmod": "updated",
    "cover": "image",
    "prerequisites": "needs",
}
KNOWN = frozenset(
    [
        "type",
        "id",
        "concept",
        "title",
        "aliases",
        "tags",
        "date",
        "updated",
        "publish",
        "draft",
        "description",
        "slug",
        "permalink",
        "image",
        "needs",
        "met_in",
        "source",
        "angle",
        "at",
        "macros",
        "series",
        "check",
        "expirydate",
        "status",
    ]
)
# other tools' keys that are near to ours but meant as they stand
FOREIGN = frozenset(
    [
        "published",
        "dg-publish",
        "share",
        "public",
        "cssclasses",
        "cssclass",
        "layout",
        "author",
        "authors",
        "weight",
        "category",
        "lang",
        "template",
    ]
)


@dataclass(frozen=True, slots=True)
class Head:
    """The head of a note.

    `entries` maps a key (synonyms resolved, lower case) to its value, `typed` are the keys as they stand, `body_offset` is where the text begins in the
    note's text and `body_line` its line. `broken` means that nothing in the head may be relied on.
    """

    entries: Mapping[str, Node] = field(default_factory=dict)
    typed: frozenset[str] = frozenset()
    body_offset: int = 0
    body_line: int = 1
    broken: bool = False
    findings: tuple[Finding, ...] = ()

    def text(self, key: str) -> str:
        """A value as one line of text; '' when absent or not text."""
        node = self.entries.get(key)
        return " ".join(node.value.split()) if node and isinstance(node.value, str) else ""

    def texts(self, key: str) -> tuple[str, ...]:
        """A value as a list of texts; one text is a list of one."""
        return tuple(value for value, _ in self.placed_texts(key))

    def placed_texts(self, key: str) -> tuple[tuple[str, Node], ...]:
        """As `texts`, each with its node."""
        node = self.entries.get(key)
        if node is None:
            return ()
        items = node.value if node.kind == "list" and isinstance(node.value, list) else [node]
        return tuple(
            (i.value.strip(), i)
            for i in items
            if isinstance(i, Node) and isinstance(i.value, str) and i.value.strip()
        )


def split_head(text: str) -> tuple[str, int, int] | None:
    """(the YAML, offset of the body, line of the body); None when the text has no head.

    A note that only begins with a rule (`---`) has none: the first line of a head is a key or a comment.
    """
    lines = LINES.findall(text)
    if not lines or not FENCE.match(lines[0].rstrip("\r\n")):
        return None
    offset = len(lines[0])
    for number, line in enumerate(lines[1:], start=2):
        offset += len(line)
        if CLOSE.match(line.rstrip("\r\n")):
            inner = "".join(lines[1 : number - 1])
            first = next((x for x in split_lines(inner) if x.strip()), "")
            looks_like_head = not first or FIRST_KEY.match(first) or MARKS.match(first)
            return (inner, offset, number + 1) if looks_like_head else None
    return None


def parse_head(text: str) -> Head:
    """Read the head of a note's text (universal line ends)."""
    split = split_head(text)
    if split is None:
        return unclosed_head(text)
    inner, offset, body_line = split
    marks = [n for n, line in enumerate(split_lines(inner), start=2) if MARKS.match(line)]
    if marks:
        clash = (conflict(marks[0]),)
        return Head(body_offset=offset, body_line=body_line, broken=True, findings=clash)
    try:
        root, found = _read(inner)
    except YamlProblem as problem:
        bad = finding(
            "KB101",
            f"the head cannot be read: {problem.message}; the note stays private",
            "mend this line; most often a quote or a bracket is not closed",
            place=(problem.line, problem.column, 0, 0),
        )
        return Head(body_offset=offset, body_line=body_line, broken=True, findings=(bad,))
    entries, more, broken = _entries(root)
    typed = frozenset(str(p[0].value).strip().lower() for p in pairs_of(root))
    return Head(entries, typed, offset, body_line, broken, (*found, *more))


def pairs_of(root: Node | None) -> list[tuple[Node, Node]]:
    """The keys and values of a mapping; [] of anything else."""
    inside = root.value if root and root.kind == "map" and isinstance(root.value, list) else []
    return [p for p in inside if isinstance(p, tuple)]


def unclosed_head(text: str) -> Head:
    """No head; but where one was plainly begun and never closed, a finding, and nothing of the note is public."""
    lines = text.split("\n", 2)
    begun = len(lines) > 1 and FENCE.match(lines[0].rstrip("\r")) and KEY_LINE.match(lines[1].rstrip("\r"))
    if not begun:
        return Head()
    bad = finding(
        "KB101",
        "the head that begins here is never closed; the note stays private",
        "write a line --- under its last key",
        place=(1, 1, 0, 0),
    )
    return Head(broken=True, findings=(bad,))


def conflict(line: int) -> Finding:
    """The finding for conflict marks."""
    return finding(
        "KB105",
        "two versions of this note were merged and nobody chose; it stays private",
        "keep the lines that you want and delete the <<<<<<<, ======= and >>>>>>> lines",
        place=(line, 1, 0, 0),
    )


def _read(inner: str) -> tuple[Node | None, list[Finding]]:
    """The YAML's root. Values that people leave unquoted are read as they were meant, with a finding."""
    meant, found = quote_as_meant(inner)
    try:
        return read_yaml(meant, first_line=2), found
    except YamlProblem:
        if found:
            # the original may tell the true place of the fault
            read_yaml(inner, first_line=2)
        raise


def quote_as_meant(inner: str) -> tuple[str, list[Finding]]:
    """Quote `title: Bayes: by counting` and `met_in: [[x]]`; lines stay where they are."""
    found: list[Finding] = []
    lines = inner.split("\n")
    for number, line in enumerate(lines):
        meant = meant_line(line)
        if meant is None:
            continue
        column, end = meant.start + 1, meant.start + 1 + len(meant.value)
        lines[number] = line[: meant.start] + meant.quoted + line[meant.start + len(meant.value) :]
        found.append(
            finding(
                "KB104",
                f"`{meant.key}` was read as {meant.quoted}",
                f"write `{meant.key}: {meant.quoted}`; `kb check --fix` does it",
                place=(number + 2, column, number + 2, end),
            )
        )
    return "\n".join(lines), found


class MeantLine(NamedTuple):
    """A line of a head whose value YAML would read in another way: the key as typed, the value as typed and where it
    starts (from 0), and the same in quotes or as a list.
    """

    key: str
    start: int
    value: str
    quoted: str


def meant_line(line: str) -> MeantLine | None:
    """What is meant by a line of a head; None where YAML reads it so, too. A remark behind the value is none of it."""
    match = KEY_LINE.match(line)
    if not match:
        return None
    value, key = match[2].rstrip("\r"), match[1].lower()
    remark = REMARK.search(value, value.rfind("]") + 1 if value[0] == "[" else 0)
    value = value[: remark.start()] if remark else value
    quoted = meant_value(SYNONYMS.get(key, key), value) if value else None
    return None if quoted is None else MeantLine(match[1], match.start(2), value, quoted)


def meant_value(key: str, value: str) -> str | None:
    """The value in quotes (or as a list) where YAML would read it in another way; None where it is fine."""
    plain = value[0] not in "\"'|>[{&*!%@`#"
    if key in TEXT_KEYS and plain and (": " in value or value.endswith(":")) and " #" not in value:
        return quote(value)
    if key in TEXT_KEYS and value[0] in "@`%":
        return quote(value)
    listed = key in {"met_in", "needs", "source", "concept", "aliases"} and value[0] == "["
    if listed and LINKS.search(QUOTED.sub("", value)):
        items = [f"[[{m}]]" for m in LINKS.findall(value)]
        return quote(items[0]) if len(items) == 1 else "[" + ", ".join(quote(i) for i in items) + "]"
    if key in {"tags", "aliases"} and plain and "," in value:
        items = [m[1] for m in LIST_ITEM.finditer(value) if m[1]]
        words = [i if IN_QUOTES.fullmatch(i) else quote(i) for i in items]
        return (
            None
            if any('"' in i and i != w for i, w in zip(items, words, strict=True))
            else f"[{', '.join(words)}]"
        )
    return None


def quote(value: str) -> str:
    """A YAML double-quoted scalar."""
    return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _entries(root: Node | None) -> tuple[dict[str, Node], list[Finding], bool]:
    """The keys with their values, findings, and whether a doubled key makes the head unreliable."""
    if root is None:
        return {}, [], False
    if root.kind != "map" or not isinstance(root.value, list):
        bad = finding(
            "KB101",
            "the head is no list of `key: value` lines; the note stays private",
            "write a key and a colon before each value, as in `title: Rank`",
            place=(2, 1, 0, 0),
        )
        return {}, [bad], True
    entries: dict[str, Node] = {}
    found: list[Finding] = []
    typed: set[str] = set()
    for pair in root.value:
        if not isinstance(pair, tuple):
            continue
        key_node, value = pair
        name = str(key_node.value).strip().lower()
        place = (key_node.line, key_node.column, key_node.end_line, key_node.end_column)
        if name in typed:
            found.append(
                finding(
                    "KB102",
                    f"`{name}` stands twice in the head; the note stays private",
                    "keep one of the two lines",
                    place=place,
                )
            )
            return entries, found, True
        typed.add(name)
        key = SYNONYMS.get(name.replace("_", ""), name)
        entries.setdefault(key, value)
        found += near_miss(name, place)
    return entries, found, False


def near_miss(name: str, place: tuple[int, int, int, int]) -> list[Finding]:
    """A finding where an unknown key is probably a slip."""
    if name in KNOWN or name in FOREIGN or name.replace("_", "") in SYNONYMS:
        return []
    close = get_close_matches(name, [*KNOWN, *SYNONYMS], n=1, cutoff=0.8)
    if not close:
        return []
    return [
        finding(
            "KB107",
            f"unknown key `{name}`, so it is ignored; did you mean `{close[0]}`?",
            "if it is a key of your own: `check: {KB107: off}` in the head",
            place=place,
        )
    ]
