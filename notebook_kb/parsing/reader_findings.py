"""What readers who do not see a page, or see it otherwise, would miss. Looked for only in notes that ask to be published."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import TYPE_CHECKING

from notebook_kb.findings import finding
from notebook_kb.model import document as d
from notebook_kb.parsing.pictures import SUFFIX, names_picture

if TYPE_CHECKING:
    from collections.abc import Iterator

    from notebook_kb.findings import Finding
    from notebook_kb.parsing.sections import SectionNames

SIZE = re.compile(r"\d{1,4}(?:x\d{1,4})?")
NUMBER = re.compile(r"[\W\d_]+$")
COLOUR = re.compile(r"""<[a-z][^<>]*\s(?:style\s*=\s*["']?[^"'<>]*color\s*:|color\s*=)""", re.IGNORECASE)
LOWEST = 2
DESCRIBE = 'say what it shows: ![A line through two points](line.svg); <img alt="" …> if it only decorates'


def reader_findings(blocks: tuple[d.Block, ...], names: SectionNames, title: d.Place) -> Iterator[Finding]:
    """KB620 to KB623, KB626 and KB627 of the blocks that a page shows; `title` is the place of the title's heading."""
    yield from skipped_levels(blocks, title)
    for block in d.walk_blocks(blocks):
        if isinstance(block, d.Table) and not any(d.plain_text(c.inlines).strip() for c in block.header):
            yield finding(
                "KB626",
                "this table has no head",
                "say in its first row what each column holds",
                place=block.place,
            )
        if isinstance(block, d.HtmlBlock) and COLOUR.search(block.html):
            yield lost_colour(block.place)
        for inline in d.walk_inlines(d.own_inlines(block)):
            yield from inline_findings(inline, names)


def inline_findings(inline: d.Inline, names: SectionNames) -> Iterator[Finding]:
    """What one picture, link or tag leaves unsaid."""
    match inline:
        case d.Image() if not inline.decorative:
            yield from picture_words(inline.alt, inline.src, inline.place, names)
        case d.Embed() if names_picture(inline.target):
            words = "" if SIZE.fullmatch(inline.argument) else inline.argument
            yield from picture_words(words, inline.target, inline.place, names)
        case d.Link() if not inline.auto:
            yield from link_words(d.plain_text(inline.children), inline.place, names)
        case d.WikiLink():
            yield from link_words(inline.label, inline.place, names)
        case d.Html() if COLOUR.search(inline.html):
            yield lost_colour(inline.place)


def picture_words(words: str, target: str, place: d.Place, names: SectionNames) -> Iterator[Finding]:
    """KB620: no words; KB621: words that only name the file or its kind."""
    said = " ".join(words.split()).casefold()
    name = target.replace("\\", "/").rsplit("/", 1)[-1].casefold()
    shown = name or "this picture"
    if not said:
        yield finding("KB620", f"`{shown}` has no words for who cannot see it", DESCRIBE, place=place)
    elif (
        SUFFIX.search(said) or said == SUFFIX.sub("", name) or NUMBER.sub("", said) in names.no_picture_words
    ):
        yield finding(
            "KB621", f"`{words.strip()}` does not say what the picture shows", DESCRIBE, place=place
        )


def link_words(words: str, place: d.Place, names: SectionNames) -> Iterator[Finding]:
    """KB622: words such as `here`, which say nothing where links are read out one by one."""
    if " ".join(words.split()).strip(" .:!…→»").casefold() in names.no_link_words:
        hint = "link the words that name where it leads: [how ranks add up](…)"
        yield finding(
            "KB622",
            f"the words of this link, `{words.strip()}`, do not say where it leads",
            hint,
            place=place,
        )


def skipped_levels(blocks: tuple[d.Block, ...], title: d.Place) -> Iterator[Finding]:
    """KB623: a heading more than one level below the one before it. Above all stands the page's title."""
    headings = [b for b in blocks if isinstance(b, d.Heading) and b.place != title]
    levels = [1, *(max(h.level, LOWEST) for h in headings)]
    for heading, (above, level) in zip(headings, pairwise(levels), strict=True):
        if level > above + 1:
            yield finding(
                "KB623",
                f"`{heading.text}` is {level - above} levels below the heading above it",
                f"write {'#' * (above + 1)} in place of {'#' * level}",
                place=heading.place,
            )


def lost_colour(place: d.Place) -> Finding:
    """KB627: a colour that the site does not show."""
    hint = "write **bold** or ==marked== words; readers who see no colours would miss it too"
    return finding("KB627", "the site drops this colour", hint, place=place)
