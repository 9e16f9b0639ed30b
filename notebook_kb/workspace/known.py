"""What is known of a workspace's notebook today, for whoever sits before it: never for the public site."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from notebook_kb.errors import NotebookError
from notebook_kb.study.days import study_zone
from notebook_kb.study.identity import identified_deck
from notebook_kb.study.log import FOLDER
from notebook_kb.study.memory import Memory, now
from notebook_kb.study.schedule import retention_for
from notebook_kb.study.standing import View, known_by_concept, standing

if TYPE_CHECKING:
    from pathlib import Path

    from notebook_kb.learning.known import Known
    from notebook_kb.notebook.notebook import Notebook
    from notebook_kb.settings import Settings
    from notebook_kb.study.standing import Standing


def has_history(root: Path, settings: Settings) -> bool:
    """Whether anything was ever answered in this notebook."""
    return (root / settings.state / FOLDER).is_dir()


def log_signature(root: Path, settings: Settings) -> tuple[tuple[str, int], ...]:
    """What changes when anything was answered: the log's files and their sizes."""
    folder = root / settings.state / FOLDER
    try:
        return tuple(sorted((p.name, p.stat().st_size) for p in folder.iterdir()))
    except OSError:
        return ()


def view_of(settings: Settings) -> View:
    """From where one looks: now, in the notebook's days."""
    return View(now(), study_zone(settings), lambda area: retention_for(settings, area))


def known(root: Path, notebook: Notebook) -> tuple[dict[str, Known], str]:
    """(how much of each concept is known, why that cannot be told): {} where nothing was ever answered."""
    settings = notebook.settings
    if not has_history(root, settings):
        return {}, ""
    try:
        states = Memory.open(root / settings.state).states
    except NotebookError as error:
        return {}, error.message
    deck, _ = identified_deck(notebook, states)
    return known_by_concept(deck, states, view_of(settings)), ""


def cards_due(root: Path, notebook: Notebook) -> int:
    """How many cards that were answered before are due today; 0 where the log cannot be read."""
    return sum(due_by_note(root, notebook).values())


def due_by_note(root: Path, notebook: Notebook) -> dict[str, int]:
    """Path of a note ('' for the roadmap's cards) → how many of its cards are due today."""
    settings = notebook.settings
    if not has_history(root, settings):
        return {}
    try:
        states = Memory.open(root / settings.state).states
    except NotebookError:
        return {}
    deck, _ = identified_deck(notebook, states)
    view = view_of(settings)
    due = (c for c in deck.cards.values() if c.id in states)
    return dict(Counter(c.path for c in due if view.due_day(c, states[c.id]) <= view.today))


def standing_of(root: Path, notebook: Notebook) -> Standing:
    """Where one stands with all cards. Raises NotebookError where the log cannot be read."""
    settings = notebook.settings
    memory = Memory.open(root / settings.state)
    deck, _ = identified_deck(notebook, memory.states)
    areas = {a.id: a.title for a in notebook.roadmap.areas}
    return standing(deck, memory.states, memory.reviews(), view_of(settings), areas)
