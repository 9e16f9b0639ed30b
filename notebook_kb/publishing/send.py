"""The sending side of a notebook: look, ask, note, send, note; and what a person says came of it."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Literal, Protocol

from notebook_kb.errors import ChangedSinceReadError, EnvironmentFailedError, UsageError
from notebook_kb.files.lock import notebook_lock
from notebook_kb.publishing import contracts
from notebook_kb.publishing.credentials import expiry_warning, require_credential
from notebook_kb.publishing.entry_json import entry_of, from_json
from notebook_kb.publishing.errand import Errand, Options, moment_of, note_done, stamp, unknown_error
from notebook_kb.publishing.journal import Journal
from notebook_kb.publishing.ledger import Ledger
from notebook_kb.publishing.payload import TargetName
from notebook_kb.publishing.renames import refuse_renamed
from notebook_kb.publishing.states import State, standing_of
from notebook_kb.publishing.targets.addresses import checked_address, remote_id_in
from notebook_kb.publishing.targets.devto import DevTo
from notebook_kb.publishing.targets.linkedin import LinkedIn
from notebook_kb.publishing.targets.medium import Medium

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Mapping
    from pathlib import Path

    from notebook_kb.publishing.credentials import Credential, Service
    from notebook_kb.publishing.journal import Sending
    from notebook_kb.publishing.ledger import Entry
    from notebook_kb.publishing.payload import Form, Payload
    from notebook_kb.publishing.states import Standing

_DEFAULT = Options()
# A repeat must reach LinkedIn before its window ends: some minutes less, for slow networks and unequal clocks.
_MARGIN = timedelta(minutes=2)


class Target(Protocol):
    """A service with an API."""

    service: Service
    can_update: bool

    def check(self, payload: Payload, options: Options) -> list[str]: ...
    def final_text(self, payload: Payload) -> str: ...
    def who(self, credential: Credential, options: Options, /) -> str: ...
    def deliver(self, errand: Errand) -> None: ...


TARGETS: Mapping[TargetName, Target] = {
    TargetName.LINKEDIN: LinkedIn(),
    TargetName.MEDIUM: Medium(),
    TargetName.DEVTO: DevTo(),
}


@dataclass(frozen=True, slots=True)
class Job:
    """A payload to be sent; `source`: the digest of the note and all it shows; `concept`: the note's, '' for none."""

    payload: Payload
    source: str = ""
    concept: str = ""

    @property
    def place(self) -> str:
        return f"{self.payload.target}-{self.payload.form}"


@dataclass(frozen=True, slots=True)
class Question:
    """What a person is to say yes to. `text` is what readers will see, word for word."""

    action: Literal["create", "update", "retry"]
    target: TargetName
    title: str
    text: str
    audience: str
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of it: sent (`published`, `draft`, `updated`), `unchanged` (nothing to do) or `declined`."""

    what: Literal["published", "draft", "updated", "unchanged", "declined"]
    entry: Entry | None = None
    warnings: tuple[str, ...] = ()


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
        if self.journal.unnoted() or self.journal.open_sends():
            try:
                with notebook_lock(self.root, wait=0.0):
                    self._read()
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

    def send(self, job: Job, confirm: Callable[[Question], bool], options: Options = _DEFAULT) -> Outcome:
        """Send a payload, or change what is out there; nothing goes out twice.

        `confirm` is asked with the exact text. Raises `UsageError` (2), `RenamedError` and `OutcomeUnknownError` (3),
        `RefusedError` (4), `NotSentError` (1: the service was not reached).
        """
        before = self._may_send(job, options)
        if before is None:
            return Outcome("unchanged", self.look(job).entry)
        action: Literal["create", "update"] = "update" if _is_public(before.entry) else "create"
        return self._deliver(job, confirm, options, before, action)

    def retry(self, job: Job, confirm: Callable[[Question], bool], options: Options = _DEFAULT) -> Outcome:
        """Send once more what may have got lost, where the service cannot make a second post of it.

        Raises as `send`; `UsageError` when nothing is open, or a second try could post twice.
        """
        before = self.look(job)
        if before.open_send is None:
            raise UsageError(
                f"{job.payload.key}: no request to {job.payload.target} is open", "Nothing was sent."
            )
        _refuse_retry(before.open_send, job, self.now())
        return self._deliver(job, confirm, options, before, "retry")

    def not_sent(self, key: str, target: TargetName, form: Form) -> int:
        """A person looked: nothing is out there of what was open. Returns how many requests that settled."""
        with self._locked():
            sends = self._open(key, f"{target}-{form}")
            if not sends:
                raise UsageError(f"{key}: no request to {target} is open", "kb publications lists what is.")
            for send in sends:
                self.journal.settled(send.nonce, "not-sent", stamp(self.now()))
        return len(sends)

    def done(
        self, key: str, target: TargetName, form: Form, url: str, job: Job | None = None
    ) -> tuple[Entry, str]:
        """A person names the address of what is out there. Returns (the entry, a note for the person or '').

        What went out is the open request's or the kit's payload, else that of `job`. Raises `UsageError` for an address
        that cannot be the target's.
        """
        address, note = checked_address(target, url)
        place = f"{target}-{form}"
        with self._locked():
            sends = self._open(key, place)
            record = self.ledger.get(key)
            entry = self._what_went_out(sends, record.entries.get(place), job, place)
            entry = replace(
                entry,
                status="published",
                url=address,
                remote_id=remote_id_in(target, url) or (entry.remote_id if entry.url == address else ""),
                updated_at=stamp(self.now()),
                first_at=entry.first_at or stamp(self.now()),
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
            for send in sends:
                self.journal.settled(send.nonce, "done", stamp(self.now()))
        return entry, note

    def forget(self, key: str, target: TargetName, form: Form) -> bool:
        """Forget what is known of a place, also open requests; what is out there stays. False if nothing was known."""
        place = f"{target}-{form}"
        with self._locked():
            record = self.ledger.get(key)
            sends = self._open(key, place)
            for send in sends:
                self.journal.settled(send.nonce, "forgotten", stamp(self.now()))
            if place in record.entries:
                self.ledger.put(record.without(place))
        return bool(sends) or place in record.entries

    def prepared(self, job: Job) -> Entry:
        """Note that a kit was made. What is out there already stays known: then nothing changes."""
        with self._locked():
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
        with self._locked():
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
                    f"Decide which is out there, and forget the other: kb publish {old} --to TARGET --forget.",
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
        with self._locked():
            record = self.ledger.get(key)
            self.ledger.put(replace(record, is_not=tuple(sorted({*record.is_not, *others}))))

    # --- inside ---------------------------------------------------------------------------------

    def _read(self) -> None:
        """Read ledger and journal; with the lock held, finish what a killed process had begun."""
        self.ledger = Ledger(self.state)
        self.journal = Journal(self.state)

    @contextmanager
    def _locked(self) -> Iterator[None]:
        """Nobody else sends or notes meanwhile; what is known is read anew."""
        with notebook_lock(self.root):
            self._read()
            self._finish()
            yield

    def _finish(self) -> None:
        """Put into the ledger what a killed process had not, and drop the old file of a half-done renaming."""
        for send in self.journal.unnoted():
            note_done(self.ledger, self.journal, send)
        for record in list(self.ledger.records.values()):
            for old in record.was:
                left = self.ledger.records.get(old)
                if left and left.entries.items() <= record.entries.items() and old not in self.keys:
                    self.journal.renamed(old, record.key)
                    self.ledger.remove(old)

    def _open(self, key: str, place: str) -> list[Sending]:
        return [send for send in self.journal.open_sends() if (send.key, send.place) == (key, place)]

    def _may_send(self, job: Job, options: Options) -> Standing | None:
        """Where the note stands if something may go out, None if nothing has changed. Raises as `send`."""
        payload = job.payload
        target = target_of(payload)
        standing = self.look(job)
        if standing.state in {State.UNKNOWN, State.SENDING}:
            raise unknown_error(payload.key, job.place)
        self.refuse_renamed(job)
        entry = standing.entry
        if entry is None or entry.status == "prepared":
            return standing
        if standing.drift is None and not _wants_more(entry, target, options):
            return None
        if not target.can_update:
            raise UsageError(
                f"{payload.target} cannot change a story through its API; yours is at {entry.url}",
                f"Edit it there with the kit of what changed: kb publish {payload.key} --to {payload.target}.",
            )
        return standing

    def _deliver(
        self,
        job: Job,
        confirm: Callable[[Question], bool],
        options: Options,
        before: Standing,
        action: Literal["create", "update", "retry"],
    ) -> Outcome:
        """Check, ask, and send with the lock held, if all is still as it was when it was asked."""
        target = target_of(job.payload)
        warnings = target.check(job.payload, options)
        credential = require_credential(target.service, self.now())
        if soon := expiry_warning(target.service, credential, self.now()):
            warnings.append(soon)
        payload = job.payload
        text = target.final_text(payload)
        question = Question(action, payload.target, payload.title, text, options.audience, tuple(warnings))
        if not confirm(question):
            return Outcome("declined", before.entry, tuple(warnings))
        with self._locked():
            self._refuse_changed(job, before)
            errand = Errand(
                payload=payload,
                source=job.source,
                concept=job.concept,
                options=options,
                credential=credential,
                ledger=self.ledger,
                journal=self.journal,
                now=self.now,
                entry=before.entry if before.entry and before.entry.status != "prepared" else None,
                again=before.open_send,
            )
            target.deliver(errand)
        entry = errand.entry
        what: Literal["published", "draft", "updated"] = (
            "updated" if _is_public(before.entry) else "published"
        )
        if entry and entry.status == "draft":
            what = "draft"
        return Outcome(what, entry, (*warnings, *errand.warnings))

    def _refuse_changed(self, job: Job, before: Standing) -> None:
        """Stop if another process has sent or settled something since the person was asked."""
        now = self.look(job)
        if before.open_send is None and now.open_send is not None:
            raise unknown_error(job.payload.key, job.place)
        if (now.entry, now.open_send) != (before.entry, before.open_send):
            raise ChangedSinceReadError(
                f"{job.payload.key}: another process sent or noted something meanwhile",
                "Nothing was sent. Run the command again.",
            )
        if before.open_send is None:
            self.refuse_renamed(job)

    def _what_went_out(self, sends: list[Sending], known: Entry | None, job: Job | None, place: str) -> Entry:
        """The entry of what a person says is out there. Raises `UsageError` when nothing tells what it is."""
        if sends:
            return from_json(place, sends[-1].entry)
        if known is not None and (known.status == "prepared" or job is None):
            return known
        if job is None:
            raise UsageError("nothing is known of what went out", "Make the kit first.")
        return entry_of(job.payload, job.source, stamp(self.now()), known)


def target_of(payload: Payload) -> Target:
    """The service of a payload. Raises `UsageError` for one without an API."""
    found = TARGETS.get(payload.target)
    if found is None:
        raise UsageError(f"{payload.target} has no API", "It is made ready as a kit.")
    return found


def _is_public(entry: Entry | None) -> bool:
    return entry is not None and entry.status == "published"


def _wants_more(entry: Entry, target: Target, options: Options) -> bool:
    """Whether a draft is to become public though its words are the same, where the service can do that."""
    if entry.status != "draft" or options.audience == "draft":
        return False
    return target.can_update or options.audience == "public"


def _refuse_retry(send: Sending, job: Job, now: datetime) -> None:
    """Stop where sending again could make a second post."""
    target = job.payload.target
    settle = "Look there, then: --done URL, or --not-sent."
    if send.retries:
        raise UsageError(f"{job.payload.key}: it was sent again already, and that is done once", settle)
    if send.payload != job.payload.digest:
        raise UsageError(
            f"{job.payload.key}: the note has changed since, so it would be another post",
            f"{settle} Or take the note's former text back.",
        )
    if target is TargetName.MEDIUM:
        raise UsageError("Medium could make a second story of it, as its API cannot say what it has", settle)
    if target is TargetName.LINKEDIN and send.action == "create":
        window = timedelta(minutes=contracts.number("linkedin.duplicate_minutes")) - _MARGIN
        if not timedelta(0) <= now - moment_of(send.at) <= window:
            raise UsageError(
                f"{job.payload.key}: it was sent at {send.at}; after {window.seconds // 60} minutes LinkedIn "
                "no longer knows a repeat, and would make a second post",
                settle,
            )
