"""Feeds with full text: Atom (RFC 4287) and JSON Feed 1.1. Dates are those of the heads; no clock is read."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from notebook_kb.model.note import NoteType
from notebook_kb.website.addresses import relative_url
from notebook_kb.website.feed_html import feed_html
from notebook_kb.website.feed_html import xml_text as text
from notebook_kb.website.pages.note import body

if TYPE_CHECKING:
    from collections.abc import Callable

    from notebook_kb.model.note import Note
    from notebook_kb.website.plan import Site

ENTRIES = 30


@dataclass(frozen=True, slots=True)
class Entry:
    """A page as both feeds show it. `html` is that of the page; dates are YYYY-MM-DD, `published` may be ''."""

    id: str
    url: str
    title: str
    summary: str
    html: str
    path: str
    published: str
    updated: str
    tags: tuple[str, ...]


def entries(site: Site) -> list[Entry]:
    """Posts and dated notes, the newest first."""
    notes = [n for n in site.notebook.notes.values() if n.date and n.path in site.urls]
    notes.sort(key=lambda n: (n.updated or n.date, n.path), reverse=True)
    return [_entry(site, note) for note in notes[:ENTRIES]]


def _entry(site: Site, note: Note) -> Entry:
    base, path = site.notebook.settings.base_url, site.urls[note.path]
    html, lead, _ = body(site, note, path)
    return Entry(
        identity(base, path, feed_title(site)),
        base + path if base else relative_url(path, "/feed.xml"),
        site.title(note),
        note.description or note.lead,
        (f"<p>{lead}</p>\n" if lead else "") + html,
        path,
        note.date if note.type is NoteType.POST else "",
        note.updated or note.date,
        note.tags,
    )


def atom(site: Site, formula: Callable[[str], str] = str) -> bytes:
    """`feed.xml`; `formula` gives what stands for a `<math>` element."""
    settings = site.notebook.settings
    base = settings.base_url
    found = entries(site)
    newest = found[0].updated if found else "1970-01-01"
    title = feed_title(site)
    author = text(settings.author or settings.title or "notebook_kb")
    here = f"{base}/" if base else "./"
    return (
        '<?xml version="1.0" encoding="utf-8"?>\n'
        f'<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="{text(settings.language)}">\n'
        f"<title>{text(title)}</title>\n<id>{text(identity(base, '/', title))}</id>\n"
        f'<link rel="self" type="application/atom+xml" href="{text(here)}feed.xml"/>\n'
        f'<link rel="alternate" type="text/html" href="{text(here)}"/>\n'
        f"<updated>{newest}T00:00:00Z</updated>\n<author><name>{author}</name></author>\n"
        f"<generator>notebook_kb</generator>\n{''.join(atom_entry(e, base, formula) for e in found)}</feed>\n"
    ).encode()


def atom_entry(entry: Entry, base: str, formula: Callable[[str], str] = str) -> str:
    """One entry with its whole text. It is escaped HTML: RFC 4287 lets no MathML into its XHTML."""
    published = f"<published>{entry.published}T00:00:00Z</published>\n" if entry.published else ""
    tags = "".join(f'<category term="{text(tag)}"/>\n' for tag in entry.tags)
    content = feed_html(entry.html, base, entry.path, formula)
    return (
        f"<entry>\n<title>{text(entry.title)}</title>\n<id>{text(entry.id)}</id>\n"
        f'<link rel="alternate" type="text/html" href="{text(entry.url)}"/>\n'
        f"{published}<updated>{entry.updated}T00:00:00Z</updated>\n{tags}"
        f"<summary>{text(entry.summary)}</summary>\n"
        f'<content type="html">{text(content)}</content>\n'
        "</entry>\n"
    )


def json_feed(site: Site, formula: Callable[[str], str] = str) -> bytes:
    """`feed.json`: JSON Feed 1.1 (jsonfeed.org/version/1.1); `formula` as in `atom`."""
    settings = site.notebook.settings
    base = settings.base_url
    data: dict[str, Any] = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": feed_title(site),
        "language": settings.language,
        "items": [json_item(e, base, formula) for e in entries(site)],
    }
    if base:
        data |= {"home_page_url": f"{base}/", "feed_url": f"{base}/feed.json"}
    if settings.description:
        data["description"] = settings.description
    if settings.author:
        data["authors"] = [{"name": settings.author}]
    return (json.dumps(data, ensure_ascii=False, indent=1) + "\n").encode()


def json_item(entry: Entry, base: str, formula: Callable[[str], str] = str) -> dict[str, Any]:
    """One item with its whole text."""
    item: dict[str, Any] = {
        "id": entry.id,
        "url": entry.url,
        "title": entry.title,
        "content_html": feed_html(entry.html, base, entry.path, formula),
        "date_modified": f"{entry.updated}T00:00:00Z",
    }
    if entry.published:
        item["date_published"] = f"{entry.published}T00:00:00Z"
    if entry.summary:
        item["summary"] = entry.summary
    if entry.tags:
        item["tags"] = list(entry.tags)
    return item


def identity(base: str, url: str, title: str) -> str:
    """An entry's id: its address, or a name made of the title and path where the site has no address yet."""
    if base:
        return base + url
    name = hashlib.blake2b(f"{title}{url}".encode(), digest_size=16).hexdigest()
    return f"urn:uuid:{name[:8]}-{name[8:12]}-{name[12:16]}-{name[16:20]}-{name[20:]}"


def feed_title(site: Site) -> str:
    """The title of the site's feeds."""
    return site.notebook.settings.title or site.notebook.roadmap.title
