"""One payload on its way: each request that changes something is journaled before and after, by this alone."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Literal

from notebook_kb.errors import EnvironmentFailedError, NotebookError, UsageError
from notebook_kb.notebook.names import as_argument
from notebook_kb.publishing.entry_json import entry_of, from_json, to_json
from notebook_kb.publishing.journal import Sending
from notebook_kb.publishing.problems import OutcomeUnknownError, RefusedError
from notebook_kb.publishing.wire import NoAnswerError, NotSentError

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date

    from notebook_kb.publishing.credentials import Credential
    from notebook_kb.publishing.journal import Journal
    from notebook_kb.publishing.ledger import Entry, Ledger
    from notebook_kb.publishing.payload import Payload

Audience = Literal["default", "draft", "public", "connections"]


@dataclass(frozen=True, slots=True)
class Options:
    """How it goes out: to whom, with which version of LinkedIn's API ('' is the table's), on which day it is."""

    audience: Audience = "default"
    linkedin_api_version: str = ""
    today: date | None = None


@dataclass(frozen=True, slots=True)
class Taken:
    """A post of the same person's that stands where a new one would go, and that the ledger does not know."""

    remote_id: str
    title: str
    url: str
    is_public: bool


@dataclass(frozen=True, slots=True)
class Sent:
    """What a service did: where it is now, and whether others can see it (`published`) or not (`draft`)."""

    url: str
    remote_id: str
    status: Literal["published", "draft"] = "published"


@dataclass(slots=True)
class Errand:
    """A payload on its way to a service. `entry` is what is out there of it; `again` the open request to repeat;
    `account` whose token it is, as the service says; `overwrites` what the person said may be written over.
    """

    payload: Payload
    source: str
    concept: str
    options: Options
    credential: Credential
    ledger: Ledger
    journal: Journal
    now: Callable[[], datetime]
    entry: Entry | None = None
    again: Sending | None = None
    account: str = ""
    overwrites: Taken | None = None
    pictures: dict[str, str] = field(default_factory=dict)
    warnings: list[str] = field(default_factory=list)

    def ask(self, action: str, do: Callable[[], Sent], *, keeps_files: bool = False) -> Sent:
        """Do one request that changes something out there, and remember it.

        `keeps_files`: the pictures there stay as they were.

        `do` raises `NotSentError` or `RefusedError` when nothing was changed, `NoAnswerError` when that is unknown.
        Raises the first two on, and `OutcomeUnknownError` for the third.
        """
        nonce = self._open(action, keeps_files=keeps_files)
        try:
            sent = do()
        except NoAnswerError as error:
            raise self._unknown(str(error)) from None
        except (NotSentError, RefusedError) as error:
            if self.again is not None:
                # That this try failed says nothing of the first.
                raise self._unknown(error.message) from None
            self.journal.answered(nonce, "failed", self.at(), {"message": error.message})
            raise
        answer = {"url": sent.url, "remote_id": sent.remote_id, "status": sent.status}
        try:
            self.journal.answered(nonce, "done", self.at(), {**answer, **self._remote_pictures()})
            note_done(self.ledger, self.journal, self.journal.sends[nonce])
        except NotebookError as error:
            raise EnvironmentFailedError(
                f"it went out ({sent.url or sent.remote_id}), but could not be noted: {error.message}",
                f"Mend that, then: kb publications. {error.hint}".strip(),
            ) from error
        self.again = None
        self.entry = self.ledger.get(self.payload.key).entries[self.place]
        return sent

    def upload(self, owner: str, digest: str, do: Callable[[], str]) -> str:
        """Where a file is at the service: from an earlier try, or by `do`. A lost answer costs an unused file there."""
        service = self.payload.target.value
        if kept := self.journal.upload_of(service, owner, digest):
            self.pictures[digest] = kept[0]
            return kept[0]
        self.journal.uploading(service, owner, digest, self.at())
        try:
            remote = do()
        except NoAnswerError as error:
            raise RefusedError(
                f"a picture could not be sent ({error}). Nothing was posted.", "Run the command again."
            ) from None
        self.journal.uploaded(service, owner, digest, remote, self.at())
        self.pictures[digest] = remote
        return remote

    def correct(self, *, status: Literal["published", "draft"], url: str) -> None:
        """Put into the ledger what the service says of itself now."""
        if self.entry is not None:
            entry = replace(self.entry, status=status, url=url or self.entry.url)
            self.ledger.put(self.ledger.get(self.payload.key).with_entry(entry))
            self.entry = entry

    @property
    def place(self) -> str:
        """`linkedin-post`."""
        return f"{self.payload.target}-{self.payload.form}"

    def at(self) -> str:
        """Now, as it is written down."""
        return stamp(self.now())

    def _open(self, action: str, *, keeps_files: bool) -> str:
        """The nonce of the request that goes out next."""
        if self.again is not None:
            if self.again.note.get("account", self.account) != self.account:
                raise UsageError(
                    f"{self.payload.key}: it was sent with another account's token, so a repeat would be a second post",
                    "Look there, then: --done URL, or --not-sent.",
                )
            self.journal.again(self.again.nonce, self.at())
            return self.again.nonce
        at = self.at()
        entry = entry_of(self.payload, self.source, at, self.entry)
        if keeps_files and self.entry is not None:
            entry = replace(entry, pictures=self.entry.pictures)
        note = {
            "path": self.payload.path,
            "title": self.payload.title,
            "concept": self.concept,
            "audience": self.options.audience,
            "account": self.account,
        }
        return self.journal.sending(
            Sending(
                nonce="",
                key=self.payload.key,
                place=self.place,
                action=action,
                payload=self.payload.digest,
                at=at,
                entry=to_json(replace(entry, pictures={**entry.pictures, **self.pictures})),
                note=note,
            )
        )

    def _remote_pictures(self) -> dict[str, str]:
        """The files' places there, as fields of an answer."""
        return {f"picture:{digest}": remote for digest, remote in self.pictures.items()}

    def _unknown(self, why: str) -> OutcomeUnknownError:
        return unknown_error(self.payload.key, self.place, why)


def note_done(ledger: Ledger, journal: Journal, send: Sending) -> None:
    """Put what a request did into the ledger, unless the ledger knows of something later; then note that it has it."""
    record = ledger.get(send.key)
    entry = from_json(send.place, send.entry)
    before = record.entries.get(send.place)
    if before is None or before.updated_at <= entry.updated_at or before.status == "prepared":
        answer = send.answer
        pictures = {k.removeprefix("picture:"): v for k, v in answer.items() if k.startswith("picture:")}
        entry = replace(
            entry,
            url=answer.get("url") or entry.url,
            remote_id=answer.get("remote_id") or entry.remote_id,
            status=answer.get("status") or "published",
            pictures={digest: pictures.get(digest, old) for digest, old in entry.pictures.items()},
            extra=before.extra if before else (),
        )
        note = send.note
        known = replace(
            record,
            path=note.get("path", record.path),
            title=note.get("title", record.title),
            concept=note.get("concept", record.concept),
        )
        ledger.put(known.with_entry(entry))
    journal.noted(send.nonce)


def unknown_error(key: str, place: str, why: str = "") -> OutcomeUnknownError:
    """The error for a request whose outcome nobody knows."""
    target = place.partition("-")[0]
    because = f" ({why})" if why else ""
    return OutcomeUnknownError(
        f"no answer{because}: {key} may be on {target} already. It is not sent again by itself.",
        f"Look there, then: kb publish {as_argument(key)} --to {target} --done URL, or --not-sent; --retry sends it once more.",
    )


def stamp(moment: datetime) -> str:
    """A moment in UTC, to the second: `2026-11-22T10:00:00Z`."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def moment_of(text: str) -> datetime:
    """The moment that `stamp` wrote. Raises `NotebookError` for other words."""
    try:
        return datetime.strptime(text, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)
    except ValueError:
        raise NotebookError(
            f"{text!r} is no time of the journal", "Settle it with --done or --not-sent."
        ) from None
