"""What comes of drawing: a picture with its size, or why there is none."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Drawn:
    """A picture file; width and height in px."""

    data: bytes
    media_type: str
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class CannotDraw:
    """Why there is no picture, in words for people; `characters` are those that no shipped font has."""

    reason: str
    characters: str = ""


class UndrawableError(Exception):
    """Raised while a picture is set, and caught by the function that gives it out: see `CannotDraw`."""

    def __init__(self, reason: str, characters: str = "") -> None:
        super().__init__(reason)
        self.result = CannotDraw(reason, characters)


def no_glyphs(characters: str) -> UndrawableError:
    """The characters that the shipped fonts lack, with their numbers: some have no shape in a terminal either."""
    some = ", ".join(f"{c} (U+{ord(c):04X})" for c in characters[:8])
    more = f" and {len(characters) - 8} more" if len(characters) > 8 else ""
    return UndrawableError(f"the fonts for pictures have no shape for {some}{more}", characters)
