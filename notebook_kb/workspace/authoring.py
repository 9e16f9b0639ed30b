"""`write`, `new`, `publish`: from a name to a changed note, through the one write function."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from notebook_kb.errors import ChangedSinceReadError, UsageError
from notebook_kb.files.read import decode, read_file
from notebook_kb.files.typed_paths import typed_paths
from notebook_kb.files.write import write_file
from notebook_kb.languages import slugify
from notebook_kb.model.note import Part
from notebook_kb.notebook.names import as_argument, fold, nearly
from notebook_kb.notebook.public import is_public, publish_date_pending
from notebook_kb.parsing.head import parse_head
from notebook_kb.scaffolding.edits import BOM, set_head_key
from notebook_kb.scaffolding.note import (
    SourceChoice,
    add_source,
    concept_note,
    first_empty,
    plain_note,
)
from notebook_kb.website.addresses import note_url

if TYPE_CHECKING:
    from notebook_kb.files.read import Snapshot
    from notebook_kb.model.note import Note
    from notebook_kb.model.roadmap import Concept
    from notebook_kb.notebook.notebook import Notebook
    from notebook_kb.scaffolding.note import Scaffold
    from notebook_kb.workspace.workspace import Workspace

# findings that keep a note private until they are mended
MAKES_PRIVATE = frozenset({"KB101", "KB102", "KB103", "KB105", "KB106"})
KINDS = ("concept", "post", "page", "reading")


@dataclass(frozen=True, slots=True)
class Opened:
    """A note to work on: its file, the line to begin at, and whether it was created or changed now."""

    path: Path
    name: str
    line: int
    created: bool = False
    changed: bool = False
    section: str = ""


@dataclass(frozen=True, slots=True)
class Published:
    """What `publish` did: the flag was set or stood already, and where the note appears, or why not yet."""

    name: str
    url: str
    changed: bool
    waits_until: str = ""
    unclear: str = ""


def write_concept(workspace: Workspace, name: str, source: str = "", angle: str = "") -> Opened:
    """Create a concept's note or find where to go on in it; with a source, add its section."""
    notebook = workspace.load().notebook
    concept = find_concept(notebook, name)
    note = notebook.concept_note(concept.id)
    choice = choose_source(notebook, concept, note, source, angle) if source else None
    if note is None:
        return create_concept(workspace, notebook, concept, choice)
    path = workspace.root / note.path
    snapshot = read_again(workspace, note)
    text = note_text(snapshot, note.path)
    if choice is None:
        return Opened(path, note.path, first_empty(note, text))
    scaffold = add_source(text, note, concept, notebook.roadmap, workspace.pack, choice)
    changed = scaffold.text != text
    if changed:
        write_file(path, scaffold.text.encode(), snapshot)
    title = notebook.roadmap.angles[choice.angle].title + choice.heading_suffix
    return Opened(path, note.path, scaffold.line, changed=changed, section=title)


def create_concept(
    workspace: Workspace, notebook: Notebook, concept: Concept, choice: SourceChoice | None
) -> Opened:
    """A new note for a concept."""
    scaffold = concept_note(concept, notebook.roadmap, workspace.pack, choice)
    name = f"{notebook.notes_folder}/{concept.id}.md".lstrip("/")
    path = workspace.root / name
    if path.exists():
        raise UsageError(
            f"{name} exists and is not read as the note of `{concept.id}`",
            f"add `concept: {concept.id}` to its head",
        )
    write_file(path, scaffold.text.encode(), None)
    section = notebook.roadmap.angles[choice.angle].title if choice else ""
    return Opened(path, name, scaffold.line, created=True, changed=True, section=section)


def note_text(snapshot: Snapshot, name: str) -> str:
    """A note's text with its BOM; UsageError when it is not UTF-8."""
    _, problem = decode(snapshot.data)
    if problem:
        raise UsageError(
            f"{name} cannot be read as text ({problem}), so it is left alone", "save it as UTF-8"
        )
    return snapshot.data.decode("utf-8")


def read_again(workspace: Workspace, note: Note) -> Snapshot:
    """The note's bytes, which must be those that were parsed: places in another text would be wrong."""
    snapshot = read_file(workspace.root / note.path)
    if snapshot.digest != note.digest:
        raise ChangedSinceReadError(
            f"{note.path} was changed while it was read, so it is left alone", "run the command again"
        )
    return snapshot


def find_concept(notebook: Notebook, name: str) -> Concept:
    """The concept that a name means; UsageError with the nearest one."""
    found = notebook.concept_names.get(fold(name))
    if not found:
        note = notebook.find_note(name)
        found = notebook.concept_of(note) if note else ""
    if found:
        return notebook.roadmap.concepts[found]
    near = nearly(name, notebook.concept_names)
    concept = notebook.concept_names.get(fold(near), "") if near else ""
    hint = f"did you mean `{concept}`? " if concept else ""
    raise UsageError(
        f"`{name}` is no concept of the roadmap",
        f"{hint}`kb roadmap show` lists all; `kb new page {as_argument(name)}` makes a note outside the roadmap",
    )


def choose_source(
    notebook: Notebook, concept: Concept, note: Note | None, source: str, angle: str
) -> SourceChoice:
    """The source that was named, at its angle or the one asked for. An unknown name is free text unless it is near a
    known one; an address that belongs to no known source keeps the first empty angle.
    """
    wanted = angle_id(notebook, angle) if angle else ""
    resource = notebook.roadmap.resources.get(notebook.resource_names.get(fold(source), ""))
    is_url = source.startswith(("http://", "https://"))
    if resource is None and is_url:
        resource = next(
            (r for r in notebook.roadmap.resources.values() if r.url and source.startswith(r.url)), None
        )
    if resource:
        own = resource.angle if resource.angle in notebook.roadmap.angles else ""
        place = concept.read.get(resource.id, "")
        return SourceChoice(resource.id, wanted or own or first_open_angle(notebook, note), place)
    if not is_url:
        known_source(notebook, source)
    return SourceChoice(source, wanted or first_open_angle(notebook, note), "", source if is_url else "")


def known_source(notebook: Notebook, source: str) -> str:
    """The id of the resource that a name means, '' for free text; UsageError where it is near a known one."""
    found = notebook.resource_names.get(fold(source), "")
    near = "" if found or source.startswith("http") else nearly(source, notebook.resource_names)
    if near:
        raise UsageError(
            f"`{source}` is no source of the roadmap",
            f"did you mean `{notebook.resource_names[fold(near)]}`? `kb roadmap show` lists all",
        )
    return found


def angle_id(notebook: Notebook, angle: str) -> str:
    """An angle by its id, title or alias."""
    found = notebook.names.angles.get(angle.casefold().strip())
    if found:
        return found
    known = ", ".join(notebook.roadmap.angles)
    raise UsageError(f"`{angle}` is no angle of the roadmap", f"angles: {known}")


def first_open_angle(notebook: Notebook, note: Note | None) -> str:
    """The lowest rung without words; the first one when all are written."""
    written = {s.angle for s in note.sections if s.part is Part.ANGLE and s.words} if note else set()
    order = list(notebook.roadmap.angles)
    return next((a for a in order if a not in written), order[0])


def new_note(workspace: Workspace, kind: str, title: str, source: str = "", series: str = "") -> Opened:
    """A new note of a kind; it never overwrites one."""
    if kind == "concept":
        return write_concept(workspace, title, source)
    notebook = workspace.load().notebook
    name = new_path(workspace, notebook, kind, title)
    if kind == "reading" and not source:
        raise UsageError(
            "a reading is of a source, and none was named", "add `--from SOURCE`, as in `--from mml`"
        )
    resource = known_source(notebook, source) or source
    scaffold = plain_note(kind, title, workspace.today, resource, series)
    return create(workspace, name, scaffold)


def new_path(workspace: Workspace, notebook: Notebook, kind: str, title: str) -> str:
    """Where a new note of a kind and title goes."""
    slug = slugify(title, workspace.pack)
    folder = {"post": "posts", "reading": "readings", "page": ""}[kind]
    stem = f"{workspace.today}-{slug}" if kind == "post" else slug
    return "/".join(p for p in (notebook.notes_folder, folder, f"{stem}.md") if p)


def create(workspace: Workspace, name: str, scaffold: Scaffold) -> Opened:
    """Write a new note; UsageError where there is one already."""
    path = workspace.root / name
    if path.exists():
        raise UsageError(f"{name} exists already", "choose another title, or open that note")
    write_file(path, scaffold.text.encode(), None)
    return Opened(path, name, scaffold.line, created=True, changed=True)


def find_note(notebook: Notebook, name: str) -> Note:
    """The note that a name means; UsageError with the nearest one, or the command that would create it, or why the file
    of this name is no note.
    """
    typed = (notebook.notes.get(path) for path in typed_paths(notebook.root, name, Path.cwd()))
    note = notebook.find_note(name) or next(filter(None, typed), None)
    if note:
        return note
    for found in (f for f in notebook.findings if f.path in notebook.unreadable):
        stem = found.path.rsplit("/", 1)[-1].rsplit(".", 1)[0]
        if fold(name) in {
            fold(found.path),
            fold(stem),
            fold(found.path.removeprefix(f"{notebook.notes_folder}/")),
        }:
            raise UsageError(f"{found.path}: {found.message}", found.hint)
    concept = notebook.concept_names.get(fold(name))
    if concept:
        raise UsageError(f"`{concept}` has no note yet", f"begin it with `kb write {concept}`")
    known = [n.path.rsplit("/", 1)[-1].rsplit(".", 1)[0] for n in notebook.notes.values()]
    near = nearly(name, [*known, *(n.title for n in notebook.notes.values()), *notebook.concept_names])
    raise UsageError(
        f"there is no note `{name}`", f"did you mean `{near}`?" if near else "`kb list` lists the notes"
    )


def flagged(text: str, note: Note, *, publish: bool) -> str:
    """The note's text with the flag set or taken back, and no longer a draft when it is set."""
    edited = text
    if note.publish is not publish or (not publish and note.unclear):
        edited = set_head_key(text, "publish", "true" if publish else "false")
    if publish and note.draft:
        words = parse_head(text.removeprefix(BOM)).text("status").casefold()
        key, value = ("status", "published") if words == "draft" else ("draft", "false")
        edited = set_head_key(edited, key, value)
    return edited


def set_published(workspace: Workspace, name: str, *, publish: bool) -> Published:
    """Set or take back the flag in the head; nothing else of the note changes."""
    loaded = workspace.load()
    note = find_note(loaded.notebook, name)
    if publish and note.unclear:
        place = next((f for f in note.findings if f.code in MAKES_PRIVATE), None)
        if place:
            raise UsageError(
                f"{place.place}: {place.message} ({place.code}), so it cannot be published", place.hint
            )
        raise UsageError(
            f"{note.path}: {note.unclear}, so it cannot be published",
            "mend it first: `kb check` shows the place",
        )
    snapshot = read_again(workspace, note)
    text = note_text(snapshot, note.path)
    edited = flagged(text, note, publish=publish)
    if edited != text:
        write_file(workspace.root / note.path, edited.encode(), snapshot)
    after = workspace.load().notebook
    now = after.notes[note.path]
    waits = now.date if publish_date_pending(now, workspace.today) else ""
    unclear = (
        ""
        if is_public(now, workspace.today) or waits or not publish
        else (now.unclear or "it is still private")
    )
    return Published(note.path, note_url(after, now), edited != text, waits, unclear)
