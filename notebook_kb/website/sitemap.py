"""The sitemap: what a search engine is told of."""

from __future__ import annotations

from typing import TYPE_CHECKING

from notebook_kb.website.feed_html import xml_text

if TYPE_CHECKING:
    from notebook_kb.website.plan import PagePlan, Site


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
        lines.append(f"<url><loc>{xml_text(base + page.url)}</loc>{changed}</url>\n")
    return (
        '<?xml version="1.0" encoding="utf-8"?>\n<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">\n'
        + "".join(lines)
        + "</urlset>\n"
    ).encode()
