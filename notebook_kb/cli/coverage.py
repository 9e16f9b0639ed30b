"""`kb coverage`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from notebook_kb.cli import names

if TYPE_CHECKING:
    from notebook_kb.learning.coverage import ConceptCoverage
    from notebook_kb.learning.known import Known
    from notebook_kb.notebook.notebook import Notebook


@click.command(epilog="Example: kb coverage rank --explain")
@click.argument("name", required=False, shell_complete=names.concepts)
@click.option(
    "--explain", is_flag=True, help="Say why: every explanation that counts and everything missing."
)
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
def coverage(name: str | None, explain: bool, as_json: bool) -> None:
    """Say what of the roadmap is covered: written, that is, which is not the same as known.

    Started: one part counts (from ten words). Covered: in my words, and two explanations that differ in angle or
    source. Solid: every angle that the roadmap lists sources for, an example, symbols and code.
    """
    from notebook_kb.cli.console import clean, emit_json, note, say
    from notebook_kb.learning.coverage import count_states, cover
    from notebook_kb.workspace.authoring import find_concept
    from notebook_kb.workspace.known import known
    from notebook_kb.workspace.workspace import Workspace

    workspace = Workspace.open()
    loaded = workspace.load()
    notebook = loaded.notebook
    table = cover(notebook, workspace.evidence(loaded))
    mind, fault = known(workspace.root, notebook)
    if fault:
        note(f"what is known cannot be told: {clean(fault)}")
    chosen = [table[find_concept(notebook, name).id]] if name else list(table.values())
    if as_json:
        emit_json(
            {"concepts": [as_data(c, mind.get(c.concept.id)) for c in chosen], "counts": count_states(table)}
        )
        return
    if name or explain:
        for item in chosen:
            explain_concept(notebook, item, mind.get(item.concept.id), explain=explain)
        return
    overview(notebook, table, mind)
    counts = count_states(table)
    say()
    say(
        f"{counts['covered'] + counts['solid']} of {len(table)} covered, {counts['solid']} of them solid, {counts['started']} started"
    )


def as_data(item: ConceptCoverage, known: Known | None) -> dict[str, Any]:
    """One concept as JSON."""
    return {
        "id": item.concept.id,
        "title": item.concept.title,
        "area": item.concept.area,
        "kind": item.concept.kind,
        "state": str(item.state),
        "missing": [
            {"part": m.part, "angle": m.angle, "why": m.why, "path": m.path, "line": m.line}
            for m in item.missing
        ],
        "angles": [
            {
                "angle": a.angle,
                "source": a.source,
                "words": a.words,
                "copied_words": a.copied_words,
                "own_words": str(a.verdict),
                "state": str(a.state),
                "path": a.path,
                "line": a.line,
            }
            for a in item.angles
        ],
        "not_judged_yet": list(item.not_judged),
        "known": round(known.mean, 4) if known and known.mean is not None else None,
        "reviewed": bool(known and known.reviewed),
    }


def overview(notebook: Notebook, table: dict[str, ConceptCoverage], mind: dict[str, Known]) -> None:
    """A line for each concept, by area."""
    from notebook_kb.cli.console import SIGNS, clean, say, style
    from notebook_kb.learning.coverage import is_covered
    from notebook_kb.workspace.words import sources_words

    for area in notebook.roadmap.areas:
        items = [table[c] for c in area.concepts]
        covered = sum(is_covered(i.state) for i in items)
        say(f"{style(area.title, 'title')}  {covered} of {len(items)} covered")
        for item in items:
            detail = f"  {sources_words(item)}" if item.sources else ""
            detail += f"  {known_words(mind[item.concept.id])}" if item.concept.id in mind else ""
            state = style(f"{item.state:8}", "quiet" if item.state == "empty" else "ok")
            say(f"  {SIGNS[item.state]} {state} {clean(item.concept.title)}{style(detail, 'quiet')}")
    matched = [i for i in table.values() if i.matched_by]
    if matched:
        say(style("Matched by name", "title"))
        for item in matched:
            say(
                f"  {style(item.note, 'path')} counts for {item.concept.id}; `concept: {item.concept.id}` in its head says so for good"
            )


def explain_concept(
    notebook: Notebook, item: ConceptCoverage, known: Known | None, *, explain: bool = False
) -> None:
    """Why a concept is where it is; with `explain` also what comparing with excerpts showed."""
    from notebook_kb.cli.console import SIGNS, clean, counted, say, style
    from notebook_kb.workspace.words import missing_words, part_title

    say(f"{SIGNS[item.state]} {style(item.concept.title, 'title')}: {item.state}")
    titles = {a.angle: clean(part_title(notebook, a.angle)) for a in item.angles}
    longest = max(map(len, titles.values()), default=0)
    for a in item.angles:
        place = style(f"{a.path}:{a.line}", "path")
        what = (
            f"{clean(a.source)}, {counted(a.words, 'word')}{copied_words(a.copied_words)}  "
            if a.words or a.copied_words
            else ""
        )
        say(f"  {a.state:8} {titles[a.angle]:{longest}}  {what}{place}")
        if explain and a.words + a.copied_words:
            say(f"  {'':8} {'':{longest}}  {style(VERDICTS[a.verdict], 'quiet')}")
    say(
        f"  {item.own:8} {part_title(notebook, 'own')}"
        + (
            f", {counted(item.own_words, 'word')}{copied_words(item.own_copied)}"
            if item.own_words or item.own_copied
            else ""
        )
    )
    if explain and item.own_words + item.own_copied:
        say(f"  {'':8} {style(VERDICTS[item.own_verdict], 'quiet')}")
    for missing in item.missing:
        say(f"  missing  {clean(missing_words(notebook, missing))}")
    for part in item.not_judged:
        say(f"  not judged yet  {clean(part_title(notebook, part))}")
    if known:
        say(
            f"  {'known':8} {known_words(known)}: {known.reviewed} of {counted(known.cards, 'card')} reviewed"
        )


def copied_words(count: int) -> str:
    """What was taken off because it stands in an excerpt of the source."""
    return f" ({count} more are your source's)" if count else ""


# what is said of words besides their number, and never more
VERDICTS = {
    "not checked": "no excerpt stored, so not compared",
    "no overlap found": "no overlap with your excerpt found",
    "close": "close to your excerpt: kb check says where",
    "copied": "words of your excerpt: kb check says where",
}


def known_words(known: Known) -> str:
    """How much is remembered today, which is not how much is written."""
    return "never reviewed" if known.mean is None else f"{round(known.mean * 100)} % known"
