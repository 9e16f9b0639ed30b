"""Where a learner stands: the figures, the concepts worked on, one next step, and why they began."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from notebook_kb.files.read import decode, read_file
from notebook_kb.findings import Severity
from notebook_kb.learning.coverage import State, count_states, cover
from notebook_kb.learning.suggest import suggest
from notebook_kb.notebook.public import is_public
from notebook_kb.parsing.head import split_head
from notebook_kb.workspace.findings import all_findings
from notebook_kb.workspace.known import cards_due
from notebook_kb.workspace.words import missing_words, part_title, sources_words, suggestion_command
from notebook_kb.workspace.workspace import Workspace

if TYPE_CHECKING:
    from notebook_kb.learning.coverage import ConceptCoverage
    from notebook_kb.notebook.load import Loaded
    from notebook_kb.notebook.notebook import Notebook

SHOWN = 2
LONGEST_GREETING = 160
COMMENT = re.compile(r"<!--.*?-->|%%.*?%%", re.DOTALL)


@dataclass(frozen=True, slots=True)
class StandingLine:
    """One concept in a line."""

    concept: str
    state: str
    sources: str
    missing: str


@dataclass(frozen=True, slots=True)
class Standing:
    """What bare `kb` says."""

    title: str
    greeting: str
    covered: int
    started: int
    total: int
    public: int
    recent: tuple[StandingLine, ...]
    trouble: str
    next_words: str
    next_command: str
    due: int = 0


def standing() -> Standing:
    """Of the notebook that holds the current folder."""
    workspace = Workspace.open()
    loaded = workspace.load()
    notebook = loaded.notebook
    table = cover(notebook, workspace.evidence(loaded))
    counts = count_states(table)
    suggestions = suggest(notebook, table, limit=1)
    words, command = "every concept is covered; kb coverage says what makes each one solid", ""
    if suggestions:
        first = suggestions[0]
        words = f"{first.concept.title}, {part_title(notebook, first.what)} ({first.why})"
        command = suggestion_command(first)
    return Standing(
        workspace.settings.title or notebook.roadmap.title,
        greeting(workspace, notebook),
        counts["covered"] + counts["solid"],
        counts["started"],
        len(table),
        sum(is_public(n, notebook.today) for n in notebook.notes.values()),
        tuple(line(notebook, item) for item in recent(workspace, table)),
        trouble(workspace, loaded),
        words,
        command,
        cards_due(workspace.root, notebook),
    )


def line(notebook: Notebook, item: ConceptCoverage) -> StandingLine:
    """A concept's state with its first missing thing."""
    missing = missing_words(notebook, item.missing[0]) if item.missing and item.state is State.STARTED else ""
    return StandingLine(
        item.concept.id, str(item.state), sources_words(item) if item.sources else "", missing
    )


def recent(workspace: Workspace, table: dict[str, ConceptCoverage]) -> list[ConceptCoverage]:
    """The concepts whose notes were saved last. This alone asks the clock of the files: it is for the terminal only."""
    written = [c for c in table.values() if c.note and c.state is not State.EMPTY]

    def saved(item: ConceptCoverage) -> float:
        try:
            return (workspace.root / item.note).stat().st_mtime
        except OSError:
            return 0.0

    return sorted(written, key=lambda c: (-saved(c), c.concept.id))[:SHOWN]


def trouble(workspace: Workspace, loaded: Loaded) -> str:
    """Errors and warnings in a few words; '' when there are none."""
    found = all_findings(workspace, loaded)
    errors = sum(f.count for f in found if f.severity is Severity.ERROR)
    warnings = sum(f.count for f in found if f.severity is Severity.WARNING)
    parts = [
        f"{n} {word}{'' if n == 1 else 's'}" for n, word in ((errors, "error"), (warnings, "warning")) if n
    ]
    return ", ".join(parts)


def greeting(workspace: Workspace, notebook: Notebook) -> str:
    """The first line that was written in why.md; '' when there is none or it is turned off."""
    if not workspace.settings.greet:
        return ""
    path = next((p for p in notebook.notes if p.rsplit("/", 1)[-1].casefold() == "why.md"), "")
    if not path:
        return ""
    text, _ = decode(read_file(workspace.root / path).data)
    split = split_head(text)
    body = COMMENT.sub("", text[split[1] :] if split else text)
    for raw in body.splitlines():
        stripped = raw.strip()
        if stripped and not stripped.startswith("#"):
            return stripped[:LONGEST_GREETING]
    return ""
