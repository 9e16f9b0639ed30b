"""Missing rows as edits: in the form of the list that is there, and of no effect until somebody writes the words."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from notebook_kb.checking import check_note
from notebook_kb.checking.symbol_rows import symbol_fixes
from notebook_kb.learning.symbols import formula_states
from notebook_kb.model.edit import apply_edits
from notebook_kb.parsing.tex import TexConverter
from notebook_kb.parsing.typed_signs import sign_for, typed_signs
from notebook_kb.workspace.workspace import Workspace
from tests.support.canaries import TODAY, write_files

if TYPE_CHECKING:
    from pathlib import Path

    from notebook_kb.model.edit import Fix
    from notebook_kb.notebook.notebook import Notebook

HEAD = "# Line\n\n## Symbols\n\n"
FORMULA = "$$\n\\hat y = m \\mathbf{x} + b\n$$\n"


def load(root: Path, text: str) -> Notebook:
    write_files(root, {"notebook.yml": b"title: T\ntimezone: UTC\n", "notes/a.md": text.encode()})
    return Workspace(root, today=TODAY).load().notebook


def fixes(root: Path, text: str) -> list[Fix]:
    notebook = load(root, text)
    return symbol_fixes(notebook, notebook.notes["notes/a.md"], text)


def fixed(root: Path, text: str) -> str:
    return apply_edits(text, [e for f in fixes(root, text) for file in f.files for e in file.edits])


@pytest.mark.parametrize(
    ("below", "expected"),
    [
        ("- $m$: the slope\n", "- $m$: the slope\n- $\\hat y$: \n- $\\mathbf{x}$: \n- $b$: \n"),
        ("- $m$: the slope", "- $m$: the slope\n- $\\hat y$: \n- $\\mathbf{x}$: \n- $b$: "),
        (
            "\n* $m$ — the slope\n  of the line\n\nText.\n",
            "\n* $m$ — the slope\n  of the line\n* $\\hat y$ — \n* $\\mathbf{x}$ — \n* $b$ — \n\nText.\n",
        ),
        (
            "- $m$: the slope\n  - nested words\n- $b$: the start\n  - $n$: more\n",
            "- $m$: the slope\n  - nested words\n- $b$: the start\n  - $n$: more\n- $\\hat y$: \n- $\\mathbf{x}$: \n",
        ),
        (
            "1. $m$: the slope\n\n2. $b$: the start\n",
            "1. $m$: the slope\n\n2. $b$: the start\n\n3. $\\hat y$: \n\n4. $\\mathbf{x}$: \n",
        ),
        (
            "\n| sign | words |\n|---|---|\n| $m$ | the slope |\n",
            "\n| sign | words |\n|---|---|\n| $m$ | the slope |\n| $\\hat y$ |  |\n| $\\mathbf{x}$ |  |\n| $b$ |  |\n",
        ),
        (
            "\nwhere $m$ is the slope and $b$ the start.\nMore.\n\nText.\n",
            "\nwhere $m$ is the slope and $b$ the start.\nMore.\n\n- $\\hat y$: \n- $\\mathbf{x}$: \n\nText.\n",
        ),
        (
            "\n- so\n  - far\n",
            "\n* $\\hat y$: \n* $m$: \n* $\\mathbf{x}$: \n* $b$: \n\n- so\n  - far\n",
        ),
        ("\n    code\n", "\n    code\n"),
        ("^eq\n", "^eq\n\n- $\\hat y$: \n- $m$: \n- $\\mathbf{x}$: \n- $b$: \n"),
        ("Text.\n", "\n- $\\hat y$: \n- $m$: \n- $\\mathbf{x}$: \n- $b$: \n\nText.\n"),
    ],
)
def test_rows_take_the_form_of_the_list(tmp_path: Path, below: str, expected: str) -> None:
    """Red when a row gets another mark or sign, stands in another place, or joins a paragraph."""
    text = fixed(tmp_path, HEAD + FORMULA + below)
    assert text == HEAD + FORMULA + expected


@pytest.mark.parametrize(
    "text",
    [
        HEAD + FORMULA + "- $m$: the slope\n",
        HEAD + FORMULA + "\n| sign | words |\n|---|---|\n| $m$ | the slope |\n\nRead aloud: so\n",
        HEAD + FORMULA,
        HEAD + FORMULA + "\n" + FORMULA.replace(" b", " w") + "\n- $m$: the slope\n",
        HEAD + "> " + FORMULA.replace("\n", "\n> ") + "\n",
        HEAD + "- so\n\n  " + FORMULA.replace("\n", "\n  ").rstrip() + "\n\n  - $m$: the slope\n",
        (HEAD + FORMULA + "- $m$: the slope\n").replace("\n", "\r\n"),
        "\ufeff" + HEAD + "$$ {\\bf v}_i = D_{KL} $$\n- $i$: counts\n",
    ],
)
def test_after_the_fix_each_symbol_has_a_row(tmp_path: Path, text: str) -> None:
    """Red when a fix is done twice, makes coverage or a finding but that words are waited for, or leaves a symbol without
    a row.
    """
    before = formula_states(load(tmp_path, text), load(tmp_path, text).notes["notes/a.md"])
    done = fixed(tmp_path, text)
    notebook = load(tmp_path, done)
    note = notebook.notes["notes/a.md"]
    assert not symbol_fixes(notebook, note, done)
    told = check_note(notebook, "notes/a.md")
    assert all(f.code == "KB411" and "no words yet" in f.message for f in told)
    after = formula_states(notebook, note)
    assert [s.missing for s in after] == [s.missing for s in before]
    assert all(s.missing for s in after)
    rows = {k for s in after for r in s.formula.rows for k in r.keys}
    assert all(rows.issuperset(s.missing) for s in after)


def test_only_lists_that_were_begun_are_mended_unasked(tmp_path: Path) -> None:
    """Red when `check --fix` writes lists under formulas that nobody has begun to explain."""
    text = HEAD + FORMULA + "- $m$: the slope\n\nText.\n\n$$\nq\n$$\n"
    first, second = fixes(tmp_path, text)
    assert (first.safe, second.safe) == (True, False)
    assert first.title == "put in a line for ŷ, 𝐱 and b"


def test_a_text_that_has_changed_gets_no_fix(tmp_path: Path) -> None:
    """Red when an edit is made for lines that are not there."""
    notebook = load(tmp_path, HEAD + FORMULA)
    assert symbol_fixes(notebook, notebook.notes["notes/a.md"], "# Line\n") == []


@pytest.mark.parametrize(
    ("tex", "key", "sign"),
    [
        (r"\hat{\mathbf{x}}", "𝐱^ˆ", r"\hat{\mathbf{x}}"),
        (r"\bm{Ax}", "𝐱", r"\bm{x}"),
        (r"\hat\theta_{\text{MLE}}", "MLE", r"\text{MLE}"),
        (r"D_{KL}", "KL", r"\mathrm{KL}"),
        (r"step\_num + 1", "step_num", r"\text{step\_num}"),
        (r"{\bf x}", "𝐱", r"\bf x"),
        (r"\varepsilon_i", "ε", r"\varepsilon"),
        (r"x, \quad \hat{y} = \qquad \mathbf{w}", "y^ˆ", r"\hat{y}"),
        (r"x, \quad \hat{y} = \qquad\mathbf{w}", "𝐰", r"\mathbf{w}"),
        (r"\operatorname{Cov}(X)", "Cov", r"\operatorname{Cov}"),
    ],
)
def test_a_row_has_the_sign_as_the_formula_types_it(tex: str, key: str, sign: str) -> None:
    """Red when a row's sign is another letter than the formula's."""
    assert sign_for(key, typed_signs(tex, TexConverter({}))) == sign
