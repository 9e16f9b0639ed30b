"""Renaming: each form of a link, each form of a head, and random notebooks."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from notebook_kb.errors import ChangedSinceReadError, UsageError
from notebook_kb.files.move import STEP, move_file
from notebook_kb.model.edit import FileMove, apply_edits
from notebook_kb.notebook.rename import rename_files
from notebook_kb.notebook.rename_concept import rename_concept
from notebook_kb.notebook.rename_words import rename_heading, rename_title
from notebook_kb.parsing.head import parse_head
from notebook_kb.parsing.head_edits import add_alias
from notebook_kb.parsing.targets import NoteText
from notebook_kb.website.addresses import note_url
from notebook_kb.workspace import renaming, renaming_journal
from notebook_kb.workspace.rename import plan
from notebook_kb.workspace.rename_paths import target_path
from notebook_kb.workspace.renaming import carry_out, reapplied, resume
from notebook_kb.workspace.renaming_follow import follow_moves
from notebook_kb.workspace.workspace import Workspace
from tests.support import rename_kills
from tests.support.canaries import write_files
from tests.support.renames import check, check_command, read

REPOSITORY = Path(__file__).resolve().parents[2]
LIKELY = {"notes/old.md": "# A title\n\n## Part\nText. ^b1\n", "notes/sub/other.md": "Other.\n"}


def renamed(
    texts: dict[str, str], old: str, new: str, files: tuple[str, ...] = ()
) -> tuple[dict[str, str], tuple[str, ...]]:
    """The texts by their new paths, and the remarks."""
    done = rename_files(read(texts, files), [FileMove(old, new)], texts.__getitem__, address_of=note_url)
    edits = {f.path: f.edits for f in done.edits}
    moves = {m.old: m.new for m in done.moves}
    return {moves.get(p, p): apply_edits(t, edits.get(p, ())) for p, t in texts.items()}, done.remarks


@pytest.mark.parametrize("seed", range(60))
def test_random_renames_keep_every_link_and_all_other_words(seed: int) -> None:
    """Red when a link is lost, led elsewhere, or a byte outside links changes."""
    check(seed)


@pytest.mark.parametrize("seed", range(500, 506))
def test_random_renames_on_the_command_line(tmp_path: Path, seed: int) -> None:
    """The same with real files through `kb rename`."""
    check_command(seed, tmp_path)


# before → after, in notes/sub/x.md when notes/old.md becomes notes/deep/new name.md
FORMS = {
    "name": ("[[old]]", "[[new name]]"),
    "label": ("[[old|words]] and [[ Old | w ]]", "[[new name|words]] and [[ new name | w ]]"),
    "heading": ("[[old#Part]] [[old#^b1|x]]", "[[new name#Part]] [[new name#^b1|x]]"),
    "ending": ("[[old.md]]", "[[new name.md]]"),
    "path": ("[[/old]] [[../old]]", "[[/deep/new name]] [[../deep/new name]]"),
    "embed": ("![[old]] ![[old#Part]]", "![[new name]] ![[new name#Part]]"),
    "title": ("[[A title]]", "[[A title]]"),
    "address": ("[a](../old.md)", "[a](../deep/new%20name.md)"),
    "brackets": ("[a](<../old.md> 'T')", "[a](<../deep/new name.md> 'T')"),
    "anchor": ("[a *b*](../old.md#part)", "[a *b*](../deep/new%20name.md#part)"),
    "by name": ("[a](old.md)", "[a](new%20name.md)"),
    "line": ("[a](\n  ../old.md)", "[a](\n  ../deep/new%20name.md)"),
    "reference": ("[a][r] [r]\n\n[r]: ../old.md 'T'", "[a][r] [r]\n\n[r]: ../deep/new%20name.md 'T'"),
    "tag": ('<a href="../old.md#part">x</a>', '<a href="../deep/new%20name.md#part">x</a>'),
    "table": ("| a |\n|---|\n| [[old\\|x]] [[old]] |", "| a |\n|---|\n| [[new name\\|x]] [[new name]] |"),
    "callout": ("> [!note] [[old]]\n> - [[old]]", "> [!note] [[new name]]\n> - [[new name]]"),
    "footnote": ("a[^1] b^[in [[old]]]\n\n[^1]: [[old]]", "a[^1] b^[in [[new name]]]\n\n[^1]: [[new name]]"),
    "footnote beside code": ("a^[in [[old]]] `[[old]]`", "a^[in [[new name]]] `[[old]]`"),
    "card": ("Q: [[old]]?\nA: [a](../old.md)", "Q: [[new name]]?\nA: [a](../deep/new%20name.md)"),
    "comment": ("%% [[old]] %% <!-- [[old]] -->", "%% [[new name]] %% <!-- [[new name]] -->"),
    "source": ("## Visual\nSource: [[old]]", "## Visual\nSource: [[new name]]"),
    "astral": ("𝐀𝔼 %%c%% [[old]]", "𝐀𝔼 %%c%% [[new name]]"),
    "code": ("`[[old]]` $[[old]]$\n\n```\n[[old]]\n```", "`[[old]]` $[[old]]$\n\n```\n[[old]]\n```"),
    "escaped": (r"\[[old]] <https://old.md>", r"\[[old]] <https://old.md>"),
    "outside": ("[a](https://x.org/old.md)", "[a](https://x.org/old.md)"),
}


@pytest.mark.parametrize("name", FORMS)
def test_each_form_of_a_link_follows_and_stays_that_form(name: str) -> None:
    """What is no link stays; line ends, byte order mark and all other characters too."""
    before, after = FORMS[name]
    for start, end in (("", "\n"), ("\ufeff---\ntags: [x]\n---\n", "\r\n")):
        texts = {**LIKELY, "notes/sub/x.md": start + before.replace("\n", end)}
        now, _ = renamed(texts, "notes/old.md", "notes/deep/new name.md")
        assert now["notes/sub/x.md"] == start + after.replace("\n", end)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("met_in: [[old]]", "met_in: [[new]]"),
        ('met_in: "[[old|x]]"', 'met_in: "[[new|x]]"'),
        ("needs: ['[[old]]', other]", "needs: ['[[new]]', other]"),
        ("related:\n  - '[[old#Part]]'", "related:\n  - '[[new#Part]]'"),
        ("image: pics/p.png", "image: pics/p.png"),
        ("aliases: ['[[old]]']", "aliases: ['[[old]]']"),
        ("title: on [[old]]", "title: on [[old]]"),
    ],
)
def test_values_of_the_head_follow(before: str, after: str) -> None:
    """Links in values follow; titles and aliases are words."""
    texts = {**LIKELY, "notes/x.md": f"---\n{before}\n---\nText\n"}
    now, _ = renamed(texts, "notes/old.md", "notes/new.md", ("notes/pics/p.png",))
    assert now["notes/x.md"] == f"---\n{after}\n---\nText\n"


def test_a_note_that_moves_takes_its_relative_addresses_along() -> None:
    """Addresses of notes and pictures are right from the new folder; names need no change."""
    texts = {
        "notes/a.md": "[b](b.md) ![p](img/p.png) ![[p.png]] [[b]] <img src='img/p.png'>\n",
        "notes/b.md": "B\n",
    }
    now, _ = renamed(texts, "notes/a.md", "notes/deep/a.md", ("notes/img/p.png",))
    assert now["notes/deep/a.md"] == (
        "[b](../b.md) ![p](../img/p.png) ![[p.png]] [[b]] <img src='../img/p.png'>\n"
    )


def test_an_address_that_would_climb_out_of_the_notes_is_written_anew() -> None:
    """Our resolver stops at the notes folder, other programs do not: `../img` from the top is wrong for them."""
    texts = {"notes/deep/a.md": "![p](../img/p.png) [b](../b.md)\n", "notes/b.md": "B\n"}
    now, _ = renamed(texts, "notes/deep/a.md", "notes/a.md", ("notes/img/p.png",))
    assert now["notes/a.md"] == "![p](img/p.png) [b](b.md)\n"


def test_a_picture_that_moves_is_still_shown() -> None:
    """Embeds and heads follow a file too."""
    texts = {"notes/a.md": "---\nimage: img/p.png\n---\n![x|300](img/p.png) ![[p.png|300]]\n"}
    now, _ = renamed(texts, "notes/img/p.png", "notes/pics/q.png", ("notes/img/p.png",))
    assert now["notes/a.md"] == "---\nimage: pics/q.png\n---\n![x|300](pics/q.png) ![[q.png|300]]\n"


def test_a_name_that_would_take_other_links_away_makes_them_explicit() -> None:
    """`[[Found]]` led to a note by its title: it still does when another note gets that name, and shows the same word."""
    texts = {
        "notes/t.md": "# Found\n",
        "notes/old.md": "Old\n",
        "notes/x.md": "[[Found]] [[old]] [[Found|w]]\n",
    }
    now, _ = renamed(texts, "notes/old.md", "notes/found.md")
    assert now["notes/x.md"] == "[[t|Found]] [[found]] [[t|w]]\n"


def test_a_name_that_is_not_clear_becomes_a_path_that_shows_the_name() -> None:
    """Two notes of one name: the link gets the path, and its words stay short."""
    table = "\n| a |\n|---|\n| [[old]] |\n"
    texts = {"notes/a/same.md": "A", "notes/old.md": "O\n", "notes/x/x.md": f"[[old]] | [[old|w]]\n{table}"}
    now, _ = renamed(texts, "notes/old.md", "notes/b/same.md")
    after = "[[b/same|same]] | [[b/same|w]]\n" + table.replace("[[old]]", "[[b/same\\|same]]")
    assert now["notes/x/x.md"] == after


def test_a_link_by_name_follows_though_a_title_would_still_find_it() -> None:
    """`[[old]]` means the file: other programs know no titles."""
    now, _ = renamed({"notes/old.md": "# Old\n", "notes/x.md": "[[old]]\n"}, "notes/old.md", "notes/new.md")
    assert now["notes/x.md"] == "[[new]]\n"


def test_a_name_in_the_letters_of_a_sentence_stays_what_is_read() -> None:
    """`[[The Old]]` for the-old.md is words; `[[the-old]]` is the file's name."""
    texts = {"notes/the-old.md": "# The Old\n", "notes/x.md": "[[The Old]], [[the-old]], [[The Old#A|b]]\n"}
    now, _ = renamed(texts, "notes/the-old.md", "notes/new.md")
    assert now["notes/x.md"] == "[[new|The Old]], [[new]], [[new#A|b]]\n"


def test_a_title_that_changes_with_a_link_in_it_takes_no_link_away() -> None:
    """`# About [[old]]` is another title afterwards; what linked by it shows the same words and leads there still."""
    texts = {
        "notes/old.md": "O\n",
        "notes/t.md": "# About [[old]]\n",
        "notes/x.md": "[[About old]] [[t#About old]]\n",
    }
    now, _ = renamed(texts, "notes/old.md", "notes/new.md")
    assert now["notes/t.md"] == "# About [[new]]\n"
    assert now["notes/x.md"] == "[[t|About old]] [[t#About new]]\n"


@pytest.mark.parametrize(
    ("name", "written"),
    [("`x`", "%60x%60"), ("a <!-- b", "a %3C!-- b"), ("50%% off", "50%25% off"), ("C# x", "C%23 x"), ("[a]", "%5Ba%5D")],
)  # fmt: skip
def test_a_name_that_markdown_would_read_as_something_else_is_escaped(name: str, written: str) -> None:
    """An editor may have given any name to a file: its links still lead there, and the text says what it said."""
    texts = {"notes/old.md": "O\n", "notes/x.md": "a ` sign and [[old]] and more\n"}
    now, _ = renamed(texts, "notes/old.md", f"notes/{name}.md")
    assert now["notes/x.md"] == f"a ` sign and [[{written}]] and more\n"


def test_links_that_led_nowhere_are_told_when_they_lead_somewhere() -> None:
    """A link to a note not yet written may get one by a rename, but not in silence."""
    now, remarks = renamed(
        {"notes/old.md": "x", "notes/x.md": "[[wanted]]\n"}, "notes/old.md", "notes/wanted.md"
    )
    assert now["notes/x.md"] == "[[wanted]]\n"
    assert remarks == ("1 link that was not clear leads to notes/wanted.md from now on",)


def test_a_concepts_note_by_name_stays_the_concepts_note() -> None:
    """Coverage, ledger and cards go by the concept: the head says it where the name said it before."""
    texts = {"notes/rank.md": "---\npublish: true\n---\nRank\n"}
    done = rename_files(read(texts, ()), [FileMove("notes/rank.md", "notes/m.md")], texts.__getitem__)
    counted = done.after.concept_note("rank")
    assert counted is not None
    assert (done.keys, counted.path) == ((), "notes/m.md")
    now, _ = renamed(texts, "notes/rank.md", "notes/m.md")
    assert now["notes/m.md"] == "---\npublish: true\naliases: [/rank/]\nconcept: rank\n---\nRank\n"


HEADS = {
    "---\na: 1\n---\n": "---\na: 1\naliases: [/o/]\n---\n",
    "---\naliases: [x, y]  # c\n---\n": "---\naliases: [x, y, /o/]  # c\n---\n",
    "---\naliases: []\n---\n": "---\naliases: [/o/]\n---\n",
    "---\naliases: [\n  x,\n  y\n]\n---\n": "---\naliases: [\n  x,\n  y, /o/\n]\n---\n",
    "---\naliases:\n  - x  # c\na: 1\n---\n": "---\naliases:\n  - x  # c\n  - /o/\na: 1\n---\n",
    "---\naliases:\n- x\n---\n": "---\naliases:\n- x\n- /o/\n---\n",
    "---\naliases:\n---\n": "---\naliases: [/o/]\n---\n",
    "---\naliases: # none\na: 1\n---\n": "---\naliases: [/o/] # none\na: 1\n---\n",
    "---\naliases: x y\n---\n": "---\naliases: [x y, /o/]\n---\n",
    "---\nalias: 'x, y'\n---\n": "---\nalias: ['x, y', /o/]\n---\n",
    "---\naliases: x, y\n---\n": "---\naliases: x, y, /o/\n---\n",
    "---\naliases: [x, /o/]\n---\n": "---\naliases: [x, /o/]\n---\n",
    "\ufeff---\r\na: 1\r\n---\r\n": "\ufeff---\r\na: 1\r\naliases: [/o/]\r\n---\r\n",
    "Text\n": "---\naliases: [/o/]\n---\nText\n",
    "\ufeffText\r\n": "\ufeff---\r\naliases: [/o/]\r\n---\r\nText\r\n",
    "---\na: [\n---\n": "---\na: [\n---\n",
}


@pytest.mark.parametrize("before", HEADS)
def test_an_old_address_is_added_to_any_head_and_nothing_else_changes(before: str) -> None:
    """Lists in lines and brackets, one word, none, no head; a head that cannot be read is left alone."""
    after = apply_edits(before, add_alias(NoteText(before), "/o/"))
    assert after == HEADS[before]
    known = [
        parse_head(t.removeprefix("\ufeff").replace("\r\n", "\n")).texts("aliases") for t in (before, after)
    ]
    assert set(known[0]) <= set(known[1])


@pytest.mark.parametrize(
    ("head", "old", "new", "alias"),
    [
        ("publish: true", "old", "new", ["/old/"]),
        ("publish: true\ndraft: true", "old", "new", ["/old/"]),
        ("publish: true\nslug: fix", "old", "new", []),
        ("publish: true\nslug: fix", "old", "deep/new", ["/fix/"]),
        ("publish: true\npermalink: /p/", "old", "deep/new", []),
        ("publish: true", "old", "OLD", []),
        ("publish: false", "old", "new", []),
        ("tags: [a]", "old", "new", []),
    ],
)
def test_the_old_address_is_kept_where_others_may_know_it(
    head: str, old: str, new: str, alias: list[str]
) -> None:
    """A public note whose address changes keeps the old one; a private note tells nobody its old name."""
    now, _ = renamed({f"notes/{old}.md": f"---\n{head}\n---\nText\n"}, f"notes/{old}.md", f"notes/{new}.md")
    assert list(parse_head(now[f"notes/{new}.md"]).texts("aliases")) == alias


NOTE = """# The title

## Visual — 3b1b (ch. 7) ^abc

Setext one
---

### Deep #

## Deep

[[#Deep]] [[#Setext one]]
"""


@pytest.mark.parametrize(
    ("heading", "words", "line", "links", "after"),
    [
        ("Setext one", "New", "New\n---", "[[h#Setext one]] [x](h.md#setext-one)", "[[h#New]] [x](h.md#new)"),
        ("setext-one", "A | B", "A | B\n---", "[[h#Setext one|l]]", "[[h#A B|l]]"),
        ("Setext one", "Two words", "Two words\n", "[y](h.md#Setext%20one)", "[y](h.md#Two%20words)"),
        ("Setext one", "Top", "Top\n---", "[[h#Setext one#Deep]]", "[[h#Top#Deep]]"),
        ("Visual", "Picture it", "## Picture it — 3b1b (ch. 7) ^abc", "[[h#^abc]]", "[[h#^abc]]"),
        ("Deep", "Deeper", "### Deeper #\n\n## Deep\n", "[[h#Deep]]", "[[h#Deeper]]"),
        ("The title", "Other", "# Other", "[[The Title]] [[the title#Deep]]", "[[Other]] [[Other#Deep]]"),
        ("Setext one", "Deep", "[[#deep-2]]", "[[h#Deep]]", "[[h#deep-2]]"),
    ],
)  # fmt: skip
def test_links_to_a_heading_follow_its_words(
    heading: str, words: str, line: str, links: str, after: str
) -> None:
    """Words, anchors and ways down through headings follow; the source, the id and the signs of the heading stay."""
    texts = {"notes/h.md": NOTE, "notes/k.md": links}
    done = rename_heading(read(texts, ()), "notes/h.md", heading, words, texts.__getitem__)
    edits = {f.path: f.edits for f in done.edits}
    assert line in apply_edits(NOTE, edits["notes/h.md"])
    assert apply_edits(links, edits.get("notes/k.md", ())) == after


@pytest.mark.parametrize(
    ("words", "remark"),
    [
        ("Thoughts", "read as `excerpt`, now as no part of its own; its text is private no longer"),
        ("Quotes", ""),
        ("In my words", "read as `excerpt`, now as `own`; its text is private no longer"),
    ],
)
def test_a_part_that_is_read_in_another_way_is_told(words: str, remark: str) -> None:
    """Above all where private text would become public."""
    texts = {"notes/h.md": "# T\n\n## Excerpt\nTheir words.\n"}
    done = rename_heading(read(texts, ()), "notes/h.md", "Excerpt", words, texts.__getitem__)
    assert [r.split(" was ")[1] for r in done.remarks] == ([remark] if remark else [])
    public = {"notes/h.md": f"---\npublish: true\n---\n{texts['notes/h.md']}"}
    if "private" in remark:
        with pytest.raises(UsageError, match="private no longer"):
            rename_heading(read(public, ()), "notes/h.md", "Excerpt", words, public.__getitem__)
    else:
        rename_heading(read(public, ()), "notes/h.md", "Excerpt", words, public.__getitem__)


def test_a_heading_that_no_link_can_name_is_renamed_back() -> None:
    texts = {"notes/h.md": "# T\n\n## Vis # y ^ z\n"}
    done = rename_heading(read(texts, ()), "notes/h.md", "Vis # y ^ z", "Visual", texts.__getitem__)
    assert apply_edits(texts["notes/h.md"], done.edits[0].edits) == "# T\n\n## Visual\n"


def test_what_public_notes_show_of_a_private_name_is_told() -> None:
    """Red when a new name that was meant for oneself stands on a public page without a word."""
    texts = {
        "notes/mine.md": "# Mine\n",
        "notes/a.md": "---\npublish: true\n---\n\nsee [[mine]]\n",
        "notes/b.md": "---\npublish: true\n---\n\nsee [[mine|this]]\n",
        "notes/c.md": "see [[mine]]\n",
    }
    told = rename_files(
        read(texts, ()), [FileMove("notes/mine.md", "notes/Diary.md")], texts.__getitem__
    ).remarks
    assert [t.split(" ")[0] for t in told] == ["notes/a.md:5"]
    texts["notes/mine.md"] = "# What I think\n"
    texts["notes/a.md"] = texts["notes/a.md"].replace("mine", "What I think")
    told = rename_title(read(texts, ()), "notes/mine.md", "Diary", texts.__getitem__).remarks
    assert [t.split(" ")[0] for t in told] == ["notes/a.md:5"]


def test_a_title_in_the_head_is_renamed_there_and_links_by_it_follow() -> None:
    """A colon is quoted; what links by file name stays."""
    texts = {"notes/h.md": "---\ntitle: Old: one\n---\nx\n", "notes/k.md": "[[Old: one]] [[h]]"}
    done = rename_title(read(texts, ()), "notes/h.md", "New: two", texts.__getitem__)
    now = {f.path: apply_edits(texts[f.path], f.edits) for f in done.edits}
    assert now == {"notes/h.md": '---\ntitle: "New: two"\n---\nx\n', "notes/k.md": "[[New: two]] [[h]]"}


def test_a_first_heading_that_says_the_title_stays_the_title() -> None:
    """Red when the page shows the new title above the old one; another first heading is left alone."""
    for heading, after in (("Old", "New"), ("Other", "Other")):
        texts = {"notes/h.md": f"---\ntitle: Old\n---\n# {heading}\n\nx\n", "notes/k.md": "[[h#Old]] [[Old]]"}
        done = rename_title(read(texts, ()), "notes/h.md", "New", texts.__getitem__)
        now = {f.path: apply_edits(texts[f.path], f.edits) for f in done.edits}
        assert now["notes/h.md"] == f"---\ntitle: New\n---\n# {after}\n\nx\n"
        assert now["notes/k.md"].endswith("[[New]]")


@pytest.mark.parametrize(
    ("new", "after"), [("dot product", "[[dot product]]"), ("Dot-Product", "[[dot-product]]")]
)
def test_a_dash_in_a_name_follows_though_kb_would_find_it_without(new: str, after: str) -> None:
    """Other programs look for the file's letters; case alone does not matter to them."""
    texts = {"notes/dot-product.md": "# Dot\n", "notes/x.md": "[[dot-product]]\n"}
    now, _ = renamed(texts, "notes/dot-product.md", f"notes/{new}.md")
    assert now["notes/x.md"] == f"{after}\n"


def test_an_unknown_heading_is_told_with_the_nearest() -> None:
    """As everywhere: did you mean."""
    with pytest.raises(UsageError) as error:
        rename_heading(read({"notes/h.md": NOTE}, ()), "notes/h.md", "Setxt one", "x", lambda _: NOTE)
    assert "Setext one" in error.value.hint


ROADMAP = """title: Own
extends: math-for-ml
areas:
- title: A
  concepts:
  - Foo bar
  - id: baz  # c
    title: The baz
    needs: [foo-bar]
  - {title: Flow, needs: [baz, foo-bar]}
problems:
- {id: p, title: P, concepts: [baz]}
"""


def own(tmp_path: Path) -> Workspace:
    """A notebook with a roadmap of its own."""
    write_files(
        tmp_path,
        {
            "notebook.yml": b"title: t\n",
            "roadmap.yml": ROADMAP.encode(),
            "notes/q.md": b"---\nconcept: baz\nneeds: [[foo bar]]\n---\n[[baz]] [[The baz]] [[foo-bar|x]]\n",
        },
    )
    return Workspace(tmp_path)


@pytest.mark.parametrize(
    ("old", "new", "roadmap", "note"),
    [
        ("baz", "quux", "  - id: quux  # c\n    renamed_from: baz\n    title: The baz\n",
         "---\nconcept: quux\nneeds: [[foo bar]]\n---\n[[quux]] [[The baz]] [[foo-bar|x]]\n"),
        ("foo-bar", "foo", '  - {id: foo, title: "Foo bar", renamed_from: foo-bar}\n',
         "---\nconcept: baz\nneeds: [[foo]]\n---\n[[baz]] [[The baz]] [[foo|x]]\n"),
        ("flow", "flows", "  - {title: Flow, id: flows, renamed_from: flow, needs: [baz, foo-bar]}\n",
         "---\nconcept: baz\nneeds: [[foo bar]]\n---\n[[baz]] [[The baz]] [[foo-bar|x]]\n"),
    ],
)  # fmt: skip
def test_an_id_of_ones_own_roadmap_is_renamed_everywhere(
    tmp_path: Path, old: str, new: str, roadmap: str, note: str
) -> None:
    """The roadmap, what needs it, problems, heads and links by the id follow; the old id stays good."""
    workspace = own(tmp_path)
    carry_out(workspace, plan(workspace, old, new, as_id=True))
    text = (tmp_path / "roadmap.yml").read_text(encoding="utf-8")
    assert roadmap in text
    assert f"{old}]" not in text.replace(f"renamed_from: {old}", "")
    assert (tmp_path / "notes/q.md").read_text(encoding="utf-8") == note
    notebook = Workspace(tmp_path).load().notebook
    assert notebook.concept_names[old.replace("-", " ")] == new
    assert not [f for f in notebook.findings if f.code == "KB304"]


@pytest.mark.parametrize(
    ("head", "after"),
    [
        ("needs: [baz-space, baz]", "needs: [baz-space, quux]"),
        ("needs: [the baz, baz, baz ]  # baz", "needs: [the baz, quux, quux ]  # baz"),
        ("needs: ['baz-1', \"baz\", '[[baz]]']", "needs: ['baz-1', \"quux\", '[[quux]]']"),
        ("needs:\n  - bazaar\n  - baz\n  - 'baz'", "needs:\n  - bazaar\n  - quux\n  - 'quux'"),
        ("needs: [bazaar,\n  baz, flow,\n  baz]", "needs: [bazaar,\n  quux, flow,\n  quux]"),
        ("needs: [[bazaar]], [[baz]]", "needs: [[bazaar]], [[quux]]"),
        ("needs: Baz", "needs: quux"),
        ("concept: BAZ # the baz", "concept: quux # the baz"),
        ("concept: 'baz'\nneeds: baz", "concept: 'quux'\nneeds: quux"),
    ],
)
@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_only_the_id_itself_is_renamed_in_a_head(tmp_path: Path, head: str, after: str, newline: str) -> None:
    """Red when the letters of an id are changed within another one, or one of two entries is forgotten."""
    own(tmp_path)
    note = tmp_path / "notes/q.md"
    note.write_bytes(f"---\n{head}\n---\nbaz\n".replace("\n", newline).encode())
    workspace = Workspace(tmp_path)
    carry_out(workspace, plan(workspace, "baz", "quux", as_id=True))
    assert note.read_bytes().decode().replace(newline, "\n") == f"---\n{after}\n---\nbaz\n"


@pytest.mark.parametrize(("old", "new"), [("rank", "ranks"), ("baz", "flow"), ("baz", "A b"), ("baz", "svd")])
def test_an_id_that_is_not_ones_own_or_is_taken_is_refused(tmp_path: Path, old: str, new: str) -> None:
    """Ids of the built-in roadmap are for ever; two concepts never share a name."""
    notebook = own(tmp_path).load().notebook
    with pytest.raises(UsageError):
        rename_concept(notebook, old, new, lambda p: (tmp_path / p).read_bytes().decode())


@pytest.mark.parametrize(
    ("new", "path"),
    [
        ("new", "notes/lin/new.md"),
        ("New name.md", "notes/lin/New name.md"),
        ("v1.2", "notes/lin/v1.2.md"),
        ("calc/new", "notes/calc/new.md"),
        ("notes/new", "notes/new.md"),
        ("calc/", "notes/calc/old.markdown"),
    ],
)
def test_the_new_path_is_what_was_typed(tmp_path: Path, new: str, path: str) -> None:
    """A name stays in the folder, a path begins at the notes, the ending stays."""
    write_files(tmp_path, {"notebook.yml": b"title: t\n", "notes/lin/old.markdown": b"x"})
    found = target_path(Workspace(tmp_path).load().notebook, "notes/lin/old.markdown", new)
    assert found == (path if new.endswith((".md", "/")) else path.removesuffix(".md") + ".markdown")


@pytest.mark.parametrize(
    "new",
    ["a:b", "a?", "a|b", "a#b", "a[b]", "con", "a\tb", ".hidden", "", "../../x", "x" * 250, "p.png", "trash/x", "site/../../x"],
)  # fmt: skip
def test_names_that_no_system_or_link_can_have_are_refused_with_the_cure(tmp_path: Path, new: str) -> None:
    """Nothing is written for them."""
    write_files(tmp_path, {"notebook.yml": b"title: t\n", "notes/old.md": b"x"})
    with pytest.raises(UsageError) as error:
        plan(Workspace(tmp_path), "old", new)
    assert error.value.hint
    assert (tmp_path / "notes/old.md").read_bytes() == b"x"


def test_a_path_that_is_taken_is_refused(tmp_path: Path) -> None:
    """Also by a file that is no note, and by a name that differs in case alone."""
    write_files(
        tmp_path,
        {"notebook.yml": b"title: t\n", "notes/old.md": b"x", "notes/Taken.md": b"y", "notes/bin.md": b"\0"},
    )
    for new in ("Taken", "taken", "bin"):
        with pytest.raises(UsageError, match="exists already"):
            plan(Workspace(tmp_path), "old", new)


def test_a_change_of_case_is_a_rename_everywhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the system takes both names for one file it is done in two steps, and a kill between them is made good."""
    (tmp_path / "old.md").write_bytes(b"x")
    assert move_file(tmp_path / "old.md", tmp_path / "OLD.md")
    assert [p.name for p in tmp_path.iterdir()] == ["OLD.md"]
    (tmp_path / "OLD.md").rename(tmp_path / ("old.md" + STEP))
    assert move_file(tmp_path / "OLD.md", tmp_path / "old.md")
    assert [p.name for p in tmp_path.iterdir()] == ["old.md"]
    assert not move_file(tmp_path / "OLD.md", tmp_path / "old.md")
    real = Path.exists
    monkeypatch.setattr(Path, "exists", lambda self: real(self) or self.name == "OLD.md")
    monkeypatch.setattr("notebook_kb.files.move._same", lambda one, other: True)
    assert move_file(tmp_path / "old.md", tmp_path / "OLD.md")
    assert [p.name for p in tmp_path.iterdir()] == ["OLD.md"]


def test_a_folder_moves_with_all_that_is_in_it(tmp_path: Path) -> None:
    """Notes, pictures and files that nobody reads; what links among them needs no change."""
    write_files(
        tmp_path,
        {
            "notebook.yml": b"title: t\n",
            "notes/a/x.md": b"[y](y.md) ![p](i/p.png)\n",
            "notes/a/y.md": b"Y",
            "notes/a/i/p.png": b"p",
            "notes/a/i/data.bin": b"d",
            "notes/z.md": b"[x](a/x.md) [[y]] ![](a/i/p.png)\n",
        },
    )
    workspace = Workspace(tmp_path)
    carry_out(workspace, plan(workspace, "a/", "b c/"))
    found = {p.relative_to(tmp_path / "notes").as_posix() for p in (tmp_path / "notes").rglob("*")}
    assert found == {"b c", "b c/x.md", "b c/y.md", "b c/i", "b c/i/p.png", "b c/i/data.bin", "z.md"}
    assert (tmp_path / "notes/b c/x.md").read_bytes() == b"[y](y.md) ![p](i/p.png)\n"
    assert (tmp_path / "notes/z.md").read_bytes() == b"[x](b%20c/x.md) [[y]] ![](b%20c/i/p.png)\n"


def test_a_save_between_reading_and_writing_is_never_lost(tmp_path: Path) -> None:
    """Before the first write everything is refused; after a kill the edits are made in the new text."""
    files = {
        "notebook.yml": b"title: t\n",
        "notes/old.md": b"O\n",
        "notes/x.md": b"one [[old]]\ntwo [[old]]\n",
    }
    write_files(tmp_path, files)
    workspace = Workspace(tmp_path)
    made = plan(workspace, "old", "new")
    (tmp_path / "notes/x.md").write_bytes(b"mine\n")
    with pytest.raises(ChangedSinceReadError):
        carry_out(workspace, made)
    assert (tmp_path / "notes/old.md").exists()
    assert resume(workspace) is None
    edits = next(f.edits for f in made.renaming.edits if f.path == "notes/x.md")
    now = "mine\none [[old]]\ntwo, [[old]]\n"
    assert reapplied("one [[old]]\ntwo [[old]]\n", now, list(edits)) == (
        "mine\none [[new]]\ntwo, [[old]]\n",
        1,
    )


def test_history_and_ledger_follow_a_rename(tmp_path: Path) -> None:
    """Cards without ids keep what is known of them, though their questions hold the link; so do copies elsewhere."""
    workspace = rename_kills.make(tmp_path / "book")
    before = rename_kills.facts(workspace.root)
    carry_out(workspace, plan(workspace, "old", "new"))
    after = rename_kills.facts(workspace.root)
    cards = before["cards"]
    assert isinstance(cards, dict)
    assert all(cards.values())
    assert list(cards) == ["notes/old.md:0", "notes/other.md:0"]
    assert after["cards"] == {k.replace("old", "new"): v for k, v in cards.items()}
    assert after["ledger"] == {"notes/new.md": ["notes/new.md", ["medium-article"]]}
    assert after["keys"] == ["notes/fourth.md", "notes/new.md", "notes/other.md", "notes/sub/third.md"]
    kept = sorted(p.name for p in (workspace.root / ".kb/results/notes").iterdir())
    assert kept == ["new.md.0123456789abcdef.png", "new.md.json"]


def test_an_interrupted_rename_is_finished_once_and_a_new_note_of_the_old_name_is_left_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Killed behind the moves: the history is taken over once, however often that is tried."""
    workspace = rename_kills.make(tmp_path / "book")
    made = plan(workspace, "old", "new")

    def killed(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(renaming, "follow_ledger", killed)
        with pytest.raises(KeyboardInterrupt):
            carry_out(workspace, made)
        (workspace.root / "notes/old.md").write_bytes(b"---\na: 1\n---\nAnother note.\n")
        patch.setattr(renaming, "follow_ledger", lambda *_: [])
        patch.setattr(renaming, "journal_path", lambda _: workspace.root / "none")
        with pytest.raises(ChangedSinceReadError):
            carry_out(workspace, made)
    with pytest.raises(renaming_journal.HalfDoneError):
        carry_out(workspace, made)

    def log() -> dict[str, bytes]:
        return {p.name: p.read_bytes() for p in (workspace.root / ".kb/reviews").iterdir()}

    done = resume(workspace)
    assert done is not None
    assert done.remarks == []
    lines = log()
    assert len(lines) == 2
    assert (workspace.root / "notes/old.md").read_bytes() == b"---\na: 1\n---\nAnother note.\n"
    write_files(
        workspace.root,
        {".kb/backup/renaming.json": b"\n" + json.dumps(renaming_journal.as_data(workspace, made)).encode()},
    )
    assert resume(workspace) is not None
    assert log() == lines


def test_what_belongs_to_a_note_follows_a_move_in_an_editor(tmp_path: Path) -> None:
    """Ledger, results and history are where `kb rename` would have put them."""
    for name in ("by-kb", "by-hand"):
        rename_kills.make(tmp_path / name)
    rename_kills.rename(tmp_path / "by-kb", ("old", "deep/new name"))
    root = tmp_path / "by-hand"
    workspace = Workspace(root, "2026-11-22")
    before = workspace.load().notebook
    for path in (tmp_path / "by-kb/notes").rglob("*.md"):
        write_files(root, {path.relative_to(tmp_path / "by-kb").as_posix(): path.read_bytes()})
    (root / "notes/old.md").unlink()
    after = workspace.load().notebook
    assert follow_moves(workspace, before, after, {"notes/old.md": "notes/deep/new name.md"}) == []
    assert rename_kills.facts(root) == rename_kills.facts(tmp_path / "by-kb")


def test_kills_leave_the_whole_rename_after_the_next_run() -> None:
    """Some forty points at which a process touches a file: notes, results, ledger and history come out whole."""
    memory = "/dev/shm" if Path("/dev/shm").is_dir() else None  # noqa: S108 - no disk to wait for
    folder = tempfile.mkdtemp(prefix="kb-rename-", dir=memory)
    try:
        done = subprocess.run(
            [sys.executable, "-m", "tests.support.rename_kills", folder, "1", "4"],
            cwd=REPOSITORY,
            env={**os.environ, "PYTHONPATH": str(REPOSITORY)},
            capture_output=True,
            encoding="utf-8",
            check=False,
            timeout=120,
        )
        assert done.returncode == 0, done.stderr[-3000:]
        counts = json.loads(done.stdout)
        assert counts["middle"] > 15, counts
        assert counts["through"] == 2, counts
    finally:
        shutil.rmtree(folder)
