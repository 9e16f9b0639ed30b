"""The picture of what stands around a page: nothing overlaps, everything with a page is a link, nothing private."""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING

from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from notebook_kb.languages import language_pack
from notebook_kb.rendering.neighbourhood import SIDE, Neighbour, draw_neighbourhood, place
from notebook_kb.rendering.roadmap_map import BOX_H, BOX_W
from notebook_kb.website.build import render_site
from notebook_kb.workspace.workspace import Workspace
from tests.support.canaries import TODAY, write_files

if TYPE_CHECKING:
    from pathlib import Path

WORDS = language_pack("en").words
SVG = "{http://www.w3.org/2000/svg}"
NEIGHBOURS = st.lists(
    st.builds(
        Neighbour,
        st.text(min_size=1, max_size=40),
        st.sampled_from(["needs", "from", "unlocks", "to"]),
        st.sampled_from(["", "../x/"]),
        st.sampled_from(["", "empty", "started", "covered", "solid"]),
        st.booleans(),
    ),
    max_size=40,
)


def some(count: int, relation: str = "needs") -> list[Neighbour]:
    return [Neighbour(f"N{i}", relation, f"../n{i}/", "covered") for i in range(count)]


@given(NEIGHBOURS)
def test_no_two_boxes_overlap_and_all_stand_inside(neighbours: list[Neighbour]) -> None:
    """Whatever stands around, boxes keep apart and the frame holds them and the lines of what is left out."""
    layout = place(Neighbour("Middle", ""), neighbours)
    boxes = [layout.middle, *layout.boxes]
    for a, b in combinations(boxes, 2):
        assert abs(a.x - b.x) > BOX_W or abs(a.y - b.y) > BOX_H
    assert all(b.y >= 1 and b.y + BOX_H < layout.height for b in boxes)
    assert all(
        max(b.y + BOX_H for b in layout.boxes if b.x == x) < y < layout.height for _, x, y in layout.more
    )
    assert sum(count for count, _, _ in layout.more) + len(layout.boxes) == len(neighbours)


@given(NEIGHBOURS)
def test_the_picture_says_each_neighbour_that_it_shows(neighbours: list[Neighbour]) -> None:
    """Each box that has a page is a link named by its title; twice drawn is the same."""
    clean = [n for n in neighbours if n.title.isprintable()]
    drawn = draw_neighbourhood("A <b> & c", "", clean, words=WORDS)
    assert drawn == draw_neighbourhood("A <b> & c", "", clean, words=WORDS)
    if len(clean) < 3:
        assert not drawn
        return
    tree = etree.fromstring(drawn.replace("<svg ", '<svg xmlns="http://www.w3.org/2000/svg" ', 1))
    links = tree.findall(f"{SVG}a")
    shown = place(Neighbour("", ""), clean).boxes
    assert len(links) == sum(bool(b.neighbour.url) for b in shown)
    titles = [t.text or "" for t in tree.iter(f"{SVG}title")]
    assert all(t.startswith(b.neighbour.title) for t, b in zip(titles, shown, strict=True))


def test_many_neighbours_are_counted() -> None:
    """A dozen are drawn, the others said as a number on their side."""
    drawn = draw_neighbourhood("M", "solid", some(9) + some(7, "unlocks"), words=WORDS)
    assert drawn.count("<a ") == 2 * SIDE
    assert "and 3 more" in drawn
    assert "and 1 more" in drawn


def test_prerequisites_are_solid_and_mentions_dotted() -> None:
    """The line says which of the two a neighbour is."""
    drawn = draw_neighbourhood("M", "", some(2) + some(1, "from") + some(1, "to"), words=WORDS)
    assert drawn.count('class="edge in"') == 2
    assert drawn.count('class="edge across"') == 2


def note(text: str, *, publish: bool = True) -> bytes:
    return f"---\npublish: {str(publish).lower()}\n---\n{text}\n".encode()


def test_the_public_picture_knows_public_pages_only(tmp_path: Path) -> None:
    """A private page that links here is drawn for me and is not on the public site, nor is a private link."""
    write_files(
        tmp_path,
        {
            "notebook.yml": b"title: T\ntimezone: UTC\n",
            "notes/hub.md": note("# Hub\n\n[[one]] and [[two]] and [[zqsecret]].\n\n%% [[three]] %%"),
            "notes/one.md": note("# One\n\nText."),
            "notes/two.md": note("# Two\n\nText."),
            "notes/three.md": note("# Three\n\nText."),
            "notes/four.md": note("# Four\n\nSee [[hub]]."),
            "notes/zqsecret.md": note("# Zqsecret\n\nSee [[hub]].", publish=False),
        },
    )
    workspace = Workspace(tmp_path, today=TODAY)
    loaded = workspace.load()
    pages = {}
    for site in (workspace.public_site(loaded), workspace.private_site(loaded)):
        pages[site.mine] = render_site(site, workspace.site_view(site), workspace.theme).files[
            "hub/index.html"
        ]
    public = pages[False].decode().split('class="around"')[1].split("</svg>")[0]
    assert "<title>Four: links to this page</title>" in public
    assert "<title>One: this page links to it</title>" in public
    assert "Zqsecret" not in public
    assert "Three" not in public
    assert "<title>Zqsecret: " in pages[True].decode()
