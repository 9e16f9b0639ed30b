"""The files of pictures that published notes show."""

from __future__ import annotations

from typing import TYPE_CHECKING

from notebook_kb.findings import finding
from notebook_kb.parsing.pictures import names_picture

if TYPE_CHECKING:
    from collections.abc import Iterator

    from notebook_kb.findings import Finding
    from notebook_kb.model.evidence import Evidence
    from notebook_kb.model.note import Note
    from notebook_kb.notebook.notebook import Notebook

LARGE = 2 * 1024 * 1024  # bytes: some seconds on a slow mobile line
MEGABYTE = 1024 * 1024
SHOWN_KINDS = frozenset({"image", "embed"})


def of_note(notebook: Notebook, note: Note, _: Evidence) -> Iterator[Finding]:
    """KB624: pictures above `LARGE` bytes that a note with `publish: true` shows, once each."""
    seen: set[str] = set()
    for reference in note.references if note.publish else ():
        if reference.private or reference.kind not in SHOWN_KINDS or not names_picture(reference.target):
            continue
        name = notebook.resolver.resolve(reference.target, note.path).file
        if not name or name in seen:
            continue
        seen.add(name)
        size = file_size(notebook, name)
        if size > LARGE:
            yield finding(
                "KB624",
                f"`{name}` has {size / MEGABYTE:.1f} MB: readers on a phone wait for it, and pay",
                "save it smaller: 1,600 pixels wide are enough, as JPEG or WebP a few hundred KB",
                path=note.path,
                place=reference.place,
            )


def file_size(notebook: Notebook, name: str) -> int:
    """The bytes of a file; 0 where it went away just now."""
    try:
        return (notebook.root / name).stat().st_size
    except OSError:
        return 0
