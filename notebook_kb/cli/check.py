"""`kb check`: what is wrong or worth knowing in the notes, each with its place and its cure."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, NamedTuple

import click

from notebook_kb.cli.console import emit_json, note, say

if TYPE_CHECKING:
    from notebook_kb.findings import Finding
    from notebook_kb.notebook.load import Loaded
    from notebook_kb.notebook.notebook import Notebook
    from notebook_kb.workspace.check_memory import Checked
    from notebook_kb.workspace.fixing import Mended
    from notebook_kb.workspace.workspace import Workspace

FORMATS = ("text", "json", "lines", "github")


class Seen(NamedTuple):
    """A check as it is told: the findings in scope, worst first; how many notes silence, how many notes are in scope, how
    many were really checked. `opened` is the notebook, where it had to be read.
    """

    root: str
    found: list[Finding]
    silenced: int
    notes: int
    checked: int
    opened: tuple[Workspace, Loaded] | None = None


@click.command(epilog="Example: kb check notes/rank.md --strict")
@click.argument("paths", nargs=-1, metavar="[PATH]…")
@click.option("--fix", is_flag=True, help="Mend what can be meant in one way only, and say what was mended.")
@click.option("--dry-run", is_flag=True, help="With --fix: show what would change, write nothing.")
@click.option("--strict", is_flag=True, help="Exit 1 on a warning too, not only on an error.")
@click.option(
    "--run", "run_code", is_flag=True, help="First run the code that is new or has changed (see `kb run`)."
)
@click.option("--watch", is_flag=True, help="Check again whenever a note is saved, until Ctrl-C.")
@click.option(
    "--poll", is_flag=True, help="With --watch: look every now and then instead of asking the system."
)
@click.option(
    "--all",
    "everything",
    is_flag=True,
    help="One line for each with its cure; a terminal shows what fits its window.",
)
@click.option("--json", "as_json", is_flag=True, help="One JSON object on stdout, nothing put together.")
@click.option(
    "--format",
    "form",
    type=click.Choice(FORMATS),
    default="text",
    show_default=True,
    help="For people; as --json; one line each for editors; annotations for GitHub Actions.",
)
@click.pass_context
def check(
    context: click.Context,
    paths: tuple[str, ...],
    *,
    fix: bool,
    dry_run: bool,
    strict: bool,
    run_code: bool,
    watch: bool,
    poll: bool,
    everything: bool,
    as_json: bool,
    form: str,
) -> None:
    """Look for what is wrong in the notes, each with its place and how to mend it.

    PATH is a note or a folder; without one the whole notebook is checked. A comment <!-- kb: off KB203 --> silences
    a code up to the next heading of its level, under the title in the whole note. `kb explain KB203` says what a
    code means.
    """
    form = "json" if as_json else form
    refuse_together(fix=fix, dry_run=dry_run, watch=watch, form=form)
    if watch:
        from notebook_kb.cli.check_watch import watch_notes

        watch_notes(paths, form, everything=everything, poll=poll)
        return
    if run_code:
        from notebook_kb.workspace.workspace import Workspace

        workspace = Workspace.open()
        run_outdated(workspace, workspace.load().notebook)
    seen = look(paths, whole=fix)
    mended: list[Mended] | None = None
    if fix:
        seen, mended = look_and_mend(paths, seen, dry_run=dry_run)
    tell(seen, form, mended, everything=everything, dry_run=dry_run)
    kinds = {str(f.severity) for f in seen.found}
    stuck = any(one.problem for one in mended or ())
    if "error" in kinds or (strict and "warning" in kinds) or stuck:
        context.exit(1)


def look_and_mend(paths: tuple[str, ...], seen: Seen, *, dry_run: bool) -> tuple[Seen, list[Mended]]:
    """Do the safe fixes; (what is found afterwards, what was done). Once a head can be read again, what is wrong in it comes
    up: that is mended too.
    """
    from dataclasses import replace

    from notebook_kb.workspace.fixing import mend, uncovers

    mended: list[Mended] = []
    while seen.opened:
        workspace, loaded = seen.opened
        now = list(mend(workspace, loaded.notebook, seen.found, dry_run=dry_run))
        mended = [*(replace(one, left=()) for one in mended), *now]
        if dry_run or not any(one.done for one in now):
            break
        more = any(uncovers(one) for one in now)
        seen = look(paths, whole=more)
        if not more:
            break
    return seen, mended


def run_outdated(workspace: Workspace, notebook: Notebook) -> None:
    """Run the code that is new or has changed, so that its findings are those of now."""
    from notebook_kb.cli.trust import asker
    from notebook_kb.running.runner import choose_python
    from notebook_kb.workspace.code import run_outdated as run

    for problem in run(workspace, notebook, choose_python(), asker(workspace)):
        note(problem)


def refuse_together(*, fix: bool, dry_run: bool, watch: bool, form: str) -> None:
    """Stop at options that do not go together. Raises UsageError."""
    from notebook_kb.errors import UsageError

    if dry_run and not fix:
        raise UsageError("`--dry-run` says what `--fix` would do", "write `kb check --fix --dry-run`")
    if watch and fix:
        raise UsageError(
            "`--watch` and `--fix` do not go together",
            "mending a note while you type in it would surprise you",
        )
    if watch and form in {"json", "github"}:
        raise UsageError(f"`--watch` and `--format {form}` do not go together", "choose `--format lines`")


def look(paths: tuple[str, ...], *, whole: bool = False) -> Seen:
    """Check the notebook; where nothing has changed since the last time, say that again. With `whole` the notebook is read
    in any case.
    """
    from notebook_kb.cli.check_scope import known_scope, scope_of
    from notebook_kb.workspace.check_memory import recall

    recalled = recall(os.getcwd())  # noqa: PTH109 - pathlib takes its time
    if recalled.same and not whole:
        known = known_scope(recalled.same, paths)
        if known is not None:
            return in_view(recalled.same, known)
    from pathlib import Path

    from notebook_kb.workspace.check_again import open_and_check

    workspace, loaded, checked = open_and_check(recalled)
    scope = [scope_of(loaded.notebook, name, Path.cwd()) for name in paths]
    return in_view(checked, scope)._replace(opened=(workspace, loaded))


def in_view(checked: Checked, scope: list[str]) -> Seen:
    """What of a check is in scope."""
    from notebook_kb.cli.check_scope import in_scope
    from notebook_kb.findings import sort_findings

    found = sort_findings(f for f in checked.shown if in_scope(f.path, scope))
    silenced = sum(in_scope(f.path, scope) for f in checked.silenced)
    return Seen(
        checked.root, found, silenced, sum(in_scope(p, scope) for p in checked.paths), checked.checked
    )


def tell(seen: Seen, form: str, mended: list[Mended] | None, *, everything: bool, dry_run: bool) -> None:
    """Say what was found, and mended, in the form that was asked for: the summary of what programs read is on stderr."""
    from notebook_kb.cli import check_formats
    from notebook_kb.findings import count_by_severity

    found = seen.found
    counts = count_by_severity(found)
    if form == "json":
        more = {}
        if mended is not None:
            from notebook_kb.cli.check_fix import as_data

            more = as_data(mended)
        data = [check_formats.as_dict(f) for f in found]
        about = {"counts": counts, "silenced": seen.silenced, "notes": seen.notes, "checked": seen.checked}
        emit_json({"findings": data, **about, **more})
        return
    if mended is not None:
        from notebook_kb.cli import check_fix

        check_fix.tell(mended, say if form == "text" else note, dry_run=dry_run)
    done = any(one.done for one in mended or ())
    last = check_formats.summary(counts, seen.notes, seen.silenced, mended=done)
    if form == "text":
        if not dry_run:
            check_formats.show(found, everything=everything)
        say(last)
        return
    from pathlib import Path

    if form == "lines":
        check_formats.show_lines(found, Path(seen.root))
    else:
        check_formats.show_github(found, Path(seen.root))
    note(last)
