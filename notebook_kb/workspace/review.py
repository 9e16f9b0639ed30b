"""A review of a workspace's cards: opens the session, keeps the deck as the notes are, writes ids at the first review."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from notebook_kb.files.write import replace_output
from notebook_kb.model.card import GENERATED
from notebook_kb.study.days import study_zone
from notebook_kb.study.identity import identified_deck
from notebook_kb.study.schedule import retention_for
from notebook_kb.study.session import Scope, Session
from notebook_kb.workspace.areas import area_id
from notebook_kb.workspace.authoring import find_note
from notebook_kb.workspace.card_ids import give_ids
from notebook_kb.workspace.cards import open_memory

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from notebook_kb.model.card import StudyCard
    from notebook_kb.notebook.notebook import Notebook
    from notebook_kb.study.deck import Deck
    from notebook_kb.study.identity import Identity
    from notebook_kb.study.memory import Memory
    from notebook_kb.study.session import Answered
    from notebook_kb.workspace.card_ids import GivenIds
    from notebook_kb.workspace.workspace import Workspace

# the answer to the one question of a notebook: may ids be written behind its cards?
DECISION = "card-ids.yml"
ALLOWED, REFUSED = "write: true", "write: false"


def scope_of(
    notebook: Notebook,
    names: Sequence[str] = (),
    *,
    area: str = "",
    level: str = "",
    most_new: int | None = None,
    most: int | None = None,
) -> Scope:
    """What the words of a command ask for. Raises `UsageError` with the nearest name."""
    paths = frozenset(find_note(notebook, name).path for name in names)
    new = notebook.settings.cards_new if most_new is None else most_new
    return Scope(paths, area_id(notebook, area), level, new, most)


class Review:
    """A session over the notes as they are now."""

    def __init__(
        self,
        workspace: Workspace,
        notebook: Notebook,
        scope: Scope,
        *,
        generated: bool | None = None,
        memory: Memory | None = None,
    ) -> None:
        """`generated`: whether made cards are asked too, None: as the settings say."""
        self.workspace = workspace
        self.notebook = notebook
        self.generated = generated
        self.memory = memory or open_memory(workspace)
        self.identity: Identity
        self.session = Session(
            self.deck(),
            self.memory,
            zone=study_zone(workspace.settings),
            retention_for=lambda area: retention_for(workspace.settings, area),
            scope=scope,
        )

    def deck(self) -> Deck:
        """The cards as the notes have them."""
        kinds = None if self.generated is None else GENERATED if self.generated else ()
        deck, self.identity = identified_deck(self.notebook, self.memory.states, generate=kinds)
        return deck

    def show(self, notebook: Notebook) -> None:
        """Go on with another snapshot of the notes."""
        self.notebook = notebook
        self.session.replace_deck(self.deck())

    def read_again(self, path: str) -> None:
        """Read one note again, after somebody wrote to it."""
        entry = self.workspace.loader.read_note(path)
        notes = dict(self.notebook.notes)
        if isinstance(entry, str):
            notes.pop(path, None)
        else:
            notes[path] = entry[0]
        self.show(replace(self.notebook, notes=notes))

    def answer(self, card_id: str, rating: int, ms: int, seen: str) -> tuple[Answered, GivenIds | None]:
        """Write an answer, then the ids of the note's cards if this card has none yet and they may be written.

        Raises as `Session.answer`; ids that cannot be written are no error: the answer counts under the id that the card
        will get.
        """
        answered = self.session.answer(card_id, rating, ms, seen)
        return answered, self.write_ids(answered.card)

    def lacks_id(self, card: StudyCard) -> bool:
        """Whether a card of a note has no id there yet."""
        return bool(card.path) and not card.written and card.kind not in GENERATED

    def may_write_ids(self) -> bool | None:
        """Whether ids may be written into notes; None while nobody was asked. Where cards have ids already, it may."""
        if any(card.id for note in self.notebook.notes.values() for card in note.cards):
            return True
        try:
            decided = self._decision.read_text(encoding="utf-8").strip()
        except (OSError, UnicodeDecodeError):
            return None
        return {ALLOWED: True, REFUSED: False}.get(decided)

    def decide_ids(self, *, may: bool) -> None:
        """Remember what the learner said, for this notebook on all machines. Raises `EnvironmentFailedError`."""
        replace_output(self._decision, f"{ALLOWED if may else REFUSED}\n".encode())

    @property
    def _decision(self) -> Path:
        return self.workspace.root / self.workspace.settings.state / DECISION

    def write_ids(self, card: StudyCard) -> GivenIds | None:
        """Write the ids of all cards of a card's note; None where there is nothing to write or it may not be."""
        if not self.lacks_id(card) or not self.may_write_ids():
            return None
        waiting = {lost.place[1] for lost in self.identity.lost if lost.place[0] == card.path}
        given = give_ids(self.workspace, self.notebook, card.path, self.identity.ids, leave=waiting)
        if given.ids:
            self.read_again(card.path)
        return given
