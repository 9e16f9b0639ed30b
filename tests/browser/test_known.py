"""What is known, in the preview: on the dashboard, the map and the concept's page, and not in the view as published."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from notebook_kb.preview.pages import page_at
from notebook_kb.preview.state import State
from notebook_kb.study.log import Mode
from notebook_kb.study.memory import Memory

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import Browser

pytestmark = pytest.mark.browser

NOTE = "---\nconcept: rank\npublish: true\n---\n# Rank\n\nQ: What is it?\nA: A count. ^k-1\n"


@pytest.fixture
def state(tmp_path: Path) -> State:
    (tmp_path / "notes").mkdir()
    (tmp_path / "notebook.yml").write_text("title: T\n")
    (tmp_path / "notes" / "rank.md").write_text(NOTE)
    return State(tmp_path)


def answer(state: State) -> None:
    memory = Memory.open(state.root / ".kb", "laptop")
    memory.record("k-1", 3, 1000, Mode.REVIEW, "0", "What is it?")


def test_an_answer_shows_on_dashboard_map_and_concept_and_never_as_published(
    state: State, browser: Browser
) -> None:
    paths = ("/_kb/", "/roadmap/", "/rank/")
    before = {p: page_at(state, p).html for p in paths}
    public = {p: page_at(state, f"/_public{p}").html for p in paths[1:]}
    answer(state)
    page = browser.new_page(viewport={"width": 390, "height": 800}, java_script_enabled=False)
    shown = {p: page_at(state, p).html for p in paths}
    for path in paths:
        assert "% known" not in before[path]
    page.set_content(shown["/roadmap/"])
    expect(page.locator('[data-concept="rank"] .known')).to_have_count(1)
    expect(page.locator('[data-concept="rank"]')).to_have_accessible_name(re.compile("100 % known"))
    page.set_content(shown["/rank/"])
    expect(page.get_by_text("100 % known (1 of 1 cards)")).to_be_visible()
    page.set_content(shown["/_kb/"])
    expect(page.get_by_role("img", name=re.compile("1 cards? comes? in the next 30 days"))).to_have_count(1)
    expect(page.get_by_role("img", name=re.compile("1 answers? on 1 days? of the last year"))).to_have_count(
        1
    )
    page.close()
    for path, html in public.items():
        token = re.compile(r"kb[0-9a-f]{32}")
        assert token.sub("", page_at(state, f"/_public{path}").html) == token.sub("", html)
