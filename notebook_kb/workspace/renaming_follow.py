"""What belongs to a note and has its path or key in it: results of its code, the ledger of copies, the history of cards."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from notebook_kb.errors import NotebookError
from notebook_kb.files.lock import notebook_lock
from notebook_kb.files.move import replace_file
from notebook_kb.model.card import GENERATED
from notebook_kb.notebook.keys import key_of
from notebook_kb.notebook.rename import changed_keys
from notebook_kb.publishing.desk import Desk
from notebook_kb.publishing.journal import NAME as JOURNAL
from notebook_kb.publishing.ledger import FOLDER as LEDGER
from notebook_kb.running.results import is_inside
from notebook_kb.study.identity import base_of, identified_deck, identify
from notebook_kb.study.log import FOLDER as REVIEWS
from notebook_kb.workspace.cards import open_memory

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

    from notebook_kb.notebook.notebook import Notebook
    from notebook_kb.workspace.workspace import Workspace

RESULTS = "results"
RESULT = re.compile(r"\.json|\.[0-9a-f]{16}\.png")


@dataclass(frozen=True, slots=True)
class CardHistory:
    """A card without an id of its own that was answered: where it stands, and the id under which the log knows it."""

    path: str
    number: int
    card: str


def follow_moves(
    workspace: Workspace, before: Notebook, after: Notebook, moves: Mapping[str, str]
) -> list[str]:
    """What belongs to notes follows moves that another program, as an editor, has done: `before` is the notebook as it was,
    `after` as it is, with what is not saved yet.

    Gives what could not follow, in words. Raises `EnvironmentFailedError` for a lock that another process holds.
    """
    keys = changed_keys(before, after, moves)
    touched = {p for p, n in before.notes.items() if after.notes.get(moves.get(p, p), n).digest != n.digest}
    cards = histories(workspace, before, {*touched, *moves}, dict(keys))
    with notebook_lock(workspace.root):
        for old, new in moves.items():
            for kept, other in results_of(workspace, old, new):
                replace_file(workspace.root / kept, workspace.root / other)
    remarks = follow_ledger(workspace, after, keys, moves)
    follow_cards(workspace, after, keys, cards, moves)
    return remarks


def results_of(workspace: Workspace, old: str, new: str) -> Iterator[list[str]]:
    """(old, new) paths of what is kept of the code of a note: `<path>.json`, and figures `<path>.<hash>.png`."""
    folder = workspace.root / workspace.settings.state / RESULTS
    if not all(is_inside(folder.parent, folder / path) for path in (old, new)):
        return  # through a link: no files of this notebook
    name = old.rpartition("/")[2]
    for file in sorted((folder / old).parent.glob("*")):
        rest = file.name.removeprefix(name)
        if rest != file.name and RESULT.fullmatch(rest):
            state = workspace.settings.state
            yield [f"{state}/{RESULTS}/{old}{rest}", f"{state}/{RESULTS}/{new}{rest}"]


def histories(
    workspace: Workspace, notebook: Notebook, paths: Collection[str], keys: Mapping[str, str]
) -> list[CardHistory]:
    """The answered cards without ids in notes that change: their derived ids may be others afterwards."""
    if not (workspace.root / workspace.settings.state / REVIEWS).is_dir():
        return []
    states = open_memory(workspace).states
    known = {base_of(name) for name in states}
    ids = identify(notebook, states).ids
    touched = {*paths, *(p for p, n in notebook.notes.items() if key_of(notebook, n) in keys)}
    return [
        CardHistory(path, number, name)
        for (path, number), name in ids.items()
        if path in touched and name in known and not notebook.notes[path].cards[number].id
    ]


def follow_cards(
    workspace: Workspace,
    notebook: Notebook,
    keys: Collection[tuple[str, str]],
    cards: Collection[CardHistory],
    moves: Mapping[str, str],
) -> None:
    """The history of cards whose derived id is another now goes on under the new one. Doing it twice changes nothing."""
    if not (cards or keys) or not (workspace.root / workspace.settings.state / REVIEWS).is_dir():
        return
    memory = open_memory(workspace)
    ids = identify(notebook, memory.states).ids
    pairs: list[tuple[str, str]] = []
    for card in cards:
        now = ids.get((moves.get(card.path, card.path), card.number), card.card)
        if now != card.card:
            pairs += [(n, now + n[len(card.card) :]) for n in memory.states if base_of(n) == card.card]
    for old, new in keys:
        starts = tuple(f"{old}/{kind}/" for kind in GENERATED)
        pairs += [(n, new + n[len(old) :]) for n in memory.states if n.startswith(starts)]
    deck = identified_deck(notebook, memory.states, generate=GENERATED)[0].cards if pairs else {}
    for old, new in pairs:
        state, card_now = memory.states[old], deck.get(new)
        if new not in memory.states:
            fingerprint, front = (
                (card_now.fingerprint, card_now.front) if card_now else (state.fingerprint, state.front)
            )
            memory.adopt(new, state.stability, state.difficulty, state.last, fingerprint, front)


def follow_ledger(
    workspace: Workspace, notebook: Notebook, keys: Collection[tuple[str, str]], moves: Mapping[str, str]
) -> list[str]:
    """What is known of copies goes on under the new keys and paths. Gives what could not follow, in words."""
    state = workspace.root / workspace.settings.state
    if not (keys or moves) or not ((state / LEDGER).is_dir() or (state / JOURNAL).exists()):
        return []
    remarks: list[str] = []
    desk = Desk(workspace.root, state, {key_of(notebook, n) for n in notebook.notes.values()})
    for old, new in keys:
        known = desk.ledger.get(old).entries or any(s.key == old for s in desk.journal.sends.values())
        if known:
            try:
                desk.adopt(old, new)
            except NotebookError as error:
                remarks.append(error.message)
    with desk.locked():
        for record in list(desk.ledger.records.values()):
            path = moves.get(record.path, record.path)
            concept = dict(keys).get(record.concept, record.concept)
            if (path, concept) != (record.path, record.concept):
                desk.ledger.put(replace(record, path=path, concept=concept))
    return remarks
