"""What can be done about what stands under the cursor: fixes of findings, missing notes and parts, rows for symbols."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lsprotocol import types as lsp

from notebook_kb.checking.fixes import fixes_of
from notebook_kb.checking.symbol_rows import symbol_fixes
from notebook_kb.languages import slugify
from notebook_kb.lsp.cursor import link_at, section_at
from notebook_kb.model.edit import Edit, FileEdits, split_lines
from notebook_kb.model.note import Part
from notebook_kb.notebook.names import fold
from notebook_kb.scaffolding.note import angle_prompt, angle_section, concept_note, line_after, plain_note
from notebook_kb.settings import SETTINGS_NAME
from notebook_kb.workspace.fixing import safe_edits

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from notebook_kb.findings import Finding
    from notebook_kb.lsp.looking import Looker
    from notebook_kb.lsp.session import Session
    from notebook_kb.lsp.workspace_edits import EditMaker
    from notebook_kb.model.edit import Fix
    from notebook_kb.model.note import Note

FIX_ALL = "source.fixAll.kb"


class Actions:
    """Code actions for one note."""

    def __init__(self, session: Session, looker: Looker, maker: EditMaker, path: str) -> None:
        self.session = session
        self.looker = looker
        self.maker = maker
        self.path = path

    def at(
        self, line: int, column: int, last_line: int, given: Sequence[lsp.Diagnostic], only: Sequence[str]
    ) -> list[lsp.CodeAction]:
        """The actions for a range. `only` are kinds that the editor asks for; none means all.

        `given` are the editor's diagnostics there: a fix is tied to the one that it mends.
        """
        note = self.session.note(self.path)
        if note is None:
            return []
        found: list[lsp.CodeAction] = []
        if wants(only, lsp.CodeActionKind.QuickFix):
            found += self.fixes(note, line, last_line, given)
            found += self.missing_note(line, column)
        if wants(only, lsp.CodeActionKind.Refactor):
            given_titles = {a.title for a in found}
            found += [a for a in self.rows(note, line) if a.title not in given_titles]
            found += self.parts(note)
        if wants(only, FIX_ALL):
            found += self.fix_all(note)
        return found

    # fixes

    def fixes(
        self, note: Note, line: int, last_line: int, given: Sequence[lsp.Diagnostic]
    ) -> Iterator[lsp.CodeAction]:
        """The fixes of the findings that touch the lines."""
        text = self.session.text(self.path) or ""
        here = [
            f
            for f in self.session.findings(self.path)
            if f.line <= last_line and max(f.end_line, f.line) >= line
        ]
        for one in here:
            mended = [d for d in given if d.code == one.code and d.range.start.line == max(one.line - 1, 0)]
            for fix in fixes_of(self.session.notebook, note, text, [one]):
                yield self.of_fix(fix, mended)

    def of_fix(self, fix: Fix, mended: list[lsp.Diagnostic] | None = None) -> lsp.CodeAction:
        """A fix as a quick fix."""
        return lsp.CodeAction(
            title=heading_of(fix),
            kind=lsp.CodeActionKind.QuickFix,
            diagnostics=mended or None,
            is_preferred=fix.safe or None,
            edit=self.maker.of_files(fix.files),
        )

    def fix_all(self, note: Note) -> Iterator[lsp.CodeAction]:
        """All safe fixes of a note at once, as `kb check --fix` does them."""
        text = self.session.text(self.path) or ""
        found: list[Finding] = self.session.findings(self.path)
        edits = safe_edits(self.session.workspace, self.session.notebook, note, text, found)
        if edits:
            yield lsp.CodeAction(
                title="Mend what is safe in this note",
                kind=FIX_ALL,
                edit=self.maker.of_files([FileEdits(self.path, edits)]),
            )

    # notes and parts that are missing

    def missing_note(self, line: int, column: int) -> Iterator[lsp.CodeAction]:
        """Create the note that a link names and that is not there."""
        target = link_at(self.session, self.path, line, column)
        notebook = self.session.notebook
        if target is None or target.path or not target.typed or "://" in target.typed:
            return
        concept = notebook.roadmap.concepts.get(notebook.concept_names.get(fold(target.typed), ""))
        folder = f"{notebook.notes_folder}/" if notebook.notes_folder else ""
        if concept:
            path, text = (
                f"{folder}{concept.id}.md",
                concept_note(concept, notebook.roadmap, notebook.pack).text,
            )
        else:
            path, text = new_page(target.typed, folder, self.session)
        if path:
            yield lsp.CodeAction(
                title=f"Create {path}",
                kind=lsp.CodeActionKind.QuickFix,
                edit=self.maker.new_file(path, text),
            )

    def parts(self, note: Note) -> Iterator[lsp.CodeAction]:
        """Put in an angle or a part that the concept's note does not have yet, with its prompt."""
        notebook = self.session.notebook
        concept = notebook.roadmap.concepts.get(notebook.concept_of(note))
        text = self.session.text(self.path)
        if concept is None or text is None:
            return
        there = {s.angle or str(s.part) for s in note.sections}
        for name, title in self.looker.missing(note):
            if name in there:
                continue
            if name in notebook.roadmap.angles:
                prompt = angle_prompt(concept, notebook.roadmap, notebook.pack, name)
                line = line_after(note, notebook.roadmap, name, text)
                block = angle_section(title, prompt, None)
            else:
                line = len(split_lines(text)) + 1
                block = [f"## {notebook.pack.parts[name][0]}", f"<!-- {notebook.pack.prompts[name]} -->"]
            yield lsp.CodeAction(
                title=f"Add “{title}”",
                kind=lsp.CodeActionKind.Refactor,
                edit=self.maker.of_files([FileEdits(self.path, (inserted(text, line, block),))]),
            )

    def rows(self, note: Note, line: int) -> Iterator[lsp.CodeAction]:
        """Rows for the symbols that have none, from anywhere in the symbols part."""
        found = section_at(note, line)
        if not found or found[1].part is not Part.SYMBOLS:
            return
        text = self.session.text(self.path) or ""
        for fix in symbol_fixes(self.session.notebook, note, text):
            yield lsp.CodeAction(
                title=heading_of(fix),
                kind=lsp.CodeActionKind.RefactorRewrite,
                edit=self.maker.of_files(fix.files),
            )


def heading_of(fix: Fix) -> str:
    """What a fix does, as an entry of a menu."""
    return fix.title[:1].upper() + fix.title[1:]


def wants(only: Sequence[str], kind: str) -> bool:
    """Whether an editor that asks for some kinds of actions means this one, too."""
    return not only or any(kind == one or kind.startswith(f"{one}.") for one in only)


def inserted(text: str, line: int, block: list[str]) -> Edit:
    """The edit that puts lines in before the line `line` (from 1), blank lines around them; past the end appends."""
    lines = split_lines(text)
    ended = not text or text.endswith(("\n", "\r"))
    before = lines[line - 2] if 2 <= line <= len(lines) + 1 else ""
    words = "\n".join(block) + "\n"
    if before.strip():
        words = "\n" + words
    if line > len(lines) and not ended:
        end = len(lines[-1]) + 1
        return Edit(len(lines), end, len(lines), end, "\n" + words)
    if line <= len(lines) and lines[line - 1].strip():
        words += "\n"
    return Edit(line, 1, line, 1, words)


def new_page(name: str, folder: str, session: Session) -> tuple[str, str]:
    """(path, text) of a page that a link names; '' where such a file could not be."""
    bare = name.removesuffix(".md")
    parts = [p for p in bare.split("/") if p not in {"", ".", ".."}]
    if not parts:
        return "", ""
    safe = [slugify(p, session.notebook.pack) if any(c in p for c in '<>:"\\|?*') else p for p in parts]
    path = f"{folder}{'/'.join(safe)}.md"
    if path == SETTINGS_NAME or (session.root / path).exists():
        return "", ""
    return path, plain_note("page", parts[-1], session.notebook.today).text
