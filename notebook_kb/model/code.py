"""Code of a note that can be run."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class CodePart:
    """A block of Python in a note, in the order in which blocks are run.

    `check`: it is a proof, `python check`. `line` is the note's line on which its first line stands, `column` the column at
    which its lines begin (both from 1). `private`: its output is never public.
    """

    code: str
    check: bool = False
    line: int = 1
    column: int = 1
    private: bool = False


@dataclass(frozen=True, slots=True)
class ShownBlock:
    """What a page shows of one block: `kind` is passed, ran, failed, changed, unrun or '' (nothing is said), `message` why it
    failed, `stdout` what it printed (`cut`: and more), `figures` its pictures: (name, path in the notebook).
    """

    kind: str = ""
    message: str = ""
    stdout: str = ""
    cut: bool = False
    figures: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class ShownCode:
    """What a page shows of a note's code: with what it ran (`numpy 2.3, Python 3.12`), and its blocks in order."""

    versions: str = ""
    blocks: tuple[ShownBlock, ...] = ()
