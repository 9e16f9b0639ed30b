"""Sending a payload: look, ask, note, send, note. Nothing goes out twice."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING, Literal, Protocol, cast

from notebook_kb.errors import ChangedSinceReadError, UsageError
from notebook_kb.notebook.names import as_argument
from notebook_kb.publishing import contracts
from notebook_kb.publishing.credentials import expiry_warning, require_credential
from notebook_kb.publishing.desk import Desk, Job
from notebook_kb.publishing.errand import Errand, Options, moment_of, unknown_error
from notebook_kb.publishing.payload import TargetName
from notebook_kb.publishing.states import State
from notebook_kb.publishing.targets.devto import DevTo
from notebook_kb.publishing.targets.linkedin import LinkedIn
from notebook_kb.publishing.targets.medium import Medium

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime

    from notebook_kb.publishing.credentials import Credential, Service
    from notebook_kb.publishing.errand import Audience, Taken
    from notebook_kb.publishing.journal import Sending
    from notebook_kb.publishing.ledger import Entry
    from notebook_kb.publishing.payload import Payload
    from notebook_kb.publishing.states import Standing

__all__ = ["Desk", "Job", "Options", "Outcome", "Question", "retry", "send", "target_of"]

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
    def taken(self, payload: Payload, credential: Credential, entry: Entry | None, /) -> Taken | None: ...
    def deliver(self, errand: Errand) -> None: ...


TARGETS: Mapping[TargetName, Target] = {
    TargetName.LINKEDIN: LinkedIn(),
    TargetName.MEDIUM: Medium(),
    TargetName.DEVTO: DevTo(),
}


@dataclass(frozen=True, slots=True)
class Question:
    """What a person is to say yes to. `text` is what readers will see, word for word; `overwrites` is a post that would be
    lost with it, which the ledger does not know.
    """

    action: Literal["create", "update", "retry"]
    target: TargetName
    title: str
    text: str
    audience: str
    warnings: tuple[str, ...] = ()
    overwrites: Taken | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of it: sent (`published`, `draft`, `updated`), `unchanged` (nothing to do) or `declined`."""

    what: Literal["published", "draft", "updated", "unchanged", "declined"]
    entry: Entry | None = None
    warnings: tuple[str, ...] = ()


def send(desk: Desk, job: Job, confirm: Callable[[Question], bool], options: Options = _DEFAULT) -> Outcome:
    """Send a payload, or change what is out there; nothing goes out twice.

    `confirm` is asked with the exact text. Raises `UsageError` (2), `RenamedError` and `OutcomeUnknownError` (3),
    `RefusedError` (4), `NotSentError` (1: the service was not reached).
    """
    before = _may_send(desk, job, options)
    if before is None:
        return Outcome("unchanged", desk.look(job).entry)
    action: Literal["create", "update"] = "update" if _is_public(before.entry) else "create"
    return _deliver(desk, job, confirm, options, before, action)


def retry(desk: Desk, job: Job, confirm: Callable[[Question], bool], options: Options = _DEFAULT) -> Outcome:
    """Send once more what may have got lost, where the service cannot make a second post of it.

    Raises as `send`; `UsageError` when nothing is open, or a second try could post twice.
    """
    before = desk.look(job)
    if before.open_send is None:
        raise UsageError(
            f"{job.payload.key}: no request to {job.payload.target} is open", "Nothing was sent."
        )
    _refuse_retry(before.open_send, job, desk.now())
    # To the same people as before: to others it would be another post.
    audience = cast("Audience", before.open_send.note.get("audience", options.audience))
    return _deliver(desk, job, confirm, replace(options, audience=audience), before, "retry")


def _may_send(desk: Desk, job: Job, options: Options) -> Standing | None:
    """Where the note stands if something may go out, None if nothing has changed. Raises as `send`."""
    payload = job.payload
    target = target_of(payload)
    standing = desk.look(job)
    if standing.state in {State.UNKNOWN, State.SENDING}:
        raise unknown_error(payload.key, job.place)
    desk.refuse_renamed(job)
    entry = standing.entry
    if entry is None or entry.status == "prepared":
        return standing
    if standing.drift is None and not _wants_more(entry, target, options):
        return None
    if not target.can_update:
        raise UsageError(
            f"{payload.target} cannot change a story through its API; yours is at {entry.url}",
            f"Edit it there with the kit of what changed: kb publish {as_argument(payload.key)} --to {payload.target}.",
        )
    return standing


def _deliver(
    desk: Desk,
    job: Job,
    confirm: Callable[[Question], bool],
    options: Options,
    before: Standing,
    action: Literal["create", "update", "retry"],
) -> Outcome:
    """Check, ask, and send with the lock held, if all is still as it was when it was asked."""
    target = target_of(job.payload)
    warnings = target.check(job.payload, options)
    credential = require_credential(target.service, desk.now())
    if soon := expiry_warning(target.service, credential, desk.now()):
        warnings.append(soon)
    payload = job.payload
    known = before.entry if before.entry and before.entry.status != "prepared" else None
    taken = target.taken(payload, credential, known)
    question = Question(
        action,
        payload.target,
        payload.title,
        target.final_text(payload),
        options.audience,
        tuple(warnings),
        taken,
    )
    if not confirm(question):
        return Outcome("declined", before.entry, tuple(warnings))
    with desk.locked():
        _refuse_changed(desk, job, before)
        errand = Errand(
            payload=payload,
            source=job.source,
            concept=job.concept,
            options=options,
            credential=credential,
            ledger=desk.ledger,
            journal=desk.journal,
            now=desk.now,
            entry=known,
            again=before.open_send,
            overwrites=taken,
        )
        target.deliver(errand)
    entry = errand.entry
    what: Literal["published", "draft", "updated"] = "updated" if _is_public(before.entry) else "published"
    if entry and entry.status == "draft":
        what = "draft"
    return Outcome(what, entry, (*warnings, *errand.warnings))


def _refuse_changed(desk: Desk, job: Job, before: Standing) -> None:
    """Stop if another process has sent or settled something since the person was asked."""
    now = desk.look(job)
    if before.open_send is None and now.open_send is not None:
        raise unknown_error(job.payload.key, job.place)
    if (now.entry, now.open_send) != (before.entry, before.open_send):
        raise ChangedSinceReadError(
            f"{job.payload.key}: another process sent or noted something meanwhile",
            "Nothing was sent. Run the command again.",
        )
    if before.open_send is None:
        desk.refuse_renamed(job)


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
