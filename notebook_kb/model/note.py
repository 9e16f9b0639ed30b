"""A note as the rest of the program sees it: what was read from its head and its text."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

from notebook_kb.model.document import NOWHERE

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from notebook_kb.findings import Finding
    from notebook_kb.model.code import CodePart
    from notebook_kb.model.document import Place
    from notebook_kb.model.symbols import ListedFormula


class NoteType(StrEnum):
    """What a note is for."""

    CONCEPT = "concept"
    READING = "reading"
    POST = "post"
    PAGE = "page"


class Part(StrEnum):
    """What a section of a note was read as."""

    ANGLE = "angle"
    OWN = "own"
    SYMBOLS = "symbols"
    EXAMPLE = "example"
    CODE = "code"
    WHY = "why"
    PITFALLS = "pitfalls"
    CARDS = "cards"
    EXCERPT = "excerpt"
    LINKEDIN = "linkedin"
    PRIVATE = "private"
    OTHER = "other"


LAST_LINE = 10**9
PRIVATE_PARTS = frozenset({Part.EXCERPT, Part.PRIVATE, Part.LINKEDIN})


@dataclass(frozen=True, slots=True)
class Citation:
    """A source as a note names it: the words as typed, the place in it, and where they stand."""

    name: str = ""
    place_text: str = ""
    url: str = ""
    place: Place = NOWHERE


@dataclass(frozen=True, slots=True)
class Silence:
    """Finding codes that a comment silences from its line `first` to its line `last`; 0 is the start or end of the note."""

    first: int
    last: int
    codes: tuple[str, ...]

    def covers(self, line: int) -> bool:
        """Whether it counts for what stands in `line`; 0 is the whole file."""
        return self.first <= line and (not self.last or line <= self.last)


@dataclass(frozen=True, slots=True)
class Section:
    """A heading with the text up to the next heading that starts a part of its own.

    `part` is what the heading was read as, `angle` the angle's id for an explanation, `words` the words that
    count (see `learning.words`), `substance` whether it holds a formula, a number, code or a picture.
    `first` and `last` are the indexes of its blocks in the document (last is exclusive; the heading is first). `silenced`
    are the finding codes that a comment in it silences, `own-words` among them.
    """

    heading: str
    level: int
    anchor: str
    part: Part
    place: Place
    angle: str = ""
    concept: str = ""
    citation: Citation = field(default_factory=Citation)
    words: int = 0
    substance: bool = False
    first: int = 0
    last: int = 0
    private: bool = False
    display_formulas: int = 0
    silenced: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Headline:
    """A heading wherever it stands, for links to it: `level` 1–6, its words, its id on the page, its line."""

    level: int
    text: str
    anchor: str
    line: int = 0
    private: bool = False


@dataclass(frozen=True, slots=True)
class Reference:
    """A link from a note: `kind` is wiki, embed, link or image; `context` the sentence around it."""

    kind: str
    target: str
    heading: str
    label: str
    place: Place
    context: str = ""
    private: bool = False


@dataclass(frozen=True, slots=True)
class Formula:
    """A formula of a note, whether it could be read, and its place."""

    tex: str
    display: bool
    place: Place
    in_symbols: bool = False


@dataclass(frozen=True, slots=True)
class Card:
    """A card as it stands in a note; of a cloze there is one to study for each gap.

    `front` and `back` are Markdown without marks and id; a cloze is all `front`, and `gaps` are the (start, end) of its
    `==…==` in it. `level` is easy, medium, hard or ''. `place` has its first and last line, `heading` the words of
    the heading above. `open_end`: it ends in a line of text, behind which an id can be written.
    """

    cloze: bool
    front: str
    back: str
    id: str
    level: str
    place: Place
    heading: str = ""
    private: bool = False
    open_end: bool = True
    gaps: tuple[tuple[int, int], ...] = ()


@dataclass(frozen=True, slots=True)
class Note:
    """Everything but the tree itself.

    `path` is relative to the notebook with forward slashes; `digest` is of the file's bytes.
    `publish` is the flag as it was understood: True only when it was clearly said; `draft` and `unclear` keep a
    note private whatever `publish` says. `lead` is the words of the first paragraph, `loose_words` counts the prose that
    stands outside known parts. `anchors` are the ids of headings and, with `^`, of blocks; those of
    `hidden_anchors` stand in private parts. `tags` are those of the head, `text_tags` those of the text, `hidden_tags` those
    of its private parts. `check` are the severities that the head chose for findings of this note, `silences` what comments
    silence. `listed` are the display formulas of symbols parts with their lists, `code` the blocks of
    code that are run, `code_key` is a digest of them ('' without any). `has_excerpt`: it keeps words of a source, to compare with.
    """

    path: str
    digest: str
    type: NoteType
    title: str
    title_given: bool = False
    concept: str = ""
    source: Citation = field(default_factory=Citation)
    angle: str = ""
    aliases: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    text_tags: tuple[str, ...] = ()
    hidden_tags: tuple[str, ...] = ()
    date: str = ""
    updated: str = ""
    publish: bool = False
    draft: bool = False
    unclear: str = ""
    description: str = ""
    slug: str = ""
    permalink: str = ""
    image: str = ""
    needs: tuple[str, ...] = ()
    met_in: tuple[str, ...] = ()
    id: str = ""
    series: str = ""
    macros: Mapping[str, str] = field(default_factory=dict)
    lead: str = ""
    sections: tuple[Section, ...] = ()
    references: tuple[Reference, ...] = ()
    formulas: tuple[Formula, ...] = ()
    cards: tuple[Card, ...] = ()
    listed: tuple[ListedFormula, ...] = ()
    code_key: str = ""
    has_excerpt: bool = False
    code: tuple[CodePart, ...] = ()
    outline: tuple[Headline, ...] = ()
    anchors: tuple[str, ...] = ()
    hidden_anchors: tuple[str, ...] = ()
    loose_words: int = 0
    findings: tuple[Finding, ...] = ()
    body_line: int = 1
    check: Mapping[str, str] = field(default_factory=dict)
    silences: tuple[Silence, ...] = ()

    @property
    def all_tags(self) -> tuple[str, ...]:
        """The tags of the head, then those of the text, each once."""
        return tuple(dict.fromkeys((*self.tags, *self.text_tags, *self.hidden_tags)))

    def section_lines(self) -> Iterator[tuple[Section, int, int]]:
        """Each section with its first and its last line."""
        for number, section in enumerate(self.sections, start=1):
            after = self.sections[number].place.line if number < len(self.sections) else LAST_LINE
            yield section, section.place.line, after - 1
