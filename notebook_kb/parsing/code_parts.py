"""Which blocks of a note are run, in which order, and the key of their results."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from notebook_kb.model import document as d
from notebook_kb.model.code import CodePart
from notebook_kb.model.note import Part
from notebook_kb.parsing.sections import visible

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from notebook_kb.model.note import Section
    from notebook_kb.parsing.sections import SectionNames

LANGUAGES = frozenset({"python", "py", "python3"})
NOT_RUN = "no-run"
# of a source's words and of a post's text nothing is run; a card shows code that is asked about
NOT_OWN = frozenset({Part.EXCERPT, Part.LINKEDIN})


def is_check(block: d.CodeBlock) -> bool:
    """Whether a code block is a check: `python check`."""
    return block.info.split()[1:2] == ["check"]


def is_run(block: d.CodeBlock) -> bool:
    """Whether a code block is run: Python, but neither `python no-run` nor a copy of a session (`>>> …`)."""
    if block.language not in LANGUAGES or NOT_RUN in block.info.split()[1:]:
        return False
    code = block.code.strip()
    return bool(code) and not code.startswith(">>>")


def runnable(blocks: Iterable[d.Block]) -> Iterator[d.CodeBlock]:
    """The blocks that are run, at any depth, in reading order; those of cards are not."""
    for block in blocks:
        if isinstance(block, d.CodeBlock) and is_run(block):
            yield block
        elif not isinstance(block, d.Card):
            yield from runnable(d.child_blocks(block))


def code_parts(
    document: d.Document,
    sections: tuple[Section, ...],
    hidden: set[int],
    names: SectionNames,
    body: tuple[str, int],
) -> tuple[CodePart, ...]:
    """The code of a note. `hidden` are the indexes of private blocks, `body` is the text with its first line's number."""
    not_own = {i for s in sections if s.part in NOT_OWN for i in range(s.first, s.last)}
    lines, first_line = body[0].split("\n"), body[1]
    parts = []
    for i, top in enumerate(document.blocks):
        if i in not_own or is_excerpt(top):
            continue
        shown = [] if i in hidden else [id(b) for b in runnable(visible((top,), names))]
        for block in runnable((top,)):
            line = block.place.line + 1
            raw = lines[line - first_line] if 0 <= line - first_line < len(lines) else ""
            column = column_of(block.code.split("\n", 1)[0], raw)
            parts.append(CodePart(block.code, is_check(block), line, column, id(block) not in shown))
    return tuple(parts)


def is_excerpt(block: d.Block) -> bool:
    """Whether a block holds a source's own words."""
    return isinstance(block, d.Callout) and block.kind.partition("|")[0].strip() == "excerpt"


def column_of(code: str, raw: str) -> int:
    """The column at which a block's lines begin, behind the marks of lists and quotes."""
    return len(raw) - len(code) + 1 if code and raw.endswith(code) else 1


def key_of(parts: Iterable[CodePart]) -> str:
    """The key of the results: a digest of the code alone, so that neither prose nor place counts. '' without code."""
    state = hashlib.sha256()
    count = 0
    for count, part in enumerate(parts, start=1):  # noqa: B007 - counts
        state.update(f"{'check' if part.check else 'code'}:{len(part.code.encode())}:".encode())
        state.update(part.code.encode())
    return state.hexdigest()[:32] if count else ""
