"""What is out there of each note: one YAML file a note under `published/`, kept in git."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, NoReturn

from notebook_kb.errors import NotebookError
from notebook_kb.files.device_names import is_device
from notebook_kb.files.failures import failed
from notebook_kb.files.read import decode, read_file
from notebook_kb.files.write import write_file
from notebook_kb.files.yaml_places import YamlProblem, duplicate_key, read_yaml
from notebook_kb.publishing.ledger_text import quoted, written
from notebook_kb.publishing.payload import Form, Piece, TargetName
from notebook_kb.publishing.secret import redact

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from notebook_kb.files.read import Snapshot
    from notebook_kb.files.yaml_places import Node

FOLDER = "published"
STATUSES = ("prepared", "draft", "published")
_CLEAN = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*\Z")
_LONGEST = 60
_MOST_CHARACTERS = 4 * 1024 * 1024
_CONFLICT = re.compile(r"^(?:<{7} |={7}$|>{7} |\|{7} )", re.MULTILINE)
_HEAD = "# What of this note is out there. Written by kb; keep it in git, and change it with kb only.\n"
_TEXTS = (
    "status", "url", "remote_id", "canonical", "title", "first_at", "updated_at", "source", "payload", "about"
)  # fmt: skip
_FIELDS = frozenset({*_TEXTS, "adapter", "pictures", "pieces"})


class LedgerError(NotebookError):
    """A ledger file that cannot be trusted; nothing is sent and it is not overwritten. Holds `path:line`."""

    code = "ledger"


@dataclass(frozen=True, slots=True)
class Entry:
    """One form of a note at one target.

    `status`: `prepared` (a kit was made, no URL known), `draft` (the service has it, nobody can see it) or
    `published`. Times are UTC, ISO 8601. `source` is the digest of the note and all that it shows, `payload` that of
    what went out, `about` those of its summary, topics, series and canonical address. `pictures`: SHA-256 → address or URN there. `extra`: keys that this version does not know.
    """

    target: TargetName
    form: Form
    status: str = "published"
    url: str = ""
    remote_id: str = ""
    canonical: str = ""
    title: str = ""
    first_at: str = ""
    updated_at: str = ""
    source: str = ""
    payload: str = ""
    about: str = ""
    adapter: int = 1
    pictures: Mapping[str, str] = field(default_factory=dict)
    pieces: tuple[Piece, ...] = ()
    extra: tuple[tuple[Node, Node], ...] = ()

    @property
    def place(self) -> str:
        """`linkedin-post`: its name in the ledger."""
        return f"{self.target}-{self.form}"


@dataclass(frozen=True, slots=True)
class Record:
    """All that is known of one note: its key, where and what it was last, the keys it had, the ones it is not."""

    key: str
    path: str = ""
    title: str = ""
    concept: str = ""
    was: tuple[str, ...] = ()
    is_not: tuple[str, ...] = ()
    entries: Mapping[str, Entry] = field(default_factory=dict)
    extra: tuple[tuple[Node, Node], ...] = ()

    def with_entry(self, entry: Entry) -> Record:
        """The same record with `entry` in its place."""
        return replace(self, entries={**self.entries, entry.place: entry})

    def without(self, place: str) -> Record:
        """The same record without the entry `place`."""
        return replace(self, entries={k: v for k, v in self.entries.items() if k != place})


def file_name(key: str) -> str:
    """The ledger file of a key: safe on every system, and another one for every other key.

    A key of lower-case letters, digits and single hyphens is its own name; any other gets a digest behind a double
    hyphen, which no such key holds. So `Rank` and `rank` differ where a file system does not tell them apart.
    """
    if _CLEAN.match(key) and not is_device(key) and len(key) <= _LONGEST:
        return f"{key}.yml"
    stem = "-".join(re.findall(r"[a-z0-9]+", key.lower()))[:_LONGEST].strip("-") or "note"
    return f"{stem}--{hashlib.sha256(key.encode('utf-8', 'surrogatepass')).hexdigest()[:12]}.yml"


class Ledger:
    """The ledger files of a notebook as they were read; a change is written at once, if the file is still the same."""

    def __init__(self, state: Path) -> None:
        """Read all files under the state folder. Raises `LedgerError` for the first that cannot be trusted."""
        self.folder = state / FOLDER
        self.records: dict[str, Record] = {}
        self._seen: dict[str, Snapshot] = {}
        for path in self._paths():
            record, snapshot = read_record(path)
            if record.key in self.records:
                raise LedgerError(
                    f"{path}:1: {self._seen[record.key].path.name} has the same key, {record.key!r}",
                    "Keep one of the two files, with the entries of both.",
                )
            self.records[record.key] = record
            self._seen[record.key] = snapshot

    def get(self, key: str) -> Record:
        """What is known of a key; an empty record if nothing is."""
        return self.records.get(key) or Record(key)

    def put(self, record: Record) -> None:
        """Write a record on to the disk; one without entries, former keys and refusals goes.

        Raises `ChangedSinceReadError` if another program changed its file, and `EnvironmentFailedError`.
        """
        if not (record.entries or record.was or record.is_not or record.extra):
            self.remove(record.key)
            return
        seen = self._seen.get(record.key)
        path = seen.path if seen else self.folder / file_name(record.key)
        self._seen[record.key] = write_file(path, dump_record(record).encode(), seen)
        self.records[record.key] = record

    def remove(self, key: str) -> None:
        """Delete the file of a key."""
        seen = self._seen.pop(key, None)
        self.records.pop(key, None)
        if seen:
            try:
                seen.path.unlink(missing_ok=True)
            except OSError as error:
                raise failed("delete", seen.path, error) from error

    def _paths(self) -> list[Path]:
        """The ledger files, in the order of their names."""
        try:
            found = [p for p in self.folder.iterdir() if p.suffix == ".yml" and not p.name.startswith(".")]
        except FileNotFoundError:
            return []
        except OSError as error:
            raise failed("read", self.folder, error) from error
        return sorted(found)


def read_record(path: Path) -> tuple[Record, Snapshot]:
    """A ledger file, strictly. Raises `LedgerError` with `path:line`, `EnvironmentFailedError`."""
    snapshot = read_file(path)
    text, problem = decode(snapshot.data)
    if problem:
        raise LedgerError(f"{path}:1: it cannot be read as text ({problem})", _MEND)
    if conflict := _CONFLICT.search(text):
        line = text.count("\n", 0, conflict.start()) + 1
        raise LedgerError(
            f"{path}:{line}: git left marks of a merge conflict here",
            "Keep the entries of both sides (of two for one place, the later `updated_at`), then delete the marks.",
        )
    try:
        root = read_yaml(text, max_characters=_MOST_CHARACTERS)
    except YamlProblem as error:
        raise LedgerError(f"{path}:{error.line}: {error.message}", _MEND) from None
    reader = _Reader(path)
    if root is None or root.kind != "map":
        reader.fail(root, "a ledger is lines of `key: value`")
    if double := duplicate_key(root):
        reader.fail(double, f"`{double.text}` stands here for the second time")
    return reader.record(root), snapshot


def dump_record(record: Record) -> str:
    """The text of a ledger file: stable order, one line a piece, so that git can merge it."""
    return redact(_HEAD + "".join(f"{line}\n" for line in _lines(record)))


_MEND = "Mend that line, or take the file back from git; kb never writes over a ledger that it cannot read."


def _lines(record: Record) -> Iterator[str]:
    """The lines of a record."""
    for name in ("key", "path", "title", "concept"):
        if value := getattr(record, name):
            yield f"{name}: {quoted(value)}"
    for name in ("was", "is_not"):
        if keys := getattr(record, name):
            yield f"{name}:"
            yield from (f"- {quoted(key)}" for key in sorted(keys))
    yield from written(record.extra, "")
    if record.entries:
        yield "published:"
    for place in sorted(record.entries):
        yield f"  {place}:"
        yield from _entry_lines(record.entries[place])


def _entry_lines(entry: Entry) -> Iterator[str]:
    """The lines of an entry."""
    for name in _TEXTS:
        if value := getattr(entry, name):
            yield f"    {name}: {quoted(value)}"
    yield f"    adapter: {entry.adapter}"
    yield from written(entry.extra, "    ")
    if entry.pictures:
        yield "    pictures:"
        yield from (f"      {digest}: {quoted(entry.pictures[digest])}" for digest in sorted(entry.pictures))
    if entry.pieces:
        yield "    pieces:"
    for piece in entry.pieces:
        yield f"    - {{kind: {quoted(piece.kind)}, digest: {quoted(piece.digest)}, begins: {quoted(piece.begins)}}}"


class _Reader:
    """Turns nodes into records; every mistake stops with its place."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def fail(self, node: Node | None, message: str) -> NoReturn:
        raise LedgerError(f"{self._path}:{node.line if node else 1}: {message}", _MEND)

    def record(self, root: Node) -> Record:
        known = ("key", "path", "title", "concept", "was", "is_not", "published")
        nodes = {key.text: value for key, value in root.pairs}
        if "key" not in nodes or not self.text(nodes["key"]):
            self.fail(root, "there is no `key`")
        entries = [self.entry(k, v) for k, v in self.pairs(nodes.get("published"))]
        return Record(
            **{name: self.text(nodes[name]) for name in known[:4] if name in nodes},
            was=self.texts(nodes.get("was")),
            is_not=self.texts(nodes.get("is_not")),
            entries={entry.place: entry for entry in entries},
            extra=tuple((k, v) for k, v in root.pairs if k.text not in known),
        )

    def entry(self, name: Node, node: Node) -> Entry:
        target, _, form = name.text.partition("-")
        if target not in {*TargetName} or form not in {*Form}:
            self.fail(name, f"`{name.text}` is no target and form such as linkedin-post")
        nodes = {key.text: value for key, value in self.pairs(node)}
        texts = {key: self.text(nodes[key]) for key in _TEXTS if key in nodes}
        if texts.get("status") not in STATUSES:
            self.fail(nodes.get("status", name), f"`status` is one of {', '.join(STATUSES)}")
        if texts["status"] != "prepared" and not (texts.get("url") or texts.get("remote_id")):
            self.fail(name, "an entry that is out there has a `url` or a `remote_id`")
        adapter = self.text(nodes["adapter"]) if "adapter" in nodes else "1"
        if not (adapter.isascii() and adapter.isdigit()):
            self.fail(nodes["adapter"], "`adapter` is a whole number")
        return Entry(
            TargetName(target),
            Form(form),
            **texts,
            adapter=int(adapter),
            pictures={k.text: self.text(v) for k, v in self.pairs(nodes.get("pictures"))},
            pieces=tuple(self.piece(item) for item in self.items(nodes.get("pieces"))),
            extra=tuple((k, v) for k, v in node.pairs if k.text not in _FIELDS),
        )

    def piece(self, node: Node) -> Piece:
        nodes = {key.text: value for key, value in self.pairs(node)}
        if set(nodes) != {"kind", "digest", "begins"}:
            self.fail(node, "a piece has `kind`, `digest` and `begins`")
        return Piece(*(self.text(nodes[name]) for name in ("kind", "digest", "begins")))

    def text(self, node: Node) -> str:
        if node.kind != "scalar":
            self.fail(node, "a text is wanted here")
        return node.text

    def texts(self, node: Node | None) -> tuple[str, ...]:
        return tuple(self.text(item) for item in self.items(node))

    def items(self, node: Node | None) -> list[Node]:
        if node is not None and node.kind != "list" and not node.is_empty:
            self.fail(node, "a list is wanted here")
        return node.items if node else []

    def pairs(self, node: Node | None) -> list[tuple[Node, Node]]:
        if node is not None and node.kind != "map" and not node.is_empty:
            self.fail(node, "lines of `key: value` are wanted here")
        return node.pairs if node else []
