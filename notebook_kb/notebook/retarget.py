"""Writing a link's target anew so that it leads where it led, in the form that it had.

A name stays a name where it is clear, a path a path, an address an address that other programs follow too.
"""

from __future__ import annotations

import os.path
import re
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cache
from pathlib import PurePosixPath
from typing import TYPE_CHECKING
from urllib.parse import quote, unquote

from notebook_kb.notebook.links import Resolution, fold_path, normal_path
from notebook_kb.notebook.names import fold
from notebook_kb.notebook.walk import NOTE_SUFFIXES
from notebook_kb.parsing.rules.wikilink import shown_words
from notebook_kb.parsing.target import ADDRESS_FORMS, WIKI_FORMS, Form

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from notebook_kb.notebook.links import Resolver
    from notebook_kb.parsing.target import Target

SCHEME = re.compile(r"[a-z][a-z0-9+.-]*:|//", re.IGNORECASE)
# what no name in double brackets can hold as it stands; `%` only where it would be read as an escape
NOT_IN_BRACKETS = re.compile(r"[#|\[\]\n]|%(?=[0-9A-Fa-f]{2})|%(?=%)|<(?=!--)|^\s|\s$")
# what is left as it is in an address; letters of other scripts too
PLAIN_IN_ADDRESS = "/._~,;@!+-'"
BACKSLASH = "\\"


class Way(StrEnum):
    """How a target leads to what it means."""

    RELATIVE = "relative"  # a path from the note's folder
    ROOT = "root"  # a path from the notes folder
    NAME = "name"  # the file's name
    WORDS = "words"  # a title, an alias, a concept
    NONE = ""


@dataclass(frozen=True, slots=True)
class Seen:
    """Where a target leads, by which way, and whether each letter is that of the file."""

    found: Resolution
    way: Way
    exact: bool = False


@dataclass(frozen=True, slots=True)
class Retargeted:
    """A target anew: what to write for it, and the words to show (None: as they are)."""

    text: str
    label: str | None = None


def is_outside(target: Target) -> bool:
    """Whether a target leads out of the notebook; in double brackets a colon is a sign of a title."""
    if target.form in WIKI_FORMS or target.form is Form.HEAD_PATH:
        return "://" in target.target
    return bool(SCHEME.match(target.target))


class View:
    """One state of the notebook, asked where targets lead; answers are kept."""

    def __init__(self, resolver: Resolver) -> None:
        self.resolver = resolver
        self.base = resolver.base
        self.see = cache(self._see)

    def inside(self, path: str) -> str:
        """A path from the notes folder."""
        return path.removeprefix(f"{self.base}/") if self.base else path

    def folder(self, path: str) -> str:
        """The folder of a note, from the notes folder: what a target's meaning depends on."""
        return self.inside(path).rpartition("/")[0]

    def seen(self, target: str, here: str) -> Seen:
        """Where a target in the note `here` leads."""
        found = self.see(target, here.rpartition("/")[0])
        return Seen(Resolution(note=here), Way.RELATIVE, exact=True) if found.found.note == "\0" else found

    def _see(self, target: str, folder: str) -> Seen:
        here = f"{folder}/\0" if folder else "\0"
        if not unquote(target).replace("\\", "/").strip():
            return Seen(Resolution(note="\0"), Way.RELATIVE, exact=True)
        found = self.resolver.resolve(target, here)
        path = found.note or found.file
        if not path:
            return Seen(found, Way.NONE)
        inside = self.inside(path)
        wanted = {inside} | ({without_ending(inside)} if found.note else set())
        typed = unquote(target).replace("\\", "/").strip()
        relative = normal_path(PurePosixPath(self.inside(here)).parent / typed)
        # above the notes folder the resolver stops climbing; other programs do not
        climbs = os.path.normpath(f"./{self.folder(here)}/{typed}").startswith("..")
        from_root = normal_path(PurePosixPath(typed.lstrip("/")))
        for way, said in ((Way.RELATIVE, relative), (Way.ROOT, from_root)):
            absolute = way is Way.RELATIVE and typed.startswith("/")
            if not absolute and fold_path(said) in {fold_path(w) for w in wanted}:
                return Seen(found, way, exact=said in wanted and not climbs)
        name = PurePosixPath(typed).name
        names = {PurePosixPath(w).name for w in wanted}
        if fold(without_ending(name)) == fold(PurePosixPath(path).stem) or fold_path(name) in {
            fold_path(n) for n in names
        }:
            return Seen(found, Way.NAME, exact=name in names)
        return Seen(found, Way.WORDS)


def names_at(path: str) -> set[str]:
    """The names by which other programs know the file at a path, in small letters."""
    name = PurePosixPath(path).name.casefold()
    return {name, without_ending(name)}


def without_ending(path: str) -> str:
    """A note's path without its ending; another path as it is."""
    return path.rsplit(".", 1)[0] if path.casefold().endswith(NOTE_SUFFIXES) else path


@dataclass(frozen=True, slots=True)
class NewWords:
    """New words for a note (its path; '' for a concept without one) that links name by words. `exact`: links that name it
    by just these letters only, since others mean a title that stays.
    """

    path: str
    words: str
    exact: str = ""


@dataclass(frozen=True)
class Moving:
    """A notebook before and after some files got other paths, or notes other titles.

    `moves` maps old paths to new ones, `titles` words by which a note is linked to, folded, to
    the new ones.
    """

    before: View
    after: View
    moves: Mapping[str, str]
    titles: Mapping[str, NewWords] = field(default_factory=dict)

    def there(self, path: str) -> str:
        """A path afterwards."""
        return self.moves.get(path, path)

    def wanted(self, found: Resolution) -> Resolution:
        """Where a target has to lead afterwards."""
        return Resolution(note=self.there(found.note), file=self.there(found.file))

    def is_stale(self, target: str, here: str, *, address: bool) -> bool:
        """Whether a target in the note at `here` (its old path) has to be written anew."""
        old = self.before.seen(target, here)
        if self.new_words(target, old):
            return True
        if not (old.found.note or old.found.file):
            return False
        new = self.after.seen(target, self.there(here))
        if new.found != self.wanted(old.found):
            return True
        # other programs read an address as a path from where it stands
        was, now = (s.exact and s.way is Way.RELATIVE for s in (old, new))
        if address and was and not now:
            return True
        path = old.found.note or old.found.file
        moved = path in self.moves
        if moved and old.exact and new.way is Way.NAME and not new.exact:
            # other programs look for the file's name: case alone does not matter to them, a dash does
            return target.rpartition("/")[2].casefold() not in names_at(self.there(path))
        return moved and old.way is not Way.WORDS and new.way is Way.WORDS

    def new_words(self, target: str, old: Seen) -> str:
        """The new words for a target that names a note or concept by words that change; ''."""
        if not self.titles or old.way not in {Way.WORDS, Way.NONE} or old.found.candidates:
            return ""
        said = unquote(target).strip()
        new = self.titles.get(fold(said))
        if new is None or new.path != old.found.note or new.exact not in {"", said}:
            return ""
        return new.words

    def gained(self, target: str, here: str) -> str:
        """The note or file that a target which led nowhere, or was ambiguous, leads to afterwards; ''."""
        old = self.before.seen(target, here).found
        if old.note or old.file:
            return ""
        new = self.after.seen(target, self.there(here)).found
        return new.note or new.file

    def retarget(self, target: Target, here: str, *, strict: bool = False) -> Retargeted | None:
        """The target anew; None where nothing leads there. `strict` escapes all that might be read as something else."""
        old = self.before.seen(target.target, here)
        want = self.wanted(old.found)
        for said in self._candidates(target, old, want, self.there(here)):
            text = written(target, said, strict=strict)
            if self.after.seen(text, self.there(here)).found == want:
                return Retargeted(text, self._label(target, old, said))
        return None

    def _candidates(self, target: Target, old: Seen, want: Resolution, here: str) -> Iterator[str]:
        """Names and paths, those in the form that it had first."""
        words = self.new_words(target.target, old)
        if words:
            yield words
        if not (want.note or want.file):
            return
        typed = unquote(target.target).replace("\\", "/").strip()
        path = want.note or want.file
        with_ending = bool(want.file) or typed.casefold().endswith(NOTE_SUFFIXES)
        whole = self.after.inside(path)
        said = whole if with_ending else without_ending(whole)
        name = said.rpartition("/")[2]
        relative = os.path.relpath(said, self.after.folder(here) or ".").replace(os.sep, "/")
        if typed.startswith("./"):
            relative = f"./{relative}" if not relative.startswith("../") else relative
        root = f"/{said}" if typed.startswith("/") else said
        address = target.form in ADDRESS_FORMS
        if old.way is Way.RELATIVE and (address or "/" in typed):
            order = [relative, root, f"/{said}"]
        elif "/" in typed:  # a path from the notes folder, or the end of a file's
            order = [root, *([relative, f"/{said}"] if address else [f"/{said}", relative])]
        else:
            order = [name, *([relative, f"/{said}"] if address else [said, f"/{said}", relative])]
        # without its ending a path might be another file's
        yield from dict.fromkeys([*order, f"/{whole}"])

    def _label(self, target: Target, old: Seen, said: str) -> str | None:
        """The words to show where they would else become a path, or another name than was typed."""
        if target.form is not Form.WIKI or target.labelled or "/" in target.target:
            return None
        if said == self.new_words(target.target, old):
            return None
        below = f"#{target.heading}" if target.heading else ""
        # `[[Gradient]]` for gradient.md: words for whoever reads the sentence
        in_words = old.way is Way.NAME and not old.exact and said != target.target
        if in_words or (old.found.note or old.found.file) not in self.moves:
            return shown_words(target.target + below)
        return shown_words(said.rpartition("/")[2] + below) if "/" in said else None


def written(target: Target, said: str, *, strict: bool = False) -> str:
    """A name or path as it is written in this form."""
    if target.form in ADDRESS_FORMS:
        return address_of(said, target)
    if strict:
        return quote(said, safe="/ .-_" + "".join({c for c in said if not c.isascii()}))
    if target.form is Form.HEAD_PATH:
        return re.sub(r"""["'\\:#%{}\[\],&*?|<>=!@`]""", escaped, said)
    if target.form is Form.HEAD:
        return re.sub(r"""["'\\]""", escaped, NOT_IN_BRACKETS.sub(escaped, said))
    return NOT_IN_BRACKETS.sub(escaped, said.replace(BACKSLASH, "%5C"))


def escaped(match: re.Match[str]) -> str:
    """Characters as `%20`."""
    return quote(match[0], safe="")


def address_of(said: str, target: Target) -> str:
    """A path as an address: letters of other scripts are left as they are unless the old one escaped them."""
    kept = "" if re.search(r"%[c-fC-F]", target.target) and not has_letters(target) else letters_of(said)
    blanks = " " if target.bracketed else ""
    return quote(said, safe=PLAIN_IN_ADDRESS + kept + blanks)


def has_letters(target: Target) -> bool:
    """Whether an address was written with letters of other scripts: the parser has escaped them, but not made them longer."""
    return target.end - target.start < len(target.target)


def letters_of(text: str) -> str:
    """The characters beyond ASCII that may stand in an address."""
    return "".join({c for c in text if not c.isascii() and not c.isspace()})
