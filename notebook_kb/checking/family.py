"""What a family of findings is: what is wrong in one note, and whose findings may differ when another note changed."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Self

from notebook_kb.findings import Finding
from notebook_kb.model.evidence import Evidence
from notebook_kb.model.note import Note
from notebook_kb.notebook.backlinks import keys_that_changed
from notebook_kb.notebook.links import Keys
from notebook_kb.notebook.notebook import Change, Notebook
from notebook_kb.notebook.tables import found_under

if TYPE_CHECKING:
    from collections.abc import Mapping

OfNote = Callable[[Notebook, Note, Evidence], Iterable[Finding]]
Others = Callable[[Change], set[str]]


def no_others(change: Change) -> set[str]:  # noqa: ARG001 - the shape of a family
    """For a family that looks at one note alone (and at what is known of it)."""
    return set()


@dataclass(frozen=True)
class Family:
    """`of_note` gives the findings of one note, all of them with its path. `others` says in which other notes they may
    differ after one note came, went or changed; it may name too many, never too few.
    """

    of_note: OfNote
    others: Others = no_others


def whole(family: Callable[[Notebook], Iterable[Finding]], others: Others) -> Family:
    """A family that looks through the whole notebook at once, as one that is asked for each note. Once for a snapshot."""

    class Table:
        """The findings by path."""

        def __init__(self, notebook: Notebook) -> None:
            self.notebook = notebook

        @classmethod
        def of(cls, notebook: Notebook) -> Self:
            """Nothing is looked for before it is asked."""
            return cls(notebook)

        def after(self, change: Change) -> Self:
            """Anew."""
            return type(self)(change.after)

        @cached_property
        def found(self) -> Mapping[str, list[Finding]]:
            table: dict[str, list[Finding]] = {}
            for one in family(self.notebook):
                table.setdefault(one.path, []).append(one)
            return table

    def of_note(notebook: Notebook, note: Note, evidence: Evidence) -> Iterable[Finding]:  # noqa: ARG001
        return notebook.index(Table).found.get(note.path, [])

    return Family(of_note, others)


def referring(change: Change) -> set[str]:
    """The other notes that refer to any name that the note has or had, whatever it means there."""
    notes = [note for note in (change.old, change.new) if note]
    return (referring_to(change.before, notes) | referring_to(change.after, notes)) - {change.path}


def referring_to(notebook: Notebook, notes: Iterable[Note]) -> set[str]:
    """The notes that refer to any name of these, whatever it means there."""
    names, keys = notebook.roadmap_names, set[str]()
    for note in notes:
        keys |= keys_that_changed(Keys(), notebook.resolver.keys(note))
        keys.update(
            k
            for c in (names.counts_for(note), *(c for c, _ in names.reading(note)))
            for k in names.names_of.get(c, ())
        )
    return found_under(notebook.referrers, keys)


def same_concepts(change: Change) -> set[str]:
    """The notes about a concept of the changed one, and those that explain it."""
    found: set[str] = set()
    for side in (change.before, change.after):
        for concept in change.concepts:
            found.update(note.path for note in side.concept_notes.get(concept, ()))
            found.update(told.note.path for told in side.explanations.get(concept, ()))
    return found
