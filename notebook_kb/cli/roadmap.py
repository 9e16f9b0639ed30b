"""`kb roadmap`."""

from __future__ import annotations

import click


@click.group(epilog="Example: kb roadmap show")
def roadmap() -> None:
    """Show, check or change the roadmap."""


@roadmap.command("list", short_help="List the built-in roadmaps.", epilog="Example: kb roadmap list")
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
def list_roadmaps(as_json: bool) -> None:
    """List the built-in roadmaps."""
    from notebook_kb.cli.console import counted, emit_json, say
    from notebook_kb.notebook.load import BUILT_IN, built_in_roadmap

    maps = [built_in_roadmap(name, "en") for name in BUILT_IN]
    if as_json:
        emit_json({"roadmaps": [{"id": m.id, "title": m.title, "concepts": len(m.concepts)} for m in maps]})
        return
    for item in maps:
        say(f"{item.id}  {item.title}, {counted(len(item.concepts), 'concept')}")


@roadmap.command(
    "show", short_help="Show areas, concepts, sources and problems.", epilog="Example: kb roadmap show --json"
)
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
def show_roadmap(as_json: bool) -> None:
    """Show the notebook's roadmap: areas, concepts with what they need, sources, problems."""
    from notebook_kb.cli.console import clean, emit_json, say, style
    from notebook_kb.workspace.workspace import Workspace

    item = Workspace.open().loader.roadmap
    if as_json:
        emit_json(
            {
                "id": item.id,
                "title": item.title,
                "areas": [{"id": a.id, "title": a.title, "concepts": list(a.concepts)} for a in item.areas],
                "concepts": [
                    {
                        "id": c.id,
                        "title": c.title,
                        "needs": list(c.needs),
                        "read": dict(c.read),
                        "aliases": list(c.aliases),
                    }
                    for c in item.concepts.values()
                ],
                "resources": [
                    {"id": r.id, "title": r.title, "angle": r.angle, "url": r.url}
                    for r in item.resources.values()
                ],
                "problems": [
                    {"id": p.id, "title": p.title, "concepts": list(p.concepts)} for p in item.problems
                ],
            }
        )
        return
    say(style(item.title, "title"))
    for area in item.areas:
        say(f"\n{style(area.title, 'title')}")
        for concept_id in area.concepts:
            concept = item.concepts[concept_id]
            needs = f"  needs {', '.join(concept.needs)}" if concept.needs else ""
            say(f"  {style(concept.id, 'code'):24} {clean(concept.title)}{style(needs, 'quiet')}")
    if item.resources:
        say(f"\n{style('Sources', 'title')}")
    for resource in item.resources.values():
        say(
            f"  {style(resource.id, 'code'):12} {clean(resource.title)} ({clean(resource.angle) or 'no angle'})"
        )
    if item.problems:
        say(f"\n{style('Problems', 'title')}")
    for problem in item.problems:
        say(f"  {style(problem.id, 'code'):18} {clean(problem.title)}")


@roadmap.command(
    "check", short_help="Check what it names, and for circles.", epilog="Example: kb roadmap check"
)
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
@click.pass_context
def check_roadmap(ctx: click.Context, as_json: bool) -> None:
    """Check that everything the roadmap names is defined, and that no prerequisites form a circle."""
    from notebook_kb.cli.console import clean, counted, emit_json, say, style
    from notebook_kb.parsing.roadmap_check import roadmap_findings
    from notebook_kb.workspace.workspace import Workspace

    item = Workspace.open().loader.roadmap
    found = roadmap_findings(item)
    if as_json:
        emit_json(
            {
                "findings": [
                    {"code": f.code, "message": f.message, "hint": f.hint, "path": f.path, "line": f.line}
                    for f in found
                ]
            }
        )
    else:
        for f in found:
            say(f"{style(f.place or item.id, 'path')}  {style(f.code, 'code')}  {clean(f.message)}")
        if not found:
            say(f"{clean(item.title)}: {counted(len(item.concepts), 'concept')}, nothing to mend")
    ctx.exit(1 if found else 0)


@roadmap.command(
    "init",
    short_help="Write a roadmap.yml that is yours to change.",
    epilog="Example: kb roadmap init math-for-ml",
)
@click.argument("name", default="math-for-ml")
def init_roadmap(name: str) -> None:
    """Write roadmap.yml, which extends the built-in roadmap NAME and is yours to change."""
    from notebook_kb.cli.console import note
    from notebook_kb.workspace.roadmaps import write_roadmap

    write_roadmap(name)
    note("created roadmap.yml, which is yours to change; `kb roadmap check` checks it")
