"""What is private stands in no byte of the site; the audit finds what another fault would leak; common words are no hit."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from notebook_kb.errors import LeakError
from notebook_kb.notebook import load as load_module
from notebook_kb.parsing.rules.comment import Masked
from notebook_kb.website.fill import Filler
from notebook_kb.workspace.build import BuildOptions, build
from notebook_kb.workspace.workspace import Workspace
from tests.support.canaries import TODAY, Canaries, said, write_files

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

HIDDEN = "the budget of the client is nearly four million euros"
PUBLIC = "---\npublish: true\n---\n# Open\n\nA lead that everybody may read at any time.\n\n"


def notebook(root: Path, **notes: str) -> Path:
    """A notebook with these notes."""
    files = {f"notes/{name}.md": text.encode() for name, text in notes.items()}
    write_files(root, {"notebook.yml": b"title: T\ntimezone: UTC\n"} | files)
    return root


def built(root: Path) -> dict[str, bytes]:
    """The files of the site after a build."""
    build(Workspace(root, today=TODAY), BuildOptions())
    return {
        p.relative_to(root / "site").as_posix(): p.read_bytes()
        for p in (root / "site").rglob("*")
        if p.is_file()
    }


def everything(root: Path) -> str:
    """All bytes and names of the built site as text."""
    return "\n".join(f"{name}\n{data.decode('utf-8', 'replace')}" for name, data in built(root).items())


@pytest.mark.parametrize("seed", range(20))
def test_no_canary_is_in_the_site_and_every_public_word_is(tmp_path: Path, seed: int) -> None:
    """Red when any private construct reaches any file, or when hiding takes public words with it."""
    canaries = Canaries(seed).build()
    write_files(tmp_path, canaries.files)
    build(Workspace(tmp_path, today=TODAY), BuildOptions())
    leaks, public = said(tmp_path / "site")
    assert not {f"{canaries.where[w]} in {page}" for w, page in leaks.items()}
    assert not {canaries.public[w] for w in set(canaries.public) - public}


def test_the_canaries_would_be_seen(tmp_path: Path) -> None:
    """Red when the search finds nothing because it looks at nothing: the private notebook itself is full of them."""
    canaries = Canaries(1).build()
    write_files(tmp_path, canaries.files)
    found, _ = said(tmp_path)
    assert len(found) > 0.9 * len(canaries.where)


# one case for each way that once leaked


@pytest.mark.parametrize(
    "text",
    [
        "Costs $$ a lot\n\n%% HIDDEN %%\n",
        "- ```\n  x\n\n%% HIDDEN %%\n",
        "> ```\n> x\n\n%% HIDDEN %%\n",
        "a `b\nc` %% HIDDEN %% `d`\n",
        "p\n        ```\np %% HIDDEN %%\n",
        "<div>\n$$\n%% HIDDEN %%\n$$\n</div>\n",
        "## A %% x %% %%private%%\n\nHIDDEN\n",
        "# Mine HIDDEN #private\n\nHIDDEN\n",
        "- a\n\n  > [!private] t\n  > HIDDEN\n",
        "> a\n>\n> ## Private\n> HIDDEN\n",
        "## A $x % HIDDEN\n\ny\n",
        "%% HIDDEN\n",
        "<!-- HIDDEN\n",
    ],
)
def test_traps(tmp_path: Path, text: str) -> None:
    """Red when code, formulas, headings or nesting are read otherwise by the mask than by the parser."""
    lead = "x" if "$x %" not in text else ""
    text = text.replace("## A $x % HIDDEN\n\ny\n", "A $x % HIDDEN\nz$ lead.\n")
    head = "---\npublish: true\n---\n" + ("" if text.startswith("# Mine") else f"# Open\n\n{lead}\n\n")
    out = everything(notebook(tmp_path, a=head + text.replace("HIDDEN", "zqsecretqz")))
    assert "zqsecretqz" not in out.lower()


def test_lead_and_alt_lose_tex_comments(tmp_path: Path) -> None:
    """Red when description, feed or alt text show the comment of a formula."""
    text = "---\npublish: true\ndate: 2026-01-01\n---\n# A\n\nLead $x % zqsecretqz\nz$.\n\n![a $x % zqsecretqz\nz$](p.png)\n"
    assert "zqsecretqz" not in everything(notebook(tmp_path, a=text))


def test_pictures_of_private_places_are_not_copied(tmp_path: Path) -> None:
    """Red when a reference in a nested private callout or in its footnote counts as shown."""
    from tests.support.pictures import png

    text = PUBLIC + "- a\n\n  > [!private] t\n  > ![](one.png) x[^n]\n\n[^n]: ![](two.png)\n"
    root = notebook(tmp_path, a=text)
    write_files(root, {"notes/one.png": png("a"), "notes/two.png": png("b")})
    assert not [name for name in built(root) if name.startswith("files/")]


def test_raw_html_in_a_symbol_table_is_made_harmless(tmp_path: Path) -> None:
    """Red when a symbol's words reach the page without the sanitiser."""
    text = (
        PUBLIC + "## Symbols\n\n$$\ny\n$$\n\n| a | b |\n|---|---|\n| $y$ | out <img src=x onerror=boom()> |\n"
    )
    assert "boom" not in everything(notebook(tmp_path, a=text))


@pytest.mark.parametrize(
    "text",
    [
        "&#xe0c2;99&#xe0c2; <b>x</b>",
        f'<kb-a n="{"9" * 5000}">x</kb-a>',
        f"<b>&#xe0c2;{'9' * 5000}&#xe0c2;</b>",
    ],
)
def test_forged_marks_do_not_stop_the_build(tmp_path: Path, text: str) -> None:
    """Red when characters that rendering uses for itself crash it."""
    assert "Open" in everything(notebook(tmp_path, a=PUBLIC + text + "\n"))


def test_a_note_made_private_is_gone(tmp_path: Path) -> None:
    """Red when a page, its words or its links outlive the flag."""
    root = notebook(tmp_path, a=PUBLIC + HIDDEN + "\n", b=PUBLIC + "See [[a|that]].\n")
    assert HIDDEN in everything(root)
    path = root / "notes/a.md"
    path.write_text(path.read_text().replace("true", "false"))
    out = everything(root)
    assert HIDDEN not in out
    assert "a/index.html" not in built(root)


# the audit by itself


def leaking_filler(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        Filler,
        "pieces",
        lambda self, note: self.derived[note.path]["mine"] or self.derived[note.path]["public"],
    )
    monkeypatch.setattr(
        Filler,
        "slots",
        lambda self, note: self.derived[note.path]["mine_slots"] or self.derived[note.path]["slots"],
    )


def leaking_mask(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        "notebook_kb.parsing.tree.mask_comments", lambda text, *_: Masked(text.replace("%%", "%"), ())
    )


def leaking_callouts(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in ("parsing.sections", "rendering.html"):
        monkeypatch.setattr(f"notebook_kb.{module}.private_callout", lambda *_: (False, False))


def leaking_headings(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("notebook_kb.parsing.sections.hides", lambda *_: False)


@pytest.mark.parametrize(
    ("fault", "private"),
    [
        (leaking_filler, f"%% {HIDDEN} %%"),
        (leaking_filler, f"> [!private] x\n> {HIDDEN}"),
        (leaking_mask, f"%% {HIDDEN} %%"),
        (leaking_callouts, f"> [!excerpt] x\n> {HIDDEN}"),
        (leaking_headings, f"## Private\n{HIDDEN}"),
        (leaking_headings, f"## LinkedIn\n{HIDDEN}"),
    ],
)
def test_the_audit_stops_a_leak_and_the_old_site_stays(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, fault: Callable[[pytest.MonkeyPatch], None], private: str
) -> None:
    """Red when a fault of the pages' own road gets past the audit, or costs the site that stood."""
    root = notebook(tmp_path, a=PUBLIC + "Text.\n")
    before = built(root)
    (root / "notes/a.md").write_text(PUBLIC + f"Text.\n\n{private}\n\nMore.\n")
    fault(monkeypatch)
    with pytest.raises(LeakError) as caught:
        built(root)
    assert "notes/a.md" in caught.value.message
    assert "a/index.html" in caught.value.message
    after = {
        p.relative_to(root / "site").as_posix(): p.read_bytes()
        for p in (root / "site").rglob("*")
        if p.is_file()
    }
    assert after == before


def test_a_private_note_that_is_published_by_a_fault(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Red when text of an unpublished note in a public one's page gets through."""
    root = notebook(tmp_path, a=PUBLIC, b=f"# Mine\n\n{HIDDEN}\n")

    def fill(self: Filler, html: str, *_: Any) -> str:
        return html + f"<p>{HIDDEN}</p>"

    monkeypatch.setattr(Filler, "fill", fill)
    with pytest.raises(LeakError, match=r"notes/b\.md:3"):
        built(root)


# no false hits

BOILERPLATE = "## Visual\n## Simple\n## Formal\n## In my words\n## Symbol by symbol\n## Example\n## From scratch\n## Why it matters\n## Cards\n"
SENTENCE = "The derivative is the slope of the line that touches the curve at one point."


@pytest.mark.parametrize(
    ("public", "private"),
    [
        ("Text.\n", "Text.\n"),
        (f"{SENTENCE}\n", f"My thoughts: {SENTENCE} That is all.\n"),
        (f"{SENTENCE}\n", f"> {SENTENCE}\n"),
        ("A **state**-of-the-art method.\n", "A state-of-the-art method.\n"),
        ("## Symbol by symbol\n\n$$x$$\n", "See [[open#symbol-by-symbol]] there.\n"),
        (BOILERPLATE.replace("\n", "\n\ntext here\n\n"), BOILERPLATE),
        (
            "## The first part here\n\nand some text\n\n## The second part here\n",
            "- The first part here\n- The second part here\n",
        ),
        (
            "$$\n\\begin{pmatrix}1&0\\\\0&1\\end{pmatrix}\n$$\n",
            "| 1 | 0 | 0 | 1 |\n|---|---|---|---|\n| 1 | 2 | 3 | 4 |\n",
        ),
        ("- [[Rank]]\n- [[Gradient]]\n", "- [[Rank of a matrix]]\n- [[The line y = mx + b]]\n- [[Open]]\n"),
        ("Shown \\%% and then some words that go on and on.\n", "Nothing.\n"),
        ("- ```\n  %% cells of a notebook are shown as they are\n  ```\n", "Nothing.\n"),
        ("```\n%% never closed and shown to everybody who comes\n", "Nothing.\n"),
        ("> > [!private] t\n> > hidden\n>\n> shown to all the people who read this page\n", "Nothing.\n"),
        ("> [!private] t\n> hidden\n- shown to all the people who read this page\n", "Nothing.\n"),
    ],
)
def test_common_words_are_no_hit(tmp_path: Path, public: str, private: str) -> None:
    """Red when a build fails over what is public anyway, or over words that merely meet on a page."""
    root = notebook(
        tmp_path,
        open=PUBLIC + public,
        rank="---\nconcept: rank\npublish: true\n---\n# Rank of a matrix\n\nA lead.\n\n## Visual\n\n"
        + SENTENCE
        + "\n",
        line="---\nconcept: line-equation\npublish: true\n---\n# The line y = mx + b\n\n## Visual\n\n"
        + SENTENCE
        + "\n",
        mine="---\ntitle: Rank of a matrix\ntags: [linear algebra]\ndate: 2026-01-01\n---\n# Open\n\n"
        + private,
    )
    assert "open/index.html" in built(root)


def test_tags_spelt_in_two_ways_are_no_hit(tmp_path: Path) -> None:
    """Red when the address of a public tag is taken for a private word."""
    head = "---\npublish: {}\ntags: [{}]\n---\n# Note {}\n\nWords.\n"
    root = notebook(
        tmp_path, a=head.format("true", "linear algebra", 1), b=head.format("false", "linear-algebra", 2)
    )
    assert "a/index.html" in built(root)


def test_allowed_words_are_no_hit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Red when `audit: {allow: …}` is not heard."""
    root = notebook(tmp_path, a=PUBLIC, b=f"# Mine\n\n{HIDDEN}\n")
    (root / "notebook.yml").write_text(f"title: T\naudit:\n  allow: ['{HIDDEN}']\n")
    monkeypatch.setattr(Filler, "fill", lambda self, html, *_: html + f"<p>{HIDDEN}</p>")
    assert "a/index.html" in built(root)


def test_the_memory_of_another_format_is_not_used() -> None:
    """Red when what is derived changed and old memories are still believed (raise FORMAT with the derivation)."""
    assert int(load_module.FORMAT) >= 3
