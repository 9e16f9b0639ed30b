"""Cards of other programs: how they were written, and what becomes of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from notebook_kb.study.foreign_schedule import ForeignSchedule

    Schedules = tuple[ForeignSchedule | None, ...]


@dataclass(frozen=True, slots=True)
class Dialect:
    """How the plugin was set: its tags, and what it takes for cards."""

    tags: tuple[str, ...] = ("flashcards",)
    single: str = "::"
    single_reversed: str = ":::"
    multi: str = "?"
    multi_reversed: str = "??"
    end: str = ""
    highlights: bool = True
    bold: bool = False
    curly: bool = False

    def is_tag(self, name: str) -> bool:
        """Whether `#name` is one of its tags or below one."""
        folded = name.strip("/").casefold()
        return any(folded == t or folded.startswith(t + "/") for t in self.tags)

    def may_be_in(self, text: str, head_tags: tuple[str, ...]) -> bool:
        """Whether a note is worth a closer look; most are not."""
        signs = (
            self.single,
            self.single_reversed,
            f"\n{self.multi}",
            f"\n{self.multi_reversed}",
            "{{c",
            "<!--SR:",
        )
        folded = text.casefold()
        tagged = any(f"#{tag}" in folded for tag in self.tags) or any(self.is_tag(t) for t in head_tags)
        return tagged or any(sign in text for sign in signs)


@dataclass(frozen=True, slots=True)
class NewCard:
    """A card of ours: its lines without an id; `schedules` has one entry for a question, one a gap for a cloze.

    `open_end`: it ends in a line of text, behind which its id can stand.
    """

    lines: tuple[str, ...]
    schedules: Schedules
    gaps: int = 0
    open_end: bool = True

    def with_id(self, name: str) -> tuple[str, ...]:
        """Its lines, the id at the end."""
        if self.open_end:
            return (*self.lines[:-1], f"{self.lines[-1].rstrip()} ^{name}")
        return (*self.lines, "", f"^{name}")


@dataclass(frozen=True, slots=True)
class Change:
    """Lines `first` to `last` (from 1) of the note become these cards."""

    first: int
    last: int
    cards: tuple[NewCard, ...]
    remark: str = ""


@dataclass(frozen=True, slots=True)
class LeftAlone:
    """A line that looks like a foreign card and was left, and why."""

    line: int
    why: str
