"""The forms in which `kb check` tells findings: for people, for editors, for GitHub, as JSON."""

from __future__ import annotations

import os
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

from notebook_kb.cli.console import clean, counted, note, one_line, say, style

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from notebook_kb.findings import Finding

WORDS = {"error": ("error", "errors"), "warning": ("warning", "warnings"), "info": ("hint", "hints")}
GITHUB = {"error": "error", "warning": "warning", "info": "notice"}
GITHUB_SHOWS = 10  # of each kind in a step; the log has all of them


def show(found: list[Finding], *, everything: bool, reserved: int = 4) -> None:
    """The findings for people, grouped to one screen (`reserved` of its lines are for others) unless everything is wanted."""
    from notebook_kb.cli.console import screen
    from notebook_kb.findings.grouping import fit, shows_hint

    rows, columns = screen()
    shown = found if everything else fit(found, rows - reserved, columns)
    for number, one in enumerate(shown):
        for line in lines_of(one, hint=shows_hint(shown, number)):
            say(line)
    if not shown:
        return
    if shown != found:
        say(style("  (one line for each: kb check --all; how to mend it: kb explain CODE)", "quiet"))
    say()


def lines_of(one: Finding, *, hint: bool) -> Iterable[str]:
    """`path:line:column  KB201  message`, and how to mend it below."""
    place = f"{style(one.place, 'path')}  " if one.place else ""
    code = f"{style(one.code, str(one.severity))}  " if one.code else ""
    yield f"{place}{code}{one_line(one.message)}"
    if hint:
        yield f"    {style(one_line(one.hint), 'quiet')}"


def summary(counts: Mapping[str, int], notes: int, silenced: int = 0, *, mended: bool = False) -> str:
    """`3 errors, 2 warnings, 14 hints in 25 notes (2 silenced)`, or that there is nothing to mend (any more)."""
    where = counted(notes, "note")
    more = style(f" ({silenced:,} silenced)", "quiet") if silenced else ""
    parts = [style(f"{count:,} {WORDS[kind][count != 1]}", kind) for kind, count in counts.items() if count]
    if not parts:
        return style(f"Nothing {'left ' * mended}to mend in {where}.", "ok") + more
    return f"{', '.join(parts)} in {where}{more}"


def as_dict(one: Finding) -> dict[str, Any]:
    """A finding as `--json` shows it."""
    keys = ("code", "severity", "message", "hint", "path", "line", "column", "end_line", "end_column")
    return {key: getattr(one, key) for key in keys}


# for editors


def show_lines(found: Iterable[Finding], root: Path) -> None:
    """`path:line:column: severity: message [KB201]`, one line for each, paths as seen from here."""
    here = Path.cwd()
    for one in found:
        say(editor_line(one, root, here))


def editor_line(one: Finding, root: Path, here: Path) -> str:
    """A finding as compilers write theirs, so that any editor can read it; what has no line is at the first one."""
    path = seen_from(here, root, one.path or "notebook.yml")
    hint = f" ({one_line(one.hint)})" if one.hint else ""
    place = f"{clean(path)}:{one.line or 1}:{one.column or 1}"
    return f"{place}: {one.severity}: {one_line(one.message)}{hint} [{one.code}]"


def seen_from(base: Path, root: Path, path: str) -> str:
    """A path of the notebook as seen from the folder `base`; as the notebook names it where `base` is on another drive."""
    try:
        return Path(os.path.relpath(root / path, base)).as_posix()
    except ValueError:
        return path


# for GitHub


def show_github(found: list[Finding], root: Path) -> None:
    """Commands of a workflow that put each finding beside its line; on stderr what GitHub leaves out."""
    base = repository_of(root)
    for one in found:
        say(github_line(one, seen_from(base, root, one.path) if one.path else ""))
    for kind, many in Counter(GITHUB[str(f.severity)] for f in found).items():
        if many > GITHUB_SHOWS:
            note(
                f"GitHub shows {GITHUB_SHOWS} of the {many:,} findings of the kind {kind} beside their lines; "
                "the log lists all"
            )


def github_line(one: Finding, path: str) -> str:
    """`::warning file=notes/a.md,line=2,col=8,title=KB104::message`, what steers GitHub written as it demands."""
    properties: dict[str, str | int] = {}
    if path:
        properties["file"] = path
    if path and one.line:
        properties["line"] = one.line
        properties["endLine"] = max(one.end_line, one.line)
    # GitHub takes columns only where the lines are one
    if path and one.line and one.column and one.end_line in {0, one.line}:
        properties["col"] = one.column
        if one.end_line and one.end_column > one.column:
            properties["endColumn"] = one.end_column
    properties["title"] = one.code
    named = ",".join(f"{key}={escaped(str(value), more=True)}" for key, value in properties.items())
    text = one.message + (f"\n{one.hint}" if one.hint else "")
    return f"::{GITHUB[str(one.severity)]} {named}::{escaped(text)}"


def escaped(text: str, *, more: bool = False) -> str:
    """Text in a workflow command: %, CR and LF; in a property (`more`) also the colon and the comma."""
    safe = text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")
    if more:
        safe = safe.replace(":", "%3A").replace(",", "%2C")
    return clean(safe)


def repository_of(root: Path) -> Path:
    """The folder that GitHub's paths begin at: the checkout, else the git repository around the notebook, else itself."""
    given = os.environ.get("GITHUB_WORKSPACE", "")
    if given and root.is_relative_to(given):
        return Path(given)
    return next((folder for folder in (root, *root.parents) if (folder / ".git").exists()), root)
