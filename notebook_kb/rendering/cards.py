"""The lines of cards: `Q:`, `A:` and clozes `C: … ==x==`."""

from __future__ import annotations

from notebook_kb.model import document as d


def split_lines(inlines: tuple[d.Inline, ...]) -> list[tuple[d.Inline, ...]]:
    """A paragraph's lines, without block ids."""
    lines: list[list[d.Inline]] = [[]]
    for inline in inlines:
        if isinstance(inline, (d.SoftBreak, d.HardBreak)):
            lines.append([])
        elif not isinstance(inline, d.BlockId):
            lines[-1].append(inline)
    return [tuple(line) for line in lines]


def card_mark(line: tuple[d.Inline, ...]) -> str:
    """Q, A or C when a line begins a question, an answer or a cloze."""
    text = ""
    for inline in line:
        if not isinstance(inline, d.Text):
            break
        text += inline.text
    head, colon, _ = text.partition(":")
    word = head.split("[")[0].strip()
    known = {"Q": "Q", "F": "Q", "A": "A", "C": "C", "L": "C"}
    return known.get(word, "") if colon and len(head) <= len("Q[medium]") else ""


def without_mark(line: tuple[d.Inline, ...]) -> tuple[d.Inline, ...]:
    """A line without `Q:` at its start."""
    rest = list(line)
    while rest and isinstance(rest[0], d.Text):
        _, colon, after = rest[0].text.partition(":")
        if colon:
            rest[0] = d.Text(rest[0].place, after.lstrip())
            break
        rest.pop(0)
    return tuple(rest)


def gapped(line: tuple[d.Inline, ...]) -> tuple[d.Inline, ...]:
    """A cloze with its highlights hidden."""
    return tuple(d.Text(i.place, "[…]") if isinstance(i, d.Highlight) else i for i in line)
