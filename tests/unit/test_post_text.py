"""The text of a LinkedIn post: the author's own, else a proposal that cuts no sentence and says nothing private."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from notebook_kb.errors import UsageError
from notebook_kb.notebook.public import public_view
from notebook_kb.parsing.note import parse_note
from notebook_kb.parsing.sentences import sentences
from notebook_kb.publishing.article import Surroundings
from notebook_kb.publishing.contracts import number
from notebook_kb.publishing.drawing import Said
from notebook_kb.publishing.post_text import LEAST, MOST, hashtags, post_text
from notebook_kb.rendering.images.result import CannotDraw
from notebook_kb.scaffolding.linkedin import markdown_lines
from notebook_kb.website.addresses import note_url
from notebook_kb.workspace.build import BuildOptions, build
from notebook_kb.workspace.posts import keep_linkedin_text
from notebook_kb.workspace.workspace import Workspace
from tests.support.canaries import write_files
from tests.support.pictures import PNG

if TYPE_CHECKING:
    from pathlib import Path

    from notebook_kb.model import document as d
    from notebook_kb.parsing.note import ParsedNote
    from notebook_kb.publishing.post_text import PostText

BASE = "https://me.example"


@dataclass
class Plain:
    r"""Says formulas as their own letters, and refuses `\cases`."""

    def say(self, tex: str, *, display: bool, plain_letters: bool) -> Said:
        assert plain_letters, "LinkedIn's readers' machines read plain letters better"
        return Said("", "two cases", tex) if "cases" in tex else Said(tex.replace("^2", "²"), "", tex)

    def formula(self, tex: str) -> CannotDraw:
        return CannotDraw(f"no pictures here ({tex})")

    def table(self, table: d.Table) -> CannotDraw:
        return CannotDraw("no pictures here")

    def code(self, block: d.CodeBlock) -> CannotDraw:
        return CannotDraw("no pictures here")

    def file_digest(self, path: str) -> str:
        return path

    def file(self, path: str) -> CannotDraw:
        return self.formula(path)


def notebook(root: Path, note: str, *, language: str = "en", name: str = "n", **others: str) -> Workspace:
    """A notebook with one public note (its text), and others by name."""
    write_files(
        root,
        {"notebook.yml": f"title: t\nlanguage: {language}\nbase_url: {BASE}\n".encode()}
        | {f"notes/{n}.md": t.encode() for n, t in {name: note, **others}.items()},
    )
    return Workspace(root, today="2026-11-22")


def post(workspace: Workspace, name: str = "n") -> PostText:
    """The post of a note."""
    public = public_view(workspace.load().notebook)

    def parsed(path: str) -> ParsedNote:
        text = (workspace.root / path).read_text(encoding="utf-8")
        return parse_note(text, path, "", workspace.loader.names)

    def address(path: str) -> str:
        return BASE + note_url(public, public.notes[path]) if path in public.notes else ""

    note = public.find_note(name)
    assert note is not None
    found = post_text(Surroundings(public, parsed, address), note, Plain())
    assert found is not None
    return found


def test_the_authors_text_goes_as_it_was_written(tmp_path: Path) -> None:
    """Lists, headings, links and formulas become plain text; what cannot be text is left out and said."""
    text = """---
title: N
publish: true
---
# N
Other words that are no part of it.

## LinkedIn
I asked [[other|a friend]] and [a book](https://books.example/x_y) about $x^2$, **twice**.
See <https://deep.example/a>.

### What I learnt
What counts:

- one *thing*
  - within
- another

1. first
2. second

| a | b |
|---|---|
| c | d |

```python
left_out()
```

![a picture](p.png) ![[q.svg|a drawing]]

#MachineLearning
## After
Not this.
"""
    write_files(tmp_path, {"notes/p.png": PNG})
    found = post(notebook(tmp_path, text, other="---\npublish: true\n---\nOther.\n"))
    assert found.text == (
        "I asked a friend and a book (https://books.example/x_y) about x², twice. See https://deep.example/a.\n\n"
        "What I learnt\n\nWhat counts:\n• one thing\n  – within\n• another\n\n1. first\n2. second\n\n#MachineLearning"
    )
    assert not found.proposed
    assert found.place == "notes/n.md:8"
    assert sorted(x.construct for x in found.losses if not x.refused) == [
        "code",
        "picture",
        "picture",
        "table",
    ]
    assert found.limit == number("linkedin.text_max") == 3000
    assert not found.too_long


def test_what_is_private_is_in_no_post(tmp_path: Path) -> None:
    """Comments, TeX comments, private callouts, excerpts and private sections stay out of both kinds of text."""
    inside = """Said aloud. %%zqinline%% <!-- zqhtml -->

> [!private] zqtitle
> zqcallout

%%
zqblock
%%

$$
y = 1 % zqtex
$$
"""
    excerpt = "### Excerpt\nzqexcerpt words.\n\n### Private\nzqprivate\n\n### Mine #private\nzqmarked\n"
    own = notebook(
        tmp_path / "a",
        f"---\npublish: true\n---\n## LinkedIn\n{inside}{excerpt}## Private\n### LinkedIn\nzqin\n",
    )
    proposed = notebook(
        tmp_path / "b",
        f"---\npublish: true\n---\n## In my words\n{inside}{excerpt}## LinkedIn %%private%%\nzqhidden\n",
    )
    for workspace, is_proposal in ((own, False), (proposed, True)):
        found = post(workspace)
        assert found.proposed is is_proposal
        assert "Said aloud." in found.text
        assert "y = 1" in found.text
        assert "zq" not in f"{found.text}{found.losses}"


def test_a_formula_without_words_stops_the_authors_text_and_names_its_place(tmp_path: Path) -> None:
    """The refusal holds path, line and formula; a proposal does without the sentence, and without what leads to it."""
    hard = r"\begin{cases}1\\2\end{cases}"
    own = post(notebook(tmp_path / "a", f"---\npublish: true\n---\n## LinkedIn\nA.\n\nIt is ${hard}$.\n"))
    assert [(x.place, x.construct) for x in own.refusals] == [("notes/n.md:7", "inline_formula")]
    assert hard in own.refusals[0].detail
    body = f"""---
title: N
publish: true
---
## In my words
First, e.g. this one. Here is ${hard}$ for you. Third stays.

We now get

$$
{hard}
$$

where all of it is gone. Fifth stays. But that is

$$x^2 = y$$

where y is whole. As follows:

```
code
```

The last.
"""
    found = post(notebook(tmp_path / "b", body))
    assert found.text == (
        "First, e.g. this one.\n\nThird stays.\n\nFifth stays. But that is\nx^2 = y\nwhere y is whole.\n\nThe last."
        f"\n\nRead it in full: {BASE}/n/"
    ).replace("x^2", "x²")
    assert not found.refusals


@pytest.mark.parametrize(
    ("language", "link"), [("en", "Read it in full: "), ("de", "Ganz zu lesen: ")], ids=["en", "de"]
)
def test_a_proposal_is_whole_sentences_between_hook_and_hashtags(
    tmp_path: Path, language: str, link: str
) -> None:
    """Each sentence of it stands in the note; the length is that of a post, with link and three hashtags."""
    said = [
        f"Sentence {w} says z. B. that Fig. 3 has 1.5 parts, i.e. a few."
        for w in "abcdefghijklmnopqrstuvwxyz"
    ]
    text = "\n\n".join(" ".join(said[i : i + 3]) for i in range(0, 26, 3))
    head = "---\ntitle: A telling title\ndate: 2026-01-01\ntags: [math/linear-algebra, PCA, 2026, ml, more]\n"
    heading = {"en": "## In my words", "de": "## In meinen Worten"}[language]
    found = post(
        notebook(tmp_path, f"{head}publish: true\n---\nA lead.\n\n{heading}\n{text}\n", language=language)
    )
    hook, *body, last, tags = found.text.split("\n\n")
    assert hook == "A telling title"
    assert (
        re.findall(r"Sentence .*? few\.", " ".join(body)) == said[: len(" ".join(body).split("Sentence")) - 1]
    )
    assert " ".join(body) == " ".join(said[: " ".join(body).count("Sentence")])
    assert last == f"{link}{BASE}/n/"
    assert tags == "#LinearAlgebra #PCA #ml"
    assert LEAST <= found.length <= MOST
    assert found.proposed


def test_without_a_synthesis_the_notes_prose_is_proposed(tmp_path: Path) -> None:
    """The description, the lead and the prose outside known parts; explanations after others' sources stay out."""
    text = """---
title: Rank
description: What is left.
publish: true
---
# Rank
It counts directions.

## Visual — 3b1b-ela
After somebody else.

## History
It began long ago.
"""
    found = post(notebook(tmp_path, text, name="rank"), "rank")
    assert found.text == (
        f"What is left.\n\nIt counts directions.\n\nIt began long ago.\n\nRead it in full: {BASE}/rank/"
    )


@pytest.mark.parametrize(
    "text",
    [
        "See e.g. Strang, i.e. the book.",
        "Das gilt z. B. Immer, d. h. Oft.",
        "It is 3.5 times more, cf. Fig. 3. Above it.",
        "By J. W. Gibbs and Dr. Who et al. Here.",
        "Am 3. Mai war es.",
        'He said "Go. now" to us.',
    ],
)
def test_no_abbreviation_number_or_initial_ends_a_sentence(text: str) -> None:
    """Such a text is one sentence."""
    assert sentences(text) == [text]


def test_sentences_end_where_they_end() -> None:
    """Full stops, question marks, quotes and brackets behind them, years, and scripts without blanks."""
    assert sentences('One. Two? "Three!" (Four.) In 1990. Six… Ä. 中文。还有。') == [
        "One.",
        "Two?",
        '"Three!"',
        "(Four.)",
        "In 1990.",
        "Six…",
        "Ä. 中文。",
        "还有。",
    ]


def test_hashtags_are_words() -> None:
    """Several words are joined in capitals; digits alone are no hashtag; each stands once."""
    assert hashtags(("a/b-c_d", "x", "x", "7", "KL")) == ["#BCD", "#x", "#KL"]


@pytest.mark.parametrize(("language", "heading"), [("en", "## LinkedIn"), ("de", "## LinkedIn")])
@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_a_kept_proposal_is_what_is_sent(tmp_path: Path, language: str, heading: str, newline: str) -> None:
    """The note keeps every byte it had, and its new section reads back as the same text; a second one is refused."""
    words = {"en": "## In my words", "de": "## In meinen Worten"}[language]
    text = (
        f"---\npublish: true\ntags: [a-b]\n---\n# N\n\n{words}\nA_b_ is *so* 3 < 4 \\* 5 and `c_d_`, $x^2$. "
        "It holds:\n\n- one: $5\n- two [x] #3\n\nThe end.\n\n## Cards\nQ: a?\nA: b."
    ).replace("\n", newline)
    workspace = notebook(tmp_path, "\ufeff" + text, language=language)
    proposal = post(workspace)
    assert proposal.proposed
    path, _, line = keep_linkedin_text(workspace, "n", proposal.text).rpartition(":")
    after = (tmp_path / path).read_bytes().decode()
    assert after.startswith("\ufeff" + text)
    assert after.splitlines()[int(line) - 1] == heading
    assert after.count("\n") == after.count(newline)
    kept = post(workspace)
    assert (kept.text, kept.proposed, kept.place) == (proposal.text, False, f"{path}:{line}")
    build(workspace, BuildOptions())  # the audit finds nothing of the section on the site
    with pytest.raises(UsageError, match=f"{path}:{line}"):
        keep_linkedin_text(workspace, "n", "other")
    assert (tmp_path / path).read_bytes().decode() == after


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("## LinkedIn\n<!-- what would you tell? -->\n\n## Cards\nQ: a?\nA: b.\n", 4),
        ("Text.\n\n# Private\nzq\n\n## More\nzq\n", 12),
    ],
    ids=["an empty section", "below a private part"],
)
def test_a_kept_text_is_read_wherever_the_note_ends(tmp_path: Path, text: str, place: int) -> None:
    """An empty section is filled; after a private part the new one is no part of it."""
    workspace = notebook(tmp_path, f"---\npublish: true\n---\n{text}")
    assert keep_linkedin_text(workspace, "n", "Kept words.") == f"notes/n.md:{place}"
    assert post(workspace).text == "Kept words."


def test_words_behind_an_inner_list_stay_behind_it(tmp_path: Path) -> None:
    """Red when an item's words are put together before the list within it."""
    text = "---\npublish: true\n---\n## LinkedIn\n\n- one\n  - within\n\n  goes on\n- another\n"
    assert post(notebook(tmp_path, text)).text == "• one\n  – within\n  goes on\n• another"


@pytest.mark.parametrize("end", ["```\ncode", "%%\nhidden", "<!-- open"])
def test_a_text_that_would_not_be_read_is_not_written(tmp_path: Path, end: str) -> None:
    """Behind what is not closed a section would be no section: the note is left alone."""
    workspace = notebook(tmp_path, f"---\npublish: true\n---\nText.\n\n{end}\n")
    before = (tmp_path / "notes/n.md").read_bytes()
    with pytest.raises(UsageError, match="not closed"):
        keep_linkedin_text(workspace, "n", "Kept words.")
    assert (tmp_path / "notes/n.md").read_bytes() == before


LINE = st.text(st.sampled_from("ab 1.*_`[]()<>#$|~=^%!&\\-+:/\"'{}xé😀"), min_size=1, max_size=24).map(
    lambda s: " ".join(s.split())
)


@example(["a", ": a"])
@given(st.lists(LINE.filter(lambda s: bool(s) and re.search("[abx]", s)), min_size=1, max_size=4))
def test_any_words_come_back_from_their_markdown(lines: list[str]) -> None:
    """Whatever signs a line holds, as Markdown it reads as itself: nothing is taken for a list, a formula, a comment."""
    from notebook_kb.model import document as d
    from notebook_kb.parsing.tree import parse_document

    marked = [x for x in lines if not re.match(r"[•–]|\d+\. ", x)]
    document, comments = parse_document("\n".join(markdown_lines("\n\n".join(marked))))
    assert not comments
    assert [d.plain_text(d.own_inlines(b)) for b in document.blocks] == marked
    assert all(isinstance(b, d.Paragraph) for b in document.blocks)
