"""An article put through a target's table: what it cannot show becomes text, a list or a picture, and is reported."""

from __future__ import annotations

from dataclasses import replace
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from notebook_kb.languages import slugify
from notebook_kb.model import document as d
from notebook_kb.publishing.adapters import Construct, Treatment
from notebook_kb.publishing.article import Figure, Loss
from notebook_kb.publishing.payload import Picture
from notebook_kb.publishing.plain_words import plain_words
from notebook_kb.publishing.shape_inlines import InlineShaper, runs_between_pictures
from notebook_kb.publishing.shape_lists import ListShaper
from notebook_kb.publishing.shaped import Shaped, Shown
from notebook_kb.rendering.images.result import CannotDraw

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from notebook_kb.languages import LanguagePack
    from notebook_kb.publishing.adapters import Adapter
    from notebook_kb.publishing.article import Article
    from notebook_kb.publishing.drawing import Drawing
    from notebook_kb.rendering.images.result import Drawn

ENDINGS = {"image/png": "png", "image/jpeg": "jpg", "image/gif": "gif"}
TWO = 2


def shape(
    article: Article, adapter: Adapter, drawing: Drawing, pack: LanguagePack, *, with_questions: bool = False
) -> Shaped:
    """The article as the target can show it."""
    return Shaper(article, adapter, drawing, pack).shaped(with_questions=with_questions)


class Shaper:
    """Shapes one article for one target."""

    def __init__(self, article: Article, adapter: Adapter, drawing: Drawing, pack: LanguagePack) -> None:
        self.article = article
        self.adapter = adapter
        self.drawing = drawing
        self.pack = pack
        self.pictures: list[Picture] = []
        self.losses: list[Loss] = list(article.losses)
        # pictures that cannot stand where they are named: they follow the block around
        self.pending: list[Shown] = []
        self.inlines = InlineShaper(self)
        self.lists = ListShaper(self, self.inlines, self.blocks)

    def shaped(self, *, with_questions: bool) -> Shaped:
        """The whole article."""
        blocks = list(self.blocks(self.article.blocks))
        if self.article.questions:
            if with_questions:
                blocks += self.questions()
            else:
                self.losses += [Loss("card", "left_out", self.article.note.path)] * len(
                    self.article.questions
                )
        if self.article.footnotes:
            blocks += self.notes()
        if self.article.canonical and self.rule(Construct.CANONICAL) is Treatment.LAST_LINE:
            blocks += self.last_line()
        return Shaped(tuple(blocks), tuple(self.pictures), tuple(self.losses))

    def rule(self, construct: Construct) -> Treatment:
        """What the target does with a construct."""
        return self.adapter.rules[construct]

    def lose(self, construct: str, became: str, place: d.Place, detail: str = "") -> None:
        """Report what does not stay what it was."""
        self.losses.append(Loss(construct, became, self.article.note.path, place.line, detail))

    def refuse(self, construct: str, place: d.Place, reason: str) -> None:
        """Report what can be neither kept nor drawn: it stops the sending."""
        self.losses.append(
            Loss(construct, "refused", self.article.note.path, place.line, reason, refused=True)
        )

    # blocks

    def blocks(self, blocks: tuple[d.Block, ...]) -> Iterator[d.Block]:
        """Blocks one after the other, each followed by the pictures that could not stand in it."""
        for block in blocks:
            yield from self.block(block)
            yield from self.take_pending()

    def take_pending(self) -> list[Shown]:
        """The pictures that wait for the end of a block."""
        waiting, self.pending = self.pending, []
        return waiting

    def block(self, block: d.Block) -> Iterator[d.Block]:
        """One block as the target shows it."""
        match block:
            case d.Heading():
                yield self.heading(block)
            case d.Paragraph():
                yield from self.paragraph(block)
            case d.MathBlock():
                yield from self.display_formula(block.tex, block.place)
            case d.CodeBlock():
                yield from self.code(block)
            case d.Table():
                yield from self.table(block)
            case Figure():
                yield from self.figure(block)
            case d.List():
                yield from self.lists.shape(block)
            case d.Callout():
                yield from self.callout(block)
            case d.Quote():
                yield from quotes(block.place, self.inside(block.children))
            case d.BlockParent():
                yield from self.blocks(block.children)
            case _:
                yield block

    def heading(self, block: d.Heading) -> d.Block:
        """A heading at the target's level, or a bold line."""
        level = self.adapter.level(block.level)
        inlines = self.inlines.line(block.inlines)
        if self.rule(Construct.HEADING_LINK) is Treatment.TEXT:
            inlines = self.without_links(inlines)
        if level:
            return d.Heading(block.place, level, inlines, d.plain_text(inlines))
        self.lose("deep_heading", "bold", block.place)
        return d.Paragraph(block.place, (d.Strong(block.place, inlines),))

    def without_links(self, inlines: tuple[d.Inline, ...]) -> tuple[d.Inline, ...]:
        """Inlines whose links are their words."""
        out: list[d.Inline] = []
        for inline in inlines:
            if isinstance(inline, d.Link):
                self.lose(Construct.HEADING_LINK, "text", inline.place)
                out += self.without_links(inline.children)
            elif isinstance(inline, d.InlineParent):
                out.append(replace(inline, children=self.without_links(inline.children)))
            else:
                out.append(inline)
        return tuple(out)

    def paragraph(self, block: d.Paragraph) -> Iterator[d.Block]:
        """A paragraph, parted where a picture stands in it."""
        for part in runs_between_pictures(self.inlines.read(block.inlines, pictures=True)):
            if isinstance(part, d.Block):
                yield part
            else:
                yield d.Paragraph(block.place, part)

    def display_formula(self, tex: str, place: d.Place) -> Iterator[d.Block]:
        """A formula on its own line: as it is, as a picture, or as text where none can be drawn."""
        if self.rule(Construct.DISPLAY_FORMULA) is Treatment.LIQUID:
            self.lose(Construct.DISPLAY_FORMULA, "liquid", place)
            yield d.MathBlock(place, tex)
            return
        shown = self.formula_picture(tex, place)
        if isinstance(shown, Shown):
            self.lose(Construct.DISPLAY_FORMULA, "picture", place)
            yield shown
            return
        said = self.drawing.say(tex, display=True, plain_letters=self.adapter.plain_letters)
        if said.text:
            self.lose(Construct.DISPLAY_FORMULA, "text", place)
            yield d.Paragraph(place, (d.Text(place, said.text),))
            return
        self.refuse(Construct.DISPLAY_FORMULA, place, f"{short(tex)}: {shown.reason}")

    def formula_picture(self, tex: str, place: d.Place) -> Shown | CannotDraw:
        """The picture of a formula."""
        drawn = self.drawing.formula(tex)
        if isinstance(drawn, CannotDraw):
            return drawn
        alt = self.drawing.say(tex, display=True, plain_letters=self.adapter.plain_letters).alt
        return self.shown(drawn, "formula", alt, place)

    def shown(self, drawn: Drawn, stem: str, alt: str, place: d.Place, caption: str = "") -> Shown:
        """A picture with its number and its file's name."""
        alt, caption = self.words(alt), self.words(caption)
        number = len(self.pictures) + 1
        name = f"{number:02d}-{slugify(stem, self.pack)[:40]}.{ENDINGS[drawn.media_type]}"
        picture = Picture(name, drawn.data, drawn.media_type, alt, drawn.width, drawn.height)
        self.pictures.append(picture)
        return Shown(place, picture, number, "", alt, caption)

    def words(self, text: str) -> str:
        """Words of a picture, their formulas in signs."""
        return plain_words(text, self.drawing, plain_letters=self.adapter.plain_letters)

    def code(self, block: d.CodeBlock) -> Iterator[d.Block]:
        """Code as it is, or as a picture."""
        if self.rule(Construct.CODE) is Treatment.KEEP:
            yield replace(block, info=block.language)
            return
        drawn = self.drawing.code(block)
        if isinstance(drawn, CannotDraw):
            self.refuse(Construct.CODE, block.place, drawn.reason)
            return
        self.lose(Construct.CODE, "picture", block.place)
        first = next((line.strip() for line in block.code.splitlines() if line.strip()), "")
        alt = self.pack.word(
            "picture_of_code", language=block.language or self.pack.word("code"), first=first
        )
        yield self.shown(drawn, "code", alt, block.place)

    def table(self, block: d.Table) -> Iterator[d.Block]:
        """A table as it is, as a list of two columns, or as a picture."""
        narrow = len(block.header) == TWO
        rule = self.rule(Construct.NARROW_TABLE if narrow else Construct.TABLE)
        if rule is Treatment.KEEP:
            header = tuple(self.cell(c) for c in block.header)
            yield d.Table(block.place, header, tuple(tuple(self.cell(c) for c in r) for r in block.rows))
            return
        if rule is Treatment.LIST and not any(
            self.inlines.needs_picture(c.inlines) for c in d.child_blocks(block) if isinstance(c, d.Cell)
        ):
            self.lose(Construct.TABLE, "list", block.place)
            yield from self.as_list(block)
            return
        drawn = self.drawing.table(block)
        if isinstance(drawn, CannotDraw):
            self.refuse(Construct.TABLE, block.place, drawn.reason)
            return
        self.lose(Construct.TABLE, "picture", block.place)
        heads = ", ".join(self.inlines.words(c.inlines) for c in block.header)
        alt = self.pack.word("picture_of_table", columns=heads, count=len(block.rows))
        yield self.shown(drawn, "table", alt, block.place)

    def cell(self, cell: d.Cell) -> d.Cell:
        """A cell whose inlines the target shows."""
        return replace(cell, inlines=self.inlines.line(cell.inlines))

    def as_list(self, block: d.Table) -> Iterator[d.Block]:
        """A table of two columns as lines `a — b`, its header as a bold line."""
        if any(c.inlines for c in block.header):
            yield d.Paragraph(block.place, (d.Strong(block.place, self.joined(block.header)),))
        items = tuple(
            d.ListItem(row[0].place, (d.Paragraph(row[0].place, self.joined(row), tight=True),))
            for row in block.rows
            if row
        )
        if items:
            yield d.List(block.place, items)

    def joined(self, cells: tuple[d.Cell, ...]) -> tuple[d.Inline, ...]:
        """Cells as one line."""
        out: list[d.Inline] = []
        for cell in cells:
            if out and cell.inlines:
                out.append(d.Text(cell.place, " — "))
            out += self.inlines.line(cell.inlines)
        return tuple(out)

    def figure(self, block: Figure) -> Iterator[d.Block]:
        """A picture of the notebook, or one on the web."""
        shown = self.picture(block.src, block.alt, block.caption, block.place)
        if isinstance(shown, Shown):
            yield shown
        elif shown:
            yield d.Paragraph(block.place, shown)

    def picture(self, src: str, alt: str, caption: str, place: d.Place) -> Shown | tuple[d.Inline, ...]:
        """A picture on its own line, or the words that stand for it."""
        if "://" in src:
            if self.rule(Construct.OUTSIDE_PICTURE) is Treatment.KEEP:
                return Shown(place, None, 0, src, alt, caption)
            self.lose("picture", "link", place, src)
            words = self.pack.word("picture_elsewhere", words=alt or caption or src)
            return (d.Link(place, (d.Text(place, words),), src),)
        drawn = self.drawing.file(src)
        if isinstance(drawn, CannotDraw):
            self.refuse("picture", place, f"{src}: {drawn.reason}")
            return ()
        if PurePosixPath(src).suffix.casefold() not in {".png", ".jpg", ".jpeg", ".gif"}:
            self.lose("picture", "picture", place, src)
        return replace(self.shown(drawn, PurePosixPath(src).stem, alt, place, caption), source=src)

    def callout(self, block: d.Callout) -> Iterator[d.Block]:
        """A callout as a quote, or as paragraphs, that begin with its title in bold."""
        rule = self.rule(Construct.CALLOUT)
        title = block.title or (d.Text(block.place, self.callout_word(block)),)
        head = d.Paragraph(block.place, (d.Strong(block.place, self.inlines.line(title)),))
        self.lose(Construct.CALLOUT, "quote" if rule is Treatment.QUOTE else "bold", block.place)
        if rule is Treatment.QUOTE:
            yield from quotes(block.place, (head, *self.inside(block.children)))
        else:
            yield head
            yield from self.blocks(block.children)

    def callout_word(self, block: d.Callout) -> str:
        """The title of a callout that has none."""
        kind = block.kind.partition("|")[0].strip()
        return self.pack.words.get(f"callout_{kind}", kind.replace("-", " ").capitalize())

    def inside(self, blocks: tuple[d.Block, ...]) -> Iterator[d.Block]:
        """Blocks within a quote: headings are bold lines."""
        for made in self.blocks(blocks):
            if isinstance(made, d.Heading):
                yield d.Paragraph(made.place, (d.Strong(made.place, made.inlines),))
            else:
                yield made

    # the end

    def notes(self) -> Iterator[d.Block]:
        """The footnotes as a list at the end."""
        self.losses += [
            Loss(Construct.FOOTNOTE, "notes", self.article.note.path, f.place.line)
            for f in self.article.footnotes
        ]
        yield d.Heading(level=self.adapter.level(2), inlines=(d.Text(text=self.pack.word("footnotes")),))
        items = tuple(d.ListItem(f.place, f.children) for f in self.article.footnotes)
        yield from self.lists.shape(d.List(items=items, ordered=True))

    def questions(self) -> Iterator[d.Block]:
        """The cards: all questions first, then the answers in the same order."""
        for key, side in (("ask_yourself", "front"), ("answers", "back")):
            yield d.Heading(level=self.adapter.level(2), inlines=(d.Text(text=self.pack.word(key)),))
            items = tuple(
                d.ListItem(children=(d.Paragraph(inlines=self.inlines.line(getattr(q, side)), tight=True),))
                for q in self.article.questions
            )
            yield d.List(items=items, ordered=True)
            yield from self.take_pending()

    def last_line(self) -> Iterator[d.Block]:
        """Where the original stands."""
        url = self.article.canonical
        before, _, after = self.pack.word("first_published", place="\0").partition("\0")
        link = d.Link(d.NOWHERE, (d.Text(text=url),), url)
        yield d.Rule()
        yield d.Paragraph(inlines=(d.Emphasis(children=(d.Text(text=before), link, d.Text(text=after))),))


def quotes(place: d.Place, blocks: Iterable[d.Block]) -> Iterator[d.Block]:
    """A quote of these blocks, parted where a picture stands in it."""
    run: list[d.Block] = []
    for block in blocks:
        if isinstance(block, Shown):
            if run:
                yield d.Quote(place, tuple(run))
            yield block
            run = []
        else:
            run.append(block)
    if run:
        yield d.Quote(place, tuple(run))


def short(tex: str) -> str:
    """A formula in a message."""
    line = " ".join(tex.split())
    return f"${line}$" if len(line) <= 60 else f"${line[:57]}…$"
