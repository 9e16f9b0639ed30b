"""The cards of a workspace with their history: the deck, what is wrong, giving ids."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from notebook_kb.findings import finding
from notebook_kb.parsing.note import plain_line
from notebook_kb.parsing.tree import parse_document
from notebook_kb.rendering.cards import one_run
from notebook_kb.study.identity import card_of, identify, moved_gaps
from notebook_kb.study.log import FOLDER
from notebook_kb.study.memory import TOO_NEW, Memory, log_findings, now

if TYPE_CHECKING:
    from notebook_kb.findings import Finding
    from notebook_kb.notebook.notebook import Notebook
    from notebook_kb.workspace.workspace import Workspace

LONGEST = 60
A_DAY = timedelta(days=1)


def open_memory(workspace: Workspace) -> Memory:
    """The history of this notebook's cards."""
    return Memory.open(workspace.root / workspace.settings.state)


def history_findings(workspace: Workspace, notebook: Notebook) -> list[Finding]:
    """Damaged lines of the log, cards that may have lost their ids, gaps that changed places. Nothing where nothing was
    ever answered.
    """
    state = workspace.root / workspace.settings.state
    found = log_findings(state)
    if not (state / FOLDER).is_dir() or any(f.code == TOO_NEW for f in found):
        return found
    memory = open_memory(workspace)
    found += future_findings(workspace, memory)
    for lost in identify(notebook, memory.states).lost:
        message = f"this is almost what `^{lost.old}` asked, which is gone: {one_line_of(lost.front)}"
        hint = f"`kb cards sync` asks whether it is the same card; or write ` ^{lost.old}` behind its answer"
        found.append(finding("KB706", message, hint, path=lost.place[0], place=lost.card.place))
    for place, name in moved_gaps(notebook, memory.states):
        message = f"the gaps of `^{name}` are not in the order in which they were answered"
        hint = "put them back in their order, or delete the id to begin anew"
        found.append(finding("KB707", message, hint, path=place[0], place=card_of(notebook, place).place))
    return found


def future_findings(workspace: Workspace, memory: Memory) -> list[Finding]:
    """Answers that were given when a clock was wrong by more than a day."""
    late = sorted(s.last for s in memory.states.values() if s.last > now() + A_DAY)
    if not late:
        return []
    day = late[0].date().isoformat()
    cards = f"{len(late)} cards were" if len(late) > 1 else "a card was"
    message = f"{cards} answered in the future, first on {day}: the clock was wrong"
    hint = "delete the lines of that day from the log; the cards are then as they were before"
    folder = f"{workspace.settings.state}/{FOLDER}"
    return [finding("KB710", message, hint, path=folder)]


def one_line_of(markdown: str, longest: int = LONGEST) -> str:
    """A question on one line for lists: formulas in plain signs, cut where it is long."""
    text = plain_line(one_run(parse_document(markdown)[0].blocks))
    return text if len(text) <= longest else f"{text[: longest - 1].rstrip()}…"
