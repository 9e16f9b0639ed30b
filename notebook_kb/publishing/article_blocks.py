"""The blocks of an article: sections with their sources, formulas symbol by symbol, embedded notes, footnotes."""

from __future__ import annotations

from dataclasses import replace
from html.parser import HTMLParser
from typing import TYPE_CHECKING

from notebook_kb.model import document as d
from notebook_kb.model.note import PRIVATE_PARTS, NoteType, Part
from notebook_kb.notebook.anchors import heading_anchor
from notebook_kb.parsing.blocks import blocks_with_ids, lone_id
from notebook_kb.parsing.sections import visible
from notebook_kb.parsing.symbol_lists import says_something, spoken, symbol_rows
from notebook_kb.parsing.tex import strip_comments
from notebook_kb.publishing.article import Article, Figure, Loss, Question
from notebook_kb.publishing.article_inlines import HIDDEN, Inlines
from notebook_kb.rendering.cards import gapped, one_run

if TYPE_CHECKING:
    from collections.abc import Iterator

    from notebook_kb.model.note import Citation, Note, Section
    from notebook_kb.parsing.note import ParsedNote
    from notebook_kb.publishing.article import Surroundings

DEEPEST = 5  # notes within notes


def make_article(around: Surroundings, note: Note, key: str) -> Article | None:
    """The article of a public note, whose lasting key is `key`; None where the note's file is another meanwhile."""
    parsed = around.parsed(note.path)
    if parsed is None:
        return None
    maker = Maker(around)
    blocks = tuple(maker.note_blocks(parsed, note))
    concept = around.notebook.concept_of(note)
    title = note.title
    if not note.title_given and concept:
        title = around.notebook.roadmap.concepts[concept].title
    return Article(
        key=key,
        note=note,
        title=title,
        summary=note.description or note.lead,
        canonical=around.address(note.path),
        language=around.notebook.settings.language,
        blocks=blocks,
        footnotes=tuple(maker.footnotes),
        questions=tuple(maker.questions),
        losses=tuple(around.losses),
    )


def public_sections(parsed: ParsedNote, note: Note) -> Iterator[tuple[Section, tuple[d.Block, ...]]]:
    """(section, its blocks with the heading) of what everybody may read."""
    for section in note.sections:
        if section.private or section.part in PRIVATE_PARTS:
            continue
        yield section, parsed.document.blocks[section.first : section.last]


class Maker:
    """Makes the blocks of one article, also of the notes embedded in it."""

    def __init__(self, around: Surroundings) -> None:
        self.around = around
        self.pack = around.notebook.pack
        self.names = around.notebook.names
        self.aloud = tuple(w.casefold() for w in self.pack.labels["read_aloud"])
        self.footnotes: list[d.Footnote] = []
        self.numbers: dict[tuple[str, int], int] = {}
        self.questions: list[Question] = []
        self.ring: list[str] = []
        self.parsed: ParsedNote
        self.inlines: Inlines

    def enter(self, parsed: ParsedNote, note: Note) -> tuple[ParsedNote, Inlines] | None:
        """Begin with a note's text; gives what to return to."""
        before = (self.parsed, self.inlines) if self.ring else None
        hard = self.around.notebook.settings.line_breaks == "hard"
        self.parsed = parsed
        self.inlines = Inlines(self.around, note, self.number, hard_breaks=hard)
        self.ring.append(note.path)
        return before

    def leave(self, before: tuple[ParsedNote, Inlines] | None) -> None:
        """Go back to the note around."""
        self.ring.pop()
        if before:
            self.parsed, self.inlines = before

    def note_blocks(self, parsed: ParsedNote, note: Note) -> Iterator[d.Block]:
        """All of a note but its title."""
        before = self.enter(parsed, note)
        for section, blocks in public_sections(parsed, note):
            yield from self.section(section, blocks, note)
        self.leave(before)

    def section(self, section: Section, blocks: tuple[d.Block, ...], note: Note) -> Iterator[d.Block]:
        """One section. An empty one, as a scaffold has, is left out."""
        heading = blocks[0] if section.heading and blocks and isinstance(blocks[0], d.Heading) else None
        inside = tuple(visible(blocks[1:] if heading else blocks, self.names))
        read = self.symbols if section.part is Part.SYMBOLS else self.blocks
        made = tuple(read(inside))
        if section.part is Part.CARDS and not made:
            return
        if heading is not None and not is_title(section):
            if not made and section.part is not Part.OTHER:
                return
            yield self.heading(heading, section, note)
            credit = self.credit(section.citation) if section.part is Part.ANGLE else None
            if credit:
                yield credit
        yield from made

    def heading(self, heading: d.Heading, section: Section, note: Note) -> d.Heading:
        """A section's heading; that of an explanation is its angle alone, the source stands below."""
        inlines = self.inlines.read(heading.inlines)
        if section.part is Part.ANGLE and section.citation.name and note.type is not NoteType.READING:
            title = self.around.notebook.roadmap.angles[section.angle].title
            inlines = (d.Text(heading.place, title),)
        return replace(heading, inlines=inlines, text=d.plain_text(inlines), level=max(heading.level, 2))

    def credit(self, citation: Citation) -> d.Paragraph | None:
        """Whose explanation it is, with a link to the place in it; None for one's own."""
        notebook = self.around.notebook
        resource = notebook.resource(citation)
        if resource is None and (not citation.name or citation.name.casefold() in notebook.names.me):
            return None
        if resource is None:
            words, url = citation.name, citation.url
        else:
            who = resource.by.split(":")[0].split(" (")[0]
            words = f"{resource.title} ({who})" if who and who != resource.title else resource.title
            url = resource.address_of(citation.place_text) or citation.url or resource.url
        if citation.place_text:
            words = f"{words}, {citation.place_text}"
        named: d.Inline = d.Text(citation.place, words)
        if url.startswith(("https://", "http://")):
            named = d.Link(citation.place, (named,), url)
        before, _, after = self.pack.word("after_source", source="\0").partition("\0")
        inside = tuple(
            i
            for i in (d.Text(citation.place, before), named, d.Text(citation.place, after))
            if i != d.Text(citation.place, "")
        )
        return d.Paragraph(citation.place, (d.Emphasis(citation.place, inside),))

    # blocks

    def blocks(self, blocks: tuple[d.Block, ...]) -> Iterator[d.Block]:
        """Blocks one after the other; raw HTML elements that hold others are their contents."""
        for block in visible(blocks, self.names, nested=True):
            yield from self.block(block)

    def block(self, block: d.Block) -> Iterator[d.Block]:
        """One block as an article has it."""
        match block:
            case d.CommentBlock():
                return
            case d.Card():
                self.card(block)
            case d.Paragraph():
                yield from self.paragraph(block)
            case d.Heading():
                inlines = self.inlines.read(block.inlines)
                yield replace(block, inlines=inlines, text=d.plain_text(inlines), level=max(block.level, 2))
            case d.MathBlock():
                yield replace(block, tex=strip_comments(block.tex).strip())
            case d.CodeBlock():
                yield block
            case d.Table():
                yield self.table(block)
            case d.List():
                items = tuple(replace(i, children=tuple(self.blocks(i.children))) for i in block.items)
                if any(i.children for i in items):
                    # an item that is empty now keeps its number, as on the site
                    yield replace(block, items=tuple(i for i in items if block.ordered or i.children))
            case d.DefinitionList():
                yield from self.definitions(block)
            case d.Callout():
                yield replace(
                    block, title=self.inlines.read(block.title), children=tuple(self.blocks(block.children))
                )
            case d.BlockParent():
                yield replace(block, children=tuple(self.blocks(block.children)))
            case d.HtmlBlock():
                yield from self.html(block)
            case _:
                yield block

    def paragraph(self, block: d.Paragraph) -> Iterator[d.Block]:
        """A paragraph; a picture or an embedded note alone has a shape of its own."""
        if lone_id(block):
            return
        inside = tuple(i for i in block.inlines if not isinstance(i, d.BlockId))
        if len(inside) == 1 and isinstance(inside[0], d.Embed):
            made = self.embedded(inside[0])
            if made is not None:
                yield from made
                return
        inlines = trimmed(self.inlines.read(inside))
        if len(inlines) == 1 and isinstance(inlines[0], d.Image):
            image = inlines[0]
            yield Figure(block.place, image.src, image.alt, image.title)
        elif inlines and (
            d.plain_text(inlines).strip() or any(isinstance(i, d.FootnoteRef) for i in inlines)
        ):
            yield replace(block, inlines=inlines)

    def table(self, block: d.Table) -> d.Table:
        """A table, each cell read."""

        def cell(one: d.Cell) -> d.Cell:
            return replace(one, inlines=self.inlines.read(one.inlines))

        header = tuple(cell(c) for c in block.header)
        return replace(block, header=header, rows=tuple(tuple(cell(c) for c in r) for r in block.rows))

    def definitions(self, block: d.DefinitionList) -> Iterator[d.Block]:
        """A definition list as paragraphs: the term strong, its meaning below."""
        for part in block.children:
            if isinstance(part, d.DefinitionTerm):
                inlines = self.inlines.read(part.inlines)
                yield d.Paragraph(part.place, (d.Strong(part.place, inlines),))
            else:
                yield from self.blocks(d.child_blocks(part))

    def html(self, block: d.HtmlBlock) -> Iterator[d.Block]:
        """Raw HTML: its pictures, and what it says as a paragraph."""
        pictures = self.inlines.read(block.images)
        for picture in pictures:
            if isinstance(picture, d.Image):
                yield Figure(block.place, picture.src, picture.alt, picture.title)
        words = html_words(block.html)
        if words:
            self.inlines.lose("html", "words", block.place, words[:60])
            yield d.Paragraph(block.place, (d.Text(block.place, words),))

    def card(self, card: d.Card) -> None:
        """Set a card aside."""
        asked = gapped(card.question) if card.cloze else card.question
        said = card.question if card.cloze else card.answer
        self.questions.append(Question(self.side(asked), self.side(said)))

    def side(self, blocks: tuple[d.Block, ...]) -> tuple[d.Inline, ...]:
        """What stands on one side of a card, as one run of text."""
        return self.inlines.read(one_run(visible(blocks, self.names, nested=True)))

    # formulas symbol by symbol

    def symbols(self, blocks: tuple[d.Block, ...]) -> Iterator[d.Block]:
        """A symbols part: each formula, a list of what its signs mean, the sentence that reads it aloud."""
        for block in blocks:
            rows = symbol_rows(block)
            said = spoken(block, self.aloud)
            if rows:
                said_rows = [
                    r for r in rows if says_something(r[1])
                ]  # one that waits for its words is nothing to show
                if said_rows:
                    yield d.List(block.place, tuple(self.symbol(*row, block) for row in said_rows))
            elif said:
                word = d.Strong(block.place, (d.Text(block.place, f"{self.pack.word('read_aloud')}:"),))
                words = self.inlines.read(said)
                yield d.Paragraph(block.place, (word, d.Text(block.place, " "), *words))
            else:
                yield from self.block(block)

    def symbol(self, sign: tuple[d.Inline, ...], words: tuple[d.Inline, ...], block: d.Block) -> d.ListItem:
        """`A — the matrix`."""
        place = sign[0].place if sign else block.place
        line = (*self.inlines.read(sign), d.Text(place, " — "), *self.inlines.read(words))
        return d.ListItem(place, (d.Paragraph(place, line, tight=True),))

    # notes in notes, and footnotes

    def embedded(self, embed: d.Embed) -> list[d.Block] | None:
        """The blocks of an embedded note, section or block, with a line that says where they are from; None if it is none."""
        notebook = self.around.notebook
        found = notebook.resolver.resolve(embed.target, self.inlines.note.path)
        note = notebook.notes.get(found.note)
        if found.file or note is None or note.path in self.ring or len(self.ring) > DEEPEST:
            return None
        parsed = self.around.parsed(note.path)
        anchor = heading_anchor(note, embed.heading)
        if parsed is None or (embed.heading and not anchor):
            return None
        page = self.around.address(note.path)
        title: d.Inline = d.Text(embed.place, note.title)
        title = d.Link(embed.place, (title,), page) if page else title
        before = self.enter(parsed, note)
        made = list(self.part_of(parsed, note, anchor))
        self.leave(before)
        line = d.Emphasis(embed.place, (d.Text(embed.place, self.pack.word("taken_from") + " "), title))
        return [d.Paragraph(embed.place, (line,)), *made]

    def part_of(self, parsed: ParsedNote, note: Note, anchor: str) -> Iterator[d.Block]:
        """A whole note, or what stands under an anchor of it."""
        if not anchor:
            for section, blocks in public_sections(parsed, note):
                yield from self.section(section, blocks, note)
            return
        blocks = tuple(b for _, part in public_sections(parsed, note) for b in visible(part, self.names))
        if anchor.startswith("^"):
            found = dict(reversed(list(blocks_with_ids(blocks)))).get(anchor[1:])
            if found is not None:
                yield from self.block(found)
            return
        level = 0
        for block in blocks:
            if isinstance(block, d.Heading):
                if level and block.level <= level:
                    return
                if block.anchor == anchor:
                    level = block.level
                    continue
            if level:
                yield from self.block(block)

    def number(self, number: int) -> int:
        """The article's number of a footnote of the note being read; its text is read when first asked for."""
        key = (self.inlines.note.path, number)
        if key not in self.numbers:
            self.numbers[key] = len(self.footnotes) + 1
            source = next((f for f in self.parsed.document.footnotes if f.number == number), None)
            at = len(self.footnotes)
            self.footnotes.append(d.Footnote(number=at + 1))
            children = tuple(self.blocks(source.children)) if source else ()
            self.footnotes[at] = d.Footnote(source.place if source else d.NOWHERE, children, at + 1)
        return self.numbers[key]


def is_title(section: Section) -> bool:
    """Whether a section's heading is the note's title."""
    return section.part is Part.OTHER and section.level == 1


def trimmed(inlines: tuple[d.Inline, ...]) -> tuple[d.Inline, ...]:
    """A line without blanks and line ends at its ends, as a comment that was taken out leaves them."""
    out = list(inlines)
    while out and (isinstance(out[0], d.HardBreak) or out[0] == d.Text(out[0].place, " ")):
        out.pop(0)
    while out and (isinstance(out[-1], d.HardBreak) or out[-1] == d.Text(out[-1].place, " ")):
        out.pop()
    if out and isinstance(out[0], d.Text):
        out[0] = replace(out[0], text=out[0].text.lstrip())
    if out and isinstance(out[-1], d.Text):
        out[-1] = replace(out[-1], text=out[-1].text.rstrip())
    return tuple(out)


class _Words(HTMLParser):
    """Collects what HTML says."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.words: list[str] = []
        self.hidden = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:  # noqa: ARG002 - its signature
        self.hidden += tag in HIDDEN

    def handle_endtag(self, tag: str) -> None:
        self.hidden -= tag in HIDDEN and self.hidden > 0

    def handle_data(self, data: str) -> None:
        if not self.hidden:
            self.words.append(data)


def html_words(html: str) -> str:
    """What a piece of HTML says, on one line."""
    parser = _Words()
    parser.feed(html)
    parser.close()
    return " ".join(" ".join(parser.words).split())


__all__ = ["Loss", "make_article", "public_sections"]
