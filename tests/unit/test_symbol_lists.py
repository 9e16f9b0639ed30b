"""What lists below formulas say: which row describes which symbol."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from notebook_kb.languages import language_pack
from notebook_kb.learning.symbols import formula_states
from notebook_kb.model import document as d
from notebook_kb.model.codec import decode, encode
from notebook_kb.model.note import Note, NoteType
from notebook_kb.parsing.listed import listed_formulas
from notebook_kb.parsing.note import parse_note
from notebook_kb.parsing.sections import section_names
from notebook_kb.parsing.symbol_lists import list_words
from notebook_kb.parsing.symbols import key_text
from notebook_kb.parsing.tex import TexConverter
from notebook_kb.workspace.workspace import Workspace
from tests.support.canaries import TODAY, write_files

if TYPE_CHECKING:
    from pathlib import Path

    from notebook_kb.model.symbols import ListedFormula

FORMULA = "## Symbols\n\n$$ \\hat y = \\sum_{i=1}^n w_i x_i + \\operatorname{rank}(A) $$\n\n"


def listed(text: str, language: str = "en") -> tuple[ListedFormula, ...]:
    pack = language_pack(language)
    names = section_names(pack, {}, (), {})
    parsed = parse_note(text, "notes/a.md", "", names)
    return listed_formulas(parsed.document, parsed.note.sections, names, list_words(pack), TexConverter({}))


def rows(text: str, language: str = "en") -> str:
    """The rows of the first formula: the keys of each, and its words."""
    found = listed(text, language)[0].rows
    return "; ".join(f"{' '.join(map(key_text, r.keys))}={r.words}" for r in found)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("- $w$: a weight\n- $x$ — the input", "w=a weight; x=the input"),
        ("- $w$ is a weight\n- $x$ denotes the input", "w=a weight; x=the input"),
        ("- **x**: bold\n- `q`: code", "x=bold; q=code"),
        ("| s | m |\n|---|---|\n| $w$ | a weight |\n| x | the input |", "w=a weight; x=the input"),
        ("- $w$:\n- $x$: <!-- what is x? -->\n- $n$: how many", "w=; x=; n=how many"),
        ("- $w$ a weight\n- x: the input\n- $n$ : how many", "w=a weight; x=the input; n=how many"),
        ("- $n$: how many\n- Note: $w$ and $x$ are vectors", "n=how many"),
        ("- $x_i$: an input", "x=an input"),
        ("- $x_i$: the $i$-th input", "x i=the i-th input"),
        ("- $x_i$: the ith input", "x i=the ith input"),
        ("- $a_k$: a sum of k terms", "a k=a sum of k terms"),
        ("- $x_a$: a number", "x=a number"),
        (r"- $\operatorname{rank}(A)$: how many columns of A count", "rank=how many columns of A count"),
        (r"- $h_\theta(x)$: the prediction", "h=the prediction"),
        (r"- $\beta_0, \beta_1$: the weights", "β=the weights"),
        (r"- $x \in \mathbb{R}^n$: an input of length n", "x n=an input of length n"),
        (r"- $x_1, \dots, x_n$: the inputs", "x=the inputs"),
        (r"- $\sum_{i=1}^n$: add up; i counts", "∑ i=add up; i counts"),
        (r"- $\lVert w \rVert$: the length", "‖=the length"),
        (r"- $A^\top$: turned around", "A ᵀ=turned around"),
        (r"- $\bm{Ax}$: the product", "𝐀 𝐱=the product"),
        (r"- $a + b$: the sum", "=the sum"),
        ("where $m$ is the slope and $b$ the start.", "m=the slope; b=the start"),
        ("where $m$ is the slope; $b$: the start.", "m=the slope; b=the start"),
        (
            "where $x$ and $y$ are vectors in $V$, with the learning rate $\\eta$",
            "x y=vectors in V; η=the learning rate",
        ),
        (
            "where the matrix $A$ is square, a point on the line $l$",
            "A=the matrix is square, a point on the line l",
        ),
        ("where $p$ is a density, the sum over $x$ is one", "p=a density, the sum over x is one"),
    ],
)
def test_what_a_row_describes(text: str, expected: str) -> None:
    """Red when a row describes what it does not (a function's argument, an index without words), or nothing."""
    found = rows(FORMULA + text + "\n")
    assert found == expected


def test_a_german_sentence() -> None:
    """Red when the verb at the end, or the German words, are not known."""
    text = "## Symbole\n\n$$ y = mx $$\n\nwobei $m$ die Steigung ist und $x$ die Eingabe bezeichnet.\n"
    found = listed(text, "de")
    assert [(r.keys, r.words) for r in found[0].rows] == [(("m",), "die Steigung"), (("x",), "die Eingabe")]


def test_what_belongs_to_a_formula() -> None:
    """Red when a list, the sentence read aloud or what is ignored goes to another formula, or its place is wrong."""
    text = (
        "## Symbols\n\n$$ a = b $$ \n<!-- symbols: ignore b, $\\hat c$ -->\n- $a$: one\n\nRead aloud: a is **b**, or $\\lambda$ "
        "or $\\frac{1}{2}$\n\nText.\n\n$$ c $$\n\n> $$ d $$\n>\n> - $d$: four\n"
    )
    one, two, three = listed(text)
    assert [r.words for r in one.rows] == ["one"]
    assert one.ignored == ("b", "c^ˆ")
    assert one.aloud == r"a is b, or λ or $\frac{1}{2}$"
    assert (one.place.line, one.rows[0].place[:2], one.list_place.line, one.aloud_place.line) == (
        3,
        (5, 4),
        5,
        7,
    )
    assert (two.rows, two.aloud, two.list_place) == ((), "", d.NOWHERE)
    assert [r.words for r in three.rows] == ["four"]


def test_private_parts_list_nothing() -> None:
    """Red when a private part or callout counts as described matter."""
    assert not listed("## Symbols #private\n\n$$ a $$\n")
    assert not listed("## Symbols\n\n> [!private]\n> $$ a $$\n")


def test_listed_formulas_survive_the_cache() -> None:
    """Red when the memory gives other values than the parse."""
    found = listed(FORMULA + "- $x_i$: the $i$-th input\n\nRead aloud: so\n")
    note = replace(Note("a.md", "", NoteType.CONCEPT, "A"), listed=found)
    assert decode(Note, encode(note)) == note


def test_formulas_above_one_list_share_it(tmp_path: Path) -> None:
    """Red when a list speaks only of the formula right above it, or also of one that other words part from it."""
    text = "## Symbols\n\n$$ a $$\n\nText.\n\n$$ b $$\n\n<!-- x -->\n\n$$ c $$\n\n- $a$: one\n- $b$: two\n- $c$: three\n\n$$ a + d $$\n"
    assert [f.follows for f in listed(text)] == [False, False, True, False]
    files = {"notebook.yml": b"title: T\ntimezone: UTC\n", "notes/a.md": text.encode()}
    write_files(tmp_path, files)
    notebook = Workspace(tmp_path, today=TODAY).load().notebook
    assert [s.missing for s in formula_states(notebook, notebook.notes["notes/a.md"])] == [
        ("a",),
        (),
        (),
        ("d",),
    ]
