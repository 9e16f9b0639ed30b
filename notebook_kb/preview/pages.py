"""From an address to the page that the browser gets: rendered, with the bar, how it was read, and what is wrong."""

from __future__ import annotations

import re
import secrets
from dataclasses import dataclass, replace
from html import escape
from typing import TYPE_CHECKING

from notebook_kb.preview.dashboard import dashboard_view
from notebook_kb.preview.headings import headings_read
from notebook_kb.preview.own_words import with_own_words
from notebook_kb.preview.problems import from_error, from_finding, overlay
from notebook_kb.preview.review_view import PAGE as REVIEW
from notebook_kb.preview.review_view import mark_of
from notebook_kb.website import views as v
from notebook_kb.website.build import render_page
from notebook_kb.website.feeds import atom, json_feed

if TYPE_CHECKING:
    from collections.abc import Callable

    from notebook_kb.findings import Finding
    from notebook_kb.preview.problems import Problem
    from notebook_kb.preview.state import State
    from notebook_kb.preview.view import View

PUBLIC = "/_public"
DASHBOARD = "/_kb/"
# stands where a page's token is put when it is sent; nobody can have written it into a note
TOKEN = f"kb{secrets.token_hex(16)}"
BODY = re.compile(r"<body\b[^>]*>")
BAR = re.compile(r'(<div id="kb-bar"[^>]*>.*?)(</div>)', re.DOTALL)
READ_STYLE = "margin:0;max-width:34rem;text-align:left"


@dataclass(frozen=True, slots=True)
class Page:
    """A page to send. `shown` is False when it only says what is wrong, so that an open page stays as it is."""

    status: int
    html: str
    shown: bool = True


def page_at(state: State, path: str) -> Page:
    """The page at a path of the preview."""
    with state.lock:
        state.notice_answers()
        public = path == PUBLIC or path.startswith(f"{PUBLIC}/")
        url = path[len(PUBLIC) :] or "/" if public else path
        view = state.view(public=public)
        try:
            html = view.remembered(path)
            if html is not None:
                return Page(200, html)
            return rendered(state, view, url, path)
        except Exception as error:  # noqa: BLE001 - a page that cannot be made says so and the server goes on
            return broken(state, error)


def rendered(state: State, view: View, url: str, path: str) -> Page:
    """A page made now; of an address that has none the page that says so."""
    if not view.public and url in OWN_PAGES:
        template, make = OWN_PAGES[url]
        # never remembered: what is due depends on the hour
        return Page(200, decorate(state, view, render(view, template, make(state), url), url, ""))
    plan = view.plan(url)
    if plan is None:
        return Page(404, not_found(state, view, url))
    if view.public:
        html = render_page(plan, view.site_view, view.workspace.theme).decode()
    else:
        html = render(view, plan.template, plan.view, url)
        html = with_own_words(html, view.site, view.keys.get(url, ""))
    html = decorate(state, view, html, url, plan.note)
    view.remember(path, html)
    return Page(200, html)


def render(view: View, template: str, page: object, url: str) -> str:
    """A template filled for an address."""
    site = view.site_view
    if not view.public:
        label = view.workspace.pack.word("as_published")
        switch = {} if url in OWN_PAGES else {"switch_url": PUBLIC + url, "switch_label": label}
        site = replace(site, meta={"token": TOKEN, "book": mark_of(view.workspace.root), **switch})
    return view.workspace.theme.render(template, site, page, url)


def review_view(state: State) -> v.MessageView:
    """The page of the review: its script fills it."""
    site = state.everything.site
    return v.MessageView(site.head(site.word("review"), REVIEW, "review"), site.word("review_needs_script"))


# the pages that only the preview has
OWN_PAGES: dict[str, tuple[str, Callable[[State], object]]] = {
    DASHBOARD: ("dashboard.html", dashboard_view),
    REVIEW: ("review.html", review_view),
}


def not_found(state: State, view: View, url: str) -> str:
    """The page for an address without one; in the view as published it says that it may not be public."""
    word = view.workspace.pack.word
    head = view.site.head(word("page_not_found"), "/404.html", "message")
    page = v.MessageView(head, word("page_not_found_text"))
    return decorate(state, view, render(view, "message.html", page, url), url, "")


def decorate(state: State, view: View, html: str, url: str, note: str) -> str:
    """Add what only the preview has; a public page is else the build's."""
    if TOKEN not in html:
        html = html.replace("</head>", f"{head_lines()}</head>", 1)
    if not BAR.search(html):
        bar = bar_for(view, url)
        html = BODY.sub(lambda m: f"{m[0]}\n{bar}", html, count=1) if BODY.search(html) else bar + html
    errors = state.errors()
    extra = others(state, errors, note) + ("" if view.public else read_list(view, note))
    html = BAR.sub(lambda m: m[1] + extra + m[2], html, count=1)
    over = overlay(problems(state, errors, note))
    if not over:
        return html
    before, end, after = html.rpartition("</body>")
    return f"{before}{over}\n{end}{after}" if end else html + over


def head_lines() -> str:
    """The lines that make a page live."""
    return (
        '<link rel="stylesheet" href="/static/preview.css">\n'
        f'<meta name="kb-token" content="{TOKEN}">\n<script src="/_kb/preview.js" defer></script>\n'
    )


def bar_for(view: View, url: str) -> str:
    """The bar of a page whose template has none."""
    word = view.workspace.pack.word
    here, other, link = (
        ("as_published", "everything", url) if view.public else ("everything", "as_published", PUBLIC + url)
    )
    return (
        f'<div id="kb-bar" class="bar" role="navigation" aria-label="kb serve"><span role="status">{escape(word(here))}</span>\n'
        f'<a href="{escape(link)}">{escape(word(other))}</a>\n'
        f'<a href="{DASHBOARD}">{escape(word("dashboard"))}</a></div>'
    )


def others(state: State, errors: tuple[Finding, ...], note: str) -> str:
    """How many errors there are elsewhere, as a link to the dashboard."""
    count = sum(f.count for f in errors if f.path != note)
    if not count:
        return ""
    text = escape(state.workspace.pack.counted("errors", count))
    return f'\n<a id="kb-errors" href="{DASHBOARD}#d3">{text}</a>'


def read_list(view: View, note: str) -> str:
    """How each heading of the page's note was read."""
    found = view.site.notebook.notes.get(note)
    read = headings_read(view.site.notebook, found) if found else ()
    if not read:
        return ""
    rows = "".join(f"<div><dt>{escape(h)}</dt><dd>{escape(how)}</dd></div>" for h, how in read)
    title = escape(view.workspace.pack.word("how_read"))
    return f'\n<details id="kb-read" style="{READ_STYLE}"><summary>{title}</summary><dl class="read">{rows}</dl></details>'


def problems(state: State, errors: tuple[Finding, ...], note: str) -> list[Problem]:
    """What the overlay of a page says: what keeps the whole notebook from being read, and the errors of its note."""
    found = [state.problem] if state.problem else []
    return [*found, *(from_finding(f, state.root) for f in errors if note and f.path == note)]


def broken(state: State, error: Exception) -> Page:
    """The page that says why a page cannot be shown. It mends itself with the next good save."""
    over = overlay([*([state.problem] if state.problem else []), from_error(error, state.root)])
    language = escape(state.workspace.settings.language)
    html = (
        f'<!doctype html>\n<html lang="{language}">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f'<title>kb serve</title>\n<link rel="stylesheet" href="/static/style.css">\n{head_lines()}</head>\n'
        f'<body>\n<main id="main"></main>\n{over}\n</body>\n</html>\n'
    )
    return Page(500, html, shown=False)


FEED_WRITERS = {"/feed.xml": atom, "/feed.json": json_feed}


def feed(state: State, path: str, *, public: bool) -> bytes:
    """A feed of a view; `path` is a key of FEED_WRITERS."""
    with state.lock:
        return FEED_WRITERS[path](state.view(public=public).site)


def search_index(state: State, *, public: bool) -> bytes:
    """The search index of a view, made when it is asked for."""
    with state.lock:
        return state.view(public=public).search_index
