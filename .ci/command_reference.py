"""Writes the guide's page of commands from their own --help; `--check` says whether it is up to date."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from notebook_kb.cli.main import COMMANDS, main

PAGE = Path(__file__).resolve().parent.parent / "notes" / "guide" / "commands.md"
HEAD = """\
---
title: Commands
type: page
publish: true
description: Every command with its options, as its own help says it.
---
# Commands

Every command with its options, as `kb COMMAND --help` says it. Commands that read take `--json` and print one object.

| exit code | meaning |
|---|---|
| 0 | fine |
| 1 | findings, private words in a page, or the machine said no |
| 2 | wrong use, no notebook here, settings that cannot be used |
| 130 | ended by Ctrl-C |
"""


def help_of(name: str, command: click.Command, parent: click.Context) -> str:
    """One command's help, and its sub-commands'."""
    context = click.Context(command, info_name=name, parent=parent, max_content_width=90, terminal_width=90)
    parts = [f"## {context.command_path}\n\n```console\n{command.get_help(context).rstrip()}\n```\n"]
    if isinstance(command, click.Group):
        for sub in command.list_commands(context):
            found = command.get_command(context, sub)
            if found:
                parts.append(help_of(sub, found, context))
    return "\n".join(parts)


def page() -> str:
    """The whole page."""
    root = click.Context(main, info_name="kb", max_content_width=90, terminal_width=90)
    bodies = []
    for name in COMMANDS:
        command = main.get_command(root, name)
        if command:
            bodies.append(help_of(name, command, root))
    return HEAD + "\n" + "\n".join(bodies)


if __name__ == "__main__":
    text = page()
    if "--check" in sys.argv:
        if PAGE.read_text(encoding="utf-8") != text:
            sys.exit("notes/guide/commands.md is not what --help says; run `make reference`")
    else:
        PAGE.write_text(text, encoding="utf-8")
