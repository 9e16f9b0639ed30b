"""The cheat sheet: only what is there, nothing private, one file, never over somebody else's."""

from __future__ import annotations

import re
import stat
from typing import TYPE_CHECKING

import pytest

from notebook_kb.errors import EnvironmentFailedError, UsageError
from notebook_kb.model import document as d
from notebook_kb.parsing.tree import parse_document
from notebook_kb.study.cheatsheet import first_sentence, make_sheet, said_text, sheet_notes
from notebook_kb.workspace.cheatsheet import cheat_sheet, font_css, points, write_sheet
from notebook_kb.workspace.chromium import find_chromium, print_pdf
from notebook_kb.workspace.workspace import Workspace
from tests.support import canaries
from tests.support.canaries import PRIVATE, TODAY, Canaries, write_files

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from notebook_kb.study.cheatsheet import SheetEntry

TEN = "one two three four five six seven eight nine ten"
NOTE = "---\nconcept: rank\n---\n# Rank\n\n"


def workspace(root: Path, **notes: str) -> Workspace:
    files = {f"notes/{name}.md": text.encode() for name, text in notes.items()}
    write_files(root, {"notebook.yml": b"title: My book\ntimezone: UTC\n"} | files)
    return Workspace(root, today=TODAY)


def entry(root: Path, body: str) -> SheetEntry:
    notebook = workspace(root, rank=NOTE + body).load().notebook
    ((one,),) = (a.entries for a in make_sheet(notebook, sheet_notes(notebook)))
    return one


def words(html: str) -> str:
    return re.sub(r"<[^>]*>", "", html)


def test_each_part_in_its_place(tmp_path: Path) -> None:
    """Red when a part is lost, more than its first sentence is taken, or a link stays a link."""
    one = entry(
        tmp_path,
        f"## In my words\n\nRank counts [[directions|the directions]] left, e.g. $n$ of *them*. And {TEN}.\n\n"
        "## Symbol by symbol\n\n$$\na\n$$\n\n$$\nb\n$$\n\n- $b$: a letter\n\nRead aloud: it is [b](x.md).\n\n"
        "## Pitfalls\n\n- The first **trap**.\n- The second.\n",
    )
    assert words(one.own).startswith("Rank counts the directions left, e.g. ")
    assert words(one.own).endswith(" of them.")
    assert "<a " not in one.own
    (formula,) = one.formulas
    assert ">b</mi>" in formula.math
    assert formula.aloud == "it is b."
    assert one.pitfall == "The first <strong>trap</strong>."


def test_only_what_exists(tmp_path: Path) -> None:
    """Red when an empty part, a prompt or a stub is on the sheet, or a note with nothing has an entry."""
    one = entry(
        tmp_path,
        "## In my words\nToo few.\n\n## Formal\n\n$$\nx\n$$\n\n## Pitfalls\n<!-- what goes wrong? -->\n",
    )
    assert (one.own, one.pitfall) == ("", "")
    assert [f.aloud for f in one.formulas] == [""]
    with pytest.raises(UsageError) as caught:
        cheat_sheet(workspace(tmp_path / "b", rank=NOTE + "## Visual\n" + TEN))
    assert "nothing to put on the sheet" in caught.value.message


@pytest.mark.parametrize(
    ("body", "pitfall"),
    [
        ("> [!warning] Not so fast\n> Divide by n.", "<strong>Not so fast.</strong> Divide by n."),
        ("> [!CAUTION]\n> Divide by n.", "Divide by n."),
        ("> [!warning] Alone", "<strong>Alone</strong>"),
        ("> [!note] A note\n> is no pitfall.\n\n> [!danger] nor this", ""),
        ("## Watch out\nHere. And there.", "Here. And there."),
        (f"### 3. Pitfall:\n{TEN * 5}. Second.", f"{TEN * 5}."),
        ("> [!warning] A callout\n\n## Pitfalls\nThe part wins.", "The part wins."),
        ("## Private\n> [!warning] hidden", ""),
    ],
)
def test_pitfalls(tmp_path: Path, body: str, pitfall: str) -> None:
    """Red when a pitfall is not found, is found where none is, or takes half a column."""
    assert entry(tmp_path, f"Rank is a number of directions.\n\n{body}\n").pitfall == pitfall


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("One. Two.", "One."),
        ("See Fig. 3. It helps. Two.", "See Fig. 3. It helps."),
        ("Is it *so?* Yes.", "Is it so?"),
        ('He said "yes." Then.', 'He said "yes."'),
        ("As $x = 1.5$ is. Two", "As \ufffc is."),
        ("No end", "No end"),
        ("A $a. B$ here. Two", "A \ufffc here."),
        ("z. B. hier. Dann", "z. B. hier."),
    ],
)
def test_first_sentences(text: str, first: str) -> None:
    """Red when a sentence is cut inside a formula or behind an abbreviation, or two are taken."""
    (block,) = parse_document(text)[0].blocks
    assert said_text(first_sentence(d.own_inlines(block))) == first


def test_without_own_words_the_lead_says_it(tmp_path: Path) -> None:
    """Red when a note that says it in its first line only has no sentence."""
    assert entry(tmp_path, "Rank counts directions. More.\n").own == "Rank counts directions."


@pytest.mark.parametrize(
    "thing",
    [canaries.inline_percent, canaries.block_percent, canaries.inline_html, canaries.inline_tex, canaries.callout,
     canaries.titled_callout, canaries.callout_in_quote, canaries.heading_in_quote, canaries.raw_html, canaries.private_footnote,
     *canaries.SECTIONS],
)  # fmt: skip
def test_nothing_private_is_on_the_sheet(tmp_path: Path, thing: Callable[[Canaries], str]) -> None:
    """Red when a comment, an excerpt or a private part is on a sheet that may be left on a table."""
    made = Canaries(7)
    body = "".join(
        f"## {part}\n\n{TEN} and more\n\n{thing(made)}\n\n" for part in ("In my words", "Symbols", "Pitfalls")
    )
    body += f"$$\nx % {made.s()}\n$$\n\nRead aloud: x %% {made.s()} %% it is.\n\n> [!warning] Beware <!-- {made.s()} -->\n> of it\n"
    html = cheat_sheet(workspace(tmp_path, rank=NOTE + body)).html
    assert not PRIVATE.search(html.encode())


def test_one_file_that_loads_nothing(tmp_path: Path) -> None:
    """Red when the sheet refers to anything, runs anything, or a font that a formula needs is not in it."""
    note = NOTE + f"## In my words\n{TEN} $x \\mathfrak{{g}}$\n\n![p](p.png) <script>alert(1)</script>\n"
    html = cheat_sheet(workspace(tmp_path, rank=note)).html
    assert "<script" not in html
    assert not re.findall(r"(?:src|href)=", html)
    assert set(re.findall(r"url\(([^)]{0,24})", html)) == {"data:font/woff2;base64,d"}
    fonts = html.count("@font-face")
    plain = cheat_sheet(workspace(tmp_path / "b", rank=NOTE + f"## In my words\n{TEN} $x$\n")).html
    assert 0 < plain.count("@font-face") < fonts
    assert (
        "@font-face"
        not in cheat_sheet(workspace(tmp_path / "c", rank=NOTE + f"## In my words\n{TEN}\n")).html
    )
    assert html == cheat_sheet(Workspace(tmp_path, today="2027-01-01")).html


def test_fonts_by_the_signs() -> None:
    """Red when the ranges of a font are misread."""
    assert list(points("U+20-22,U+1D400")) == [0x20, 0x21, 0x22, 0x1D400]
    css = b'@font-face{font-family:"M";src:url(fonts/a.woff2) format("woff2");unicode-range:U+61}'
    static = {"static/style.css": css, "static/fonts/a.woff2": b"abc"}
    assert "data:font/woff2;base64,YWJj" in font_css(static, "a")
    assert font_css(static, "b") == ""


def test_named_ones_and_areas(tmp_path: Path) -> None:
    """Red when more than was named is on the sheet, the order is not the roadmap's, or a slip is not helped."""
    own = f"## In my words\n{TEN}\n"
    book = workspace(
        tmp_path,
        rank=NOTE + own,
        g=f"---\nconcept: gradient\n---\n# G\n\n{own}",
        v=f"---\nconcept: vectors\n---\n# V\n\n{own}",
        own=f"---\ntype: concept\n---\n# Of my own\n\n{own}",
    )

    def titles(html: str) -> list[str]:
        return re.findall(r"<h3>(.*?)</h3>", html)

    assert titles(cheat_sheet(book).html) == ["Vectors", "Rank", "Gradient", "Of my own"]
    assert titles(cheat_sheet(book, ("gradient", "rank", "rank")).html) == ["Rank", "Gradient"]
    assert titles(cheat_sheet(book, (), "Calculus").html) == ["Gradient"]
    assert "<h1>Cheat sheet: Calculus</h1>" in cheat_sheet(book, (), "calculus").html
    with pytest.raises(UsageError, match="ranks"):
        cheat_sheet(book, ("ranks",))
    with pytest.raises(UsageError) as caught:
        cheat_sheet(book, (), "calculs")
    assert caught.value.hint == "did you mean `calculus`?"


def test_nobodys_file_is_overwritten(tmp_path: Path) -> None:
    """Red when `--output notes/rank.md` costs a note, or a sheet cannot be made anew."""
    book = workspace(tmp_path, rank=NOTE + f"## In my words\n{TEN}\n")
    data = cheat_sheet(book).html.encode()
    note = tmp_path / "notes" / "rank.md"
    before = note.read_bytes()
    with pytest.raises(UsageError, match="no cheat sheet"):
        write_sheet(note, data)
    with pytest.raises(UsageError, match="no cheat sheet"):
        write_sheet(note, b"%PDF-1.4")
    assert note.read_bytes() == before
    with pytest.raises(UsageError, match="folder"):
        write_sheet(tmp_path / "notes", data)
    write_sheet(tmp_path / "new" / "s.html", data)
    write_sheet(tmp_path / "new" / "s.html", data.replace(b"one two", b"1 2"))
    assert b"1 2" in (tmp_path / "new" / "s.html").read_bytes()


def program(path: Path, text: str) -> str:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    return str(path)


def test_finding_a_chromium(tmp_path: Path) -> None:
    """Red when the one that is named is not taken, a wrong name is passed over, or a usual place is not known."""
    named, usual = program(tmp_path / "mine", "exit 0"), program(tmp_path / "bin" / "google-chrome", "exit 0")
    path = {"PATH": str(tmp_path / "bin")}
    assert find_chromium({**path, "KB_CHROMIUM": named}, "linux") == named
    assert find_chromium(path, "linux") == usual
    assert find_chromium({"PATH": str(tmp_path)}, "linux") == ""
    with pytest.raises(UsageError, match="KB_CHROMIUM"):
        find_chromium({"KB_CHROMIUM": str(tmp_path / "none")}, "linux")
    mac = program(tmp_path / "Applications/Google Chrome.app/Contents/MacOS/Google Chrome", "exit 0")
    assert find_chromium({"PATH": "", "HOME": str(tmp_path)}, "darwin") == mac
    windows = program(tmp_path / "Microsoft/Edge/Application/msedge.exe", "exit 0")
    assert find_chromium({"PATH": "", "PROGRAMFILES(X86)": str(tmp_path)}, "win32") == windows


def test_a_printer_that_fails(tmp_path: Path) -> None:
    """Red when a Chromium that prints nothing gives an empty PDF or a traceback."""
    with pytest.raises(EnvironmentFailedError, match="no display"):
        print_pdf(program(tmp_path / "c", "echo no display >&2; exit 1"), "<p>x")
    with pytest.raises(EnvironmentFailedError):
        print_pdf(str(tmp_path), "<p>x")
    assert not [p for p in tmp_path.iterdir() if p.name != "c"]
