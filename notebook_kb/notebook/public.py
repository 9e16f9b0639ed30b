"""The public-only view: a notebook in which nothing private is left, so that no emitter can leak."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from notebook_kb.model.note import Note
    from notebook_kb.notebook.notebook import Notebook


def is_public(note: Note, today: str, *, drafts: bool = False, future: bool = False) -> bool:
    """Whether a note may be shown to everybody on the day `today` (YYYY-MM-DD)."""
    if note.unclear or (not note.publish and not (drafts and note.draft)):
        return False
    if note.draft and not drafts:
        return False
    return future or not note.date or note.date <= today


def publish_date_pending(note: Note, today: str) -> bool:
    """Whether only its date keeps a note back."""
    return note.publish and not note.draft and not note.unclear and bool(note.date) and note.date > today


def public_view(notebook: Notebook, *, drafts: bool = False, future: bool = False) -> Notebook:
    """The notebook with public notes alone, each without its private parts.

    The private sections keep their index, emptied: fragments are found by index. Findings, unreadable files and
    what a private note says of a concept are gone.
    """
    notes = {
        path: strip_private(note)
        for path, note in notebook.notes.items()
        if is_public(note, notebook.today, drafts=drafts, future=future)
    }
    paths = set(notes)
    kept = {
        path: replace(note, met_in=tuple(m for m in note.met_in if _leads_to(notebook, m, path) in paths))
        for path, note in notes.items()
    }
    shown = tuple(shown_files(notebook, kept))
    return replace(notebook, notes=kept, files=shown, findings=(), unreadable=())


def strip_private(note: Note) -> Note:
    """A note without its private sections, links and findings."""
    hidden = {*note.hidden_anchors, *(s.anchor for s in note.sections if s.private)}
    sections = tuple(
        replace(s, heading="", anchor="", words=0, substance=False, display_formulas=0) if s.private else s
        for s in note.sections
    )
    return replace(
        note,
        sections=sections,
        references=tuple(r for r in note.references if not r.private),
        formulas=(),
        outline=tuple(h for h in note.outline if not h.private and h.anchor not in hidden),
        anchors=tuple(a for a in note.anchors if a not in hidden),
        hidden_anchors=(),
        hidden_tags=(),
        cards=(),
        has_excerpt=False,
        code=(),
        findings=(),
    )


def _leads_to(notebook: Notebook, name: str, from_path: str) -> str:
    return notebook.resolver.resolve(name.strip("[]").split("|")[0], from_path).note


def with_shown_files(notebook: Notebook) -> Notebook:
    """The notebook with only the attachments that its notes show or link to."""
    return replace(notebook, files=tuple(shown_files(notebook, notebook.notes)))


def shown_files(notebook: Notebook, notes: Mapping[str, Note]) -> list[str]:
    """The attachments that these notes show or link to, sorted."""
    shown: set[str] = set()
    for path, note in notes.items():
        targets = [r.target for r in note.references if "://" not in r.target and r.target]
        if note.image:
            targets.append(note.image)
        for target in targets:
            file = notebook.resolver.resolve(target, path).file
            if file:
                shown.add(file)
    return sorted(shown)
