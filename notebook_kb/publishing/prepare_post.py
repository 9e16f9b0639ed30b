"""A note as a LinkedIn post: its text, and what hangs on it: a card for the page, pictures of the note, or a PDF."""

from __future__ import annotations

import hashlib
import re
from typing import TYPE_CHECKING

from notebook_kb.publishing.article import source_digest
from notebook_kb.publishing.payload import Form, LinkCard, Payload, Piece, TargetName
from notebook_kb.publishing.prepare import Prepared, without_words
from notebook_kb.publishing.remarks import remark
from notebook_kb.publishing.shaped import BEGINS, Shaped

if TYPE_CHECKING:
    from notebook_kb.publishing.article import Article, Loss
    from notebook_kb.publishing.payload import Picture
    from notebook_kb.publishing.post_text import PostText
    from notebook_kb.publishing.remarks import Remark

HASHTAG = re.compile(r"(?<![\w#&/])#(\w+)")
VERSION = 1  # raise when the same note comes out as another post


def prepare_post(
    article: Article,
    post: PostText,
    *,
    thumbnail: Picture | None = None,
    pictures: tuple[Picture, ...] = (),
    document: bytes = b"",
    left_out: tuple[Loss, ...] = (),
) -> Prepared:
    """A post with a card (`thumbnail` is its picture), or with `pictures` in its place, or with a PDF, in which what was
    `left_out` is not.
    """
    card = None
    if article.canonical and not pictures and not document:
        card = LinkCard(article.canonical, article.title, article.summary, thumbnail)
    payload = Payload(
        target=TargetName.LINKEDIN,
        form=Form.DOCUMENT if document else Form.POST,
        key=article.key,
        path=article.note.path,
        title=article.title,
        body=post.text,
        summary=article.summary,
        topics=tuple(dict.fromkeys(HASHTAG.findall(post.text))),
        canonical=article.canonical,
        language=article.language,
        pictures=pictures,
        document=document,
        card=card,
        pieces=tuple(text_piece(p) for p in post.text.split("\n\n") if p.strip()),
        adapter=VERSION,
    )
    files = {p.name: p.digest for p in pictures}
    source = hashlib.sha256(f"{source_digest(article, files)}{post.text}".encode()).hexdigest()
    return Prepared(
        payload,
        Shaped((), pictures, (*post.losses, *left_out)),
        (),
        source,
        tuple(warnings_of(post, payload)),
    )


def text_piece(text: str) -> Piece:
    """A paragraph of the post as the ledger remembers it."""
    words = " ".join(text.split())
    begins = words if len(words) <= BEGINS else words[:BEGINS].rsplit(" ", 1)[0] + " …"
    return Piece("paragraph", hashlib.sha256(text.encode()).hexdigest()[:20], begins)


def warnings_of(post: PostText, payload: Payload) -> list[Remark]:
    """What a person should know before it goes out."""
    found = []
    if post.too_long:
        found.append(remark("warn_long_post", post.place, count=f"{post.length:,}", most=f"{post.limit:,}"))
    found += without_words(payload)
    if not payload.canonical:
        found.append(remark("warn_no_card"))
    return found
