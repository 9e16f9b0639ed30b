"""`kb check`: what is wrong or worth knowing in the notes, each with its place and its cure."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from notebook_kb.cli.console import clean, emit_json, note, say, style

if TYPE_CHECKING:
    from collections.abc import Iterable

    from notebook_kb.findings import Finding
    from notebook_kb.notebook.notebook import Notebook
    from notebook_kb.workspace.workspace import Workspace

WORDS = {"error": ("error", "errors"), "warning": ("warning", "warnings"), "info": ("hint", "hints")}


@click.command(epilog="Example: kb check notes/rank.md --strict")
@click.argument("paths", nargs=-1, metavar="[PATH]…")
@click.option("--strict", is_flag=True, help="Exit 1 on a warning too, not only on an error.")
@click.option(
    "--run", "run_code", is_flag=True, help="First run the code that is new or has changed (see `kb run`)."
)
@click.option("--all", "everything", is_flag=True, help="One line for each, however many are alike.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object on stdout, nothing put together.")
@click.pass_context
def check(
    context: click.Context,
    paths: tuple[str, ...],
    *,
    strict: bool,
    run_code: bool,
    everything: bool,
    as_json: bool,
) -> None:
    """Look for what is wrong in the notes, each with its place and how to mend it.

    PATH is a note or a folder; without one the whole notebook is checked.
    """
    from notebook_kb.findings import count_by_severity, sort_findings
    from notebook_kb.workspace.findings import all_findings
    from notebook_kb.workspace.workspace import Workspace

    workspace = Workspace.open()
    loaded = workspace.load()
    if run_code:
        run_outdated(workspace, loaded.notebook)
    scope = [scope_of(loaded.notebook, name, Path.cwd()) for name in paths]
    found = sort_findings(f for f in all_findings(workspace, loaded) if in_scope(f.path, scope))
    counts = count_by_severity(found)
    if as_json:
        emit_json({"findings": [as_dict(f) for f in found], "counts": counts})
    else:
        show(found, everything=everything)
        checked = (*loaded.notebook.notes, *loaded.notebook.unreadable)
        say(summary(counts, sum(in_scope(path, scope) for path in checked)))
    if counts["error"] or (strict and counts["warning"]):
        context.exit(1)


def run_outdated(workspace: Workspace, notebook: Notebook) -> None:
    """Run the code that is new or has changed, so that its findings are those of now."""
    from notebook_kb.cli.trust import asker
    from notebook_kb.running.runner import choose_python
    from notebook_kb.workspace.code import run_outdated as run

    for problem in run(workspace, notebook, choose_python(), asker(workspace)):
        note(problem)


def scope_of(notebook: Notebook, name: str, here: Path) -> str:
    """The path in the notebook that a PATH means, '' for the whole; UsageError where there is none."""
    from notebook_kb.errors import UsageError
    from notebook_kb.notebook.names import did_you_mean

    known = (*notebook.notes, *notebook.unreadable, *notebook.files)
    for path in candidates(notebook.root, name, here):
        if path in {"", "."}:
            return ""
        if path in known or any(k.startswith(path + "/") for k in known) or (notebook.root / path).is_dir():
            return path
        if any(f.path == path for f in notebook.findings):
            return path
    note = notebook.find_note(name)
    if note:
        return note.path
    folders = {k.rsplit("/", 1)[0] for k in known if "/" in k}
    names = {k.rsplit("/", 1)[-1]: k for k in known}
    near = did_you_mean(name, (*known, *folders)) or names.get(did_you_mean(name, names), "")
    hint = f"did you mean `{near}`?" if near else "`kb list` shows the notes"
    raise UsageError(f"`{name}` is no note or folder of this notebook", hint)


def candidates(root: Path, name: str, here: Path) -> Iterable[str]:
    """A PATH as seen from the notebook: typed from here, or from the notebook's folder."""
    if "\0" in name:
        return
    for base in (here, root):
        for start, path in ((root, base / name), (root.resolve(), (base / name).resolve())):
            if path.is_relative_to(start) and ".." not in path.parts:
                yield path.relative_to(start).as_posix()


def in_scope(path: str, scope: list[str]) -> bool:
    """Whether a file is one of those asked for."""
    return not scope or any(not s or path == s or path.startswith(s + "/") for s in scope)


def show(found: list[Finding], *, everything: bool) -> None:
    """The findings, grouped to one screen unless everything is wanted."""
    from notebook_kb.checking.grouping import fit, shows_hint

    shown = found if everything else fit(found)
    for number, one in enumerate(shown):
        for line in lines_of(one, hint=shows_hint(shown, number)):
            say(line)
    if not shown:
        return
    if len(shown) < len(found):
        say(style("  (one line for each: kb check --all)", "quiet"))
    say()


def lines_of(one: Finding, *, hint: bool) -> Iterable[str]:
    """`path:line:column  KB201  message`, and how to mend it below."""
    place = f"{style(one.place, 'path')}  " if one.place else ""
    yield f"{place}{style(one.code, str(one.severity))}  {one_line(one.message)}"
    if hint:
        yield f"    {style(one_line(one.hint), 'quiet')}"


def one_line(text: str) -> str:
    """Words of a note without line ends, and without what would steer the terminal."""
    return clean(" ".join(text.split()))


def summary(counts: dict[str, int], notes: int) -> str:
    """`3 errors, 2 warnings, 14 hints in 25 notes`, or that there is nothing to mend."""
    where = f"{notes:,} {'note' if notes == 1 else 'notes'}"
    parts = [style(f"{count:,} {WORDS[kind][count != 1]}", kind) for kind, count in counts.items() if count]
    return f"{', '.join(parts)} in {where}" if parts else style(f"Nothing to mend in {where}.", "ok")


def as_dict(one: Finding) -> dict[str, Any]:
    """A finding as `--json` shows it."""
    keys = ("code", "severity", "message", "hint", "path", "line", "column", "end_line", "end_column")
    return {key: getattr(one, key) for key in keys}
