"""A note as pages to leaf through, one idea a page: a cover, then each part of the note, formula and picture."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from notebook_kb.errors import NotebookError
from notebook_kb.model import document as d
from notebook_kb.parsing.code_parts import is_check
from notebook_kb.publishing.article import Figure, Loss
from notebook_kb.publishing.plain_words import plain_words
from notebook_kb.publishing.shaped import block_words
from notebook_kb.rendering.images.page import IdeaPage, draw_pages
from notebook_kb.rendering.images.pdf import pdf_of_pages
from notebook_kb.rendering.images.result import CannotDraw, UndrawableError
from notebook_kb.rendering.images.runs import Run

if TYPE_CHECKING:
    from collections.abc import Iterator

    from notebook_kb.languages import LanguagePack
    from notebook_kb.publishing.article import Article
    from notebook_kb.publishing.notebook_drawing import NotebookDrawing
    from notebook_kb.rendering.images.result import Drawn
    from notebook_kb.rendering.images.runs import Runs

# letters of text on a page: with more the next paragraph begins another page, with fewer something may stand below
MOST, FEW = 420, 220
LONGEST = 60_000  # letters: some two hundred pages
PARTS = 2  # a heading's level: deeper ones are bold lines


class CannotPageError(NotebookError):
    """Something of the note cannot stand on a page."""

    code = "cannot-show"


@dataclass
class _Idea:
    """A page that is being filled."""

    title: str
    paragraphs: list[Runs] = field(default_factory=list)
    letters: int = 0


def idea_document(
    article: Article, drawing: NotebookDrawing, pack: LanguagePack, author: str
) -> tuple[bytes, tuple[Loss, ...]]:
    """(the PDF of a note, what is not in it). CannotPageError, with its place, for what cannot be drawn."""
    length = sum(len(block_words(b)) for b in article.blocks)
    if length > LONGEST:
        raise CannotPageError(
            f"{article.note.path}: a PDF of one idea a page takes {LONGEST:,} letters, and the note has {length:,}",
            "send a post without a PDF, or write a shorter note for it",
        )
    pages = draw_pages(tuple(ideas(article, drawing, pack, author)), zoom=1, draw=drawing.draw)
    if isinstance(pages, CannotDraw):
        raise CannotPageError(
            f"{article.note.path}: {pages.reason}", "write it in another way, or send a post without a PDF"
        )
    return pdf_of_pages(pages, article.title, pack.code), tuple(left_out(article))


def left_out(article: Article) -> Iterator[Loss]:
    """What has no place on the pages: footnotes, pictures within lines and from elsewhere, checks of code."""
    path = article.note.path
    referred: set[int] = set()
    for block in d.walk_blocks(article.blocks):
        if isinstance(block, Figure) and block.outside:
            yield Loss("picture", "no_page", path, block.place.line, block.alt)
        elif isinstance(block, d.CodeBlock) and is_check(block):
            yield Loss("code", "no_page", path, block.place.line)
        for inline in d.walk_inlines(d.own_inlines(block)):
            if isinstance(inline, d.Image):
                yield Loss("picture", "no_page", path, inline.place.line, inline.alt)
            elif isinstance(inline, d.FootnoteRef) and inline.number not in referred:
                referred.add(inline.number)
                yield Loss("footnote", "no_page", path, inline.place.line)


def _without_asides(inlines: tuple[d.Inline, ...]) -> tuple[d.Inline, ...]:
    """A line without footnotes and pictures, also those in links and in bold words."""
    kept = (i for i in inlines if not isinstance(i, (d.FootnoteRef, d.Image)))
    return tuple(
        replace(i, children=_without_asides(i.children)) if isinstance(i, d.InlineParent) else i for i in kept
    )


def ideas(article: Article, drawing: NotebookDrawing, pack: LanguagePack, author: str) -> Iterator[IdeaPage]:
    """The cover, the ideas in the note's order, and where the whole note is."""
    summary = (Run(article.summary),) if article.summary else ()
    yield IdeaPage(article.title, (summary,) if summary else (), foot=author, cover=True)
    maker = _Maker(article, drawing, author)
    yield from maker.pages()
    if article.canonical:
        words = (Run(article.canonical.removeprefix("https://")),)
        yield IdeaPage(pack.word("the_whole_note"), (words,), foot=author)


def _bare_table(table: d.Table) -> d.Table:
    def bare(cells: tuple[d.Cell, ...]) -> tuple[d.Cell, ...]:
        return tuple(replace(c, inlines=_without_asides(c.inlines)) for c in cells)

    return replace(table, header=bare(table.header), rows=tuple(bare(row) for row in table.rows))


class _Maker:
    """Makes the pages between cover and end."""

    def __init__(self, article: Article, drawing: NotebookDrawing, foot: str) -> None:
        self.article = article
        self.drawing = drawing
        self.foot = foot
        self.idea = _Idea(article.title)

    def pages(self) -> Iterator[IdeaPage]:
        """All pages."""
        for block in self.article.blocks:
            try:
                yield from self.block(block)
            except UndrawableError as error:
                place = f"{self.article.note.path}:{block.place.line}"
                raise CannotPageError(f"{place}: {error.result.reason}", "write it in another way") from error
        yield from self.flush()

    def flush(self) -> Iterator[IdeaPage]:
        """The page so far, and a fresh one under the same title."""
        if self.idea.paragraphs:
            yield IdeaPage(self.idea.title, tuple(self.idea.paragraphs), foot=self.foot)
        self.idea = _Idea(self.idea.title)

    def block(self, block: d.Block) -> Iterator[IdeaPage]:
        """What a block adds."""
        match block:
            case d.Heading() if block.level <= PARTS:
                yield from self.flush()
                self.idea.title = block.text
            case d.Heading():
                yield from self.text((d.Strong(block.place, block.inlines),))
            case d.Paragraph():
                yield from self.text(block.inlines)
            case d.MathBlock():
                yield from self.formula(block)
            case d.List():
                yield from self.list(block)
            case d.CodeBlock() if not is_check(block):
                yield from self.picture(self.drawing.code(block), block.code.partition("\n")[0], "")
            case d.Table():
                yield from self.picture(self.drawing.table(_bare_table(block)), "", "")
            case Figure() if not block.outside:
                yield from self.picture(self.drawing.file(block.src), block.alt, block.caption)
            case d.Callout():
                yield from self.text((d.Strong(block.place, block.title),))
                for child in block.children:
                    yield from self.block(child)
            case d.BlockParent():
                for child in block.children:
                    yield from self.block(child)

    def text(self, inlines: tuple[d.Inline, ...], lead: str = "") -> Iterator[IdeaPage]:
        """A paragraph, on the page so far where it has room. Footnotes and pictures in a line stay out."""
        runs = self.drawing.line(_without_asides(inlines))
        letters = sum(len(r.text) + 12 * bool(r.mathml) for r in runs)
        if self.idea.letters > FEW and self.idea.letters + letters > MOST:
            yield from self.flush()
        self.idea.paragraphs.append((Run(lead), *runs) if lead else runs)
        self.idea.letters += letters

    def formula(self, block: d.MathBlock) -> Iterator[IdeaPage]:
        """A formula on a page with the words before it."""
        words = self.drawing.say(block.tex, display=True, plain_letters=True).alt
        page = IdeaPage(
            self.idea.title,
            tuple(self.idea.paragraphs),
            self.drawing.mathml(block.tex),
            words,
            foot=self.foot,
        )
        self.idea = _Idea(self.idea.title)
        yield page

    def list(self, block: d.List) -> Iterator[IdeaPage]:
        """The items of a list, each a paragraph behind its sign; what is no text in them follows."""
        for number, item in enumerate(block.items, start=block.start):
            lead = f"{number}. " if block.ordered else "• "
            for child in item.children:
                if isinstance(child, d.Paragraph):
                    yield from self.text(child.inlines, lead)
                else:
                    yield from self.block(child)
                lead = ""

    def picture(self, drawn: Drawn | CannotDraw, alt: str, caption: str) -> Iterator[IdeaPage]:
        """A picture on a page with its caption, and with the words before it where they are few."""
        if isinstance(drawn, CannotDraw):
            raise UndrawableError(drawn.reason)
        if self.idea.letters > FEW:
            yield from self.flush()
        alt, caption = (plain_words(t, self.drawing, plain_letters=True) for t in (alt, caption))
        words = (*self.idea.paragraphs, *([(Run(caption, "italic"),)] if caption else []))
        page = IdeaPage(self.idea.title, words, picture=drawn, picture_words=alt, foot=self.foot)
        self.idea = _Idea(self.idea.title)
        yield page
