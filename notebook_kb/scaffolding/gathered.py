"""A new post made from notes that are there: their syntheses as a text to rework, with the way back to each."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from notebook_kb.model import document as d
from notebook_kb.model.note import PRIVATE_PARTS, Part
from notebook_kb.parsing.blocks import lone_id
from notebook_kb.parsing.sections import visible, visible_inside
from notebook_kb.parsing.tex import strip_comments
from notebook_kb.parsing.tree import parse_document
from notebook_kb.scaffolding.edits import yaml_text
from notebook_kb.scaffolding.note import Scaffold, comment_text, plain_note

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from notebook_kb.languages import LanguagePack
    from notebook_kb.notebook.links import Resolver
    from notebook_kb.parsing.note import ParsedNote
    from notebook_kb.parsing.sections import SectionNames

COMMENT = re.compile(r"%%.*?%%|<!--.*?-->", re.DOTALL)
FOOTNOTE = re.compile(r"\[\^[^\]\s]+\]")
BLOCK_ID = re.compile(r"[ \t]+\^[\w-]+[ \t]*$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Gathered:
    """What a post takes from one note: its title, its name in a link, its synthesis as Markdown, its main formula."""

    title: str
    link: str
    synthesis: tuple[str, ...] = ()
    formula: str = ""
    heading: str = ""  # that of the synthesis, as it stands in the note


def gathered_post(
    title: str,
    day: str,
    parts: Sequence[Gathered],
    pack: LanguagePack,
    *,
    tags: Sequence[str] = (),
    macros: Mapping[str, str] | None = None,
    series: str = "",
) -> Scaffold:
    """A post of which every part is there, and is to be said anew."""
    lines = plain_note("post", title, day, series=series).text.rstrip("\n").split("\n")[:-1]
    if tags:
        lines.append(f"tags: [{', '.join(yaml_text(t) for t in tags)}]")
    if macros:
        lines += ["macros:", *(f"  {name}: {yaml_text(tex)}" for name, tex in macros.items())]
    lines += ["---", "", f"<!-- {pack.word('gathered_begin')} -->", ""]
    start = len(lines)
    for part in parts:
        lines += [f"## {part.title}", ""]
        link = f"[[{part.link}|{part.title}]]"
        prompt = "gathered_from" if part.synthesis else "gathered_empty"
        said = pack.word(prompt, note=part.link, part=part.heading)
        lines += [f"<!-- {comment_text(said)} -->", *part.synthesis, ""]
        if part.formula:
            lines += ["$$", part.formula, "$$", ""]
        lines += [pack.word("more_in", link=link), ""]
    lines += [f"## {pack.word('where_to_go_on')}", ""]
    lines += [f"- [[{part.link}|{part.title}]]" for part in parts]
    return Scaffold("\n".join([*lines, ""]), start)


@dataclass(frozen=True)
class Taker:
    """Takes Markdown out of the note at `parsed.note.path` (its `text` with universal line ends) for one at `to`.

    Only what everybody may read is taken, whether or not the note is public.
    """

    parsed: ParsedNote
    text: str
    names: SectionNames
    resolver: Resolver
    to: str

    def synthesis(self) -> tuple[list[str], str, int]:
        """(lines, the heading they stand under, how many blocks could not be taken)."""
        lines: list[str] = []
        heading, left_out = "", 0
        for part, blocks in self.shown():
            if part is not Part.OWN:
                continue
            for block in blocks:
                if isinstance(block, d.Heading) and not heading:
                    heading = block.text
                    continue
                source = self.source(block)
                left_out += source is None
                if source:
                    lines += [*([""] if lines else []), *source]
        return lines, heading, left_out

    def shown(self) -> Iterator[tuple[Part, tuple[d.Block, ...]]]:
        """The parts of the note that everybody may read, with their blocks."""
        for section in self.parsed.note.sections:
            if not section.private and section.part not in PRIVATE_PARTS:
                yield (
                    section.part,
                    visible(self.parsed.document.blocks[section.first : section.last], self.names),
                )

    def formula(self) -> str:
        """The main display formula: the first of the symbols part, else the first of all; '' without one."""
        found = [
            (part is not Part.SYMBOLS, strip_comments(b.tex).strip())
            for part, blocks in self.shown()
            for b in blocks
            if isinstance(b, d.MathBlock)
        ]
        return min(found, key=lambda f: f[0], default=(False, ""))[1]

    def source(self, block: d.Block) -> list[str] | None:
        """A block's lines without what is private and what is bound to its note; [] where nothing is left, None where
        that cannot be told apart.
        """
        if isinstance(block, (d.CommentBlock, d.Card)) or lone_id(block):
            return []
        lines = self.text.split("\n")[block.place.line - 1 : block.place.end_line]
        source = "\n".join(lines).rstrip()
        for old, new in tex_without_comments(block):
            source = source.replace(old, new)
        if any(isinstance(i, d.Comment) for i in d.all_inlines((block,))):
            source = COMMENT.sub("", source)
        if any(isinstance(i, d.BlockId) for i in d.all_inlines((block,))):
            source = BLOCK_ID.sub("", source)
        if any(isinstance(i, d.FootnoteRef) for i in d.all_inlines((block,))):
            source = FOOTNOTE.sub("", source)
        source = "\n".join(line.rstrip() for line in self.with_targets(source, block).split("\n")).strip("\n")
        hidden = visible_inside(block, self.names) is not block
        return (
            None if hidden or not self.same(source, block) else source.split("\n") if source.strip() else []
        )

    def with_targets(self, source: str, block: d.Block) -> str:
        """The source with targets that lead from the new note to where they led."""
        path = self.parsed.note.path
        for target in dict.fromkeys(targets(block)):
            found = self.resolver.resolve(target, path)
            if not target:
                name = path.rsplit("/", 1)[-1].rsplit(".", 1)[0]
                source = source.replace("[[#", f"[[{name}#").replace("](#", f"]({name}.md#")
            elif (found.note or found.file) and self.resolver.resolve(target, self.to) != found:
                inside = (found.note or found.file).removeprefix(f"{self.resolver.base}/")
                for opening in ("](", "[["):
                    source = source.replace(f"{opening}{target}", f"{opening}{inside}")
        return source

    def same(self, source: str, block: d.Block) -> bool:
        """Whether a source, read alone, says what everybody may read of the block, and leads where it did."""
        document, comments = parse_document(source)
        if comments or document.footnotes:
            return False
        old, new = (block,), document.blocks
        ends = [self.resolver.resolve(t, self.parsed.note.path) for t in targets(block)]
        return said(old) == said(new) and ends == [
            self.resolver.resolve(t, self.to) for b in new for t in targets(b)
        ]


def said(blocks: tuple[d.Block, ...]) -> str:
    """All words, formulas and code of blocks, blanks apart."""
    parts: list[str] = []
    for block in d.walk_blocks(blocks):
        match block:
            case d.MathBlock():
                parts.append(strip_comments(block.tex))
            case d.CodeBlock():
                parts.append(block.code)
            case d.HtmlBlock():
                parts.append(block.html)
        parts.append(d.plain_text(d.own_inlines(block)))
    return "".join("".join(parts).split())


def targets(block: d.Block) -> Iterator[str]:
    """What the links and pictures of a block lead to within the notebook, in order."""
    for inline in d.all_inlines((block,)):
        match inline:
            case d.WikiLink() | d.Embed():
                yield inline.target
            case d.Link() if not re.match(r"[a-z][a-z0-9+.-]*:", inline.href, re.IGNORECASE):
                yield inline.href.partition("#")[0]
            case d.Image() if "://" not in inline.src:
                yield inline.src


def tex_without_comments(block: d.Block) -> Iterator[tuple[str, str]]:
    """(TeX as it stands, without its comments) of the formulas that hold any."""
    found = [b.tex for b in d.walk_blocks((block,)) if isinstance(b, d.MathBlock)]
    found += [i.tex for i in d.all_inlines((block,)) if isinstance(i, d.Math)]
    yield from ((tex, strip_comments(tex)) for tex in found if strip_comments(tex) != tex)
