"""`kb publish` and `kb unpublish`: the flag in the head; with `--to`, a copy elsewhere."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from notebook_kb.cli import names

if TYPE_CHECKING:
    from collections.abc import Callable

TARGETS = ("medium", "linkedin", "devto", "folder")
FORMS = ("article", "post", "document")


def settling(command: Callable[..., None]) -> Callable[..., None]:
    """The options that settle what is known of a copy."""
    for option in (
        click.option("--done", "done", metavar="URL", help="It is out there, at URL."),
        click.option(
            "--not-sent", is_flag=True, help="You looked: what was sent without an answer is not there."
        ),
        click.option(
            "--retry",
            is_flag=True,
            help="Send once more what was sent without an answer, where that is safe.",
        ),
        click.option(
            "--forget", is_flag=True, help="Forget what is known of this copy; what is out there stays."
        ),
        click.option(
            "--renamed-from",
            metavar="KEY",
            help="This note had the key KEY before (kb publications lists keys).",
        ),
        click.option("--new", "as_new", is_flag=True, help="It is none of the notes that it looks like."),
    ):
        command = option(command)
    return command


@click.command(
    epilog="Examples: kb publish rank\n\n          kb publish rank --to medium\n\n          kb publish rank --to medium --done https://medium.com/@me/rank-1a2b3c"
)
@click.argument("name", shell_complete=names.notes)
@click.option("--to", "target", type=click.Choice(TARGETS), help="Prepare or send a copy there.")
@click.option(
    "--as",
    "form",
    type=click.Choice(FORMS),
    help="What it becomes there. LinkedIn: post (default), document (a PDF), article.",
)
@click.option(
    "--via",
    type=click.Choice(["kit", "api", "import"]),
    help="How: by hand with a kit, through the API, or by Medium's import.",
)
@click.option(
    "--public", "public", is_flag=True, help="Medium and dev.to through the API: publish, not a draft."
)
@click.option("--connections", is_flag=True, help="LinkedIn: show the post to your connections only.")
@click.option(
    "--picture",
    "pictures",
    multiple=True,
    metavar="NAME",
    help="LinkedIn: this picture of the note (repeat it for more) in place of the link's card.",
)
@click.option(
    "--keep-text", is_flag=True, help="LinkedIn: write the proposed text into the note, to be reworked."
)
@click.option("--with-questions", is_flag=True, help="Put the note's cards at the end, as questions.")
@click.option(
    "--site-is-live", is_flag=True, help="Show pictures from the site's address instead of by hand."
)
@click.option("--output", "output", type=click.Path(file_okay=False), help="Write the kit to this folder.")
@click.option("--no-serve", is_flag=True, help="Only write the kit.")
@click.option("--open", "open_browser", is_flag=True, help="Open the kit in the browser.")
@click.option(
    "--dry-run", is_flag=True, help="Say what would go out and what would be lost; write and send nothing."
)
@click.option("--strict", is_flag=True, help="Stop when anything is lost or has no alt text.")
@click.option("--yes", "yes", is_flag=True, help="Send without asking.")
@click.option(
    "--take-over",
    is_flag=True,
    help="dev.to, with --yes: replace your own article there that has this note's canonical link.",
)
@settling
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
def publish(name: str, target: str | None, as_json: bool, **options: Any) -> None:
    """Make the note NAME public, or (with --to) prepare or send a copy of it elsewhere.

    Without --to it sets `publish: true` in the note's head and says where it will appear; nothing is sent anywhere.
    With --to the note becomes an article for Medium, a post for LinkedIn, an article for dev.to, or a folder of clean
    HTML and Markdown. What a place cannot show becomes text or a picture, and you are told. Without a token a kit is
    made: a page with Copy buttons, the pictures, and a list of what to do. Nothing is sent twice.
    """
    if target is None:
        refuse_without_target(options)
        set_flag(name, as_json=as_json)
        return
    from notebook_kb.cli.publish_to import publish_to
    from notebook_kb.cli.publish_words import Wanted

    click.get_current_context().exit(publish_to(name, target, Wanted(**options), as_json=as_json))


def refuse_without_target(options: dict[str, Any]) -> None:
    """The other options mean nothing for the flag."""
    given = [o for o, value in options.items() if value]
    if given:
        from notebook_kb.errors import UsageError

        shown = {"form": "as", "as_new": "new", "open_browser": "open", "pictures": "picture"}
        option = shown.get(given[0], given[0]).replace("_", "-")
        raise UsageError(f"`--{option}` needs `--to`", "say where: --to medium, linkedin, devto or folder")


def set_flag(name: str, *, as_json: bool) -> None:
    """`publish: true`, and where the page will be."""
    from notebook_kb.cli.console import clean, emit_json, note, style
    from notebook_kb.workspace.authoring import set_published
    from notebook_kb.workspace.publishing import missing_line
    from notebook_kb.workspace.workspace import Workspace

    workspace = Workspace.open()
    done = set_published(workspace, name, publish=True)
    address = workspace.settings.base_url + done.url
    missing = missing_line(workspace, done.name)
    if as_json:
        emit_json(
            {
                "path": done.name,
                "url": address,
                "changed": done.changed,
                "waits_until": done.waits_until,
                "missing": missing,
            }
        )
        return
    when = "is public from the next build on" if done.changed else "was public already"
    if done.waits_until:
        when = f"will be public from its date on, {clean(done.waits_until)}: build again that day"
    note(f"{style(done.name, 'path', err=True)} {when}")
    if done.unclear:
        note(f"but it stays private: {clean(done.unclear)}")
    note(f"its page: {style(address, 'path', err=True)}")
    if missing:
        note(f"still missing, though nothing waits for it: {clean(missing)}")
    note("next: kb build")


@click.command(epilog="Example: kb unpublish rank")
@click.argument("name", shell_complete=names.notes)
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
def unpublish(name: str, as_json: bool) -> None:
    """Set `publish: false` in the head of the note NAME; the next build takes its page away."""
    from notebook_kb.cli.console import emit_json, note, style
    from notebook_kb.workspace.authoring import set_published
    from notebook_kb.workspace.workspace import Workspace

    done = set_published(Workspace.open(), name, publish=False)
    if as_json:
        emit_json({"path": done.name, "changed": done.changed})
        return
    note(
        f"{style(done.name, 'path', err=True)} {'is private again' if done.changed else 'was private already'}"
    )
    if done.changed:
        note("next: kb build, which takes its page away; a copy that is online stays until you replace it")
