"""Cards for links: 1200 × 630 px, the same bytes each time, from public words only; a note's own picture wins."""

from __future__ import annotations

import hashlib
import re
import struct
import zlib
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notebook_kb.publishing.payload import TargetName
from notebook_kb.rendering.images import card as card_module
from notebook_kb.rendering.images.card import ROOM, TITLES, Card, card_svg
from notebook_kb.rendering.images.memory import Pictures, is_plain_png, png_size
from notebook_kb.rendering.images.png import FILES, FONTS, to_png
from notebook_kb.rendering.images.setting import can_set, fit, measure
from notebook_kb.workspace.build import BuildOptions, build
from notebook_kb.workspace.sending import Outgoing
from notebook_kb.workspace.workspace import Workspace
from tests.support.canaries import TODAY, Canaries, write_files

if TYPE_CHECKING:
    from pathlib import Path

SETTINGS = "title: My notes\ntimezone: UTC\nbase_url: https://example.org/n\nsocial_cards: {}\n"
POST = "---\npublish: true\ntype: post\ndate: 2026-03-04\n{}---\n# {}\n\nText of the post.\n"


def pixels(data: bytes) -> set[bytes]:
    """The different rows of a PNG without interlace, as they stand in the file: more than one means it is not blank."""
    chunks, at = b"", 8
    while at < len(data):
        (length,) = struct.unpack(">I", data[at : at + 4])
        chunks += data[at + 8 : at + 8 + length] if data[at + 4 : at + 8] == b"IDAT" else b""
        at += 12 + length
    raw = zlib.decompress(chunks)
    step = len(raw) // png_size(data)[1]
    return {raw[i : i + step] for i in range(0, len(raw), step)}


def notebook(root: Path, cards: str, **notes: str) -> Path:
    files = {f"notes/{name}.md": text.encode() for name, text in notes.items()}
    write_files(root, {"notebook.yml": SETTINGS.format(cards).encode()} | files)
    return root


def built(root: Path) -> dict[str, bytes]:
    build(Workspace(root, today=TODAY), BuildOptions())
    site = root / "site"
    return {p.relative_to(site).as_posix(): p.read_bytes() for p in site.rglob("*") if p.is_file()}


def picture_of(page: bytes) -> str:
    found = re.search(r'<meta property="og:image" content="([^"]*)">', page.decode())
    return found[1].removeprefix("https://example.org/n/") if found else ""


def test_a_card_is_a_png_of_the_right_size_and_twice_the_same() -> None:
    """The picture decodes, shows something, and does not change from one time to the next."""
    made = Card(
        "Eigenvalues & <vectors>", over="Linear algebra", left="Notes", marks=(("visual", True),)
    ).png()
    assert png_size(made) == (1200, 630)
    assert is_plain_png(made)
    assert len(pixels(made)) > 100
    again = Card(
        "Eigenvalues & <vectors>", over="Linear algebra", left="Notes", marks=(("visual", True),)
    ).png()
    assert made == again


def test_the_shipped_fonts_are_those_that_were_noted() -> None:
    """A font that changed without its digest would change every card unseen."""
    noted = (FONTS / "SHA256SUMS").read_text().split()
    assert [hashlib.sha256((FONTS / f).read_bytes()).hexdigest() for f in FILES] == noted[::2]
    assert sum((FONTS / f).stat().st_size for f in FILES) <= 600_000


def test_letters_are_drawn_with_the_shipped_font_only() -> None:
    """Each alphabet leaves ink; a character that the font lacks leaves the card to the site's."""
    blank = pixels(to_png(card_svg(Card(" "), None)))
    for text in ("Ångström", "Ελληνικά", "Кириллица", "Łódź – “quoted”"):
        assert can_set(text)
        assert pixels(to_png(card_svg(Card(text), None))) != blank
    assert not Card("機械学習").settable
    assert not Card("").settable


@given(st.text(st.sampled_from("abc WMi,—é"), min_size=1, max_size=400))
def test_every_line_fits_its_room(text: str) -> None:
    """However long a title or a word of it is, no line is wider than the card's room, and there are three at most."""
    block = fit(text, TITLES, 3, ROOM)
    assert len(block.lines) <= 3
    assert all(measure(line, block.size) <= ROOM for line in block.lines)


def test_a_title_that_fits_is_whole_and_a_long_one_ends_in_an_ellipsis() -> None:
    """Words are neither lost nor doubled."""
    title = "Why my descent zigzagged down a long and narrow valley of the loss"
    assert " ".join(fit(title, TITLES, 3, ROOM).lines) == title
    assert fit(title * 9, TITLES, 3, ROOM).lines[-1].endswith("…")


def test_which_pages_have_cards_of_their_own(tmp_path: Path) -> None:
    """site: one card for all; posts: one for each post besides; none without an address of the site."""
    notes = {"a": POST.format("", "First"), "b": POST.format("", "Second")}
    one = built(notebook(tmp_path / "1", "site", **notes))
    assert len({picture_of(d) for n, d in one.items() if n.endswith(".html")} - {""}) == 1
    assert len([n for n in one if n.startswith("static/cards/")]) == 1
    posts = built(notebook(tmp_path / "2", "posts", **notes))
    shown = [picture_of(posts[f"{n}index.html"]) for n in ("a/", "b/", "")]
    assert len(set(shown)) == 3
    assert all(png_size(posts[name]) == (1200, 630) for name in shown)
    bare = notebook(tmp_path / "3", "posts", **notes)
    (bare / "notebook.yml").write_text("title: T\ntimezone: UTC\nsocial_cards: all\n", encoding="utf-8")
    assert not any(b"og:image" in d or n.startswith("static/cards/") for n, d in built(bare).items())


def test_a_title_that_cannot_be_set_has_the_card_of_the_site(tmp_path: Path) -> None:
    """No card shows boxes in the place of letters."""
    files = built(notebook(tmp_path, "posts", a=POST.format("", "機械学習")))
    assert picture_of(files["a/index.html"]) == picture_of(files["index.html"])


def test_the_picture_that_a_note_names_wins(tmp_path: Path) -> None:
    """`image:` of the head is shown, by its whole address, if it is a picture in the notebook."""
    root = notebook(
        tmp_path, "posts", a=POST.format("image: p.png\n", "A"), b=POST.format("image: no.png\n", "B")
    )
    (root / "notes" / "p.png").write_bytes(Card("x").png())
    files = built(root)
    assert picture_of(files["a/index.html"]) == "files/notes/p.png"
    assert picture_of(files["b/index.html"]).startswith("static/cards/")


def test_a_remembered_picture_is_taken_only_if_it_is_the_one_that_was_made(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another picture in its place, a damaged one, and one noted under another key are made again."""
    pictures, cards = Pictures(tmp_path), [Card("One"), Card("Two")]
    first, second = (pictures.get(c.key, c.png) for c in cards)
    assert pictures.made == 2
    assert Pictures(tmp_path).get(cards[0].key, pytest.fail) == first
    names = [tmp_path / f"{c.key}.png" for c in cards]
    for foreign in (second, first[:-20], b"", first + b"more"):
        names[0].write_bytes(foreign)
        assert Pictures(tmp_path).get(cards[0].key, cards[0].png) == first
    names[0].write_bytes(second)
    names[0].with_suffix(".sha256").write_bytes(names[1].with_suffix(".sha256").read_bytes())
    assert Pictures(tmp_path).get(cards[0].key, cards[0].png) == first


def test_no_card_says_a_private_word(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of random notebooks full of private words, none stands in a card's SVG."""
    seen: list[str] = []

    def drawn(svg: str, zoom: int = 1) -> bytes:
        seen.append(svg)
        return to_png("<svg xmlns='http://www.w3.org/2000/svg' width='9' height='9'/>", zoom)

    monkeypatch.setattr(card_module, "to_png", drawn)
    for seed in (1, 2):
        root = tmp_path / str(seed)
        canaries = Canaries(seed).build()
        write_files(root, canaries.files)
        settings = root / "notebook.yml"
        text = re.sub(r"(?m)^(?:base_url|social_cards):.*\n", "", settings.read_text(encoding="utf-8"))
        settings.write_text(f"{text}\nbase_url: https://example.org\nsocial_cards: all\n", encoding="utf-8")
        workspace = Workspace(root, today=TODAY)
        build(workspace, BuildOptions(root / "out"))
        assert seen
        assert not [w for w in canaries.where if any(w in svg for svg in seen)]


def test_a_drawing_has_a_png_beside_it_where_the_site_has_an_address(tmp_path: Path) -> None:
    """Red when dev.to, which takes no SVG, would be given one, or the PNG's address is another than in the article."""
    svg = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 20 10"><path d="M0 0h9v9z"/></svg>'
    files = {
        "notebook.yml": b"title: N\nbase_url: https://n.example.org\n",
        "notes/n.md": b"---\npublish: true\n---\n# N\n\n![A corner](img/a.svg)\n",
        "notes/img/a.svg": svg.encode(),
    }
    write_files(tmp_path, files)
    workspace = Workspace(tmp_path, today=TODAY)
    build(workspace, BuildOptions())
    outgoing = Outgoing(workspace)
    payload = outgoing.prepare(outgoing.note("n"), TargetName.DEVTO).payload
    assert "](https://n.example.org/files/notes/img/a.svg.png)" in payload.body
    assert png_size((tmp_path / "site/files/notes/img/a.svg.png").read_bytes()) == (1400, 700)
