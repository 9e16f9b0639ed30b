"""Documents that are leafed through: pages of one idea, and the PDF that holds them."""

from __future__ import annotations

import io
import re
from typing import TYPE_CHECKING, Any

import pytest
from PIL import Image
from pypdf import PdfReader

from notebook_kb.parsing.tex import TexConverter
from notebook_kb.rendering.images.formula import draw_formula
from notebook_kb.rendering.images.page import (
    EDGE,
    FOOT,
    HEIGHT,
    KEPT,
    WIDTH,
    IdeaPage,
    draw_pages,
    sheet_svg,
    sheets_of,
)
from notebook_kb.rendering.images.pdf import pdf_of_pages
from notebook_kb.rendering.images.result import CannotDraw, Drawn
from notebook_kb.rendering.images.runs import Run
from notebook_kb.rendering.images.table import TablePicture, table_png

if TYPE_CHECKING:
    from notebook_kb.rendering.images.page import (
        DrawnPage,
    )
    from notebook_kb.rendering.images.runs import Runs

MATHML = TexConverter({}).convert(r"\frac{a}{b} = \sum_{i=1}^n x_i", display=True).mathml
SENTENCE = "Each matrix is a rotation, a stretching along axes and another rotation number {}. "
PAPER = (0xFA, 0xF6, 0xEC)


def says(text: str, style: str = "regular") -> Runs:
    return (Run(text, style),)


def long_idea(paragraphs: int, sentences: int) -> IdeaPage:
    numbers = iter(range(paragraphs * sentences))
    return IdeaPage(
        "A long thought",
        tuple(
            says("".join(SENTENCE.format(next(numbers)) for _ in range(sentences))) for _ in range(paragraphs)
        ),
        foot="Notes",
    )


def pages(*ideas: IdeaPage) -> tuple[DrawnPage, ...]:
    result = draw_pages(ideas)
    assert not isinstance(result, CannotDraw), result
    return result


def image(page: DrawnPage) -> Image.Image:
    return Image.open(io.BytesIO(page.picture.data)).convert("RGB")


def picture(rows: int) -> Drawn:
    result = table_png(TablePicture((says("a"), says("b")), ((says("1"), says("2")),) * rows))
    assert isinstance(result, Drawn)
    return result


IDEAS = (
    IdeaPage("What rank tells", (says("Three views of one number."),), foot="Notes", cover=True),
    IdeaPage("One formula", (says("It says:"),), mathml=MATHML, formula_words="a over b", foot="Notes"),
    IdeaPage("One picture", (), picture=picture(3), picture_words="a table of two columns", foot="Notes"),
)


def test_pages_have_their_size_and_nothing_at_the_edge() -> None:
    """1080 × 1350 px, or twice that; the red band above, paper at all other edges."""
    for page in pages(*IDEAS, long_idea(3, 6)):
        assert (page.picture.width, page.picture.height) == (WIDTH, HEIGHT)
        shown = image(page)
        for box in (
            (0, 14, EDGE - 8, HEIGHT),
            (WIDTH - EDGE + 8, 14, WIDTH, HEIGHT),
            (0, HEIGHT - 50, WIDTH, HEIGHT),
        ):
            assert shown.crop(box).getcolors() == [((box[2] - box[0]) * (box[3] - box[1]), PAPER)]
    twice = draw_pages(IDEAS[:1], zoom=2)
    assert not isinstance(twice, CannotDraw)
    assert twice[0].picture.width == 2 * WIDTH


@pytest.mark.parametrize(("paragraphs", "sentences"), [(1, 60), (9, 5), (40, 1), (13, 3)])
def test_text_that_does_not_fit_goes_on_and_no_line_stands_alone(paragraphs: int, sentences: int) -> None:
    """Every sentence is there once and in order; a paragraph that is parted leaves two lines on either side."""
    idea = long_idea(paragraphs, sentences)
    sheets = sheets_of(idea, draw_formula)
    assert len(sheets) > 1
    said = " ".join(line.text for sheet in sheets for part in sheet.parts for line in part.lines)
    assert [int(n) for n in re.findall(r"number (\d+)\.", said)] == list(range(paragraphs * sentences))
    whole = {len(p.lines) for p in sheets_of(long_idea(1, sentences), draw_formula)[0].parts}
    for sheet in sheets:
        assert sheet.used <= FOOT
        for part in sheet.parts:
            assert len(part.lines) >= min(KEPT, *whole)


def test_a_page_ends_above_its_foot() -> None:
    """Nothing runs into the line above the last row."""
    for page in pages(long_idea(3, 14)):
        strip = image(page).crop((0, FOOT - 30, WIDTH, FOOT - 2))
        assert strip.getcolors() == [(WIDTH * 28, PAPER)]


def test_short_ideas_are_set_large_and_long_ones_smaller_before_they_take_two_pages() -> None:
    """A page is filled, as far as letters that a phone shows allow."""

    def size(idea: IdeaPage) -> float:
        (sheet,) = sheets_of(idea, draw_formula)
        return sheet.parts[0].lines[0].atoms[0][1].size

    assert size(long_idea(1, 2)) == 52
    assert 38 <= size(long_idea(1, 9)) < 52


def test_pages_are_numbered_over_all_ideas() -> None:
    """The further pages of an idea count too."""
    sheets = sheets_of(long_idea(9, 5), draw_formula)
    assert f">2 / {len(sheets)}<" in sheet_svg(sheets[1], 2, len(sheets))
    assert len(pages(IDEAS[0], long_idea(9, 5))) == 1 + len(sheets)


def test_a_picture_stays_whole_on_its_page() -> None:
    """A high picture with text before it is made smaller or comes on a further page, never cut."""
    high = picture(40)
    for sentences in (0, 3, 8, 12):
        idea = IdeaPage("T", (says(SENTENCE * sentences),), picture=high, picture_words="a high table")
        shown = [(s, p) for s in sheets_of(idea, draw_formula) for p in s.parts if p.picture]
        assert len(shown) == 1
        sheet, part = shown[0]
        assert sheet.left >= -0.1
        assert part.size[1] == pytest.approx(part.height)
        assert part.size[0] / part.size[1] == pytest.approx(high.width / high.height, rel=1e-3)


@pytest.mark.parametrize(
    "idea",
    [
        IdeaPage("Title 🙂"),
        IdeaPage("T", (says("漢"),)),
        IdeaPage("T", foot="🙂"),
        IdeaPage("T", mathml="<math><mi>x"),
        IdeaPage("word " * 500),
    ],
)
def test_what_cannot_be_drawn_is_said(idea: IdeaPage) -> None:
    """No page with a box or with half a title."""
    assert isinstance(draw_pages([IDEAS[0], idea]), CannotDraw)


def test_a_page_without_anything_is_still_a_page() -> None:
    """An empty title, no paragraphs, blanks only."""
    assert len(pages(IdeaPage(""), IdeaPage("T", ((), says("  "))))) == 2


# the PDF


def root_of(reader: PdfReader) -> Any:
    return reader.root_object


def test_another_reader_finds_pages_pictures_and_words() -> None:
    """Each page is a figure with the words of the page; title and language are there."""
    drawn = pages(*IDEAS)
    reader = PdfReader(io.BytesIO(pdf_of_pages(drawn, "Rank – λ", "de")), strict=True)
    assert len(reader.pages) == len(drawn)
    assert reader.metadata is not None
    assert reader.metadata.title == "Rank – λ"
    root = root_of(reader)
    assert root["/Lang"] == "de"
    assert root["/MarkInfo"]["/Marked"]
    figures = [kid.get_object() for kid in root["/StructTreeRoot"]["/K"]["/K"]]
    for page, drawn_page, figure in zip(reader.pages, drawn, figures, strict=True):
        assert figure["/S"] == "/Figure"
        assert figure["/Alt"] == drawn_page.words
        assert figure["/Pg"] == page
        (inside,) = page.images
        assert inside.image is not None
        assert inside.image.convert("RGB").tobytes() == image(drawn_page).tobytes()
    assert "a table of two columns" in drawn[2].words
    assert "a over b" in drawn[1].words


def test_the_structure_leads_from_the_page_to_its_figure() -> None:
    """A screen reader goes from the marked content over the parent tree to the words."""
    reader = PdfReader(io.BytesIO(pdf_of_pages(pages(*IDEAS), "T")), strict=True)
    nums = list(root_of(reader)["/StructTreeRoot"]["/ParentTree"]["/Nums"])
    for page in reader.pages:
        figure = nums[nums.index(page["/StructParents"]) + 1].get_object()[0].get_object()
        assert figure["/Pg"] == page
        contents = page.get_contents()
        assert contents is not None
        assert b"/Figure << /MCID 0 >> BDC" in contents.get_data()


def test_a_pdf_holds_no_date_and_is_the_same_again() -> None:
    """Same pages, same bytes; another word, another identifier."""
    drawn = pages(*IDEAS)
    first = pdf_of_pages(drawn, "T")
    assert first == pdf_of_pages(drawn, "T")
    assert b"Date" not in first
    assert re.findall(rb"/ID \[.*\]", first) != re.findall(rb"/ID \[.*\]", pdf_of_pages(drawn, "U"))
