"""`kb search`: all notes by the ranking of the site's search, with the line that says most."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from notebook_kb.files.read import decode, read_file
from notebook_kb.model.edit import split_lines
from notebook_kb.parsing.terms import terms
from notebook_kb.website.search_index import words_of_note
from notebook_kb.website.search_rank import Index, value

if TYPE_CHECKING:
    from notebook_kb.model.note import Note
    from notebook_kb.website.search_rank import Hit as Found
    from notebook_kb.workspace.workspace import Workspace

SHOWN, BEFORE = 100, 30


@dataclass(frozen=True, slots=True)
class Hit:
    """A note that was found, and its line that holds most of the words."""

    title: str
    path: str
    line: int
    score: float
    text: str


def best_line(lines: list[str], hit: Found, note: Note) -> int:
    """The index of the line that is worth most: of the text, and only else the title's heading or a line of the head."""
    worth = [value(terms(line), hit.worth) for line in lines]
    body = note.body_line - 1
    titles = {i for i, line in enumerate(lines) if line.startswith("#") and line.strip("# ") == note.title}
    order = [*range(body, len(lines)), *range(min(body, len(lines)))]
    return max(
        order, key=lambda i: (worth[i] > 0 and i >= body and i not in titles, worth[i], i >= body), default=0
    )


def shortened(line: str, hit: Found) -> str:
    """A line, where it is long the part of it that begins a little before the first word that was meant."""
    if len(line) <= SHOWN:
        return line
    hits = (m.start() for m in re.finditer(r"\S+", line) if value(terms(m[0]), hit.worth))
    first = next(hits, 0)
    before = min(first - BEFORE, len(line) - SHOWN)
    start = max(0, line.rfind(" ", 0, before + 1)) if first > SHOWN - BEFORE else 0
    end = len(line) if len(line) - start <= SHOWN else line.rfind(" ", start + 1, start + SHOWN)
    return (
        ("… " if start else "")
        + line[start : end if end > start else start + SHOWN].strip()
        + ("" if end == len(line) else " …")
    )


def search_notes(workspace: Workspace, query: str, limit: int) -> list[Hit]:
    """At most `limit` hits, the best first."""
    loaded = workspace.load()
    site = workspace.private_site(loaded)
    notes = list(loaded.notebook.notes.values())
    index = Index(words_of_note(site, note) for note in notes)
    hits = []
    for found in index.search(query)[:limit]:
        note = notes[found.page]
        text, _ = decode(read_file(workspace.root / note.path).data)
        lines = split_lines(text)
        best = best_line(lines, found, note)
        shown = shortened(lines[best].strip(), found) if lines else ""
        hits.append(Hit(site.title(note), note.path, best + 1, found.score, shown))
    return hits
