"""A note as a PDF to leaf through: what has no place in it is said."""

from __future__ import annotations

from typing import TYPE_CHECKING

from notebook_kb.publishing.idea_pages import ideas
from notebook_kb.publishing.payload import Form, TargetName
from notebook_kb.publishing.shaped import loss_lines
from notebook_kb.workspace.workspace import Workspace
from tests.support.canaries import write_files
from tests.support.kits import PlainOutgoing
from tests.support.pictures import PNG

if TYPE_CHECKING:
    from pathlib import Path

NOTE = """---
title: Rank
publish: true
---
# Rank

Rank counts **directions[^1] ![a dot](dot.png) that are left** once a map has acted.

![far](https://example.org/far.png)

| a | b |
|---|---|
| one[^2] | two |

```python check
assert 1
```

[^1]: A first aside.
[^2]: A second aside.
"""


def test_what_the_pdf_leaves_out_is_reported(tmp_path: Path) -> None:
    """Red when a footnote, a picture in a line or from elsewhere, or a check is not in the PDF and nobody is told."""
    files = {
        "notebook.yml": b"title: N\nbase_url: https://notes.example.org\n",
        "notes/rank.md": NOTE.encode(),
        "notes/dot.png": PNG,
    }
    write_files(tmp_path, files)
    out = PlainOutgoing(Workspace(tmp_path, "2026-11-22"))
    ready = out.prepare(out.note("rank"), TargetName.LINKEDIN, Form.DOCUMENT)
    lost = sorted((x.construct, x.line) for x in ready.shaped.losses if x.became == "no_page")
    assert lost == [("code", 15), ("footnote", 7), ("footnote", 13), ("picture", 7), ("picture", 9)]
    assert "2 footnotes are not in the PDF" in loss_lines(ready.shaped.losses)
    note = out.note("rank")
    pages = ideas(out.article(note), out.drawing(note), out.workspace.pack, "")
    words = " ".join(run.text for page in pages if not page.cover for runs in page.paragraphs for run in runs)
    assert "directions" in words
    assert "[1]" not in words
    assert "a dot" not in words
