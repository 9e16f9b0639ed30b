"""What pages show of a note's code: only what belongs to the code as it stands, and never more than was proved."""

from __future__ import annotations

from typing import TYPE_CHECKING

from notebook_kb.model.code import ShownBlock, ShownCode
from notebook_kb.model.evidence import CodeState
from notebook_kb.model.note import Part
from notebook_kb.running.results import FOLDER, Result, read_figure, read_result

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from notebook_kb.model.code import CodePart
    from notebook_kb.model.evidence import CodeEvidence
    from notebook_kb.model.note import Note
    from notebook_kb.running.results import BlockResult

NAMES = {"numpy": "numpy", "matplotlib": "matplotlib", "python": "Python"}


def shown_code(root: Path, state: str, note: Note, known: CodeEvidence, *, mine: bool) -> ShownCode | None:
    """What the pages show of the code of `note` (of the whole notebook); None for a note without code. Without `mine`
    nothing of private blocks is in it. `state` is the name of the state folder.
    """
    if not note.code_key:
        return None
    result = read_result(root / state, note.path)
    current = isinstance(result, Result) and result.key == note.code_key
    if not isinstance(result, Result) or not current or len(result.blocks) != len(note.code):
        kind = "changed" if isinstance(result, Result) else "unrun"
        says = wants_word if isinstance(result, Result) else is_proof
        blocks = tuple(ShownBlock(kind if says(note, p) else "") for p in note.code)
        return ShownCode("", blocks)
    shown = []
    for number, (part, block) in enumerate(zip(note.code, result.blocks, strict=True)):
        if part.private and not mine:
            shown.append(ShownBlock())
            continue
        kind, message = kind_of(note, number, known, result)
        figures = tuple((f, figure_name(state, note, f)) for f in whole(root / state, note, block))
        shown.append(ShownBlock(kind, message, block.stdout, block.cut, figures))
    return ShownCode(versions_words(result.versions), tuple(shown))


def kind_of(note: Note, number: int, known: CodeEvidence, result: Result) -> tuple[str, str]:
    """(what is said of a block that belongs to the last run, why it failed)."""
    fault, part = result.fault, note.code[number]
    if fault and number == fault.block:
        return "failed", fault.message
    if not wants_word(note, part):
        return "", ""
    if fault:
        return ("unrun" if number > fault.block else ""), ""
    proved = known.state is CodeState.PASSED and any(p.check for p in note.code)
    return ("passed" if proved else "ran"), ""


def is_proof(note: Note, part: CodePart) -> bool:
    """Whether a block is a check, or code from scratch."""
    return part.check or in_code_section(note, part)


def wants_word(note: Note, part: CodePart) -> bool:
    """Whether a page says how a block that was once run stands: it proves something; where none does, the first."""
    return is_proof(note, part) or (part is note.code[0] and not any(is_proof(note, p) for p in note.code))


def in_code_section(note: Note, part: CodePart) -> bool:
    """Whether a block stands in a note's code from scratch."""
    before = [s for s in note.sections if s.place.line <= part.line]
    return bool(before) and before[-1].part is Part.CODE


def figure_name(state: str, note: Note, name: str) -> str:
    """A figure's path in the notebook."""
    return f"{state.strip('/')}/{FOLDER}/{note.path}.{name}.png"


def whole(state: Path, note: Note, block: BlockResult) -> tuple[str, ...]:
    """The figures of a block whose files are what they were."""
    return tuple(name for name in block.figures if read_figure(state, note.path, name))


def versions_words(versions: Mapping[str, str]) -> str:
    """`numpy 2.3, Python 3.12`."""
    named = [(NAMES[n], versions[n]) for n in NAMES if n in versions]
    return ", ".join(f"{name} {'.'.join(version.split('.')[:2])}" for name, version in named)
