"""The cards that other sites show beside a link: 1200 × 630 px, paper and ink, set in the shipped serif."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from notebook_kb.rendering.images.formula import SetFormula, draw_formula
from notebook_kb.rendering.images.png import picture_key, to_png
from notebook_kb.rendering.images.setting import can_set, fit, plain

if TYPE_CHECKING:
    from notebook_kb.rendering.images.setting import Block

WIDTH, HEIGHT, EDGE = 1200, 630, 84
PAPER, INK, SOFT, RULE, RED = "#faf6ec", "#23201b", "#5d564a", "#ddd4c1", "#9c2f1b"
TITLES = tuple(range(92, 47, -4))
ROOM = WIDTH - 2 * EDGE
FOOT = HEIGHT - 118  # where the line above the last row stands
MARKS = {
    "visual": '<circle cx="18" cy="18" r="15"/>',
    "simple": '<path d="M18 2l17 30H1z"/>',
    "formal": '<path d="M3 3h30v30H3z"/>',
}
OTHER_MARK = '<path d="M18 1l17 17-17 17L1 18z"/>'
COLOURS = {"visual": "#1b5e7b", "simple": "#7a5200", "formal": "#6a3b78"}


@dataclass(frozen=True, slots=True)
class Card:
    """What a card says. `over` is the small line above the title, `under` the one below it, `left` and `right` the last
    row; `marks` are (angle, written) of a concept's ladder, `mathml` a formula between hairlines.
    """

    title: str
    over: str = ""
    under: str = ""
    left: str = ""
    right: str = ""
    marks: tuple[tuple[str, bool], ...] = ()
    mathml: str = ""

    @property
    def settable(self) -> bool:
        """Whether the font has all that the card says."""
        return bool(plain(self.title)) and all(
            can_set(t, style)
            for t, style in (
                (self.title, "regular"),
                (self.over, "regular"),
                (self.under, "italic"),
                (self.left, "italic"),
                (self.right, "regular"),
            )
        )

    @property
    def key(self) -> str:
        """The name of the card's picture; the formula goes in as it is, so that it need not be drawn to know it."""
        return picture_key(card_svg(self, None), self.mathml)

    def png(self) -> bytes:
        """The picture."""
        formula = draw_formula(self.mathml, 64, INK) if self.mathml else None
        return to_png(card_svg(self, formula if isinstance(formula, SetFormula) else None))


def card_svg(card: Card, formula: SetFormula | None) -> str:
    """The card as SVG."""
    out = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{HEIGHT}" viewBox="0 0 {WIDTH} {HEIGHT}">',
        f'<path fill="{PAPER}" d="M0 0h{WIDTH}v{HEIGHT}H0z"/><path fill="{RED}" d="M0 0h{WIDTH}v10H0z"/>',
        *_body(card, formula),
        *_foot(card),
    ]
    return "\n".join(out) + "\n</svg>"


def _body(card: Card, formula: SetFormula | None) -> list[str]:
    """Title and what belongs to it, in the middle between top and last row."""
    over = fit(card.over, (30, 26), 1, ROOM - 60 * len(card.marks)) if plain(card.over) else None
    small = formula is not None or plain(card.under)
    title = fit(card.title, TITLES[2:] if small else TITLES, 2 if small else 3, ROOM)
    under = fit(card.under, (36, 32), 2, ROOM, "italic") if plain(card.under) else None
    zoom = min(1.0, ROOM / formula.width, 120 / formula.height) if formula else 1.0
    height = _total(over, title, under) + (formula.height * zoom + 64 if formula else 0)
    y = round(10 + max((FOOT - 10 - height) / 2, 36), 1)
    out = []
    if over:
        out.append(_marks(card.marks, EDGE, y - 3))
        out.append(over.svg(EDGE + 54 * len(card.marks), y, colour=SOFT))
        y += over.height + 22
    out.append(title.svg(EDGE - 3, y, colour=INK))
    y += title.height
    if under:
        out.append(under.svg(EDGE, y + 18, colour=SOFT))
        y += under.height + 18
    if formula:
        out.append(formula.at(EDGE, round(y + 42, 1), zoom=zoom))
    return out


def _total(over: Block | None, title: Block, under: Block | None) -> float:
    return title.height + (over.height + 22 if over else 0) + (under.height + 18 if under else 0)


def _marks(marks: tuple[tuple[str, bool], ...], x: float, y: float) -> str:
    """The ladder's marks: filled for what is written, a ring of dashes for what is not."""
    out = []
    for number, (angle, written) in enumerate(marks):
        colour = COLOURS.get(angle, INK)
        look = (
            f'fill="{colour}"'
            if written
            else f'fill="none" stroke="{SOFT}" stroke-width="2" stroke-dasharray="4 4"'
        )
        shape = MARKS.get(angle, OTHER_MARK)
        out.append(f'<g transform="translate({x + 54 * number:g} {y:g})" {look}>{shape}</g>')
    return "".join(out)


def _foot(card: Card) -> list[str]:
    """The last row under its hairline."""
    right = fit(card.right, (30, 26), 1, ROOM * 0.4) if plain(card.right) else None
    left = fit(card.left, (34, 30), 1, ROOM * (0.56 if right else 1), "italic") if plain(card.left) else None
    out = [f'<path fill="{RULE}" d="M{EDGE} {FOOT}h{ROOM}v2h-{ROOM}z"/>'] if left or right else []
    if left:
        out.append(left.svg(EDGE, FOOT + 30, colour=INK))
    if right:
        out.append(right.svg(WIDTH - EDGE, FOOT + 33, colour=SOFT, anchor="end"))
    return out
