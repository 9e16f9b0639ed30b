"""Links to headings whose words change."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import quote, unquote

from notebook_kb.notebook.affected import bare, last_name, names_of
from notebook_kb.notebook.anchors import heading_anchor
from notebook_kb.notebook.names import fold
from notebook_kb.parsing.target import ADDRESS_FORMS, Form

if TYPE_CHECKING:
    from collections.abc import Iterator

    from notebook_kb.model.note import Note
    from notebook_kb.notebook.notebook import Notebook
    from notebook_kb.notebook.retarget import Moving
    from notebook_kb.parsing.target import Target

# what the words of a heading cannot hold in a link; they are found without it too
SIGNS = re.compile(r"[#|\[\]^%\\<>]+")
BLANKS = re.compile(r"\s+")


class HeadingChange:
    """Which headings of which notes have other words afterwards; the n-th stays the n-th."""

    def __init__(self, before: Notebook, after: Notebook, moving: Moving) -> None:
        self.before, self.after, self.moving = before, after, moving
        self.changed = {
            path
            for path, note in before.notes.items()
            if (new := after.notes[moving.there(path)]) is not note
            and [h.text for h in note.outline] != [h.text for h in new.outline]
            and len(note.outline) == len(new.outline)  # else the note is misread, which the proof finds
        }
        concepts = {before.concept_of(before.notes[p]) for p in self.changed} - {""}
        self.names = {n for p in self.changed for n in names_of(before.notes[p])} | {
            bare(n) for n, c in (before.concept_names.items() if concepts else ()) if c in concepts
        }

    def is_stale(self, target: str, heading: str, here: str) -> bool:
        """Whether the heading that a link names is another one afterwards, or none."""
        if not heading or not self.changed or "://" in target:
            return False
        if last_name(target) not in self.names and (target or here not in self.changed):
            return False
        path = self.moving.before.seen(target, here).found.note
        if path not in self.changed:
            return False
        old, new = self.before.notes[path], self.after.notes[self.moving.there(path)]
        index = index_of(old, heading)
        return index is not None and index_of(new, heading) != index

    def gained(self, target: str, heading: str, here: str) -> bool:
        """Whether a link to a heading that was not there finds one afterwards."""
        path = self.moving.before.seen(target, here).found.note if heading and self.changed else ""
        if path not in self.changed or heading.startswith("^"):
            return False
        old, new = self.before.notes[path], self.after.notes[self.moving.there(path)]
        return index_of(old, heading) is None and index_of(new, heading) is not None

    def words(self, target: Target, was: Target, here: str) -> str | None:
        """The words for a heading afterwards, as the link wrote them before; None where none lead there."""
        path = self.moving.before.seen(was.target, here).found.note
        old, new = self.before.notes[path], self.after.notes[self.moving.there(path)]
        index = index_of(old, was.heading)
        if index is None:
            return None
        for said in candidates(old, new, index, unquote(was.heading)):
            text = quoted(said, target)
            if index_of(new, text) == index:
                return text
        return None


def index_of(note: Note, heading: str) -> int | None:
    """Which heading of the note the words mean, from 0; None for none, and for a block."""
    anchor = heading_anchor(note, heading, private=True)
    return next((n for n, h in enumerate(note.outline) if h.anchor == anchor), None) if anchor else None


def words_of(note: Note, index: int) -> str:
    """What a link may say to lead to the heading `index` of a note: its words, else its anchor."""
    headline = note.outline[index]
    said = (plain(headline.text), headline.anchor)
    return next((words for words in said if words and index_of(note, words) == index), headline.anchor)


def candidates(old: Note, new: Note, index: int, said: str) -> Iterator[str]:
    """What may be written for a heading: its words or its anchor, as it was written, then the other."""
    parts = [p.strip() for p in said.split("#") if p.strip()]
    above = chain(old, index)
    fresh = [renamed(old, new, p, above) for p in parts[:-1]]
    words, anchor = plain(new.outline[index].text), new.outline[index].anchor
    by_anchor = parts[-1] == old.outline[index].anchor and parts[-1] != old.outline[index].text
    for last in [anchor, words] if by_anchor else [words, anchor]:
        yield "#".join([*fresh, last])


def renamed(old: Note, new: Note, part: str, above: list[int]) -> str:
    """One heading of the way down, with its new words."""
    for n in above:
        if fold(part) in {fold(old.outline[n].text), fold(plain(old.outline[n].text))}:
            return plain(new.outline[n].text)
    return part


def chain(note: Note, index: int) -> list[int]:
    """The headings above a heading, outermost first."""
    found: list[int] = []
    level = note.outline[index].level
    for n in range(index - 1, -1, -1):
        if note.outline[n].level < level:
            found.insert(0, n)
            level = note.outline[n].level
    return found


def plain(words: str) -> str:
    """Words as they may stand behind `#`."""
    return BLANKS.sub(" ", SIGNS.sub(" ", words)).strip()


def quoted(said: str, target: Target) -> str:
    """The words as they are written in this form."""
    if target.form in ADDRESS_FORMS:
        kept = "".join({c for c in said if not c.isascii()})
        blanks = " " if target.bracketed else ""
        return quote(said, safe="#/._~,;:@!+-'" + kept + blanks)
    return said.replace('"', " ").replace("'", " ") if target.form is Form.HEAD else said
