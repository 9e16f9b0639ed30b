"""The lines of an article put through a target's table: formulas as text, what a line cannot hold as pictures after it."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Protocol

from notebook_kb.model import document as d
from notebook_kb.publishing.adapters import Construct, Treatment
from notebook_kb.publishing.shaped import Shown
from notebook_kb.rendering.images.result import CannotDraw

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from notebook_kb.languages import LanguagePack
    from notebook_kb.publishing.adapters import Adapter
    from notebook_kb.publishing.drawing import Drawing

SUPERSCRIPT = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")
# what ended the line of a formula that stands on its own line now
CLOSING = re.compile(r"^[ \t]*[.,;:]+(?=\s|$)")


@dataclass(frozen=True, slots=True, kw_only=True)
class PictureMark(d.Inline):
    """A picture in a line: the line is parted there."""

    shown: Shown


class Shaping(Protocol):
    """What a line asks of the shaping of the whole article."""

    adapter: Adapter
    drawing: Drawing
    pack: LanguagePack
    pending: list[Shown]

    def rule(self, construct: Construct) -> Treatment:
        """What the target does with a construct."""

    def lose(self, construct: str, became: str, place: d.Place, detail: str = "") -> None:
        """Report what does not stay what it was."""

    def refuse(self, construct: str, place: d.Place, reason: str) -> None:
        """Report what stops the sending."""

    def formula_picture(self, tex: str, place: d.Place) -> Shown | CannotDraw:
        """The picture of a formula."""

    def picture(self, src: str, alt: str, caption: str, place: d.Place) -> Shown | tuple[d.Inline, ...]:
        """A picture on its own line, or the words that stand for it."""


class InlineShaper:
    """Shapes the inlines of one article."""

    def __init__(self, shaper: Shaping) -> None:
        self.shaper = shaper

    def line(self, inlines: tuple[d.Inline, ...]) -> tuple[d.Inline, ...]:
        """Inlines that stay one line; a picture in them waits for the end of the block, and is named here."""
        return tuple(self._each(inlines, pictures=False))

    def read(self, inlines: tuple[d.Inline, ...], *, pictures: bool) -> tuple[d.Inline, ...]:
        """Inlines; with `pictures` they may hold marks at which the paragraph is parted."""
        return tuple(self._each(inlines, pictures=pictures))

    def _each(self, inlines: Iterable[d.Inline], *, pictures: bool) -> Iterator[d.Inline]:
        for inline in inlines:
            match inline:
                case d.Math():
                    yield from self.formula(inline, pictures=pictures)
                case d.Image():
                    yield from self.image(inline, pictures=pictures)
                case d.Code():
                    yield self.code(inline)
                case d.FootnoteRef():
                    yield d.Text(inline.place, str(inline.number).translate(SUPERSCRIPT))
                case d.Strike() if self.rule(Construct.STRIKE) is Treatment.TEXT:
                    self.shaper.lose(Construct.STRIKE, "text", inline.place)
                    before, _, after = self.shaper.pack.word("struck_out", words="\0").partition("\0")
                    yield d.Text(inline.place, before)
                    yield from self._each(inline.children, pictures=False)
                    yield d.Text(inline.place, after)
                case d.Highlight() if self.rule(Construct.HIGHLIGHT) is Treatment.BOLD:
                    yield d.Strong(inline.place, self.line(inline.children))
                case d.InlineParent():
                    yield replace(inline, children=self.line(inline.children))
                case _:
                    yield inline

    def rule(self, construct: Construct) -> Treatment:
        """What the target does with a construct."""
        return self.shaper.rule(construct)

    def code(self, inline: d.Code) -> d.Inline:
        """Code in a line."""
        if self.rule(Construct.INLINE_CODE) is Treatment.KEEP:
            return inline
        self.shaper.lose(Construct.INLINE_CODE, "text", inline.place)
        return d.Text(inline.place, inline.text)

    def formula(self, inline: d.Math, *, pictures: bool) -> Iterator[d.Inline]:
        """A formula in a line: text where that says the same, else a picture."""
        shaper = self.shaper
        if self.rule(Construct.INLINE_FORMULA) is Treatment.LIQUID:
            construct = Construct.DISPLAY_FORMULA if inline.display else Construct.INLINE_FORMULA
            shaper.lose(construct, "liquid", inline.place)
            yield inline
            return
        construct = Construct.DISPLAY_FORMULA if inline.display else Construct.INLINE_FORMULA
        drawn_first = inline.display and pictures
        said = shaper.drawing.say(
            inline.tex, display=inline.display, plain_letters=shaper.adapter.plain_letters
        )
        if said.text and not drawn_first:
            shaper.lose(construct, "text", inline.place, said.text)
            yield d.Text(inline.place, said.text)
            return
        shown = shaper.formula_picture(inline.tex, inline.place)
        if isinstance(shown, CannotDraw):
            if said.text:
                shaper.lose(construct, "text", inline.place, said.text)
                yield d.Text(inline.place, said.text)
            else:
                shaper.refuse(construct, inline.place, f"{said.refused}; {shown.reason}")
            return
        shaper.lose(construct, "picture", inline.place, said.refused)
        yield from self.put(shown, pictures=pictures)

    def image(self, inline: d.Image, *, pictures: bool) -> Iterator[d.Inline]:
        """A picture in a line."""
        shown = self.shaper.picture(inline.src, inline.alt, inline.title, inline.place)
        if isinstance(shown, Shown):
            yield from self.put(shown, pictures=pictures)
        else:
            yield from shown

    def put(self, shown: Shown, *, pictures: bool) -> Iterator[d.Inline]:
        """A mark where the line may be parted, else words that name the picture, which follows."""
        if pictures:
            yield PictureMark(place=shown.place, shown=shown)
            return
        self.shaper.pending.append(shown)
        yield d.Text(shown.place, self.shaper.pack.word("see_picture", number=shown.number))

    def needs_picture(self, inlines: tuple[d.Inline, ...]) -> bool:
        """Whether a line holds what cannot be said in text."""
        for inline in d.walk_inlines(inlines):
            if isinstance(inline, d.Image):
                return True
            if isinstance(inline, d.Math) and self.rule(Construct.INLINE_FORMULA) is Treatment.TEXT:
                letters = self.shaper.adapter.plain_letters
                if not self.shaper.drawing.say(
                    inline.tex, display=inline.display, plain_letters=letters
                ).text:
                    return True
        return False

    def words(self, inlines: tuple[d.Inline, ...]) -> str:
        """A line in plain words, formulas as text: for descriptions."""
        said = [
            d.Text(i.place, self.shaper.drawing.say(i.tex, display=False, plain_letters=True).alt)
            if isinstance(i, d.Math)
            else i
            for i in inlines
        ]
        return d.plain_text(tuple(said)).strip()


def runs_between_pictures(inlines: tuple[d.Inline, ...]) -> Iterator[tuple[d.Inline, ...] | Shown]:
    """The lines between the pictures of a paragraph, and the pictures."""
    run: list[d.Inline] = []
    after_picture = False
    for inline in inlines:
        if isinstance(inline, PictureMark):
            if said(run):
                yield tuple(run)
            yield inline.shown
            run, after_picture = [], True
        elif not run and isinstance(inline, d.Text):
            text = (CLOSING.sub("", inline.text) if after_picture else inline.text).lstrip()
            run = [replace(inline, text=text)] if text else []
        elif run or not isinstance(inline, d.HardBreak):
            run.append(inline)
    if said(run):
        yield tuple(run)


def said(run: list[d.Inline]) -> bool:
    """Whether a run says anything."""
    return any(isinstance(i, d.FootnoteRef | d.Image) for i in run) or bool(d.plain_text(tuple(run)).strip())
