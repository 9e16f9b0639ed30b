"""The search index of a site: one script file that a page loads when somebody searches, from a disk as from a server.

The file calls `kbSearchIndex(tables, pages)`. A page is one text, marked as in HTML, so that the leak audit reads it like
the pages: address and kind, title, other names, then its pieces with their anchors. The browser counts the words.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from html import escape, unescape
from typing import TYPE_CHECKING

from notebook_kb.model.note import NoteType, Part
from notebook_kb.parsing import terms as t
from notebook_kb.rendering.search_text import ALOUD, HEADING, SYMBOL, TEXT
from notebook_kb.rendering.search_text import FIELDS as MARKED_FIELDS
from notebook_kb.website import search_rank as r
from notebook_kb.website.addresses import INDEX_URL, relative_url
from notebook_kb.website.plan import SHOWN_PART_TITLES
from notebook_kb.website.redirects import old_address

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from notebook_kb.model.note import Note
    from notebook_kb.notebook.notebook import Explanation, Notebook
    from notebook_kb.website.plan import Site

FORMAT = 1
# `<mark>` or `<mark key='…'>`; a text never holds `<`
MARK = re.compile(r"<(\w+)(?: \w+='([^']*)')?>")
# where the fields of a note's own text stand among those of the ranking
PLACES = {HEADING: 2, SYMBOL: 3, ALOUD: 4, TEXT: 5}
TITLE, NAMES = 0, 1


@dataclass(frozen=True, slots=True)
class SearchPage:
    """A page as it is found: `pieces` are (anchor, heading, marked text)."""

    url: str
    kind: str
    title: str
    names: tuple[str, ...]
    pieces: tuple[tuple[str, str, str], ...]

    def marked(self) -> str:
        """The page as the file holds it."""
        parts = [
            f"<article href='{escape(relative_url(self.url, INDEX_URL))}'>{self.kind}<title>{text(self.title)}"
        ]
        parts += [f"<li>{text(name)}" for name in self.names]
        for anchor, heading, marked in self.pieces:
            parts.append(f"<h2 id='{escape(anchor)}'>{text(heading)}{marked}")
        return "".join(parts)


def text(words: str) -> str:
    """Words in the file."""
    return escape(words, quote=False)


def index_file(site: Site) -> bytes:
    """The file, one line for each page, by address."""
    pages = sorted(search_pages(site), key=lambda p: p.url)
    lines = ",\n".join(json.dumps(p.marked(), ensure_ascii=False) for p in pages)
    tables = json.dumps(rules(), ensure_ascii=False, separators=(",", ":"))
    return f"kbSearchIndex({tables},[\n{lines}\n])\n".encode()


def rules() -> dict[str, object]:
    """The tables and figures that the browser shares with us. The alphabet stands backwards: nobody writes it so, and
    the audit does not take it for a private list of letters.
    """
    return {
        "format": FORMAT,
        "fields": [list(field) for field in r.FIELDS],
        "places": {mark: PLACES[f] for mark, f in MARKED_FIELDS.items()} | {"title": 0, "li": 1, "h2": 2},
        "k1": r.K1,
        "ending": [r.ENDING, r.ENDING_LETTERS, r.SHORTEST_STEM],
        "prefix": r.PREFIX,
        "typo": [r.TYPO, r.ONE_TYPO, r.TWO_TYPOS],
        "most": r.MOST_WORDS,
        "names": dict(reversed(t.NAMES.items())),
        "accents": t.ACCENTS,
        "letters": t.LETTERS,
        "same": t.SAME,
    }


def search_pages(site: Site) -> Iterator[SearchPage]:
    """Every page that a note or a reading fills."""
    notebook = site.notebook
    about = {notes[0].path: concept for concept, notes in notebook.concept_notes.items()}
    for key, url in site.urls.items():
        if key.startswith("concept:"):
            concept = key.removeprefix("concept:")
            title = notebook.roadmap.concepts[concept].title
            pieces = tuple(from_readings(site, concept))
            names = distinct(title, concept_names(notebook, concept))
            yield SearchPage(url, "concept", title, names, pieces)
            continue
        note = notebook.notes[key]
        found = concept_pieces(site, note, about[key]) if key in about else note_pieces(site, note)
        kind = str(notebook.kind_of(note))
        yield SearchPage(url, kind, site.title(note), note_names(site, note), (*head(note), *found))


def note_names(site: Site, note: Note) -> tuple[str, ...]:
    """The other names of a note: its aliases that are no old addresses, and those of its concept."""
    concept = site.notebook.concept_of(note) if note.type is not NoteType.READING else ""
    names = concept_names(site.notebook, concept) if concept else ()
    return distinct(site.title(note), (*(a for a in note.aliases if not old_address(site, a)), *names))


def concept_names(notebook: Notebook, concept: str) -> tuple[str, ...]:
    """A concept's title, aliases and id."""
    known = notebook.roadmap.concepts[concept]
    return (known.title, *known.aliases, concept)


def distinct(title: str, names: Iterable[str]) -> tuple[str, ...]:
    """The names that say other words than the title and each other."""
    said = {tuple(t.terms(title)): ""}
    for name in names:
        said.setdefault(tuple(t.terms(name)), name)
    return tuple(name for name in said.values() if name)


def head(note: Note) -> tuple[tuple[str, str, str], ...]:
    """What the head says about the note: description and tags."""
    lines = [note.description] if note.description and note.description != note.lead else []
    lines += [" ".join(f"#{tag}" for tag in note.tags)] if note.tags else []
    marked = "".join(f"<p>{text(' '.join(line.split()))}" for line in lines)
    return (("", "", marked),) if marked else ()


def pieces_of(site: Site, note: Note) -> list[tuple[int, bool, str, str, str]]:
    """A note's pieces as this view shows them: see `rendering.search_text.Piece`."""
    data = site.derived[note.path]["search"]
    return data["mine"] if site.mine and data["mine"] is not None else data["public"]  # type: ignore[no-any-return]


def note_pieces(site: Site, note: Note) -> Iterator[tuple[str, str, str]]:
    """The pieces of a page that shows a note in its own order."""
    for _, _, anchor, heading, marked in pieces_of(site, note):
        yield anchor if heading or anchor.startswith("fn-") else "", heading, marked


def concept_pieces(site: Site, note: Note, concept: str) -> Iterator[tuple[str, str, str]]:
    """The pieces of a concept's page: rungs and the synthesis have anchors and titles of their own."""
    rungs = rung_places(site, concept)
    for index, first, anchor, heading, marked in pieces_of(site, note):
        section = note.sections[index] if index >= 0 else None
        if section is None or not first:
            yield anchor, heading, marked
        elif section.part is Part.ANGLE:
            if (note.path, index) in rungs:
                yield (*rungs[note.path, index], marked)
        elif section.part is Part.OWN:
            if section.words:
                yield "own", site.word("in_my_words"), marked
        elif section.part in SHOWN_PART_TITLES:
            yield anchor, site.word(SHOWN_PART_TITLES[section.part]), marked
        else:
            yield anchor if heading else "", heading, marked


def rung_places(site: Site, concept: str) -> dict[tuple[str, int], tuple[str, str]]:
    """(note, section) → (anchor, title) of the explanations on a concept's page."""
    places: dict[tuple[str, int], tuple[str, str]] = {}
    count: dict[str, int] = {}
    for e in explanations(site, concept):
        count[e.angle] = number = count.get(e.angle, 0) + 1
        anchor = e.angle if number == 1 else f"{e.angle}-{number}"
        places[e.note.path, e.index] = (anchor, site.notebook.roadmap.angles[e.angle].title)
    return places


def explanations(site: Site, concept: str) -> list[Explanation]:
    """The written explanations of a concept."""
    return [e for e in site.notebook.explanations.get(concept, ()) if e.section.words]


def from_readings(site: Site, concept: str) -> Iterator[tuple[str, str, str]]:
    """The pieces of a concept's page that readings alone fill."""
    rungs = rung_places(site, concept)
    for e in explanations(site, concept):
        anchor, title = rungs[e.note.path, e.index]
        found = [p for p in pieces_of(site, e.note) if p[0] == e.index]
        yield anchor, title, "".join(p[4] for p in found)


# the words of a page, for the ranking


def words_of(marked: str) -> r.PageWords:
    """The words of a page of the file."""
    fields: list[list[str]] = [[] for _ in r.FIELDS]
    places = {"title": TITLE, "li": NAMES, "h2": PLACES[HEADING]}
    places |= {mark: PLACES[f] for mark, f in MARKED_FIELDS.items()}
    names = set()
    parts = MARK.split(marked)
    for mark, inside in zip(parts[1::3], parts[3::3], strict=True):
        if mark in places:
            words = t.terms(unescape(inside))
            fields[places[mark]] += words
            if places[mark] in {TITLE, NAMES}:
                names.add(" ".join(words))
    return r.PageWords(fields, frozenset(names))


def words_of_note(site: Site, note: Note) -> r.PageWords:
    """The words of a note, those of its own text as they were remembered."""
    fields: list[list[str]] = [[] for _ in r.FIELDS]
    title, names = t.terms(site.title(note)), [t.terms(name) for name in note_names(site, note)]
    fields[TITLE] = title
    fields[NAMES] = [word for name in names for word in name]
    remembered = site.derived[note.path]["search"]["words"].split("\n")
    for own, line in enumerate(remembered):
        fields[PLACES[own]] = line.split(" ") if line else []
    for _, _, marked in head(note):
        fields[PLACES[TEXT]] = [*fields[PLACES[TEXT]], *words_of(marked).fields[PLACES[TEXT]]]
    return r.PageWords(fields, frozenset(" ".join(name) for name in (title, *names)))
