"""Old addresses that lead to where a page is now: `aliases:` that look like addresses, and `/concepts/<id>/`.

They are small pages of their own, because a static host may know no other way.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from notebook_kb.website import views as v
from notebook_kb.website.addresses import RESERVED, concept_url, fold_url, no_file, page_url, path_url
from notebook_kb.website.plan import PagePlan

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from notebook_kb.website.plan import Site

PAGE = re.compile(r"\.html?$", re.IGNORECASE)
NOTE = re.compile(r"\.(?:md|markdown)$", re.IGNORECASE)
ADDRESS = re.compile(r"^/|://|(?:/|\.html?|\.md|\.markdown)$", re.IGNORECASE)
# an ending that makes a name a file of another kind
FILE = re.compile(r"\.[a-z]{2,5}$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Redirect:
    """From an old address to the page that is meant; `note` is the path of the note whose `alias` asks for it."""

    url: str
    target: str
    title: str
    note: str = ""
    alias: str = ""


def redirects(site: Site) -> tuple[list[Redirect], list[tuple[Redirect, str]]]:
    """(every redirect by its address, those that cannot be had with the reason). A page is never replaced."""
    owners = {fold_url(url): "" for url in (*site.own_addresses(), *site.urls.values())}
    kept: list[Redirect] = []
    refused: list[tuple[Redirect, str]] = []
    for wanted in (*_from_aliases(site), *_from_concepts(site)):
        key = fold_url(wanted.url)
        if key == fold_url(wanted.target):
            continue
        why = _unfit(wanted.url)
        if not why and key in owners:
            why = f"`{owners[key]}` wants it too" if owners[key] else "a page of the site has it"
        if not why:
            owners[key] = wanted.note
            kept.append(wanted)
        elif wanted.note:
            refused.append((wanted, why))
    return sorted(kept, key=lambda r: r.url), refused


def redirect_pages(site: Site, wanted: Iterable[Redirect]) -> Iterator[PagePlan]:
    """The page of each redirect."""
    for redirect in wanted:
        head = site.head(redirect.title, redirect.target, "redirect")
        yield PagePlan(redirect.url, "redirect.html", v.RedirectView(head, redirect.target), redirect.note)


def _from_aliases(site: Site) -> Iterator[Redirect]:
    for note in site.notebook.notes.values():
        target = site.page("") if note is site.front_note else site.urls.get(note.path)
        for alias in note.aliases if target else ():
            url = old_address(site, alias)
            if url:
                yield Redirect(url, target or "", site.title(note), note.path, alias)


def _from_concepts(site: Site) -> Iterator[Redirect]:
    """A concept's address by its id stays good when it gets a note of its own, or another id."""
    for concept in site.notebook.roadmap.concepts.values():
        target = site.concept_page(concept.id)
        for name in (concept.id, *concept.renamed_from) if target else ():
            yield Redirect(concept_url(name, site.notebook.settings.urls), target or "", concept.title)


def old_address(site: Site, alias: str) -> str:
    """The address that an alias names; '' for an ordinary other name.

    An address begins with `/` or holds `://`, or it ends as one: with `/`, `.html`, or the ending of a note (`/2019/rank/`,
    `2019/rank.html`, `https://example.org/rank`; `notes/Old name.md` is the path of the note before it was renamed). Any
    other is a name, though it may hold a stroke: `TCP/IP`, `mean / average`.
    """
    if "/" not in alias or not ADDRESS.search(alias.split("#", 1)[0].split("?", 1)[0]):
        return ""
    path = unquote(
        urlsplit(alias).path if "://" in alias else alias.split("#", maxsplit=1)[0].split("?", maxsplit=1)[0]
    )
    parts = [p for p in path.split("/") if p not in {"", ".", ".."}]
    if not parts:
        return ""
    if NOTE.search(path):
        return path_url(site.notebook, NOTE.sub("", "/".join(parts)))
    if PAGE.search(path):
        return "/" + "/".join(parts)
    return page_url("/".join(parts), "directory")


def _unfit(url: str) -> str:
    """Why no file can stand for this address; '' when one can."""
    parts = url.strip("/").split("/")
    why = no_file(url)
    if why or ":" in url:
        return why or "it holds signs that no file name may have"
    if any(PAGE.search(p) for p in parts[:-1]) or (FILE.search(parts[-1]) and not PAGE.search(parts[-1])):
        return "only a page or a folder can lead on"
    if parts[0].casefold() in RESERVED or parts[0].startswith("."):
        return "the site needs it itself"
    return ""
