"""Notes are read with their places, heads as they were meant, and nothing in a text raises."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from notebook_kb.languages import language_pack
from notebook_kb.model import document as d
from notebook_kb.model.note import NoteType, Part
from notebook_kb.notebook.load import built_in_roadmap
from notebook_kb.notebook.public import is_public
from notebook_kb.parsing.head_values import public_words
from notebook_kb.parsing.note import parse_note
from notebook_kb.parsing.rules.comment import SIGN, mask_comments
from notebook_kb.parsing.sections import section_names
from notebook_kb.rendering.fragments import deriver
from notebook_kb.settings import Settings
from notebook_kb.workspace.workspace import Workspace
from tests.support.canaries import TODAY, write_files

if TYPE_CHECKING:
    from notebook_kb.parsing.note import ParsedNote

EXAMPLES = Path(__file__).resolve().parents[1] / "fixtures" / "examples"
PACK = language_pack("en")
NAMES = section_names(
    PACK, {}, (), {a.id: a.title for a in built_in_roadmap("math-for-ml", "en").angles.values()}
)
DERIVE = deriver(Settings(), PACK, NAMES)


def parse(text: str, path: str = "notes/a.md") -> ParsedNote:
    return parse_note(text, path, "digest", NAMES)


def codes(text: str) -> list[str]:
    return [f.code for f in parse(text).note.findings]


# the example notes

RANK = [
    (Part.ANGLE, "visual", "3b1b-ela", "ch. 7"),
    (Part.ANGLE, "simple", "dlai", "course 1, week 2"),
    (Part.ANGLE, "formal", "mml", "§2.6"),
    (Part.OWN, "", "", ""),
    (Part.SYMBOLS, "", "", ""),
    (Part.EXAMPLE, "", "", ""),
    (Part.CODE, "", "", ""),
    (Part.WHY, "", "", ""),
    (Part.CARDS, "", "", ""),
]
LINE = [
    (Part.ANGLE, "visual", "", ""),
    (Part.ANGLE, "simple", "", ""),
    (Part.OWN, "", "", ""),
    (Part.SYMBOLS, "", "", ""),
    (Part.CODE, "", "", ""),
    (Part.CARDS, "", "", ""),
]


@pytest.mark.parametrize(("name", "parts"), [("rank", RANK), ("line-equation", LINE)])
@pytest.mark.parametrize("ends", ["\n", "\r\n", "\r"])
def test_every_part_of_the_example_notes_is_found(
    name: str, parts: list[tuple[Part, str, str, str]], ends: str
) -> None:
    """Red when a heading is not read as its part, or a source loses its name or place; with any line ends."""
    note = parse((EXAMPLES / f"{name}.md").read_text().replace("\n", ends)).note
    found = [(s.part, s.angle, s.citation.name, s.citation.place_text) for s in note.sections if s.level == 2]
    assert found == parts
    assert note.type is NoteType.CONCEPT
    assert note.title == {"rank": "Rank of a matrix", "line-equation": "The line y = mx + b"}[name]
    assert {f.code for f in note.findings} <= {"KB503"}  # text stands below the private excerpt: on purpose


@pytest.mark.parametrize(
    ("heading", "part", "angle"),
    [
        ("IN MY WORDS", Part.OWN, ""),
        ("3. In my words:", Part.OWN, ""),
        ("💡 tl;dr", Part.OWN, ""),
        ("Why?", Part.WHY, ""),
        ("Visually — a film", Part.ANGLE, "visual"),
        ("Definition (page 3)", Part.ANGLE, "formal"),
        ("Intuition: a film", Part.ANGLE, "visual"),
        ("**Formal**", Part.ANGLE, "formal"),
        ("Formalities", Part.OTHER, ""),
        ("Codecs", Part.OTHER, ""),
        ("Quotes", Part.EXCERPT, ""),
    ],
)
def test_headings(heading: str, part: Part, angle: str) -> None:
    """Red when case, number, emoji, dash, colon or emphasis hide a part, or half a word is taken for one."""
    section = parse(f"# T\n\n## {heading}\nx\n").note.sections[-1]
    assert (section.part, section.angle) == (part, angle)


# places


@pytest.mark.parametrize(
    ("text", "line", "column"),
    [
        ("$\\badcmd$", 1, 2),
        ("a $x + \\badcmd{y}$", 1, 8),
        ("a\nb $\\badcmd$", 2, 4),
        ("$$\n\\badcmd\n$$", 2, 1),
        ("$$\nx +\n  y \\badcmd\n$$", 3, 5),
        ("$$ \\badcmd $$", 1, 4),
        ("- a\n- b $\\badcmd$", 2, 6),
        ("1. $\\badcmd$", 1, 5),
        ("- a\n\n  $$\n  x \\badcmd\n  $$", 4, 5),
        ("> a\n> b $\\badcmd$", 2, 6),
        ("> $$\n> \\badcmd\n> $$", 2, 3),
        ("> > $$ \\badcmd $$", 1, 8),
        ("> [!note] $\\badcmd$", 1, 12),
        ("> [!note] t\n> a $\\badcmd$", 2, 6),
        ("| a | b |\n|---|---|\n| $x$ | $\\badcmd$ |", 3, 10),
        ("| $x$ | $x\\badcmd$ |\n|---|---|\n| a | b |", 1, 11),
        ("## A $\\badcmd$", 1, 7),
        ("%% one\ntwo %%\n\n$\\badcmd$", 4, 2),
        ("%% one\ntwo %% $\\badcmd$", 2, 9),
        ("%% one %% $\\badcmd$", 1, 12),
        ("%% one %% and <!-- two --> $\\badcmd$", 1, 29),
        ("x %% a %%\ny %% b %% $\\badcmd$", 2, 12),
        ("<!-- a\n\nb -->\n\n> $\\badcmd$", 5, 4),
        ("**a** $\\badcmd$", 1, 8),
        ("a \\(\\badcmd\\)", 1, 5),
        ("\\[\n\\badcmd\n\\]", 2, 1),
        ("[^1]\n\n[^1]: a $\\badcmd$", 3, 10),
        ("a\n: b $\\badcmd$", 2, 6),
        ("a $x +\n\\badcmd$", 2, 1),
        ("> a $x +\n> \\badcmd$", 2, 3),
    ],
)
@pytest.mark.parametrize("head", ["", "---\npublish: true\ntitle: T\n---\n"])
@pytest.mark.parametrize("ends", ["\n", "\r\n"])
def test_a_bad_formula_is_shown_where_it_is(text: str, line: int, column: int, head: str, ends: str) -> None:
    """Red when a comment, a list, a quote, a table or a head shifts the place of a fault."""
    found = DERIVE(parse((head + text + "\n").replace("\n", ends)))["findings"]
    assert [(f.line, f.column) for f in found if f.code == "KB401"] == [(line + head.count("\n"), column)]


def test_a_byte_order_mark_is_no_text(tmp_path: Path) -> None:
    """Red when a head behind a BOM is not read, or the BOM gets into the title."""
    write_files(
        tmp_path,
        {
            "notebook.yml": b"",
            "notes/a.md": b"\xef\xbb\xbf---\ntitle: T\npublish: true\n---\nx\n",
            "notes/b.md": b"\xef\xbb\xbf# B\n",
        },
    )
    notes = Workspace(tmp_path, today=TODAY).load().notebook.notes
    assert (notes["notes/a.md"].title, notes["notes/a.md"].publish, notes["notes/b.md"].title) == (
        "T",
        True,
        "B",
    )


# heads


@pytest.mark.parametrize(
    ("line", "attribute", "value", "code"),
    [
        ("title: Bayes: by counting", "title", "Bayes: by counting", "KB104"),
        ('title: "Bayes: by counting"', "title", "Bayes: by counting", ""),
        ("title: 017", "title", "017", ""),
        ("title: no", "title", "no", ""),
        ("title: 12:30", "title", "12:30", ""),
        ("title: @home", "title", "@home", "KB104"),
        ("tags: a, b", "tags", ("a", "b"), "KB104"),
        ("tags: [a, b]", "tags", ("a", "b"), ""),
        ("tags:\n  - '#a'\n  - b/c", "tags", ("a", "b/c"), ""),
        ("tags: a", "tags", ("a",), ""),
        ("met_in: [[x]]", "met_in", ("[[x]]",), "KB104"),
        ("met_in: [[x]], [[y]]", "met_in", ("[[x]]", "[[y]]"), "KB104"),
        ("aliases: one, two", "aliases", ("one", "two"), "KB104"),
        ('aliases: one, "two, three"', "aliases", ("one", "two, three"), "KB104"),
        ("summary: a: b", "description", "a: b", "KB104"),
        ("date: 2026/01/02", "date", "2026-01-02", ""),
        ("date: 2026-01-02T10:00:00+01:00", "date", "2026-01-02", ""),
        ("modified: 2026-01-02", "updated", "2026-01-02", ""),
        ("Title: T", "title", "T", ""),
        ("titel: T", "title", "a", "KB107"),
    ],
)
def test_heads_are_read_as_they_were_meant(line: str, attribute: str, value: object, code: str) -> None:
    """Red when YAML's own reading of a value wins over the person's, or the mended value is not told."""
    note = parse(f"---\n{line}\n---\nx\n").note
    assert getattr(note, attribute) == value
    assert [f.code for f in note.findings] == ([code] if code else [])


def test_a_time_is_a_place() -> None:
    """Red when `at: 10:43` becomes the number that YAML 1.1 makes of it."""
    assert parse("---\nsource: mml\nat: 10:43\n---\nx\n").note.source.place_text == "10:43"


@pytest.mark.parametrize(
    ("head", "code"),
    [
        ("publish: true\npublish: true", "KB102"),
        ("Publish: true\npublish: true", "KB102"),
        ("- publish: true", ""),
        ("publish: true\ntitle: [a", "KB101"),
        ("publish: true\n  title: x\n bad", "KB101"),
        ("publish: true\n<<<<<<< a\n=======\n>>>>>>> b", "KB105"),
        ("publish: true\ndate: soon", "KB106"),
        ("publish: true\ndraft: perhaps", "KB103"),
    ],
)
def test_a_doubtful_head_keeps_the_note_private(head: str, code: str) -> None:
    """Red when a head that cannot be relied on publishes."""
    note = parse(f"---\n{head}\n---\nx\n").note
    assert not is_public(note, TODAY)
    assert not code or code in [f.code for f in note.findings]


@pytest.mark.parametrize(
    "text", ["---\n\npublish: true\n", "---\npublish: true\nx\n", "---\n# Title\n\ntext: a\n\nmore\n"]
)
def test_an_unclosed_head_is_text(text: str) -> None:
    """Red when a head without an end publishes or swallows the note."""
    assert not parse(text).note.publish


def test_a_rule_at_the_start_is_no_head() -> None:
    """Red when text between two rules is lost as a head."""
    parsed = parse("---\nOnly some words.\n\n---\n\npublish: true\n")
    assert not parsed.note.publish
    assert "Only some words." in d.plain_text(tuple(d.all_inlines(parsed.document.blocks)))


def test_created_makes_no_post() -> None:
    """Red when the date that other programs put into every note makes each a post."""
    assert parse("---\ncreated: 2020-01-01\n---\nx\n").note.type is NoteType.PAGE
    assert parse("---\ndate: 2020-01-01\n---\nx\n").note.type is NoteType.POST
    assert parse("x\n", "notes/2020-01-01-x.md").note.type is NoteType.POST


YES = ["true", "True", "TRUE", "yes", "Yes", "YES", "on", "On", " true ", "true  # now"]
NO = [
    "", "false", "no", "off", "False", "NO", "~", "null", "1", "0", "y", "Y", "t", "'true'", '"true"', "'yes'", '"on"', "tru",
    "true!", "true,", "true true", "not true", "truee", "+true", "-true", "[true]", "{true: true}", "- true", "|\n  true",
    ">\n  true", "!!str true", "&a true", "*a", "ｔｒｕｅ", "ja", "wahr", "maybe", "soon", "2026-01-01", "public", "true: false", "<% true %>",
    "published", "draft",
]  # fmt: skip


@pytest.mark.parametrize("value", YES)
def test_flags_that_publish(value: str) -> None:
    """Red when a plain yes is not heard."""
    assert is_public(parse(f"---\npublish: {value}\n---\nx\n").note, TODAY)


@pytest.mark.parametrize("value", NO)
@pytest.mark.parametrize("key", ["publish", "published", "publ1sh", "share", "x-publish"])
def test_flags_that_do_not_publish(value: str, key: str) -> None:
    """Red when anything but an unmistakable yes under `publish` publishes."""
    assert not is_public(parse(f"---\ntitle: x\n{key}: {value}\n---\nx\n").note, TODAY)


@pytest.mark.parametrize(
    "line",
    [
        "publish:true",
        "publish = true",
        "#publish: true",
        "  publish: true",
        "x: {publish: true}",
        "published: true",
        "tags: [publish]",
    ],
)
def test_lines_that_only_look_like_the_flag(line: str) -> None:
    """Red when a comment, a nested key or another tool's key publishes."""
    assert not is_public(parse(f"---\ntitle: x\n{line}\n---\nx\n").note, TODAY)


@pytest.mark.parametrize(
    ("day", "public"),
    [("2026-11-21", True), (TODAY, True), ("2026-11-23", False), ("2027-01-01", False), ("", True)],
)
def test_a_date_to_come_keeps_a_note_back(day: str, public: bool) -> None:
    """Red when a note appears before its day."""
    assert (
        is_public(
            parse(
                f"---\npublish: true\ndate: {day}\n---\nx\n" if day else "---\npublish: true\n---\nx\n"
            ).note,
            TODAY,
        )
        is public
    )


# comments


@pytest.mark.parametrize(
    "text",
    [
        "`%% a %%`",
        "``<!-- a -->``",
        "```\n%% a %%\n```",
        "~~~\n<!-- a -->\n~~~",
        "$$\n%% a %%\n$$",
        "\\%% a",
        "```\n%% never closed\n",
    ],
)
def test_code_and_escapes_keep_their_signs(text: str) -> None:
    """Red when code that shows a comment loses it."""
    assert mask_comments(text).text == text


def test_two_comments_in_a_line_keep_their_own_words() -> None:
    """Red when the second comment of a line gets the first one's words (and `%%private%%` goes unseen)."""
    inlines = d.all_inlines(parse("a %% one %% b %% two %%\n").document.blocks)
    assert [i.text.strip() for i in inlines if isinstance(i, d.Comment)] == ["one", "two"]


PIECES = st.sampled_from(
    ["%%", "<!--", "-->", "`", "```", "~~~", "$", "$$", "\\", "\n", "\n\n", "> ", "- ", "# ", "    ", "| ", "a", "b ", "---", "[[", "]]",
     "[!private]", "[^1]", ": ", "<div>", "\\(", "\\[", "==", "^x", "#t", "\t", "\r\n", "![", "](", ")", "\ue0c1", "é", "Q: ", "![["]
)  # fmt: skip
TEXTS = st.lists(PIECES, max_size=40).map("".join)
SOURCE = (EXAMPLES / "rank.md").read_text()


@settings(max_examples=300)
@given(
    st.text(
        st.characters(exclude_characters="%`$\\<~\ue0c1\ue0c2\ue0c3\ue0c4\ue0c5\ue0c6\ue0c7\ue0c8"),
        max_size=60,
    ),
    st.sampled_from([("%%", "%%"), ("<!--", "-->")]),
    TEXTS,
)
@example("in\n\nside", ("%%", "%%"), "$$")
def test_the_inside_of_a_closed_comment_never_gets_through(
    inside: str, signs: tuple[str, str], after: str
) -> None:
    """Red when any text between the signs of a closed comment outside code is left."""
    if signs[1] in inside:
        return
    masked = mask_comments(f"before {signs[0]}zqcanaryqz{inside}{signs[1]}{after}")
    assert "zqcanaryqz" not in masked.text
    assert masked.text.startswith("before " + SIGN)


@settings(max_examples=300, deadline=None)
@given(TEXTS.map(lambda t: t.replace("%", "").replace("<!--", "")), TEXTS)
def test_no_parsed_text_holds_a_comment(before: str, after: str) -> None:
    """Red when a closed comment shows in text, HTML, links or pictures, whatever stands around it."""
    parsed = parse(f"x\n\n{before}\n\n%% zqcanaryqz %%\n\n{after}\n")
    for block in d.walk_blocks((*parsed.document.blocks, *parsed.document.footnotes)):
        assert not (isinstance(block, d.HtmlBlock) and "zqcanaryqz" in block.html)
    for inline in d.all_inlines((*parsed.document.blocks, *parsed.document.footnotes)):
        said = (
            inline.text if isinstance(inline, d.Text) else inline.html if isinstance(inline, d.Html) else ""
        )
        assert "zqcanaryqz" not in said


@settings(max_examples=200, deadline=None)
@given(st.one_of(st.text(max_size=200), TEXTS, TEXTS.map(lambda t: f"---\n{t}\n---\n{t}")))
def test_nothing_in_a_text_raises(text: str) -> None:
    """Red when any text stops the parser or the rendering."""
    DERIVE(parse(text))


@settings(max_examples=150, deadline=None)
@given(st.integers(0, len(SOURCE)), st.integers(0, 60), st.one_of(PIECES, st.text(max_size=5)))
def test_no_change_to_an_example_note_raises(at: int, cut: int, put: str) -> None:
    """Red when a small change of a good note stops the parser or the rendering."""
    DERIVE(parse(SOURCE[:at] + put + SOURCE[at + cut :]))


def test_a_head_that_is_never_closed_keeps_the_note_private() -> None:
    """Red when a head without its closing line is taken for text: its flags would count for nothing."""
    note = parse("---\ntitle: No end\npublish: true\n\n# Text\n").note
    assert [f.code for f in note.findings] == ["KB101"]
    assert note.unclear
    assert not note.publish


def test_comments_in_the_head_are_private() -> None:
    """Red when a comment in a title or description goes to a page, or a percentage is taken for one."""
    assert public_words("A title %% not this %% here <!-- nor this -->") == "A title here"
    assert public_words("It is $x % not this$ and 100% sure") == "It is $x $ and 100% sure"
    assert public_words("Open %% to the end") == "Open"


@pytest.mark.parametrize("sign", ["\u2028", "\u2029", "\u0085", "\x0c"])
def test_signs_that_only_python_takes_for_line_ends_move_no_place(sign: str) -> None:
    """Pasted into a head: findings name the lines that editors show, and card ids go behind their own cards."""
    text = f"---\ntitle: one{sign}two\ndescription: >\n  three{sign}four\n---\n# T\n\nQ: What is one?\nA: uno\n\n[[missing]]\n"
    note = parse(text).note
    assert note.body_line == 6
    assert [(r.target, r.place.line) for r in note.references] == [("missing", 11)]
    assert [c.place.line for c in note.cards] == [8]
