"""`kb publish NAME --to TARGET`: what is said and asked on the way out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from notebook_kb.cli.console import clean, counted, emit_json, note, one_line, say, style
from notebook_kb.cli.publish_words import ready_data
from notebook_kb.errors import UsageError
from notebook_kb.notebook.names import as_argument
from notebook_kb.publishing.payload import Form, TargetName
from notebook_kb.workspace.publish_gate import API, IMPORT, Gate, form_of, way_of
from notebook_kb.workspace.publishing import missing_line
from notebook_kb.workspace.workspace import Workspace

if TYPE_CHECKING:
    from notebook_kb.cli.publish_words import Wanted
    from notebook_kb.publishing.remarks import Remark
    from notebook_kb.workspace.publish_gate import Ready


def publish_to(name: str, target_name: str, wanted: Wanted, *, as_json: bool) -> int:
    """Do what is wanted; the exit code."""
    refuse_contradictions(wanted)
    target = TargetName(target_name)
    form = form_of(target, wanted.form)
    gate = Gate(Workspace.open())
    if wanted.settles:
        return settle(gate, name, target, form, wanted, as_json=as_json)
    via = way_of(target, form, API if wanted.retry else wanted.via)
    ready = gate.ready(
        name,
        target,
        form,
        via,
        with_questions=wanted.with_questions,
        site_is_live=wanted.site_is_live,
        strict=wanted.strict,
        pictures=wanted.pictures,
    )
    if not as_json:
        report(gate, ready)
    if form is not Form.ARTICLE and keep_text(gate, ready, wanted):
        return 0
    if wanted.dry_run:
        return tell_dry_run(ready, as_json=as_json)
    gate.settle_rename(ready, wanted.renamed_from, as_new=wanted.as_new)
    if via == API:
        from notebook_kb.cli.publish_send import send

        return send(gate, ready, wanted, as_json=as_json)
    if via == IMPORT:
        return tell_import(ready, as_json=as_json)
    from notebook_kb.cli.publish_kit import make_kit

    return make_kit(gate, ready, wanted, as_json=as_json)


def refuse_contradictions(wanted: Wanted) -> None:
    """Options that cannot stand together."""
    ways = [
        ("done", wanted.done),
        ("not-sent", wanted.not_sent),
        ("forget", wanted.forget),
        ("retry", wanted.retry),
    ]
    given = [f"`--{option}`" for option, value in ways if value]
    if len(given) > 1:
        raise UsageError(f"{' and '.join(given)} cannot stand together", "give one of them")
    if wanted.renamed_from and wanted.as_new:
        raise UsageError("`--renamed-from` and `--new` cannot stand together", "give one of them")
    if wanted.public and wanted.connections:
        raise UsageError("`--public` and `--connections` cannot stand together", "give one of them")


def keep_text(gate: Gate, ready: Ready, wanted: Wanted) -> bool:
    """Where the text of a post is only proposed: write it into the note if that is wanted. True if it was."""
    text = gate.outgoing.post_text(ready.note)
    if not text.proposed:
        if wanted.keep_text:
            raise UsageError(f"{text.place} has a text for LinkedIn already", "change it there, in the note")
        return False
    if not wanted.keep_text:
        note(
            "  the text is proposed from the note's own words; --keep-text writes it into the note for you to rework"
        )
        return False
    from notebook_kb.workspace.posts import keep_linkedin_text

    place = keep_linkedin_text(gate.workspace, ready.note.path, text.text)
    note(f"the proposed text is in the note: {style(place, 'path', err=True)}")
    note(f"rework it, then: kb publish {as_argument(ready.note.path)} --to linkedin")
    return True


def report(gate: Gate, ready: Ready) -> None:
    """What goes where, what is lost on the way, what is still missing in the note."""
    payload = ready.prepared.payload
    shown = (
        f"{payload.target.shown}, {payload.form}"
        if payload.target is TargetName.LINKEDIN
        else payload.target.shown
    )
    note(f"{style(payload.path, 'path', err=True)} for {style(shown, 'title', err=True)}")
    for line in ready.losses:
        note(f"  {one_line(line)}")
    for warning in ready.prepared.warnings:
        note(f"  {style('warning', 'warning', err=True)}: {one_line(str(warning))}")
    missing = missing_line(gate.workspace, payload.path)
    if missing:
        note(f"  still missing, though nothing waits for it: {clean(missing)}")


def tell_dry_run(ready: Ready, *, as_json: bool) -> int:
    """What would go out."""
    payload = ready.prepared.payload
    if as_json:
        emit_json(ready_data(ready))
        return 0
    say(clean(payload.body))
    note(f"nothing was written or sent; {counted(len(payload.pictures), 'picture')} would go along")
    return 0


def settle(gate: Gate, name: str, target: TargetName, form: Form, wanted: Wanted, *, as_json: bool) -> int:
    """Note what a person says of a copy."""
    key = gate.key_of_name(name)
    form = gate.form_there(key, target, wanted.form, wanted.done or "")
    data: dict[str, Any] = {"key": key, "target": str(target), "form": str(form)}
    remark: Remark | None = None
    if wanted.done:
        entry, remark = gate.done(name, key, target, form, wanted.done)
        message = f"{key} is on {target.shown} at {entry.url}"
        data["url"] = entry.url
    elif wanted.not_sent:
        data["settled"] = count = gate.desk.not_sent(key, target, form)
        message = f"{counted(count, 'open request')} settled: {key} is not on {target.shown}"
    else:
        data["forgotten"] = known = gate.desk.forget(key, target, form)
        message = (
            f"{key} on {target.shown} is forgotten here; what is out there stays"
            if known
            else f"nothing was known of {key} on {target.shown}"
        )
    if as_json:
        emit_json({**data, "message": message, **({"remark": str(remark)} if remark else {})})
        return 0
    note(clean(message))
    if remark:
        note(clean(str(remark)))
    return 0


def tell_import(ready: Ready, *, as_json: bool) -> int:
    """Medium's own import of a page: what to do, and what it does to the text."""
    from notebook_kb.publishing.targets.medium import import_words

    canonical = ready.prepared.payload.canonical
    if not canonical:
        raise UsageError(
            "Medium fetches a page of your site, and this notebook has none",
            "set `base_url:` in notebook.yml",
        )
    words = import_words(canonical)
    if as_json:
        emit_json({**ready_data(ready), "message": words})
    else:
        say(clean(words))
    return 0
