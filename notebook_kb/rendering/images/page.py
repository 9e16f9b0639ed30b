"""Pages of a document that is leafed through: 1080 × 1350 px, paper and ink, one idea a page."""

from __future__ import annotations

import base64
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from notebook_kb.rendering.images.card import INK, PAPER, RED, RULE, SOFT
from notebook_kb.rendering.images.faces import missing_glyphs
from notebook_kb.rendering.images.formula import draw_formula
from notebook_kb.rendering.images.memory import png_size
from notebook_kb.rendering.images.png import to_png
from notebook_kb.rendering.images.result import CannotDraw, Drawn, UndrawableError, no_glyphs
from notebook_kb.rendering.images.runs import Remembered, Setter, SetText
from notebook_kb.rendering.images.setting import LONGEST, Block, fit, plain

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from notebook_kb.rendering.images.formula import FormulaDrawer, SetFormula
    from notebook_kb.rendering.images.runs import Line, Run, Runs

WIDTH, HEIGHT, EDGE = 1080, 1350, 96
ROOM = WIDTH - 2 * EDGE
TOP, FOOT = 132, HEIGHT - 128  # where what a page says begins, and the line above the last row
BODY = FOOT - 56 - TOP
TITLES, COVER = tuple(range(76, 51, -4)), tuple(range(116, 63, -4))
SIZES = (52, 48, 44, 42, 40, 38)  # of the text: the largest in which an idea takes one page
LEADING = 1.4
HIGHEST = 0.7  # of the page: what a title may take
FORMULAS, FORMULA_HEIGHT = 60, 420
PICTURE_HEIGHT = 620  # of a picture that is not alone
BELOW_SMALL = 44  # px between the small title of a further page and what follows
SHRINK = 0.7  # of its size: a formula or picture is rather made smaller than put on a further page
SMALLEST = 16  # px: smaller letters of a formula nobody reads
KEPT = 2  # lines of a paragraph that stay together at the end and at the beginning of a page


@dataclass(frozen=True, slots=True)
class IdeaPage:
    """One idea: a title, paragraphs of runs, a formula and a picture (PNG, JPEG, GIF), each with words for who does
    not see it; `foot` stands in the last row. A cover is set larger.
    """

    title: str
    paragraphs: tuple[Runs, ...] = ()
    mathml: str = ""
    formula_words: str = ""
    picture: Drawn | None = None
    picture_words: str = ""
    foot: str = ""
    cover: bool = False


@dataclass(frozen=True, slots=True)
class DrawnPage:
    """A page as a PNG, and all that it says as words."""

    picture: Drawn
    words: str


@dataclass(frozen=True, slots=True)
class Part:
    """What stands on a page: lines of text, a formula or a picture, `before` px below what is above it."""

    height: float
    before: float
    words: str
    lines: tuple[Line, ...] = ()
    formula: SetFormula | None = None
    zoom: float = 1.0
    picture: Drawn | None = None
    size: tuple[float, float] = (0.0, 0.0)

    def svg(self, top: float) -> str:
        """The part from `top` down."""
        if self.formula is not None:
            left = EDGE + (ROOM - self.formula.width * self.zoom) / 2
            return self.formula.at(round(left, 2), round(top, 2), zoom=self.zoom)
        if self.picture:
            return picture_svg(self.picture, self.size, top)
        if self.zoom == 1:
            return SetText(self.lines).svg(EDGE, top)
        return f'<g transform="translate({EDGE} {top:.2f}) scale({self.zoom:.4f})">{SetText(self.lines).svg(0, 0)}</g>'


@dataclass(slots=True)
class Sheet:
    """A page that is being filled."""

    idea: IdeaPage
    title: Block
    follows: bool
    parts: list[Part] = field(default_factory=list)

    @property
    def used(self) -> float:
        """What title and parts take."""
        return self.title.height + sum(p.height + p.before for p in self.parts)

    @property
    def left(self) -> float:
        """What is free."""
        return BODY - self.used


def draw_pages(
    ideas: Sequence[IdeaPage], *, zoom: int = 1, draw: FormulaDrawer = draw_formula
) -> tuple[DrawnPage, ...] | CannotDraw:
    """The pages with their numbers; what does not fit on one goes on to a further one."""
    try:
        remembered = Remembered(draw)
        sheets = [sheet for idea in ideas for sheet in sheets_of(idea, remembered)]
    except UndrawableError as fault:
        return fault.result
    out = []
    for number, sheet in enumerate(sheets, 1):
        data = to_png(sheet_svg(sheet, number, len(sheets)), zoom)
        out.append(DrawnPage(Drawn(data, "image/png", *png_size(data)), sheet_words(sheet)))
    return tuple(out)


def sheets_of(idea: IdeaPage, draw: FormulaDrawer) -> list[Sheet]:
    """An idea on as few pages as it takes: in smaller letters on one, else in the smallest on more."""
    for style, text in (("regular", idea.title), ("italic", idea.foot)):
        missing = missing_glyphs(plain(text), style)
        if missing:
            raise no_glyphs(missing)
    sheets: list[Sheet] = []
    for size in SIZES:
        sheets = filled(idea, list(parts_of(idea, size, draw)))
        if len(sheets) == 1:
            break
    return sheets


def parts_of(idea: IdeaPage, size: float, draw: FormulaDrawer) -> Iterator[Part]:
    """What an idea says below its title."""
    setter = Setter(size, LEADING, draw)
    for number, runs in enumerate(idea.paragraphs):
        lead = tuple(replace(r, style="italic") if idea.cover and r.style == "regular" else r for r in runs)
        text = setter.lines(lead, ROOM)
        if text.lines:
            yield Part(text.height, size * (0.5 if number else 0.9), words_of(runs), text.lines)
    if idea.mathml:
        drawn = draw(idea.mathml, FORMULAS, INK)
        if isinstance(drawn, CannotDraw):
            raise UndrawableError(f"a formula in it cannot be drawn: {drawn.reason}", drawn.characters)
        zoom = min(1.0, ROOM / drawn.width, FORMULA_HEIGHT / drawn.height)
        if zoom * FORMULAS < SMALLEST:
            raise UndrawableError("a formula in it is too large for a page")
        yield Part(drawn.height * zoom, 56, idea.formula_words, formula=drawn, zoom=zoom)
    if idea.picture:
        width, height = idea.picture.width, idea.picture.height
        most = PICTURE_HEIGHT if idea.paragraphs or idea.mathml else BODY - 320
        fitted = min(ROOM / width, most / height, 2.0)
        size_on_page = (width * fitted, height * fitted)
        yield Part(size_on_page[1], 56, idea.picture_words, picture=idea.picture, size=size_on_page)


def filled(idea: IdeaPage, parts: Sequence[Part]) -> list[Sheet]:
    """The parts one after the other on pages; paragraphs are parted, formulas and pictures are not."""
    sheets = [new_sheet(idea, follows=False)]
    waiting = list(parts)
    while waiting:
        part, sheet = waiting.pop(0), sheets[-1]
        if part.height + part.before <= sheet.left + 0.01:
            sheet.parts.append(part)
            continue
        room = sheet.left - part.before
        here, rest = parted(part, room)
        if here is None and (room >= part.height * enough(part) or (sheet.follows and not sheet.parts)):
            here, rest = shrunk(part, room), None
        if here is not None:
            sheet.parts.append(here)
        if rest is not None:
            waiting.insert(0, replace(rest, before=max(rest.before, BELOW_SMALL)))
        if waiting:
            sheets.append(new_sheet(idea, follows=True))
    return sheets


def enough(part: Part) -> float:
    """How small a part may be made to stay where it is: text not at all."""
    return 1.0 if part.lines else SHRINK


def new_sheet(idea: IdeaPage, *, follows: bool) -> Sheet:
    """A page with its title; on those that go on with an idea it is small."""
    if follows:
        return Sheet(idea, fit(idea.title, (34, 30), 1, ROOM, "italic"), follows=True)
    if idea.cover:
        return Sheet(idea, whole_title(idea.title, COVER, 6), follows=False)
    return Sheet(idea, whole_title(idea.title, TITLES, 4), follows=False)


def whole_title(title: str, sizes: tuple[int, ...], most: int) -> Block:
    """A title, which is never cut: one too long for its lines takes more of them."""
    bare = plain(title)
    block = fit(title, sizes, most, ROOM)
    while "".join(block.lines).endswith("…") and not bare.endswith("…") and block.height <= BODY * HIGHEST:
        most += 1
        block = fit(title, sizes, most, ROOM)
    if block.height > BODY * HIGHEST or len(bare) > LONGEST:
        raise UndrawableError("its title is too long for a page")
    return block


def parted(part: Part, room: float) -> tuple[Part | None, Part | None]:
    """(what of a paragraph fits, the rest), with no line left alone; (None, the part) where none may be parted off."""
    count, height = 0, 0.0
    for line in part.lines:
        if height + line.height > room:
            break
        count, height = count + 1, height + line.height
    count = min(count, len(part.lines) - KEPT)
    if count < KEPT:
        return None, part
    cut = words_between(part.lines[:count]), words_between(part.lines[count:])
    return _lines(part, part.lines[:count], cut[0]), _lines(part, part.lines[count:], cut[1])


def _lines(part: Part, lines: tuple[Line, ...], words: str) -> Part:
    return replace(part, lines=lines, height=sum(line.height for line in lines), words=words)


def shrunk(part: Part, room: float) -> Part:
    """A formula or picture that even an empty page cannot hold, made smaller as a whole."""
    zoom = min(1.0, room / part.height)
    width, height = part.size
    return replace(part, height=part.height * zoom, zoom=part.zoom * zoom, size=(width * zoom, height * zoom))


def sheet_svg(sheet: Sheet, number: int, total: int) -> str:
    """The page as SVG."""
    free = max(sheet.left, 0.0)
    # titles stand at one height, so that they do not jump from page to page; a cover's is near the middle
    y = TOP + (free * 0.42 if sheet.idea.cover and not sheet.follows else min(free, 30.0))
    out = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{HEIGHT}" viewBox="0 0 {WIDTH} {HEIGHT}">',
        f'<path fill="{PAPER}" d="M0 0h{WIDTH}v{HEIGHT}H0z"/><path fill="{RED}" d="M0 0h{WIDTH}v12H0z"/>',
        sheet.title.svg(EDGE, y, colour=SOFT if sheet.follows else INK),
        f'<g fill="{INK}">',
    ]
    y += sheet.title.height
    for part in sheet.parts:
        y += part.before
        out.append(part.svg(y))
        y += part.height
    return "\n".join([*out, "</g>", *foot_svg(sheet.idea.foot, number, total), "</svg>"])


def foot_svg(foot: str, number: int, total: int) -> list[str]:
    """The last row: what the document is, and the number of the page."""
    out = [f'<path fill="{RULE}" d="M{EDGE} {FOOT}h{ROOM}v2h-{ROOM}z"/>']
    if plain(foot):
        out.append(fit(foot, (30, 27, 24), 1, ROOM - 150, "italic").svg(EDGE, FOOT + 28, colour=SOFT))
    if total > 1:
        count = Block((f"{number} / {total}",), 28)
        out.append(count.svg(WIDTH - EDGE, FOOT + 29, colour=SOFT, anchor="end"))
    return out


def picture_svg(picture: Drawn, size: tuple[float, float], top: float) -> str:
    """A picture in the middle, on white within a hairline."""
    width, height = size
    left = EDGE + (ROOM - width) / 2
    box = f'x="{left:.2f}" y="{top:.2f}" width="{width:.2f}" height="{height:.2f}"'
    inside = base64.b64encode(picture.data).decode()
    return (
        f'<rect {box} fill="#ffffff" stroke="{RULE}" stroke-width="4"/>'
        f'<image {box} href="data:{picture.media_type};base64,{inside}"/>'
    )


def sheet_words(sheet: Sheet) -> str:
    """All that a page says."""
    return "\n".join(w for w in (plain(sheet.idea.title), *(p.words for p in sheet.parts)) if w)


def words_of(runs: Sequence[Run]) -> str:
    """The text of runs; formulas have no words here."""
    return plain("".join(r.text for r in runs))


def words_between(lines: Sequence[Line]) -> str:
    """The text of lines."""
    return " ".join(line.text for line in lines)
