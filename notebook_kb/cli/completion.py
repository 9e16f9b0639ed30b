"""`kb completion`."""

from __future__ import annotations

import click

SHELLS = ("bash", "zsh", "fish")


@click.command(epilog='Example: eval "$(kb completion bash)"')
@click.argument("shell", type=click.Choice(SHELLS))
def completion(shell: str) -> None:
    """Print the completion script for SHELL; put it into the shell's start-up file."""
    from click.shell_completion import get_completion_class

    from notebook_kb.cli.main import main

    found = get_completion_class(shell)
    if found is None:
        raise click.UsageError(f"no completion for {shell}")
    click.echo(found(main, {}, "kb", "_KB_COMPLETE").source())
