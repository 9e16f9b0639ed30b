"""The text of a LinkedIn post: the note's own `## LinkedIn` section, else a proposal from the note's own words."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from notebook_kb.model import document as d
from notebook_kb.model.note import NoteType, Part
from notebook_kb.parsing.sections import is_private_heading, visible
from notebook_kb.parsing.sentences import is_whole, sentences
from notebook_kb.publishing.article_blocks import Maker, is_title, public_sections
from notebook_kb.publishing.article_inlines import Inlines
from notebook_kb.publishing.contracts import number
from notebook_kb.publishing.post_lines import UNSAID, Kind, Piece, PostLines
from notebook_kb.publishing.targets.little_text import length

if TYPE_CHECKING:
    from collections.abc import Iterator

    from notebook_kb.model.note import Note, Section
    from notebook_kb.parsing.note import ParsedNote
    from notebook_kb.publishing.article import Loss, Surroundings
    from notebook_kb.publishing.drawing import Drawing

LEAST, MOST = 900, 1300  # a proposal's length, with everything
HOOK = 140  # a first sentence up to here opens the post
HASHTAGS = 3
FILE = re.compile(r"\.(?:png|jpe?g|gif|webp|avif|svg|bmp|pdf|mp[34]|ogg|wav|webm|mov)$", re.IGNORECASE)
TAKEN = frozenset({Kind.TEXT, Kind.FORMULA, Kind.LIST})
LEADING = (":", ",")  # how a sentence ends that goes on


@dataclass(frozen=True, slots=True)
class PostText:
    """The text as readers would see it.

    `proposed`: it is made from the note and nobody has read it yet. `length` is in UTF-16 code units, which is how
    browsers count; how LinkedIn counts is not documented, and this counts no less than characters. `path` and `line` are
    where it stands, or what it was taken from. Among `losses` those that are `refused` stop the sending.
    """

    text: str
    proposed: bool
    length: int
    limit: int
    path: str
    line: int = 0
    losses: tuple[Loss, ...] = ()

    @property
    def place(self) -> str:
        """`path:line`."""
        return f"{self.path}:{self.line}" if self.line else self.path

    @property
    def refusals(self) -> tuple[Loss, ...]:
        """What has no form as text."""
        return tuple(loss for loss in self.losses if loss.refused)

    @property
    def too_long(self) -> bool:
        """Whether LinkedIn would not take it."""
        return self.length > self.limit


def post_text(around: Surroundings, note: Note, drawing: Drawing) -> PostText | None:
    """The post of a public note of `around.notebook`; None where the note's file is gone meanwhile."""
    parsed = around.parsed(note.path)
    if parsed is None:
        return None
    around = replace(around, losses=[])
    writer = _Writer(around, note, parsed, drawing)
    return writer.written() or writer.proposal()


def linkedin_sections(parsed: ParsedNote) -> tuple[Section, ...]:
    """The sections that hold the text of a post; those that are private, or stand in what is, hold none."""
    found: list[Section] = []
    above: list[Section] = []
    for section in parsed.note.sections:
        above = [s for s in above if s.level < section.level]
        heading = parsed.document.blocks[section.first] if section.heading else None
        marked = isinstance(heading, d.Heading) and is_private_heading(heading)
        private = section.private and (section.part is not Part.LINKEDIN or marked)
        if section.part is Part.LINKEDIN and not private and not any(s.private for s in above):
            found.append(section)
        elif private:
            above.append(section)
    return tuple(found)


class _Writer:
    """Writes the post of one note."""

    def __init__(self, around: Surroundings, note: Note, parsed: ParsedNote, drawing: Drawing) -> None:
        self.around = around
        self.note = note
        self.parsed = parsed
        self.pack = around.notebook.pack
        self.base = around.notebook.settings.base_url.rstrip("/")
        self.pages = {around.address(path) for path in around.notebook.notes} - {""}
        self.lines = PostLines(note, drawing, self.pack, self.is_own)
        self.maker = Maker(around)
        self.maker.enter(parsed, note)
        hard = self.maker.inlines.hard_breaks
        self.maker.inlines = _Inlines(around, note, self.maker.number, hard_breaks=hard)

    def is_own(self, href: str) -> bool:
        """Whether an address is on the own site."""
        inside = bool(self.base) and (href == self.base or href.startswith(f"{self.base}/"))
        return inside or href.partition("#")[0] in self.pages

    def pieces(self, section: Section) -> list[Piece]:
        """What a section says, without its heading, private matter and cards."""
        blocks = self.parsed.document.blocks[section.first : section.last]
        inside = visible(blocks[1:] if section.heading else blocks, self.around.notebook.names)
        return list(self.lines.pieces(tuple(self.maker.blocks(inside))))

    def result(self, text: str, line: int, *, proposed: bool) -> PostText:
        """The text with its figures; that links are their words is no loss in a post."""
        lost = [x for x in self.around.losses if x.construct != "link"]
        refused = [] if proposed else self.lines.unsaid
        return PostText(
            text,
            proposed,
            length(text),
            number("linkedin.text_max"),
            self.note.path,
            line,
            (*lost, *self.lines.losses, *refused),
        )

    # the section

    def written(self) -> PostText | None:
        """The text of the note's own section; None where nothing is written in one."""
        sections = linkedin_sections(self.parsed)
        pieces = [p for s in sections for p in self.pieces(s)]
        text = self.lines.whole(joined([p for p in pieces if p.kind is not Kind.GAP or p.text]))
        text = text.replace(UNSAID, "[…]").strip()
        if not text and not self.lines.unsaid:
            self.around.losses.clear()
            self.lines.losses.clear()
            return None
        return self.result(text, sections[0].place.line, proposed=False)

    # the proposal

    def proposal(self) -> PostText:
        """A text of whole sentences of the note: a first line that says what it is about, some of it, the link, hashtags."""
        line, pieces = self.chosen()
        steps = self.steps(pieces)
        hook = self.hook(steps)
        page = self.around.address(self.note.path)
        end = [self.pack.word("read_on", place=page)] if page else []
        tags = " ".join(hashtags(self.note.tags))
        end += [tags] if tags else []
        body, room = "", MOST - sum(length(x) + len("\n\n") for x in (hook, *end))
        for text, new in steps:
            longer = body + ("\n\n" if new else " ") + text if body else text
            if length(longer) > room or (new and length(body) > room - (MOST - LEAST)):
                break
            body = longer
        return self.result("\n\n".join(x for x in (hook, body, *end) if x), line, proposed=True)

    def chosen(self) -> tuple[int, list[Piece]]:
        """(line, pieces) of the words that a proposal is made from."""
        sections = [s for s, _ in public_sections(self.parsed, self.note)]
        own = [s for s in sections if s.part is Part.OWN and s.words]
        if own:
            return own[0].place.line, [p for s in own for p in self.pieces(s)]
        found = [p for s in sections if s.part is Part.OTHER for p in self.pieces(s)]
        about = self.note.description
        if about and about not in self.note.lead and self.note.lead not in about:
            found.insert(0, Piece(Kind.TEXT, about.replace("\0", "")))
        elif about and not found:
            found = [Piece(Kind.TEXT, about.replace("\0", ""))]
        first = next((s.place.line for s in sections if s.part is Part.OTHER and s.words), 0)
        return first, found

    def hook(self, steps: list[tuple[str, bool]]) -> str:
        """The first line: a post's title; of other notes the first sentence, if it is short, which is taken away then."""
        title = self.title()
        first = steps[0][0] if steps else ""
        short = bool(first) and "\n" not in first and length(first) <= HOOK and is_whole(first)
        telling = self.note.type is NoteType.POST and not re.search(r"[\\$]", title)
        if not short or telling:
            return title
        steps.pop(0)
        return first

    def title(self) -> str:
        """The note's title, its formulas in signs."""
        for section in self.parsed.note.sections:
            heading = self.parsed.document.blocks[section.first] if section.heading else None
            if is_title(section) and isinstance(heading, d.Heading) and heading.text == self.note.title:
                said = self.lines.whole(self.lines.line(self.maker.inlines.read(heading.inlines)))
                return self.note.title if UNSAID in said else said
        concept = self.around.notebook.concept_of(self.note)
        if not self.note.title_given and concept:
            return self.around.notebook.roadmap.concepts[concept].title
        return self.note.title

    def steps(self, pieces: list[Piece]) -> list[tuple[str, bool]]:
        """(what is taken whole or not at all, whether it begins a paragraph): sentences, those with a formula or a list
        among them as one. Quotes and callouts stay out, as do sentences that lead to what is left out.
        """
        chains: list[list[tuple[Piece, bool]]] = []
        for piece, new in in_sentences(pieces):
            if chains and goes_on(chains[-1][-1][0], piece):
                chains[-1].append((piece, new))
            else:
                chains.append([(piece, new)])
        found: list[tuple[str, bool]] = []
        begun = False
        for chain in chains:
            begun = begun or chain[0][1]
            taken = all(p.kind in TAKEN and UNSAID not in p.text for p, _ in chain)
            if taken and not chain[-1][0].text.endswith(LEADING):
                found.append(("\n".join(self.lines.whole(p.text) for p, _ in chain), begun))
                begun = False
        return found


class _Inlines(Inlines):
    """Reads lines for a post: a picture is left out, also one that only the post's section shows and no page."""

    def image(self, inline: d.Image) -> Iterator[d.Inline]:
        """The picture as it is."""
        yield inline

    def embed(self, inline: d.Embed) -> Iterator[d.Inline]:
        """A picture or other file, or a link."""
        if FILE.search(inline.target):
            yield d.Image(inline.place, inline.target)
        else:
            yield from super().embed(inline)


def joined(pieces: list[Piece]) -> str:
    """The pieces as one text: a formula or a list follows at once on the sentence that leads to it."""
    text = ""
    for before, piece in zip([None, *pieces], pieces, strict=False):
        at_once = before and before.kind is not piece.kind and goes_on(before, piece)
        text += ("\n" if at_once else "\n\n" if before else "") + piece.text
    return text


def in_sentences(pieces: list[Piece]) -> Iterator[tuple[Piece, bool]]:
    """(piece, whether it begins a paragraph): paragraphs in sentences, headings left out."""
    for piece in pieces:
        if piece.kind is Kind.TEXT:
            for i, sentence in enumerate(sentences(piece.text)):
                yield Piece(Kind.TEXT, sentence), i == 0
        elif piece.kind is not Kind.HEADING:
            yield piece, True


def goes_on(before: Piece, after: Piece) -> bool:
    """Whether a piece belongs to the sentence before it: a formula after `We get`, `where x is …` after a formula."""
    if before.kind is Kind.TEXT:
        return not is_whole(before.text) and (after.kind is not Kind.TEXT or before.text.endswith(LEADING))
    return before.kind is not Kind.ASIDE and after.kind is Kind.TEXT and after.text[:1].islower()


def hashtags(tags: tuple[str, ...]) -> list[str]:
    """Up to three tags as hashtags: `math/linear-algebra` is #LinearAlgebra. One of digits alone is none."""
    found = []
    for tag in tags:
        words = re.findall(r"[^\W_]+", tag.rsplit("/", 1)[-1])
        name = "".join(w[:1].upper() + w[1:] for w in words) if len(words) > 1 else "".join(words)
        if name and not name.isdigit():
            found.append(f"#{name}")
    return list(dict.fromkeys(found))[:HASHTAGS]
