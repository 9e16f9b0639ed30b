"""`check --fix`: the safe fixes of findings, written into the notes; everything else is left as it is."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from notebook_kb.checking.fixes import fixes_of
from notebook_kb.errors import NotebookError
from notebook_kb.files.read import decode, digest_of
from notebook_kb.files.write import write_file
from notebook_kb.findings import Severity
from notebook_kb.model.edit import apply_edits
from notebook_kb.notebook.public import is_public
from notebook_kb.workspace.authoring import note_text, read_again

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from notebook_kb.findings import Finding
    from notebook_kb.model.edit import Edit, Fix
    from notebook_kb.model.note import Note
    from notebook_kb.notebook.notebook import Notebook
    from notebook_kb.workspace.workspace import Workspace

# while a head cannot be read nothing that it says can be wrong: once mended, more may come up
HIDES_OTHERS = frozenset({"KB101", "KB102", "KB105"})


@dataclass(frozen=True, slots=True)
class Mended:
    """What was done to one note: `done` are the fixes, `left` those that only its author can choose.

    `before` and `after` are its text. Where nothing could be written `problem` says why, and `done` is empty.
    """

    path: str
    done: tuple[Fix, ...] = ()
    left: tuple[Fix, ...] = ()
    before: str = ""
    after: str = ""
    problem: str = ""
    hint: str = ""


class UnsafeFixError(NotebookError):
    """The fixes would do more than mend."""

    code = "unsafe-edit"


def mend(
    workspace: Workspace, notebook: Notebook, findings: Iterable[Finding], *, dry_run: bool = False
) -> Iterator[Mended]:
    """Do the safe fixes of these findings, note by note; with `dry_run` nothing is written.

    A note that was changed since it was read, that cannot be written, or in which a fix would bring up another finding is
    left alone.
    """
    by_note: dict[str, list[Finding]] = {}
    for found in findings:
        if found.path in notebook.notes:
            by_note.setdefault(found.path, []).append(found)
    for path in sorted(by_note):
        try:
            mended = mend_note(workspace, notebook, notebook.notes[path], by_note[path], dry_run=dry_run)
        except NotebookError as error:
            mended = Mended(path, problem=error.message, hint=error.hint)
        if mended.done or mended.left or mended.problem:
            yield mended


def mend_note(
    workspace: Workspace, notebook: Notebook, note: Note, findings: list[Finding], *, dry_run: bool
) -> Mended:
    """Mend one note. Raises NotebookError, and then has changed nothing."""
    snapshot = read_again(workspace, note)
    before = note_text(snapshot, note.path)
    fixes = fixes_of(notebook, note, before, findings)
    done = safe_ones(note, fixes)
    left = tuple(f for f in fixes if f not in done)
    if not done:
        return Mended(note.path, left=left)
    after = apply_edits(before, [e for f in done for e in edits_of(f)])
    refuse_harm(workspace, notebook, note, after, done)
    if not dry_run:
        write_file(workspace.root / note.path, after.encode(), snapshot)
    return Mended(note.path, done, left, before, after)


def safe_edits(
    workspace: Workspace, notebook: Notebook, note: Note, text: str, findings: list[Finding]
) -> tuple[Edit, ...]:
    """The edits of `mend` for a note's text as an editor has it; () where `mend` would leave the note alone."""
    done = safe_ones(note, fixes_of(notebook, note, text, findings))
    edits = tuple(e for f in done for e in edits_of(f))
    try:
        refuse_harm(workspace, notebook, note, apply_edits(text, edits), done)
    except UnsafeFixError:
        return ()
    return edits


def safe_ones(note: Note, fixes: Iterable[Fix]) -> tuple[Fix, ...]:
    """The fixes that are done unasked: safe, in this note alone, and none over another."""
    return side_by_side(f for f in fixes if f.safe and touches_only(f, note.path))


def refuse_harm(
    workspace: Workspace, notebook: Notebook, note: Note, after: str, done: tuple[Fix, ...]
) -> None:
    """Raise UnsafeFixError where mending would publish the note, mend nothing, or bring up another finding."""
    data = after.encode()
    parsed = workspace.loader.note_from(note.path, decode(data)[0], digest_of(data))[0]
    if is_public(parsed, notebook.today, future=True) and not is_public(note, notebook.today, future=True):
        raise UnsafeFixError(
            f"{note.path}: mended, the note would be public, so it is left alone", "mend its head yourself"
        )
    was, now = (Counter(f.code for f in n.findings if counts(f)) for n in (note, parsed))
    kept = sorted(c for c in {f.code for f in done} if was[c] and now[c] >= was[c])
    new = [] if HIDES_OTHERS & set(was) else sorted(c for c in now if now[c] > was[c])
    if kept or new:
        codes = ", ".join(kept or new)
        raise UnsafeFixError(
            f"{note.path}: mending would {'not take away' if kept else 'bring up'} {codes}, so it is left alone",
            "mend it yourself at the places named",
        )


def counts(found: Finding) -> bool:
    """Whether a finding that comes up keeps a note from being mended: hints do not."""
    return found.severity is not Severity.INFO


def uncovers(mended: Mended) -> bool:
    """Whether a head can be read now that could not, so that there may be more to mend."""
    return any(fix.code in HIDES_OTHERS for fix in mended.done)


def side_by_side(fixes: Iterable[Fix]) -> tuple[Fix, ...]:
    """The fixes, without those that touch what an earlier one changes."""
    kept: list[Fix] = []
    taken: list[Edit] = []
    for fix in fixes:
        edits = edits_of(fix)
        if not any(overlap(e, t) for e in edits for t in taken):
            kept.append(fix)
            taken += edits
    return tuple(kept)


def overlap(one: Edit, other: Edit) -> bool:
    """Whether two edits touch the same characters."""
    start, end = (one.line, one.column), (one.end_line, one.end_column)
    other_start, other_end = (other.line, other.column), (other.end_line, other.end_column)
    return start < other_end and other_start < end


def edits_of(fix: Fix) -> list[Edit]:
    """All edits of a fix."""
    return [edit for file in fix.files for edit in file.edits]


def touches_only(fix: Fix, path: str) -> bool:
    """Whether a fix changes this file alone."""
    return all(file.path == path for file in fix.files)
