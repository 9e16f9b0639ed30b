"""Links, embeds and pictures: what they lead to."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from pathlib import PurePosixPath
from typing import TYPE_CHECKING
from urllib.parse import unquote

from notebook_kb.checking.family import referring
from notebook_kb.checking.places import head_place
from notebook_kb.checking.slips import Slips, name_in, rests
from notebook_kb.findings import finding
from notebook_kb.notebook.anchors import heading_anchor
from notebook_kb.notebook.links import normal_path
from notebook_kb.notebook.names import as_argument, did_you_mean, fold
from notebook_kb.notebook.tables import found_under
from notebook_kb.notebook.walk import ATTACHMENTS, NOTE_SUFFIXES

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from notebook_kb.checking.places import Span
    from notebook_kb.findings import Finding
    from notebook_kb.model.evidence import Evidence
    from notebook_kb.model.note import Note, Reference
    from notebook_kb.notebook.links import Resolution
    from notebook_kb.notebook.notebook import Change, Notebook

SCHEME = re.compile(r"(?:[a-z][a-z0-9+.-]*:|//)", re.IGNORECASE)
FOLLOWED = re.compile(r"(?:https?:|mailto:|//|data:image/)", re.IGNORECASE)
PICTURES = frozenset([".png", ".jpg", ".jpeg", ".gif", ".webp", ".avif", ".svg"])
# what `name_key` may have taken off a name
KEY_ENDINGS = ("", ".md", " .md", ".markdown", " .markdown")
# pictures that browsers do not show
NOT_SHOWN = frozenset(
    [".heic", ".heif", ".tif", ".tiff", ".bmp", ".psd", ".eps", ".ai", ".xcf", ".raw", ".cr2", ".dng"]
)
FILE_SUFFIX = re.compile(r"\.[A-Za-z][A-Za-z0-9]{0,4}$")


@dataclass(frozen=True)
class KnownNames:
    """What a link may have meant."""

    notes: Slips
    files: Slips

    @classmethod
    def of(cls, notebook: Notebook) -> KnownNames:
        """The names of notes and attachments."""
        return cls(Slips.among(notebook.notes, endings=False), Slips.among(notebook.files))

    def after(self, change: Change) -> KnownNames:
        """With the name of a note that is new, without that of one that is gone."""
        if change.old is not None and change.new is not None:
            return self
        return KnownNames(self.notes.moved(change.path, gone=change.new is None), self.files)


def of_note(notebook: Notebook, note: Note, evidence: Evidence) -> Iterator[Finding]:  # noqa: ARG001
    """What a note's links, embeds, pictures and the head's `image:` and `met_in:` lead to."""
    for reference in note.references:
        yield from reference_findings(notebook, note, reference)
    yield from head_findings(notebook, note)


def others(change: Change) -> set[str]:
    """The notes that refer to a name that came, went or leads elsewhere, or is a slip away from one that came or went;
    those that link to a heading of the changed note, where its headings are others.
    """
    found = set(change.referring)
    if change.old is None or change.new is None:
        stem = fold(name_in(change.path, endings=False))
        found |= found_under(change.before.referrers, slip_keys(change.before.referrers, stem))
    elif headings_of(change.old) != headings_of(change.new):
        for path in referring(change):
            note = change.after.notes.get(path)
            if note and any(r.heading for r in note.references):
                found.add(path)
    return found


def headings_of(note: Note) -> tuple[object, ...]:
    """What of a note a link to one of its headings depends on."""
    sections = [(s.heading, s.anchor, s.angle, s.part, s.private) for s in note.sections]
    return note.anchors, note.hidden_anchors, [replace(h, line=0) for h in note.outline], sections


def slip_keys(keys: Iterable[str], stem: str) -> list[str]:
    """The keys of names that may be one slip away from a note's folded name."""
    near = set(rests(stem))
    return [
        key
        for key in keys
        for ending in KEY_ENDINGS
        if abs(len(key) + len(ending) - len(stem)) <= 1 and not near.isdisjoint(rests(key + ending))
    ]


def is_outside(reference: Reference) -> bool:
    """Whether a reference leads out of the notebook. A title in a wikilink may hold a colon."""
    if reference.kind in {"wiki", "embed"}:
        return "://" in reference.target
    return bool(SCHEME.match(reference.target))


def reference_findings(notebook: Notebook, note: Note, reference: Reference) -> Iterator[Finding]:
    """The findings of one link, embed or picture: at most one."""
    place = (
        reference.place.line,
        reference.place.column,
        reference.place.end_line,
        reference.place.end_column,
    )
    target = reference.target
    if is_outside(reference):
        if not FOLLOWED.match(target):
            yield finding(
                "KB206",
                f"`{target}` leads to no place that other readers can go to",
                "link to a note or a file of the notebook, or use a web address",
                path=note.path,
                place=place,
            )
        return
    if not target and reference.kind == "image":
        yield missing_file("", note.path, place)
        return
    found = notebook.resolver.resolve(target, note.path)
    if found.candidates:
        yield ambiguous(target, found, note.path, place)
    elif found.file:
        if reference.kind == "image" and PurePosixPath(found.file).suffix.casefold() not in PICTURES:
            yield finding(
                "KB204",
                f"`{target}` is no picture, so a page shows only its words",
                f"link to it: [words]({target})",
                path=note.path,
                place=place,
            )
    elif found.note:
        yield from heading_findings(notebook, note, reference, found.note, place)
    else:
        yield from missing(notebook, note, reference, place)


def heading_findings(
    notebook: Notebook, note: Note, reference: Reference, target: str, place: Span
) -> Iterator[Finding]:
    """A heading or block that the note `target` does not have; a picture that is a note."""
    if reference.kind == "image":
        yield missing_file(
            reference.target, note.path, place, f"it is a note; to show it here write ![[{reference.target}]]"
        )
    other = notebook.notes.get(target)
    if other is None or not reference.heading or heading_anchor(other, reference.heading, private=True):
        return
    near = did_you_mean(reference.heading, (s.heading for s in other.sections if s.heading))
    hint = f"did you mean `{near}`?" if near else "correct the words behind #, or leave them out"
    kind = "block" if reference.heading.startswith("^") else "heading"
    yield finding(
        "KB203", f"`{target}` has no {kind} `{unquote(reference.heading)}`", hint, path=note.path, place=place
    )


def missing(notebook: Notebook, note: Note, reference: Reference, place: Span) -> Iterator[Finding]:
    """What a target that leads nowhere is: a missing file, or a note that is not written yet."""
    target = unquote(reference.target)
    if PurePosixPath(target).suffix.casefold() in NOT_SHOWN and reference.kind in {"image", "embed"}:
        message = f"`{target}` is a kind of picture that pages cannot show"
        yield finding("KB625", message, "save it as PNG, JPEG, WebP or SVG", path=note.path, place=place)
        return
    if reference.kind == "image" or is_file_name(target):
        yield missing_file(target, note.path, place, file_hint(notebook, note.path, target))
        return
    concept = notebook.concept_names.get(fold(target))
    if concept in notebook.explanations:
        return  # a reading explains it, and the concept has a page
    pure = PurePosixPath(target)
    name = pure.stem if pure.suffix.casefold() in NOTE_SUFFIXES else pure.name
    near = "" if concept else notebook.index(KnownNames).notes.near(name)
    hint = (
        f"did you mean `{near}`?"
        if near
        else f"write it with `{command_for(notebook, concept or name)}`, when you like"
    )
    yield finding("KB201", f"`{target}` is not written yet", hint, path=note.path, place=place)


def command_for(notebook: Notebook, name: str) -> str:
    """The command that begins the note: concepts are written, other notes are pages."""
    concept = notebook.concept_names.get(fold(name))
    return f"kb write {as_argument(concept)}" if concept else f"kb new page {as_argument(name)}"


def is_file_name(target: str) -> bool:
    """Whether a target names a file that is no note."""
    suffix = PurePosixPath(target).suffix
    if suffix.casefold() in NOTE_SUFFIXES:
        return False
    return suffix.casefold() in ATTACHMENTS | NOT_SHOWN or (
        "/" in target and bool(FILE_SUFFIX.fullmatch(suffix))
    )


def missing_file(target: str, path: str, place: Span, hint: str = "") -> Finding:
    """The finding for a picture or file that is not there."""
    message = f"`{target}` is missing" if target else "this picture names no file"
    return finding(
        "KB204", message, hint or "put the file there, or correct the path", path=path, place=place
    )


def file_hint(notebook: Notebook, path: str, target: str) -> str:
    """How to mend a missing file: a near name, or that it stands where nobody looks."""
    name = PurePosixPath(target).name
    near = notebook.index(KnownNames).files.near(name)
    if near:
        return f"did you mean `{near}`?"
    inside = normal_path(PurePosixPath(path).parent / target)
    there = notebook.stands_there(inside, path)
    return "the file is there, but its kind or folder is not read: see `kb explain KB204`" if there else ""


def ambiguous(target: str, found: Resolution, path: str, place: Span) -> Finding:
    """The finding for a target that fits several notes or files."""
    names = " or ".join(f"`{c}`" for c in found.candidates[:4])
    return finding(
        "KB202",
        f"`{target}` fits {len(found.candidates)} notes or files",
        f"write the path: {names}",
        path=path,
        place=place,
    )


def head_findings(notebook: Notebook, note: Note) -> Iterator[Finding]:
    """`image:` without a file, `met_in: [[…]]` without a note."""
    if note.image and not SCHEME.match(note.image):
        found = notebook.resolver.resolve(note.image, note.path)
        if not found.file:
            place = head_place(notebook, note.path, "image")
            if found.candidates:
                yield ambiguous(note.image, found, note.path, place)
            else:
                hint = file_hint(notebook, note.path, note.image)
                yield missing_file(note.image, note.path, place, hint)
    for met in note.met_in:
        if not met.startswith("[["):
            continue
        target = met.strip("[]").split("|")[0].partition("#")[0].strip()
        found = notebook.resolver.resolve(target, note.path)
        if found.candidates:
            yield ambiguous(target, found, note.path, head_place(notebook, note.path, "met_in", met))
        elif not found.note:
            yield finding(
                "KB201",
                f"`{target}` is not written yet",
                f"write it with `{command_for(notebook, target)}`, when you like",
                path=note.path,
                place=head_place(notebook, note.path, "met_in", met),
            )
