"""Vaults in place: links, embeds and publish keys as people have them, and nothing of theirs changed."""

from __future__ import annotations

import re
import shutil
from html import unescape
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import unquote

import pytest

from notebook_kb.findings.grouping import fit
from notebook_kb.notebook.anchors import heading_anchor
from notebook_kb.parsing.note import parse_note
from notebook_kb.workspace.begin import begin
from notebook_kb.workspace.build import BuildOptions, build
from notebook_kb.workspace.findings import all_findings
from notebook_kb.workspace.workspace import Workspace
from tests.support.canaries import TODAY
from tests.support.html_compare import NAMES

if TYPE_CHECKING:
    from notebook_kb.findings import Finding
    from notebook_kb.model.note import Note

VAULT = Path(__file__).resolve().parents[1] / "fixtures" / "markdown" / "vault"
PUBLIC = "---\npublish: true\n---\n"
ID = re.compile(r'<[a-zA-Z][^<>]*?\sid="([^"]*)"')
HREF = re.compile(r'href="([^"]*)"')


def site(root: Path) -> dict[str, str]:
    """The pages of a build by their paths."""
    workspace = Workspace(root, TODAY)
    build(workspace, BuildOptions())
    return pages(workspace.output)


def write_files(root: Path, files: dict[str, str | bytes]) -> None:
    """Write files, text or bytes."""
    for name, data in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data if isinstance(data, bytes) else data.encode())


def pages(folder: Path) -> dict[str, str]:
    return {p.relative_to(folder).as_posix(): p.read_text("utf-8") for p in sorted(folder.rglob("*.html"))}


def notebook(root: Path, notes: dict[str, str], settings: str = "") -> Path:
    write_files(root, {"notebook.yml": settings, **{f"notes/{n}": t for n, t in notes.items()}})
    return root


def text_of(page: str) -> str:
    """The page's article without the menu."""
    return page.split("<article>")[1].split("</article>", maxsplit=1)[0]


def findings(root: Path) -> list[Finding]:
    workspace = Workspace(root, TODAY)
    return all_findings(workspace, workspace.load())


def note_of(text: str) -> Note:
    return parse_note(text, "notes/a.md", "digest", NAMES).note


@pytest.fixture
def vault(tmp_path: Path) -> Path:
    """A copy of the vault, made a notebook."""
    root = tmp_path / "vault"
    shutil.copytree(VAULT, root)
    begin(root, "", "", "en")
    return root


# a vault as it is


def test_a_vault_is_opened_built_and_checked_without_a_byte_of_it_changed(vault: Path) -> None:
    """Red when `kb init`, `kb build` or `kb check` writes into a vault's own files."""
    site(vault)
    findings(vault)
    before = {p.relative_to(VAULT): p.read_bytes() for p in VAULT.rglob("*") if p.is_file()}
    after = {p.relative_to(vault): p.read_bytes() for p in vault.rglob("*") if p.is_file()}
    assert {p: after[p] for p in before} == before
    assert {p.parts[0] for p in set(after) - set(before)} == {"notebook.yml", ".kb"}


def test_every_anchor_exists_and_no_id_stands_twice(vault: Path) -> None:
    """Red when a link leads to an id that no page has, or an embed brings an id that the page has already."""
    shown = site(vault)
    ids = {name: [unescape(i) for i in ID.findall(text)] for name, text in shown.items()}
    links = 0
    for name, text in shown.items():
        assert len(ids[name]) == len(set(ids[name])), name
        for href in HREF.findall(text):
            url, _, anchor = unescape(href).partition("#")
            if "://" in url or not anchor or url.endswith(".pdf"):
                continue
            target = (Path("/", name).parent / unquote(url)).resolve() if url else Path("/", name)
            target = target if target.suffix else target / "index.html"
            assert unquote(anchor) in ids[str(target)[1:]], f"{href} in {name}"
            links += 1
    assert links > 20


def test_nothing_private_of_a_vault_is_in_its_site(vault: Path) -> None:
    """Red when an embed brings private parts of a note, or a note that is not published."""
    everything = "\n".join(site(vault).values())
    assert "zqvault" not in everything
    assert "What is squashed to zero" in everything


def test_headings_of_embeds_do_not_break_the_order(vault: Path) -> None:
    """Red when an embedded heading is a heading of the page."""
    page = text_of(site(vault)["everything/index.html"])
    levels = [int(n) for n in re.findall(r"<h([1-6])", page)]
    assert all(b <= a + 1 for a, b in pairwise(levels))
    assert '<p class="h h2">Picture</p>' in page


# embeds

HOST = PUBLIC + "# Host\n\n"
INNER = (
    PUBLIC
    + "# Inner\n\nThe lead.\n\n## One\n\nwords of one ^first\n\n### Sub\n\nwords of sub[^1]\n\n[^1]: a remark\n\n"
    "## Two\n\nwords of two\n\n### Sub\n\nsecond sub\n"
)
EMBEDDED = {
    "![[inner]]": (["The lead.", "words of one", "words of sub", "words of two"], []),
    "![[inner#One]]": (["One</p>", "words of one", "words of sub"], ["words of two", "The lead"]),
    "![[inner#Sub]]": (["words of sub", "a remark"], ["words of one", "second sub"]),
    "![[inner#Two#Sub]]": (["second sub"], ["words of sub", "words of two"]),
    "![[inner#^first]]": (["words of one"], ["words of sub", "The lead"]),
    "![[inner#Nowhere]]": ([">inner &gt; Nowhere</a>"], ["The lead", "words"]),
    "## A ![[inner#One]]": ([">inner &gt; One</a>"], ["words"]),
    "*![[inner]]*": ([">inner</a>"], ["words"]),
    "![[gone|it]]": (["<p>it</p>"], ["href"]),
}


@pytest.mark.parametrize("embed", EMBEDDED)
def test_what_an_embed_shows(embed: str, tmp_path: Path) -> None:
    """Red when an embed shows more or less than the note, section or block that it names."""
    root = notebook(tmp_path, {"host.md": HOST + embed + "\n", "inner.md": INNER})
    page = text_of(site(root)["host/index.html"])
    there, missing = EMBEDDED[embed]
    assert [t for t in there if t not in page] == []
    assert [t for t in missing if t in page] == []


PRIVATE = (
    PUBLIC
    + "# Inner\n\nopen\n\n## Excerpt\n\nzqsecret one ^hidden\n\n### Deep\n\nzqsecret two\n\n## After\n\nopen\n\n"
    "> [!private]\n> zqsecret three ^inbox\n"
)


@pytest.mark.parametrize("part", ["", "#Excerpt", "#Deep", "#^hidden", "#^inbox", "#Excerpt#Deep", "#After"])
@pytest.mark.parametrize("form", ["![[inner{}]]", "[[inner{}]]", "![[inner{}|words]]"])
def test_private_parts_never_show_in_an_embed(part: str, form: str, tmp_path: Path) -> None:
    """Red when a private section, callout or block reaches a page through an embed, or a link leads into it."""
    root = notebook(tmp_path, {"host.md": HOST + form.format(part) + "\n", "inner.md": PRIVATE})
    shown = site(root)
    assert "zqsecret" not in "\n".join(shown.values())
    page = text_of(shown["host/index.html"])
    if part and part != "#After":
        assert "#" not in "".join(HREF.findall(page))


def test_an_unpublished_note_is_nothing_in_an_embed(tmp_path: Path) -> None:
    """Red when an embed shows, names or links to a note that is not published."""
    root = notebook(
        tmp_path, {"host.md": HOST + "a ![[inner#One]] b\n", "inner.md": INNER.replace("true", "false")}
    )
    page = text_of(site(root)["host/index.html"])
    assert "inner" not in page
    assert "words" not in page
    assert "href" not in page


def test_an_edited_note_remakes_the_pages_that_embed_it(tmp_path: Path) -> None:
    """Red when the page memory keeps a page although a note that it embeds, at any depth, was changed."""
    notes = {
        "host.md": HOST + "![[middle]]\n",
        "middle.md": PUBLIC + "# Middle\n\n![[inner#Sub]]\n",
        "inner.md": INNER,
        "apart.md": PUBLIC + "# Apart\n\nx\n",
    }
    root = notebook(tmp_path / "a", notes)
    site(root)
    notes["inner.md"] = INNER.replace("words of sub", "other words of sub")
    write_files(root, {"notes/inner.md": notes["inner.md"]})
    again = site(root)
    assert "other words of sub" in again["host/index.html"]
    assert again == site(notebook(tmp_path / "b", notes))


def test_a_ring_of_embeds_ends_and_names_its_chain(tmp_path: Path) -> None:
    """Red when a ring runs on, shows nothing, or is not found at its place."""
    notes = {"a.md": PUBLIC + "# A\n\nsays a\n\n![[b]]\n", "b.md": PUBLIC + "# B\n\nsays b ![[a]]\n"}
    root = notebook(tmp_path, notes)
    page = text_of(site(root)["a/index.html"])
    assert "A → B → A" in page
    assert page.count("says a") == 1
    assert page.count("says b") == 1
    found = [(f.place, f.message) for f in findings(root) if f.code == "KB210"]
    assert found == [
        ("notes/a.md:8:1", "this embed leads back to itself: A → B → A"),
        ("notes/b.md:6:8", "this embed leads back to itself: B → A → B"),
    ]


def test_notes_that_all_embed_each_other_make_no_endless_page(tmp_path: Path) -> None:
    """Red when the size of a page grows with the number of ways through the embeds."""
    names = [f"n{i}" for i in range(14)]
    notes = {f"{n}.md": PUBLIC + f"# {n}\n\n" + "\n\n".join(f"![[{m}]]" for m in names) for n in names}
    shown = site(notebook(tmp_path, notes))
    assert max(map(len, shown.values())) < 400_000


def test_a_long_chain_of_embeds_ends_in_a_link(tmp_path: Path) -> None:
    """Red when embeds go deeper than the limit, or what is not shown any more has no link."""
    notes = {f"n{i}.md": PUBLIC + f"# N{i}\n\nwords {i}\n\n![[n{i + 1}]]\n" for i in range(9)}
    page = text_of(site(notebook(tmp_path, notes))["n0/index.html"])
    assert [i for i in range(9) if f"words {i}" in page] == [0, 1, 2, 3, 4, 5]
    assert '<a href="../n6/">n6</a>' in page


def test_films_sound_and_files(tmp_path: Path) -> None:
    """Red when an embedded file gets no player, no link to the page of a PDF, or is not copied."""
    root = notebook(
        tmp_path, {"host.md": HOST + "![[a.mp4|300]]\n\n![[b.mp3]]\n\n![[c.pdf#page=3]]\n\nsee ![[c.pdf]]\n"}
    )
    write_files(root, {f"notes/{n}": b"%PDF" for n in ("a.mp4", "b.mp3", "c.pdf")})
    page = text_of(site(root)["host/index.html"])
    assert '<video controls preload="none" src="../files/notes/a.mp4" aria-label="a.mp4" width="300">' in page
    assert '<audio controls preload="none" src="../files/notes/b.mp3" aria-label="b.mp3">' in page
    assert '<a href="../files/notes/c.pdf#page=3">c.pdf, page 3</a>' in page
    assert all((root / "site/files/notes" / n).is_file() for n in ("a.mp4", "b.mp3", "c.pdf"))


def test_a_picture_in_html_is_found_copied_and_missed(tmp_path: Path) -> None:
    """Red when `<img>` is not looked for like any picture."""
    root = notebook(
        tmp_path, {"host.md": HOST + '<img src="a.png" width="80" alt="x">\n\nand <img src="gone.png">\n'}
    )
    shutil.copy(VAULT / "Files/plane.png", root / "notes/a.png")
    page = text_of(site(root)["host/index.html"])
    assert '<img src="../files/notes/a.png" alt="x" width="80" loading="lazy">' in page
    assert [f.place for f in findings(root) if f.code == "KB204"] == ["notes/host.md:8:5"]


# links to headings


@pytest.mark.parametrize(
    ("heading", "anchor"),
    [
        ("One", "one"),
        ("ONE", "one"),
        ("Sub", "sub"),
        ("Two#Sub", "sub-2"),
        ("One#Sub", "sub"),
        ("Inner#Two#Sub", "sub-2"),
        ("Two#One", ""),
        ("Sub#Two", ""),
        ("One%20", "one"),
        ("^first", "^first"),
        ("One#^first", "^first"),
        ("^gone", ""),
        ("Gone", ""),
    ],
)
def test_a_heading_is_found_below_the_one_before_it(heading: str, anchor: str) -> None:
    """Red when `[[note#a#b]]` leads to a b that does not stand below a."""
    assert heading_anchor(note_of(INNER), heading) == anchor


def test_links_to_the_parts_of_a_concept_lead_to_its_rungs(tmp_path: Path) -> None:
    """Red when a link to an angle of a concept's note leads to an id that the concept's page does not have."""
    rank = (
        PUBLIC
        + "# Rank\n\n## Visual — 3b1b-ela (ch. 7)\n\nA plane is squashed onto a line.\n\n### Detail\n\nmore\n\n"
        "## In my words\n\nWhat survives.\n"
    )
    links = "[[rank#Visual]] [[rank#Detail]] [[rank#In my words]] [[rank#Rank]]"
    shown = site(notebook(tmp_path, {"rank.md": rank, "host.md": HOST + links + "\n"}))
    ids = set(ID.findall(shown["rank/index.html"]))
    anchors = [h.partition("#")[2] for h in HREF.findall(text_of(shown["host/index.html"])) if "rank/" in h]
    assert anchors[:4] == ["visual", "detail", "own", ""]
    assert set(anchors) - {""} <= ids


# publish keys of other tools


def test_the_keys_of_other_tools_are_one_line_and_publish_nothing(tmp_path: Path) -> None:
    """Red when another tool's key publishes a note, or many of them fill the screen."""
    keys = ["dg-publish: true", "published: true", "share: true", "public: yes"]
    notes = {f"n{i}.md": f"---\n{keys[i % 4]}\n---\nText {i}.\n" for i in range(214)}
    root = notebook(tmp_path, notes)
    lines = [f for f in fit(findings(root)) if f.code == "KB504"]
    assert [(f.count, f.severity.value) for f in lines] == [(214, "info")]
    assert "kb publish NAME" in lines[0].hint
    assert not any(name.startswith("n1") for name in site(root))


@pytest.mark.parametrize(
    ("head", "public"),
    [
        ("publish: true", True),
        ("publish: true\npublished: true", True),
        ("publish: true\npublished: false", False),
        ("publish: true\ndg-publish: no", False),
        ("published: true", False),
        ("publish: true\nstatus: published", True),
        ("publish: true\nstatus: draft", False),
        ("publish: true\ndraft: true", False),
    ],
)
def test_other_tools_flags_can_only_keep_private(head: str, public: bool) -> None:
    """Red when a flag of another tool publishes a note, or one that says no is not heard."""
    note = note_of(f"---\n{head}\n---\nText.\n")
    assert (note.publish and not note.draft) is public
    assert any(f.code == "KB103" for f in note.findings) is (
        head.count("no") + head.count("published: false") > 0
    )


# heads of other tools


@pytest.mark.parametrize(
    ("tool", "head", "expected"),
    [
        (
            "Jekyll",
            "layout: post\ntitle: T\ndate: 2024-05-06 10:00:00 +0200\ncategories: [a, b]",
            ("2024-05-06", ("a", "b")),
        ),
        ("Hugo", "title: T\npublishDate: 2024-05-06T10:00:00Z\ntags: [a]\nweight: 3", ("2024-05-06", ("a",))),
        ("zk", "title: T\ndate: 2024-05-06\nkeywords: [a, b]", ("2024-05-06", ("a", "b"))),
        ("Pelican", "title: T\ndate: 2024-05-06 10:00\ntags: a, b\ncategory: x", ("2024-05-06", ("a", "b"))),
        ("Obsidian", "created: 2024-05-06\ntag: a\nalias: N", ("2024-05-06", ("a",))),
    ],
)
def test_heads_of_other_tools(tool: str, head: str, expected: tuple[str, tuple[str, ...]]) -> None:
    """Red when a head as another tool writes it loses its date or tags, or is a finding."""
    note = note_of(f"---\n{head}\n---\nText of {tool}.\n")
    assert (note.date, note.tags) == expected
    assert {f.code for f in note.findings} <= {"KB104"}


@pytest.mark.parametrize(
    ("head", "field", "value"),
    [
        ("modified: 2024-05-06", "updated", "2024-05-06"),
        ("lastmod: 2024-05-06", "updated", "2024-05-06"),
        ("updated: 2024-05-06", "updated", "2024-05-06"),
        ("summary: S", "description", "S"),
        ("cover: a.png", "image", "a.png"),
        ("alias: [a, b]", "aliases", ("a", "b")),
    ],
)
def test_synonyms_of_keys(head: str, field: str, value: object) -> None:
    """Red when a synonym is not read."""
    assert getattr(note_of(f"---\n{head}\n---\nText.\n"), field) == value


# much that is not written yet


def test_two_thousand_links_to_unwritten_notes_are_one_line(tmp_path: Path) -> None:
    """Red when a vault full of red links fills more than one line."""
    notes = {f"n{i}.md": "\n\n".join(f"[[idea {i}-{j}]]" for j in range(20)) for i in range(100)}
    found = fit(findings(notebook(tmp_path, notes)))
    assert [(f.code, f.count) for f in found] == [("KB201", 2000)]
    assert found[0].message.startswith("2,000 links to notes that are not written yet")


@pytest.mark.parametrize(("setting", "breaks"), [("false", True), ("true", False), (None, True)])
def test_line_ends_are_shown_as_obsidian_shows_them(
    setting: str | None, breaks: bool, tmp_path: Path
) -> None:
    """Red when the vault's own `strictLineBreaks` is not heard, or the default is not a break."""
    root = notebook(tmp_path, {"a.md": PUBLIC + "# A\n\nlead\n\none\ntwo\n"})
    (root / ".obsidian").mkdir()
    if setting:
        (root / ".obsidian/app.json").write_text(f'{{"strictLineBreaks": {setting}}}')
    assert ("one<br>" in site(root)["a/index.html"]) is breaks


@pytest.mark.parametrize(("setting", "breaks"), [("soft", False), ("hard", True)])
def test_the_notebooks_own_setting_wins(setting: str, breaks: bool, tmp_path: Path) -> None:
    """Red when `line_breaks` in notebook.yml is not heard in a vault."""
    root = notebook(tmp_path, {"a.md": PUBLIC + "# A\n\nlead\n\none\ntwo\n"}, f"line_breaks: {setting}\n")
    (root / ".obsidian").mkdir()
    assert ("one<br>" in site(root)["a/index.html"]) is breaks


@pytest.mark.parametrize("kind", ["note|private", "|private", "quote|excerpt", "tip | private"])
def test_what_is_for_a_theme_may_say_private(tmp_path: Path, kind: str) -> None:
    """Red when `> [!note|private]` is on a page, in a feed or in the search."""
    files = site(
        notebook(
            tmp_path,
            {"host.md": HOST.replace("---\n# ", "date: 2026-01-01\n---\n# ") + f"> [!{kind}]\n> zorro\n"},
        )
    )
    assert "Host" in text_of(files["host/index.html"])
    assert not [name for name, data in files.items() if "zorro" in data]
