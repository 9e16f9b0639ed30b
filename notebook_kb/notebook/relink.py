"""Works out, for one change of paths, titles or headings, which links of all notes have to be written anew."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING

from notebook_kb.errors import UsageError
from notebook_kb.model.edit import FileEdits, apply_edits
from notebook_kb.notebook.affected import affected_names, last_name
from notebook_kb.notebook.headings import HeadingChange
from notebook_kb.notebook.names import fold
from notebook_kb.notebook.relink_proof import said_otherwise
from notebook_kb.notebook.retarget import Moving, View, is_outside
from notebook_kb.parsing.note import parse_note
from notebook_kb.parsing.target import ADDRESS_FORMS, Form
from notebook_kb.parsing.targets import NoteText

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from notebook_kb.model.edit import Edit
    from notebook_kb.model.note import Note
    from notebook_kb.model.roadmap import Roadmap
    from notebook_kb.notebook.notebook import Notebook
    from notebook_kb.notebook.retarget import NewWords
    from notebook_kb.parsing.target import Target

# a first look at a text, before it is parsed: what might be a target
LOOKS_WIKI = re.compile(r"\[\[([^\[\]\n|#]+)")
LOOKS_ADDRESS = re.compile(
    r"""\]\(\s*(?:<([^>\n#]*)|([^\s)#]*))|(?:href|src)\s*=\s*["']?([^"'\s>#]+)""", re.IGNORECASE
)
MOST_ROUNDS = 5
# these hold the id of a concept or a source before they hold a note
NAMES_FIRST = {"concept": "concept_names", "needs": "concept_names", "source": "resource_names"}


@dataclass
class Relinker:
    """One change of a notebook: `moves` maps old paths to new ones, `add` brings further edits of single notes.

    `titles` maps words by which a note is linked to, folded, to new ones, such as its title: links by them follow. `roadmap` is that of afterwards, where it is another. `free` names, for a note, the headings (counted
    from 0) whose words are changed on purpose.
    """

    notebook: Notebook
    moves: Mapping[str, str]
    read_text: Callable[[str], str]
    remarks: list[str] = field(default_factory=list)
    titles: Mapping[str, NewWords] = field(default_factory=dict)
    roadmap: Roadmap | None = None
    free: dict[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._read: dict[str, str] = {}
        self._texts: dict[str, NoteText] = {}
        self._own: dict[str, tuple[Edit, ...]] = {}
        self._links: dict[str, tuple[Edit, ...]] = {}
        self._parsed: dict[tuple[str, str], Note] = {}
        self._strict: set[str] = set()
        self.before = View(self.notebook.resolver)
        self.after = self.notebook

    def there(self, path: str) -> str:
        """A path afterwards."""
        return self.moves.get(path, path)

    def text(self, path: str) -> NoteText:
        """A note's text as it is."""
        if path not in self._texts:
            self._texts[path] = NoteText(self._raw(path))
        return self._texts[path]

    def _raw(self, path: str) -> str:
        """The same as it stands in the file."""
        if path not in self._read:
            self._read[path] = self.read_text(path)
        return self._read[path]

    def add(self, path: str, edits: tuple[Edit, ...]) -> None:
        """An edit that belongs to the change itself."""
        self._own[path] = (*self._own.get(path, ()), *edits)

    def moved_only(self) -> Notebook:
        """The notebook with the new paths, before any text is edited."""
        return self._moved

    @cached_property
    def _moved(self) -> Notebook:
        return self._built({})

    def with_own(self, path: str) -> Notebook:
        """The notebook with the edits of one note that belong to the change itself."""
        text = apply_edits(self.text(path).file_text, sorted(self._own.get(path, ())))
        return self._built({path: text})

    def edits_of(self, path: str) -> tuple[Edit, ...]:
        """All edits of a note so far, in the order of its text."""
        return tuple(sorted((*self._own.get(path, ()), *self._links.get(path, ()))))

    def file_edits(self) -> tuple[FileEdits, ...]:
        """The edits of all files, by path."""
        paths = sorted({*self._own, *self._links})
        return tuple(FileEdits(p, self.edits_of(p)) for p in paths if self.edits_of(p))

    def new_text(self, path: str) -> str:
        """A note's text with its edits."""
        return apply_edits(self.text(path).file_text, self.edits_of(path))

    def _moving(self) -> Moving:
        """The notebook before, and as it is worked out so far."""
        return Moving(self.before, View(self.after.resolver), self.moves, self.titles)

    # the work

    def run(self) -> None:
        """Find all edits of links. Raises `UsageError` where a link cannot be kept."""
        names: dict[str, object] | None = None
        for _ in range(MOST_ROUNDS):
            self.after = self._built({p: self.new_text(p) for p in {*self._own, *self._links}})
            now = self._names()
            if now == names:
                break
            names = now
            self._relink()
        else:
            raise UsageError("the links change the titles that they lead to, again and again", "use a path")
        self._prove()
        self._say_gained()

    def _names(self) -> dict[str, object]:
        """What links can name in the notes that are edited, where it is another than before."""
        found: dict[str, object] = {}
        for path in sorted({*self._own, *self._links, *self.moves}):
            if path in self.notebook.notes:
                was, now = (
                    (n.title, n.aliases, n.concept, [h.text for h in n.outline])
                    for n in (self.notebook.notes[path], self.after.notes[self.there(path)])
                )
                if was != now:
                    found[path] = now
        return found

    def _built(self, texts: Mapping[str, str]) -> Notebook:
        """The notebook afterwards, with these new texts by old path."""
        notes = {}
        for path, note in self.notebook.notes.items():
            new = self.there(path)
            if path in texts or new != path:
                notes[new] = self._note(
                    new, texts[path] if path in texts else self.text(path).file_text, note
                )
            else:
                notes[path] = note
        files = tuple(sorted(self.there(f) for f in self.notebook.files))
        roadmap = self.roadmap or self.notebook.roadmap
        return replace(self.notebook, notes=dict(sorted(notes.items())), files=files, roadmap=roadmap)

    def _note(self, path: str, text: str, was: Note) -> Note:
        """A note of a text at a path."""
        key = (path, text)
        if key not in self._parsed:
            self._parsed[key] = parse_note(
                text.removeprefix("\ufeff"), path, was.digest, self.notebook.names
            ).note
        return self._parsed[key]

    def _relink(self) -> None:
        """The edits of links, for the notebook as it is afterwards."""
        moving = self._moving()
        headings = HeadingChange(self.notebook, self.after, moving)
        names = affected_names(self.notebook, self.after) | {*self.titles}
        for path, note in self.notebook.notes.items():
            if self._looks_stale(path, note, moving, headings, names):
                self._links[path] = tuple(self._note_edits(path, moving, headings, names))
        self._links = {p: e for p, e in self._links.items() if e}

    def _looks_stale(
        self, path: str, note: Note, moving: Moving, headings: HeadingChange, names: frozenset[str]
    ) -> bool:
        """Whether a note may hold a link that has to be written anew: a look at it without parsing. `names` are those that
        may lead elsewhere; all of them in a note that changes its folder.
        """
        if path in self._links:
            return True

        def stale(target: str, *, address: bool) -> bool:
            return self._may(target, path, names) and moving.is_stale(target, path, address=address)

        for reference in note.references:
            if reference.heading and headings.is_stale(reference.target, reference.heading, path):
                return True
            if stale(reference.target, address=reference.kind in {"link", "image"}):
                return True
        text = self._raw(path)
        wiki = (note.image, *note.met_in, *(t.strip().removesuffix("\\") for t in LOOKS_WIKI.findall(text)))
        addresses = (next((t for t in m if t), "") for m in LOOKS_ADDRESS.findall(text))
        return any(t and stale(t, address=False) for t in wiki) or any(
            t and ":" not in t and stale(t, address=True) for t in addresses
        )

    def _may(self, target: str, path: str, names: frozenset[str]) -> bool:
        """Whether a target in a note might lead elsewhere: by its name, or since the note changes its folder."""
        leaves = path.rpartition("/")[0] != self.there(path).rpartition("/")[0]
        return (leaves or last_name(target) in names) and "://" not in target

    def _note_edits(
        self, path: str, moving: Moving, headings: HeadingChange, names: frozenset[str]
    ) -> Iterator[Edit]:
        """The edits of one note's links."""
        text = self.text(path)
        for form, wanted in text.unplaced:
            name, _, heading = wanted.partition("#") if form is Form.LINK else (wanted, "", "")
            if headings.is_stale(name, heading, path) or moving.is_stale(
                name, path, address=form in ADDRESS_FORMS
            ):
                raise unkept(path, 0, wanted)
        for target in text.targets:
            may = self._may(target.target, path, names) or bool(target.heading)
            if may and not is_outside(target) and not self._is_name(target):
                yield from self._target_edits(path, text, target, moving, headings)

    def _is_name(self, target: Target) -> bool:
        """Whether a value of the head names a concept or a source, not a note."""
        table = NAMES_FIRST.get(target.key)
        return bool(table) and fold(target.target) in getattr(self.notebook, table or "")

    def _target_edits(
        self, path: str, text: NoteText, target: Target, moving: Moving, headings: HeadingChange
    ) -> Iterator[Edit]:
        line = text.place(target.start, target.start).line
        fresh = target
        if moving.is_stale(target.target, path, address=target.form in ADDRESS_FORMS):
            anew = moving.retarget(target, path, strict=path in self._strict)
            if anew is None:
                if target.form is Form.COMMENT:
                    return
                raise unkept(path, line, target.target)
            if anew.text != text.text[target.start : target.end]:
                yield text.edit(target.start, target.end, anew.text)
            if anew.label is not None:
                yield text.edit(target.close, target.close, target.bar + anew.label)
            fresh = replace(target, target=anew.text)
        if target.heading and headings.is_stale(target.target, target.heading, path):
            words = headings.words(fresh, target, path)
            if words is None:
                raise unkept(path, line, f"{target.target}#{target.heading}")
            yield text.edit(target.heading_start, target.heading_end, words)

    # the proof

    def _prove(self) -> None:
        """Read every edited note again: it must say what it said, and each link lead where it led."""
        for path in sorted({*self._own, *self._links}):
            why = self._wrong(path)
            if why and path not in self._strict:
                self._strict.add(path)
                self._links[path] = ()
                self._relink()
                self.after = self._built({p: self.new_text(p) for p in {*self._own, *self._links}})
                why = self._wrong(path)
            if why:
                raise UsageError(
                    f"{path}: {why}, so nothing was renamed", "change that link by hand, then try again"
                )

    def _wrong(self, path: str) -> str:
        """What would be wrong with a note afterwards; '' when nothing is."""
        moving = self._moving()
        return said_otherwise(
            self.text(path), NoteText(self.new_text(path)), path, moving, self.free.get(path)
        )

    def _say_gained(self) -> None:
        """A remark where links that led nowhere now lead to a note that moved."""
        moving = self._moving()
        headings = HeadingChange(self.notebook, self.after, moving)
        names = affected_names(self.notebook, self.after)
        gained: dict[str, int] = {}
        for path, note in self.notebook.notes.items():
            for reference in note.references:
                target = reference.target
                if "://" in target:
                    continue
                other = moving.gained(target, path) if target and last_name(target) in names else ""
                if headings.gained(target, reference.heading, path):
                    other = f"a heading of {moving.wanted(moving.before.seen(target, path).found).note}"
                if other:
                    gained[other] = gained.get(other, 0) + 1
        for other, count in sorted(gained.items()):
            links = "1 link that was not clear leads"
            links = links if count == 1 else f"{count} links that were not clear lead"
            self.remarks.append(f"{links} to {other} from now on")


def unkept(path: str, line: int, target: str) -> UsageError:
    """The error for a link that cannot be written so that it leads where it led."""
    place = f"{path}:{line}" if line else path
    return UsageError(
        f"{place}: the link to `{target}` cannot be kept by itself, so nothing was renamed",
        "write it as a path, or take it out, then try again",
    )
