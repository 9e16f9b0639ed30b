"""Search: what a note is found by, the ranking in Python and in the browser's script, the index and what may not be in it."""

from __future__ import annotations

import math
import random
import re
from typing import TYPE_CHECKING
from urllib.parse import unquote

import pytest
from lxml import html

from notebook_kb.errors import LeakError
from notebook_kb.parsing.terms import terms
from notebook_kb.parsing.tex_plain import plain_tex
from notebook_kb.website.build import render_site
from notebook_kb.website.search_index import MARK, index_file, words_of
from notebook_kb.website.search_rank import Index, distances
from notebook_kb.workspace.build import BuildOptions, build
from notebook_kb.workspace.search import search_notes
from notebook_kb.workspace.workspace import Workspace
from tests.support.canaries import PRIVATE, Canaries, write_files
from tests.support.canaries import TODAY as DAY
from tests.support.search import (
    REPOSITORY,
    TODAY,
    WANTED_AMONG,
    ask_script,
    index_pages,
    labelled,
    own_index,
    random_queries,
)

if TYPE_CHECKING:
    from pathlib import Path

    from notebook_kb.model.note import Note
    from notebook_kb.website.plan import Site

ENOUGH = 38
PUBLIC = "---\npublish: true\n---\n"


def notebook(root: Path, **notes: str) -> Workspace:
    """A notebook with these notes."""
    files = {f"notes/{name}.md": text.encode() for name, text in notes.items()}
    write_files(root, {"notebook.yml": b"title: T\ntimezone: UTC\n"} | files)
    return Workspace(root, today=DAY)


def found(workspace: Workspace, query: str) -> list[str]:
    """The names of the notes that are found."""
    return [h.path.removeprefix("notes/").removesuffix(".md") for h in search_notes(workspace, query, 10)]


# words


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("σ", "sigma"),
        ("Σ", "\\sigma"),
        ("𝜎", "sigma"),
        ("\\varepsilon", "ε"),
        ("x̂", "x hat"),
        ("ŷ", "y hat"),
        ("θ̂", "theta hat"),
        ("x̄", "x bar"),
        ("Größe", "grosse"),
        ("naïve Café", "NAIVE cafe"),
        ("ﬁt", "fit"),
        ("λI", "lambda I"),
        ("∑", "\\sum"),
        ("Ελλάδα", "ελλαδα"),
    ],
)
def test_one_word_in_two_spellings(one: str, other: str) -> None:
    """Red when a sign, its name, an accent or a case makes another word."""
    assert terms(one) == terms(other)


def test_scripts_without_blanks_give_pairs() -> None:
    """Red when Chinese, Japanese or Thai text is one long word, or a word of the Latin script is cut."""
    assert terms("特征值 PCA") == ["特征", "征值", "pca"]
    assert terms("行列の階数") == ["行列", "列の", "の階", "階数"]
    assert len(terms("เวกเตอร์")) > 2


def test_words_have_no_case_and_are_their_own_words() -> None:
    """Red when what was made of a text would be taken apart again: the index and the query would differ."""
    for text in (
        "Straße ÆØ Łódź İstanbul ΣΊΣΥΦΟΣ ½ ² ㎡ がぎ 한국어 हिन्दी",
        plain_tex(r"\hat{\beta}_{ij} \to \infty"),
    ):
        for word in terms(text):
            assert terms(word) == [word], word


@pytest.mark.parametrize(
    ("tex", "line"),
    [
        (r"\hat{\theta} = \frac{1}{n} \sum_{i=1}^{n} x_i", "θ̂ = 1/n ∑_(i=1)^n x_i"),
        (r"\frac{a + b}{c}", "(a + b)/c"),
        (r"x % a secret" + "\n+ y", "x + y"),
        (r"\begin{aligned} a &= b \\ c \end{aligned}", "a = b c"),
        (r"\mathbb{E}[X \mid Y]", "E[X | Y]"),
        ("}}}{{{\\", "\\"),
        ("{" * 20000, ""),
    ],
)
def test_formulas_as_a_line(tex: str, line: str) -> None:
    """Red when a formula cannot be read in a hit, shows a comment, or stops the parse."""
    assert plain_tex(tex) == line


# finding


def test_a_symbol_is_found_by_its_sign_its_name_and_its_words(tmp_path: Path) -> None:
    """Red when a row of a symbol list is lost; the note that describes a sign comes before one that uses it."""
    uses = "# Uses\n\n" + "Here $\\sigma$ grows with some other words around it. " * 3
    workspace = notebook(
        tmp_path,
        uses=uses,
        spread="# Width\n\n## Symbols\n\n$$\n\\sigma\n$$\n\n- $\\sigma$: the spread\n- $\\hat{x}$: the guess\n\nRead aloud: take the root.\n",
    )
    for query in ("σ", "sigma", "\\sigma", "Σ"):
        assert found(workspace, query)[0] == "spread", query
    for query in ("spread", "x̂", "x hat", "guess", "take the root"):
        assert found(workspace, query) == ["spread"], query


def test_raw_html_is_found_by_what_it_shows(tmp_path: Path) -> None:
    """Red when text in HTML is lost, or what a page never shows of it is found."""
    text = "# A\n\n<div data-x='tuba'>\n<b>oboe</b> &amp; horn\n<script>viola</script>\n</div>\n\nA <i>flute</i> <style>harp</style> end\n"
    workspace = notebook(tmp_path, a=text)
    assert [found(workspace, w) for w in ("oboe", "horn", "flute", "end")] == [["a"]] * 4
    assert [found(workspace, w) for w in ("viola", "harp", "tuba")] == [[]] * 3


def test_every_word_counts_and_else_the_most(tmp_path: Path) -> None:
    """Red when a note with one of two words stands among those with both, or nothing is found where one is missing."""
    workspace = notebook(tmp_path, a="# A\n\nred green", b="# B\n\nred", c="# C\n\nblue")
    assert found(workspace, "red green") == ["a"]
    assert found(workspace, "green zzzzz") == ["a"]
    assert found(workspace, "zzzzz") == []
    assert found(workspace, " ,. ") == []


def test_the_title_is_worth_more_than_the_text(tmp_path: Path) -> None:
    """Red when the note about a thing comes after one that mentions it often."""
    text = "The rank matters. " * 6
    workspace = notebook(tmp_path, a=f"# Kernels\n\n{text}", rank="# Rank of a matrix\n\nOne line.")
    assert found(workspace, "rank") == ["rank", "a"]


def test_a_page_called_just_so_comes_first(tmp_path: Path) -> None:
    """Red when an alias that is the whole query counts no more than a word of a longer title."""
    workspace = notebook(
        tmp_path,
        a="# Box theory box\n\nA box is a box, and one more box.\n\n## The box\n\nBox.",
        b="---\naliases: [box, Kasten]\n---\n# Containers and crates\n\nText.",
    )
    assert found(workspace, "Box") == ["b", "a"]
    assert found(workspace, "kästen") == ["b"]


def test_slips_and_beginnings(tmp_path: Path) -> None:
    """Red when one slip from four letters or two from eight are not forgiven, or three are."""
    workspace = notebook(tmp_path, a="# Trampolines\n\nThe bowl.", b="# Other\n\nNothing.")
    for query in (
        "tramploines",
        "rampolines",
        "trampolline",
        "tampolinez",
        "trampo",
        "trmapol",
        "bwol",
        "bowls",
        "bow",
    ):
        assert found(workspace, query) == ["a"], query
    for query in ("tmplies", "bxxl", "trampo ", "bo "):
        assert found(workspace, query) == [], query


def test_slips_are_counted_as_defined() -> None:
    """Red when the distance is not optimal string alignment: compared with the plain recursion on random words."""

    def plain(a: str, b: str) -> int:
        if not a or not b:
            return len(a) + len(b)
        best = min(plain(a[:-1], b) + 1, plain(a, b[:-1]) + 1, plain(a[:-1], b[:-1]) + (a[-1] != b[-1]))
        if len(a) > 1 and len(b) > 1 and a[-1] == b[-2] and a[-2] == b[-1]:
            best = min(best, plain(a[:-2], b[:-2]) + 1)
        return best

    chance = random.Random(3)  # noqa: S311 - the same again
    for _ in range(300):
        a, b = ("".join(chance.choice("abc") for _ in range(chance.randint(1, 5))) for _ in range(2))
        whole, beginning = distances(a, b, 2)
        assert min(whole, 3) == min(plain(a, b), 3), (a, b)
        assert min(beginning, 3) == min(*(plain(a, b[:n]) for n in range(len(b) + 1)), 3), (a, b)


def test_private_notes_are_found_in_the_terminal_only(tmp_path: Path) -> None:
    """Red when the terminal hides what is mine, or the site's index holds it."""
    workspace = notebook(
        tmp_path,
        mine="# Diary\n\nThe word xylophone.",
        open=PUBLIC + "# Open\n\nText.\n\n## Private\n\nThe word marimba. %% and timpani %%\n",
    )
    assert found(workspace, "xylophone") == ["mine"]
    assert found(workspace, "marimba") == ["open"]
    assert found(workspace, "timpani") == ["open"]
    loaded = workspace.load()
    public = index_file(workspace.public_site(loaded))
    assert not re.search(rb"xylophone|marimba|timpani|Diary", public)
    assert b"marimba" in index_file(workspace.private_site(loaded))


@pytest.mark.parametrize("seed", range(300, 330))
def test_no_canary_is_in_the_index(tmp_path: Path, seed: int) -> None:
    """Red when any private construct reaches the index; the site is built, so the audit has passed it too."""
    canaries = Canaries(seed).build()
    write_files(tmp_path, canaries.files)
    build(Workspace(tmp_path, today=DAY), BuildOptions())
    data = (tmp_path / "site" / "search-index.js").read_bytes()
    assert not {canaries.where[w.decode()] for w in PRIVATE.findall(data)}
    public = [w for w, place in canaries.public.items() if w.encode() in data]
    assert len(public) > 0.8 * len(canaries.public)


def test_the_audit_reads_the_index(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Red when private words in the index alone would pass the audit: in text, in code, in a title."""
    from notebook_kb.website import search_index

    def leaking(site: Site, note: Note) -> list[tuple[int, bool, str, str, str]]:
        data = site.derived[note.path]["search"]
        return data["mine"] or data["public"]  # type: ignore[no-any-return]

    monkeypatch.setattr(search_index, "pieces_of", leaking)
    for number, hidden in enumerate(
        (
            "the budget of the client is nearly four million euros",
            "a\n\n```python\nprint(zq_secret_key_17)\n```",
        )
    ):
        root = tmp_path / str(number)
        notebook(root, a=PUBLIC + f"# Open\n\nText.\n\n## Private\n\n{hidden}\n\n## More\n\nText.\n")
        with pytest.raises(LeakError, match=r"search-index\.js"):
            build(Workspace(root, today=DAY), BuildOptions())


def test_public_pages_side_by_side_are_no_leak(tmp_path: Path) -> None:
    """Red when words that only meet in the index are taken for a private sentence: aliases, headings, the alphabet."""
    private = (
        "# Mine\n\nOne two three four five six seven.\n\nalpha α beta β gamma γ delta δ epsilon ε zeta ζ\n\n"
        "Rank matrix rank of singular value decomposition, principal-component-analysis log-likelihood\n"
    )
    notebook(
        tmp_path,
        mine=private,
        a=PUBLIC.replace("true", "true\naliases: [two three, four]") + "# One\n\n## five six\n\nseven\n",
    )
    build(Workspace(tmp_path, today=DAY), BuildOptions())
    assert (tmp_path / "site" / "search-index.js").is_file()


# the index


def test_the_index_is_the_same_when_few_or_all_notes_were_parsed(tmp_path: Path) -> None:
    """Red when what was remembered differs from what is derived: bytes would depend on the cache."""
    notebook(tmp_path, a=PUBLIC + "# A\n\nOne $x$.\n", b=PUBLIC + "# B\n\nTwo.\n")
    build(Workspace(tmp_path, today=DAY), BuildOptions())
    (tmp_path / "notes" / "b.md").write_text(PUBLIC + "# B\n\nThree.\n")
    build(Workspace(tmp_path, today=DAY), BuildOptions())
    warm = (tmp_path / "site" / "search-index.js").read_bytes()
    fresh = Workspace(tmp_path, today=DAY)
    fresh.loader.cache.rows = {}
    assert index_file(fresh.public_site(fresh.load())) == warm
    assert b"Three" in warm


def test_the_words_of_the_file_are_those_that_were_remembered(tmp_path: Path) -> None:
    """Red when browser and terminal would count other words of the same note."""
    from notebook_kb.website.search_index import search_pages, words_of_note

    text = "# A\n\nOne $\\lambda$ & <b>two</b> 'three' \"four\".\n\n## Sub\n\n```python\nx_1 = foo(1)\n```\n"
    workspace = notebook(tmp_path, a=f"---\npublish: true\ntags: [x]\ndescription: D & e\n---\n{text}")
    site = workspace.private_site(workspace.load())
    (page,) = search_pages(site)
    remembered = words_of_note(site, site.notebook.notes["notes/a.md"])
    written = words_of(page.marked())
    assert [sorted(f) for f in written.fields] == [sorted(f) for f in remembered.fields]
    assert written.names == remembered.names


def test_every_hit_leads_to_a_page_and_an_anchor() -> None:
    """Red when the index names a page or an anchor that the site does not have."""
    workspace = Workspace(REPOSITORY, today=TODAY)
    site = workspace.public_site(workspace.load())
    files = render_site(site, workspace.site_view(site), workspace.theme).files
    checked = 0
    for marked in index_pages(files["search-index.js"]):
        parts = MARK.split(marked)
        name = unquote(parts[2]) + "index.html"
        ids = {str(e.get("id")) for e in html.document_fromstring(files[name]).iter() if e.get("id")}
        anchors = [a for mark, a in zip(parts[1::3], parts[2::3], strict=True) if mark == "h2" and a]
        checked += len(anchors)
        assert not [a for a in anchors if a not in ids], name
    assert checked > 100


# the browser's script


def test_script_and_terminal_rank_alike(tmp_path: Path) -> None:
    """Red when `search.js` and `search_rank.py` part: same words, same order, same scores on one index."""
    index = Index(words_of(page) for page in index_pages(own_index()))
    queries = [q for q, _ in labelled()] + random_queries(index.vocabulary, 600)
    queries += [
        "",
        " ",
        "特征值",
        "İstanbul ŸŒ",
        "x̂ σ∑",
        "a" * 300,
        "__proto__ constructor",
        "the of a matrix " * 20,
    ]
    answers = ask_script(own_index(), queries, tmp_path)
    hits = 0
    for query, (words, found_there) in zip(queries, answers, strict=True):
        assert words == terms(query), query
        here = index.search(query)
        assert [h.page for h in here] == [page for page, _ in found_there], query
        assert all(
            math.isclose(h.score, s, abs_tol=2e-6) for h, (_, s) in zip(here, found_there, strict=True)
        ), query
        hits += len(here) > 0
    assert hits > 500


def test_script_and_terminal_read_all_scripts_alike(tmp_path: Path) -> None:
    """Red when a letter of some script is a word here and none there."""
    chance = random.Random(5)  # noqa: S311 - the same again
    ranges = [(0x21, 0x17F), (0x370, 0x3FF), (0x400, 0x4FF), (0x5D0, 0x5EA), (0x620, 0x64A), (0x905, 0x939), (0xE01, 0xE2E),
              (0x3041, 0x30FF), (0x4E00, 0x4EFF), (0xAC00, 0xADFF), (0x1D400, 0x1D7CB), (0x2070, 0x209C), (0x2200, 0x22FF),
              (0x300, 0x36F), (0xFB00, 0xFB06), (0x2100, 0x214F)]  # fmt: skip
    texts = []
    for _ in range(2000):
        some = (chance.randint(*chance.choice(ranges)) for _ in range(chance.randint(1, 8)))
        texts.append("".join(chr(c) for c in some))
    answers = ask_script(own_index(), texts, tmp_path)
    assert not [
        (t, terms(t), words) for t, (words, _) in zip(texts, answers, strict=True) if terms(t) != words
    ]


def test_labelled_queries_find_their_page() -> None:
    """Red when pages that are wanted are not among the first three, in the site's index or in `kb search`."""
    workspace = Workspace(REPOSITORY, today=TODAY)
    site = workspace.public_site(workspace.load())
    pages = index_pages(own_index())
    urls = ["/" + MARK.split(page)[2] for page in pages]
    index = Index(words_of(page) for page in pages)
    lost: list[str] = []
    lost_here: list[str] = []
    for query, wanted in labelled():
        assert wanted in urls, wanted
        if wanted not in [urls[h.page] for h in index.search(query)[:WANTED_AMONG]]:
            lost.append(query)
        notes = search_notes(workspace, query, WANTED_AMONG)
        if wanted not in [site.urls.get(h.path) for h in notes]:
            lost_here.append(query)
    count = len(labelled())
    assert count - max(len(lost), len(lost_here)) >= max(ENOUGH, count - 2), (lost, lost_here)
