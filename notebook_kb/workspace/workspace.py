"""An opened notebook: loads snapshots, and gives the two views of them as sites."""

from __future__ import annotations

import os
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from notebook_kb.notebook.load import Loader, today_in
from notebook_kb.notebook.public import is_public, public_view, publish_date_pending
from notebook_kb.rendering.fragments import deriver
from notebook_kb.running.shown import shown_code
from notebook_kb.settings import find_root
from notebook_kb.website.plan import Site
from notebook_kb.website.site_view import NavItem, SiteView
from notebook_kb.workspace.copies import Copies
from notebook_kb.workspace.evidence import evidence_in, evidence_of
from notebook_kb.workspace.known import known
from notebook_kb.workspace.own_words import Shelf

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from notebook_kb.model.code import ShownCode
    from notebook_kb.model.evidence import Evidence
    from notebook_kb.model.note import Note
    from notebook_kb.notebook.load import Loaded
    from notebook_kb.notebook.notebook import Notebook
    from notebook_kb.website.theme import Theme

FEEDS = {"feed_url": "/feed.xml", "json_feed_url": "/feed.json"}
CSP = "default-src 'self'; script-src 'self'; style-src 'self' 'unsafe-inline'; object-src 'none'; base-uri 'none'"


class Workspace:
    """One notebook on disk. `today` is `--today`, else SOURCE_DATE_EPOCH, else the date in its time zone."""

    def __init__(self, root: Path, today: str = "") -> None:
        """Raises SettingsError when the settings or the roadmap cannot be used."""
        self.root = root
        self.loader = Loader(root, deriver)
        self.settings = self.loader.settings
        self.pack = self.loader.pack
        self.shelf = Shelf(root)
        self._evidence: tuple[Notebook, Evidence] | None = None
        self.today = today_in(self.settings, today, os.environ.get("SOURCE_DATE_EPOCH", ""))

    @classmethod
    def open(cls, start: Path | None = None, today: str = "") -> Workspace:
        """The notebook that holds `start` (the current folder); NoNotebookError when there is none."""
        return cls(find_root(start or Path.cwd()), today)

    def load(self) -> Loaded:
        """Read all notes; only changed ones are parsed."""
        return self.loader.load(self.today)

    @property
    def output(self) -> Path:
        """The folder of the built site."""
        return self.root / self.settings.output

    @cached_property
    def theme(self) -> Theme:
        """The notebook's own templates over the built-in theme."""
        from notebook_kb.website.theme import Theme  # noqa: PLC0415 - Jinja is slow to load, and few commands render

        return Theme(self.root / self.settings.theme, self.pack)

    @cached_property
    def copies(self) -> Copies:
        """Where else notes stand, by the ledger."""
        return Copies(self.root / self.settings.state, self.settings.timezone)

    def evidence(self, loaded: Loaded) -> Evidence:
        """What is known of the notes besides their text: once for each snapshot."""
        if self._evidence is None or self._evidence[0] is not loaded.notebook:
            self._evidence = (loaded.notebook, evidence_of(loaded.notebook, self.shelf))
        return self._evidence[1]

    def evidence_for(self, loaded: Loaded, path: str) -> Evidence:
        """The same of one note, where no more is asked."""
        if self._evidence is not None and self._evidence[0] is loaded.notebook:
            return self._evidence[1]
        return evidence_in(loaded.notebook, path, self.shelf)

    def forget_evidence(self) -> None:
        """Look again when it is next asked for: something besides the notes has changed."""
        self._evidence = None

    def code_of(self, loaded: Loaded, *, mine: bool) -> Callable[[str], ShownCode | None]:
        """What pages show of a note's code, by the note's path; without `mine` nothing of private blocks."""
        notes, evidence = loaded.notebook.notes, self.evidence(loaded)

        def shown(path: str) -> ShownCode | None:
            known = evidence.code_of(path)
            return shown_code(self.root, self.settings.state, notes[path], known, mine=mine)

        return shown

    def public_site(self, loaded: Loaded, *, drafts: bool = False, future: bool = False) -> Site:
        """The site as everybody may see it; made from the public-only view."""
        notebook = public_view(loaded.notebook, drafts=drafts, future=future)
        return Site(
            notebook,
            loaded.derived,
            copies=self.copies.of(notebook),
            evidence=self.evidence(loaded),
            code_of=self.code_of(loaded, mine=False),
        )

    def private_site(self, loaded: Loaded, *, with_known: bool = False) -> Site:
        """The site as only I see it: all notes, private parts marked, badges; `with_known` also how much is remembered
        now, which a build never writes: it knows no clock.
        """
        notebook = loaded.notebook
        copies = self.copies.of(notebook)
        mind = known(self.root, notebook)[0] if with_known else {}  # the dashboard says why not
        return Site(
            notebook,
            loaded.derived,
            mine=True,
            badges=badges(notebook),
            copies=copies,
            known=mind,
            evidence=self.evidence(loaded),
            code_of=self.code_of(loaded, mine=True),
        )

    def site_view(
        self,
        site: Site,
        *,
        preview: bool = False,
        as_published: bool = False,
        banner: str = "",
        meta: Mapping[str, str] | None = None,
    ) -> SiteView:
        """What every template sees as `site`."""
        about = next(
            (url for path, url in site.urls.items() if path.rsplit("/", 1)[-1].casefold() == "about.md"), ""
        )
        return SiteView(
            title=self.settings.title or site.notebook.roadmap.title,
            author=self.settings.author,
            language=self.settings.language,
            description=self.settings.description,
            base_url=site.notebook.settings.base_url,
            nav=navigation(site),
            words=self.pack.words,
            about_url=about,
            preview=preview,
            as_published=as_published,
            banner=banner,
            csp="" if preview else CSP,
            urls=site.notebook.settings.urls,
            meta=meta or {},
        )


def navigation(site: Site) -> tuple[NavItem, ...]:
    """The menu: what the site has, the guide where there is one, and the search."""
    items = [
        NavItem("posts", site.word("posts"), site.page("posts")),
        NavItem("concepts", site.word("concepts"), site.page("concepts")),
        NavItem("roadmap", site.word("roadmap"), site.page("roadmap")),
        NavItem("sources", site.word("sources"), site.page("sources")),
    ]
    guide = next((url for path, url in site.urls.items() if path.endswith("guide/index.md")), "")
    if guide:
        items.append(NavItem("guide", site.word("guide"), guide))
    items.append(NavItem("search", site.word("search"), site.page("search")))
    return tuple(items)


def badges(notebook: Notebook) -> dict[str, tuple[str, ...]]:
    """What keeps each note from the public, by the names that the templates put into words."""
    found = {path: badge_name(notebook, note) for path, note in notebook.notes.items()}
    return {path: (name,) for path, name in found.items() if name}


def badge_name(notebook: Notebook, note: Note) -> str:
    """draft, future, private, or '' for a public note."""
    if is_public(note, notebook.today):
        return ""
    if note.draft:
        return "draft"
    return "future" if publish_date_pending(note, notebook.today) else "private"


def badge(notebook: Notebook, note: Note) -> str:
    """The same in words."""
    name = badge_name(notebook, note)
    return notebook.pack.word(name, **({"date": note.date} if name == "future" else {})) if name else ""
