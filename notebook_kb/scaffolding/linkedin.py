"""A `## LinkedIn` section for a text that was written elsewhere: Markdown that reads back as the same text."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from notebook_kb.model import document as d
from notebook_kb.model.note import Part
from notebook_kb.parsing.tree import parse_document
from notebook_kb.scaffolding.edits import insert_before, lines_of
from notebook_kb.scaffolding.note import Scaffold

if TYPE_CHECKING:
    from notebook_kb.languages import LanguagePack
    from notebook_kb.parsing.note import ParsedNote

BULLET = re.compile(r"( *)([•–]|\d{1,9}\.) (?=\S)")
# tried in turn until the line reads as its own words
ESCAPED = (
    re.compile(r"([\\`*_{}<>$#|~=^%!])"),
    re.compile(r"^([-+]|\d+(?=[.)]))|([\\`*_{}\[\]<>$#|~=^%!&.)])"),
    re.compile(r"([!-/:-@\[-`{-~])"),
)


def add_linkedin(source: str, parsed: ParsedNote, pack: LanguagePack, text: str) -> Scaffold:
    """The note's source with the text of a post: in its empty section where it has one, else at the end.

    The line is that of the section's heading.
    """
    block = markdown_lines(text)
    empty = next((s for s in parsed.note.sections if s.part is Part.LINKEDIN and s.heading), None)
    if empty:
        heading = parsed.document.blocks[empty.first].place
        edited = insert_before(source, max(heading.end_line, heading.line) + 1, ["", *block])
        return Scaffold(edited, empty.place.line)
    # below a first-level part that is private, a section of the second level would be private too
    inside = next((s for s in reversed(parsed.note.sections) if s.level == 1 and s.heading), None)
    marks = "#" if inside and inside.private else "##"
    line = len(lines_of(source)) + 1
    edited = insert_before(source, line, [f"{marks} {pack.parts['linkedin'][0]}", "", *block])
    at = next(n for n in range(line, line + 3) if lines_of(edited)[n - 1].startswith(marks))
    return Scaffold(edited, at)


def markdown_lines(text: str) -> list[str]:
    """The lines of a text as Markdown: paragraphs, lists, forced line ends; signs escaped only where they mean something."""
    out: list[str] = []
    for paragraph in re.split(r"\n[ \t]*\n+", text.strip("\n")):
        lines = paragraph.split("\n")
        for i, line in enumerate(lines):
            bullet = BULLET.match(line)
            after = bool(i) and bool(BULLET.match(lines[i - 1]))
            if bullet:
                if i and not after:
                    out[-1] = out[-1].removesuffix("\\")
                    out.append("")
                mark = bullet[2] if bullet[2][0].isdigit() else "-"
                out.append(f"{bullet[1]}{mark} {plain_line(line[bullet.end() :])}")
            else:
                if after:
                    out.append("")
                out.append(plain_line(line.strip()) + ("\\" if i + 1 < len(lines) else ""))
        out.append("")
    return out[:-1]


def plain_line(line: str) -> str:
    """A line as Markdown that reads as just these words."""
    # below another paragraph a colon would begin a definition
    lead = "\\" if line.startswith(":") else ""
    if reads_as(lead + line, line):
        return lead + line
    words = (w if "://" in w else ESCAPED[0].sub(escape, w) for w in line.split(" "))
    tried = [" ".join(words), *(signs.sub(escape, line) for signs in ESCAPED)]
    tried = [t if t.startswith("\\") else lead + t for t in tried]
    return next((t for t in tried if reads_as(t, line)), tried[-1])


def escape(sign: re.Match[str]) -> str:
    r"""A sign that stands for itself. `\(` and `\[` begin formulas, so brackets are written as their numbers."""
    if sign[0].isdigit():
        return sign[0]  # the full stop behind it is escaped
    return f"&#{ord(sign[0])};" if sign[0] in "()[]" else f"\\{sign[0]}"


def reads_as(markdown: str, line: str) -> bool:
    """Whether Markdown is one paragraph of plain words, tags and bare addresses that says `line`."""
    document, comments = parse_document(markdown, 1)
    if comments or document.footnotes or len(document.blocks) != 1:
        return False
    block = document.blocks[0]
    plain = isinstance(block, d.Paragraph) and all(
        isinstance(i, (d.Text, d.Tag)) or (isinstance(i, d.Link) and i.auto)
        for i in d.walk_inlines(block.inlines)
    )
    return plain and d.plain_text(d.own_inlines(block)) == line
