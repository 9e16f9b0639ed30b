"""What the audit reads of a file of the site: all its words, in each way in which a reader or a machine may read them.

Like the rest of the audit it knows nothing of how the files were written.
"""

from __future__ import annotations

import json
import re
from html import unescape
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

MATH = re.compile(r"<math\b.*?</math>", re.DOTALL)
ANNOTATION = re.compile(r"<annotation\b[^>]*>(.*?)</annotation>", re.DOTALL)
MARKS = re.compile(r"<[^>]*>")
# text on both sides of these belongs to different blocks: words that meet there were not written together
BLOCK_MARKS = re.compile(
    r"</?(?:p|div|li|ul|ol|dl|dt|dd|h[1-6]|t[rdh]|table|section|article|aside|nav|main|header|footer|figure"
    r"|figcaption|summary|details|blockquote|pre|title|entry|head|body|svg|g|text|time|url|loc|button)\b[^>]*>|</a>",
    re.IGNORECASE,
)
# a word that nobody writes: it parts blocks
PARTED = " \ua66e "
# a page within a feed: HTML that is escaped once more
ESCAPED_HTML = re.compile(r"""<(\w+)\b[^>]*\btype=["']html["'][^>]*>(.*?)</\1>""", re.DOTALL)


def page_readings(page: str, data: bytes) -> Iterator[str]:
    """All that a file says, one text for each way of reading each of its parts. `page` is its name."""
    text = data.decode("utf-8", "replace")
    for part in dict.fromkeys(parts_of(page, text)):
        yield from dict.fromkeys(readings(part))


def parts_of(page: str, text: str) -> Iterator[str]:
    """The pieces of HTML or text in a file: no text of a script goes over a line's end; each value of a JSON file and
    each page within a feed stands for itself.
    """
    if page.endswith(".js"):
        yield from text.splitlines()
    elif page.endswith(".json"):
        yield from json_parts(page, text)
    elif page.endswith(".xml"):
        yield ESCAPED_HTML.sub(PARTED, text)
        yield from (unescape(inside) for _, inside in ESCAPED_HTML.findall(text))
    else:
        yield text


def json_parts(page: str, text: str) -> Iterator[str]:
    """The texts in a JSON file, as it stands where it is none. The names of a feed's fields are ours."""
    try:
        todo = [json.loads(text)]
    except (ValueError, RecursionError):
        yield text
        return
    while todo:
        value = todo.pop()
        if isinstance(value, str):
            yield value
        elif isinstance(value, list):
            todo += value
        elif isinstance(value, dict):
            todo += value.values() if page == "feed.json" else (*value, *value.values())
        elif value is not None:
            yield str(value)


def readings(text: str) -> tuple[str, ...]:
    """All that a text with marks says, read in four ways: its text with formulas as their TeX, the same without blanks
    for marks, its formulas as they are drawn, and what stands inside the marks (attributes, JSON, XML).
    """
    flow = BLOCK_MARKS.sub(PARTED, MATH.sub(formula_source, text))
    return (
        unescape(MARKS.sub(" ", flow)),
        unescape(MARKS.sub("", flow)),
        *(unescape(MARKS.sub(" ", ANNOTATION.sub(" ", m))) for m in MATH.findall(text)),
        unescape(PARTED.join(MARKS.findall(text))),
    )


def formula_source(match: re.Match[str]) -> str:
    """A formula's annotation, else the formula."""
    source = ANNOTATION.search(match[0])
    return f" {source[1]} " if source else match[0]
