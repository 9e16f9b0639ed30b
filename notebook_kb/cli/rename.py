"""`kb rename` and `kb mv`: another name for a note, a heading, a picture, a folder or an id; every link follows."""

from __future__ import annotations

from copy import copy
from typing import TYPE_CHECKING, Any

import click

from notebook_kb.cli import names

if TYPE_CHECKING:
    from collections.abc import Iterator

    from notebook_kb.model.edit import Edit, FileEdits
    from notebook_kb.workspace.rename import Plan
    from notebook_kb.workspace.renaming import Done

MOST_FILES = 12
KEPT_BEFORE = 15  # characters shown before a change far to the right
EXAMPLES = (
    'Example: kb rename rank "Rank of a matrix"\n\n'
    "  kb rename rank linear-algebra/\n\n"
    '  kb rename "rank#Where I got stuck" "Rows or columns?" --dry-run\n\n'
    "  kb rename notes/old/ notes/new/"
)


@click.command(epilog=EXAMPLES)
@click.argument("old", required=False, shell_complete=names.notes)
@click.argument("new", required=False)
@click.option("--dry-run", "-n", is_flag=True, help="Show each line that would change, change nothing.")
@click.option("--title", is_flag=True, help="Change the note's title; its file stays.")
@click.option("--id", "as_id", is_flag=True, help="Change the id of a concept in your own roadmap.")
@click.option("--resume", "go_on", is_flag=True, help="Finish a renaming that was interrupted.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
def rename(
    old: str | None, new: str | None, dry_run: bool, title: bool, as_id: bool, go_on: bool, as_json: bool
) -> None:
    """Give OLD the name NEW. All links, embeds and values in heads follow; an address that was public stays good.

    OLD is a note, NAME#Heading, a picture or other file, a folder (with / at its end), or an id of your own roadmap. NEW is
    a name in the same folder, a path, a folder that ends in /, or the new words of a heading.
    """
    from notebook_kb.errors import UsageError
    from notebook_kb.workspace.rename import plan
    from notebook_kb.workspace.renaming import carry_out, resume
    from notebook_kb.workspace.workspace import Workspace

    workspace = Workspace.open()
    finished = None if dry_run else resume(workspace)
    if finished:
        show_done(finished, as_json=as_json and go_on, resumed=True)
    if go_on:
        if not finished:
            show_nothing(as_json=as_json)
        return
    if old is None or new is None:
        raise UsageError(
            "`kb rename` wants the old name and the new one", "as in: kb rename rank matrix-rank"
        )
    if finished and finished.command == [old, new]:
        return  # it was this very renaming
    made = plan(workspace, old, new, title=title, as_id=as_id)
    if dry_run:
        show_plan(made, as_json=as_json)
        return
    show_done(carry_out(workspace, made), made, as_json=as_json)


mv = copy(rename)
mv.epilog = EXAMPLES.replace("kb rename", "kb mv")


def show_nothing(*, as_json: bool) -> None:
    """No renaming was interrupted."""
    from notebook_kb.cli.console import emit_json, say

    if as_json:
        emit_json({"resumed": False})
    else:
        say("no renaming was interrupted")


def show_plan(made: Plan, *, as_json: bool) -> None:
    """What would be done: each line before and after."""
    from notebook_kb.cli.console import counted, emit_json, note, say, style

    if as_json:
        emit_json({"dry_run": True, **as_data(made)})
        return
    say(style(made.what, "title"))
    lines = 0
    for file in made.renaming.edits:
        say(style(file.path, "path"))
        for number, before, after in changed_lines(made, file):
            lines += 1
            for sign, text in zip("-+", around_change(before, after), strict=True):
                if text:
                    label = f"{number:>5}" if sign == "-" or not before else " " * 5
                    say(f"{style(label, 'quiet')} {sign} {text}")
    for remark in made.renaming.remarks:
        note(remark)
    files = counted(len(made.renaming.edits), "file")
    say(
        f"{counted(lines, 'line')} in {files} would change; nothing was changed"
        if lines
        else "no other line would change; nothing was changed"
    )
    if made.hint:
        note(made.hint)


def show_done(
    done: Done, made: Plan | None = None, *, as_json: bool, resumed: bool = False, aside: bool = False
) -> None:
    """What was done; `aside`: in a line for the person, as data of another renaming follow."""
    from notebook_kb.cli.console import counted, emit_json, note, say, style

    if as_json:
        moves = [{"old": old, "new": new} for old, new in done.moved]
        data = as_data(made) if made else {"what": done.what, "moves": moves, "remarks": done.remarks}
        emit_json({"dry_run": False, "resumed": resumed, **data, "remarks": done.remarks})
        return
    if aside:
        note(f"{done.what}: the renaming that was interrupted is finished")
        return
    say(style(done.what, "title") + (": the renaming that was interrupted is finished" if resumed else ""))
    moved = {old for old, _ in done.moved}
    others = [f for f in done.files if f not in moved]
    for path in others[:MOST_FILES]:
        say(f"  {style(path, 'path')}")
    if len(others) > MOST_FILES:
        say(f"  … and {len(others) - MOST_FILES} more")
    edits = sum(len(f.edits) for f in made.renaming.edits) if made else 0
    if edits:
        say(f"{counted(edits, 'place')} in {counted(len(done.files), 'file')} changed")
    for remark in done.remarks:
        note(remark)
    if made and made.hint:
        note(made.hint)


def as_data(made: Plan) -> dict[str, Any]:
    """A plan as JSON."""
    return {
        "what": made.what,
        "moves": [{"old": m.old, "new": m.new} for m in (*made.renaming.moves, *made.others)],
        "files": [
            {
                "path": f.path,
                "edits": [
                    {
                        "line": e.line,
                        "column": e.column,
                        "end_line": e.end_line,
                        "end_column": e.end_column,
                        "text": e.text,
                    }
                    for e in f.edits
                ],
            }
            for f in made.renaming.edits
        ],
        "remarks": list(made.renaming.remarks),
    }


def changed_lines(made: Plan, file: FileEdits) -> Iterator[tuple[int, str, str]]:
    """(line, before, after) of each line that changes; a line that is put in has nothing before."""
    from notebook_kb.model.edit import LINES, Edit, apply_edits, split_lines

    lines = LINES.findall(made.texts(file.path).removeprefix("\ufeff"))
    by_line: dict[tuple[int, int], list[Edit]] = {}
    for edit in file.edits:
        by_line.setdefault((edit.line, edit.end_line), []).append(edit)
    for (first, last), edits in by_line.items():
        before = "".join(lines[first - 1 : last])
        moved = [Edit(1, e.column, e.end_line - first + 1, e.end_column, e.text) for e in edits]
        after = apply_edits(before, moved)
        kept, fresh = split_lines(before), split_lines(after)
        same = next(
            (n for n, (a, b) in enumerate(zip(reversed(kept), reversed(fresh), strict=False)) if a != b),
            min(len(kept), len(fresh)),
        )
        kept, fresh = kept[: len(kept) - same], fresh[: len(fresh) - same]
        for n in range(max(len(kept), len(fresh))):
            yield first + n, kept[n] if n < len(kept) else "", fresh[n] if n < len(fresh) else ""


def around_change(before: str, after: str) -> tuple[str, str]:
    """A line before and after, each cut to fit the terminal so that the first difference can be seen in both."""
    from notebook_kb.cli.console import clean, width

    room = max(width() - 9, 2 * KEPT_BEFORE)
    shown = [clean(text.strip()) for text in (before, after)]
    pairs = zip(*shown, strict=False) if all(shown) else ()
    same = next((n for n, (a, b) in enumerate(pairs) if a != b), 0)
    start = same - KEPT_BEFORE if same > room - 2 * KEPT_BEFORE and max(map(len, shown)) > room else 0
    cut = [f"…{text[start + 1 :]}" if start > 0 else text for text in shown]
    was, now = (text if len(text) <= room else f"{text[: room - 1]}…" for text in cut)
    return was, now
