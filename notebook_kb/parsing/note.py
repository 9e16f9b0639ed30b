"""A note's text to a `Note` and its tree. Nothing in a note raises: what is wrong is a finding of the note."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from notebook_kb.findings import finding
from notebook_kb.model import document as d
from notebook_kb.model.note import Citation, Formula, Note, NoteType, Part, Reference
from notebook_kb.parsing.head import LINKS, MARKS, conflict, parse_head
from notebook_kb.parsing.markdown import MAX_NESTING
from notebook_kb.parsing.sections import (
    SectionReader,
    private_callout,
    read_citation,
    visible,
)
from notebook_kb.parsing.tree import parse_document

if TYPE_CHECKING:
    from collections.abc import Iterator

    from notebook_kb.files.yaml_places import Node
    from notebook_kb.findings import Finding
    from notebook_kb.model.note import Section
    from notebook_kb.parsing.head import Head
    from notebook_kb.parsing.sections import (
        SectionNames,
    )

DATED_NAME = re.compile(r"(\d{4}-\d{2}-\d{2})[-_ ]+(.+)$")
TRUE = frozenset({"true", "yes", "on"})
FALSE = frozenset({"false", "no", "off"})
FOREIGN_FLAGS = ("dg-publish", "published", "share")
LARGE = 400_000
CONTEXT = 240


@dataclass(frozen=True, slots=True)
class ParsedNote:
    """A note and its tree (the tree without the title's heading and without the lines that name sources)."""

    note: Note
    document: d.Document


def parse_note(text: str, path: str, digest: str, names: SectionNames) -> ParsedNote:
    """Read one note.

    `text` is the file's text, `path` its place in the notebook with forward slashes, `digest` of its bytes.
    """
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\x00", "\ufffd")
    head = parse_head(text)
    body = text[head.body_offset :]
    document, comments = parse_document(body, head.body_line)
    reader = SectionReader(document.blocks, names)
    sections, blocks = reader.read()
    document = d.Document(blocks, document.footnotes)
    values = HeadValues(head, path)
    found = [*head.findings]
    found += [
        finding(
            "KB501",
            "this comment is not closed, so the rest of the note is private",
            "write the closing %% or -->",
            place=c.place,
        )
        for c in comments
        if not c.closed
    ]
    found += text_findings(body, head.body_line)
    found += [
        finding(
            "KB403",
            "this display formula is not closed, so it stays text",
            "write the closing $$ on a line of its own",
            place=place,
        )
        for place in open_formulas(document)
    ]
    found += callout_findings(blocks, names)
    heading = title_heading(sections)
    note = values.note(
        digest, heading.heading if heading else "", broken=any(f.code == "KB105" for f in found)
    )
    found += values.findings  # only now: reading the values makes them
    hidden = private_indexes(sections, blocks, names)
    return ParsedNote(
        _with_text(note, document, sections, hidden, names, found),
        document,
    )


def _with_text(
    note: Note,
    document: d.Document,
    sections: tuple[Section, ...],
    hidden: set[int],
    names: SectionNames,
    found: list[Finding],
) -> Note:
    """The note with what was found in its text."""
    loose = sum(s.words for s in sections if s.part is Part.OTHER and not s.private)
    return replace(
        note,
        lead=lead_text(document, sections, hidden),
        sections=sections,
        references=tuple(references(document, hidden, names)),
        formulas=tuple(formulas(document, sections)),
        anchors=tuple(b.anchor for b in d.walk_blocks(document.blocks) if isinstance(b, d.Heading))
        + tuple("^" + i.name for i in d.all_inlines(document.blocks) if isinstance(i, d.BlockId)),
        loose_words=loose,
        findings=tuple(f.at(note.path) for f in found),
    )


class HeadValues:
    """The head's values as they were meant."""

    def __init__(self, head: Head, path: str) -> None:
        self.head = head
        self.path = path
        self.findings: list[Finding] = []
        self.unclear = "the head cannot be read" if head.broken else ""
        self.publish = self.flag("publish")
        self.draft = self.flag("draft") or head.text("status").casefold() == "draft"
        self.foreign_flags()

    def note(self, digest: str, heading: str, *, broken: bool) -> Note:
        """The note without what its text holds."""
        head, stem = self.head, PurePosixPath(self.path).stem
        dated = DATED_NAME.match(stem)
        given = head.text("title")
        name = dated[2].replace("-", " ") if dated else stem
        day = self.date("date") or (dated[1] if dated else "")
        at, source = head.text("at"), head.text("source")
        citation = read_citation(unlink(source)) if source else Citation()
        if at:
            citation = Citation(citation.name, at, citation.url)
        return Note(
            path=self.path,
            digest=digest,
            type=self.type(day),
            title=given or heading or name,
            title_given=bool(given or heading),
            concept=unlink(head.text("concept")),
            source=citation,
            angle=head.text("angle"),
            aliases=head.texts("aliases"),
            tags=self.tags(),
            date=day,
            updated=self.date("updated"),
            publish=self.publish and not self.unclear and not broken,
            draft=self.draft,
            unclear=self.unclear or ("conflict marks" if broken else ""),
            description=head.text("description"),
            slug=head.text("slug"),
            permalink=head.text("permalink"),
            image=unlink(head.text("image")),
            needs=tuple(unlink(t) for t in head.texts("needs")),
            met_in=head.texts("met_in"),
            id=head.text("id"),
            macros=self.macros(),
            body_line=head.body_line,
        )

    def type(self, day: str) -> NoteType:
        """What the note is for: `type` wins, else source, concept, a date; else a page."""
        typed = self.head.text("type").casefold()
        if typed in NoteType._value2member_map_:
            return NoteType(typed)
        if typed:
            self.report("KB108", "type", f"`{typed}` is no note type", "write concept, reading, post or page")
        if self.head.text("source"):
            return NoteType.READING
        if self.head.text("concept"):
            return NoteType.CONCEPT
        return NoteType.POST if day else NoteType.PAGE

    def flag(self, key: str) -> bool:
        """A flag; what is neither true nor false makes the note private."""
        node = self.head.entries.get(key)
        if node is None:
            return False
        word = self.head.text(key).casefold() if isinstance(node.value, str) else "?"
        if word in TRUE and not node.quoted:
            return True
        if word not in FALSE or node.quoted:
            self.unclear = self.unclear or f"`{key}` is neither true nor false"
            self.report(
                "KB103",
                key,
                f"`{key}: {word}` is unclear; the note stays private",
                f"write `{key}: true` or false",
            )
        return False

    def foreign_flags(self) -> None:
        """Publish keys of other tools are proposed, not obeyed."""
        if "publish" in self.head.entries:
            return
        for key in FOREIGN_FLAGS:
            if self.head.text(key).casefold() in TRUE:
                self.report(
                    "KB504",
                    key,
                    f"`{key}: true` is another tool's key; the note stays private",
                    "run `kb publish` for this note, or write `publish: true`",
                )

    def date(self, key: str) -> str:
        """A date as YYYY-MM-DD; a time behind it is dropped."""
        text = self.head.text(key)
        if not text:
            return ""
        try:
            return datetime.fromisoformat(text.replace("/", "-")).date().isoformat()
        except ValueError:
            pass
        try:
            return date.fromisoformat(text[:10]).isoformat()
        except ValueError:
            if key == "date":
                self.unclear = self.unclear or "`date` is no date"
            self.report("KB106", key, f"`{text}` is no date", "write it as 2026-11-20")
            return ""

    def tags(self) -> tuple[str, ...]:
        """Tags without `#`, each once."""
        cleaned = (t.strip().lstrip("#").strip("/") for t in self.head.texts("tags"))
        return tuple(dict.fromkeys(t for t in cleaned if t))

    def macros(self) -> dict[str, str]:
        """The head's own LaTeX commands."""
        node = self.head.entries.get("macros")
        pairs = node.value if node and node.kind == "map" and isinstance(node.value, list) else []
        return {
            str(p[0].value).lstrip("\\"): p[1].value
            for p in pairs
            if isinstance(p, tuple) and isinstance(p[1].value, str)
        }

    def report(self, code: str, key: str, message: str, hint: str) -> None:
        """A finding at a key's value."""
        node: Node | None = self.head.entries.get(key)
        place = (node.line, node.column, node.end_line, node.end_column) if node else (0, 0, 0, 0)
        self.findings.append(finding(code, message, hint, place=place))


def unlink(text: str) -> str:
    """`[[x|y]]` → `x`; other text as it is."""
    match = LINKS.search(text)
    return match[1].split("|")[0].strip() if match else text


def title_heading(sections: tuple[Section, ...]) -> Section | None:
    """The first level-1 heading that is neither private nor the name of a part."""
    return next((s for s in sections if s.level == 1 and s.part is Part.OTHER and not s.private), None)


def private_indexes(
    sections: tuple[Section, ...], blocks: tuple[d.Block, ...], names: SectionNames
) -> set[int]:
    """The indexes of top-level blocks that are private."""
    hidden = {i for s in sections if s.private for i in range(s.first, s.last)}
    hidden |= {i for i, b in enumerate(blocks) if isinstance(b, d.Callout) and private_callout(b, names)[0]}
    return hidden | {i for i, b in enumerate(blocks) if isinstance(b, d.CommentBlock)}


def lead_text(document: d.Document, sections: tuple[Section, ...], hidden: set[int]) -> str:
    """The words of the first paragraph before any known part."""
    for section in sections:
        if section.part is not Part.OTHER or section.private:
            return ""
        for i in range(section.first, section.last):
            block = document.blocks[i]
            if i not in hidden and isinstance(block, d.Paragraph):
                return " ".join(d.plain_text(block.inlines).split())
    return ""


def references(document: d.Document, hidden: set[int], names: SectionNames) -> Iterator[Reference]:
    """Every link, embed and picture, with the words around it."""
    shown = shown_footnotes(document, hidden, names) if document.footnotes else set()
    for i, block in enumerate(document.blocks):
        yield from _block_references(block, names, private=i in hidden)
    for footnote in document.footnotes:
        yield from _block_references(footnote, names, private=footnote.number not in shown)


def shown_footnotes(document: d.Document, hidden: set[int], names: SectionNames) -> set[int]:
    """The numbers of the footnotes that public text refers to, also through other footnotes."""
    blocks = tuple(b for i, b in enumerate(document.blocks) if i not in hidden)
    shown: set[int] = set()
    while blocks:
        inlines = d.all_inlines(visible(blocks, names))
        fresh = {i.number for i in inlines if isinstance(i, d.FootnoteRef)} - shown
        shown |= fresh
        blocks = tuple(f for f in document.footnotes if f.number in fresh)
    return shown


def _block_references(block: d.Block, names: SectionNames, *, private: bool) -> Iterator[Reference]:
    public = visible((block,), names)
    if not private and public != (block,):
        kept = {id(i) for i in d.all_inlines(public)}
        for reference, inline in _all_references(block):
            yield replace(reference, private=id(inline) not in kept)
        return
    for reference, _ in _all_references(block):
        yield replace(reference, private=True) if private else reference


def _all_references(block: d.Block) -> Iterator[tuple[Reference, d.Inline]]:
    for inner in d.walk_blocks((block,)):
        inlines = d.own_inlines(inner)
        context = ""
        for inline in d.walk_inlines(inlines):
            if not isinstance(inline, (d.WikiLink, d.Embed, d.Link, d.Image)):
                continue
            context = context or " ".join(d.plain_text(inlines).split())
            yield _reference(inline, context), inline


def _reference(inline: d.WikiLink | d.Embed | d.Link | d.Image, context: str) -> Reference:
    match inline:
        case d.WikiLink():
            label = inline.label
            return Reference(
                "wiki", inline.target, inline.heading, label, inline.place, around(context, label)
            )
        case d.Embed():
            return Reference("embed", inline.target, inline.heading, inline.argument, inline.place)
        case d.Image():
            return Reference("image", inline.src, "", inline.alt, inline.place)
        case _:
            label = d.plain_text(inline.children)
            target, _, heading = inline.href.partition("#")
            return Reference("link", target, heading, label, inline.place, around(context, label))


def around(context: str, label: str) -> str:
    """The sentence in which a link stands, cut where it is long."""
    at = max(context.find(label), 0)
    start = max((context.rfind(mark, 0, at) for mark in (". ", "? ", "! ")), default=-1)
    ends = [e for e in (context.find(mark, at + len(label)) for mark in (". ", "? ", "! ")) if e >= 0]
    sentence = context[start + 2 if start >= 0 else 0 : min(ends) + 1 if ends else len(context)]
    return sentence if len(sentence) <= CONTEXT else sentence[:CONTEXT].rsplit(" ", 1)[0] + " …"


def formulas(document: d.Document, sections: tuple[Section, ...]) -> Iterator[Formula]:
    """Every formula with its place."""
    symbols = {i for s in sections if s.part is Part.SYMBOLS for i in range(s.first, s.last)}
    for i, top in enumerate((*document.blocks, *document.footnotes)):
        for block in d.walk_blocks((top,)):
            if isinstance(block, d.MathBlock):
                yield Formula(block.tex, display=True, place=block.place, in_symbols=i in symbols)
            for inline in d.walk_inlines(d.own_inlines(block)):
                if isinstance(inline, d.Math):
                    yield Formula(inline.tex, inline.display, inline.place, i in symbols)


def open_formulas(document: d.Document) -> Iterator[d.Place]:
    """Where a line of a paragraph starts with `$$` that nothing closes."""
    for block in d.walk_blocks((*document.blocks, *document.footnotes)):
        if not isinstance(block, d.Paragraph):
            continue
        starts = zip((d.SoftBreak(), *block.inlines), block.inlines, strict=False)
        for before, inline in starts:
            starts_line = isinstance(before, (d.SoftBreak, d.HardBreak)) and isinstance(inline, d.Text)
            if starts_line and isinstance(inline, d.Text) and inline.text.startswith("$$"):
                yield inline.place


def text_findings(body: str, first_line: int) -> list[Finding]:
    """Conflict marks, depth and size."""
    found: list[Finding] = []
    lines = body.split("\n")
    marks = [n for n, line in enumerate(lines) if MARKS.match(line)]
    kinds = {lines[n][0] for n in marks}
    if {"<", ">"} <= kinds:
        found.append(conflict(marks[0] + first_line))
    deep = next((n for n, line in enumerate(lines) if line.startswith(">" * 20) or too_deep(line)), -1)
    if deep >= 0:
        found.append(
            finding(
                "KB601",
                f"nested deeper than {MAX_NESTING // 2} levels; the page may lose text here",
                "use fewer levels",
                place=(deep + first_line, 1, 0, 0),
            )
        )
    if len(body) > LARGE:
        found.append(finding("KB602", f"{len(body):,} characters in one note", "cut it into several notes"))
    return found


def too_deep(line: str) -> bool:
    """Whether a line is indented or quoted deeper than the parser goes."""
    stripped = line.lstrip(" \t>")
    lead = line[: len(line) - len(stripped)]
    return lead.count(">") >= MAX_NESTING // 2 or (len(lead) >= MAX_NESTING * 2 and stripped[:1] in "-*+")


def callout_findings(blocks: tuple[d.Block, ...], names: SectionNames) -> list[Finding]:
    """Callouts that look private, and text that follows a private one at once."""
    found: list[Finding] = []
    for block, after in zip(blocks, (*blocks[1:], None), strict=False):  # longer where there are no blocks
        callouts = [b for b in d.walk_blocks((block,)) if isinstance(b, d.Callout)]
        found += [unsure_callout(c) for c in callouts if private_callout(c, names)[1]]
        private = callouts[:1] == [block] and private_callout(callouts[0], names)[0]
        if private and after is not None and not isinstance(after, (d.Heading, d.CommentBlock)):
            found.append(
                finding(
                    "KB503",
                    "this follows a private callout and is public",
                    "start the line with > if it belongs to it",
                    place=after.place,
                )
            )
    return found


def unsure_callout(callout: d.Callout) -> Finding:
    """The finding for a callout that only resembles a private one."""
    return finding(
        "KB502",
        f"the callout `[!{callout.kind}] {callout.title_text}`".rstrip()
        + " looks private, so it is kept out of everything public",
        "write [!excerpt] or [!private], or choose other words",
        place=callout.place,
    )
