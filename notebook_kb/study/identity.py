"""Which card of the notes is which card of the log, where ids were lost. Equal questions are the same card; near ones are
asked about, never guessed.
"""

from __future__ import annotations

from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import TYPE_CHECKING

from notebook_kb.parsing.blocks import CARD_ID
from notebook_kb.study.card_ids import card_ids, is_askable
from notebook_kb.study.deck import fingerprint, make_deck, sides, study_cards

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

    from notebook_kb.model.card import CardKind, StudyCard
    from notebook_kb.model.note import Card
    from notebook_kb.notebook.notebook import Notebook
    from notebook_kb.study.card_ids import CardPlace
    from notebook_kb.study.deck import Deck
    from notebook_kb.study.schedule import CardState

# from here on two questions may be one that was edited; below it people see no likeness
NEAR = 0.6


@dataclass(frozen=True, slots=True)
class LostId:
    """A card without an id that resembles one of the log: `old` is that one's id, `front` what it asked."""

    place: CardPlace
    card: Card
    old: str
    front: str


@dataclass(frozen=True, slots=True)
class Identity:
    """`ids` of all cards by their places, `lost` those that have to be asked about, `orphans` what the log alone knows."""

    ids: Mapping[CardPlace, str]
    lost: tuple[LostId, ...]
    orphans: tuple[CardState, ...]


def base_of(card: str) -> str:
    """The id as it stands in a note: without the number of a gap."""
    return card.partition(".")[0]


def identify(notebook: Notebook, states: Mapping[str, CardState]) -> Identity:
    """Match the cards of the notes with those of the log."""
    ids = card_ids(notebook)
    known = {one.id for place, name in ids.items() for one in cards_at(notebook, place, name)}
    alone = {n: s for n, s in states.items() if n.startswith(CARD_ID) and n not in known}
    gone = {n: s for n, s in alone.items() if base_of(n) not in set(ids.values())}
    lost: list[LostId] = []
    for place in [p for p in ids if not card_of(notebook, p).id and ids[p] not in states]:
        card = card_of(notebook, place)
        same = [n for n, s in gone.items() if s.fingerprint in prints(card)]
        if len({base_of(n) for n in same}) == 1:
            ids[place] = base_of(same[0])
            for name in [n for n in gone if base_of(n) == ids[place]]:
                del gone[name], alone[name]
        elif near := nearest(card, gone):
            lost.append(LostId(place, card, base_of(near), gone[near].front))
    return Identity(ids, tuple(lost), tuple(sorted(alone.values(), key=lambda s: s.card)))


def identified_deck(
    notebook: Notebook,
    states: Mapping[str, CardState],
    *,
    generate: Collection[CardKind] | None = None,
    starters: bool | None = None,
) -> tuple[Deck, Identity]:
    """The deck with its cards matched to the log. A card that may be one of the log is in none until it is settled."""
    identity = identify(notebook, states)
    waiting = {lost.place for lost in identity.lost}
    ids = {place: name for place, name in identity.ids.items() if place not in waiting}
    return make_deck(notebook, generate=generate, starters=starters, ids=ids), identity


def card_of(notebook: Notebook, place: CardPlace) -> Card:
    """The card at a place."""
    path, number = place
    return notebook.notes[path].cards[number]


def cards_at(notebook: Notebook, place: CardPlace, name: str) -> Iterator[StudyCard]:
    """The cards to study that a place gives."""
    return study_cards(notebook, notebook.notes[place[0]], card_of(notebook, place), name)


def prints(card: Card) -> set[str]:
    """The fingerprints of all that a card asks."""
    return {fingerprint(asked) for _, _, asked in sides(card)}


def nearest(card: Card, gone: Mapping[str, CardState]) -> str:
    """The id of the gone card that asked nearly the same, '' if none did."""
    best, name = NEAR, ""
    for candidate, state in gone.items():
        for front, _, _ in sides(card):
            likeness = SequenceMatcher(None, front, state.front).ratio()
            if likeness >= best:
                best, name = likeness, candidate
    return name


def moved_gaps(notebook: Notebook, states: Mapping[str, CardState]) -> Iterator[tuple[CardPlace, str]]:
    """(place, id) of clozes whose gaps have the fingerprints of other gaps of the same cloze."""
    for place, name in card_ids(notebook).items():
        card = card_of(notebook, place)
        if not card.cloze or not card.id or not is_askable(card):
            continue
        now = {one.id: one.fingerprint for one in cards_at(notebook, place, name)}
        then = {n: states[n].fingerprint for n in now if n in states}
        if any(then[n] != now[n] and then[n] in {p for other, p in now.items() if other != n} for n in then):
            yield place, name
