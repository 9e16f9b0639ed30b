"""All cards of a notebook: those in its notes, those made of what notes hold, the roadmap's starters."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from hashlib import blake2b
from typing import TYPE_CHECKING

from notebook_kb.model.card import CardKind, StudyCard
from notebook_kb.study.card_ids import card_ids, is_askable
from notebook_kb.study.generated import generated_cards

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

    from notebook_kb.model.note import Card, Note
    from notebook_kb.notebook.notebook import Notebook
    from notebook_kb.study.card_ids import CardPlace

GAP = "==[…]=="


@dataclass(frozen=True, slots=True)
class Deck:
    """`cards` by id: of notes in their order, then made ones, then starters. `unclear` share an id while they ask
    different things: they are never asked.
    """

    cards: Mapping[str, StudyCard]
    unclear: tuple[StudyCard, ...] = ()

    @property
    def written(self) -> tuple[StudyCard, ...]:
        """The cards that a learner wrote."""
        return tuple(c for c in self.cards.values() if c.kind in {CardKind.QUESTION, CardKind.CLOZE})


def make_deck(
    notebook: Notebook,
    *,
    generate: Collection[CardKind] | None = None,
    starters: bool | None = None,
    ids: Mapping[CardPlace, str] | None = None,
) -> Deck:
    """All cards: of made ones the kinds that `generate` names, and the roadmap's starters, both by default as the settings
    say; of the notes' own those that `ids` names, or all.
    """
    chosen = notebook.settings
    kinds = [CardKind(k) for k in chosen.cards_generate] if generate is None else generate
    by_id: dict[str, list[StudyCard]] = defaultdict(list)
    ids = card_ids(notebook) if ids is None else ids
    for path, note in notebook.notes.items():
        for number, card in enumerate(note.cards):
            if (path, number) in ids and is_askable(card):
                for one in study_cards(notebook, note, card, ids[path, number]):
                    by_id[one.id].append(one)
    clashing = {name for name, cards in by_id.items() if len({c.fingerprint for c in cards}) > 1}
    # the gaps of a cloze are one card in the note
    clashing |= {
        n for n, cards in by_id.items() if cards[0].base_id in {c.partition(".")[0] for c in clashing}
    }
    deck = {name: cards[0] for name, cards in by_id.items() if name not in clashing}
    if kinds:
        for note in notebook.notes.values():
            deck |= {c.id: c for c in generated_cards(notebook, note, kinds) if c.id not in deck}
    if chosen.cards_starters if starters is None else starters:
        deck |= {c.id: c for c in starter_cards(notebook)}
    unclear = tuple(c for name in by_id if name in clashing for c in by_id[name])
    return Deck(deck, unclear)


def study_cards(notebook: Notebook, note: Note, card: Card, name: str) -> Iterator[StudyCard]:
    """A question as one card, a cloze as one for each gap."""
    concept = concept_at(notebook, note, card.place.line)
    known = notebook.roadmap.concepts.get(concept)
    for number, (front, back, asked) in enumerate(sides(card), start=1):
        yield StudyCard(
            id=f"{name}.{number}" if card.cloze else name,
            kind=CardKind.CLOZE if card.cloze else CardKind.QUESTION,
            front=front,
            back=back,
            level=card.level,
            path=note.path,
            line=card.place.line,
            heading=card.heading,
            title=note.title,
            concept=concept,
            area=known.area if known else "",
            fingerprint=fingerprint(asked),
            written=bool(card.id),
        )


def sides(card: Card) -> Iterator[tuple[str, str, str]]:
    """(front, back, what the fingerprint is of) of each card: with the asked gap, with its words highlighted."""
    if not card.cloze:
        yield card.front, card.back, card.front
        return
    for asked in card.gaps:
        front, back = with_gap(card, asked, GAP), with_gap(card, asked, card.front[slice(*asked)])
        yield front, back, f"{front}\x1f{card.front[slice(*asked)]}"


def with_gap(card: Card, asked: tuple[int, int], words: str) -> str:
    """A cloze with `words` in the place of the asked gap; what the others hide is plain text."""
    parts, done = [], 0
    for start, end in card.gaps:
        inside = words if (start, end) == asked else card.front[start + 2 : end - 2]
        parts += [card.front[done:start], inside]
        done = end
    return "".join([*parts, card.front[done:]])


def fingerprint(text: str) -> str:
    """Eight hex digits that change when what is asked does; blanks do not count."""
    return blake2b(" ".join(text.split()).encode(), digest_size=4).hexdigest()


def concept_at(notebook: Notebook, note: Note, line: int) -> str:
    """The concept that a line of a note is about: the section's in a reading, else the note's."""
    section = None
    for one in note.sections:
        if one.place.line <= line:
            section = one
    inside = notebook.heading_concept(section) if section else ""
    return inside or notebook.concept_of(note)


def starter_cards(notebook: Notebook) -> Iterator[StudyCard]:
    """The roadmap's own cards."""
    roadmap = notebook.roadmap
    for starter in roadmap.starters:
        known = roadmap.concepts.get(starter.concept)
        yield StudyCard(
            id=f"{starter.roadmap}/{starter.id}",
            kind=CardKind.STARTER,
            front=starter.question,
            back=starter.answer,
            level=starter.level,
            title=roadmap.title,
            concept=starter.concept if known else "",
            area=known.area if known else "",
            fingerprint=fingerprint(starter.question),
            written=True,
        )
