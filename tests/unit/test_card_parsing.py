"""Cards in notes: where they begin and end, what they ask, which ids they get, and that giving an id changes nothing else."""

from __future__ import annotations

import shutil
import subprocess
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from notebook_kb.languages import language_pack
from notebook_kb.model.card import CardKind
from notebook_kb.parsing.note import parse_note
from notebook_kb.parsing.sections import section_names
from notebook_kb.study.card_ids import card_ids, derived_id
from notebook_kb.study.deck import make_deck
from notebook_kb.study.identity import identified_deck, identify
from notebook_kb.study.log import Mode
from notebook_kb.study.memory import Memory
from notebook_kb.workspace.card_ids import give_ids
from notebook_kb.workspace.workspace import Workspace

EXAMPLES = Path(__file__).resolve().parents[1] / "fixtures" / "examples"
NOTES = Path(__file__).resolve().parents[2] / "notes"


def cards(text: str, language: str = "en") -> list[tuple[str, str, str]]:
    names = section_names(language_pack(language), {}, (), {})
    return [(c.front, c.back, c.id) for c in parse_note(text, "n.md", "", names).note.cards]


def notebook(root: Path, notes: dict[str, str]) -> Workspace:
    root.mkdir(parents=True, exist_ok=True)
    (root / "notebook.yml").write_text("title: T\n")
    for name, text in notes.items():
        path = root / "notes" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text.encode())
    return Workspace(root, "2026-11-20")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Q: a\nA: b", [("a", "b", "")]),
        ("Q: a\nA: b ^k-7f3a2c", [("a", "b", "k-7f3a2c")]),
        # the end: a blank line, unless an id follows, or a formula or list at once
        ("Q: a\nA: b\n\nprose", [("a", "b", "")]),
        ("Q: a\nA: b\n\nmore\n\nand more ^k-1", [("a", "b\n\nmore\n\nand more", "k-1")]),
        ("Q: a\nA: b\n\n$$\nx\n$$\n\n- one\n- two\n\nprose", [("a", "b\n\n$$\nx\n$$\n\n- one\n- two", "")]),
        ("Q: a\nA: b\n- one\n- two\n\nprose", [("a", "b\n- one\n- two", "")]),
        ("Q: a\nA: b\n\n```\nA: code\n```\n\n^k-2", [("a", "b\n\n```\nA: code\n```", "k-2")]),
        ("Q: a\nA: b\n\n## H\n\nx ^k-3", [("a", "b", "")]),
        ("Q: a\nA: b\n\nprose\n\nQ: c\nA: d ^k-4", [("a", "b", ""), ("c", "d", "k-4")]),
        ("Q: a\nA: b\nQ: c\nA: d", [("a", "b", ""), ("c", "d", "")]),
        ("Q: a\n\nA: b", [("a", "b", "")]),
        ("before\nQ: a\nA: b", [("a", "b", "")]),
        ("Q: a\ntwo lines\nA: b\nand two", [("a\ntwo lines", "b\nand two", "")]),
        ("Q:$x$\nA:$y$", [("$x$", "$y$", "")]),
        # no cards
        ("    Q: a\n    A: b", []),
        ("```\nQ: a\nA: b\n```", []),
        ("> Q: a\n> A: b", []),
        ("$$\nQ: a\n$$", []),
        ("the C++ type std::x, a[::2], x == y, `Q: a`", []),
        ("C: nothing is marked", []),
        ("C: nothing is marked\n\nbut ==here==", []),
        ("C: one\n\n==two== ^k-5", [("one\n\n==two==", "", "k-5")]),
        ("Q::a\nA::b", []),
        ("A:b", []),
    ],
)
def test_a_card_begins_and_ends_where_the_rules_say(text: str, expected: list[tuple[str, str, str]]) -> None:
    assert cards(f"# T\n\n{text}\n") == expected


def test_a_note_of_many_cards_and_a_card_of_many_paragraphs_are_read_in_time() -> None:
    def seconds(text: str) -> float:
        start = time.process_time()
        assert cards(text)
        return time.process_time() - start

    short, long = "Q: a\nA: b\n\n", "more\n\n"
    for one, last in ((short, ""), ("Q: a\nA: b\n\n", ""), (long, "^k-1\n")):
        head = "# T\n\nQ: a\nA: b\n\n"
        few, many = (seconds(head + one * n + last) for n in (400, 3200))
        assert many < 8 * 4 * max(few, 0.02)  # quadratic would be 64 times


def test_a_german_notebook_reads_its_own_marks_and_levels(tmp_path: Path) -> None:
    (tmp_path / "notebook.yml").write_text("language: de\n")
    (tmp_path / "notes").mkdir()
    (tmp_path / "notes" / "a.md").write_text("# T\n\nF[schwer]: Was?\nA: Das.\n\nL: Der ==Rang==\n")
    deck = make_deck(Workspace(tmp_path, "2026-11-20").load().notebook, starters=False)
    assert [(c.kind, c.level) for c in deck.cards.values()] == [("question", "hard"), ("cloze", "")]


def test_each_gap_of_a_cloze_is_asked_alone(tmp_path: Path) -> None:
    text = "# T\n\nC: A ==square== matrix of ==full $r$==\nrank is **==invertible==** ^k-1\n"
    deck = make_deck(notebook(tmp_path, {"a.md": text}).load().notebook, starters=False)
    assert {c.id: (c.front, c.back) for c in deck.cards.values()} == {
        "k-1.1": (
            "A ==[…]== matrix of full $r$\nrank is **invertible**",
            "A ==square== matrix of full $r$\nrank is **invertible**",
        ),
        "k-1.2": (
            "A square matrix of ==[…]==\nrank is **invertible**",
            "A square matrix of ==full $r$==\nrank is **invertible**",
        ),
        "k-1.3": (
            "A square matrix of full $r$\nrank is **==[…]==**",
            "A square matrix of full $r$\nrank is **==invertible==**",
        ),
    }


def test_the_example_notes_and_the_starters_make_a_deck(tmp_path: Path) -> None:
    work = notebook(tmp_path, {p.name: p.read_text() for p in EXAMPLES.glob("*.md")})
    deck = make_deck(work.load().notebook)
    assert {"k-7f3a2c", "k-0b91e4", "k-c25d10.1", "k-51ce02", "k-a8d7f9"} <= set(deck.cards)
    starters = [c for c in deck.cards.values() if c.kind is CardKind.STARTER]
    assert [c.id for c in starters] == [f"math-for-ml/s{n}" for n in range(1, 10)]
    assert deck.cards["k-7f3a2c"].concept == "rank"
    assert deck.cards["k-7f3a2c"].area == "linear-algebra"


def test_two_machines_give_the_same_ids_and_git_merges_them_clean(tmp_path: Path) -> None:
    def git(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            ["git", "-c", "user.name=x", "-c", "user.email=x@example.org", "-C", str(folder), *words],
            capture_output=True,
            text=True,
            check=True,
        )

    one, two = tmp_path / "one", tmp_path / "two"
    names = [p for p in NOTES.glob("*.md") if "Q:" in p.read_text()]
    notebook(one, {p.name: p.read_text() for p in names})
    git(one, "init", "-q", "-b", "main")
    git(one, "add", "-A")
    git(one, "commit", "-qm", "notes")
    git(tmp_path, "clone", "-q", str(one), str(two))
    given = []
    for root, chosen in ((one, names), (two, names[::2])):
        work = Workspace(root, "2026-11-20")
        loaded = work.load().notebook
        given.append([give_ids(work, loaded, f"notes/{p.name}") for p in chosen])
        git(root, "commit", "-qam", "ids")
    assert sum(len(g.ids) for g in given[0]) > 25
    assert not any(g.problem for g in (*given[0], *given[1]))
    git(two, "pull", "-q", "--no-rebase", "--no-edit", "origin", "main")
    assert not git(two, "status", "--porcelain", "-uno").stdout
    for path in names:
        assert (one / "notes" / path.name).read_bytes() == (two / "notes" / path.name).read_bytes()


@settings(max_examples=150, deadline=None)
@given(
    blocks=st.lists(
        st.sampled_from(
            [
                "Q: a {n}\nA: b",
                "Q[hard]: a {n}\nA: b  ",
                "Q: a {n}\nA: b\n\n$$\nx\n$$",
                "Q: a {n}\nA: b\n- one\n- two",
                "Q: a {n}\nA: b\n\n1. one\n\n   more\n2. two",
                "Q: a {n}\nA:\n```\ncode\n```",
                "Q: a {n}\nA: b\n\n| a | b |\n|---|---|\n| 1 | 2 |",
                "C: one ==gap {n}== and ==two==",
                "Q: a {n}\nA: b\n\nmore {n} ^k-{n}abc",
                "Q: a {n}\nA: b %% hidden %%",
                "prose {n}",
                "> quote {n}",
                "## Cards {n}",
                "Q: a {n}",
                "<details>\n\nQ: a {n}\nA: b\n\n</details>",
                "Q: a {n}\nA: see $$\nx\n$$",
                "Q: a {n}\nA: so $$x$$ and on",
                "Q: a {n}\nA: b\n> quote\nlazy",
                "Q: a {n}\nA: b\n%%\nhidden\n%%",
            ]
        ),
        max_size=8,
    ),
    gap=st.sampled_from(["\n", "\n\n", "\n\n\n"]),
    end=st.sampled_from(["\n", "\r\n"]),
    last=st.booleans(),
)
def test_an_id_changes_nothing_but_its_place(
    tmp_path_factory: pytest.TempPathFactory, blocks: list[str], gap: str, end: str, last: bool
) -> None:
    text = "---\ntitle: T\n---\n" + gap.join(b.replace("{n}", str(n)) for n, b in enumerate(blocks))
    text = (text + ("\n" if last else "")).replace("\n", end)
    root = tmp_path_factory.mktemp("n")
    work = notebook(root, {"a.md": text})
    before = work.load().notebook
    wanted = card_ids(before)
    given = give_ids(work, before, "notes/a.md")
    after = (root / "notes" / "a.md").read_bytes().decode()
    if given.problem:
        assert after == text
        return
    now = work.load().notebook
    assert card_ids(now) == wanted
    assert all(c.id for n, c in enumerate(now.notes["notes/a.md"].cards) if ("notes/a.md", n) in wanted)
    removed = after
    for name in given.ids:
        removed = removed.replace(f" ^{name}", "").replace(f"^{name}", "")
    assert "".join(removed.split()) == "".join(text.split())
    assert not give_ids(work, now, "notes/a.md").ids
    shutil.rmtree(root)


def test_a_written_id_keeps_the_history_when_the_card_is_edited_moved_or_its_note_renamed(
    tmp_path: Path,
) -> None:
    work = notebook(tmp_path, {"a.md": "# A\n\nQ: What is rank?\nA: A count.\n", "b.md": "# B\n"})
    given = give_ids(work, work.load().notebook, "notes/a.md")
    [name] = given.ids
    (tmp_path / "notes" / "a.md").unlink()
    (tmp_path / "notes" / "c.md").write_text(
        f"# C\n\n## Later\n\nQ: What does rank count?\nA: Columns. ^{name}\n"
    )
    assert set(make_deck(work.load().notebook, starters=False).cards) == {name}


def test_the_first_text_of_the_question_and_the_notes_key_make_the_id(tmp_path: Path) -> None:
    text = "---\nconcept: rank\n---\n\nQ: What is  it?\nA: This.\n\nQ: What is it?\nA: That.\n"
    work = notebook(tmp_path, {"a.md": text})
    ids = card_ids(work.load().notebook)
    assert ids["notes/a.md", 0] == derived_id("rank", "What is it?")
    assert ids["notes/a.md", 1] not in {ids["notes/a.md", 0], ""}


def test_a_copied_note_is_asked_once_while_it_is_the_same_and_never_when_it_is_not(tmp_path: Path) -> None:
    card = "# A\n\nQ: What is rank?\nA: A count. ^k-1\n"
    work = notebook(tmp_path, {"a.md": card, "b.md": card})
    deck = make_deck(work.load().notebook, starters=False)
    assert (set(deck.cards), deck.unclear) == ({"k-1"}, ())
    (tmp_path / "notes" / "b.md").write_text(card.replace("rank", "nullity"))
    deck = make_deck(work.load().notebook, starters=False)
    assert (set(deck.cards), len(deck.unclear)) == (set(), 2)


def test_a_card_without_its_id_is_found_again_by_its_text_and_a_near_one_waits(tmp_path: Path) -> None:
    work = notebook(tmp_path, {"a.md": "# A\n\nQ: What is rank?\nA: A count. ^k-0123ab\n"})
    memory = Memory.open(tmp_path / ".kb", "laptop")
    [card] = make_deck(work.load().notebook, starters=False).cards.values()
    memory.record(card.id, 3, 1000, Mode.REVIEW, card.fingerprint, card.front)

    (tmp_path / "notes" / "a.md").write_text("# A\n\nQ: What is rank?\nA: Another answer.\n")
    deck, identity = identified_deck(work.load().notebook, memory.states)
    assert "k-0123ab" in deck.cards
    assert (identity.lost, identity.orphans) == ((), ())

    (tmp_path / "notes" / "a.md").write_text("# A\n\nQ: What is the rank?\nA: A count.\n")
    deck, identity = identified_deck(work.load().notebook, memory.states)
    assert not [c for c in deck.cards.values() if c.path]
    assert [(item.old, item.front) for item in identity.lost] == [("k-0123ab", "What is rank?")]

    (tmp_path / "notes" / "a.md").write_text("# A\n\nQ: How many seas are there?\nA: Seven.\n")
    identity = identify(work.load().notebook, memory.states)
    assert identity.lost == ()
    assert [s.card for s in identity.orphans] == ["k-0123ab"]


def test_a_note_that_was_changed_meanwhile_is_left_alone(tmp_path: Path) -> None:
    work = notebook(tmp_path, {"a.md": "# A\n\nQ: What is rank?\nA: A count.\n"})
    seen = work.load().notebook
    (tmp_path / "notes" / "a.md").write_text("# A\n\nprose\n\nQ: What is rank?\nA: A count.\n")
    given = give_ids(work, seen, "notes/a.md")
    assert "changed" in given.problem
    assert "^" not in (tmp_path / "notes" / "a.md").read_text()
