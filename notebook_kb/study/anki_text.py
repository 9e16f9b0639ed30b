"""Cards as a text file for Anki: for those who want no deck file, or to read what goes out."""

from __future__ import annotations

import csv
from io import StringIO
from typing import TYPE_CHECKING

from notebook_kb.study.anki_notes import FIELDS

if TYPE_CHECKING:
    from collections.abc import Iterable

    from notebook_kb.study.anki_notes import AnkiNote

# the names of our note types, frozen
QUESTION_TYPE, CLOZE_TYPE = "notebook_kb question", "notebook_kb cloze"
BEGINNING = "#separator:tab\n#html:true\n#guid column:1\n#notetype column:2\n#deck column:3\n#tags column:4\n"


def anki_text(notes: Iterable[AnkiNote]) -> str:
    """One line a note: its guid, note type, deck, tags and fields."""
    out = StringIO()
    out.write(BEGINNING)
    out.write("\t".join(("#columns:guid", "note type", "deck", "tags", *FIELDS)) + "\n")
    writer = csv.writer(out, delimiter="\t", lineterminator="\n")
    for note in notes:
        kind = CLOZE_TYPE if note.cloze else QUESTION_TYPE
        writer.writerow([note.guid, kind, note.deck, " ".join(note.tags), *note.fields])
    return out.getvalue()
