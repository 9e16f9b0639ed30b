"""When each note for Anki last changed: Anki takes an update only with a later time than the one that it knows.

`<state>/anki/<device>.jsonl`, kept with the notes: one line an export, with what was new or had changed in it:
`{"v":1,"changed":[["k-7f3a2c1d","question","9c1f03ab…",1790000000]]}`. Any files in any order give one state.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple

from notebook_kb.errors import EnvironmentFailedError, UsageError
from notebook_kb.files.read import read_file
from notebook_kb.files.write import append_line

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from notebook_kb.study.anki_notes import AnkiNote

FOLDER = "anki"
VERSION = 1
MOST_BYTES = 256 * 1024 * 1024
Key = tuple[str, str]


class Stamp(NamedTuple):
    """At which second a note had which fingerprint; the later one counts, of two at once the greater one."""

    at: int
    fingerprint: str


@dataclass
class ExportLog:
    """What was exported so far. `damaged` counts lines that could not be read; `fresh` are the stamps not yet written."""

    path: Path
    stamps: dict[Key, list[Stamp]] = field(default_factory=dict)
    fresh: dict[Key, Stamp] = field(default_factory=dict)
    damaged: int = 0

    @classmethod
    def open(cls, state: Path, device: str) -> ExportLog:
        """The log in `state`/anki; nothing is written yet. Raises NotebookError for one that cannot be read or is of a later version."""
        folder = state / FOLDER
        log = cls(folder / f"{device}.jsonl")
        for path in sorted(folder.glob("*.jsonl")):
            log._read(path)
        for stamps in log.stamps.values():
            stamps.sort()
        return log

    def _read(self, path: Path) -> None:
        data = read_file(path, MOST_BYTES).data
        if len(data) > MOST_BYTES:
            raise EnvironmentFailedError(f"{path}: it is larger than {MOST_BYTES >> 20} MB", "move it away")
        for number, line in enumerate(data.split(b"\n"), start=1):
            if not line.strip():
                continue
            entry = as_entry(line)
            if entry is None:
                self.damaged += 1
            elif entry["v"] > VERSION:
                raise UsageError(
                    f"{path}:{number}: a later version of kb wrote this", "update kb; nothing was written"
                )
            else:
                self._take(entry)

    def _take(self, entry: dict[str, Any]) -> None:
        changed = entry.get("changed")
        for item in changed if isinstance(changed, list) else ():
            match item:
                case [str(name), str(kind), str(fingerprint), int(at)]:
                    self.stamps.setdefault((name, kind), []).append(Stamp(at, fingerprint))
                case _:
                    self.damaged += 1

    def changed_at(self, note: AnkiNote, now: int) -> tuple[int, str]:
        """(the second at which the note became what it is, 'new', 'changed' or '').

        A clock that goes back never gives a time before the last one.
        """
        key = (note.id, note.type)
        known = self.stamps.get(key, [])
        if known and known[-1].fingerprint == note.fingerprint:
            return since(known), ""
        stamp = Stamp(max(now, known[-1].at + 1 if known else 0), note.fingerprint)
        self.fresh[key] = stamp
        return stamp.at, "changed" if known else "new"

    def gone(self, here: Iterable[Key]) -> list[Key]:
        """What was exported once and is not `here` any more."""
        return sorted(self.stamps.keys() - set(here))

    @property
    def first(self) -> int:
        """The second of the first export, this one included."""
        known = [s.at for stamps in self.stamps.values() for s in stamps]
        return min([*known, *(s.at for s in self.fresh.values())], default=0)

    def save(self) -> None:
        """Write what is fresh; when this returns, the disk has it. Raises `EnvironmentFailedError`."""
        if self.fresh:
            changed = [[*key, stamp.fingerprint, stamp.at] for key, stamp in self.fresh.items()]
            append_line(self.path, json.dumps({"v": VERSION, "changed": changed}, separators=(",", ":")))


def since(stamps: list[Stamp]) -> int:
    """When the latest state began: another machine may have exported the same later."""
    at = stamps[-1].at
    for stamp in reversed(stamps):
        if stamp.fingerprint != stamps[-1].fingerprint:
            break
        at = stamp.at
    return at


def as_entry(line: bytes) -> dict[str, Any] | None:
    """A line of the log; None if it is none."""
    try:
        entry = json.loads(line)
    except (ValueError, RecursionError):
        return None
    return entry if isinstance(entry, dict) and type(entry.get("v")) is int else None
