"""Renaming as values: the edits of all files and the moves, so that every link leads where it led. Nothing is written.

Used by `kb rename` and by the editor, whose unsaved texts `read_text` gives.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from notebook_kb.errors import UsageError
from notebook_kb.model.edit import FileMove
from notebook_kb.notebook.keys import key_of
from notebook_kb.notebook.names import fold
from notebook_kb.notebook.relink import Relinker
from notebook_kb.parsing.head_edits import add_alias, add_key, yaml_word

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from notebook_kb.model.edit import Edit, FileEdits
    from notebook_kb.model.note import Note
    from notebook_kb.notebook.notebook import Notebook

    # a note's text by its path, with its byte order mark and line ends
    ReadText = Callable[[str], str]
    # the address of a note's page
    AddressOf = Callable[[Notebook, Note], str]


@dataclass(frozen=True, slots=True)
class Renaming:
    """What a renaming comes to. `edits` have their places in the texts as they are, at the old paths; then the files move.

    `remarks` are what a person should know. `keys` are the lasting keys of notes that change, old and new: ledger
    and history follow them. `after` is the notebook as it is then.
    """

    edits: tuple[FileEdits, ...]
    moves: tuple[FileMove, ...]
    after: Notebook
    remarks: tuple[str, ...] = ()
    keys: tuple[tuple[str, str], ...] = ()


def rename_files(
    notebook: Notebook,
    moves: Iterable[FileMove],
    read_text: ReadText,
    *,
    address_of: AddressOf | None = None,
) -> Renaming:
    """Give notes and attachments other paths, all at once, as when a folder is renamed.

    With `address_of` a note that is to be public keeps its old address as an alias. A note that is its concept's by its
    file name gets `concept:`, so that it stays that. Raises `UsageError` where a path is taken, a file is not of
    the notebook, or a link cannot be written so that it leads where it led.
    """
    table = {m.old: m.new for m in moves if m.old != m.new}
    refuse(notebook, table)
    relinker = Relinker(notebook, table, read_text)
    for old in table:
        if old in notebook.notes:
            relinker.add(old, head_edits(notebook, relinker, old, address_of))
    relinker.run()
    relinker.remarks += namesakes(relinker.after, table)
    return finished(notebook, relinker)


def namesakes(after: Notebook, table: Mapping[str, str]) -> Iterator[str]:
    """A remark for each note that gets a file name which another one has: from then on the bare name is not clear."""
    for old, new in table.items():
        name = called(new)
        if new not in after.notes or called(old) == name:
            continue
        same = [p for p in after.notes if p != new and called(p) == name]
        if same:
            yield f"{' and '.join(same)} has this name too: links to either need the folder from now on"


def called(path: str) -> str:
    """The name of a file as links are compared by it."""
    return fold(PurePosixPath(path).stem)


def refuse(notebook: Notebook, table: Mapping[str, str]) -> None:
    """Raise `UsageError` for a move that cannot be."""
    known = {*notebook.notes, *notebook.files}
    taken = {path.casefold(): path for path in (*known, *notebook.unreadable) if path not in table}
    wanted: dict[str, str] = {}
    for old, new in table.items():
        if old not in known:
            raise UsageError(f"there is no note or attachment `{old}`", "`kb list` lists the notes")
        other = taken.get(new.casefold()) or wanted.get(new.casefold())
        if other:
            raise UsageError(f"`{other}` exists already", "choose another name; kb writes over no file")
        wanted[new.casefold()] = new


def head_edits(
    notebook: Notebook, relinker: Relinker, old: str, address_of: AddressOf | None
) -> tuple[Edit, ...]:
    """What the head of a note that moves has to say: whose concept it is, where it once was."""
    note = notebook.notes[old]
    text = relinker.text(old)
    edits: list[Edit] = []
    concept = notebook.concept_of(note)
    after = relinker.moved_only()
    moved = after.notes[relinker.moves[old]]
    counted = notebook.concept_note(concept) if concept else None
    if counted is not None and counted.path == old and after.concept_of(moved) != concept:
        one = add_key(text, "concept", yaml_word(concept))
        if one:
            edits.append(one)
            relinker.remarks.append(f"{old} gets `concept: {concept}`, so that it stays the note of it")
    if address_of and is_out(note):
        before, now = address_of(notebook, note), address_of(after, moved)
        if before != now:
            edits = [*add_alias(text, before), *edits]  # a list in lines ends where the next key begins
    return joined(edits)


def is_out(note: Note) -> bool:
    """Whether a note is public or is to be, so that others may know its address."""
    return note.publish


def joined(edits: list[Edit]) -> tuple[Edit, ...]:
    """Edits that insert at one place as one, in their order."""
    found: list[Edit] = []
    for edit in edits:
        last = found[-1] if found else None
        if last and (last.line, last.column) == (edit.line, edit.column) == (edit.end_line, edit.end_column):
            found[-1] = replace(last, text=last.text.removesuffix("---\n") + edit.text.removeprefix("---\n"))
        else:
            found.append(edit)
    return tuple(found)


def finished(notebook: Notebook, relinker: Relinker) -> Renaming:
    """The renaming that a relinker has worked out."""
    after = relinker.after
    relinker.remarks += shown_names(notebook, relinker)
    return Renaming(
        relinker.file_edits(),
        tuple(FileMove(old, new) for old, new in relinker.moves.items()),
        after,
        tuple(dict.fromkeys(relinker.remarks)),
        changed_keys(notebook, after, relinker.moves),
    )


def shown_names(notebook: Notebook, relinker: Relinker) -> Iterator[str]:
    """A remark where public notes show the new name of one that is not: a link without words of its own shows it."""
    renamed = {*relinker.moves, *(words.path for words in relinker.titles.values())}
    hidden = {p for p in renamed if p in notebook.notes and not is_out(notebook.notes[p])}
    edited = {f.path for f in relinker.file_edits()} - renamed if hidden else set()
    for path in sorted(edited & notebook.notes.keys()):
        note = notebook.notes[path]
        pairs = zip(note.references, relinker.after.notes[path].references, strict=False)
        for was, now in pairs if is_out(note) else ():
            shown = was.label != now.label and not was.private
            if shown and notebook.resolver.resolve(was.target, path).note in hidden:
                place = f"{path}:{now.place.line}"
                yield f"{place} is public and shows the new name of a note that is not; `[[name|words]]` shows other words"
                break


def changed_keys(before: Notebook, after: Notebook, moves: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    """(old, new) lasting keys of notes that have another one after the moves."""
    pairs = (
        (key_of(before, note), key_of(after, after.notes[moves.get(path, path)]))
        for path, note in before.notes.items()
        if moves.get(path, path) in after.notes
    )
    return tuple((was, now) for was, now in pairs if was != now)
