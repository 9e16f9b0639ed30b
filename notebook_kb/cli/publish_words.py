"""What the ways out of a notebook share: the options, the names of the targets, the question before."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import click

from notebook_kb.cli.console import clean, note, one_line, style
from notebook_kb.errors import UsageError

if TYPE_CHECKING:
    from notebook_kb.publishing.send import Question
    from notebook_kb.workspace.publish_gate import Ready


@dataclass(frozen=True, slots=True)
class Wanted:
    """The options of `kb publish`, by their names."""

    form: str | None
    via: str | None
    public: bool
    connections: bool
    pictures: tuple[str, ...]
    keep_text: bool
    with_questions: bool
    site_is_live: bool
    output: str | None
    no_serve: bool
    open_browser: bool
    dry_run: bool
    strict: bool
    yes: bool
    done: str | None
    not_sent: bool
    retry: bool
    forget: bool
    renamed_from: str | None
    as_new: bool

    @property
    def settles(self) -> bool:
        """Whether only what is known of a copy is to change."""
        return bool(self.done) or self.not_sent or self.forget


def ready_data(ready: Ready) -> dict[str, Any]:
    """What is ready, for `--json`."""
    payload = ready.prepared.payload
    return {
        "path": payload.path,
        "target": str(payload.target),
        "form": str(payload.form),
        "via": ready.via,
        "title": payload.title,
        "topics": list(payload.topics),
        "canonical": payload.canonical,
        "pictures": [p.name for p in payload.pictures],
        "losses": [
            {"construct": x.construct, "became": x.became, "path": x.path, "line": x.line, "detail": x.detail}
            for x in ready.prepared.shaped.losses
        ],
        "warnings": list(ready.prepared.warnings),
    }


def confirmed(question: Question, *, yes: bool) -> bool:
    """Show the exact text and ask; without a terminal only `--yes` says yes."""
    note("")
    note(clean(question.text))
    note("")
    for warning in question.warnings:
        note(f"{style('warning', 'warning', err=True)}: {one_line(warning)}")
    if yes:
        return True
    if not sys.stdin.isatty():
        raise UsageError("nobody is here to say yes", "read the text above, then add `--yes`")
    what = {"create": "Send this", "update": "Change it to this", "retry": "Send this once more"}[
        question.action
    ]
    return click.confirm(f"{what} to {question.target.shown}?", default=False, err=True)
