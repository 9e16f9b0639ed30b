"""The timeline of the archive: every dated note stands at its day, apart from the others, and is linked."""

from __future__ import annotations

from datetime import date
from itertools import combinations, pairwise
from typing import TYPE_CHECKING

from hypothesis import given
from hypothesis import strategies as st
from lxml import etree, html

from notebook_kb.languages import language_pack
from notebook_kb.rendering.timeline import MARK, MOST_ROWS, WIDTH, Dated, axis, draw_timeline, place_marks
from notebook_kb.website.build import render_site
from notebook_kb.workspace.workspace import Workspace
from tests.support.canaries import TODAY, write_files

if TYPE_CHECKING:
    from pathlib import Path

PACK = language_pack("en")
SVG = "{http://www.w3.org/2000/svg}"
DAYS = st.dates(date(2024, 1, 1), date(2026, 12, 31))
NOTES = st.lists(
    st.builds(
        lambda day, kind, number: Dated(f"N{number}", day.isoformat(), kind, f"../n{number}/"),
        DAYS,
        st.sampled_from(["post", "concept", "reading", "page"]),
        st.integers(0, 999),
    ),
    min_size=1,
    max_size=60,
)


def tree(drawn: str) -> etree._Element:
    return etree.fromstring(drawn.replace("<svg ", '<svg xmlns="http://www.w3.org/2000/svg" ', 1))


@given(NOTES)
def test_each_note_is_linked_once_or_counted_once(notes: list[Dated]) -> None:
    """Few notes are a link each; many are links to months whose numbers sum to all. Twice drawn is the same."""
    drawn = draw_timeline(notes, pack=PACK)
    assert drawn == draw_timeline(notes[::-1], pack=PACK)
    links = tree(drawn).findall(f"{SVG}a")
    if 'href="#' in drawn:
        assert {a.get("href") for a in links} == {f"#{n.date[:7]}" for n in notes}
        assert sum(int((a.findtext(f"{SVG}title") or "").split(" ")[0]) for a in links) == len(notes)
    else:
        assert sorted(str(a.get("href")) for a in links) == sorted(n.url for n in notes)


@given(NOTES)
def test_marks_keep_apart_and_stand_in_their_month(notes: list[Dated]) -> None:
    """Two marks never touch; a later note never stands left of an earlier one."""
    ordered = sorted(notes, key=lambda n: n.date)
    months = sorted({n.date[:7] for n in notes})
    cells = axis(months, set(months))
    if not cells:
        return
    marks = place_marks(ordered, cells)
    for a, b in combinations(marks, 2):
        assert abs(a.x - b.x) >= MARK or a.row != b.row
    assert all(a.x <= b.x for a, b in pairwise(marks))
    assert all(m.x - MARK / 2 > 0 and m.x + MARK / 2 < WIDTH for m in marks)
    by_month = {c.month: c for c in cells}
    for mark in marks:
        cell = by_month[mark.note.date[:7]]
        assert cell.x < mark.x < cell.x + cell.width


def some(*days: str) -> list[Dated]:
    return [Dated(f"N{i}", day, "post", f"../n{i}/") for i, day in enumerate(days)]


def test_one_note_is_one_mark() -> None:
    """A notebook that begins has a timeline of one mark."""
    drawn = draw_timeline(some("2026-02-28"), pack=PACK)
    assert drawn.count("<a ") == 1
    assert ">Feb<" in drawn
    assert ">2026<" in drawn


def test_no_notes_no_picture() -> None:
    """Nothing is drawn of nothing."""
    assert not draw_timeline([], pack=PACK)


def test_a_long_gap_is_shortened_and_a_short_one_is_not() -> None:
    """Years without notes take the room of a break; two empty months are shown."""
    long = draw_timeline(some("2019-03-02", "2026-02-28"), pack=PACK)
    assert long.count('class="axis gap"') == 1
    assert long.count('class="axis"') == 2
    short = draw_timeline(some("2026-01-02", "2026-04-28"), pack=PACK)
    assert "gap" not in short
    assert short.count('class="axis"') == 4


def test_too_many_in_a_place_are_counted() -> None:
    """A day with more notes than rows turns marks into counts."""
    assert 'href="#2026-02"' not in draw_timeline(some(*["2026-02-03"] * MOST_ROWS), pack=PACK)
    assert 'href="#2026-02"' in draw_timeline(some(*["2026-02-03"] * (MOST_ROWS + 1)), pack=PACK)


def test_titles_are_escaped() -> None:
    """A title is text, never markup."""
    drawn = draw_timeline([Dated('<b a="1">&', "2026-02-03", "post", "../x/")], pack=PACK)
    assert "<b a" not in drawn
    assert "&lt;b a=&quot;1&quot;&gt;&amp;, 3 Feb 2026" in drawn


def test_the_archive_lists_each_note_once(tmp_path: Path) -> None:
    """Dated notes stand under their month, the others under their kind; bars lead to months that are there."""
    head = "---\npublish: true\n{}---\n# T{}\n\nText.\n"
    files = {
        f"notes/a{i}.md": head.format(f"type: post\ndate: 2026-03-0{i}\n", i).encode() for i in range(1, 10)
    }
    files |= {
        f"notes/b{i}.md": head.format("type: post\ndate: 2026-03-11\n", i).encode() for i in range(10, 20)
    }
    files["notes/c.md"] = head.format("", 99).encode()
    write_files(tmp_path, {"notebook.yml": b"title: T\ntimezone: UTC\n"} | files)
    workspace = Workspace(tmp_path, today=TODAY)
    site = workspace.public_site(workspace.load())
    rendered = render_site(site, workspace.site_view(site), workspace.theme)
    page = html.document_fromstring(rendered.files["archive/index.html"])
    headings = [h.text for h in page.iter("h2")]
    assert headings == ["March 2026", "Pages without a date"]
    assert [len(ol) for ol in page.iter("ol") if ol.get("class") == "posts brief"] == [19, 1]
    targets = page.xpath("//*[local-name()='svg']//*[local-name()='a']/@href")
    assert targets == ["#2026-03"]
    assert page.xpath("//h2[@id='2026-03']")
