"""`kb search`: every word of the query must occur; titles count most, then headings, then text."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING

from notebook_kb.files.read import decode, read_file

if TYPE_CHECKING:
    from notebook_kb.workspace.workspace import Workspace

TITLE, HEADING, TEXT = 10.0, 4.0, 1.0
SHOWN = 100


@dataclass(frozen=True, slots=True)
class Hit:
    """A note that holds every word, and the line that holds most of them."""

    title: str
    path: str
    line: int
    score: float
    text: str


def fold(text: str) -> str:
    """Case and accents do not matter."""
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return "".join(c for c in decomposed if not unicodedata.combining(c))


def best_line(folded: list[str], words: list[str], body: int) -> int:
    """The index of the line that holds most of the words: of the text, and only else of the head (below `body`)."""
    order = [*range(body, len(folded)), *range(min(body, len(folded)))]
    return max(order, key=lambda i: (sum(w in folded[i] for w in words), i >= body), default=0)


def search_notes(workspace: Workspace, query: str) -> list[Hit]:
    """Hits, the best first."""
    words = fold(query).split()
    notebook = workspace.load().notebook
    hits = []
    for note in notebook.notes.values():
        text, _ = decode(read_file(workspace.root / note.path).data)
        names = fold(" ".join((note.title, *note.aliases, notebook.concept_of(note))))
        lines = text.splitlines()
        folded = [fold(line) for line in lines]
        whole = "\n".join(folded)
        if not all(w in names or w in whole for w in words):
            continue
        score = sum(TITLE for w in words if w in names)
        score += sum(HEADING for line in folded if line.startswith("#") for w in words if w in line)
        score += sum(TEXT * min(whole.count(w), 10) for w in words)
        best = best_line(folded, words, note.body_line - 1)
        shown = lines[best].strip()[:SHOWN] if lines else ""
        hits.append(Hit(note.title, note.path, best + 1, score, shown))
    return sorted(hits, key=lambda h: (-h.score, h.path))
