"""Cards made of what a note holds: only of written parts, nothing private, the same ids for ever."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from notebook_kb.model import document as d
from notebook_kb.model.card import GENERATED, CardKind
from notebook_kb.parsing.tree import parse_document
from notebook_kb.study.generated import generated_cards
from notebook_kb.study.note_text import inline_markdown
from notebook_kb.workspace.workspace import Workspace
from tests.support import canaries
from tests.support.canaries import PRIVATE, TODAY, Canaries, write_files

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from notebook_kb.model.card import StudyCard

TEN = "one two three four five six seven eight nine ten"
FORMULA = "$$\ny = m x + b\n$$\n\n- $m$: the *slope*\n- $x_1, x_2$: two inputs\n\nRead aloud: slope times input, plus start.\n"


def cards(root: Path, text: str, name: str = "rank", **settings: str) -> dict[str, StudyCard]:
    """The cards of one note, by id; more `settings` are lines of notebook.yml."""
    more = "".join(f"{k}: {v}\n" for k, v in settings.items())
    write_files(
        root, {f"notes/{name}.md": text.encode(), "notebook.yml": f"title: T\ntimezone: UTC\n{more}".encode()}
    )
    notebook = Workspace(root, today=TODAY).load().notebook
    found = [c for n in notebook.notes.values() for c in generated_cards(notebook, n, GENERATED)]
    assert len({c.id for c in found}) == len(found)
    return {c.id: c for c in found}


def rank(root: Path, body: str, **settings: str) -> dict[str, StudyCard]:
    return cards(root, f"---\nconcept: rank\n---\n# Rank of a matrix\n\n{body}", **settings)


def test_each_part_asks_its_question(tmp_path: Path) -> None:
    """Red when a part makes no card, or one without its words, its place or what it is about."""
    found = rank(
        tmp_path,
        f"## Visual\nSource: me\n{TEN}\n\n## In my words\n{TEN} own\n\n## Symbol by symbol\n\n{FORMULA}\n"
        "## From scratch\nCount pivots.\n\n```python\ndef rank(A): ...\n```\n\n```python check\nassert rank([]) == 0\n```\n",
    )
    kinds = {i.split("/", 1)[1]: c for i, c in found.items()}
    assert set(kinds) == {
        "angle/visual", "angle/own", "say/52de6147", "symbol/m", "symbol/2eb3521b", "code/sketch",
    }  # fmt: skip
    visual = kinds["angle/visual"]
    assert visual.front == "Rank, Visual: What is moving, stretching or being measured? Describe the picture."
    assert visual.back == TEN  # without the line that names the source
    assert (visual.path, visual.line, visual.heading) == ("notes/rank.md", 6, "Visual")
    assert {c.concept for c in found.values()} == {"rank"}
    assert {c.area for c in found.values()} == {"linear-algebra"}
    assert kinds["say/52de6147"].front.endswith("$$\ny = m x + b\n$$")
    assert kinds["say/52de6147"].back == "slope times input, plus start."
    assert kinds["symbol/m"].back == "the *slope*"
    assert kinds["symbol/m"].line == 19
    assert "$m$" in kinds["symbol/m"].front
    assert kinds["code/sketch"].back == "```python\ndef rank(A): ...\n```"


def test_prompts_stubs_and_empty_parts_ask_nothing(tmp_path: Path) -> None:
    """Red when a scaffold, or a part with fewer words than count, is asked for."""
    body = "## Visual\n<!-- What would you see, in ten words or more than ten words? -->\n\n## Simple\nToo few words.\n\n"
    body += "## In my words\n%% one two three four five six seven eight nine ten eleven %%\n\n## Symbol by symbol\n$$\n\n$$\n\n"
    body += "## From scratch\n```python\n# to do\n```\n\n```python check\nassert True\n```\n"
    assert rank(tmp_path, body) == {}


def test_a_formula_without_words_is_not_asked_for(tmp_path: Path) -> None:
    """Red when a formula is asked for that nothing answers, or takes the words of another one."""
    body = "## Symbol by symbol\n$$\na\n$$\n\nA text between.\n\nRead aloud: not of a.\n\n$$\nb\n$$\n\nRead aloud: it is b.\n"
    found = rank(tmp_path, body)
    assert [c.back for c in found.values()] == ["it is b."]


def test_ids_stay_when_a_note_is_rearranged(tmp_path: Path) -> None:
    """Red when moving or adding parts, or blanks in a formula, makes other cards of the same questions."""
    before = rank(tmp_path, f"## Visual\n{TEN}\n\n## Symbols\n\n{FORMULA}")
    more = FORMULA.replace("y = m x + b", "  y  = m x +  b ") + "\n$$\nm = 1\n$$\n\n- $m$: the same slope\n"
    after = rank(
        tmp_path, f"New first words.\n\n## Symbols\n\n{more}\n## Simple\n{TEN}\n\n## Visual\n{TEN}\n"
    )
    assert set(before) < set(after)
    assert after["rank/symbol/m"].back == "the *slope*"  # the first row that says it
    assert set(after) - set(before) == {"rank/angle/simple"}


def test_two_sections_of_one_angle_are_two_cards(tmp_path: Path) -> None:
    """Red when the second explanation is lost, or shares an id."""
    found = rank(tmp_path, f"## Visual — 3b1b-ela\n{TEN} a\n\n## Visual — statquest\n{TEN} b\n")
    assert {i: c.back[-1] for i, c in found.items()} == {"rank/angle/visual": "a", "rank/angle/visual-2": "b"}


def test_a_reading_explains_the_concepts_that_its_headings_name(tmp_path: Path) -> None:
    """Red when a reading's sections ask nothing, or ask about the reading."""
    found = cards(tmp_path, f"---\nsource: 3b1b-ela\n---\n# Notes\n\n## Rank\n{TEN}\n\n## Bits\n{TEN}\n", "r")
    assert list(found) == ["notes/r.md/angle/visual-rank"]
    assert found["notes/r.md/angle/visual-rank"].concept == "rank"


def test_a_page_is_not_asked_for(tmp_path: Path) -> None:
    """Red when a guide or an about page becomes a deck."""
    assert (
        cards(
            tmp_path, f"---\ntype: page\n---\n# About\n\n## Visual\n{TEN}\n\n## Code\n```\nx\n```\n", "about"
        )
        == {}
    )


def test_german_notebooks_ask_in_german(tmp_path: Path) -> None:
    """Red when question words are not those of the notebook's language."""
    found = rank(
        tmp_path,
        f"## Anschaulich\n{TEN}\n\n## Symbole\n\n{FORMULA.replace('Read aloud', 'Laut gelesen')}",
        language="de",
    )
    assert found["rank/angle/visual"].front.startswith("Rang, Anschaulich: Was bewegt")
    assert found["rank/symbol/m"].front.startswith("Was ist in dieser Formel mit $m$ gemeint?")
    assert found["rank/say/52de6147"].back == "slope times input, plus start."


PRIVATE_THINGS = [
    canaries.inline_percent, canaries.block_percent, canaries.inline_html, canaries.block_html, canaries.callout,
    canaries.titled_callout, canaries.callout_in_quote, canaries.callout_in_list, canaries.callout_in_callout,
    canaries.callout_in_definition, canaries.heading_in_quote, canaries.callout_in_footnote, canaries.private_footnote,
    *canaries.SECTIONS, *canaries.TRAPS, *canaries.TAILS[:3],
]  # fmt: skip


@pytest.mark.parametrize("thing", PRIVATE_THINGS)
@pytest.mark.parametrize("seed", range(3))
def test_nothing_private_is_in_a_card(tmp_path: Path, thing: Callable[[Canaries], str], seed: int) -> None:
    """Red when an excerpt, a comment or a private part is in a question or an answer."""
    made = Canaries(seed)
    body = f"## Visual\n{TEN} {{}}\n\n{thing(made)}\n\n## In my words\n{TEN}\n"
    found = rank(tmp_path, body)
    assert found["rank/angle/visual"].back.startswith(TEN)
    for card in found.values():
        assert not PRIVATE.search(f"{card.front}\n{card.back}".encode()), card


@pytest.mark.parametrize(
    "text",
    [
        "plain words, (a) b - c.", "2 * 3 * 4 and 5*6*7", "snake_case_word", "a [b](c) d", "`x ` and ``a`b``", "- no list",
        "1. no list", "# no heading", "costs $5 or $6", "$a_1 * b$ and *$x$* **b** ~~c~~ ==d==", "a #tag", "5 < 6 & 7 > 3 &amp; <b",
        "== no mark ==", "a %% b", "\\alpha \\* \\$", "\\(x\\) \\[y\\]", "[[a]] ![b](c) [d]",
    ],
)  # fmt: skip
def test_a_line_reads_back_as_it_was(text: str) -> None:
    """Red when Markdown made of a line reads as something else: a list, a formula, emphasis."""
    inlines = (d.Text(text=text),)
    (block,) = parse_document(inline_markdown(inlines))[0].blocks
    assert isinstance(block, d.Paragraph)
    assert d.plain_text(block.inlines) == text


@pytest.mark.parametrize(
    "text",
    [
        "$a_1 * b$ and *$x$* **b** ~~c~~ ==d==",
        "`x ` and ``a`b``",
        "a #tag *b **c***",
        "\\(x\\) then \\*",
        "$x$[^1]",
    ],
)
def test_marks_and_formulas_read_back(text: str) -> None:
    """Red when emphasis, code or a formula of a row is lost, or its signs become words."""
    once = d.own_inlines(parse_document(text)[0].blocks[0])
    again = d.own_inlines(parse_document(inline_markdown(once))[0].blocks[0])
    assert shape(again) == shape(once)
    assert any(not isinstance(i, d.Text) for i in once)


def shape(inlines: tuple[d.Inline, ...]) -> list[tuple[str, str]]:
    """Kinds and words, texts that touch as one."""
    found: list[tuple[str, str]] = []
    for i in d.walk_inlines(inlines):
        words = str(getattr(i, "text", getattr(i, "tex", getattr(i, "name", ""))))
        if found and found[-1][0] == "Text" == type(i).__name__:
            found[-1] = ("Text", found[-1][1] + words)
        else:
            found.append((type(i).__name__, words))
    return found


def test_only_the_kinds_that_are_asked_for(tmp_path: Path) -> None:
    """Red when a kind that is switched off is made."""
    rank(tmp_path, f"## Visual\n{TEN}\n\n## Symbols\n{FORMULA}")
    notebook = Workspace(tmp_path, today=TODAY).load().notebook
    note = notebook.notes["notes/rank.md"]
    assert {c.kind for c in generated_cards(notebook, note, {CardKind.SYMBOL, CardKind.QUESTION})} == {
        CardKind.SYMBOL
    }
    (tmp_path / "notes/rank.md").unlink()
    assert list(generated_cards(notebook, note, GENERATED)) == []
