"""What is wrong in a note's text, beyond its head and its formulas."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from notebook_kb.findings import finding
from notebook_kb.model import document as d
from notebook_kb.parsing.blocks import CARD_ID
from notebook_kb.parsing.head import MARKS, conflict
from notebook_kb.parsing.markdown import MAX_NESTING
from notebook_kb.parsing.rules.comment import fence_after
from notebook_kb.parsing.sections import looks_private, private_callout
from notebook_kb.parsing.shapes import PLUGIN_LANGUAGES

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from notebook_kb.findings import Finding
    from notebook_kb.parsing.rules.comment import MaskedComment
    from notebook_kb.parsing.sections import SectionNames

LARGE = 400_000
# `##Visual`, or a blank that is none for Markdown, as some keyboards and web pages give it
NO_HEADING = re.compile(r" {0,3}(#{2,6})(?=[^\W\d_])|( {0,3}#{1,6})[\u00a0\u2007\u202f\u3000]")
LOOKS_SO = re.compile(f"^(?:{NO_HEADING.pattern})", re.MULTILINE)
FENCED = re.compile(r"```|~~~")
BLANK_LINE = re.compile(r"\n[ \t>]*\n")


def open_fences(document: d.Document, body: str, first_line: int) -> Iterator[Finding]:
    """Fenced blocks of code that nothing closes: all that follows in the note, the list or the quote is code."""
    if not FENCED.search(body):
        return
    lines = body.split("\n")
    for block in d.walk_blocks((*document.blocks, *document.footnotes)):
        if not isinstance(block, d.CodeBlock) or not block.place.line:
            continue
        first, last = (n - first_line for n in (block.place.line, block.place.end_line))
        fence, _ = fence_after(lines[first], "") if 0 <= first < len(lines) else ("", False)
        closed = fence and first < last < len(lines) and not fence_after(lines[last], fence)[0]
        inner = next(
            (n for n in range(first + 1, min(last, len(lines))) if opens_again(lines[n], fence)), None
        )
        if fence and inner is not None:
            yield finding(
                "KB607",
                f"this block of code goes on to line {block.place.end_line}, and another begins in it, in line {inner + first_line}",
                f"write {fence} on a line of its own above that one",
                place=(block.place.line, block.place.column, 0, 0),
            )
        elif fence and not closed:
            yield finding(
                "KB607",
                f"this block of code is never closed, so it goes on to line {block.place.end_line}",
                f"write {fence} on a line of its own where the code ends",
                place=(block.place.line, block.place.column, 0, 0),
            )


def opens_again(line: str, fence: str) -> bool:
    """Whether a line in a block of code begins another one that is as strong: a closing line was forgotten."""
    other, code = fence_after(line, "")
    named = line.strip(" \t>").lstrip("`~")
    return bool(fence) and code and other.startswith(fence) and named[:1].isalpha()


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


def doubled_ids(document: d.Document) -> Iterator[Finding]:
    """Block ids that stood in the note before; a page knows no case in them."""
    seen: set[str] = set()
    for inline in d.all_inlines((*document.blocks, *document.footnotes)):
        if not isinstance(inline, d.BlockId) or inline.name.startswith(CARD_ID):
            continue
        if inline.name.lower() in seen:
            message = f"`^{inline.name}` names another block above: links lead to that one"
            yield finding("KB208", message, "give this block another id", place=inline.place)
        seen.add(inline.name.lower())


def sudden_comments(comments: Iterable[MaskedComment], body: str, first_line: int) -> Iterator[Finding]:
    """Comments that open right behind a word or number (`100%% sure`) and go on over a paragraph's end."""
    lines = body.split("\n")
    for comment in comments:
        row, column = comment.place.line - first_line, comment.place.column - 1
        if not comment.closed or not BLANK_LINE.search(comment.text) or not 0 <= row < len(lines):
            continue
        if column > 0 and lines[row].startswith("%%", column) and lines[row][column - 1].isalnum():
            last = comment.place.end_line
            message = f"this %% stands right behind a word and hides all up to line {last}"
            yield finding(
                "KB506", message, "write one %, or a blank before %%", place=(*comment.place[:2], 0, 0)
            )


def no_headings(document: d.Document, body: str, first_line: int) -> Iterator[Finding]:
    """Lines of top-level paragraphs that look like headings and are text, for want of a blank behind the #."""
    if not LOOKS_SO.search(body):
        return
    lines = body.split("\n")
    for block in document.blocks:
        if not isinstance(block, d.Paragraph) or not block.place.line:
            continue
        for number in whole_lines(block):
            line = lines[number - first_line] if 0 <= number - first_line < len(lines) else ""
            match = NO_HEADING.match(line)
            if match:
                sign = (match[1] or match[2]).strip()
                hint = f"put a blank behind {sign}; `kb check --fix` does it"
                yield finding("KB606", "this looks like a heading and is text", hint, place=(number, 1, 0, 0))


def whole_lines(paragraph: d.Paragraph) -> Iterator[int]:
    """The lines that begin with text and hold no part of something that goes on in the next one.

    Made into a heading, any other line would tear a formula or a piece of code apart; a TeX comment in it, private
    until then, would be text.
    """
    children = [*paragraph.inlines, d.SoftBreak()]
    start = 0
    for index, inline in enumerate(children):
        if not isinstance(inline, (d.SoftBreak, d.HardBreak)):
            continue
        first = children[start]
        behind = children[index + 1].place.line if index + 1 < len(children) else paragraph.place.end_line + 1
        if isinstance(first, d.Text) and behind == first.place.line + 1:
            yield first.place.line
        start = index + 1


DRAWN_INSTEAD = {
    "mermaid": "save the diagram as an SVG and embed the picture",
    "excalidraw": "save the drawing as an SVG and embed the picture",
    "templater": "let Templater fill it in, then save the note",
}
# most notes have none of these, and need no walk
PLUGIN_SIGNS = re.compile(rf"(?:```|~~~)[ \t]*(?:{'|'.join(sorted(PLUGIN_LANGUAGES))})|<%", re.IGNORECASE)
WRITTEN_INSTEAD = "write the list out, or link to a tag: the site has a page for each"


def plugin_findings(document: d.Document, body: str, first_line: int) -> Iterator[Finding]:
    """Blocks and commands that only another program can draw or run."""
    if not PLUGIN_SIGNS.search(body):
        return
    lines = body.split("\n")
    for block in d.walk_blocks((*document.blocks, *document.footnotes)):
        if isinstance(block, d.CodeBlock) and block.language in PLUGIN_LANGUAGES:
            yield not_run(block.language, block.place)
        for inline in d.walk_inlines(d.own_inlines(block)):
            if isinstance(inline, d.Code) and inline.text.startswith("<%"):
                row, column = inline.place.line - first_line, inline.place.column - 1
                if 0 <= row < len(lines) and lines[row].startswith("<%", column):
                    yield not_run("templater", inline.place)


def not_run(name: str, place: d.Place) -> Finding:
    """The finding for one of them."""
    message = f"`{name}` is not run here: it is shown as it is written"
    return finding("KB610", message, DRAWN_INSTEAD.get(name, WRITTEN_INSTEAD), place=place)


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
        found += [
            unsure_heading(h)
            for h in d.walk_blocks((block,))
            if isinstance(h, d.Heading) and looks_private(h, names)
        ]
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


def unsure_heading(heading: d.Heading) -> Finding:
    """The finding for a heading that only begins like a private one."""
    return finding(
        "KB502",
        f"the heading `{heading.text}` looks private, so its section is kept out of everything public",
        "write `Private` or `Excerpt` alone, or begin it with another word",
        place=heading.place,
    )


def unsure_callout(callout: d.Callout) -> Finding:
    """The finding for a callout that only resembles a private one."""
    return finding(
        "KB502",
        f"the callout `[!{callout.kind}] {callout.title_text}`".rstrip()
        + " looks private, so it is kept out of everything public",
        "write [!excerpt] or [!private], or choose other words",
        place=callout.place,
    )
