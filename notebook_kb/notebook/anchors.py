"""Where in a note a link's `#heading` or `#^block` leads; build, check and editor ask here."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import unquote

from notebook_kb.model.note import Part
from notebook_kb.notebook.names import fold

if TYPE_CHECKING:
    from collections.abc import Mapping

    from notebook_kb.model.note import Headline, Note, Section

NOT_WORDS = re.compile(r"[\W_]+")


def heading_anchor(note: Note, heading: str, *, private: bool = False) -> str:
    """The anchor (without `#`) that the words of a heading, a part's name or a `^block` mean; '' if none does.

    `a#b` means a heading b below a heading a. Case, dashes and signs do not matter. What stands in private parts counts
    only with `private`.
    """
    wanted = [part.strip() for part in unquote(heading).split("#") if part.strip()]
    if not wanted:
        return ""
    hidden = frozenset() if private else frozenset(note.hidden_anchors)
    if wanted[-1].startswith("^"):
        return wanted[-1] if wanted[-1] in note.anchors and wanted[-1] not in hidden else ""
    headlines = tuple(h for h in note.outline if private or not h.private)
    sections = {s.anchor: s for s in note.sections if s.anchor and (private or not s.private)}
    for exact in (True, False):
        found = _descend(headlines, wanted, sections, exact=exact)
        if found:
            return found
    return ""


def headlines_below(headlines: tuple[Headline, ...], index: int) -> tuple[Headline, ...]:
    """The headings below the one at `index`, up to the next of its level or above."""
    level = headlines[index].level
    for end in range(index + 1, len(headlines)):
        if headlines[end].level <= level:
            return headlines[index + 1 : end]
    return headlines[index + 1 :]


def _descend(
    headlines: tuple[Headline, ...], wanted: list[str], sections: Mapping[str, Section], *, exact: bool
) -> str:
    """The anchor of the last of `wanted`, each heading below the one before."""
    for index, headline in enumerate(headlines):
        if not _means(wanted[0], headline, sections.get(headline.anchor), exact=exact):
            continue
        if len(wanted) == 1:
            return headline.anchor
        found = _descend(headlines_below(headlines, index), wanted[1:], sections, exact=exact)
        if found:
            return found
    return ""


def _means(words: str, headline: Headline, section: Section | None, *, exact: bool) -> bool:
    """Whether words mean a heading: by its text, its angle or its part; else (not `exact`) by its letters alone."""
    if not exact:
        return _loose(words) in {_loose(headline.text), _loose(headline.anchor)} - {""}
    names = {fold(headline.text)}
    if section:
        names |= {fold(section.angle), "" if section.part is Part.OTHER else str(section.part)}
    return fold(words) in names - {""}


def _loose(text: str) -> str:
    """Words and dashes, as anchors are made of headings."""
    return NOT_WORDS.sub("-", text.casefold()).strip("-")
