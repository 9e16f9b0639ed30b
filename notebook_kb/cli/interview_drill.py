"""The drill of `kb interview` at the terminal: one key an answer."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from notebook_kb.cli.console import counted, say, style
from notebook_kb.cli.interview_text import GRADES, about, key_of, place, show_side
from notebook_kb.study.drill import Drill

if TYPE_CHECKING:
    from notebook_kb.model.card import StudyCard
    from notebook_kb.notebook.notebook import Notebook
    from notebook_kb.study.memory import Memory

SKIP, UNDO, QUIT = "s", "u", "q"
MOST_LISTED = 10


def run_drill(notebook: Notebook, memory: Memory, cards: tuple[StudyCard, ...]) -> None:
    """Ask the cards until they are through or the learner stops; each answer is in the log at once."""
    drill = Drill(cards, memory)
    say(f"{style('Drill', 'title')}  {counted(len(cards), 'card')}, weakest first")
    say(style("Enter shows the answer, 1 to 4 says how it was, s skips, u takes back, q ends", "quiet"))
    while (card := drill.card()) is not None:
        if ask(notebook, drill, card) == QUIT:
            break
    finish(drill)


def ask(notebook: Notebook, drill: Drill, card: StudyCard) -> str:
    """One card; gives the key that ended it."""
    say()
    say(f"{style(about(card), 'title')}  {style(f'{len(drill.waiting)} left', 'quiet')}")
    show_side(notebook, card, card.front)
    begun = time.monotonic()
    key = key_of("\r suq")
    ms = int((time.monotonic() - begun) * 1000)
    if key in "\r ":
        say(style("  —", "quiet"))
        show_side(notebook, card, card.back)
        say(f"  {place(card)}   {style('   '.join(GRADES), 'quiet')}")
        key = key_of("1234suq")
    if key in "1234":
        drill.answer(int(key), ms)
    elif key == SKIP:
        drill.skip()
    elif key == UNDO and not drill.undo():
        say(style("  there is no answer to take back", "quiet"))
    return key


def finish(drill: Drill) -> None:
    """What came of it, and where to look."""
    missed = drill.missed()
    say()
    say(
        f"{drill.known()} known, {len(missed)} not yet. This changed nothing of when they come back in kb review."
    )
    for card in missed[:MOST_LISTED]:
        say(f"  {place(card)}  {about(card)}")
    if len(missed) > MOST_LISTED:
        say(style(f"  and {len(missed) - MOST_LISTED} more", "quiet"))
