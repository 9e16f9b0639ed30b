"""What the ways out of a notebook share: the options, the names of the targets, the question before."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import click

from notebook_kb.cli.console import clean, note, one_line, style
from notebook_kb.errors import UsageError
from notebook_kb.publishing.contracts import number
from notebook_kb.publishing.payload import Form, TargetName
from notebook_kb.publishing.problems import PersonNeededError
from notebook_kb.publishing.targets.little_text import length

if TYPE_CHECKING:
    from collections.abc import Iterator

    from notebook_kb.publishing.errand import Taken
    from notebook_kb.publishing.payload import Payload
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
    take_over: bool
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


def along(question: Question, payload: Payload) -> Iterator[tuple[str, str]]:
    """(name, words) of what goes with the text, and to whom."""
    is_draft = payload.target is TargetName.MEDIUM and question.audience == "default"
    is_public = question.overwrites is not None and question.overwrites.is_public
    yield "seen by", AUDIENCES["public" if is_public else "draft" if is_draft else question.audience]
    if payload.form is Form.POST:
        yield "length", f"{length(question.text):,} of {number('linkedin.text_max'):,} characters"
    else:
        yield "title", payload.title
    if payload.card:
        yield "card", payload.card.url
    if payload.document:
        yield "PDF", f"{len(payload.document) // 1024:,} kB"
    if payload.pictures:
        yield "pictures", ", ".join(p.name for p in payload.pictures)
    if payload.topics:
        yield "tags", ", ".join(payload.topics)


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
        "warnings": [str(w) for w in ready.prepared.warnings],
    }


AUDIENCES = {
    "default": "everybody",
    "public": "everybody",
    "draft": "nobody yet: a draft",
    "connections": "your connections",
}


def taken_words(taken: Taken, question: Question) -> str:
    """Which post would be written over."""
    state = "published" if taken.is_public else "a draft"
    where = f", {taken.url}" if taken.url else ""
    return (
        f"this overwrites an article of yours on {question.target.shown} with the same canonical link: "
        f"“{taken.title}” ({state}{where})"
    )


def confirmed(question: Question, payload: Payload, *, yes: bool, take_over: bool = False) -> bool:
    """Show the exact text, to whom it goes and what goes along, and ask; without a terminal only `--yes` says yes.

    What would be written over and is not known here needs `take_over` besides. PersonNeededError without it.
    """
    note("")
    note(clean(question.text))
    note("")
    for name, words in along(question, payload):
        note(f"  {style(name, 'quiet', err=True)}: {one_line(words)}")
    for warning in question.warnings:
        note(f"{style('warning', 'warning', err=True)}: {one_line(warning)}")
    taken = question.overwrites
    if taken:
        note(f"{style('warning', 'warning', err=True)}: {one_line(taken_words(taken, question))}")
    if yes and taken and not take_over and question.action != "retry":
        raise PersonNeededError(
            f"{question.target.shown} has an article of yours in this place that nothing is known of here: nothing was sent",
            "if it is an older copy of this note, add `--take-over`: its text is replaced; if it is to stay as it is, "
            f"give it another canonical link on {question.target.shown}",
        )
    if yes:
        return True
    if not sys.stdin.isatty():
        raise UsageError("nobody is here to say yes", "read the text above, then add `--yes`")
    what = {"create": "Send this", "update": "Change it to this", "retry": "Send this once more"}[
        question.action
    ]
    asked = f"{what} to {question.target.shown}?"
    if taken:
        asked = f"Overwrite “{one_line(taken.title)}” on {question.target.shown} with this?"
    return click.confirm(asked, default=False, err=True)
