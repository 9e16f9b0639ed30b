"""`kb search`: all notes by the ranking of the site's search, with the line that says most."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from notebook_kb.files.read import decode, read_file
from notebook_kb.parsing.terms import terms
from notebook_kb.website.search_index import words_of_note
from notebook_kb.website.search_rank import Index, value

if TYPE_CHECKING:
    from notebook_kb.model.note import Note
    from notebook_kb.website.search_rank import Hit as Found
    from notebook_kb.workspace.workspace import Workspace

SHOWN = 100


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
    return max(order, key=lambda i: (worth[i] > 0 and i >= body and i not in titles, worth[i], i >= body), default=0)


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
        lines = text.splitlines()
        best = best_line(lines, found, note)
        shown = lines[best].strip()[:SHOWN] if lines else ""
        hits.append(Hit(site.title(note), note.path, best + 1, found.score, shown))
    return hits
