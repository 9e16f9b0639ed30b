"""An entry of the ledger as the journal carries it, and back."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

from notebook_kb.publishing.ledger import Entry
from notebook_kb.publishing.payload import Form, Piece, TargetName

if TYPE_CHECKING:
    from collections.abc import Mapping

    from notebook_kb.publishing.payload import Payload

BESIDE = ("summary", "topics", "series", "canonical")
_PLAIN = (
    "status",
    "url",
    "remote_id",
    "canonical",
    "title",
    "first_at",
    "updated_at",
    "source",
    "payload",
    "about",
)


def entry_of(payload: Payload, source: str, at: str, before: Entry | None = None) -> Entry:
    """The entry for a payload that goes out at the time `at`; `before` is the entry that it takes the place of."""
    return Entry(
        payload.target,
        payload.form,
        url=before.url if before else "",
        remote_id=before.remote_id if before else "",
        canonical=payload.canonical,
        title=payload.title,
        first_at=before.first_at if before and before.first_at else at,
        updated_at=at,
        source=source,
        payload=payload.digest,
        about=about_digest(payload),
        adapter=payload.adapter,
        pictures={
            digest: (before.pictures.get(digest, "") if before else "") for digest in file_digests(payload)
        },
        pieces=payload.pieces,
        extra=before.extra if before else (),
    )


def about_digest(payload: Payload) -> str:
    """The digests of what stands beside the text, one for each of `BESIDE`, with hyphens between them."""
    return "-".join(_short(getattr(payload, name), 10) for name in BESIDE)


def beside_changed(about: str, payload: Payload) -> tuple[str, ...]:
    """Which of `BESIDE` are not as they were when `about_digest` was noted; none where it was not.

    Ledgers of before held one digest of all: where that differs, each may be another.
    """
    then, now = about.split("-"), about_digest(payload).split("-")
    if len(then) != len(now):
        whole = _short(tuple(getattr(payload, name) for name in BESIDE), 20)
        return BESIDE if about and about != whole else ()
    return tuple(name for name, a, b in zip(BESIDE, then, now, strict=True) if a != b)


def _short(value: object, length: int) -> str:
    return hashlib.sha256(repr(value).encode()).hexdigest()[:length]


def file_digests(payload: Payload) -> tuple[str, ...]:
    """The digests of all files that go out with a payload: pictures, the card's and the PDF."""
    card = (payload.card.picture,) if payload.card and payload.card.picture else ()
    files = [picture.digest for picture in (*payload.pictures, *card)]
    if payload.document:
        files.append(hashlib.sha256(payload.document).hexdigest())
    return tuple(dict.fromkeys(files))


def to_json(entry: Entry) -> dict[str, Any]:
    """The entry in plain values. Keys of later versions stay in the ledger and are not carried."""
    return {
        **{name: getattr(entry, name) for name in _PLAIN},
        "adapter": entry.adapter,
        "pictures": dict(entry.pictures),
        "pieces": [[piece.kind, piece.digest, piece.begins] for piece in entry.pieces],
    }


def from_json(place: str, value: Mapping[str, Any]) -> Entry:
    """The entry of plain values. Raises `KeyError`, `TypeError` or `ValueError` for values that are none."""
    target, _, form = place.partition("-")
    texts: dict[str, Any] = {name: str(value[name]) for name in _PLAIN}
    return Entry(
        TargetName(target),
        Form(form),
        **texts,
        adapter=int(value["adapter"]),
        pictures=dict(value["pictures"]),
        pieces=tuple(Piece(*map(str, piece)) for piece in value["pieces"]),
    )
