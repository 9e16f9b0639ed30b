"""What each kind of page shows, one file a kind."""

from __future__ import annotations

from typing import TYPE_CHECKING

from notebook_kb.website.pages.concept import concept_pages
from notebook_kb.website.pages.indexes import index_pages
from notebook_kb.website.pages.note import note_pages

if TYPE_CHECKING:
    from notebook_kb.website.plan import PagePlan, Site


def site_pages(site: Site) -> list[PagePlan]:
    """Every page of a site, by address."""
    return sorted([*concept_pages(site), *note_pages(site), *index_pages(site)], key=lambda p: p.url)
