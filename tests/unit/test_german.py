"""A German notebook: its words, slugs, dates, cards and the roadmap."""

from __future__ import annotations

from importlib.resources import files
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from notebook_kb.notebook.load import BUILT_IN, built_in_roadmap
from notebook_kb.workspace.begin import begin
from notebook_kb.workspace.build import BuildOptions, build
from notebook_kb.workspace.workspace import Workspace
from tests.support.canaries import write_files

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

RANK = """---
concept: Rang
publish: true
date: 2026-03-06
---
# Der Rang

## Anschaulich — 3b1b-ela (Kap. 7)
Alle Pfeile gehen auf einmal durch die Matrix und landen auf einer Linie, eine Richtung bleibt.

## In meinen Worten
Alle zählen dasselbe: wie viele Richtungen übrig bleiben, nachdem die Matrix gewirkt hat.

## Zeichen für Zeichen
$$r = \\dim A$$
- $r$: der Rang

Laut gelesen: der Rang ist die Dimension.

## Karten
F: Was zählt der Rang?
A: Richtungen.
"""


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, str]:
    root: Path = tmp_path_factory.mktemp("heft") / "heft"
    begin(root, "", "", "de")
    post = "---\npublish: true\ndate: 2026-03-05\ntags: [Übung]\n---\n# Größe über alles\n"
    write_files(root, {"notes/Größe über Ägypten.md": post.encode(), "notes/rank.md": RANK.encode()})
    build(Workspace(root, "2026-12-31"), BuildOptions())
    pages = (root / "site").rglob("*.html")
    return {p.relative_to(root / "site").as_posix(): p.read_text(encoding="utf-8") for p in pages}


def test_addresses_are_spelt_in_german(site: Mapping[str, str]) -> None:
    """Red when umlauts and ß are dropped instead of spelt."""
    assert "groesse-ueber-aegypten/index.html" in site
    assert "tags/uebung/index.html" in site


def test_parts_cards_and_dates_are_read_and_shown_in_german(site: Mapping[str, str]) -> None:
    """Red when a German heading, label, card or date is not known, or an English word is shown for it."""
    page = site["rank/index.html"]
    for words in (
        "6. März 2026",
        "Laut gelesen",
        "In meinen Worten",
        "Was zählt der Rang?",
        '<html lang="de">',
    ):
        assert words in page
    assert '<details class="card">' in page
    assert 'class="rung visual' in page
    assert "Lineare Algebra" in page


def test_the_map_is_in_german(site: Mapping[str, str]) -> None:
    """Red when a title of the built-in roadmap is English in a German notebook."""
    page = site["roadmap/index.html"]
    assert "Sattelpunkte" in page
    assert "Ich muss eine Überzeugung an Belege anpassen" in page
    assert "Saddle points" not in page
    assert "Statistics and probability" not in page


@pytest.mark.parametrize("name", BUILT_IN)
def test_every_word_of_the_roadmap_is_there(name: str) -> None:
    """Red when the German words miss an angle, area, concept or problem, or name one that does not exist."""
    roadmap = built_in_roadmap(name, "en")
    text = files("notebook_kb.roadmaps").joinpath(f"{name}.de.yml").read_text(encoding="utf-8")
    words: dict[str, Any] = yaml.safe_load(text)
    assert set(words["concepts"]) == set(roadmap.concepts)
    assert set(words["areas"]) == {a.id for a in roadmap.areas}
    assert set(words["problems"]) == {p.id for p in roadmap.problems}
    assert set(words["angles"]) == set(roadmap.angles)
    assert all(c.get("why") for c in words["concepts"].values())


def test_english_names_stay_good() -> None:
    """Red when a German notebook no longer knows `SVD`, `rank` or the English title."""
    concepts = built_in_roadmap("math-for-ml", "de").concepts
    assert {"SVD", "Singular value decomposition"} <= set(concepts["svd"].aliases)
    assert concepts["svd"].title == "Singulärwertzerlegung"
    assert concepts["svd"].needs == built_in_roadmap("math-for-ml", "en").concepts["svd"].needs
