"""Symbol by symbol: which blocks belong to a display formula, and what they say of its symbols.

Below a formula stand, in any order: a list `- $m$: the slope`, a table of two columns, a sentence "where $m$ is the slope and
$b$ the start", a line `Read aloud: …`, comments. Everybody who needs them (figures, cards, search, checks) asks here.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from notebook_kb.model import document as d
from notebook_kb.parsing.blocks import lone_id

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from notebook_kb.languages import LanguagePack

    Inlines = tuple[d.Inline, ...]
    Row = tuple[Inlines, Inlines]

TWO = 2
MARKS = frozenset(":–—-=")
# how many words may stand before a sign in a clause: "the learning rate $\eta$"
BEFORE = 4
END = re.compile(r"[.;,\s]+\Z")
# a sign without dollar signs: one or two letters, as in `a: the slope`
BARE = re.compile(r"([^\W\d_][\w']?)\s*[:=–—]\s+(.*)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class ListWords:
    """The words by which symbol lists are known, without case: see `labels` of the language pack."""

    aloud: tuple[str, ...]
    where: tuple[str, ...]
    means: tuple[str, ...]
    joins: tuple[str, ...]
    of: frozenset[str]

    @property
    def parting(self) -> re.Pattern[str]:
        """What parts the clauses of a sentence."""
        joins = "|".join(re.escape(w) for w in self.joins)
        return re.compile(rf"\s*[,;]\s*(?:(?:{joins})\s+)?|\s+(?:{joins})\s+|\.\s+", re.IGNORECASE)


def list_words(pack: LanguagePack) -> ListWords:
    """The words of a language pack."""
    aloud, where, means, joins, of = (
        tuple(w.casefold() for w in pack.labels[name])
        for name in ("read_aloud", "where", "means", "joins", "of")
    )
    return ListWords(aloud, where, means, joins, frozenset(of))


def listed_blocks(
    blocks: Sequence[d.Block], words: ListWords, *, partly: bool = False
) -> Iterator[tuple[d.Block, str, tuple[d.Block, ...]]]:
    """Each block in turn; a display formula with its id and the blocks that belong to it, which do not come again.
    `partly` as in `symbol_rows`.
    """
    i = 0
    while i < len(blocks):
        block = blocks[i]
        if not isinstance(block, d.MathBlock):
            yield block, "", ()
            i += 1
            continue
        name = lone_id(blocks[i + 1]) if i + 1 < len(blocks) else ""
        start = i + 2 if name else i + 1
        i = start
        while i < len(blocks) and belongs(blocks[i], words, partly=partly):
            i += 1
        yield block, name, tuple(blocks[start:i])


def belongs(block: d.Block, words: ListWords, *, partly: bool = False) -> bool:
    """Whether a block below a formula is about it."""
    return (
        isinstance(block, d.CommentBlock)
        or bool(symbol_rows(block, words.means, partly=partly))
        or bool(spoken(block, words.aloud))
        or bool(where_rows(block, words))
    )


def spoken(block: d.Block, labels: tuple[str, ...]) -> Inlines:
    """The words behind one of the labels (`Read aloud:`, without case); () when the block is no such line."""
    if not isinstance(block, d.Paragraph) or not block.inlines:
        return ()
    first = block.inlines[0]
    if not isinstance(first, d.Text):
        return ()
    label, colon, rest = first.text.partition(":")
    if not colon or label.strip().casefold() not in labels:
        return ()
    return (d.Text(first.place, rest.lstrip()), *block.inlines[1:])


def symbol_rows(block: d.Block, means: tuple[str, ...] = (), *, partly: bool = False) -> list[Row]:
    """(sign, words) of a two-column table or a list of `$m$: the slope`; [] when the block is neither.

    `means` are the verbs that may stand in place of the colon: `$m$ is the slope`. `partly`: a list of which some items
    are such rows will do, as while one is being typed, and an item may have more below its first paragraph; who draws
    the rows in its place would lose the rest.
    """
    if isinstance(block, d.Table):
        rows = block.rows if all(len(r) >= TWO for r in block.rows) and len(block.header) == TWO else ()
        return [(r[0].inlines, r[1].inlines) for r in rows]
    if isinstance(block, d.List):
        found = [list_row(item, means, partly=partly) for item in block.items]
        return [row for row in found if row] if partly or all(found) else []
    return []


def list_row(item: d.ListItem, means: tuple[str, ...] = (), *, partly: bool = False) -> Row | None:
    """`$m$: the slope` as (sign, words). `partly`: as for `symbol_rows`."""
    first = item.children[0] if item.children else None
    if not isinstance(first, d.Paragraph) or (len(item.children) > 1 and not partly):
        return None
    inlines = first.inlines
    if partly and (row := bare_row(inlines)):
        return row
    for i, inline in enumerate(inlines):
        if not isinstance(inline, d.Text) or not i:
            continue
        text = inline.text.lstrip()
        if text[:1] in MARKS and text:
            return inlines[:i], (d.Text(inline.place, text[1:].lstrip()), *inlines[i + 1 :])
        verb = text.partition(" ")[0].casefold()
        if i == 1 and isinstance(inlines[0], d.Math) and verb and verb in means:
            return inlines[:i], (d.Text(inline.place, text[len(verb) :].lstrip()), *inlines[i + 1 :])
        if partly and i == 1 and isinstance(inlines[0], d.Math) and text and text != inline.text:
            return inlines[:i], (d.Text(inline.place, text), *inlines[i + 1 :])  # the colon was forgotten
    return None


def bare_row(inlines: Inlines) -> Row | None:
    """`a: the slope` without the dollar signs as (sign, words): it says what is meant, though a page does not draw it."""
    first = inlines[0] if inlines else None
    match = BARE.match(first.text) if isinstance(first, d.Text) else None
    if not first or not match:
        return None
    return (d.Text(first.place, match[1]),), (d.Text(first.place, match[2]), *inlines[1:])


def where_rows(block: d.Block, words: ListWords) -> list[Row]:
    """(sign, words) of a sentence such as "where $m$ is the slope and $b$ the start"; [] for any other block."""
    if not isinstance(block, d.Paragraph) or not block.inlines or not isinstance(block.inlines[0], d.Text):
        return []
    first = block.inlines[0]
    label = next(
        (w for w in words.where if re.match(rf"{re.escape(w)}[\s:,]", first.text, re.IGNORECASE)), ""
    )
    if not label:
        return []
    rest = (replace(first, text=first.text[len(label) + 1 :]), *block.inlines[1:])
    rows: list[Row] = []
    waiting: list[d.Inline] = []
    for clause in _clauses(rest, words):
        row = _clause_row(clause, words)
        if row is None:
            if rows and not waiting:
                sign, said = rows[-1]
                rows[-1] = (sign, (*said, d.Text(d.NOWHERE, ", "), *clause))
        elif not says_something(row[1]):
            waiting += row[0]
        else:
            rows.append(((*waiting, *row[0]), row[1]))
            waiting = []
    return [(sign, _without_end(_without_colon(said), words.means)) for sign, said in rows]


def _clauses(inlines: Inlines, words: ListWords) -> Iterator[Inlines]:
    """A sentence cut at its commas and ands."""
    clause: list[d.Inline] = []
    for inline in inlines:
        if isinstance(inline, (d.SoftBreak, d.HardBreak)):
            clause.append(d.Text(inline.place, " "))
            continue
        if not isinstance(inline, d.Text):
            clause.append(inline)
            continue
        for number, piece in enumerate(words.parting.split(inline.text)):
            if number:
                yield tuple(clause)
                clause = []
            if piece:
                clause.append(replace(inline, text=piece))
    if clause:
        yield tuple(clause)


def _clause_row(clause: Inlines, words: ListWords) -> Row | None:
    """The formula that a clause is about, and the words around it; None where it only mentions one."""
    if clause and isinstance(clause[0], d.Text):
        word, _, rest = clause[0].text.lstrip().partition(" ")
        if word.casefold() in words.where:
            clause = (replace(clause[0], text=rest), *clause[1:])
    at = next((i for i, inline in enumerate(clause) if isinstance(inline, d.Math)), -1)
    if at < 0:
        return None
    before = d.plain_text(clause[:at]).split()
    after = clause[at + 1 :]
    text = after[0].text.lstrip() if after and isinstance(after[0], d.Text) else ""
    verb = text.partition(" ")[0]
    is_verb = verb.casefold() in words.means
    if before:
        stands = is_verb or not says_something(after)
        if not stands or len(before) > BEFORE or {before[0].casefold(), before[-1].casefold()} & words.of:
            return None
        return (clause[at],), (*clause[:at], *after)
    if is_verb and isinstance(after[0], d.Text):
        after = (replace(after[0], text=text[len(verb) :].lstrip()), *after[1:])
    return (clause[at],), after


def _without_colon(inlines: Inlines) -> Inlines:
    """Words without the colon or dash that may stand before them."""
    if not inlines or not isinstance(inlines[0], d.Text):
        return inlines
    return (replace(inlines[0], text=re.sub(r"^\s*[:–—=]\s*", "", inlines[0].text)), *inlines[1:])


def _without_end(inlines: Inlines, means: tuple[str, ...]) -> Inlines:
    """Words without the sentence's end, nor the verb that German puts there."""
    if not inlines or not isinstance(inlines[-1], d.Text):
        return inlines
    text = END.sub("", inlines[-1].text)
    left, _, last = text.rpartition(" ")
    return (*inlines[:-1], replace(inlines[-1], text=left if last.casefold() in means else text))


def says_something(inlines: Inlines) -> bool:
    """Whether any word stands in it: comments and signs are none, a formula is."""
    return any(c.isalnum() for c in d.plain_text(inlines))
