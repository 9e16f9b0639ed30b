"""`kb coverage`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import click

from notebook_kb.cli import names

if TYPE_CHECKING:
    from collections.abc import Iterator

    from notebook_kb.learning.coverage import ConceptCoverage
    from notebook_kb.learning.known import Known
    from notebook_kb.learning.parts import PartEvidence
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
    from notebook_kb.learning.parts import further_parts
    from notebook_kb.workspace.authoring import find_concept
    from notebook_kb.workspace.known import known
    from notebook_kb.workspace.workspace import Workspace

    workspace = Workspace.open()
    loaded = workspace.load()
    notebook = loaded.notebook
    evidence = workspace.evidence(loaded)
    table = cover(notebook, evidence)
    mind, fault = known(workspace.root, notebook)
    if fault:
        note(f"what is known cannot be told: {clean(fault)}")
    chosen = [table[find_concept(notebook, name).id]] if name else list(table.values())
    if as_json:
        emit_json(
            {
                "concepts": [
                    as_data(c, mind.get(c.concept.id), further_parts(notebook, c.concept, evidence))
                    for c in chosen
                ],
                "counts": count_states(table),
            }
        )
        return
    if name or explain:
        for item in chosen:
            parts = further_parts(notebook, item.concept, evidence)
            explain_concept(notebook, item, mind.get(item.concept.id), parts, explain=explain)
        return
    overview(notebook, table, mind)
    counts = count_states(table)
    say()
    say(
        f"{counts['covered'] + counts['solid']} of {len(table)} covered, {counts['solid']} of them solid, {counts['started']} started"
    )


def as_data(item: ConceptCoverage, known: Known | None, parts: tuple[PartEvidence, ...]) -> dict[str, Any]:
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
        "parts": [
            {
                "part": str(p.part),
                "words": p.words,
                "symbols": p.symbols,
                "described": p.described,
                "why": p.why,
                "state": str(p.state),
                "path": p.path,
                "line": p.line,
            }
            for p in parts
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


class PartRow(NamedTuple):
    """A part as it is shown: `what` it holds, the `verdict` of comparing it with excerpts."""

    state: str
    title: str
    what: str
    place: str
    verdict: str = ""


def explain_concept(
    notebook: Notebook,
    item: ConceptCoverage,
    known: Known | None,
    parts: tuple[PartEvidence, ...],
    *,
    explain: bool = False,
) -> None:
    """Why a concept is where it is; with `explain` also what comparing with excerpts showed."""
    from notebook_kb.cli.console import SIGNS, clean, counted, say, style
    from notebook_kb.workspace.words import missing_words, part_title

    say(f"{SIGNS[item.state]} {style(clean(item.concept.title), 'title')}: {item.state}")
    rows = list(part_rows(notebook, item, parts))
    longest = max(len(row.title) for row in rows)
    wide = max(8, *(len(row.state) for row in rows))
    for row in rows:
        what = f"{clean(row.what)}  " if row.what else ""
        say(f"  {row.state:{wide}} {clean(row.title):{longest}}  {what}{style(row.place, 'path')}".rstrip())
        if explain and row.verdict:
            say(f"  {'':{wide}} {'':{longest}}  {style(VERDICTS[row.verdict], 'quiet')}")
    for missing in item.missing:
        say(f"  missing  {clean(missing_words(notebook, missing))}")
    for part in item.not_judged:
        say(f"  not judged yet  {clean(part_title(notebook, part))}")
    if known:
        say(
            f"  {'known':8} {known_words(known)}: {known.reviewed} of {counted(known.cards, 'card')} reviewed"
        )


def part_rows(
    notebook: Notebook, item: ConceptCoverage, parts: tuple[PartEvidence, ...]
) -> Iterator[PartRow]:
    """All parts that a concept has, the explanations first."""
    from notebook_kb.cli.console import counted
    from notebook_kb.workspace.words import part_title

    for a in item.angles:
        words = a.words + a.copied_words
        what = f"{a.source}, {counted(a.words, 'word')}{copied_words(a.copied_words)}" if words else ""
        verdict = str(a.verdict) if words else ""
        yield PartRow(a.state, part_title(notebook, a.angle), what, f"{a.path}:{a.line}", verdict)
    words = item.own_words + item.own_copied
    yield PartRow(
        item.own,
        part_title(notebook, "own"),
        f"{counted(item.own_words, 'word')}{copied_words(item.own_copied)}" if words else "",
        f"{item.note}:{item.own_line}" if item.own_line else "",
        str(item.own_verdict) if words else "",
    )
    for part in parts:
        what = counted(part.words, "word") if part.words else ""
        what = f"{part.described} of {counted(part.symbols, 'symbol')}" if part.symbols else what
        what = ", ".join(w for w in (what, part.why) if w)
        yield PartRow(part.state, part_title(notebook, str(part.part)), what, f"{part.path}:{part.line}")


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
