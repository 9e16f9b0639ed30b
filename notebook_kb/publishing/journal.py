"""What was about to be sent and what came of it: a line on the disk before each request, one after each answer."""

from __future__ import annotations

import json
import secrets
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from notebook_kb.errors import ChangedSinceReadError, EnvironmentFailedError, NotebookError
from notebook_kb.files.read import read_file
from notebook_kb.files.write import append_line, write_file
from notebook_kb.publishing.secret import redact

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

NAME = "journal.jsonl"
_LIMIT = 256 * 1024 * 1024
_LARGE = 1024 * 1024
_SENT = ("nonce", "key", "place", "action", "payload", "at", "entry", "note")
_END = '"end": 1}'  # a line that has it was written whole


class JournalError(NotebookError):
    """A damaged journal: what was sent cannot be known, so nothing is."""

    code = "journal"


@dataclass(frozen=True, slots=True)
class Sending:
    """A request that was about to go out.

    `action`: create, update or publish; `entry` is what the ledger gets if it succeeds; `outcome`: '' while no answer
    is known, then done, failed or settled. `noted`: the ledger has it. `retries` counts the times it was sent again.
    """

    nonce: str
    key: str
    place: str
    action: str
    payload: str
    at: str
    entry: dict[str, Any] = field(default_factory=dict)
    note: dict[str, str] = field(default_factory=dict)
    outcome: str = ""
    answer: dict[str, str] = field(default_factory=dict)
    noted: bool = False
    retries: int = 0

    @property
    def is_open(self) -> bool:
        """Whether it is not known what came of it."""
        return not self.outcome


class Journal:
    """The journal of a notebook, read when made; each change is appended and waited for."""

    def __init__(self, state: Path) -> None:
        """Raises `JournalError` for a damaged line (a torn one is a write that was cut short, and is left out)."""
        self.path = state / NAME
        self._read(self._data())

    def _read(self, data: bytes) -> None:
        self.sends: dict[str, Sending] = {}
        self._uploads: dict[tuple[str, str, str], tuple[str, str]] = {}
        for number, line in enumerate(data.split(b"\n"), 1):
            if value := _read_line(line, f"{self.path}:{number}"):
                try:
                    self._apply(value)
                except (KeyError, TypeError, AttributeError) as error:
                    raise JournalError(f"{self.path}:{number}: this line lacks {error}", _MEND) from None

    def sending(self, draft: Sending) -> str:
        """Note that a request goes out now; returns its nonce. Only when this returns may it go out."""
        nonce = secrets.token_hex(8)
        self._write(_sending(replace(draft, nonce=nonce)))
        return nonce

    def again(self, nonce: str, at: str) -> None:
        """Note that an open request goes out a second time."""
        self._write({"what": "again", "nonce": nonce, "at": at})

    def answered(self, nonce: str, outcome: str, at: str, answer: dict[str, str]) -> None:
        """Note what came of a request: `done` or `failed`."""
        self._write({"what": "answered", "nonce": nonce, "outcome": outcome, "at": at, "answer": answer})

    def settled(self, nonce: str, how: str, at: str, answer: dict[str, str] | None = None) -> None:
        """Note that a person said what came of it: done (with `answer`, where it is), not-sent or forgotten."""
        self._write({"what": "settled", "nonce": nonce, "how": how, "at": at, "answer": answer or {}})

    def noted(self, nonce: str) -> None:
        """Note that the ledger has it."""
        self._write({"what": "noted", "nonce": nonce})

    def renamed(self, old: str, new: str) -> None:
        """From here on what was sent under the key `old` is that of `new`."""
        self._write({"what": "renamed", "old": old, "new": new})

    def uploading(self, service: str, owner: str, digest: str, at: str) -> None:
        """Note that a file goes up; without a later `uploaded` it may lie there unused."""
        self._write({"what": "uploading", "service": service, "owner": owner, "digest": digest, "at": at})

    def uploaded(self, service: str, owner: str, digest: str, remote: str, at: str) -> None:
        """Note where a file is now, so that a second try takes the same."""
        self._write(_upload(service, owner, digest, remote, at))

    def upload_of(self, service: str, owner: str, digest: str) -> tuple[str, str] | None:
        """(where a file is there, when it went up), None if it never did."""
        return self._uploads.get((service, owner, digest))

    def open_sends(self) -> list[Sending]:
        """The requests of which nobody knows what came, oldest first."""
        return [send for send in self.sends.values() if send.is_open]

    def unnoted(self) -> list[Sending]:
        """Requests that succeeded and are not in the ledger, as the process was killed in between."""
        return [send for send in self.sends.values() if send.outcome == "done" and not send.noted]

    def done_sends(self) -> list[Sending]:
        """The latest request for each note and place that succeeded and was not forgotten."""
        found = {(s.key, s.place): s for s in self.sends.values() if s.outcome == "done"}
        return list(found.values())

    def of(self, key: str, place: str) -> list[Sending]:
        """The requests for a note and place that were not settled, oldest first."""
        sends = self.sends.values()
        return [s for s in sends if (s.key, s.place) == (key, place) and s.outcome != "settled"]

    def last(self, key: str, place: str) -> Sending | None:
        """The latest request for a note and place, None if there was none."""
        found = [send for send in self.sends.values() if (send.key, send.place) == (key, place)]
        return found[-1] if found else None

    def compact(self) -> bool:
        """Write the journal anew without what nobody will ask for again, if it is large and all in it is settled.

        What stays: of each note and place the latest request that succeeded and the latest of all, and where files are
        that went up. The caller holds the notebook's lock. The file is exchanged in one step: at any moment it is the old
        or the new one. False where nothing was done, also where the disk refuses: it can wait.
        """
        if not self.path.exists() or self.path.stat().st_size <= _LARGE:
            return False
        seen = read_file(self.path, _LIMIT)
        self._read(seen.data)
        if self.open_sends() or self.unnoted():
            return False
        data = "".join(f"{_line(value)}\n" for value in self._kept()).encode()
        if len(data) * 2 > len(seen.data):
            return False
        try:
            write_file(self.path, data, seen)
        except (ChangedSinceReadError, EnvironmentFailedError):
            return False
        self._read(data)
        return True

    def _kept(self) -> Iterator[dict[str, Any]]:
        """The lines of a compact journal."""
        latest = {(s.key, s.place): s for s in self.sends.values()}
        kept = {s.nonce for s in (*latest.values(), *self.done_sends())}
        for send in self.sends.values():
            if send.nonce in kept:
                yield from _lines_of(send)
        for (service, owner, digest), (remote, at) in self._uploads.items():
            yield _upload(service, owner, digest, remote, at)

    def _data(self) -> bytes:
        if not self.path.exists():
            return b""
        data = read_file(self.path, _LIMIT).data
        if len(data) > _LIMIT:
            raise JournalError(f"{self.path}: it is too large", "Move it away after settling what is open.")
        return data

    def _write(self, value: dict[str, Any]) -> None:
        # Back from JSON, so that what is known now is what would be read later.
        line = _line(value)
        append_line(self.path, line)
        self._apply(json.loads(line))

    def _apply(self, value: dict[str, Any]) -> None:
        match value["what"]:
            case "sending":
                self.sends[value["nonce"]] = Sending(**{name: value[name] for name in _SENT})
            case "uploaded":
                place = (value["service"], value["owner"], value["digest"])
                self._uploads[place] = (value["remote"], value["at"])
            case "renamed":
                for nonce, send in self.sends.items():
                    if send.key == value["old"]:
                        self.sends[nonce] = replace(send, key=value["new"])
            case "again" | "answered" | "settled" | "noted":
                send = self.sends[value["nonce"]]
                self.sends[send.nonce] = _after(send, value)
            case _:  # of a later version
                pass


_MEND = "Look at what is out there, settle it with --done or --not-sent after moving this file away."


def _line(value: dict[str, Any]) -> str:
    return redact(json.dumps({"v": 1, **value, "end": 1}, ensure_ascii=True))


def _sending(send: Sending) -> dict[str, Any]:
    return {"what": "sending", **{name: getattr(send, name) for name in _SENT}}


def _upload(service: str, owner: str, digest: str, remote: str, at: str) -> dict[str, Any]:
    place = {"service": service, "owner": owner, "digest": digest}
    return {"what": "uploaded", **place, "remote": remote, "at": at}


def _lines_of(send: Sending) -> Iterator[dict[str, Any]]:
    """The lines that make a request of which it is known what came."""
    yield _sending(send)
    about = {"nonce": send.nonce, "at": send.at}
    if send.outcome == "settled":
        yield {"what": "settled", **about, "how": "forgotten", "answer": {}}
    else:
        yield {"what": "answered", **about, "outcome": send.outcome, "answer": send.answer}
    if send.noted:
        yield {"what": "noted", "nonce": send.nonce}


def _after(send: Sending, value: dict[str, Any]) -> Sending:
    """A request after a line about it."""
    match value["what"]:
        case "again":
            return replace(send, retries=send.retries + 1)
        case "answered":
            return replace(send, outcome=value["outcome"], answer=value["answer"])
        case "settled":
            if value["how"] == "done":
                return replace(send, outcome="done", answer=value["answer"], noted=True)
            return replace(send, outcome="settled")
        case _:
            return replace(send, noted=True)


def _read_line(line: bytes, place: str) -> dict[str, Any] | None:
    """The value of a line, None for an empty or torn one. Raises `JournalError` for one that was whole once."""
    words = line.strip(b"\0 \t\r")
    if not words:
        return None
    try:
        value = json.loads(words.decode("utf-8"))
    except (ValueError, RecursionError):
        value = None
    if isinstance(value, dict) and value.get("end") == 1:
        return value
    if words.endswith(_END.encode()):
        raise JournalError(f"{place}: this line is damaged", _MEND)
    return None
