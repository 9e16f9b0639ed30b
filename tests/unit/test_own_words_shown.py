"""Own words: what the rule says at its borders, where shared words are shown, and that nothing of an excerpt gets out."""

from __future__ import annotations

import random
import re
import shutil
import unicodedata
from typing import TYPE_CHECKING

import pytest

from notebook_kb.learning.coverage import cover
from notebook_kb.learning.overlap import Excerpt, compare
from notebook_kb.model.evidence import Verdict
from notebook_kb.parsing.prose import own_prose, text_prose
from notebook_kb.parsing.tree import parse_document
from notebook_kb.preview.pages import page_at
from notebook_kb.preview.state import State
from notebook_kb.workspace.build import BuildOptions, build
from notebook_kb.workspace.findings import all_findings
from notebook_kb.workspace.workspace import Workspace
from tests.support.canaries import TODAY, write_files

if TYPE_CHECKING:
    from pathlib import Path

    from notebook_kb.model.evidence import Overlap

# each word once, so that only what is meant to be shared is
WORDS = re.findall(
    r"\w+",
    """
amber basin cedar delta ember flint grove haven inlet jewel kettle lemon maple north ocean pearl quartz river stone timber
umber violet willow yarrow zenith acorn birch clover daisy elder fern ginger hazel iris jasmine kelp lilac mint nettle olive""",
)
OWN = "I told my old friend about presses and arrows because she asked me why it matters at all in our work today"
PASTED = "the greatest number of columns of which none can be written as a mix of the rest"


def own(text: str) -> Overlap:
    return against(text, " ".join(WORDS))


def against(text: str, *sources: str) -> Overlap:
    document, _ = parse_document(text, 1)
    excerpts = [Excerpt(f"sources/{n}.txt", text_prose(s)) for n, s in enumerate(sources)]
    return compare(own_prose(document.blocks, text.splitlines()), excerpts)


@pytest.mark.parametrize(
    ("shared", "verdict"),
    [(7, Verdict.NO_OVERLAP), (8, Verdict.CLOSE), (11, Verdict.CLOSE), (12, Verdict.COPIED)],
)
def test_a_run_counts_from_eight_words_and_is_copied_from_twelve(shared: int, verdict: Verdict) -> None:
    assert own(" ".join(WORDS[:shared])).verdict is verdict
    assert (
        own(
            f"{OWN}. {OWN}. We say {' '.join(WORDS[:shared])} and go home again to sleep as we had nothing else to do."
        ).verdict
        is verdict
    )


@pytest.mark.parametrize(
    ("shared", "verdict"), [(15, Verdict.NO_OVERLAP), (16, Verdict.CLOSE), (24, Verdict.COPIED)]
)
def test_without_blanks_two_characters_are_a_word(shared: int, verdict: Verdict) -> None:
    source = "".join(chr(0x4E00 + 7 * n) for n in range(60))
    assert against(source[:shared] + "PCA", f"PCA{source}").verdict is verdict


def test_in_a_section_under_25_words_only_the_run_counts() -> None:
    sentence = f"{' '.join(WORDS[:6])} or {' '.join(WORDS[10:16])}"
    assert own(f"{sentence}.").verdict is Verdict.NO_OVERLAP
    assert own(f"{OWN}. {sentence.capitalize()}.").verdict is Verdict.COPIED


@pytest.mark.parametrize(
    ("shared", "verdict"), [(4, Verdict.NO_OVERLAP), (6, Verdict.CLOSE), (10, Verdict.COPIED)]
)
def test_a_sentence_is_judged_by_its_share(shared: int, verdict: Verdict) -> None:
    # never more than five words in a row
    pieces = [*WORDS[: shared // 2], "or", *WORDS[20 : 20 + shared - shared // 2]]
    fill = ["we", "go", "home", "again", "now", "and", "it", "is", "late"][: 11 - len(pieces)]
    assert own(f"{OWN}. {OWN}. {' '.join([*pieces, *fill]).capitalize()}.").verdict is verdict


def test_sentences_that_begin_small_are_told_apart_too() -> None:
    sentence = f"{' '.join(WORDS[:6])} or {' '.join(WORDS[10:16])}"
    assert own(f"{OWN.lower()}, e.g. at home. {sentence}. {OWN.lower()}.").copied_words == 13


def test_a_section_is_judged_by_its_share_where_no_sentence_tells() -> None:
    bullets = "\n".join(f"- {' '.join(WORDS[n : n + 5])}." for n in range(0, 40, 7))
    overlap = own(bullets)
    assert overlap.verdict is Verdict.COPIED
    assert overlap.copied_words == 30  # of bullets too short to be judged alone
    assert own(f"{bullets}\n\n{OWN}. {OWN}. {OWN}.").verdict is Verdict.CLOSE


def test_short_excerpts_are_one_text_to_the_share_of_a_section() -> None:
    bullets = [" ".join(WORDS[n : n + 5]) for n in range(0, 40, 7)]
    text = "\n".join(f"- {b}." for b in bullets) + f"\n\n{OWN}."
    assert against(text, " ".join(bullets[:3])).verdict is Verdict.NO_OVERLAP
    assert against(text, *(f"{b} and so on" for b in bullets)).verdict is Verdict.COPIED


def test_sentences_of_several_excerpts_and_far_apart_in_a_long_one_all_count() -> None:
    first, last = " ".join(WORDS[:14]), " ".join(WORDS[20:34])
    long = f"{first}.\n\n{'Something else is told here. ' * 300}\n\n{last}."
    text = f"{OWN}.\n\n{first.capitalize()}.\n\n{last.capitalize()}."
    for overlap in (against(text, long), against(text, first, last)):
        assert overlap.copied_words == 28
        assert {r.place.line for r in overlap.runs} == {3, 5}


def test_a_book_full_of_common_words_makes_no_note_a_copy() -> None:
    chance = random.Random(1)  # noqa: S311 - the same each time
    book = " ".join(chance.choices(WORDS, k=20_000))
    text = ". ".join(" ".join(chance.choices(WORDS, k=15)).capitalize() for _ in range(4))
    assert against(text, book).verdict is Verdict.NO_OVERLAP


def test_every_pasted_sentence_of_many_is_found_and_none_beside_it_is_taken_off() -> None:
    sentences = [" ".join(f"{w}{c}" for w in WORDS[:12]).capitalize() + "." for c in "abcdefgh"]
    source = " ".join(sentences)
    text = "\n".join(f"{s}\n{OWN}." for s in sentences)
    overlap = against(text, source)
    assert {r.place.line for r in overlap.runs if r.copied} == {2 * n + 1 for n in range(8)}
    assert overlap.copied_words == 8 * 12


def test_a_run_that_ends_with_the_first_word_of_the_next_sentence_leaves_that_one() -> None:
    text = f"{' '.join(WORDS[:13]).capitalize()}. {WORDS[13].capitalize()} {OWN}."
    assert own(text).copied_words == 13


def test_a_sentence_that_is_only_close_is_not_called_copied_beside_a_copy() -> None:
    close = f"we saw {' '.join(WORDS[20:28])} and then nothing of the sort happened here"
    overlap = own(f"{OWN}.\n\n{' '.join(WORDS[:14])}.\n\n{close}.")
    assert {(r.place.line, r.copied) for r in overlap.runs} == {(3, True), (5, False)}


@pytest.mark.parametrize(
    "before",
    [
        '"the greatest number"',
        "`the`",
        "$the$",
        "[[the greatest|many]]",
        "![[the]]",
        "a &amp; \\*",
        "*so* **it**",
    ],
)
def test_the_column_is_that_of_the_compared_words(before: str) -> None:
    text = f"{before} {PASTED} here."
    run = against(text, PASTED).runs[0]
    assert text[run.place.column - 1 : run.place.end_column - 1] == PASTED


@pytest.mark.parametrize(
    "source",
    [
        unicodedata.normalize("NFD", "naïve cliché é ü ö ä über façade rôle élan père crème"),
        "naïve cli\u00adché é ü ö ä ÜBER façade rôle élan père crème",
        "**naïve** [cliché](http://example.org/page) é ü\r\nö ä _über_ façade <!-- no --> rôle élan père crème",
    ],
)
def test_spelling_and_marks_do_not_hide_equal_words(source: str) -> None:
    assert against("naïve cliché é ü ö ä über façade rôle élan père crème", source).runs[0].length == 12


def test_line_ends_of_windows_change_no_place(tmp_path: Path) -> None:
    note = f"---\nconcept: rank\n---\n# Rank\n\n## Formal\nSo:\n{PASTED}.\n\n### Excerpt\n{PASTED}.\n"
    places = []
    for name, text in (("lf", note), ("crlf", note.replace("\n", "\r\n"))):
        workspace = opened(tmp_path / name, {"notes/rank.md": text})
        found = [f for f in all_findings(workspace, workspace.load()) if f.code == "KB801"]
        places.append([(f.line, f.column, f.end_line, f.end_column, f.message) for f in found])
    assert places[0] == places[1]
    assert places[0][0][:2] == (8, 1)


def test_a_source_that_was_renamed_is_named_as_it_is_called_now(tmp_path: Path) -> None:
    note = f"---\nconcept: rank\n---\n# Rank\n\n## Formal — mml\n{PASTED}.\n"
    workspace = opened(tmp_path, {"notes/rank.md": note, "sources/mml.md": PASTED})
    assert "(sources/mml.md:1)" in messages(workspace)
    (tmp_path / "sources" / "mml").mkdir()
    (tmp_path / "sources" / "mml.md").rename(tmp_path / "sources" / "mml" / "2.md")
    assert "(sources/mml/2.md:1)" in messages(Workspace(tmp_path, TODAY))


CANARY = "zqexcerptqz"
NOTE = f"""---
concept: rank
publish: true
---
# Rank

## Visual
{OWN} zqmineqz.

## Formal — mml (2.6)
It is {PASTED}, they say there.

## In my words
I read {PASTED} somewhere.

### Excerpt
{CANARY} {PASTED} {CANARY}.
"""


def opened(root: Path, files: dict[str, str]) -> Workspace:
    write_files(root, {"notebook.yml": b"title: T\n", **{n: t.encode() for n, t in files.items()}})
    return Workspace(root, TODAY)


def messages(workspace: Workspace) -> str:
    return " ".join(f.message for f in all_findings(workspace, workspace.load()))


@pytest.fixture
def secretive(tmp_path: Path) -> Workspace:
    """A public note with pasted words, and excerpts that hold a word which nobody may see."""
    return opened(tmp_path, {"notes/rank.md": NOTE, "sources/mml/two.md": f"{CANARY} {PASTED} {CANARY}"})


def test_no_word_of_an_excerpt_is_in_the_site_in_coverage_or_in_a_finding(secretive: Workspace) -> None:
    build(secretive, BuildOptions())
    files = [p for p in (secretive.root / "site").rglob("*") if p.is_file()]
    site = b"".join(p.read_bytes() for p in files)
    assert b"zqmineqz" in site
    for word in (CANARY, "kb-words", "mml/two", "rank.md"):
        assert word.encode() not in site
    loaded = secretive.load()
    said = repr(cover(loaded.notebook, secretive.evidence(loaded))) + messages(secretive)
    assert "words are your source's" in said
    assert CANARY not in said


def test_what_is_public_is_judged_as_for_me_and_the_same_with_and_without_what_is_remembered(
    secretive: Workspace,
) -> None:
    loaded = secretive.load()
    public, mine = secretive.public_site(loaded), secretive.private_site(loaded)
    assert public.coverage["rank"].state == mine.coverage["rank"].state
    assert public.coverage["rank"].own_words == mine.coverage["rank"].own_words == 0

    def bytes_now() -> dict[str, bytes]:
        build(Workspace(secretive.root, TODAY), BuildOptions())
        site = secretive.root / "site"
        return {str(p.relative_to(site)): p.read_bytes() for p in site.rglob("*") if p.is_file()}

    first = bytes_now()
    assert bytes_now() == first
    shutil.rmtree(secretive.root / ".kb" / "cache")
    assert bytes_now() == first


def test_what_is_missing_says_how_many_words_are_the_sources(secretive: Workspace) -> None:
    loaded = secretive.load()
    item = cover(loaded.notebook, secretive.evidence(loaded))["rank"]
    whys = {(m.part, m.angle): m.why for m in item.missing}
    assert whys["own", ""] == "20 of 20 words are your source's"
    formal = item.angles[1]
    assert (formal.verdict, formal.words, formal.copied_words) == (Verdict.COPIED, 0, 22)


def test_the_preview_says_it_under_the_heading_and_only_to_me(secretive: Workspace) -> None:
    state = State(secretive.root, TODAY)
    page = page_at(state, "/rank/").html
    lines = page.split('<p class="kb-words"')[1:]
    assert len(lines) == 2
    formal, own_part = (page.index(x) for x in ('id="formal"', 'id="own"'))
    assert formal < page.index("17 words in line 11 (") < own_part < page.index("17 words in line 14 (")
    assert "kb-words" not in page_at(state, "/_public/rank/").html
