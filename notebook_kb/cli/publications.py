"""`kb publications`: what is out there, since when, and what has changed here since."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from notebook_kb.cli import names

if TYPE_CHECKING:
    from notebook_kb.workspace.publications import Publication

WORDS = {
    "prepared": "kit made, no address yet",
    "sending": "is being sent",
    "draft": "a draft there",
    "published": "up to date",
    "changed": "changed since",
    "failed": "the last try was refused",
    "unknown": "unknown: it may be there",
}
STYLES = {"published": "ok", "changed": "warning", "unknown": "error", "failed": "error"}


@click.command(epilog="Example: kb publications --check")
@click.argument("name", required=False, shell_complete=names.notes)
@click.option(
    "--check", is_flag=True, help="Exit with 1 when a copy is old, unknown or of a note that is gone."
)
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
def publications(name: str | None, check: bool, as_json: bool) -> None:
    """Say which notes are where else: up to date, changed since (and what), unknown, or not at all."""
    from notebook_kb.cli.console import counted, emit_json, note
    from notebook_kb.workspace.publications import nowhere_else, shared_keys
    from notebook_kb.workspace.publications import publications as all_of
    from notebook_kb.workspace.publish_gate import Gate
    from notebook_kb.workspace.workspace import Workspace

    gate = Gate(Workspace.open())
    found = all_of(gate.outgoing, gate.key_of_name(name) if name else "")
    rest = [] if name else nowhere_else(gate.outgoing)
    shared = {} if name else shared_keys(gate.outgoing)
    if as_json:
        emit_json(
            {
                "publications": [data_of(p) for p in found],
                "nowhere_else": [n.path for n in rest],
                "shared_keys": {k: list(p) for k, p in shared.items()},
            }
        )
    else:
        for publication in found:
            tell(publication)
        for key, paths in shared.items():
            warn_shared(key, paths)
        if not found:
            note("nothing is published elsewhere yet; begin with: kb publish NAME --to medium")
        elif rest:
            note(f"{counted(len(rest), 'public note')} nowhere else yet")
    if check and any(p.needs_work for p in found):
        click.get_current_context().exit(1)


def warn_shared(key: str, paths: tuple[str, ...]) -> None:
    """Several notes have a key: none of them can be sent, and what is known of it is known of none for certain."""
    from notebook_kb.cli.console import note, one_line, style

    names = f"{', '.join(paths[:-1])} and {paths[-1]}"
    note(f"{style('warning', 'warning', err=True)}: {one_line(names)} have the same key, `{one_line(key)}`")
    note("  so it is not clear which is out there: give all but one another `id:` in its head")


def tell(publication: Publication) -> None:
    """One copy: its state, since when, where; what has changed and what to do below."""
    from notebook_kb.cli.console import one_line, say, style
    from notebook_kb.workspace.publications import short_changes

    standing = publication.standing
    entry = standing.entry
    words = WORDS.get(str(standing.state), str(standing.state))
    if publication.gone:
        words = "its note is gone"
    since = (entry.updated_at or entry.first_at)[:10] if entry else ""
    parts = [
        style(publication.path or publication.standing.key, "path"),
        place_words(publication),
        style(words, STYLES.get(str(standing.state), "quiet")) + (f" {since}" if since else ""),
    ]
    say("  ".join(parts) + (f"  {one_line(entry.url)}" if entry and entry.url else ""))
    for line in (
        short_changes(standing.drift) if standing.drift else "",
        publication.blocked,
        f"several notes have its key: {', '.join(publication.shared)}" if publication.shared else "",
        standing.failure,
        next_step(publication),
    ):
        if line:
            say(f"    {one_line(line)}")


def place_words(publication: Publication) -> str:
    """`LinkedIn post`."""
    from notebook_kb.publishing.payload import TargetName

    shown = publication.target.shown
    return f"{shown} {publication.form}" if publication.target is TargetName.LINKEDIN else shown


def next_step(publication: Publication) -> str:
    """What to do about it, '' where nothing is."""
    from notebook_kb.notebook.names import as_argument
    from notebook_kb.publishing.kit import done_command

    key, target, form = publication.standing.key, publication.target, publication.form
    name = publication.path or key
    command = done_command(target, form, name).removesuffix(" --done")
    state = str(publication.standing.state)
    if publication.gone:
        return f"renamed? kb publish NEW-NAME --to {target} --renamed-from {as_argument(key)}; else: kb publish {as_argument(key)} --to {target} --forget"
    if state == "changed":
        return f"correct it: {command}"
    if state == "unknown":
        return f"look there, then: {command} --done URL, or --not-sent"
    if state == "prepared":
        return f"published it? {command} --done URL"
    return ""


def data_of(publication: Publication) -> dict[str, Any]:
    """A copy for `--json`."""
    from notebook_kb.workspace.publications import changes

    standing = publication.standing
    entry = standing.entry
    return {
        "key": standing.key,
        "path": publication.path,
        "title": publication.title,
        "target": str(publication.target),
        "form": str(publication.form),
        "state": "gone" if publication.gone else str(standing.state),
        "url": entry.url if entry else "",
        "first_at": entry.first_at if entry else "",
        "updated_at": entry.updated_at if entry else "",
        "changes": changes(standing.drift) if standing.drift else [],
        "blocked": publication.blocked,
        "shared_with": list(publication.shared),
        "failure": standing.failure,
    }
