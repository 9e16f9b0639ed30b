"""A note read again for its text: Markdown of its sections without what is private, for cards and sheets."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from notebook_kb.errors import EnvironmentFailedError
from notebook_kb.files.read import decode, read_file
from notebook_kb.model import document as d
from notebook_kb.parsing.note import parse_note
from notebook_kb.parsing.rules.comment import OPENING, SIGN
from notebook_kb.parsing.sections import visible
from notebook_kb.parsing.tex import strip_comments
from notebook_kb.parsing.tree import mask_and_parse

if TYPE_CHECKING:
    from collections.abc import Iterator

    from notebook_kb.model.note import Note, Section
    from notebook_kb.notebook.notebook import Notebook
    from notebook_kb.parsing.sections import SectionNames

# signs that could begin something in a line of Markdown
# (only the closing bracket: `\[` would begin a formula)
SPECIAL = re.compile(r"[\\`*_\]<$&]|==|~~|%%|(?<!\S)#(?=\w)")
AT_START = re.compile(r"(\d+)([.)](?:\s|$))|([-+>#:|](?:\s|$))")
TICKS = re.compile(r"`+")
FEWEST_TICKS = 3
MARKS = {d.Emphasis: "*", d.Strong: "**", d.Strike: "~~", d.Highlight: "=="}


@dataclass(frozen=True)
class NoteText:
    """One note with its tree and its lines, comments taken out; `lines[n]` is line n of the file."""

    note: Note
    document: d.Document
    lines: tuple[str, ...]
    names: SectionNames

    def blocks(self, section: Section) -> tuple[d.Block, ...]:
        """A section's blocks without its heading and without what is private."""
        blocks = self.document.blocks[section.first : section.last]
        if blocks and section.heading and isinstance(blocks[0], d.Heading):
            blocks = blocks[1:]
        return tuple(b for b in visible(blocks, self.names) if not isinstance(b, d.CommentBlock))

    def markdown(self, section: Section, blocks: tuple[d.Block, ...]) -> str:
        """The lines of `blocks`, which `blocks(section)` gave, as they stand in the note, then their footnotes."""
        whole = self.document.blocks[section.first : section.last]
        hidden = set(hidden_lines(whole, blocks))
        hidden.add(section.citation.place.line)
        parts = [self.slice(b, hidden) for b in blocks]
        for before, after in self.footnotes(blocks):
            parts += [self.slice(b, set(hidden_lines(before, after))) for b in after]
        return "\n\n".join(p for p in parts if p.strip())

    def slice(self, block: d.Block, hidden: set[int]) -> str:
        """A block's lines but the hidden ones."""
        lines = [self.lines[n] for n in lines_of(block) if n not in hidden and n < len(self.lines)]
        return "\n".join(lines).replace(SIGN, "").strip("\n")

    def footnotes(
        self, blocks: tuple[d.Block, ...]
    ) -> Iterator[tuple[tuple[d.Block, ...], tuple[d.Block, ...]]]:
        """(all its blocks, the visible ones) of each footnote that is referred to and stands below the text."""
        numbers = {i.number for i in d.all_inlines(blocks) if isinstance(i, d.FootnoteRef)}
        for note in self.document.footnotes:
            if note.number in numbers and note.label:
                yield note.children, visible(note.children, self.names, nested=True)


def read_note_text(notebook: Notebook, note: Note) -> NoteText | None:
    """The note's text as it is on disk now; None where it cannot be read any more."""
    try:
        text, problem = decode(read_file(notebook.root / note.path).data)
    except EnvironmentFailedError:
        return None
    return None if problem else note_text(text, note.path, note.digest, notebook.names)


def note_text(text: str, path: str, digest: str, names: SectionNames) -> NoteText:
    """The same of a text that is at hand."""
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\x00", "\ufffd")
    parsed = parse_note(text, path, digest, names)
    first = parsed.note.body_line
    rows = text.split("\n")
    body = "\n".join(rows[first - 1 :])
    if OPENING.search(body):
        body = mask_and_parse(body, first)[0].text
    return NoteText(parsed.note, parsed.document, ("", *rows[: first - 1], *body.split("\n")), names)


def lines_of(block: d.Block) -> range:
    """The numbers of a block's lines."""
    return (
        range(block.place.line, max(block.place.end_line, block.place.line) + 1)
        if block.place.line
        else range(0)
    )


def hidden_lines(before: tuple[d.Block, ...], after: tuple[d.Block, ...]) -> Iterator[int]:
    """The lines of the blocks of `before`, at any depth, that `after` does not hold any more."""
    kept = {(type(b), b.place): b for b in after}
    for block in before:
        same = kept.get((type(block), block.place))
        if same is None or isinstance(block, d.CommentBlock):
            yield from lines_of(block)
        elif same is not block:
            yield from hidden_lines(d.child_blocks(block), d.child_blocks(same))


def inline_markdown(inlines: tuple[d.Inline, ...]) -> str:
    """Markdown of one line that reads back as these inlines; comments, footnotes, ids and raw HTML are left out."""
    text = "".join(inline_piece(i) for i in inlines).strip()
    return (
        AT_START.sub(lambda m: f"{m[1]}\\{m[2]}" if m[1] else f"\\{m[3]}", text, count=1)
        if AT_START.match(text)
        else text
    )


def inline_piece(inline: d.Inline) -> str:
    """One inline."""
    match inline:
        case d.Text():
            return escaped(inline.text)
        case d.Math():
            return f"${one_line(inline.tex)}$"
        case d.Code():
            fence = "`" * (max((len(t) for t in TICKS.findall(inline.text)), default=0) + 1)
            pad = " " if inline.text[:1] in {"`", " "} or inline.text[-1:] in {"`", " "} else ""
            return f"{fence}{pad}{inline.text}{pad}{fence}"
        case d.SoftBreak() | d.HardBreak():
            return " "
        case d.WikiLink():
            return escaped(inline.label)
        case d.Link():
            return "".join(inline_piece(i) for i in inline.children)
        case d.Image():
            return escaped(inline.alt)
        case d.Tag():
            return f"#{inline.name}"
        case d.InlineParent():
            mark = MARKS[type(inline)]
            return f"{mark}{''.join(inline_piece(i) for i in inline.children)}{mark}"
        case _:
            return ""


def escaped(text: str) -> str:
    """Text that Markdown takes for nothing else."""
    return SPECIAL.sub(lambda m: "\\" + "\\".join(m[0]), text)


def one_line(tex: str) -> str:
    """TeX without comments on one line."""
    return " ".join(strip_comments(tex).split())


def display_markdown(tex: str) -> str:
    """A display formula; its comments are left out."""
    rows = [row.rstrip() for row in strip_comments(tex).strip().split("\n") if row.strip()]
    return "\n".join(["$$", *rows, "$$"])


def code_markdown(block: d.CodeBlock) -> str:
    """A fenced code block."""
    longest = max((len(t) for t in TICKS.findall(block.code)), default=0)
    fence = "`" * max(FEWEST_TICKS, longest + 1)
    return f"{fence}{block.info.strip()}\n{block.code.rstrip()}\n{fence}"
