"""Asking the cards of a review in the terminal."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from notebook_kb.cli.answer_keys import ENTER, LineKeys
from notebook_kb.cli.card_side import side_lines
from notebook_kb.cli.console import clean, note, say, style
from notebook_kb.cli.review_text import (
    IDS,
    RATINGS,
    choices,
    closing,
    flow,
    keys_help,
    nothing_due,
    place_parts,
    span,
    tell,
    title,
)
from notebook_kb.cli.timed_line import END
from notebook_kb.errors import NotebookError
from notebook_kb.study.session import StaleTurnError

if TYPE_CHECKING:
    from notebook_kb.cli.answer_keys import Keys
    from notebook_kb.model.card import StudyCard
    from notebook_kb.study.session import Turn
    from notebook_kb.workspace.card_ids import GivenIds
    from notebook_kb.workspace.review import Review

SHOW = f"{ENTER} "
QUIT = f"q{END}"


def put(lines: list[str]) -> None:
    """Lines as they are."""
    for line in lines:
        say(line)


class Ended(Exception):  # noqa: N818 - no error: the learner stops
    """The learner stops."""


def run_review(opened: Review, keys: Keys) -> None:
    """Ask until nothing is left or the learner stops. Each answer is on the disk before the next question."""
    asker = Asker(opened, keys)
    try:
        with keys:
            is_empty = asker.ask_all()
        if is_empty:
            return
    except Ended:
        pass
    except KeyboardInterrupt:
        say()
        closing(opened.session.summary())
        raise
    say()
    closing(opened.session.summary())


class Asker:
    """Shows questions, reads keys."""

    def __init__(self, opened: Review, keys: Keys) -> None:
        self.opened = opened
        self.session = opened.session
        self.keys = keys
        self.can_ask = not isinstance(keys, LineKeys) or keys.asked_for
        self.told: set[str] = set()
        self.asked_for_ids = False

    def ask_all(self) -> bool:
        """Ask; True if there was nothing to ask from the start."""
        turn = self.session.turn()
        if turn is None:
            nothing_due(self.opened)
            return True
        tell("Enter shows the answer; ? says what the keys do", "quiet", indent="")
        while turn is not None:
            self.ask(turn)
            turn = self.session.turn()
        return False

    def ask(self, turn: Turn) -> None:
        """One card."""
        say()
        put(title(turn))
        if not turn.changed_from:
            self.show(turn.card.front, turn)
        elif not self.same_question(turn):
            return
        begun = time.monotonic()
        key = self.key(SHOW + "seun", "Enter shows the answer")
        if key not in SHOW:
            self.other(key, turn)
            return
        say(style("  ──", "quiet"))
        self.show(turn.card.back, turn)
        say()
        put(choices(self.session.intervals(turn.card.id)))
        key = self.key("1234seun", "1 to 4 says how it was")
        if key in "1234":
            self.answer(turn, int(key), round((time.monotonic() - begun) * 1000))
        else:
            self.other(key, turn)

    def show(self, markdown: str, turn: Turn) -> None:
        """One side of the card."""
        put(side_lines(self.opened.notebook, turn.card, markdown))

    def key(self, known: str, hint: str) -> str:
        """The next key that means something here. Raises `Ended` for q, Ctrl-D and a closed terminal."""
        while True:
            key = self.keys.read()
            if key in QUIT:
                raise Ended
            if key in known:
                return key
            if key == "?":
                put(keys_help())
            else:
                tell(f"{hint}; ? says what the keys do", "quiet")

    def answer(self, turn: Turn, rating: int, ms: int) -> None:
        """Write it, and say when the card comes back and where it stands."""
        try:
            answered, given = self.opened.answer(turn.card.id, rating, ms, turn.seen)
        except StaleTurnError as error:
            note(f"{style('note', 'path', err=True)}: {error.message}")
            return
        when = f"in {span(answered.days)}" if answered.due else "it comes once more"
        kind = "ok" if rating > 1 else "warning"
        put(flow([(kind, RATINGS[rating], "", f", {when}"), *place_parts(turn.card)], gap="  "))
        self.warn(given or self.ask_for_ids(answered.card))

    def warn(self, given: GivenIds | None) -> None:
        """Say once for each note that no ids could be written."""
        if given and given.problem and given.path not in self.told:
            self.told.add(given.path)
            note(f"  {style('warning', 'warning', err=True)}: no ids were written: {clean(given.problem)}")

    def ask_for_ids(self, card: StudyCard) -> GivenIds | None:
        """Once for a notebook: whether ids may be written into its notes. Whoever pipes answers in is not asked."""
        if not self.opened.lacks_id(card) or self.opened.may_write_ids() is not None or self.asked_for_ids:
            return None
        self.asked_for_ids = True
        if not self.can_ask:
            note(f"  no ids were written into {card.path}; `kb cards sync` does it")
            return None
        for words in IDS:
            tell(words.format(card.base_id))
        may = self.key("yn", "y or n") == "y"
        self.opened.decide_ids(may=may)
        if not may:
            tell("nothing is written; `kb cards sync` does it when you want it", "quiet")
        return self.opened.write_ids(card)

    def other(self, key: str, turn: Turn) -> None:
        """Skip, undo, edit, begin anew."""
        match key:
            case "s":
                self.session.skip(turn.card.id)
            case "u":
                card = self.session.undo()
                tell("taken back" if card else "  there is no answer of today to take back", "quiet")
            case "e":
                self.edit(turn)
            case "n":
                self.session.start_anew(turn.card.id)
                tell("its history begins anew", "quiet")

    def same_question(self, turn: Turn) -> bool:
        """Whether a question that was much changed is still the same; else its history begins anew and it is asked as new."""
        tell("This question was changed. Before it was:", "quiet")
        self.show(turn.changed_from, turn)
        tell("now:", "quiet")
        self.show(turn.card.front, turn)
        tell("Is it still the same question? y keeps its history, n begins anew")
        if self.key("yn", "y or n") == "n":
            self.session.start_anew(turn.card.id)
            return False
        return True

    def edit(self, turn: Turn) -> None:
        """Open the card in the editor, then read its note again."""
        from notebook_kb.cli.editor import arguments, editor_command, run_editor

        card, workspace = turn.card, self.opened.workspace
        if not card.path:
            tell("this card is the roadmap's", "quiet")
            return
        command = editor_command(workspace.root, workspace.settings) if self.can_ask else []
        if command:
            self.keys.__exit__()
            try:
                run_editor(arguments(command, workspace.root / card.path, card.line))
            except NotebookError as error:
                note(f"  {error.message}")
            finally:
                self.keys.__enter__()
        else:
            put(flow(place_parts(card), gap="  "))
            tell("no editor is set: KB_EDITOR=nano, or `editor: nano` in notebook.yml", "quiet")
            tell("change the card there, then press Enter")
            self.key(SHOW, "Enter when it is changed")
        self.opened.read_again(card.path)
