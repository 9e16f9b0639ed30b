"""Honest solutions of the roadmap's exercises: nothing is held against them, and they pass their checks."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from notebook_kb.languages import language_pack
from notebook_kb.notebook.load import built_in_roadmap
from notebook_kb.parsing.note import parse_note
from notebook_kb.parsing.sections import section_names
from notebook_kb.running.honesty import read_code
from notebook_kb.running.runner import run_code

if TYPE_CHECKING:
    from notebook_kb.model.note import Note

TEXT = (Path(__file__).parent.parent / "fixtures" / "code" / "honest.md").read_text(encoding="utf-8")
SOLUTIONS = dict(re.findall(r"^## (\S+)\n(.*?)(?=^## |\Z)", TEXT, re.MULTILINE | re.DOTALL))


def parsed(text: str) -> Note:
    names = section_names(language_pack("en"), {}, (), {"visual": "Visual"})
    return parse_note(text, "notes/x.md", "", names).note


@pytest.mark.parametrize("concept", SOLUTIONS)
def test_an_honest_solution_is_from_scratch(concept: str) -> None:
    """Red when plain NumPy is called a shortcut, or a real check no proof."""
    exercise = built_in_roadmap("math-for-ml", "en").exercise_of(concept)
    assert exercise
    note = parsed(SOLUTIONS[concept])
    read = read_code(note.code, exercise)
    assert not read.shortcuts
    assert read.asserts
    assert not read.weak


def test_the_honest_solutions_pass_their_checks() -> None:
    """Red when one of them fails or an assert of it is not reached: then the test above would test nothing."""
    note = parsed(TEXT)
    assert len(SOLUTIONS) >= 12
    run = run_code(note.code, note.path, Path(sys.executable))
    assert run.fault is None
    assert all(block.reached for part, block in zip(note.code, run.blocks, strict=True) if part.check)
