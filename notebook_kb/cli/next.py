"""`kb next`."""

from __future__ import annotations

import click


@click.command("next", epilog="Example: kb next --problem not-converging")
@click.option("--problem", default="", metavar="ID", help="Only what helps with this problem of the roadmap.")
@click.option(
    "--limit", "-n", type=click.IntRange(min=1), default=3, show_default=True, help="At most so many."
)
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
def next(problem: str, limit: int, as_json: bool) -> None:  # noqa: A001 - named as the command
    """Say what to write next, why, and from which source. Nothing is locked: write what you like."""
    from notebook_kb.cli.console import clean, emit_json, note, say, style
    from notebook_kb.errors import UsageError
    from notebook_kb.learning.coverage import cover
    from notebook_kb.learning.suggest import suggest
    from notebook_kb.parsing.roadmap import nearest
    from notebook_kb.workspace.words import part_title, suggestion_command, suggestion_place
    from notebook_kb.workspace.workspace import Workspace

    workspace = Workspace.open()
    loaded = workspace.load()
    notebook = loaded.notebook
    known = [p.id for p in notebook.roadmap.problems]
    if problem and problem not in known:
        hint = nearest(problem, known) or f"problems: {', '.join(known)}"
        raise UsageError(f"the roadmap has no problem `{problem}`", hint)
    found = suggest(notebook, cover(notebook, workspace.evidence(loaded)), problem=problem, limit=limit)
    if as_json:
        emit_json(
            {
                "suggestions": [
                    {
                        "concept": s.concept.id,
                        "what": s.what,
                        "why": s.why,
                        "source": s.source,
                        "place": s.place,
                    }
                    for s in found
                ]
            }
        )
        return
    for s in found:
        say(f"{style(s.concept.title, 'title')}: {clean(part_title(notebook, s.what))}")
        say(f"  why    {clean(s.why)}")
        place = suggestion_place(notebook, s)
        if place:
            say(f"  where  {clean(place)}")
        say(f"  begin  {style(suggestion_command(s), 'code')}")
    if not found:
        say("every concept is covered; `kb coverage --explain` says what would make each one solid")
    elif not problem and not notebook.settings.problems and known:
        note(f"you came with a problem? For instance: kb next --problem {clean(known[0])}")
