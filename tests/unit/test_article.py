"""What an article is made of, and what each target's table makes of it."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from notebook_kb.model import document as d
from notebook_kb.publishing import adapters
from notebook_kb.publishing.contracts import editor
from notebook_kb.publishing.markdown import MarkdownWriter
from notebook_kb.publishing.prepare import prepare_article
from notebook_kb.publishing.shaped import Shown, loss_lines
from notebook_kb.workspace.sending import Outgoing
from notebook_kb.workspace.workspace import Workspace
from tests.support.canaries import TODAY, write_files
from tests.support.drawing import WordsDrawing

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from markdown_it.token import Token

    from notebook_kb.publishing.prepare import Prepared

SETTINGS = b"title: N\ntimezone: UTC\nbase_url: https://notes.example.org\n"
PICTURE = b"\x89PNG\r\n\x1a\n"


def make(
    root: Path,
    text: str,
    adapter: adapters.Adapter = adapters.MEDIUM,
    *,
    drawing: WordsDrawing | None = None,
    questions: bool = False,
    others: Mapping[str, str] | None = None,
) -> Prepared:
    """A public note `n` with this text, and others, prepared for a target."""
    files = {"notebook.yml": SETTINGS, "notes/n.md": f"---\npublish: true\n---\n# N\n\n{text}\n".encode()}
    files |= {f"notes/{name}.md": body.encode() for name, body in (others or {}).items()}
    files["notes/svd.png"] = PICTURE
    write_files(root, files)
    outgoing = Outgoing(Workspace(root, today=TODAY))
    article = outgoing.article(outgoing.note("notes/n.md"))
    return prepare_article(
        article, adapter, drawing or WordsDrawing(), outgoing.workspace.pack, with_questions=questions
    )


def body(prepared: Prepared) -> str:
    """The HTML without the title and the last line."""
    return prepared.payload.body.removeprefix("<h3>N</h3>\n").partition("<hr>")[0]


class Elements(HTMLParser):
    """The elements and attributes of a piece of HTML."""

    def __init__(self) -> None:
        super().__init__()
        self.found: set[tuple[str, str]] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.add((tag, ""))
        self.found |= {(tag, name) for name, _ in attrs}


ALL = r"""
Some **strong** and *slanted* ==marked== ~~gone~~ `code` text with $x^2$ and [a link](https://example.com/a_b?c=1) and H<sub>2</sub>O.[^1]

## Two

### Three

#### Four

- one
  - two
    - three

1. first

   ```python
   a = 1

   b = 2
   ```

2. second

> quoted
>
> twice

> [!warning] Mind this
> Text $$y = 1$$ here.

| a | b | c |
|---|---|---|
| 1 | 2 | 3 |

| sign | words |
|---|---|
| $\sigma$ | the spread |

$$
\begin{aligned} a &= b \end{aligned}
$$

![The plane](svd.png "A caption")

Term
: What it means

- [x] done
- [ ] to do

[^1]: The note with **strong** words.
"""


@pytest.mark.parametrize(
    ("adapter", "service"), [(adapters.MEDIUM, "medium"), (adapters.LINKEDIN_ARTICLE, "linkedin")]
)
def test_only_what_an_editor_keeps_is_sent_to_it(
    tmp_path: Path, adapter: adapters.Adapter, service: str
) -> None:
    """Red when an element or attribute goes out that the dated table does not list as kept."""
    prepared = make(tmp_path, ALL, adapter)
    seen = Elements()
    seen.feed(prepared.payload.body)
    rules = editor(service)
    assert {tag for tag, name in seen.found if not name} <= rules.keeps
    allowed = {(tag, name) for tag, names in rules.attributes.items() for name in names}
    # where an ordered list goes on is a help that may be lost
    assert {x for x in seen.found if x[1]} <= allowed | {("ol", "start"), ("ul", "style"), ("ol", "style")}


def test_headings_go_down_to_bold_lines(tmp_path: Path) -> None:
    """Red when a level is dropped, or a heading is lost below the levels that there are."""
    out = body(make(tmp_path, "## Two\n\n### Three\n\n#### Four"))
    assert "<h3>Two</h3>\n<h4>Three</h4>\n<p><strong>Four</strong></p>" in out


def test_an_empty_line_of_code_holds_a_blank_for_medium(tmp_path: Path) -> None:
    """Red when Medium's editor would part a listing into several boxes."""
    out = body(make(tmp_path, "```py\na = 1\n\nif a < 2:\n\tb\n```"))
    assert (
        '<pre data-code-block-mode="2" data-code-block-lang="python">a = 1\n \nif a &lt; 2:\n\tb</pre>' in out
    )


def test_a_listing_parts_the_list_it_stands_in(tmp_path: Path) -> None:
    """Red when code within a list is lost, moved, or the numbers begin again."""
    out = body(make(tmp_path, "1. first\n\n   ```python\n   a = 1\n   ```\n\n2. second"))
    assert re.search(
        r'<ol><li>first</li></ol>\n<pre[^>]*>a = 1</pre>\n<ol start="2"><li>second</li></ol>', out
    )


def test_a_list_keeps_the_order_of_its_words(tmp_path: Path) -> None:
    """Red when the words behind a listing or a formula in an item come before it."""
    text = (
        "1. Install it:\n\n   ```sh\n   make\n   ```\n\n   then check that it runs.\n"
        "2. Second: $$a = b$$ where it ends.\n3. third\n"
    )
    out = re.sub(r"<[^>]*>", "|", body(make(tmp_path, text)))
    order = [
        out.index(w)
        for w in ("Install it", "make", "then check", "Second:", "01-formula", "where it ends", "third")
    ]
    assert order == sorted(order)


def test_an_exclamation_before_a_link_makes_no_picture(tmp_path: Path) -> None:
    """Red when `wow![a link]` is written so that Markdown reads a picture."""
    out = make(tmp_path, "wow! [a](https://example.com) wow\\![b](https://example.com/b)", adapters.DEVTO)
    tokens = MarkdownIt("commonmark").parse(out.payload.body)
    kinds = [c.type for t in tokens for c in t.children or ()]
    assert "image" not in kinds
    assert kinds.count("link_open") == 2


def test_a_private_item_keeps_its_number(tmp_path: Path) -> None:
    """Red when "see step 3" leads to another step because one of only private words was dropped."""
    out = body(make(tmp_path, "1. one\n2. %% private %%\n3. three"))
    assert "<ol><li>one</li><li></li><li>three</li></ol>" in out


def in_order(text: str, *words: str) -> bool:
    """Whether words stand one after the other."""
    places = [text.index(word) for word in words]
    return places == sorted(places)


def test_what_follows_a_listing_in_an_item_stays_behind_it(tmp_path: Path) -> None:
    """Red when the words of an item are put together before its code, or the numbers begin again."""
    text = "1. Install it:\n\n   ```sh\n   pip\n   ```\n\n   then check that\n\n   - it runs\n\n2. second"
    out = body(make(tmp_path, text))
    assert re.search(
        r"<ol><li>Install it:</li></ol>\n<pre[^>]*>pip</pre>\n<p>then check that</p>\n"
        r'<ul><li>it runs</li></ul>\n<ol start="2"><li>second</li></ol>',
        out,
    )


def test_a_listing_in_an_inner_list_keeps_its_place(tmp_path: Path) -> None:
    """Red when what follows it in the inner or the outer list is put before it."""
    text = "- aa\n  - bb\n\n    ```\n    code\n    ```\n\n    cc\n  - dd\n\n  ee\n- ff"
    for adapter in adapters.ADAPTERS.values():
        out = make(tmp_path / adapter.target, text, adapter).payload.body
        assert in_order(out, "aa", "bb", "code" if "code</pre>" in out else "bb", "cc", "dd", "ee", "ff")


def test_a_formula_on_its_own_line_parts_the_item(tmp_path: Path) -> None:
    """Red when `where` stands before the formula."""
    out = body(make(tmp_path, "1. First\n2. Second: $$a=b$$ where $a$ is.\n3. Third"))
    assert "<ol><li>First</li><li>Second:</li></ol>\n<p>[picture 1: 01-formula.png]</p>\n" in out
    assert '<p>where a is.</p>\n<ol start="3"><li>Third</li></ol>' in out


def test_code_in_a_footnote_parts_the_notes(tmp_path: Path) -> None:
    """Red when the code of the first footnote stands behind the second one."""
    text = "One[^1] two[^2].\n\n[^1]: See\n\n    ```\n    code\n    ```\n\n    then more.\n\n[^2]: Second."
    assert in_order(body(make(tmp_path, text)), "<li>See", "code</pre>", "then more", "Second.")


def test_a_picture_parts_the_quote_it_stands_in(tmp_path: Path) -> None:
    """Red when a quote goes on before its picture."""
    for text in ("> Before\n>\n> ![P](svd.png)\n>\n> After", "> [!note] Before\n> ![P](svd.png)\n>\n> After"):
        out = make(tmp_path, text)
        kinds = [type(b).__name__ for b in out.shaped.blocks[:3]]
        assert kinds == ["Quote", "Shown", "Quote"]
        assert in_order(body(out), "Before", "[picture 1", "After")


def test_links_lead_to_whole_addresses_or_are_words(tmp_path: Path) -> None:
    """Red when a relative address goes out, or the address or title of a private note."""
    text = "[[open|Open]], [o](open.md#part), [[hidden|words]], [h](hidden.md), [js](obsidian://open), [[later]], [[javascript://%0aalert(1)|run]]."
    others = {
        "open": "---\npublish: true\n---\n# Open\n\n## Part\n",
        "hidden": "---\ntitle: Secret title\n---\n",
    }
    out = make(tmp_path, text, adapters.FOLDER, others=others)
    assert '<a href="https://notes.example.org/open/">Open</a>' in body(out)
    assert '<a href="https://notes.example.org/open/#part">o</a>' in body(out)
    assert "words, h, js, later, run." in body(out)
    assert "5 links became their words" in "\n".join(loss_lines(out.shaped.losses))
    assert "Secret" not in out.payload.body


def test_a_formula_that_no_line_can_say_is_a_picture_of_its_own(tmp_path: Path) -> None:
    """Red when raw TeX goes out, or the sentence around a picture loses its order."""
    out = make(tmp_path, r"It is $\begin{pmatrix}1\\2\end{pmatrix}$, which is $x^2$ long.")
    kinds = [type(b).__name__ for b in out.shaped.blocks[:3]]
    assert kinds == ["Paragraph", "Shown", "Paragraph"]
    assert "<p>It is </p>" in body(out)
    assert "<p>which is x² long.</p>" in body(out)
    assert "\\" not in out.payload.body


def test_in_a_list_such_a_formula_is_named_and_follows(tmp_path: Path) -> None:
    """Red when a picture is put into a list, or lost from it."""
    out = body(make(tmp_path, "- a matrix $\\begin{pmatrix}1\\\\2\\end{pmatrix}$\n- more"))
    assert "a matrix (picture 1, below)" in out
    assert out.index("[picture 1: 01-formula.png]") < out.index("more")


def test_what_can_be_neither_said_nor_drawn_is_refused_with_its_place(tmp_path: Path) -> None:
    """Red when such a formula is left out or goes out as TeX."""
    tex = r"\begin{pmatrix}1\end{pmatrix}"
    out = make(tmp_path, f"One.\n\n$$\n{tex}\n$$", drawing=WordsDrawing(refused=(tex,)))
    assert [x.place for x in out.shaped.refusals] == ["notes/n.md:8"]
    assert tex not in out.payload.body


def test_footnotes_are_numbered_by_their_first_reference_and_stand_at_the_end(tmp_path: Path) -> None:
    """Red when a footnote's text is lost or its number is another one than in the text."""
    text = "One[^b] two[^a] again[^b].\n\n[^a]: About a.\n[^b]: About $b$.\n"
    out = body(make(tmp_path, text))
    assert "One¹ two² again¹." in out
    assert "<h3>Notes</h3>\n<ol><li>About b.</li><li>About a.</li></ol>" in out


def test_formulas_in_titles_and_captions_are_signs(tmp_path: Path) -> None:
    """Red when raw TeX stands in a title, a caption or an alt text, or a price is taken for a formula."""
    text = '![The $\\sigma$ axis, $5 and $6](svd.png "Of $\\sigma^2$")'
    files = {
        "notebook.yml": SETTINGS,
        "notes/n.md": f"---\npublish: true\ntitle: The line $y = x^2$\n---\n{text}\n".encode(),
        "notes/svd.png": PICTURE,
    }
    write_files(tmp_path, files)
    outgoing = Outgoing(Workspace(tmp_path, today=TODAY))
    article = outgoing.article(outgoing.note("notes/n.md"))
    payload = prepare_article(article, adapters.FOLDER, WordsDrawing(), outgoing.workspace.pack).payload
    assert payload.title == "The line y = x²"
    assert '<img src="01-svd.png" alt="The σ axis, $5 and $6">' in payload.body
    assert "<figcaption>Of σ²</figcaption>" in payload.body


def test_a_comment_taken_out_leaves_no_blank_behind(tmp_path: Path) -> None:
    """Red when a paragraph ends in a blank where a private comment was."""
    assert body(make(tmp_path, "Before. %% private %%\nAfter. %% more %%")) == "<p>Before. After.</p>\n"


def test_an_item_that_a_comment_emptied_keeps_its_number(tmp_path: Path) -> None:
    """Red when the items behind a private one are counted anew, or a private bullet leaves an empty one."""
    out = body(make(tmp_path, "1. One\n2. %% private %%\n3. Three\n\nText.\n\n- a\n- %% private %%\n- b"))
    assert "<ol><li>One</li><li></li><li>Three</li></ol>" in out
    assert "<ul><li>a</li><li>b</li></ul>" in out


def test_an_embedded_section_stands_in_its_place_with_its_own_footnotes(tmp_path: Path) -> None:
    """Red when an embed is dropped, shows what is private of the other note, or takes this note's footnotes."""
    other = (
        "---\npublish: true\n---\n# Other\n\nNot this.\n\n## Part\n\nThe part[^1]. %% hidden %%\n\n"
        "> [!private] no\n> no\n\n## Next\n\nNor this.\n\n[^1]: Of the other.\n"
    )
    out = body(make(tmp_path, "Mine[^1].\n\n![[other#Part]]\n\n[^1]: Of this.", others={"other": other}))
    assert 'From <a href="https://notes.example.org/other/">Other</a>' in out
    assert "The part²." in out
    assert "<li>Of this.</li><li>Of the other.</li>" in out
    assert not re.search("Not this|Nor this|hidden|no</", out)


def test_a_note_within_itself_ends(tmp_path: Path) -> None:
    """Red when a ring of embeds never ends."""
    other = "---\npublish: true\n---\n# Other\n\n![[n]]\n\nText.\n"
    out = body(make(tmp_path, "![[other]]", others={"other": other}))
    assert out.count("Text.") == 1


def test_cards_are_left_out_or_asked_at_the_end(tmp_path: Path) -> None:
    """Red when an answer stands below its question, or cards vanish without a word."""
    text = "Q: Why $x$?\nA: Because.\n\nC: It is ==so==.\n"
    out = make(tmp_path, text)
    assert "Because" not in out.payload.body
    assert "2 cards were left out" in loss_lines(out.shaped.losses)
    asked = body(make(tmp_path, text, questions=True))
    assert "<ol><li>Why x?</li><li>It is […].</li></ol>" in asked
    assert asked.index("Because") > asked.index("It is […]")


def test_symbols_become_a_list_with_the_sentence_read_aloud(tmp_path: Path) -> None:
    """Red when the formula in plain English is lost or becomes a picture."""
    text = "## Symbol by symbol\n\n$$\nE = mc^2\n$$\n\n| s | w |\n|---|---|\n| $E$ | energy |\n\nRead aloud: E is."
    out = body(make(tmp_path, text))
    assert "<ul><li>E — energy</li></ul>\n<p><strong>Read aloud:</strong> E is.</p>" in out


def test_a_change_of_a_line_changes_one_piece(tmp_path: Path) -> None:
    """Red when the ledger would call the whole article changed after a line was put in above."""
    before = make(tmp_path / "a", "First.\n\nSecond $x$.\n\n![The plane](svd.png)").shaped.pieces
    after = make(tmp_path / "b", "New.\n\nFirst.\n\nSecond $x$.\n\n![The plane](svd.png)").shaped.pieces
    assert [p.digest for p in after[1:]] == [p.digest for p in before]


def test_the_same_note_gives_the_same_payload(tmp_path: Path) -> None:
    """Red when a payload holds the time, an order of a set or a path of the machine."""
    for adapter in adapters.ADAPTERS.values():
        one, two = (make(tmp_path / f"{adapter.target}{n}", ALL, adapter) for n in "ab")
        assert one.payload.digest == two.payload.digest


# Markdown

words = st.text(
    st.characters(min_codepoint=32, max_codepoint=0x17F, blacklist_categories=["Cc"]), min_size=1, max_size=40
)


def read_back(text: str) -> str:
    """What CommonMark reads."""
    tokens = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"]).parse(text)
    out = []
    for token in tokens:
        for child in token.children or ():
            if child.type in {"text", "code_inline", "html_inline"}:
                out.append(child.content)
            elif child.type in {"softbreak", "hardbreak"}:
                out.append("\n")
        if token.type in {"code_block", "fence", "html_block"}:
            out.append(token.content)
    return "".join(out)


@given(words)
def test_words_come_back_from_markdown_as_they_were(text: str) -> None:
    """Red when a sign of a text is read as a mark: `2 * 3 * 4`, `snake_case`, `1.`, `<b>`."""
    bare = " ".join(text.split())
    if not bare:
        return
    written = MarkdownWriter(lambda _: "").write((d.Paragraph(inlines=(d.Text(text=bare),)),))
    assert read_back(written) == bare


@given(words)
def test_code_in_a_line_comes_back_from_markdown(text: str) -> None:
    """Red when backticks or blanks at the ends of code are lost."""
    written = MarkdownWriter(lambda _: "").write(
        (d.Paragraph(inlines=(d.Text(text="a "), d.Code(text=text), d.Text(text=" b"))),)
    )
    if text.strip(" "):
        assert read_back(written) == f"a {text} b"


@given(st.text(st.characters(min_codepoint=32, max_codepoint=126) | st.just("\n"), max_size=80))
def test_code_blocks_come_back_from_markdown(code: str) -> None:
    """Red when a fence in the code ends the block."""
    bare = code.rstrip("\n")
    written = MarkdownWriter(lambda _: "").write((d.CodeBlock(code=code, info="python"),))
    assert read_back(written).rstrip("\n") == bare.rstrip("\n")


# whole trees

safe = st.text(st.sampled_from('ab1 .-+*_`[]()<>#|~!&\\:"é“'), min_size=1, max_size=8)
inline = st.recursive(
    st.one_of(
        st.builds(lambda t: d.Text(text=t), safe),
        st.builds(lambda t: d.Code(text=t), safe.filter(lambda t: t.strip())),
    ),
    lambda inner: st.one_of(
        st.builds(
            lambda kind, c: kind(children=tuple(c)),
            st.sampled_from([d.Strong, d.Emphasis, d.Strike]),
            st.lists(inner, min_size=1, max_size=3),
        ),
        st.builds(
            lambda t: d.Link(children=(d.Text(text=t),), href="https://a.example/b_c"),
            safe.filter(lambda t: t.strip()),
        ),
    ),
    max_leaves=6,
)
line = st.lists(inline, min_size=1, max_size=4).map(tuple).filter(lambda i: bool(d.plain_text(i).strip()))
paragraph = st.builds(lambda i: d.Paragraph(inlines=i), line)


def a_list(inner: st.SearchStrategy[d.Block]) -> st.SearchStrategy[d.Block]:
    """Lists whose items begin with a paragraph or are empty."""
    item = st.builds(lambda p, c: d.ListItem(children=(p, *c)), paragraph, st.lists(inner, max_size=2))
    items = st.lists(item | st.just(d.ListItem()), min_size=1, max_size=3)
    return st.builds(
        lambda i, ordered, start: d.List(items=tuple(i), ordered=ordered, start=start),
        items,
        st.booleans(),
        st.sampled_from([1, 5]),
    )


row = st.tuples(line, line).map(lambda r: tuple(d.Cell(inlines=i) for i in r))
leaf = st.one_of(
    paragraph,
    st.builds(lambda i: d.Heading(level=3, inlines=i), line),
    st.builds(lambda t: d.CodeBlock(code=t, info="py"), safe.filter(lambda t: t.strip())),
    st.builds(lambda h, r: d.Table(header=h, rows=tuple(r)), row, st.lists(row, max_size=2)),
)
block = st.recursive(
    leaf,
    lambda inner: st.one_of(
        a_list(paragraph | inner),
        st.builds(lambda c: d.Quote(children=tuple(c)), st.lists(inner, min_size=1, max_size=3)),
    ),
    max_leaves=5,
)


def tree_of(blocks: tuple[d.Block, ...]) -> list[str]:
    """Structure and words of blocks, one after the other."""
    out: list[str] = []
    for one in blocks:
        match one:
            case d.Paragraph():
                out += ["p", words_of(one.inlines)]
            case d.Heading():
                out += ["h", words_of(one.inlines)]
            case d.CodeBlock():
                out += ["code", one.code]
            case d.Table():
                out += ["table", *(words_of(c.inlines) for r in (one.header, *one.rows) for c in r)]
            case d.Quote():
                out += ["quote(", *tree_of(one.children), ")"]
            case d.List():
                out.append(f"ol{one.start}(" if one.ordered else "ul(")
                for item in one.items:
                    out += ["li(", *tree_of(item.children), ")"]
                out.append(")")
    return out


def words_of(inlines: tuple[d.Inline, ...]) -> str:
    """What a line says, without blanks: those at ends of lines may go; each sign with what it is set in."""
    return " ".join(x for x in signs_of(inlines, frozenset()) if x[0].strip())


def signs_of(inlines: tuple[d.Inline, ...], kinds: frozenset[str]) -> list[str]:
    out: list[str] = []
    for one in inlines:
        match one:
            case d.Text() | d.Code():
                more = kinds | {"code"} if isinstance(one, d.Code) else kinds
                out += [c + ",".join(sorted(more)) for c in one.text]
            case d.InlineParent():
                kind = {d.Strong: "strong", d.Emphasis: "em", d.Strike: "s", d.Link: "a"}[type(one)]
                out += signs_of(one.children, kinds | {kind})
    return out


def tree_read(text: str) -> list[str]:
    """The same of Markdown, as CommonMark reads it."""
    out: list[str] = []
    for token in MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"]).parse(text):
        match token.type:
            case "paragraph_open":
                out.append("p")
            case "heading_open":
                out.append("h")
            case "table_open":
                out.append("table")
            case "fence":
                out += ["code", token.content.removesuffix("\n")]
            case "blockquote_open":
                out.append("quote(")
            case "bullet_list_open":
                out.append("ul(")
            case "ordered_list_open":
                out.append(f"ol{token.attrs.get('start', 1)}(")
            case "list_item_open":
                out.append("li(")
            case "blockquote_close" | "bullet_list_close" | "ordered_list_close" | "list_item_close":
                out.append(")")
            case "inline":
                out.append(inline_read(token.children or []))
    return out


def inline_read(tokens: list[Token]) -> str:
    """Each sign of a line with what it is set in."""
    out: list[str] = []
    kinds: list[str] = []
    for token in tokens:
        name = re.sub("^del$", "s", token.content.strip("</>") if token.type == "html_inline" else token.tag)
        if token.type in {"text", "code_inline"}:
            more = {*kinds, "code"} if token.type == "code_inline" else set(kinds)
            out += [c + ",".join(sorted(more)) for c in token.content]
        elif token.nesting < 0 or token.content.startswith("</"):
            kinds.remove(name)
        elif token.nesting > 0 or token.type == "html_inline":
            kinds.append(name)
        else:
            out.append(f"?{token.type}")
    return " ".join(x for x in out if x[0].strip())


@settings(max_examples=300, deadline=None)
@given(st.lists(block, min_size=1, max_size=3).map(tuple))
def test_whole_articles_come_back_from_markdown(blocks: tuple[d.Block, ...]) -> None:
    """Red when a block joins another one, a mark is not read as one, or words change places."""
    written = MarkdownWriter(lambda _: "").write(blocks)
    assert tree_read(written) == tree_of(blocks), written


def md(*blocks: d.Block, liquid: bool = False) -> str:
    """Blocks as Markdown."""
    return MarkdownWriter(lambda _: "", liquid=liquid).write(blocks)


def test_marks_within_words_are_tags() -> None:
    """Red when stars would show: CommonMark reads none between a letter and a parenthesis."""
    strong = d.Strong(children=(d.Text(text="(y)"),))
    assert md(d.Paragraph(inlines=(d.Text(text="x"), strong, d.Text(text="z")))) == "x<strong>(y)</strong>z\n"


def test_bars_of_formulas_do_not_part_a_cell() -> None:
    """Red when `|x|` in a table for dev.to begins new cells."""
    cell = d.Cell(inlines=(d.Math(tex=r"\|x\| = |x|"), d.HardBreak(), d.Text(text="y")))
    assert "{% katex inline %} \\Vert{}x\\Vert{} = \\vert{}x\\vert{} {% endkatex %}<br>y" in md(
        d.Table(header=(cell,))
    )


def test_code_that_ends_raw_text_stays_raw() -> None:
    """Red when dev.to runs what follows `{% endraw %}` in a listing."""
    out = md(d.CodeBlock(code="{% endraw %}{{ x }}"), liquid=True)
    assert out == '{% raw %}\n```\n{% endraw %}{{ "{%" }}{% raw %} endraw %}{{ x }}\n```\n{% endraw %}\n'


def test_a_picture_without_an_address_is_its_words() -> None:
    """Red when `![alt]()` goes out."""
    assert md(Shown(alt="The plane", caption="It lies")) == "*The plane*\n\n*It lies*\n"


def test_liquid_in_words_and_code_is_guarded_for_devto(tmp_path: Path) -> None:
    """Red when dev.to would run what a note says."""
    out = make(tmp_path, "Say {{ x }} and `{% y %}`.\n\n```jinja\n{{ z }}\n```", adapters.DEVTO).payload.body
    bare = re.sub(r"\{% raw %\}.*?\{% endraw %\}", "", out, flags=re.DOTALL)
    assert "{{" not in bare
    assert "{%" not in bare


def test_formulas_go_to_devto_as_katex(tmp_path: Path) -> None:
    """Red when a formula goes as `$…$`, or two braces in a row end the tag."""
    out = make(tmp_path, "In line $x_{a_{b}}$.\n\n$$\n\\frac{1}{{2}}\n$$", adapters.DEVTO).payload.body
    assert "{% katex inline %} x_{a_{b} } {% endkatex %}" in out
    assert "{% katex %}\n\\frac{1}{ {2} }\n{% endkatex %}" in out


def test_markdown_keeps_tables_pictures_and_links(tmp_path: Path) -> None:
    """Red when a table or a link of the folder's Markdown is not read as one."""
    out = make(tmp_path, ALL, adapters.FOLDER)
    text = MarkdownWriter(lambda s: s.picture.name if s.picture else "").write(out.shaped.blocks)
    kinds = {t.type for t in MarkdownIt("commonmark").enable(["table"]).parse(text)}
    assert {"table_open", "bullet_list_open", "ordered_list_open", "blockquote_open", "fence"} <= kinds
    assert "![The plane](03-svd.png)" in text
    assert [b.number for b in out.shaped.blocks if isinstance(b, Shown)] == [1, 2, 3]
