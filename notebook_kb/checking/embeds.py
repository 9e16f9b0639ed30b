"""Embeds that would show themselves again."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from notebook_kb.checking.family import referring_to
from notebook_kb.findings import finding
from notebook_kb.notebook.anchors import heading_anchor, headlines_below

if TYPE_CHECKING:
    from collections.abc import Iterator

    from notebook_kb.findings import Finding
    from notebook_kb.model.evidence import Evidence
    from notebook_kb.model.note import Note, Reference
    from notebook_kb.notebook.notebook import Change, Notebook

LAST_LINE = 10**9


class Shown(NamedTuple):
    """What an embed shows: a note (`anchor` is ''), a section or a block of it."""

    path: str
    anchor: str


class Embeds:
    """Which embed stands where, and what it shows; of each note when it is first asked."""

    def __init__(self, notebook: Notebook) -> None:
        self.notebook = notebook
        self.known: dict[str, list[tuple[Reference, Shown]]] = {}

    @classmethod
    def of(cls, notebook: Notebook) -> Embeds:
        """Of a notebook."""
        return cls(notebook)

    def after(self, change: Change) -> Embeds:
        """Anew: asking is cheap, and any note may show another one."""
        return Embeds(change.after)

    def of_note(self, path: str) -> list[tuple[Reference, Shown]]:
        """The embeds of notes in the note at `path`, with what each shows."""
        if path not in self.known:
            note = self.notebook.notes[path]
            pairs = ((r, self.shown(note, r)) for r in note.references if r.kind == "embed")
            self.known[path] = [(reference, shown) for reference, shown in pairs if shown]
        return self.known[path]

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
        for reference, inner in self.of_note(shown.path):
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


def of_note(notebook: Notebook, note: Note, evidence: Evidence) -> Iterator[Finding]:  # noqa: ARG001
    """A finding at each embed of a note that leads back to itself, with the chain."""
    embeds = notebook.index(Embeds)
    for reference, shown in embeds.of_note(note.path):
        chain = embeds.ring(note, reference, shown)
        if not chain:
            continue
        names = " → ".join(notebook.notes[p].title for p in chain)
        yield finding(
            "KB210",
            f"this embed leads back to itself: {names}",
            f"link to it instead: [[{reference.target or '#' + reference.heading}]]",
            path=note.path,
            place=reference.place,
        )


def others(change: Change) -> set[str]:
    """The notes that show the changed one, or one that now may show another: directly, or in what they show."""
    found = {change.path, *change.referring}
    for notebook in (change.before, change.after):
        waiting = list(found)
        while waiting:
            new = set(showing(notebook, waiting.pop())) - found
            found |= new
            waiting += new
    return found


def showing(notebook: Notebook, path: str) -> Iterator[str]:
    """The notes that embed the note at `path`. Asked by its names, so that not every link has to be resolved."""
    note = notebook.notes.get(path)
    for other in referring_to(notebook, [note]) if note else ():
        embeds = (r for r in notebook.notes[other].references if r.kind == "embed")
        if any(notebook.resolver.resolve(r.target, other).note == path for r in embeds):
            yield other
