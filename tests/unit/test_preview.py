"""The preview without a browser: who may ask, which addresses exist, what a change on disk does."""

from __future__ import annotations

import asyncio
import time
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from notebook_kb.model.codec import encode
from notebook_kb.notebook.keys import key_of
from notebook_kb.preview.guard import Guard, Tokens
from notebook_kb.preview.headings import headings_read
from notebook_kb.preview.pages import TOKEN, page_at
from notebook_kb.preview.problems import from_error
from notebook_kb.preview.server import Preview, listen
from notebook_kb.preview.state import State
from notebook_kb.preview.tree import Kind
from notebook_kb.preview.watch import Watcher
from notebook_kb.publishing.ledger import Entry, Ledger, Record
from notebook_kb.publishing.payload import Form, TargetName
from notebook_kb.website.build import render_page
from notebook_kb.website.pages import site_pages
from notebook_kb.workspace.workspace import FEEDS, Workspace

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from notebook_kb.preview.state import Change

PORT = 8321
RANK = """---
concept: rank
publish: true
---
# Rank of a matrix

What is left.

## Visual — 3b1b-ela (ch. 7)

Dots on the plane land on a line, and what is left of the plane is its rank, seen as a picture.

![Dots](dots.png)

## A walk

Ordinary.

## Private

Nobody reads this xylophone.
"""
PNG = b"\x89PNG\r\n\x1a\n"


@pytest.fixture
def book(tmp_path: Path) -> Path:
    root = tmp_path / "book"
    notes = root / "notes"
    notes.mkdir(parents=True)
    (root / "notebook.yml").write_text("title: Trial\n", encoding="utf-8")
    (root / "secret.txt").write_text("none of your business", encoding="utf-8")
    (notes / "rank.md").write_text(RANK, encoding="utf-8")
    (notes / "other.md").write_text("---\ntags: [linear]\n---\n# Other\n\nSee [[rank]].\n", encoding="utf-8")
    (notes / "dots.png").write_bytes(PNG)
    (notes / "unshown.png").write_bytes(PNG)
    return root


@pytest.fixture
def state(book: Path) -> State:
    return State(book, "2026-11-22")


def save(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8")


def ask(app: Any, path: str = "/", headers: list[tuple[str, str]] | None = None, kind: str = "http") -> int:
    """The status that an application answers."""
    given = headers if headers is not None else [("host", f"127.0.0.1:{PORT}")]
    scope = {
        "type": kind,
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": "GET",
        "scheme": "http",
        "path": path,
        "raw_path": path.encode(),
        "query_string": b"",
        "root_path": "",
        "headers": [(n.encode(), v.encode("latin-1")) for n, v in given],
    }
    sent: list[dict[str, Any]] = []

    async def receive() -> dict[str, Any]:
        return {"type": "websocket.connect" if kind == "websocket" else "http.request", "body": b""}

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)

    asyncio.run(app(scope, receive, send))
    return 403 if sent[0]["type"] == "websocket.close" else int(sent[0].get("status", 200))


async def fine(_scope: Any, _receive: Any, send: Callable[..., Any]) -> None:
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": b""})


HERE = f"127.0.0.1:{PORT}"
GOOD_HOSTS = [HERE, f"localhost:{PORT}", f"LOCALHOST:{PORT}", f"[::1]:{PORT}"]
BAD_HOSTS = [
    "",
    "127.0.0.1",
    "localhost",
    "[::1]",
    f"localhost.:{PORT}",
    f"evil.example:{PORT}",
    "evil.example",
    f"127.0.0.1.evil.example:{PORT}",
    f"localhost.evil.example:{PORT}",
    f"user@localhost:{PORT}",
    f"localhost:{PORT}@evil.example",
    f"127.0.0.1:{PORT + 1}",
    f"127.0.0.1:0{PORT}",
    f"127.0.0.1: {PORT}",
    f" 127.0.0.1:{PORT}",
    f"127.0.0.1:{PORT} ",
    f"127.0.0.1:{PORT}/",
    f"127.0.0.1:{PORT}#x",
    f"127.0.0.1:{PORT},evil.example",
    f"0.0.0.0:{PORT}",
    f"127.1:{PORT}",
    f"2130706433:{PORT}",
    f"0x7f000001:{PORT}",
    f"127.0.0.2:{PORT}",
    f"[::]:{PORT}",
    f"[::ffff:127.0.0.1]:{PORT}",
    f"::1:{PORT}",
    f"[0:0:0:0:0:0:0:1]:{PORT}",
    f"[::1%lo]:{PORT}",
    f"xn--localhost:{PORT}",
    f"http://127.0.0.1:{PORT}",
    f"lоcalhost:{PORT}".encode().decode("latin-1"),
]


@pytest.mark.parametrize("host", GOOD_HOSTS)
def test_names_of_this_machine_are_let_in(host: str) -> None:
    assert ask(Guard(fine, PORT), headers=[("host", host)]) == 200


@pytest.mark.parametrize("host", BAD_HOSTS)
def test_any_other_host_is_refused_before_routing(host: str) -> None:
    assert ask(Guard(fine, PORT), headers=[("host", host)]) == 403


@pytest.mark.parametrize(
    "headers",
    [
        [],
        [("host", HERE), ("host", HERE)],
        [("host", HERE), ("host", "evil.example")],
        [("host", HERE), ("origin", "http://evil.example")],
        [("host", HERE), ("origin", "null")],
        [("host", HERE), ("origin", f"https://{HERE}")],
        [("host", HERE), ("origin", f"http://localhost:{PORT}")],
        [("host", HERE), ("origin", f"http://{HERE}"), ("origin", "http://evil.example")],
        [("host", HERE), ("sec-fetch-site", "cross-site"), ("sec-fetch-mode", "no-cors")],
        [("host", HERE), ("sec-fetch-site", "same-site"), ("sec-fetch-mode", "cors")],
    ],
)
def test_no_host_two_hosts_and_foreign_origins_are_refused(headers: list[tuple[str, str]]) -> None:
    assert ask(Guard(fine, PORT), headers=headers) == 403


def test_a_link_from_elsewhere_may_lead_here() -> None:
    headers = [("host", HERE), ("sec-fetch-site", "cross-site"), ("sec-fetch-mode", "navigate")]
    assert ask(Guard(fine, PORT), headers=headers) == 200


@pytest.mark.parametrize(
    "origin", [None, "", "null", "http://evil.example", f"http://localhost:{PORT}", f"ws://{HERE}"]
)
def test_the_socket_needs_our_own_origin(origin: str | None) -> None:
    headers = [("host", HERE)] + ([("origin", origin)] if origin is not None else [])
    assert ask(Guard(fine, PORT), headers=headers, kind="websocket") == 403


def test_a_token_proves_itself_and_no_other_does() -> None:
    tokens = Tokens()
    token = tokens.new(7)
    assert tokens.version(token) == 7
    assert tokens.new(7) != token
    for wrong in ("", ".", "7", "7.x", token[:-1], "8" + token[1:], token + "0", Tokens().new(7), "é.x.y"):
        assert tokens.version(wrong) is None


TRICKS = [
    "/../notebook.yml",
    "/rank/../../secret.txt",
    "/%2e%2e/notebook.yml",
    "/..%2fnotebook.yml",
    "/%252e%252e/secret.txt",
    "/files/../notebook.yml",
    "/files/notes/../../secret.txt",
    "/files/notes/../notes/dots.png",
    "/files/notes/unshown.png",
    "/files/notes/rank.md",
    "/files//notes/dots.png",
    "/files/notes\\dots.png",
    "/files/secret.txt",
    "/files/.kb/cache/notes.sqlite",
    "/static/../base.html",
    "/static/../../notebook.yml",
    "/static//style.css",
    "/_public/../notebook.yml",
    "/_public/files/../secret.txt",
    "/_public//rank/",
    "/_kb/socket/x",
    "/_kb/../rank/",
    "/_kb/idiomorph.LICENSE.txt",
    "//evil.example/",
    "//rank/",
    "/rank//",
    "/rank/\x00",
    "/\x00",
    "/rank\\",
    "\\..\\secret.txt",
    "/notebook.yml",
    "/.kb/",
    "/.git/config",
    "/rank.md",
    "/RANK/",
    "http://evil.example/rank/",
    "/" + "a/" * 3000,
]


@pytest.mark.parametrize("path", TRICKS)
def test_only_what_stands_in_the_table_is_served_and_no_folder_of_this_machine_is_named(
    state: State, path: str
) -> None:
    preview = Preview(state, say=print, saved=print)
    answer = preview.response(path)
    body = bytes(answer.body)
    assert answer.status_code == 404
    assert b"none of your business" not in body
    assert str(state.root).encode() not in body


def test_known_addresses_are_served(state: State) -> None:
    preview = Preview(state, say=print, saved=print)
    for path in (
        "/",
        "/rank/",
        "/_kb/",
        "/_public/",
        "/_public/rank/",
        "/static/style.css",
        "/_kb/preview.js",
        "/feed.xml",
    ):
        assert preview.response(path).status_code == 200, path
    for path in ("/files/notes/dots.png", "/_public/files/notes/dots.png"):
        assert preview.response(path).status_code == 200, path
    assert preview.response("/rank").headers["location"] == "/rank/"
    assert preview.response("/_public/rank").headers["location"] == "/_public/rank/"
    assert preview.response("/_public/other/").status_code == 404


def test_every_page_of_the_site_is_planned_alike(state: State) -> None:
    for view in (state.everything, state.published):
        for plan in site_pages(view.site):
            found = view.plan(plan.url)
            assert found is not None
            assert encode(found) == encode(plan)


def test_as_published_is_the_build_but_for_what_the_preview_adds(state: State) -> None:
    workspace = Workspace(state.root, "2026-11-22")
    site = workspace.public_site(workspace.load())
    view = workspace.site_view(site, meta=FEEDS)
    plans = site_pages(site)
    assert "/rank/" in {p.url for p in plans}
    for plan in plans:
        built = render_page(plan, view, workspace.theme).decode()
        shown = page_at(state, f"/_public{plan.url}").html
        head, bar = (
            shown.index('<link rel="stylesheet" href="/static/preview.css">'),
            shown.index('\n<div id="kb-bar"'),
        )
        end = shown.index("</div>", bar) + len("</div>")
        without = shown[:head] + shown[shown.index("</head>") : bar] + shown[end:]
        assert without == built, plan.url


def test_headings_say_what_they_were_read_as(state: State) -> None:
    notebook = state.loaded.notebook
    assert dict(headings_read(notebook, notebook.notes["notes/rank.md"])) == {
        "Visual — 3b1b-ela (ch. 7)": "read as “Visual” · Source: 3b1b-ela (ch. 7)",
        "A walk": "read as ordinary text",
        "Private": "read as “Private” · private, not published",
    }
    assert "read as “Visual”" in page_at(state, "/rank/").html


def test_a_note_that_counts_by_its_name_says_so_and_a_second_one_that_it_does_not(state: State) -> None:
    for folder in ("", "more/"):
        path = state.root / "notes" / f"{folder}gradient.md"
        path.parent.mkdir(exist_ok=True)
        save(path, "# Slopes\n\nAll of them.\n")
        state.apply({f"notes/{folder}gradient.md"})
    notebook = state.loaded.notebook
    assert headings_read(notebook, notebook.notes["notes/gradient.md"]) == (
        ("gradient.md", "read as “Gradient”"),
    )
    assert headings_read(notebook, notebook.notes["notes/more/gradient.md"]) == ()
    said = page_at(state, "/_kb/").html
    assert "<code>notes/more/gradient.md</code> → Gradient" in said
    assert "<code>notes/gradient.md</code> →" not in said


def same_as_fresh(state: State) -> None:
    """What changes made of the snapshot is what a fresh reading gives."""
    fresh = State(state.root, "2026-11-22").loaded
    ours, theirs = state.loaded.notebook, fresh.notebook
    for name in ("notes", "files", "findings", "unreadable", "today"):
        assert encode(getattr(ours, name)) == encode(getattr(theirs, name)), name
    assert list(ours.notes) == list(theirs.notes)
    assert state.loaded.derived == fresh.derived


def test_changes_one_by_one_end_where_a_fresh_reading_does(state: State) -> None:
    notes = state.root / "notes"
    save(notes / "rank.md", RANK.replace("What is left.", "Another lead."))
    change = state.apply({"notes/rank.md"})
    assert (change.kind, change.urls, change.paths) == ("page", ("/rank/",), ("notes/rank.md",))
    same_as_fresh(state)
    save(notes / "new.md", "# New\n\n[[other]]\n")
    assert state.apply({"notes/new.md"}).urls == ("/new/",)
    same_as_fresh(state)
    (notes / "new.md").rename(notes / "newer.md")
    assert state.apply({"notes/new.md", "notes/newer.md"}).urls == ("/new/", "/newer/")
    same_as_fresh(state)
    (notes / "other.md").unlink()
    state.apply({"notes/other.md"})
    same_as_fresh(state)
    (notes / "newer.md").write_bytes(b"\xff\xfe\x00")
    state.apply({"notes/newer.md"})
    assert state.loaded.notebook.unreadable == ("notes/newer.md",)
    assert "KB109" in page_at(state, "/newer/").html
    assert page_at(state, "/_public/newer/").status == 404
    save(notes / "newer.md", "# New again\n")
    state.apply({"notes/newer.md"})
    same_as_fresh(state)


def test_nothing_new_is_no_change(state: State) -> None:
    version = state.version
    (state.root / "notes" / "rank.md").touch()
    (state.root / "notebook.yml").read_bytes()
    assert state.apply({"notes/rank.md", "notebook.yml", "notes/dots.png", "notes/nothing.md"}).kind == ""
    assert state.version == version


def test_a_missing_or_empty_note_may_come_back(state: State) -> None:
    note = state.root / "notes" / "rank.md"
    for gone in (True, False):
        note.unlink()
        if not gone:
            save(note, "")
        assert state.apply({"notes/rank.md"}, sure=False).unsure == {"notes/rank.md"}
        assert page_at(state, "/rank/").status == 200
        save(note, RANK)
        assert state.apply({"notes/rank.md"}, sure=False).unsure == frozenset()
    note.unlink()
    state.apply({"notes/rank.md"}, sure=True)
    assert page_at(state, "/rank/").status == 404


def test_a_head_that_cannot_be_read_keeps_its_page_but_not_its_publication(state: State) -> None:
    save(state.root / "notes" / "rank.md", RANK.replace("concept: rank\n", "concept: rank\ntitle: 'x\n"))
    state.apply({"notes/rank.md"})
    html = page_at(state, "/rank/").html
    assert 'id="kb-error"' in html
    assert "KB101" in html
    assert page_at(state, "/_public/rank/").status == 404


def test_settings_that_are_wrong_leave_the_last_good_ones(state: State) -> None:
    save(state.root / "notebook.yml", "titel: Trial\n")
    assert state.apply({"notebook.yml"}).urls == ("*",)
    for path in ("/rank/", "/_public/rank/", "/_kb/"):
        page = page_at(state, path)
        assert page.status == 200
        assert "notebook.yml:1:1" in page.html
        assert "1 | titel: Trial" in page.html
        assert str(state.root) not in page.html
    save(state.root / "notebook.yml", "title: Mended\n")
    state.apply({"notebook.yml"})
    assert 'id="kb-error"' not in page_at(state, "/rank/").html


def test_an_error_names_no_folder_of_this_machine(book: Path) -> None:
    problem = from_error(OSError(f"cannot read {book}/notes/rank.md"), book)
    assert str(book) not in problem.message
    assert "notes/rank.md" in problem.message


def test_pages_are_kept_within_bounds(state: State, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("notebook_kb.preview.view.KEPT_PAGES", 2)
    for path in ("/", "/rank/", "/other/", "/rank/"):
        page_at(state, path)
    assert list(state.everything.rendered) == ["/other/", "/rank/"]
    assert TOKEN in page_at(state, "/rank/").html


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("notes/rank.md", Kind.NOTE),
        ("notes/deep/er/x.markdown", Kind.NOTE),
        ("notes/dots.png", Kind.FILE),
        ("notebook.yml", Kind.SETTINGS),
        ("roadmap.yml", Kind.SETTINGS),
        ("templates/base.html", Kind.THEME),
        ("templates/static/style.css", Kind.THEME),
        ("notes/.rank.md.swp", Kind.NONE),
        ("notes/.rank.md", Kind.NONE),
        ("notes/rank.md~", Kind.NONE),
        ("notes/#rank.md#", Kind.NONE),
        ("notes/4913", Kind.NONE),
        ("notes/.obsidian/x.md", Kind.NONE),
        ("site/rank/index.html", Kind.NONE),
        ("site/x.md", Kind.NONE),
        (".kb/cache/notes.sqlite", Kind.NONE),
        (".git/x.md", Kind.NONE),
        ("sources/book.md", Kind.SOURCE),
        ("sources/book/ch. 1.txt", Kind.SOURCE),
        ("sources/book.pdf", Kind.NONE),
        ("README.md", Kind.NONE),
        ("templates/.base.html.swp", Kind.NONE),
    ],
)
def test_which_files_matter(state: State, path: str, kind: Kind) -> None:
    assert state.tree.kind(path) is kind


@pytest.fixture
def watched(state: State) -> Iterator[tuple[Watcher, list[str]]]:
    seen: list[str] = []
    watcher = Watcher(state, lambda change, _: seen.extend(change.paths), lambda: None)
    watcher.start()
    time.sleep(0.4)
    yield watcher, seen
    watcher.stop()


def until(true: Callable[[], bool]) -> None:
    end = time.monotonic() + 10
    while not true() and time.monotonic() < end:
        time.sleep(0.02)
    assert true()


@pytest.mark.parametrize("poll", [False, True])
def test_what_is_noted_of_copies_is_shown_at_once(state: State, poll: bool) -> None:
    """Red when a copy that was noted in the ledger is on no page until the preview is begun anew."""
    changes: list[Change] = []
    watcher = Watcher(state, lambda change, _: changes.append(change), lambda: None, poll=poll)
    watcher.start()
    time.sleep(0.4)
    before = state.version
    try:
        url = "https://medium.com/@me/rank-1"
        entry = Entry(TargetName.MEDIUM, Form.ARTICLE, url=url, first_at="2026-11-01T00:00:00Z")
        ledger = Ledger(state.root / ".kb")
        note = state.loaded.notebook.notes["notes/rank.md"]
        ledger.put(Record(key_of(state.loaded.notebook, note)).with_entry(entry))
        until(lambda: any(c.urls == ("*",) for c in changes))
        assert state.version > before
        found = [c.url for copies in state.everything.site.copies.values() for c in copies]
        assert found == [url]
        seen = len(changes)
        ledger.put(Record(key_of(state.loaded.notebook, note)).with_entry(replace(entry, url=url + "2")))
        until(lambda: len(changes) > seen)
    finally:
        watcher.stop()


@pytest.mark.parametrize("poll", [False, True])
def test_a_text_of_a_source_counts_at_once(state: State, poll: bool) -> None:
    """Red when own words are compared with a saved text only after the next note was saved."""
    (state.root / "sources").mkdir()
    words = "the number of directions that still point somewhere new after the matrix has moved them all"
    note = state.root / "notes" / "rank.md"
    note.write_text(f"---\nconcept: rank\n---\n## Formal — mml (ch. 1)\n{words}\n", encoding="utf-8")
    state.apply({"notes/rank.md"})
    settled: list[float] = []
    watcher = Watcher(state, lambda *_: None, lambda: settled.append(state.settle()), poll=poll)
    watcher.start()
    time.sleep(0.4)

    def found() -> bool:
        return any(f.code == "KB801" for f in state.findings or ())

    try:
        (state.root / "sources" / "mml.md").write_text(words, encoding="utf-8")
        until(found)
        (state.root / "sources" / "mml.md").unlink()
        until(lambda: not found())
    finally:
        watcher.stop()


def test_reading_and_our_own_files_are_no_change(watched: tuple[Watcher, list[str]], book: Path) -> None:
    watcher, seen = watched
    for _ in range(20):
        Workspace(book, "2026-11-22").load()
        (book / "notes" / "rank.md").read_bytes()
        page_at(watcher.state, "/rank/")
    watcher.state.close()
    (book / "site").mkdir()
    (book / "site" / "x.md").write_text("built", encoding="utf-8")
    time.sleep(0.5)
    assert (watcher.rebuilds, seen) == (0, [])
    save(book / "notes" / "rank.md", RANK + "\nMore.\n")
    until(lambda: seen == ["notes/rank.md"])
    assert watcher.rebuilds == 1


@pytest.mark.parametrize("where", ["__init__", "schedule"])
def test_where_the_system_cannot_watch_it_says_so_and_looks(
    state: State, where: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(28, "inotify watch limit reached")

    monkeypatch.setattr(f"notebook_kb.preview.watch.Observer.{where}", full, raising=False)
    said: list[str] = []
    seen: list[str] = []
    watcher = Watcher(state, lambda change, _: seen.extend(change.paths), lambda: None, say=said.append)
    watcher.start()
    try:
        save(state.root / "notes" / "rank.md", RANK + "\nMore.\n")
        until(lambda: seen == ["notes/rank.md"])
        assert "inotify watch limit reached" in said[0]
    finally:
        watcher.stop()


def test_a_taken_port_gives_the_next_free_one() -> None:
    first, number = listen(0)
    second, other = listen(number)
    try:
        assert number < other < number + 20
        assert {s.getsockname()[0] for s in (first, second)} == {"127.0.0.1"}
    finally:
        first.close()
        second.close()
