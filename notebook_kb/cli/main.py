"""`kb`: the lazy group of commands, and the one place where errors become messages and exit codes."""

from __future__ import annotations

import os
import sys
from importlib import import_module
from typing import TYPE_CHECKING

import click

from notebook_kb import __version__

if TYPE_CHECKING:
    from notebook_kb.errors import NotebookError

# name → (module, first line of its help): the help of the group must not import the commands
COMMANDS: dict[str, tuple[str, str]] = {
    "init": ("init", "Begin a notebook, or make an existing folder of notes one."),
    "write": ("write", "Write about a concept: create its note or open it at the first empty part."),
    "new": ("new", "Create a post, page, reading or concept note."),
    "rename": ("rename", "Give a note, heading, picture or folder another name; links follow."),
    "mv": ("rename", "The same as rename."),
    "list": ("list", "List the notes."),
    "search": ("search", "Search the notes, best hits first."),
    "show": ("show", "Show a note in the terminal."),
    "lsp": ("lsp", "Serve an editor: findings while you type, completion, links, renames."),
    "next": ("next", "Say what to write next, and from which source."),
    "coverage": ("coverage", "Say what of the roadmap is covered, and what is missing."),
    "symbols": ("symbols", "Say which symbols of a note's formulas have words."),
    "roadmap": ("roadmap", "Show, check or change the roadmap."),
    "status": ("status", "Sum up the notebook: written, public, findings."),
    "review": ("review", "Ask the cards that are due."),
    "cards": ("cards", "List cards, give them ids, find lost ones; import and export."),
    "check": ("check", "Find what is wrong in the notes."),
    "run": ("run", "Run the code of notes and keep what it shows."),
    "trust": ("trust", "Let this notebook's code run on this computer."),
    "explain": ("explain", "Explain the code of a finding."),
    "build": ("build", "Build the site from the public notes."),
    "serve": ("serve", "Show the notebook live while you write."),
    "interview": ("interview", "Prepare for an interview: a plan, a drill, a mock interview."),
    "cheatsheet": ("cheatsheet", "Make a sheet of formulas and sentences to print."),
    "publish": ("publish", "Make a note public, or send a copy to Medium, LinkedIn, dev.to."),
    "unpublish": ("publish", "Take a note back from the public."),
    "publications": ("publications", "Say what is published where, and what has changed since."),
    "auth": ("auth", "Get and keep the token of a service."),
    "completion": ("completion", "Print the completion script for a shell."),
}


class LazyGroup(click.Group):
    """Imports a command when it is called."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        """Names in the order of the work."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        """The command, imported now."""
        if cmd_name not in COMMANDS:
            return None
        module = import_module(f"notebook_kb.cli.{COMMANDS[cmd_name][0]}")
        command: click.Command = getattr(module, cmd_name.replace("list", "list_notes"))
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """The command; UsageError with the nearest one when there is none of that name."""
        if args[0] not in COMMANDS and not args[0].startswith("-") and not ctx.resilient_parsing:
            from difflib import get_close_matches

            from notebook_kb.errors import UsageError

            near = get_close_matches(args[0], COMMANDS, n=1, cutoff=0.5)
            hint = f"did you mean `kb {near[0]}`?" if near else "`kb --help` lists the commands"
            if args[0] == "help":
                hint = "`kb --help` lists the commands, `kb check --help` tells of one"
            raise UsageError(f"there is no command `{args[0]}`", hint)
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        """The list of commands without importing them."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, text) for name, (_, text) in COMMANDS.items()])


@click.group(
    cls=LazyGroup,
    invoke_without_command=True,
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog="In a notebook, kb alone says where you stand.\n\nBegin with: kb init ml-notes",
)
@click.version_option(__version__, prog_name="kb", message="%(prog)s %(version)s")
@click.pass_context
def main(ctx: click.Context) -> None:
    """Write the math behind machine learning in your own words, see what is covered, publish it.

    Notes are plain Markdown files. Every explanation of a concept names its source, the roadmap says what is
    covered and what comes next, and the site is built from the notes that you publish.
    """
    if ctx.invoked_subcommand is None:
        from notebook_kb.cli.overview import overview

        overview()


def run() -> None:
    """The entry point: runs `main`, turns our errors into messages on stderr and exit codes."""
    code = 130
    try:
        code = outcome()
    except KeyboardInterrupt:
        sys.stderr.write("\n")
    except OSError as error:
        code = environment_failed(error)
    sys.exit(code)


def outcome() -> int:
    """The exit code of the command, its errors shown."""
    from notebook_kb.errors import NotebookError

    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            # pipes and Windows consoles too; what a terminal cannot show becomes a sign instead of a crash
            stream.reconfigure(encoding="utf-8", errors="replace")
    try:
        # without `standalone_mode` the exit code of `ctx.exit` is returned
        code = main.main(prog_name="kb", standalone_mode=False)
        sys.stdout.flush()
    except click.Abort:
        return 130  # click has ended the line
    except click.exceptions.NoArgsIsHelpError as error:
        error.show()
        return error.exit_code
    except click.ClickException as error:
        from notebook_kb.cli.console import show_error

        show_error(wrong_use(error))
        return error.exit_code
    except NotebookError as error:
        from notebook_kb.cli.console import show_error

        show_error(error)
        return error.exit_code
    return code if isinstance(code, int) else 0


def wrong_use(error: click.ClickException) -> NotebookError:
    """Click's complaint about the words of a command, as one of ours."""
    from notebook_kb.errors import UsageError

    context = getattr(error, "ctx", None)
    path = context.command_path if context else "kb"
    message, _, near = error.format_message().partition(" Did you mean ")
    return UsageError(message, f"did you mean {near}" if near else f"`{path} --help` says how it is used")


def environment_failed(error: OSError) -> int:
    """The system said no where nobody expected it. A reader of a pipe that went away, as `head` does, is told nothing."""
    from notebook_kb.cli.console import show_error
    from notebook_kb.errors import EnvironmentFailedError

    if not isinstance(error, BrokenPipeError):
        where = f"{error.filename}: " if error.filename else "the output cannot be written: "
        show_error(EnvironmentFailedError(f"{where}{error.strerror or error}"))
    # Python empties stdout once more at its end: into nothing
    nothing = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nothing, 1)
    return 1
