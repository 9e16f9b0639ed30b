"""Cards as notes for Anki: fields, tags, deck and a name that never changes. What a field holds is HTML."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass, field
from functools import cached_property
from hashlib import blake2b
from html import escape
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from notebook_kb.errors import EnvironmentFailedError
from notebook_kb.files.read import read_file
from notebook_kb.model.card import CardKind
from notebook_kb.study.anki_html import AnkiHtml
from notebook_kb.study.deck import GAP

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from notebook_kb.model.card import StudyCard
    from notebook_kb.notebook.notebook import Notebook

# Frozen for ever: with one field more Anki takes no update any more and makes a second note type. Hence the spare ones.
FIELDS = ("Front", "Back", "Extra", "Source", "Concept", "Id", "Spare 1", "Spare 2")
GUID_BYTES, FINGERPRINT_BYTES, MEDIA_BYTES = 8, 8, 8
MOST_PICTURE_BYTES = 64 * 1024 * 1024
NOT_IN_A_TAG = re.compile(r"[\s\"'<>&*]+")
NOT_IN_A_DECK = re.compile(r"[\x00-\x1f\"]+|:{2,}")


@dataclass(frozen=True)
class AnkiNote:
    """One note of Anki's: a question, or a cloze with all its gaps. `id` is that of the card in our notes."""

    id: str
    cloze: bool
    fields: tuple[str, ...]
    tags: tuple[str, ...]
    deck: str
    cards: int = 1

    @property
    def type(self) -> str:
        """A word for the log: a question that becomes a cloze is another note for Anki."""
        return "cloze" if self.cloze else "question"

    @cached_property
    def guid(self) -> str:
        """What Anki knows the note by: it follows from our id alone."""
        return digest(f"notebook_kb\x1f{self.type}\x1f{self.id}", GUID_BYTES)

    @cached_property
    def fingerprint(self) -> str:
        """Changes when anything changes that an import would change in Anki."""
        return digest("\x1f".join((*self.fields, *self.tags)), FINGERPRINT_BYTES)


def digest(text: str, size: int) -> str:
    """A hash in hex."""
    return blake2b(text.encode("utf-8", "surrogatepass"), digest_size=size).hexdigest()


@dataclass
class Pictures:
    """The pictures that cards show. `found` are their names in Anki's media (which hold a hash of their bytes) and those bytes."""

    notebook: Notebook
    found: dict[str, bytes] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)

    def of(self, path: str) -> Callable[[str], str]:
        """What finds the pictures of the note at `path`."""

        def find(target: str) -> str:
            if "://" in target or target.startswith("data:"):
                return ""
            file = self.notebook.resolver.resolve(target.partition("#")[0], path).file
            return self.name_of(file) if file else ""

        return find

    def name_of(self, file: str) -> str:
        """The name among Anki's media of a file of the notebook; '' for one that leads outside or cannot be read."""
        if file not in self.names:
            self.names[file] = self._add(file)
        return self.names[file]

    def _add(self, file: str) -> str:
        path = self.notebook.root / file
        inside = Path(os.path.realpath(self.notebook.root))
        if inside not in Path(os.path.realpath(path)).parents:
            return ""
        try:
            data = read_file(path, MOST_PICTURE_BYTES).data
        except EnvironmentFailedError:
            return ""
        if len(data) > MOST_PICTURE_BYTES:
            return ""
        name = f"kb-{blake2b(data, digest_size=MEDIA_BYTES).hexdigest()}{PurePosixPath(file).suffix.lower()}"
        self.found[name] = data
        return name


@dataclass
class NoteMaker:
    """Makes notes for Anki of cards; `missing` collects (path and line, target) of pictures that are not there."""

    notebook: Notebook
    pictures: Pictures
    missing: list[tuple[str, str]] = field(default_factory=list)

    def notes(self, cards: Iterable[StudyCard]) -> Iterator[AnkiNote]:
        """In the order of the cards; one whose front shows nothing is left out, as Anki refuses it."""
        groups: dict[tuple[str, bool], list[StudyCard]] = {}
        for card in cards:
            groups.setdefault((card.base_id, card.kind is CardKind.CLOZE), []).append(card)
        for (_, cloze), group in groups.items():
            note = self.cloze(group) if cloze else self.question(group[0])
            if note.fields[0]:
                yield note

    def question(self, card: StudyCard) -> AnkiNote:
        """A card with two sides."""
        html = self.html(card)
        front, back = html.render(card.front), html.render(card.back)
        return self.note(card, card.id, front, back, html)

    def cloze(self, gaps: list[StudyCard]) -> AnkiNote:
        """All gaps of a cloze in one note, so that Anki shows one of them a day."""
        card = gaps[0]
        text, places = whole_cloze(gaps)
        html = self.html(card, places)
        front = html.render(text)
        return self.note(card, card.base_id, front, "", html, len(gaps))

    def html(self, card: StudyCard, gaps: tuple[tuple[int, int], ...] = ()) -> AnkiHtml:
        """What renders this card."""
        settings = self.notebook.settings
        note = self.notebook.notes.get(card.path)
        macros = {**settings.macros, **(note.macros if note else {})}
        return AnkiHtml(macros, self.pictures.of(card.path), settings.line_breaks == "hard", gaps)

    def note(
        self, card: StudyCard, name: str, front: str, back: str, html: AnkiHtml, count: int = 0
    ) -> AnkiNote:
        """The fields around the two sides."""
        self.missing += [(f"{card.path}:{card.line}", target) for target in html.missing]
        known = self.notebook.roadmap.concepts.get(card.concept)
        source = " › ".join(p for p in (card.title, card.heading if card.heading != card.title else "") if p)
        concept = known.title if known else ""
        fields = (
            front,
            back,
            "",
            escape(source, quote=False),
            escape(concept, quote=False),
            escape(name, quote=False),
            "",
            "",
        )
        return AnkiNote(
            name,
            card.kind is CardKind.CLOZE,
            tuple(" ".join(f.split("\n")).replace("\t", " ").replace("\x1f", " ") for f in fields),
            tuple(tags_of(card)),
            self.deck(card),
            count or 1,
        )

    def deck(self, card: StudyCard) -> str:
        """The notebook's title, then the area."""
        area = next((a for a in self.notebook.roadmap.areas if a.id == card.area), None)
        top = self.notebook.settings.title or self.notebook.roadmap.title or "Notes"
        return "::".join(deck_part(p) for p in (top, area.title if area else "Other"))


def tags_of(card: StudyCard) -> Iterator[str]:
    """`concept::rank level::hard`; Anki shows `::` as a tree."""
    kind = "" if card.kind in {CardKind.QUESTION, CardKind.CLOZE} else str(card.kind)
    for name, value in (
        ("area", card.area),
        ("concept", card.concept),
        ("level", card.level),
        ("kind", kind),
    ):
        if value:
            yield f"{name}::{NOT_IN_A_TAG.sub('-', value)}"


def deck_part(title: str) -> str:
    """A title as one part of a deck's name."""
    return " ".join(NOT_IN_A_DECK.sub(" ", title).split()).strip(": ") or "Notes"


def whole_cloze(gaps: list[StudyCard]) -> tuple[str, tuple[tuple[int, int], ...]]:
    """The text of a cloze with all its gaps marked, and the place (line, column) of each.

    Each card knows its own gap only; without marks they all say the same.
    """
    found = [(start, said, bare) for card in gaps for start, said, bare in [own_gap(card)]]
    text = found[0][2]
    if any(bare != text for _, _, bare in found):  # not of one cloze: cannot be, but must not mix up texts
        found = found[:1]
    parts: list[str] = []
    places: list[tuple[int, int]] = []
    done = 0
    for start, said, _ in sorted(found):
        parts.append(text[done:start])
        before = "".join(parts)
        places.append((before.count("\n") + 1, len(before) - before.rfind("\n")))
        parts.append(f"=={said}==")
        done = start + len(said)
    return "".join([*parts, text[done:]]), tuple(places)


def own_gap(card: StudyCard) -> tuple[int, str, str]:
    """Where the asked gap of a card begins, what it hides, and the whole text without a mark."""
    start = card.front.find(GAP)
    while start >= 0:
        before, after = card.front[:start], card.front[start + len(GAP) :]
        if card.back.startswith(before + "==") and card.back.endswith("==" + after):
            said = card.back[start + 2 : len(card.back) - len(after) - 2]
            if f"{before}=={said}=={after}" == card.back:
                return start, said, before + said + after
        start = card.front.find(GAP, start + 1)
    return 0, card.back, card.back
