"""`kb publish NAME --to TARGET`: what is wanted, whether it may go out, and which way it goes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from notebook_kb.errors import NotebookError, UsageError
from notebook_kb.publishing.credentials import find_credential
from notebook_kb.publishing.errand import unknown_error
from notebook_kb.publishing.kit_manifest import kits_in
from notebook_kb.publishing.payload import Form, TargetName
from notebook_kb.publishing.problems import RenamedError
from notebook_kb.publishing.remarks import RemarkError, remark
from notebook_kb.publishing.shaped import loss_lines
from notebook_kb.publishing.states import State
from notebook_kb.workspace.publications import desk_of
from notebook_kb.workspace.sending import Outgoing

if TYPE_CHECKING:
    from notebook_kb.model.note import Note
    from notebook_kb.publishing.credentials import Service
    from notebook_kb.publishing.desk import Job
    from notebook_kb.publishing.kit_manifest import Manifest
    from notebook_kb.publishing.ledger import Entry
    from notebook_kb.publishing.prepare import Prepared
    from notebook_kb.publishing.remarks import Remark
    from notebook_kb.workspace.workspace import Workspace

SHOWN_REFUSALS = 10
# forms that a target takes, the usual one first
FORMS = {
    TargetName.MEDIUM: (Form.ARTICLE,),
    TargetName.LINKEDIN: (Form.POST, Form.DOCUMENT, Form.ARTICLE),
    TargetName.DEVTO: (Form.ARTICLE,),
    TargetName.FOLDER: (Form.ARTICLE,),
}
KIT, API, IMPORT = "kit", "api", "import"


class CannotShowError(NotebookError):
    """A note holds what the target can show neither as text nor as a picture."""

    code = "cannot-show"


@dataclass(frozen=True, slots=True)
class Ready:
    """A note made ready: what goes out, as what, and which way (`via`: kit, api or import)."""

    note: Note
    prepared: Prepared
    job: Job
    via: str

    @property
    def losses(self) -> list[str]:
        """What does not stay what it was, a line for each kind."""
        return loss_lines(self.prepared.shaped.losses)


def form_of(target: TargetName, wanted: str | None) -> Form:
    """What a note becomes at a target; UsageError for a form that it does not take."""
    forms = FORMS[target]
    if wanted is None:
        return forms[0]
    if wanted not in forms:
        raise UsageError(f"{target.shown} takes no {wanted}s", f"it takes: {', '.join(forms)}")
    return Form(wanted)


def way_of(target: TargetName, form: Form, wanted: str | None) -> str:
    """Which way a note goes: by the API where there is one and a token for it, else by hand."""
    has_api = target is TargetName.DEVTO or (target is TargetName.LINKEDIN and form is not Form.ARTICLE)
    if wanted == IMPORT and target is not TargetName.MEDIUM:
        raise UsageError(f"`--via import` is Medium's, and {target.shown} has none", "leave it out")
    if wanted == API and not (has_api or target is TargetName.MEDIUM):
        raise UsageError(
            f"{target.shown} has no API for {form}s"
            if target is not TargetName.FOLDER
            else "a folder is written, not sent",
            "leave `--via` out: a kit is made",
        )
    if wanted:
        return wanted
    return API if has_api and find_credential(service_of(target)) else KIT


def service_of(target: TargetName) -> Service:
    """The service of a target with an API."""
    services: dict[TargetName, Service] = {
        TargetName.MEDIUM: "medium",
        TargetName.LINKEDIN: "linkedin",
        TargetName.DEVTO: "devto",
    }
    return services[target]


class Gate:
    """The one way out of a notebook: only what is public, and only once."""

    def __init__(self, workspace: Workspace) -> None:
        self.workspace = workspace
        self.outgoing = Outgoing(workspace)
        self.desk = desk_of(self.outgoing)

    def ready(
        self,
        name: str,
        target: TargetName,
        form: Form,
        via: str,
        *,
        with_questions: bool = False,
        site_is_live: bool = False,
        strict: bool = False,
        pictures: tuple[str, ...] = (),
    ) -> Ready:
        """A public note made ready. CannotShowError for what cannot be shown; with `strict` for any loss."""
        note = self.outgoing.note(name)
        prepared = self.outgoing.prepare(
            note,
            target,
            form,
            with_questions=with_questions,
            site_is_live=site_is_live,
            pictures=pictures,
            by_api=via == API,
        )
        refused = [f"  {x.place}: {x.detail}" for x in prepared.shaped.refusals]
        if refused:
            more = [f"  and {len(refused) - SHOWN_REFUSALS} more"] if len(refused) > SHOWN_REFUSALS else []
            lines = "\n".join([*refused[:SHOWN_REFUSALS], *more])
            raise CannotShowError(
                f"{target.shown} can show this neither as text nor as a picture:\n{lines}",
                "write it in another way, or take it out of the public part of the note",
            )
        lost = [*loss_lines(prepared.shaped.losses), *map(str, prepared.warnings)]
        if strict and lost:
            raise CannotShowError(
                "with `--strict` nothing may be lost: " + "; ".join(lost), "leave out `--strict`"
            )
        return Ready(note, prepared, self.outgoing.job_of(prepared, note), via)

    def copy_there(self, ready: Ready) -> Entry | None:
        """What is out there of it, None where nothing is known to be. Raises `OutcomeUnknownError` and `RenamedError`."""
        standing = self.desk.look(ready.job)
        if standing.state in {State.UNKNOWN, State.SENDING}:
            raise unknown_error(ready.job.payload.key, ready.job.place)
        self.desk.refuse_renamed(ready.job)
        entry = standing.entry
        return entry if entry and entry.status != "prepared" else None

    def done(
        self, name: str, key: str, target: TargetName, form: Form, url: str
    ) -> tuple[Entry, Remark | None]:
        """Note an address that a person names; (the entry, a remark). What went out is what the last kit held, else what is
        known; only where nothing is, it is what the note says now.
        """
        held = self.kit_of(key, target, form)
        known = self.desk.ledger.get(key).entries.get(f"{target}-{form}")
        job = None
        if held is None and known is None:
            found = self.outgoing.whole.find_note(name)
            shown = self.outgoing.notebook.notes.get(found.path) if found else None
            job = self.outgoing.job(shown, target, form) if shown else None
        return self.desk.done(key, target, form, url, job, held)

    def done_from_kit(self, kit: Manifest, url: str) -> str:
        """Note the address of what was published with a kit; says where it is, in the notebook's language.

        What went out is what the kit held: where the note is another since, it stays marked as changed.
        """
        pack = self.workspace.pack
        if kit.target is TargetName.FOLDER:
            raise RemarkError(remark("kit_folder_done"), "--to medium …")
        entry, told = self.desk.done(kit.key, kit.target, kit.form, url, held=kit.entry)
        said = pack.word("kit_done_at", path=kit.path, url=entry.url)
        return f"{said} {told.said(pack)}" if told else said

    def kit_of(self, key: str, target: TargetName, form: Form) -> Entry | None:
        """What the last kit of a note for a target held, None without one."""
        folder = self.workspace.root / self.workspace.settings.state / "kits"
        place = f"{target}-{form}"
        return next((k.entry for k in kits_in(folder).found if (k.place, k.key) == (place, key)), None)

    def form_there(self, key: str, target: TargetName, wanted: str | None, url: str) -> Form:
        """The form that a person means who names an address: the one asked for, that of the address, or the only one known."""
        if wanted or target is not TargetName.LINKEDIN:
            return form_of(target, wanted)
        if "/pulse/" in url:
            return Form.ARTICLE
        known = [e.form for e in self.desk.ledger.get(key).entries.values() if e.target is target]
        return known[0] if len(known) == 1 else form_of(target, wanted)

    def key_of_name(self, name: str) -> str:
        """The key that a NAME means, also of a note that is gone or private: for settling what is known of it."""
        note = self.outgoing.whole.find_note(name)
        if note is not None:
            return self.outgoing.key(note)
        known = {p.key for p in self.desk.publications()}
        if name in known:
            return name
        raise UsageError(f"`{name}` is no note and no key of a publication", "`kb publications` lists them")

    def settle_rename(self, ready: Ready, renamed_from: str | None, *, as_new: bool) -> None:
        """What a person says of a note that looks like one that was sent: it is that one, or another."""
        if renamed_from:
            self.desk.adopt(renamed_from, ready.job.payload.key)
        elif as_new:
            try:
                self.desk.refuse_renamed(ready.job)
            except RenamedError as error:
                self.desk.is_another(ready.job.payload.key, error.candidates)
