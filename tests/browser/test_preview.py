"""The live preview in a real browser: what editors do to a file, what stays on the page, who may not look."""

from __future__ import annotations

import http.client
import os
import random
import re
import signal
import subprocess
import sys
import threading
import time
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect, sync_playwright

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterator
    from pathlib import Path

    from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.browser

HEAD = "---\nconcept: rank\ntitle: Rank of a matrix\npublish: true\n---\n# Rank of a matrix\n\n"
FILLER = "".join(f"Paragraph {n} says something about directions.\n\n" for n in range(60))
RANK = f"""{HEAD}The first words.

## Visual — 3b1b-ela (ch. 7)

Dots on the plane land on a line, and what is left of the plane is its rank, seen as a picture.

## Cards

Q: What is the rank?
A: The number of directions that are left.

## Notes of mine

{FILLER}
## Private

The secret word is xylophone.
"""
OTHER = "---\ntitle: Another\npublish: true\n---\nSee [[rank]] too.\n"
DRAFT = "---\ntitle: Unready\ndraft: true\npublish: true\n---\nNot yet for anybody.\n"


class Preview:
    """A running `kb serve` of a notebook of its own."""

    def __init__(self, root: Path, process: subprocess.Popen[str], url: str, browser: Browser) -> None:
        self.root = root
        self.process = process
        self.url = url
        self.browser = browser
        self.port = int(url.rstrip("/").rsplit(":", 1)[1])

    @property
    def note(self) -> Path:
        return self.root / "notes" / "rank.md"

    def page(self, path: str = "/rank/") -> Page:
        """An open page whose script listens."""
        page = self.browser.new_page()
        with page.expect_websocket():
            page.goto(self.url.rstrip("/") + path)
        return page

    def status(self, path: str, host: str = "", **headers: str) -> int:
        """The status for a path as it is typed."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        connection.putrequest("GET", path, skip_host=True)
        connection.putheader("Host", host or f"127.0.0.1:{self.port}")
        for name, value in headers.items():
            connection.putheader(name.replace("_", "-"), value)
        connection.endheaders()
        try:
            return connection.getresponse().status
        finally:
            connection.close()


@pytest.fixture(scope="module")
def browser(chromium_path: str) -> Generator[Browser]:
    sandbox = ["--no-sandbox"] if getattr(os, "geteuid", lambda: 1)() == 0 else []
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=chromium_path, args=sandbox)
        yield started
        started.close()


@contextmanager
def serving(root: Path, repository: Path, browser: Browser, *options: str) -> Iterator[Preview]:
    env = {"PYTHONPATH": str(repository), **os.environ}
    process = subprocess.Popen(
        [sys.executable, "-m", "notebook_kb", "serve", "--port", "0", "--today", "2026-11-22", *options],
        cwd=root,
        env=env,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stderr
    try:
        lines: list[str] = []
        for line in process.stderr:
            lines.append(line)
            if match := re.search(r"Preview: (http://127\.0\.0\.1:\d+/)", line):
                break
        assert match, lines
        yield Preview(root, process, match[1], browser)
    finally:
        process.send_signal(signal.SIGINT)
        try:
            process.wait(10)
        finally:
            process.kill()
            process.stderr.close()
        for context in browser.contexts:
            context.close()


def fill(root: Path) -> Path:
    notes = root / "notes"
    notes.mkdir(parents=True)
    (root / "notebook.yml").write_text("title: Trial\n", encoding="utf-8")
    (notes / "rank.md").write_text(RANK, encoding="utf-8")
    (notes / "other.md").write_text(OTHER, encoding="utf-8")
    (notes / "unready.md").write_text(DRAFT, encoding="utf-8")
    return root


@pytest.fixture
def preview(tmp_path: Path, repository: Path, browser: Browser) -> Generator[Preview]:
    with serving(fill(tmp_path / "book"), repository, browser) as started:
        yield started


def with_words(words: str) -> str:
    return RANK.replace("The first words.", f"{words} are here now.")


def in_place(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8")


def replaced(path: Path, text: str) -> None:
    beside = path.with_name(".rank.md.tmp")
    beside.write_text(text, encoding="utf-8")
    beside.replace(path)


def replaced_from_outside(path: Path, text: str) -> None:
    outside = path.parent.parent.parent / "rank.tmp"
    outside.write_text(text, encoding="utf-8")
    outside.replace(path)


def backup_and_create(path: Path, text: str) -> None:
    path.rename(path.with_name("rank.md~"))
    time.sleep(0.05)
    path.write_text(text, encoding="utf-8")


def five_flushes(path: Path, text: str) -> None:
    size = len(text) // 5 + 1
    with path.open("w", encoding="utf-8") as file:
        for start in range(0, len(text), size):
            file.write(text[start : start + size])
            file.flush()
            time.sleep(0.026)


@pytest.mark.parametrize(
    "save",
    [in_place, replaced, replaced_from_outside, backup_and_create, five_flushes],
    ids=lambda f: f.__name__,
)
def test_each_way_of_saving_is_shown_and_nothing_is_taken_for_deleted(
    preview: Preview, save: Callable[[Path, str], None]
) -> None:
    page = preview.page()
    page.evaluate(
        "() => { window.gone = 0; new MutationObserver(() => { if (!document.body.textContent.includes('Rank of a matrix'))"
        " window.gone++ }).observe(document, {childList: true, subtree: true}) }"
    )
    for turn in ("Alpha", "Beta"):
        save(preview.note, with_words(turn))
        expect(page.locator("p.lead")).to_have_text(f"{turn} are here now.")
    assert page.evaluate("window.gone") == 0


def test_scroll_focus_and_open_parts_stay(preview: Preview) -> None:
    page = preview.page()
    page.locator("main details").first.locator("summary").click()
    page.evaluate("document.querySelector('#kb-read').open = true")
    page.evaluate("window.same = document.querySelector('main details')")
    page.evaluate("scrollTo({top: 900, behavior: 'instant'})")
    page.locator("main a").last.focus(timeout=5000)
    page.evaluate("scrollTo({top: 900, behavior: 'instant'})")
    focused = page.evaluate("document.activeElement.outerHTML")
    replaced(preview.note, with_words("Gamma"))
    expect(page.locator("p.lead")).to_have_text("Gamma are here now.")
    assert page.evaluate("scrollY") == 900
    assert page.evaluate("document.querySelector('main details').open")
    assert page.evaluate("document.querySelector('#kb-read').open")
    assert page.evaluate("window.same === document.querySelector('main details')")
    assert page.evaluate("document.activeElement.outerHTML") == focused


def test_fifteen_tabs_all_show_the_save(preview: Preview) -> None:
    context = preview.browser.new_context()
    pages = [context.new_page() for _ in range(15)]
    for page in pages:
        page.goto(preview.url + "rank/")
    replaced(preview.note, with_words("Delta"))
    for page in pages:
        expect(page.locator("p.lead")).to_have_text("Delta are here now.")


def test_a_broken_head_is_told_over_the_page_until_it_is_mended(preview: Preview) -> None:
    page = preview.page()
    replaced(preview.note, RANK.replace("title: Rank of a matrix\n", 'title: "Rank\n'))
    over = page.locator("#kb-error")
    expect(over).to_contain_text("KB101")
    expect(over).to_contain_text("notes/rank.md:")
    expect(over.locator("pre")).to_contain_text("^")
    expect(page.locator("h1")).to_contain_text("Rank of a matrix")
    replaced(preview.note, with_words("Mended"))
    expect(over).to_have_count(0)
    expect(page.locator("p.lead")).to_have_text("Mended are here now.")


def test_broken_settings_are_told_on_every_page_and_the_last_good_notebook_stays(preview: Preview) -> None:
    rank, other = preview.page(), preview.page("/other/")
    settings = preview.root / "notebook.yml"
    replaced(settings, "title: Trial\nroadmpa: x\n")
    for page in (rank, other):
        expect(page.locator("#kb-error")).to_contain_text("notebook.yml:2:1")
        expect(page.locator("#kb-error")).to_contain_text("roadmap")
        expect(page.locator("h1")).to_be_visible()
        assert str(preview.root) not in page.content()
    replaced(settings, "title: Renamed\n")
    for page in (rank, other):
        expect(page.locator("#kb-error")).to_have_count(0)
        expect(page.locator("header .name")).to_have_text("Renamed")


def test_a_broken_template_leaves_the_open_page_and_mends_itself(preview: Preview) -> None:
    page = preview.page()
    theme = preview.root / "templates"
    theme.mkdir()
    (theme / "concept.html").write_text(
        "{% extends 'builtin/concept.html' %}{% block title %}{{ nope }", encoding="utf-8"
    )
    expect(page.locator("#kb-error")).to_be_visible()
    expect(page.locator("p.lead")).to_have_text("The first words.")
    assert preview.status("/rank/") == 500
    replaced(theme / "concept.html", "{% extends 'builtin/concept.html' %}")
    expect(page.locator("#kb-error")).to_have_count(0)
    assert preview.status("/rank/") == 200


def test_as_published_hides_what_is_private(preview: Preview) -> None:
    page = preview.page()
    expect(page.locator("main")).to_contain_text("xylophone")
    page.get_by_role("link", name="As published").click()
    expect(page).to_have_url(f"{preview.url}_public/rank/")
    expect(page.locator("p.lead")).to_have_text("The first words.")
    expect(page.locator("main")).not_to_contain_text("xylophone")
    page.get_by_role("link", name="Everything").click()
    expect(page).to_have_url(f"{preview.url}rank/")
    page.goto(f"{preview.url}unready/")
    expect(page.locator("h1")).to_contain_text("Draft")
    page.goto(f"{preview.url}_public/unready/")
    expect(page.locator("main")).to_contain_text("never published")
    replaced(preview.root / "notes" / "unready.md", DRAFT.replace("draft: true\n", ""))
    expect(page.locator("h1")).to_have_text("Unready")


def test_a_new_note_in_a_new_folder_a_rename_and_a_deletion_are_seen(preview: Preview) -> None:
    page = preview.page("/_kb/")
    deep = preview.root / "notes" / "x" / "y"
    deep.mkdir(parents=True)
    (deep / "new.md").write_text("# Quite new\n\nWords.\n", encoding="utf-8")
    files = page.locator("table.files")
    expect(files).to_contain_text("notes/x/y/new.md")
    (deep / "new.md").rename(deep / "old.md")
    expect(files).to_contain_text("notes/x/y/old.md")
    expect(files).not_to_contain_text("notes/x/y/new.md")
    (deep / "old.md").unlink()
    expect(files).not_to_contain_text("notes/x/y/old.md")
    expect(files).to_contain_text("read as “Visual”")


def test_twenty_saves_at_random_gaps_end_with_the_last(preview: Preview) -> None:
    page = preview.page()
    choice = random.Random(7)  # noqa: S311 - no secret
    for n in range(20):
        choice.choice((in_place, replaced))(preview.note, with_words(f"Save {n}"))
        time.sleep(choice.random() * 0.12)
    expect(page.locator("p.lead")).to_have_text("Save 19 are here now.")


def test_a_stylesheet_is_swapped_without_a_reload(preview: Preview) -> None:
    theme = preview.root / "templates" / "static"
    theme.mkdir(parents=True)
    (theme / "style.css").write_text("body{color:rgb(1,2,3)}", encoding="utf-8")
    page = preview.page()
    page.evaluate("window.kept = 1")
    time.sleep(0.3)
    replaced(theme / "style.css", "body{color:rgb(4,5,6)}")
    expect(page.locator("body")).to_have_css("color", "rgb(4, 5, 6)")
    assert page.evaluate("window.kept") == 1


def test_polling_shows_a_save_too(tmp_path: Path, repository: Path, browser: Browser) -> None:
    with serving(fill(tmp_path / "book"), repository, browser, "--poll") as preview:
        page = preview.page()
        replaced(preview.note, with_words("Polled"))
        expect(page.locator("p.lead")).to_have_text("Polled are here now.")


class Foreign(BaseHTTPRequestHandler):
    """A site of somebody else on this machine."""

    def do_GET(self) -> None:
        body = b"<!doctype html><title>Elsewhere</title>"
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args: object) -> None:
        """Quiet."""


def test_a_page_of_another_origin_gets_nothing(preview: Preview) -> None:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Foreign)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        page = preview.browser.new_page()
        page.goto(f"http://127.0.0.1:{server.server_port}/")
        target = preview.url.rstrip("/")
        fetched = page.evaluate("u => fetch(u + '/rank/').then(r => r.text(), () => 'refused')", target)
        opaque = page.evaluate(
            "u => fetch(u + '/rank/', {mode: 'no-cors'}).then(r => r.type, () => 'refused')", target
        )
        script = page.evaluate(
            "u => new Promise(r => { const s = document.createElement('script'); s.src = u + '/_kb/preview.js';"
            " s.onload = () => r('ran'); s.onerror = () => r('refused'); document.head.append(s) })",
            target,
        )
        socket = page.evaluate(
            "u => new Promise(r => { const s = new WebSocket(u.replace('http', 'ws') + '/_kb/socket');"
            " s.onmessage = () => r('heard'); s.onopen = () => r('open'); s.onerror = () => r('refused') })",
            target,
        )
    finally:
        server.shutdown()
        server.server_close()
    assert (fetched, opaque, script, socket) == ("refused", "refused", "refused", "refused")


def test_a_foreign_host_is_refused(preview: Preview) -> None:
    assert preview.status("/rank/") == 200
    assert preview.status("/rank/", host=f"localhost:{preview.port}") == 200
    assert preview.status("/rank/", host="evil.example") == 403
    assert preview.status("/rank/", host=f"evil.example:{preview.port}") == 403
    assert preview.status("/rank/", Origin="http://evil.example") == 403


def test_no_page_breaks_the_security_policy_and_a_wrong_token_is_shown_out(preview: Preview) -> None:
    page = preview.browser.new_page()
    said: list[str] = []
    page.on("console", lambda m: said.append(m.text) if m.type == "error" else None)
    page.goto(preview.url + "rank/")
    page.goto(preview.url + "_kb/")
    page.goto(preview.url + "_public/rank/")
    code = page.evaluate(
        "() => new Promise(r => { const s = new WebSocket(`ws://${location.host}/_kb/socket`);"
        ' s.onopen = () => s.send(\'{"token": "1.x.y"}\'); s.onclose = e => r(e.code) })'
    )
    assert code == 4401
    assert said == []


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM])
def test_it_ends_quietly(preview: Preview, how: signal.Signals) -> None:
    preview.page()
    preview.process.send_signal(how)
    assert preview.process.wait(10) == 0
    assert preview.process.stderr
    assert "Traceback" not in preview.process.stderr.read()
