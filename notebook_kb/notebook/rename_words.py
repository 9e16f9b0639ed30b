"""Renaming a heading or a note's title: links by those words follow."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from notebook_kb.errors import UsageError
from notebook_kb.model import document as d
from notebook_kb.model.note import Part
from notebook_kb.notebook.headings import index_of
from notebook_kb.notebook.names import did_you_mean, fold
from notebook_kb.notebook.relink import Relinker
from notebook_kb.notebook.rename import finished
from notebook_kb.notebook.retarget import NewWords
from notebook_kb.parsing.head_edits import add_key, set_title, yaml_word
from notebook_kb.parsing.note import title_heading

if TYPE_CHECKING:
    from notebook_kb.model.edit import Edit
    from notebook_kb.model.note import Note
    from notebook_kb.notebook.notebook import Notebook
    from notebook_kb.notebook.rename import ReadText, Renaming
    from notebook_kb.parsing.targets import NoteText

ATX = re.compile(r"(?:[ \t>]|[-*+][ \t]|\d+[.)][ \t])*#{1,6}[ \t]+")
# what stays behind the words: a block's id, comments, the mark of a private part, signs that close the heading
TAIL = re.compile(r"(?:[ \t]+(?:\^[\w-]+|%%[^%\n]*%%|<!--[^\n]*?-->|#private\b|#+(?=[ \t]*$)))*[ \t]*$")


def rename_heading(notebook: Notebook, path: str, heading: str, words: str, read_text: ReadText) -> Renaming:
    """Give a heading of the note at `path` other words. `heading` is what a link would write behind `#`.

    Raises `UsageError` for a heading that the note does not have, words that make none, or a link that cannot be kept.
    """
    note = notebook.notes[path]
    index = index_of(note, heading)
    if index is None:  # words that no link can hold, such as a `#`
        index = next((n for n, h in enumerate(note.outline) if h.text == heading.strip()), None)
    if index is None:
        near = did_you_mean(heading, [h.text for h in note.outline])
        hint = f"did you mean `{near}`?" if near else "`kb show` shows the note"
        raise UsageError(f"{path} has no heading `{heading}`", hint)
    relinker = Relinker(notebook, {}, read_text, titles=title_change(note, index, one_line(words)))
    relinker.add(path, (heading_edit(relinker.text(path), note, index, heading, one_line(words)),))
    relinker.free[path] = index
    keep_concept(notebook, relinker, path)
    relinker.run()
    return checked(finished(notebook, relinker), note, index, path)


def rename_title(notebook: Notebook, path: str, title: str, read_text: ReadText) -> Renaming:
    """Give the note at `path` another title: in its head, else in its first heading. Raises as `rename_heading`."""
    note = notebook.notes[path]
    title = one_line(title)
    relinker = Relinker(notebook, {}, read_text, titles={fold(note.title): NewWords(path, title)})
    edit = set_title(relinker.text(path), title)
    heading = title_heading(note.sections)
    if edit is None and heading is not None and "title" not in relinker.text(path).head.entries:
        return rename_heading(notebook, path, heading.heading, title, read_text)
    if edit is None:
        raise UsageError(
            f"{path} has no title of its own", "rename the note, or write `title:` into its head"
        )
    edits = [edit]
    # the page shows one of them: they stay the same
    if heading is not None and heading.heading == note.title:
        index = next(n for n, h in enumerate(note.outline) if h.line == heading.place.line)
        edits.append(heading_edit(relinker.text(path), note, index, heading.heading, title))
        relinker.free[path] = index
    relinker.add(path, tuple(edits))
    keep_concept(notebook, relinker, path)
    relinker.run()
    return finished(notebook, relinker)


def one_line(words: str) -> str:
    """Words for a heading or title. Raises `UsageError` for none."""
    said = " ".join(words.split())
    if not said:
        raise UsageError(
            "the new words are empty", "write them in quotes, as in: kb rename rank#Old 'New words'"
        )
    return said


def title_change(note: Note, index: int, words: str) -> dict[str, NewWords]:
    """The change of the title where the heading is the note's title."""
    heading = title_heading(note.sections)
    if heading is None or heading.anchor != note.outline[index].anchor or note.title != heading.heading:
        return {}
    return {fold(note.title): NewWords(note.path, words)}


def heading_edit(text: NoteText, note: Note, index: int, heading: str, words: str) -> Edit:
    """The edit that gives a heading other words; a source and an id behind them stay."""
    line = note.outline[index].line
    first, last = line, line
    atx = ATX.match(text.lines[line - 1])
    if atx is None:
        block = next((b for b in d.walk_blocks(text.tree[0].blocks) if is_at(b, line)), None)
        if block is None:
            raise UsageError(f"{note.path}:{line}: this heading cannot be found again", "rename it by hand")
        last = max(block.place.end_line - 1, line)
    start = text.offset(
        line,
        atx.end() + 1 if atx else len(text.lines[first - 1]) - len(text.lines[first - 1].lstrip(" \t>")) + 1,
    )
    row = text.lines[last - 1]
    tail = TAIL.search(row, atx.end() if atx else 0)
    end = text.offset(last, (tail.start() if tail else len(row)) + 1)
    said = text.text[start:end]
    wanted = heading.strip()
    if fold(said) != fold(wanted) and said.casefold().startswith(wanted.casefold()):
        end = start + len(wanted)  # `## Visual — 3b1b (ch. 7)` by its angle: the source stays
    return text.edit(start, end, words)


def is_at(block: d.Block, line: int) -> bool:
    """Whether a block is the heading at a line."""
    return isinstance(block, d.Heading) and block.place.line == line


def keep_concept(notebook: Notebook, relinker: Relinker, path: str) -> None:
    """A note that is its concept's by its title stays that."""
    note = notebook.notes[path]
    concept = notebook.concept_of(note)
    counted = notebook.concept_note(concept) if concept else None
    if counted is None or counted.path != path:
        return
    now = relinker.with_own(path)
    if now.concept_of(now.notes[path]) != concept:
        one = add_key(relinker.text(path), "concept", yaml_word(concept))
        if one:
            relinker.add(path, (one,))
            relinker.remarks.append(f"{path} gets `concept: {concept}`, so that it stays the note of it")


def checked(renaming: Renaming, note: Note, index: int, path: str) -> Renaming:
    """The renaming, if the note still has its headings; a remark where the part is read as another one. Raises `UsageError`
    where the words make no heading.
    """
    now = renaming.after.notes[path]
    if [h.level for h in now.outline] != [h.level for h in note.outline]:
        raise UsageError(
            f"{path}:{note.outline[index].line}: with these words it would be no heading",
            "choose other words",
        )
    was, is_now = (read_as(n, n.outline[index].anchor) for n in (note, now))
    if was == is_now:
        return renaming
    opened = note.outline[index].private and not now.outline[index].private
    if opened and note.publish:
        raise UsageError(
            f"{path}:{note.outline[index].line}: under `{now.outline[index].text}` this part would be private no longer, and the note is public",
            "where that is what you want, change the heading in the note itself",
        )
    remark = f"{path}: this part was read as {was}, now as {is_now}"
    remark += "; its text is private no longer" if opened else ""
    return replace(renaming, remarks=(*renaming.remarks, remark))


def read_as(note: Note, anchor: str) -> str:
    """What a heading's part was read as, in words."""
    section = next((s for s in note.sections if s.anchor == anchor), None)
    if section is None or section.part is Part.OTHER:
        return "no part of its own" if section is None or not section.private else "private"
    return f"the angle `{section.angle}`" if section.part is Part.ANGLE else f"`{section.part}`"
