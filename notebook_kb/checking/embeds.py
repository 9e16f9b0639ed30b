"""Embeds that would show themselves again."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

from notebook_kb.findings import finding
from notebook_kb.notebook.anchors import heading_anchor, headlines_below

if TYPE_CHECKING:
    from collections.abc import Iterator

    from notebook_kb.findings import Finding
    from notebook_kb.model.note import Note, Reference
    from notebook_kb.notebook.notebook import Notebook

LAST_LINE = 10**9


class Shown(NamedTuple):
    """What an embed shows: a note (`anchor` is ''), a section or a block of it."""

    path: str
    anchor: str


class Embeds:
    """Which embed stands where, and what it shows."""

    def __init__(self, notebook: Notebook) -> None:
        self.notebook = notebook

    @cached_property
    def of_note(self) -> dict[str, list[tuple[Reference, Shown]]]:
        """Path → the embeds of notes in that note, with what each shows."""
        table: dict[str, list[tuple[Reference, Shown]]] = {}
        for note in self.notebook.notes.values():
            for reference in note.references:
                if reference.kind != "embed":
                    continue
                shown = self.shown(note, reference)
                if shown:
                    table.setdefault(note.path, []).append((reference, shown))
        return table

    def shown(self, note: Note, reference: Reference) -> Shown | None:
        """What an embed shows; None where that is no note."""
        other = self.notebook.notes.get(self.notebook.resolver.resolve(reference.target, note.path).note)
        if other is None:
            return None
        anchor = heading_anchor(other, reference.heading, private=True)
        return None if reference.heading and not anchor else Shown(other.path, anchor)

    def inside(self, shown: Shown) -> Iterator[tuple[Reference, Shown]]:
        """The embeds that stand in what is shown."""
        first, last = self.lines(shown)
        for reference, inner in self.of_note.get(shown.path, ()):
            if first <= reference.place.line <= last:
                yield reference, inner

    def lines(self, shown: Shown) -> tuple[int, int]:
        """The lines of a note or section; of a block none, since it holds no embed but itself."""
        if not shown.anchor:
            return 0, LAST_LINE
        outline = self.notebook.notes[shown.path].outline
        at = next((i for i, h in enumerate(outline) if h.anchor == shown.anchor), None)
        if at is None:
            return LAST_LINE, 0
        after = at + 1 + len(headlines_below(outline, at))
        return outline[at].line, outline[after].line - 1 if after < len(outline) else LAST_LINE

    def ring(self, note: Note, reference: Reference, shown: Shown) -> tuple[str, ...]:
        """The notes from the embed back to itself; () when it does not come back."""
        chains: dict[Shown, tuple[str, ...]] = {shown: (note.path, shown.path)}
        waiting = [shown]
        while waiting:
            here = waiting.pop(0)
            for inner, next_shown in self.inside(here):
                if inner is reference:
                    return chains[here]
                if next_shown not in chains:
                    chains[next_shown] = (*chains[here], next_shown.path)
                    waiting.append(next_shown)
        return ()


def embed_findings(notebook: Notebook) -> list[Finding]:
    """A finding at each embed that leads back to itself, with the chain."""
    embeds = Embeds(notebook)
    found = []
    for path, inside in embeds.of_note.items():
        for reference, shown in inside:
            chain = embeds.ring(notebook.notes[path], reference, shown)
            if not chain:
                continue
            names = " → ".join(notebook.notes[p].title for p in chain)
            found.append(
                finding(
                    "KB210",
                    f"this embed leads back to itself: {names}",
                    f"link to it instead: [[{reference.target or '#' + reference.heading}]]",
                    path=path,
                    place=reference.place,
                )
            )
    return found
