"""A deck file for Anki (`.apkg`), by genanki. The same notes at the same times give the same bytes.

Names and numbers in this file are frozen: Anki knows our note types by them.
"""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from hashlib import blake2b
from io import BytesIO
from itertools import count
from typing import TYPE_CHECKING, Any
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile, ZipInfo

import genanki

from notebook_kb.study.anki_notes import FIELDS
from notebook_kb.study.anki_text import CLOZE_TYPE, QUESTION_TYPE

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from notebook_kb.study.anki_notes import AnkiNote


QUESTION_ID, CLOZE_ID = 1_763_856_001_101, 1_763_856_001_202
# the second since which the note types look so: raise it when templates or style change, so that Anki takes them
TYPES_CHANGED = 1_763_856_000
ZIP_TIME = (1980, 1, 1, 0, 0, 0)
BEHIND = """{{#Extra}}<div class="extra">{{Extra}}</div>{{/Extra}}
{{#Source}}<div class="source">{{Source}}</div>{{/Source}}"""
CSS = """.card { font-family: system-ui, sans-serif; font-size: 20px; line-height: 1.5; text-align: left; max-width: 38em;
margin: 1em auto; padding: 0 .6em; }
pre { background: rgba(128, 128, 128, .12); padding: .6em .8em; overflow-x: auto; font-size: 80%; line-height: 1.35; }
code { font-family: ui-monospace, monospace; font-size: 90%; }
pre code { font-size: 100%; }
mark { background: rgba(255, 213, 79, .45); color: inherit; }
img { max-width: 100%; height: auto; }
table { border-collapse: collapse; } th, td { padding: .2em .6em; border-bottom: 1px solid rgba(128, 128, 128, .4); }
.cloze { font-weight: bold; color: #1565c0; } .nightMode .cloze { color: #82b1ff; }
.source { margin-top: 1.5em; font-size: 70%; opacity: .65; }"""


def question_type() -> genanki.Model:
    """The note type of questions with an answer."""
    template = {
        "name": "Card",
        "qfmt": "{{Front}}",
        "afmt": f"{{{{FrontSide}}}}<hr id=answer>{{{{Back}}}}{BEHIND}",
    }
    return genanki.Model(
        QUESTION_ID, QUESTION_TYPE, fields=[{"name": f} for f in FIELDS], templates=[template], css=CSS
    )


def cloze_type() -> genanki.Model:
    """The note type of texts with gaps."""
    template = {
        "name": "Cloze",
        "qfmt": "{{cloze:Front}}",
        "afmt": f"{{{{cloze:Front}}}}{{{{#Back}}}}<hr>{{{{Back}}}}{{{{/Back}}}}{BEHIND}",
    }
    return genanki.Model(
        CLOZE_ID,
        CLOZE_TYPE,
        fields=[{"name": f} for f in FIELDS],
        templates=[template],
        css=CSS,
        model_type=genanki.Model.CLOZE,
    )


class TimedNote(genanki.Note):  # type: ignore[misc]  # genanki ships no types
    """A note with a time of its own: genanki has one for the whole package."""

    def __init__(self, model: genanki.Model, note: AnkiNote, changed_at: int, ids: Iterator[int]) -> None:
        super().__init__(model=model, fields=list(note.fields), tags=list(note.tags), guid=note.guid)
        self.changed_at = changed_at
        self.ids = ids

    def write_to_db(self, cursor: Any, timestamp: float, deck_id: int, id_gen: Iterator[int]) -> None:  # noqa: ARG002
        """As genanki's, with this note's time and ids."""
        super().write_to_db(cursor, self.changed_at, deck_id, self.ids)

    def _check_invalid_html_tags_in_fields(self) -> None:
        """Its pattern takes `<!-- -->` and `a <b` in formulas for tags; our fields are escaped where they are made."""


def package(notes: Sequence[tuple[AnkiNote, int]], media: Mapping[str, bytes], first: int) -> bytes:
    """The bytes of a deck file with these notes, each with the second of its last change; `first` is that of the first
    export: Anki shows when a note was made by its number.
    """
    decks: dict[str, genanki.Deck] = {}
    types = {False: question_type(), True: cloze_type()}
    ids = count(first * 1000)
    for note, changed_at in notes:
        deck = decks.setdefault(note.deck, genanki.Deck(deck_id(note.deck), note.deck))
        deck.add_note(TimedNote(types[note.cloze], note, changed_at, ids))
    return zipped(database(genanki.Package(list(decks.values()))), media)


def database(deck_file: genanki.Package) -> bytes:
    """The collection that a deck file holds."""
    with closing(sqlite3.connect(":memory:")) as connection:
        deck_file.write_to_db(connection.cursor(), TYPES_CHANGED, count(TYPES_CHANGED * 1000))
        connection.commit()
        return bytes(connection.serialize())


def zipped(collection: bytes, media: Mapping[str, bytes]) -> bytes:
    """The zip file: genanki's own has the time of day in it."""
    names = sorted(media)
    listed = json.dumps({str(n): name for n, name in enumerate(names)})
    files = [("collection.anki2", collection), ("media", listed.encode())]
    files += [(str(n), media[name]) for n, name in enumerate(names)]
    out = BytesIO()
    with ZipFile(out, "w") as archive:
        for name, data in files:
            info = ZipInfo(name, ZIP_TIME)
            info.compress_type = ZIP_STORED if name.isdigit() else ZIP_DEFLATED
            info.create_system = 3
            archive.writestr(info, data)
    return out.getvalue()


def deck_id(name: str) -> int:
    """A deck's number: it follows from its name, and is one that Anki may have made."""
    value = int.from_bytes(blake2b(name.encode(), digest_size=6).digest(), "big")
    return 1_000_000_000_000 + value % 1_000_000_000_000
