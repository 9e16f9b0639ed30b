"""What the history of answers says against the notes. Kept while a note is edited, as long as its cards ask the same."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import TYPE_CHECKING

from notebook_kb.findings import finding
from notebook_kb.model.document import NOWHERE
from notebook_kb.study.identity import card_of, identify, moved_gaps
from notebook_kb.study.log import FOLDER
from notebook_kb.study.memory import TOO_NEW, Memory, log_findings, now
from notebook_kb.workspace.cards import one_line_of
from notebook_kb.workspace.known import log_signature

if TYPE_CHECKING:
    from collections.abc import Iterator

    from notebook_kb.findings import Finding
    from notebook_kb.model.note import Note
    from notebook_kb.notebook.notebook import Change, Notebook
    from notebook_kb.study.card_ids import CardPlace

A_DAY = timedelta(days=1)
FUTURE = "KB710"


@dataclass(frozen=True, slots=True)
class History:
    """What was found: `log` in the log itself, `lost` and `moved` at cards, with the id and the words of the question."""

    log: tuple[Finding, ...] = ()
    lost: tuple[tuple[CardPlace, str, str], ...] = ()
    moved: tuple[tuple[CardPlace, str], ...] = ()


@dataclass(frozen=True)
class HistoryProblems:
    """The findings of the history, without places: these move with every line. Looked for anew when the log has grown."""

    notebook: Notebook
    known: dict[tuple[tuple[str, int], ...], History] = field(default_factory=dict)

    @classmethod
    def of(cls, notebook: Notebook) -> HistoryProblems:
        """Of a notebook (not of its public view); nothing is looked for before it is asked."""
        return cls(notebook)

    def after(self, change: Change) -> HistoryProblems:
        """The same where the note's cards are the same."""
        return self if card_facts(change.old) == card_facts(change.new) else HistoryProblems(change.after)

    def now(self) -> History:
        """What the log says as it stands now."""
        seen = log_signature(self.notebook.root, self.notebook.settings)
        if seen not in self.known:
            self.known.clear()
            self.known[seen] = look(self.notebook)
        return self.known[seen]


def card_facts(note: Note | None) -> object:
    """What of a note the ids of cards depend on."""
    if note is None:
        return None
    cards = tuple(replace(card, place=NOWHERE, heading="", open_end=True) for card in note.cards)
    return note.id, note.type, note.concept, note.title, note.aliases, cards


def look(notebook: Notebook) -> History:
    """Damaged lines of the log, cards that may have lost their ids, gaps that changed places. Nothing where nothing was
    ever answered.
    """
    state = notebook.root / notebook.settings.state
    found = log_findings(state)
    if not (state / FOLDER).is_dir() or any(f.code == TOO_NEW for f in found):
        return History(tuple(found))
    memory = Memory.open(state)
    lost = tuple((one.place, one.old, one.front) for one in identify(notebook, memory.states).lost)
    moved = tuple(moved_gaps(notebook, memory.states))
    return History((*found, *future_findings(notebook, memory)), lost, moved)


def history_findings(notebook: Notebook, path: str | None = None) -> Iterator[Finding]:
    """The findings of the history: all, or with `path` those in one file."""
    history = notebook.index(HistoryProblems).now()
    yield from (f for f in history.log if path in {None, f.path})
    for place, old, front in history.lost:
        if path in {None, place[0]}:
            message = f"this is almost what `^{old}` asked, which is gone: {one_line_of(front)}"
            hint = f"`kb cards sync` asks whether it is the same card; or write ` ^{old}` behind its answer"
            yield finding("KB706", message, hint, path=place[0], place=card_of(notebook, place).place)
    for place, name in history.moved:
        if path in {None, place[0]}:
            message = f"the gaps of `^{name}` are not in the order in which they were answered"
            hint = "put them back in their order, or delete the id to begin anew"
            yield finding("KB707", message, hint, path=place[0], place=card_of(notebook, place).place)


def future_findings(notebook: Notebook, memory: Memory) -> list[Finding]:
    """Answers that were given when a clock was wrong by more than a day."""
    late = sorted(s.last for s in memory.states.values() if s.last > now() + A_DAY)
    if not late:
        return []
    day = late[0].date().isoformat()
    cards = f"{len(late)} cards were" if len(late) > 1 else "a card was"
    message = f"{cards} answered in the future, first on {day}: the clock was wrong"
    hint = "delete the lines of that day from the log; the cards are then as they were before"
    folder = f"{notebook.settings.state}/{FOLDER}"
    return [finding(FUTURE, message, hint, path=folder)]
