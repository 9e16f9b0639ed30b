"""`kb build`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from collections.abc import Mapping

    from notebook_kb.workspace.build import BuildReport
    from notebook_kb.workspace.workspace import Workspace


@click.command(epilog="Example: kb build --json")
@click.option("--output", type=click.Path(path_type=Path), help="Another folder than the configured one.")
@click.option(
    "--mine", is_flag=True, help="Everything, private notes too: a copy for yourself (needs --output)."
)
@click.option("--drafts", is_flag=True, help="Drafts too (needs --output).")
@click.option("--future", is_flag=True, help="Notes dated in the future too (needs --output).")
@click.option("--offline", is_flag=True, help="Links that work when the pages are opened from disk.")
@click.option(
    "--base-url", default="", metavar="URL", help="Where the site will stand, instead of `base_url:`."
)
@click.option("--strict", is_flag=True, help="Exit 1 on an error or a warning.")
@click.option("--clean", is_flag=True, help="Move files that no build wrote out of the site, to .kb/backup/.")
@click.option("--today", default="", metavar="DATE", help="Build as on this day (YYYY-MM-DD).")
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
@click.pass_context
def build(
    context: click.Context,
    output: Path | None,
    mine: bool,
    drafts: bool,
    future: bool,
    offline: bool,
    base_url: str,
    strict: bool,
    clean: bool,
    today: str,
    as_json: bool,
) -> None:
    """Build the site from the public notes.

    Every page is checked for private words before the old site is replaced; a leak fails the build and the old site
    stays. Unchanged notes are not parsed again, unchanged files not written again.
    """
    from notebook_kb.cli.console import emit_json
    from notebook_kb.findings import count_by_severity
    from notebook_kb.workspace.build import BuildOptions, finding_data
    from notebook_kb.workspace.build import build as run_build
    from notebook_kb.workspace.workspace import Workspace

    workspace = Workspace.open(today=today)
    report = run_build(
        workspace,
        BuildOptions(
            output, mine, drafts, future, clean=clean, offline=offline, base_url=site_address(base_url)
        ),
    )
    counts = count_by_severity(report.findings)
    if as_json:
        keys = ("pages", "written", "unchanged", "removed", "parsed")
        found = [finding_data(f) for f in report.findings]
        data: dict[str, Any] = {key: getattr(report, key) for key in keys}
        emit_json({**data, "seconds": round(report.seconds, 3), "findings": found})
    else:
        tell(workspace, report, counts, base_url)
    context.exit(int(strict and bool(counts["error"] or counts["warning"])))


def site_address(given: str) -> str:
    """`--base-url` as the settings would have it; '' when none was given."""
    from notebook_kb.errors import SettingsError, UsageError
    from notebook_kb.settings import load_settings

    try:
        return load_settings(f"base_url: {given!r}\n").base_url if given else ""
    except SettingsError as error:
        raise UsageError(
            f"`--base-url {given}` is no address of a site", "write it as https://example.org/notes"
        ) from error


def tell(workspace: Workspace, report: BuildReport, counts: Mapping[str, int], base_url: str) -> None:
    """What the build did, in one line, and what may be worth knowing."""
    from notebook_kb.cli.console import counted, note, style

    inside = report.folder.is_relative_to(workspace.root)
    folder = report.folder.relative_to(workspace.root) if inside else report.folder
    note(
        f"{style('built', 'ok', err=True)} {style(f'{folder}/', 'path', err=True)}: "
        f"{counted(report.pages, 'page')} from {counted(report.notes, 'note')}, "
        f"{counted(report.written, 'file')} written, {report.unchanged} unchanged, {report.removed} removed "
        f"({report.seconds:.1f} s)"
    )
    if not report.notes:
        note("no note is public yet: `kb publish NAME` makes one so")
    elif not (workspace.settings.base_url or base_url) and not report.unchanged:
        note("no `base_url:` in notebook.yml yet: no sitemap, and the addresses in the feed are relative")
    if counts["error"] or counts["warning"]:
        trouble = f"{counted(counts['error'], 'error')} and {counted(counts['warning'], 'warning')}"
        note(f"{trouble} on these pages: `kb check` lists them")
