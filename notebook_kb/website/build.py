"""From a site to its files: pages, feeds, search index, attachments, static files. Remembered pages are not rendered again."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any

from notebook_kb.files.read import digest_of
from notebook_kb.model.codec import encode
from notebook_kb.rendering.images.png import picture_key
from notebook_kb.rendering.images.raster import note_picture
from notebook_kb.rendering.images.result import CannotDraw
from notebook_kb.website.addresses import INDEX_URL, output_file
from notebook_kb.website.attachments import public_bytes
from notebook_kb.website.cards import with_cards
from notebook_kb.website.code_figures import code_figures
from notebook_kb.website.feed_math import FeedFormulas
from notebook_kb.website.feeds import atom, json_feed
from notebook_kb.website.pages import site_pages
from notebook_kb.website.redirects import redirect_pages, redirects
from notebook_kb.website.search_index import index_file
from notebook_kb.website.sitemap import sitemap

if TYPE_CHECKING:
    from pathlib import Path

    from notebook_kb.findings import Finding
    from notebook_kb.rendering.images.memory import Pictures
    from notebook_kb.website.plan import PagePlan, Site
    from notebook_kb.website.site_view import SiteView
    from notebook_kb.website.theme import Theme


# pictures that other services do not take from the site: each gets a PNG beside it
REDRAWN = (".svg", ".webp", ".avif")


@dataclass
class Rendered:
    """The files of a site by path, and what was found on the way. `rendered` counts pages that were not remembered."""

    files: dict[str, bytes] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)
    keys: dict[str, str] = field(default_factory=dict)
    pages: int = 0
    rendered: int = 0


class PageMemory:
    """The pages of the last build with the digest of all that they show."""

    def __init__(self, keys: Path, folder: Path) -> None:
        """`keys` is the file that holds page → (digest of what it shows, digest of its bytes)."""
        self.keys = keys
        self.folder = folder
        try:
            known = json.loads(keys.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            known = {}
        self.known: dict[str, Any] = known if isinstance(known, dict) else {}

    def page(self, name: str, key: str) -> bytes | None:
        """The page's bytes if it would show the same and was not touched since."""
        known = self.known.get(name)
        if not isinstance(known, list) or len(known) != len(("key", "digest")) or known[0] != key:
            return None
        try:
            data = (self.folder / name).read_bytes()
        except OSError:
            return None
        return data if digest_of(data) == known[1] else None

    def save(self, rendered: Rendered) -> None:
        """Remember this build's pages."""
        data = {name: [key, digest_of(rendered.files[name])] for name, key in rendered.keys.items()}
        if data == self.known:
            return
        try:
            self.keys.parent.mkdir(parents=True, exist_ok=True)
            self.keys.write_text(json.dumps(data), encoding="utf-8")
        except OSError:
            return  # a memory that cannot be written costs time only


def render_site(
    site: Site,
    view: SiteView,
    theme: Theme,
    memory: PageMemory | None = None,
    pictures: Pictures | None = None,
) -> Rendered:
    """Every file of the site. Without `pictures` there are no cards for other sites."""
    out = Rendered()
    plans = site_pages(site)
    cards: dict[str, bytes] = {}
    if pictures:
        plans, cards = with_cards(site, plans, pictures)
    shared = digest_of(json.dumps([encode(view), theme.digest], sort_keys=True, default=dict).encode())
    old, _ = redirects(site)
    for plan in (*plans, *redirect_pages(site, old)):
        name = output_file(plan.url)
        key = page_key(plan, shared)
        data = memory.page(name, key) if memory else None
        if data is None:
            data = render_page(plan, view, theme)
            out.rendered += 1
        out.files[name] = data
        out.keys[name] = key
    out.pages = len(plans)
    for name, data in theme.static.items():
        if not name.endswith("/preview.css"):
            out.files[name] = data
    out.files.update(cards)
    formulas = FeedFormulas(site.notebook.settings, pictures)
    out.files["feed.xml"] = atom(site, formulas)
    out.files["feed.json"] = json_feed(site, formulas)
    out.files.update(formulas.files)
    out.files[output_file(INDEX_URL)] = index_file(site)
    if site.notebook.settings.base_url:
        out.files["sitemap.xml"] = sitemap(site, plans)
    add_attachments(site, out, pictures)
    add_code_figures(site, out)
    return out


def page_key(plan: PagePlan, shared: str) -> str:
    """The digest of all that a page shows."""
    shown = json.dumps([plan.template, encode(plan.view), shared], ensure_ascii=False, default=dict)
    return digest_of(shown.encode())


def render_page(plan: PagePlan, view: SiteView, theme: Theme) -> bytes:
    """One page's bytes. The page of 404 is shown at any address, so its links begin at the root."""
    root = None
    if plan.url == "/404.html":
        _, _, folder = view.base_url.split("://", 1)[-1].partition("/")
        root = f"/{folder}" if folder else ""
    html = theme.render(plan.template, view, plan.view, plan.url, root)
    return html.encode()


def add_code_figures(site: Site, out: Rendered) -> None:
    """The figures that code drew, on their way through what cleans all pictures."""
    for address, path in code_figures(site):
        data, bad = public_bytes(site.notebook.root / path, path)
        if bad is None:
            out.files[address.lstrip("/")] = data


def add_attachments(site: Site, out: Rendered, pictures: Pictures | None) -> None:
    """The attachments that the pages show; pictures without what their files say besides.

    Where the site has an address, each drawing has a PNG beside it: other services take no SVG from there.
    """
    for path in site.notebook.files:
        data, bad = public_bytes(site.notebook.root / path, path)
        if bad:
            out.findings.append(bad)
            continue
        out.files["files/" + path] = data
        if pictures and site.notebook.settings.base_url and path.casefold().endswith(REDRAWN):
            drawn = pictures.get(picture_key("drawing", digest_of(data)), partial(drawn_png, data))
            if drawn:
                out.files[f"files/{path}.png"] = drawn


def drawn_png(data: bytes) -> bytes:
    """A drawing as PNG; b'' for one that cannot be drawn, which `kb publish` says where it is wanted."""
    drawn = note_picture(data)
    return b"" if isinstance(drawn, CannotDraw) else drawn.data
