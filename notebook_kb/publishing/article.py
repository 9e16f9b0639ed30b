"""A note as an article: what everybody may read of it, whole in itself, before a target's rules are put to it.

Made by walking the tree of the public view. Links lead to whole addresses or are their words, embedded notes stand in
their place, the sources of explanations are named in the text, comments and private parts are gone.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from notebook_kb.model import document as d
from notebook_kb.publishing.payload import Picture

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from notebook_kb.model.note import Note
    from notebook_kb.notebook.notebook import Notebook
    from notebook_kb.parsing.note import ParsedNote


@dataclass(frozen=True, slots=True)
class Figure(d.Block):
    """A picture on its own line. `src` is an attachment's path in the notebook or an address on the web."""

    src: str = ""
    alt: str = ""
    caption: str = ""

    @property
    def outside(self) -> bool:
        """Whether the picture lies on the web."""
        return "://" in self.src


@dataclass(frozen=True, slots=True)
class Loss:
    """Something that does not stay what it was: a construct, what becomes of it, and where it stands.

    `construct` and `became` are keys of the report's words; `refused` stops the sending.
    """

    construct: str
    became: str
    path: str = ""
    line: int = 0
    detail: str = ""
    refused: bool = False

    @property
    def place(self) -> str:
        """`path:line`."""
        return f"{self.path}:{self.line}" if self.line else self.path


@dataclass(frozen=True, slots=True)
class Question:
    """A card, as a reader may ask it himself."""

    front: tuple[d.Inline, ...]
    back: tuple[d.Inline, ...]


@dataclass(frozen=True, slots=True)
class Article:
    """A note, ready for any target. `footnotes` are numbered in the order in which the text refers to them."""

    key: str
    note: Note
    title: str
    summary: str
    canonical: str
    language: str
    blocks: tuple[d.Block, ...]
    footnotes: tuple[d.Footnote, ...] = ()
    questions: tuple[Question, ...] = ()
    losses: tuple[Loss, ...] = ()


@dataclass(frozen=True)
class Surroundings:
    """What an article asks of the rest of the program.

    `notebook` is the public view; `parsed` gives a public note's tree again; `address` the whole address of a note's page
    ('' where it has none).
    """

    notebook: Notebook
    parsed: Callable[[str], ParsedNote | None]
    address: Callable[[str], str]
    losses: list[Loss] = field(default_factory=list)


def source_digest(article: Article, files: Mapping[str, str]) -> str:
    """The digest of all that an article is made of; `files` maps the pictures it shows to theirs.

    It stays the same when only the rules of a target change.
    """
    state = hashlib.sha256()
    for part in (article.title, article.summary, article.canonical, article.note.tags, sorted(files.items())):
        state.update(f"{part!r}\n".encode())
    for block in (*article.blocks, *article.footnotes):
        state.update(f"{bare(block)!r}\n".encode())
    for question in article.questions:
        state.update(f"{bare(question.front)!r}{bare(question.back)!r}\n".encode())
    return state.hexdigest()


def bare(value: object) -> object:
    """A tree without its places: the same words on other lines are the same."""
    match value:
        case Picture():
            return value.digest
        case d.Node():
            names = [n for n in value.__dataclass_fields__ if n not in {"place", "number"}]
            return (type(value).__name__, *(bare(getattr(value, n)) for n in names))
        case tuple():
            return tuple(bare(v) for v in value)
        case _:
            return value
