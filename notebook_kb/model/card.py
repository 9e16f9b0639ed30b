"""A card to be studied: from a note, made from a note's parts, or a starter of the roadmap."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class CardKind(StrEnum):
    """What a card asks."""

    QUESTION = "question"  # `Q:` and `A:`
    CLOZE = "cloze"  # `C: … ==x==`, one card for each mark
    SAY = "say"  # read this formula aloud
    ANGLE = "angle"  # draw it, say it simply, define it
    SYMBOL = "symbol"  # what does this symbol stand for
    CODE = "code"  # sketch the code
    STARTER = "starter"  # of the roadmap


GENERATED = frozenset({CardKind.SAY, CardKind.ANGLE, CardKind.SYMBOL, CardKind.CODE})
LEVELS = ("easy", "medium", "hard")


@dataclass(frozen=True, slots=True)
class StudyCard:
    """One thing to be asked. `front` and `back` are Markdown (of a cloze: with the asked gap, with the asked words
    highlighted); `level` is easy, medium, hard or ''.

    `id` is `k-…` (`k-….1` for the first gap of a cloze), `<note>/<kind>/<detail>` for a generated card, and
    `<roadmap>/s1` for a starter. `path`, `line` and `heading` say where it stands ('' and 0 for a starter), `title` is
    that note's. `fingerprint` is of what is asked: 8 hex digits. `written`: the id stands in the note.
    """

    id: str
    kind: CardKind
    front: str
    back: str
    level: str = ""
    path: str = ""
    line: int = 0
    heading: str = ""
    title: str = ""
    concept: str = ""
    area: str = ""
    fingerprint: str = ""
    written: bool = False

    @property
    def base_id(self) -> str:
        """The id as it stands in the note: that of all gaps of one cloze."""
        return self.id.partition(".")[0] if self.kind is CardKind.CLOZE else self.id
