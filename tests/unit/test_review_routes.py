"""The review's routes without a browser: who may answer, and that an answer counts once whatever happens."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from notebook_kb.preview.pages import page_at
from notebook_kb.preview.review_view import mark_of
from notebook_kb.preview.server import Preview
from notebook_kb.preview.state import State
from notebook_kb.study.log import read_history
from notebook_kb.website.build import render_page

if TYPE_CHECKING:
    from pathlib import Path

PORT = 8321
HERE = f"http://127.0.0.1:{PORT}"
ID = "01M8354RCSZXWV37SEXMMASVP"
RANK = """---
concept: rank
title: Rank of a matrix
macros: {"\\\\im": "\\\\operatorname{im}"}
---
# Rank of a matrix

See [[other]].

## Cards

Q: What is the rank, with $\\im A$ and [[other|the other]] in mind? ![Dots](dots.png) <script>alert(1)</script>
A: The number of directions that are left. %%not for anybody%% ^k-11111111

C: A ==square== matrix has ==as many== rows as columns. ^k-22222222
"""
PNG = b"\x89PNG\r\n\x1a\n"


@pytest.fixture
def book(tmp_path: Path) -> Path:
    root = tmp_path / "book"
    (root / "notes").mkdir(parents=True)
    (root / "notebook.yml").write_text("title: Trial\ncards: {starters: false}\n", encoding="utf-8")
    (root / "notes" / "rank.md").write_text(RANK, encoding="utf-8")
    (root / "notes" / "other.md").write_text("# Other\n\nWords.\n", encoding="utf-8")
    (root / "notes" / "dots.png").write_bytes(PNG)
    return root


class Window:
    """A page of the preview, without a browser."""

    def __init__(self, root: Path, preview: Preview | None = None) -> None:
        self.root = root
        self.preview = preview or Preview(State(root), say=print, saved=print)
        self.token = self.preview.tokens.new(1)

    def send(self, action: str, headers: dict[str, str] | None = None, **said: Any) -> httpx.Response:
        given = {"origin": HERE, "x-kb-token": self.token, **(headers or {})}
        return self.ask("POST", f"/_kb/review/{action}", given, {"book": mark_of(self.root), **said})

    def ask(self, method: str, path: str, headers: dict[str, str], said: Any = None) -> httpx.Response:
        async def asked() -> httpx.Response:
            transport = httpx.ASGITransport(app=self.preview.app(PORT))
            async with httpx.AsyncClient(transport=transport, base_url=HERE) as client:
                return await client.request(
                    method, path, headers={k: v for k, v in headers.items() if v}, json=said
                )

        return asyncio.run(asked())

    def look(self) -> Any:
        return self.send("look", first=True).json()["turn"]

    def answer(self, turn: Any, rating: int = 3, end: str = "E") -> Any:
        said = {"card": turn["card"], "seen": turn["seen"], "rating": rating, "ms": 1200, "id": ID + end}
        return self.send("answer", **said).json()


def history(root: Path) -> list[tuple[str, int, str]]:
    return [(r.card, r.rating, str(r.mode)) for r in read_history(root / ".kb" / "reviews")]


def files(root: Path) -> dict[str, bytes]:
    """All but the cache, which can be deleted at any time."""
    found = (p for p in sorted(root.rglob("*")) if p.is_file() and "cache" not in p.parts)
    return {str(p.relative_to(root)): p.read_bytes() for p in found}


def test_a_card_is_typeset_as_on_its_page_and_nothing_private_or_active_is_in_it(book: Path) -> None:
    turn = Window(book).look()
    front = turn["front"]
    assert "<math" in front
    assert "<mi>im</mi>" in front, "the note's macro"
    assert 'href="../other/"' in front
    assert 'src="../files/notes/dots.png"' in front
    assert "<script" not in front
    assert "not for anybody" not in turn["back"]
    assert turn["place"] == "notes/rank.md:12"
    assert turn["url"] == "/rank/#cards"


def test_the_gap_of_a_cloze_is_a_blank_and_its_words_are_marked_in_the_answer(book: Path) -> None:
    window = Window(book)
    turn = window.answer(window.look())["turn"]
    assert turn["card"] == "k-22222222.1"
    assert "square" not in turn["front"]
    assert 'class="gap"' in turn["front"]
    assert "as many" in turn["front"]
    assert "<mark>square</mark>" in turn["back"]


@pytest.mark.parametrize(
    "headers",
    [
        {"origin": ""},
        {"origin": "http://evil.example"},
        {"origin": "null"},
        {"x-kb-token": ""},
        {"x-kb-token": "1.0000000000000000.00000000000000000000000000000000"},
        {"content-type": "text/plain"},
        {"sec-fetch-site": "cross-site"},
        {"host": f"evil.example:{PORT}"},
    ],
    ids=str,
)
@pytest.mark.parametrize("action", ["look", "answer", "undo", "skip", "anew", "ids"])
def test_nobody_but_our_own_page_can_do_anything(book: Path, action: str, headers: dict[str, str]) -> None:
    window = Window(book)
    turn = window.look()
    before = files(book)
    said = {"card": turn["card"], "seen": "", "rating": 3, "ms": 1, "id": ID + "E", "may": True}
    assert window.send(action, headers, **said).status_code == 403
    assert files(book) == before


@pytest.mark.parametrize("path", ["", "/look", "/answer", "/undo", "/anew", "/ids"])
def test_a_get_changes_nothing(book: Path, path: str) -> None:
    window = Window(book)
    window.answer(window.look())
    before = files(book)
    for method in ("GET", "HEAD"):
        assert window.ask(method, f"/_kb/review{path}", {}).status_code in {200, 404, 405}
    assert files(book) == before


def test_an_answer_that_is_sent_again_counts_once_even_to_the_next_server(book: Path) -> None:
    window = Window(book)
    turn = window.look()
    first = window.answer(turn)
    assert first["answered"]["place"] == "notes/rank.md:12"
    again = window.answer(turn)
    assert "stale" not in again
    assert again["turn"]["card"] == first["turn"]["card"]
    started_again = Window(book)
    assert "answered" in started_again.answer(turn)
    assert history(book) == [("k-11111111", 3, "review")]


def test_two_windows_cannot_answer_one_turn_twice(book: Path) -> None:
    one = Window(book)
    other = Window(book, one.preview)
    turn = one.look()
    assert other.look()["card"] == turn["card"]
    one.answer(turn, 3, "A")
    late = other.answer(turn, 1, "B")
    assert late["stale"] is True
    assert late["turn"]["card"] != turn["card"]
    assert history(book) == [("k-11111111", 3, "review")]


def test_an_undo_that_is_sent_again_takes_back_one_answer(book: Path) -> None:
    window = Window(book)
    first = window.answer(window.look(), 3, "A")
    second = window.answer(first["turn"], 3, "B")
    assert window.send("undo", last=second["last"]).json()["undone"]
    again = window.send("undo", last=second["last"]).json()
    assert again["moved"] is True
    assert history(book) == [("k-11111111", 3, "review")]


def test_an_answer_meant_for_another_notebook_waits(book: Path) -> None:
    window = Window(book)
    turn = window.look()
    said = {"card": turn["card"], "seen": "", "rating": 3, "ms": 1, "id": ID + "E"}
    reply = window.send("answer", book="0000000000000000", **said)
    assert reply.json() == {"book": True}
    assert history(book) == []


@pytest.mark.parametrize(
    "said",
    [
        {"rating": 0},
        {"rating": 5},
        {"rating": "3"},
        {"rating": True},
        {"rating": None},
        {"card": "k-99999999"},
        {"card": ["k"]},
        {"id": ""},
        {"id": "../x"},
        {"id": "a" * 26},
    ],
    ids=str,
)
def test_what_is_no_answer_is_refused_with_a_reason_and_not_written(
    book: Path, said: dict[str, object]
) -> None:
    window = Window(book)
    turn = window.look()
    good = {"card": turn["card"], "seen": "", "rating": 3, "ms": 1, "id": ID + "E"}
    reply = window.send("answer", **{**good, **said})
    assert reply.status_code == 409
    assert reply.json()["error"]
    assert history(book) == []


def test_a_body_that_is_too_long_or_no_object_does_nothing(book: Path) -> None:
    window = Window(book)
    headers = {"origin": HERE, "x-kb-token": window.token}
    for said in ([1], "x" * 9000, {"book": mark_of(book), "card": "x" * 9000}):
        assert window.ask("POST", "/_kb/review/answer", headers, said).status_code == 409
    assert history(book) == []


def test_a_skipped_card_stays_due_and_comes_again_with_a_fresh_page(book: Path) -> None:
    window = Window(book)
    turn = window.look()
    reply = window.send("skip", card=turn["card"]).json()
    assert reply["turn"]["card"] != turn["card"]
    assert window.send("look").json()["turn"]["card"] != turn["card"]
    assert window.look()["card"] == turn["card"]
    assert history(book) == []


def test_ids_are_written_only_after_the_learner_said_so(book: Path) -> None:
    note = book / "notes" / "rank.md"
    text = note.read_text(encoding="utf-8").replace(" ^k-11111111", "").replace(" ^k-22222222", "")
    note.write_text(text, encoding="utf-8")
    window = Window(book)
    reply = window.answer(window.look())
    assert reply["ask"].startswith("k-")
    assert note.read_text(encoding="utf-8") == text
    assert window.send("ids", may=True, card=reply["ask"]).json()["problem"] == ""
    assert f"^{reply['ask']}" in note.read_text(encoding="utf-8")
    # the snapshot of the preview is older than the note now: no second try, no complaint
    reply = window.answer(window.look(), 3, "F")
    assert (reply["ask"], reply["problem"]) == ("", "")


def test_a_damaged_log_is_said_and_reviewing_goes_on(book: Path) -> None:
    window = Window(book)
    window.answer(window.look())
    log = next((book / ".kb" / "reviews").glob("*.jsonl"))
    log.write_bytes(log.read_bytes() + b'{"v":1,"id":"x","ca\n')
    reply = Window(book).send("look", first=True).json()
    assert f"reviews/{log.name}:2" in reply["notices"][0]
    assert reply["turn"]["card"] == "k-22222222.1"


def test_a_newer_log_is_refused_untouched(book: Path) -> None:
    folder = book / ".kb" / "reviews"
    folder.mkdir(parents=True)
    (folder / "abcd.jsonl").write_text('{"v":9,"id":"x","sum":"00000000"}\n', encoding="utf-8")
    window = Window(book)
    before = files(book)
    reply = window.send("look", first=True)
    assert reply.status_code == 409
    assert reply.json()["error"]
    assert files(book) == before


def test_the_published_site_has_no_link_to_the_review(book: Path) -> None:
    state = State(book)
    assert "/_kb/review" in page_at(state, "/rank/").html
    (book / "notes" / "rank.md").write_text(RANK.replace("title:", "publish: true\ntitle:"), encoding="utf-8")
    public = State(book)
    assert public.published.site_view.preview is False
    plan = public.published.plan("/rank/")
    assert plan
    workspace = public.workspace
    assert b"_kb/review" not in render_page(plan, public.published.site_view, workspace.theme)
