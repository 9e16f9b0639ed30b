"""What a public note says of notes that are not published."""

from __future__ import annotations

from typing import TYPE_CHECKING

from notebook_kb.checking.links import is_outside
from notebook_kb.checking.places import head_place
from notebook_kb.findings import finding
from notebook_kb.notebook.public import is_public

if TYPE_CHECKING:
    from collections.abc import Iterator

    from notebook_kb.findings import Finding
    from notebook_kb.model.note import Note
    from notebook_kb.notebook.notebook import Notebook

HINT = "on the site the words stay without a link; write other words if these should not be read"


def privacy_findings(notebook: Notebook) -> list[Finding]:
    """KB505 of every public note."""
    public = {path for path, note in notebook.notes.items() if is_public(note, notebook.today)}
    return [f for path in sorted(public) for f in note_findings(notebook, notebook.notes[path], public)]


def note_findings(notebook: Notebook, note: Note, public: set[str]) -> Iterator[Finding]:
    """A public note's links, embeds and `met_in` that lead to notes outside `public`."""
    for reference in note.references:
        if reference.private or reference.kind == "image" or is_outside(reference):
            continue
        target = notebook.resolver.resolve(reference.target, note.path).note
        if target and target not in public:
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
        if target and target not in public:
            yield finding(
                "KB505",
                f"`{target}` is not published, so `met_in` is left out of the site",
                "nothing needs to be done",
                path=note.path,
                place=head_place(notebook, note.path, "met_in", met),
            )
