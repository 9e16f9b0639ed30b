"""Notes that broke a page, a build or a promise once: each must stay mended."""

from __future__ import annotations

import json
import re
import time
from html import escape
from typing import TYPE_CHECKING

import pytest

from notebook_kb.errors import SettingsError, UsageError
from notebook_kb.model.document import NOWHERE
from notebook_kb.parsing.pictures import pictures_in
from notebook_kb.parsing.tree import parse_document
from notebook_kb.rendering.images import setting
from notebook_kb.website.audit import PrivateMatter, Sources, name_leaks, page_hits
from notebook_kb.website.embeds import apart
from notebook_kb.workspace.authoring import find_note
from notebook_kb.workspace.build import BuildOptions, build
from notebook_kb.workspace.workspace import Workspace
from tests.support.canaries import TODAY, write_files
from tests.support.pictures import png

if TYPE_CHECKING:
    from pathlib import Path

    from notebook_kb.website.audit import Run

PUBLIC = "---\npublish: true\n---\n"


def files(root: Path, notes: dict[str, str], settings: str = "") -> dict[str, bytes]:
    """The files of the site of these notes."""
    write_files(
        root, {"notebook.yml": settings.encode(), **{f"notes/{n}": t.encode() for n, t in notes.items()}}
    )
    build(Workspace(root, TODAY), BuildOptions())
    folder = root / "site"
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


def article(page: bytes) -> str:
    """What stands on a page without the menu."""
    return page.decode().split("<article>")[1].split("</article>", maxsplit=1)[0]


NESTED = {
    "quoted": "> ### Told\n>\n> quoted words\n\n",
    "listed": "- ### Told\n\n  listed words\n\n",
    "raw": '<div>\n<h3 id="told">Told</h3>\n</div>\n\n',
}


@pytest.mark.parametrize("kind", NESTED)
def test_an_embed_of_a_section_is_cut_at_its_own_headings_alone(kind: str, tmp_path: Path) -> None:
    """Red when a heading in a quote, list or raw HTML cuts the section, or hides the heading that does."""
    inner = f"{PUBLIC}# Inner\n\n## Example\n\nwords of one\n\n{NESTED[kind]}### Deep\n\ndeep\n\n## Two\n\nwords of two\n"
    site = files(
        tmp_path,
        {
            "host.md": f"{PUBLIC}# Host\n\n![[inner#Example]]\n",
            "deep.md": f"{PUBLIC}# Deep\n\n![[inner#Deep]]\n",
            "inner.md": inner,
        },
    )
    page = article(site["host/index.html"])
    assert page.count("<blockquote") == page.count("</blockquote>") == (kind == "quoted")
    assert page.count("<li") == page.count("</li>")
    assert "deep" in page
    assert "words of two" not in page
    shown = article(site["deep/index.html"])
    assert "<p>deep</p>" in shown
    assert "words of" not in shown


HIDDEN = "six very private words about mariners"
FORMS = {
    "plain": HIDDEN,
    "over tags": "six <em>very</em> private <b>words</b> about mariners",
    "in a word": "six v<em>er</em>y private wo<b>rd</b>s about mariners",
    "in an attribute": f'<img alt="{HIDDEN}" src="x.png">',
}


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("feed", ["feed.json", "feed.xml", "files/data.json"])
def test_the_audit_reads_a_feeds_pages_as_html(feed: str, form: str) -> None:
    """Red when tags, or what a feed makes of quotes and tags, hide words from the audit."""
    html = f"<p>before</p>\n<p>{FORMS[form]}</p>"
    if feed == "feed.xml":
        data = f'<feed><entry><content type="html">{escape(html)}</content></entry></feed>'
    else:
        data = json.dumps({"items": [{"content_html": html}]}, indent=1)
    secret: dict[Run | str, PrivateMatter] = {
        tuple(HIDDEN.split()): PrivateMatter(HIDDEN, "notes/a.md", 1, "private")
    }
    assert page_hits(feed, data.encode(), secret) == set(secret)


def test_the_audit_takes_no_names_of_a_feed_for_words() -> None:
    """Red when a note that explains feeds stops the build by the names of their fields."""
    secret: dict[Run | str, PrivateMatter] = {
        "content_html": PrivateMatter("content_html", "notes/a.md", 1, "private")
    }
    assert page_hits("feed.json", b'{"content_html": "words"}', secret) == set()
    assert page_hits("files/data.json", b'{"content_html": "words"}', secret) == set(secret)


@pytest.mark.parametrize("feed", ["feed.json", "feed.xml"])
def test_the_audit_sees_addresses_in_a_feeds_pages(feed: str) -> None:
    """Red when a link within a feed may lead to a note that is not published."""
    html = '<p><a href="hidden/">words</a></p>'
    data = (
        f'<feed><content type="html">{escape(html)}</content></feed>'
        if feed == "feed.xml"
        else json.dumps({"content_html": html})
    )
    found = name_leaks(feed, data.encode(), Sources((), (), urls=frozenset(["/hidden/"])))
    assert [leak.words for leak in found] == ["/hidden/"]


MARKS = ["\ue0c1", "\ue0c2", "\ue0c5", "\ue0c8"]
FORGED_HEADS = {
    "macro": "macros:\n  '\\x': '\\text{{{mark}3{mark}}}'\n",
    "title": "title: a {mark}0{mark} b\n",
    "spelt": 'description: "a \\u{code:04x}0\\u{code:04x} b"\ntags: ["x\\u{code:04x}"]\n',
}


@pytest.mark.parametrize("where", [*FORGED_HEADS, "settings"])
@pytest.mark.parametrize("mark", MARKS)
def test_our_own_signs_in_heads_and_settings_are_nothing(where: str, mark: str, tmp_path: Path) -> None:
    """Red when a sign that rendering uses for itself stops the build or reaches a page from a head or the settings."""
    head = FORGED_HEADS.get(where, "").format(mark=mark, code=ord(mark))
    settings = f"macros:\n  '\\x': '\\text{{{mark}3{mark}}}'\n" if where == "settings" else ""
    text = f"---\npublish: true\ndate: 2026-01-01\n{head}---\n# A\n\n## Example\n\n$\\x{{}}$ <b>raw</b>\n\n### Deep\n\n$\\x{{}}$\n"
    site = files(tmp_path, {"a.md": text}, settings)
    assert "<b>raw</b>" in article(site["a/index.html"])
    assert [n for n, d in site.items() if not n.startswith("static/") and mark.encode() in d] == []


FORMULA = '$\\text{" onclick="boom()}$'


@pytest.mark.parametrize("spelling", ["&#xE0C2;", "&#XE0c2", "&#57538;", "&#0057538", "&#\ue0c1xE0C2;"])
def test_a_forged_mark_in_an_attribute_holds_nothing_of_ours(spelling: str, tmp_path: Path) -> None:
    """Red when raw HTML puts a formula into an attribute, so that its quotes end it."""
    forged = f'<div title="{spelling}0{spelling}">shown</div>\n\n'
    page = article(files(tmp_path, {"a.md": f"{PUBLIC}# A\n\nb {FORMULA} c\n\n{forged}"})["a/index.html"])
    assert "shown</div>" in page
    assert page.count("<math") == 1


@pytest.mark.parametrize("title", ["a" * 2_000, "W" * 5_000, "word " * 2_000, "Wörter" * 800])
def test_a_cards_title_is_set_in_a_few_steps(title: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Red when an endless word in a title keeps the build busy for minutes: every sign of a line is tried at every cut."""
    measured = 0
    measure = setting.measure

    def counted(text: str, size: float, style: str = "regular") -> float:
        nonlocal measured
        measured += len(text)
        return measure(text, size, style)

    monkeypatch.setattr(setting, "measure", counted)
    block = setting.fit(title, (64, 52, 40), 3, 900)
    assert len(block.lines) == 3
    assert block.lines[-1].endswith("…")
    assert all(measure(line, block.size) <= 900 for line in block.lines)
    assert measured < 100_000
    measured = 0
    assert "".join(setting.wrap(title, 40, 900)).replace(" ", "") == title.replace(" ", "")
    assert measured < 40 * len(title)


def test_a_permalink_is_never_a_scheme(tmp_path: Path) -> None:
    """Red when a link to a page at `javascript:…` runs a script, on a page or in a feed."""
    head = '---\npublish: true\ndate: 2026-01-01\npermalink: "javascript:alert(1)"\n---\n'
    notes = {"a.md": f"{head}# A\n\n[[b]] [[a]]\n", "b.md": f"{PUBLIC}# B\n\n[[a]]\n"}
    site = files(tmp_path, notes, "urls: file\n")
    pages = {n: d.decode() for n, d in site.items() if n.endswith((".html", ".xml", ".json", ".js"))}
    assert './javascript:alert(1).html"' in pages["b.html"]
    del pages[".kb-manifest.json"]
    assert [n for n, page in pages.items() if re.search(r"""["'=;]\s*javascript:""", page)] == []


def test_a_page_that_leads_on_has_the_policy_of_the_others(tmp_path: Path) -> None:
    """Red when a redirect is the one page that may load and run anything."""
    site = files(tmp_path, {"a.md": "---\npublish: true\naliases: [/old/]\n---\n# A\n"})
    policy = '<meta http-equiv="Content-Security-Policy" content="'
    parts = [site[n].decode().split(policy)[1].split('"')[0] for n in ("a/index.html", "old/index.html")]
    assert parts[0] == parts[1]


def test_templater_signs_that_nothing_closes_are_read_once() -> None:
    """Red when each `<%` looks through all the text behind it: sixteen times the time for four times the text."""

    def seconds(count: int) -> float:
        started = time.process_time()
        parse_document("%> " + "<% " * count)
        return time.process_time() - started

    seconds(100)
    assert seconds(60_000) < 10 * seconds(15_000) + 0.2


@pytest.mark.parametrize(
    "permalink",
    [
        "/" + "a" * 300 + "/",
        "/feed.xml/",
        "/Sitemap.xml",
        "/search-index.js/x/",
        "/a?b/",
        "/static/",
        "/b.html/c/",
    ],
)
def test_an_address_that_no_page_can_have_is_refused_by_its_line(permalink: str, tmp_path: Path) -> None:
    """Red when the build ends in a fault of the file system, or without a word which note it was."""
    notes = {
        "a.md": f"---\npublish: true\npermalink: '{permalink}'\n---\n# A\n",
        "b.md": "---\npublish: true\npermalink: /b.html\n---\n# B\n",
    }
    with pytest.raises(UsageError, match=r"^notes/a\.md:3(:\d+)?: .*KB205"):
        files(tmp_path, notes)


@pytest.mark.parametrize("name", ["TCP/IP", "and/or", "mean / average", "read/write/execute", "I/O"])
def test_a_name_with_a_stroke_is_no_old_address(name: str, tmp_path: Path) -> None:
    """Red when a name leaves a page behind that leads on, or is lost in the search."""
    with_name = files(tmp_path / "1", {"a.md": f"---\npublish: true\naliases: [{name}]\n---\n# A\n"})
    without = files(tmp_path / "2", {"a.md": f"{PUBLIC}# A\n"})
    assert set(with_name) == set(without)
    assert name in with_name["search-index.js"].decode()


def test_a_link_is_only_what_stands_in_a_tag() -> None:
    """Red when the prefix of an embed's ids gets into words that only look like a link."""
    html = '<p id="fn-1"><a class="x" href="#fn-1">1</a> <code>&lt;a href="#fn-1"></code></p>'
    assert apart(html, "e0-") == (
        '<p id="e0-fn-1"><a class="x" href="#e0-fn-1">1</a> <code>&lt;a href="#fn-1"></code></p>'
    )


TWICE = {
    "paragraphs": "one ^same\n\n## Two\n\ntwo ^same\n",
    "lead and list": "lead ^same\n\n- one ^Same\n- two ^same\n",
    "below": "> quote\n\n^same\n\nlater\n\n| a |\n|---|\n| b |\n\n^same\n",
}


@pytest.mark.parametrize("kind", TWICE)
def test_one_id_names_one_block(kind: str, tmp_path: Path) -> None:
    """Red when a block id that stands twice gives a page the same id twice, or a link to it leads nowhere."""
    notes = {"a.md": f"{PUBLIC}# A\n\n{TWICE[kind]}", "b.md": f"{PUBLIC}# B\n\n[[a#^same]] ![[a#^same]]\n"}
    site = files(tmp_path, notes)
    page = article(site["a/index.html"])
    target = re.findall(r'href="\.\./a/#(b-\w+)"', article(site["b/index.html"]))
    assert target
    assert page.count(f'id="{target[0]}"') == 1


NO_LEAD = {
    "embed": "![[b]]",
    "picture": "![words](p.png)",
    "card": "Q: why?\nA: so",
    "raw": "words <details><summary>s</summary></details>",
}


@pytest.mark.parametrize("kind", NO_LEAD)
def test_only_words_stand_in_the_lead(kind: str, tmp_path: Path) -> None:
    """Red when a block goes into the paragraph under the title, which ends there for a browser."""
    notes = {"a.md": f"{PUBLIC}# A\n\n{NO_LEAD[kind]}\n\nmore\n", "b.md": f"{PUBLIC}# B\n\ninner\n"}
    assert 'class="lead"' not in article(files(tmp_path, notes)["a/index.html"])


def test_a_note_in_the_margin_stands_below_the_line_that_names_it(tmp_path: Path) -> None:
    """Red when the note of a lead or of a heading stands in it, or nowhere."""
    text = "# A\n\nlead[^1] ^here\n\n## Two[^2]\n\n## Symbols\n\n$$\nx\n$$\n\n- $x$: a thing[^3]\n\n[^1]: n1\n[^2]: n2\n[^3]: n3\n"
    page = article(files(tmp_path, {"a.md": PUBLIC + text})["a/index.html"])
    assert re.findall(r'<aside class="side" id="fn-(\d)">', page) == ["1", "2", "3"]
    assert re.search(r"<(p|h2)\b[^>]*>(?:(?!</\1>).)*<aside", page, re.DOTALL) is None
    assert re.search(r'<p class="lead"><span id="b-\w+">lead', page)


def test_embeds_of_one_page_end_at_a_size(tmp_path: Path) -> None:
    """Red when a few large notes make a page of hundreds of megabytes, though each section counts for itself."""
    large = f"{PUBLIC}# Large\n\n" + "many words in one line\n\n" * 10_000
    hosts = "".join(f"## Part {n}\n\n![[large]]\n\n" for n in range(20))
    site = files(tmp_path, {"host.md": f"{PUBLIC}# Host\n\n{hosts}", "large.md": large})
    page = article(site["host/index.html"])
    assert len(page) < 2_100_000
    assert page.count('<div class="embed">') == 6
    assert page.count('<p><a href="../large/">large</a></p>') == 14


NOT_SHOWN = {
    "script": "<script>\nlet a = '<img src=\"p.png\">'\n</script>\n",
    "style": "<style>\na { content: '<img src=\"p.png\">' }\n</style>\n",
    "template": '<div>\n<template><img src="p.png"></template>\n</div>\n',
    "text area": '<textarea>\n<img src="p.png">\n</textarea>\n',
    "attribute": "<div title='<img src=\"p.png\">'>\nwords\n</div>\n",
    "in a line": 'words <script> <img src="p.png"> </script> words\n',
    "comment": '<div>\n<!-- <img src="p.png"> -->\n</div>\n',
}


@pytest.mark.parametrize("kind", NOT_SHOWN)
def test_a_picture_that_raw_html_does_not_show_is_not_copied(kind: str, tmp_path: Path) -> None:
    """Red when a picture is published because its tag stands in a script, a comment or an attribute."""
    (tmp_path / "notes").mkdir()
    (tmp_path / "notes/p.png").write_bytes(png())
    (tmp_path / "notes/q.png").write_bytes(png())
    text = f'{PUBLIC}# A\n\nlead\n\n{NOT_SHOWN[kind]}\n<div>\n<img src="q.png" alt="seen">\n</div>\n'
    site = files(tmp_path, {"a.md": text})
    assert [n for n in site if n.startswith("files/")] == ["files/notes/q.png"]
    assert 'alt="seen"' in article(site["a/index.html"])


@pytest.mark.parametrize(
    "unit", ["<a ", '<a "', "<img ", "<img '", "<!--", "<script>", "</script ", "<a \"'"]
)
def test_pictures_are_found_in_linear_time(unit: str) -> None:
    """Red when HTML that is never closed is read again from each of its tags."""

    def seconds(count: int) -> float:
        started = time.process_time()
        assert list(pictures_in(unit * count, lambda _: NOWHERE)) == []
        return time.process_time() - started

    assert seconds(80_000) < 10 * seconds(20_000) + 0.2


TAKES_IN = {
    "{% extends 'builtin/nope.html' %}": "there is no template `builtin/nope.html`",
    "{% extends 'note.html' %}": "takes itself in",
    "{% extends 'base.html' %}{% block main %}{% include 'gone.html' %}{% endblock %}": "no template `gone.html`",
}


@pytest.mark.parametrize("template", TAKES_IN)
def test_a_template_that_takes_in_what_is_not_there_is_named_with_the_reason(
    template: str, tmp_path: Path
) -> None:
    """Red when the message is only a name or a word of Python's."""
    write_files(tmp_path, {"templates/note.html": b"\n" + template.encode()})
    with pytest.raises(SettingsError, match=r"^templates/note\.html:2: .*" + TAKES_IN[template]):
        files(tmp_path, {"a.md": f"{PUBLIC}# A\n"})


@pytest.mark.parametrize("name", ["bad", "bad.md", "notes/bad.md", "Bad"])
def test_a_file_that_is_no_text_is_not_said_to_be_missing(name: str, tmp_path: Path) -> None:
    """Red when `kb show` and `kb publish` say that there is no such note, though its file is there."""
    write_files(tmp_path, {"notebook.yml": b"", "notes/bad.md": "# Größe\n".encode("latin-1")})
    with pytest.raises(UsageError, match=r"^notes/bad\.md: this is not UTF-8"):
        find_note(Workspace(tmp_path, TODAY).load().notebook, name)


@pytest.mark.parametrize(
    "formula", ["$$x = 1$$ ^eq", "$$\nx = 1\n$$ ^eq", "$$\nx = 1\n$$\n^eq", "$$x = 1$$\n\n^eq"]
)
@pytest.mark.parametrize("heading", ["## Two", "## Symbols"])
def test_a_display_formula_is_found_by_its_id(formula: str, heading: str, tmp_path: Path) -> None:
    """Red when a link to the id of a display formula leads nowhere, or an embed of it shows nothing."""
    notes = {
        "a.md": f"{PUBLIC}# A\n\nlead\n\n{heading}\n\n{formula}\n\n- $x$: a thing\n",
        "b.md": f"{PUBLIC}# B\n\n[[a#^eq]]\n\n![[a#^eq]]\n",
    }
    site = files(tmp_path, notes)
    shown = article(site["b/index.html"])
    target = re.findall(r'href="\.\./a/#(b-\w+)"', shown)
    assert len(target) == 1
    assert re.search(rf'<(div|figure)[^>]* id="{target[0]}"', article(site["a/index.html"]))
    assert shown.count("<math") == 1
    assert "^eq" not in article(site["a/index.html"])


def test_tags_in_the_text_and_the_tags_they_lie_in_have_pages(tmp_path: Path) -> None:
    """Red when a tag in the text, or the `a` of `a/b`, has no page; or when a private one has."""
    text = "words #maths/rank here #Later\n\n%% #hush %%\n\n## Private\n\n#secret words\n\n## Two #private\n\n#gone\n"
    notes = {
        "a.md": f"---\npublish: true\ntags: [later, books/new]\n---\n# A\n\n{text}",
        "b.md": "# B\n\n#unpublished/tag\n",
    }
    site = files(tmp_path, notes)
    pages = {n.removesuffix("/index.html") for n in site if n.startswith("tags/")} - {"tags"}
    tags = {"later", "books", "books/new", "maths", "maths/rank"}
    assert pages - {"tags/index.html"} == {f"tags/{t}" for t in tags}
    assert all(
        site[f"tags/{t}/index.html"].count(b'"../' + b"../" * t.count("/") + b'../a/"') == 1 for t in tags
    )
    page = article(site["a/index.html"])
    assert re.findall(r'href="\.\./tags/([^"]*)/"', page) == ["later", "books/new", "maths/rank"]


def test_private_notes_leave_no_gap_in_the_numbers(tmp_path: Path) -> None:
    """Red when the numbers on a page tell how many notes are private, or a number in the search is another."""
    text = (
        "# A\n\nlead\n\n## Excerpt\n\nhidden[^1]\n\n## Two\n\nsome[^2] %%more[^3]%% and[^4] some[^2]\n\n"
        "[^1]: one\n[^2]: visiblenote\n[^3]: three\n[^4]: four\n"
    )
    site = files(tmp_path, {"a.md": PUBLIC + text})
    page = article(site["a/index.html"])
    assert re.findall(r'href="#fn-(\d)">\1<', page) == ["1", "2", "1"]
    assert re.findall(r'id="fn-(\d)"><sup class="n">\1</sup>(\w+)', page) == [
        ("1", "visiblenote"),
        ("2", "four"),
    ]
    index = site["search-index.js"].decode()
    assert re.search(r"id='fn-1'>(?:(?!<h2).)*visiblenote", index)


def test_the_home_page_keeps_its_old_addresses(tmp_path: Path) -> None:
    """Red when a note that becomes the home page can be found no more by those who know its old address."""
    site = files(tmp_path, {"index.md": "---\npublish: true\naliases: [/old/]\n---\n# A\n"})
    page = site["old/index.html"].decode()
    assert 'href="../"' in page or 'href="../index.html"' in page


def test_the_audit_of_words_without_blanks_takes_no_longer_than_reading_them() -> None:
    """Red when a long formula, or a page of Chinese, makes a build wait for minutes: this took hours."""
    text = "矩阵" * 500_000 + " a/b/hidden.md.md, " + "a" * 1_000_000
    sources = Sources((), (), paths=frozenset(["a/b/hidden.md.md"]))
    assert [leak.words for leak in name_leaks("a.html", text.encode(), sources)] == ["a/b/hidden.md.md"]
