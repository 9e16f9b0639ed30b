"""The review in a real browser: no mouse, two windows, a server or browser that is killed, a phone."""

from __future__ import annotations

import os
import random
import re
import signal
import socket
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from notebook_kb.study.log import read_history

if TYPE_CHECKING:
    from collections.abc import Generator
    from pathlib import Path

    from playwright.sync_api import Browser, Locator, Page

    from notebook_kb.study.entries import Review

pytestmark = pytest.mark.browser

CARDS = 100
PHONE = {"width": 390, "height": 844}
LONG = r"$$\sigma_1 + \sigma_2 + \sigma_3 + \sigma_4 + \sigma_5 + \sigma_6 + \sigma_7 + \sigma_8 + \sigma_9 \ge \sum_{i=1}^{n} \lambda_i(A^\top A) - \sum_{j=1}^{m} \lambda_j(B^\top B)$$"
CODE = "```python\nfrom numpy.linalg import matrix_rank as the_rank_of_a_matrix_that_has_a_very_long_name_indeed\n```"


def card(number: int) -> str:
    if number == 0:
        return (
            f"Q: What is the rank $r$, number 0?\nA: All of these:\n\n{LONG}\n\n{CODE}\n\n^k-{number:08x}\n"
        )
    return f"Q: Question number {number}?\nA: Answer number {number}. ^k-{number:08x}\n"


class Served:
    """`kb serve` of a notebook of its own, always at one port."""

    def __init__(self, root: Path, repository: Path) -> None:
        self.root = root
        self.repository = repository
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.process: subprocess.Popen[str] | None = None
        self.start()

    def start(self) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "notebook_kb", "serve", "--port", str(self.port)],
            cwd=self.root,
            env={**os.environ, "PYTHONPATH": str(self.repository)},
            stderr=subprocess.PIPE,
            text=True,
        )
        assert self.process.stderr
        for line in self.process.stderr:
            if match := re.search(r"Preview: http://127\.0\.0\.1:(\d+)/", line):
                assert int(match[1]) == self.port
                return
        raise AssertionError("it does not start")

    def kill(self) -> None:
        assert self.process
        assert self.process.stderr
        assert self.process.poll() is None, self.process.stderr.read()
        self.process.send_signal(signal.SIGKILL)
        self.process.wait(10)
        self.process.stderr.close()

    def log(self) -> list[Review]:
        return list(read_history(self.root / ".kb" / "reviews"))

    def answered(self) -> list[str]:
        """The cards that were answered, as numbers."""
        return [str(int(r.card.removeprefix("k-"), 16)) for r in self.log()]


@pytest.fixture
def served(tmp_path: Path, repository: Path) -> Generator[Served]:
    root = tmp_path / "book"
    (root / "notes").mkdir(parents=True)
    (root / "notebook.yml").write_text(
        f"title: Trial\ncards: {{starters: false, new: {CARDS}}}\n", encoding="utf-8"
    )
    text = "---\nconcept: rank\ntitle: Rank\n---\n# Rank\n\n## Cards\n\n" + "\n".join(map(card, range(CARDS)))
    (root / "notes" / "rank.md").write_text(text, encoding="utf-8")
    running = Served(root, repository)
    yield running
    running.kill()


def opened(browser: Browser, served: Served, **options: object) -> Page:
    page = browser.new_context(**options).new_page()  # type: ignore[arg-type]
    page.goto(f"http://127.0.0.1:{served.port}/_kb/review")
    expect(page.locator("#r-show")).to_be_visible()
    return page


def question(page: Page) -> str:
    """The number of the card that is asked."""
    match = re.search(r"number (\d+)", page.locator("#r-front").inner_text())
    assert match
    return match[1]


def next_one(page: Page, before: str) -> None:
    expect(page.locator("#r-front")).not_to_contain_text(f"number {before}?")


def give(page: Page, key: str = "3") -> str:
    """Answer one card with two keys; its number."""
    number = question(page)
    page.keyboard.press("Space")
    expect(page.locator("#r-back")).to_be_visible()
    page.keyboard.press(key)
    next_one(page, number)
    return number


def test_a_hundred_cards_are_reviewed_without_the_mouse(browser: Browser, served: Served) -> None:
    page = opened(browser, served)
    given: list[str] = []
    for _ in range(CARDS):
        number = question(page)
        page.keyboard.press("Enter" if len(given) % 2 else "Space")
        page.keyboard.press(str(2 + len(given) % 3))
        given.append(number)
        if len(given) < CARDS:
            next_one(page, number)
    expect(page.locator("#r-done")).to_be_visible()
    expect(page.locator("#r-done-text")).to_contain_text("100 cards answered today.")
    assert served.answered() == given
    assert [r.rating for r in served.log()] == [2 + n % 3 for n in range(CARDS)]
    assert len(set(given)) == CARDS


def test_every_key_does_what_the_help_says(browser: Browser, served: Served) -> None:
    page = opened(browser, served)
    page.keyboard.press("3")
    assert served.log() == [], "no rating before the answer is seen"
    page.keyboard.press("?")
    expect(page.locator("#r-keys")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("#r-keys")).to_be_hidden()
    first = give(page)
    expect(page.locator("#r-note")).to_contain_text("notes/rank.md:9")
    assert page.locator("#r-note a").get_attribute("href") == "/rank/#cards"
    second = question(page)
    page.keyboard.press("s")
    next_one(page, second)
    page.keyboard.press("e")
    expect(page.locator("#r-place")).to_have_text(re.compile(r"^notes/rank\.md:\d+$"))
    assert re.fullmatch(
        r"vscode://file/.*/notes/rank\.md:\d+", page.locator("#r-vscode").get_attribute("href") or ""
    )
    page.keyboard.press("Escape")
    page.keyboard.press("u")
    expect(page.locator("#r-front")).to_contain_text(f"number {first}?")
    assert served.log() == []


def test_a_killed_server_loses_no_answer_and_counts_none_twice(browser: Browser, served: Served) -> None:
    page = opened(browser, served)
    chance = random.Random(7)  # noqa: S311 - moments, no secrets
    given: list[str] = []
    for _ in range(6):
        given += [give(page) for _ in range(chance.randrange(1, 4))]
        number = question(page)
        page.keyboard.press("Space")
        if chance.random() < 0.5:
            # the answer is under way, or just written, when the server dies
            page.keyboard.press("3")
            page.wait_for_timeout(chance.randrange(0, 12))
            served.kill()
        else:
            served.kill()
            page.keyboard.press("3")
            expect(page.locator("#r-note")).to_contain_text("Not saved yet")
            expect(page.locator("#r-front")).to_contain_text(f"number {number}?")
        served.start()
        given.append(number)
        expect(page.locator("#r-front")).not_to_contain_text(f"number {number}?", timeout=15_000)
        expect(page.locator("#r-note")).to_contain_text("saved", ignore_case=True)
    assert served.answered() == given


def test_a_closed_browser_loses_nothing_that_it_said_was_saved_and_sends_what_it_kept(
    browser: Browser, served: Served
) -> None:
    context = browser.new_context()
    page = context.new_page()
    address = f"http://127.0.0.1:{served.port}/_kb/review"
    given: list[str] = []
    for round_number in range(4):
        page.goto(address)
        expect(page.locator("#r-show")).to_be_visible()
        given += [give(page) for _ in range(round_number)]
        given.append(question(page))
        page.keyboard.press("Space")
        page.keyboard.press("3")
        page.close()  # at once: the answer may not have left
        page = context.new_page()
    page.goto(address)
    expect(page.locator("#r-show")).to_be_visible()
    assert served.answered() == given
    # an answer that never reached a server is sent by the next page
    number = question(page)
    page.keyboard.press("Space")
    served.kill()
    page.keyboard.press("3")
    expect(page.locator("#r-note")).to_contain_text("Not saved yet")
    page.close()
    served.start()
    page = context.new_page()
    page.goto(address)
    expect(page.locator("#r-note")).to_contain_text("saved", ignore_case=True)
    assert served.answered() == [*given, number]
    assert page.evaluate("localStorage.length") == 0


def test_two_windows_and_a_double_click_answer_once(browser: Browser, served: Served) -> None:
    one, other = opened(browser, served), opened(browser, served)
    number = question(one)
    assert question(other) == number
    one.keyboard.press("Space")
    other.keyboard.press("Space")
    one.keyboard.press("3")
    next_one(one, number)
    other.keyboard.press("1")
    next_one(other, number)
    expect(other.locator("#r-note")).to_contain_text("answered elsewhere")
    assert [(r.rating, r.mode) for r in served.log()] == [(3, "review")]
    number = question(other)
    other.wait_for_timeout(400)
    other.get_by_role("button", name="Show the answer").click()
    other.wait_for_timeout(400)
    other.locator('[data-rate="3"]').dblclick()
    next_one(other, number)
    other.wait_for_timeout(300)
    expect(other.locator("#r-show")).to_be_visible()
    assert served.answered() == ["0", number]


def test_a_saved_note_changes_the_question_but_not_under_an_answer(browser: Browser, served: Served) -> None:
    page = opened(browser, served)
    note = served.root / "notes" / "rank.md"
    text = note.read_text(encoding="utf-8")
    note.write_text(text.replace("What is the rank", "What was the rank"), encoding="utf-8")
    expect(page.locator("#r-front")).to_contain_text("What was the rank")
    page.keyboard.press("Space")
    note.write_text(text.replace("What is the rank", "What will be the rank"), encoding="utf-8")
    page.wait_for_timeout(1500)
    expect(page.locator("#r-front")).to_contain_text("What was the rank")
    expect(page.locator("#r-back")).to_be_visible()
    page.keyboard.press("e")
    note.write_text(text.replace("All of these", "Every one of these"), encoding="utf-8")
    expect(page.locator("#r-back")).to_contain_text("Every one of these")


def test_a_question_that_is_another_one_now_is_asked_about(browser: Browser, served: Served) -> None:
    page = opened(browser, served)
    assert give(page, "1") == "0"
    note = served.root / "notes" / "rank.md"
    text = note.read_text(encoding="utf-8")
    note.write_text(
        text.replace("What is the rank $r$, number 0?", "How does one draw this thing here, then?"),
        encoding="utf-8",
    )
    for _ in range(5):
        give(page)
    expect(page.locator("#r-same")).to_be_visible()
    expect(page.locator("#r-before")).to_contain_text("What is the rank")
    expect(page.locator("#r-now")).to_contain_text("How does one draw")
    page.keyboard.press("n")
    expect(page.locator("#r-same")).to_be_hidden()
    assert [str(r.mode) for r in served.log()].count("reset") == 1


def covered(page: Page) -> list[Locator]:
    return [b for b in page.locator("#review button, #review a.btn").all() if b.is_visible()]


@pytest.mark.parametrize("language", ["en", "de"])
def test_on_a_phone_nothing_overflows_and_fingers_find_the_buttons(
    browser: Browser, served: Served, language: str
) -> None:
    settings = served.root / "notebook.yml"
    settings.write_text(f"{settings.read_text(encoding='utf-8')}language: {language}\n", encoding="utf-8")
    served.kill()
    served.start()
    page = opened(browser, served, viewport=PHONE, has_touch=True)
    for key in ("", "Space", "?", "e"):
        if key:
            page.keyboard.press(key)
        assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
        for button in covered(page):
            box = button.bounding_box()
            assert box
            assert min(box["width"], box["height"]) >= 44, button.inner_text()
            inner = button.evaluate("b => b.scrollWidth <= b.clientWidth + 1")
            assert inner, f"cut off: {button.inner_text()}"
    page.keyboard.press("Escape")
    # a long answer: the buttons are in reach wherever one has scrolled to
    for place in (0, 400, 99_999):
        page.evaluate("y => scrollTo(0, y)", place)
        box = page.locator('[data-rate="3"]').bounding_box()
        assert box
        assert 0 <= box["y"] <= PHONE["height"] - box["height"]
    page.locator('[data-rate="3"]').tap()
    next_one(page, "0")


def test_the_policy_holds_and_the_answer_is_announced(browser: Browser, served: Served) -> None:
    context = browser.new_context(reduced_motion="reduce")
    page = context.new_page()
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    page.goto(f"http://127.0.0.1:{served.port}/_kb/review")
    expect(page.locator("#r-show")).to_be_visible()
    assert page.evaluate("document.getElementById('r-back').getAttribute('aria-live')") == "polite"
    assert "sigma" not in page.locator("#review").inner_html(), (
        "an answer is not in the page before it is asked for"
    )
    page.keyboard.press("Space")
    assert page.evaluate("document.getAnimations().length") == 0
    page.keyboard.press("Tab")
    outline = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
    assert outline == "solid", "focus is seen"
    give_page = page.locator("#r-back math").count()
    assert give_page
    assert said == []


def test_without_javascript_the_page_says_so(browser: Browser, served: Served) -> None:
    page = browser.new_context(java_script_enabled=False).new_page()
    page.goto(f"http://127.0.0.1:{served.port}/_kb/review")
    expect(page.locator("main")).to_contain_text("The review needs JavaScript")
