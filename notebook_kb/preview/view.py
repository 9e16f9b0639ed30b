"""One view of one snapshot as a table of addresses: pages planned on request, files, nothing else."""

from __future__ import annotations

from collections import OrderedDict
from functools import cached_property
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from notebook_kb.notebook.public import shown_files
from notebook_kb.website.code_figures import code_figures
from notebook_kb.website.pages.concept import concept_view
from notebook_kb.website.pages.indexes import index_pages
from notebook_kb.website.pages.note import note_view
from notebook_kb.website.plan import PagePlan
from notebook_kb.website.search_index import index_file
from notebook_kb.workspace.workspace import FEEDS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from notebook_kb.notebook.load import Loaded
    from notebook_kb.notebook.notebook import Notebook
    from notebook_kb.website.plan import Site
    from notebook_kb.website.site_view import SiteView
    from notebook_kb.workspace.workspace import Workspace

CONTENT_TYPES: Mapping[str, str] = {
    ".png": "image/png",
    ".jpg": "image/jpeg",
    ".jpeg": "image/jpeg",
    ".gif": "image/gif",
    ".webp": "image/webp",
    ".avif": "image/avif",
    ".svg": "image/svg+xml",
    ".woff2": "font/woff2",
    ".pdf": "application/pdf",
    ".mp4": "video/mp4",
    ".webm": "video/webm",
    ".mp3": "audio/mpeg",
    ".ogg": "audio/ogg",
    ".m4a": "audio/mp4",
    ".wav": "audio/wav",
    ".flac": "audio/flac",
    ".opus": "audio/ogg",
    ".ogv": "video/ogg",
    ".mov": "video/quicktime",
    ".mkv": "video/x-matroska",
    ".csv": "text/plain; charset=utf-8",
    ".txt": "text/plain; charset=utf-8",
    ".py": "text/plain; charset=utf-8",
    ".ipynb": "application/json",
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".xml": "application/xml; charset=utf-8",
    ".json": "application/json",
}
"""What is served beside pages; a file with another suffix is not."""

KEPT_PAGES = 200


class View:
    """Everything (`public` is false) or the site as it would be published, of one snapshot."""

    def __init__(self, workspace: Workspace, loaded: Loaded, *, public: bool) -> None:
        self.workspace = workspace
        self.loaded = loaded
        self.public = public
        self.rendered: OrderedDict[str, str] = OrderedDict()

    @cached_property
    def site(self) -> Site:
        """The pages' plan of this view."""
        if self.public:
            return self.workspace.public_site(self.loaded)
        return self.workspace.private_site(self.loaded, with_known=True)

    @cached_property
    def site_view(self) -> SiteView:
        """What the templates see: for the public view exactly what the build shows them."""
        if self.public:
            return self.workspace.site_view(self.site, meta=FEEDS)
        banner = self.workspace.pack.word("preview_banner")
        return self.workspace.site_view(self.site, preview=True, banner=banner)

    @cached_property
    def keys(self) -> dict[str, str]:
        """URL → the note's path, or `concept:<id>`; of two that want one address the first has it."""
        table: dict[str, str] = {}
        for key, url in self.site.urls.items():
            table.setdefault(url, key)
        return table

    @cached_property
    def indexes(self) -> dict[str, PagePlan]:
        """The pages that gather, by URL."""
        return {p.url: p for p in index_pages(self.site)}

    @cached_property
    def search_index(self) -> bytes:
        """The script that the search page loads."""
        return index_file(self.site)

    @cached_property
    def posts(self) -> list[str]:
        """The paths of the posts, the oldest first."""
        return [n.path for n in reversed(self.site.posts())]

    def plan(self, url: str) -> PagePlan | None:
        """The page at an address. A note's own page does not wait for the pages that gather."""
        key = self.keys.get(url)
        if key is None:
            return self.indexes.get(url)
        notebook = self.site.notebook
        if key.startswith("concept:"):
            concept = notebook.roadmap.concepts[key.removeprefix("concept:")]
            return PagePlan(url, "concept.html", concept_view(self.site, concept, url))
        note = notebook.notes[key]
        about = notebook.concept_of(note)
        if about and self.first_of(notebook, about) == key:
            return PagePlan(
                url, "concept.html", concept_view(self.site, notebook.roadmap.concepts[about], url), key
            )
        return PagePlan(url, "note.html", note_view(self.site, note, self.posts), key)

    @staticmethod
    def first_of(notebook: Notebook, concept: str) -> str:
        """The path of the note that counts for a concept."""
        note = notebook.concept_note(concept)
        return note.path if note else ""

    def has(self, url: str) -> bool:
        """Whether there is a page at this address."""
        return url in self.keys or url in self.indexes

    def url_of(self, path: str) -> str:
        """The address of a note's page, '' without one."""
        return self.site.urls.get(path, "")

    @cached_property
    def files(self) -> dict[str, str]:
        """Address → path of the attachments that the notes of this view show."""
        notebook = self.site.notebook
        paths = notebook.files if self.public else shown_files(notebook, notebook.notes)
        drawn = dict(code_figures(self.site))
        return drawn | {
            f"/files/{p}": p for p in paths if PurePosixPath(p).suffix.casefold() in CONTENT_TYPES
        }

    def remember(self, url: str, html: str) -> None:
        """Keep a rendered page; the one asked for longest ago goes."""
        self.rendered[url] = html
        if len(self.rendered) > KEPT_PAGES:
            self.rendered.popitem(last=False)

    def remembered(self, url: str) -> str | None:
        """A page that was rendered for this snapshot."""
        html = self.rendered.get(url)
        if html is not None:
            self.rendered.move_to_end(url)
        return html
