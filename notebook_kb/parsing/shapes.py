"""Blocks that Markdown reads as something else: callouts in quotes, tasks in lists, display formulas in paragraphs."""

from __future__ import annotations

import re
from dataclasses import replace

from notebook_kb.model import document as d
from notebook_kb.parsing.pictures import names_picture

# callout types and their other names, as Obsidian has them, with the type whose look they have
CALLOUT_TYPES = {
    "note": (),
    "abstract": ("summary", "tldr"),
    "info": (),
    "todo": (),
    "tip": ("hint", "important"),
    "success": ("check", "done"),
    "question": ("help", "faq"),
    "warning": ("caution", "attention"),
    "failure": ("fail", "missing"),
    "danger": ("error",),
    "bug": (),
    "example": (),
    "quote": ("cite",),
}
CALLOUTS = {name: kind for kind, others in CALLOUT_TYPES.items() for name in (kind, *others)}
# code blocks that plugins of other programs turn into something
PLUGIN_LANGUAGES = frozenset(
    ["mermaid", "dataview", "dataviewjs", "tasks", "query", "excalidraw", "templater", "base"]
)
CALLOUT = re.compile(r"\[!([^\]\n]+)\]([+-]?)[ \t]*")
# any sign but a blank is done, as in Obsidian
TASK = re.compile(r"\[([^\]\n])\][ \t]+")


def as_callout(blocks: tuple[d.Block, ...], place: d.Place) -> d.Callout | None:
    """A quote that begins with `[!kind]` as a callout; `kind` may be followed by `|` and words for a theme.

    Where a line of dashes ends the first paragraph, Markdown reads it as a heading; here it is still the callout's.
    """
    first = blocks[0]
    if not isinstance(first, (d.Paragraph, d.Heading)):
        return None
    if not first.inlines or not isinstance(first.inlines[0], d.Text):
        return None
    # `[!note]` may be cut into several text tokens, since `[` and `!` are Markdown's
    count, text = 0, ""
    for inline in first.inlines:
        if not isinstance(inline, d.Text):
            break
        text += inline.text
        count += 1
    match = CALLOUT.match(text)
    if not match:
        return None
    rest: list[d.Inline] = (
        [d.Text(first.inlines[0].place, text[match.end() :])] if text[match.end() :] else []
    )
    rest += first.inlines[count:]
    title, body = split_at_break(tuple(rest))
    inside = split_paragraph(d.Paragraph(first.place, body)) if body else []
    return d.Callout(
        place,
        (*inside, *blocks[1:]),
        match[1].strip().lower(),
        title,
        " ".join(d.plain_text(title).split()),
        match[2],
    )


def split_at_break(inlines: tuple[d.Inline, ...]) -> tuple[tuple[d.Inline, ...], tuple[d.Inline, ...]]:
    """The first line and the others."""
    for i, inline in enumerate(inlines):
        if isinstance(inline, (d.SoftBreak, d.HardBreak)):
            return inlines[:i], inlines[i + 1 :]
    return inlines, ()


def as_task(blocks: tuple[d.Block, ...]) -> tuple[d.Block, ...]:
    """A list item that begins with `[ ]`, `[x]` or another sign in brackets gets a checkbox."""
    if not blocks or not isinstance(blocks[0], d.Paragraph) or not blocks[0].inlines:
        return blocks
    first = blocks[0].inlines
    if not isinstance(first[0], d.Text):
        return blocks
    count, text = 0, ""
    for inline in first:
        if not isinstance(inline, d.Text):
            break
        text += inline.text
        count += 1
    match = TASK.match(text)
    if not match:
        return blocks
    inlines = (
        d.Checkbox(first[0].place, not match[1].isspace()),
        d.Text(first[0].place, text[match.end() :]),
        *first[count:],
    )
    return (replace(blocks[0], inlines=inlines), *blocks[1:])


def split_paragraph(paragraph: d.Paragraph) -> list[d.Block]:
    """Display formulas, embedded notes and comments that stand alone on their lines become blocks of their own.

    A `<div>` may not stand in a `<p>`: the text before and after becomes paragraphs.
    """
    pieces: list[list[d.Inline]] = [[]]
    blocks: list[d.Block] = []

    def flush() -> None:
        inlines = trim_breaks(pieces[-1])
        if blocks and only_ids(inlines):
            # it is that of the formula or embed on whose line it stands
            inlines = [i for i in inlines if isinstance(i, d.BlockId)]
        if inlines:
            blocks.append(replace(paragraph, inlines=tuple(inlines)))
        pieces.append([])

    for inline in paragraph.inlines:
        if isinstance(inline, d.Math) and inline.display:
            flush()
            blocks.append(d.MathBlock(inline.place, inline.tex, inline.indent))
        elif isinstance(inline, d.Embed) and len(paragraph.inlines) > 1 and not names_picture(inline.target):
            flush()
            blocks.append(replace(paragraph, inlines=(inline,)))
        else:
            pieces[-1].append(inline)
    flush()
    if all(isinstance(b, d.Paragraph) for b in blocks) and only_comments(paragraph.inlines):
        return [d.CommentBlock(i.place, i.text) for i in paragraph.inlines if isinstance(i, d.Comment)]
    return blocks


def only_ids(inlines: list[d.Inline]) -> bool:
    """Whether nothing but block ids stands there."""
    return all(isinstance(i, d.BlockId) or (isinstance(i, d.Text) and not i.text.strip()) for i in inlines)


def only_comments(inlines: tuple[d.Inline, ...]) -> bool:
    """Whether nothing but comments stands there."""
    return any(isinstance(i, d.Comment) for i in inlines) and all(
        isinstance(i, (d.Comment, d.SoftBreak)) or (isinstance(i, d.Text) and not i.text.strip())
        for i in inlines
    )


def trim_breaks(inlines: list[d.Inline]) -> list[d.Inline]:
    """Without line ends at both ends."""
    start, end = 0, len(inlines)
    while start < end and isinstance(inlines[start], (d.SoftBreak, d.HardBreak)):
        start += 1
    while end > start and isinstance(inlines[end - 1], (d.SoftBreak, d.HardBreak)):
        end -= 1
    return inlines[start:end]
