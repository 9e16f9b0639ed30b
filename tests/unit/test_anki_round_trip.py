"""Decks go to Anki and back again later: Anki's own package reads them, reviews stay, exactly what changed is updated."""

from __future__ import annotations

import shutil
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from notebook_kb.errors import UsageError
from notebook_kb.study.anki_notes import Pictures
from notebook_kb.workspace.card_ids import give_ids
from notebook_kb.workspace.cards_export import ExportOptions, export_cards
from notebook_kb.workspace.workspace import Workspace

if TYPE_CHECKING:
    from collections.abc import Iterator

    from anki.collection import Collection

    from notebook_kb.workspace.cards_export import Exported

REPOSITORY = Path(__file__).resolve().parent.parent.parent
DAY = 1_790_000_000
KINDS = (
    "new",
    "updated",
    "duplicate",
    "conflicting",
    "first_field_match",
    "missing_notetype",
    "missing_deck",
)


class Anki:
    """An empty Anki."""

    def __init__(self, folder: Path) -> None:
        from anki.collection import Collection

        folder.mkdir()
        self.col: Collection = Collection(str(folder / "collection.anki2"))

    def take(self, path: Path) -> dict[str, int]:
        """Import a deck file; how many notes became what."""
        from anki.collection import ImportAnkiPackageOptions, ImportAnkiPackageRequest

        request = ImportAnkiPackageRequest(package_path=str(path), options=ImportAnkiPackageOptions())
        return self.counts(self.col.import_anki_package(request))

    def take_text(self, path: Path) -> dict[str, int]:
        """Import a text file."""
        from anki.collection import ImportCsvRequest

        metadata = self.col.get_csv_metadata(path=str(path), delimiter=None)
        return self.counts(self.col.import_csv(ImportCsvRequest(path=str(path), metadata=metadata)))

    def counts(self, answer: Any) -> dict[str, int]:
        found = {kind: len(getattr(answer.log, kind)) for kind in KINDS}
        return {kind: count for kind, count in found.items() if count}

    def fields(self) -> dict[str, dict[str, str]]:
        """Our id → the fields."""
        notes = [self.col.get_note(n) for n in self.col.find_notes("")]
        return {note["Id"]: dict(note.items()) for note in notes}

    def review(self, count: int) -> dict[str, int]:
        """Answer some cards; our id → repetitions."""
        from anki.decks import DeckId

        deck = next(one for one in self.col.decks.all_names_and_ids() if one.name == "Marginal Notes")
        self.col.decks.set_current(DeckId(deck.id))
        for _ in range(count):
            card = self.col.sched.getCard()
            assert card is not None
            card.start_timer()
            self.col.sched.answerCard(card, 3)
        return self.repetitions()

    def repetitions(self) -> dict[str, int]:
        """How often each note was answered, by our id."""
        found: Counter[str] = Counter()
        for number in self.col.find_cards(""):
            card = self.col.get_card(number)
            found[card.note()["Id"]] += card.reps
        return {name: reps for name, reps in found.items() if reps}


@pytest.fixture
def anki(tmp_path: Path) -> Iterator[Anki]:
    """An empty Anki, closed at the end."""
    one = Anki(tmp_path / "anki")
    yield one
    one.col.close()


def notebook(folder: Path, texts: dict[str, str], settings: str = "title: T\n") -> Path:
    """A notebook with these notes."""
    (folder / "notes").mkdir(parents=True)
    (folder / "notebook.yml").write_text(settings, encoding="utf-8")
    for name, text in texts.items():
        (folder / "notes" / name).write_text(text, encoding="utf-8")
    return folder


def export(folder: Path, name: str = "out.apkg", at: int = DAY, **options: Any) -> Exported:
    """Export at a fixed second."""
    chosen = ExportOptions(output=folder.parent / name, **options)
    return export_cards(Workspace.open(folder), chosen, lambda: at)


@pytest.fixture
def ours(tmp_path: Path) -> Path:
    """This repository's own notes, their cards with ids."""
    folder = tmp_path / "ours"
    folder.mkdir()
    shutil.copytree(REPOSITORY / "notes", folder / "notes")
    shutil.copy(REPOSITORY / "notebook.yml", folder)
    workspace = Workspace.open(folder)
    for path in workspace.load().notebook.notes:
        assert not give_ids(workspace, workspace.load().notebook, path).problem
    return folder


def edit(path: Path, old: str, new: str) -> None:
    """Replace words that stand in a note once."""
    text = path.read_text(encoding="utf-8")
    assert text.count(old) == 1
    path.write_text(text.replace(old, new), encoding="utf-8")


def test_all_notes_here_survive_edits_on_both_sides(ours: Path, anki: Anki, tmp_path: Path) -> None:
    """The whole story: export, review in Anki, edit, rename, move, delete and add here, export again."""
    first = export(ours, generated=True, starters=True)
    assert first.new == first.notes > 150
    out = tmp_path / "out.apkg"
    assert anki.take(out) == {"new": first.notes}
    reviewed = anki.review(15)
    before = anki.fields()

    notes = ours / "notes"
    rank = (notes / "rank.md").read_text(encoding="utf-8")
    cards = rank[rank.index("## Cards") :].split("\n\n")
    edit(notes / "rank.md", cards[1], cards[1].replace("A: ", "A: Indeed: "))  # an answer
    edit(notes / "bayes-theorem.md", "## Cards\n", "## Cards\n\nQ: A new one?\nA: Yes. ^k-0000beef\n")
    gone = next(
        c for c in (notes / "variance.md").read_text(encoding="utf-8").split("\n\n") if c.startswith("Q:")
    )
    edit(notes / "variance.md", gone, "")
    moved = next(
        c for c in (notes / "matrices.md").read_text(encoding="utf-8").split("\n\n") if c.startswith("Q:")
    )
    edit(notes / "matrices.md", moved, "")
    (notes / "dot-product.md").write_text(
        (notes / "dot-product.md").read_text(encoding="utf-8").rstrip() + f"\n\n{moved.strip()}\n",
        encoding="utf-8",
    )
    (notes / "eigen.md").rename(notes / "deep-eigen.md")

    second = export(ours, at=DAY + 9, generated=True, starters=True)
    assert len(second.gone) == 1
    assert f"^{second.gone[0]}" in gone
    answer = anki.take(out)
    assert answer == {"new": 1, "updated": 2, "duplicate": first.notes - 3}, (
        "one was changed, one moved, one deleted here"
    )
    after = anki.fields()
    changed = {name for name in before if before[name] != after[name]}
    assert {f"^{name}" in cards[1] or f"^{name}" in moved for name in changed} == {True}
    assert len(changed) == 2
    assert anki.repetitions() == reviewed, "what was answered in Anki stays"
    assert len(after) == len(before) + 1, "nothing twice, nothing deleted"
    assert anki.take(out) == {"duplicate": second.notes}


def test_an_unchanged_export_has_the_same_bytes_also_from_another_machine(
    ours: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    export(ours, "a.apkg")
    export(ours, "b.apkg", at=DAY + 5000)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "elsewhere"))
    export(ours, "c.apkg", at=DAY - 5000)
    assert len(list((ours / ".kb" / "anki").glob("*.jsonl"))) == 1, "nothing was new"
    one, two, three = ((tmp_path / f"{n}.apkg").read_bytes() for n in "abc")
    assert one == two == three


def test_two_machines_that_exported_without_knowing_of_each_other_agree(
    tmp_path: Path, anki: Anki, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Both export the same card; after a sync the earlier time counts on both, and the next change reaches Anki."""
    text = "Q: q\nA: a ^k-00000001\n"
    one = notebook(tmp_path / "one" / "nb", {"n.md": text})
    two = notebook(tmp_path / "two" / "nb", {"n.md": text})
    export(one, at=DAY)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "elsewhere"))
    export(two, at=DAY + 100)
    assert anki.take(tmp_path / "two" / "out.apkg") == {"new": 1}
    for log in (one / ".kb" / "anki").glob("*.jsonl"):
        shutil.copy(log, two / ".kb" / "anki")
    done = export(two, at=DAY + 200)
    assert (done.new, done.changed) == (0, 0)
    assert (tmp_path / "two" / "out.apkg").read_bytes() == (tmp_path / "one" / "out.apkg").read_bytes()
    edit(two / "notes" / "n.md", "A: a", "A: b")
    export(two, at=DAY + 50)  # and the clock is behind
    assert anki.take(tmp_path / "two" / "out.apkg") == {"updated": 1}


def test_a_clock_that_goes_back_loses_no_update(tmp_path: Path, anki: Anki) -> None:
    folder = notebook(tmp_path / "nb", {"n.md": "Q: q\nA: a ^k-00000001\n"})
    out = tmp_path / "out.apkg"
    export(folder)
    anki.take(out)
    for number, answer in enumerate("bcd"):
        edit(folder / "notes" / "n.md", f"A: {'abc'[number]} ", f"A: {answer} ")
        export(folder, at=DAY - 1000 * number)
        assert anki.take(out) == {"updated": 1}
        assert anki.fields()["k-00000001"]["Back"] == answer


def test_of_gaps_that_touch_the_first_goes_out_and_a_question_of_nothing_is_named(tmp_path: Path) -> None:
    folder = notebook(
        tmp_path / "nb", {"n.md": "Q: q\nA: a\n\nC: ==`z`==é==$y$====a==`c`\n\nQ: %%nothing%%\nA: a\n"}
    )
    done = export(folder)
    assert done.notes == 2
    assert done.left_out == ("notes/n.md:6",)


def test_an_export_that_was_killed_is_made_up_for(
    tmp_path: Path, anki: Anki, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The log knows the times already, the file was not written: the next export writes it with just these."""
    folder = notebook(tmp_path / "nb", {"n.md": "Q: q\nA: a ^k-00000001\n"})

    class Killed(BaseException):
        """The process ends here."""

    def kill(*_: object) -> None:
        raise Killed

    with monkeypatch.context() as patched:
        patched.setattr("notebook_kb.workspace.cards_export.replace_output", kill)
        with pytest.raises(Killed):
            export(folder)
    assert export(folder, at=DAY + 7).new == 0
    assert anki.take(tmp_path / "out.apkg") == {"new": 1}


def test_gaps_hold_formulas_code_and_signs_of_html(tmp_path: Path, anki: Anki) -> None:
    """`}}` and `::` inside of a gap end nothing; Anki makes one card a gap and shows what it hides as it is."""
    cloze = (
        r"C: ==$\frac{a}{\mathbb{R}}$ < b== and ==`std::map<int, Map<K>>` {x}}== and ==plain== ^k-00000001"
    )
    folder = notebook(tmp_path / "nb", {"n.md": cloze + "\n"})
    done = export(folder)
    assert (done.notes, done.cards) == (1, 3)
    anki.take(tmp_path / "out.apkg")
    cards = [anki.col.get_card(c) for c in anki.col.find_cards("")]
    assert sorted(c.ord for c in cards) == [0, 1, 2]
    answers = {c.ord: c.answer() for c in cards}
    assert r"\(\frac{a}{\mathbb{R} }\) &lt; b</span>" in answers[0]
    assert "<code>std:<!-- -->:map&lt;int, Map&lt;K&gt;&gt;</code> {x}<!-- -->}<!-- --></span>" in answers[1]
    assert "[...]" in cards[0].question()
    assert anki.col.fix_integrity()[1]


def test_formulas_reach_anki_as_they_are(ours: Path, anki: Anki, tmp_path: Path) -> None:
    """Without macros in them, the TeX between Anki's marks is that of the note."""
    edit(
        ours / "notes" / "rank.md",
        "## Cards\n",
        "## Cards\n\nQ: $a<b \\& c$\nA: $$\\sum_{i} x_i$$ ^k-0000beef\n",
    )
    export(ours)
    anki.take(tmp_path / "out.apkg")
    card = anki.fields()["k-0000beef"]
    assert (card["Front"], card["Back"]) == (r"\(a&lt;b \&amp; c\)", r"\[\sum_{i} x_i\]")


def test_pictures_go_along_and_nothing_from_outside_of_the_notebook(tmp_path: Path, anki: Anki) -> None:
    (tmp_path / "secret.png").write_bytes(b"\x89PNG secret")
    text = "Q: ![a plane|200](img/p.svg) ![[img/p.svg]]\nA: ![s](img/link.png) ![w](https://example.org/x.png) ^k-00000001\n"
    folder = notebook(tmp_path / "nb", {"n.md": text})
    (folder / "notes" / "img").mkdir()
    svg = b'<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>'
    (folder / "notes" / "img" / "p.svg").write_bytes(svg)
    (folder / "notes" / "img" / "link.png").symlink_to(tmp_path / "secret.png")
    done = export(folder)
    assert [target for _, target in done.missing] == ["img/link.png", "https://example.org/x.png"]
    anki.take(tmp_path / "out.apkg")
    fields = anki.fields()["k-00000001"]
    media = {p.name: p.read_bytes() for p in Path(anki.col.media.dir()).iterdir()}
    assert list(media.values()) == [svg]
    assert fields["Front"].count(f'<img src="{next(iter(media))}"') == 2
    assert 'width="200"' in fields["Front"]
    assert fields["Back"] == "[s] [w]"


def test_a_link_that_leads_outside_gives_no_picture_even_if_it_was_listed(tmp_path: Path) -> None:
    """The list of files leaves such links out already; who makes one after the listing gets nothing either."""
    folder = notebook(tmp_path / "nb", {"n.md": "x\n"})
    (tmp_path / "secret.png").write_bytes(b"secret")
    (folder / "notes" / "p.png").symlink_to(tmp_path / "secret.png")
    pictures = Pictures(Workspace.open(folder).load().notebook)
    assert not pictures.name_of("notes/p.png")
    assert not pictures.found


def test_the_text_file_says_the_same(ours: Path, anki: Anki, tmp_path: Path) -> None:
    """Once the note types are there, a text file finds the same notes; its pictures lie beside it."""
    edit(
        ours / "notes" / "rank.md",
        "## Cards\n",
        '## Cards\n\nQ: ![p](img/rank-plane.svg) "q"\nA: b ^k-0000beef\n',
    )
    done = export(ours, generated=True)
    anki.take(tmp_path / "out.apkg")
    fields, reviewed = anki.fields(), anki.review(5)
    text = export(ours, "out.txt", to="text", generated=True)
    assert text.media is not None
    assert len(list(text.media.iterdir())) == text.pictures == done.pictures > 0
    answer = anki.take_text(tmp_path / "out.txt")
    assert set(answer) <= {"updated", "duplicate"}
    assert sum(answer.values()) == done.notes
    assert anki.fields() == fields
    assert anki.repetitions() == reviewed
    edit(ours / "notes" / "rank.md", "A: b ^k-0000beef", "A: c ^k-0000beef")
    export(ours, "out.txt", to="text", generated=True)
    anki.take_text(tmp_path / "out.txt")
    assert anki.fields()["k-0000beef"]["Back"] == "c"
    assert len(anki.fields()) == len(fields)


def test_a_card_with_a_level_and_a_new_level_is_updated(tmp_path: Path, anki: Anki) -> None:
    folder = notebook(tmp_path / "nb", {"rank.md": "Q[hard]: q\nA: a ^k-00000001\n"})
    export(folder)
    anki.take(tmp_path / "out.apkg")
    (number,) = anki.col.find_notes("")
    assert set(anki.col.get_note(number).tags) == {"area::linear-algebra", "concept::rank", "level::hard"}
    edit(folder / "notes" / "rank.md", "Q[hard]", "Q[easy]")
    export(folder, at=DAY + 1)
    assert anki.take(tmp_path / "out.apkg") == {"updated": 1}
    assert "level::easy" in anki.col.get_note(number).tags


@pytest.mark.parametrize(
    ("name", "data"), [("notes.md", b"x"), ("mine.apkg", b"no zip"), ("mine.apkg/cards.apkg", b"no zip")]
)
def test_a_file_of_somebody_else_is_never_written_over(name: str, data: bytes, tmp_path: Path) -> None:
    folder = notebook(tmp_path / "nb", {"n.md": "Q: q\nA: a\n"})
    path = tmp_path / name
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(data)
    with pytest.raises(UsageError):
        export(folder, name.partition("/")[0])
    assert path.read_bytes() == data


def test_names_choose_and_nothing_to_export_is_said(tmp_path: Path) -> None:
    folder = notebook(
        tmp_path / "nb", {"rank.md": "Q: q\nA: a\n", "other.md": "Q: r\nA: b\n", "empty.md": "x\n"}
    )
    assert export(folder, names=("rank",)).notes == 1
    assert export(folder, names=("other", "rank")).notes == 2
    for names in (("empty",), ("nothing-like-it",)):
        with pytest.raises(UsageError):
            export(folder, names=names)


@pytest.mark.parametrize(
    "line",
    [
        b"{",
        b"[]",
        b'{"v":1}',
        b'{"v":1,"changed":[["a"]]}',
        b'{"v":1,"changed":3}',
        b"\xff\x00",
        b'{"v":true}',
    ],
)
def test_a_damaged_log_of_exports_costs_no_export(line: bytes, tmp_path: Path) -> None:
    folder = notebook(tmp_path / "nb", {"n.md": "Q: q\nA: a ^k-00000001\n"})
    export(folder)
    (log,) = (folder / ".kb" / "anki").glob("*.jsonl")
    log.write_bytes(line + b"\n" + log.read_bytes() + line[:3])
    done = export(folder, at=DAY + 5)
    assert (done.new, done.changed) == (0, 0)


def test_a_log_of_a_later_version_is_left_alone(tmp_path: Path) -> None:
    folder = notebook(tmp_path / "nb", {"n.md": "Q: q\nA: a ^k-00000001\n"})
    (folder / ".kb" / "anki").mkdir(parents=True)
    (folder / ".kb" / "anki" / "x.jsonl").write_text('{"v":2}\n', encoding="utf-8")
    with pytest.raises(UsageError, match="later version"):
        export(folder)
    assert not (tmp_path / "out.apkg").exists()
