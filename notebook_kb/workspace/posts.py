"""Posts: keeping the text of a LinkedIn post in its note."""

from __future__ import annotations

from typing import TYPE_CHECKING

from notebook_kb.errors import UsageError
from notebook_kb.files.write import write_file
from notebook_kb.parsing.note import parse_note
from notebook_kb.publishing.post_text import linkedin_sections
from notebook_kb.scaffolding.edits import BOM
from notebook_kb.scaffolding.linkedin import add_linkedin
from notebook_kb.workspace.authoring import find_note, note_text, read_again

if TYPE_CHECKING:
    from notebook_kb.workspace.workspace import Workspace


def keep_linkedin_text(workspace: Workspace, name: str, text: str) -> str:
    """Write the text of a post into the note NAME, as its section `## LinkedIn`, and give its `path:line`.

    UsageError where the note has such a text already, which is the author's, or where a section at its end would not be
    read; ChangedSinceReadError where the note was changed meanwhile.
    """
    note = find_note(workspace.load().notebook, name)
    snapshot = read_again(workspace, note)
    source = note_text(snapshot, note.path)
    names = workspace.loader.names
    parsed = parse_note(source.removeprefix(BOM), note.path, note.digest, names)
    written = next((s for s in linkedin_sections(parsed) if s.words or s.substance), None)
    if written:
        raise UsageError(
            f"{note.path}:{written.place.line} has a text for LinkedIn already",
            "change it there, in the note",
        )
    edited = add_linkedin(source, parsed, workspace.pack, text)
    after = parse_note(edited.text.removeprefix(BOM), note.path, "", names)
    if not any(s.place.line == edited.line and s.words for s in linkedin_sections(after)):
        raise UsageError(
            f"{note.path}: something at its end is not closed or is private, so a section there would not be read",
            "end the code block, comment or private part, then try again",
        )
    write_file(workspace.root / note.path, edited.text.encode(), snapshot)
    return f"{note.path}:{edited.line}"
