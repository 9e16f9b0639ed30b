"""Hover, definition, references, links and symbols of a document."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from lsprotocol import types as lsp

from notebook_kb.learning.coverage import cover_concept
from notebook_kb.lsp.cursor import headline_at, link_at
from notebook_kb.lsp.positions import Positions
from notebook_kb.lsp.uris import uri_of
from notebook_kb.notebook.anchors import heading_anchor
from notebook_kb.notebook.names import fold
from notebook_kb.workspace.words import part_title

if TYPE_CHECKING:
    from collections.abc import Iterator

    from notebook_kb.lsp.cursor import Target
    from notebook_kb.lsp.session import Session
    from notebook_kb.model.note import Note, Reference

LEAD = 300
MOST_SYMBOLS = 200


class Looker:
    """Looks things up for one editor; `encoding` is that of its positions."""

    def __init__(self, session: Session, encoding: str) -> None:
        self.session = session
        self.encoding = encoding

    def positions(self, path: str) -> Positions:
        """The positions of a note's text."""
        return Positions(self.session.text(path) or "", self.encoding)

    def at_line(self, path: str, line: int) -> lsp.Location:
        """The whole line of a file."""
        text_range = self.positions(path).range_of(max(line, 1), 1, 0, 0) if line else start_of_file()
        return lsp.Location(uri_of(self.session.root, path), text_range)

    # definition

    def definition(self, path: str, line: int, column: int) -> lsp.Location | None:
        """Where the link under the cursor leads: a note, its heading or block, or a file."""
        target = link_at(self.session, path, line, column)
        if target is None or not target.path:
            return None
        return self.at_line(target.path, self.line_of(target))

    def line_of(self, target: Target) -> int:
        """The line of a target: of its heading or block, else the first."""
        note = self.session.note(target.path)
        anchor = target.anchor(note)
        if note is None or not anchor:
            return 0
        if anchor.startswith("^"):
            mark = re.compile(rf"(?:^|\s){re.escape(anchor)}\s*$", re.IGNORECASE)
            lines = self.positions(target.path).lines
            return next((n for n, text in enumerate(lines, start=1) if mark.search(text)), 0)
        return next((h.line for h in note.outline if h.anchor == anchor), 0)

    # hover

    def hover(self, path: str, line: int, column: int) -> lsp.Hover | None:
        """A linked note's title, first lines and coverage; a formula in plain signs."""
        target = link_at(self.session, path, line, column)
        if target is not None:
            words = self.about(target) if target.path else f"`{target.typed}` is not written yet."
            span = self.positions(path).range_of(line, target.column, line, target.end_column)
            return lsp.Hover(lsp.MarkupContent(lsp.MarkupKind.Markdown, words), span)
        formula = self.session.formula_at(path, line, column)
        if formula is None:
            return None
        words, place = formula
        return lsp.Hover(
            lsp.MarkupContent(lsp.MarkupKind.Markdown, words),
            self.positions(path).range_of(*place),
        )

    def about(self, target: Target) -> str:
        """A note in a few lines of Markdown."""
        note = self.session.note(target.path)
        if note is None:
            return f"`{target.path}`"
        parts = [f"**{note.title}**"]
        if target.heading:
            parts[0] += f" › {target.heading.lstrip('^')}"
        if note.lead:
            parts.append(note.lead if len(note.lead) <= LEAD else note.lead[:LEAD].rsplit(" ", 1)[0] + " …")
        covered = self.coverage_line(note)
        links = len(self.session.notebook.backlinks.get(note.path, ()))
        counted = f"{links} link{'' if links == 1 else 's'} here" if links else ""
        parts.append(" · ".join(w for w in (covered, counted, f"`{note.path}`") if w))
        return "\n\n".join(parts)

    def coverage_line(self, note: Note) -> str:
        """`covered, 2 of 3 angles`, '' for a note of no concept."""
        notebook = self.session.notebook
        concept = notebook.roadmap.concepts.get(notebook.concept_of(note))
        if concept is None:
            return ""
        item = cover_concept(notebook, concept, self.session.evidence(note.path))
        angles = {a.angle for a in item.written_angles}
        return f"{item.state}, {len(angles)} of {len(notebook.roadmap.angles)} angles"

    # references

    def references(self, path: str, line: int, column: int) -> list[lsp.Location]:
        """The links to the note, heading or concept under the cursor; on plain text, to this note."""
        target = link_at(self.session, path, line, column)
        if target is not None:
            wanted, anchor = target.path, target.anchor(self.session.note(target.path))
        else:
            note = self.session.note(path)
            headline = headline_at(note, line) if note else None
            title = note is not None and headline is not None and headline.level == 1
            wanted, anchor = path, headline.anchor if headline and not title else ""
        return [
            self.of_reference(source, reference)
            for source, reference in self.session.links_to(wanted)
            if not anchor or self.leads_to(wanted, reference, anchor)
        ]

    def leads_to(self, path: str, reference: Reference, anchor: str) -> bool:
        note = self.session.note(path)
        return note is not None and heading_anchor(note, reference.heading, private=True) == anchor

    def of_reference(self, path: str, reference: Reference) -> lsp.Location:
        """Where a link stands."""
        p = reference.place
        return lsp.Location(uri_of(self.session.root, path), self.positions(path).range_of(*p))

    # links and symbols

    def document_links(self, path: str) -> list[lsp.DocumentLink]:
        """Every link of a note that leads to a file of the notebook or the web."""
        note = self.session.note(path)
        if note is None:
            return []
        positions, found = self.positions(path), []
        for reference in note.references:
            if "://" in reference.target:
                uri = reference.target
            else:
                target = self.session.notebook.resolver.resolve(reference.target, path)
                if not (target.note or target.file):
                    continue
                uri = uri_of(self.session.root, target.note or target.file)
            found.append(lsp.DocumentLink(positions.range_of(*reference.place), target=uri))
        return found

    def document_symbols(self, path: str) -> list[lsp.DocumentSymbol]:
        """The headings of a note as a tree, each with the part that it was read as."""
        note = self.session.note(path)
        if note is None:
            return []
        positions = self.positions(path)
        parts = {s.place.line: s for s in note.sections}
        top: list[lsp.DocumentSymbol] = []
        stack: list[tuple[int, list[lsp.DocumentSymbol]]] = [(0, top)]
        for number, headline in enumerate(note.outline):
            later = (h.line for h in note.outline[number + 1 :] if h.level <= headline.level)
            last = max(next(later, len(positions.lines) + 1) - 1, headline.line)
            section = parts.get(headline.line)
            inside: list[lsp.DocumentSymbol] = []
            symbol = lsp.DocumentSymbol(
                name=headline.text or "-",
                kind=lsp.SymbolKind.String,
                range=positions.range_of(headline.line, 1, last, len(positions.line(last)) + 1),
                selection_range=positions.range_of(headline.line, 1, 0, 0),
                detail=str(section.part) if section and str(section.part) != "other" else None,
                children=inside,
            )
            while stack[-1][0] >= headline.level:
                stack.pop()
            stack[-1][1].append(symbol)
            stack.append((headline.level, inside))
        return top

    def workspace_symbols(self, query: str) -> list[lsp.WorkspaceSymbol]:
        """Notes whose title, file name or another name holds the query."""
        wanted, found = fold(query), []
        for note in self.session.notebook.notes.values():
            names = (note.title, note.path.rsplit("/", 1)[-1], *note.aliases)
            if not wanted or any(wanted in fold(n) for n in names):
                location = lsp.Location(uri_of(self.session.root, note.path), start_of_file())
                found.append(
                    lsp.WorkspaceSymbol(
                        location=location,
                        name=note.title,
                        kind=lsp.SymbolKind.File,
                        container_name=note.path,
                    )
                )
            if len(found) == MOST_SYMBOLS:
                break
        return found

    # lenses and hints

    def lenses(self, path: str) -> Iterator[lsp.CodeLens]:
        """On a note's title: `covered · 2 of 3 angles · 5 backlinks · 4 cards due`."""
        note = self.session.note(path)
        if note is None:
            return
        line = next((h.line for h in note.outline if h.level == 1), note.body_line)
        backlinks = self.session.links_to(path)
        words = [self.coverage_line(note)]
        if backlinks:
            words.append(f"{len(backlinks)} backlink{'' if len(backlinks) == 1 else 's'}")
        due = self.session.cards_due(path)
        if due:
            words.append(f"{due} card{'' if due == 1 else 's'} due")
        title = " · ".join(w for w in words if w)
        if not title:
            return
        where = self.positions(path).range_of(line, 1, 0, 0)
        places = [self.of_reference(source, reference) for source, reference in backlinks]
        arguments = [uri_of(self.session.root, path), where.start, places]
        command = lsp.Command(title=title, command="kb.showReferences", arguments=arguments)
        yield lsp.CodeLens(where, command)

    def hints(self, path: str, first: int, last: int) -> Iterator[lsp.InlayHint]:
        """The title behind a link that names a note by its file or id."""
        note = self.session.note(path)
        if note is None:
            return
        positions = self.positions(path)
        for reference in note.references:
            if reference.kind != "wiki" or not first <= reference.place.line <= last:
                continue
            target = self.session.note(self.session.notebook.resolver.resolve(reference.target, path).note)
            typed = reference.label == reference.target
            if target and typed and reference.target and fold(target.title) != fold(reference.target):
                end = positions.to_client(
                    reference.place.end_line or reference.place.line, reference.place.end_column
                )
                yield lsp.InlayHint(end, target.title, padding_left=True)

    def missing(self, note: Note) -> list[tuple[str, str]]:
        """(part or angle id, its name) that a concept note does not have yet."""
        notebook = self.session.notebook
        concept = notebook.roadmap.concepts.get(notebook.concept_of(note))
        if concept is None:
            return []
        item = cover_concept(notebook, concept, self.session.evidence(note.path))
        wanted = dict.fromkeys(m.angle or m.part for m in item.missing if m.angle or m.part != "angle")
        return [(name, part_title(notebook, name)) for name in wanted]


def start_of_file() -> lsp.Range:
    """The first line's start."""
    return lsp.Range(lsp.Position(0, 0), lsp.Position(0, 0))
