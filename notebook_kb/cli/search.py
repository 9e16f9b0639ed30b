"""`kb search`."""

from __future__ import annotations

import click


@click.command(epilog="Example: kb search eigenvalues")
@click.argument("query", nargs=-1, required=True)
@click.option(
    "--limit", "-n", type=click.IntRange(min=1), default=10, show_default=True, help="At most so many hits."
)
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
def search(query: tuple[str, ...], limit: int, as_json: bool) -> None:
    """Search all notes, also the private ones: titles, other names, headings, symbols, text.

    Case and accents do not matter, a slip is forgiven, the last word may be a beginning, and σ is sigma. A hit holds
    every word, or the most where no note holds all.
    """
    from notebook_kb.cli.console import clean, emit_json, note, one_line, say, style
    from notebook_kb.workspace.search import search_notes
    from notebook_kb.workspace.workspace import Workspace

    hits = search_notes(Workspace.open(), " ".join(query), limit)
    if as_json:
        emit_json(
            {
                "hits": [
                    {"title": h.title, "path": h.path, "line": h.line, "score": h.score, "text": h.text}
                    for h in hits
                ]
            }
        )
        return
    for hit in hits:
        say(f"{style(f'{hit.path}:{hit.line}', 'path')}  {style(one_line(hit.title), 'title')}")
        say(f"    {clean(hit.text)}")
    if not hits:
        note(f"no note holds “{clean(' '.join(query))}”")
