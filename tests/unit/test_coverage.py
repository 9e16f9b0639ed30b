"""How far a concept is written: the rules of coverage, one row each."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from notebook_kb.learning.coverage import PartState, State, cover
from notebook_kb.learning.parts import further_parts
from notebook_kb.learning.suggest import suggest
from notebook_kb.parsing.words import count_words
from notebook_kb.scaffolding.note import concept_note
from notebook_kb.workspace.findings import all_findings
from notebook_kb.workspace.workspace import Workspace
from tests.support.canaries import TODAY, write_files

if TYPE_CHECKING:
    from notebook_kb.learning.coverage import ConceptCoverage

EXAMPLES = Path(__file__).resolve().parents[1] / "fixtures" / "examples"
TEN = "one two three four five six seven eight nine ten"
NINE = TEN.removesuffix(" ten")
ROADMAP = """\
id: small
title: Small
angles:
  visual: {title: Visual, ask: What?}
  simple: {title: Simple, ask: How?}
  formal: {title: Formal, ask: Why?}
resources:
  v: {title: A video, angle: visual, kind: video}
  c: {title: A course, angle: simple, kind: course, aliases: [The course]}
areas:
  - id: area
    title: Area
    why: because
    concepts:
      - {id: two, title: Two Things, aliases: [II], read: {v: ch. 1, c: week 1}}
      - {id: single, title: Single Thing, read: {v: ch. 2}}
      - {id: bare, title: Bare Thing}
      - {id: coded, title: Coded Thing, read: {v: ch. 3}, code: true}
"""
OWN = f"## In my words\n{TEN}\n\n"
VISUAL, SIMPLE = f"## Visual\n{TEN}\n\n", f"## Simple\n{TEN}\n\n"
COVERED = VISUAL + SIMPLE + OWN
EXAMPLE = f"## Example\n{TEN}\n\n"


def coverage(root: Path, notes: dict[str, str], roadmap: str = ROADMAP) -> dict[str, ConceptCoverage]:
    files = {f"notes/{n}.md": t.encode() for n, t in notes.items()}
    write_files(root, files | {"notebook.yml": b"title: T\ntimezone: UTC\n"})
    if roadmap:
        (root / "roadmap.yml").write_text(roadmap)
    return cover(Workspace(root, today=TODAY).load().notebook)


def two(root: Path, body: str, **more: str) -> ConceptCoverage:
    return coverage(root, {"two": f"---\nconcept: two\n---\n# Two Things\n\n{body}", **more})["two"]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", 0),
        (TEN, 10),
        ("a state-of-the-art method", 3),
        ("don't and don’t", 3),
        ("3 + 4 = 7, x2", 1),
        ("線形代数", 2),
        ("線形代", 2),
        ("a 線形 b", 3),
        ("Wörter über Größe", 3),
        ("— … !", 0),
    ],
)
def test_words(text: str, words: int) -> None:
    """Red when digits, signs or parts of a hyphenated word count, or a script without blanks counts wrongly."""
    assert count_words(text) == words


@pytest.mark.parametrize(
    ("body", "state"),
    [
        ("", State.EMPTY),
        (f"## Visual\n{NINE}\n", State.EMPTY),
        (VISUAL, State.STARTED),
        ("## Visual\n" + "線形" * 10 + "\n", State.STARTED),
        ("## Visual\n" + "線形" * 9 + "\n", State.EMPTY),
        (OWN, State.STARTED),
        (EXAMPLE, State.STARTED),
        (f"## Why it matters\n{TEN}\n", State.STARTED),
        (VISUAL + OWN, State.STARTED),
        (VISUAL + SIMPLE, State.STARTED),
        (COVERED, State.COVERED),
        (VISUAL + f"## Visual\n{TEN}\n\n" + OWN, State.STARTED),
        (VISUAL + f"## Visual — c\n{TEN}\n\n" + OWN, State.COVERED),
        (VISUAL + f"## Visual\nSource: me\n{TEN}\n\n" + OWN, State.STARTED),
        (VISUAL + f"## Simple\n{NINE}\n\n" + OWN, State.STARTED),
        # not counted: code, formulas, tables, quotes, comments, headings, the line of the source, footnotes, embeds
        (f"## Visual\n```\n{TEN}\n```\n", State.EMPTY),
        (f"## Visual\n$$\n{TEN}\n$$\n", State.EMPTY),
        (f"## Visual\n| {TEN} |\n|---|\n| {TEN} |\n", State.EMPTY),
        (f"## Visual\n> {TEN}\n", State.EMPTY),
        (f"## Visual\n%% {TEN} %%\n", State.EMPTY),
        (f"## Visual\n<!-- {TEN} -->\n", State.EMPTY),
        (f"## Visual\n#### {TEN}\n", State.EMPTY),
        (f"## Visual\nSource: {TEN}\n", State.EMPTY),
        (f"## Visual\nx[^1]\n\n[^1]: {TEN}\n", State.EMPTY),
        ("## Visual\n" + "![[one two three four five six seven eight nine ten eleven]]\n", State.EMPTY),
        (f"## Visual\n> [!excerpt] x\n> {TEN}\n", State.EMPTY),
        (f"## Visual\n- a\n\n  > [!private] x\n  > {TEN}\n", State.EMPTY),
        (f"## Visual\n### Excerpt\n{TEN}\n", State.EMPTY),
        (f"## Private\n{TEN}\n\n### Visual\n{TEN}\n", State.EMPTY),
        (f"## Visual #private\n{TEN}\n", State.EMPTY),
        (f"## LinkedIn\n{TEN}\n", State.EMPTY),
        (f"## Cards\nQ: {TEN}\nA: {TEN}\n", State.EMPTY),
        # an example counts with less, an explanation does not
        ("## Example\n$x$\n", State.STARTED),
        ("## Example\nthe number 7\n", State.STARTED),
        ("## Example\n![](p.png)\n", State.STARTED),
        ("## Example\n```python\n1\n```\n", State.STARTED),
        ("## Example\nfew words\n", State.EMPTY),
        ("## Visual\n$x$\n", State.EMPTY),
        # without a synthesis, prose outside known parts is it
        (f"## Something else\n{TEN}\n\n", State.STARTED),
        (f"## Something else\n{TEN}\n\n## More\n{TEN}\n\n" + VISUAL + SIMPLE, State.COVERED),
        # headings as people write them
        (
            f"### 1. 👁 VISUAL:\n{TEN}\n\n## simple — The course (week 1)\n{TEN}\n\n# TL;DR\n{TEN}\n",
            State.COVERED,
        ),
    ],
)
def test_states(tmp_path: Path, body: str, state: State) -> None:
    """Red when a rule of what counts is lost."""
    assert two(tmp_path, body).state is state


@pytest.mark.parametrize(("concept", "wanted"), [("two", 2), ("single", 1), ("bare", 1)])
def test_as_many_explanations_as_the_roadmap_lists(tmp_path: Path, concept: str, wanted: int) -> None:
    """Red when a concept with one listed angle or none needs two explanations."""
    note = f"---\nconcept: {concept}\n---\n{VISUAL}{OWN}"
    assert (coverage(tmp_path, {"a": note})[concept].state is State.COVERED) is (wanted == 1)


def test_own_explanations_are_from_me_and_say_their_source(tmp_path: Path) -> None:
    """Red when a missing source is not the learner's own, or a named one is not found with its place."""
    item = two(
        tmp_path,
        f"## Visual\n{TEN}\n\n## Simple — The course (week 1)\n{TEN}\n\n## Formal\nSource: me\n{TEN}\n",
    )
    found = [(a.angle, a.source, a.place_text) for a in item.angles]
    assert found == [("visual", "me", ""), ("simple", "c", "week 1"), ("formal", "me", "")]


def test_a_stub_is_named(tmp_path: Path) -> None:
    """Red when a stub looks empty, or its place is not told."""
    item = two(tmp_path, f"## Visual\n{NINE}\n")
    assert item.angles[0].state is PartState.STUB
    assert any(m.angle == "visual" and m.line == 6 and "9 of 10" in m.why for m in item.missing)


def test_the_note_that_says_concept_counts(tmp_path: Path) -> None:
    """Red when of two notes for one concept the one by name wins over the one by head."""
    item = coverage(tmp_path, {"a/II": OWN, "b": f"---\nconcept: two\n---\n{COVERED}"})["two"]
    assert (item.note, item.matched_by, item.state) == ("notes/b.md", "", State.COVERED)


def test_the_first_by_path_counts(tmp_path: Path) -> None:
    """Red when of two notes by name another than the first counts, or the match is not told."""
    item = coverage(tmp_path, {"b/II": COVERED, "a/Two Things": OWN})["two"]
    assert (item.note, item.matched_by) == ("notes/a/Two Things.md", "name")


@pytest.mark.parametrize(
    "reading",
    [
        f"---\nsource: c\n---\n## Two Things\n{TEN}\n",
        f"---\nsource: c\nconcept: two\n---\n{TEN}\n",
        f"---\nsource: c\nangle: simple\n---\n## II\n{TEN}\n",
        f"---\nsource: some book\nangle: simple\n---\n## II\n{TEN}\n",
    ],
)
def test_readings_add_explanations(tmp_path: Path, reading: str) -> None:
    """Red when what a reading says of a concept does not count for it."""
    item = two(tmp_path, VISUAL + OWN, reading=reading)
    assert item.state is State.COVERED
    assert {a.angle for a in item.written_angles} == {"visual", "simple"}


def test_a_roadmap_with_angles_of_its_own(tmp_path: Path) -> None:
    """Red when only the three built-in angles are read."""
    roadmap = (
        "id: r\ntitle: R\nangles:\n  taste: {title: Taste, ask: How?}\n  smell: {title: Smell, ask: How?}\n"
        "areas:\n  - {id: a, title: A, why: w, concepts: [{id: two, title: Two Things}]}\n"
    )
    note = f"---\nconcept: two\n---\n## Taste\n{TEN}\n\n## Smell\n{TEN}\n\n{OWN}"
    item = coverage(tmp_path, {"a": note}, roadmap)["two"]
    assert {a.angle for a in item.written_angles} == {"taste", "smell"}
    assert item.state is not State.STARTED


SYMBOLS = "## Symbols\n$$\ny = f(x)\n$$\n- $x$: the input\n- $y$, $f$: what comes out, and how\n\nRead aloud: y is f of x\n\n"


@pytest.mark.parametrize(
    ("concept", "more", "state", "missing", "not_judged"),
    [
        ("two", EXAMPLE, State.SOLID, set(), ()),
        ("two", "", State.COVERED, {"example"}, ()),
        ("two", EXAMPLE + "$$\nx\n$$\n", State.COVERED, {"symbols"}, ()),
        ("two", EXAMPLE + "$$\nx\n$$\n## Symbols\n<!-- prompt -->\n", State.COVERED, {"symbols"}, ()),
        ("two", EXAMPLE + SYMBOLS, State.SOLID, set(), ()),
        ("two", EXAMPLE + SYMBOLS.replace("- $x$: the input", "- $x$:"), State.COVERED, {"symbols"}, ()),
        ("two", EXAMPLE + SYMBOLS.replace("Read aloud", "Aside"), State.COVERED, {"symbols"}, ()),
        ("two", EXAMPLE + SYMBOLS + "$$\n\\frac{x}\n$$\n", State.COVERED, set(), ("symbols",)),
        ("two", EXAMPLE + SYMBOLS + "$$\nx + z\n$$\n\nRead aloud: x and z\n", State.COVERED, {"symbols"}, ()),
        ("coded", EXAMPLE, State.COVERED, {"code"}, ()),
        ("coded", EXAMPLE + "## From scratch\n```python\n1\n```\n", State.COVERED, set(), ("code",)),
        ("two", EXAMPLE + "> [!private] x\n> $$\n> x\n> $$\n", State.SOLID, set(), ()),
    ],
)
def test_solid(
    tmp_path: Path, concept: str, more: str, state: State, missing: set[str], not_judged: tuple[str, ...]
) -> None:
    """Red when solid is granted though something is missing, or cannot be judged yet."""
    item = coverage(tmp_path, {"a": f"---\nconcept: {concept}\n---\n{COVERED}{more}"})[concept]
    assert (item.state, {m.part for m in item.missing}, item.not_judged) == (state, missing, not_judged)


@pytest.mark.parametrize(
    ("more", "parts"),
    [
        ("", []),
        (
            EXAMPLE + "## Why it matters\nvery much\n",
            [("why", "stub", 2, 0, 0), ("example", "written", 10, 0, 0)],
        ),
        ("## Example\nas in $x = 2$\n", [("example", "written", 0, 0, 0)]),
        ("## Example #private\nas in $x = 2$\n", []),
        (SYMBOLS, [("symbols", "written", 0, 3, 3)]),
        (SYMBOLS.replace("- $x$: the input", "- $x$:"), [("symbols", "stub", 0, 2, 3)]),
        (SYMBOLS.replace("- $x$: the input\n- $y$, $f$: what comes out, and how", ""), []),
        (SYMBOLS.replace("Read aloud: ", ""), [("symbols", "stub", 0, 3, 3)]),
        (SYMBOLS + "$$\nx\n$$\n\nRead aloud: x\n", [("symbols", "written", 0, 3, 3)]),
        (SYMBOLS + "$$\n\\frac{x}\n$$\n", [("symbols", "not judged yet", 0, 3, 3)]),
        ("## From scratch\n```python\n1\n```\n", [("code", "not judged yet", 0, 0, 0)]),
        ("## From scratch\nlater\n", []),
    ],
)
def test_further_parts(tmp_path: Path, more: str, parts: list[tuple[object, ...]]) -> None:
    """Red when a part that is written is not told, or one that is private or only a heading is."""
    coverage(tmp_path, {"a": f"---\nconcept: two\n---\n{COVERED}{more}"})
    notebook = Workspace(tmp_path, today=TODAY).load().notebook
    found = further_parts(notebook, notebook.roadmap.concepts["two"])
    assert [(str(p.part), str(p.state), p.words, p.described, p.symbols) for p in found] == parts
    # what is no stub, or has words for all symbols, says why it does not count
    assert all(p.why for p in found if (p.state, p.symbols) == (PartState.STUB, p.described) and p.symbols)


def test_missing_symbols_are_named_with_their_place(tmp_path: Path) -> None:
    """Red when coverage says that symbols are missing, but not which, or at the wrong line."""
    note = COVERED + EXAMPLE + SYMBOLS + "$$\n\\lambda x + \\sigma_i\n$$\n- $\\sigma_i$: a spread\n"
    item = coverage(tmp_path, {"a": f"---\nconcept: two\n---\n{note}"})["two"]
    lines = f"---\nconcept: two\n---\n{note}".split("\n")
    assert [(m.part, m.why, m.path, m.line) for m in item.missing] == [
        ("symbols", "λ and i have no words", "notes/a.md", lines.index("- $\\sigma_i$: a spread") + 1),
        (
            "symbols",
            "no read-aloud line",
            "notes/a.md",
            lines.index("$$", lines.index("Read aloud: y is f of x")) + 1,
        ),
    ]


def test_next_comes_to_symbols_when_all_is_covered(tmp_path: Path) -> None:
    """Red when a covered concept's missing symbols are never suggested."""
    coverage(tmp_path, {"a": f"---\nconcept: two\n---\n{COVERED}{EXAMPLE}$$\nx\n$$\n"})
    notebook = Workspace(tmp_path, today=TODAY).load().notebook
    found = suggest(notebook, cover(notebook), limit=30)
    assert ("two", "symbols") in {(s.concept.id, s.what) for s in found}


def test_solid_needs_every_listed_angle(tmp_path: Path) -> None:
    """Red when two sources at one angle make up for the other listed angle."""
    item = two(tmp_path, VISUAL + f"## Visual — c\n{TEN}\n\n" + OWN + EXAMPLE)
    assert (item.state, [m.angle for m in item.missing]) == (State.COVERED, ["simple"])


@pytest.mark.parametrize("concept", ["rank", "svd", "gradient"])
def test_a_scaffold_is_empty_and_has_no_findings(tmp_path: Path, concept: str) -> None:
    """Red when a heading or a prompt of a new note counts, or is a finding."""
    write_files(tmp_path, {"notebook.yml": b"title: T\n"})
    workspace = Workspace(tmp_path, today=TODAY)
    roadmap = workspace.loader.roadmap
    text = concept_note(roadmap.concepts[concept], roadmap, workspace.pack, None).text
    write_files(tmp_path, {f"notes/{concept}.md": text.encode()})
    loaded = workspace.load()
    item = cover(loaded.notebook)[concept]
    assert item.state is State.EMPTY
    assert not [a for a in item.angles if a.words]
    assert all_findings(workspace, loaded) == []


@pytest.mark.parametrize("name", ["rank", "line-equation"])
def test_the_example_notes_are_covered(tmp_path: Path, name: str) -> None:
    """Red when one of the two example notes of the reference is read worse than it was promised."""
    write_files(
        tmp_path, {"notebook.yml": b"title: T\n", f"notes/{name}.md": (EXAMPLES / f"{name}.md").read_bytes()}
    )
    item = cover(Workspace(tmp_path, today=TODAY).load().notebook)[name]
    assert item.state in {State.COVERED, State.SOLID}
    wanted = {"rank": {"visual", "simple", "formal"}, "line-equation": {"visual", "simple"}}[name]
    assert {a.angle for a in item.written_angles} == wanted
