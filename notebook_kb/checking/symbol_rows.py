"""Rows for the symbols that have none, as edits: in the form in which the list below the formula is written.

A new row is the symbol as the formula types it, and room for its words: such a row describes nothing, so coverage still
asks for the words, and no finding arises from it.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from notebook_kb.learning.symbols import formula_states, list_owner, named
from notebook_kb.model.edit import Edit, FileEdits, Fix, split_lines
from notebook_kb.parsing.tex import TexConverter
from notebook_kb.parsing.typed_signs import sign_for, typed_signs

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from notebook_kb.model.note import Note
    from notebook_kb.model.symbols import ListedFormula
    from notebook_kb.notebook.notebook import Notebook

BULLET = re.compile(r"(?P<before>[\s>]*)(?P<mark>[-*+]|\d+[.)])(?P<gap>[ \t]+)")
SEPARATOR = re.compile(r"(?:\$|\*|`)\s*(?P<sign>[:–—=-])(?=\s|\Z)")
BLOCK_ID = re.compile(r"[\s>]*\^[\w-]+\s*")
CONTAINER = re.compile(r"(?:[\s>]|[-*+](?=\s)|\d+[.)](?=\s))*")
TABLE = re.compile(r"[\s>]*\|?.*\|")


def symbol_fixes(notebook: Notebook, note: Note, text: str) -> list[Fix]:
    """One fix for each list that lacks rows. `text` is what `note` was parsed from.

    Safe where the list was begun; where there is none, only offered.
    """
    listed = note.listed
    lacking: dict[int, list[tuple[str, str]]] = {}
    given = {k for f in listed for r in f.rows for k in r.keys}
    tex = TexConverter({**notebook.settings.macros, **note.macros})
    for number, state in enumerate(formula_states(notebook, note)):
        missing = [k for k in state.missing if k not in given]
        typed = typed_signs(state.formula.tex, tex) if missing else {}
        given |= set(missing)
        if missing:
            owner = list_owner(listed, number)
            lacking.setdefault(owner, []).extend((k, sign_for(k, typed)) for k in missing)
    lines = split_lines(text.removeprefix("\ufeff"))
    fixes = []
    for owner, symbols in lacking.items():
        edit = missing_rows(lines, listed[owner], [sign for _, sign in symbols])
        if edit:
            title = f"put in a line for {named([k for k, _ in symbols])}"
            begun = any(r.words for r in listed[owner].rows)
            fixes.append(Fix("KB411", title, (FileEdits(note.path, (edit,)),), safe=begun))
    return fixes


def missing_rows(lines: Sequence[str], formula: ListedFormula, signs: Sequence[str]) -> Edit | None:
    """The edit that puts in a row for each sign (TeX), below the formula's list or as a new one; None where the text is
    not the one that the formula was read from.
    """
    place = formula.list_place if formula.list_place.line else formula.place
    if place is formula.place and place.end_column:
        return None  # it began within a line of text
    last = min(place.end_line or place.line, len(lines))
    while last > place.line and not lines[last - 1].strip(" \t>"):
        last -= 1
    if not 1 <= place.line <= last <= len(lines):
        return None
    if place is formula.place:
        below = [line for line in lines[last : last + 2] if line.strip(" \t>")]
        if below and BLOCK_ID.fullmatch(below[0]):  # it belongs to the formula
            last = lines.index(below[0], last) + 1
            if last < len(lines) and lines[last].strip(" \t>"):
                return None  # text goes on after it
    inside = lines[place.line - 1 : last]
    if formula.list_place.line and BULLET.match(inside[0]):
        new = list(bullets(inside, signs))
    elif formula.list_place.line and TABLE.match(inside[0]):
        before = re.match(r"[\s>]*", inside[-1])
        new = [f"{before[0] if before else ''}| ${sign}$ |  |" for sign in signs]
    else:
        new = new_list(lines, place.line, last, signs)
    if not new:
        return None
    end = len(lines[last - 1]) + 1
    return Edit(last, end, last, end, "".join(f"\n{row}" for row in new))


def bullets(inside: Sequence[str], signs: Sequence[str]) -> Iterator[str]:
    """New items with the mark of the list's last one, its separator, and its blank lines if it has some."""
    found = [m for line in inside if (m := BULLET.match(line))]
    shape = [m for m in found if len(m["before"]) <= len(found[0]["before"])][-1]  # not of a list within
    within = f"{shape['before']} "
    if any(line.strip(" \t>") and not BULLET.match(line) and not line.startswith(within) for line in inside):
        return  # lines of text that only lean on the list: nobody knows where it ends
    separator = next((m["sign"] for line in inside if (m := SEPARATOR.search(line))), ":")
    ending = ": " if separator == ":" else f" {separator} "
    loose = any(not line.strip(" \t>") for line in inside)
    mark = shape["mark"]
    for sign in signs:
        if mark[0].isdigit():
            mark = f"{int(mark[:-1]) + 1}{mark[-1]}"
        if loose:
            yield shape["before"].rstrip()
        yield f"{shape['before']}{mark}{shape['gap']}${sign}${ending}"


def new_list(lines: Sequence[str], first: int, last: int, signs: Sequence[str]) -> list[str]:
    """A list where there is none, apart from what stands above and below; in a quote or a list item it stays in it.

    [] where what follows would become a part of it.
    """
    opening = CONTAINER.match(lines[first - 1])
    before = re.sub(r"[^\s>]", " ", opening[0]) if opening else ""
    following = next((line for line in lines[last:] if line.strip(" \t>")), "")
    inner = following[len(before) :] if following.startswith(before) else following.lstrip(" ")
    if inner.startswith(("    ", "\t")):
        return []
    other = BULLET.match(following)
    mark = "*" if other and other["mark"] == "-" else "-"  # the same mark would make one list of both
    new = [before.rstrip(), *(f"{before}{mark} ${sign}$: " for sign in signs)]
    if last < len(lines) and lines[last].strip(" \t>"):
        new.append(before.rstrip())
    return new
