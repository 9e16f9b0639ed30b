"""From an article to what goes out: the payload of one target, and the pieces that a kit copies one by one."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from notebook_kb.model import document as d
from notebook_kb.publishing.adapters import Shipping
from notebook_kb.publishing.article import source_digest
from notebook_kb.publishing.contracts import number
from notebook_kb.publishing.html import HtmlWriter
from notebook_kb.publishing.markdown import MarkdownWriter
from notebook_kb.publishing.payload import Payload, TargetName
from notebook_kb.publishing.plain_words import plain_words
from notebook_kb.publishing.remarks import remark
from notebook_kb.publishing.shape import shape
from notebook_kb.publishing.shaped import Shown

if TYPE_CHECKING:
    from collections.abc import Callable

    from notebook_kb.languages import LanguagePack
    from notebook_kb.publishing.adapters import Adapter
    from notebook_kb.publishing.article import Article
    from notebook_kb.publishing.drawing import Drawing
    from notebook_kb.publishing.remarks import Remark
    from notebook_kb.publishing.shaped import Shaped

CUT = "…"


@dataclass(frozen=True, slots=True)
class Prepared:
    """What goes out, what it was made of, and the text of each block (HTML or Markdown).

    `source` is the digest of all that it was made from; `warnings` are for people.
    """

    payload: Payload
    shaped: Shaped
    pieces: tuple[str, ...]
    source: str = ""
    warnings: tuple[Remark, ...] = ()


def prepare_article(
    article: Article,
    adapter: Adapter,
    drawing: Drawing,
    pack: LanguagePack,
    *,
    address: Callable[[Shown], str] | None = None,
    with_questions: bool = False,
) -> Prepared:
    """An article for one target. `address` gives the address of a picture on the own site, '' where it has none."""
    article = in_plain_words(article, drawing, plain_letters=adapter.plain_letters)
    shaped = shape(article, adapter, drawing, pack, with_questions=with_questions)
    if adapter.markdown:
        writer = MarkdownWriter(address or (lambda _: ""), liquid=adapter.target is TargetName.DEVTO)
        pieces = writer.pieces(shaped.blocks)
        body = "\n\n".join(p for p in pieces if p) + "\n"
    else:
        html = HtmlWriter(adapter, pack, address)
        pieces = html.pieces(shaped.blocks)
        title = (d.Heading(level=adapter.level(2), inlines=(d.Text(text=article.title),)),)
        body = "".join((*(html.pieces(title) if adapter.title_in_body else ()), *pieces))
    payload = Payload(
        target=adapter.target,
        form=adapter.form,
        key=article.key,
        path=article.note.path,
        title=article.title,
        body=body,
        summary=short_summary(article.summary, adapter.target),
        topics=topics_of(article, adapter.target),
        canonical=article.canonical,
        language=article.language,
        series=article.note.series,
        pictures=shaped.pictures,
        pieces=shaped.pieces,
        adapter=adapter.version,
    )
    files = {
        b.source: drawing.file_digest(b.source) for b in shaped.blocks if isinstance(b, Shown) and b.source
    }
    source = source_digest(article, files)
    return Prepared(payload, shaped, pieces, source, tuple(warnings_of(payload, shaped, adapter, address)))


def in_plain_words(article: Article, drawing: Drawing, *, plain_letters: bool) -> Article:
    """The article with the formulas of its title and summary in signs: no service shows others there."""
    return replace(
        article,
        title=plain_words(article.title, drawing, plain_letters=plain_letters),
        summary=plain_words(article.summary, drawing, plain_letters=plain_letters),
    )


def topics_of(article: Article, target: TargetName) -> tuple[str, ...]:
    """The note's tags as the target names topics, as many as it takes."""
    tags = article.note.tags
    if target is TargetName.DEVTO:
        bare = (re.sub(r"[^a-z0-9]", "", t.rsplit("/", 1)[-1].casefold()) for t in tags)
        fitting = (t for t in bare if t and len(t) <= number("devto.tag_max"))
        return tuple(dict.fromkeys(fitting))[: number("devto.tags_max")]
    words = (re.sub(r"[-_]+", " ", t.rsplit("/", 1)[-1]) for t in tags)
    named = (" ".join(w[:1].upper() + w[1:] for w in t.split()) for t in words)
    fitting = (t for t in named if t and len(t) <= number("medium.tag_max"))
    return tuple(dict.fromkeys(fitting))[: number("medium.topics_max")]


def short_summary(summary: str, target: TargetName) -> str:
    """The line below the title, cut between words where the target's field is short."""
    most = number("medium.subtitle_max") if target is TargetName.MEDIUM else 300
    if len(summary) <= most:
        return summary
    return summary[: most - 1].rsplit(" ", 1)[0].rstrip(",;:") + CUT


def warnings_of(
    payload: Payload, shaped: Shaped, adapter: Adapter, address: Callable[[Shown], str] | None
) -> list[Remark]:
    """What a person should know before it goes out."""
    found = []
    limit = {TargetName.MEDIUM: "medium.title_max", TargetName.DEVTO: "devto.title_max"}.get(payload.target)
    if payload.target is TargetName.LINKEDIN:
        limit = "linkedin.article_title_max"
    if limit and len(payload.title) > number(limit):
        found.append(remark("warn_long_title", count=len(payload.title), most=number(limit)))
    found += without_words(payload)
    if adapter.shipping is Shipping.ADDRESS:
        found += [
            remark("warn_no_picture_address", name=b.picture.name)
            for b in shaped.blocks
            if isinstance(b, Shown) and b.picture is not None and not (address and address(b))
        ]
    if not payload.canonical:
        found.append(remark("warn_no_original"))
    return found


def without_words(payload: Payload) -> list[Remark]:
    """The pictures that nobody has described."""
    return [remark("warn_no_alt", name=p.name) for p in payload.pictures if not p.alt.strip()]
