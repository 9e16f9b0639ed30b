"""What a notebook knows of what it has sent, and what a person says came of it."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from notebook_kb.errors import EnvironmentFailedError, UsageError
from notebook_kb.files.lock import notebook_lock
from notebook_kb.notebook.names import as_argument
from notebook_kb.publishing.entry_json import entry_of, from_json
from notebook_kb.publishing.errand import note_done, stamp
from notebook_kb.publishing.journal import Journal
from notebook_kb.publishing.ledger import Ledger
from notebook_kb.publishing.payload import Form, TargetName
from notebook_kb.publishing.remarks import remark
from notebook_kb.publishing.renames import refuse_renamed
from notebook_kb.publishing.states import State, standing_of
from notebook_kb.publishing.targets.addresses import checked_address, remote_id_in

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator
    from pathlib import Path

    from notebook_kb.publishing.journal import Sending
    from notebook_kb.publishing.ledger import Entry
    from notebook_kb.publishing.payload import Payload
    from notebook_kb.publishing.remarks import Remark
    from notebook_kb.publishing.states import Standing


@dataclass(frozen=True, slots=True)
class Job:
    """A payload to be sent; `source`: the digest of the note and all it shows; `concept`: the note's, '' for none."""

    payload: Payload
    source: str = ""
    concept: str = ""

    @property
    def place(self) -> str:
        return f"{self.payload.target}-{self.payload.form}"


@dataclass
class Desk:
    """The sending side of the notebook at `root`.

    `state` is the folder of its ledger and journal, `keys` are those of all notes that exist now, private ones too.
    Making one reads both, and puts into the ledger what a killed process had not. Each function below raises
    `LedgerError` or `JournalError` when they cannot be trusted: then nothing is sent.
    """

    root: Path
    state: Path
    keys: Collection[str]
    now: Callable[[], datetime] = field(default=lambda: datetime.now(UTC))
    busy: bool = field(default=False, init=False)

    def __post_init__(self) -> None:
        self._read()
        if self.journal.unnoted() or self.journal.open_sends() or self._lost():
            try:
                with self.locked(wait=0.0):
                    pass
            except EnvironmentFailedError:
                self.busy = True

    def look(self, job: Job) -> Standing:
        """Where a note stands, compared with what would go out now."""
        record = self.ledger.get(job.payload.key)
        return standing_of(record, self.journal, job.place, job.payload, job.source, busy=self.busy)

    def publications(self) -> list[Standing]:
        """All that is, was about to be or may be out there, by key and place."""
        places = {(key, place) for key, record in self.ledger.records.items() for place in record.entries}
        places |= {(s.key, s.place) for s in self.journal.sends.values() if s.outcome in {"", "failed"}}
        found = [
            standing_of(self.ledger.get(key), self.journal, place, busy=self.busy)
            for key, place in sorted(places)
        ]
        return [item for item in found if item.state is not State.NONE]

    def not_sent(self, key: str, target: TargetName, form: Form) -> int:
        """A person looked: nothing is out there of what was open. Returns how many requests that settled."""
        with self.locked():
            sends = self._open(key, f"{target}-{form}")
            if not sends:
                raise UsageError(f"{key}: no request to {target} is open", "kb publications lists what is.")
            for send in sends:
                self.journal.settled(send.nonce, "not-sent", stamp(self.now()))
        return len(sends)

    def done(
        self,
        key: str,
        target: TargetName,
        form: Form,
        url: str,
        job: Job | None = None,
        held: Entry | None = None,
    ) -> tuple[Entry, Remark | None]:
        """A person names the address of what is out there. Returns (the entry, what the person should know of it).

        What went out is what the open request or the kit held (`held`), else what is known already, else that of `job`:
        what the note says now need not be there. Raises `UsageError` for an address that cannot be the target's.
        """
        address, note = checked_address(target, url)
        place = f"{target}-{form}"
        with self.locked():
            sends = self._open(key, place)
            record = self.ledger.get(key)
            known = record.entries.get(place)
            entry = self._what_went_out(sends, known, job, held, place)
            entry = replace(
                entry,
                status="published",
                url=address,
                remote_id=remote_id_in(target, url)
                or (known.remote_id if known and known.url == address else ""),
                updated_at=stamp(self.now()),
                first_at=(known.first_at if known else "") or entry.first_at or stamp(self.now()),
                extra=known.extra if known else (),
            )
            if job:
                record = replace(
                    record,
                    path=job.payload.path,
                    title=job.payload.title,
                    concept=job.concept or record.concept,
                )
            elif sends:
                note_ = sends[-1].note
                record = replace(record, path=note_.get("path", ""), title=note_.get("title", ""))
            self.ledger.put(record.with_entry(entry))
            if target is TargetName.LINKEDIN and form is not Form.ARTICLE and not entry.remote_id:
                note = remark("kit_url_no_urn")
            for send in sends:
                answer = {"url": entry.url, "remote_id": entry.remote_id, "status": entry.status}
                self.journal.settled(send.nonce, "done", stamp(self.now()), answer)
        return entry, note

    def forget(self, key: str, target: TargetName, form: Form) -> bool:
        """Forget what is known of a place, also open requests; what is out there stays. False if nothing was known."""
        place = f"{target}-{form}"
        with self.locked():
            record = self.ledger.get(key)
            sends = self.journal.of(key, place)
            for send in sends:
                self.journal.settled(send.nonce, "forgotten", stamp(self.now()))
            if place in record.entries:
                self.ledger.put(record.without(place))
        return bool(sends) or place in record.entries

    def prepared(self, job: Job) -> Entry:
        """Note that a kit was made. What is out there already stays known: then nothing changes."""
        with self.locked():
            record = self.ledger.get(job.payload.key)
            known = record.entries.get(job.place)
            if known and known.status != "prepared":
                return known
            entry = replace(
                entry_of(job.payload, job.source, stamp(self.now()), known),
                status="prepared",
                url="",
                remote_id="",
            )
            payload = job.payload
            self.ledger.put(
                replace(record, path=payload.path, title=payload.title, concept=job.concept).with_entry(entry)
            )
        return entry

    def refuse_renamed(self, job: Job) -> None:
        """Raise `RenamedError` if the note may be out there under a key that it had before."""
        refuse_renamed(job.payload, job.concept, self.keys, self.ledger, self.journal)

    def adopt(self, old: str, new: str) -> None:
        """`--renamed-from OLD`: what is known of the key `old` is that of `new` from now on."""
        with self.locked():
            theirs, ours = self.ledger.get(old), self.ledger.get(new)
            if not theirs.entries and not any(s.key == old for s in self.journal.sends.values()):
                raise UsageError(f"{old}: nothing is known of this key", "kb publications lists the keys.")
            double = sorted(
                place
                for place in theirs.entries.keys() & ours.entries.keys()
                if ours.entries[place].status != "prepared"
            )
            if double:
                raise UsageError(
                    f"{old} and {new} are both known at {', '.join(double)}",
                    f"Decide which is out there, and forget the other: kb publish {as_argument(old)} --to TARGET --forget.",
                )
            # The new file first: killed in between, both are there, and the new one says what it was.
            self.ledger.put(
                replace(
                    ours,
                    path=ours.path or theirs.path,
                    title=ours.title or theirs.title,
                    concept=ours.concept or theirs.concept,
                    was=tuple(sorted({*ours.was, *theirs.was, old})),
                    is_not=tuple(sorted({*ours.is_not, *theirs.is_not} - {old, new})),
                    entries={**ours.entries, **theirs.entries},
                    extra=ours.extra or theirs.extra,
                )
            )
            self.journal.renamed(old, new)
            self.ledger.remove(old)

    def is_another(self, key: str, others: Collection[str]) -> None:
        """`--new`: the note `key` is none of `others`; it is not asked again."""
        with self.locked():
            record = self.ledger.get(key)
            self.ledger.put(replace(record, is_not=tuple(sorted({*record.is_not, *others}))))

    # --- inside ---------------------------------------------------------------------------------

    def _read(self) -> None:
        """Read ledger and journal."""
        self.ledger = Ledger(self.state)
        self.journal = Journal(self.state)

    @contextmanager
    def locked(self, wait: float = 5.0) -> Iterator[None]:
        """Nobody else sends or notes meanwhile; what is known is read anew, and what was left half done is finished."""
        with notebook_lock(self.root, wait):
            self._read()
            self._finish()
            self.journal.compact()
            yield

    def _finish(self) -> None:
        """Put into the ledger what a killed process had not or git took out; finish a half-done renaming."""
        self._finish_renamings()
        for send in (*self.journal.unnoted(), *self._lost()):
            note_done(self.ledger, self.journal, send)

    def _lost(self) -> list[Sending]:
        """What went out from here and is in no ledger file: git took another branch, or somebody deleted the file."""
        former = {old for record in self.ledger.records.values() for old in record.was}
        return [
            send
            for send in self.journal.done_sends()
            if send.noted and send.place not in self.ledger.get(send.key).entries and send.key not in former
        ]

    def _finish_renamings(self) -> None:
        """A former key has neither a file nor requests of its own; perhaps it was renamed on another machine."""
        for record in list(self.ledger.records.values()):
            for old in record.was:
                left = self.ledger.records.get(old)
                if old in self.keys or (left and not left.entries.items() <= record.entries.items()):
                    continue
                if any(send.key == old for send in self.journal.sends.values()):
                    self.journal.renamed(old, record.key)
                self.ledger.remove(old)

    def _open(self, key: str, place: str) -> list[Sending]:
        return [send for send in self.journal.open_sends() if (send.key, send.place) == (key, place)]

    def _what_went_out(
        self, sends: list[Sending], known: Entry | None, job: Job | None, held: Entry | None, place: str
    ) -> Entry:
        """The entry of what a person says is out there. Raises `UsageError` when nothing tells what it is."""
        if sends:
            return from_json(place, sends[-1].entry)
        if held is not None:
            return held
        if known is not None:
            return known
        if job is None:
            raise UsageError("nothing is known of what went out", "Make the kit first.")
        return entry_of(job.payload, job.source, stamp(self.now()), known)
