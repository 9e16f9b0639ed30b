"""Atom feed with full text, and the sitemap."""

from __future__ import annotations

import hashlib
import re
from html import escape
from typing import TYPE_CHECKING
from urllib.parse import urljoin

from notebook_kb.model.note import NoteType
from notebook_kb.website.pages.note import body

if TYPE_CHECKING:
    from notebook_kb.model.note import Note
    from notebook_kb.website.plan import PagePlan, Site

ENTRIES = 30
ADDRESS = re.compile(r'\b(href|src)="([^"]*)"')
MATH = re.compile(r"<math(?![^>]*xmlns)")
VOID = re.compile(r"<(br|hr|img|input|col|wbr)((?:\s[^<>]*?)?)\s*/?>")
BARE = re.compile(r"\s(disabled|checked|open)(?=[\s>/])")
NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")


def atom(site: Site) -> bytes:
    """`feed.xml`: posts and dated concept notes, the newest first. Dates are those of the heads; no clock is read."""
    settings = site.notebook.settings
    base = settings.base_url
    notes = [n for n in site.notebook.notes.values() if n.date and n.path in site.urls]
    notes.sort(key=lambda n: (n.updated or n.date, n.path), reverse=True)
    newest = (notes[0].updated or notes[0].date) if notes else "1970-01-01"
    title = settings_title(site)
    entries = "".join(entry(site, note, base) for note in notes[:ENTRIES])
    author = text(settings.author or settings.title or "notebook_kb")
    here = f"{base}/" if base else "./"
    return (
        '<?xml version="1.0" encoding="utf-8"?>\n'
        f'<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="{escape(settings.language)}">\n'
        f"<title>{title}</title>\n<id>{text(identity(base, '/', title))}</id>\n"
        f'<link rel="self" type="application/atom+xml" href="{text(here)}feed.xml"/>\n'
        f'<link rel="alternate" type="text/html" href="{text(here)}"/>\n'
        f"<updated>{newest}T00:00:00Z</updated>\n<author><name>{author}</name></author>\n"
        f"<generator>notebook_kb</generator>\n{entries}</feed>\n"
    ).encode()


def entry(site: Site, note: Note, base: str) -> str:
    """One entry with its whole text."""
    url = site.urls[note.path]
    html = entry_html(site, note, url)
    published = f"<published>{note.date}T00:00:00Z</published>\n" if note.type is NoteType.POST else ""
    summary = note.description or note.lead
    return (
        f"<entry>\n<title>{text(site.title(note))}</title>\n<id>{text(identity(base, url, settings_title(site)))}</id>\n"
        f'<link rel="alternate" type="text/html" href="{text(base + url if base else url.lstrip("/"))}"/>\n'
        f"{published}<updated>{note.updated or note.date}T00:00:00Z</updated>\n"
        f"<summary>{text(summary)}</summary>\n"
        f'<content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml">{xhtml(html, base, url)}</div></content>\n'
        "</entry>\n"
    )


def entry_html(site: Site, note: Note, url: str) -> str:
    """The lead and the text of a note."""
    html, lead, _ = body(site, note, url)
    return (f"<p>{lead}</p>\n" if lead else "") + html


def identity(base: str, url: str, title: str) -> str:
    """An entry's id: its address, or a name made of the title and path where the site has no address yet."""
    if base:
        return base + url
    name = hashlib.blake2b(f"{title}{url}".encode(), digest_size=16).hexdigest()
    return f"urn:uuid:{name[:8]}-{name[8:12]}-{name[12:16]}-{name[16:20]}-{name[20:]}"


def settings_title(site: Site) -> str:
    """The site's title as the feed has it."""
    return text(site.notebook.settings.title or site.notebook.roadmap.title)


def xhtml(html: str, base: str, url: str) -> str:
    """Our HTML as well-formed XHTML, formulas in their namespace. Addresses are absolute where the site has one, else
    relative to the feed.
    """

    def absolute(match: re.Match[str]) -> str:
        target = match[2].replace("&amp;", "&")
        found = urljoin(base + url, target) if base else urljoin(url, target).lstrip("/")
        return f'{match[1]}="{escape(found)}"'

    out = ADDRESS.sub(absolute, html)
    out = MATH.sub('<math xmlns="http://www.w3.org/1998/Math/MathML"', out)
    out = BARE.sub(r' \1="\1"', out)
    out = VOID.sub(r"<\1\2/>", out)
    out = re.sub(r"&nbsp;", "\u00a0", out)
    return NOT_XML.sub("", out)


def text(value: str) -> str:
    """Text for XML."""
    return escape(NOT_XML.sub("", value))


def sitemap(site: Site, pages: list[PagePlan]) -> bytes:
    """`sitemap.xml`: every page but 404. Its addresses must be absolute, so it needs `base_url`."""
    base = site.notebook.settings.base_url
    lines = []
    for page in pages:
        if page.url == "/404.html":
            continue
        note = site.notebook.notes.get(page.note)
        day = (note.updated or note.date) if note else ""
        changed = f"<lastmod>{day}</lastmod>" if day else ""
        lines.append(f"<url><loc>{text(base + page.url)}</loc>{changed}</url>\n")
    return (
        '<?xml version="1.0" encoding="utf-8"?>\n<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">\n'
        + "".join(lines)
        + "</urlset>\n"
    ).encode()
