"""Bare `kb`: where I stand, in five lines, and one next step."""

from __future__ import annotations


def overview() -> None:
    """Print it; outside a notebook, how to begin one."""
    from notebook_kb.cli.console import SIGNS, clean, counted, note, say, style
    from notebook_kb.errors import NoNotebookError
    from notebook_kb.workspace.standing import standing

    try:
        found = standing()
    except NoNotebookError:
        say("no notebook here")
        say(f"begin one: {style('kb init ml-notes', 'code')}")
        say(f"all commands: {style('kb --help', 'code')}")
        return
    if found.greeting:
        note(style(f"“{found.greeting}”", "quiet", err=True))
    say(
        f"{style(clean(found.title), 'title')}: {found.covered} of {found.total} covered, {found.started} started, {counted(found.public, 'public note')}"
    )
    for item in found.recent:
        sources = f" ({item.sources})" if item.sources else ""
        missing = f"; missing: {clean(item.missing)}" if item.missing else ""
        say(f"{SIGNS[item.state]} {clean(item.concept)}: {item.state}{sources}{missing}")
    if found.trouble:
        say(f"{style('findings', 'warning')}: {found.trouble}; kb check lists them")
    if found.due:
        say(f"{counted(found.due, 'card')} due; {style('kb review', 'code')} asks them")
    say(f"next: {clean(found.next_words)}")
    if found.next_command:
        say(f"      {style(found.next_command, 'code')}")
