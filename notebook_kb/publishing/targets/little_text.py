r"""LinkedIn's "little" text: reserved characters want a backslash, or the post is cut at the first one, silently."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING
from urllib.parse import quote

from notebook_kb.publishing import contracts

if TYPE_CHECKING:
    from collections.abc import Collection

_URL = re.compile(r"https?://[^\s<>\"]+")
_HASHTAG = re.compile(r"(?<![\w#&/\\])#(\w+)")
_SENTENCE_ENDS = ".,;:!?'’”"
_PAIRS = {")": "(", "]": "[", "}": "{"}


def escape(text: str, hashtags: Collection[str] = ()) -> str:
    r"""`text` so that it arrives whole: a backslash before each reserved character.

    `hashtags` (words without `#`) stay hashtags where they stand as `#word`, but for the underscores in them.
    """
    wanted = {word.casefold() for word in hashtags}
    kept = {m.start() for m in _HASHTAG.finditer(text) if m[1].casefold() in wanted and "_" not in m[1]}
    reserved = _reserved()
    return "".join(
        f"\\{character}" if character in reserved and place not in kept else character
        for place, character in enumerate(text)
    )


def unescape(text: str) -> str:
    """What a reader sees of escaped text."""
    return re.sub(r"\\(.)", r"\1", text, flags=re.DOTALL)


def encode_urls(text: str) -> str:
    """Reserved characters in the addresses of `text` percent-encoded, which leads to the same page.

    A backslash there has broken links. `#` stays, as `%23` would be another address.
    """
    return _URL.sub(_encoded, text)


def _encoded(found: re.Match[str]) -> str:
    """An address encoded; the signs of the sentence after it stay as they are."""
    url, after = _split_url(found[0])
    scheme, _, rest = url.partition("://")
    host, slash, path = rest.partition("/")
    signs = _reserved() - {"#"}
    encoded = "".join(_percent(c) if c in signs else c for c in path)
    return f"{scheme}://{host}{slash}{encoded}{after}"


def _percent(character: str) -> str:
    """A character as `%XX`, also where `quote` would leave it."""
    return quote(character, safe="") if character not in "_~" else f"%{ord(character):02X}"


def _split_url(url: str) -> tuple[str, str]:
    """An address and what belongs to the sentence: its stops, and brackets that the address did not open."""
    end = len(url)
    while end:
        last = url[end - 1]
        opened = _PAIRS.get(last)
        if last not in _SENTENCE_ENDS and not (
            opened and url.count(opened, 0, end) < url.count(last, 0, end)
        ):
            break
        end -= 1
    return url[:end], url[end:]


def length(text: str) -> int:
    """Characters as LinkedIn may count them, in UTF-16: the cautious count, as 𝒙 counts twice there."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


@cache
def _reserved() -> frozenset[str]:
    return frozenset(contracts.text("linkedin.reserved"))
