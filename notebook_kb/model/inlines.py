"""The parts of a line of text, each with its place in the file."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple


class Place(NamedTuple):
    """Where in a file: lines and columns (characters) from 1, last line, column behind the end; 0 is unknown."""

    line: int = 0
    column: int = 0
    end_line: int = 0
    end_column: int = 0


NOWHERE = Place()


@dataclass(frozen=True, slots=True)
class Node:
    """A part of a document."""

    place: Place = NOWHERE


@dataclass(frozen=True, slots=True)
class Inline(Node):
    """A part of a line of text."""


@dataclass(frozen=True, slots=True)
class InlineParent(Inline):
    """An inline that holds others."""

    children: tuple[Inline, ...] = ()


@dataclass(frozen=True, slots=True)
class Text(Inline):
    """Plain characters, entities and escapes already resolved."""

    text: str = ""


@dataclass(frozen=True, slots=True)
class SoftBreak(Inline):
    """A line end inside a paragraph."""


@dataclass(frozen=True, slots=True)
class HardBreak(Inline):
    """A forced line end."""


@dataclass(frozen=True, slots=True)
class Code(Inline):
    """Code in a line of text."""

    text: str = ""


@dataclass(frozen=True, slots=True)
class Math(Inline):
    """A formula: what stands between the dollars, comments (private) included; `indent` characters stand before its
    later lines in the file.
    """

    tex: str = ""
    display: bool = False
    indent: int = 0


@dataclass(frozen=True, slots=True)
class Emphasis(InlineParent):
    """Emphasised text."""


@dataclass(frozen=True, slots=True)
class Strong(InlineParent):
    """Strong text."""


@dataclass(frozen=True, slots=True)
class Strike(InlineParent):
    """Struck-through text."""


@dataclass(frozen=True, slots=True)
class Highlight(InlineParent):
    """`==highlighted==` text; in a cloze card, what is asked for."""


@dataclass(frozen=True, slots=True)
class Link(InlineParent):
    """`[label](href)` or `<href>`; `auto` when the address is its own label. `close` is the place of the bracket that ends
    the label.
    """

    href: str = ""
    title: str = ""
    auto: bool = False
    close: Place = NOWHERE


@dataclass(frozen=True, slots=True)
class WikiLink(Inline):
    """`[[target#heading|label]]`; without a label it is the words as typed, `>` in place of `#`."""

    target: str = ""
    heading: str = ""
    label: str = ""


@dataclass(frozen=True, slots=True)
class Embed(Inline):
    """`![[target#heading|argument]]`: a note, a part of it, a picture or a PDF shown in place."""

    target: str = ""
    heading: str = ""
    argument: str = ""


@dataclass(frozen=True, slots=True)
class Image(Inline):
    """`![alt|size](src "title")` or an HTML picture; `size` is '300', '300x200' or ''. `close` is the place of the bracket
    that ends the words. `decorative`: HTML says `alt=""`.
    """

    src: str = ""
    alt: str = ""
    title: str = ""
    size: str = ""
    close: Place = NOWHERE
    decorative: bool = False


@dataclass(frozen=True, slots=True)
class Html(Inline):
    """A raw HTML tag; sanitised when rendered."""

    html: str = ""


@dataclass(frozen=True, slots=True)
class Comment(Inline):
    """`%% … %%` or an HTML comment in a line: private."""

    text: str = ""


@dataclass(frozen=True, slots=True)
class FootnoteRef(Inline):
    """A reference to the footnote with this number (from 1)."""

    number: int = 0
    repeat: int = 0


@dataclass(frozen=True, slots=True)
class Tag(Inline):
    """`#tag/sub` in running text, without the `#`."""

    name: str = ""


@dataclass(frozen=True, slots=True)
class BlockId(Inline):
    """` ^id` at the end of a block."""

    name: str = ""


@dataclass(frozen=True, slots=True)
class Checkbox(Inline):
    """The box at the start of a task."""

    checked: bool = False
