"""`kb check --fix`: what was mended, what was left to its author, and the difference before it is written."""

from __future__ import annotations

from difflib import unified_diff
from typing import TYPE_CHECKING, Any

from notebook_kb.cli.console import clean, counted, note, one_line, style
from notebook_kb.model.edit import split_lines

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from notebook_kb.model.edit import Fix
    from notebook_kb.workspace.fixing import Mended

MOST_LEFT = 5
ROWS = "KB411"  # its fix makes room for words, and only people have those


def tell(mended: list[Mended], out: Callable[[str], None], *, dry_run: bool) -> None:
    """One line for each thing that was mended, then what could not be, then what only the author can choose."""
    if dry_run:
        for line in (line for one in mended for line in difference(one)):
            out(line)
    else:
        for path, fix in each(mended, "done"):
            out(f"{style('mended', 'ok')}  {line_of(path, fix)}")
    if not dry_run and any(fix.code == ROWS for _, fix in each(mended, "done")):
        out("        the new lines wait for your words")
    for one in mended:
        if one.problem:
            out(f"{style('left', 'warning')}    {one_line(one.problem)}")
            out(f"        {style(one_line(one.hint), 'quiet')}")
    left = list(each(mended, "left"))
    for path, fix in left[:MOST_LEFT]:
        out(f"{style('left', 'quiet')}    {line_of(path, fix)}, if you mean that")
    if len(left) > MOST_LEFT:
        out(style(f"left    and {counted(len(left) - MOST_LEFT, 'more proposal')}", "quiet"))
    if mended:
        out("")
    if dry_run:
        note(f"nothing was written; `kb check --fix` would mend {in_notes(mended)}")


def in_notes(mended: list[Mended]) -> str:
    """`3 findings in 2 notes`."""
    done = [one for one in mended if one.done]
    return f"{counted(sum(len(one.done) for one in done), 'finding')} in {counted(len(done), 'note')}"


def each(mended: Iterable[Mended], which: str) -> Iterator[tuple[str, Fix]]:
    """(path, fix) of all notes: those `done` or `left`, in reading order."""
    for one in mended:
        for fix in sorted(getattr(one, which), key=line_number):
            yield one.path, fix


def line_of(path: str, fix: Fix) -> str:
    """`path:line  KB104  what is done`."""
    place = f"{path}:{line_number(fix)}"
    return f"{style(place, 'path')}  {style(fix.code, 'code')}  {one_line(fix.title)}"


def line_number(fix: Fix) -> int:
    """The first line that a fix changes."""
    return min((edit.line for file in fix.files for edit in file.edits), default=0)


def difference(one: Mended) -> Iterator[str]:
    """What would change in a note, as `diff -u` shows it."""
    before, after = split_lines(one.before), split_lines(one.after)
    for line in unified_diff(before, after, one.path, one.path, n=1, lineterm=""):
        kind = {"+": "ok", "-": "error", "@": "quiet"}.get(line[0], "")
        yield style(line, kind) if kind else clean(line)


def as_data(mended: list[Mended]) -> dict[str, Any]:
    """What `--json` says of it."""
    return {
        "mended": [fix_data(path, fix) for path, fix in each(mended, "done")],
        "left": [fix_data(path, fix) for path, fix in each(mended, "left")],
        "problems": [
            {"path": one.path, "message": one.problem, "hint": one.hint} for one in mended if one.problem
        ],
    }


def fix_data(path: str, fix: Fix) -> dict[str, Any]:
    """One fix."""
    return {"code": fix.code, "path": path, "line": line_number(fix), "title": fix.title}
