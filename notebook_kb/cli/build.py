"""`kb build`."""

from __future__ import annotations

from pathlib import Path

import click


@click.command(epilog="Example: kb build --json")
@click.option("--output", type=click.Path(path_type=Path), help="Another folder than the configured one.")
@click.option(
    "--mine", is_flag=True, help="Everything, private notes too: a copy for yourself (needs --output)."
)
@click.option("--drafts", is_flag=True, help="Drafts too (needs --output).")
@click.option("--future", is_flag=True, help="Notes dated in the future too (needs --output).")
@click.option("--strict", is_flag=True, help="Fail on a warning.")
@click.option("--clean", is_flag=True, help="Replace foreign files in the output folder.")
@click.option("--today", default="", metavar="DATE", help="Build as on this day (YYYY-MM-DD).")
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
def build(  # noqa: PLR0913
    output: Path | None,
    mine: bool,
    drafts: bool,
    future: bool,
    strict: bool,
    clean: bool,
    today: str,
    as_json: bool,  # noqa: FBT001
) -> None:
    """Build the site from the public notes.

    Every page is checked for private words before the old site is replaced; a leak fails the build and the old site
    stays. Unchanged notes are not parsed again, unchanged files not written again.
    """
    from notebook_kb.cli.console import clean as safe
    from notebook_kb.cli.console import emit_json, note, style
    from notebook_kb.findings import count_by_severity
    from notebook_kb.workspace.build import BuildOptions, finding_data
    from notebook_kb.workspace.build import build as run_build
    from notebook_kb.workspace.workspace import Workspace

    workspace = Workspace.open(today=today)
    report = run_build(workspace, BuildOptions(output, mine, drafts, future, strict, clean))
    if as_json:
        emit_json(
            {
                "pages": report.pages,
                "written": report.written,
                "unchanged": report.unchanged,
                "removed": report.removed,
                "parsed": report.parsed,
                "seconds": round(report.seconds, 3),
                "findings": [finding_data(f) for f in report.findings],
            }
        )
        return
    shown = (
        report.folder.relative_to(workspace.root)
        if report.folder.is_relative_to(workspace.root)
        else report.folder
    )
    note(
        f"{style('built', 'ok', err=True)} {style(f'{shown}/', 'path', err=True)}: {report.pages} pages of {report.notes} "
        f"notes, {report.written} files written, {report.unchanged} unchanged, {report.removed} removed "
        f"({report.seconds:.1f} s)"
    )
    if not report.notes:
        note("no note is public yet; `kb publish NAME` makes one so")
    elif not workspace.settings.base_url:
        note("no `base_url:` in notebook.yml yet: no sitemap, and the addresses in the feed are relative")
    counts = count_by_severity(report.findings)
    if counts["error"] or counts["warning"]:
        note(
            safe(
                f"{counts['error']} errors and {counts['warning']} warnings on these pages; kb check lists them"
            )
        )
