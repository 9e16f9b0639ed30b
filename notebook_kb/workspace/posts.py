"""Posts: one made from the syntheses of notes, and the text of a LinkedIn post kept in its note."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from notebook_kb.errors import UsageError
from notebook_kb.files.write import write_file
from notebook_kb.notebook.public import is_public
from notebook_kb.parsing.note import parse_note
from notebook_kb.publishing.post_text import linkedin_sections
from notebook_kb.scaffolding.edits import BOM
from notebook_kb.scaffolding.gathered import Gathered, Taker, gathered_post
from notebook_kb.scaffolding.linkedin import add_linkedin
from notebook_kb.workspace.authoring import create, find_note, new_path, note_text, read_again

if TYPE_CHECKING:
    from collections.abc import Sequence

    from notebook_kb.model.note import Note
    from notebook_kb.notebook.notebook import Notebook
    from notebook_kb.workspace.authoring import Opened
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


@dataclass(frozen=True, slots=True)
class NewPost:
    """A post made from notes: `private` are those of the notes that nobody else can read, `left_out` counts what could
    not be taken along.
    """

    opened: Opened
    private: tuple[str, ...] = ()
    left_out: int = 0


def new_post_from(workspace: Workspace, names: Sequence[str], title: str = "", series: str = "") -> NewPost:
    """A post of the syntheses of notes, named by concept, title, alias or path; without a title one of theirs.

    Only what everybody may read of the notes is copied, also of those that are private. UsageError for a name that
    means no note, and where the post exists.
    """
    notebook = workspace.load().notebook
    notes = list({note.path: note for note in (find_note(notebook, name) for name in names)}.values())
    titles = [title_of(notebook, note) for note in notes]
    name = new_path(workspace, notebook, "post", title or enumerated(workspace, titles))
    macros: dict[str, str] = {}
    parts: list[Gathered] = []
    left_out = 0
    for note, said in zip(notes, titles, strict=True):
        text = note_text(read_again(workspace, note), note.path).removeprefix(BOM)
        text = text.replace("\r\n", "\n").replace("\r", "\n")
        parsed = parse_note(text, note.path, note.digest, workspace.loader.names)
        taker = Taker(parsed, text, workspace.loader.names, notebook.resolver, name)
        lines, heading, lost = taker.synthesis()
        formula = taker.formula()
        left_out += lost
        formula = "" if formula in "\n".join(lines) else formula
        parts.append(Gathered(said, link_name(notebook, note, name), tuple(lines), formula, heading))
        macros = {**note.macros, **macros}
    scaffold = gathered_post(
        title or enumerated(workspace, titles),
        workspace.today,
        parts,
        workspace.pack,
        tags=tuple(dict.fromkeys(t for note in notes for t in note.tags)),
        macros=macros,
        series=series,
    )
    private = tuple(n.path for n in notes if not is_public(n, notebook.today))
    return NewPost(create(workspace, name, scaffold), private, left_out)


def title_of(notebook: Notebook, note: Note) -> str:
    """A note's title; a concept's note without one has the roadmap's. It can stand in a link."""
    concept = notebook.concept_of(note)
    title = note.title
    if concept and not note.title_given:
        title = notebook.roadmap.concepts[concept].title
    return title.replace("|", "/").replace("]]", "]")


def link_name(notebook: Notebook, note: Note, path: str) -> str:
    """What a link from the note at `path` is called that leads to a note: its file's name, else its path."""
    inside = note.path.removeprefix(f"{notebook.notes_folder}/").rsplit(".", 1)[0]
    for name in (inside.rsplit("/", 1)[-1], inside):
        if notebook.resolver.resolve(name, path).note == note.path:
            return name
    return note.path


def enumerated(workspace: Workspace, titles: Sequence[str]) -> str:
    """`a, b and c`."""
    if len(titles) == 1:
        return titles[0]
    return workspace.pack.word("list_and", first=", ".join(titles[:-1]), last=titles[-1])
