"""Sending through an API: the question before, and what came of it."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from notebook_kb.cli.console import clean, emit_json, note, one_line, style
from notebook_kb.cli.publish_words import confirmed, ready_data
from notebook_kb.publishing import send as sending
from notebook_kb.publishing.errand import Options
from notebook_kb.publishing.payload import TargetName

if TYPE_CHECKING:
    from notebook_kb.cli.publish_words import Wanted
    from notebook_kb.publishing.errand import Audience
    from notebook_kb.publishing.send import Outcome, Question
    from notebook_kb.workspace.publish_gate import Gate, Ready

WHAT = {
    "published": "is out",
    "draft": "is there as a draft",
    "updated": "is changed there",
    "unchanged": "is there already, and nothing has changed",
    "declined": "was not sent",
}


def send(gate: Gate, ready: Ready, wanted: Wanted, *, as_json: bool) -> int:
    """Send, or send once more; says where it is."""
    options = options_of(gate, wanted, ready.prepared.payload.target)

    def confirm(question: Question) -> bool:
        return confirmed(question, ready.prepared.payload, yes=wanted.yes, take_over=wanted.take_over)

    deliver = sending.retry if wanted.retry else sending.send
    outcome = deliver(gate.desk, ready.job, confirm, options)
    tell(ready, outcome, as_json=as_json)
    return 0


def options_of(gate: Gate, wanted: Wanted, target: TargetName) -> Options:
    """To whom it goes, and the day it is. What can be a draft is one, unless `--public` says otherwise."""
    audience: Audience = "default"
    if wanted.public:
        audience = "public"
    elif wanted.connections:
        audience = "connections"
    elif target is TargetName.DEVTO:
        audience = "draft"
    settings = gate.workspace.settings
    return Options(audience, settings.linkedin_api_version, date.fromisoformat(gate.workspace.today))


def tell(ready: Ready, outcome: Outcome, *, as_json: bool) -> None:
    """What came of it, where it is, and how it is corrected later."""
    payload = ready.prepared.payload
    url = outcome.entry.url if outcome.entry else ""
    if as_json:
        data: dict[str, Any] = {"outcome": outcome.what, "url": url, "messages": list(outcome.warnings)}
        emit_json({**ready_data(ready), **data})
        return
    note(f"{style(payload.path, 'path', err=True)} {WHAT[outcome.what]}{': ' + clean(url) if url else ''}")
    for warning in outcome.warnings:
        note(f"{style('note', 'info', err=True)}: {one_line(warning)}")
    if outcome.what == "draft" and payload.target is not TargetName.LINKEDIN:
        note(f"look at it on {payload.target.shown}, then publish it there, or run this again with --public")
