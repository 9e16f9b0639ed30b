"""The mock interview of `kb interview` at the terminal: two minutes a question, an answer, then what the note says."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from notebook_kb.cli.card_side import INDENT
from notebook_kb.cli.console import clean, counted, say, style, width
from notebook_kb.cli.interview_text import GRADES, about, key_of, place, show_side
from notebook_kb.cli.timed_line import timed_answer
from notebook_kb.study.log import Mode
from notebook_kb.study.mock import SECONDS, Answered, read_again

if TYPE_CHECKING:
    from notebook_kb.model.card import StudyCard
    from notebook_kb.notebook.notebook import Notebook
    from notebook_kb.study.memory import Memory

HURRY = 30
QUIT = "q"
NUMBERS = {1: "this note", 2: "these two notes", 3: "these three notes"}


def run_mock(notebook: Notebook, memory: Memory, cards: tuple[StudyCard, ...]) -> None:
    """Ask each question once; Ctrl-C or q goes on to the end with what was answered. Each grade is in the log at once."""
    say(f"{style('Mock interview', 'title')}  {counted(len(cards), 'question')}, two minutes each")
    say(
        style(
            "say the answer aloud and press Enter, or type it and end with an empty line; nobody grades it but you",
            "quiet",
        )
    )
    answers: list[Answered] = []
    for number, card in enumerate(cards, start=1):
        answer = ask(notebook, memory, card, f"{number} of {len(cards)}")
        if answer is None:
            break
        answers.append(answer)
    closing(notebook, answers)


def ask(notebook: Notebook, memory: Memory, card: StudyCard, count: str) -> Answered | None:
    """One question with its answer and grade; None when the learner stops."""
    say()
    say(f"{style(f'Question {count}', 'title')}  {style(about(card), 'quiet')}")
    show_side(notebook, card, card.front)
    try:
        typed, ms = timed_answer(SECONDS, clock, width(), lambda text: click.echo(text, nl=False))
    except KeyboardInterrupt:
        say()
        return None
    over = f", {clock_words(ms // 1000 - SECONDS)} over" if ms > SECONDS * 1000 else ""
    say(style(f"{INDENT}{clock_words(ms // 1000)}{over}", "quiet"))
    show_side(notebook, card, card.back)
    say(f"{INDENT}{place(card)}   {style('   '.join(GRADES), 'quiet')}")
    try:
        key = key_of("1234q")
    except KeyboardInterrupt:
        key = QUIT
    if key == QUIT:
        return None
    memory.record(card.id, int(key), ms, Mode.MOCK, card.fingerprint, card.front)
    return Answered(card, typed, int(key), ms)


def clock(left: int) -> str:
    """The time that is left, before the line that is typed."""
    words = clock_words(left) if left >= 0 else f"+{clock_words(-left)}"
    return f"{style(words, 'quiet' if left > HURRY else 'warning' if left > 0 else 'error')} › "


def clock_words(seconds: int) -> str:
    """1:45"""
    return f"{seconds // 60}:{seconds % 60:02d}"


def closing(notebook: Notebook, answers: list[Answered]) -> None:
    """What to read again, and what was typed beside what the notes say."""
    say()
    if not answers:
        say("nothing was answered")
        return
    typed = [a for a in answers if a.typed]
    if typed:
        say(style("What you typed, and what your notes say", "title"))
    for answer in typed:
        say()
        show_side(notebook, answer.card, answer.card.front)
        say(style(f"{INDENT}you, graded {answer.rating}", "quiet"))
        for line in answer.typed.split("\n"):
            say(f"{INDENT * 2}{clean(line)}")
        say(f"{style(f'{INDENT}the note', 'quiet')}  {place(answer.card)}")
        show_side(notebook, answer.card, answer.card.back, INDENT * 2)
    notes = read_again(answers)
    say()
    if notes:
        say(style(f"Read {NUMBERS[len(notes)]} again", "title"))
        for one in notes:
            say(f"  {style(f'{one.path}:{one.line}', 'path')}  {clean(one.title)}")
    else:
        say("all of it without thinking: nothing to read again")
    say("This changed nothing of when your cards come back in kb review.")
