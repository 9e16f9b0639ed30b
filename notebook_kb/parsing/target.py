"""The target of one link as it is written."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Form(StrEnum):
    """How a link is written."""

    WIKI = "wiki"  # [[target#heading|label]]
    EMBED = "embed"  # ![[target#heading|argument]]
    LINK = "link"  # [label](address)
    IMAGE = "image"  # ![words](address)
    DEFINITION = "definition"  # [name]: address
    TAG_IMAGE = "img"  # <img src="address">
    TAG_LINK = "a"  # <a href="address">
    COMMENT = "comment"  # [[target]] in a comment
    HEAD = "head"  # [[target]] in a value of the head
    HEAD_PATH = "head-path"  # a plain target in the head: `image:`, `met_in:`


WIKI_FORMS = frozenset({Form.WIKI, Form.EMBED, Form.COMMENT, Form.HEAD})
"""Written in double brackets: a name rather than an address."""
ADDRESS_FORMS = frozenset({Form.LINK, Form.IMAGE, Form.DEFINITION, Form.TAG_IMAGE, Form.TAG_LINK})
"""Written as an address: other programs follow it as a path."""


@dataclass(frozen=True, slots=True)
class Target:
    """A target and where it stands, as offsets in the text with line ends of one character.

    `target` is as the tree has it, still with what is written as `%20`; `start` to `end` is where it stands,
    `heading_start` to `heading_end` what is behind `#` (equal where there is none). Of those in double brackets `close` is
    where a label can be put if it is not `labelled`, with `bar` before it. `bracketed`: an address in `<…>`. `key` is that of
    the head in which it stands, synonyms resolved.
    """

    form: Form
    target: str
    heading: str
    start: int
    end: int
    heading_start: int
    heading_end: int
    close: int = -1
    labelled: bool = False
    bar: str = "|"
    bracketed: bool = False
    key: str = ""
