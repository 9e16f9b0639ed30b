"""Own words: the rule on its set, what is compared with what, and what coverage makes of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from notebook_kb.learning.coverage import State
from notebook_kb.model.evidence import Verdict
from notebook_kb.workspace.findings import all_findings
from notebook_kb.workspace.own_words import OwnWords, Shelf, reader
from notebook_kb.workspace.workspace import Workspace
from tests.support.canaries import TODAY, write_files
from tests.support.own_words import english, others

if TYPE_CHECKING:
    from pathlib import Path

    from notebook_kb.findings import Finding
    from tests.support.own_words import Case

SOURCE = (
    "The rank of a matrix is the greatest number of columns of which none can be written as a mix of the rest, and the "
    "rows give the same number."
)
PASTED = "the greatest number of columns of which none can be written as a mix of the rest"
HONEST = (
    "I count arrows that still point somewhere new after the press has flattened everything else, and I call that "
    "count the rank because my teacher did so too long ago."
)
HEAD = "---\nconcept: rank\n---\n# Rank\n\n"


def opened(root: Path, files: dict[str, str]) -> Workspace:
    write_files(root, {"notebook.yml": b"title: T\n", **{n: t.encode() for n, t in files.items()}})
    return Workspace(root, TODAY)


def found(root: Path, files: dict[str, str]) -> list[Finding]:
    workspace = opened(root, files)
    return [f for f in all_findings(workspace, workspace.load()) if f.code in {"KB801", "KB802"}]


def verdicts(root: Path, files: dict[str, str]) -> dict[str, dict[int, Verdict]]:
    workspace = opened(root, files)
    overlaps = workspace.evidence(workspace.load()).overlaps
    return {path: {n: o.verdict for n, o in some.items()} for path, some in overlaps.items()}


ALL = [*english(), *others()]


@pytest.mark.parametrize("case", [c for c in ALL if not c.line], ids=lambda c: c.kind)
def test_no_honest_text_is_called_copied(case: Case) -> None:
    assert case.overlap().verdict is not Verdict.COPIED


@pytest.mark.parametrize("case", [c for c in ALL if "pasted" in c.kind], ids=lambda c: c.kind)
def test_every_pasted_sentence_is_copied_and_found_at_its_line(case: Case) -> None:
    overlap = case.overlap()
    assert overlap.verdict is Verdict.COPIED
    assert case.line in {run.place.line for run in overlap.runs}
    assert overlap.copied_words >= 10


@pytest.mark.parametrize("case", [c for c in ALL if c.kind == "edited copy"], ids=lambda c: c.kind)
def test_a_light_edit_does_not_hide_a_copy(case: Case) -> None:
    assert case.overlap().verdict is Verdict.COPIED


def test_the_place_is_that_of_the_shared_words_also_behind_letters_of_two_units(tmp_path: Path) -> None:
    note = f"{HEAD}## Formal\n> [!excerpt] mml\n> {SOURCE}\n\n𝐀 and 𝔼 *first*: {PASTED}, it seems to me.\n"
    (one,) = found(tmp_path, {"notes/rank.md": note})
    line = note.split("\n")[one.line - 1]
    assert one.code == "KB801"
    assert line[one.column - 1 : one.end_column - 1] == PASTED
    assert "notes/rank.md:8" in one.message


@pytest.mark.parametrize(
    "quoted", [f"> {PASTED}", f"“{PASTED}” it says.", f"„{PASTED}“ heißt es.", f"```\n{PASTED}\n```"]
)
def test_what_is_marked_as_a_quote_is_not_held_against_anybody(tmp_path: Path, quoted: str) -> None:
    note = f"{HEAD}## Excerpt\n{SOURCE}\n\n## Formal\n{quoted}\n"
    assert not found(tmp_path, {"notes/rank.md": note})


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("sources/mml.md", SOURCE),
        ("sources/mml/chapter 2.txt", SOURCE),
        ("sources/notes on it.md", f"---\nsource: Mathematics for Machine Learning\n---\n{SOURCE}"),
    ],
)
def test_a_text_under_sources_is_compared_with_explanations_that_name_the_source(
    tmp_path: Path, name: str, text: str
) -> None:
    notes = {
        "notes/rank.md": f"{HEAD}## Formal — mml (2.6)\nIt is {PASTED}.\n\n## In my words\nIt is {PASTED}.\n"
    }
    assert {f.line for f in found(tmp_path, {**notes, name: text})} == {7, 10}
    other = {"notes/rank.md": notes["notes/rank.md"].replace("mml", "dlai")}
    assert not found(tmp_path / "other", {**other, name: text})


@pytest.mark.parametrize(
    ("name", "text", "told"),
    [
        ("sources/mml.txt", SOURCE, ""),
        ("sources/mml/chapter 2.txt", SOURCE, ""),
        ("sources/3b1b-ela.txt", SOURCE, ""),  # of the roadmap, and cited by no note yet
        ("sources/my book.txt", SOURCE, ""),  # of no roadmap, and cited
        ("sources/other.txt", f"---\nsource: mml\n---\n{SOURCE}", ""),
        ("sources/other.txt", SOURCE, "no source is called `other`"),
        ("sources/deep.v2/x.txt", SOURCE, "no source is called `deep.v2`"),
        ("sources/mml.txt", "\0binary", "nothing is compared with it"),
    ],
)
def test_a_text_that_is_compared_with_nothing_is_told(
    tmp_path: Path, name: str, text: str, told: str
) -> None:
    """Red when somebody stores a source, pastes from it, and hears nothing."""
    note = f"{HEAD}## Formal — mml\n{HONEST}\n\n## Visual — My book\n{HONEST}\n"
    workspace = opened(tmp_path, {"notes/rank.md": note, name: text})
    said = [f.message for f in all_findings(workspace, workspace.load()) if f.code == "KB803"]
    assert len(said) == (1 if told else 0)
    assert all(told in s for s in said)


def test_excerpts_of_a_reading_count_and_the_words_of_a_reading_do_not(tmp_path: Path) -> None:
    reading = f"---\nsource: mml\n---\n# Chapter 2\n\n## Rank\n{HONEST}\n\n### Excerpt\n{SOURCE}\n"
    own = f"{HEAD}## In my words\n{HONEST}\n\nAnd it is {PASTED}, I read.\n"
    (one,) = found(tmp_path, {"notes/mml-2.md": reading, "notes/rank.md": own})
    assert (one.path, one.line) == ("notes/rank.md", 9)


def test_sentences_that_are_copied_do_not_count_unless_they_are_meant_so(tmp_path: Path) -> None:
    def state(own: str, name: str) -> State:
        angles = "".join(f"## {a}\n{HONEST}\n\n" for a in ("Visual", "Simple"))
        note = f"{HEAD}{angles}## In my words\n{own}\n\n## Excerpt\n{SOURCE}\n"
        workspace = opened(tmp_path / name, {"notes/rank.md": note})
        loaded = workspace.load()
        return workspace.private_site(loaded).coverage["rank"].state

    assert state(f"So {PASTED}.", "copied") is State.STARTED
    assert state(f"So {PASTED}. <!-- own-words: ok -->", "meant") is State.COVERED
    assert state(HONEST, "own") is State.COVERED


def test_an_unchanged_notebook_compares_nothing_again(tmp_path: Path) -> None:
    note = f"{HEAD}## Formal\n{HONEST}\n\n## Excerpt\n{SOURCE}\n"
    workspace = opened(tmp_path, {"notes/rank.md": note, "notes/eigen.md": note.replace("rank", "eigen")})
    cache = tmp_path / "own.sqlite"

    def compared() -> int:
        from notebook_kb.notebook.cache import NoteCache

        notebook = workspace.load().notebook
        run = OwnWords(notebook, reader(notebook), NoteCache(cache), Shelf(notebook.root))
        run.overlaps()
        return run.compared

    assert compared() == 2
    assert compared() == 0
    write_files(tmp_path, {"notes/rank.md": (note + "\nmore\n").encode()})
    assert compared() == 1


def test_without_an_excerpt_nothing_is_judged(tmp_path: Path) -> None:
    assert not verdicts(tmp_path, {"notes/rank.md": f"{HEAD}## Formal\n{SOURCE}\n"})
