"""`kb cards import`: cards of other programs in notes become cards of ours, with their schedules.

For each note: a copy of it is kept, its schedules go into the log, then the note is written, ids and all, in one step. A
kill between the last two leaves the note with its old signs: the next run makes the same ids, sees what the log knows
already, and goes on.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, replace
from pathlib import PurePosixPath
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from notebook_kb.errors import NotebookError
from notebook_kb.files.lock import notebook_lock
from notebook_kb.files.write import write_file
from notebook_kb.parsing.cards import KINDS
from notebook_kb.parsing.note import parse_note
from notebook_kb.scaffolding.edits import BOM
from notebook_kb.scaffolding.foreign_cards import with_cards_in
from notebook_kb.study.card_ids import card_ids
from notebook_kb.study.deck import study_cards
from notebook_kb.study.foreign import LeftAlone
from notebook_kb.study.foreign_cards import Finder
from notebook_kb.study.foreign_settings import plugin_dialect
from notebook_kb.study.memory import Memory, now
from notebook_kb.workspace.authoring import find_note, note_text, read_again

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from datetime import datetime
    from pathlib import Path

    from notebook_kb.files.read import Snapshot
    from notebook_kb.model.note import Card, Note
    from notebook_kb.notebook.notebook import Notebook
    from notebook_kb.study.foreign import Change, Dialect, NewCard
    from notebook_kb.study.foreign_schedule import ForeignSchedule
    from notebook_kb.workspace.workspace import Workspace

PROVISIONAL = "k-imported-"
UNLIKE = "as a card of ours it would be read in another way, so it is left alone"


@dataclass
class NoteImport:
    """What becomes of one note. `raw` is its text, `after` the note that it becomes; `numbers` say which of its cards
    are new, `ids` are theirs.
    """

    note: Note
    snapshot: Snapshot | None
    changes: list[Change]
    left: list[LeftAlone]
    without_tag: int
    raw: str = ""
    after: Note | None = None
    numbers: list[int] = field(default_factory=list)
    ids: list[str] = field(default_factory=list)
    problem: str = ""
    hint: str = ""

    @property
    def new_cards(self) -> list[NewCard]:
        """The cards in their order."""
        return [card for change in self.changes for card in change.cards]


@dataclass(frozen=True)
class Imported:
    """What was, or would be, done. `scheduled` counts schedules, `adopted` those written now, `backup` is the folder of
    the notes as they were.
    """

    notes: tuple[NoteImport, ...]
    scheduled: int = 0
    adopted: int = 0
    backup: Path | None = None
    warning: str = ""

    @property
    def changed(self) -> tuple[NoteImport, ...]:
        """The notes that have foreign cards, and were written."""
        return tuple(n for n in self.notes if n.changes and not n.problem)

    @property
    def cards(self) -> int:
        """How many cards: of a text with gaps one for each."""
        return sum(card.gaps or 1 for n in self.changed for card in n.new_cards)


def import_cards(
    workspace: Workspace,
    names: Sequence[str] = (),
    *,
    dry_run: bool = False,
    untagged: bool = False,
    clock: Callable[[], datetime] = now,
) -> Imported:
    """Take over the foreign cards of the notes or folders that `names` mean, of all notes without one.

    Raises NotebookError for an unknown name and for a log that cannot be written; what is wrong with one note stays its
    own `problem`, and the others go on.
    """
    notebook = workspace.load().notebook
    dialect = plugin_dialect(workspace.root)
    found = [
        one
        for note in chosen(notebook, names)
        if (one := look_into(workspace, note, dialect, untagged=untagged)) is not None
    ]
    give_ids(notebook, [n for n in found if n.changes and not n.problem])
    ready = [n for n in found if n.changes and not n.problem]
    scheduled = sum(s is not None for n in ready for c in n.new_cards for s in c.schedules)
    if dry_run or not ready:
        return Imported(tuple(found), scheduled)
    # two imports at once would both write a schedule
    with notebook_lock(workspace.root):
        backup = backup_folder(workspace)
        memory = Memory.open(workspace.root / workspace.settings.state, clock=clock) if scheduled else None
        adopted = 0
        for one in ready:
            try:
                adopted += take_over(workspace, notebook, one, memory, backup, clock())
            except NotebookError as error:
                one.problem, one.hint = error.message, error.hint
    return Imported(tuple(found), scheduled, adopted, backup, memory.warning if memory else "")


def chosen(notebook: Notebook, names: Sequence[str]) -> Iterator[Note]:
    """The notes that names mean: a folder's notes, or one note. UsageError for an unknown one."""
    paths: dict[str, None] = {}
    for name in names:
        folder = PurePosixPath(name.replace("\\", "/")).as_posix().strip("/") + "/"
        inside = [p for p in notebook.notes if p.startswith(folder)]
        paths |= dict.fromkeys(inside or [find_note(notebook, name).path])
    yield from (notebook.notes[p] for p in (paths if names else notebook.notes))


def look_into(workspace: Workspace, note: Note, dialect: Dialect, *, untagged: bool) -> NoteImport | None:
    """The foreign cards of one note; None where nothing in it looks like one."""
    try:
        snapshot = read_again(workspace, note)
        raw = note_text(snapshot, note.path)
    except NotebookError as error:
        return NoteImport(note, None, [], [], 0, problem=error.message, hint=error.hint)
    text = raw.removeprefix(BOM).replace("\r\n", "\n").replace("\r", "\n").replace("\x00", "\ufffd")
    body = "\n".join(text.split("\n")[note.body_line - 1 :])
    labels = workspace.pack.labels
    words = {kind: labels[name][0] for name, kind in KINDS.items()}
    marks = workspace.loader.names.card_marks
    finder = Finder(text, note.body_line, body, marks, words, note.tags, dialect, untagged=untagged)
    finder.find()
    if not (finder.changes or finder.left or finder.without_tag):
        return None
    one = NoteImport(note, snapshot, finder.changes, finder.left, finder.without_tag)
    settle(workspace, one, raw)
    return one


def settle(workspace: Workspace, one: NoteImport, raw: str) -> None:
    """Leave out each change after which the note would not say what is meant. Tried with ids that no card has."""
    while one.changes:
        names = [f"{PROVISIONAL}{n}" for n in range(len(one.new_cards))]
        after = parsed(workspace, one.note, new_text(raw, one.changes, names))
        bad = misread(one, after, names)
        if not bad and [bare(c) for c in after.cards if c.id not in names] != [
            bare(c) for c in one.note.cards
        ]:
            bad = list(one.changes)
        if not bad:
            fresh = tuple(replace(c, id="") if c.id in names else c for c in after.cards)
            places = {c.id: n for n, c in enumerate(after.cards)}
            one.after, one.raw = replace(after, cards=fresh), raw
            one.numbers = [places[name] for name in names]
            return
        one.left += [LeftAlone(c.first, UNLIKE) for c in bad]
        one.changes = [c for c in one.changes if c not in bad]


def new_text(raw: str, changes: Sequence[Change], ids: Sequence[str]) -> str:
    """The note's text with the new cards in it."""
    names = iter(ids)
    made = [(c.first, c.last, [card.with_id(next(names)) for card in c.cards]) for c in changes]
    bom = BOM if raw.startswith(BOM) else ""
    return bom + with_cards_in(raw.removeprefix(BOM), made)


def parsed(workspace: Workspace, note: Note, text: str) -> Note:
    """The note that a text makes."""
    return parse_note(text.removeprefix(BOM), note.path, note.digest, workspace.loader.names).note


def misread(one: NoteImport, after: Note, names: Sequence[str]) -> list[Change]:
    """The changes whose cards are not read as they are meant."""
    by_id = {card.id: card for card in after.cards}
    given = iter(names)
    bad = []
    for change in one.changes:
        read = [same(by_id.get(next(given)), card) for card in change.cards]
        if not all(read):
            bad.append(change)
    return bad


def same(card: Card | None, meant: NewCard) -> bool:
    """Whether a card is read with all its lines and gaps, and nothing else."""
    if card is None or card.cloze is not bool(meant.gaps) or len(card.gaps) != meant.gaps:
        return False
    whole = card.place.end_line - card.place.line + 1 == len(meant.with_id("k-x"))
    return whole and (card.cloze or bool(card.front and card.back))


def bare(card: Card) -> tuple[bool, str, str, str]:
    """What must stay as it is."""
    return card.cloze, card.front, card.back, card.id


def give_ids(notebook: Notebook, found: Sequence[NoteImport]) -> None:
    """Find the ids of all new cards at once: none may be given twice."""
    fresh = {one.note.path: one.after for one in found if one.after}
    table = card_ids(replace(notebook, notes={**notebook.notes, **fresh}))
    for one in found:
        one.ids = [table[one.note.path, number] for number in one.numbers]


def backup_folder(workspace: Workspace) -> Path:
    """A folder that is not there yet."""
    top = workspace.root / workspace.settings.state / "backup"
    number = 1
    while (top / f"import-{number}").exists():
        number += 1
    return top / f"import-{number}"


def take_over(
    workspace: Workspace,
    notebook: Notebook,
    one: NoteImport,
    memory: Memory | None,
    backup: Path,
    at: datetime,
) -> int:
    """Keep a copy, write the schedules, write the note; how many schedules were written. Raises NotebookError."""
    assert one.snapshot is not None
    text = new_text(one.raw, one.changes, one.ids)
    after = parsed(workspace, one.note, text)
    if Counter(c.id for c in after.cards if c.id in set(one.ids)) != Counter(one.ids):
        raise NotebookError(f"{one.note.path}: {UNLIKE}", "put a blank line below each card, then try again")
    write_file(backup / one.note.path, one.snapshot.data, None)
    adopted = adopt(workspace, notebook, one, after, memory, at) if memory else 0
    write_file(workspace.root / one.note.path, text.encode(), one.snapshot)
    return adopted


def adopt(
    workspace: Workspace, notebook: Notebook, one: NoteImport, after: Note, memory: Memory, at: datetime
) -> int:
    """Write the schedules that the log does not know yet, or knows from an earlier day."""
    view = replace(notebook, notes={**notebook.notes, one.note.path: after})
    zone = ZoneInfo(workspace.settings.timezone)
    count = 0
    by_id = {card.id: card for card in after.cards}
    for name, meant in zip(one.ids, one.new_cards, strict=True):
        card = by_id[name]
        times: tuple[ForeignSchedule | None, ...] = meant.schedules
        for study, schedule in zip(study_cards(view, after, card, card.id), times, strict=False):
            if schedule is None:
                continue
            last = schedule.answered_at(zone, at)
            known = memory.states.get(study.id)
            if known is not None and (last >= at or known.last >= last):
                continue
            memory.adopt(
                study.id, schedule.stability, schedule.difficulty, last, study.fingerprint, study.front
            )
            count += 1
    return count
