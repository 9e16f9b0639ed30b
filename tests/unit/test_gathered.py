"""`kb new post --from`: what notes come to, as the beginning of a post; nothing private comes along."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from notebook_kb.errors import UsageError
from notebook_kb.workspace.findings import all_findings
from notebook_kb.workspace.posts import new_post_from
from notebook_kb.workspace.workspace import Workspace
from tests.support.canaries import write_files
from tests.support.pictures import PNG

if TYPE_CHECKING:
    from pathlib import Path

RANK = r"""---
concept: rank
tags: [linear-algebra, zahl]
publish: true
macros:
  rk: "\\operatorname{rank}"
---
## Formal
$$
first = 1
$$

## %s
One paragraph %%%% zqinline %%%% with $\rk(A)$[^1] and [[svd]] and [here](../a/other.md#part). ^tail

> [!private] zq
> zqcallout

%%%%
zqblock
%%%%

- an item
- <!-- zqhtml --> another

![A line](img/line.png "Fig")

$$
x = 2 %% zqtex
$$

- kept
  > [!excerpt]
  > zqnested

### Private
zqsection

## Symbols
$$
\rk(A) = n % zqmain
$$

- $n$: a number

[^1]: A note.
"""
WORDS = {
    "en": ("In my words", "Rank and SVD", "Where to go on", "More: ", "From linear/rank, “In my words”."),
    "de": (
        "In meinen Worten",
        "Rang und SVD",
        "Wie es weitergeht",
        "Mehr: ",
        "Aus linear/rank, „In meinen Worten“.",
    ),
}


def notebook(root: Path, language: str = "en") -> Workspace:
    """Two concepts, the second private and without a synthesis; two notes are called rank."""
    write_files(
        root,
        {
            "notebook.yml": f"title: t\nlanguage: {language}\n".encode(),
            "notes/linear/rank.md": RANK.replace("%s", WORDS[language][0], 1)
            .replace("%%", "%")
            .replace("\n", "\r\n")
            .encode(),
            "notes/linear/img/line.png": PNG,
            "notes/posts/img/line.png": PNG,
            "notes/other/rank.md": b"---\ntype: page\n---\nAnother.\n",
            "notes/a/other.md": b"## Part\nWords.\n",
            "notes/svd.md": b"---\nconcept: svd\ntitle: SVD\ntags: [zahl, more]\n---\n## Visual\nSeen.\n",
        },
    )
    return Workspace(root, today="2026-11-22")


@pytest.mark.parametrize("language", ["en", "de"])
def test_a_post_begins_with_what_the_notes_come_to(tmp_path: Path, language: str) -> None:
    """Title, tags, macros, each synthesis with its prompt and way back, the main formula, and no finding."""
    own, title, onward, more, prompt = WORDS[language]
    workspace = notebook(tmp_path, language)
    before = {p: p.read_bytes() for p in (tmp_path / "notes").rglob("*.md")}
    made = new_post_from(workspace, ["linear/rank", "SVD"], series="Slow: lines")
    text = made.opened.path.read_text(encoding="utf-8")
    rank = title.split()[0]
    assert text.startswith(
        f'---\ntitle: {title}\ndate: 2026-11-22\nseries: "Slow: lines"\ntags: [linear-algebra, zahl, more]\n'
        f'macros:\n  rk: "\\\\operatorname{{rank}}"\n---\n'
    )
    assert f"## {rank}\n\n<!-- {prompt}" in text
    assert f"{more}[[linear/rank|{rank}]]\n" in text
    assert f"## {onward}\n\n- [[linear/rank|{rank}]]\n- [[svd|SVD]]\n" in text
    assert "$$\n\\rk(A) = n\n$$" in text
    assert "first = 1" not in text
    assert made.private == ("notes/svd.md",)
    assert made.opened.line == text[: text.index("<!--")].count("\n") + 2
    note = workspace.load().notebook.notes[made.opened.name]
    assert (note.publish, note.title, note.series, note.type) == (False, title, "Slow: lines", "post")
    assert not [f for f in all_findings(workspace, workspace.load()) if f.path == made.opened.name]
    assert before.items() <= {p: p.read_bytes() for p in (tmp_path / "notes").rglob("*.md")}.items()
    assert own in text


def test_only_what_everybody_may_read_is_copied_and_it_leads_where_it_led(tmp_path: Path) -> None:
    """Comments, private parts, ids and footnotes stay behind; a list with a private callout in it is left out and said."""
    made = new_post_from(notebook(tmp_path), ["linear/rank"], "T")
    text = made.opened.path.read_text(encoding="utf-8")
    assert "zq" not in text
    assert "with $\\rk(A)$ and [[svd]] and [here](../a/other.md#part).\n" in text
    assert "- an item\n-  another\n" in text
    assert '![A line](linear/img/line.png "Fig")' in text
    assert "$$\nx = 2 \n$$" in text or "$$\nx = 2\n$$" in text
    assert "kept" not in text
    assert made.left_out == 1
    assert "\r" not in text


def test_an_unknown_name_is_said_with_the_nearest_and_nothing_is_written(tmp_path: Path) -> None:
    """Nor is a post that is there ever overwritten."""
    workspace = notebook(tmp_path)
    with pytest.raises(UsageError) as caught:
        new_post_from(workspace, ["svd", "othr"])
    assert "other" in caught.value.hint
    new_post_from(workspace, ["svd"], "T")
    with pytest.raises(UsageError, match="exists"):
        new_post_from(workspace, ["svd", "svd"], "T")
    assert len(list((tmp_path / "notes/posts").glob("*.md"))) == 1
