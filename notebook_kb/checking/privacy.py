"""What a public note says of notes that are not published."""

from __future__ import annotations

from typing import TYPE_CHECKING

from notebook_kb.checking.family import referring
from notebook_kb.checking.links import is_outside
from notebook_kb.checking.places import head_place
from notebook_kb.findings import finding
from notebook_kb.notebook.public import is_public

if TYPE_CHECKING:
    from collections.abc import Iterator

    from notebook_kb.findings import Finding
    from notebook_kb.model.evidence import Evidence
    from notebook_kb.model.note import Note
    from notebook_kb.notebook.notebook import Change, Notebook

HINT = "on the site the words stay without a link; write other words if these should not be read"


def of_note(notebook: Notebook, note: Note, evidence: Evidence) -> Iterator[Finding]:  # noqa: ARG001
    """KB505: a public note's links, embeds and `met_in` that lead to notes which are not public."""
    if not is_public(note, notebook.today):
        return
    for reference in note.references:
        if reference.private or reference.kind == "image" or is_outside(reference):
            continue
        target = notebook.resolver.resolve(reference.target, note.path).note
        if target and not is_public(notebook.notes[target], notebook.today):
            p = reference.place
            yield finding(
                "KB505",
                f"`{target}` is not published",
                HINT,
                path=note.path,
                place=(p.line, p.column, p.end_line, p.end_column),
            )
    for met in note.met_in:
        name = met.strip("[]").split("|")[0].partition("#")[0].strip()
        target = notebook.resolver.resolve(name, note.path).note if name else ""
        if target and not is_public(notebook.notes[target], notebook.today):
            yield finding(
                "KB505",
                f"`{target}` is not published, so `met_in` is left out of the site",
                "nothing needs to be done",
                path=note.path,
                place=head_place(notebook, note.path, "met_in", met),
            )


def others(change: Change) -> set[str]:
    """The notes that refer to the changed one, where it was published or taken back; and to names that lead elsewhere."""
    today = change.after.today
    then, now = (n is not None and is_public(n, today) for n in (change.old, change.new))
    return referring(change) if then != now else change.referring
