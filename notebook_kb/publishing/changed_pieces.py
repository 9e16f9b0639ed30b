"""Which pieces of an article are new since it went out: what a kit of the changed paragraphs shows."""

from __future__ import annotations

from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from notebook_kb.publishing.payload import Piece


@dataclass(frozen=True, slots=True)
class Change:
    """One correction of a story that is out there.

    `index` is the piece as it is now, counted from 0 (None: it goes), `was` what stands there (None: it is new),
    `after` the piece that it follows in the new text (None at the beginning).
    """

    index: int | None
    was: Piece | None
    after: Piece | None


@dataclass(frozen=True, slots=True)
class ChangedPieces:
    """All corrections, in the order of the text; `title` is the title that went out, where it is another now.

    `beside` names the fields of the payload beside the text that are others now, `files`: a post's card, picture or PDF is.
    """

    changes: tuple[Change, ...] = ()
    title: str = ""
    beside: tuple[str, ...] = ()
    files: bool = False

    def __bool__(self) -> bool:
        return bool(self.changes or self.title)


def compare_pieces(
    before: tuple[Piece, ...], now: tuple[Piece, ...], *, title: tuple[str, str] = ("", "")
) -> ChangedPieces:
    """What differs between the pieces that went out and those of today; `title` is (then, now).

    What stands in the place of another piece of its kind is a change of it.
    """
    changes: list[Change] = []
    old, new = ([(p.kind, p.digest) for p in pieces] for pieces in (before, now))
    matcher = SequenceMatcher(None, old, new, autojunk=False)
    for tag, old_start, old_end, start, end in matcher.get_opcodes():
        if tag != "equal":
            pairs = _paired(list(before[old_start:old_end]), list(enumerate(now))[start:end])
            changes += _placed(pairs, now, start)
    return ChangedPieces(tuple(changes), title[0] if title[0] != title[1] else "")


def _paired(old: list[Piece], new: list[tuple[int, Piece]]) -> list[tuple[int | None, Piece | None]]:
    """(new index, old piece) of each: pairs of one kind in their order, the rest alone."""
    pairs: list[tuple[int | None, Piece | None]] = []
    waiting = list(old)
    for index, piece in new:
        at = next((i for i, p in enumerate(waiting) if p.kind == piece.kind), None)
        if at is None:
            pairs.append((index, None))
            continue
        pairs += [(None, gone) for gone in waiting[:at]]
        pairs.append((index, waiting[at]))
        waiting = waiting[at + 1 :]
    return pairs + [(None, gone) for gone in waiting]


def _placed(pairs: list[tuple[int | None, Piece | None]], now: tuple[Piece, ...], start: int) -> list[Change]:
    """The same with what each follows."""
    changes, after = [], now[start - 1] if start else None
    for index, was in pairs:
        changes.append(Change(index, was, after))
        after = after if index is None else now[index]
    return changes
