"""Payloads and desks for the tests of sending."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

from notebook_kb.publishing.desk import Desk, Job
from notebook_kb.publishing.payload import Form, LinkCard, Payload, Picture, Piece, TargetName

if TYPE_CHECKING:
    from collections.abc import Callable, Collection
    from datetime import datetime
    from pathlib import Path

    from notebook_kb.publishing.send import Question

WORDS = (
    "The rank of a matrix counts its independent rows (or columns).",
    "A matrix of rank r sends the whole space to one of r dimensions.",
    "Each singular value that is not 0 adds 1 to it.",
    "In data, a low rank means that few directions say most.",
    "See https://example.org/notes/rank_of_a_matrix/?utm_source=li#why for more.",
)


def pieces(words: Collection[str]) -> tuple[Piece, ...]:
    """One piece a paragraph."""
    return tuple(Piece("p", hashlib.sha256(w.encode()).hexdigest()[:16], w[:30]) for w in words)


def picture(name: str = "01-svd.png", data: bytes = b"\x89PNG\r\n\x1a\nsvd") -> Picture:
    """A picture, as far as the sending side looks at it."""
    return Picture(name, data, "image/png", "The unit circle becomes an ellipse", 1200, 800)


def payload(words: Collection[str] = WORDS, **more: Any) -> Payload:
    """A post for LinkedIn, but for what is said otherwise."""
    values: dict[str, Any] = {
        "target": TargetName.LINKEDIN,
        "form": Form.POST,
        "key": "rank",
        "path": "notes/rank.md",
        "title": "Rank",
        "body": "\n\n".join(words),
        "pieces": pieces(words),
        "canonical": "https://example.org/notes/rank/",
        "topics": ("LinearAlgebra",),
    }
    return Payload(**{**values, **more})


def article(target: TargetName, words: Collection[str] = WORDS, **more: Any) -> Payload:
    """The same note for Medium or dev.to."""
    mark = "<p>{}</p>" if target is TargetName.MEDIUM else "{}"
    body = "\n\n".join(mark.format(w) for w in words)
    return payload(words, **{"target": target, "form": Form.ARTICLE, "body": body, **more})


def card() -> LinkCard:
    """A link card with a picture."""
    return LinkCard(
        "https://example.org/notes/rank/", "Rank", "What is independent", picture("card.png", b"\x89PNGcard")
    )


def desk(root: Path, keys: Collection[str] = ("rank",), now: Callable[[], datetime] | None = None) -> Desk:
    """The sending side of a notebook at `root`."""
    return Desk(root, root / ".kb", keys, **({"now": now} if now else {}))


def job(payload: Payload, source: str = "", concept: str = "") -> Job:
    """A payload to send."""
    return Job(payload, source or payload.digest, concept)


def yes(question: Question) -> bool:
    """Who agrees to everything."""
    return bool(question.text)
