"""How findings in a note's text are mended: names, links, signs that close. All but few are offered, not done."""

from __future__ import annotations

import re
from pathlib import PurePosixPath
from typing import TYPE_CHECKING
from urllib.parse import quote, unquote

from notebook_kb.checking.fix_text import NAMED, fix, replaced, row, rows, suggestion
from notebook_kb.model.edit import Edit
from notebook_kb.notebook.walk import NOTE_SUFFIXES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from notebook_kb.findings import Finding
    from notebook_kb.model.edit import Fix
    from notebook_kb.model.note import Note
    from notebook_kb.notebook.notebook import Notebook

QUOTE = re.compile(r"[ \t>]*")
CALLOUT = re.compile(r"\[!([^\]\n]+)\]")
CARD_ID = re.compile(r"[ \t]+\^k-[\w-]+[ \t]*$")
TEX_NEAR = re.compile(r"did you mean (\\(?:begin\{)?([A-Za-z*]+)\}?)\?")
LEVELS = re.compile(r"write (#+) in place of (#+)")
HEADING = re.compile(r" {0,3}#{1,6}")
CANDIDATES = 4
OPENINGS = {"%%": "%%", "<!--": "-->"}


def known_name(_notebook: Notebook, note: Note, text: str, found: Finding) -> Iterator[Fix]:
    """KB301, KB302, KB203: the known name in the place of the one that is nearly it."""
    wrong, near = suggestion(found)
    if found.code == "KB203":
        wrong = next(iter(NAMED.findall(found.message)[1:]), "")
    edit = near and any_form(text, found, wrong, near)
    if edit:
        yield fix(note, found, f"write `{near}`", edit)


def known_target(notebook: Notebook, note: Note, text: str, found: Finding) -> Iterator[Fix]:
    """KB201, KB204: the note or file that is nearly named. Folder and ending stay where they lead to it."""
    wrong, near = suggestion(found)
    if not near:
        return
    pure = PurePosixPath(wrong)
    ending = pure.suffix if pure.suffix.casefold() in NOTE_SUFFIXES else ""
    for new in (str(pure.with_name(near + ending)), near + ending):
        led = notebook.resolver.resolve(new, note.path)
        edit = any_form(text, found, wrong, new) if led.note or led.file else None
        if edit:
            yield fix(note, found, f"write `{new}`", edit)
            return


def any_form(text: str, found: Finding, old: str, new: str) -> Edit | None:
    """Replace a name at a finding, as it stands or as an address spells it. Of `[words](address)` the words stay."""
    line, start = row(text, found.line), max(found.column - 1, 0)
    if line.startswith(("[", "!["), start) and not line.startswith(("[[", "![["), start):
        start = line.find("](", start)
        if start < 0:
            return None
    plain = replaced(text, found.line, start + 1, old, new)
    return plain or replaced(text, found.line, start + 1, quote(old), quote(new))


def whole_path(notebook: Notebook, note: Note, text: str, found: Finding) -> Iterator[Fix]:
    """KB202: the path of each note or file that is meant perhaps."""
    typed = NAMED.search(found.message)
    if not typed:
        return
    found_there = notebook.resolver.resolve(typed[1], note.path)
    for path in found_there.candidates[:CANDIDATES]:
        base = f"{notebook.notes_folder}/" if notebook.notes_folder else ""
        name = path.removeprefix(base)
        shown = name.rsplit(".", 1)[0] if name.casefold().endswith(NOTE_SUFFIXES) else name
        edit = any_form(text, found, unquote(typed[1]), shown)
        if edit:
            yield fix(note, found, f"write `{shown}`", edit)


def embed_to_link(_notebook: Notebook, note: Note, text: str, found: Finding) -> Iterator[Fix]:
    """KB210: a link in the place of the embed."""
    edit = replaced(text, found.line, found.column, "![[", "[[")
    if edit and edit.column == found.column:
        yield fix(note, found, "link to it instead", edit)


def tex_command(_notebook: Notebook, note: Note, text: str, found: Finding) -> Iterator[Fix]:
    """KB401: the command that is nearly named."""
    near = TEX_NEAR.search(found.hint)
    typed = re.match(r"\\[A-Za-z]+", row(text, found.line)[max(found.column - 1, 0) :])
    if near and typed and "begin" not in near[1]:
        edit = Edit(found.line, found.column, found.line, found.column + len(typed[0]), near[1])
        yield fix(note, found, f"write {near[1]}", edit)


def close_formula(_notebook: Notebook, note: Note, text: str, found: Finding) -> Iterator[Fix]:
    """KB403: `$$` on a line of its own where the paragraph ends, in the same quote or list."""
    last = paragraph_end(text, found.line)
    line = row(text, last)
    lead = QUOTE.match(row(text, found.line))
    edit = Edit(last, len(line) + 1, last, len(line) + 1, f"\n{lead[0] if lead else ''}$$")
    yield fix(note, found, "close the formula with $$", edit)


def paragraph_end(text: str, line: int) -> int:
    """The last line of the paragraph in which `line` stands."""
    lines = rows(text)
    last = line
    while last < len(lines) and lines[last].strip(" \t>"):
        last += 1
    return last


def close_comment(_notebook: Notebook, note: Note, text: str, found: Finding) -> Iterator[Fix]:
    """KB501: the sign that closes, at the end of the line; where nothing follows in it, of the paragraph."""
    line = row(text, found.line)
    sign = next((s for s in OPENINGS if line.startswith(s, found.column - 1)), "")
    if not sign:
        return
    inside = line[found.column - 1 + len(sign) :].strip()
    last = found.line if inside else paragraph_end(text, found.line)
    end = len(row(text, last)) + 1
    shown = f" {OPENINGS[sign]}" if inside else f"\n{OPENINGS[sign]}"
    where = "this line" if inside else "the paragraph"
    title = f"close the comment with {OPENINGS[sign]} where {where} ends"
    yield fix(note, found, title, Edit(last, end, last, end, shown))


def private_callout(_notebook: Notebook, note: Note, text: str, found: Finding) -> Iterator[Fix]:
    """KB502: a callout that says plainly that it is private."""
    line = row(text, found.line)
    match = CALLOUT.search(line, max(found.column - 1, 0))
    if match:
        kind = "excerpt" if match[1].casefold().startswith("ex") else "private"
        edit = Edit(found.line, match.start(1) + 1, found.line, match.end(1) + 1, kind)
        yield fix(note, found, f"write [!{kind}]", edit)


def into_callout(_notebook: Notebook, note: Note, text: str, found: Finding) -> Iterator[Fix]:
    """KB503: the paragraph goes into the callout above it."""
    first = found.line
    while first > 1 and not row(text, first - 1).strip():
        first -= 1
    if not row(text, first - 1).lstrip().startswith(">"):
        return
    last = max(found.end_line, found.line)
    edits = [Edit(n, 1, n, 1, "> " if row(text, n).strip() else ">") for n in range(first, last + 1)]
    yield fix(note, found, "make it a part of the callout", *edits)


def meant_comment(_notebook: Notebook, note: Note, _text: str, found: Finding) -> Iterator[Fix]:
    """KB506: a blank before the %% says that the private part is meant."""
    edit = Edit(found.line, found.column, found.line, found.column, " ")
    yield fix(note, found, "put a blank before %%: the private part is meant", edit)


def heading_blank(_notebook: Notebook, note: Note, text: str, found: Finding) -> Iterator[Fix]:
    """KB606: a blank behind the #. Not safe in a private part: a heading may end it, and what follows would be public."""
    line = row(text, found.line)
    match = HEADING.match(line)
    if not match:
        return
    column = match.end() + 1
    odd = line[match.end() : match.end() + 1].isspace()
    private = any(s.private and a <= found.line <= b for s, a, b in note.section_lines())
    edit = Edit(found.line, column, found.line, column + odd, " ")
    yield fix(note, found, f"put a blank behind {match[0].strip()}", edit, safe=not private)


def heading_level(_notebook: Notebook, note: Note, text: str, found: Finding) -> Iterator[Fix]:
    """KB623: as many # as the finding names."""
    named = LEVELS.search(found.hint)
    edit = replaced(text, found.line, found.column, named[2], named[1]) if named else None
    if named and edit and edit.column == found.column:
        yield fix(note, found, f"write {named[1]}", edit)


def without_card_id(_notebook: Notebook, note: Note, text: str, found: Finding) -> Iterator[Fix]:
    """KB705: this card without its id, so that it gets one of its own."""
    name = NAMED.search(found.message)
    for number in range(found.line, max(found.end_line, found.line) + 1):
        line = row(text, number)
        match = CARD_ID.search(line)
        if match and name and match[0].strip().casefold() == name[1].casefold():
            edit = Edit(number, match.start() + 1, number, len(line) + 1, "")
            yield fix(note, found, "delete the id behind this card", edit)
            return
