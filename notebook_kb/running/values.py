"""Values from elsewhere, taken only where they are what they should be: what a note's code says of its run, and results that
another computer may have written.
"""

from __future__ import annotations

import re
from typing import Any

LONGEST_KIND, LONGEST_MESSAGE = 200, 2000
# the keys and values of what the code ran with: shown in the terminal and on the page
NAME = re.compile(r"[\w. -]{1,40}", re.ASCII)
VERSION = re.compile(r"[\w.+!-]{1,40}", re.ASCII)


class WrongValueError(ValueError):
    """A value is not what it should be."""


def text(value: Any, longest: int) -> str:
    """A text that is not too long."""
    if not isinstance(value, str) or len(value) > longest:
        raise WrongValueError("no text")
    return value


def number(value: Any, below: int = 10**7) -> int:
    """A count."""
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value < below:
        raise WrongValueError("no count")
    return value


def matching(value: Any, pattern: re.Pattern[str]) -> str:
    """A text of a form."""
    if not isinstance(value, str) or not pattern.fullmatch(value):
        raise WrongValueError("another form")
    return value


def listed(value: Any, most: int) -> list[Any]:
    """A list that is not too long."""
    if not isinstance(value, list) or len(value) > most:
        raise WrongValueError("no list")
    return value


def entry(value: Any, key: str) -> Any:
    """What a mapping has under a key."""
    if not isinstance(value, dict) or key not in value:
        raise WrongValueError(f"no `{key}`")
    return value[key]


def place(value: Any) -> tuple[int, int]:
    """A line and a column."""
    line, column = listed(value, 2) if isinstance(value, list) and len(value) == 2 else (None, None)
    return number(line), number(column)


def versions(value: Any) -> dict[str, str]:
    """What the code ran with: names and versions."""
    if not isinstance(value, dict):
        raise WrongValueError("no versions")
    return {matching(k, NAME): matching(v, VERSION) for k, v in value.items()}
