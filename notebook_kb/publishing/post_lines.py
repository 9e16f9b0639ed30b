"""The blocks of an article as plain text for a post: formulas in signs, lists with bullets, links as words."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum, auto
from itertools import groupby
from typing import TYPE_CHECKING

from notebook_kb.model import document as d
from notebook_kb.publishing.article import Figure, Loss

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from notebook_kb.languages import LanguagePack
    from notebook_kb.model.note import Note
    from notebook_kb.publishing.drawing import Drawing

# NUL stands in no note: what must not be cut (formulas, code, addresses) is numbered between two of them
ATOM = re.compile("\0([0-9]+)\0")
UNSAID = "\0-\0"
LEFT_OUT = {d.CodeBlock: "code", d.Table: "table", Figure: "picture", d.Image: "picture"}


class Kind(Enum):
    """What a piece of a post is; a GAP stands for what was left out."""

    HEADING = auto()
    TEXT = auto()
    FORMULA = auto()
    LIST = auto()
    ASIDE = auto()  # a quote or a callout
    GAP = auto()


@dataclass(frozen=True, slots=True)
class Piece:
    """A paragraph, heading, list or formula of a post. `text` still holds numbers for what must not be cut."""

    kind: Kind
    text: str = ""


class PostLines:
    """Writes the blocks of one note as text.

    `own` says whether an address is on the own site. `losses` is what was left out, `unsaid` are the formulas that
    cannot be said in a line of text.
    """

    def __init__(self, note: Note, drawing: Drawing, pack: LanguagePack, own: Callable[[str], bool]) -> None:
        self.note = note
        self.drawing = drawing
        self.pack = pack
        self.own = own
        self.losses: list[Loss] = []
        self.unsaid: list[Loss] = []
        self.atoms: list[str] = []

    def whole(self, text: str) -> str:
        """A text with everything put back in its place."""
        return ATOM.sub(lambda m: self.atoms[int(m[1])], text)

    def atom(self, text: str) -> str:
        """What stands for a text that must not be cut."""
        self.atoms.append(text)
        return f"\0{len(self.atoms) - 1}\0"

    def lose(self, construct: str, place: d.Place, detail: str = "") -> None:
        """Report what is left out."""
        self.losses.append(Loss(construct, "left_out", self.note.path, place.line, detail))

    # blocks

    def pieces(self, blocks: tuple[d.Block, ...]) -> Iterator[Piece]:
        """The pieces of blocks that stand one after the other."""
        for block in blocks:
            yield from self.block(block)

    def block(self, block: d.Block) -> Iterator[Piece]:
        """A block as pieces; what is empty is none."""
        match block:
            case d.Heading():
                yield from filled(Kind.HEADING, self.line(block.inlines))
            case d.Paragraph():
                yield from filled(Kind.TEXT, self.line(block.inlines)) or (Piece(Kind.GAP),)
            case d.MathBlock():
                said = self.formula(block.tex, block.place, display=True)
                yield Piece(Kind.GAP if said == UNSAID else Kind.FORMULA, said)
            case d.List():
                yield from filled(Kind.LIST, "\n".join(self.items(block, "")))
            case d.Callout():
                yield from filled(Kind.ASIDE, self.callout(block))
            case d.Quote():
                yield from filled(Kind.ASIDE, self.pack.word("quoted", words=self.inside(block.children)))
            case d.CodeBlock() | d.Table() | Figure():
                self.lose(LEFT_OUT[type(block)], block.place)
                yield Piece(Kind.GAP)
            case d.BlockParent():
                yield from self.pieces(block.children)
            case _:
                return

    def inside(self, blocks: tuple[d.Block, ...]) -> str:
        """Blocks that stand in another one."""
        return "\n".join(p.text for p in self.pieces(blocks) if p.text)

    def callout(self, block: d.Callout) -> str:
        """`Title: what it says`."""
        kind = block.kind.partition("|")[0].strip()
        title = self.line(block.title) or self.pack.words.get(f"callout_{kind}", kind.capitalize())
        words = self.inside(block.children)
        return f"{title.rstrip(':.')}: {words}" if words else title

    def items(self, block: d.List, indent: str) -> Iterator[str]:
        """A line for each item, those of lists within it below."""
        for number, item in enumerate(block.items, start=block.start):
            mark = f"{number}." if block.ordered else ("–" if indent else "•")
            for are_lists, blocks in groupby(item.children, lambda b: isinstance(b, d.List)):
                if are_lists:
                    for inner in blocks:
                        if isinstance(inner, d.List):
                            yield from self.items(inner, indent + "  ")
                elif words := self.inside(tuple(blocks)):
                    yield f"{indent}{mark} {words}"
                    mark = " "  # what follows an inner list goes on with the item

    # lines

    def line(self, inlines: tuple[d.Inline, ...]) -> str:
        """Inlines as text; forced line ends stay."""
        text = "".join(self.inline(i) for i in inlines)
        return re.sub(r" *\n *", "\n", re.sub(r"[ \t]+", " ", text)).strip()

    def inline(self, inline: d.Inline) -> str:
        """One inline as text."""
        match inline:
            case d.Text():
                return inline.text.replace("\0", "")
            case d.Math():
                return self.formula(inline.tex, inline.place, display=inline.display)
            case d.Code():
                return self.atom(inline.text)
            case d.HardBreak():
                return "\n"
            case d.SoftBreak():
                return " "
            case d.Link():
                return self.link(inline)
            case d.Image():
                self.lose("picture", inline.place, inline.alt)
                return ""
            case d.FootnoteRef():
                self.lose("footnote", inline.place)
                return ""
            case d.Strike():
                return self.pack.word("struck_out", words=self.line(inline.children))
            case d.InlineParent():
                return "".join(self.inline(i) for i in inline.children)
            case _:
                return ""

    def link(self, inline: d.Link) -> str:
        """`words (address)`; a link within the own site is its words, an address alone is itself."""
        words = "".join(self.inline(i) for i in inline.children)
        bare = inline.href.removeprefix("mailto:")
        if inline.auto or self.whole(words).strip() in {"", bare, inline.href}:
            return self.atom(bare)
        return words if self.own(inline.href) else f"{words} ({self.atom(bare)})"

    def formula(self, tex: str, place: d.Place, *, display: bool) -> str:
        """A formula in signs; one that cannot be said is noted."""
        said = self.drawing.say(tex, display=display, plain_letters=True)
        if said.text:
            return self.atom(said.text)
        construct = "display_formula" if display else "inline_formula"
        shown = " ".join(tex.split())
        detail = f"${shown}$" + (f": {said.refused}" if said.refused else "")
        self.unsaid.append(Loss(construct, "refused", self.note.path, place.line, detail, refused=True))
        return UNSAID


def filled(kind: Kind, text: str) -> tuple[Piece, ...]:
    """A piece that says something, or none."""
    return (Piece(kind, text),) if text.strip() else ()
