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
