"""Our own and Obsidian's Markdown, case by case, and any text at all."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from typing import TYPE_CHECKING

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from notebook_kb.parsing.note import parse_note
from notebook_kb.rendering.fragments import deriver
from notebook_kb.settings import Settings
from tests.support.html_compare import NAMES, PACK, VOID, rendered
from tests.support.markdown_cases import cases, shown

if TYPE_CHECKING:
    from tests.support.markdown_cases import Case

CASES = cases()


@pytest.mark.parametrize("case", CASES, ids=lambda c: c.title)
def test_case(case: Case) -> None:
    """Red when what is written is not shown as the file says."""
    assert shown(case.text) == case.html


def test_the_cases_are_many_and_each_has_a_name_of_its_own() -> None:
    """Red when the file is cut or read wrongly."""
    assert len(CASES) >= 200
    assert len({c.title for c in CASES}) == len(CASES)


def test_hard_breaks_are_shown_where_the_notebook_has_them() -> None:
    """Red when a line end of an Obsidian vault is lost, or one appears where it is soft."""
    assert rendered("a\nb", hard_breaks=True) == "<p>a<br>\nb</p>\n"
    assert rendered("a\nb") == "<p>a\nb</p>\n"


DERIVE = deriver(Settings(), PACK, NAMES)


@pytest.mark.parametrize(
    ("text", "line", "column"),
    [
        ("%% a %% ![x](no.png)", 1, 9),
        ("%% a %% b %% c %% [[gone]]", 1, 19),
        ("| a | b |\n|---|---|\n| `x|y` | [[gone]] |", 3, 11),
        ("| a | b |\n|---|---|\n| [[x\\|y]] \\| | [[gone]] |", 3, 17),
        ("| a | b |\n|---|---|\n| $|x|$ | %% c %% [[gone]] |", 3, 19),
        ("a\n<p>\n<img src='gone.png'></p>", 3, 1),
        ("> [!note] a [[gone]]", 1, 13),
        ("==a [[gone]]==", 1, 5),
        ("https://a.org/x_y [[gone]]", 1, 19),
    ],
)
def test_places_behind_comments_bars_and_addresses(text: str, line: int, column: int) -> None:
    """Red when something earlier in the line shifts the place of what a finding is about."""
    note = parse_note(text, "notes/a.md", "digest", NAMES).note
    last = note.references[-1]
    assert (last.place.line, last.place.column) == (line, column)


# any text

PIECES = st.sampled_from(
    [
        "[[a|b]]",
        "![[a#b]]",
        "![[p.png|3]]",
        "[^1]",
        "[^1]:x",
        "^[x]",
        "^id",
        "==",
        "**",
        "~~",
        "$x$",
        "$$x$$",
        "\\(",
        "\\)",
        "`c`",
        "```",
        "%%",
        "<!--",
        "-->",
        "<b>",
        "</b>",
        "<details>",
        "</details>",
        "<script>",
        "<img/src=x>",
        '<a/href="javascript:x">',
        ">",
        "[!note]",
        "[!private]-",
        "-",
        "[",
        "]",
        "1.",
        "|",
        "|---|---|",
        "#",
        "##",
        "#tag",
        "https://a.b/c",
        "www.a.b",
        "a@b.c",
        "<%",
        "%>",
        ":",
        "---",
        "===",
        "&",
        "&amp;",
        "&lt;",
        "\\",
        '"',
        "'",
        "<",
        ">",
        "!",
        "[",
        "]",
        "(",
        ")",
        "{",
        "}",
        "Q:",
        "A:",
        "C:",
        "\ue0c1",
        "\ue0c2",
        "\ue0c4",
        "\ue0c5",
        "<svg/onload=x>",
        "<iframe>",
        "onclick=",
        "1",
        "x",
    ]
) | st.sampled_from(["\n", "\n\n", " ", "    ", "\n> ", "\n- ", "\n|", "\t"])
TEXTS = st.lists(PIECES, max_size=25).map("".join) | st.text(max_size=60)


class Balance(HTMLParser):
    """Whether each tag is closed, and what may never be there."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.bad: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """A tag is opened."""
        if tag in {"script", "iframe", "object", "style", "svg"}:
            self.bad.append(tag)
        self.bad += [n for n, _ in attrs if n.startswith("on") or n == "style"]
        self.bad += [v for n, v in attrs if n in {"href", "src"} and v and "script:" in v]
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """A tag that closes itself (MathML)."""

    def handle_endtag(self, tag: str) -> None:
        """A tag is closed."""
        if tag not in VOID and (not self.open or self.open.pop() != tag):
            self.bad.append(f"</{tag}>")


@settings(max_examples=400, deadline=None)
@given(TEXTS)
@example("<details>\n\n## A\n\n</details>\n\n## B")
@example("| a |\n|---|\n| $|`|$ [[|]] |")
@example("[![[a]]](b) ==[a==](b)")
@example("![[a#b]]<b>\n- \n\n# c <i>")
@example("[^1]\n[^1]:x![[a#b]]")
def test_any_text_gives_balanced_harmless_html(text: str) -> None:
    """Red when a text raises, leaves a tag open, or gets a script or a handler into a page."""
    data = DERIVE(parse_note(text, "notes/a.md", "digest", NAMES))
    for pieces in (data["public"], data["mine"] or []):
        for piece in pieces:
            for html in (piece["heading"], piece["body"], piece.get("lead", "")):
                reader = Balance()
                reader.feed(html)
                reader.close()
                assert not reader.bad, html
                assert not reader.open, html
                assert not re.search("[\ue0c1-\ue0c8]", html)
