"""Comparing names as people write them."""

from __future__ import annotations

import re
import shlex
import unicodedata
from difflib import SequenceMatcher, get_close_matches
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

SLIP = 0.7  # two letters changed about still are one; `game theory` is no `bayes theorem`
SEPARATORS = re.compile(r"[\s_\-–—]+")


PLAIN_ARGUMENT = re.compile(r"[\w./][\w./-]*")
# what double quotes keep as it is, in any system's terminal
IN_QUOTES = re.compile(r"[\w./ ,:;()'’=+&-]+")


def as_argument(name: str) -> str:
    """A name as an argument of a command that a message shows: to be copied, and never a command itself."""
    if PLAIN_ARGUMENT.fullmatch(name):
        return name
    return f'"{name}"' if IN_QUOTES.fullmatch(name) else shlex.quote(name)


@lru_cache(maxsize=1 << 16)
def fold(name: str) -> str:
    """A name for comparing: case, accents' form, apostrophes, dashes and blanks do not matter."""
    text = unicodedata.normalize("NFC", name).casefold().replace("’", "'")
    return SEPARATORS.sub(" ", text).strip()


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """The nearest known name, or ''."""
    table = {fold(k): k for k in known}
    close = get_close_matches(fold(name), list(table), n=1, cutoff=0.6)
    return table[close[0]] if close else ""


def nearly(name: str, known: Iterable[str]) -> str:
    """The known name that a slip of the fingers away is `name`, or ''."""
    near = did_you_mean(name, known)
    return near if SequenceMatcher(None, fold(name), fold(near)).ratio() >= SLIP else ""
