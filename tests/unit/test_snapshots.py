"""A snapshot that was made from another one says the same as one that was read afresh."""

from __future__ import annotations

import random
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from notebook_kb.checking import check_note, check_notebook, dependents
from notebook_kb.notebook.load import Loader
from notebook_kb.parsing.listed import listed_formulas
from notebook_kb.parsing.symbol_lists import list_words
from notebook_kb.parsing.tex import TexConverter
from tests.support.random_notes import SIGNS, TARGETS, random_path, random_text

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from notebook_kb.findings import Finding
    from notebook_kb.languages import LanguagePack
    from notebook_kb.model.note import Note
    from notebook_kb.notebook.links import Resolver
    from notebook_kb.notebook.notebook import Notebook
    from notebook_kb.parsing.note import ParsedNote
    from notebook_kb.parsing.sections import SectionNames
    from notebook_kb.settings import Settings

TODAY = "2026-11-20"
STEPS = 200
CHECKED_STEPS = 160


@pytest.fixture
def loader(tmp_path: Path) -> Loader:
    """An empty notebook with two pictures."""
    (tmp_path / "notes" / "a").mkdir(parents=True)
    (tmp_path / "notebook.yml").write_text("", encoding="utf-8")
    for name in ("pic.png", "a/pic.png"):
        (tmp_path / "notes" / name).write_bytes(b"\x89PNG\r\n\x1a\n")
    return Loader(tmp_path, derive_lists)


def derive_lists(settings: Settings, pack: LanguagePack, names: SectionNames) -> Callable[[ParsedNote], Any]:
    """Of what is made of a note only what findings need."""
    tex, words = TexConverter(settings.macros), list_words(pack)
    return lambda p: {"listed": listed_formulas(p.document, p.note.sections, names, words, tex)}


def random_note(chance: random.Random, loader: Loader) -> Note:
    path, text = random_path(chance), random_text(chance)
    return loader.note_from(path, text, f"{chance.random()}", remember=False)[0]


def random_step(chance: random.Random, loader: Loader, now: Notebook) -> tuple[str, Notebook]:
    """(the path of a note, the notebook after it came, went or changed)."""
    paths = [*now.notes, "notes/no such.md"]
    path = chance.choice(paths) if chance.random() < 0.6 else random_path(chance)
    if chance.random() < 0.15:
        return path, now.without_note(path)
    text = random_text(chance)
    if path in now.texts and chance.random() < 0.5:
        text = a_little(now.texts[path], chance)
    return path, now.with_note(loader.note_from(path, text, f"{chance.random()}", remember=False)[0], text)


def a_little(text: str, chance: random.Random) -> str:
    """As people write: one flag, a little more, a row of a list more or less."""
    row = f"- ${chance.choice(SIGNS)}$: said\n"
    kind = chance.random()
    if kind < 0.3:
        return (
            text.replace("publish: true", "publish: false")
            if kind < 0.15
            else text.replace("publish: false", "publish: true")
        )
    if kind < 0.7 and "$$\n\n" in text:
        return text.replace(row, "") if row in text else text.replace("$$\n\n", f"$$\n\n{row}")
    return text + chance.choice(("\n## Visual\n", f"\n[[{chance.choice(TARGETS)}]]\n", "\nWords.\n"))


def tables(resolver: Resolver) -> tuple[Any, ...]:
    return resolver.paths, resolver.names, resolver.titles, resolver.concepts


def indexes(notebook: Notebook) -> dict[str, Any]:
    """Every index, with the order of what is found under a key."""
    return {
        "notes": list(notebook.notes.items()),
        "concept_notes": list(notebook.concept_notes.items()),
        "explanations": list(notebook.explanations.items()),
        "resolver": tables(notebook.resolver),
        "referrers": notebook.referrers,
        "backlinks": notebook.backlinks,
    }


@pytest.mark.parametrize("seed", range(3))
def test_a_sequence_of_changes_gives_the_indexes_of_a_fresh_snapshot(loader: Loader, seed: int) -> None:
    """Each index after each of many changes is that of a notebook with the same notes, whichever were made before."""
    chance = random.Random(seed)  # noqa: S311 - the same again
    now = loader.load(TODAY).notebook
    for step in range(STEPS):
        if step % 7 == 0:
            # only some are made beforehand
            for name in chance.sample(sorted({*indexes(now)} - {"notes"}), 2):
                getattr(now, name)
        _, now = random_step(chance, loader, now)
        assert indexes(now) == indexes(replace(now)), f"step {step}"
    assert len(now.notes) > 10
    assert now.backlinks


def test_a_snapshot_is_not_changed_by_the_one_made_from_it(loader: Loader) -> None:
    """What the old snapshot says stays, also where both share their tables."""
    chance = random.Random(7)  # noqa: S311 - the same again
    now = loader.load(TODAY).notebook
    for _ in range(40):
        now = now.with_note(random_note(chance, loader))
    before = {name: repr(value) for name, value in indexes(now).items()}
    later = now
    for _ in range(40):
        later = later.with_note(random_note(chance, loader))
    assert later.notes != now.notes
    assert {name: repr(value) for name, value in indexes(now).items()} == before


def test_an_unsaved_text_is_a_layer_over_the_file(loader: Loader) -> None:
    """An overlay is read like a file, is not remembered as one, and goes away with `refresh`."""
    path = "notes/rank.md"
    (loader.root / path).write_text("# Rank\n", encoding="utf-8")
    loaded = loader.load(TODAY)
    edited = loader.overlay(loaded, path, "\ufeff# Rank\r\n\r\nSee [[basis]].\r\n")
    assert [r.target for r in edited.notebook.notes[path].references] == ["basis"]
    assert edited.notebook.text_of(path) == "# Rank\n\nSee [[basis]].\n"
    assert set(edited.derived) == {path}
    new = loader.overlay(edited, "notes/basis.md", "# Basis\ud800\n")
    assert [b.note.path for b in new.notebook.backlinks["notes/basis.md"]] == [path]
    back = loader.refresh(loader.refresh(new, path), "notes/basis.md")
    assert back.notebook == loaded.notebook
    assert back.notebook.text_of(path) == "# Rank\n"
    (loader.root / path).write_bytes(b"\xff\xfe")
    broken = loader.refresh(back, path)
    assert (broken.notebook.unreadable, [f.code for f in broken.notebook.findings]) == ((path,), ["KB109"])
    assert broken.notebook == loader.load(TODAY).notebook
    mended = loader.overlay(broken, path, "# Rank\n")
    assert (mended.notebook.unreadable, mended.notebook.findings) == ((), ())


@pytest.mark.parametrize("seed", range(2))
def test_notes_outside_the_dependents_have_the_findings_that_they_had(loader: Loader, seed: int) -> None:
    """After each change: `check_note` of every note is what a fresh check says, and differs from before among the
    dependents only, which are few.
    """
    chance = random.Random(seed + 100)  # noqa: S311 - the same again
    now = loader.load(TODAY).notebook
    known: dict[str, list[Finding]] = {}
    codes: set[str] = set()
    share = []
    for step in range(CHECKED_STEPS):
        before = now
        path, now = random_step(chance, loader, now)
        may_differ = dependents(before, now, path)
        fresh = check_notebook(replace(now))
        found = {p: check_note(now, p) for p in now.notes}
        assert [f for of in found.values() for f in of] == fresh[: len(fresh) - len(now.findings)], step
        others = now.notes.keys() - may_differ
        assert {p: found[p] for p in others} == {p: known[p] for p in others}, f"step {step}: {path}"
        codes |= {f.code for f in fresh}
        share.append(len(may_differ & now.notes.keys()) / max(len(now.notes), 1))
        known = found
    assert {
        "KB201",
        "KB202",
        "KB203",
        "KB204",
        "KB210",
        "KB301",
        "KB302",
        "KB303",
        "KB411",
        "KB505",
        "KB705",
    } <= codes
    assert sum(share[50:]) / len(share[50:]) < 0.6
