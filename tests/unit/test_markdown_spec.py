"""CommonMark and GFM are read as their specifications say; what differs is listed with the rule that explains it."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest

from notebook_kb.parsing.markdown import parser
from tests.support.html_compare import canonical, rendered

FOLDER = Path(__file__).resolve().parents[1] / "fixtures" / "markdown"
COMMONMARK: list[dict[str, Any]] = json.loads((FOLDER / "commonmark-0.31.2.json").read_text("utf-8"))
GFM: list[dict[str, Any]] = json.loads((FOLDER / "gfm-0.29.json").read_text("utf-8"))


def wrong(examples: list[dict[str, Any]], **how: bool) -> set[int]:
    """The numbers of the examples that our own renderer gives in another way than the specification."""
    return {
        e["example"] for e in examples if canonical(rendered(e["markdown"], **how)) != canonical(e["html"])
    }


# number → the rule of ours that reads the example in another way than CommonMark
OWN_RULES = {
    12: r"`\[ … \]` is a display formula",
    64: "`#hashtag` is a tag",
    177: "an HTML comment is private: it ends no block, and what follows it in the line is Markdown",
    179: "an HTML comment is private: it is in no output",
    183: "an HTML comment is private, in an indented code block too: it fails closed",
    308: "an HTML comment is private: it is in no output",
    309: "an HTML comment is private: it is in no output",
    548: "`[[foo]]` is a wikilink",
    559: "`[[foo]]` is a wikilink",
    590: "`![[foo]]` is an embed",
    602: "a bare address is a link (GFM's extended autolinks)",
    608: "a bare address is a link (GFM's extended autolinks)",
    611: "a bare address is a link (GFM's extended autolinks)",
    612: "a bare address is a link (GFM's extended autolinks)",
    625: "an HTML comment is private: it is in no output",
    626: "an HTML comment is private: it is in no output",
}
MOST_OWN = 25
CLOSED = "tags that are left open are closed, and closing tags without an opening one are left out"
BODY = "a table gets its `<tbody>`"
UNKNOWN = "tags that are not HTML's, and declarations, are left out"
RUN = "scripts, styles and forms are left out"
SANITISED = {
    CLOSED: {
        21,
        31,
        148,
        150,
        151,
        155,
        165,
        174,
        175,
        184,
        187,
        344,
        476,
        477,
        494,
        623,
        630,
        631,
        642,
        643,
    },
    BODY: {149, 160, 190, 191},
    UNKNOWN: {
        *{156, 157, 158, 163, 180, 181, 182, 201, 491, 524, 536, 613, 614, 615, 616, 617, 627, 628, 629},
    },
    RUN: {170, 171, 172, 173, 176, 178},
}


def test_the_example_data_is_what_its_source_says() -> None:
    """Red when the vendored examples are edited to fit, or one is missing."""
    says = (FOLDER / "SOURCES.md").read_text("utf-8")
    for name in ("commonmark-0.31.2.json", "gfm-0.29.json"):
        assert hashlib.sha256((FOLDER / name).read_bytes()).hexdigest() in says
    assert [e["example"] for e in COMMONMARK] == list(range(1, 653))
    assert {e["extension"] for e in GFM} == {"table", "tasklist", "strikethrough", "autolink"}


@pytest.mark.parametrize("example", COMMONMARK, ids=lambda e: str(e["example"]))
def test_commonmark_without_our_rules(example: dict[str, Any]) -> None:
    """Red when the parser, our tree or our renderer loses or changes anything of CommonMark 0.31.2."""
    expected = canonical(example["html"])
    assert canonical(parser(own_rules=False).render(example["markdown"])) == expected
    assert canonical(rendered(example["markdown"], own_rules=False, sanitised=False)) == expected


def test_with_our_rules_only_the_listed_examples_differ() -> None:
    """Red when a rule of ours takes something away from CommonMark that is not listed, or a listed one is right again."""
    assert wrong(COMMONMARK, own_rules=True, sanitised=False) == set(OWN_RULES)
    assert len(OWN_RULES) <= MOST_OWN


def test_sanitising_changes_only_the_listed_examples() -> None:
    """Red when sanitising eats ordinary Markdown, or lets something through that it was to change."""
    listed = {number for numbers in SANITISED.values() for number in numbers}
    assert wrong(COMMONMARK, own_rules=True, sanitised=True) - set(OWN_RULES) == listed


@pytest.mark.parametrize("example", GFM, ids=lambda e: str(e["example"]))
def test_gfm_tables_tasks_strike_through_and_addresses(example: dict[str, Any]) -> None:
    """Red when one of GFM's extensions is read in another way than GFM says."""
    assert canonical(rendered(example["markdown"])) == canonical(example["html"])
